"""Ufuncs that are closed on the coefficients, in bases other than the standard one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..accuracy.propagation import ufunc_bound
from ..core.source import Source
from ..core.spectrum import CoefficientOverflowError, Spectrum
from ..ops import linear
from ..ops.bounds import bounded, rounds
from ..sources.expression import Expression
from .coefficient_product import product

__all__ = ["apply", "for_output"]

_UNARY = (np.negative, np.positive)
#: Linear as well, of real coefficients: they take no complex ones.
_ANGLES = (np.deg2rad, np.rad2deg, np.radians, np.degrees)
_SUMS = (np.add, np.subtract)
_SCALED = (np.multiply, np.divide)


def apply(ufunc: np.ufunc, operands: list[Any], shape: tuple[int, ...]) -> Spectrum | None:
    """Return the result on the coefficients alone; None where that is not closed.

    Coefficients are larger than elements, by up to sqrt(N): where one would overflow, None too.
    O(k).
    """
    arrays: list[Any] = [operand for operand in operands if isinstance(operand, Source)]
    if not all(array.stored is not None and array.shape == shape for array in arrays):
        return None
    if any(array.fill_value != 0 and not array.diagonal for array in arrays):
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
    if ufunc not in _SCALED or not (first or ufunc is np.multiply):
        return None
    if (ufunc is np.divide and factor == 0) or not np.isfinite(factor):
        return None
    if first:
        return linear.map_values(arrays[0], lambda x: ufunc(x, factor))
    return linear.map_values(arrays[0], lambda x: ufunc(factor, x))


def _product(a: Spectrum, b: Spectrum) -> Spectrum | None:
    """As `convolution.product`, with the bound that follows from those of the two."""
    out = product(a, b)
    if out is None or (a.error is None and b.error is None):
        return out
    errors = [x.absolute_error for x in (a, b)]
    absolute = ufunc_bound(np.multiply, (a, b), errors, out.shape)
    # Pairs of coefficients are rounded before they are summed.
    terms = a.norm_bound() * float(np.abs(b.eigenvalues).sum())
    return bounded(out, absolute + rounds(out, terms))


def for_output(result: Any, dtype: np.dtype[Any], casting: Any) -> Any:
    """Return a result as it is written to an output of some dtype that can hold it."""
    if result.dtype == dtype:
        return result
    if isinstance(result, Expression):
        result = result.settle()
    return linear.cast(result, dtype, casting)
