"""Elementary cellular automaton.

Wolfram's one-dimensional rules (1983): each cell's next state is looked up by the number that
it makes with its two neighbours.
"""

import numpy as np


def cellular_automaton(cells, rule=30, steps=20):
    table = np.array([rule >> i & 1 for i in range(8)], dtype=np.uint8)
    history = np.empty_like(cells, shape=(steps + 1, cells.size))
    history[0] = cells
    for step in range(steps):
        now = history[step]
        number = 4 * np.roll(now, 1) + 2 * now + np.roll(now, -1)
        history[step + 1] = np.take(table, number)
    return history, history.sum(axis=1)


def inputs(rng):
    cells = np.zeros(41, np.uint8)
    cells[20] = 1
    return (cells,)
