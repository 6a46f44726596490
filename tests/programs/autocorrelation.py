"""Autocorrelation and the period of a signal.

By the theorem of Wiener (1930) and Khinchin (1934): the inverse transform of the power spectrum.
The period is the first peak that follows the first zero.
"""

import numpy as np

ROUNDING = 4


def autocorrelation(signal):
    n = signal.size
    centred = signal - signal.mean()
    transform = np.fft.fft(centred, n=2 * n)
    correlation = np.fft.ifft(transform * np.conj(transform)).real[:n]
    correlation /= correlation[0]
    below = np.flatnonzero(correlation < 0)
    start = below[0] if below.size else 0
    period = start + np.argmax(correlation[start:])
    direct = np.correlate(centred, centred, mode="full")[n - 1 :]
    return correlation, direct, int(period)


def inputs(rng):
    signal = np.tile([0.0, 0, 0, 2, 5, 2, 0, 0, 0, 0, 0], 9)
    signal[::10] += rng.random(10) / 10
    return (signal,)
