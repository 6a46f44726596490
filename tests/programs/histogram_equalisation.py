"""Histogram equalisation.

Spreads the grey levels of an 8-bit image by the cumulative histogram as a lookup table
(Gonzalez and Woods, *Digital Image Processing*).
"""

import numpy as np


def histogram_equalisation(image):
    histogram = np.bincount(image.ravel(), minlength=256)
    cumulative = histogram.cumsum()
    lowest = cumulative[cumulative > 0][0]
    scaled = (cumulative - lowest) * 255.0 / (image.size - lowest)
    table = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return table[image]


def inputs(rng):
    image = np.full((24, 24), 90, np.uint8)
    image[6:18, 8:20] = rng.integers(100, 130, (12, 12))
    return (image,)
