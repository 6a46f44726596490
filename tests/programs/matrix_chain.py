"""Order of a chain of matrix products.

The cheapest parentheses by dynamic programming (Godbole 1973; Cormen et al., *Introduction to
Algorithms*).
"""

import numpy as np


def matrix_chain(sizes):
    n = len(sizes) - 1
    cost = np.zeros_like(sizes, shape=(n, n))
    split = np.zeros_like(cost)
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            outer = sizes[i] * sizes[i + 1 : j + 1] * sizes[j + 1]
            candidates = cost[i, i:j] + cost[i + 1 : j + 1, j] + outer
            split[i, j] = i + candidates.argmin()
            cost[i, j] = candidates.min()

    def brackets(i, j):
        if i == j:
            return chr(65 + i)
        k = split[i, j]
        return f"({brackets(i, k)}{brackets(k + 1, j)})"

    return cost[0, -1], brackets(0, n - 1), cost


def inputs(rng):
    return (rng.integers(2, 40, 12),)
