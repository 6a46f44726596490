"""Box blur of an image.

The mean of the square neighbourhood of every pixel, as a sum of shifted slices: the moving
average of the image-processing textbooks, with repeated edges.
"""

import numpy as np


def box_blur(image, radius=1):
    rows, columns = image.shape
    width = 2 * radius + 1
    padded = np.pad(image, radius, mode="edge")
    out = np.zeros_like(image)
    for i in range(width):
        for j in range(width):
            out += padded[i : i + rows, j : j + columns]
    out /= width**2
    return out


def inputs(rng):
    image = np.zeros((20, 24))
    image[5:11, 7:15] = 1.0
    image[14, :6] = rng.random(6)
    return (image,)
