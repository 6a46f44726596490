"""Merging sorted index lists: where each entry goes, or which entries meet."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["intersection", "union"]


@njit(cache=True, nogil=True)
def _union(a, b, merged, at_a, at_b):  # type: ignore[no-untyped-def]
    i = j = m = 0
    ka, kb = a.size, b.size
    while i < ka and j < kb:
        # Branch-free: which list is ahead is a coin toss that no predictor wins.
        x, y = a[i], b[j]
        merged[m] = x if x <= y else y
        at_a[i] = m
        at_b[j] = m
        i += x <= y
        j += y <= x
        m += 1
    while i < ka:
        merged[m] = a[i]
        at_a[i] = m
        i += 1
        m += 1
    while j < kb:
        merged[m] = b[j]
        at_b[j] = m
        j += 1
        m += 1
    return m


@njit(cache=True, nogil=True)
def _intersection(a, b, in_a, in_b):  # type: ignore[no-untyped-def]
    i = j = m = 0
    while i < a.size and j < b.size:
        x, y = a[i], b[j]
        in_a[m] = i
        in_b[m] = j
        m += x == y
        i += x <= y
        j += y <= x
    return m


def union(
    a: NDArray[Any], b: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.intp], NDArray[np.intp]]:
    """Merge two sorted lists of unique indices.

    Parameters
    ----------
    a, b : ndarray of int32 or int64, shape (ka,) and (kb,), of one dtype

    Returns
    -------
    merged : ndarray, shape (m,)
        Their union, sorted.
    at_a, at_b : ndarray of intp, shape (ka,) and (kb,)
        Where each entry of `a` and `b` stands in `merged`.

    Notes
    -----
    O(ka + kb).
    """
    merged = np.empty(a.size + b.size, a.dtype)
    at_a = np.empty(a.size, np.intp)
    at_b = np.empty(b.size, np.intp)
    m = _union(a, b, merged, at_a, at_b)
    # Let go of an overestimate: the result may live long.
    return (merged if m == merged.size else merged[:m].copy()), at_a, at_b


def intersection(a: NDArray[Any], b: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where two sorted lists of unique indices meet.

    Returns
    -------
    in_a, in_b : ndarray of intp, shape (m,)
        ``a[in_a] == b[in_b]``, in increasing order.

    Notes
    -----
    O(ka + kb).
    """
    most = min(a.size, b.size)
    # One slot more: the branch-free loop writes before it knows that there is a match.
    in_a = np.empty(most + 1, np.intp)
    in_b = np.empty(most + 1, np.intp)
    m = _intersection(a, b, in_a, in_b)
    return in_a[:m], in_b[:m]
