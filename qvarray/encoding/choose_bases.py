"""Choose the bases of an array by the bits that its coefficients need, from a sample of it."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from ..bases import STANDARD, Basis
from ..core.values import Array, Shape
from .transforms import BLOCK_SIZES, Trials, analysed, blocked_choices, choices, uniform, varied

# Up to this number of elements, all of them are looked at.
_SAMPLE = 1 << 16

# Elements of the lines along an axis that are looked at.
_LINES = 1 << 15

# Of the bits of the best bases, what those that may be better need at most.
_AS_GOOD = 1.05

# A basis of the whole axis is tried where it needs no more than this part of the bits of blocks.
_BETTER = 0.97


def ranked(samples: Array, step: float) -> list[tuple[Basis, ...]]:
    """Return bases, one an axis, by the bits that rounding to multiples of a step needs.

    Small arrays are transformed as a whole: with all axes in one basis, and then each axis in any.
    Of larger ones, bases on blocks are compared on some blocks. Bases of whole axes are compared
    with them on some lines along each axis, and used where they need fewer bits there.

    Parameters
    ----------
    samples : ndarray of float64 or complex128
    step : float

    Returns
    -------
    list of tuple of Basis
        The best first, and those that need a few per cent more: bits are an estimate.

    Notes
    -----
    O(N log N) where a basis of whole axes is tried, else O(1) beyond 65536 elements.
    """
    if samples.size <= _SAMPLE:
        options = [[*choices(n), *blocked_choices(n)] for n in samples.shape]
        return _sorted(_of_whole(samples, step, options))
    length = _length(samples.shape)
    options = [
        [STANDARD, *(basis for basis in blocked_choices(n) if basis.runs(n)[0].size <= length)]
        if n > length
        else [*choices(n), *blocked_choices(n)]
        for n in samples.shape
    ]
    costs = _of_whole(_some_blocks(samples, length), step, options)
    best = min(costs, key=costs.__getitem__)
    along = [_along(samples, axis, step) for axis in range(samples.ndim)]
    if any(found.is_better for found in along):
        trials = {tuple(f.whole if f.is_better else b for f, b in zip(along, best, strict=True))}
        for whole in {found.whole for found in along if found.is_better}:
            trials.add(tuple(whole if whole.can_have(n) else STANDARD for n in samples.shape))
        for bases in trials:
            costs[bases] = _bits(analysed(samples, bases), step)
    return _sorted(costs)


class _Along(NamedTuple):
    """The best basis of a whole axis, and whether it needs fewer bits than blocks do."""

    whole: Basis
    is_better: bool


def _sorted(costs: dict[tuple[Basis, ...], float]) -> list[tuple[Basis, ...]]:
    most = min(costs.values()) * _AS_GOOD
    return sorted((bases for bases in costs if costs[bases] <= most), key=costs.__getitem__)


def _of_whole(
    samples: Array, step: float, options: list[list[Basis]]
) -> dict[tuple[Basis, ...], float]:
    """Return the bits of an element in bases of all axes, and with each axis in any of some."""
    costs: dict[tuple[Basis, ...], float] = {}

    def look(trials: Trials) -> tuple[Basis, ...]:
        for bases, coefficients in trials:
            costs[bases] = _bits(coefficients, step)
        return min(costs, key=costs.__getitem__)

    bases = look(uniform(samples, options))
    for axis, some in enumerate(options):
        bases = look(varied(samples, bases, axis, some))
    return costs


def _length(shape: Shape) -> int:
    """Return the length along each axis of the pieces that are looked at."""
    length = BLOCK_SIZES[-1]
    while length > BLOCK_SIZES[0] and prod(min(n, length) for n in shape) > 2 * _SAMPLE:
        length //= 2
    return length


def _some_blocks(samples: Array, length: int) -> Array:
    """Return pieces of some length, evenly spaced, of about as many elements as are looked at."""
    shape = samples.shape
    counts = [max(n // length, 1) for n in shape]
    taken = [1] * len(shape)
    size = prod(min(n, length) for n in shape)
    while size <= _SAMPLE // 2 and taken != counts:
        # The axis with the most pieces for each that is taken gets more of them.
        axis = max(range(len(shape)), key=lambda a: counts[a] / taken[a])
        more = min(2 * taken[axis], counts[axis])
        size = size // taken[axis] * more
        taken[axis] = more
    for axis, (n, count, some) in enumerate(zip(shape, counts, taken, strict=True)):
        if n > length:
            starts = (np.arange(some) * count // some + count // (2 * some)) * length
            samples = samples.take((starts[:, None] + np.arange(length)).ravel(), axis)
    return samples


def _along(samples: Array, axis: int, step: float) -> _Along:
    """Compare the bases that an axis can have on some lines along it."""
    n = samples.shape[axis]
    rest = samples.size // n
    some = min(rest, max(_LINES // n, 4))
    lines = np.moveaxis(samples, axis, -1)[np.newaxis]
    where = np.arange(some) * rest // some + rest // (2 * some)
    lines = lines[np.unravel_index(where, lines.shape[:-1])].reshape(some, n)

    def bits(basis: Basis) -> float:
        return _bits(basis.analyse(lines, 1), step)

    others = min(bits(basis) for basis in [STANDARD, *blocked_choices(n)])
    costs = {basis: bits(basis) for basis in choices(n) if basis is not STANDARD}
    if not costs:
        return _Along(STANDARD, False)
    whole = min(costs, key=costs.__getitem__)
    return _Along(whole, costs[whole] <= _BETTER * others)


def _bits(coefficients: Array, step: float) -> float:
    """Estimate the bits of an element where coefficients are rounded to multiples of a step."""
    if coefficients.dtype.kind == "c":
        return _bits(coefficients.real, step) + _bits(coefficients.imag, step)
    return float(np.mean(np.log2(1.0 + np.abs(coefficients) / step))) if coefficients.size else 0.0
