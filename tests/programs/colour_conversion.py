"""From RGB to HSV and grey.

Hue, saturation and value of the pixels of an image (Smith 1978), luma by a matrix product with
the weights of Rec. 601, and the hue turned in place.
"""

import numpy as np

ROUNDING = 4


def colour_conversion(image):
    red, green, blue = np.moveaxis(image, -1, 0)
    value, low = image.max(axis=-1), image.min(axis=-1)
    chroma = value - low
    safe = np.where(chroma == 0, 1, chroma)
    sector = image.argmax(axis=-1)
    hue = np.choose(
        sector,
        [(green - blue) / safe % 6, (blue - red) / safe + 2, (red - green) / safe + 4],
    )
    hue[chroma == 0] = 0
    saturation = np.divide(chroma, value, out=np.zeros_like(value), where=value != 0)
    hsv = np.stack([hue * 60, saturation, value], axis=-1)
    hsv[..., 0] += 180
    hsv[..., 0] %= 360
    luma = image @ np.array([0.299, 0.587, 0.114])
    image[...] = image[..., ::-1].copy()
    return hsv, luma, np.unique(sector)


def inputs(rng):
    image = np.full((10, 12, 3), 0.5)
    image[2:7, 3:9] = rng.integers(0, 5, (5, 6, 3)) / 4
    return (image,)
