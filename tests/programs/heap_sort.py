"""Heap sort.

Elements are swapped one pair at a time, in place (Williams 1964), and a shuffle with given draws
(Fisher and Yates 1938, Durstenfeld 1964).
"""

import numpy as np


def heap_sort(x, draws):
    def sift(root, end):
        while 2 * root + 1 < end:
            child = 2 * root + 1
            if child + 1 < end and x[child] < x[child + 1]:
                child += 1
            if x[root] >= x[child]:
                return
            x[root], x[child] = x[child], x[root]
            root = child

    n = len(x)
    for root in range(n // 2 - 1, -1, -1):
        sift(root, n)
    for end in range(n - 1, 0, -1):
        x[0], x[end] = x[end], x[0]
        sift(0, end)
    ordered = x.copy()
    for i in range(n - 1, 0, -1):
        j = int(draws[i] * (i + 1))
        x[i], x[j] = x[j], x[i]
    return ordered, np.array_equal(np.sort(x), ordered)


def inputs(rng):
    return np.where(rng.random(50) < 0.5, 0, rng.integers(-50, 50, 50)), rng.random(50)
