"""Estimate the distance of two packed arrays without the bias of their quantisation.

Quantised differences are those of the arrays, and of what both are rounded by: of similar arrays,
whose differences are smaller than a step, they are too large on average. What is estimated is the
variance of the differences in each band of frequencies, as the one under which the quantised
coefficients are the likeliest: the differences are taken as normal, the places of coefficients
within their steps as uniform (the EM algorithm of Dempster, Laird & Rubin, J. R. Stat. Soc. B 39
(1977), on data that are known by intervals).
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from ..core.source import Source
from ..core.values import Array
from .packed import Encoded
from .packed_sum import SPAN
from .quantize import ROUND_UP
from .scan_order import Scan

# Differences are counted in classes of this part of a step, up to that many steps.
_CLASSES = 8
_FAR = 6
# Differences for which the likelihood is computed, in each class.
_POINTS = 64
# Rounds of the EM algorithm, at most.
_ROUNDS = 60
_BANDS = 40
# By how much of what is only known to be small the square may be off.
_DOUBT = 0.5


# What is rounded to 0, to 1 and to more: how wide that is, and by how much its middle is further
# from 0, in steps.
_WIDTHS = np.array([2.0 * (1.0 - ROUND_UP), 0.5 + ROUND_UP, 1.0])
_MIDDLES = np.array([0.0, 0.25 - 0.5 * ROUND_UP, 0.0])


class _Counts:
    """How many quantised differences there are, by band, by the kinds of the two, and by size."""

    def __init__(self) -> None:
        self.near = np.zeros((_BANDS, 9, _FAR * _CLASSES + 1), np.int64)
        self.far = np.zeros((_BANDS, 2))

    def add(self, bands: Array, kinds: Array, sizes: Array) -> None:
        is_far = sizes > _FAR
        some = bands[is_far]
        self.far[:, 0] += np.bincount(some, minlength=_BANDS)
        self.far[:, 1] += np.bincount(some, np.square(sizes[is_far]), minlength=_BANDS)
        near = ~is_far
        classes = np.rint(sizes[near] * _CLASSES).astype(np.int64)
        places = np.ravel_multi_index((bands[near], kinds[near], classes), self.near.shape)
        counts = np.bincount(places, minlength=self.near.size)
        self.near += counts.reshape(self.near.shape)


def _bands(scan: Scan, begin: int, end: int) -> Array:
    """Return the octave of frequencies of some coefficients, by their place in the block."""
    places = np.arange(begin, end)
    if 1 < scan.block <= SPAN:
        rank = places % scan.block
    else:
        rank = np.zeros(end - begin, np.int64)
        for along in np.unravel_index(places, scan.shape):
            rank = np.maximum(rank, along)
    octave: Array = np.log2(rank + 1.0).astype(np.int64)
    return octave


class _Band(NamedTuple):
    """Estimates of one band, in squares of steps."""

    energy: float
    variance: float
    doubtful: float


def _band(near: Array, far: Array, widths: tuple[float, float]) -> _Band:
    """Estimate the energy of one band, the variance of that, and how much comes of zeros."""
    kinds, classes = np.nonzero(near)
    counts = near[kinds, classes].astype(np.float64)
    count = counts.sum() + far[0]
    if not count:
        return _Band(0.0, 0.0, 0.0)
    first, second = _WIDTHS[kinds // 3] * widths[0], _WIDTHS[kinds % 3] * widths[1]
    middles, half = classes / _CLASSES, (first + second) / 2.0
    points = (np.arange(_POINTS) + 0.5) * (2.0 / _POINTS) - 1.0
    squares = np.square(middles[:, None] + half[:, None] * points)
    # How many pairs of places, one in each step, are that far apart.
    pairs = np.minimum(half[:, None] * (1.0 - np.abs(points)), np.minimum(first, second)[:, None])
    noise = (widths[0] ** 2 + widths[1] ** 2) / 12.0
    variance = max((counts @ np.square(middles) + far[1]) / count, 1e-12)
    means = fourth = np.zeros(counts.size)
    least = squares.min(axis=1, keepdims=True, initial=np.inf)
    for _ in range(_ROUNDS):
        likely = pairs * np.exp(-np.minimum((squares - least) / (2.0 * variance), 700.0))
        all_of_them = likely.sum(axis=1)
        means = (likely * squares).sum(axis=1) / all_of_them
        fourth = (likely * np.square(squares)).sum(axis=1) / all_of_them
        gain = variance / (variance + noise)
        before = variance
        variance = (counts @ means + far[1] * gain * gain + far[0] * noise * gain) / count
        if abs(variance - before) < 1e-5 * before:
            break
    has_zero = (kinds < 3) | (kinds % 3 == 0)
    # What the differences may be, given their variance; and that of what both are rounded by.
    within = float(counts @ (fourth - np.square(means))) + 4.0 * float(far[1]) * noise
    telling = float(counts[~has_zero].sum()) + float(far[0])
    return _Band(
        count * variance,
        within + 2.0 * telling * noise * noise,
        float(counts[has_zero] @ means[has_zero]),
    )


def estimated_distance(difference: Source) -> tuple[float, float] | None:
    """Estimate the L2 norm of the difference of what two packed arrays stand for. O(N).

    Returns
    -------
    distance, deviation : float
        And a standard deviation of it. None where it is not one of two arrays of integers.
    """
    if not isinstance(difference, Encoded):
        return None
    terms = difference.terms
    if len(terms) != 2 or difference.shift or difference.is_complex:
        return None
    if not all(term.kind.startswith("int") for term in terms):
        return None
    a, b = terms
    units = [abs(float(np.ldexp(term.step, term.exponent))) for term in terms]
    unit = max(units)
    widths = units[0] / unit, units[1] / unit
    if min(widths) <= 0.0:
        return None
    scan, counts = difference.scan, _Counts()
    for begin in range(0, scan.size, SPAN):
        end = min(begin + SPAN, scan.size)
        first, second = a.doubles(begin, end), b.doubles(begin, end)
        of_first, of_second = (
            np.minimum(np.abs(numbers), 2.0).astype(np.int64) for numbers in (first, second)
        )
        first += np.copysign(_MIDDLES[of_first], first)
        second += np.copysign(_MIDDLES[of_second], second)
        sign = np.sign(a.step) * np.sign(b.step)
        sizes = np.abs(first * widths[0] + second * (sign * widths[1]))
        counts.add(_bands(scan, begin, end), 3 * of_first + of_second, sizes)
    bands = [_band(*pair, widths) for pair in zip(counts.near, counts.far, strict=True)]
    energy = sum(band.energy for band in bands)
    doubt = _DOUBT * sum(band.doubtful for band in bands)
    distance = sqrt(energy) * unit
    if not distance:
        return 0.0, 0.0
    spread = sqrt(sum(band.variance for band in bands) + doubt * doubt)
    return distance, min(spread * unit * unit / (2.0 * distance), distance)
