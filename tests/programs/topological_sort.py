"""Topological order of tasks.

Tasks without open predecessors come first (Kahn 1962), with the earliest start of each and the
critical path's length.
"""

import numpy as np


def topological_sort(before, duration):
    waiting = before.sum(axis=0)
    start = np.zeros_like(duration)
    done = np.zeros_like(before, shape=len(duration))
    order: list[int] = []
    while len(order) < len(duration):
        ready = np.flatnonzero((waiting == 0) & ~done)
        if ready.size == 0:
            raise ValueError("a circle")
        for task in ready:
            (after,) = np.where(before[task])
            waiting[after] -= 1
            np.maximum.at(start, after, start[task] + duration[task])
            order.append(int(task))
        done[ready] = True
    finish = start + duration
    slack = np.where(before, start, finish.max()).min(axis=1) - finish
    return order, start, finish.max(), slack == 0


def inputs(rng):
    before = np.triu(rng.random((18, 18)) < 0.12, 1)
    shuffle = rng.permutation(18)
    return before[np.ix_(shuffle, shuffle)], rng.integers(1, 9, 18)
