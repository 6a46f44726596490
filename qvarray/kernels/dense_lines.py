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
_FEW = 12
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


def _are_finite(x: Array, out: Array) -> bool:
    return out.dtype.kind == "i" or (is_finite(x) and is_finite(out))


@njit(nogil=True, inline="always")
def _unusual(x, out):  # type: ignore[no-untyped-def]
    """Count the NaNs and infinities of two arrays; none where they are integers. O(n + m)."""
    count, zero = np.uint64(0), out.dtype.type(0)
    for i in range(x.size):
        count += np.uint64(x[i] - x[i] != zero)
    for i in range(out.size):
        count += np.uint64(out[i] - out[i] != zero)
    return count


@njit(cache=True, nogil=True)
def _dense_lines(begin, end, indices, values, x, out):  # type: ignore[no-untyped-def]
    """Write the products of the rows of entries from begin to end with a vector. O(k).

    Return how many numbers of both vectors are not finite, where these are all entries.

    `indices` and `values` have shape (k,), `x` (n,) and `out`, of zeros, (rows,).
    """
    i, stop = np.uint64(begin), np.uint64(end)
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    block, zero = np.uint64(_BLOCK), out.dtype.type(0)
    n = np.int64(x.size)
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
    return _unusual(x, out) if end - begin == indices.size else np.uint64(0)


@njit(cache=True, nogil=True)
def _short_lines(begin, end, indices, values, x, out):  # type: ignore[no-untyped-def]
    """Write what `_dense_lines` does, of rows of a few entries. O(k)."""
    zero, n = out.dtype.type(0), np.uint64(x.size)
    inverse = reciprocal(n)
    total, last = zero, ~np.uint64(0)
    for i in range(np.uint64(begin), np.uint64(end)):
        row, column = divided(np.uint64(indices[i]), n, inverse)
        total = (total if row == last else zero) + values[i] * x[column]
        out[row] = total
        last = row
    return _unusual(x, out) if end - begin == indices.size else np.uint64(0)


@njit(cache=True, nogil=True)
def _scattered(indices, values, x, out):  # type: ignore[no-untyped-def]
    """Add the product of a vector, shape (rows,), and entries to `out`, shape (n,). O(k).

    Return how many numbers of both are not finite.
    """
    n = np.uint64(out.size)
    inverse = reciprocal(n)
    for i in range(np.uint64(indices.size)):
        row, column = divided(np.uint64(indices[i]), n, inverse)
        out[column] += x[row] * values[i]
    return _unusual(x, out)


@njit(cache=True, nogil=True)
def _lines(begin, end, indices, values, is_short, is_transposed, x, out):  # type: ignore[no-untyped-def]
    """Add the products of the rows of entries from begin to end with lines of a matrix. O(k p).

    Return how many numbers of both matrices are not finite, where these are all entries.

    Parameters
    ----------
    indices, values : ndarray, shape (k,)
    is_short : bool
        Rows have few entries.
    x, out : ndarray, shape (n, p) and (rows, p)
        The other way round for a matrix that is transposed.
    """
    one, width = np.uint64(1), np.uint64(x.shape[1])
    i, stop = np.uint64(begin), np.uint64(end)
    n = np.int64(out.shape[0] if is_transposed else x.shape[0])
    if is_short:
        # Many at a time, so that lines that are far apart are waited for together.
        tos, ats = np.empty(_CHUNK, np.uint64), np.empty(_CHUNK, np.uint64)
        size = np.uint64(n)
        inverse = reciprocal(size)
        while i < stop:
            count = min(np.uint64(_CHUNK), stop - i)
            for t in range(count):
                row, column = divided(np.uint64(indices[i + t]), size, inverse)
                tos[t], ats[t] = (column, row) if is_transposed else (row, column)
            for t in range(count):
                to, at, value = tos[t], ats[t], values[i + t]
                for j in range(width):
                    out[to, j] += value * x[at, j]
            i += count
    number = last = np.int64(-1)
    while i < stop:  # none is left of short rows
        number = next_row(number, last, np.int64(indices[i]), n)
        first = number * n
        last = first + (n - 1)
        while i < stop and indices[i] <= last:
            to, at, value = np.uint64(number), np.uint64(indices[i] - first), values[i]
            if is_transposed:
                to, at = at, to
            for j in range(width):
                out[to, j] += value * x[at, j]
            i += one
    if end - begin < indices.size:
        return np.uint64(0)
    return _unusual(x.reshape(-1), out.reshape(-1))


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
    product : ndarray, shape (m,)
    are_finite : bool
        Whether all numbers of `x` and of the product are.

    Notes
    -----
    O(k + m).
    """
    out, x, k = np.zeros(m, values.dtype), plain(x), indices.size
    kernel = _short_lines if k < _FEW * m else _dense_lines
    if k < _WORTH_A_THREAD:
        return out, not kernel(0, k, indices, values, x, out)
    pieces = row_pieces(indices, x.size, _WORTH_A_THREAD)
    threads.run(lambda low, high: kernel(low, high, indices, values, x, out), pieces)
    return out, _are_finite(x, out)


def vector_sparse(x: Array, indices: Array, values: Array, p: int) -> tuple[Array, bool]:
    """Multiply a dense vector, or each column of a matrix, by a sparse matrix of p columns.

    Parameters
    ----------
    x : ndarray of the dtype of `values`, shape (m,) or (m, c)
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix A of m rows.
    values : ndarray of int64, float64 or complex128, shape (k,)

    Returns
    -------
    product : ndarray, shape (p,) or (p, c)
        ``A.T @ x``.
    are_finite : bool
        Whether all numbers of `x` and of the product are.

    Notes
    -----
    O((k + p) c).
    """
    out, values, k = np.zeros((p, *x.shape[1:]), values.dtype), plain(values), indices.size
    if x.ndim == 1:
        return out, not _scattered(indices, values, plain(x), out)
    is_short = k < _FEW * x.shape[0]
    return out, not _lines(0, k, indices, values, is_short, True, plain(x), out)


def sparse_columns(x: Array, indices: Array, values: Array, m: int) -> tuple[Array, bool]:
    """Multiply a sparse matrix by a dense one.

    Parameters
    ----------
    x : ndarray of the dtype of `values`, shape (n, p)
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix of m rows.
    values : ndarray of int64, float64 or complex128, shape (k,)

    Returns
    -------
    product : ndarray, shape (m, p)
    are_finite : bool
        Whether all numbers of `x` and of the product are.

    Notes
    -----
    O(k p + m p).
    """
    (n, p), k = x.shape, indices.size
    out, values, x = np.zeros((m, p), values.dtype), plain(values), plain(x)
    is_short = k < _FEW * m
    if k * p < _WORTH_A_THREAD:
        return out, not _lines(0, k, indices, values, is_short, False, x, out)
    pieces = row_pieces(indices, n, -(-_WORTH_A_THREAD // max(p, 1)))
    threads.run(
        lambda low, high: _lines(low, high, indices, values, is_short, False, x, out), pieces
    )
    return out, _are_finite(x, out)
