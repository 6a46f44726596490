"""Quantise the numbers of an array part by part: the step that just meets a bound, and packing."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from .. import kernels
from ..core.error_bound import Residual
from ..core.values import Array
from ..kernels import threads
from ..ops.basis_change import dot, norm
from ..sources.bitpacked import Bits, Listed
from ..sources.frequency_bands import Sums, layout_of
from ..sources.packing import Packing, Whole
from ..sources.quantize import LARGEST, ROUND_UP, step_within
from .magnitudes import Counts
from .sequences import Numbers
from .transforms import PIECE

# What is aimed at where the step is an estimate, and what is good enough, of what is allowed.
_AIM = 0.985
_ENOUGH = 0.96
# How far from that the error may be for the next estimate to be a good one.
_NEAR = (0.5, 1.2)
# How often numbers are rounded.
_TRIALS = 12
# How often, where one of them was within what is allowed.
_FEW = 3
# Of how many coefficients one may be kept aside, with its place, without it taking more bytes.
_RARE = 16
#: Bytes of numbers for each byte of what is known by bands of frequencies.
FOR_BANDS = 8


class Coded(NamedTuple):
    """Numbers as integers times a step, packed.

    Attributes
    ----------
    kind : {"int8", "int16"}
    step : float
    store : Bits or Listed
    escapes : Listed or None
    error : float
        L2 norm of what that loses, an upper bound.
    most : float
        The largest magnitude of an integer.
    known : Residual
        What is known of what was lost.
    active : int
        How many integers are not 0.
    sum, square : float
        Of the elements that are kept, and of the squares of these.
    """

    kind: Whole
    step: float
    store: Bits | Listed
    escapes: Listed | None
    error: float
    most: float
    known: Residual
    active: int
    sum: float
    square: float


def coded(
    numbers: Numbers, budget: float, total: float, largest: float, kinds: Sequence[Whole]
) -> Coded | None:
    """Quantise numbers with about the largest step that loses at most `budget`, and pack them.

    The step is that of a sample of the numbers. What it loses of all is known once they are
    rounded; where that is too much, or much less than may be, they are rounded again.

    Parameters
    ----------
    numbers : Numbers
    budget : float
        An L2 norm.
    total : float
        That of all numbers.
    largest : float
        A bound on each.
    kinds : sequence of {"int8", "int16"}
        The one that takes fewer bytes is chosen.

    Returns
    -------
    Coded or None
        None where the integers would be too large.
    """
    slack = 1.0 + numbers.size * float(np.finfo(np.float64).eps)
    budget /= slack
    if total <= budget / (1.0 + 1e-9):
        return _packed(numbers, 1.0, np.inf, [Packing(kinds[0])])
    sample = numbers.sample()
    is_all = sample.size == numbers.size
    share = (sample.size / numbers.size) ** 0.5 * budget
    top = max(float(sample.max()), -float(sample.min()))
    step: float | None = largest / ROUND_UP
    if norm(sample) > share:
        step = step_within(sample, (1.0 - 1e-12 if is_all else _AIM) * share, top)
    low, high, best, is_counted = 0.0, 2.0 * largest / ROUND_UP, None, False
    for trial in range(_TRIALS):
        if step is None or not step > 0.0:
            break
        zero_below = (1.0 - ROUND_UP) * step
        some = kernels.rounding.rounded(sample, step, zero_below)[0]
        packings = [Packing(kind, some) for kind in _useful(some, kinds, is_all)]
        found = _packed(numbers, step, zero_below, packings)
        if found is None:
            # Larger steps may do, where they lose too much.
            break
        off = found.error / slack
        low, high = (step, high) if off <= budget else (low, step)
        best = found if off <= budget else best
        is_enough = is_all or off >= _ENOUGH * budget or trial >= _FEW
        if (best is not None and is_enough) or high <= 1.02 * low:
            break
        if _NEAR[0] * budget <= off <= _NEAR[1] * budget or is_counted:
            # What is lost grows as the step does, or slower.
            guess = step * (_AIM * budget / max(off, 0.1 * budget)) ** 1.25
        else:
            is_counted, counts = True, Counts()
            for part in range(numbers.count):
                counts.add(numbers.read(part))
            counts.finish(0)
            guess = counts.step(_AIM * budget)
        step = guess if low < guess < high else sqrt(max(low, 1e-6 * high) * high)
    return best


def _useful(values: Array, kinds: Sequence[Whole], are_all: bool) -> Sequence[Whole]:
    """Return the kinds that integers may take the fewest bytes in: one where they are a sample."""
    if len(kinds) == 1:
        return kinds
    info = np.iinfo(np.int8)
    large = (values < info.min) | (values > info.max)
    count = int(np.count_nonzero(large))
    if not count or count * _RARE >= values.size:
        return ("int16",) if count else ("int8",)
    if are_all:
        return kinds
    small, aside = np.where(large, 0, values), np.where(large, values, 0)
    taken = _needed(small, "int8") + Listed.of(aside.astype(np.int16)).nbytes
    return ("int8",) if taken < _needed(values, "int16") else ("int16",)


def _needed(values: Array, kind: Whole) -> int:
    """Return about how many bytes integers take in the smaller form."""
    return min(Bits.needed(values), Listed.of(values.astype(kind)).nbytes)


def _bytes(store: Bits | Listed, escapes: Listed | None) -> int:
    return store.nbytes + (0 if escapes is None else escapes.nbytes)


class _Part(NamedTuple):
    """A part of the numbers: as integers, and what is known of what was lost."""

    values: Array
    square: float
    inner: float
    total: float
    most: float
    by_place: Array | None
    kept: float
    energy: float


def _part(
    numbers: Numbers, part: int, step: float, zero_below: float, sums: Sums | None
) -> _Part | None:
    """Round a part; None where the integers are too large."""
    some = numbers.read(part)
    top = max(float(some.max()), -float(some.min()))
    if not top / step < LARGEST:
        return None
    values, square, inner = kernels.rounding.rounded(some, step, zero_below)
    places, heights = numbers.constants(part)
    of_kept = values[places].astype(np.float64)
    total = dot(heights, some[places] - of_kept * step)
    kept = values.astype(np.float64)
    energy = dot(kept, kept)
    by_place = None if sums is None else sums.read(some, kept, numbers.begin(part), step)
    most = round(top / step) if top >= zero_below else 0.0
    return _Part(values, square, inner, total, most, by_place, dot(heights, of_kept) * step, energy)


def _packed(
    numbers: Numbers, step: float, zero_below: float, packings: list[Packing]
) -> Coded | None:
    """Round all numbers, and pack them; None where the integers are too large.

    As the kind that takes the fewest bytes, of those of the packings.
    """
    square, inner, total, most, kept, energy = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    layout = layout_of(numbers.scan)
    sums = None if layout is None else Sums(layout)
    at_once = threads.workers_for(numbers.size, 4 * PIECE)
    for first in range(0, numbers.count, at_once):
        wanted = range(first, min(first + at_once, numbers.count))
        done: list[_Part | None] = [None] * len(wanted)

        def work(part: int, first: int = first, done: list[_Part | None] = done) -> None:
            done[part - first] = _part(numbers, part, step, zero_below, sums)

        threads.run(work, [(part,) for part in wanted])
        for found in done:
            if found is None:
                return None
            for packing in packings:
                packing.add(found.values)
            square += found.square
            inner += found.inner
            total += found.total
            most = max(most, found.most)
            kept += found.kept
            energy += found.energy * step * step
            if sums is not None and found.by_place is not None:
                sums.by_place += found.by_place
    bands = None if sums is None else sums.layout.known(sums.products(), step)
    # Memory that is not needed for the packed numbers.
    sums = None
    packed = {packing.kind: packing.finish() for packing in packings}
    kind = min(packed, key=lambda kind: _bytes(*packed[kind]))
    store, escapes = packed[kind]
    if bands is not None and bands.nbytes * FOR_BANDS > store.nbytes:
        bands = None
    slack = 1.0 + numbers.size * float(np.finfo(np.float64).eps)
    known = Residual(total, inner * step, square, bands)
    off = sqrt(square) * slack
    return Coded(kind, step, store, escapes, off, most, known, packings[0].count, kept, energy)
