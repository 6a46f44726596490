"""Solving by blocks.

A system of four blocks is put together with `np.block`, solved by its Schur complement (Schur
1917; Haynsworth 1968) and taken apart again.
"""

import numpy as np

ROUNDING = 16


def schur_complement(a, b, right):
    n, m = b.shape
    whole = np.block([[a, b], [b.T, np.zeros((m, m))]])
    upper, lower = np.split(right, [n])
    inverse_b = np.linalg.solve(a, b)
    complement = -b.T @ inverse_b
    y = np.linalg.solve(complement, lower - inverse_b.T @ upper)
    x = np.linalg.solve(a, upper - b @ y)
    solution = np.concatenate((x, y))
    assert np.allclose(whole @ solution, right)
    top, bottom = np.vsplit(whole, [n])
    return solution, complement, top[:, n:], np.hsplit(bottom, [n])[1].any()


def inputs(rng):
    a = 2 * np.eye(8) + 0.5 * np.eye(8, k=1) + 0.5 * np.eye(8, k=-1)
    right = np.zeros(11)
    right[[2, 9]] = rng.random(2)
    return a, np.eye(8, 3) + np.eye(8, 3, k=-4), right
