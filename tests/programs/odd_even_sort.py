"""Odd-even transposition sort.

Neighbours are compared and swapped in strided slices, in place (Habermann 1972), and checked
against `sort` of another array, in place.
"""

import numpy as np


def odd_even_sort(x, keys):
    reference = np.sort(x)
    for step in range(x.size):
        left, right = x[step % 2 : -1 : 2], x[step % 2 + 1 :: 2]
        swap = left > right
        left[swap], right[swap] = right[swap], left[swap]
    assert (x == reference).all()
    order = keys.argsort(kind="stable")
    keys.sort()
    assert (keys[1:] >= keys[:-1]).all()
    return order, keys[::-1]


def inputs(rng):
    x = np.zeros(40, np.int32)
    x[::3] = rng.integers(-9, 10, 14)
    return x, rng.integers(0, 5, 25)
