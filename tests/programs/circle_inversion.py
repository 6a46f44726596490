"""Inversion in circles.

Points of the complex plane and their images by powers, in place and not: reciprocals, square roots
on their branch, and Joukowski's wing (1910).
"""

import numpy as np


def circle_inversion(points, axis):
    inverse = points**-1
    again = inverse.copy()
    again **= -1
    assert np.allclose(again, points)
    root = points.copy()
    root **= 0.5
    assert (root.real >= 0).all()
    wing = points + 1 / points
    unit = points / np.abs(points)
    powers = [unit**k for k in range(4)]
    powers += [axis**2, axis**2.0, axis**0.5, axis**1, np.float64(2) ** axis, 2.0**axis]
    axis **= 2
    axis **= 0.5
    points **= 2
    return inverse, again, root, wing, powers, np.angle(points, deg=True)


def inputs(rng):
    points = (rng.integers(-8, 9, 16) + 1j * rng.integers(-8, 9, 16)) / 4
    points[points == 0] = 1
    points[::3] = -1
    return points, np.where(rng.random(20) < 0.5, 0.0, rng.integers(0, 9, 20))
