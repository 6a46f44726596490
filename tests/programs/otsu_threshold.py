"""Otsu's threshold.

The grey level that parts an image into two classes with the largest variance between them
(Otsu 1979), and the image so parted.
"""

import numpy as np


def otsu_threshold(image):
    counts = np.bincount(image.reshape(-1), minlength=256)
    levels = np.arange(256)
    below = np.cumsum(counts)
    above = image.size - below
    moment = np.cumsum(counts * levels)
    total = moment[-1]
    both = (below > 0) & (above > 0)
    # Integers up to here: the variance between the classes, times a constant.
    gap = np.zeros_like(below, dtype=float)
    gap[both] = (moment[both] * image.size - total * below[both]) ** 2
    gap[both] /= below[both] * above[both]
    threshold = int(np.argmax(gap))
    return threshold, np.where(image > threshold, np.uint8(255), np.uint8(0))


def inputs(rng):
    image = np.full((20, 20), 60, np.uint8)
    image[5:15, 5:15] = 180
    image += rng.integers(0, 2, image.shape, dtype=np.uint8) * 7
    return (image,)
