"""Integral image.

The sums over many rectangles with four look-ups each, from a summed-area table (Crow 1984; used
for faces by Viola and Jones 2001). Rows of `boxes` are top, left, bottom, right.
"""

import numpy as np


def integral_image(image, boxes):
    table = np.zeros_like(image, shape=(image.shape[0] + 1, image.shape[1] + 1))
    table[1:, 1:] = image.cumsum(axis=0).cumsum(axis=1)
    top, left, bottom, right = boxes.T
    sums = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
    areas = (bottom - top) * (right - left)
    return sums, sums / areas


def inputs(rng):
    image = np.zeros((16, 20), np.int64)
    image[rng.integers(0, 16, 30), rng.integers(0, 20, 30)] = rng.integers(1, 9, 30)
    corner = rng.integers(0, 8, (12, 2))
    boxes = np.hstack([corner, corner + rng.integers(1, 9, (12, 2))])
    return image, boxes
