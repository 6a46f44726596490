"""Ranks with ties, and Spearman's correlation.

Mid-ranks by `argsort`, a permutation inverted by assignment, and `np.unique` for the ties
(Spearman 1904).
"""

import numpy as np


def competition_ranking(scores, ages):
    def ranks(values):
        order = values.argsort(kind="stable")
        rank = np.empty_like(order, dtype=float)
        rank[order] = np.arange(1, len(values) + 1)
        _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
        return np.bincount(inverse, weights=rank)[inverse] / counts[inverse]

    first, second = ranks(scores), ranks(ages)
    a, b = first - first.mean(), second - second.mean()
    return first, second, (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())


def inputs(rng):
    scores = np.where(rng.random(40) < 0.5, 0, rng.integers(0, 20, 40))
    return scores, rng.integers(20, 60, 40)
