"""Floyd-Steinberg dithering.

An image of two levels by error diffusion, pixel by pixel and in place (Floyd and Steinberg
1976). The argument is overwritten with the dithered image.
"""

import numpy as np


def floyd_steinberg(image):
    rows, columns = image.shape
    for i in range(rows):
        for j in range(columns):
            old = image[i, j]
            new = np.round(old)
            image[i, j] = new
            error = old - new
            if j + 1 < columns:
                image[i, j + 1] += error * 7 / 16
            if i + 1 < rows:
                if j > 0:
                    image[i + 1, j - 1] += error * 3 / 16
                image[i + 1, j] += error * 5 / 16
                if j + 1 < columns:
                    image[i + 1, j + 1] += error * 1 / 16
    return float(image.mean())


def inputs(rng):
    image = np.zeros((10, 12))
    image[2:8, 3:10] = rng.random((6, 7))
    return (image,)
