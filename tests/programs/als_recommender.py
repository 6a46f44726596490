"""Recommendations by alternating least squares.

A matrix of ratings, most of them missing (0), is approximated by the product of two thin ones
(Hu, Koren and Volinsky 2008; Zhou et al. 2008).
"""

import numpy as np

ROUNDING = 64


def als_recommender(ratings, users, items, weight=0.5, steps=3):
    known = ratings != 0
    penalty = weight * np.eye(users.shape[1])

    def improve(factors, others, table, mask):
        for i in range(len(factors)):
            seen = others[mask[i]]
            factors[i] = np.linalg.solve(seen.T @ seen + penalty, seen.T @ table[i, mask[i]])

    for _ in range(steps):
        improve(users, items, ratings, known)
        improve(items, users, ratings.T, known.T)
    predicted = users @ items.T
    error = np.sqrt(((predicted - ratings)[known] ** 2).mean())
    best = np.where(known, -np.inf, predicted).argmax(axis=1)
    return predicted, error, best


def inputs(rng):
    taste, kind = rng.random((14, 2)), rng.random((12, 2))
    ratings = np.round(5 * taste @ kind.T) * (rng.random((14, 12)) < 0.5)
    return ratings, rng.random((14, 2)), rng.random((12, 2))
