"""A function of two variables on a grid.

Himmelblau's function (1972) on the product of two axes, its gradient by differences, and the
minima on the grid.
"""

import numpy as np


def meshgrid_surface(x, y):
    xx, yy = np.meshgrid(x, y)
    z = (xx**2 + yy - 11) ** 2 + (xx + yy**2 - 7) ** 2
    dy, dx = np.gradient(z, y, x)
    centre = z[1:-1, 1:-1]
    lowest = np.ones_like(centre, dtype=bool)
    for shifted in (z[:-2, 1:-1], z[2:, 1:-1], z[1:-1, :-2], z[1:-1, 2:]):
        lowest &= centre < shifted
    i, j = lowest.nonzero()
    minima = np.column_stack((x[j + 1], y[i + 1], centre[lowest]))
    assert np.array_equal(np.outer(y, np.ones_like(x)), yy)
    return z, np.hypot(dx, dy).max(), minima


def inputs(rng):
    return np.linspace(-5, 5, 33), np.linspace(-5, 5, 29)
