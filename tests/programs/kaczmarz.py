"""Kaczmarz's method.

Solves a linear system by projecting on the hyperplane of one row after the other (Kaczmarz 1937;
in tomography as ART, Gordon, Bender and Herman 1970). Works on sparse rows well.
"""

import numpy as np

ROUNDING = 16


def kaczmarz(rows, right, sweeps=6):
    x = np.zeros_like(rows, shape=rows.shape[1])
    for _ in range(sweeps):
        for row, value in zip(rows, right, strict=True):
            x += (value - np.dot(row, x)) / np.dot(row, row) * row
    return x, np.linalg.norm(rows @ x - right)


def inputs(rng):
    rows = np.eye(15) + np.eye(15, k=1)
    return rows, rows @ rng.integers(0, 5, 15)
