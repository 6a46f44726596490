"""Wallpaper of a motif.

The motif and its turned and mirrored copies are joined to a tile, the tile is repeated, and a
frame drawn (after the wallpaper group p4m, Fedorov 1891).
"""

import numpy as np


def tile_pattern(motif, repeats=2):
    top = np.hstack([motif, np.fliplr(motif)])
    tile = np.vstack([top, np.flipud(top)])
    quarter = np.maximum(tile, np.rot90(tile))
    wall = np.tile(quarter, (repeats, repeats))
    wall[[0, -1]] = wall[:, [0, -1]] = 9
    checks = np.kron(np.eye(2, dtype=motif.dtype), motif)
    assert (wall[1:-1, 1:-1] == wall[1:-1, 1:-1].T[::-1, ::-1]).all()
    halves = np.array_split(tile, 2)
    return wall, checks, np.moveaxis(halves, 0, -1).shape  # type: ignore[type-var]  # a list too


def inputs(rng):
    motif = np.zeros((5, 5), np.int16)
    motif[1, 1:4] = motif[2, 2] = 1
    motif[3, 1] = 4
    return (motif,)
