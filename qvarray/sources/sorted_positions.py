"""What np.argsort gives for an array that stores few elements: each position from its rank, lazily.

Along a sorted line come the entries below the fill value, then all positions that are as the fill
value is, in their order, then the entries above it. So the position at a rank is an entry's, or
the rank plus the number of entries that stand ahead of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.pages import PAGE, Pages, Region, walk
from ..core.source import AxisKey, Source
from ..core.spectrum import Spectrum, compact
from ..core.values import Array
from ..indexing.keys import as_slice, linear_position
from ..ops.basis_change import linear
from ..ops.order import Lines, line_positions, lines_of

#: Positions up to this number are computed at once.
FEW = PAGE >> 5

_INTP = np.dtype(np.intp)


class _Ranks(NamedTuple):
    """The lines of an array in the order of their elements."""

    #: Of the array; may have more elements than can be stored.
    shape: tuple[int, ...]
    #: That the lines are along.
    axis: int
    #: The lines that hold entries, as C-order positions in the shape of the other axes; an ndarray
    #: of int64, shape (m,).
    numbers: Array
    #: Where the entries of each begin; an ndarray of intp, shape (m + 1,).
    starts: Array
    #: Their positions along the line, by line and then in order; an ndarray of int64, shape (k,).
    entries: Array
    #: How many entries of each line are below the fill value, and above it; an ndarray of int64,
    #: shape (m,).
    below: Array
    above: Array
    #: For each entry below or above, by line and position: ``line * length`` and how many positions
    #: are ahead of it that are neither; an ndarray of int64.
    gaps: Array
    #: How many of these the lines before each have; an ndarray of int64, shape (m,).
    ahead: Array

    def at(self, lines: Array, ranks: Array) -> Array:
        """Return the positions that stand at ranks of lines. O(log k) each."""
        if not self.numbers.size:
            return ranks
        length = self.shape[self.axis]
        line = np.minimum(self.numbers.searchsorted(lines), self.numbers.size - 1)
        below, above = self.below[line], self.above[line]
        # Among those that are as the fill value is.
        middle = ranks - below
        ahead = self.gaps.searchsorted(line * length + middle, "right") - self.ahead[line]
        out = middle + ahead
        is_first, is_last = middle < 0, ranks >= length - above
        entry = np.where(is_last, self.starts[line + 1] - (length - ranks), self.starts[line])
        entry += np.where(is_first, ranks, 0)
        out = np.where(is_first | is_last, self.entries[entry], out)
        return np.where(self.numbers[line] == lines, out, ranks)

    def as_spectrum(self) -> Spectrum:
        """Return an array of integers that is sorted by the same positions. O(k log k)."""
        counts = np.diff(self.starts)
        line = np.repeat(np.arange(counts.size), counts)
        place = np.arange(self.entries.size) - self.starts[:-1][line]
        low, high = self.below[line], (counts - self.above)[line]
        values = np.where(place < low, place - low, np.maximum(place - high + 1, 0))
        axis, shape = self.axis, self.shape
        others = np.unravel_index(self.numbers[line], shape[:axis] + shape[axis + 1 :] or (1,))
        along = [*others[:axis], self.entries, *others[axis : len(shape) - 1]]
        where = linear(tuple(along), shape)
        order = np.argsort(where)
        bases, zero = (STANDARD,) * len(shape), np.int64(0)
        return compact(shape, zero.dtype, bases, values[order], where[order], zero)


def ranked(spectrum: Spectrum, axis: int, lines: Lines | None = None) -> _Ranks:
    """Sort the lines of an array in the standard basis along an axis, stably. O(k log k).

    O(k) where they are sorted stably already.
    """
    lines = lines_of(spectrum, (axis,), stable=True) if lines is None else lines
    assert lines.order is not None
    entries = line_positions(spectrum, (axis,))[lines.order]
    counts = lines.counts
    of = np.repeat(np.arange(counts.size), counts)
    unequal = ~lines.is_equal
    below = lines.below.astype(np.int64)
    moved = np.bincount(of[unequal], minlength=counts.size)
    ahead = np.cumsum(moved) - moved
    of, apart = of[unequal], entries[unequal]
    by_position = kernels.radix_sort.argsort(of * lines.length + apart)
    of, apart = of[by_position], apart[by_position]
    gaps = of * lines.length + (apart - (np.arange(of.size) - ahead[of]))
    above, starts = moved - below, lines.starts
    return _Ranks(spectrum.shape, axis, lines.numbers, starts, entries, below, above, gaps, ahead)


class SortedPositions(Source):
    """The positions that sort an array along an axis, or a part of them. Immutable.

    Parameters
    ----------
    shape : tuple of int
        Of the part.
    starts : tuple of int
        The place of its first element along each axis of the whole.
    steps : tuple of (int, int)
        For each axis of the part, the axis of the whole that it goes along, and its step; a step
        of 0 along a new axis.
    is_mirrored : bool
        Whether positions count from the end of the axis.
    """

    shape: tuple[int, ...]
    dtype = _INTP
    is_paged = True
    has_combs = False

    __slots__ = ("is_mirrored", "ranks", "shape", "starts", "steps")

    def __init__(
        self,
        ranks: _Ranks,
        shape: tuple[int, ...],
        starts: tuple[int, ...],
        steps: tuple[tuple[int, int], ...],
        is_mirrored: bool,
    ) -> None:
        self.ranks = ranks
        self.shape = shape
        self.starts = starts
        self.steps = steps
        self.is_mirrored = is_mirrored

    @property
    def label(self) -> str:
        return "positions of sorted elements"

    @property
    def nbytes(self) -> int:
        """Bytes stored."""
        return sum(part.nbytes for part in self.ranks if isinstance(part, np.ndarray))

    def express(self) -> Source:
        return self.settle() if self.size <= FEW else self

    def settle(self) -> Spectrum:
        """Return all positions, in the standard basis. O(N log k), within the memory budget."""
        # All positions, and what is computed with in a page.
        wanted = self.size * _INTP.itemsize + min(self.size, PAGE) * 8 * _INTP.itemsize
        require_budget(wanted, "index the part of it that is asked for")
        out = np.empty(self.shape, _INTP)
        if out.size:

            def fill(key: Region) -> None:
                out[tuple(as_slice(part) for part in key)] = self.read(key)

            for _ in walk(self.pages(), fill):
                pass
        bases = (STANDARD,) * len(self.shape)
        return Spectrum(self.shape, _INTP, bases, out.reshape(-1), None, _INTP.type(0))

    def at(self, positions: Array) -> Array:
        return self._along(np.unravel_index(positions, self.shape)).reshape(positions.shape)

    def read(self, key: Region, out: Array | None = None) -> Array:
        along = np.ix_(*(np.arange(p.start, p.stop, p.step, dtype=np.int64) for p in key))
        shape = tuple(len(part) for part in key)
        return np.broadcast_to(self._along(along), shape)

    def _along(self, along: Sequence[Array]) -> Array:
        """Return the positions at places along each axis of the part."""
        whole, axis = self.ranks.shape, self.ranks.axis
        places: list[Array] = [np.asarray(start) for start in self.starts]
        for (of, step), index in zip(self.steps, along, strict=True):
            # A new axis has one place.
            places[of] = places[of] + step * index.astype(np.int64)
        rank = places.pop(axis)
        lines = linear_position(places, whole[:axis] + whole[axis + 1 :])
        found = self.ranks.at(*np.broadcast_arrays(lines, rank))
        return whole[axis] - 1 - found if self.is_mirrored else found

    def part(self, key: Sequence[AxisKey]) -> Source | np.intp:
        """Return what a basic key names: few of them at once, more as a source. O(1)."""
        starts, steps, shape = list(self.starts), [], []
        own = iter(self.steps)
        for wanted in key:
            if wanted is None:
                steps.append((0, 0))
                shape.append(1)
                continue
            of, step = next(own)
            if isinstance(wanted, int):
                starts[of] += step * wanted
                continue
            starts[of] += step * wanted.start
            steps.append((of, step * wanted.step))
            shape.append(len(wanted))
        if not shape:
            element: np.intp = self.item(linear_position(key, self.shape))
            return element
        return SortedPositions(
            self.ranks, tuple(shape), tuple(starts), tuple(steps), self.is_mirrored
        ).express()

    def permuted(self, axes: Sequence[int]) -> Source:
        shape = tuple(self.shape[axis] for axis in axes)
        steps = tuple(self.steps[axis] for axis in axes)
        return SortedPositions(self.ranks, shape, self.starts, steps, self.is_mirrored)

    def pages(self, ordered: bool = True) -> Pages:
        return Pages(self.shape)


def sorted_positions(
    spectrum: Spectrum, axis: int, lines: Lines, descending: bool = False
) -> SortedPositions:
    """Return the positions that sort an array stably along an axis. O(k).

    Parameters
    ----------
    spectrum : Spectrum
        In the standard basis; mirrored along the axis, where the order is to be `descending`.
    lines : Lines
        Its lines along the axis, sorted stably.
    descending : bool
        The largest first, NaN ahead of them; equal elements keep their order.
    """
    shape = spectrum.shape
    starts = [0] * len(shape)
    steps = [(of, 1) for of in range(len(shape))]
    if descending:
        starts[axis], steps[axis] = shape[axis] - 1, (axis, -1)
    ranks = ranked(spectrum, axis, lines)
    return SortedPositions(ranks, shape, tuple(starts), tuple(steps), descending)
