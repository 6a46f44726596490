"""All shortest paths of a graph.

The algorithm of Floyd and Warshall (1962), in place on the matrix of distances, with the next
stop on every path.
"""

import numpy as np


def floyd_warshall(distance):
    n = len(distance)
    following = np.where(np.isfinite(distance), np.arange(n), -1)
    np.fill_diagonal(distance, 0)
    for k in range(n):
        through = distance[:, k, np.newaxis] + distance[k]
        shorter = through < distance
        following = np.where(shorter, following[:, [k]], following)
        np.minimum(distance, through, out=distance)
    reachable = distance[np.isfinite(distance)]
    path = [0]
    while path[-1] != n - 1 and following[path[-1], n - 1] >= 0:
        path.append(int(following[path[-1], n - 1]))
    return following, path, reachable.max()


def inputs(rng):
    distance = np.full((16, 16), np.inf)
    edges = rng.integers(0, 16, (2, 40))
    distance[edges[0], edges[1]] = rng.integers(1, 20, 40)
    distance[np.arange(15), np.arange(1, 16)] = 9
    return (distance,)
