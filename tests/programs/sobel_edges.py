"""Sobel edge detector.

Strength and direction of the gradient of an image by the 3 x 3 operator of Sobel and Feldman
(1968), written with slices.
"""

import numpy as np


def sobel_edges(image, threshold=1.0):
    left, middle, right = image[:, :-2], image[:, 1:-1], image[:, 2:]
    across = right - left
    gx = across[:-2] + 2 * across[1:-1] + across[2:]
    smooth = left + 2 * middle + right
    gy = smooth[2:] - smooth[:-2]
    strength = np.hypot(gx, gy)
    direction = np.arctan2(gy, gx)
    direction[strength < threshold] = np.nan
    return strength, direction, int((strength >= threshold).sum())


def inputs(rng):
    y, x = np.mgrid[:24, :24]
    image = np.where((x - 11) ** 2 + (y - 12) ** 2 < 49, 1.0, 0.0)
    image[2, 3:9] = 0.25
    return (image,)
