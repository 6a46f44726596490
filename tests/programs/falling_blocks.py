"""Full rows fall away.

The board of a game like Pajitnov's (1985): a piece drops until it would overlap, full rows are
removed, and what is above them moves down, in overlapping slices.
"""

import numpy as np


def falling_blocks(board, piece):
    cleared = 0
    for column, shape in ((0, piece), (3, piece.T), (5, np.rot90(piece)), (2, piece[::-1])):
        h, w = shape.shape
        top = 0
        shaft = board[:, column : column + w]
        while top + h < len(board) and not (shaft[top + 1 : top + 1 + h] & shape).any():
            top += 1
        shaft[top : top + h] |= shape
        for row in np.flatnonzero(board.all(axis=1)):
            board[1 : row + 1] = board[:row]
            board[0] = 0
            cleared += 1
    heights = len(board) - np.where(board.any(axis=0), board.argmax(axis=0), len(board))
    holes = (np.logical_or.accumulate(board, axis=0) & (board == 0)).sum()
    return cleared, heights, holes, np.abs(np.diff(heights)).sum()


def inputs(rng):
    board = np.zeros((12, 8), np.uint8)
    board[9:] = 1
    board[9:, :2] = 0
    board[7, 3:5] = 1
    return board, np.array([[1, 0], [1, 0], [1, 1]], np.uint8)
