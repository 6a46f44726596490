"""Forest fire, or site percolation.

Fire spreads from the left edge to neighbouring trees until it dies (Drossel and Schwabl 1992;
the burning algorithm for percolation). Trees are 1, and become 2 where they burn.
"""

import numpy as np


def forest_fire(forest):
    burning = np.zeros_like(forest, dtype=bool)
    burning[:, 0] = forest[:, 0] == 1
    steps = 0
    while burning.any():
        forest[burning] = 2
        spread = np.zeros_like(burning)
        spread[1:] |= burning[:-1]
        spread[:-1] |= burning[1:]
        spread[:, 1:] |= burning[:, :-1]
        spread[:, :-1] |= burning[:, 1:]
        burning = spread & (forest == 1)
        steps += 1
    return steps, bool((forest[:, -1] == 2).any()), (forest == 2).mean()


def inputs(rng):
    return ((rng.random((20, 20)) < 0.65).astype(np.int64),)
