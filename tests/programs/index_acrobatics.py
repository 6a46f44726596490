"""Indices of every kind at once.

Slices with integers, arrays and masks mixed in one key, for reading and for writing, on an array
of four dimensions: channels, rows, columns and time.
"""

import numpy as np


def index_acrobatics(cube, rows, mask):
    columns = np.array([0, 2, 1])
    parts = [
        cube[..., -1],
        cube[1, :, None, 2],
        cube[:, rows],
        cube[0, rows[:3], columns],
        cube[:, rows[:3, None], columns],
        cube[:, rows[:3], :, 0],
        cube[0, :, columns, ::2],
        cube[:, mask],
        cube[0][mask][:, 1],
        cube[:, mask, ::-1][..., 0],
        cube[::-1, ..., 1:0:-1],
        cube[[True, False]],
        cube[:, :, [[0, 1], [2, 0]]],
        cube[np.newaxis, 1, rows[0], ..., columns[:2]],
    ]
    cube[0, rows[:3], columns] += 10
    cube[:, mask] *= 2
    cube[1, ..., 0][mask] = -1
    cube[:, rows[:2], 1:] = cube[:, rows[:2], 1:][..., ::-1]
    cube[..., mask[:3, 0].nonzero()[0], 1] -= 1
    cube[:, 0, columns, :2] = np.arange(2)
    cube[0, 1] = [[1], [2], [3]]
    cube[rows[:2] % 2, rows[:2], 0, -1] = 99
    return parts, [p.shape for p in parts]


def inputs(rng):
    cube = rng.integers(0, 5, (2, 5, 3, 4)) * (rng.random((2, 5, 3, 4)) < 0.4)
    return cube, rng.permutation(5), rng.random((5, 3)) < 0.4
