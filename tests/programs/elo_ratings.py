"""Elo ratings.

Strength of players from their games, one after the other (Elo 1960), scalars read and written in
place, and a table of expected results.
"""

import numpy as np


def elo_ratings(ratings, games, gain=32):
    played = np.zeros_like(ratings, dtype=int)
    for white, black, points in games:
        expected = 1 / (1 + 10 ** ((ratings[black] - ratings[white]) / 400))
        change = gain * (points / 2 - expected)
        ratings[white] += change
        ratings[black] -= change
        played[[white, black]] += 1
    table = 1 / (1 + np.power(10, np.subtract.outer(ratings, ratings).T / 400))
    assert np.allclose(table + table.T, 1)
    place = np.empty_like(played)
    place[np.argsort(-ratings)] = np.arange(1, len(ratings) + 1)
    return table, place, played, round(float(ratings.sum()), 6)


def inputs(rng):
    games = np.array([[*rng.permutation(10)[:2], rng.integers(0, 3)] for _ in range(40)])
    return np.full(10, 1500.0), games
