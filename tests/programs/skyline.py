"""The outline of a city.

Buildings (left, right, height) raise a line in place, and the line's corners; coverage of
intervals by differences and a cumulative sum (after Bentley).
"""

import numpy as np


def skyline(buildings, outline):
    for left, right, height in buildings:
        part = outline[left:right]
        np.maximum(part, height, out=part)
    corners = np.flatnonzero(np.diff(outline, prepend=0))
    steps = np.zeros_like(outline, shape=outline.size + 1)
    np.add.at(steps, buildings[:, 0], 1)
    np.subtract.at(steps, buildings[:, 1], 1)
    depth = np.cumsum(steps[:-1])
    assert np.array_equal(depth > 0, outline > 0)
    drawn = [[int(x), int(outline[x])] for x in corners]
    visible = np.zeros_like(buildings[:, 0], dtype=bool)
    for i, (left, right, height) in enumerate(buildings):
        visible[i] = np.any(outline[left:right] == height)
    return drawn, depth, visible, np.diff(outline, n=2).nonzero()[0]


def inputs(rng):
    left = rng.integers(0, 50, 12)
    buildings = np.stack([left, left + rng.integers(2, 10, 12), rng.integers(1, 12, 12)], axis=1)
    return buildings, np.zeros(64, np.int64)
