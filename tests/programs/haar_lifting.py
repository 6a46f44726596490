"""Haar wavelets by lifting.

Differences and means of neighbours in place, in whole numbers that come back exactly (Haar 1910;
Sweldens 1996), on rows and columns of an image.
"""

import numpy as np


def haar_lifting(image, levels=2):
    def forward(lines):
        lines[1::2] -= lines[::2]
        lines[::2] += lines[1::2] >> 1

    def backward(lines):
        lines[::2] -= lines[1::2] >> 1
        lines[1::2] += lines[::2]

    original = image.copy()
    parts = [image[:: 2**level, :: 2**level] for level in range(levels)]
    for part in parts:
        forward(part)
        forward(part.T)
    coefficients = image.copy()
    small = np.abs(coefficients) < 3
    for part in reversed(parts):
        backward(part.T)
        backward(part)
    assert np.array_equal(image, original)
    image[small] = 0
    return coefficients, small.sum(), coefficients[:: 2**levels, :: 2**levels]


def inputs(rng):
    image = np.full((16, 16), 40)
    image[3:9, 5:12] += rng.integers(0, 5, (6, 7))
    return (image,)
