"""Thomas algorithm.

Solves a tridiagonal system by one sweep forward and one back (Thomas 1949), element by element;
diagonal and right-hand side are overwritten.
"""

import numpy as np


def thomas_algorithm(lower, diagonal, upper, right):
    n = len(diagonal)
    for i in range(1, n):
        factor = lower[i - 1] / diagonal[i - 1]
        diagonal[i] -= factor * upper[i - 1]
        right[i] -= factor * right[i - 1]
    solution = np.empty_like(right)
    solution[-1] = right[-1] / diagonal[-1]
    for i in range(n - 2, -1, -1):
        solution[i] = (right[i] - upper[i] * solution[i + 1]) / diagonal[i]
    return solution


def inputs(rng):
    n = 40
    right = np.zeros(n)
    right[[5, 20, 33]] = rng.random(3)
    return np.full(n - 1, -1.0), np.full(n, 2.5), np.full(n - 1, -1.0), right
