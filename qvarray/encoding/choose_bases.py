"""Choose the bases of an array by the bits that its quantised coefficients take, from a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod, sqrt
from typing import NamedTuple

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis, block_candidates, blocked
from ..core.values import Array, Shape
from ..sources.bitpacked import Bits
from ..sources.packed import scan_of, sequence
from ..sources.quantize import LARGEST, ROUND_UP
from .sequences import scattered, some_blocks
from .transforms import BLOCK_SIZES, analysed, choices, in_units, on_blocks

#: One basis for each axis.
Bases = tuple[Basis, ...]

# Up to this number of elements, all of them are looked at; else about as many, or twice of many.
_SAMPLE, _MANY = 1 << 14, 1 << 17

# Blocks in a sample, at least.
_BLOCKS = 8

# Elements of the lines along an axis that are looked at.
_LINES = 1 << 13

# A basis of the whole axis is tried where lines need no more than this part of the bits of blocks,
# and taken where all coefficients do.
_PROMISING, _BETTER = 0.99, 0.95

# In memory, no more than this many times the fewest bytes are taken for fewer in a file.
_MORE_IN_MEMORY = 1.25

# Bits in a file that are as good as the fewest.
_AS_GOOD = 1.01

# Estimates of a step.
_STEPS = 6

# Classes of blocks, by how much there is in them.
_CLASSES = 4
# Coefficients of a block from which some of them tell about the others.
_WIDE = 16

# Magnitudes that are told apart; of larger ones, bits beside the highest are like noise.
_LEVELS = 32


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

    Small arrays are transformed as a whole: with all axes in one basis, and then each axis in any.
    Of larger ones, bases on blocks are compared on some blocks. Bases of whole axes are compared
    with them on some lines along each axis, and then on all coefficients.

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
    O(N log N) where a basis of whole axes is tried, else O(1) beyond 131072 elements.
    """
    search = _Search(x.shape, distortion, can_meet)
    is_small, most = x.size <= _SAMPLE, _SAMPLE * (1 + (x.size > _MANY))
    length = max(m for m in BLOCK_SIZES if m == BLOCK_SIZES[0] or m**x.ndim * _BLOCKS <= most)
    sample = x if is_small else some_blocks(x, [min(n, length) for n in x.shape], most // 2)
    sample = in_units(sample, exponent)
    sizes = [m for m in BLOCK_SIZES if is_small or m <= length]
    some = [(STANDARD,) * x.ndim, *(bases for m in sizes for bases in on_blocks(x.shape, m))]
    if is_small:
        any_axis = dict.fromkeys(basis for n in x.shape for basis in choices(n))
        some += [tuple(b if b.can_have(n) else STANDARD for n in x.shape) for b in any_axis]
    search.look(sample, some)
    for axis, n in enumerate(x.shape):
        best = search.best()
        options = [STANDARD, *_similar(best[axis], n, sizes), *(choices(n) if is_small else ())]
        search.look(sample, ((*best[:axis], basis, *best[axis + 1 :]) for basis in options))
    if not is_small:
        best = search.best()
        along = [_along(x, exponent, axis, best[axis], search.step) for axis in range(x.ndim)]
        trial = tuple(whole or basis for whole, basis in zip(along, best, strict=True))
        if trial != best and can_meet(trial):
            # What is compared with all of an array is a larger part of it.
            units = [min(basis.runs(n)[0].size, n) for basis, n in zip(best, x.shape, strict=True)]
            sample = in_units(some_blocks(x, units, 4 * _SAMPLE), exponent)
            search.costs.clear()
            search.look(sample, [best])
            search.look_at(trial, coefficients(trial))
            whole = next(basis for basis in along if basis is not None)
            even = tuple(whole if whole.can_have(n) else STANDARD for n in x.shape)
            if even != trial and can_meet(even) and search.is_better(trial, best):
                search.look_at(even, coefficients(even))
            found = search.best()
            # Blocks are kept for a few per cent: a part of the array is read from some of them.
            return found if search.is_better(found, best) else best
    return search.best()


class _Search:
    """Bases that were looked at, and what they cost."""

    def __init__(self, shape: Shape, distortion: float, can_meet: Callable[[Bases], bool]) -> None:
        self.shape, self.distortion, self.can_meet = shape, distortion, can_meet
        self.costs: dict[Bases, _Cost] = {}
        # Where the search for the next step begins: uniform rounding loses a twelfth of its square.
        self.step = sqrt(12.0 * distortion) or 1.0

    def best(self) -> Bases:
        """Return the bases of the fewest bits in files, of those of few in memory."""
        least = min(cost.memory for cost in self.costs.values())
        small = {b: c for b, c in self.costs.items() if c.memory <= _MORE_IN_MEMORY * least}
        fewest = min(cost.file for cost in small.values())
        good = [b for b, c in small.items() if c.file <= _AS_GOOD * fewest]
        return min(good, key=lambda bases: self.costs[bases].memory)

    def is_better(self, bases: Bases, other: Bases) -> bool:
        """Tell whether bases take less than others by more than a few per cent."""
        pairs = zip(self.costs[bases], self.costs[other], strict=True)
        return any(cost < _BETTER * old for cost, old in pairs)

    def look(self, sample: Array, trials: Iterable[Bases]) -> None:
        """Add bases on blocks, and of axes that the sample has as a whole."""
        for bases in trials:
            # The first ones are in no need of a transform.
            if bases in self.costs or (self.costs and not self.can_meet(bases)):
                continue
            units = [basis.runs(n)[0].size for basis, n in zip(bases, sample.shape, strict=True)]
            cut = tuple(slice(n - n % m) for n, m in zip(sample.shape, units, strict=True))
            found = analysed(sample[cut], bases)
            scan = scan_of(found.shape, bases, found.dtype.kind == "c")
            numbers = sequence(scan, found).reshape(-1, scan.block)
            bands = 2.0 * np.log2(np.arange(1.0, scan.block + 1.0))
            self._add(bases, numbers, bands.astype(np.int64), numbers.size / found.size)
            # In files, blocks at the edges are apart from others, and take about twice as much.
            inside = prod((n - n % m) / max(n, 1) for n, m in zip(self.shape, units, strict=True))
            cost = self.costs[bases]
            self.costs[bases] = cost._replace(file=cost.file * (2.0 - inside))

    def look_at(self, bases: Bases, found: Array) -> None:
        """Add bases of whole axes, by some of all coefficients."""
        places = scattered(found.size, 2 * _SAMPLE)
        low = np.zeros(places.size)
        along = np.unravel_index(places, found.shape)
        for basis, n, index in zip(bases, found.shape, along, strict=True):
            low += basis.frequencies(n, index) / basis.runs(n)[0].size
        rank = (low / found.ndim) ** found.ndim * found.size
        bands = (2.0 * np.log2(1.0 + rank)).astype(np.int64)
        numbers = found.reshape(-1)[places]
        parts = 1
        if numbers.dtype.kind == "c":
            numbers, parts = numbers.astype(np.complex128).view(np.float64), 2
        numbers = numbers.astype(np.float64, copy=False).reshape(-1, parts)
        self._add(bases, numbers, bands[:, np.newaxis], float(parts))

    def _add(self, bases: Bases, numbers: Array, bands: Array, parts: float) -> None:
        """Estimate what numbers cost, which are in bands, and some for each element."""
        if not numbers.size:
            self.costs[bases] = _Cost(0.0, 0.0)
            return
        flat = numbers.reshape(-1)
        room = self.distortion / parts * flat.size
        self.step = _step(flat, room, self.step)
        top = max(float(flat.max()), -float(flat.min()))
        if top >= LARGEST * self.step:
            self.costs[bases] = _Cost(np.inf, np.inf)
            return
        levels = kernels.rounding.rounded(flat, self.step, (1.0 - ROUND_UP) * self.step)[0]
        # In bits, or as a list: a byte or two, and where it is.
        memory = min(8.0 * Bits.needed(levels), 18.0 * np.count_nonzero(levels)) / flat.size
        levels = levels.reshape(numbers.shape)
        self.costs[bases] = _Cost(parts * _entropy(levels, bands), parts * memory)


def _step(numbers: Array, room: float, step: float) -> float:
    """Return about the step that loses a sum of squares, from where the search begins."""
    low = high = growth = 0.0
    for _ in range(_STEPS):
        lost = kernels.rounding.lost(numbers, step, (1.0 - ROUND_UP) * step)
        if not lost > 0.0 or 0.95 * room <= lost <= 1.02 * room:
            break
        # What is lost grows as a power of the step, of at most 2.
        if low and low != step and high != lost:
            growth = np.log(lost / high) / np.log(step / low)
        low, high = step, lost
        guess = step * (room / lost) ** (1.0 / min(max(growth or 1.5, 0.5), 2.0))
        if not 0.0 < guess < np.inf:
            break
        step = min(max(guess, 0.05 * step), 20.0 * step)
    return step


def _entropy(levels: Array, bands: Array) -> float:
    """Estimate the bits of an integer, coded by how frequent it is.

    In files, where there are many blocks, those of much activity are apart from others, as far as
    it is known beforehand: about half of what it gives where it is known.

    Parameters
    ----------
    levels : ndarray of int32, shape (blocks, n)
    bands : ndarray of int64, shape (n,) or (blocks, 1)
        Integers of a band have the same distribution.
    """
    magnitudes = np.abs(levels)
    low = np.minimum(magnitudes, _LEVELS - 1)
    bits = _entropy_in(low, bands)
    classes = min(_CLASSES, levels.shape[0] // 16)
    if bands.ndim == 1 and levels.shape[1] >= _WIDE and classes > 1:
        order = np.argsort(low[:, 1:].sum(1), kind="stable")
        place = np.empty(order.size, np.int64)
        place[order] = np.arange(order.size) * classes // order.size
        known = _entropy_in(low, bands * classes + place[:, np.newaxis])
        bits = 0.5 * (bits + min(bits, known))
    # Signs, and the lower bits of what is large.
    large = magnitudes[magnitudes >= _LEVELS]
    bits += np.count_nonzero(low) + float(np.sum(np.log2(large / (_LEVELS - 1.0))) * 2.0)
    return max(bits, 0.0) / levels.size


def _entropy_in(low: Array, bands: Array) -> float:
    """Return the bits of small magnitudes, coded by how frequent they are in their bands."""
    found = np.bincount((low + bands * _LEVELS).reshape(-1), minlength=_LEVELS)
    counts = np.append(found, np.zeros(-found.size % _LEVELS)).reshape(-1, _LEVELS)
    totals, used = counts.sum(1), np.count_nonzero(counts, 1)
    some = counts[counts > 0]
    bits = float(np.sum(totals * np.log2(np.maximum(totals, 1))) - np.sum(some * np.log2(some)))
    # What a sample tells of a distribution is too little: Miller, "Note on the bias of information
    # estimates" (1955).
    return bits + float(np.sum(np.maximum(used - 1, 0))) / (2.0 * np.log(2.0))


def _similar(basis: Basis, n: int, sizes: Sequence[int]) -> list[Basis]:
    """Return bases on blocks of about the same length."""
    m = basis.runs(n)[0].size
    near = [size for size in sizes if size < n and m <= 2 * size <= 4 * m] or [
        size for size in sizes[:1] if size < n
    ]
    return [blocked(b, size) for size in near for b in block_candidates() if b.can_have(size)]


def _along(x: Array, exponent: int, axis: int, basis: Basis, step: float) -> Basis | None:
    """Return a basis of a whole axis that takes fewer bits than another one, or None.

    They are compared on some lines along the axis.
    """
    n = x.shape[axis]
    others = [whole for whole in choices(n) if whole not in (STANDARD, basis)]
    if not others:
        return None
    rest = x.size // n
    some = min(rest, max(_LINES // n, 4))
    lines = np.moveaxis(x, axis, -1)[np.newaxis]
    where = np.arange(some) * rest // some + rest // (2 * some)
    lines = lines[np.unravel_index(where, lines.shape[:-1])].reshape(some, n)
    lines = in_units(lines, exponent)

    def bits(along: Basis) -> float:
        return _bits(along.analyse(lines, 1), step)

    costs = {whole: bits(whole) for whole in others}
    whole = min(costs, key=costs.__getitem__)
    return whole if costs[whole] <= _PROMISING * min(bits(basis), bits(STANDARD)) else None


def _bits(coefficients: Array, step: float) -> float:
    """Estimate the bits of an element where coefficients are rounded to multiples of a step."""
    if coefficients.dtype.kind == "c":
        return _bits(coefficients.real, step) + _bits(coefficients.imag, step)
    return float(np.mean(np.log2(1.0 + np.abs(coefficients) / step))) if coefficients.size else 0.0
