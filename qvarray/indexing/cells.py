"""Cells of an array that are to be written: all that a view looks at, or what a key names of them.

`assign.paste` asks the same of both.
"""

from __future__ import annotations

from math import prod

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, index_dtype
from ..ops.basis_change import linear
from ..ops.bounds import bounded
from .advanced import entries_in, numbers_along, offsets, picked
from .advanced_keys import Advanced, Factor, positions_of
from .positions import Listed, Ranged
from .strided_view import (
    Strided,
    as_range,
    coordinates_in,
    covers,
    is_injective,
    located,
    positions_in,
)

_INSTEAD = "write fewer elements at a time"


def strided(values: Array, window: Strided) -> Array:
    """Return the elements of a window on an array that is all there: a view."""
    if not window.size:  # its offset may be anywhere
        return np.empty(window.shape, values.dtype)
    item = values.dtype.itemsize
    strides = tuple(stride * item for stride in window.strides)
    return np.ndarray(window.shape, values.dtype, values, window.offset * item, strides)


def _local(spectrum: Spectrum, window: Strided) -> tuple[Array, Array]:
    """Return the active elements in a window: positions in it, unsorted, and values. O(k)."""
    inside, along = coordinates_in(window, spectrum.indices())
    values = spectrum.eigenvalues[inside]
    local = along[0] if along else np.zeros(values.size, np.int64)
    for index, n in zip(along[1:], window.shape[1:], strict=True):
        local = local * n + index
    return local, values


def gathered(spectrum: Spectrum, window: Strided) -> Spectrum:
    """Return the elements of an injective window on an array in the standard basis. O(k)."""
    shape, dtype, fill = window.shape, spectrum.dtype, spectrum.fill_value
    bases = (STANDARD,) * window.ndim
    if not window.size:
        return Spectrum(shape, dtype, bases, spectrum.eigenvalues[:0], None, fill)
    if spectrum.active_indices is None:
        values = strided(spectrum.eigenvalues, window).flatten()
        out = Spectrum(shape, dtype, bases, values, None, fill)
    else:
        line = as_range(window)
        if line is not None:
            positions, kind = (spectrum.space,), index_dtype(window.size)
            indices = spectrum.active_indices
            local, found = kernels.rows_columns.restricted(indices, positions, [line], kind)
            values = spectrum.eigenvalues.take(found)
        else:
            local, values = _local(spectrum, window)
            local, order = kernels.radix_sort.sorted_order(local)
            values = values.take(order)
        out = compact(shape, dtype, bases, values, local, fill, dropped=True)
    return out if spectrum.error is None else bounded(out, spectrum.error.absolute)


class Window:
    """Cells of an array, in an order and a shape of their own: all that a view looks at.

    `window`: see `strided_view`.
    """

    __slots__ = ("window",)

    def __init__(self, window: Strided) -> None:
        self.window = window

    @property
    def shape(self) -> tuple[int, ...]:
        return self.window.shape

    @property
    def size(self) -> int:
        return self.window.size

    def covers(self, shape: tuple[int, ...]) -> bool:
        """Tell whether these are all cells of an array of that shape, in order."""
        return covers(self.window, shape)

    @property
    def is_injective(self) -> bool:
        """Tell whether no cell is there twice."""
        return is_injective(self.window)

    @property
    def span(self) -> range | None:
        """The positions in the array, where the cells follow each other there in order."""
        start = self.window.offset
        return range(start, start + self.size) if self.window.c_contiguous else None

    def once(self, part: Spectrum) -> tuple[Window, Spectrum]:
        """Return each cell once, and what is written to it last of an array of this shape."""
        return self, part

    def read(self, spectrum: Spectrum) -> Spectrum:
        """Return the elements of an array in the standard basis that are here."""
        return gathered(spectrum, self.window)

    def has(self, indices: Array) -> Array:
        """Tell which of some sorted positions in the array are here: bool, shape (k,)."""
        inside, _ = coordinates_in(self.window, indices)
        return inside

    def positions(self) -> Array:
        """Return the position in the array of every cell, in C order: shape (size,)."""
        return positions_in(self.window).reshape(-1)

    def located(self, places: Array) -> Array:
        """Return the positions in the array of cells by their C-order place: shape (m,)."""
        return located(self.window, places)

    def put(self, whole: Array, values: object) -> None:
        """Write to an array that is all there, of one dimension."""
        strided(whole, self.window)[...] = values

    def outside(self, size: int) -> Array:
        """Return the positions of all other cells of an array of some size, sorted."""
        return _unmarked(self, size)


def _unmarked(cells: Window, size: int) -> Array:
    require_budget(size * 9, _INSTEAD)
    whole = np.ones(size, bool)
    cells.put(whole, False)
    return np.flatnonzero(whole)


class Selection(Window):
    """What an advanced key names of a view.

    `window`: of the view; see `strided_view`.
    """

    __slots__ = ("key",)

    def __init__(self, window: Strided, key: Advanced) -> None:
        super().__init__(window)
        self.key = key

    @property
    def shape(self) -> tuple[int, ...]:
        return self.key.shape

    @property
    def size(self) -> int:
        return prod(self.key.shape)

    def covers(self, shape: tuple[int, ...]) -> bool:
        return False

    @property
    def span(self) -> range | None:
        return None

    def once(self, part: Spectrum) -> tuple[Window, Spectrum]:
        if not any(factor.line.repeats for factor in self.key.factors):
            return self, part
        shape, factors = list(self.shape), []
        wanted: list[Factor] = []  # the last ones, of the axes of `part`
        for factor in self.key.factors:
            line, dims = factor.line, factor.dims
            lengths = tuple(self.shape[dim] for dim in dims)
            if line.repeats:
                last = line.last
                shape[dims[0]] = last.size
                for dim in dims[1:]:
                    shape[dim] = 1
                wanted.append(Factor(dims, lengths, dims, Listed(last, line.size)))
                line = Listed(line.at(last), line.length, ascending=True)
            elif dims:
                wanted.append(Factor(dims, lengths, dims, Ranged(range(line.size), line.size)))
            factors.append(factor.on(line))
        filled = {dim for factor in self.key.factors for dim in factor.dims}
        wanted += [
            Factor((dim,), (1,), (dim,), Ranged(range(1), 1))
            for dim in range(len(shape))
            if dim not in filled
        ]
        once = Selection(self.window, Advanced(tuple(shape), factors))
        return once, picked(part, Advanced(once.shape, wanted))

    def _sorted(self) -> list[Factor]:
        return sorted(self.key.factors, key=lambda factor: factor.axes)

    def read(self, spectrum: Spectrum) -> Spectrum:
        return picked(gathered(spectrum, self.window), self.key)

    def has(self, indices: Array) -> Array:
        window, out = self.window, np.zeros(indices.size, bool)
        if window.c_contiguous:
            start = window.offset
            kind = indices.dtype.type
            low = int(indices.searchsorted(kind(start)))
            high = int(indices.searchsorted(kind(start + window.size - 1), "right"))
            local = indices[low:high] - kind(start)
            entries, _ = entries_in(local, window.shape, self._sorted())
            out[low:high][entries] = True
            return out
        inside, along = coordinates_in(window, indices)
        local, order = kernels.radix_sort.sorted_order(linear(along, window.shape))
        entries, _ = entries_in(local, window.shape, self._sorted())
        out[np.flatnonzero(inside)[order[entries]]] = True
        return out

    def positions(self) -> Array:
        return positions_of(self.key, self.window).reshape(-1)

    def located(self, places: Array) -> Array:
        window = self.window
        out = np.full(places.size, window.offset, np.int64)
        filling = [Factor(factor.dims, (), ()) for factor in self.key.factors if factor.dims]
        numbers = iter(numbers_along(places, self.shape, filling))
        for factor in self.key.factors:
            number = next(numbers) if factor.dims else np.zeros(places.size, np.int64)
            out += offsets(factor.line.at(number), factor.axes, window.shape, window.strides)
        return out

    def put(self, whole: Array, values: object) -> None:
        strided(whole, self.window)[self.key.plain()] = values

    def outside(self, size: int) -> Array:
        parts = [factor for factor in self.key.factors if not factor.line.is_whole]
        if len(parts) != 1 or not covers(self.window, (size,)):
            return _unmarked(self, size)
        # Of one selection the rest is one.
        factors = [
            Factor(
                factor.axes,
                factor.lengths,
                (dim,),
                factor.line.others if factor is parts[0] else factor.line,
            )
            for dim, factor in enumerate(self.key.factors)
        ]
        shape = tuple(factor.line.size for factor in factors)
        return np.sort(positions_of(Advanced(shape, factors), self.window), axis=None)
