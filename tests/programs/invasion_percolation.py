"""Invasion percolation.

The cluster that touches the top, grown by the weakest neighbour (Wilkinson and Willemsen 1983),
from given strengths of the sites.
"""

import numpy as np


def invasion_percolation(strength):
    columns = strength.shape[1]
    taken = np.zeros_like(strength, dtype=bool)
    taken[0] = True
    order = []
    while not taken[-1].any():
        near = np.zeros_like(taken)
        near[1:] |= taken[:-1]
        near[:-1] |= taken[1:]
        near[:, 1:] |= taken[:, :-1]
        near[:, :-1] |= taken[:, 1:]
        near &= ~taken
        candidates = np.where(near, strength, np.inf)
        i, j = divmod(int(candidates.argmin()), columns)
        taken[i, j] = True
        order.append(candidates.min())
    peak = np.max(order)
    strength[taken] = 0
    return taken, len(order), peak, taken.sum(axis=1), strength.min(axis=1) == 0


def inputs(rng):
    return (np.round(rng.random((14, 14)), 3),)
