"""Sums, differences and multiples of packed arrays, that stay packed: `PackedSum`."""

from __future__ import annotations

from collections.abc import Sequence
from math import frexp, isfinite
from typing import Any

import numpy as np

from .. import kernels
from ..bases import Basis
from ..core.error_bound import ErrorBound
from ..core.source import Source, implements
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, Shape, zero_of
from ..ops.basis_change import gather_sums
from ..ops.bounds import rounds
from ..ops.linear import combine, constant_like
from .bitpacked import Listed
from .packed import Encoded, Packed
from .packed_squares import products
from .packing import Packing, Whole
from .quantize import LARGEST

# Terms that a sum holds; more are rounded to one.
_MOST_TERMS = 8
# What the step of that is divided by: so it adds little to the error.
_FINER = 4.0
# Numbers that are read of each term at a time.
SPAN = 1 << 16


class PackedSum(Encoded):
    """Packed arrays of one coefficient space, added up when they are read. Immutable.

    Attributes
    ----------
    terms : tuple of Packed
        At least one, of different steps.
    shift : float
        Added to every element.
    """

    terms: tuple[Packed, ...]
    shift: float
    absolute_error: float

    __slots__ = ("_error", "absolute_error", "shift", "terms")

    def __init__(self, terms: tuple[Packed, ...], shift: float, absolute_error: float) -> None:
        first = terms[0]
        self.forget()
        self.shape, self.dtype, self.bases = first.shape, first.dtype, first.bases
        self.terms = terms
        self.shift = shift
        self.absolute_error = absolute_error
        self._error: ErrorBound | None = None

    @property
    def nbytes(self) -> int:
        """Bytes that the terms store, which other arrays may hold as well."""
        return sum(term.nbytes for term in self.terms) + 8

    @property
    def label(self) -> str:
        return f"sum of {len(self.terms)} " + self.terms[0].label

    @property
    def is_exact(self) -> bool:
        return self.absolute_error == 0.0

    @property
    def error(self) -> ErrorBound | None:
        """How far it may be from what it stands for: its own norm is computed once. O(N)."""
        if self._error is None and not self.is_exact:
            self._error = ErrorBound.of(self.absolute_error, self.norm_bound())
        return self._error

    @property
    def kept_error(self) -> ErrorBound | None:
        return self._error

    def rows(self, shape: tuple[int, ...], bases: tuple[Basis, ...], rows: range) -> Spectrum:
        """Return some rows of blocks as an array of their own."""
        out = self.terms[0].rows(shape, bases, rows).replace(error=None)
        for term in self.terms[1:]:
            out = combine(np.add, out, term.rows(shape, bases, rows).replace(error=None))
        if self.shift:
            constant = constant_like(out, self.shift)
            assert constant is not None  # where there is none, there is no such sum
            out = combine(np.add, out, constant)
        if self.is_exact:
            return out
        return out.replace(error=ErrorBound.of(self.absolute_error, out.norm_bound()))


def packed_sum(terms: Sequence[Packed], shift: float, absolute: float) -> Source | None:
    """Return the sum of packed arrays of one space and a number; None where none can tell it.

    Terms of one step are added as integers. O(1), or O(N) for those.
    """
    kept: list[Packed] = []
    for term in terms:
        at = next((i for i, other in enumerate(kept) if _agree(other, term)), None)
        if at is None:
            kept.append(term)
            continue
        both = _added(kept.pop(at), term)
        if both is not None:
            kept.insert(at, both)
    if len(kept) > _MOST_TERMS:
        rounded = _rounded(kept)
        if rounded is None:
            return None
        kept, absolute = [rounded[0]], absolute + rounded[1]
    if not kept:
        return None if shift else _zero(terms[0], absolute)
    if len(kept) == 1 and not shift:
        return _of_one(kept[0], absolute)
    return PackedSum(tuple(kept), shift, absolute)


def _of_one(term: Packed, absolute: float) -> Packed:
    out = term.replace(error=None)
    return out.replace(error=ErrorBound.of(absolute, out.norm_bound())) if absolute else out


def _zero(like: Packed, absolute: float) -> Spectrum:
    none = np.zeros(0, like.coefficient_dtype)
    error = ErrorBound.of(absolute, 0.0) if absolute else None
    zero = zero_of(like.dtype)
    return compact(
        like.shape, like.dtype, like.bases, none, np.zeros(0, np.int64), zero, error=error
    )


# -- terms of one step ---------------------------------------------------------------------------


def _agree(a: Packed, b: Packed) -> bool:
    """Tell whether the numbers of two terms may be added."""
    if a.store is b.store and a.escapes is b.escapes:
        return True
    are_integers = a.kind.startswith("int") and b.kind.startswith("int")
    return are_integers and abs(ratio(b, a)) == 1.0


def ratio(a: Packed, b: Packed) -> float:
    """Return the step of one term in those of another: 1.0 or -1.0 for one step alone."""
    (fraction, power), (other, by) = frexp(a.step), frexp(b.step)
    return float(np.ldexp(fraction / other, a.exponent + power - b.exponent - by))


def _added(a: Packed, b: Packed) -> Packed | None:
    """Add two terms whose numbers agree; None for zero. O(1), O(k) or O(N)."""
    if a.store is b.store:
        step = a.step * (1.0 + ratio(b, a))
        return a.replace(step=step, error=None) if step else None
    sign = int(ratio(b, a))
    kind: Whole = "int8" if a.kind == b.kind == "int8" else "int16"
    if are_listed([a, b]):
        return _of_lists(a, b, sign, kind)
    packing = Packing(kind)
    for begin in range(0, a.store.size, SPAN):
        end = min(begin + SPAN, a.store.size)
        numbers = a.numbers(begin, end).astype(np.int64)
        numbers += sign * b.numbers(begin, end).astype(np.int64)
        packing.add(numbers)
    store, escapes = packing.finish()
    return a.replace(kind=kind, store=store, escapes=escapes, error=None)


def _of_lists(a: Packed, b: Packed, sign: int, kind: Whole) -> Packed | None:
    """As `_added`, of few numbers each. O(k log k)."""
    (where, values), (others, more) = listed_numbers(a), listed_numbers(b)
    places, numbers = gather_sums(
        np.concatenate([where, others]), np.concatenate([values, sign * more])
    )
    return of_listed(a, places, numbers, kind) if numbers.any() else None


def listed_numbers(term: Packed) -> tuple[Array, Array]:
    """Return the numbers of a term that lists them, and their places. O(k)."""
    where, values = [], []
    for listed in (term.store, term.escapes):
        if isinstance(listed, Listed):
            places, numbers = listed.within(0, listed.size)
            where.append(places)
            values.append(numbers.astype(np.int64))
    return np.concatenate(where), np.concatenate(values)


def of_listed(like: Packed, places: Array, numbers: Array, kind: Whole) -> Packed:
    """Return a term of integers at sorted places, as a list. O(k)."""
    size, info = like.scan.size, np.iinfo(kind)
    used = np.flatnonzero(numbers)
    places, numbers = places[used], numbers[used]
    away = (numbers < info.min) | (numbers > info.max)
    store = Listed.at(size, places[~away], numbers[~away].astype(kind))
    escapes = Listed.at(size, places[away], numbers[away].astype(np.int32)) if away.any() else None
    return like.replace(kind=kind, store=store, escapes=escapes, error=None)


def are_listed(terms: Sequence[Packed], each: int = 256) -> bool:
    """Tell whether few numbers are stored: one for more than `each` positions, in a list."""
    count = listed_count(terms)
    return count is not None and count * each < terms[0].store.size


def listed_count(terms: Sequence[Packed]) -> int | None:
    """Return how many numbers are stored, where they all are in lists; None else."""
    count = 0
    for term in terms:
        for store in term.stores:
            if not isinstance(store, Listed) or store.how != "gaps":
                return None
            count += store.values.size
    return count


# -- terms of several steps ----------------------------------------------------------------------


def reading(terms: Sequence[Packed], begin: int, end: int) -> tuple[Array, float, int]:
    """Return the sum of some terms in a part of the sequence, in units of a step.

    Returns
    -------
    numbers : ndarray of float64
        May be written to.
    step : float
    exponent : int
        The unit is ``step * 2 ** exponent``.
    """
    first = terms[0]
    numbers = first.doubles(begin, end)
    for term in terms[1:]:
        more = term.doubles(begin, end)
        more *= ratio(term, first)
        numbers += more
    return numbers, first.step, first.exponent


def found(terms: Sequence[Packed]) -> tuple[Array, Array]:
    """Return as `reading`, of the whole sequence: the numbers that may not be zero, and where."""
    first, where, numbers = terms[0], [], []
    for term in terms:
        for store in term.stores:
            places, values = store.found()
            where.append(places)
            numbers.append(values if term is first else values * ratio(term, first))
    if len(where) == 1:
        return where[0], numbers[0]
    return gather_sums(np.concatenate(where), np.concatenate(numbers))


def _rounded(terms: Sequence[Packed]) -> tuple[Packed, float] | None:
    """Return the sum in one finer step, and the norm of what that loses; None if it overflows.

    O(N), or O(k log k) where few numbers are listed.
    """
    last = min(terms, key=lambda term: float(np.ldexp(abs(term.step), term.exponent)))
    step, square, size = 1.0 / _FINER, 0.0, last.store.size
    ordered = [last, *(term for term in terms if term is not last)]
    few = found(ordered) if are_listed(terms) else None
    packing, integers = Packing("int16"), np.zeros(0, np.int32)
    for begin in range(0, size if few is None else 1, SPAN):
        numbers = few[1] if few else reading(ordered, begin, min(begin + SPAN, size))[0]
        if not np.abs(numbers).max(initial=0.0) < LARGEST * step:
            return None
        integers, lost, _ = kernels.rounding.rounded(numbers, step, 0.5 * step)
        square += lost
        if few is None:
            packing.add(integers)
    if few is None:
        store, escapes = packing.finish()
        out = last.replace(kind="int16", store=store, escapes=escapes)
    else:
        out = of_listed(last, few[0], integers, "int16")
    out = out.replace(step=last.step * step, error=None)
    slack = 1.0 + size * float(np.finfo(np.float64).eps)
    lost = float(np.ldexp(square**0.5 * slack * abs(last.step), last.exponent))
    return (out, lost) if isfinite(lost) else None


# -- ufuncs --------------------------------------------------------------------------------------


@implements(Encoded)
def combined(self: Encoded, ufunc: np.ufunc, operands: Sequence[Any]) -> Source | None:
    """Return a sum, difference or multiple of packed arrays, still packed; None for other calls.

    O(1), or O(N) where steps agree.
    """
    if len(operands) == 1:
        if ufunc is np.negative:
            return _scaled(self, -1.0)
        if ufunc is np.square:
            return products(ufunc, operands)
        return self if ufunc is np.positive else None
    if ufunc in (np.add, np.subtract):
        return _sum(ufunc, operands)
    if ufunc is np.multiply and all(isinstance(x, Encoded) for x in operands):
        return products(ufunc, operands)
    factor: Any = None
    if ufunc is np.multiply:
        factor = operands[0] if operands[1] is self else operands[1]
    elif ufunc is np.divide and operands[0] is self:
        factor = operands[1]
    if not isinstance(factor, (int, float, np.floating, np.integer)) or not factor:
        return None
    like = self.dtype.type(1)
    if ufunc(*(like if operand is self else operand for operand in operands)).dtype != self.dtype:
        return None
    return _scaled(self, 1.0 / float(factor) if ufunc is np.divide else float(factor))


def _scaled(x: Encoded, factor: float) -> Source | None:
    if isinstance(x, Packed):
        return x.scaled(factor)
    terms = [term.scaled(factor) for term in x.terms]
    shift, absolute = x.shift * factor, x.absolute_error * abs(factor)
    known = [term for term in terms if term is not None]
    if not isfinite(shift) or len(known) < len(terms):
        return None
    rounds_by = rounding(known, abs(shift))
    return PackedSum(tuple(known), shift, absolute + rounds_by) if isfinite(rounds_by) else None


def _sum(ufunc: np.ufunc, operands: Sequence[Any]) -> Source | None:
    """Add or subtract two arrays of one space, or an array and a number."""
    like = next(x for x in operands if isinstance(x, Encoded))
    dtype, off = like.dtype, 0.0
    if any(x is not like and getattr(x, "size", 0) == 1 for x in operands):
        operands, off = _as_numbers(operands, like.shape)
    numbers = (x.dtype.type(1) if isinstance(x, Encoded) else x for x in operands)
    arrays = [x for x in operands if isinstance(x, Encoded)]
    first, last = arrays[0], arrays[-1]
    if len(arrays) < 2:
        other = next(x for x in operands if not isinstance(x, Encoded))
        is_real = isinstance(other, (int, float, np.floating)) and bool(np.isfinite(other))
        can_shift = has_constants(first.shape, first.bases)
        if not is_real or not can_shift:
            return None
    elif first.shape != last.shape or first.bases != last.bases or first.dtype != last.dtype:
        return None
    if ufunc(*numbers).dtype != dtype:
        return None
    terms: list[Packed] = []
    shift = absolute = 0.0
    for sign, x in zip((1.0, -1.0 if ufunc is np.subtract else 1.0), operands, strict=True):
        if not isinstance(x, Encoded):
            shift += sign * float(x)
            continue
        some = [term.scaled(-1.0) for term in x.terms] if sign < 0 else x.terms
        if not all(some):
            return None
        terms += [term for term in some if term is not None]
        shift += sign * x.shift
        absolute += x.absolute_error
    absolute += off * like.size**0.5
    rounds_by = rounding(terms, abs(shift))
    if absolute:
        absolute += rounds_by
    return packed_sum(terms, shift, absolute) if isfinite(rounds_by) else None


def has_constants(shape: Shape, bases: Sequence[Basis]) -> bool:
    """Tell whether constants are in bases: along an axis in the standard one no function is."""
    return not any(basis.is_standard and n > 1 for basis, n in zip(bases, shape, strict=True))


def _as_numbers(operands: Sequence[Any], shape: tuple[int, ...]) -> tuple[list[Any], float]:
    """Take arrays of one element as numbers that are added to all, and how far off these are."""
    out, off = [], 0.0
    for x in operands:
        is_one = isinstance(x, (Source, np.ndarray)) and not isinstance(x, Encoded)
        if is_one and x.size == 1 and len(x.shape) <= len(shape):
            error = x.error if isinstance(x, Source) else None
            off += 0.0 if error is None else error.absolute
            x = (x.dense() if isinstance(x, Source) else x).reshape(-1)[0]
        out.append(x)
    return out, off


def rounding(terms: Sequence[Packed], shift: float) -> float:
    """Bound what rounds in a sum; infinite where elements may overflow. O(1)."""
    like = _zero(terms[0], 0.0)
    size = shift * float(like.size) ** 0.5 + sum(_size(term) for term in terms)
    if not 2.0 * size < float(np.finfo(like.dtype).max):
        return float("inf")
    return (len(terms) + 2.0) * rounds(like, size)


def _size(term: Packed) -> float:
    """Bound the norm of a term, by what is known of it where something is."""
    error = term.error
    if error is None or not isfinite(error.absolute):
        return term.norm_bound()
    return 2.0 * (error.reference + 2.0 * error.absolute)
