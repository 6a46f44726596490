"""Longest common subsequence.

A two-dimensional table filled element by element, and a walk back through it (Hirschberg 1975;
the `diff` of Hunt and McIlroy 1976).
"""

import numpy as np


def longest_common_subsequence(first, second):
    n, m = first.size, second.size
    table = np.zeros_like(first, shape=(n + 1, m + 1), dtype=int)
    for i in range(n):
        for j in range(m):
            if first[i] == second[j]:
                table[i + 1, j + 1] = table[i, j] + 1
            else:
                table[i + 1, j + 1] = max(table[i, j + 1], table[i + 1, j])
    i, j, common = n, m, []
    while i and j:
        if first[i - 1] == second[j - 1]:
            common.append(int(first[i - 1]))
            i, j = i - 1, j - 1
        elif table[i - 1, j] >= table[i, j - 1]:
            i -= 1
        else:
            j -= 1
    return bytes(common[::-1]).decode(), table[-1]


def inputs(rng):
    return np.array(list(b"GATTACAGATTACACCA")), np.array(list(b"TAGACCAATTGACA"))
