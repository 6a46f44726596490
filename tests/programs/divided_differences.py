"""Newton's interpolation.

Divided differences in place, with slices that overlap (Newton 1711), nested multiplication, and
Neville's scheme (1934) that must agree.
"""

import numpy as np


def divided_differences(x, y, wanted):
    values = y.copy()
    n = len(x)
    for j in range(1, n):
        y[j:] = (y[j:] - y[j - 1 : -1]) / (x[j:] - x[: n - j])
    result = np.full_like(wanted, y[-1])
    for k in range(n - 2, -1, -1):
        result *= wanted - x[k]
        result += y[k]
    table = values[:, None] + np.zeros_like(wanted)
    for j in range(1, n):
        gap = (x[j:] - x[:-j])[:, None]
        above, below = wanted - x[:-j, None], x[j:, None] - wanted
        table = (below * table[:-1] + above * table[1:]) / gap
    assert np.allclose(table[0], result)
    return result, y[::-1]


def inputs(rng):
    x = np.arange(7.0)
    y = np.zeros(7)
    y[[2, 4]] = 1.0, -2.0
    return x, y, np.linspace(0.5, 5.5, 21)
