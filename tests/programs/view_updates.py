"""Changes through views.

Rows, columns, diagonals, transposes and reshapes of one array share its memory: what is written
to a part is seen in the whole.
"""

import numpy as np


def view_updates(a):
    row = a[2]
    row[:] = row[::-1].copy()
    row += 10
    t = a.T
    t[0] = np.arange(len(a))
    flat = a.reshape(-1)
    flat[:: a.shape[1] + 1] = -1
    corner = a[-3:, -3:]
    inner = corner[1:, 1:]
    inner[...] *= 2
    inner[0, 0] = 77
    turned = np.rot90(a)
    turned[0, :2] = [5, 6]
    upper, lower = np.split(a, 2)
    lower[0], upper[0] = 3, lower[0] + upper[0]
    for column in a.T[1::4]:
        column -= 1
    assert corner[1, 1] == a[-2, -2] == 77
    return a[::2], t[:2], flat.sum()


def inputs(rng):
    return (rng.integers(0, 3, (8, 8)) * (rng.random((8, 8)) < 0.3),)
