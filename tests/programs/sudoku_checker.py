"""Sudoku checker.

Fills the cells that have only one possible digit, in place, until there are none, and says which
rows, columns and boxes are then complete. Empty cells are 0.
"""

import numpy as np


def sudoku_checker(grid):
    digits = np.arange(1, 10)
    filled = 0
    while True:
        is_digit = grid[..., np.newaxis] == digits
        in_box = is_digit.reshape(3, 3, 3, 3, 9).any(axis=(1, 3))
        used = is_digit.any(axis=1)[:, None] | is_digit.any(axis=0)
        used |= np.repeat(np.repeat(in_box, 3, axis=0), 3, axis=1)
        single = (grid == 0) & ((~used).sum(axis=-1) == 1)
        if not single.any():
            break
        grid[single] = (~used).argmax(axis=-1)[single] + 1
        filled += int(single.sum())
    boxes = grid.reshape(3, 3, 3, 3).swapaxes(1, 2).reshape(9, 9)
    units = np.sort(np.stack([grid, grid.T, boxes]), axis=-1)
    return filled, (units == digits).all(axis=-1)


def inputs(rng):
    i, j = np.indices((9, 9))
    grid = (3 * i + i // 3 + j) % 9 + 1
    grid[rng.random((9, 9)) < 0.45] = 0
    return (grid,)
