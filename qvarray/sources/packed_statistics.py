"""Sums, inner products and variances of packed arrays, read part by part: Parseval's theorem."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from itertools import product
from math import isfinite, prod
from typing import Any, NamedTuple

import numpy as np

from ..bases import STANDARD
from ..core.source import Source, implements
from ..core.values import Array
from ..ops.basis_change import gather_sums, linear
from ..ops.bounds import bounded
from ..ops.sums import reduced_shape
from ..options import options
from .packed import UNPACKED, Encoded, Packed, of_one
from .packed_moments import moments, parts
from .packed_sum import (
    SPAN,
    are_listed,
    listed_numbers,
    of_listed,
    packed_sum,
    reading,
    rounding,
)
from .packing import Packing, Whole
from .scan_order import Scan

# How often numbers are read as they are packed, before they are kept unpacked.
_READS = 8
# Different sums of functions, along all axes, for which sums are made.
_MOST_WEIGHTS = 4
# Coefficients that are read one by one; and positions for each listed one.
_FEW = 16
# Positions up to which they are walked over where few numbers are listed.
_WALK = 1 << 22


def _is_read_packed(x: Encoded) -> bool:
    """Tell whether to read numbers as they are packed, not coefficients that are kept unpacked."""
    if UNPACKED.get(x) is not None or not x.size or (x.size > _WALK and are_listed(x.terms)):
        return False
    x.reads += 1
    return x.reads <= _READS or 8 * x.size > options.unpacked_bytes


def coefficients(x: Encoded, scan: Scan) -> Iterator[tuple[Array, float, int]]:
    """Return the coefficients part by part, and their unit."""
    for part, among in parts(x, scan, SPAN):
        numbers, step, exponent = reading(x.terms, part.start, part.stop)
        if x.shift:
            places, heights = among[0]
            numbers[places] += float(np.ldexp(x.shift / step, -exponent)) * heights
        yield numbers, step, exponent


def _finite(value: complex, dtype: np.dtype[Any]) -> np.generic | None:
    """Return a number as a scalar; None where it overflows."""
    with np.errstate(over="ignore"):
        out: Any = dtype.type(value)
    return out if np.isfinite(out) else None


@implements(Encoded)
def inner(self: Encoded, other: Source) -> np.generic | None:
    """Return the inner product of two packed arrays of one space, without unpacking all. O(N)."""
    if not isinstance(other, Encoded) or self.bases != other.bases or self.shape != other.shape:
        return None
    dtype = np.result_type(self.dtype, other.dtype)
    is_same = other is self
    # The parts of complex coefficients are not next to each other.
    if dtype.kind == "c" and not is_same:
        return None
    if is_same and self.square is not None:
        return _finite(self.square, dtype)
    if self.paired is not None and self.paired[0]() is other:
        return _finite(product_of(self, other), dtype)
    if not _is_read_packed(self) or not (is_same or _is_read_packed(other)):
        return None
    return _finite(product_of(self, other), dtype)


def _measured(x: Encoded) -> tuple[complex, float]:
    """Return the sum of all elements, and of their squared distances from the mean. O(N) once."""
    if len(x.terms) == 1 and x.terms[0] is not x:
        total, away = _measured(x.terms[0])
        return total + x.shift * x.size, away
    if x.away is None:
        found = moments(x, x)
        x.total, (x.away, _, _) = found.first, found.away
    return total_of(x), x.away


def product_of(x: Encoded, y: Encoded) -> float:
    """Return the real part of the inner product of two packed arrays of one space. O(N)."""
    if y is x:
        if x.square is None:
            total, away = _measured(x)
            size = float(np.abs(total))
            # A power would raise where a product is infinite.
            x.square = away + size * size / x.size
        return x.square
    a, b = (z.terms[0] if len(z.terms) == 1 else z for z in (x, y))
    if a is b:
        both = _measured(a)[1]
    elif a.paired is not None and a.paired[0]() is b:
        both = a.paired[1]
    else:
        found = moments(a, b)
        # The sums of squares cost little on the way, and are what is asked for next; and bounds
        # ask for products again.
        a.total, b.total = found.first, found.second
        a.away, both, b.away = found.away
        a.paired, b.paired = (weakref.ref(b), both), (weakref.ref(a), both)
    (total, _), (other, _) = _measured(x), _measured(y)
    return both + (total.conjugate() * other).real / x.size


@implements(Encoded)
def deviation(self: Encoded) -> np.generic | None:
    """Return the sum of squared distances from the mean, without unpacking all. O(N)."""
    if self.away is None and not _is_read_packed(self):
        return None
    return _finite(_measured(self)[1], self.dtype.type(0).real.dtype)


# -- sums ----------------------------------------------------------------------------------------


@implements(Encoded)
def summed(self: Encoded, axes: Sequence[int], keepdims: bool) -> Source | np.generic | None:
    """Return the sum over some axes: a scalar, or an array that is packed as well. O(N)."""
    if not axes or not self.size:
        return None
    if keepdims and all(self.shape[axis] == 1 for axis in axes):
        return self
    if len(axes) == len(self.shape):
        if self.total is None and not _is_read_packed(self):
            return None
        total = _finite(total_of(self), self.dtype)
        return _as_array(self, total) if keepdims else total
    sum_up = _over_axes_of_list if are_listed(self.terms, _FEW) else _over_axes
    made = [sum_up(term, sorted(axes), keepdims) for term in self.terms]
    if any(part is None for part in made):
        return None
    length = float(prod(self.shape[axis] for axis in axes))
    terms = [term for part in made if part is not None for term in part]
    shift, absolute = self.shift * length, self.absolute_error * length**0.5
    rounds_by = rounding(terms, abs(shift))
    if not isfinite(rounds_by):
        return None
    return packed_sum(terms, shift, absolute + rounds_by if absolute else 0.0)


def _as_array(x: Encoded, total: np.generic | None) -> Source | None:
    """Return the sum of all elements as an array of one, with its bound."""
    if total is None:
        return None
    one = of_one(total, len(x.shape))
    if x.is_exact:
        return one
    known = x.uncertainty("total")
    off = x.absolute_error * float(x.size) ** 0.5
    return bounded(one, off if known is None else min(off, known.bound))


def total_of(x: Encoded) -> complex:
    """Return the sum of all elements, of the coefficients that the constant has. O(N)."""
    if x.total is None:
        found = _few_total(x)
        if found is None:
            x.total, _ = _measured(x)
        else:
            x.total = complex(*found) if x.dtype.kind == "c" else found[0]
    return x.total


def _few_total(x: Encoded) -> list[float] | None:
    """As `total_of`, of few coefficients at known places; None for more."""
    scan = x.scan
    if scan.block < scan.size:
        return None
    parts = [x.shift * x.size, 0.0]
    for i in (0, 1) if x.is_complex else (None,):
        places, heights = scan.constants(range(scan.shape[0]), i)
        if places.size > _FEW:
            return None
        for at, height in zip(places.tolist(), heights.tolist(), strict=True):
            numbers, step, exponent = reading(x.terms, at, at + 1)
            parts[i or 0] += height * float(np.ldexp(numbers[0] * step, exponent))
    return parts


class _Weights(NamedTuple):
    """Coefficients along the axes that are summed whose functions have one sum."""

    weight: float
    along: tuple[Array, ...]


def _weights(x: Packed, axes: Sequence[int]) -> list[_Weights] | None:
    """Return which coefficients a sum over some axes has; None for too many different ones."""
    choices = []
    for axis in axes:
        n = x.shape[axis]
        sums = x.bases[axis].sums(n, np.arange(n), np.dtype(np.float64))
        kinds = np.unique(sums[sums != 0])
        choices.append([(float(weight), np.flatnonzero(sums == weight)) for weight in kinds])
        if prod(len(some) for some in choices) > _MOST_WEIGHTS:
            return None
    return [
        _Weights(prod(weight for weight, _ in some), tuple(along for _, along in some))
        for some in product(*choices)
    ]


def _reduced(x: Packed, axes: Sequence[int], keepdims: bool) -> Packed | None:
    """Return what has the shape and the bases of a sum; None where it is not of integers, too."""
    kept = [axis for axis in range(len(x.shape)) if keepdims or axis not in axes]
    shape = reduced_shape(x.shape, axes, keepdims)
    bases = tuple(STANDARD if axis in axes else x.bases[axis] for axis in kept)
    like = x.replace(shape=shape, bases=bases, error=None)
    return like if x.kind.startswith("int") and like.is_complex == x.is_complex else None


def _over_axes_of_list(x: Packed, axes: Sequence[int], keepdims: bool) -> list[Packed] | None:
    """As `_over_axes`, of few numbers. O(k log k)."""
    like = _reduced(x, axes, keepdims)
    if like is None:
        return None
    places, numbers = listed_numbers(x)
    order = np.argsort(places)
    positions = x.scan.positions(places[order])
    numbers = numbers[order]
    lengths = x.scan.shape
    along = np.unravel_index(positions, lengths)
    weights = np.ones(numbers.size)
    for axis in axes:
        weights *= x.bases[axis].sums(x.shape[axis], along[axis], weights.dtype)
    kinds = np.unique(weights[weights != 0])
    if kinds.size > _MOST_WEIGHTS:
        return None
    rest = [axis for axis in range(len(lengths)) if axis not in axes]
    where = linear(tuple(along[axis] for axis in rest), tuple(lengths[axis] for axis in rest))
    out = []
    for weight in kinds:
        some = weights == weight
        summed_at, sums = gather_sums(where[some], numbers[some])
        at = like.scan.places(summed_at.astype(np.int64, copy=False))
        order = np.argsort(at)
        term = of_listed(like, at[order], sums[order], "int16").scaled(float(weight))
        if term is None:
            return None
        out.append(term)
    return out or [of_listed(like, places[:0], numbers[:0], "int8")]


def _over_axes(x: Packed, axes: Sequence[int], keepdims: bool) -> list[Packed] | None:
    """Sum the numbers of one packed array over some axes, one result for each weight. O(N)."""
    like = _reduced(x, axes, keepdims)
    weights = None if like is None else _weights(x, axes)
    if like is None or weights is None:
        return None
    scan, scan_of_sums = x.scan, like.scan
    kind: Whole = "int16"
    packings = [Packing(kind) for _ in weights]
    first = 0 in axes
    sums: list[Any] = [0] * len(weights)
    for rows in scan.rows(SPAN):
        numbers = x.numbers(rows.start * scan.width, rows.stop * scan.width)
        block = scan.coefficients(numbers, rows)
        for i, (_, along) in enumerate(weights):
            some: Array = block
            for axis, there in zip(axes, along, strict=True):
                if not axis:
                    there = there[(there >= rows.start) & (there < rows.stop)] - rows.start
                if there.size < some.shape[axis]:
                    some = some.take(there, axis)
            part = some.sum(axis=tuple(axes), keepdims=keepdims, dtype=np.int64)
            if first:
                sums[i] = sums[i] + part
            else:
                packings[i].add(scan_of_sums.sequence(part, rows))
    out = []
    for (weight, _), packing, total in zip(weights, packings, sums, strict=True):
        if first:
            packing.add(scan_of_sums.sequence(np.asarray(total).reshape(scan_of_sums.shape)))
        store, escapes = packing.finish()
        out.append(like.replace(kind=kind, store=store, escapes=escapes).scaled(weight))
    return None if any(term is None for term in out) else [term for term in out if term is not None]
