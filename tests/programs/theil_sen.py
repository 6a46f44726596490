"""Theil-Sen estimator.

A line through points by the median of the slopes of all pairs, which outliers hardly move (Theil
1950, Sen 1968).
"""

import numpy as np


def theil_sen(x, y):
    i, j = np.triu_indices(len(x), k=1)
    dx, dy = x[j] - x[i], y[j] - y[i]
    valid = dx != 0
    slope = np.median(dy[valid] / dx[valid])
    intercept = np.median(y - slope * x)
    return slope, intercept, y - (slope * x + intercept)


def inputs(rng):
    x = np.arange(25.0)
    y = 2 * x + 1 + rng.integers(-1, 2, 25)
    y[[4, 19]] = 300.0
    return x, y
