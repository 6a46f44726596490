"""Symmetric matrices in packed form.

The triangle of a matrix as a vector and back (as in LAPACK), with index functions for triangles
and diagonals, and band matrices by `diagflat` and `tri`.
"""

import numpy as np


def triangular_storage(matrix, vector):
    n = len(matrix)
    lower = np.tril_indices_from(matrix)
    packed = matrix[lower]
    full = np.zeros_like(matrix)
    full[lower] = packed
    full.T[lower] = packed
    upper = np.triu_indices_from(matrix, k=1)
    assert np.array_equal(full[upper], full.T[upper])
    full[np.diag_indices_from(full)] += 1
    band = np.diagflat(vector, 1) + np.diagflat(vector, -1)
    mask = np.tri(n + 1, k=1, dtype=bool)[: len(band), : len(band)]
    band[mask & ~np.tri(*mask.shape, k=-2, dtype=bool)] -= 1
    assert np.trace(full, offset=1) == np.linalg.diagonal(full, offset=1).sum()
    norms = np.linalg.matrix_norm(np.stack([band, band.T])), np.linalg.trace(band)
    matrix[np.tril_indices(n, -1)] = 0
    order = np.ravel_multi_index(np.nonzero(matrix), matrix.shape)
    return packed, full, band, norms[1], np.sort(order), np.diag(matrix, -1).any()


def inputs(rng):
    matrix = rng.integers(0, 9, (7, 7)) * (rng.random((7, 7)) < 0.4)
    return matrix + matrix.T, np.array([3, 0, 0, 1, 2, 0])
