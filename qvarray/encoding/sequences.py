"""Coefficients of an array in the order that they are packed in, a part at a time, in cache."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import accumulate
from math import prod

import numpy as np
from numpy.typing import NDArray

from ..bases import Basis
from ..core.values import Array
from ..ops.basis_change import coefficient_dtype
from ..sources.packed import scan_of, sequence
from ..sources.scan_order import Scan
from .transforms import PIECE, analysed, in_units

# Numbers that are kept, once they are transformed.
_HELD = 1 << 17
# Neighbouring numbers that a sample of all of them has, and how many there are in all: an eighth.
_RUN = 64
_LEAST, _SAMPLE = 1 << 14, 1 << 16


class Numbers(ABC):
    """The coefficients of an array in the order of its scan, two numbers for each complex one.

    Attributes
    ----------
    size : int
    count : int
        Parts that they come in.
    scan : Scan
    """

    size: int
    count: int
    scan: Scan

    @abstractmethod
    def read(self, part: int) -> Array:
        """Return the numbers of a part, float64. Not to be written to."""

    @abstractmethod
    def begin(self, part: int) -> int:
        """Return where a part begins."""

    @abstractmethod
    def constants(self, part: int) -> tuple[Array, Array]:
        """Return the coefficients of the constant 1: their sorted places in a part, and them."""

    @abstractmethod
    def sample(self) -> Array:
        """Return some numbers, evenly spaced, or all of them where they are few."""


class Held(Numbers):
    """Numbers that are held: of a transform of whole axes, or few."""

    def __init__(self, scan: Scan, coefficients: Array, component: int | None) -> None:
        self.scan, self._component = scan, component
        self._numbers = sequence(scan, coefficients)
        self._constants: tuple[Array, Array] | None = None
        self.size = self._numbers.size
        self.count = -(-self.size // PIECE)

    def read(self, part: int) -> Array:
        return self._numbers[part * PIECE : (part + 1) * PIECE]

    def begin(self, part: int) -> int:
        return part * PIECE

    def constants(self, part: int) -> tuple[Array, Array]:
        if self._constants is None:
            rows = range(self.scan.shape[0])
            self._constants = self.scan.constants(rows, self._component)
        places, heights = self._constants
        low, high = places.searchsorted((part * PIECE, (part + 1) * PIECE))
        return places[low:high] - part * PIECE, heights[low:high]

    def sample(self) -> Array:
        if self.size <= _HELD:
            return self._numbers
        return self._numbers[scattered(self.size, _in_sample(self.size))]


class OfBlocks(Numbers):
    """Numbers of an array in bases on blocks, transformed when they are asked for."""

    def __init__(
        self, x: Array, bases: tuple[Basis, ...], exponent: int, scan: Scan, component: int | None
    ) -> None:
        self._x, self._bases, self._exponent = x, bases, exponent
        self._component, self._is_complex = component, len(scan.shape) > x.ndim
        boxes = scan.boxes(PIECE)
        # Imaginary parts follow the real ones of the same blocks.
        self._boxes = [box[: x.ndim] for box in boxes if not any(b.start for b in box[x.ndim :])]
        self._scans: dict[tuple[int, ...], Scan] = {}
        self.scan, self.size, self.count = scan, scan.size, len(self._boxes)
        parts = scan.size // max(x.size, 1)
        sizes = (parts * prod(cut.stop - cut.start for cut in box) for box in self._boxes)
        self._begins = list(accumulate(sizes, initial=0))

    def _scan(self, shape: tuple[int, ...]) -> Scan:
        if shape not in self._scans:
            self._scans[shape] = scan_of(shape, self._bases, self._is_complex)
        return self._scans[shape]

    def _sequence(self, piece: Array) -> Array:
        coefficients = analysed(in_units(piece, self._exponent), self._bases)
        return sequence(self._scan(piece.shape), coefficients)

    def read(self, part: int) -> Array:
        return self._sequence(self._x[self._boxes[part]])

    def begin(self, part: int) -> int:
        return self._begins[part]

    def constants(self, part: int) -> tuple[Array, Array]:
        shape = tuple(cut.stop - cut.start for cut in self._boxes[part])
        return self._scan(shape).constants(range(shape[0]), self._component)

    def sample(self) -> Array:
        units = [basis.runs(n)[0].size for basis, n in zip(self._bases, self._x.shape, strict=True)]
        return self._sequence(some_blocks(self._x, units, _in_sample(self.size)))


def _in_sample(size: int) -> int:
    """Return about how many of some numbers are in a sample."""
    return min(_SAMPLE, max(_LEAST, size // 8))


def scattered(size: int, most: int) -> NDArray[np.int64]:
    """Return about `most` places of `size`, some of them side by side, in no regular distance."""
    count = max(1, min(most, size) // _RUN)
    number = np.arange(count)
    # As far from each other as may be, and in step with nothing: the golden section.
    starts = (number + number * 0.6180339887498949 % 1.0) * ((size - _RUN) / count)
    places = starts.astype(np.int64)[:, np.newaxis] + np.arange(min(_RUN, size))
    return np.maximum(places.reshape(-1), 0)


def some_blocks(x: Array, units: Sequence[int], most: int) -> Array:
    """Return some blocks of an array, evenly spaced along each axis, side by side.

    Parameters
    ----------
    x : ndarray
    units : sequence of int
        Lengths of the blocks along each axis, at most its own.
    most : int
        Elements from which there are no more of them: about as many are returned, or one block.
    """
    counts = [n // unit for n, unit in zip(x.shape, units, strict=True)]
    taken, size = [1] * x.ndim, prod(units)
    while size <= most // 2 and taken != counts:
        # The axis with the most blocks for each that is taken gets more of them.
        axis = max(range(x.ndim), key=lambda a: counts[a] / taken[a])
        more = min(2 * taken[axis], counts[axis])
        size = size // taken[axis] * more
        taken[axis] = more
    where = []
    for unit, count, some in zip(units, counts, taken, strict=True):
        starts = (np.arange(some) * count // some + count // (2 * some)) * unit
        where.append((starts[:, None] + np.arange(unit)).ravel())
    return x[np.ix_(*where)]


def numbers_of(
    x: Array, bases: tuple[Basis, ...], exponent: int, coefficients: Array | None = None
) -> Numbers:
    """Return the numbers of an array in some bases, in units of ``2 ** exponent``.

    They are those of other coefficients, where those are given.
    """
    kind = x.dtype if x.dtype.kind in "fc" else np.dtype(np.float64)
    scan = scan_of(x.shape, bases, coefficient_dtype(bases, kind).kind == "c")
    # Of real parts, where coefficients are complex.
    component = 0 if len(scan.shape) > x.ndim > 0 else None
    is_mirrored = x.dtype.kind != "c" and any(basis.is_complex for basis in bases)
    if scan.size > _HELD and not is_mirrored and coefficients is None:
        found = OfBlocks(x, bases, exponent, scan, component)
        if found.count > 1:
            return found
    if coefficients is None:
        coefficients = coefficients_of(x, bases, exponent)
    return Held(scan, coefficients, component)


def coefficients_of(x: Array, bases: tuple[Basis, ...], exponent: int) -> Array:
    """Return all coefficients, in units of ``2 ** exponent``. O(N log N), in parts of the array.

    Those of a real array that are each other's conjugates are that exactly.
    """
    if x.ndim < 2 or x.size <= PIECE:
        out = analysed(in_units(x, exponent), bases)
    else:
        # All axes but the longest, and then that one.
        by_length = sorted(range(x.ndim), key=x.shape.__getitem__)
        last, other = by_length[-1], by_length[-2]
        out = _in_parts(x, {a: bases[a] for a in by_length[:-1]}, last, exponent, False)
        out = _in_parts(out, {last: bases[last]}, other, 0, out is not x)
    if x.dtype.kind != "c" and out.dtype.kind == "c" and out.size:
        places = [basis.reflect(n, np.arange(n)) for basis, n in zip(bases, x.shape, strict=True)]
        out = (out + out[np.ix_(*places)].conj()) * 0.5
    return out


def _in_parts(x: Array, bases: dict[int, Basis], along: int, exponent: int, is_own: bool) -> Array:
    """Transform some axes, in parts along another one: in place, where the memory is our own."""
    bases = {axis: basis for axis, basis in bases.items() if not basis.is_standard}
    if not bases and not exponent and x.dtype.char in "dDgG":
        return x
    out: Array | None = None
    step = max(1, 2 * PIECE * x.shape[along] // x.size)
    for start in range(0, x.shape[along], step):
        key = (slice(None),) * along + (slice(start, start + step),)
        part = in_units(x[key], exponent)
        for axis, basis in bases.items():
            part = basis.analyse(part, axis)
        if out is None:
            out = x if is_own and part.dtype == x.dtype else np.empty(x.shape, part.dtype)
        out[key] = part
    assert out is not None
    return out
