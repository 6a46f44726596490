"""Minesweeper.

Numbers next to mines, and the field that one click lays open (after the game by Curt Johnson,
1990). Closed cells are -1 in the board that is written to.
"""

import numpy as np


def minesweeper(mines, board, click=(0, 0)):
    rows, columns = mines.shape
    framed = np.zeros_like(board, shape=(rows + 2, columns + 2))
    mine_rows, mine_columns = np.nonzero(mines)
    for i in range(3):
        for j in range(3):
            framed[mine_rows + i, mine_columns + j] += 1
    numbers = framed[1:-1, 1:-1]
    todo = [click]
    while todo:
        i, j = todo.pop()
        if not (0 <= i < rows and 0 <= j < columns) or board[i, j] >= 0 or mines[i, j]:
            continue
        board[i, j] = numbers[i, j]
        if board[i, j] == 0:
            todo += [(i + a, j + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    numbers[mines] = 9
    lines = ["".join("#" if v < 0 else str(v) for v in row) for row in board]
    return numbers, "\n".join(lines), (board < 0).sum()


def inputs(rng):
    mines = rng.random((10, 12)) < 0.12
    mines[:2, :2] = False
    return mines, np.full((10, 12), -1, np.int8)
