"""Small numbers and large ones.

Sums of levels in decibels and in bits without overflow, growth by `expm1` and `log1p` where `exp`
would lose digits, and powers of two.
"""

import numpy as np


def decibels(levels, growth, bits):
    power = np.float_power(10, levels / 10)
    together = 10 * np.log10(power[:, None] + power)
    rate = np.log1p(growth)
    assert np.allclose(np.expm1(rate), growth, rtol=1e-14, atol=0)
    doubling = np.divide(np.log(2), rate, out=np.full_like(rate, np.inf), where=rate != 0)
    total = np.logaddexp2.reduce(bits)
    pairs = np.logaddexp2(bits[:-1], bits[1:])
    amplitude = np.exp2(np.minimum(bits, 10))
    resolution = np.spacing(np.positive(amplitude))
    inverse = np.reciprocal(amplitude)
    infinite = np.isinf(doubling), np.isposinf(doubling).sum(), np.isneginf(-doubling).any()
    return together, doubling, total, pairs, resolution, np.fabs(-inverse), infinite


def inputs(rng):
    growth = np.zeros(20)
    growth[::3] = 1e-12 * rng.integers(1, 9, 7)
    return np.repeat([0.0, 60.0, -3.0], 5), growth, np.where(rng.random(15) < 0.5, 0.0, 900.5)
