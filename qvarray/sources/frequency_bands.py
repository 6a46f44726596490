"""Bands and modes of low frequencies, by which it is known what quantising an array has lost.

A band is some places in a block, of about one frequency. What is lost is known by its energy in
each band, and by its inner product with what is kept there; of low frequencies of the whole array,
the modes, it is known itself, in few bits. So the inner product of another array and of what was
lost is known but for a part that is orthogonal to all of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, frexp, ldexp, prod, sqrt
from typing import NamedTuple

import numpy as np
import scipy

from .. import kernels
from ..bases import Basis, Run
from ..core.error_bound import Bands
from ..core.values import Array
from ..ops.basis_change import dot, linear
from ..runtime.caches import cleared
from .scan_order import SORTED, Scan

# Coefficients from which on there are bands, and for each band and each mode.
_LEAST = 1 << 12
_FOR_BAND, _FOR_MODE = 1 << 9, 1 << 9
# Bands and modes at most.
_MOST_BANDS, _MOST_MODES = 32, 64
# Coefficients that have modes: one in so many at most, and in all.
_FOR_LOW, _MOST_LOW = 8, 1 << 20
# Coefficients of a line, about, and sums that are kept for lines.
_LINE, _MOST_SUMS = 1 << 8, 1 << 16
_EPS = float(np.finfo(np.float64).eps)
# What numbers of 16 bits are rounded by: by half of that.
_HALF_EPS = float(np.finfo(np.float16).eps)
_HALF_TINY = float(np.finfo(np.float16).smallest_subnormal)
_NEAREST = 0.501
# Of the largest mode, the unit of them.
_MODE_UNIT = 129.0 / 2.0**14
# What units are rounded up to: multiples of this part of a power of two.
_FEW_BITS = 1 << 7
# Of what is kept, a band that has less has nothing.
_LEAST_SHARE = 1e-12
# What modes, and what is left of coefficients without them, are rounded by, of those.
_MODE_NOISE = 2.0**10 * _EPS


class _Along(NamedTuple):
    """Modes along an axis: the lowest functions of one block, or of those of many blocks."""

    indices: Array
    are_blocks: bool
    modes: int


class BandProducts(NamedTuple):
    """Products of two arrays, by bands and by modes.

    Attributes
    ----------
    first, both, second : ndarray, shape (bands,)
        Sums of a * a, of a * b and of b * b. The last band is orthogonal to the modes.
    modes_a, modes_b : ndarray
    """

    first: Array
    both: Array
    second: Array
    modes_a: Array
    modes_b: Array


@dataclass(frozen=True, eq=False)
class Layout:
    """Where bands and modes are in the sequence of a `Scan`.

    Attributes
    ----------
    size : int
        Of the sequence.
    lines : kernels.band_sums.Lines
        What it is made of.
    line, block : int
        A line is so long, and made of blocks.
    bounds : ndarray of int64
        Where the bands of a block begin.
    low : ndarray of int32 or int64
        The sorted places of the coefficients that have modes, in the sequence.
    order : ndarray of int32, or None
        Which of them are next to each other along the axes, in C order; None where all are.
    along : tuple of _Along
    """

    size: int
    lines: kernels.band_sums.Lines
    line: int
    block: int
    bounds: Array
    low: Array
    order: Array | None
    along: tuple[_Along, ...]

    @property
    def count(self) -> int:
        """Kinds of lines."""
        return int(self.lines.kinds.max()) + 1

    @property
    def bands(self) -> int:
        return self.count * self.bounds.size + 1

    @property
    def modes(self) -> int:
        return prod(some.modes for some in self.along) if self.low.size else 0

    @property
    def noise(self) -> float:
        """What sums of products, and what is made of them, are rounded by: of those of norms."""
        return 8.0 * _EPS * (self.size + _LINE)

    def lowest(self, values: Array) -> tuple[Array, Array]:
        """Return the modes of the coefficients that have them, and what is left of these.

        The latter in an orthonormal basis: differences of squares would lose what is small.
        """
        if not values.size:
            return values, values
        found = values.copy() if self.order is None else values[self.order]
        found = found.reshape([some.indices.size for some in self.along])
        for axis, some in enumerate(self.along):
            if some.are_blocks:
                found = scipy.fft.dct(found, axis=axis, norm="ortho")
        lowest = tuple(slice(some.modes) for some in self.along)
        modes = found[lowest].flatten()
        found[lowest] = 0.0
        return modes, found.reshape(-1)

    def known(self, found: BandProducts, step: float) -> Bands:
        """Return what is known of what was lost.

        Parameters
        ----------
        found : BandProducts
            Of what was lost, and of the numbers that are kept.
        step : float
            What these are multiples of.
        """
        square = found.first + self.noise * (found.first.sum() + found.modes_a @ found.modes_a)
        inner = found.both * step
        largest = (float(np.abs(some).max(initial=0.0)) for some in (inner, square, found.modes_a))
        inner_unit, square_unit, mode_unit = (_rounded_up(some or 1.0) for some in largest)
        # No mode is more than 127 units.
        mode_unit *= _MODE_UNIT
        with np.errstate(under="ignore"):
            of_inner = (inner / inner_unit).astype(np.float16)
            up = square / square_unit * (1.0 + _HALF_EPS) + _HALF_TINY
            of_square = up.astype(np.float16)
        modes = np.rint(found.modes_a / mode_unit).astype(np.int8)
        off = float(np.linalg.norm(found.modes_a - modes * mode_unit))
        return Bands(
            of_inner,
            of_square,
            modes,
            inner_unit,
            square_unit,
            mode_unit,
            _rounded_up(off * (1.0 + self.noise)),
        )

    def fits(self, bands: Bands) -> bool:
        """Tell whether that may be known of an array."""
        return (
            bands.inner.size == bands.square.size == self.bands and bands.modes.size == self.modes
        )

    def bounded(self, found: BandProducts, known: Bands) -> tuple[float, float]:
        """Bound the inner product of an array and of what another one has lost.

        Parameters
        ----------
        found : BandProducts
            Of the array, and of what is kept of the other.
        known : Bands
            What is known of what that has lost.

        Returns
        -------
        middle, bound : float
        """
        inner = known.inner.astype(np.float64) * known.inner_unit
        off = (_HALF_EPS * np.abs(inner) + _HALF_TINY * known.inner_unit) * _NEAREST
        square = known.square.astype(np.float64) * known.square_unit
        modes = known.modes.astype(np.float64) * known.mode_unit
        # A band is that of what is kept, times a number, and what is orthogonal to it.
        whole = np.full(self.bands, found.second.sum())
        # The last one is what the modes leave: where that is little, it is what they round.
        size_b, size_off = float(np.linalg.norm(found.modes_b)), _MODE_NOISE * sqrt(square[-1])
        whole[-1] += size_b * size_b
        off[-1] += size_b * size_off
        has_kept = found.second > _LEAST_SHARE * whole
        kept = np.where(has_kept, found.second, 1.0)
        factors = np.where(has_kept, found.both / kept, 0.0)
        noise = self.noise
        away = np.maximum(found.first - factors * found.both, 0.0) + noise * found.first
        least = np.maximum(np.abs(inner) - off, 0.0)
        left = np.where(has_kept, np.maximum(square - least * least / kept, 0.0), square)
        left += noise * square
        middle = float(factors @ inner + found.modes_a @ modes)
        size = float(np.linalg.norm(found.modes_a))
        sizes = sqrt(found.first.sum()) * sqrt(square.sum()) + size * float(np.linalg.norm(modes))
        bound = np.sqrt(away) @ np.sqrt(left) + np.abs(factors) @ off
        return middle, float(bound) + size * (known.mode_off + size_off) + noise * sizes

    def crossed(self, a: Bands, b: Bands) -> float:
        """Bound the inner product of what two arrays have lost."""
        square_a, square_b = (some.square.astype(np.float64) * some.square_unit for some in (a, b))
        size_a, size_b = (
            float(np.linalg.norm(some.modes.astype(np.float64))) * abs(some.mode_unit)
            + some.mode_off
            for some in (a, b)
        )
        bound = float(np.sqrt(square_a) @ np.sqrt(square_b)) + size_a * size_b
        return bound * (1.0 + self.noise)


class Sums:
    """Sums of products of two sequences, and the coefficients of both that have modes.

    Attributes
    ----------
    layout : Layout
    by_place : ndarray
        As `kernels.band_sums.products` returns them, without those that have modes.
    low_a, low_b : ndarray
        Those, of the two.
    """

    __slots__ = ("by_place", "layout", "low_a", "low_b")

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.by_place = np.zeros((3, layout.count, layout.line))
        self.low_a, self.low_b = np.zeros((2, layout.low.size))

    def read(self, a: Array, b: Array, begin: int, step: float = 0.0) -> Array:
        """Return what parts of sequences, a - step * b and b, add to `by_place`. O(n)."""
        layout = self.layout
        part = slice(*layout.low.searchsorted((begin, begin + a.size)))
        places = layout.low[part].astype(np.int64) - begin
        found, low = kernels.band_sums.products(
            a, b, step, begin, layout.lines, layout.line, places
        )
        self.low_a[part], self.low_b[part] = low
        return found

    def products(self) -> BandProducts:
        """Return the products of the two, all parts of which were read."""
        by_place, layout = self.by_place, self.layout
        blocks = by_place.reshape(3, -1, layout.line // layout.block, layout.block).sum(axis=2)
        bands = np.add.reduceat(blocks, layout.bounds, axis=2).reshape(3, -1)
        (of_a, a), (of_b, b) = layout.lowest(self.low_a), layout.lowest(self.low_b)
        rest = np.array([[dot(a, a)], [dot(a, b)], [dot(b, b)]])
        first, both, second = np.concatenate([bands, rest], axis=1)
        return BandProducts(first, both, second, of_a, of_b)


def _rounded_up(number: float) -> float:
    """Return a number of few bits, which take few bytes in files, that is no less."""
    fraction, power = frexp(number)
    return ldexp(ceil(fraction * _FEW_BITS) / _FEW_BITS, power)


def layout_of(scan: Scan) -> Layout | None:
    """Return where the bands of a sequence are; None where there are none, as in short ones."""
    return _layout(scan.shape, scan.bases) if scan.size >= _LEAST else None


@lru_cache(maxsize=16)
def _layout(shape: tuple[int, ...], bases: tuple[Basis, ...]) -> Layout | None:
    scan = Scan(shape, bases)
    runs = [basis.runs(n)[0] for basis, n in zip(bases, shape, strict=True)]
    block, row = scan.block, runs[0].size * scan.width
    kinds = np.zeros(1, np.int64)
    if block > SORTED:
        # In C order: lines along the last axis, or parts of the only one.
        counts = [run.size for run in runs[:-1]] or [-(-block // _LINE)]
        block = runs[-1].size if len(runs) > 1 else _LINE
        if prod(counts) > min(_MOST_LOW, scan.size // _FOR_LOW):
            return None
        kinds = np.zeros(counts, np.int64)
        for axis, length in enumerate(counts):
            octaves = np.log2(np.arange(1, length + 1)).astype(np.int64)
            kinds = np.maximum(kinds, octaves.reshape((-1,) + (1,) * (len(counts) - axis - 1)))
        kinds = kinds.reshape(-1)
    count = int(kinds.max()) + 1
    line = block * max(1, _LINE // block) if kinds.size == 1 else block
    if count * line > _MOST_SUMS:
        return None
    most = min(max(1, min(_MOST_BANDS, scan.size // _FOR_BAND) // count), block)
    # As many as there are coefficients at first, and then in proportion.
    ends = np.floor(np.geomspace(1, block + 1, most + 1)).astype(np.int64) - 1
    bounds = np.unique(np.maximum(ends, np.arange(most + 1))[:-1])
    along = _along(runs, scan.size)
    low = np.zeros(0, np.int64)
    if along:
        at = np.meshgrid(*(some.indices for some in along), indexing="ij")
        low = scan.places(linear(tuple(some.reshape(-1) for some in at), shape))
    order: Array | None = None
    if np.any(low[1:] < low[:-1]):
        by_place = np.argsort(low)
        low = low[by_place]
        # There are no more than 2**20 of them.
        order = np.empty(low.size, np.int32)
        order[by_place] = np.arange(low.size, dtype=np.int32)
    low = low.astype(np.int32 if scan.size < 2**31 else np.int64)
    lines = kernels.band_sums.Lines(row, kinds)
    return Layout(scan.size, lines, line, block, bounds, low, order, along)


cleared(_layout.cache_clear)


def _along(runs: Sequence[Run], size: int) -> tuple[_Along, ...]:
    """Choose the modes along each axis; none where they would be of too many coefficients."""
    lengths = [run.count if run.count > 1 else run.size for run in runs]
    left, modes = min(_MOST_MODES, size // _FOR_MODE), [1] * len(runs)
    by_length = sorted(range(len(runs)), key=lengths.__getitem__)
    for place, axis in enumerate(by_length):
        modes[axis] = min(lengths[axis], int(left ** (1.0 / (len(runs) - place)) + 1e-9))
        left //= modes[axis]
    many = prod(run.count if run.count > 1 else n for run, n in zip(runs, modes, strict=True))
    if many > min(size // _FOR_LOW, _MOST_LOW):
        return ()
    out = []
    for run, some in zip(runs, modes, strict=True):
        blocks = run.start + run.size * np.arange(run.count)
        out.append(_Along(blocks if run.count > 1 else np.arange(some), run.count > 1, some))
    return tuple(out)
