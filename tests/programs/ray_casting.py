"""Points in a polygon.

The even-odd rule with a ray to the right for all points and edges at once (Shimrat 1962), and the
polygon's area by the shoelace formula (Meister 1769).
"""

import numpy as np


def ray_casting(polygon, points):
    x, y = polygon.T
    next_x, next_y = np.roll(polygon, -1, axis=0).T
    area = abs(np.sum(x * next_y - next_x * y)) / 2
    px, py = points[:, :1], points[:, 1:]
    crosses = (y > py) != (next_y > py)
    rise = np.where(next_y == y, 1, next_y - y)
    left_of = px < (next_x - x) * (py - y) / rise + x
    inside = np.logical_xor.reduce(crosses & left_of, axis=1)
    share = np.count_nonzero(inside) / len(points)
    box = np.ptp(points, axis=0)
    return inside, area, share * box.prod(), points[inside].min(axis=0)


def inputs(rng):
    polygon = np.array([[0, 0], [6, 0], [6, 4], [3, 1], [0, 4]])
    return polygon, rng.integers(0, 61, (80, 2)) / 10
