"""Plan a product of sparse matrices: list the rows that have entries, and match those of two.

A stack of matrices is one matrix: the rows of all of them follow each other, and those of the
matrix number b are multiplied by the rows ``b * n`` and on of the stack on the right.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import njit
from .radix_sort import argsort, run_starts
from .rows_columns import next_row
from .sorted_lists import search

__all__ = ["Plan", "plan", "row_lists"]

Array = NDArray[Any]

#: A table of all rows, or of all columns, is made where it is at most this many times as long as
#: the lists of entries, and `_SMALL_TABLE` more.
_TABLE = 4
_SMALL_TABLE = 1 << 12


@njit(cache=True, nogil=True)
def _rows(indices, n, numbers, starts, columns):  # type: ignore[no-untyped-def]
    """Write the rows that have entries, where they start, and all columns; return how many. O(k).

    `indices` and `columns` have shape (k,); `numbers` has room for all rows, and `starts` for one
    more, the end.
    """
    m = 0
    row = last = np.int64(-1)
    first = np.int64(0)
    for i in range(indices.size):
        position = np.int64(indices[i])
        if position > last:
            row = next_row(row, last, position, n)
            first = row * n
            last = first + (n - 1)
            numbers[m] = row
            starts[m] = i
            m += 1
        columns[i] = position - first
    starts[m] = indices.size
    return m


@njit(cache=True, nogil=True)
def _located(numbers, starts, columns, m, n, right, right_starts, table, slots, work):  # type: ignore[no-untyped-def]
    """Write which list of the right each entry meets, and the products up to each row.

    Parameters
    ----------
    numbers, starts, columns : ndarray
        The rows on the left, as `_rows` gives them, of matrices of shape (m, n).
    right, right_starts : ndarray of int64
        The rows on the right that have entries, sorted, and where they start.
    table : ndarray of int64, shape (rows on the right,) or (0,)
        Which of `right` each row is, -1 for none. Without it they are searched for.
    slots : ndarray of int64, shape (k,)
        Which of `right` each entry meets, -1 for none. It may be the memory of `columns`.
    work : ndarray of int64, shape (rows + 1,)

    Notes
    -----
    O(k) with a table, else O(k log k).
    """
    total = np.int64(0)
    for r in range(starts.size - 1):
        work[r] = total
        base = (numbers[r] // m) * n
        low = np.int64(0)
        for i in range(starts[r], starts[r + 1]):
            wanted = base + columns[i]
            slot = np.int64(-1)
            if table.size:
                slot = table[wanted]
            else:
                low = search(right, low, right.size, wanted)
                if low < right.size and right[low] == wanted:
                    slot = low
            slots[i] = slot
            if slot >= 0:
                total += right_starts[slot + 1] - right_starts[slot]
    work[starts.size - 1] = total


class Plan(NamedTuple):
    """Which entries of two matrices are multiplied.

    Attributes
    ----------
    numbers, starts, slots : ndarray of int64
        The rows on the left that have entries, where each starts, and which list on the right
        each entry meets; -1 for none.
    right_starts, right_columns : ndarray
        The lists on the right.
    distinct : ndarray of int64
        The columns meant by `right_columns`; empty where they mean themselves.
    work : ndarray of int64
        How many products there are before each row, and in all.
    width : int
        Columns of the result.
    """

    numbers: Array
    starts: Array
    slots: Array
    right_starts: Array
    right_columns: Array
    distinct: Array
    work: Array
    width: int

    @property
    def products(self) -> int:
        """Number of products of entries."""
        return int(self.work[-1])


def row_lists(indices: Array, n: int, columns: Array) -> tuple[Array, Array]:
    """List the rows that have entries.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix.
    n : int
        Length of a row.
    columns : ndarray of int32 or int64, shape (k,)
        The columns of all entries are written to it.

    Returns
    -------
    numbers : ndarray of int64, shape (rows,)
    starts : ndarray of int64, shape (rows + 1,)
        Where each starts, and where the last ends.

    Notes
    -----
    O(k), with a division for each row that follows empty ones.

    Examples
    --------
    >>> columns = np.empty(3, np.int64)
    >>> row_lists(np.array([1, 2, 9]), 4, columns), columns
    ((array([0, 2]), array([0, 2, 3])), array([1, 2, 1]))
    """
    numbers = np.empty(indices.size, np.int64)
    starts = np.empty(indices.size + 1, np.int64)
    m = _rows(indices, n, numbers, starts, columns)
    return numbers[:m], starts[: m + 1]


def plan(a: Array, b: Array, stack: int, m: int, n: int, p: int) -> Plan:
    """Find which entries of two stacks of matrices are multiplied.

    Parameters
    ----------
    a, b : ndarray of int32 or int64, shape (ka,) and (kb,)
        Sorted C-order positions in arrays of shape (stack, m, n) and (stack, n, p).

    Returns
    -------
    Plan

    Notes
    -----
    O(ka + kb), times log kb where the shapes are much larger than that.
    """
    few = _TABLE * (a.size + b.size) + _SMALL_TABLE
    narrow = p <= few < 2**31
    columns = np.empty(b.size, np.int32 if narrow else np.int64)
    right, right_starts = row_lists(b, p, columns)
    distinct: Array = np.empty(0, np.int64)
    if not narrow:
        order = argsort(columns)
        in_order = columns[order]
        firsts = run_starts(in_order)
        distinct = in_order[firsts]
        ranks = np.zeros(b.size, np.int32 if b.size < 2**31 else np.int64)
        ranks[firsts[1:]] = 1
        columns = np.empty_like(ranks)
        columns[order] = np.cumsum(ranks, dtype=ranks.dtype)
    table = np.empty(0, np.int64)
    if stack * n <= few:
        table = np.full(stack * n, -1, np.int64)
        table[right] = np.arange(right.size)
    along = np.empty(a.size, np.int64)
    numbers, starts = row_lists(a, n, along)
    work = np.empty(numbers.size + 1, np.int64)
    # Each entry reads its column before its slot is written there.
    _located(numbers, starts, along, m, n, right, right_starts, table, along, work)
    return Plan(numbers, starts, along, right_starts, columns, distinct, work, p)
