"""Multiply sparse matrices, in sorted C-order positions, by sparse or dense ones (Gustavson 1978).

A stack of matrices is one matrix: the rows of all of them follow each other, and those of the
matrix number b are multiplied by the rows ``b * n`` and on of the stack on the right.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from . import threads
from .jit import inner, intrinsic, njit
from .matmul_plan import Plan, plan, row_lists
from .rows_columns import next_row, row_pieces

__all__ = [
    "Plan",
    "count",
    "dense_sparse",
    "is_finite",
    "plan",
    "sparse_dense",
    "sparse_sparse",
    "sparse_vector",
    "vector_sparse",
]

Array = NDArray[Any]

#: Products from which a second thread pays.
_WORTH_A_THREAD = 1 << 17
#: Rows of a dense matrix from which threads share them, in groups that fill a line of the cache:
#: two threads in one line would wait for each other.
_SHARED_ROWS = 64
_LINE = 8
#: A word has ``2**_WORD`` bits: bit number c is bit ``c & _IN_WORD`` of word ``c >> _WORD``.
_WORD = np.uint64(6)
_IN_WORD = np.uint64(63)
_ONE = np.uint64(1)
#: Of a float64: all ones for infinities and NaNs.
_EXPONENT = np.uint64(0x7FF << 52)


@intrinsic(lambda word: np.uint64((int(word) & -int(word)).bit_length() - 1))
def _lowest_bit(_typing_context, _word):  # type: ignore[no-untyped-def]
    """Count the zeros below the lowest bit that is set in a word, not 0: one instruction."""

    def codegen(context, builder, _signature, args):  # type: ignore[no-untyped-def]
        return builder.cttz(args[0], context.get_constant(types.boolean, True))

    return types.uint64(types.uint64), codegen


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


class _Right(NamedTuple):
    """The matrix on the right, as lists.

    Attributes
    ----------
    starts : ndarray of int64, shape (lists + 1,)
    columns : ndarray of int32 or int64, shape (k,)
    values : ndarray of int64, float64 or complex128, shape (k,)
    """

    starts: Array
    columns: Array
    values: Array


class _Sums(NamedTuple):
    """A row of the result.

    Attributes
    ----------
    sums : ndarray of the dtype of the values, shape (columns,)
    bits : ndarray of uint64
        A bit for each column: whether it has a sum.
    top : ndarray of uint64
        A bit for each word of `bits`: whether it is not 0.
    """

    sums: Array
    bits: Array
    top: Array


@inner
def _mark(bits, top, column):  # type: ignore[no-untyped-def]
    """Note that a column has a sum."""
    word = column >> _WORD
    top[word >> _WORD] |= _ONE << (word & _IN_WORD)
    bits[word] |= _ONE << (column & _IN_WORD)


@njit(cache=True, nogil=True)
def _counted(begin, end, starts, slots, right_starts, right_columns, bits, top):  # type: ignore[no-untyped-def]
    """Count the positions of the result in the rows from begin to end. O(products).

    `starts` and `slots` are those of a `Plan`; `bits` and `top`, of zeros, those of `_Sums`.
    """
    count = np.int64(0)
    for r in range(begin, end):
        for i in range(starts[r], starts[r + 1]):
            slot = slots[i]
            if slot < 0:
                continue
            for j in range(right_starts[slot], right_starts[slot + 1]):
                column = np.uint64(right_columns[j])
                if bits[column >> _WORD] & (_ONE << (column & _IN_WORD)) == 0:
                    count += 1
                    _mark(bits, top, column)
        for t in range(top.size):
            words = top[t]
            while words:
                bits[(t << 6) + np.int64(_lowest_bit(words))] = 0
                words &= words - _ONE
            top[t] = 0
    return count


@inner
def _add_rows(row, begin, end, slots, values, right):  # type: ignore[no-untyped-def]
    """Add the rows on the right that some entries meet; return its first and last word of `top`."""
    low, high = np.int64(row.top.size), np.int64(-1)
    for i in range(begin, end):
        slot = slots[i]
        if slot < 0:
            continue
        a = values[i]
        start, stop = right.starts[slot], right.starts[slot + 1]
        low = np.int64(min(low, np.int64(right.columns[start]) >> 12))
        high = np.int64(max(high, np.int64(right.columns[stop - 1]) >> 12))
        for j in range(np.uint64(start), np.uint64(stop)):
            column = np.uint64(right.columns[j])
            row.sums[column] += a * right.values[j]
            _mark(row.bits, row.top, column)
    return low, high


@inner
def _read_off(row, low, high, base, distinct, position, indices, values):  # type: ignore[no-untyped-def]
    """Write the sums of a row in order, and clear it; return where the next one goes."""
    zero = row.sums[0] * 0
    for t in range(low, high + 1):
        words = row.top[np.uint64(t)]
        row.top[np.uint64(t)] = 0
        while words:
            w = (np.uint64(t) << _WORD) + _lowest_bit(words)
            words &= words - _ONE
            word = row.bits[w]
            row.bits[w] = 0
            while word:
                column = (w << _WORD) + _lowest_bit(word)
                word &= word - _ONE
                values[position] = row.sums[column]
                row.sums[column] = zero
                c = np.int64(column)
                indices[position] = base + (distinct[c] if distinct.size else c)
                position += _ONE
    return position


@njit(cache=True, nogil=True)
def _multiplied(  # type: ignore[no-untyped-def]
    begin, end, p, numbers, starts, slots, left_values, right_starts, right_columns, right_values,
    distinct, sums, bits, top, position, indices, values,
):  # fmt: skip
    """Multiply the rows from begin to end; return where what they wrote ends. O(products).

    By Gustavson's algorithm: add up the rows that a row meets, and read the sums off in order.
    Which columns have a sum is kept in bits, and which words of them are not 0 in bits again, so
    that the order costs a few instructions for each.

    Parameters
    ----------
    p : int
        Columns of the result.
    numbers, starts, slots, distinct : ndarray
        Those of a `Plan`.
    left_values : ndarray, shape (ka,)
    right_starts, right_columns, right_values : ndarray
        The fields of `_Right`.
    sums, bits, top : ndarray
        Those of `_Sums`, of zeros.
    position : int
        Where the first goes in `indices` and `values`, which have room for all products.
    """
    right, row = _Right(right_starts, right_columns, right_values), _Sums(sums, bits, top)
    position = np.uint64(position)  # unsigned: no position is checked for being negative
    zero = sums[0] * 0
    for r in range(begin, end):
        base = numbers[r] * p
        start, stop = starts[r], starts[r + 1]
        if stop - start > 1:
            low, high = _add_rows(row, start, stop, slots, left_values, right)
            position = _read_off(row, low, high, base, distinct, position, indices, values)
            continue
        slot = slots[start]
        if slot >= 0:
            a = left_values[start]
            for j in range(np.uint64(right_starts[slot]), np.uint64(right_starts[slot + 1])):
                c = np.int64(right_columns[j])
                indices[position] = base + (distinct[c] if distinct.size else c)
                values[position] = zero + a * right_values[j]  # no -0.0, as in a longer sum
                position += _ONE
    return np.int64(position)


def _pieces(work: Array) -> list[tuple[int, int]]:
    """Split rows for threads, with about as many products for each."""
    total, rows = int(work[-1]), work.size - 1
    count = threads.workers_for(total, _WORTH_A_THREAD)
    cuts = [int(work.searchsorted(total * i // count)) for i in range(1, count)]
    ends = [0, *(min(max(cut, 0), rows) for cut in cuts), rows]
    return [(low, high) for low, high in pairwise(ends) if low < high] or [(0, 0)]


def count(plan: Plan) -> int:
    """Count the positions of the product that have a term. O(products).

    Parameters
    ----------
    plan : Plan
    """
    width = plan.distinct.size or plan.width
    counts: list[int] = []

    def piece(low: int, high: int) -> None:
        bits, top = np.zeros(width + 63 >> 6, np.uint64), np.zeros(width + 4095 >> 12, np.uint64)
        counts.append(
            _counted(
                low, high, plan.starts, plan.slots, plan.right_starts, plan.right_columns, bits, top
            )
        )

    threads.run(piece, _pieces(plan.work))
    return sum(counts)


def sparse_sparse(
    plan: Plan, va: Array, vb: Array, dtype: np.dtype[Any], most: int
) -> tuple[Array, Array]:
    """Multiply two stacks of sparse matrices.

    Parameters
    ----------
    plan : Plan
    va, vb : ndarray of int64, float64 or complex128, of one dtype
        The values of the entries.
    dtype : numpy.dtype
        Of the positions of the result.
    most : int
        Room for this many entries is taken. If that is less than the number of products, it must
        be what `count` says.

    Returns
    -------
    indices, values : ndarray
        Positions in the result that have a term, sorted, and the sums there, some of which may
        be 0.

    Notes
    -----
    O(products). The sums of a row are added up one after the other, in the order of the rows on
    the right.
    """
    pieces = _pieces(plan.work) if most >= plan.products else [(0, plan.numbers.size)]
    indices, values = np.empty(most, dtype), np.empty(most, va.dtype)
    width = max(1, plan.distinct.size or plan.width)
    starts = [int(plan.work[low]) for low, _ in pieces]
    counts = [0] * len(pieces)

    def piece(which: int, low: int, high: int) -> None:
        sums = np.zeros(width, va.dtype)
        bits, top = np.zeros(width + 63 >> 6, np.uint64), np.zeros(width + 4095 >> 12, np.uint64)
        end = _multiplied(
            low, high, plan.width, plan.numbers, plan.starts, plan.slots, va, plan.right_starts,
            plan.right_columns, vb, plan.distinct, sums, bits, top, starts[which], indices, values,
        )  # fmt: skip
        counts[which] = end - starts[which]

    threads.run(piece, [(i, low, high) for i, (low, high) in enumerate(pieces)])
    threads.close_gaps(starts, counts, indices, values)
    return indices, values


@njit(cache=True, nogil=True)
def _dense_lines(begin, end, indices, values, n, x, out):  # type: ignore[no-untyped-def]
    """Write the products of the rows of entries from begin to end with a vector. O(k).

    `indices` and `values` have shape (k,), `x` (n,) and `out`, of zeros, (rows,).
    """
    i, stop = np.uint64(begin), np.uint64(end)
    one = np.uint64(1)
    zero = out.dtype.type(0)
    row = last = np.int64(-1)
    while i < stop:
        row = next_row(row, last, np.int64(indices[i]), n)
        first = row * n
        last = first + (n - 1)
        total = zero
        while i < stop and indices[i] <= last:
            total += values[i] * x[np.uint64(indices[i] - first)]
            i += one
        out[row] = total


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
def _listed_lines(begin, end, m, n, numbers, starts, columns, values, x, whole, out):  # type: ignore[no-untyped-def]
    """Add the products of the rows from begin to end, of a stack of matrices, to `out`. O(k p).

    Parameters
    ----------
    m, n : int
        Shape of the sparse matrices.
    numbers, starts, columns : ndarray of int64
        As `row_lists` gives them.
    values : ndarray, shape (k,)
    x : ndarray, shape (stack * n, p)
    whole : bool
        Row r of the list goes to the row of its number, else to row r.
    out : ndarray, shape (rows, p)
    """
    for r in range(begin, end):
        base = (numbers[r] // m) * n
        target = np.uint64(numbers[r] if whole else r)
        for i in range(starts[r], starts[r + 1]):
            a = values[i]
            line = np.uint64(base + columns[i])
            for j in range(np.uint64(x.shape[1])):
                out[target, j] += a * x[line, j]


@njit(cache=True, nogil=True)
def _scattered_lines(begin, end, n, p, lines, indices, values, out):  # type: ignore[no-untyped-def]
    """Add multiples of the lines from begin to end of dense matrices to `out`. O(k (end - begin)).

    Parameters
    ----------
    n, p : int
        Shape of the sparse matrices.
    lines : ndarray, shape (stack * n, m)
        Each row on the right takes one of them, each of its entries a multiple.
    indices, values : ndarray, shape (k,)
    out : ndarray, shape (stack * p, m)
        The transposed product: a line goes to the column of its entry.
    """
    row = last = np.int64(-1)
    first = base = np.int64(0)
    for i in range(indices.size):
        position = np.int64(indices[i])
        if position > last:
            row = next_row(row, last, position, p)
            first = row * p
            last = first + (p - 1)
            base = (row // n) * p - first
        b = values[i]
        column, line = np.uint64(base + position), np.uint64(row)
        for j in range(np.uint64(begin), np.uint64(end)):
            out[column, j] += lines[line, j] * b


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
    O(k + m), with one division for most where rows are empty.
    """
    out = np.zeros(m, values.dtype)

    def piece(low: int, high: int) -> None:
        _dense_lines(low, high, indices, values, x.size, x, out)

    threads.run(piece, row_pieces(indices, x.size, _WORTH_A_THREAD))
    return out


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


def sparse_dense(
    indices: Array, values: Array, m: int, n: int, x: Array, whole: int = 0
) -> tuple[Array, Array]:
    """Multiply a stack of sparse matrices by a stack of dense ones.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a stack of matrices of shape (m, n).
    values : ndarray of int64, float64 or complex128, shape (k,)
    x : ndarray of the dtype of `values`, shape (stack * n, p)
    whole : int
        The number of all rows, if all are asked for.

    Returns
    -------
    numbers : ndarray of int64, shape (r,)
        The rows on the left that have entries.
    lines : ndarray, shape (r, p) or (whole, p)
        Those rows of the product, or all.

    Notes
    -----
    O(k p).
    """
    columns = np.empty(indices.size, np.int64)
    numbers, starts = row_lists(indices, n, columns)
    out = np.zeros((whole or numbers.size, x.shape[1]), values.dtype)

    def piece(low: int, high: int) -> None:
        _listed_lines(low, high, m, n, numbers, starts, columns, values, x, whole > 0, out)

    threads.run(piece, _pieces(starts * x.shape[1]))
    return numbers, out


def dense_sparse(x: Array, m: int, n: int, p: int, indices: Array, values: Array) -> Array:
    """Multiply a stack of dense matrices by a stack of sparse ones.

    Parameters
    ----------
    x : ndarray of the dtype of `values`, shape (stack * m, n)
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a stack of matrices of shape (n, p).
    values : ndarray of int64, float64 or complex128, shape (k,)

    Returns
    -------
    ndarray, shape (stack * m, p)

    Notes
    -----
    O(m k + stack m p).
    """
    stack = x.shape[0] // m if m else 0
    # What is added up lies together when both dense matrices are transposed.
    lines = np.ascontiguousarray(x.reshape(stack, m, n).transpose(0, 2, 1)).reshape(stack * n, m)
    out = np.zeros((stack * p, m), values.dtype)
    count = threads.workers_for(m * indices.size, _WORTH_A_THREAD) if m >= _SHARED_ROWS else 1

    def piece(low: int, high: int) -> None:
        _scattered_lines(low, high, n, p, lines, indices, values, out)

    threads.run(piece, threads.split(m, count, _LINE) or [(0, 0)])
    return out.reshape(stack, p, m).transpose(0, 2, 1).reshape(stack * m, p)
