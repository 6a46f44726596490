"""Mandelbrot set.

Escape times of points of the complex plane (Brooks and Matelski 1978, Mandelbrot 1980); only the
points that have not escaped are updated, through a boolean mask.
"""

import numpy as np


def mandelbrot(points, limit=25):
    z = np.zeros_like(points)
    escape = np.full_like(points, limit, dtype=np.int64)
    inside = np.ones_like(points, dtype=bool)
    for step in range(limit):
        z[inside] = z[inside] ** 2 + points[inside]
        fled = inside & (z.real**2 + z.imag**2 > 4)
        escape[fled] = step
        inside[fled] = False
    return escape, inside.sum()


def inputs(rng):
    x, y = np.meshgrid(np.linspace(-2, 0.6, 27), np.linspace(-1.2, 1.2, 17))
    return (x + 1j * y,)
