"""Moving average by cumulative sums.

Every window costs one subtraction, whatever its length. Integers, so that no rounding piles up.
"""

import numpy as np


def moving_average(values, window=5):
    total = np.cumsum(np.concatenate([[0], values]))
    sums = total[window:] - total[:-window]
    return sums / window, sums.max()


def inputs(rng):
    values = np.zeros(60, np.int64)
    values[rng.integers(0, 60, 20)] = rng.integers(1, 100, 20)
    return (values,)
