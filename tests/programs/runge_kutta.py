"""Predators and prey by Runge-Kutta's method.

The equations of Lotka (1925) and Volterra (1926) for several starts at once, by the classical
method of fourth order (Runge 1895, Kutta 1901).
"""

import numpy as np


def runge_kutta(state, dt=0.05, steps=20):
    def change(y):
        prey, predators = y
        out = np.empty_like(y)
        out[0] = prey * (1.1 - 0.4 * predators)
        out[1] = predators * (0.1 * prey - 0.4)
        return out

    path = np.empty_like(state, shape=(steps + 1, *state.shape))
    path[0] = state
    for step in range(steps):
        k1 = change(state)
        k2 = change(state + dt / 2 * k1)
        k3 = change(state + dt / 2 * k2)
        k4 = change(state + dt * k3)
        state += dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path[step + 1] = state
    return path, path[:, 0].max(axis=0)


def inputs(rng):
    state = np.zeros((2, 20))
    state[:, ::3] = 10.0
    state[1, ::6] = rng.random(4)
    return (state,)
