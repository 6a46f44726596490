"""Fitting a polynomial.

`polyfit` and a Vandermonde matrix by least squares, Horner's scheme (1819) for the values, and the
derivative's zeros.
"""

import numpy as np

ROUNDING = 64


def polynomial_fit(x, y, degree=3):
    coefficients = np.polyfit(x, y, degree)
    vandermonde = np.vander(x, degree + 1)
    again = np.linalg.lstsq(vandermonde, y, rcond=None)[0]
    assert np.allclose(coefficients, again)
    value = np.zeros_like(x)
    for c in coefficients:
        value = value * x + c
    assert np.allclose(value, np.polyval(coefficients, x))
    slope = np.polyder(coefficients)
    a, b, c = slope
    root = np.sqrt(b * b - 4 * a * c)
    extrema = sorted([(-b - root) / (2 * a), (-b + root) / (2 * a)])
    return coefficients, value, extrema, np.polymul(coefficients, [1.0, -1.0])


def inputs(rng):
    x = np.linspace(-2, 2, 33)
    return x, x**3 - 2 * x + 0.5 + 0.01 * rng.standard_normal(33)
