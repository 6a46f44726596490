"""The parts of floating-point numbers.

Mantissa and exponent, whole and fractional part, the distance to the next number (IEEE 754,
1985), rounding in several ways, and Kahan's sum (1965).
"""

import numpy as np


def float_anatomy(x):
    mantissa, exponent = np.frexp(x)
    assert (np.ldexp(mantissa, exponent) == x).all()
    fraction, whole = np.modf(x)
    assert np.array_equal(fraction + whole, x)
    gap = np.nextafter(x, np.inf) - x
    rounded = np.stack([np.floor(x), np.ceil(x), np.trunc(x), np.rint(x), x.round(1)])
    total = compensation = x.dtype.type(0)
    for value in x:
        y = value - compensation
        t = total + y
        compensation = (t - total) - y
        total = t
    negative = np.signbit(x)
    return mantissa, exponent, fraction, gap, rounded, total, negative, np.copysign(1, x).sum()


def inputs(rng):
    x = np.zeros(40, np.float32)
    x[::3] = rng.normal(0, 100, 14)
    x[1], x[2], x[4] = -0.0, 2.5, -1e-30
    return (x,)
