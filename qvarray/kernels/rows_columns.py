"""Sum the rows and columns of sparse arrays, and select their strided slices.

Entries are in sorted C-order positions: a row is a run of them, and a column is every n-th one.
"""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import threads
from .jit import inner, njit
from .words import divided, first_at_least, reciprocal

Array = NDArray[Any]

#: Positions whose coordinates are computed at a time, in vector registers.
_CHUNK = 512
#: Below this a quotient in float64 is at most one off.
_EXACT = 1 << 52
#: Entries from which a second thread pays.
_WORTH_A_THREAD = 1 << 18
#: Entries for each row of a slice from which a search in every row pays.
_SEARCHED = 64
#: Numbers that are added one after the other; sums of blocks are added pairwise.
_BLOCK = 128
#: Levels of pairwise sums: enough for every length.
_LEVELS = 64


@njit(nogil=True, inline="always")
def next_row(row, last, position, n):  # type: ignore[no-untyped-def]
    """Find the row of length `n` of a position beyond `last`, the end of another row.

    Mostly it is the next one: a comparison where a division takes ten times longer. Before the
    first, -1 stands for both the row and its end.
    """
    return row + 1 if position - last <= n else position // n


@njit(cache=True, nogil=True)
def _row_sums(indices, values, n, numbers, counts, sums):  # type: ignore[no-untyped-def]
    """Write number, entries and sum of each row that has any; return how many. O(k).

    `indices` and `values` have shape (k,), `numbers`, `counts` and `sums` room for all rows. Where
    `numbers` has none, the others have zeros for rows that have no entries.
    """
    stack = np.empty(_LEVELS, sums.dtype)  # sums of blocks
    are_listed = numbers.size > 0
    zero, one, block = sums.dtype.type(0), np.uint64(1), np.uint64(_BLOCK)
    i, m, k = np.uint64(0), np.uint64(0), np.uint64(indices.size)
    row = last = np.int64(-1)
    while i < k:
        row = next_row(row, last, np.int64(indices[i]), n)
        last = row * n + (n - 1)
        begin = i
        blocks = 0
        while True:
            total = zero
            stop = min(k, i + block)
            while i < stop and indices[i] <= last:
                total += values[i]
                i += one
            if i < stop or i == k:
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
        place = np.uint64(row)
        if are_listed:
            place = m
            numbers[m] = row
        counts[place] = i - begin
        sums[place] = total
        m += one
    return np.int64(m)


@njit(cache=True, nogil=True)
def _column_sums(indices, values, sums):  # type: ignore[no-untyped-def]
    """Add values, shape (k,), to the sums of their columns, shape (n,). O(k)."""
    n = np.uint64(sums.size)
    inverse = reciprocal(n)
    for i in range(np.uint64(indices.size)):
        _, column = divided(np.uint64(indices[i]), n, inverse)
        sums[column] += values[i]


@njit(cache=True, nogil=True)
def _column_counts(indices, counts):  # type: ignore[no-untyped-def]
    """Add 1 to the count of the column of every entry. O(k)."""
    n = np.uint64(counts.size)
    inverse = reciprocal(n)
    for i in range(np.uint64(indices.size)):
        _, column = divided(np.uint64(indices[i]), n, inverse)
        counts[column] += 1


class _Axis(NamedTuple):
    """How a slice goes along an axis.

    Attributes
    ----------
    n : int
        Length of the axis.
    first, step : int
        Its first position in the slice, and how far it is to the next: a step of either sign is
        `sign` times `step`.
    sign : {1, -1}
    length : int
        Positions in the slice.
    stride : int
        Elements of the slice between two of those.
    """

    n: int
    first: int
    sign: int
    step: int
    length: int
    stride: int


@inner
def _divided(x, n, inverse):  # type: ignore[no-untyped-def]
    """Return quotient, rounded down, and rest, in a form that is computed in vector registers."""
    q = np.int64(np.float64(x) * inverse)
    r = x - q * n
    more = np.int64(r >= n) - np.int64(r < 0)
    return q + more, r - more * n


@inner
def _axis_quickly(axis, is_first, left, rest, targets, keep, size):  # type: ignore[no-untyped-def]
    """Take `size` positions below `_EXACT` apart along one axis, without an integer division.

    What is left for the first axis is below its length.
    """
    n, first, sign, step, length, stride = axis
    by_n, by_step = 1.0 / n, 1.0 / step
    if is_first:
        for t in range(size):
            rest[t] = left[t]
    else:
        for t in range(size):
            left[t], rest[t] = _divided(left[t], n, by_n)
    if step == 1:
        for t in range(size):
            q = sign * (rest[t] - first)
            targets[t] += q * stride
            keep[t] &= np.int64(q >= 0) & np.int64(q < length)
    else:
        for t in range(size):
            q, r = _divided(sign * (rest[t] - first), step, by_step)
            targets[t] += q * stride
            keep[t] &= np.int64(r == 0) & np.int64(q >= 0) & np.int64(q < length)


@inner
def _axis(axis, left, targets, keep, size):  # type: ignore[no-untyped-def]
    """Take `size` positions apart along one axis."""
    n, first, sign, step, length, stride = axis
    for t in range(size):
        q = left[t] // n
        r = left[t] - q * n
        left[t] = q
        r = sign * (r - first)
        q = r // step
        targets[t] += q * stride
        keep[t] &= np.int64(r == q * step) & np.int64(q >= 0) & np.int64(q < length)


@inner
def _window(indices, begins, ends, axes, targets, places):  # type: ignore[no-untyped-def]
    """As `_restricted`, of rows and columns that follow each other: no position is divided."""
    n, left = axes[1, 0], axes[1, 1]
    length, top = np.uint64(axes[1, 4]), axes[0, 1]
    one = np.uint64(1)
    m = np.uint64(0)
    for which in range(begins.size):
        row = last = np.int64(-1)
        begin = target = np.int64(0)
        for i in range(np.uint64(begins[which]), np.uint64(ends[which])):
            position = np.int64(indices[i])
            if position > last:
                row = next_row(row, last, position, n)
                last = row * n + (n - 1)
                begin = row * n + left
                target = (row - top) * np.int64(length)
            column = position - begin
            targets[m] = target + column
            places[m] = i
            m += one if np.uint64(column) < length else np.uint64(0)
    return np.int64(m)


@njit(cache=True, nogil=True)
def _restricted(indices, begins, ends, axes, exact, targets, places):  # type: ignore[no-untyped-def]
    """Write the entries of some intervals that are in a slice; return how many. O(m · axes).

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
    begins, ends : ndarray of intp, shape (intervals,)
        Of m entries together.
    axes : ndarray of int64, shape (axes, 6)
        A row for each: the fields of `_Axis`.
    exact : bool
        All positions are below `_EXACT`.
    targets, places : ndarray, shape (m + 1,) or more
        Positions in the slice, and where they stand in `indices`.
    """
    if axes.shape[0] == 2 and (axes[:, 2] == 1).all() and (axes[:, 3] == 1).all():
        return _window(indices, begins, ends, axes, targets, places)
    left, rest = np.empty(_CHUNK, np.int64), np.empty(_CHUNK, np.int64)
    sums = np.empty(_CHUNK, np.int64)
    keep = np.empty(_CHUNK, np.int64)
    m = 0
    for which in range(begins.size):
        for begin in range(begins[which], ends[which], _CHUNK):
            size = min(_CHUNK, ends[which] - begin)
            for t in range(size):
                left[t] = indices[begin + t]
                sums[t] = 0
                keep[t] = 1
            for number in range(axes.shape[0] - 1, -1, -1):
                n, first, sign, step, length, stride = axes[number]
                axis = _Axis(n, first, sign, step, length, stride)
                if exact:
                    _axis_quickly(axis, number == 0, left, rest, sums, keep, size)
                else:
                    _axis(axis, left, sums, keep, size)
            # Every entry is written where the next kept one belongs; only a kept one moves on.
            for t in range(size):
                targets[np.uint64(m)] = sums[t]
                places[np.uint64(m)] = begin + t
                m += keep[t]
    return m


@njit(cache=True, nogil=True)
def _on_line(indices, start, step, length, targets, places):  # type: ignore[no-untyped-def]
    """Write the entries at every step-th position from `start` on; return how many. O(k).

    As `_restricted`, along one axis of less than `_EXACT` positions.
    """
    last = start + step * (length - 1)
    first = first_at_least(indices, start, np.int64(0), np.int64(indices.size))
    by_step = 1.0 / step
    place, m, one = np.uint64(first), np.uint64(0), np.uint64(1)
    end = np.uint64(indices.size)
    while place < end and indices[place] <= last:
        position = np.int64(indices[place]) - start
        number = np.int64(position * by_step + 0.5)
        targets[m] = number
        places[m] = place
        m += one if number * step == position else np.uint64(0)
        place += one
    return np.int64(m)


@njit(cache=True, nogil=True)
def _reverse_runs(targets, places, length):  # type: ignore[no-untyped-def]
    """Reverse every run of targets that lie in one block of `length` positions. O(m), in place."""
    i = 0
    while i < targets.size:
        low = targets[i] // length * length
        j = i + 1
        while j < targets.size and low <= targets[j] < low + length:
            j += 1
        p, q = i, j - 1
        while p < q:
            targets[p], targets[q] = targets[q], targets[p]
            places[p], places[q] = places[q], places[p]
            p += 1
            q -= 1
        i = j


def restricted(
    indices: Array, shape: tuple[int, ...], parts: list[range], dtype: np.dtype[Any]
) -> tuple[Array, NDArray[np.intp]]:
    """Select the entries in a slice of any steps of a sparse array.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in an array of `shape`.
    parts : list of range
        The positions taken along each axis, none empty.
    dtype : dtype of int32 or int64
        For positions in the part.

    Returns
    -------
    targets : ndarray of `dtype`, shape (m,)
        Their C-order positions in the part, sorted.
    places : ndarray of intp, shape (m,)
        Where they stand in `indices`.

    Notes
    -----
    O(k): about 1 ns an entry and axis. O(n log k + m) where the first axis has few positions, n,
    and m entries lie between the first and the last one of the part along the second.
    """
    axes = _merged(shape, parts)
    exact = prod(shape) < _EXACT
    if len(axes) == 1 and exact and axes[0][1].step > 0 and indices.size < _WORTH_A_THREAD:
        line = axes[0][1]
        most = min(len(line), indices.size) + 1
        targets, places = np.empty(most, dtype), np.empty(most, np.intp)
        m = _on_line(indices, line.start, line.step, len(line), targets, places)
        targets.resize(m, refcheck=False)  # let go of an overestimate: the result may live long
        return targets, places[:m]
    begins, ends = _candidates(indices, axes)
    most = int(ends[0] - begins[0]) if len(ends) == 1 else int(np.add.reduce(ends - begins))
    table = []  # the fields of `_Axis`, as plain tuples: those take a microsecond less
    stride = 1
    for n, part in reversed(axes):
        sign = 1 if part.step > 0 else -1
        table.append((n, part.start, sign, abs(part.step), len(part), stride))
        stride *= len(part)
    table.reverse()
    pieces = _pieces(begins, ends, most)
    rows = np.array(table)
    # One more for each piece: an entry is written before it is known whether it is kept.
    targets = np.empty(most + len(pieces), dtype)
    places = np.empty(most + len(pieces), np.intp)
    starts = [0]
    for low, high in pieces[:-1]:
        starts.append(starts[-1] + int((high - low).sum()) + 1)
    counts = [0] * len(pieces)

    def work(which: int, low: NDArray[np.intp], high: NDArray[np.intp]) -> None:
        begin = starts[which]
        counts[which] = _restricted(
            indices, low, high, rows, exact, targets[begin:], places[begin:]
        )

    threads.run(work, [(i, *piece) for i, piece in enumerate(pieces)])
    threads.close_gaps(starts, counts, targets, places)
    for _, _, sign, _, length, stride in table:
        if sign < 0 and length > 1:
            _reverse_runs(targets, places, stride * length)
            if stride > 1:
                _reverse_runs(targets, places, stride)
    return targets, places


def _merged(shape: tuple[int, ...], parts: list[range]) -> list[tuple[int, range]]:
    """Lengths and parts of axes, where those that are taken whole go with whole ones before them.

    >>> _merged((2, 3, 4), [range(2), range(3), range(0, 4, 2)])
    [(6, range(0, 6)), (4, range(0, 4, 2))]
    """
    axes: list[tuple[int, range]] = []
    for n, part in zip(shape, parts, strict=True):
        if len(part) == 1:
            part = range(part[0], part[0] + 1)  # its step may be any number
        if axes and part == range(n) and axes[-1][1] == range(axes[-1][0]):
            axes[-1] = (axes[-1][0] * n, range(axes[-1][0] * n))
        else:
            axes.append((n, part))
    return axes


def _pieces(
    begins: NDArray[np.intp], ends: NDArray[np.intp], most: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Split intervals of entries, `most` together, for the threads that are worth it."""
    workers = threads.workers_for(most, _WORTH_A_THREAD)
    if workers == 1:
        return [(begins, ends)]
    if begins.size == 1:
        spans = [(low + begins[0], high + begins[0]) for low, high in threads.split(most, workers)]
        return [(np.array([low]), np.array([high])) for low, high in spans]
    return [(begins[i:j], ends[i:j]) for i, j in threads.split(begins.size, workers)]


def _candidates(
    indices: Array, axes: list[tuple[int, range]]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the intervals of entries that may be in a slice.

    They go from its first row to its last one; where it has few rows, from its first column to its
    last one in each of them.
    """
    kind, inner = indices.dtype.type, prod([n for n, _ in axes[1:]])
    rows = axes[0][1]
    low, high = min(rows[0], rows[-1]), max(rows[0], rows[-1])
    ends = indices.searchsorted(np.array((low * inner, (high + 1) * inner), indices.dtype))
    begins, ends = ends[:1], ends[1:]
    if len(axes) > 1 and len(rows) * _SEARCHED <= ends[0] - begins[0]:
        n, columns = axes[1]
        starts, inner = np.sort(np.array(rows, kind)) * kind(inner), inner // n
        low, high = min(columns[0], columns[-1]), max(columns[0], columns[-1])
        begins = indices.searchsorted(starts + kind(low * inner))
        ends = indices.searchsorted(starts + kind((high + 1) * inner - 1), "right")
    return begins, ends


def row_pieces(indices: Array, n: int, least: int) -> list[tuple[int, int]]:
    """Split the entries of a matrix for threads, where there are `least`, without cutting a row.

    Entries ``[0, 1, 4, 5, 8]`` of rows of 4 are split for two threads at 2: ``[(0, 2), (2, 5)]``.
    """
    if indices.size < least:
        return [(0, indices.size)]
    cuts = [0]
    for _, stop in threads.split(indices.size, threads.workers())[:-1]:
        row = int(indices[stop]) // n
        cuts.append(int(indices.searchsorted(indices.dtype.type(row * n))))
    return [(low, high) for low, high in pairwise([*cuts, indices.size]) if low < high] or [(0, 0)]


def row_sums(
    indices: Array, values: Array, n: int, rows: int
) -> tuple[Array | None, NDArray[np.int64], Array]:
    """Add up the entries of each row, or of each that has any where these are few.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted C-order positions in a matrix.
    values : ndarray of int64, float64 or complex128, shape (k,)
    n : int
        Length of a row.
    rows : int
        Number of rows.

    Returns
    -------
    numbers : ndarray of the dtype of `indices`, shape (m,), or None
        The rows that have entries, sorted; None for all rows, where there are no more than entries.
    counts : ndarray of int64, shape (m,)
        How many they have.
    sums : ndarray of the dtype of `values`, shape (m,)

    Notes
    -----
    O(k), by two threads where that pays. Pairwise for rows of more than 128 entries, as NumPy
    adds.
    """
    if rows <= indices.size:
        counts, sums = np.zeros(rows, np.int64), np.zeros(rows, values.dtype)
        if indices.size < _WORTH_A_THREAD:
            _row_sums(indices, values, n, indices[:0], counts, sums)
            return None, counts, sums

        def add(low: int, high: int) -> None:
            _row_sums(indices[low:high], values[low:high], n, indices[:0], counts, sums)

        threads.run(add, row_pieces(indices, n, _WORTH_A_THREAD))
        return None, counts, sums
    pieces = row_pieces(indices, n, _WORTH_A_THREAD)
    parts: list[Any] = [None] * len(pieces)

    def part(which: int, low: int, high: int) -> None:
        size = high - low
        numbers, counts = np.empty(size, indices.dtype), np.empty(size, np.int64)
        sums = np.empty(size, values.dtype)
        m = _row_sums(indices[low:high], values[low:high], n, numbers, counts, sums)
        parts[which] = numbers[:m], counts[:m], sums[:m]

    threads.run(part, [(i, *piece) for i, piece in enumerate(pieces)])
    if len(parts) == 1:
        numbers, counts, sums = parts[0]
        return numbers, counts, sums
    numbers, counts, sums = (np.concatenate(each) for each in zip(*parts, strict=True))
    return numbers, counts, sums


def column_sums(indices: Array, values: Array, n: int) -> Array:
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
    _column_sums(indices, values, sums)
    return sums


def column_counts(indices: Array, n: int) -> NDArray[np.int64]:
    """Count the entries of every column: as `column_sums` of ones. O(k + n)."""
    counts = np.zeros(n, np.int64)
    _column_counts(indices, counts)
    return counts
