"""Quadratic equations.

Roots that may be complex by `np.emath`, split into the real and the others, without cancellation
(after Forsythe 1966).
"""

import numpy as np


def quadratic_roots(a, b, c):
    discriminant = b * b - 4 * a * c
    root = np.emath.sqrt(discriminant)
    first = (-b - np.where(b < 0, -1, 1) * root) / (2 * a)
    with np.errstate(divide="ignore", invalid="ignore"):
        second = np.where(first != 0, c / (a * first), 0)
    real = np.isreal(first)
    assert np.array_equal(real, ~np.iscomplex(second) | (discriminant >= 0))
    pairs = np.sort_complex(np.concatenate([first, second]))
    plain = np.real_if_close(second[discriminant >= 0], tol=100)
    positive = np.emath.sqrt(np.abs(discriminant))
    logarithm = np.emath.log2(np.where(discriminant == 0, 1, discriminant))
    kinds = np.iscomplexobj(root), np.isrealobj(positive), np.iscomplexobj(plain)
    return first, second, real, pairs, plain, kinds, np.real(logarithm).round(9)


def inputs(rng):
    b = np.zeros(24)
    b[::2] = rng.integers(-6, 7, 12)
    return np.ones(24), b, rng.integers(-3, 4, 24).astype(float)
