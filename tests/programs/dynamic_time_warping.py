"""Dynamic time warping.

The distance of two series that run at different speeds (Sakoe and Chiba 1978), with the sum of
the aligned differences.
"""

import numpy as np


def dynamic_time_warping(first, second):
    n, m = len(first), len(second)
    cost = np.abs(first[:, None] - second)
    table = np.full_like(cost, np.inf, shape=(n + 1, m + 1))
    table[0, 0] = 0
    for i in range(1, n + 1):
        step = np.minimum(table[i - 1, 1:], table[i - 1, :-1])
        for j in range(1, m + 1):
            table[i, j] = cost[i - 1, j - 1] + min(table[i, j - 1], step[j - 1])
    i, j, length = n, m, 1
    while i > 1 or j > 1:
        moves = [table[i - 1, j - 1], table[i - 1, j], table[i, j - 1]]
        move = int(np.argmin(moves))
        i, j = i - (move != 2), j - (move != 1)
        length += 1
    return table[n, m], length, table[1:, 1:]


def inputs(rng):
    first = np.zeros(24)
    first[6:12] = [1, 3, 5, 5, 3, 1]
    return first, np.repeat(first[4:14], 2)
