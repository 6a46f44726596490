"""Windows and resampling.

The windows of Kaiser (1966) and Lanczos (1938), a windowed sinc filter, pieces of curves by
`np.piecewise` and `np.heaviside`, and logarithmic scales between given ends.
"""

import numpy as np

ROUNDING = 4


def window_functions(t, signal, ends):
    kaiser = np.i0(8.0 * np.sqrt(1 - t**2)) / np.i0(np.array(8.0))
    lanczos = np.where(np.abs(t) < 1, np.sinc(3 * t) * np.sinc(t), 0)
    taps = np.sinc(8 * t) * kaiser
    taps /= taps.sum()
    filtered = np.convolve(signal, taps, mode="same")
    ramp = np.piecewise(t, [t < -0.5, t > 0.5], [0.0, 1.0, lambda u: u + 0.5])
    gate = np.heaviside(t - 0.25, 0.5) - np.heaviside(t - 0.75, 0.5)
    attack = np.linspace(ends, ends + 3, 5)
    scales = np.geomspace(ends, ends * 100, num=3)
    decades = np.logspace(ends, ends + 1, 4, axis=-1)
    return kaiser, lanczos, filtered, ramp, gate, attack, scales, decades


def inputs(rng):
    signal = np.zeros(60)
    signal[[10, 30, 31]] = 1.0, 2.0, -1.0
    return np.linspace(-1, 1, 21), signal, np.array([1.0, 2.0])
