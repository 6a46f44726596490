"""Rows, columns and strided parts of sparse arrays in sorted C-order positions, and their sums."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import threads
from .jit import njit

__all__ = ["column_counts", "column_sums", "restricted", "row_sums"]

_CHUNK = 512  # positions whose coordinates are computed at a time, in vector registers
_EXACT = 1 << 52  # below this a quotient in float64 is at most one off
_WORTH_A_THREAD = 1 << 18  # entries from which a second thread pays
_FEW_TIMES = 64  # entries for which a search in each row pays
_BLOCK = 128  # numbers that are added one after the other; sums of blocks are added pairwise


@njit(cache=True, nogil=True)
def _row_sums(indices, values, n, numbers, counts, sums, stack):  # type: ignore[no-untyped-def]
    k = indices.size
    i = m = 0
    row = np.int64(-1)
    last = np.int64(-1)
    while i < k:
        at = np.int64(indices[i])
        row = row + 1 if row >= 0 and at - last <= n else at // n  # mostly the next
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


@njit(nogil=True)
def _divided(x, n, inverse):  # type: ignore[no-untyped-def]
    """Quotient, rounded down, and rest, in a form that is computed in vector registers."""
    q = np.int64(np.float64(x) * inverse)
    r = x - q * n
    more = np.int64(r >= n) - np.int64(r < 0)
    return q + more, r - more * n


@njit(nogil=True)
def _axis_quickly(left, n, first, sign, step, count, stride, sums, keep, size):  # type: ignore[no-untyped-def]
    by_n, by_step = 1.0 / n, 1.0 / step
    for t in range(size):
        q, r = _divided(left[t], n, by_n)
        left[t] = q
        q, r = _divided(sign * (r - first), step, by_step)
        sums[t] += q * stride
        keep[t] &= np.int64(r == 0) & np.int64(q >= 0) & np.int64(q < count)


@njit(nogil=True)
def _axis(left, n, first, sign, step, count, stride, sums, keep, size):  # type: ignore[no-untyped-def]
    for t in range(size):
        q = left[t] // n
        r = left[t] - q * n
        left[t] = q
        r = sign * (r - first)
        q = r // step
        sums[t] += q * stride
        keep[t] &= np.int64(r == q * step) & np.int64(q >= 0) & np.int64(q < count)


@njit(cache=True, nogil=True)
def _restricted(indices, begins, ends, axes, exact, targets, places):  # type: ignore[no-untyped-def]
    left = np.empty(_CHUNK, np.int64)
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
            for axis in range(axes.shape[0] - 1, -1, -1):
                n, first, sign, step, count, stride = axes[axis]
                if exact:
                    _axis_quickly(left, n, first, sign, step, count, stride, sums, keep, size)
                else:
                    _axis(left, n, first, sign, step, count, stride, sums, keep, size)
            # Every entry is written where the next kept one belongs; only a kept one moves on.
            for t in range(size):
                targets[np.uint64(m)] = sums[t]
                places[np.uint64(m)] = begin + t
                m += keep[t]
    return m


@njit(cache=True, nogil=True)
def _reverse_runs(targets, places, length):  # type: ignore[no-untyped-def]
    """Turn round every run of targets that lie in one block of `length` positions."""
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
    indices: NDArray[Any], shape: tuple[int, ...], parts: list[range], dtype: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """The entries in a strided part of an array.

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
    # Axes that are taken whole go with the next one, if that is taken whole as well.
    axes: list[tuple[int, range]] = []
    for n, part in zip(shape, parts, strict=True):
        if len(part) == 1:
            part = range(part[0], part[0] + 1)  # its step may be any number
        if axes and part == range(n) and axes[-1][1] == range(axes[-1][0]):
            axes[-1] = (axes[-1][0] * n, range(axes[-1][0] * n))
        else:
            axes.append((n, part))
    begins, ends = _candidates(indices, axes)
    most = int((ends - begins).sum())
    table, strides, stride = [], [], 1
    for n, part in reversed(axes):
        strides.append(stride)
        sign = 1 if part.step > 0 else -1
        table.append((n, part.start, sign, abs(part.step), len(part), stride))
        stride *= len(part)
    table.reverse()
    strides.reverse()
    exact = prod(shape) < _EXACT
    pieces = _pieces(begins, ends, most)
    # One more for each piece: an entry is written before it is known whether it is kept.
    targets = np.empty(most + len(pieces), dtype)
    places = np.empty(most + len(pieces), np.intp)
    starts = [0]
    for low, high in pieces[:-1]:
        starts.append(starts[-1] + int((high - low).sum()) + 1)
    counts = [0] * len(pieces)
    rows = np.array(table)

    def work(which: int, low: NDArray[np.intp], high: NDArray[np.intp]) -> None:
        at = starts[which]
        counts[which] = _restricted(indices, low, high, rows, exact, targets[at:], places[at:])

    threads.run(work, [(i, *piece) for i, piece in enumerate(pieces)])
    m = counts[0]
    for start, count in zip(starts[1:], counts[1:], strict=True):
        for array in (targets, places):
            array[m : m + count] = array[start : start + count]
        m += count
    targets.resize(m, refcheck=False)
    places.resize(m, refcheck=False)
    for (_, part), stride in zip(axes, strides, strict=True):
        if part.step < 0 and len(part) > 1:
            _reverse_runs(targets, places, stride * len(part))
            if stride > 1:
                _reverse_runs(targets, places, stride)
    return targets, places


def _pieces(
    begins: NDArray[np.intp], ends: NDArray[np.intp], most: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The intervals of entries in parts for the threads that are worth it."""
    workers = threads.workers() if most >= _WORTH_A_THREAD else 1
    if workers == 1:
        return [(begins, ends)]
    if begins.size == 1:
        spans = [(low + begins[0], high + begins[0]) for low, high in threads.split(most, workers)]
        return [(np.array([low]), np.array([high])) for low, high in spans]
    return [(begins[i:j], ends[i:j]) for i, j in threads.split(begins.size, workers)]


def _candidates(
    indices: NDArray[Any], axes: list[tuple[int, range]]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where entries lie that may be in the part: those of its rows, or of the part of each row."""
    inner = prod(n for n, _ in axes[1:])
    first = axes[0][1]
    ends = np.array([min(first[0], first[-1]) * inner, (max(first[0], first[-1]) + 1) * inner - 1])
    ends = ends.astype(indices.dtype)
    low, high = indices.searchsorted(ends[:1]), indices.searchsorted(ends[1:], "right")
    if len(axes) == 1 or len(first) * _FEW_TIMES > high[0] - low[0]:
        return low, high
    within = inner // axes[1][0]
    second = axes[1][1]
    rows = np.sort(np.array(first, indices.dtype)) * indices.dtype.type(inner)
    least, most = min(second[0], second[-1]) * within, (max(second[0], second[-1]) + 1) * within - 1
    kind = indices.dtype.type
    return indices.searchsorted(rows + kind(least)), indices.searchsorted(
        rows + kind(most), "right"
    )


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
    O(k), by two threads where that pays. Pairwise for rows of more than 128 entries, as NumPy
    adds.
    """
    workers = threads.workers() if indices.size >= _WORTH_A_THREAD else 1
    cuts = [0]
    for _, stop in threads.split(indices.size, workers)[:-1]:
        row = int(indices[stop]) // n
        cuts.append(int(indices.searchsorted(indices.dtype.type(row * n))))
    cuts.append(indices.size)
    parts: list[Any] = [None] * (len(cuts) - 1)

    def part(which: int, low: int, high: int) -> None:
        size = min(most, high - low)
        numbers, counts = np.empty(size, indices.dtype), np.empty(size, np.int64)
        sums = np.empty(size, values.dtype)
        stack = np.empty(64, values.dtype)
        m = _row_sums(indices[low:high], values[low:high], n, numbers, counts, sums, stack)
        parts[which] = numbers[:m], counts[:m], sums[:m]

    threads.run(part, [(i, *ends) for i, ends in enumerate(pairwise(cuts))])
    if len(parts) == 1:
        numbers, counts, sums = parts[0]
        return numbers, counts, sums
    numbers, counts, sums = (np.concatenate(each) for each in zip(*parts, strict=True))
    return numbers, counts, sums


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
