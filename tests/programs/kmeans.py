"""K-means clustering.

Points are assigned to the nearest centre, and the centres moved to the means of their points
(Lloyd 1957/1982), in place on the centres.
"""

import numpy as np

ROUNDING = 4


def kmeans(points, centres, steps=10):
    for _ in range(steps):
        squares = ((points[:, np.newaxis] - centres) ** 2).sum(axis=2)
        nearest = squares.argmin(axis=1)
        before = centres.copy()
        for k in range(len(centres)):
            members = points[nearest == k]
            if len(members):
                centres[k] = members.mean(axis=0)
        if np.allclose(before, centres):
            break
    inertia = squares.min(axis=1).sum()
    return nearest, inertia, np.bincount(nearest, minlength=len(centres))


def inputs(rng):
    middle = np.repeat([[0.0, 0.0], [5.0, 5.0], [0.0, 8.0]], 20, axis=0)
    points = middle + rng.standard_normal((60, 2))
    return points, points[[0, 1, 2]].copy()
