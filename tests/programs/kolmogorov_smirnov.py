"""Two-sample Kolmogorov-Smirnov statistic.

The largest gap between two empirical distribution functions, by `searchsorted` (Kolmogorov 1933,
Smirnov 1939).
"""

import numpy as np


def kolmogorov_smirnov(first, second):
    first, second = np.sort(first), np.sort(second)
    everything = np.concatenate([first, second])
    one = np.searchsorted(first, everything, side="right") / len(first)
    other = np.searchsorted(second, everything, side="right") / len(second)
    gap = np.abs(one - other)
    where = gap.argmax()
    return gap[where], everything[where]


def inputs(rng):
    second = rng.normal(0.5, 1, 50)
    second[:15] = 0.0
    return rng.normal(0, 1, 40), second
