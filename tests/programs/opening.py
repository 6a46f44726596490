"""Morphological opening.

Erosion and then dilation with a plus-shaped element removes what is smaller than the element
(Serra, *Image Analysis and Mathematical Morphology*, 1982).
"""

import numpy as np


def opening(mask):
    padded = np.pad(mask, 1)
    eroded = padded[1:-1, 1:-1].copy()
    eroded &= padded[:-2, 1:-1]
    eroded &= padded[2:, 1:-1]
    eroded &= padded[1:-1, :-2]
    eroded &= padded[1:-1, 2:]

    dilated = eroded.copy()
    dilated[1:] |= eroded[:-1]
    dilated[:-1] |= eroded[1:]
    dilated[:, 1:] |= eroded[:, :-1]
    dilated[:, :-1] |= eroded[:, 1:]
    return eroded, dilated, dilated ^ mask


def inputs(rng):
    mask = np.zeros((18, 22), bool)
    mask[3:9, 4:12] = True
    mask[11:14, 15:20] = True
    mask |= rng.random(mask.shape) < 0.05
    return (mask,)
