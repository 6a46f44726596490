"""Samples of a spectral array at some positions, evaluated when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..core.error_bound import ErrorBound
from ..core.pages import PAGE, Pages
from ..core.source import AxisKey, Source, implements
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..indexing.elements import at_coordinates
from ..indexing.keys import linear_position
from ..indexing.reader import Part
from ..indexing.select import select, taken, with_new_axes
from ..ops.broadcast import permute_axes
from .plan import pages_of

#: Samples up to this number are kept once they are evaluated.
_FEW = PAGE >> 5


class Samples(Source):
    """Samples of an array at some positions along each axis, not yet evaluated. Immutable.

    Few samples are kept once they were asked for.

    `spectrum`: in bases that are not closed under this. `key` (tuple of range): the positions along
    each axis; none is empty.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_paged = True
    has_combs = False

    __slots__ = ("_kept", "dtype", "key", "shape", "spectrum")

    def __init__(self, spectrum: Spectrum, key: tuple[range, ...]) -> None:
        self.shape = tuple(len(positions) for positions in key)
        self.dtype = spectrum.dtype
        self.spectrum = spectrum
        self.key = key
        self._kept: Spectrum | None = None

    @property
    def label(self) -> str:
        return "samples"

    @property
    def nbytes(self) -> int:
        """Bytes stored: those of the array, and of the samples where they are kept."""
        return self.spectrum.nbytes + (0 if self._kept is None else self._kept.nbytes)

    @property
    def error(self) -> ErrorBound | None:
        """That of the whole array; of few samples, relative to themselves."""
        bound = self.spectrum.error
        if bound is None:
            return None
        return self.settle().error if self._are_few else ErrorBound(bound.absolute, 0.0)

    @property
    def is_exact(self) -> bool:
        return self.spectrum.error is None

    @property
    def origin(self) -> Spectrum:
        return self.spectrum

    def norm_bound(self) -> float:
        return self.spectrum.norm_bound()

    @property
    def _are_few(self) -> bool:
        return prod(self.shape) <= _FEW

    def express(self) -> Source:
        return self.settle() if self._are_few else self

    def settle(self) -> Spectrum:
        """Return all samples, in the standard basis where they are evaluated; see `select`."""
        if self._kept is not None:
            return self._kept
        picked = taken(self.spectrum, self.key)
        if self._are_few:
            self._kept = picked
        return picked

    def at(self, positions: Array) -> Array:
        along = np.unravel_index(positions, self.shape)
        return at_coordinates(
            self.spectrum,
            tuple(
                chosen.start + chosen.step * index.astype(np.int64)
                for chosen, index in zip(self.key, along, strict=True)
            ),
        )

    def read(self, key: tuple[range, ...], out: Array | None = None) -> Array:
        there = tuple(_taken(*axis) for axis in zip(self.key, key, strict=True))
        return self.spectrum.read(there, out)

    def part(self, key: Sequence[AxisKey]) -> Any:
        """Return the samples of what a basic key names, as samples of the array. O(k log k)."""
        positions = iter(self.key)
        chosen: list[AxisKey] = []
        for wanted in key:
            if wanted is None:
                chosen.append(None)
            elif isinstance(wanted, int):
                chosen.append(next(positions)[wanted])
            else:
                chosen.append(_taken(next(positions), wanted))
        return self.spectrum.part(chosen)

    def permuted(self, axes: Sequence[int]) -> Samples:
        return Samples(permute_axes(self.spectrum, axes), tuple(self.key[axis] for axis in axes))

    def joined(self, others: Sequence[Source], axis: int) -> Source | None:
        """Return samples that follow each other in one array as samples of it. O(k)."""
        along = self.key[axis]
        for other in others:
            if not isinstance(other, Samples) or not _are_of_one(self.spectrum, other.spectrum):
                return None
            if other.key[:axis] + other.key[axis + 1 :] != self.key[:axis] + self.key[axis + 1 :]:
                return None
            longer = _followed(along, other.key[axis])
            if longer is None:
                return None
            along = longer
        whole: Source = self.spectrum.part([*self.key[:axis], along, *self.key[axis + 1 :]])
        return whole

    def pages(self, ordered: bool = True) -> Pages:
        return pages_of(self, ordered)


def _are_of_one(a: Spectrum, b: Spectrum) -> bool:
    """Tell whether two arrays are one, or have the same coefficients, as copies have. O(k)."""
    if a is b:
        return True
    if (a.shape, a.dtype, a.bases, a.error) != (b.shape, b.dtype, b.bases, b.error):
        return False
    if a.nactive != b.nactive or not np.array_equal(a.indices(), b.indices()):
        return False
    return np.array_equal(a.eigenvalues, b.eigenvalues)


def _followed(positions: range, more: range) -> range | None:
    """Return positions and those that follow them as one range; None where it is none.

    >>> _followed(range(0, 6, 2), range(6, 7)), _followed(range(3), range(4, 5))
    (range(0, 8, 2), None)
    """
    step = positions.step if len(positions) > 1 else more[0] - positions[0]
    if not step or more[0] != positions[0] + step * len(positions):
        return None
    if len(more) > 1 and more.step != step:
        return None
    count = len(positions) + len(more)
    return range(positions[0], positions[0] + step * count, step)


def _taken(positions: range, chosen: range) -> range:
    """Return the positions that are at the chosen places among others.

    >>> _taken(range(10, 20, 2), range(1, 4, 2))
    range(12, 20, 4)
    """
    if len(chosen) < 2:
        return positions[chosen.start : chosen.start + len(chosen)]
    step = positions.step * chosen.step
    start = positions.start + positions.step * chosen.start
    return range(start, start + step * len(chosen), step)


@implements(Spectrum)
def part(spectrum: Spectrum, key: Sequence[AxisKey]) -> Any:
    """Return what a basic key names: a Source, or a scalar where no axis is left.

    What a basis is not closed under is not evaluated yet; see `Samples`.

    O(k log k), and O(N log N) for arrays all of whose coefficients are active.
    """
    lengths = [len(wanted) for wanted in key if isinstance(wanted, range)]
    if not lengths and None not in key:
        return spectrum.item(linear_position(key, spectrum.shape))
    if spectrum.is_standard or spectrum.diagonal or spectrum.active_indices is None:
        return select(spectrum, key)
    if not lengths or 0 in lengths or not spectrum.size:
        return select(spectrum, key)
    smaller, positions = Part(spectrum, [part for part in key if part is not None]).narrowed()
    if None in key:
        smaller = with_new_axes(smaller, key)
        ahead = iter(positions)
        kept = [part for part in key if not isinstance(part, int)]
        positions = tuple(range(1) if part is None else next(ahead) for part in kept)
    if positions == tuple(range(n) for n in smaller.shape):
        return smaller
    if smaller.active_indices is None:
        return taken(smaller, positions)
    return Samples(smaller, positions)
