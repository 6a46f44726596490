"""Maximum flow.

The shortest augmenting path again and again (Ford and Fulkerson 1956, Edmonds and Karp 1972); the
matrix becomes what is left of the capacities.
"""

import numpy as np


def maximum_flow(capacity):
    n = len(capacity)
    source, sink = 0, n - 1
    total = 0
    while True:
        parent = np.full_like(capacity, -1, shape=n)
        parent[source] = source
        queue = [source]
        while queue and parent[sink] < 0:
            node = queue.pop(0)
            new = np.flatnonzero((capacity[node] > 0) & (parent < 0))
            parent[new] = node
            queue.extend(new.tolist())
        if parent[sink] < 0:
            break
        path = [sink]
        while path[-1] != source:
            path.append(int(parent[path[-1]]))
        tails, heads = path[1:], path[:-1]
        amount = capacity[tails, heads].min()
        capacity[tails, heads] -= amount
        capacity[heads, tails] += amount
        total += amount
    return total, parent >= 0


def inputs(rng):
    capacity = rng.integers(1, 20, (14, 14)) * (rng.random((14, 14)) < 0.25)
    np.fill_diagonal(capacity, 0)
    capacity[:, 0] = capacity[-1] = 0
    return (np.triu(capacity),)
