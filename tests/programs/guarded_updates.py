"""Mistakes that must be refused.

Every attempt raises an exception as NumPy does, and the arrays are as they were before.
"""

import operator

import numpy as np


def guarded_updates(counts, values):
    attempts = [
        lambda: operator.iadd(counts, 0.5),
        lambda: operator.itruediv(counts, 2),
        lambda: counts + values[:3],
        lambda: counts[len(counts)],
        lambda: counts[1.5],
        lambda: operator.setitem(counts, slice(0, 2), [1, 2, 3]),
        lambda: operator.setitem(counts, [0, 999], 1),
        lambda: counts.reshape(3, -1),
        lambda: values.sum(axis=2),
        lambda: np.concatenate([values, values[None]]),
        lambda: values[values > 1e9].max(),
        lambda: np.linalg.inv(np.outer(values, values)[:2]),
        lambda: np.add(counts, values, out=counts),
        lambda: int(values),
        lambda: bool(values > 0),
        lambda: values @ counts[:4],
        lambda: np.stack([values, values[1:]]),
        lambda: values[0, 0],
    ]
    refused = []
    for attempt in attempts:
        before = counts.copy(), values.copy()
        try:
            attempt()
        except Exception as error:
            kinds = [k.__name__ for k in type(error).__mro__ if k.__module__ == "builtins"]
            refused.append(kinds[0])
        else:
            refused.append("fine")
        np.testing.assert_array_equal(before[0], counts)
        np.testing.assert_array_equal(before[1], values)
    return refused


def inputs(rng):
    return rng.integers(0, 3, 10), np.where(rng.random(10) < 0.5, 0.0, 2.5)
