"""Check of placements of queens.

Each row of `boards` holds the columns of queens in successive rows of a chessboard; no two may
share a column or a diagonal (Bezzel 1848). Also draws the first good one.
"""

import numpy as np


def n_queens(boards):
    n = boards.shape[1]
    rows = np.arange(n)

    def all_different(lines):
        ordered = np.sort(lines, axis=1)
        return (ordered[:, 1:] != ordered[:, :-1]).all(axis=1)

    good = all_different(boards) & all_different(boards + rows) & all_different(boards - rows)
    picture = np.zeros_like(boards, shape=(n, n))
    if good.any():
        picture[rows, boards[np.argmax(good)]] = 1
    return good, picture


def inputs(rng):
    boards = np.array([rng.permutation(8) for _ in range(30)])
    boards[11] = [0, 4, 7, 5, 2, 6, 1, 3]
    return (boards,)
