"""Access by flat positions.

`flat`, `ravel`, `put`, `take` and `item` count elements in C order; here they draw a knight's
moves and a border on a board.
"""

import numpy as np


def flat_updates(board, moves):
    n = board.shape[1]
    board.flat[0] = 9
    board.flat[-1] = 8
    board.flat[n - 1 : 3 * n : n] = [5, 6, 7]
    board.flat[moves] = 1
    total = sum(int(v) for v in board.flat)
    np.put(board, [n + 1, n + 2], [3, 4])
    position = np.ravel_multi_index((2, 3), board.shape)
    value = board.take(position), board.item(position), board.ravel()[position]
    rows, columns = np.unravel_index(np.sort(moves), board.shape)
    board[rows[:2], columns[:2]] += 20
    copy = board.flatten()
    copy[:] = 0
    return total, value, rows, board.ravel()[:: n + 1]


def inputs(rng):
    return np.zeros((8, 8), np.int64), rng.permutation(64)[:10]
