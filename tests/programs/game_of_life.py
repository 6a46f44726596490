"""Conway's game of life.

Births and deaths on a board of 0 and 1, in place (Gardner, *Scientific American*, 1970). The
outermost cells stay dead.
"""

import numpy as np


def game_of_life(board, steps=6):
    for _ in range(steps):
        neighbours = (
            board[:-2, :-2] + board[:-2, 1:-1] + board[:-2, 2:]
            + board[1:-1, :-2] + board[1:-1, 2:]
            + board[2:, :-2] + board[2:, 1:-1] + board[2:, 2:]
        )  # fmt: skip
        inside = board[1:-1, 1:-1]
        born = (neighbours == 3) & (inside == 0)
        survives = ((neighbours == 2) | (neighbours == 3)) & (inside == 1)
        board[...] = 0
        inside[born | survives] = 1
    return board


def inputs(rng):
    board = np.zeros((20, 20), np.int8)
    board[1, 2] = board[2, 3] = board[3, 1] = board[3, 2] = board[3, 3] = 1  # a glider
    board[10:17, 9:16] = rng.integers(0, 2, (7, 7))
    return (board,)
