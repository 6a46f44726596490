"""Runs of equal or neighbouring entries: where each begins, and the number of an entry in its run.

Both are cumulative sums of the lengths of the runs.
"""

from __future__ import annotations

import numpy as np

from .. import kernels
from .values import Array


def distinct(keys: Array) -> Array:
    """Return the different integers of a list, sorted. O(k) for a list that is sorted.

    Examples
    --------
    >>> distinct(np.array([5, 1, 5]))
    array([1, 5])
    """
    ordered = keys if (keys[1:] >= keys[:-1]).all() else np.sort(keys)
    return ordered[kernels.radix_sort.run_starts(ordered)]


def ranked(keys: Array) -> tuple[Array, Array]:
    """Return the different ones of non-negative integers, sorted, and which each is of. O(k).

    Examples
    --------
    >>> ranked(np.array([5, 1, 5]))
    (array([1, 5]), array([1, 0, 1]))
    """
    if (keys[1:] >= keys[:-1]).all():
        starts = kernels.radix_sort.run_starts(keys)
        return keys[starts], np.repeat(np.arange(starts.size), run_lengths(starts, keys.size))
    ordered, order = kernels.radix_sort.sorted_order(keys)
    starts = kernels.radix_sort.run_starts(ordered)
    which = np.empty(keys.size, np.intp)
    which[order] = np.repeat(np.arange(starts.size), run_lengths(starts, keys.size))
    return ordered[starts], which


def last_of_each(keys: Array, values: Array) -> tuple[Array, Array]:
    """Return the different ones of non-negative integers, sorted, and the last value of each. O(k).

    Examples
    --------
    >>> last_of_each(np.array([5, 1, 5]), np.array([10, 20, 30]))
    (array([1, 5]), array([20, 30]))
    """
    if (keys[1:] > keys[:-1]).all():
        return keys, values
    # The sort is stable: equal keys stay in their order.
    ordered, order = kernels.radix_sort.sorted_order(keys)
    last = np.append(kernels.radix_sort.run_starts(ordered)[1:], keys.size) - 1
    return ordered[last], values[order[last]]


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
