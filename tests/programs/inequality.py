"""Inequality of incomes.

Lorenz's curve (1905), Gini's coefficient (1912), Theil's index (1967), deciles, and the set of
Pareto over two criteria.
"""

import numpy as np

ROUNDING = 4


def inequality(income, leisure):
    ordered = np.sort(income)
    n = len(ordered)
    lorenz = np.insert(np.cumsum(ordered), 0, 0) / ordered.sum()
    gini = 1 - 2 * np.trapezoid(lorenz, dx=1 / n)
    ratio = ordered / ordered.mean()
    theil = np.mean(np.where(ratio > 0, ratio * np.log(np.where(ratio > 0, ratio, 1)), 0))
    deciles = np.percentile(income, np.arange(10, 100, 10))
    better = (income[None] >= income[:, None]) & (leisure[None] >= leisure[:, None])
    better &= (income[None] > income[:, None]) | (leisure[None] > leisure[:, None])
    front = np.flatnonzero(~better.any(axis=1))
    return lorenz, gini, theil, deciles, front[np.argsort(income[front], kind="stable")]


def inputs(rng):
    income = np.zeros(50, np.int64)
    income[:35] = np.floor(rng.pareto(1.5, 35) * 100)
    return income, rng.integers(0, 30, 50)
