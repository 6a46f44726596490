"""Shortest paths from one node.

Dijkstra's algorithm (1959) on a matrix of lengths, where 0 means no edge: the nearest open node
is closed, and its neighbours are relaxed.
"""

import numpy as np


def dijkstra(lengths, source=0):
    n = lengths.shape[0]
    distance = np.full_like(lengths, np.inf, shape=(n,), dtype=float)
    parent = np.full_like(lengths, -1, shape=(n,), dtype=int)
    closed = np.zeros_like(parent, dtype=bool)
    distance[source] = 0
    for _ in range(n):
        node = np.argmin(np.where(closed, np.inf, distance))
        if closed[node] or distance[node] == np.inf:
            break
        closed[node] = True
        (neighbours,) = lengths[node].nonzero()
        candidate = distance[node] + lengths[node, neighbours]
        better = candidate < distance[neighbours]
        distance[neighbours[better]] = candidate[better]
        parent[neighbours[better]] = node
    return distance, parent


def inputs(rng):
    lengths = rng.integers(1, 30, (25, 25)) * (rng.random((25, 25)) < 0.12)
    return (lengths,)
