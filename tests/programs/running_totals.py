"""Accumulators without axes.

Arrays of no dimensions that are updated in place, sums that keep their axes, and elements picked
with an empty index.
"""

import numpy as np


def running_totals(batches):
    total = np.zeros_like(batches, shape=())
    largest = np.full_like(total, -100)
    count = np.zeros_like(total, dtype=int)
    for batch in batches:
        total += batch.sum()
        np.maximum(largest, batch.max(), out=largest)
        count[...] = count + np.count_nonzero(batch)
        largest[()] = max(largest[()], -50)
    grand = batches.sum(keepdims=True)
    assert grand.shape == (1, 1)
    assert grand.squeeze() == total == total.item()
    assert (grand[0, 0], total.ndim, total.size) == (total[()], 0, 1)
    share = batches.sum(axis=1, keepdims=True) / total
    limited = batches.max(axis=0, initial=2, where=batches != 3)
    return total, largest, count, float(total), share, limited, np.atleast_1d(total), f"{total:.1f}"


def inputs(rng):
    return (rng.integers(0, 5, (7, 6)) * (rng.random((7, 6)) < 0.5),)
