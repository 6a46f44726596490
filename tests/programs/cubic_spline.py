"""Natural cubic spline.

Second derivatives from a tridiagonal system (Schoenberg 1946; de Boor, *A Practical Guide to
Splines*), and values between the knots.
"""

import numpy as np

ROUNDING = 16


def cubic_spline(knots, values, wanted):
    n = len(knots)
    h = np.diff(knots)
    system = np.zeros_like(knots, shape=(n, n))
    system[0, 0] = system[-1, -1] = 1
    inner = np.arange(1, n - 1)
    system[inner, inner - 1] = h[:-1]
    system[inner, inner] = 2 * (h[:-1] + h[1:])
    system[inner, inner + 1] = h[1:]
    right = np.zeros_like(values)
    right[1:-1] = 6 * np.diff(np.diff(values) / h)
    bend = np.linalg.solve(system, right)
    i = np.clip(np.searchsorted(knots, wanted) - 1, 0, n - 2)
    a, b = (knots[i + 1] - wanted) / h[i], (wanted - knots[i]) / h[i]
    cubic = ((a**3 - a) * bend[i] + (b**3 - b) * bend[i + 1]) * h[i] ** 2 / 6
    return a * values[i] + b * values[i + 1] + cubic


def inputs(rng):
    knots = np.arange(12.0)
    values = np.zeros(12)
    values[4:7] = [1.0, 2.0, 0.5]
    return knots, values, np.linspace(0, 11, 45)
