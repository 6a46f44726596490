"""An array with its axes in another order than its coefficients are sorted by: a transpose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.error_bound import ErrorBound
from ..core.source import AxisKey, Source, implements
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..ops.basis_change import linear
from ..ops.broadcast import axes_order, permute_axes


class Permuted(Source):
    """An array whose axes were put in another order, which no coefficient was moved for. Immutable.

    What knows no better asks for the coefficients in the order of the axes: they are sorted then,
    once, and kept.

    `unpermuted`: not diagonal. `axes` (tuple of int): which axis of `unpermuted` each axis is; not
    in ascending order.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    unpermuted: Spectrum

    elsewhere = dict.fromkeys(("combined", "matmul", "rmatmul"), "ufuncs.of_permuted")

    __slots__ = ("_kept", "axes", "dtype", "shape", "unpermuted")

    def __init__(self, unpermuted: Spectrum, axes: tuple[int, ...]) -> None:
        self.unpermuted = unpermuted
        self.axes = axes
        shape = unpermuted.shape
        self.shape = tuple([shape[axis] for axis in axes])
        self.dtype = unpermuted.dtype
        self._kept: Spectrum | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Permuted, (self.unpermuted, self.axes)

    @property
    def label(self) -> str:
        return f"{self.unpermuted.label}, transposed"

    @property
    def nbytes(self) -> int:
        """Bytes stored: in the one order, and in that of the axes where it was asked for."""
        return self.unpermuted.nbytes + (0 if self._kept is None else self._kept.nbytes)

    @property
    def error(self) -> ErrorBound | None:
        return self.unpermuted.error

    @property
    def is_sorted(self) -> bool:
        """Whether the coefficients are kept in the order of the axes, too."""
        return self._kept is not None

    @property
    def inverse(self) -> tuple[int, ...]:
        """Which axis of this each axis of `unpermuted` is."""
        axes = self.axes
        return tuple(sorted(range(len(axes)), key=axes.__getitem__))

    @property
    def stored(self) -> Spectrum:
        return self.settle()

    @property
    def origin(self) -> Spectrum:
        return self.settle()

    @property
    def standard(self) -> Spectrum | None:
        return self.settle() if self.unpermuted.is_standard else None

    @property
    def held(self) -> Array | None:
        whole = self.unpermuted.held
        return None if whole is None else whole.transpose(self.axes)

    def norm_bound(self) -> float:
        return self.unpermuted.norm_bound()

    def settle(self) -> Spectrum:
        """Return the coefficients in the order of the axes. O(k) once, within the budget."""
        if self._kept is None:
            self._kept = permute_axes(self.unpermuted, self.axes)
        return self._kept

    def conjugate(self) -> Source:
        return self.unpermuted.conjugate().permuted(self.axes)

    def permuted(self, axes: Sequence[int]) -> Source:
        order = axes_order(axes, len(self.axes))
        return self.unpermuted.permuted([self.axes[axis] for axis in order])

    # -- elements ---------------------------------------------------------------------------

    def at(self, positions: Array) -> Array:
        along = np.unravel_index(positions, self.shape)
        return self.unpermuted.at(
            linear(tuple(along[axis] for axis in self.inverse), self.unpermuted.shape)
        )

    def item(self, position: int) -> np.generic:
        shape, place = self.unpermuted.shape, 0
        along = [0] * len(shape)
        for axis in reversed(self.axes):
            position, along[axis] = divmod(position, shape[axis])
        for n, index in zip(shape, along, strict=True):
            place = place * n + index
        element: np.generic = self.unpermuted.item(place)
        return element

    def read(self, key: tuple[range, ...], out: Array | None = None) -> Array:
        part = self.unpermuted.read(tuple(key[axis] for axis in self.inverse))
        return part.transpose(self.axes)

    def part(self, key: Sequence[AxisKey]) -> Source | np.generic:
        """Return what a basic key names, in the order that the coefficients are in."""
        wanted = [axis_key for axis_key in key if axis_key is not None]
        order = [self.axes[i] for i, axis_key in enumerate(wanted) if isinstance(axis_key, range)]
        picked: Source = self.unpermuted.part([wanted[axis] for axis in self.inverse])
        if not order:
            return picked if len(wanted) == len(key) else self.settle().part(key)
        rank = {axis: place for place, axis in enumerate(sorted(order))}
        count = len(key) - len(wanted)
        if count:
            picked = picked.part([None] * count + [range(n) for n in picked.shape])
        new, old = iter(range(count)), iter(order)
        kept = [axis_key for axis_key in key if not isinstance(axis_key, int)]
        return picked.permuted(
            [next(new) if axis_key is None else count + rank[next(old)] for axis_key in kept]
        )


@implements(Spectrum, "permuted")
def permuted(spectrum: Spectrum, axes: Sequence[int]) -> Source:
    """Put axes in another order, as ``np.transpose``. O(1), in any bases and any dimensions.

    Raises ValueError where `axes` are not each axis once; `numpy.exceptions.AxisError` for one out
    of bounds.
    """
    order = axes_order(axes, len(spectrum.shape))
    shape = spectrum.shape
    longer = order if 1 not in shape else [axis for axis in order if shape[axis] > 1]
    # Where no two long axes change places, positions stay what they are.
    if sorted(longer) == [*longer] or spectrum.diagonal or not spectrum.eigenvalues.size:
        return permute_axes(spectrum, order)
    return Permuted(spectrum, order)
