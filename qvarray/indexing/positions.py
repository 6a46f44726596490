"""Positions along an axis: a range, a list, or all but a list; and which of them entries are at.

Several axes that are indexed together are one axis here, in C order.
"""

from __future__ import annotations

import numpy as np

from .. import kernels
from ..bases import as_indices
from ..core.budget import require_budget
from ..core.runs import ordinals, run_lengths
from ..core.values import Array

_INSTEAD = "name fewer elements at a time"
# A table of the axis is made where it has no more positions for each one asked for.
_TABLE = 16
# A list that is this many times shorter than another one is looked up in it.
_SEARCHED = 16


class Line:
    """Positions along an axis. Immutable.

    Attributes
    ----------
    length : int
        Of the axis.
    size : int
        How many positions there are; the place of one is its number among them.
    """

    __slots__ = ("length", "size")

    length: int
    size: int

    @property
    def is_whole(self) -> bool:
        """Tell whether these are all positions, in order."""
        return False

    @property
    def positions(self) -> Array:
        """All positions, shape (size,), as int64.

        Raises MaterializationError where that is over the memory budget.
        """
        require_budget(self.size * 16, _INSTEAD)
        return self.at(np.arange(self.size, dtype=np.int64))

    def at(self, places: Array) -> Array:
        """Return the positions at some places, both of shape (m,)."""
        raise NotImplementedError

    def found(self, numbers: Array, ascending: bool = False) -> tuple[Array, Array]:
        """Tell which positions are in the line.

        `numbers` (ndarray of int, shape (k,)): positions along the axis. `ascending`: they are
        sorted and unique.

        Returns
        -------
        hit : ndarray of intp, shape (m,)
            Where in `numbers` those are that are in the line, sorted.
        places : ndarray of int, shape (m,)
            Where in the line; of a line that repeats, `spread` makes places of them.
        """
        raise NotImplementedError

    @property
    def repeats(self) -> bool:
        """Tell whether a position is there more than once."""
        return False

    @property
    def most(self) -> int:
        """How often a position is there at most."""
        return 1

    def spread(self, places: Array) -> tuple[Array, Array]:
        """Return every place of what was found: which entries of `places`, and where.

        Both have shape (answered,).
        """
        return np.arange(places.size), places

    @property
    def last(self) -> Array:
        """Where each position of a line that repeats is for the last time, shape (unique,)."""
        raise NotImplementedError

    @property
    def others(self) -> Line:
        """All other positions along the axis, in order."""
        raise NotImplementedError


class Ranged(Line):
    """Positions at equal distances, as a slice names them."""

    __slots__ = ("range",)

    def __init__(self, wanted: range, length: int) -> None:
        self.range = wanted
        self.length = length
        self.size = len(wanted)

    @property
    def is_whole(self) -> bool:
        return self.range == range(self.length)

    def at(self, places: Array) -> Array:
        positions: Array = places * np.int64(self.range.step if self.size > 1 else 1)
        positions += self.range.start
        return positions

    def found(self, numbers: Array, ascending: bool = False) -> tuple[Array, Array]:
        step = self.range.step if self.size > 1 else 1
        places = numbers - np.int64(self.range.start)
        if step != 1:
            there = places // step
            inside = there * step == places
            places = there
        else:
            inside = np.ones(places.size, bool)
        inside &= (places >= 0) & (places < self.size)
        hit = np.flatnonzero(inside)
        return hit, places[hit]

    @property
    def others(self) -> Line:
        if self.is_whole:
            return Ranged(range(0), self.length)
        return AllBut(np.sort(as_indices(self.range)), self.length)


class Listed(Line):
    """A list of positions, in any order.

    `positions` (ndarray of int64, shape (size,)). `ascending`: they are known to be sorted and
    unique.
    """

    __slots__ = ("_given", "_groups", "_is_ascending", "_is_unique", "_table")

    def __init__(self, positions: Array, length: int, ascending: bool = False) -> None:
        self._given = positions
        self.length = length
        self.size = positions.size
        self._is_ascending: bool | None = True if ascending else None
        self._is_unique: bool | None = True if ascending or self.size < 2 else None
        self._groups: tuple[Array, Array, Array] | None = None
        self._table: Array | None = None

    @property
    def positions(self) -> Array:
        return self._given

    def at(self, places: Array) -> Array:
        return self.positions.take(places)

    def _sorted(self) -> tuple[Array, Array, Array]:
        """Return the positions in order, their places, and where runs of equal ones begin."""
        if self._groups is None:
            ordered, order = kernels.radix_sort.sorted_order(self.positions)
            self._groups = ordered, order, kernels.radix_sort.run_starts(ordered)
        return self._groups

    def _inverse(self) -> Array:
        """Return the place of every position along the axis, -1 where it has none. O(length)."""
        if self._table is None:
            table = np.full(self.length, -1, np.int32 if self.size < 2**31 else np.int64)
            table[self.positions] = np.arange(self.size, dtype=table.dtype)
            self._table = table
        return self._table

    @property
    def ascending(self) -> bool:
        """Tell whether the positions are sorted and unique."""
        if self._is_ascending is None:
            self._is_ascending = bool((self.positions[1:] > self.positions[:-1]).all())
        return self._is_ascending

    @property
    def repeats(self) -> bool:
        if self._is_unique is None:
            if self.ascending:
                self._is_unique = True
            elif self.length <= _TABLE * self.size:
                back = self._inverse().take(self.positions)
                self._is_unique = bool(np.all(back == np.arange(self.size, dtype=back.dtype)))
            else:
                self._is_unique = self._sorted()[2].size == self.size
        return not self._is_unique

    def found(self, numbers: Array, ascending: bool = False) -> tuple[Array, Array]:
        if not ascending and self.length <= _TABLE * (self.size + numbers.size):
            if self.repeats:
                ordered, _, starts = self._sorted()
                table = np.full(self.length, -1, np.int64)
                table[ordered[starts]] = np.arange(starts.size)
            else:
                table = self._inverse()
            places = table.take(numbers)
            hit = np.flatnonzero(places >= 0)
            return hit, places[hit]
        if self.ascending:
            unique, order = self.positions, None
        else:
            unique, order, starts = self._sorted()
            if self.repeats:
                unique, order = unique[starts], None
        hit, places = common(numbers, unique, ascending)
        return hit, places if order is None else order[places]

    @property
    def most(self) -> int:
        return int(run_lengths(self._sorted()[2], self.size).max()) if self.repeats else 1

    def spread(self, places: Array) -> tuple[Array, Array]:
        if not self.repeats:
            return super().spread(places)
        _, order, starts = self._sorted()
        counts = run_lengths(starts, self.size)[places]
        total = int(counts.sum())
        require_budget(total * 40, _INSTEAD)
        which = np.repeat(np.arange(places.size), counts)
        return which, order[np.repeat(starts[places], counts) + ordinals(counts, total)]

    @property
    def last(self) -> Array:
        _, order, starts = self._sorted()
        # The order is stable: equal positions are in the order of their places.
        last: Array = order[np.append(starts[1:], self.size) - 1]
        return last

    @property
    def others(self) -> Line:
        ordered, _, starts = self._sorted()
        return AllBut(ordered[starts], self.length)


def common(numbers: Array, ordered: Array, ascending: bool = False) -> tuple[Array, Array]:
    """Find what is in two lists.

    `numbers` and `ordered` (ndarray of int, shape (k,) and (m,)): the second one is sorted and
    unique. `ascending`: so is the first one.

    Returns
    -------
    hit, places : ndarray of intp, shape (r,)
        ``numbers[hit] == ordered[places]``; `hit` is sorted.
    """
    if ascending and ordered.size <= numbers.size * _SEARCHED:
        if ordered.size * _SEARCHED < numbers.size:
            places, hit = common(ordered, numbers)
            return hit, places
        return kernels.merge_sorted.intersection(numbers, ordered.astype(numbers.dtype))
    if not ordered.size:
        none = np.empty(0, np.intp)
        return none, none
    places = ordered.searchsorted(numbers.astype(ordered.dtype, copy=False))
    places[places == ordered.size] = 0
    hit = np.flatnonzero(ordered.take(places) == numbers)
    return hit, places[hit]


class MaskLine(Listed):
    """The positions where a mask is true, found when somebody asks.

    `mask` (ndarray of bool, shape (length,)).
    """

    __slots__ = ("_mask",)

    def __init__(self, mask: Array) -> None:
        super().__init__(mask, mask.size, ascending=True)
        self._mask: Array | None = mask
        self.size = int(np.count_nonzero(mask))

    @property
    def positions(self) -> Array:
        if self._mask is not None:
            require_budget(self.size * 8, "name fewer positions at a time")
            self._given, self._mask = np.flatnonzero(self._mask), None
        return self._given


class AllBut(Line):
    """All positions along an axis but some, in order.

    `missing` (ndarray of int64, shape (m,)): sorted and unique.
    """

    __slots__ = ("missing",)

    def __init__(self, missing: Array, length: int) -> None:
        self.missing = missing
        self.length = length
        self.size = length - missing.size

    @property
    def is_whole(self) -> bool:
        return not self.missing.size

    def at(self, places: Array) -> Array:
        before = self.missing - np.arange(self.missing.size)
        return places + before.searchsorted(places, "right")

    def found(self, numbers: Array, ascending: bool = False) -> tuple[Array, Array]:
        before = self.missing.searchsorted(numbers.astype(np.int64, copy=False))
        kept = np.ones(numbers.size, bool)
        if self.missing.size:
            following = np.minimum(before, self.missing.size - 1)
            kept = self.missing.take(following) != numbers
        hit = np.flatnonzero(kept)
        return hit, numbers[hit] - before[hit]

    @property
    def others(self) -> Line:
        return Listed(self.missing, self.length, ascending=True)


def true_line(values: Array, indices: Array | None, rest: bool, length: int) -> Line:
    """Return the positions where a mask is true.

    Parameters
    ----------
    values : ndarray of bool, shape (k,)
    indices : ndarray of int, shape (k,), or None
        Where they are, sorted; None where they are all.
    rest : bool
        What the mask is elsewhere.
    length : int
        Of the mask.
    """
    if indices is None:
        return MaskLine(values)
    if rest:
        return AllBut(indices[~values].astype(np.int64), length)
    return Listed(indices[values].astype(np.int64), length, ascending=True)
