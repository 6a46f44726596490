"""Random walks on a lattice.

Walks of many steps at once by cumulative sums of given steps, returns to the start, distances
(Pólya 1921), and the arcsine law of the lead.
"""

import numpy as np


def random_walks(choices):
    east_west = np.select([choices == 0, choices == 1], [1, -1])
    north_south = np.select([choices == 2, choices == 3], [1, -1])
    steps = np.stack([east_west, north_south], axis=-1)
    paths = np.cumsum(steps, axis=1)
    home = (paths == 0).all(axis=-1)
    first = np.where(home.any(axis=1), home.argmax(axis=1), -1)
    squares = (paths**2).sum(axis=-1)
    visits = np.zeros_like(choices, shape=(9, 9))
    inside = (np.abs(paths) <= 4).all(axis=-1)
    np.add.at(visits, tuple((paths[inside] + 4).T), 1)
    lead = (paths[..., 0] > 0).mean(axis=1)
    unique = [len(np.unique(path, axis=0)) for path in paths]
    far = np.unravel_index(squares.argmax(), squares.shape)
    return first, squares[:, -1], visits, lead, unique, paths[far].tolist()


def inputs(rng):
    return (rng.integers(0, 4, (15, 60)),)
