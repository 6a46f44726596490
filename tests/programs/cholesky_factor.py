"""Cholesky decomposition.

The lower triangular factor of a symmetric positive definite matrix, column by column (Cholesky
1910), and a solution of a system by the two triangles.
"""

import numpy as np

ROUNDING = 4


def cholesky_factor(matrix, right):
    n = matrix.shape[0]
    lower = np.zeros_like(matrix)
    for j in range(n):
        lower[j, j] = np.sqrt(matrix[j, j] - lower[j, :j] @ lower[j, :j])
        below = matrix[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j]
        lower[j + 1 :, j] = below / lower[j, j]
    x = right.copy()
    for i in range(n):
        x[i] = (x[i] - lower[i, :i] @ x[:i]) / lower[i, i]
    for i in reversed(range(n)):
        x[i] = (x[i] - lower[i + 1 :, i] @ x[i + 1 :]) / lower[i, i]
    assert np.allclose(lower @ lower.T, matrix)
    return lower, x


def inputs(rng):
    half = np.tril(rng.random((9, 9)) < 0.3).astype(float) + 2 * np.eye(9)
    return half @ half.T, rng.standard_normal(9)
