"""Moving things in a film.

The background is the median over time; what differs from it moves. A running average forgets the
past slowly, in place (Wren et al. 1997).
"""

import numpy as np


def background_subtraction(film, memory):
    background = np.median(film, axis=0)
    moving = np.abs(film - background) > 20
    paths = []
    for frame in moving:
        rows, columns = np.nonzero(frame)
        if rows.size:
            paths.append((float(rows.mean()), int(columns.min()), int(columns.max())))
    for frame in film:
        memory *= 0.75
        memory += 0.25 * frame
    film[moving] = 255
    return background, moving.any(axis=0), paths, moving.sum(axis=(1, 2))


def inputs(rng):
    film = np.full((9, 10, 12), 50, np.int16)
    film[:, 2, :] = 80
    for t in range(9):
        film[t, 4:7, t : t + 3] = 200
    return film, np.zeros((10, 12))
