"""Breadth-first search on an adjacency matrix.

Distances from a node, a whole frontier at a time, as a boolean product (Moore 1959; the linear
algebra of Kepner and Gilbert, 2011).
"""

import numpy as np


def breadth_first_search(adjacency, start=0):
    n = len(adjacency)
    distance = np.full_like(adjacency, -1, shape=n, dtype=np.int64)
    frontier = np.zeros_like(adjacency, shape=n, dtype=bool)
    frontier[start] = True
    depth = 0
    while frontier.any():
        distance[frontier] = depth
        reached = adjacency[frontier].any(axis=0)
        frontier = reached & (distance < 0)
        depth += 1
    return distance, np.nonzero(distance == distance.max())[0]


def inputs(rng):
    adjacency = rng.random((30, 30)) < 0.06
    return (adjacency | adjacency.T,)
