"""Events on a grid.

Counts, sums, last and largest values of events that share cells, with `np.add.at`,
`np.maximum.at`, `np.bitwise_or.at` and index assignment.
"""

import numpy as np


def hot_spots(grid, cells, sizes):
    np.add.at(grid, tuple(cells.T), sizes)
    largest = np.full_like(grid, -1)
    np.maximum.at(largest, (cells[:, 0], cells[:, 1]), sizes)
    kinds = np.zeros_like(grid)
    np.bitwise_or.at(kinds, tuple(cells.T), 1 << sizes % 4)
    last = np.zeros_like(grid)
    last[cells[:, 0], cells[:, 1]] = np.arange(1, len(sizes) + 1)
    rows = np.zeros_like(sizes, shape=len(grid))
    np.subtract.at(rows, cells[:, 0], 1)
    busy = np.argwhere(grid > grid.mean() + 2 * grid.std())
    return largest, kinds, last, rows, busy


def inputs(rng):
    cells = rng.integers(0, 9, (60, 2)) * rng.integers(0, 2, (60, 2))
    return np.zeros((10, 10), np.int64), cells, rng.integers(1, 20, 60)
