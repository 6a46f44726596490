"""Products of sparse matrices in sorted C-order positions, and with dense ones.

A stack of matrices is one matrix: the rows of all of them follow each other, and those of the
matrix number b meet the rows ``b * n`` and on of the stack on the right.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from . import threads
from .jit import njit
from .radix_sort import argsort, run_starts

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

# A table of all rows, or of all columns, is made where it is at most so many times longer than
# the lists of entries.
_TABLE = 4
_SMALL_TABLE = 1 << 12
# Products from which a second thread pays.
_WORTH_A_THREAD = 1 << 17


def _trailing_zeros(_typing_context, _word):  # type: ignore[no-untyped-def]

    def codegen(context, builder, _signature, args):  # type: ignore[no-untyped-def]
        return builder.cttz(args[0], context.get_constant(types.boolean, True))

    return types.uint64(types.uint64), codegen


#: The number of the lowest bit that is set in a word, which is not 0: one instruction.
_lowest_bit: Any = intrinsic(_trailing_zeros)


@njit(cache=True, nogil=True)
def _not_finite(bits):  # type: ignore[no-untyped-def]
    exponent = np.uint64(0x7FF << 52)
    count = np.uint64(0)
    for i in range(bits.size):
        count += np.uint64((bits[i] & exponent) == exponent)
    return count


def is_finite(values: Array) -> bool:
    """Whether no element of a contiguous float64 or complex128 array is NaN or infinite.

    O(k), at the speed of the memory, and without a thread or an array of its own.
    """
    return not _not_finite(values.reshape(-1).view(np.uint64))


@njit(cache=True, nogil=True)
def _rows(indices, n, numbers, starts, columns):  # type: ignore[no-untyped-def]
    """The rows that have entries, where they start, and the columns of all entries."""
    k = indices.size
    m = 0
    first = np.int64(0)
    row = np.int64(0)
    last = np.int64(-1)
    for i in range(k):
        at = np.int64(indices[i])
        if at > last or i == 0:
            if i and at - last <= n:
                row += 1  # Most often it is the next row.
            else:
                row = at // n
            first = row * n
            last = first + (n - 1)
            numbers[m] = row
            starts[m] = i
            m += 1
        columns[i] = at - first
    starts[m] = k
    return m


@njit(cache=True, nogil=True)
def _located(numbers, starts, columns, m, n, right, right_starts, table, slots, work):  # type: ignore[no-untyped-def]
    """Which list of the right each entry meets (-1: none), and the products up to each row."""
    total = np.int64(0)
    for r in range(starts.size - 1):
        work[r] = total
        base = (numbers[r] // m) * n
        for i in range(starts[r], starts[r + 1]):
            wanted = base + columns[i]
            slot = np.int64(-1)
            if table.size:
                slot = np.int64(table[wanted])
            else:
                low, high = 0, right.size
                while low < high:
                    middle = (low + high) >> 1
                    if right[middle] < wanted:
                        low = middle + 1
                    else:
                        high = middle
                if low < right.size and right[low] == wanted:
                    slot = np.int64(low)
            slots[i] = slot
            if slot >= 0:
                total += right_starts[slot + 1] - right_starts[slot]
    work[starts.size - 1] = total


@njit(cache=True, nogil=True)
def _counted(begin, end, starts, slots, b_starts, b_columns, bits, top):  # type: ignore[no-untyped-def]
    """How many positions of the result some rows have."""
    count = np.int64(0)
    one = np.uint64(1)
    for r in range(begin, end):
        for i in range(starts[r], starts[r + 1]):
            slot = slots[i]
            if slot < 0:
                continue
            for j in range(b_starts[slot], b_starts[slot + 1]):
                c = b_columns[j]
                w = c >> 6
                bit = one << np.uint64(c & 63)
                if bits[w] & bit == 0:
                    count += 1
                    bits[w] |= bit
                    top[w >> 6] |= one << np.uint64(w & 63)
        for t in range(top.size):
            words = top[t]
            while words:
                bits[(t << 6) + np.int64(_lowest_bit(words))] = 0
                words &= words - one
            top[t] = 0
    return count


@njit(cache=True, nogil=True)
def _multiplied(  # type: ignore[no-untyped-def]
    begin, end, p, numbers, starts, slots, va, b_starts, b_columns, vb, distinct,
    sums, bits, top, at, indices, values,
):  # fmt: skip
    """Gustavson's algorithm: add up the rows that a row meets, and read the sum off in order.

    Which columns have a sum is kept in bits, and which words of them are not 0 in bits again, so
    that the order costs a few instructions for each.
    """
    one, six, low_six = np.uint64(1), np.uint64(6), np.uint64(63)
    at = np.uint64(at)  # unsigned: no position is checked for being negative
    zero = sums[0] * 0
    for r in range(begin, end):
        base = numbers[r] * p
        s, e = starts[r], starts[r + 1]
        if e - s == 1:
            slot = slots[s]
            if slot >= 0:
                a = va[s]
                for j in range(np.uint64(b_starts[slot]), np.uint64(b_starts[slot + 1])):
                    c = np.int64(b_columns[j])
                    indices[at] = base + (distinct[c] if distinct.size else c)
                    values[at] = zero + a * vb[j]  # no negative zero, as in a longer sum
                    at += one
            continue
        low, high = np.int64(top.size), np.int64(-1)
        for i in range(s, e):
            slot = slots[i]
            if slot < 0:
                continue
            a = va[i]
            js, je = b_starts[slot], b_starts[slot + 1]
            low = np.int64(min(low, np.int64(b_columns[js]) >> 12))
            high = np.int64(max(high, np.int64(b_columns[je - 1]) >> 12))
            for j in range(np.uint64(js), np.uint64(je)):
                column = np.uint64(b_columns[j])
                w = column >> six
                sums[column] += a * vb[j]
                top[w >> six] |= one << (w & low_six)
                bits[w] |= one << (column & low_six)
        for t in range(low, high + 1):
            words = top[np.uint64(t)]
            top[np.uint64(t)] = 0
            while words:
                w = (np.uint64(t) << six) + _lowest_bit(words)
                words &= words - one
                word = bits[w]
                bits[w] = 0
                while word:
                    column = (w << six) + _lowest_bit(word)
                    word &= word - one
                    values[at] = sums[column]
                    sums[column] = zero
                    c = np.int64(column)
                    indices[at] = base + (distinct[c] if distinct.size else c)
                    at += one
    return np.int64(at)


@njit(cache=True, nogil=True)
def _moved(array, start, stop, to):  # type: ignore[no-untyped-def]
    for i in range(start, stop):
        array[to + (i - start)] = array[i]


class Plan(NamedTuple):
    """Where the entries of two matrices meet.

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
        """How many numbers are multiplied."""
        return int(self.work[-1])


def _row_lists(indices: Array, n: int, columns: Array) -> tuple[Array, Array]:
    numbers = np.empty(indices.size, np.int64)
    starts = np.empty(indices.size + 1, np.int64)
    m = _rows(indices, n, numbers, starts, columns)
    return numbers[:m], starts[: m + 1]


def plan(a: Array, b: Array, stack: int, m: int, n: int, p: int) -> Plan:
    """Find where the entries of two stacks of matrices meet.

    Parameters
    ----------
    a, b : ndarray of int32 or int64, shape (ka,) and (kb,)
        Sorted C-order positions in arrays of shape (stack, m, n) and (stack, n, p).

    Notes
    -----
    O(ka + kb), times log kb where the shapes are much larger than that.
    """
    few = _TABLE * (a.size + b.size) + _SMALL_TABLE
    narrow = p <= few < 2**31
    columns = np.empty(b.size, np.int32 if narrow else np.int64)
    right, right_starts = _row_lists(b, p, columns)
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
    numbers, starts = _row_lists(a, n, along)
    work = np.empty(numbers.size + 1, np.int64)
    # Each entry reads its column before its slot is written there.
    _located(numbers, starts, along, m, n, right, right_starts, table, along, work)
    return Plan(numbers, starts, along, right_starts, columns, distinct, work, p)


def _pieces(work: Array) -> list[tuple[int, int]]:
    """Rows for each thread, with about as many products each."""
    total, rows = int(work[-1]), work.size - 1
    count = threads.workers() if total > _WORTH_A_THREAD else 1
    cuts = [int(work.searchsorted(total * i // count)) for i in range(1, count)]
    ends = [0, *(min(max(cut, 0), rows) for cut in cuts), rows]
    return [(low, high) for low, high in pairwise(ends) if low < high] or [(0, 0)]


def count(at: Plan) -> int:
    """How many positions of the product have a term. O(products)."""
    width = at.distinct.size or at.width
    counts: list[int] = []

    def piece(low: int, high: int) -> None:
        bits = np.zeros(-(-width // 64), np.uint64)
        top = np.zeros(-(-bits.size // 64), np.uint64)
        counts.append(
            _counted(low, high, at.starts, at.slots, at.right_starts, at.right_columns, bits, top)
        )

    threads.run(piece, _pieces(at.work))
    return sum(counts)


def sparse_sparse(
    at: Plan, va: Array, vb: Array, dtype: np.dtype[Any], most: int
) -> tuple[Array, Array]:
    """The product of two stacks of sparse matrices.

    Parameters
    ----------
    at : Plan
    va, vb : ndarray of int64, float64 or complex128, of one dtype
        The values of the entries.
    dtype : numpy.dtype
        Of the positions of the result.
    most : int
        Room for so many entries is taken. If that is less than the number of products, it must
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
    pieces = _pieces(at.work) if most >= at.products else [(0, at.numbers.size)]
    indices, values = np.empty(most, dtype), np.empty(most, va.dtype)
    width = max(1, at.distinct.size or at.width)
    ends = [0] * len(pieces)

    def piece(which: int, low: int, high: int) -> None:
        sums = np.zeros(width, va.dtype)
        bits = np.zeros(-(-width // 64), np.uint64)
        top = np.zeros(-(-bits.size // 64), np.uint64)
        ends[which] = _multiplied(
            low, high, at.width, at.numbers, at.starts, at.slots, va, at.right_starts,
            at.right_columns, vb, at.distinct, sums, bits, top, int(at.work[low]), indices, values,
        )  # fmt: skip

    threads.run(piece, [(i, low, high) for i, (low, high) in enumerate(pieces)])
    size = ends[0]
    for (low, _), end in zip(pieces[1:], ends[1:], strict=True):
        start = int(at.work[low])
        if start > size:
            _moved(indices, start, end, size)
            _moved(values, start, end, size)
        size += end - start
    # What is given back was never touched.
    indices.resize(size, refcheck=False)
    values.resize(size, refcheck=False)
    return indices, values


@njit(cache=True, nogil=True)
def _dense_lines(begin, end, indices, values, n, x, out):  # type: ignore[no-untyped-def]
    """Entries times a vector, added up by row: ``out[row]``, every row of one matrix."""
    i = np.uint64(begin)
    stop = np.uint64(end)
    one = np.uint64(1)
    zero = out[0] * 0
    row = np.int64(-1)
    last = np.int64(-1)
    while i < stop:
        at = np.int64(indices[i])
        row = row + 1 if row >= 0 and at - last <= n else at // n  # mostly the next
        first = row * n
        last = first + (n - 1)
        total = zero
        while i < stop and indices[i] <= last:
            total += values[i] * x[np.uint64(indices[i] - first)]
            i += one
        out[row] = total


@njit(cache=True, nogil=True)
def _scattered(indices, values, n, x, out):  # type: ignore[no-untyped-def]
    """A vector times entries, added up by column."""
    row = np.int64(-1)
    first = np.int64(0)
    last = np.int64(-1)
    a = out[0] * 0
    for i in range(indices.size):
        at = np.int64(indices[i])
        if at > last:
            row = row + 1 if row >= 0 and at - last <= n else at // n  # mostly the next
            first = row * n
            last = first + (n - 1)
            a = x[row]
        out[np.uint64(at - first)] += a * values[i]


@njit(cache=True, nogil=True)
def _listed_lines(begin, end, m, n, numbers, starts, columns, values, x, whole, out):  # type: ignore[no-untyped-def]
    """Rows with entries times a stack of dense matrices, added to their row, or to ``out[r]``."""
    for r in range(begin, end):
        base = (numbers[r] // m) * n
        to = np.uint64(numbers[r] if whole else r)
        for i in range(starts[r], starts[r + 1]):
            a = values[i]
            line = np.uint64(base + columns[i])
            for j in range(np.uint64(x.shape[1])):
                out[to, j] += a * x[line, j]


@njit(cache=True, nogil=True)
def _scattered_lines(begin, end, n, p, lines, indices, values, out):  # type: ignore[no-untyped-def]
    """Dense lines, of which each row on the right takes one, added to ``out[column]``."""
    row = np.int64(-1)
    first = np.int64(0)
    last = np.int64(-1)
    to = np.int64(0)
    for i in range(indices.size):
        at = np.int64(indices[i])
        if at > last:
            row = row + 1 if row >= 0 and at - last <= p else at // p  # mostly the next
            first = row * p
            last = first + (p - 1)
            to = (row // n) * p - first
        b = values[i]
        column, line = np.uint64(to + at), np.uint64(row)
        for j in range(np.uint64(begin), np.uint64(end)):
            out[column, j] += lines[line, j] * b


def sparse_vector(indices: Array, values: Array, m: int, x: Array) -> Array:
    """The product of a sparse matrix and a dense vector.

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
    n, k = x.size, indices.size
    count = threads.workers() if k > _WORTH_A_THREAD else 1
    cuts = [0]
    for _, high in threads.split(k, count)[:-1]:
        # No row is cut.
        end = (int(indices[high]) // n) * n
        cuts.append(int(indices.searchsorted(indices.dtype.type(end))))
    pieces = [(i, j) for i, j in zip(cuts, [*cuts[1:], k], strict=True) if i < j]

    def piece(low: int, high: int) -> None:
        _dense_lines(low, high, indices, values, n, x, out)

    threads.run(piece, pieces or [(0, 0)])
    return out


def vector_sparse(x: Array, indices: Array, values: Array, p: int) -> Array:
    """The product of a dense vector and a sparse matrix of p columns, as `sparse_vector`."""
    out = np.zeros(p, values.dtype)
    if p:
        _scattered(indices, values, p, x, out)
    return out


def sparse_dense(
    indices: Array, values: Array, m: int, n: int, x: Array, whole: int = 0
) -> tuple[Array, Array]:
    """The product of a stack of sparse matrices and a stack of dense ones.

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
    numbers, starts = _row_lists(indices, n, columns)
    out = np.zeros((whole or numbers.size, x.shape[1]), values.dtype)
    pieces = _pieces(starts * x.shape[1])
    threads.run(
        lambda low, high: _listed_lines(
            low, high, m, n, numbers, starts, columns, values, x, whole > 0, out
        ),
        pieces,
    )
    return numbers, out


def dense_sparse(x: Array, m: int, n: int, p: int, indices: Array, values: Array) -> Array:
    """The product of a stack of dense matrices and a stack of sparse ones.

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
    # Two threads in one line of the cache would wait for each other.
    count = threads.workers() if m >= 64 and m * indices.size > _WORTH_A_THREAD else 1
    threads.run(
        lambda low, high: _scattered_lines(low, high, n, p, lines, indices, values, out),
        threads.split(m, count, 8) or [(0, 0)],
    )
    return out.reshape(stack, p, m).transpose(0, 2, 1).reshape(stack * m, p)
