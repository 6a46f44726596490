"""Income tax.

A progressive tariff in three ways: `np.select` over conditions, `np.piecewise`-like masks, and
`np.digitize` with marginal rates; all agree.
"""

import numpy as np


def tax_brackets(income):
    low, high = 10_000, 40_000
    by_select = np.select(
        [income <= low, income <= high],
        [0, (income - low) // 5],
        default=(high - low) // 5 + (income - high) * 2 // 5,
    )
    by_where = np.where(income > low, (np.minimum(income, high) - low) // 5, 0)
    by_where += np.where(income > high, (income - high) * 2 // 5, 0)
    by_clip = np.clip(income - low, 0, high - low) // 5
    by_clip[income > high] += (income[income > high] - high) * 2 // 5
    assert (by_select == by_where).all()
    assert (by_select == by_clip).all()
    bracket = np.digitize(income, [low, high], right=True)
    levied = np.array([by_select[bracket == b].sum() for b in range(3)])
    shares = by_select / by_select.sum()
    return by_select, bracket, levied.tolist(), shares


def inputs(rng):
    income = np.zeros(50, np.int64)
    income[10:] = rng.integers(1, 120, 40) * 1000
    return (income,)
