"""Flood fill in three dimensions.

Water enters a porous stone from above and fills what it can reach, by slices along each of three
axes (Smith 1979 for the fill).
"""

import numpy as np


def flood_fill(stone):
    is_open = stone == 0
    water = np.zeros_like(is_open)
    water[0] = is_open[0]
    count = -1
    while count != water.sum():
        count = water.sum()
        for axis in range(3):
            lines, open_lines = np.swapaxes(water, 0, axis), np.swapaxes(is_open, 0, axis)
            lines[1:] |= lines[:-1] & open_lines[1:]
            lines[:-1] |= lines[1:] & open_lines[:-1]
    stone[water] = -1
    depth = np.where(water.any(axis=(1, 2)), np.arange(len(stone)), -1).max()
    shadow = (stone == 1).sum(axis=0), stone.min(axis=1), stone.argmin(axis=2)
    return count, depth, shadow, (is_open & ~water).sum(axis=(0, 2))


def inputs(rng):
    return ((rng.random((8, 9, 10)) < 0.6).astype(np.int8),)
