"""Travelling salesman by 2-opt.

A tour is improved by turning parts of it round, in place (Croes 1958), as long as that makes it
shorter.
"""

import numpy as np


def travelling_salesman(cities, tour):
    gaps = cities[:, None] - cities[None, :]
    distance = np.abs(gaps).max(axis=-1)

    def length():
        return distance[tour, np.roll(tour, -1)].sum()

    lengths = [length()]
    improved = True
    while improved:
        improved = False
        for i in range(1, len(tour) - 1):
            for j in range(i + 2, len(tour)):
                a, b, c, d = tour[i - 1], tour[i], tour[j - 1], tour[j]
                if distance[a, c] + distance[b, d] < distance[a, b] + distance[c, d]:
                    tour[i:j] = tour[i:j][::-1]
                    improved = True
        lengths.append(length())
    return lengths, np.array_equal(np.sort(tour), np.arange(len(tour)))


def inputs(rng):
    return rng.integers(0, 100, (14, 2)), np.arange(14)
