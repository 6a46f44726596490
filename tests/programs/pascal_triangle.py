"""Pascal's triangle and Bernstein polynomials.

A row from the one before by an overlapping sum in place, `row[1:] += row[:-1]`, its parity (the
triangle of Sierpiński), and De Casteljau's scheme (1959), which overlaps as well.
"""

import numpy as np


def pascal_triangle(row, points, t=0.25):
    triangle = np.zeros_like(row, shape=(len(row), len(row)))
    for i in range(len(row)):
        triangle[i] = row
        row[1:] += row[:-1]
    for _ in range(len(points) - 1):
        points[:-1] *= 1 - t
        points[:-1] += t * points[1:]
        points = points[:-1]
    parity = triangle % 2
    return triangle, parity.sum(axis=1), points, np.tril(triangle[::-1]).max(axis=0)


def inputs(rng):
    row = np.zeros(12, np.int64)
    row[0] = 1
    return row, rng.integers(0, 9, (6, 2)).astype(float)
