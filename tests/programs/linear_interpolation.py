"""Resampling with gaps.

Missing samples (NaN) are filled in place by `np.interp`, and the series is read at other times by
hand, with `searchsorted` and weights; the two must agree.
"""

import numpy as np


def linear_interpolation(times, values, wanted):
    missing = np.isnan(values)
    values[missing] = np.interp(times[missing], times[~missing], values[~missing])
    right = np.clip(np.searchsorted(times, wanted), 1, len(times) - 1)
    left = right - 1
    weight = (wanted - times[left]) / (times[right] - times[left])
    read = (1 - weight) * values[left] + weight * values[right]
    assert np.allclose(read, np.interp(wanted, times, values))
    return read, missing.sum(), np.nanmax(read)


def inputs(rng):
    times = np.cumsum(rng.integers(1, 4, 40)).astype(float)
    values = np.zeros(40)
    values[10:20] = rng.random(10)
    values[[5, 12, 13, 30]] = np.nan
    return times, values, np.linspace(times[0], times[-1], 55)
