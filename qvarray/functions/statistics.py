"""Sums, products, extremes, counts, averages and variances."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from .. import reduction
from ..array import VirtualQArray
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..expression import expressed
from ..spectrum import Spectrum
from ..transform import norm

__all__: list[str] = []

_UNSET = np._NoValue


def _given(**kwargs: Any) -> dict[str, Any]:
    """The arguments that were passed."""
    return {name: value for name, value in kwargs.items() if value is not _UNSET}


def _reduction(function: Any, ufunc: np.ufunc) -> None:
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
        kwargs = _given(keepdims=keepdims, initial=initial, where=where)
        if out is not None:
            kwargs["out"] = out
        return ufunc.reduce(a, axis=axis, dtype=dtype, **kwargs)


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
        kwargs = _given(keepdims=keepdims, initial=initial, where=where)
        if out is not None:
            kwargs["out"] = out
        return ufunc.reduce(a, axis=axis, **kwargs)


def _truth(function: Any, ufunc: np.ufunc) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Any, axis: Any = None, out: Any = None, keepdims: Any = _UNSET, *, where: Any = _UNSET
    ) -> Any:
        kwargs = _given(keepdims=keepdims, where=where)
        if out is not None:
            kwargs["out"] = out
        return ufunc.reduce(a, axis=axis, **kwargs)


_reduction(np.sum, np.add)
_reduction(np.prod, np.multiply)
_extreme(np.max, np.maximum)
_extreme(np.min, np.minimum)
_truth(np.any, np.logical_or)
_truth(np.all, np.logical_and)


def _count(a: VirtualQArray, axis: Any) -> int:
    if axis is None:
        return a.size
    axes = np.lib.array_utils.normalize_axis_tuple(axis, a.ndim)
    return prod(a.shape[one] for one in axes)


def _divided(total: Any, count: float, dtype: Any) -> Any:
    if isinstance(total, VirtualQArray):
        out = np.true_divide(total, count)
        return out if dtype is None else out.astype(dtype, copy=False)
    kind = total.dtype if dtype is None else np.dtype(dtype)
    return kind.type(total / count)


@function_rule(Tier.CLOSED, np.mean)
def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _UNSET,
    *,
    where: Any = _UNSET,
) -> Any:
    """The sum, over the number of elements."""
    count = _count(a, axis) if isinstance(a, VirtualQArray) else 0
    if count == 0 or out is not None or where is not _UNSET:
        kwargs = _given(keepdims=keepdims, where=where)
        if out is not None:
            kwargs["out"] = out
        return call_dense(np.mean, (a, axis, dtype), kwargs)
    kind, final = dtype, None
    if dtype is None and a.dtype.kind in "biu":
        kind = np.float64
    elif dtype is None and a.dtype == np.float16:
        kind, final = np.float32, np.float16
    total = np.add.reduce(a, axis=axis, dtype=kind, **_given(keepdims=keepdims))
    return _divided(total, count, final)


def _variance_closed(spectrum: Any) -> Any:
    """By Parseval: the energy of all functions but the constant one, which is the mean. O(k)."""
    if not isinstance(spectrum, Spectrum) or spectrum.diagonal or spectrum.size == 0:
        return None
    if any(
        basis.name == "standard" and n > 1
        for basis, n in zip(spectrum.bases, spectrum.shape, strict=True)
    ):
        return None
    values = spectrum.eigenvalues
    if spectrum.active_indices is None or (values.size and spectrum.active_indices[0] == 0):
        values = values[1:]
    return norm(values) ** 2


@function_rule(Tier.CLOSED, np.var)
def var(
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
    """The mean of squared distances from the mean: closed over all axes of a spectral array."""
    if correction is not _UNSET:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    count = _count(a, axis) if isinstance(a, VirtualQArray) else 0
    special = where is not _UNSET or mean is not _UNSET or out is not None or dtype is not None
    if special or count <= ddof or a.dtype == np.float16:
        kwargs = _given(keepdims=keepdims, where=where, mean=mean)
        if out is not None:
            kwargs["out"] = out
        return call_dense(np.var, (a, axis, dtype), {**kwargs, "ddof": ddof})
    kind = np.dtype(np.float64) if a.dtype.kind in "biu" else a.dtype.type(0).real.dtype
    closed = _variance_closed(a.source) if axis is None and keepdims in (_UNSET, False) else None
    if closed is not None:
        return kind.type(closed / (count - ddof))
    center = np.mean(a, axis=axis, keepdims=True)
    away = np.subtract(a, center)
    energy = np.square(away) if a.dtype.kind != "c" else np.square(np.abs(away))
    total = np.add.reduce(energy, axis=axis, **_given(keepdims=keepdims))
    return _divided(total, count - ddof, None)


@function_rule(Tier.CLOSED, np.std)
def std(
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
    """The square root of the variance."""
    if out is not None:
        return call_dense(
            np.std,
            (a, axis, dtype, out, ddof),
            _given(keepdims=keepdims, where=where, mean=mean, correction=correction),
        )
    kwargs = _given(keepdims=keepdims, where=where, mean=mean, correction=correction)
    return np.sqrt(np.var(a, axis, dtype, None, ddof, **kwargs))


@function_rule(Tier.CLOSED, np.count_nonzero)
def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """How many elements are not zero: a Python int over all axes, as NumPy returns."""
    out: Any = np.sum(np.not_equal(a, 0), axis=axis, dtype=np.intp, keepdims=keepdims)
    return int(out) if axis is None and not keepdims else out


@function_rule(Tier.CLOSED, np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = _UNSET) -> Any:
    """The largest element less the smallest."""
    kwargs = _given(keepdims=keepdims)
    high = np.maximum.reduce(a, axis=axis, **kwargs)
    low = np.minimum.reduce(a, axis=axis, **kwargs)
    return np.subtract(high, low, **({} if out is None else {"out": out}))


def _standard_extreme(spectrum: Spectrum, find: Any) -> int:
    """Where the first extreme element is, from the active ones and the first that is not. O(k)."""
    indices, values = spectrum.indices(), spectrum.eigenvalues
    candidates = []
    if values.size:
        at = int(find(values))
        candidates.append((int(indices[at]), values[at]))
    if values.size < spectrum.space:
        gap = np.flatnonzero(indices != np.arange(indices.size))
        candidates.append((int(gap[0]) if gap.size else values.size, spectrum.fill_value))
    candidates.sort(key=lambda pair: pair[0])
    return candidates[int(find(np.array([value for _, value in candidates])))][0]


def _arg_extreme(function: Any, largest: bool) -> None:
    find = np.argmax if largest else np.argmin

    @function_rule(Tier.CLOSED, function)
    def rule(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = _UNSET) -> Any:
        plain = axis is None and out is None and keepdims in (_UNSET, False)
        if not plain or not isinstance(a, VirtualQArray) or a.size == 0:
            kwargs = {**_given(keepdims=keepdims), **({} if out is None else {"out": out})}
            return call_dense(function, (a, axis), kwargs)
        source = expressed(a.source)
        if isinstance(source, Spectrum) and source.is_standard:
            return np.intp(_standard_extreme(source, find))
        return np.intp(reduction.arg_extreme(source, largest))


_arg_extreme(np.argmax, largest=True)
_arg_extreme(np.argmin, largest=False)
