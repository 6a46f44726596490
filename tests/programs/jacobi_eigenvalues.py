"""Eigenvalues of a symmetric matrix by Jacobi rotations.

Plane rotations shrink the elements off the diagonal (Jacobi 1846). Two rows and then two columns
are rewritten at a time, in place.
"""

import math

import numpy as np


def jacobi_eigenvalues(matrix, sweeps=4):
    n = len(matrix)
    for _ in range(sweeps):
        for p in range(n - 1):
            for q in range(p + 1, n):
                if matrix[p, q] == 0:
                    continue
                angle = 0.5 * math.atan2(2 * matrix[p, q], matrix[q, q] - matrix[p, p])
                c, s = math.cos(angle), math.sin(angle)
                row_p, row_q = matrix[p].copy(), matrix[q].copy()
                matrix[p], matrix[q] = c * row_p - s * row_q, s * row_p + c * row_q
                column_p, column_q = matrix[:, p].copy(), matrix[:, q].copy()
                matrix[:, p] = c * column_p - s * column_q
                matrix[:, q] = s * column_p + c * column_q
    return np.sort(matrix.diagonal())


def inputs(rng):
    matrix = np.diag(np.arange(1.0, 8.0))
    matrix[1, 4] = matrix[4, 1] = 2.0
    matrix[0, 6] = matrix[6, 0] = -1.0
    matrix[2, 3] = matrix[3, 2] = rng.random()
    return (matrix,)
