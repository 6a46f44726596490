"""Suffix array.

The order of all suffixes of a text by doubling the compared length (Manber and Myers 1990), and
the longest part that comes twice.
"""

from itertools import pairwise

import numpy as np


def suffix_array(text):
    n = text.size
    rank = text.astype(np.int64)
    length = 1
    while True:
        second = np.full_like(rank, -1)
        second[: n - length] = rank[length:]
        order = np.lexsort((second, rank))
        different = (np.diff(rank[order]) != 0) | (np.diff(second[order]) != 0)
        new = np.empty_like(rank)
        new[order] = np.concatenate([[0], np.cumsum(different)])
        rank = new
        if rank[order[-1]] == n - 1 or length >= n:
            break
        length *= 2
    longest = (0, 0)
    for a, b in pairwise(order):
        m = n - max(a, b)
        same = text[a : a + m] == text[b : b + m]
        common = int(m if same.all() else same.argmin())
        longest = max(longest, (common, int(a)))
    found = bytes(text[longest[1] : longest[1] + longest[0]].tolist()).decode()
    return order, rank, found


def inputs(rng):
    return (np.frombuffer(b"how much wood would a woodchuck chuck", np.uint8).copy(),)
