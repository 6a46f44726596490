"""Triangles of a graph, and its clustering coefficient.

The diagonal of the cube of the adjacency matrix counts every triangle six times (Harary and
Manvel 1971; Watts and Strogatz 1998).
"""

import numpy as np


def triangle_count(adjacency):
    matrix = adjacency.astype(np.int64)
    np.fill_diagonal(matrix, 0)
    degree = matrix.sum(axis=1)
    closed = np.diagonal(np.linalg.matrix_power(matrix, 3))
    assert closed.sum() == ((matrix @ matrix) * matrix).sum()
    pairs = degree * (degree - 1)
    clustering = np.divide(closed, pairs, out=np.zeros_like(closed, dtype=float), where=pairs > 0)
    return int(np.trace(matrix @ matrix @ matrix)) // 6, clustering, clustering.mean().round(9)


def inputs(rng):
    upper = np.triu(rng.random((24, 24)) < 0.2, 1)
    return (upper | upper.T,)
