"""The 0-1 knapsack problem.

Dynamic programming over capacities (Bellman 1957), one slice of the table for every item, and the
items of the best choice.
"""

import numpy as np


def knapsack(values, weights, capacity=50):
    best = np.zeros_like(values, shape=capacity + 1)
    taken = np.zeros_like(values, shape=(len(values), capacity + 1), dtype=bool)
    for item, (value, weight) in enumerate(zip(values, weights, strict=True)):
        candidate = best[:-weight] + value
        better = candidate > best[weight:]
        taken[item, weight:] = better
        best[weight:] = np.where(better, candidate, best[weight:])
    room, chosen = capacity, []
    for item in range(len(values) - 1, -1, -1):
        if taken[item, room]:
            chosen.append(item)
            room -= weights[item]
    return best[-1], chosen[::-1], int(room)


def inputs(rng):
    return rng.integers(10, 100, 15), rng.integers(3, 20, 15)
