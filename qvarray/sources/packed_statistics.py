"""Sums, inner products and variances of packed arrays, read part by part: Parseval's theorem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import isfinite, prod
from typing import Any, NamedTuple

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.source import Source, implements
from ..core.values import Array
from ..ops.basis_change import dot, gather_sums, linear
from ..ops.bounds import bounded
from ..ops.sums import reduced_shape
from ..options import options
from .packed import UNPACKED, Encoded, Packed, of_one
from .packed_sum import (
    SPAN,
    are_listed,
    found,
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


#: Where coefficients of the constant 1 are, and what they are.
_Constant = tuple[Array, Array]


class _Span(NamedTuple):
    """A part of the coefficients, in units of ``step * 2 ** exponent``, and the constant's there.

    Those of real numbers, or of the real and of the imaginary parts.
    """

    numbers: Array
    step: float
    exponent: int
    constants: list[_Constant]

    @property
    def unit(self) -> float:
        return float(np.ldexp(self.step, self.exponent))


def _is_read_packed(x: Encoded) -> bool:
    """Tell whether to read numbers as they are packed, not coefficients that are kept unpacked."""
    if UNPACKED.get(x) is not None or not x.size or (x.size > _WALK and are_listed(x.terms)):
        return False
    x.reads += 1
    return x.reads <= _READS or 8 * x.size > options.unpacked_bytes


def _constants(x: Encoded, scan: Scan, rows: range) -> list[_Constant]:
    return [scan.constants(rows, i) for i in ((0, 1) if x.is_complex else (None,))]


def _dense_spans(x: Encoded, scan: Scan) -> Iterator[_Span]:
    """Return the coefficients part by part, with those of the constant 1 among them."""
    rows = range(0)
    whole: list[_Constant] = []
    for here, part in scan.spans(SPAN):
        if here != rows:
            rows = here
            whole = _constants(x, scan, rows)
        start = part.start - rows.start * scan.width
        constants = []
        for places, heights in whole:
            low, high = places.searchsorted((start, start + len(part)))
            constants.append((places[low:high] - start, heights[low:high]))
        span = _Span(*reading(x.terms, part.start, part.stop), constants)
        yield _shifted(x, span)


def _shifted(x: Encoded, span: _Span) -> _Span:
    """Add to coefficients what an array has added to all elements."""
    if x.shift:
        some, heights = span.constants[0]
        span.numbers[some] += float(np.ldexp(x.shift / span.step, -span.exponent)) * heights
    return span


def _sparse_span(x: Encoded, scan: Scan, with_constants: bool) -> tuple[Array, _Span] | None:
    """Return the coefficients that are not zero, and their places; None where they are many.

    Those of the constant 1 are among them, and told, if that is asked for.
    """
    if sum(store.most for term in x.terms for store in term.stores) * _FEW > scan.size:
        return None
    whole = _constants(x, scan, range(scan.shape[0])) if with_constants else []
    if sum(at.size for at, _ in whole) * _FEW > scan.size + _FEW * _FEW:
        return None
    places, numbers = found(x.terms)
    if whole:
        ats = [at for at, _ in whole]
        zeros = np.zeros(sum(at.size for at in ats))
        places, numbers = gather_sums(np.concatenate([places, *ats]), np.append(numbers, zeros))
    constants = [(places.searchsorted(at), heights) for at, heights in whole]
    first = x.terms[0]
    return places, _shifted(x, _Span(numbers, first.step, first.exponent, constants))


def _spans(x: Encoded, scan: Scan) -> Iterator[_Span]:
    """As `_dense_spans`; the coefficients that are not zero at once, where they are few."""
    few = _sparse_span(x, scan, True)
    if few is None:
        yield from _dense_spans(x, scan)
    else:
        yield few[1]


def coefficients(x: Encoded, scan: Scan) -> Iterator[tuple[Array, float, int]]:
    """Return the coefficients part by part, and their unit."""
    if x.shift:
        for span in _dense_spans(x, scan):
            yield span.numbers, span.step, span.exponent
        return
    for _, part in scan.spans(SPAN):
        yield reading(x.terms, part.start, part.stop)


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
    if not _is_read_packed(self) or not (is_same or _is_read_packed(other)):
        return None
    return _finite(product_of(self, other), dtype)


def product_of(x: Encoded, y: Encoded) -> float:
    """Return the real part of the inner product of two packed arrays of one space. O(N)."""
    if y is x and x.square is not None:
        return x.square
    scan = x.scan
    few = _sparse_span(x, scan, bool(x.shift))
    also_few = few if y is x or few is None else _sparse_span(y, scan, bool(y.shift))
    if few is not None and also_few is not None:
        return _product_of_few(x, y, few, also_few)
    total = square = other_square = 0.0
    theirs = None if y is x else coefficients(y, scan)
    for a, step, exponent in coefficients(x, scan):
        square += float(np.ldexp(dot(a, a) * step * step, 2 * exponent))
        if theirs is not None:
            b, by, power = next(theirs)
            total += float(np.ldexp(dot(a, b) * step * by, exponent + power))
            other_square += float(np.ldexp(dot(b, b) * by * by, 2 * power))
    # The squares cost little on the way, and are what is asked for next.
    x.square = square
    if y is x:
        return square
    y.square = other_square
    return total


def _product_of_few(
    x: Encoded, y: Encoded, few: tuple[Array, _Span], also_few: tuple[Array, _Span]
) -> float:
    """As `product_of`, of the coefficients that are not zero. O(k)."""
    for z, (_, span) in ((x, few), (y, also_few)):
        z.square = dot(span.numbers, span.numbers) * span.unit * span.unit
    if y is x:
        return x.square or 0.0
    (places, a), (others, b) = few, also_few
    at_a, at_b = kernels.merge_sorted.intersection(places, others)
    return dot(a.numbers[at_a], b.numbers[at_b]) * a.unit * b.unit


@implements(Encoded)
def deviation(self: Encoded) -> np.generic | None:
    """Return the sum of squared distances from the mean, as of parts that are joined. O(N).

    Chan, Golub & LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances", COMPSTAT (1982): of the coefficients, with those of the constant as weights.
    """
    if not _is_read_packed(self):
        return None
    total = 0.0
    joined = [(0.0, 0.0)] * 2
    for span in _spans(self, self.scan):
        numbers, unit = span.numbers, span.unit
        for i, (places, heights) in enumerate(span.constants):
            weight = dot(heights, heights)
            if not weight:
                continue
            mean = dot(heights, numbers[places]) / weight
            numbers[places] -= mean * heights
            before, middle = joined[i]
            away = mean * unit - middle
            after = before + weight
            total += away * away * before * weight / after
            joined[i] = after, middle + away * weight / after
        total += dot(numbers, numbers) * unit * unit
    return _finite(total, self.dtype.type(0).real.dtype)


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
        parts = _few_total(x)
        if parts is None:
            parts = [0.0, 0.0]
            for span in _spans(x, x.scan):
                for i, (places, heights) in enumerate(span.constants):
                    parts[i] += dot(heights, span.numbers[places]) * span.unit
        x.total = complex(*parts) if x.dtype.kind == "c" else parts[0]
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
