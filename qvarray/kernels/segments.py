"""Sums over the rows and the columns of a sparse matrix in sorted C-order positions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["column_counts", "column_sums", "row_sums"]

_BLOCK = 128  # numbers that are added one after the other; sums of blocks are added pairwise


@njit(cache=True, nogil=True)
def _row_sums(indices, values, n, numbers, counts, sums, stack):  # type: ignore[no-untyped-def]
    k = indices.size
    i = m = 0
    while i < k:
        row = indices[i] // n
        last = row * n + (n - 1)
        begin = i
        blocks = 0
        while True:
            total = values[i]
            i += 1
            stop = min(k, i + _BLOCK - 1)
            while i < stop and indices[i] <= last:
                total += values[i]
                i += 1
            if i == k or indices[i] > last:
                break
            # As carries ripple through a binary counter, so do sums of 2, 4, 8... blocks.
            level = 0
            while (blocks >> level) & 1:
                total += stack[level]
                level += 1
            stack[level] = total
            blocks += 1
        level = 0
        while blocks >> level:
            if (blocks >> level) & 1:
                total += stack[level]
            level += 1
        numbers[m] = row
        counts[m] = i - begin
        sums[m] = total
        m += 1
    return m


@njit(cache=True, nogil=True)
def _column_sums(indices, values, n, sums):  # type: ignore[no-untyped-def]
    base = np.int64(0)
    for i in range(indices.size):
        column = indices[i] - base
        if column >= n:
            # Most often it is the next row: a subtraction where a division takes ten times longer.
            rows = 1 if column - n < n else column // n
            base += rows * n
            column -= rows * n
        sums[column] += values[i]


@njit(cache=True, nogil=True)
def _column_counts(indices, n, counts):  # type: ignore[no-untyped-def]
    base = np.int64(0)
    for i in range(indices.size):
        column = indices[i] - base
        if column >= n:
            rows = 1 if column - n < n else column // n
            base += rows * n
            column -= rows * n
        counts[column] += 1


def row_sums(
    indices: NDArray[Any], values: NDArray[Any], n: int, most: int
) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[Any]]:
    """Add up the entries of each row that has any.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix.
    values : ndarray of int64, float64 or complex128, shape (k,)
    n : int
        Length of a row.
    most : int
        No more rows than this have entries.

    Returns
    -------
    numbers : ndarray of the dtype of `indices`, shape (m,)
        The rows that have entries, sorted.
    counts : ndarray of int64, shape (m,)
        How many they have.
    sums : ndarray of the dtype of `values`, shape (m,)

    Notes
    -----
    O(k). Pairwise for rows of more than 128 entries, as NumPy adds.
    """
    numbers = np.empty(most, indices.dtype)
    counts = np.empty(most, np.int64)
    sums = np.empty(most, values.dtype)
    m = _row_sums(indices, values, n, numbers, counts, sums, np.empty(64, values.dtype))
    return numbers[:m], counts[:m], sums[:m]


def column_sums(indices: NDArray[Any], values: NDArray[Any], n: int) -> NDArray[Any]:
    """Add up the entries of every column.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix.
    values : ndarray of int64, float64 or complex128, shape (k,)
    n : int
        Number of columns.

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    O(k + n). Row after row, as NumPy adds.
    """
    sums = np.zeros(n, values.dtype)
    _column_sums(indices, values, n, sums)
    return sums


def column_counts(indices: NDArray[Any], n: int) -> NDArray[np.int64]:
    """Count the entries of every column: as `column_sums` of ones. O(k + n)."""
    counts = np.zeros(n, np.int64)
    _column_counts(indices, n, counts)
    return counts
