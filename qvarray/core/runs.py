"""Runs of equal or neighbouring entries: where each begins, and the number of an entry in its run.

Both are cumulative sums of the lengths of the runs.
"""

from __future__ import annotations

import numpy as np

from .values import Array

__all__ = ["ordinals", "run_lengths", "run_offsets"]


def run_lengths(starts: Array, total: int) -> Array:
    """Return the length of each run, from where the runs begin and the number of all entries.

    Examples
    --------
    >>> run_lengths(np.array([0, 2, 2]), 5)
    array([2, 0, 3])
    """
    ends = np.empty_like(starts)
    ends[:-1] = starts[1:]
    ends[-1:] = total
    return np.subtract(ends, starts, out=ends)


def run_offsets(counts: Array) -> Array:
    """Return where each run begins, from the lengths of the runs.

    Examples
    --------
    >>> run_offsets(np.array([2, 0, 3]))
    array([0, 2, 2])
    """
    return np.cumsum(counts) - counts


def ordinals(counts: Array, total: int | None = None) -> Array:
    """Return the number of each entry in its run, from 0; their `total` may be known.

    Examples
    --------
    >>> ordinals(np.array([2, 0, 3]))
    array([0, 1, 0, 1, 2])
    """
    total = int(counts.sum()) if total is None else total
    return np.arange(total) - np.repeat(run_offsets(counts), counts)
