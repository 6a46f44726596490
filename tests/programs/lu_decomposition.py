"""LU decomposition with partial pivoting.

Doolittle's elimination in place, as in Golub and Van Loan, *Matrix Computations*: rows are
swapped with an index array, and the factors share the memory of the matrix.
"""

import numpy as np


def lu_decomposition(matrix):
    n = len(matrix)
    order = np.arange(n)
    swaps = 0
    for k in range(n - 1):
        pivot = k + int(np.argmax(np.abs(matrix[k:, k])))
        if pivot != k:
            matrix[[k, pivot]] = matrix[[pivot, k]]
            order[[k, pivot]] = order[[pivot, k]]
            swaps += 1
        matrix[k + 1 :, k] /= matrix[k, k]
        matrix[k + 1 :, k + 1 :] -= np.outer(matrix[k + 1 :, k], matrix[k, k + 1 :])
    determinant = (-1) ** swaps * np.prod(np.diagonal(matrix))
    return order.tolist(), np.tril(matrix, -1), np.triu(matrix), round(float(determinant), 6)


def inputs(rng):
    n = 10
    matrix = np.where(rng.random((n, n)) < 0.3, rng.integers(-4, 5, (n, n)), 0.0)
    matrix += np.fliplr(np.diag(np.arange(3.0, 3.0 + n)))
    return (matrix,)
