"""Sums and products of packed arrays, from the numbers as they are packed: Parseval's theorem.

An array is a multiple of the constant 1 and what is orthogonal to it. Of few numbers, those at the
coefficients of the constant and those that are listed, products are summed one by one; of all
others in kernels, as integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

import numpy as np

from .. import kernels
from ..core.values import Array
from ..ops.basis_change import dot
from .bitpacked import Bits, Listed
from .packed import Encoded
from .packed_sum import SPAN, ratio, reading
from .scan_order import Scan

# Integers that kernels read at a time: so many have their constants in memory.
_INTEGERS = 1 << 20
# Positions for each number that is listed, and for each that the constant has.
_LISTED, _CONSTANTS = 16, 4
# Packed integers that are read at once: two arrays, or what a difference is of.
_MOST = 2

#: Places in a sequence, sorted, and numbers there.
Some = tuple[Array, Array]


class Moments(NamedTuple):
    """Sums over all elements of two arrays, which may be one.

    Attributes
    ----------
    first, second : complex
        The sums of the elements of each.
    away : tuple of float
        The sums of ``|x|**2``, ``x.conj() * y`` and ``|y|**2``, less the means: the real parts.
    """

    first: complex
    second: complex
    away: tuple[float, float, float]


def _constants(x: Encoded, scan: Scan, rows: range) -> list[Some]:
    """Return where the constant 1 has coefficients: of real, or of real and imaginary parts."""
    return [scan.constants(rows, i) for i in ((0, 1) if x.is_complex else (None,))]


def _aligned(lists: Sequence[Some]) -> tuple[Array, list[Array]]:
    """Return all places of some lists, sorted, and the numbers of each there, or zeros."""
    if len(lists) == 1:
        return lists[0][0], [lists[0][1]]
    places = np.concatenate([at for at, _ in lists])
    # What is sorted in parts is merged: in O(n).
    places.sort(kind="stable")
    places = places[np.diff(places, prepend=-1) > 0]
    out = np.zeros((len(lists), places.size))
    for row, (at, numbers) in zip(out, lists, strict=True):
        row[places.searchsorted(at)] = numbers
    return places, list(out)


class _Reader(Protocol):
    """What reads two sequences, part by part."""

    #: Numbers that are read at a time.
    span: int

    def read(self, begin: int, end: int, among: Sequence[Some]) -> tuple[Array, Array, list[Array]]:
        """Return the numbers of both, and of `among`, at some places: all of `among`, and more."""
        ...

    def rest(self) -> tuple[float, float, float]:
        """Return the sums of the products of all others."""
        ...


class _Dense:
    """Terms of any kind, added up as doubles."""

    span = SPAN

    def __init__(self, x: Encoded, y: Encoded) -> None:
        self._x, self._y = x, y
        self._sums = np.zeros(3)

    def read(self, begin: int, end: int, among: Sequence[Some]) -> tuple[Array, Array, list[Array]]:
        places, others = _aligned(among)
        a = reading(self._x.terms, begin, end)[0]
        b = a if self._y is self._x else reading(self._y.terms, begin, end)[0]
        low = a[places], b[places]
        a[places] = b[places] = 0.0
        self._sums += dot(a, a), dot(a, b), dot(b, b)
        return *low, others

    def rest(self) -> tuple[float, float, float]:
        first, both, second = self._sums.tolist()
        return first, both, second


class _Integers:
    """At most two sequences of integers, and few numbers that are listed."""

    span = _INTEGERS

    def __init__(self, x: Encoded, y: Encoded) -> None:
        stores: list[Bits] = []
        self._factors: list[dict[int, float]] = []
        self._lists: list[Some] = []
        #: Which of the two a list belongs to.
        self._whose: list[int] = []
        for whose, z in enumerate((x,) if y is x else (x, y)):
            factors: dict[int, float] = {}
            for term in z.terms:
                factor = ratio(term, z.terms[0])
                for store in term.stores:
                    if isinstance(store, Listed):
                        places, numbers = store.found()
                        self._lists.append((places, numbers * factor))
                        self._whose.append(whose)
                        continue
                    at = next((i for i, one in enumerate(stores) if one is store), len(stores))
                    stores[at:] = stores[at:] or [store]
                    factors[at] = factors.get(at, 0.0) + factor
            self._factors.append(factors)
        groups = tuple(bits.groups for bits in stores)
        self._products = kernels.packed_sums.Products(groups) if groups else None

    @staticmethod
    def fits(x: Encoded, y: Encoded) -> bool:
        """Tell whether two arrays are such."""
        stores = {id(store): store for z in (x, y) for term in z.terms for store in term.stores}
        packed = sum(isinstance(store, Bits) for store in stores.values())
        listed = sum(store.most for store in stores.values() if isinstance(store, Listed))
        return packed <= _MOST and listed * _LISTED <= x.terms[0].store.size

    def read(self, begin: int, end: int, among: Sequence[Some]) -> tuple[Array, Array, list[Array]]:
        lists = list(among)
        for places, numbers in self._lists:
            low, high = places.searchsorted((begin, end))
            lists.append((places[low:high] - begin, numbers[low:high]))
        places, found = _aligned(lists)
        out = np.zeros((2, places.size))
        for whose, numbers in zip(self._whose, found[len(among) :], strict=True):
            out[whose] += numbers
        if self._products is not None:
            packed = self._products.read(begin, end, places + begin)
            for low, factors in zip(out, self._factors, strict=False):
                for at, factor in factors.items():
                    low += packed[at] if factor == 1.0 else packed[at] * factor
        first, second = out[0], out[len(self._factors) - 1]
        return first, second, found[: len(among)]

    def rest(self) -> tuple[float, float, float]:
        first, second = self._factors[0], self._factors[-1]
        return self._form(first, first), self._form(first, second), self._form(second, second)

    def _form(self, a: dict[int, float], b: dict[int, float]) -> float:
        """Sum products of sums of integers: exactly, as differences may be small."""
        if self._products is None:
            return 0.0
        sums = self._products.sums
        parts = [(x, y, sums[i][j]) for i, x in a.items() for j, y in b.items()]
        if len(parts) == 1:
            ((x, y, total),) = parts
            return x * y * float(total)
        return float(sum(Fraction(x) * Fraction(y) * total for x, y, total in parts))


class _Joined:
    """Sums of products of what is away from the mean, of parts that are joined.

    Chan, Golub & LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances", COMPSTAT (1982): of coefficients, with those of the constant as weights.
    """

    def __init__(self, count: int) -> None:
        self.weights = [0.0] * count
        self.means = [(0.0, 0.0)] * count
        self.away = np.zeros(3)

    def add(self, x: Array, y: Array, heights: Sequence[Array]) -> None:
        is_same = y is x
        for i, high in enumerate(heights):
            weight = dot(high, high)
            if not weight:
                continue
            mean = dot(high, x) / weight
            other = mean if is_same else dot(high, y) / weight
            x = x - mean * high
            y = x if is_same else y - other * high
            before, (first, second) = self.weights[i], self.means[i]
            after = before + weight
            a, b = mean - first, other - second
            self.away += np.multiply((a * a, a * b, b * b), before * weight / after)
            self.weights[i] = after
            self.means[i] = first + a * weight / after, second + b * weight / after
        self.away += dot(x, x), dot(x, y), dot(y, y)

    def total(self, which: int) -> complex:
        """Return the sum of the elements of one of the two: in units of its numbers."""
        parts = [
            weight * mean[which] for weight, mean in zip(self.weights, self.means, strict=True)
        ]
        return complex(*parts) if len(parts) > 1 else parts[0]


def parts(x: Encoded, scan: Scan, most: int) -> Iterator[tuple[range, list[Some]]]:
    """Return parts of the sequence, and the coefficients of the constant in each."""
    rows, whole = range(0), list[Some]()
    for here, part in scan.spans(most):
        if here != rows:
            rows, whole = here, _constants(x, scan, here)
        start = part.start - rows.start * scan.width
        among = []
        for places, heights in whole:
            low, high = places.searchsorted((start, start + len(part)))
            among.append((places[low:high] - start, heights[low:high]))
        yield part, among


def _reader(x: Encoded, y: Encoded, scan: Scan) -> _Reader:
    """Choose how two arrays are read."""
    if not _Integers.fits(x, y):
        return _Dense(x, y)
    first = next(scan.rows(_INTEGERS))
    count = sum(at.size for at, _ in _constants(x, scan, first))
    return _Integers(x, y) if count * _CONSTANTS <= len(first) * scan.width else _Dense(x, y)


def moments(x: Encoded, y: Encoded) -> Moments:
    """Return the moments of two packed arrays of one space, which have elements. O(N)."""
    scan = x.scan
    reader, joined = _reader(x, y, scan), _Joined(2 if x.is_complex else 1)
    for part, among in parts(x, scan, reader.span):
        a, b, heights = reader.read(part.start, part.stop, among)
        joined.add(a, a if y is x else b, heights)
    (step, exponent), (by, power) = ((z.terms[0].step, z.terms[0].exponent) for z in (x, y))
    totals = []
    for i, z in enumerate((x, y)):
        total = joined.total(i) * float(np.ldexp(z.terms[0].step, z.terms[0].exponent))
        totals.append((total if z.dtype.kind == "c" else total.real) + z.shift * z.size)
    rest = joined.away + reader.rest()
    units = np.array([step * step, step * by, by * by])
    with np.errstate(over="ignore"):  # whoever asked decides what to make of infinity
        away = np.ldexp(rest * units, [2 * exponent, exponent + power, 2 * power])
    first, both, second = away.tolist()
    return Moments(totals[0], totals[1], (first, both, second))
