"""K nearest neighbours.

Distances by broadcasting, the nearest by `argpartition`, and a majority vote (Fix and Hodges 1951,
Cover and Hart 1967).
"""

import numpy as np


def nearest_neighbours(known, labels, asked, k=5):
    squares = ((asked[:, np.newaxis, :] - known[np.newaxis]) ** 2).sum(axis=-1)
    nearest = np.argpartition(squares, k, axis=1)[:, :k]
    nearest = np.sort(nearest, axis=1)
    votes = labels[nearest]
    counts = (votes[..., None] == np.arange(labels.max() + 1)).sum(axis=1)
    distance = np.sqrt(np.take_along_axis(squares, nearest, axis=1))
    return counts.argmax(axis=1), distance.max(axis=1), counts


def inputs(rng):
    labels = np.repeat([0, 1, 2], 20)
    known = rng.integers(-40, 40, (60, 2)) + 30 * np.stack([labels, -labels], axis=1)
    return known + np.arange(60)[:, None] / 64, labels, rng.integers(-40, 90, (12, 2)) / 1.0
