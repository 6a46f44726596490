"""The one reader of parts of spectral arrays, for slices, lazy samples, pages and packed arrays.

`Part` takes the coefficients of an array, and restricts them to what is asked of one axis after
the other. An axis in whose basis that is closed stays in it; of another one there is left what
the basis needs. From there `Part.select` makes a Spectrum, `Part.narrowed` the smallest array that
has the part, and `Part.dense` an ndarray.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis, grid, grid_rows
from ..bases.separable import Axis
from ..core.budget import fits_budget, require_budget
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, require_size
from ..ops.basis_change import as_samples, gather_sums, linear, synthesised, to_dense
from ..ops.bounds import bounded
from .elements import TRANSFORM_COST, functions_at
from .keys import as_slice, shifted


def ranges(parts: Sequence[int | range]) -> list[range]:
    """Return what is asked of each axis as positions.

    >>> ranges([3, range(0, 8, 2)])
    [range(3, 4), range(0, 8, 2)]
    """
    return [range(part, part + 1) if isinstance(part, int) else part for part in parts]


def finished(
    spectrum: Spectrum,
    shape: tuple[int, ...],
    bases: tuple[Basis, ...],
    indices: Array | None,
    values: Array,
) -> Spectrum:
    """Return a part of `spectrum` from its coefficients, sorted."""
    dtype, fill = spectrum.dtype, spectrum.fill_value
    if bases == (STANDARD,) * len(bases):
        values = as_samples(values, dtype)
    if indices is None:
        out = Spectrum(shape, dtype, bases, values, None, fill)
    else:
        out = compact(shape, dtype, bases, values, indices, fill)
    return out if spectrum.error is None else bounded(out, spectrum.error.absolute)


class _Left(NamedTuple):
    """What is left of an axis after it was restricted."""

    #: Of the axis.
    number: int
    basis: Basis
    #: Of the axis that `basis` spans.
    length: int
    #: Those asked for, on it: all of them, in order, where `is_closed`; a range or ndarray of int.
    positions: range | Array
    #: Whether the basis is closed under what was asked, so that nothing has to be evaluated.
    is_closed: bool


class Part:
    """The coefficients that a part of an array is computed from.

    O(k) for each axis.

    `spectrum`: not in the standard basis; active indices are known, or it is diagonal. `parts`
    (sequence of int, range or ndarray of int): what is asked of each axis, no range empty; a list
    only of spectral axes.

    Attributes
    ----------
    values : ndarray, shape (k,)
    coordinates : list of ndarray of int, shape (k,) each
        Along each axis of the array; of what is left of it.
    axes : list of _Left
        The axes that are not taken at one position.
    """

    def __init__(self, spectrum: Spectrum, parts: Sequence[int | range | Array]) -> None:
        self.spectrum = spectrum
        self.values = spectrum.eigenvalues
        self.coordinates = self._ahead(parts[0])
        self.axes: list[_Left] = []
        # Standard axes first: they only drop coefficients.
        for axis in sorted(range(len(parts)), key=lambda a: spectrum.bases[a] is not STANDARD):
            basis, n, wanted = spectrum.bases[axis], spectrum.shape[axis], parts[axis]
            if isinstance(wanted, int):
                self._fix(axis, basis, n, wanted)
                continue
            if isinstance(wanted, np.ndarray):
                self.axes.append(_Left(axis, basis, n, wanted, False))
                continue
            closed = self._restrict(axis, basis, n, wanted)
            if closed is None:
                self.axes.append(_Left(axis, *self._narrow(axis, basis, n, wanted), False))
            else:
                n = len(wanted)
                self.axes.append(_Left(axis, closed, n, range(n), True))
        self.axes.sort()
        self._open = [axis for axis in self.axes if not axis.is_closed]

    # -- one axis after the other -----------------------------------------------------------

    def _ahead(self, first: int | range | Array) -> list[Array]:
        """Return the coordinates of the coefficients that may matter.

        Sorted indices: what lies outside of the rows asked for is cut off by a binary search.
        """
        spectrum = self.spectrum
        if spectrum.diagonal or spectrum.bases[0] is not STANDARD:
            return list(spectrum.coordinates())
        inner = prod(spectrum.shape[1:])
        ends = (first, first) if isinstance(first, int) else (first[0], first[-1])
        indices = spectrum.indices()
        integer = indices.dtype.type
        low = indices.searchsorted(integer(min(ends) * inner))
        high = indices.searchsorted(integer((max(ends) + 1) * inner - 1), "right")
        indices, self.values = indices[low:high], self.values[low:high]
        if len(spectrum.shape) == 1 or not indices.size:
            return [indices] * len(spectrum.shape)
        return list(np.unravel_index(indices, spectrum.shape))

    def _filter(self, keep: Array) -> None:
        self.values = self.values[keep]
        self.coordinates = [along[keep] for along in self.coordinates]

    def _scale(self, factors: Array) -> None:
        self.values = self.values * factors

    def _fix(self, axis: int, basis: Basis, n: int, position: int) -> None:
        """Take one position along an axis."""
        if basis is STANDARD:
            self._filter(self.coordinates[axis] == position)
            return
        basis, n, there = self._narrow(axis, basis, n, range(position, position + 1))
        along = self.coordinates[axis]
        self._scale(functions_at(basis, n, np.array(there), along, self.values)[0])

    def _narrow(
        self, axis: int, basis: Basis, n: int, positions: range
    ) -> tuple[Basis, int, range]:
        """Leave along an axis what its basis needs for some positions; where those are then."""
        cover = basis.cover(n, positions)
        if len(cover) == n:
            return basis, n, positions
        closed = self._restrict(axis, basis, n, cover)
        assert closed is not None
        return closed, len(cover), shifted(positions, -cover.start)

    def _restrict(self, axis: int, basis: Basis, n: int, positions: range) -> Basis | None:
        """Take some positions along an axis, if its basis is closed under that."""
        closed = basis.restrict(n, positions, self.coordinates[axis])
        if closed is None:
            return None
        if closed.keep is not None:
            self._filter(closed.keep)
        if closed.factors is not None:
            self._scale(closed.factors)
        self.coordinates[axis] = closed.indices
        return closed.basis

    # -- what is asked for ------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the part."""
        return tuple(len(axis.positions) for axis in self.axes)

    @property
    def bases(self) -> tuple[Basis, ...]:
        """Of the part: standard along the axes that are evaluated."""
        return tuple(axis.basis if axis.is_closed else STANDARD for axis in self.axes)

    def select(self) -> Spectrum:
        """Return the part; samples along the axes that are not closed are evaluated."""
        require_size(self.shape)
        return self._evaluated() if self._open else self._as_stored(self.shape, self.bases)

    def narrowed(self) -> tuple[Spectrum, tuple[range, ...]]:
        """Return the smallest array that has the part, and where in it that is. O(k log k)."""
        shape = tuple(axis.length for axis in self.axes)
        smaller = self._as_stored(shape, tuple(axis.basis for axis in self.axes))
        ranges = (axis.positions for axis in self.axes if isinstance(axis.positions, range))
        return smaller, tuple(ranges)

    def dense(self, out: Array | None = None) -> Array:
        """Return the elements of the part, in `out` where that is of their shape and dtype."""
        dtype = self.spectrum.dtype
        ends = self.axes[0].positions if len(self.axes) == 1 and self._open else None
        if isinstance(ends, range) and ends.step == 1:
            (axis,) = self.axes
            along = self.coordinates[axis.number]
            page = axis.basis.page(axis.length, ends.start, ends.stop, along, self.values)
            return as_samples(page, dtype)
        if self._open or len(self.axes) < len(self.coordinates):
            return to_dense(self.select())
        if len(self.axes) == 1:
            (axis,) = self.axes
            along, is_real = self.coordinates[axis.number], dtype.kind != "c"
            waves = axis.basis.sum_of_few(axis.length, along, self.values, is_real, out)
            if waves is not None:
                return as_samples(waves, dtype)
        kind = np.result_type(self.values, self.spectrum.eigenvalues.dtype)
        if out is None or out.dtype != self.values.dtype or out.shape != self.shape:
            out = np.empty(self.shape, kind)
        out.fill(0)
        # Coefficients that fold to one position add up.
        np.add.at(out.reshape(-1), linear(tuple(self.coordinates), self.shape), self.values)
        axes = [(axis.number, axis.basis) for axis in self.axes]
        return as_samples(synthesised(out, axes, dtype.kind != "c", True), dtype)

    def _as_stored(self, shape: tuple[int, ...], bases: tuple[Basis, ...]) -> Spectrum:
        """Return the coefficients as an array, sorted; those of one place added up."""
        indices = linear(tuple(self.coordinates[axis.number] for axis in self.axes), shape)
        values = self.values
        if not bool(np.all(indices[1:] > indices[:-1])):
            indices, values = gather_sums(indices, values)
        return finished(self.spectrum, shape, bases, indices, values)

    def _evaluated(self) -> Spectrum:
        """Return the samples along the axes that are not closed, for each place on the others."""
        spectrum, shape, bases, values = self.spectrum, self.shape, self.bases, self.values
        lengths = [len(axis.positions) for axis in self._open]
        closed = [axis for axis in self.axes if axis.is_closed]
        others = tuple(axis.length for axis in closed)
        size = prod(axis.length for axis in self._open)
        is_cheaper_whole = not others and values.size * prod(lengths) > TRANSFORM_COST * size
        if is_cheaper_whole and fits_budget(4 * size * max(16, spectrum.dtype.itemsize)):
            places = tuple(self.coordinates[axis.number] for axis in self.axes)
            return finished(spectrum, shape, bases, None, self._transformed(values, places).ravel())
        rest = tuple(self.coordinates[axis.number] for axis in closed)
        rows = linear(rest, others) if rest else np.zeros(values.size, np.int64)
        order = kernels.radix_sort.argsort(rows)
        rows, values = rows[order], values[order]
        starts = kernels.radix_sort.run_starts(rows)
        require_budget(starts.size * prod(lengths) * 16, "ask for fewer elements at a time")
        if not values.size:
            return finished(spectrum, shape, bases, np.zeros(0, np.int64), values)
        factors: list[Axis] = [
            (axis.basis, axis.length, axis.positions, self.coordinates[axis.number][order])
            for axis in self._open
        ]
        if not others:
            return finished(spectrum, shape, bases, None, grid(factors, values).ravel())
        count = starts.size * size
        if values.size * prod(lengths) > TRANSFORM_COST * count and fits_budget(
            4 * count * max(16, spectrum.dtype.itemsize)
        ):
            lines = np.repeat(np.arange(starts.size), np.diff(starts, append=rows.size))
            block = self._transformed(values, (lines, *(axis[3] for axis in factors)))
            block = block.reshape(starts.size, -1)
        else:
            block = grid_rows(factors, values, starts)
        outer = iter(np.unravel_index(rows[starts], others))
        inner = iter(np.indices(lengths, np.int64).reshape(len(lengths), -1))
        each = (starts.size, prod(lengths))
        along = tuple(
            np.broadcast_to(next(outer)[:, None] if axis.is_closed else next(inner), each)
            for axis in self.axes
        )
        indices = linear(tuple(index.ravel() for index in along), shape)
        return finished(spectrum, shape, bases, *gather_sums(indices, block.ravel()))

    def _transformed(self, values: Array, places: tuple[Array, ...]) -> Array:
        """Return the samples of the axes that are not closed, by whole transforms.

        The last ones of `places` are along those axes; one before them is of lines.
        """
        lengths = tuple(axis.length for axis in self._open)
        ahead = len(places) - len(lengths)
        lines = (int(places[0][-1]) + 1,) * ahead
        out = np.zeros((*lines, *lengths), values.dtype)
        # Coefficients that fold to one position add up.
        np.add.at(out, places, values)
        for i, axis in enumerate(self._open, ahead):
            out = axis.basis.synthesise(out, i, overwrite=True)
            wanted = axis.positions
            looked = as_slice(wanted) if isinstance(wanted, range) else wanted
            out = out[(slice(None),) * i + (looked,)]
        return out
