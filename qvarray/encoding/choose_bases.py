"""Choose the bases of an array by the bits that its quantised coefficients take, from a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import prod, sqrt
from typing import NamedTuple

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis, block_candidates, blocked
from ..core.values import Array, Shape
from ..runtime.caches import cleared
from ..sources.packed import scan_of, sequence
from ..sources.quantize import ROUND_UP
from .sequences import scattered, some_blocks
from .transforms import BLOCK_SIZES, about_analysed, choices, in_units, on_blocks

#: One basis for each axis.
Bases = tuple[Basis, ...]

# Up to this number of elements, all of them are looked at; else about as many, or twice of many.
_SAMPLE, _MANY = 1 << 14, 1 << 18

# Blocks in a sample, at least, and their length, if no longer ones are better.
_BLOCKS, _SHORT = 8, 16
# And of those that tell about bases of whole axes.
_FEW_BLOCKS = 4

# Elements of the lines along an axis that are looked at, of a large array and of a small one; and
# those of a part of a line that tells of it first.
_LINES, _FEW_LINES, _LONG = 1 << 12, 1 << 10, 1 << 14

# Bases of whole axes that are tried of a small array.
_FEW_WHOLE = 2

# A basis of the whole axis is tried where lines need no more than this part of the bits of blocks,
# and taken where all coefficients do.
_PROMISING, _BETTER = 0.975, 0.95
# So much better that blocks cannot tell.
_FAR = 0.5

# In memory, no more than this many times the fewest bytes are taken for fewer in a file.
_MORE_IN_MEMORY = 1.25

# Bits in a file that are as good as the fewest.
_AS_GOOD = 1.003
# What blocks of unequal sides may seem to save by chance, as many of them are tried.
_CHANCE = 1.01

# Of bases that are tried at once, so many are looked at closely, if an estimate of their bits is no
# more than this many times the least.
_LOOKED_AT, _WORSE = 4, 1.2
# And than of those that differ along one axis alone.
_NOT_WORSE = 1.05


class _Cost(NamedTuple):
    """Bits that a number takes: in a file, by its entropy, and in memory."""

    file: float
    memory: float


def chosen(
    x: Array,
    exponent: int,
    distortion: float,
    can_meet: Callable[[Bases], bool],
    coefficients: Callable[[Bases], Array],
) -> Bases:
    """Return the bases, one an axis, in which an array takes few bytes at some error.

    Bases on blocks are compared on some blocks, and of each axis those of about the best length; of
    small arrays, bases of whole axes, too. Of larger ones, those are compared on some lines along
    each axis, and then on all coefficients.

    Parameters
    ----------
    x : ndarray
    exponent : int
        Elements are in units of ``2 ** exponent``.
    distortion : float
        The mean square of what quantising loses.
    can_meet : callable
        Tells whether a transform rounds by less than the tolerance.
    coefficients : callable
        Returns all coefficients in some bases.

    Notes
    -----
    O(N log N) where a basis of whole axes is tried, else O(1) beyond 262144 elements.
    """
    is_small, most = x.size <= _SAMPLE, _SAMPLE * (1 + (x.size > _MANY))
    sizes = [m for m in BLOCK_SIZES if is_small or m**x.ndim * _BLOCKS <= most] or BLOCK_SIZES[:1]

    def search_in(units: Sequence[int]) -> _Search:
        sample = x if is_small else some_blocks(x, list(map(min, units, x.shape)), most // 2)
        return _Search(x.shape, in_units(sample, exponent), distortion, can_meet)

    first = sizes if is_small else [m for m in sizes if m <= _SHORT]
    search = search_in(first[-1:] * x.ndim)
    search.add((STANDARD,) * x.ndim)
    for trials in zip(*(on_blocks(x.shape, m) for m in first), strict=True):
        search.climb(trials)
    along = [_along(x, exponent, axis, sizes, search.step, is_small) for axis in range(x.ndim)]
    others = [list(some) if is_small else [] for some in along]
    if is_small:
        for basis in dict.fromkeys(basis for some in others for basis in some):
            search.add(tuple(basis if basis.can_have(n) else STANDARD for n in x.shape))
        search.add(tuple(some[0] if some else STANDARD for some in others))
    search.vary(first, others)
    best = search.best()
    # Many short blocks tell more than a few long ones, if those are what is wanted.
    longer, lengths = [m for m in sizes if m >= _SHORT], _lengths(best, x.shape)
    if not is_small and len(longer) > 1 and _SHORT in lengths:
        search = search_in(longer[-1:] * x.ndim)
        for trials in zip(*(on_blocks(x.shape, m) for m in longer), strict=True):
            both = [zip(trial, best, lengths, strict=True) for trial in trials]
            search.climb([tuple(b if m == _SHORT else old for b, old, m in some) for some in both])
        search.vary(longer, others)
        if max(_lengths(search.best(), x.shape)) > _SHORT:
            best, lengths = search.best(), _lengths(search.best(), x.shape)
    trial = next(filter(can_meet, _of_whole_axes(along, best, x.shape)), best)
    if is_small or trial == best:
        return best
    if x.size > max(x.shape) and min(min(some.values(), default=1.0) for some in along) > _FAR:
        # What is better on lines alone need not be so on blocks, as long as may be.
        for m in reversed(BLOCK_SIZES):
            some = zip(trial, along, x.shape, strict=True)
            parts = tuple(
                blocked(b, m) if b in whole and n > m and b.can_have(m) else b
                for b, whole, n in some
            )
            units = list(map(max, _lengths(parts, x.shape), lengths))
            if prod(units) * _FEW_BLOCKS <= most:
                break
        if not search_in(units).is_promising(parts, best):
            return best
    # What is compared with all of an array is a larger part of it.
    sample = some_blocks(x, _lengths(best, x.shape), 4 * _SAMPLE)
    search = _Search(x.shape, in_units(sample, exponent), distortion, can_meet)
    search.add(best)
    search.look()
    search.look_at(trial, coefficients(trial))
    found = search.best()
    # Blocks are kept for a few per cent: a part of the array is read from some of them.
    return found if search.is_better(found, best) else best


class _Search:
    """Bases that were tried on a sample, and what they cost.

    Attributes
    ----------
    sample : ndarray
        Blocks of an array of shape `shape`, or all of it.
    abouts : dict
        Bits of a number, estimated from the magnitudes of coefficients.
    costs : dict
        What those take that were looked at: of which that was not much more than of others.
    step : float
        Where the search for the next one begins.
    """

    def __init__(
        self, shape: Shape, sample: Array, distortion: float, can_meet: Callable[[Bases], bool]
    ) -> None:
        self.shape, self.sample = shape, sample
        self.distortion, self.can_meet = distortion, can_meet
        self.abouts: dict[Bases, float] = {}
        self.costs: dict[Bases, _Cost] = {}
        # Coefficients of those that may be looked at.
        self._found: dict[Bases, Array] = {}
        # Uniform rounding loses a twelfth of the square of a step.
        self.step = self._unit = sqrt(12.0 * distortion) or 1.0

    def best(self) -> Bases:
        """Return the bases of the fewest bits in files, of those of few in memory."""
        least = min(cost.memory for cost in self.costs.values())
        small = {b: c for b, c in self.costs.items() if c.memory <= _MORE_IN_MEMORY * least}
        fewest = min(cost.file for cost in small.values())
        good = [b for b, c in small.items() if c.file <= _AS_GOOD * fewest]
        return min(good, key=lambda bases: self.costs[bases].memory)

    def is_promising(self, bases: Bases, other: Bases) -> bool:
        """Look at two, and tell whether one takes no more than the other: in a file or in memory.

        What it takes less in one may be what it takes more in the other.
        """
        if self.add(bases) > _WORSE * self.add(other):
            return False
        for some in (bases, other):
            if some in self._found:
                self._look(some, self._found[some])
        pairs = zip(self.costs[bases], self.costs[other], strict=True)
        return prod(cost / max(old, 1e-9) for cost, old in pairs) <= 1.0

    def is_better(self, bases: Bases, other: Bases) -> bool:
        """Tell whether bases take less than others by more than a few per cent."""
        pairs = zip(self.costs[bases], self.costs[other], strict=True)
        return any(cost < _BETTER * old for cost, old in pairs)

    def add(self, bases: Bases) -> float:
        """Try bases on blocks, or of axes that the sample has as a whole; return about the bits."""
        if bases not in self.abouts:
            self._add(bases, _analysed(self._cut(self.sample, bases), bases))
        return self.abouts[bases]

    def _add(self, bases: Bases, found: Array) -> None:
        bits = kernels.code_length.about(_doubles(found), self._unit) / max(found.size, 1)
        # The first ones are in no need of a transform.
        can_meet = not self.abouts or self.can_meet(bases)
        self.abouts[bases], self._found[bases] = bits if can_meet else np.inf, found

    def climb(self, trials: Sequence[Bases]) -> None:
        """Try bases on blocks, given by their length, about that in which bits are fewest."""
        first = at = min(1, len(trials) - 1)
        while at + 1 < len(trials) and self.add(trials[at + 1]) < self.add(trials[at]):
            at += 1
        while at and at <= first and self.add(trials[at - 1]) < self.add(trials[at]):
            at -= 1

    def vary(self, sizes: Sequence[int], whole: Sequence[list[Basis]]) -> None:
        """Look at the best, and at them with another basis along one axis after the other.

        On blocks of about the same length, or given for each axis.
        """
        self.look()
        for axis, n in enumerate(self.shape):
            best = self.best()
            others = (*best[:axis], STANDARD, *best[axis + 1 :])
            found = _analysed(self._cut(self.sample, others), others)
            for basis in (STANDARD, *_similar(best[axis], n, sizes), *whole[axis]):
                bases = (*best[:axis], basis, *best[axis + 1 :])
                if bases not in self.abouts:
                    self._add(bases, about_analysed(self._cut(found, bases), basis, axis))
            self.look(_NOT_WORSE * self.abouts[best])

    def look(self, limit: float | None = None) -> None:
        """Look at a few that were tried, of which the estimate is not much more than the least.

        Or no more than a limit.
        """
        limit = _WORSE * min(self.abouts.values()) if limit is None else limit
        for bases in sorted(self._found, key=self.abouts.__getitem__)[:_LOOKED_AT]:
            if self.abouts[bases] <= limit:
                self._look(bases, self._found[bases])
        self._found.clear()

    def _cut(self, sample: Array, bases: Bases) -> Array:
        """Return the whole blocks of a sample, or of what was made of it."""
        units = _lengths(bases, sample.shape)
        if any(n % m for n, m in zip(sample.shape, units, strict=True)):
            cut = (slice(n - n % m) for n, m in zip(sample.shape, units, strict=True))
            return sample[tuple(cut)]
        return sample

    def _look(self, bases: Bases, found: Array) -> None:
        """Add bases, by the coefficients of the sample."""
        scan = scan_of(found.shape, bases, found.dtype.kind == "c")
        numbers = sequence(scan, found)
        self._weigh(
            bases, numbers, scan.block, _bands(scan.block), numbers.size / max(found.size, 1)
        )
        # In files, blocks at the edges are apart from others, and take about twice as much.
        units = _lengths(bases, self.shape)
        inside = prod((n - n % m) / max(n, 1) for n, m in zip(self.shape, units, strict=True))
        by_chance = 1.0 if len(set(units)) == 1 else _CHANCE
        cost = self.costs[bases]
        self.costs[bases] = cost._replace(file=cost.file * (2.0 - inside) * by_chance)

    def look_at(self, bases: Bases, found: Array) -> None:
        """Add bases of whole axes, by some of all coefficients."""
        places = scattered(found.size, 2 * _SAMPLE)
        low = np.zeros(places.size)
        along = np.unravel_index(places, found.shape)
        for basis, n, index in zip(bases, found.shape, along, strict=True):
            low += basis.frequencies(n, index) / basis.runs(n)[0].size
        rank = (low / found.ndim) ** found.ndim * found.size
        bands = (2.0 * np.log2(1.0 + rank)).astype(np.int64)
        numbers = _doubles(found.reshape(-1)[places])
        parts = numbers.size // max(places.size, 1)
        self._weigh(bases, numbers, parts, bands, float(parts))

    def _weigh(self, bases: Bases, numbers: Array, width: int, bands: Array, parts: float) -> None:
        """Estimate what numbers cost, so many of which are in a row, and some for each element."""
        if not numbers.size:
            self.costs[bases] = _Cost(0.0, 0.0)
            return
        self.step, *bits = kernels.code_length.code_length(
            numbers,
            width,
            bands,
            self.distortion / parts * numbers.size,
            self.step,
            1.0 - ROUND_UP,
        )
        self.costs[bases] = _Cost(*(parts * some / numbers.size for some in bits))


@lru_cache(maxsize=32)
def _bands(size: int) -> Array:
    """Return the bands that coefficients of a block are in, by their order: two an octave."""
    out = (2.0 * np.log2(np.arange(1.0, size + 1.0))).astype(np.int64)
    out.flags.writeable = False
    return out


cleared(_bands.cache_clear)


def _of_whole_axes(
    along: Sequence[dict[Basis, float]], best: Bases, shape: Shape
) -> Iterator[Bases]:
    """Return bases of whole axes that may take fewer bits: one for all, the best for each.

    Then of fewer axes, the longest, in which most is rounded, left out first.
    """
    some = [bases for bases in along if bases]
    common = [basis for basis in some[0] if all(basis in bases for bases in some)] if some else []
    if common:
        one = min(common, key=lambda basis: prod(bases[basis] for bases in some))
        yield tuple(one if bases else old for bases, old in zip(along, best, strict=True))
    trial = [next(iter(bases), old) for bases, old in zip(along, best, strict=True)]
    yield tuple(trial)
    for axis in sorted(range(len(shape)), key=shape.__getitem__, reverse=True):
        trial[axis] = best[axis]
        yield tuple(trial)


def _analysed(sample: Array, bases: Bases) -> Array:
    for axis, basis in enumerate(bases):
        sample = about_analysed(sample, basis, axis)
    return sample


def _lengths(bases: Bases, shape: Shape) -> list[int]:
    """Return the lengths of the first blocks."""
    return [basis.runs(n)[0].size for basis, n in zip(bases, shape, strict=True)]


def _doubles(coefficients: Array) -> Array:
    """Return coefficients as float64, two for each complex one, shape (n,)."""
    if coefficients.dtype.kind == "c":
        coefficients = np.ascontiguousarray(coefficients, np.complex128).view(np.float64)
    return coefficients.astype(np.float64, copy=False).reshape(-1)


def _similar(basis: Basis, n: int, sizes: Sequence[int]) -> list[Basis]:
    """Return bases on blocks of about the same length."""
    m = basis.runs(n)[0].size
    near = [size for size in sizes if size < n and m <= 2 * size <= 4 * m] or [
        size for size in sizes[:1] if size < n
    ]
    return [blocked(b, size) for size in near for b in block_candidates() if b.can_have(size)]


def _along(
    x: Array, exponent: int, axis: int, sizes: Sequence[int], step: float, is_small: bool
) -> dict[Basis, float]:
    """Return bases of a whole axis that may take fewer bits than those on blocks, the best first.

    And what part of the bits they take, or 1 where all bases are tried.

    They are compared on some lines along the axis; of long ones first on a part of them.
    """
    n, rest = x.shape[axis], x.size // max(x.shape[axis], 1)
    others = [whole for whole in choices(n) if whole is not STANDARD]
    if not others or not rest:
        return {}
    if is_small and rest == 1:
        return dict.fromkeys(others, 1.0)
    some = min(rest, max((_FEW_LINES if is_small else _LINES) // n, 4))
    lines = np.moveaxis(x, axis, -1)[np.newaxis]
    where = np.arange(some) * rest // some + rest // (2 * some)
    lines = lines[np.unravel_index(where, lines.shape[:-1])].reshape(some, n)
    blocks = [
        blocked(b, m) for m in sizes[-2:] if m < n for b in block_candidates() if b.can_have(m)
    ]

    def promising(part: Array, whole: list[Basis]) -> dict[Basis, float]:
        part = in_units(part, exponent)

        def bits(basis: Basis) -> float:
            return kernels.code_length.about(_doubles(about_analysed(part, basis, 1)), step)

        costs = {basis: bits(basis) for basis in whole}
        ordered = sorted(whole, key=costs.__getitem__)
        if is_small:
            return dict.fromkeys(ordered[:_FEW_WHOLE], 1.0)
        least = min(bits(basis) for basis in (STANDARD, *blocks))
        return {b: costs[b] / least for b in ordered if costs[b] < _PROMISING * least}

    if n > _LONG:
        middle = (n - _LONG) // 2
        short = lines[:, middle : middle + _LONG]
        if not promising(short, [basis for basis in others if basis.can_have(_LONG)]):
            return {}
    return promising(lines, others)
