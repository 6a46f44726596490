"""The order in which coefficients are packed: block after block, low frequencies first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from math import prod

import numpy as np

from ..bases import STANDARD, Basis, Run
from ..core.values import Array
from ..runtime.caches import cleared

#: Blocks of more coefficients are taken in C order: to sort them would cost more than it saves.
#: Files have the order of these, and of others: not to be changed.
SORTED = 1 << 14


@lru_cache(maxsize=32)
def _by_frequency(sizes: tuple[int, ...], bases: tuple[Basis, ...]) -> Array | None:
    """Return the coefficients of a block, by their distance from the lowest; None for C order."""
    longer = [axis for axis, size in enumerate(sizes) if size > 1]
    if prod(sizes) > SORTED or not longer:
        return None
    rank = np.zeros(sizes)
    for axis in longer:
        size = sizes[axis]
        along = bases[axis].frequencies(size, np.arange(size))
        if len(longer) == 1 and bool(np.all(along[1:] >= along[:-1])):
            return None
        rank += (along / size).reshape((size,) + (1,) * (len(sizes) - axis - 1))
    return np.argsort(rank, axis=None, kind="stable")


cleared(_by_frequency.cache_clear)


class Scan:
    """The coefficients of an array as one sequence.

    Rows of blocks along the first axis follow each other, so that some neighbouring ones are a
    part of the sequence: row p begins at ``p * width``.

    `shape` (tuple of int): of the coefficient space. `bases` (tuple of Basis): one for each axis.
    """

    def __init__(self, shape: tuple[int, ...], bases: tuple[Basis, ...]) -> None:
        # An array without axes is a row of one.
        self.shape = shape or (1,)
        self.bases = bases or (STANDARD,)
        self.width = prod(self.shape[1:])
        self.size = prod(self.shape)
        self._runs = [basis.runs(n) for basis, n in zip(self.bases, self.shape, strict=True)]
        self._known: dict[tuple[int, int, int | None], tuple[Array, Array]] = {}

    @property
    def block(self) -> int:
        """Coefficients of the first block."""
        return prod(runs[0].size for runs in self._runs) if self.size else 1

    def rows(self, most: int) -> Iterator[range]:
        """Return the rows of blocks in parts of about `most` coefficients each."""
        for run in self._runs[0] if self.size else ():
            step = max(1, most // (run.size * self.width)) * run.size
            for start in range(run.start, run.stop, step):
                yield range(start, min(start + step, run.stop))

    def boxes(self, most: int) -> Iterator[tuple[slice, ...]]:
        """Return parts of the array, of about `most` coefficients, that follow in the sequence.

        Of whole blocks each, and an array of its own in the same bases: its sequence is a part of
        this one.
        """
        for run in self._runs[0] if self.size else ():
            step = most // (run.size * self.width) * run.size
            if step:
                for start in range(run.start, run.stop, step):
                    yield (slice(start, min(start + step, run.stop)), *self._whole(1))
                continue
            for start in range(run.start, run.stop, run.size):
                for rest in product(*self._runs[1:]):
                    yield from _cut((), [Run(start, run.size, 1), *rest], most)

    def _whole(self, first: int) -> list[slice]:
        return [slice(0, n) for n in self.shape[first:]]

    def spans(self, most: int) -> Iterator[tuple[range, range]]:
        """Return parts of the sequence of up to `most` numbers, and the rows of blocks they are of.

        The rows are whole, where one is no longer than a part.
        """
        for rows in self.rows(most):
            stop = rows.stop * self.width
            for begin in range(rows.start * self.width, stop, most):
                yield rows, range(begin, min(begin + most, stop))

    def constants(self, rows: range, component: int | None) -> tuple[Array, Array]:
        """Return the coefficients of the constant 1 in some rows of blocks.

        `component` ({0, 1} or None): which of the two numbers of a complex coefficient, along the
        last axis.

        Returns
        -------
        places : ndarray of int64, shape (m,)
            Not to be written to. Sorted, from the begin of the rows in the sequence.
        heights : ndarray of float64, shape (m,)
        """
        if component is not None and len(self.shape) == 1:
            return np.array([component]), np.ones(1)
        run = next(run for run in self._runs[0] if rows.start < run.stop)
        # In the blocks of one size it is everywhere the same.
        key = (run.start, len(rows), component) if rows.stop <= run.stop else None
        if key in self._known:
            return self._known[key]
        places, heights = [np.zeros(0, np.int64)], [np.zeros(0)]
        begin = 0
        for regions in self._regions(rows):
            first = regions[0][0]
            line = first.size * self.width
            here, high, column = [], [], 0
            for _, rest in regions:
                inside, values = self._constant([first, *rest])
                size = prod(run.size for run in [first, *rest])
                count = prod(run.count for run in rest)
                blocks = column + size * np.arange(count, dtype=np.int64)
                if component is not None:
                    # The two of a coefficient are in blocks that follow each other.
                    blocks = blocks[component::2]
                here.append(np.add.outer(blocks, inside).reshape(-1))
                high.append(np.tile(values, blocks.size))
                column += size * count
            lines = begin + line * np.arange(first.count, dtype=np.int64)
            places.append(np.add.outer(lines, np.concatenate(here)).reshape(-1))
            heights.append(np.tile(np.concatenate(high), first.count))
            begin += line * first.count
        out = np.concatenate(places), np.concatenate(heights)
        if key is not None:
            self._known[key] = out
        return out

    def _constant(self, runs: Sequence[Run]) -> tuple[Array, Array]:
        """Return the coefficients of the constant 1 in a block, by their sorted places in it."""
        inside, heights = np.zeros(1, np.int64), np.ones(1)
        for axis, run in enumerate(runs):
            basis, n = self.bases[axis], self.shape[axis]
            some = basis.constants(n, SORTED) if run.size == n else None
            along = np.arange(run.size) if some is None else some
            sums = basis.sums(n, run.start + along, np.dtype(np.float64))
            along, sums = along[sums != 0], sums[sums != 0]
            inside = np.add.outer(inside * run.size, along).reshape(-1)
            heights = np.multiply.outer(heights, sums).reshape(-1)
        order = self._order(runs)
        if order is None:
            return inside, heights
        inside = _inverse(order)[inside]
        by_place = np.argsort(inside)
        return inside[by_place], heights[by_place]

    def _regions(self, rows: range) -> Iterator[list[tuple[Run, Sequence[Run]]]]:
        """Return blocks of one size, by the rows of blocks that they lie in."""
        for run in self._runs[0] if self.size else ():
            start, stop = max(run.start, rows.start), min(run.stop, rows.stop)
            if start < stop:
                here = Run(start, run.size, (stop - start) // run.size)
                yield [(here, rest) for rest in product(*self._runs[1:])]

    def _order(self, runs: Sequence[Run]) -> Array | None:
        return _by_frequency(tuple(run.size for run in runs), self.bases)

    def sequence(self, coefficients: Array, rows: range | None = None) -> Array:
        """Return coefficients of some rows of blocks in that order, shape ``(len(rows) * width,)``.

        O(n) for n coefficients.
        """
        rows = rows or range(self.shape[0])
        parts = [coefficients[:0].reshape(-1)]
        for regions in self._regions(rows):
            cuts = []
            for first, rest in regions:
                runs = [first, *rest]
                cut = coefficients[_key(first, rest, rows)]
                cut = cut.reshape([n for run in runs for n in (run.count, run.size)])
                cut = cut.transpose([*range(0, cut.ndim, 2), *range(1, cut.ndim, 2)])
                cut = cut.reshape(first.count, -1, prod(run.size for run in runs))
                order = self._order(runs)
                cuts.append((cut if order is None else cut.take(order, 2)).reshape(first.count, -1))
            parts.append((cuts[0] if len(cuts) == 1 else np.concatenate(cuts, 1)).reshape(-1))
        return np.concatenate(parts) if len(parts) > 2 else parts[-1]

    def coefficients(self, sequence: Array, rows: range | None = None) -> Array:
        """Return the inverse of `sequence`, shape ``(len(rows), ...)``. O(n)."""
        rows = rows or range(self.shape[0])
        out = np.empty((len(rows), *self.shape[1:]), sequence.dtype)
        begin = 0
        for regions in self._regions(rows):
            first = regions[0][0]
            length = first.count * first.size * self.width
            lines = sequence[begin : begin + length].reshape(first.count, -1)
            begin += length
            column = 0
            for _, rest in regions:
                runs = [first, *rest]
                size = prod(run.size for run in runs)
                counts, sizes = [run.count for run in runs], [run.size for run in runs]
                line = size * prod(counts[1:])
                cut = lines[:, column : column + line].reshape(-1, size)
                column += line
                order = self._order(runs)
                if order is not None:
                    cut = cut.take(_inverse(order), 1)
                cut = cut.reshape(counts + sizes)
                d = len(runs)
                cut = cut.transpose([a for pair in zip(range(d), range(d, 2 * d)) for a in pair])  # noqa: B905
                out[_key(first, rest, rows)] = cut.reshape(
                    [first.count * first.size, *(run.stop - run.start for run in rest)]
                )
        return out

    def positions(self, places: Array) -> Array:
        """Return the C-order positions of what is at some sorted places of the sequence. O(m)."""
        if self.size > SORTED and self.block == self.size:
            return places.astype(np.int64, copy=False)
        out = np.empty(places.size, np.int64)
        begin = 0
        for regions in self._regions(range(self.shape[0])):
            first = regions[0][0]
            length = first.count * first.size * self.width
            low, high = places.searchsorted((begin, begin + length))
            row, column = np.divmod(places[low:high] - begin, first.size * self.width)
            found = out[low:high]
            begin += length
            start = 0
            for _, rest in regions:
                runs = [first, *rest]
                sizes, counts = [run.size for run in runs], [run.count for run in rest]
                size = prod(sizes)
                line = size * prod(counts)
                here = np.flatnonzero((column >= start) & (column < start + line))
                block, inside = np.divmod(column[here] - start, size)
                start += line
                order = self._order(runs)
                within = _along(inside if order is None else order[inside], sizes)
                blocks = [row[here], *_along(block, counts)]
                flat = np.zeros(here.size, np.int64)
                for axis, run in enumerate(runs):
                    flat = flat * self.shape[axis] + (
                        run.start + blocks[axis] * run.size + within[axis]
                    )
                found[here] = flat
        return out

    def places(self, positions: Array) -> Array:
        """Return the places in the sequence of what is at some C-order positions. O(m)."""
        out = np.empty(positions.size, np.int64)
        along = _along(positions, list(self.shape))
        begin = 0
        for regions in self._regions(range(self.shape[0])):
            first = regions[0][0]
            start = 0
            for _, rest in regions:
                runs = [first, *rest]
                here = np.flatnonzero(
                    np.logical_and.reduce(
                        [
                            (index >= run.start) & (index < run.stop)
                            for run, index in zip(runs, along, strict=True)
                        ]
                    )
                )
                row = block = inside = np.zeros(here.size, np.int64)
                for number, (run, index) in enumerate(zip(runs, along, strict=True)):
                    of_run, within = np.divmod(index[here] - run.start, run.size)
                    inside = inside * run.size + within
                    row, block = (
                        (of_run, block) if not number else (row, block * run.count + of_run)
                    )
                order = self._order(runs)
                if order is not None:
                    inside = _inverse(order)[inside]
                size = prod(run.size for run in runs)
                out[here] = begin + row * (first.size * self.width) + start + block * size + inside
                start += size * prod(run.count for run in rest)
            begin += first.count * first.size * self.width
        return out

    def cover(self, rows: range) -> range:
        """Return the rows of blocks that hold some positions of the first axis, not none."""
        first, last = min(rows[0], rows[-1]), max(rows[0], rows[-1])
        starts = [
            (run, position - (position - run.start) % run.size)
            for position in (first, last)
            for run in self._runs[0]
            if run.start <= position < run.stop
        ]
        (_, start), (run, end) = starts
        return range(start, end + run.size)


def _cut(done: tuple[slice, ...], runs: Sequence[Run], most: int) -> Iterator[tuple[slice, ...]]:
    """Cut blocks of one size into boxes of about `most` coefficients, in C order of the blocks."""
    run, rest = runs[0], runs[1:]
    row = prod(part.stop - part.start for part in done) * prod(r.stop - r.start for r in rest)
    step = max(most // (row * run.size), 0 if rest else 1) * run.size
    whole = [slice(r.start, r.stop) for r in rest]
    for start in range(run.start, run.stop, step or run.size):
        if step:
            yield (*done, slice(start, min(start + step, run.stop)), *whole)
        else:
            yield from _cut((*done, slice(start, start + run.size)), rest, most)


def _key(first: Run, rest: Sequence[Run], rows: range) -> tuple[slice, ...]:
    """Return where blocks lie among some rows."""
    begin, end = first.start - rows.start, first.stop - rows.start
    return (slice(begin, end), *(slice(run.start, run.stop) for run in rest))


def _along(positions: Array, lengths: list[int]) -> list[Array]:
    """Return the index along each axis of C-order positions."""
    out = []
    for n in reversed(lengths):
        positions, index = np.divmod(positions, n)
        out.append(index)
    return out[::-1]


def _inverse(order: Array) -> Array:
    out = np.empty_like(order)
    out[order] = np.arange(order.size)
    return out
