"""Walsh-Hadamard transform.

Sums and differences in place (Fino and Algazi 1976), the correlation of a boolean function with
all linear ones, and its nonlinearity (Rothaus 1976).
"""

import numpy as np


def walsh_hadamard(function):
    spectrum = 1 - 2 * function.astype(np.int64)
    h = 1
    while h < len(spectrum):
        for start in range(0, len(spectrum), 2 * h):
            upper, lower = spectrum[start : start + h], spectrum[start + h : start + 2 * h]
            upper += lower
            lower *= -2
            lower += upper
        h *= 2
    assert (spectrum**2).sum() == len(function) ** 2
    nonlinearity = (len(function) - np.abs(spectrum).max()) // 2
    nearest = np.abs(spectrum).argmax()
    mask = np.bitwise_count(np.arange(len(function)) & nearest) % 2 == 1
    function ^= mask
    return spectrum, nonlinearity, int(nearest), function.mean()


def inputs(rng):
    x = np.arange(64)
    return ((np.bitwise_count(x & 0b010110) % 2 == 1) ^ (rng.random(64) < 0.1),)
