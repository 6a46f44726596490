"""Modified Gram-Schmidt.

Orthonormalises the columns of a matrix in place (Björck 1967), through views of its columns, and
returns the triangular factor.
"""

import numpy as np

ROUNDING = 4


def gram_schmidt(matrix):
    n = matrix.shape[1]
    triangle = np.zeros_like(matrix, shape=(n, n))
    for j in range(n):
        column = matrix[:, j]
        triangle[j, j] = np.linalg.norm(column)
        column /= triangle[j, j]
        for k in range(j + 1, n):
            other = matrix[:, k]
            triangle[j, k] = column @ other
            other -= triangle[j, k] * column
    return triangle


def inputs(rng):
    return (np.eye(12, 7) * 2 + (rng.random((12, 7)) < 0.2),)
