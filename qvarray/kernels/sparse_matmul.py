"""Multiply sparse matrices, in sorted C-order positions, by sparse or dense ones, as SciPy does.

What is multiplied is put in SciPy's csr format, and its compiled routines multiply by stacks of
dense matrices; by one, or by a vector, `dense_lines` does, which needs no such format. Those of two
sparse matrices are in kernels, since SciPy's routines leave them unsorted. A stack of matrices is
one matrix: the rows of all of them follow each other, and those of the matrix number b are
multiplied by the rows ``b * n`` and on of the stack on the right.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import _sparsetools as routines

from . import threads
from .dense_lines import COMPILED, sparse_columns
from .jit import njit
from .radix_sort import argsort, run_starts
from .row_pointer import csr, row_lists
from .words import lowest_bit

Array = NDArray[Any]

#: Products from which a second thread pays.
_WORTH_A_THREAD = 1 << 17
#: A table of all rows, or of all columns, is made where it is at most this many times as long as
#: the lists of entries, and `_SMALL_TABLE` more.
_TABLE = 4
_SMALL_TABLE = 1 << 12
_NONE = np.empty(0, np.int64)
#: Products in a row up to which its entries are sorted one by one; the bits of their number.
_FEW_PRODUCTS = 16
_PLACE = np.uint64(4)
_PLACES = np.uint64(15)
#: Columns for each product in a row up to which all between the first and the last are looked at.
_SPREAD = 4
#: Of the number of bits of a word.
_WORD = np.uint64(6)


@njit(cache=True, nogil=True)
def _work(starts, slots, right_starts, work):  # type: ignore[no-untyped-def]
    """Write how many products there are before each row on the left, and in all. O(k)."""
    total = np.int64(0)
    for r in range(starts.size - 1):
        work[r] = total
        for i in range(starts[r], starts[r + 1]):
            slot = np.uint64(slots[i])
            total += right_starts[slot + np.uint64(1)] - right_starts[slot]
    work[starts.size - 1] = total


@njit(nogil=True, inline="always")
def _taken(word, room, base, distinct, product, m):  # type: ignore[no-untyped-def]
    """Write the sums of the columns that are marked in a word, and clear it; return the next m."""
    sums, marks = room
    indices, out = product
    zero, one = out.dtype.type(0), np.uint64(1)
    bits = marks[word]
    marks[word] = np.uint64(0)
    while bits:
        column = (word << _WORD) + lowest_bit(bits)
        bits &= bits - one
        value = sums[column]
        sums[column] = zero
        indices[m] = base + (distinct[column] if distinct.size else np.int64(column))
        out[m] = value
        m += np.uint64(value != zero)
    return m


@njit(cache=True, nogil=True)
def _products(left, right, width, distinct, product, room):  # type: ignore[no-untyped-def]
    """Write the sorted positions and the values of a product; return how many. O(products).

    Entries of a row are sorted as they come where they are few; else the products are added up in
    `sums`, where all columns between the first and the last are looked at if most of them have
    one, and else those that are marked: in all words between where these are few, or in the words
    that are marked.

    Parameters
    ----------
    left : tuple of ndarray
        The rows, where each of them starts, the rows on the right that are met, and the values.
    right : tuple of ndarray
        Where each row starts, the columns, and the values: of int64, float64 or complex128.
    width, distinct
        Of a `Plan`.
    product : tuple of ndarray
        Positions and values, with room for one entry more than there are.
    room : tuple of ndarray
        Zeros: a sum for each column; and uint64, a bit for each column, and for each word of those.
    """
    numbers, starts, slots, va = left
    right_starts, columns, vb = right
    indices, out = product
    sums, marks = room
    one, all_bits = np.uint64(1), np.uint64(63)
    tops = np.uint64(marks.size // 2)
    keys = np.empty(_FEW_PRODUCTS, np.uint64)  # a column, and where its sum is
    few = np.empty(_FEW_PRODUCTS, out.dtype)
    zero = out.dtype.type(0)
    m = np.uint64(0)
    for r in range(numbers.size):
        begin, end = np.uint64(starts[r]), np.uint64(starts[r + 1])
        work, low, high = np.int64(0), np.int64(width), np.int64(-1)
        for i in range(begin, end):
            slot = np.uint64(slots[i])
            first, stop = np.uint64(right_starts[slot]), np.uint64(right_starts[slot + one])
            if first < stop:
                low = min(low, np.int64(columns[first]))
                high = max(high, np.int64(columns[stop - one]))
                work += np.int64(stop - first)
        base = numbers[r] * width
        if work <= _FEW_PRODUCTS:
            n = np.uint64(0)
            for i in range(begin, end):
                slot = np.uint64(slots[i])
                for j in range(np.uint64(right_starts[slot]), np.uint64(right_starts[slot + one])):
                    key, gap = np.uint64(columns[j]) << _PLACE, n
                    while gap and keys[gap - one] > key | _PLACES:
                        gap -= one
                    if gap and keys[gap - one] | _PLACES == key | _PLACES:
                        few[keys[gap - one] & _PLACES] += va[i] * vb[j]
                        continue
                    for back in range(n - gap):
                        keys[n - np.uint64(back)] = keys[n - np.uint64(back) - one]
                    keys[gap] = key | n
                    few[n] = va[i] * vb[j]
                    n += one
            for i in range(n):
                column = keys[np.uint64(i)] >> _PLACE
                value = few[keys[np.uint64(i)] & _PLACES]
                indices[m] = base + (distinct[column] if distinct.size else np.int64(column))
                out[m] = value
                m += np.uint64(value != zero)
            continue
        is_dense = high - low < _SPREAD * work
        is_wide = (high - low) >> 6 > work
        for i in range(begin, end):
            slot = np.uint64(slots[i])
            for j in range(np.uint64(right_starts[slot]), np.uint64(right_starts[slot + one])):
                column = np.uint64(columns[j])
                sums[column] += va[i] * vb[j]
                if not is_dense:
                    word = column >> _WORD
                    marks[word] |= one << (column & all_bits)
                    if is_wide:
                        marks[tops + (word >> _WORD)] |= one << (word & all_bits)
        if is_dense:
            # What is written where there is none is written over: no branch is guessed wrong.
            for place in range(np.uint64(low), np.uint64(high) + one):
                column = np.uint64(place)
                value = sums[column]
                sums[column] = zero
                indices[m] = base + (distinct[column] if distinct.size else np.int64(column))
                out[m] = value
                m += np.uint64(value != zero)
            continue
        first, last = np.uint64(low) >> _WORD, np.uint64(high) >> _WORD
        if not is_wide:
            for place in range(first, last + one):
                m = _taken(np.uint64(place), room, base, distinct, product, m)
            continue
        for top in range(first >> _WORD, (last >> _WORD) + one):
            upper = marks[tops + top]
            marks[tops + top] = np.uint64(0)
            while upper:
                word = (top << _WORD) + lowest_bit(upper)
                upper &= upper - one
                m = _taken(word, room, base, distinct, product, m)
    return m


class Plan(NamedTuple):
    """Which entries of two matrices are multiplied.

    Attributes
    ----------
    numbers, starts : ndarray of int64
        The rows on the left that have entries, and where each starts in `slots`.
    slots : ndarray
        Which list on the right each entry meets.
    kept : ndarray of intp or None
        The entries on the left that meet any; None for all.
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
    kept: Array | None
    right_starts: Array
    right_columns: Array
    distinct: Array
    work: Array
    width: int

    @property
    def products(self) -> int:
        """Number of products of entries."""
        return int(self.work[-1])


def _numbers(size: int) -> type[np.int32 | np.int64]:
    """Return the type of indices below a size, as SciPy's routines take them."""
    return np.int32 if size < 2**31 else np.int64


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
    narrow, are_listed = p <= few < 2**31, stack * n <= few
    distinct: Array = _NONE
    columns: Array
    if narrow and are_listed:
        right_starts, columns = csr(b, stack * n, p, _numbers(max(few, b.size)))
    else:
        columns = np.empty(b.size, np.int64)
        right, right_starts = row_lists(b, p, columns)
        if are_listed:
            right_starts = _all_starts(right, right_starts, stack * n)
    if not narrow:
        order = argsort(columns)
        in_order = columns[order]
        firsts = run_starts(in_order)
        distinct = in_order[firsts]
        ranks = np.zeros(b.size, _numbers(b.size))
        ranks[firsts[1:]] = 1
        columns = np.empty_like(ranks)
        columns[order] = np.cumsum(ranks, dtype=ranks.dtype)
    slots: Array = np.empty(a.size, _numbers(stack * n))
    numbers, starts = row_lists(a, n, slots)
    if stack > 1:
        _move_to_matrices(slots, numbers, starts, m, n)
    kept: Array | None = None
    if not are_listed:
        wanted = slots
        slots = right.searchsorted(wanted)
        slots[slots == right.size] = 0
        kept = np.flatnonzero(right.take(slots) == wanted) if right.size else np.empty(0, np.intp)
        slots, starts = slots[kept], kept.searchsorted(starts)
    work = np.empty(starts.size, np.int64)
    _work(starts, slots, right_starts, work)
    kind = _numbers(max(int(work[-1]), few))
    each = (starts, slots, right_starts, columns)
    starts, slots, right_starts, columns = (part.astype(kind, copy=False) for part in each)
    return Plan(numbers, starts, slots, kept, right_starts, columns, distinct, work, p)


def _move_to_matrices(columns: Array, numbers: Array, starts: Array, m: int, n: int) -> None:
    """Let columns of entries count on from one matrix of a stack, of shape (m, n), to the next.

    Parameters
    ----------
    columns : ndarray, shape (k,)
        Changed in place.
    numbers, starts : ndarray
        The rows of the stack, and where each begins in `columns`.
    """
    columns += np.repeat(numbers // m * n, np.diff(starts)).astype(columns.dtype)


def _all_starts(numbers: Array, starts: Array, rows: int) -> Array:
    """Return where each of all rows begins, from the rows that have entries. O(rows)."""
    lengths = np.zeros(rows + 1, np.int64)
    lengths[numbers + 1] = np.diff(starts)
    return np.cumsum(lengths)


def count(plan: Plan) -> int:
    """Count the positions of the product that have a term. O(products).

    Parameters
    ----------
    plan : Plan
    """
    columns = plan.distinct.size or plan.width
    return int(
        routines.csr_matmat_maxnnz(
            plan.numbers.size, columns, plan.starts, plan.slots, plan.right_starts,
            plan.right_columns,
        )
    )  # fmt: skip


def sparse_sparse(
    plan: Plan, va: Array, vb: Array, dtype: np.dtype[Any], most: int
) -> tuple[Array, Array]:
    """Multiply two stacks of sparse matrices.

    Parameters
    ----------
    plan : Plan
    va, vb : ndarray of int64, float64, complex128, or of a longer dtype of SciPy's routines
        The values of the entries.
    dtype : numpy.dtype
        Of the positions of the result.
    most : int
        Room for this many entries is taken. If that is less than the number of products, it must
        be what `count` says.

    Returns
    -------
    indices, values : ndarray
        Positions in the result where there is a sum that is not 0, sorted, and the sums.

    Notes
    -----
    O(products).
    """
    width = plan.distinct.size or plan.width
    if plan.kept is not None:
        va = va.take(plan.kept)
    if va.dtype.char in "gG":
        return _sparse_sparse_of_scipy(plan, va, vb, dtype, most)
    right = plan.right_starts, plan.right_columns, vb
    workers = threads.workers_for(plan.products, _WORTH_A_THREAD) if most >= plan.products else 1
    pieces = [(i, *piece) for i, piece in enumerate(_pieces(plan.work, workers))]
    # Each piece may write to the place behind its last entry.
    begins = [int(plan.work[low]) + i for i, low, _ in pieces]
    indices, values = np.empty(most + len(pieces), dtype), np.empty(most + len(pieces), va.dtype)
    counts = [0] * len(pieces)

    def multiply(which: int, low: int, high: int) -> None:
        begin = begins[which]
        left = plan.numbers[low:high], plan.starts[low : high + 1], plan.slots, va
        product = indices[begin:], values[begin:]
        room = np.zeros(width, va.dtype), np.zeros(2 * (width // 64 + 1), np.uint64)
        counts[which] = int(_products(left, right, plan.width, plan.distinct, product, room))

    threads.run(multiply, pieces)
    threads.close_gaps(begins, counts, indices, values)
    return indices, values


def _sparse_sparse_of_scipy(
    plan: Plan, va: Array, vb: Array, dtype: np.dtype[Any], most: int
) -> tuple[Array, Array]:
    """Multiply as `sparse_sparse` what kernels have no numbers for: of extended precision."""
    rows, width = plan.numbers.size, plan.distinct.size or plan.width
    starts, columns = np.empty_like(plan.starts), np.empty(most, plan.starts.dtype)
    values = np.empty(most, va.dtype)
    right = plan.right_starts, plan.right_columns, vb
    routines.csr_matmat(rows, width, plan.starts, plan.slots, va, *right, starts, columns, values)
    routines.csr_sort_indices(rows, starts, columns, values)
    size = int(starts[-1])
    columns = columns[:size]
    indices = np.repeat(plan.numbers.astype(dtype), np.diff(starts))
    indices *= dtype.type(plan.width)
    indices += plan.distinct.take(columns) if plan.distinct.size else columns
    return indices, values[:size]


def _pieces(starts: Array, workers: int) -> list[tuple[int, int]]:
    """Split rows for threads, with about as many entries for each."""
    rows = starts.size - 1
    if workers == 1:
        return [(0, rows)]
    cuts = [int(starts.searchsorted(int(starts[-1]) * i // workers)) for i in range(1, workers)]
    ends = [0, *(min(cut, rows) for cut in cuts), rows]
    return [(low, high) for low, high in pairwise(ends) if low < high] or [(0, rows)]


def sparse_dense(
    indices: Array, values: Array, m: int, n: int, x: Array, whole: int = 0
) -> tuple[Array, Array]:
    """Multiply a stack of sparse matrices by a stack of dense ones.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a stack of matrices of shape (m, n).
    values : ndarray of a dtype that SciPy's routines have, shape (k,)
    x : ndarray of the dtype of `values`, shape (stack * n, p)
    whole : int
        The number of all rows, if all are asked for.

    Returns
    -------
    numbers : ndarray of int64, shape (r,)
        The rows on the left that have entries; none where all are asked for.
    lines : ndarray, shape (r, p) or (whole, p)
        Those rows of the product, or all.

    Notes
    -----
    O(k p).
    """
    (height, p), k = x.shape, indices.size
    kind, numbers = _numbers(max(height, k)), _NONE
    along: Array
    if whole and height == n and values.dtype.char in COMPILED:
        return numbers, sparse_columns(x, indices, values, whole)[0]
    if whole:
        starts, along = csr(indices, whole, n, kind)
    else:
        along = np.empty(k, kind)
        numbers, starts = row_lists(indices, n, along)
    if height > n:
        _move_to_matrices(along, np.arange(whole) if whole else numbers, starts, m, n)
    starts = starts.astype(kind, copy=False)
    out = np.zeros((starts.size - 1, p), values.dtype)
    dense = np.ascontiguousarray(x).reshape(-1)

    def piece(low: int, high: int) -> None:
        routines.csr_matvecs(
            high - low, height, p, starts[low : high + 1], along, values, dense,
            out[low:high].reshape(-1),
        )  # fmt: skip

    threads.run(piece, _pieces(starts, threads.workers_for(k * p, _WORTH_A_THREAD)))
    return numbers, out


def dense_sparse(x: Array, m: int, n: int, p: int, indices: Array, values: Array) -> Array:
    """Multiply a stack of dense matrices by a stack of sparse ones.

    Parameters
    ----------
    x : ndarray of the dtype of `values`, shape (stack * m, n)
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a stack of matrices of shape (n, p).
    values : ndarray of a dtype that SciPy's routines have, shape (k,)

    Returns
    -------
    ndarray, shape (stack * m, p)

    Notes
    -----
    O(m k + stack m p).
    """
    if not m:
        return np.zeros((0, p), values.dtype)
    stack = x.shape[0] // m
    height, width = stack * n, stack * p
    along = np.empty(indices.size, _numbers(max(height, width, indices.size)))
    numbers, starts = row_lists(indices, p, along)
    if stack > 1:
        _move_to_matrices(along, numbers, starts, n, p)
    # What is added up lies together when both dense matrices are transposed.
    lines = np.ascontiguousarray(x.reshape(stack, m, n).transpose(0, 2, 1)).reshape(height, m)
    lines = lines if numbers.size == height else lines.take(numbers, 0)
    out = np.zeros(width * m, values.dtype)
    # The transposed sparse matrix, by its columns: those that have entries.
    routines.csc_matvecs(
        width, numbers.size, m, starts.astype(along.dtype), along, values, lines.reshape(-1), out
    )
    return out.reshape(stack, p, m).transpose(0, 2, 1).reshape(stack * m, p)
