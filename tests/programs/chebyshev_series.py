"""Chebyshev series.

Coefficients by a cosine sum at Chebyshev's nodes (1854), Clenshaw's recurrence (1955), and the
package `numpy.polynomial` for the same values and the derivative.
"""

import numpy as np
from numpy.polynomial import chebyshev, polynomial

ROUNDING = 8


def chebyshev_series(values, x):
    n = len(values)
    angle = np.pi * (np.arange(n) + 0.5) / n
    cosines = np.cos(np.outer(np.arange(n), angle))
    coefficients = 2 / n * (cosines @ values)
    coefficients[0] /= 2
    b1 = b2 = np.zeros_like(x)
    for c in coefficients[:0:-1]:
        b1, b2 = c + 2 * x * b1 - b2, b1
    result = coefficients[0] + x * b1 - b2
    assert np.allclose(result, chebyshev.chebval(x, coefficients))
    square = polynomial.polyval(x, [1.0, 0.0, -2.0])
    tail = np.abs(coefficients[::-1]).cumsum()[::-1]
    enough = np.argmax(tail < 1e-6)
    return coefficients, result, square, int(enough)


def inputs(rng):
    nodes = np.cos(np.pi * (np.arange(20) + 0.5) / 20)
    return np.exp(nodes) * np.sin(3 * nodes), np.linspace(-1, 1, 31)
