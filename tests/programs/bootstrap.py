"""Bootstrap confidence interval.

The mean and the median of resampled data, with given index arrays for the resampling (Efron
1979).
"""

import numpy as np

ROUNDING = 8


def bootstrap(data, choices, confidence=0.9):
    samples = data[choices]
    means = samples.mean(axis=1)
    medians = np.median(samples, axis=-1)
    tail = (1 - confidence) / 2 * 100
    low, high = np.percentile(means, [tail, 100 - tail])
    assert low <= data.mean() <= high
    return means.std(), (low, high), np.sort(medians)[[0, -1]]


def inputs(rng):
    data = np.zeros(30)
    data[:18] = rng.exponential(2.0, 18)
    return data, rng.integers(0, 30, (50, 30))
