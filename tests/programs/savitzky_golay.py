"""Smoothing by local polynomials.

The filter of Savitzky and Golay (1964): the coefficients are a row of a pseudo-inverse, the filter
a convolution; the ends are padded by reflection.
"""

import numpy as np

ROUNDING = 16


def savitzky_golay(signal, half=3, degree=2):
    offsets = np.arange(-half, half + 1, dtype=float)
    fit = np.linalg.pinv(offsets[:, None] ** np.arange(degree + 1))
    first = 2 * signal[0] - signal[half:0:-1]
    last = 2 * signal[-1] - signal[-2 : -half - 2 : -1]
    padded = np.concatenate((first, signal, last))
    smooth = np.convolve(padded, fit[0][::-1], mode="valid")
    slope = np.convolve(padded, fit[1][::-1], mode="valid")
    turning = np.flatnonzero(np.sign(slope[1:]) != np.sign(slope[:-1]))
    return smooth, slope, len(smooth) == len(signal), turning.size > 0


def inputs(rng):
    signal = np.sin(np.arange(60) / 6) + 0.05 * rng.standard_normal(60)
    signal[25:32] = 0.0
    return (signal,)
