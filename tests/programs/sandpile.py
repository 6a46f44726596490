"""Abelian sandpile.

Cells with four grains or more topple onto their neighbours until all are stable (Bak, Tang and
Wiesenfeld 1987), in place. Grains that pass the border are lost.
"""

import numpy as np


def sandpile(grains):
    topplings = np.zeros_like(grains)
    before = grains.sum()
    while (grains >= 4).any():
        falls = grains // 4
        topplings += falls
        grains -= 4 * falls
        grains[1:] += falls[:-1]
        grains[:-1] += falls[1:]
        grains[:, 1:] += falls[:, :-1]
        grains[:, :-1] += falls[:, 1:]
    return topplings, before - grains.sum()


def inputs(rng):
    grains = rng.integers(0, 3, (13, 13))
    grains[6, 6] = 90
    return (grains,)
