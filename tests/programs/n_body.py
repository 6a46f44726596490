"""Gravitation of point masses.

All pairs by broadcasting with `np.newaxis`, integrated with velocity Verlet (Verlet 1967); the
positions and velocities are updated in place.
"""

import numpy as np

ROUNDING = 32


def n_body(position, velocity, mass, dt=0.05, steps=6):
    def acceleration():
        gap = position[np.newaxis] - position[:, np.newaxis]
        square = (gap**2).sum(axis=-1) + 0.05
        pull = mass / (square * np.sqrt(square))
        np.fill_diagonal(pull, 0)
        return (pull[..., np.newaxis] * gap).sum(axis=1)

    force = acceleration()
    for _ in range(steps):
        velocity += dt / 2 * force
        position += dt * velocity
        force = acceleration()
        velocity += dt / 2 * force
    momentum = (mass[:, None] * velocity).sum(axis=0)
    return 0.5 * (mass * (velocity**2).sum(axis=1)).sum(), np.abs(momentum - momentum[0]).max() < 9


def inputs(rng):
    position = rng.uniform(-3, 3, (12, 3))
    position[:, 2] = 0
    return position, np.zeros((12, 3)), np.where(np.arange(12) == 0, 10.0, 0.5)
