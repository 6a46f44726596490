"""Sums, products and extremes of elements along axes, with NaN or without: np.sum, np.nanmax."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.values import Array, Axis, all_finite, scalar_of
from ...core.whole import of_all
from ...ufuncs import by_method
from ...ufuncs.reduce import of_everything
from ..common import UNSET, Operand, Output, Unset, array_of, delivered, given, written

#: What leaves the result of a reduction as it is.
_NEUTRAL = {np.add: 0, np.multiply: 1, np.logical_and: 1, np.logical_or: 0}


def without_nan(a: Operand, number: float) -> tuple[VirtualQArray, VirtualQArray | None]:
    """Return an array with a number for each NaN, and where those were.

    Returns None for the mask of a dtype that has no NaN, and of an operator, whose elements are no
    larger than its eigenvalues. O(k), or an expression.
    """
    x = array_of(a)
    spectrum = x.source.stored
    if x.dtype.kind not in "fc" or (
        spectrum is not None
        and spectrum.is_operator
        and all_finite(np.append(spectrum.eigenvalues, spectrum.fill_value))
    ):
        return x, None
    mask: Any = np.isnan(x)
    return array_of(np.where(mask, x.dtype.type(number), x)), mask


def _masked(
    ufunc: np.ufunc, a: VirtualQArray, mask: Array, dtype: Any, initial: Any
) -> tuple[VirtualQArray, Any] | None:
    """Return `a` with neutral elements where the mask is false, and `initial`.

    Returns None where neutral elements are not of the dtype of the array.
    """
    if np.shape(mask) != () and np.broadcast_shapes(np.shape(mask), a.shape) != a.shape:
        raise ValueError("input operand has more dimensions than allowed by the axis remapping")
    if mask.dtype.kind != "b":
        raise TypeError(f"where must be an array of bool, got dtype {mask.dtype}")
    if ufunc in _NEUTRAL:
        initial = _NEUTRAL[ufunc] if initial in (UNSET, None) else initial
        neutral = scalar_of(_NEUTRAL[ufunc], a.dtype)
    else:
        # Without an initial value this raises what NumPy raises.
        neutral = ufunc.reduce(np.empty(0, a.dtype), dtype=dtype, **given(initial=initial))
        if neutral.dtype != a.dtype:
            return None
    return array_of(np.where(mask, a, neutral)), initial


def reduced(
    ufunc: np.ufunc,
    a: Operand,
    axis: Axis,
    dtype: DTypeLike | None = None,
    out: Output = None,
    keepdims: bool | Unset = UNSET,
    initial: Operand | Unset | None = UNSET,
    where: Any = UNSET,
) -> Any:
    """Return ``ufunc.reduce`` with its other arguments, where they were passed.

    O(k) in the standard basis, as `ufuncs.reduce.reduce`; page by page for expressions.
    """
    x = array_of(a)
    kept: Any = False if keepdims is UNSET else keepdims
    if where is not UNSET and where is not True and where is not np.True_:
        if not isinstance(where, (VirtualQArray, np.ndarray)):
            where = np.asarray(where, bool)
        ufunc.reduce(np.ones((1,) * x.ndim, x.dtype), axis=axis)  # NumPy judges the axis
        replaced = _masked(ufunc, x, where, dtype, initial)
        if replaced is None:
            kwargs = given(keepdims=keepdims, initial=initial, where=where)
            return delivered(call_dense(ufunc.reduce, (x, axis, dtype), kwargs), out)
        x, initial = replaced
    if out is None:
        return by_method.reduced(ufunc, x, axis, dtype, kept, initial)
    kwargs = given(keepdims=keepdims, initial=initial)
    dtype = output_loop(ufunc, x, dtype, out)
    if dtype is not None:
        # NumPy reads the output before it writes there, and warns if that loses something.
        np.empty(0, out.dtype).astype(dtype)
    if ufunc.identity is None and "initial" not in kwargs and not _keeps_order(x.dtype, out.dtype):
        # NumPy begins with the first element as the output holds it.
        return by_method.reduced(ufunc, x, axis=axis, dtype=None, out=out, **kwargs)
    return written(by_method.reduced(ufunc, x, axis=axis, dtype=dtype, **kwargs), out)


def _keeps_order(elements: np.dtype[Any], output: np.dtype[Any]) -> bool:
    """Tell whether elements in the dtype of an output are in the same order, or equal."""
    return np.can_cast(elements, output) or elements.kind == output.kind == "f"


def output_loop(ufunc: np.ufunc, x: VirtualQArray, dtype: DTypeLike | None, out: Output) -> Any:
    """Return the dtype that elements are combined in for an output; None for that of the elements.

    Raises TypeError where `out` is no array.
    """
    if not isinstance(out, (VirtualQArray, np.ndarray)):
        raise TypeError("return arrays must be of ArrayType")
    if dtype is None and ufunc not in (np.logical_and, np.logical_or):
        kinds = (out.dtype, x.dtype, None)
        # The type, since units are those of the elements.
        dtype = ufunc.resolve_dtypes(kinds, casting="unsafe", reduction=True)[0].type
    return dtype


def _sum(function: Callable[..., Any], ufunc: np.ufunc, instead_of_nan: int | None = None) -> None:
    """Register the rule of a sum or product, which may take a number for NaN."""

    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: Output = None,
        keepdims: bool | Unset = UNSET,
        initial: Operand | Unset = UNSET,
        where: Operand | Unset = UNSET,
    ) -> Any:
        if instead_of_nan is not None:
            a, _ = without_nan(a, instead_of_nan)
        return reduced(ufunc, a, axis, dtype, out, keepdims, initial, where)

    if instead_of_nan is None:
        of_all(function)(partial(of_everything, ufunc))


_sum(np.sum, np.add)
_sum(np.prod, np.multiply)
_sum(np.nansum, np.add, 0)
_sum(np.nanprod, np.multiply, 1)


def _extreme(function: Callable[..., Any], ufunc: np.ufunc) -> None:
    """Register the rule of an extreme element; `fmax` and `fmin` take no notice of NaN."""
    skips_nan = ufunc in (np.fmax, np.fmin)

    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        axis: Axis = None,
        out: Output = None,
        keepdims: bool | Unset = UNSET,
        initial: Operand | Unset = UNSET,
        where: Operand | Unset = UNSET,
    ) -> Any:
        result = reduced(ufunc, a, axis, None, out, keepdims, initial, where)
        if skips_nan and np.any(np.isnan(result)):
            warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=2)
        return result

    if not skips_nan:
        of_all(function)(partial(of_everything, ufunc))


for _function in (np.max, np.amax):
    _extreme(_function, np.maximum)
for _function in (np.min, np.amin):
    _extreme(_function, np.minimum)
_extreme(np.nanmax, np.fmax)
_extreme(np.nanmin, np.fmin)
