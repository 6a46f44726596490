"""Functions that take no notice of NaN: it is replaced, and the ordinary rules do the rest.

As closed, or as lazy, as those are.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...ufuncs.elementwise_functions import apply_elementwise
from ..common import given, spectrum_of
from .reductions import axes_of, is_sparse, line_energies, reduced

__all__: list[str] = []

_UNSET = np._NoValue


def _virtual(a: Any) -> VirtualQArray:
    return a if isinstance(a, VirtualQArray) else VirtualQArray(spectrum_of(a))


def _chosen(mask: Any, value: Any, x: Any) -> Any:
    """`value` where the mask is true, of the dtype of `x`."""
    value = x.dtype.type(value)
    if np.ndim(x) or np.ndim(mask):
        return VirtualQArray(apply_elementwise(np.where, (mask, value, x)))
    return VirtualQArray(spectrum_of(np.where(mask, value, np.asarray(x))))


def _replaced(a: Any, value: Any) -> tuple[VirtualQArray, Any]:
    """An array with a number for each NaN, and where those were; None where there can be none."""
    a = _virtual(a)
    if a.dtype.kind not in "fc":
        return a, None
    mask = np.isnan(a)
    return _chosen(mask, value, a), mask


def _sum(function: Any, ordinary: Any, identity: int) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = _UNSET,
        initial: Any = _UNSET,
        where: Any = _UNSET,
    ) -> Any:
        kwargs = given(keepdims=keepdims, initial=initial, where=where)
        return ordinary(_replaced(a, identity)[0], axis, dtype, out, **kwargs)


_sum(np.nansum, np.sum, 0)
_sum(np.nanprod, np.prod, 1)


def _cumulative(function: Any, ordinary: Any, identity: int) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        return ordinary(_replaced(a, identity)[0], axis, dtype, out)


_cumulative(np.nancumsum, np.cumsum, 0)
_cumulative(np.nancumprod, np.cumprod, 1)


def _extreme(function: Any, ufunc: np.ufunc) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Any,
        axis: Any = None,
        out: Any = None,
        keepdims: Any = _UNSET,
        initial: Any = _UNSET,
        where: Any = _UNSET,
    ) -> Any:
        kwargs = {"keepdims": keepdims, "initial": initial, "where": where}
        result = reduced(ufunc, a, axis, None, out, **kwargs)
        if np.any(np.isnan(result)):
            warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=2)
        return result


_extreme(np.nanmax, np.fmax)
_extreme(np.nanmin, np.fmin)


def _place(function: Any, ordinary: Any, least: float) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = _UNSET) -> Any:
        x, mask = _replaced(a, least)
        if mask is not None and x.size and np.any(np.all(mask, axis=axis)):
            raise ValueError("All-NaN slice encountered")
        return ordinary(x, axis, out, **given(keepdims=keepdims))


_place(np.nanargmax, np.argmax, -np.inf)
_place(np.nanargmin, np.argmin, np.inf)


# -- averages -----------------------------------------------------------------------------------


def _require_inexact(dtype: Any, out: Any) -> None:
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise TypeError("If a is inexact, then dtype must be inexact")
    if out is not None and out.dtype.kind not in "fc":
        raise TypeError("If a is inexact, then out must be inexact")


def _over(total: Any, count: Any, out: Any = None) -> Any:
    """`total` over `count`, of the dtype of `total`, or written to an output."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if out is not None:
            return np.divide(total, count, out=out, casting="unsafe")
        if isinstance(total, VirtualQArray):
            return np.divide(total, count).astype(total.dtype, copy=False)
        return total.dtype.type(total / count)


@function_rule(Tier.CLOSED, np.nanmean)
def nanmean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _UNSET,
    *,
    where: Any = _UNSET,
) -> Any:
    """The sum of the elements that are numbers, over how many they are."""
    x, mask = _replaced(a, 0)
    kwargs = given(keepdims=keepdims, where=where)
    if mask is None:
        return np.mean(x, axis, dtype, out, **kwargs)
    _require_inexact(dtype, out)
    count = np.sum(np.logical_not(mask), axis=axis, dtype=np.intp, **kwargs)
    total = np.sum(x, axis=axis, dtype=dtype, out=out, **kwargs)
    result = _over(total, count, out)
    if np.any(np.equal(count, 0)):
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=2)
    return result


def _squared(x: Any) -> Any:
    """The square of the size of each element, as the product with its conjugate."""
    return np.multiply(x, np.conjugate(x)).real if x.dtype.kind == "c" else np.multiply(x, x)


def _squares(x: VirtualQArray, center: Any, mask: Any, where: Any) -> Any:
    """The squares of the distances from the center; 0 for what was NaN. O(k)."""
    away: Any = np.subtract(x, center)
    if away.dtype != x.dtype:
        away = (away if np.ndim(away) else np.asarray(away)).astype(x.dtype)
    if where is not _UNSET and where is not True:
        # What is masked is not touched: no warnings come of it.
        away = _chosen(np.logical_not(where), 0, away)
    away = _chosen(mask, 0, away)
    if not away.ndim:
        return _virtual(_squared(away.todense()))
    return VirtualQArray(apply_elementwise(_squared, (away,)))


@function_rule(Tier.CLOSED, np.nanvar)
def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = _UNSET,
    *,
    where: Any = _UNSET,
    mean: Any = _UNSET,
    correction: Any = _UNSET,
) -> Any:
    """The mean of the squared distances from the mean, of the elements that are numbers."""
    a = _virtual(a)
    x, mask = _replaced(a, 0)
    kwargs, masked = given(keepdims=keepdims, where=where), given(where=where)
    if mask is None:
        more = given(mean=mean, correction=correction)
        return np.var(x, axis, dtype, out, ddof, **kwargs, **more)
    _require_inexact(dtype, out)
    if correction is not _UNSET:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    numbers = np.logical_not(mask)
    center = mean
    if mean is _UNSET:
        whole = np.sum(numbers, axis=axis, dtype=np.intp, keepdims=True, **masked)
        total = np.sum(x, axis=axis, dtype=dtype, keepdims=True, **masked)
        center = _over(total, whole)
    plain = a.ndim and mean is _UNSET and where is _UNSET
    axes = axes_of(axis, a.ndim) if plain else ()
    if 0 < len(axes) < a.ndim and a.size and is_sparse(a.source):
        result: Any = line_energies(a.spectrum, center, axes, dtype, keepdims, skip_nan=True)
        result = result if out is None else result.astype(out.dtype, copy=False)
    else:
        squares = _squares(x, center, mask, where)
        result = np.sum(squares, axis=axis, dtype=dtype, out=out, **kwargs)
    count = np.sum(numbers, axis=axis, dtype=np.intp, **kwargs)
    freedom = np.subtract(count, ddof)
    bad = np.less_equal(freedom, 0)
    variance = _over(result, freedom, out)
    if np.any(bad):
        warnings.warn("Degrees of freedom <= 0 for slice.", RuntimeWarning, stacklevel=2)
        if isinstance(variance, (VirtualQArray, np.ndarray)):
            fixed = _chosen(bad, np.nan, variance)
            if out is None:
                return fixed
            return np.positive(fixed, out=out)
        return variance.dtype.type(np.nan)
    return variance


@function_rule(Tier.CLOSED, np.nanstd)
def nanstd(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = _UNSET,
    *,
    where: Any = _UNSET,
    mean: Any = _UNSET,
    correction: Any = _UNSET,
) -> Any:
    """The square root of the variance of the elements that are numbers."""
    kwargs = given(keepdims=keepdims, where=where, mean=mean, correction=correction)
    square: Any = np.nanvar(_virtual(a), axis, dtype, out, ddof, **kwargs)
    if not isinstance(square, np.generic):
        return np.sqrt(square, out=square)
    return square.dtype.type(np.sqrt(square))
