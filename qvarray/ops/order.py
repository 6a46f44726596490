"""Order among the elements of an array: lines sorted, and order statistics, by rank arithmetic.

Along a sorted line come the entries below the fill value, then the run of the inactive elements,
then the entries above it: where each stands follows from counts, and the run is never made dense.
"""

from __future__ import annotations

from math import prod
from typing import Literal, NamedTuple

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.error_bound import ErrorBound
from ..core.spectrum import Spectrum, compact
from ..core.values import Array
from .basis_change import linear

#: How NumPy sorts.
SortKind = Literal["quicksort", "mergesort", "heapsort", "stable"] | None


class Lines(NamedTuple):
    """The entries of an array in the standard basis, each line's in ascending order."""

    #: Elements of a line.
    length: int
    #: The lines that hold entries, as C-order positions in the shape of the axes kept; an ndarray
    #: of int64, shape (m,).
    numbers: Array
    #: Where the entries of each begin, and the end of the last; an ndarray of intp, shape (m + 1,).
    starts: Array
    #: The entries, by line and then by value; equal ones by position. NaN is above all else. None
    #: where no two entries that differ are equal, and there is one line. An ndarray of intp, shape
    #: (k,).
    order: Array | None
    #: Their values; an ndarray, shape (k,).
    values: Array
    #: How many entries of each line are below the fill value; an ndarray of intp, shape (m,).
    below: Array
    #: Which entries are neither below nor above the fill value: zeros of another sign; an ndarray
    #: of bool, shape (k,).
    is_equal: Array

    @property
    def counts(self) -> Array:
        """Number of entries that each line holds."""
        counts: Array = self.starts[1:] - self.starts[:-1]
        return counts


def _line_numbers(spectrum: Spectrum, kept: list[int]) -> Array | None:
    """Return the line of each entry; None where there is one line."""
    if not kept:
        return None
    along = spectrum.coordinates()
    return linear(tuple(along[axis] for axis in kept), tuple(spectrum.shape[a] for a in kept))


def _has_equals(values: Array, fill: object) -> bool:
    """Tell whether elements that are not the same may compare equal: signed zeros. O(k)."""
    if values.dtype.kind == "c":
        return True
    if values.dtype.kind != "f" or np.count_nonzero(values) == values.size:
        return False
    signs = np.signbit(np.append(values[values == 0], fill if fill == 0 else values[:0]))
    return bool(signs.any()) and not bool(signs.all())


def lines_of(spectrum: Spectrum, axes: tuple[int, ...], stable: bool = False) -> Lines:
    """Sort the lines of an array in the standard basis along some axes. O(k log k).

    Equal entries that are the same may come in any order, if that need not be `stable`.
    """
    kept = [axis for axis in range(len(spectrum.shape)) if axis not in axes]
    length = prod(spectrum.shape[axis] for axis in axes)
    values, k = spectrum.eigenvalues, spectrum.nactive
    line = _line_numbers(spectrum, kept)
    # Sorting that need not be stable is several times faster, and of values alone even more.
    stable = stable or _has_equals(values, spectrum.fill_value)
    kind: SortKind = "stable" if stable else None
    order = values.argsort(kind=kind) if kind or line is not None else None
    ascending = np.sort(values) if order is None else values[order]
    low = int(ascending.searchsorted(spectrum.fill_value, "left"))
    high = int(ascending.searchsorted(spectrum.fill_value, "right"))
    is_below = np.zeros(k, bool)
    is_below[:low] = True
    is_equal = np.zeros(k, bool)
    is_equal[low:high] = True
    if line is None or order is None:
        numbers = np.zeros(min(k, 1), np.int64)
        starts = np.array([0, k] if k else [0], np.intp)
    else:
        line = line[order]
        by_line = kernels.radix_sort.argsort(line)
        order, line, ascending = order[by_line], line[by_line], ascending[by_line]
        is_below, is_equal = is_below[by_line], is_equal[by_line]
        first = kernels.radix_sort.run_starts(line)
        numbers, starts = line[first], np.append(first, k)
    below = np.add.reduceat(is_below, starts[:-1], dtype=np.intp) if k else starts[:-1]
    return Lines(length, numbers, starts, order, ascending, below, is_equal)


def flattened(spectrum: Spectrum) -> Spectrum:
    """Put the elements of an array in the standard basis in one line, in C order. O(1)."""
    return spectrum.replace(shape=(spectrum.size,), bases=(STANDARD,))


def first_inactive(indices: Array) -> int:
    """Return the first position that is not among sorted, unique ones. O(k).

    >>> first_inactive(np.array([0, 1, 3]))
    2
    """
    gaps = np.flatnonzero(indices != np.arange(indices.size, dtype=indices.dtype))
    return int(gaps[0]) if gaps.size else indices.size


def _ranks(spectrum: Spectrum, lines: Lines, axes: tuple[int, ...]) -> Array:
    """Return where each entry stands in its sorted line, in the order of `lines`. O(k)."""
    counts = lines.counts
    place = np.arange(lines.values.size, dtype=np.int64)
    if counts.size < 2:
        # What is above the fill comes after the run of inactive elements.
        of = np.zeros(place.size, np.intp)
        ranks = place.copy()
        ranks[int(lines.below.sum()) :] += lines.length - place.size
    else:
        of = np.repeat(np.arange(counts.size), counts)
        place -= lines.starts[of]
        ranks = place + np.where(place >= lines.below[of], lines.length - counts[of], 0)
    if lines.order is not None and lines.is_equal.any():
        # Equal elements keep their order: one of them comes after as many as it did before.
        position = line_positions(spectrum, axes)[lines.order]
        unequal = ~lines.is_equal
        by_position = kernels.radix_sort.argsort(of * lines.length + position)
        passed = np.empty(of.size, np.int64)
        passed[by_position] = np.cumsum(unequal[by_position])
        each = np.add.reduceat(unequal, lines.starts[:-1], dtype=np.int64)
        passed -= (np.cumsum(each) - each)[of]
        stable = lines.below[of] + position - passed
        ranks = np.where(lines.is_equal, stable, ranks)
    return ranks


def line_positions(spectrum: Spectrum, axes: tuple[int, ...]) -> Array:
    """Return the position of each entry along its line, as int64."""
    along = spectrum.coordinates()
    return linear(tuple(along[axis] for axis in axes), tuple(spectrum.shape[a] for a in axes))


def sorted_along(
    spectrum: Spectrum, axis: int, kind: SortKind = None, lines: Lines | None = None
) -> Spectrum:
    """Sort an array in the standard basis along an axis. O(k log k).

    Sorting brings real arrays no further apart, so that a bound on their distance holds.

    `kind`: of sorting where all positions are stored, as ``np.sort``; all others are sorted stably.
    `lines`: what `lines_of` gives for that axis, if that is known.
    """
    error = spectrum.error
    if error is not None and spectrum.dtype.kind == "c":
        error = ErrorBound.unknown()
    shape = spectrum.shape
    if spectrum.active_indices is None:
        whole = np.sort(spectrum.eigenvalues.reshape(shape), axis, kind)
        return spectrum.replace(eigenvalues=whole.reshape(-1), error=error)
    lines = lines_of(spectrum, (axis,)) if lines is None else lines
    ranks = _ranks(spectrum, lines, (axis,))
    number = np.repeat(lines.numbers, lines.counts)
    inner = prod(shape[axis + 1 :])
    outer, rest = np.divmod(number, inner)
    indices = (outer * shape[axis] + ranks) * inner + rest
    values = lines.values
    if inner > 1:
        by_index = kernels.radix_sort.argsort(indices)
        indices, values = indices[by_index], values[by_index]
    return compact(
        shape, spectrum.dtype, spectrum.bases, values, indices, spectrum.fill_value, error=error
    )


def statistics(lines: Lines, rows: Array, ranks: Array, fill: object) -> Array:
    """Return order statistics of some lines.

    O(m) for each rank.

    Parameters
    ----------
    rows : ndarray of intp, shape (m,)
        Places in ``lines.numbers``; its size stands for a line without entries.
    ranks : ndarray of intp
        Which ones, from 0 for the smallest; less than the length of a line.
    fill : scalar
        The fill value.

    Returns
    -------
    ndarray, shape ``ranks.shape + (m,)``
    """
    none = np.zeros(1, np.intp)
    counts = np.concatenate([lines.counts, none])[rows]
    below = np.concatenate([lines.below, none])[rows]
    starts = lines.starts[rows]
    rank = ranks[..., None]
    inactive = lines.length - counts
    is_fill = (rank >= below) & (rank < below + inactive)
    entry = np.where(rank < below, rank, rank - inactive) + starts
    out = np.empty(is_fill.shape, lines.values.dtype)
    out.fill(fill)
    held = ~is_fill
    out[held] = lines.values[entry[held]]
    return out
