"""Moves of the game 2048.

Rows slide to the left and equal neighbours merge; the other directions are views of the board,
turned (Cirulli 2014).
"""

import numpy as np


def game_2048(board, moves="LURDLLUR"):
    score = 0
    for move in moves:
        view = {"L": board, "R": board[:, ::-1], "U": board.T, "D": board[::-1].T}[move]
        for row in view:
            tiles = row[row != 0]
            out = np.zeros_like(row)
            i = k = 0
            while i < len(tiles):
                if i + 1 < len(tiles) and tiles[i] == tiles[i + 1]:
                    out[k] = 2 * tiles[i]
                    score += out[k]
                    i += 1
                else:
                    out[k] = tiles[i]
                i, k = i + 1, k + 1
            row[:] = out
        empty = np.argwhere(board == 0)
        if len(empty):
            board[tuple(empty[-1])] = 2
    return int(score), board.max(), np.bincount(board.ravel())[2:5]


def inputs(rng):
    return (rng.choice([0, 0, 2, 2, 4], (4, 4)),)
