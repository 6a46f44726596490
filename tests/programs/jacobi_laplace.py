"""Laplace's equation by Jacobi iteration.

The potential in a box whose walls are held, until it changes by less than a tolerance (Jacobi
1845).
"""

import numpy as np


def jacobi_laplace(potential, fixed, tolerance=1e-2, limit=200):
    current = potential.copy()
    steps = 0
    while steps < limit:
        steps += 1
        new = current.copy()
        new[1:-1, 1:-1] = (
            current[:-2, 1:-1] + current[2:, 1:-1] + current[1:-1, :-2] + current[1:-1, 2:]
        ) / 4
        new = np.where(fixed, potential, new)
        change = np.max(np.abs(new - current))
        current = new
        if change < tolerance:
            break
    return current, steps


def inputs(rng):
    potential = np.zeros((14, 14))
    potential[0] = 10.0
    potential[6, 6] = -5.0
    fixed = np.zeros((14, 14), bool)
    fixed[[0, -1]] = True
    fixed[:, [0, -1]] = True
    fixed[6, 6] = True
    return potential, fixed
