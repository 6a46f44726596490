"""Q-learning on a corridor.

A table of values of state and action is updated in place, one step at a time (Watkins 1989); the
exploratory moves are given.
"""

import numpy as np


def q_learning(values, moves, rate=0.5, discount=0.9):
    last = values.shape[0] - 1
    state = 0
    finished = 0
    for move in moves:
        best = int(values[state].argmax())
        action = best if move < 0 else int(move)
        following = min(max(state + (1 if action else -1), 0), last)
        reward = 1.0 if following == last else 0.0
        target = reward + discount * values[following].max() * (following != last)
        values[state, action] += rate * (target - values[state, action])
        state = following
        if state == last:
            state, finished = 0, finished + 1
    return finished, values.argmax(axis=1), values.max(1)


def inputs(rng):
    moves = np.where(rng.random(300) < 0.5, -1, rng.integers(0, 2, 300))
    return np.zeros((8, 2)), moves
