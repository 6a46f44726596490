"""Householder QR decomposition.

Reflections make the matrix upper triangular in place (Householder 1958); the least-squares
solution follows from the reflected right-hand side.
"""

import numpy as np

ROUNDING = 64


def householder_qr(matrix, right):
    columns = matrix.shape[1]
    for j in range(columns):
        v = matrix[j:, j].copy()
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        v /= np.linalg.norm(v)
        matrix[j:, j:] -= 2 * np.outer(v, v @ matrix[j:, j:])
        right[j:] -= 2 * v * (v @ right[j:])
    triangle = np.triu(matrix[:columns])
    return np.linalg.solve(triangle, right[:columns]), np.linalg.norm(right[columns:])


def inputs(rng):
    x = np.linspace(0, 1, 15)
    matrix = np.stack([np.ones(15), x, (x > 0.5) * (x - 0.5)], axis=1)
    return matrix, 1 + 2 * x + 0.1 * rng.standard_normal(15)
