"""Who bought what.

Customers of two shops as sets: union, intersection, difference, membership, and Jaccard's
similarity (1901).
"""

import numpy as np


def set_operations(first, second, vip):
    both = np.intersect1d(first, second)
    either = np.union1d(first, second)
    only_first = np.setdiff1d(first, second)
    one = np.setxor1d(first, second)
    assert np.array_equal(one, np.setdiff1d(either, both))
    assert np.isin(both, first).all()
    assert not np.isin(only_first, second).any()
    is_vip = np.isin(first, vip)
    first[is_vip] = -first[is_vip]
    return both, either, only_first, one, is_vip, len(both) / len(either)


def inputs(rng):
    first = np.where(rng.random(50) < 0.4, 1, rng.integers(1, 40, 50))
    return first, rng.integers(20, 60, 40), np.array([1, 5, 8, 30])
