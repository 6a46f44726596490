"""Painting with masks.

Four functions that write to an array where a mask is true, `copyto`, `putmask`, `place` and
indexing, and what `extract` and `compress` read back.
"""

import numpy as np


def masked_copies(canvas, mask, colours):
    other = canvas.copy()
    np.copyto(canvas, 5, where=mask)
    np.putmask(other, mask, colours)
    third = np.zeros_like(canvas)
    np.place(third, mask, [1, 2, 3])
    fourth = np.zeros_like(canvas)
    fourth[mask] = np.resize([1, 2, 3], int(mask.sum()))
    assert np.array_equal(third, fourth)
    canvas[~mask & (canvas == 0)] = -1
    canvas[mask.all(axis=1)] = 8
    canvas[:, mask.any(axis=0)] += 1
    taken = np.extract(mask, other)
    rows = np.compress(mask.any(axis=1), other, axis=0)
    return other, third, taken, rows, canvas[mask].mean()


def inputs(rng):
    return np.zeros((9, 11), np.int32), rng.random((9, 11)) < 0.2, np.arange(10, 27, dtype=np.int32)
