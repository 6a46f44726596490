"""Ufuncs that are closed on the coefficients, in bases other than the standard one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..accuracy.propagation import ufunc_bound
from ..core.source import Source
from ..core.spectrum import CoefficientOverflowError, Spectrum, constant
from ..core.values import magnitudes
from ..ops import linear
from ..ops.bounds import bounded, rounds
from ..sources.closable import Closable
from ..sources.expression import Expression
from .coefficient_product import most_pairs, product, put_off
from .operands import proxy

_UNARY = (np.negative, np.positive)
#: Linear as well, of real coefficients: they take no complex ones.
_ANGLES = (np.deg2rad, np.rad2deg, np.radians, np.degrees)
_SUMS = (np.add, np.subtract)
_SCALED = (np.multiply, np.divide)
#: Of finite coefficients that are not huge they are the same everywhere.
_OF_FINITE = {np.isnan: False, np.isinf: False, np.isfinite: True}
_CLOSED = frozenset((*_UNARY, *_ANGLES, *_SUMS, *_SCALED, *_OF_FINITE, np.square, np.conjugate))
#: Expressions inside each other whose coefficients are put off, at most.
_DEEP = 8


def apply(
    ufunc: np.ufunc, operands: list[Any], shape: tuple[int, ...]
) -> Spectrum | Closable | None:
    """Return the result on the coefficients alone; None where that is not closed.

    Coefficients are larger than elements, by up to sqrt(N): where one would overflow, None too.
    Those of products may be so many that pages of the factors are cheaper: they are put off until
    somebody asks, as `Closable`. O(k).
    """
    if ufunc not in _CLOSED:
        return None
    arrays: list[Any] = []
    depth = 0
    for operand in operands:
        if isinstance(operand, Source):
            if operand.shape != shape:
                return None
            arrays.append(operand)
            if isinstance(operand, Closable):
                depth = max(depth, operand.depth)
    if 0 < depth < _DEEP:
        most = _bound(ufunc, operands, arrays)
        if not most:
            return None
    else:
        operands = [
            operand.stored if isinstance(operand, Source) else operand for operand in operands
        ]
        if any(operand is None for operand in operands):
            return None
        factors = _factors(ufunc, operands)
        most = put_off(*factors) if factors else 0
        if not most:
            return _close(ufunc, operands)
    dtype = ufunc(*(proxy(operand) for operand in operands)).dtype
    return Closable(ufunc, tuple(operands), shape, dtype, most, _close)


def _factors(ufunc: np.ufunc, operands: list[Any]) -> list[Any]:
    """Return the two arrays that are multiplied, or fewer where a factor is no array."""
    if ufunc is np.square:
        return operands * 2
    if ufunc is not np.multiply:
        return []
    return operands if all(isinstance(operand, Source) for operand in operands) else []


def _bound(ufunc: np.ufunc, operands: list[Any], arrays: list[Source]) -> int:
    """Bound the number of coefficients of a call of which some are put off; 0: it has none."""
    known: list[Any] = [array if isinstance(array, Closable) else array.stored for array in arrays]
    if ufunc in _OF_FINITE:
        return 0
    if any(array is None or array.diagonal or array.bases != known[0].bases for array in known):
        return 0
    counts = [array.most if isinstance(array, Closable) else array.nactive for array in known]
    if _factors(ufunc, operands):
        pairs = counts[0] * counts[-1]
        return pairs if pairs <= most_pairs(arrays[0].size) else 0
    if len(operands) > len(arrays) and not _takes_number(ufunc, operands):
        return 0
    return sum(counts) if ufunc not in _ANGLES or arrays[0].dtype.kind == "f" else 0


def _takes_number(ufunc: np.ufunc, operands: list[Any]) -> bool:
    """Tell whether a ufunc of an array and a number is linear in the array, and finite."""
    first = isinstance(operands[0], Source)
    number = operands[1] if first else operands[0]
    if ufunc in _SCALED and not (first or ufunc is np.multiply):
        return False
    return bool(np.isfinite(number)) and not (ufunc is np.divide and number == 0)


def _close(ufunc: np.ufunc, operands: list[Any]) -> Spectrum | None:
    arrays: list[Any] = [operand for operand in operands if isinstance(operand, Source)]
    if any(array.fill_value and not array.diagonal for array in arrays):
        return None
    if len(arrays) == 2:
        arrays = list(linear.in_one_space(*arrays))
        operands = arrays if len(operands) == 2 else operands
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            out = _on_coefficients(ufunc, operands, arrays)
    except CoefficientOverflowError:
        return None
    return out if out is None or np.isfinite(out.fill_value) else None


def _on_coefficients(
    ufunc: np.ufunc, operands: list[Any], arrays: list[Spectrum]
) -> Spectrum | None:
    if len(operands) == 1:
        if ufunc in _UNARY and arrays[0].dtype.kind != "b":
            return linear.map_values(arrays[0], ufunc)
        if ufunc in _ANGLES and arrays[0].eigenvalues.dtype.kind == "f":
            return linear.map_values(arrays[0], ufunc)
        if ufunc is np.square:
            return _product(arrays[0], arrays[0])
        if ufunc in _OF_FINITE:
            same = _has_small_coefficients(arrays[0])
            return constant(np.bool_(_OF_FINITE[ufunc]), arrays[0].shape) if same else None
        return linear.conjugate(arrays[0]) if ufunc is np.conjugate else None
    if len(arrays) == 2:
        if ufunc in _SUMS and linear.have_same_space(*arrays):
            return linear.combine(ufunc, *arrays)
        return _product(*arrays) if ufunc is np.multiply else None
    first = isinstance(operands[0], Source)
    factor = operands[1] if first else operands[0]
    if ufunc in _SUMS:
        shift = linear.constant_like(arrays[0], factor)
        if shift is None:
            return None
        return linear.combine(ufunc, *((arrays[0], shift) if first else (shift, arrays[0])))
    if ufunc not in _SCALED or not _takes_number(ufunc, operands):
        return None
    if first:
        return linear.map_values(arrays[0], lambda x: ufunc(x, factor))
    return linear.map_values(arrays[0], lambda x: ufunc(factor, x))


def _has_small_coefficients(x: Spectrum) -> bool:
    """Tell whether no element of an array, and no step on the way to one, can overflow. O(k)."""
    if x.dtype.kind not in "fc":
        return True
    # Functions of norm 1 have no larger values; transforms are scaled when they are done.
    most = float(np.abs(x.eigenvalues).sum(dtype=np.float64)) + float(np.abs(x.fill_value))
    held, shown = (np.finfo(dtype).max for dtype in (x.eigenvalues.dtype, x.dtype))
    return bool(most < shown / 2 and most * x.size**0.5 < held / 4)


def _product(a: Spectrum, b: Spectrum) -> Spectrum | None:
    """Return what `product` does, with the bound that follows from those of the two."""
    out = product(a, b)
    if out is None or (a.error is None and b.error is None):
        return out
    errors = [x.absolute_error for x in (a, b)]
    absolute = ufunc_bound(np.multiply, (a, b), errors, out.shape)
    # Pairs of coefficients are rounded before they are summed.
    terms = a.norm_bound() * float(magnitudes(b.eigenvalues).sum())
    return bounded(out, absolute + rounds(out, terms))


def for_output(result: Any, dtype: np.dtype[Any], casting: Any) -> Any:
    """Return a result as it is written to an output of some dtype that can hold it."""
    if result.dtype == dtype:
        return result
    if isinstance(result, Expression):
        result = result.settle()
    return linear.cast(result, dtype, casting)
