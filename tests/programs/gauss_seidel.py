"""Gauss-Seidel iteration for a linear system.

Each unknown is solved for in turn with the newest values of the others (Seidel 1874). `x` is
overwritten.
"""

import numpy as np

ROUNDING = 4


def gauss_seidel(matrix, right, x, sweeps=8):
    history = []
    for _ in range(sweeps):
        for i in range(len(x)):
            others = matrix[i] @ x - matrix[i, i] * x[i]
            x[i] = (right[i] - others) / matrix[i, i]
        history.append(float(np.linalg.norm(matrix @ x - right)))
    return history[-1] < 1e-6


def inputs(rng):
    n = 18
    matrix = 6 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1) - np.eye(n, k=4)
    return matrix, rng.standard_normal(n), np.zeros(n)
