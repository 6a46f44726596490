"""How far sums, norms and inner products of packed arrays may be off: what quantising has lost.

When an array is quantised, the sum of what is lost, its energy and its inner product with what is
kept are known; they are kept in three numbers, and by bands of frequencies in two hundred bytes. So
means, norms and variances of one array are as far off as they are known to be, and of an inner
product only the part is unknown that is orthogonal to low frequencies and, in each band, to the
array.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np

from ..core.error_bound import LEAST_SQUARE, Bands, Residual, Uncertainty
from ..core.source import Source, implements
from .frequency_bands import Sums, layout_of
from .packed import Encoded, Packed
from .packed_distance import estimated_distance
from .packed_statistics import coefficients, product_of, total_of
from .packed_sum import PackedSum, are_listed

# By how much sums in double precision are off at most, relative to what is summed, for each term.
_EPS = float(np.finfo(np.float64).eps)
# Correlation of arrays that are similar.
_ALIKE = 0.5
# Angles whose squared sine is below that are none.
_LEAST_ANGLE = 1e-9
# What the products are rounded by that make it, of those of norms.
_OF_DIFFERENCES = 64.0 * _EPS


class _Lost(NamedTuple):
    """An array of packed terms, and what is known of what each of them lost."""

    x: Encoded
    terms: list[tuple[Packed, Residual]]
    #: A bound on the L2 norm of all that is lost besides.
    rest: float

    @property
    def total(self) -> float:
        return sum(known.total for _, known in self.terms)

    @property
    def size(self) -> float:
        """A bound on the L2 norm of what is known."""
        return sum(sqrt(known.square) for _, known in self.terms)


def _lost(x: Encoded) -> _Lost | None:
    """Return what is known of an array; None where nothing is, and of few coefficients."""
    if are_listed(x.terms):
        return None
    terms = []
    for term in x.terms:
        known = None if term.error is None else term.error.known
        if known is None or not LEAST_SQUARE < known.square < 1.0 / LEAST_SQUARE:
            return None
        terms.append((term, known))
    size = sum(sqrt(known.square) for _, known in terms)
    rest = x.absolute_error - size
    return _Lost(x, terms, max(rest, 0.0) + 4 * _EPS * size) if isfinite(rest) else None


def _sum(x: Encoded) -> float:
    return total_of(x).real


class _Off(NamedTuple):
    """The inner product of an array and of what a term lost: the middle, and how far from that."""

    middle: float
    bound: float
    variance: float


def _against(w: Encoded, term: Packed, known: Residual, energy: float) -> _Off:
    """Bound the inner product of `w`, whose energy is given, and of what a term lost.

    What a term lost has known products with the term and the constant 1. So `w` counts only by what
    is orthogonal to them.
    """
    n = float(w.size)
    of_w = np.array([energy if w is term else product_of(w, term), _sum(w) / sqrt(n)])
    of_lost = np.array([known.inner, known.total / sqrt(n)])
    xx, xu = product_of(term, term), _sum(term) / sqrt(n)
    gram = np.array([[xx, xu], [xu, 1.0]])
    noise = shared = _EPS * n
    # Two functions that are nearly one are taken as one, the constant.
    if xx <= 0.0 or xx - xu * xu <= _LEAST_ANGLE * xx:
        gram, of_w, of_lost = gram[1:, 1:], of_w[1:], of_lost[1:]
    else:
        # What is along the part of one that is orthogonal to the other is a difference.
        shared += _OF_DIFFERENCES * xx / (xx - xu * xu)
    factors = np.linalg.solve(gram, of_w)
    middle = float(factors @ of_lost)
    slack = noise * sqrt(energy * known.square)
    if w is term:
        return _Off(known.inner, slack, 0.0)
    away = max(energy - float(factors @ of_w), 0.0) + shared * energy
    left = max(known.square - float(np.linalg.solve(gram, of_lost) @ of_lost), 0.0)
    bound = sqrt(away * (left + shared * known.square))
    bound += slack
    found = _by_bands(w, term, known.by_bands)
    if found is not None:
        low = max(middle - bound, found[0] - found[1])
        high = min(middle + bound, found[0] + found[1])
        if low <= high:
            middle, bound = (low + high) / 2.0, (high - low) / 2.0
    step = float(np.ldexp(term.step, term.exponent))
    # Rounding errors are as if any were as likely.
    return _Off(middle, bound, away * step * step / 12.0)


def _by_bands(w: Encoded, term: Packed, bands: Bands | None) -> tuple[float, float] | None:
    """Bound the inner product of `w` and of what a term lost, by bands of frequencies."""
    layout = None if bands is None else layout_of(term.scan)
    if bands is None or layout is None or not layout.fits(bands):
        return None
    begin, sums = 0, Sums(layout)
    units = coefficients(w, w.scan), coefficients(term, term.scan)
    for of_w, of_term in zip(*units, strict=True):
        a, b = (np.ldexp(numbers * step, exponent) for numbers, step, exponent in (of_w, of_term))
        sums.by_place += sums.read(a, b, begin)
        begin += a.size
    return layout.bounded(sums.products(), bands)


def _crossed(term: Packed, a: Residual, b: Residual) -> float:
    """Bound the inner product of what two terms of one space lost."""
    bound = sqrt(a.square) * sqrt(b.square)
    layout, of_a, of_b = layout_of(term.scan), a.by_bands, b.by_bands
    if layout is None or of_a is None or of_b is None:
        return bound
    return (
        min(bound, layout.crossed(of_a, of_b)) if layout.fits(of_a) and layout.fits(of_b) else bound
    )


def _all_against(w: Encoded, lost: _Lost, energy: float) -> _Off:
    offs = [_against(w, term, known, energy) for term, known in lost.terms]
    rest = lost.rest * sqrt(energy)
    return _Off(
        sum(off.middle for off in offs),
        sum(off.bound for off in offs) + rest,
        sum(off.variance for off in offs),
    )


def _energy_off(lost: _Lost, energy: float) -> _Off:
    """Tell how far the energy of an array is off: exactly, of one term."""
    off = _all_against(lost.x, lost, energy)
    squares = sum(known.square for _, known in lost.terms)
    crossed = sum(2.0 * _crossed(term, a, b) for (term, a), (_, b) in combinations(lost.terms, 2))
    rest = lost.rest * (2.0 * lost.size + lost.rest)
    return _Off(2.0 * off.middle + squares, 2.0 * off.bound + crossed + rest, 4.0 * off.variance)


def _root_off(before: float, off: _Off) -> float:
    """Bound how far a root is off, of a square that is off."""
    ends = [sqrt(max(before + off.middle + sign * off.bound, 0.0)) for sign in (-1.0, 1.0)]
    root = sqrt(max(before, 0.0))
    return max(abs(end - root) for end in ends)


def _of_total(lost: _Lost) -> Uncertainty:
    n = float(lost.x.size)
    size = lost.size + sqrt(max(product_of(lost.x, lost.x), 0.0))
    bound = abs(lost.total) + sqrt(n) * (lost.rest + _EPS * n**0.5 * size)
    return Uncertainty(bound, bound)


def _of_norm(lost: _Lost) -> Uncertainty:
    energy = product_of(lost.x, lost.x)
    off = _energy_off(lost, energy)
    bound = min(_root_off(energy, off), lost.x.absolute_error)
    estimate = bound
    if len(lost.terms) > 1:
        estimate = _root_off(energy, _Off(0.0, 2.0 * sqrt(off.variance), 0.0))
        found = estimated_distance(lost.x)
        if found is not None:
            middle, deviation = found
            estimate = abs(middle - sqrt(energy)) + 2.0 * deviation
    return Uncertainty(bound, min(estimate, bound))


def _of_deviation(lost: _Lost) -> Uncertainty:
    """Tell how far a sum of squared distances from the mean is off."""
    n, energy, total = float(lost.x.size), product_of(lost.x, lost.x), _sum(lost.x)
    away = max(energy - total * total / n, 0.0)
    # The rest is orthogonal to the constant where it counts.
    known = lost._replace(rest=0.0)
    off = _energy_off(known, energy)
    middle = off.middle - (2.0 * total + lost.total) * lost.total / n
    rest = lost.rest * (2.0 * (sqrt(away) + lost.size) + lost.rest)
    bound = abs(middle) + off.bound + rest
    return Uncertainty(bound, min(bound, abs(middle) + 2.0 * sqrt(off.variance) + rest))


def _inner_off(a: _Lost, b: _Lost) -> _Off:
    """Bound how far an inner product is off."""
    of_a, of_b = product_of(a.x, a.x), product_of(b.x, b.x)
    first, second = _all_against(b.x, a, of_b), _all_against(a.x, b, of_a)
    both = sum(_crossed(term, x, y) for (term, x), (_, y) in product(a.terms, b.terms))
    both += a.size * b.rest + a.rest * (b.size + b.rest)
    return _Off(
        first.middle + second.middle,
        first.bound + second.bound + both,
        first.variance + second.variance,
    )


def _inner_estimate(a: _Lost, b: _Lost, off: _Off) -> tuple[float, float]:
    """Estimate how far an inner product is off: by how much it is too small, and a deviation."""
    n, both = float(a.x.size), a.size * b.size
    direct = off.middle, sqrt(off.variance + both * both / n)
    spread = [product_of(x.x, x.x) - _sum(x.x) * _sum(x.x) / n for x in (a, b)]
    product = product_of(a.x, b.x)
    alike = product - _sum(a.x) * _sum(b.x) / n
    if not abs(alike) > _ALIKE * sqrt(max(spread[0] * spread[1], 0.0)):
        return direct
    # What similar arrays lose is similar: it is their distance that is off by little.
    sign = 1.0 if alike < 0 else -1.0
    others = [term.scaled(sign) for term in b.x.terms]
    if any(term is None for term in others) or a.x.shift or b.x.shift:
        return direct
    terms = (*a.x.terms, *(term for term in others if term is not None))
    found = estimated_distance(PackedSum(terms, 0.0, 0.0))
    if found is None:
        return direct
    distance, deviation = found
    energies = 0.0
    for lost in (a, b):
        energy = product_of(lost.x, lost.x)
        energies += energy + _energy_off(lost, energy).middle
    middle = -sign * (energies - distance * distance) / 2.0 - product
    return middle, distance * deviation


def _of_inner(a: _Lost, b: _Lost) -> Uncertainty:
    off = _inner_off(a, b)
    bound = abs(off.middle) + off.bound
    middle, deviation = _inner_estimate(a, b, off)
    return Uncertainty(bound, min(bound, abs(middle) + 2.0 * deviation))


def _of_cosine(a: _Lost, b: _Lost) -> Uncertainty:
    product, off = product_of(a.x, b.x), _inner_off(a, b)
    sizes, ends = 1.0, [1.0, 1.0]
    for lost in (a, b):
        energy = product_of(lost.x, lost.x)
        away = _energy_off(lost, energy)
        least, most = energy + away.middle - away.bound, energy + away.middle + away.bound
        if not least > 0.0:
            return Uncertainty(2.0, 2.0)
        sizes *= sqrt(energy)
        ends = [ends[0] * sqrt(least), ends[1] * sqrt(most)]
    cosine = product / sizes

    def away_by(middle: float, half: float) -> float:
        tops = (product + middle - half, product + middle + half)
        return min(max(abs(top / end - cosine) for top in tops for end in ends), 2.0)

    bound = away_by(off.middle, off.bound)
    middle, deviation = _inner_estimate(a, b, off)
    return Uncertainty(bound, min(bound, away_by(middle, 2.0 * deviation)))


@implements(Encoded)
def uncertainty(self: Encoded, statistic: str, other: Source | None = None) -> Uncertainty | None:
    """Return how far a statistic of packed real arrays may be off; None where that is unknown."""
    if self.dtype.kind == "c" or not self.size:
        return None
    arrays: Sequence[Source] = [self] if other is None else [self, other]
    lost = []
    for x in arrays:
        some = _lost(x) if isinstance(x, Encoded) and x.bases == self.bases else None
        if some is None or x.shape != self.shape or x.dtype.kind == "c":
            return None
        lost.append(some)
    if statistic in ("inner", "cosine"):
        return (_of_cosine if statistic == "cosine" else _of_inner)(*lost)
    return {"total": _of_total, "norm": _of_norm, "deviation": _of_deviation}[statistic](lost[0])
