"""Contingency table and its chi-squared statistic.

Counts pairs of categories with `np.add.at`, and compares the table with independence (Pearson
1900).
"""

import numpy as np

ROUNDING = 4


def contingency_table(rows, columns):
    table = np.zeros_like(rows, shape=(rows.max() + 1, columns.max() + 1))
    np.add.at(table, (rows, columns), 1)
    margins = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    expected = margins[0] * margins[1] / table.sum()
    chi2 = ((table - expected) ** 2 / expected).sum()
    freedom = np.prod(np.subtract(table.shape, 1))
    return table, chi2, int(freedom)


def inputs(rng):
    return rng.integers(0, 4, 120), np.where(rng.random(120) < 0.6, 0, rng.integers(0, 3, 120))
