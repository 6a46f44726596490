"""Distances in higher precision than what they are measured of, and how long campaigns are."""

import numpy as np
from hypothesis import settings

__all__ = ["ROUNDS", "l2", "widened"]

#: What a campaign is a multiple of: a short run by default, a long one in the nightly profile.
ROUNDS = settings().max_examples


def widened(x):
    """The elements in extended precision."""
    x = np.asarray(x)
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


def l2(x):
    """The L2 norm in extended precision, of numbers of any scale."""
    x = np.ascontiguousarray(np.asarray(x).astype(np.clongdouble)).reshape(-1)
    parts = x.view(np.longdouble) if x.size else np.zeros(0, np.longdouble)
    largest = np.abs(parts).max(initial=np.longdouble(0))
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * np.sqrt(np.sum((parts / largest) ** 2))
