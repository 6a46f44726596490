"""Multiply sparse matrices, or their transposes, by dense vectors and matrices.

Entries are in sorted C-order positions, and no list of columns or rows is made of them: of rows of
a few entries both come from the quotient of a position, which is quicker than to foresee, wrongly,
where each of them ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import threads
from .jit import njit
from .rows_columns import next_row, row_pieces
from .words import divided, plain, reciprocal

Array = NDArray[Any]

#: Codes of the dtypes that kernels are compiled for.
COMPILED = "dDlq"
#: Products from which a second thread pays.
_WORTH_A_THREAD = 1 << 17
#: Entries of a row that are multiplied by a vector without looking where the row ends.
_BLOCK = 16
#: Entries for each row below which rows and columns are found by division.
_FEW = 8
#: Entries that are divided at a time.
_CHUNK = 256
#: Of a float64: all ones for infinities and NaNs.
_EXPONENT = np.uint64(0x7FF << 52)


@njit(cache=True, nogil=True)
def _not_finite(bits):  # type: ignore[no-untyped-def]
    """Count the float64, given as uint64 of shape (k,), that are NaN or infinite. O(k)."""
    count = np.uint64(0)
    for i in range(bits.size):
        count += np.uint64((bits[i] & _EXPONENT) == _EXPONENT)
    return count


def is_finite(values: Array) -> bool:
    """Tell whether no element of a contiguous float64 or complex128 array is NaN or infinite.

    O(k), at the speed of the memory, and without a thread or an array of its own.
    """
    return not _not_finite(values.reshape(-1).view(np.uint64))


@njit(cache=True, nogil=True)
def _dense_lines(begin, end, indices, values, n, x, out):  # type: ignore[no-untyped-def]
    """Write the products of the rows of entries from begin to end with a vector. O(k).

    `indices` and `values` have shape (k,), `x` (n,) and `out`, of zeros, (rows,).
    """
    i, stop = np.uint64(begin), np.uint64(end)
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    block, zero = np.uint64(_BLOCK), out.dtype.type(0)
    row = last = np.int64(-1)
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


@njit(cache=True, nogil=True)
def _short_lines(begin, end, indices, values, n, inverse, x, out):  # type: ignore[no-untyped-def]
    """Write what `_dense_lines` does, of rows of a few entries. O(k)."""
    zero = out.dtype.type(0)
    total, last = zero, ~np.uint64(0)
    for i in range(np.uint64(begin), np.uint64(end)):
        row, column = divided(np.uint64(indices[i]), n, inverse)
        total = (total if row == last else zero) + values[i] * x[column]
        out[row] = total
        last = row


@njit(cache=True, nogil=True)
def _scattered(indices, values, n, inverse, x, out):  # type: ignore[no-untyped-def]
    """Add the product of a vector, shape (rows,), and entries to `out`, shape (n,). O(k)."""
    for i in range(np.uint64(indices.size)):
        row, column = divided(np.uint64(indices[i]), n, inverse)
        out[column] += x[row] * values[i]


@njit(cache=True, nogil=True)
def _lines(indices, values, size, inverse, p, is_transposed, x, out):  # type: ignore[no-untyped-def]
    """Add the products of the rows of entries with lines of a matrix. O(k p).

    Parameters
    ----------
    indices, values : ndarray, shape (k,)
    size, inverse : uint64
        Length of a row; and its reciprocal, or 0 for rows of many entries.
    x, out : ndarray, shape (size * p,) and (rows * p,)
        The other way round for a matrix that is transposed.
    """
    one, width = np.uint64(1), np.uint64(p)
    i, stop = np.uint64(0), np.uint64(indices.size)
    if inverse:
        # Many at a time, so that lines that are far apart are waited for together.
        tos, ats = np.empty(_CHUNK, np.uint64), np.empty(_CHUNK, np.uint64)
        while i < stop:
            count = min(np.uint64(_CHUNK), stop - i)
            for t in range(count):
                row, column = divided(np.uint64(indices[i + t]), size, inverse)
                to, at = (column, row) if is_transposed else (row, column)
                tos[t], ats[t] = to * width, at * width
            for t in range(count):
                to, at, value = tos[t], ats[t], values[i + t]
                for j in range(width):
                    out[to + j] += value * x[at + j]
            i += count
        return
    n = np.int64(size)
    number = last = np.int64(-1)
    while i < stop:
        number = next_row(number, last, np.int64(indices[i]), n)
        first = number * n
        last = first + (n - 1)
        while i < stop and indices[i] <= last:
            to, at, value = np.uint64(number), np.uint64(indices[i] - first), values[i]
            if is_transposed:
                to, at = at, to
            to, at = to * width, at * width
            for j in range(width):
                out[to + j] += value * x[at + j]
            i += one


def _length(n: int, k: int, rows: int) -> tuple[np.uint64, np.uint64]:
    """Return the length of a row, and its reciprocal where rows have few of k entries; else 0."""
    return np.uint64(n), reciprocal(n) if k < _FEW * rows else np.uint64(0)


def sparse_vector(indices: Array, values: Array, m: int, x: Array) -> Array:
    """Multiply a sparse matrix by a dense vector.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix of m rows.
    values : ndarray of int64, float64 or complex128, shape (k,)
    x : ndarray of the dtype of `values`, shape (n,)

    Returns
    -------
    ndarray, shape (m,)

    Notes
    -----
    O(k + m).
    """
    out, values, x = np.zeros(m, values.dtype), plain(values), plain(x)
    n = x.size

    def piece(low: int, high: int) -> None:
        if indices.size < _FEW * m:
            _short_lines(low, high, indices, values, np.uint64(n), reciprocal(n), x, out)
        else:
            _dense_lines(low, high, indices, values, n, x, out)

    if indices.size < _WORTH_A_THREAD:
        piece(0, indices.size)
    else:
        threads.run(piece, row_pieces(indices, n, _WORTH_A_THREAD))
    return out


def vector_sparse(x: Array, indices: Array, values: Array, p: int) -> Array:
    """Multiply a dense vector, or each column of a matrix, by a sparse matrix of p columns.

    Parameters
    ----------
    x : ndarray of the dtype of `values`, shape (m,) or (m, c)
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix A of m rows.
    values : ndarray of int64, float64 or complex128, shape (k,)

    Returns
    -------
    ndarray, shape (p,) or (p, c)
        ``A.T @ x``.

    Notes
    -----
    O((k + p) c).
    """
    out, values = np.zeros((p, *x.shape[1:]), values.dtype), plain(values)
    if x.ndim == 1:
        _scattered(indices, values, np.uint64(p), reciprocal(p), plain(x), out)
    else:
        lines = plain(x).reshape(-1), out.reshape(-1)
        row = _length(p, indices.size, x.shape[0])
        _lines(indices, values, *row, x.shape[1], True, *lines)
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
    O(k p + m p).
    """
    n, p = x.shape
    out, values = np.zeros((m, p), values.dtype), plain(values)
    flat, lines = plain(x).reshape(-1), out.reshape(-1)
    row = _length(n, indices.size, m)

    def piece(low: int, high: int) -> None:
        _lines(indices[low:high], values[low:high], *row, p, False, flat, lines)

    threads.run(piece, row_pieces(indices, n, -(-_WORTH_A_THREAD // max(p, 1))))
    return out
