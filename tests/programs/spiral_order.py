"""Spiral order of a matrix.

Takes the first row away and turns the rest by a quarter, until nothing is left; and a spiral of
numbers built the other way round.
"""

import numpy as np


def spiral_order(matrix):
    parts, rest = [], matrix
    while rest.size:
        parts.append(rest[0])
        rest = np.rot90(rest[1:])
    order = np.concatenate(parts)
    spiral = np.empty_like(matrix)
    positions = np.arange(matrix.size).reshape(matrix.shape)
    count = 0
    while positions.size:
        row = positions[0]
        spiral.flat[row] = np.arange(count, count + row.size)
        count += row.size
        positions = np.rot90(positions[1:])
    return order, spiral


def inputs(rng):
    return (np.diag(rng.integers(1, 9, 8))[:, :7],)
