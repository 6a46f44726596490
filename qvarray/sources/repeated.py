"""An array that repeats along some axes, as broadcasting makes it: the part that repeats, once."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod, sqrt
from typing import Any

import numpy as np

from ..core.error_bound import ErrorBound
from ..core.pages import PAGE, Pages
from ..core.source import AxisKey, Source
from ..core.spectrum import Spectrum
from ..core.values import Array, Shape
from ..errors import MaterializationError
from ..ops.basis_change import linear
from ..ops.broadcast import permute_axes, stretched_to, target
from ..ops.reshape import reshape
from .plan import pages_of


class Repeated(Source):
    """An array in the standard basis, repeated along axes where it has length 1. Immutable.

    All repetitions are kept once they were asked for.

    `unrepeated`: in the standard basis, with as many axes as the result; all of length 1 or that of
    the result. `shape` (tuple of int): of the result; without zeros.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    unrepeated: Spectrum

    is_paged = True

    __slots__ = ("_kept", "dtype", "shape", "unrepeated")

    def __init__(self, unrepeated: Spectrum, shape: Shape) -> None:
        self.unrepeated = unrepeated
        self.shape = shape
        self.dtype = unrepeated.dtype
        self._kept: Spectrum | None = None

    @property
    def label(self) -> str:
        return f"{self.unrepeated.label}, repeated"

    @property
    def nbytes(self) -> int:
        """Bytes stored: those of the part that repeats, and of all where that is kept."""
        return self.unrepeated.nbytes + (0 if self._kept is None else self._kept.nbytes)

    @property
    def error(self) -> ErrorBound | None:
        bound = self.unrepeated.error
        return None if bound is None else bound.scaled(sqrt(self._times))

    @property
    def origin(self) -> Spectrum:
        return self.unrepeated

    @property
    def standard(self) -> Spectrum | None:
        """All repetitions, where they are within the memory budget; else None."""
        try:
            return self.settle()
        except MaterializationError:
            return None

    @property
    def _times(self) -> int:
        return prod(self.shape) // self.unrepeated.size

    def norm_bound(self) -> float:
        return self.unrepeated.norm_bound() * sqrt(self._times)

    def express(self) -> Repeated:
        return self

    def settle(self) -> Spectrum:
        """Return all repetitions. O(k r) for r of them, within the memory budget."""
        if self._kept is None:
            self._kept = stretched_to(self.unrepeated, self.shape)
        return self._kept

    def conjugate(self) -> Repeated:
        return Repeated(self.unrepeated.conjugate(), self.shape)

    def at(self, positions: Array) -> Array:
        along = np.unravel_index(positions, self.shape)
        own_coordinates = tuple(
            p * (n > 1) for p, n in zip(along, self.unrepeated.shape, strict=True)
        )
        return self.unrepeated.at(linear(own_coordinates, self.unrepeated.shape))

    def read(self, key: tuple[range, ...], out: Array | None = None) -> Array:
        own_key = tuple(
            range(1) if n == 1 else positions
            for positions, n in zip(key, self.unrepeated.shape, strict=True)
        )
        return np.broadcast_to(self.unrepeated.read(own_key), tuple(map(len, key)))

    def part(self, key: Sequence[AxisKey]) -> Source | np.generic:
        """Return what a basic key names, repeated as the array is. O(k log k)."""
        own_key: list[AxisKey] = []
        shape: list[int] = []
        lengths = iter(self.unrepeated.shape)
        for wanted in key:
            n = 1 if wanted is None else next(lengths)
            if isinstance(wanted, range):
                shape.append(len(wanted))
                own_key.append(range(1) if n == 1 else wanted)
            elif wanted is None:
                shape.append(1)
                own_key.append(None)
            else:
                own_key.append(0 if n == 1 else wanted)
        picked: Source | np.generic = self.unrepeated.part(own_key)
        return repeated(picked, shape) if isinstance(picked, Source) else picked

    def permuted(self, axes: Sequence[int]) -> Source:
        return Repeated(
            permute_axes(self.unrepeated, axes), tuple(self.shape[axis] for axis in axes)
        )

    def pages(self, ordered: bool = True) -> Pages:
        return pages_of(self, ordered)


def repeated(source: Source, shape: Sequence[int]) -> Source:
    """Broadcast an array to a shape. O(1) in the standard basis.

    `Repeated`, where the repetitions would take much; else as `stretched_to`. Raises ValueError as
    ``np.broadcast_to``; MaterializationError for an expression that is over the memory budget.
    """
    wanted = tuple(int(n) for n in shape)
    part = source.unrepeated if isinstance(source.unrepeated, Spectrum) else source.settle()
    if part.is_standard and part.nactive * prod(wanted) > PAGE * part.size > PAGE:
        wanted, _, repeats = target(source.shape, wanted)
        if not repeats:
            return source
        ahead = len(wanted) - len(part.shape)
        return Repeated(reshape(part, (1,) * ahead + part.shape), wanted)
    return stretched_to(source.settle(), wanted)
