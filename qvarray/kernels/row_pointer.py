"""Find where the rows of a sparse matrix begin, list or gather them, look single entries up.

Entries are in sorted C-order positions, so that a row is a run of them: a row pointer, as the one
of SciPy's csr format, says where each begins.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .jit import njit
from .merge_sorted import carried, is_carried
from .words import divided, first_at_least, reciprocal

Array = NDArray[Any]

#: Entries of a row from which it is searched for.
_SEARCHED = 64


@njit(cache=True, nogil=True)
def _rows(indices, n, numbers, starts, columns):  # type: ignore[no-untyped-def]
    """Write the rows that have entries, where they start, and all columns; return how many. O(k).

    `indices` and `columns` have shape (k,); `numbers` has room for all rows, and `starts` for one
    more, the end.
    """
    m, last, one = np.uint64(0), ~np.uint64(0), np.uint64(1)
    n = np.uint64(n)
    inverse = reciprocal(n)
    starts[m] = 0
    for i in range(np.uint64(indices.size)):
        row, columns[i] = divided(np.uint64(indices[i]), n, inverse)
        # Of a row the last entry is what counts: no branch is guessed wrong.
        m += np.uint64(row != last)
        numbers[m - one] = last = row
        starts[m] = i + one
    return m


@njit(cache=True, nogil=True)
def _csr(indices, n, starts, columns):  # type: ignore[no-untyped-def]
    """Write where each row of length `n` begins, and the end of the last. O(k + rows).

    All columns are written to `columns`, of shape (k,), unless it is empty.
    """
    starts[:] = 0
    one, has_columns, n = np.uint64(1), columns.size > 0, np.uint64(n)
    inverse = reciprocal(n)
    for i in range(np.uint64(indices.size)):
        row, column = divided(np.uint64(indices[i]), n, inverse)
        starts[row + one] = i + one
        if has_columns:
            columns[i] = column
    last = starts[0]
    for row in range(starts.size):
        last = max(last, starts[row])
        starts[row] = last


@njit(cache=True, nogil=True)
def _gathered(indices, values, lows, highs, begins, n, targets, out):  # type: ignore[no-untyped-def]
    """Write runs of entries, each in the next row of length `n`. O(m).

    Parameters
    ----------
    indices, values : ndarray, shape (k,)
    lows, highs : ndarray of int, shape (rows,)
        The entries of each row.
    begins : ndarray of int64, shape (rows,)
        The position where each row begins.
    targets, out : ndarray, shape (m,)
    """
    m, one = np.uint64(0), np.uint64(1)  # unsigned: no position is checked for being negative
    for r in range(lows.size):
        i, stop = np.uint64(lows[r]), np.uint64(highs[r])
        move = np.int64(r) * n - begins[r]
        while i < stop:
            targets[m] = indices[i] + move
            out[m] = values[i]
            m += one
            i += one


@njit(cache=True, nogil=True)
def _looked_up(indices, starts, numbers, wanted, places):  # type: ignore[no-untyped-def]
    """Write which entry each position in a row is, -1 for none. O(m log of a row's entries)."""
    for w in range(wanted.size):
        position = wanted[w]
        begin, stop = np.int64(starts[numbers[w]]), np.int64(starts[numbers[w] + 1])
        place = first_at_least(indices, position, begin, stop)
        places[w] = place if place < stop and indices[place] == position else -1


def row_starts(indices: Array, rows: int, n: int) -> Array:
    """Return where the entries of each row begin, and where the last ends.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix.
    rows, n : int
        Its shape.

    Returns
    -------
    ndarray of int32 or int64, shape (rows + 1,)

    Notes
    -----
    O(k + rows).

    Examples
    --------
    >>> row_starts(np.array([1, 2, 9]), 4, 4)
    array([0, 2, 2, 3, 3], dtype=int32)
    """
    k, kind = indices.size, indices.dtype.type
    starts = np.empty(rows + 1, np.int32 if k < 2**31 else np.int64)
    if rows * _SEARCHED <= k:
        starts[:-1] = indices.searchsorted(np.arange(rows, dtype=kind) * kind(n))
        starts[-1] = k
    else:
        _csr(indices, n, starts, starts[:0])
    return starts


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
    O(k).

    Examples
    --------
    >>> columns = np.empty(3, np.int64)
    >>> row_lists(np.array([1, 2, 9]), 4, columns), columns
    ((array([0, 2]), array([0, 2, 3])), array([1, 2, 1]))
    """
    numbers = np.empty(indices.size, np.int64)
    starts = np.empty(indices.size + 1, np.int64)
    m = int(_rows(indices, n, numbers, starts, columns))
    return numbers[:m], starts[: m + 1]


def csr(indices: Array, rows: int, n: int, dtype: type) -> tuple[Array, Array]:
    """Return the row pointer and the columns of SciPy's csr format.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix.
    rows, n : int
        Its shape.
    dtype : type
        Of the result: numpy.int32 or numpy.int64.

    Returns
    -------
    starts : ndarray, shape (rows + 1,)
    columns : ndarray, shape (k,)

    Notes
    -----
    O(k + rows).

    Examples
    --------
    >>> csr(np.array([1, 2, 9]), 4, 4, np.int32)
    (array([0, 2, 2, 3, 3], dtype=int32), array([1, 2, 1], dtype=int32))
    """
    starts: Array = np.empty(rows + 1, dtype)
    columns: Array = np.empty(indices.size, dtype)
    _csr(indices, n, starts, columns)
    return starts, columns


def gathered(
    indices: Array, values: Array, bounds: tuple[Array, Array], numbers: Array, n: int,
    dtype: np.dtype[Any],
) -> tuple[Array, Array]:  # fmt: skip
    """Put rows of a sparse matrix one after the other.

    Parameters
    ----------
    indices, values : ndarray, shape (k,)
        Sorted C-order positions, and what is there.
    bounds : pair of ndarray of int, shape (m,)
        Where the entries of each row wanted begin, and where they end.
    numbers : ndarray of int64, shape (m,)
        The rows, in any order, and any of them several times.
    n : int
        Length of a row.
    dtype : dtype of int32 or int64
        For positions of the result.

    Returns
    -------
    targets, values : ndarray, shape (r,)
        Sorted positions in the matrix of those rows, and what is there.

    Notes
    -----
    O(m + r).
    """
    lows, highs = (bound.astype(np.int64, copy=False) for bound in bounds)
    total = int((highs - lows).sum(dtype=np.int64))
    targets = np.empty(total, dtype)
    if is_carried(values.dtype):
        out = np.empty(total, values.dtype)
        given, to = carried(values), carried(out)
        _gathered(indices, given, lows, highs, numbers * n, n, targets, to)
        return targets, out
    places = np.empty(total, np.float64)  # exact, and compiled already
    _gathered(
        indices, np.arange(indices.size, dtype=np.float64), lows, highs, numbers * n, n, targets,
        places,
    )  # fmt: skip
    return targets, values.take(places.astype(np.intp))


def looked_up(indices: Array, starts: Array, wanted: Array, n: int) -> Array:
    """Find entries by their positions.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
    starts : ndarray, shape (rows + 1,)
        As `row_starts` has it, of rows of length `n`.
    wanted : ndarray of int64, shape (m,)
        C-order positions, in any order.

    Returns
    -------
    ndarray of intp, shape (m,)
        Which entry is there; -1 where none is.

    Notes
    -----
    O(m log r) for rows of r entries.
    """
    places = np.empty(wanted.size, np.intp)
    _looked_up(indices, starts, wanted // n, wanted, places)
    return places
