"""Lines of an array: its active elements, by the line along some axes that they belong to."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np

from .. import kernels
from ..core.runs import ordinals, run_lengths, run_offsets
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..ops.basis_change import linear

#: So many columns for each active element are worth a pass over all of them instead of a sort.
_COLUMNS = 8


class Lines(NamedTuple):
    """The active elements of an array, by the line that they are combined in."""

    #: Line after line, each in C order; an ndarray, shape (k,).
    values: Array
    #: The lines that have active elements, sorted; an ndarray of int, shape (m,).
    numbers: Array
    #: Where each begins in `values`; an ndarray of intp, shape (m,).
    starts: Array
    #: How many inactive elements each has; an ndarray of int64, shape (m,).
    missing: Array
    #: Returns where the values stand in their lines, shape (k,).
    places: Callable[[], Array]

    @property
    def counts(self) -> Array:
        """How many active elements each line has, shape (m,)."""
        return run_lengths(self.starts, self.values.size)


@lru_cache(maxsize=256)
def merged_axes(shape: tuple[int, ...], axes: tuple[int, ...]) -> list[tuple[int, bool]]:
    """Return the lengths of the axes and whether they are reduced, neighbours of a kind as one.

    Examples
    --------
    >>> merged_axes((2, 3, 1, 5), (1, 2))
    [(2, False), (3, True), (5, False)]
    """
    out: list[tuple[int, bool]] = []
    for axis, n in enumerate(shape):
        if n == 1:
            continue
        reduced = axis in axes
        if out and out[-1][1] == reduced:
            out[-1] = (out[-1][0] * n, reduced)
        else:
            out.append((n, reduced))
    return out


def _position_in(indices: Array, groups: list[tuple[int, bool]], reduced: bool) -> Array:
    """Return C-order positions among the axes that are reduced, or among those that are not.

    Examples
    --------
    >>> _position_in(np.array([0, 7, 14]), [(3, False), (5, True)], True)
    array([0, 2, 4])
    """
    kinds = [kind for _, kind in groups]
    if reduced not in kinds or not indices.size:
        return np.zeros_like(indices)
    if len(groups) == 1:
        return indices
    if len(groups) == 2:
        inner = groups[1][0]
        outer = indices // inner
        return outer if kinds[0] == reduced else indices - outer * inner
    coordinates = np.unravel_index(indices, tuple(n for n, _ in groups))
    chosen = [axis for axis, kind in enumerate(kinds) if kind == reduced]
    return linear(tuple(coordinates[a] for a in chosen), tuple(groups[a][0] for a in chosen))


def line_numbers(indices: Array, groups: list[tuple[int, bool]]) -> Array:
    """Return the line of each position; `groups` are `merged_axes`. O(k)."""
    return _position_in(indices, groups, False)


def columns_of(x: Spectrum, axes: tuple[int, ...]) -> Array | None:
    """Return the column of each active element of a matrix; None where lines are no columns. O(k).

    None, too, where columns are many more than elements.
    """
    groups = merged_axes(x.shape, axes)
    if len(groups) != 2 or groups[1][1] or groups[1][0] > _COLUMNS * x.nactive:
        return None
    return line_numbers(x.indices(), groups)


def _row_bounds(x: Spectrum, rows: int, n: int) -> Array:
    """Return where active elements of each row of `n` elements begin, and the last end. O(k)."""
    begins = x.row_starts(rows) if rows == x.shape[0] else None
    return kernels.row_pointer.row_starts(x.indices(), rows, n) if begins is None else begins


def counts_of(x: Spectrum, axes: tuple[int, ...]) -> Array | None:
    """Count the active elements of each line of a matrix. O(k).

    Returns
    -------
    ndarray of int, shape (lines,), or None
        None where lines are no rows or columns, and where they are many more than elements.
    """
    groups = merged_axes(x.shape, axes)
    if len(groups) != 2:
        return None
    (outer, _), (inner, by_rows) = groups
    if (outer if by_rows else inner) > x.nactive:
        return None
    if by_rows:
        return np.diff(_row_bounds(x, outer, inner))
    return kernels.rows_columns.column_counts(x.indices(), inner)


def lines_of(x: Spectrum, axes: tuple[int, ...], values: Array) -> Lines:
    """Group the active elements of `x`, with other values, by their lines along `axes`.

    O(k): by a row pointer where the last axes are reduced, or a division where there are more lines
    than elements; else by a radix sort.
    """
    indices = x.indices()
    groups = merged_axes(x.shape, axes)
    length = prod(x.shape[axis] for axis in axes)
    if all(reduced for _, reduced in groups):
        starts = np.zeros(min(values.size, 1), np.intp)
        return Lines(values, starts, starts, length - starts - values.size, lambda: indices)
    if len(groups) == 2 and groups[1][1] and groups[0][0] <= indices.size:
        begins = _row_bounds(x, groups[0][0], groups[1][0]).astype(np.int64, copy=False)
        counts = begins[1:] - begins[:-1]
        numbers = counts.nonzero()[0]
        return Lines(
            values,
            numbers,
            begins[numbers],
            length - counts[numbers],
            lambda: _position_in(indices, groups, True),
        )
    numbers = line_numbers(indices, groups)
    order: Array | None = None
    if len(groups) > 1 and (len(groups) > 2 or groups[0][1]):
        order = kernels.radix_sort.argsort(numbers)
        numbers, values = numbers[order], values[order]

    def places() -> Array:
        out = _position_in(indices, groups, True)
        return out if order is None else out[order]

    starts = kernels.radix_sort.run_starts(numbers)
    return group_by_line(numbers, starts, values, length, places)


def group_by_line(
    numbers: Array, starts: Array, values: Array, length: Array | int, places: Callable[[], Array]
) -> Lines:
    """Make lines from the sorted line number of each value, and the length of the lines. O(k)."""
    missing = length - run_lengths(starts, numbers.size)
    return Lines(values, numbers[starts], starts, missing, places)


def with_first_fill(lines: Lines, fill: np.generic) -> Lines:
    """Put the fill value into each line once, where its first inactive element is. O(k)."""
    places = lines.places()
    # Up to the first gap, places are the ordinals of the active elements.
    leading = np.add.reduceat(places == ordinals(lines.counts), lines.starts, dtype=np.int64)
    short = lines.missing > 0
    where = (lines.starts + leading)[short]
    places = np.insert(places, where, leading[short])
    values = np.insert(lines.values, where, fill)
    starts = lines.starts + run_offsets(short)
    return Lines(values, lines.numbers, starts, lines.missing - short, lambda: places)
