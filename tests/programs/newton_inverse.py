"""Inverse of a matrix by Newton's iteration.

Multiplications only, and quadratic convergence (Schulz 1933).
"""

import numpy as np

ROUNDING = 4


def newton_inverse(matrix, steps=12):
    identity = np.eye(len(matrix))
    inverse = matrix.T / (np.abs(matrix).sum(axis=0).max() * np.abs(matrix).sum(axis=1).max())
    for _ in range(steps):
        inverse = inverse @ (2 * identity - matrix @ inverse)
    return inverse, bool(np.all(np.abs(matrix @ inverse - identity) < 1e-8))


def inputs(rng):
    n = 12
    return (3 * np.eye(n) + np.eye(n, k=2) * rng.random(n) - np.eye(n, k=-3),)
