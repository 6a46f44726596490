"""Union-find.

Sets that merge, with paths halved on the way (Tarjan and van Leeuwen 1984), one element of the
array `parent` at a time. Rows of `edges` are joined.
"""

import numpy as np


def union_find(parent, edges):
    def find(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    size = np.ones_like(parent)
    joined = []
    for number, (a, b) in enumerate(edges):
        a, b = find(a), find(b)
        if a == b:
            continue
        if size[a] < size[b]:
            a, b = b, a
        parent[b] = a
        size[a] += size[b]
        joined.append(number)
    while not np.array_equal(parent, parent[parent]):
        parent[:] = parent[parent]
    roots, sizes = np.unique(parent, return_counts=True)
    return joined, roots, sizes


def inputs(rng):
    return np.arange(40), rng.integers(0, 40, (30, 2))
