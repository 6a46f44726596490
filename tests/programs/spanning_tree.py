"""Minimum spanning tree.

Prim's algorithm (Jarník 1930, Prim 1957) on a full matrix of distances between points.
"""

import numpy as np


def spanning_tree(points):
    distance = np.abs(points[:, None] - points[None]).sum(axis=-1)
    far = distance.max() + 1
    best = distance[0].copy()
    parent = np.zeros_like(best)
    inside = np.zeros_like(best, dtype=bool)
    inside[0] = True
    total = 0
    for _ in range(len(points) - 1):
        node = np.where(inside, far, best).argmin()
        total += best[node]
        inside[node] = True
        closer = ~inside & (distance[node] < best)
        best[closer] = distance[node][closer]
        parent[closer] = node
    return parent, total


def inputs(rng):
    points = np.zeros((25, 2), np.int64)
    points[5:] = rng.integers(0, 50, (20, 2))
    return (points,)
