"""Averages and variances, with NaN or without: np.mean, np.var, np.nanstd, np.average."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ...array.virtual_array import VirtualQArray
from ...core.error_bound import ErrorBound
from ...core.numpy_versions import MEAN_OF_NOTHING
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact, constant
from ...core.values import Array, Axis
from ...ops.basis_change import to_dense
from ...ops.broadcast import broadcast_to, permute_axes
from ...ops.order import first_inactive
from ...ops.sums import reduced_shape, sum_closed
from ...sources.element_functions import named
from ...ufuncs import parseval
from ...ufuncs.elementwise_functions import apply_elementwise
from ...ufuncs.lines import columns_of, lines_of
from ..common import (
    UNSET,
    Operand,
    Output,
    Unset,
    array_of,
    axes_of,
    delivered,
    given,
    spectrum_of,
    written,
)
from ..math.reductions import reduced, without_nan


def _count(
    a: VirtualQArray,
    axis: Axis,
    keepdims: bool | Unset,
    where: Operand | Unset,
    numbers: Any = None,
) -> Any:
    """Return how many elements are averaged: an integer, or an array of some where masks differ.

    `numbers` is true where elements are not NaN; None where all count.
    """
    if numbers is None and (where is UNSET or where is True):
        shape = a.shape
        count = a.size if axis is None else prod(shape[i] for i in axes_of(axis, len(shape)))
        return np.intp(count) if count < 2**63 else np.float64(count)
    counted = VirtualQArray(constant(np.True_, a.shape)) if numbers is None else numbers
    return reduced(np.add, counted, axis, np.intp, keepdims=keepdims, where=where)


def _are_some(answer: Any) -> bool:
    """Tell whether a comparison of counts is true of one of them."""
    return bool(answer if isinstance(answer, np.generic) else np.any(answer))


def _over(total: Any, count: Any) -> Any:
    """Return `total` over `count`, of the dtype of `total`; written there, if that is an output."""
    if isinstance(total, VirtualQArray):
        out = np.true_divide(total, count)
        return out if out.dtype == total.dtype else out.astype(total.dtype)
    if isinstance(total, np.ndarray):
        return np.true_divide(total, count, out=total, casting="unsafe")
    return total.dtype.type(total / count)


def _over_silently(total: Any, count: Any) -> Any:
    with np.errstate(invalid="ignore", divide="ignore"):
        return _over(total, count)


def _require_inexact(dtype: DTypeLike | None, out: Output) -> None:
    """Refuse what functions without NaN refuse of arrays that may have some."""
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise TypeError("If a is inexact, then dtype must be inexact")
    if out is not None and out.dtype.kind not in "fc":
        raise TypeError("If a is inexact, then out must be inexact")


# -- means ---------------------------------------------------------------------------------------


@function_rule(Tier.CLOSED, np.mean)
def mean(
    a: Operand,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: Output = None,
    keepdims: bool | Unset = UNSET,
    *,
    where: Operand | Unset = UNSET,
) -> Any:
    """Return the sum over the number of elements. O(k)."""
    x = array_of(a)
    count = _count(x, axis, keepdims, where)
    if _are_some(count == 0):
        warnings.warn(MEAN_OF_NOTHING, RuntimeWarning, stacklevel=2)
    final = None
    if dtype is None and x.dtype.kind in "biu":
        dtype = np.float64
    elif dtype is None and x.dtype == np.float16:
        dtype, final = np.float32, np.float16
    total = reduced(np.add, x, axis, dtype, out, keepdims, where=where)
    result = _over(total, count)
    if out is not None:
        return written(result, out)
    return result if final is None else result.astype(final)


@function_rule(Tier.CLOSED, np.nanmean)
def nanmean(
    a: Operand,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: Output = None,
    keepdims: bool | Unset = UNSET,
    *,
    where: Operand | Unset = UNSET,
) -> Any:
    """Return the sum of the elements that are numbers, over how many they are. O(k)."""
    x, mask = without_nan(a, 0)
    if mask is None:
        return mean(x, axis, dtype, out, keepdims, where=where)
    _require_inexact(dtype, out)
    count = _count(x, axis, keepdims, where, np.logical_not(mask))
    total = reduced(np.add, x, axis, dtype, out, keepdims=keepdims, where=where)
    result = written(_over_silently(total, count), out)
    if np.any(np.equal(count, 0)):
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=2)
    return result


def _fitting(weights: Operand, a: VirtualQArray, axis: Axis) -> VirtualQArray:
    """Return weights of a shape that broadcasts to that of the array."""
    load = array_of(weights)
    if load.shape == a.shape:
        return load
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = axes_of(axis, a.ndim)
    if load.shape != tuple(a.shape[i] for i in axes):
        raise ValueError(
            "Shape of weights must be consistent with shape of a along specified axis."
        )
    order = sorted(range(len(axes)), key=lambda i: axes[i])
    ordered = VirtualQArray(permute_axes(load.spectrum, order))
    return ordered[tuple(slice(None) if i in axes else None for i in range(a.ndim))]


@function_rule(Tier.CLOSED, np.average)
def average(
    a: Operand,
    axis: Axis = None,
    weights: Operand | None = None,
    returned: bool = False,
    *,
    keepdims: bool | Unset = UNSET,
) -> Any:
    """Return the mean, or the sum of weighted elements over the sum of the weights. O(k)."""
    x = array_of(a)
    if axis is not None:
        axis = np.lib.array_utils.normalize_axis_tuple(axis, x.ndim, argname="axis")
    kwargs = given(keepdims=keepdims)
    if weights is None:
        out: Any = mean(x, axis, **kwargs)
        scale: Any = out.dtype.type(x.size / out.size)
    else:
        load = _fitting(weights, x, axis)
        common = np.result_type(x.dtype, load.dtype)
        dtype = np.result_type(common, np.float64) if x.dtype.kind in "biu" else common
        scale = np.sum(load, axis=axis, dtype=dtype, **kwargs)
        if np.any(np.equal(scale, 0.0)):
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        kind: Any = {} if dtype == common else {"dtype": dtype}
        out = np.divide(np.sum(np.multiply(x, load, **kind), axis=axis, **kwargs), scale)
    if not returned:
        return out
    if np.shape(scale) != np.shape(out):
        total = spectrum_of(scale)
        if total.size == 1:
            # One value all over is stored once.
            total = constant(to_dense(total).reshape(-1)[0], ())
        scale = VirtualQArray(broadcast_to(total, np.shape(out)))
    return out, scale


# -- variances -----------------------------------------------------------------------------------


@named("energy")
def _energy(x: Any) -> Any:
    """Return the square of the size of each element."""
    if x.dtype.kind == "c":
        return np.square(x.real) + np.square(x.imag)
    return np.square(x)


def _energies(x: Any) -> Any:
    """Return the squares of magnitudes, written over elements that are stored all."""
    if x.dtype.kind == "c" and np.ndim(x):
        return VirtualQArray(apply_elementwise(_energy, (x,)))
    if x.dtype.kind != "c" and isinstance(x, VirtualQArray) and x.source.held is not None:
        x *= x
        return x
    return _energy(x)


def _is_sparse(x: VirtualQArray) -> bool:
    source = x.source.standard
    return source is not None and source.active_indices is not None


def _line_energies(
    x: Spectrum,
    center: VirtualQArray,
    axes: tuple[int, ...],
    dtype: Any,
    keepdims: bool,
    skip_nan: bool,
) -> VirtualQArray:
    """Sum the squared distances of lines from their centers, along some axes. O(k log k).

    Parameters
    ----------
    x : Spectrum
        In the standard basis.
    center : VirtualQArray
        One for each line, as a mean with ``keepdims=True``.
    dtype : dtype-like or None
        Of the sums.
    skip_nan : bool
        Elements that are NaN add nothing.
    """

    def energy(elements: Any, centers: Any) -> Array:
        away = np.subtract(elements, centers)
        if not skip_nan:
            return np.asarray(_energy(away))
        away = np.asarray(away, x.dtype)
        return np.where(np.isnan(elements), away.real.dtype.type(0), _energy(away))

    middle = center.spectrum
    length = prod(x.shape[axis] for axis in axes)
    kinds = (x.dtype, center.dtype, bool if dtype is None else dtype)
    is_double = all(np.can_cast(kind, np.complex128) for kind in kinds)
    columns = columns_of(x, axes) if is_double else None
    if columns is not None:  # no sort
        numbers, values = np.arange(middle.size), x.eigenvalues
        missing = length - np.bincount(columns, minlength=middle.size)
    else:
        lines = lines_of(x, axes, x.eigenvalues)
        numbers, values, missing = lines.numbers, lines.values, lines.missing
    centers = middle.at(numbers)
    about = np.repeat(centers, lines.counts) if columns is None else centers.take(columns)
    active = energy(values, about)
    dtype = active.dtype if dtype is None else np.dtype(dtype)
    work = np.result_type(dtype, np.float64)
    if columns is not None:
        sums = np.bincount(columns, active, middle.size).astype(work, copy=False)
    elif active.size:
        sums = np.add.reduceat(active, lines.starts, dtype=work)
    else:
        sums = active.astype(work)
    some = missing > 0
    sums[some] += missing[some] * energy(x.fill_value, centers[some]).astype(work)
    # The center may store all lines: then that of a line of fill values is among the others.
    idle = np.array([min(first_inactive(numbers), middle.size - 1)])
    fill = (energy(x.fill_value, middle.at(idle)[0]).astype(work) * length).astype(dtype)[()]
    shape = reduced_shape(x.shape, axes, keepdims)
    error = None if x.error is None else ErrorBound.unknown()
    bases = x.bases[:1] * len(shape)
    out = compact(shape, dtype, bases, sums.astype(dtype), numbers, fill, error=error)
    return VirtualQArray(out)


def _ddof(ddof: float, correction: Any) -> Any:
    if correction is UNSET:
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return correction


def _about(source: Any, center: Any) -> Any:
    """Return the sum of squared distances of all elements from one number, or None. O(k)."""
    away = parseval.deviations(source, range(len(source.shape)))
    if away is None or np.size(center) != 1:
        return None
    middle = sum_closed(source, range(len(source.shape)), False)
    mean = to_dense(middle)[()] / source.size
    return away + away.dtype.type(source.size * np.abs(mean - np.asarray(center).item()) ** 2)


def _by_parseval(
    a: VirtualQArray, axis: Axis, keepdims: bool | Unset, mean: Operand | Unset
) -> Any:
    """Return sums of squared distances on coefficients; None in the standard basis. O(k)."""
    source = a.source
    if source.is_standard:
        return None
    axes, kept = axes_of(axis, a.ndim), keepdims is not UNSET and bool(keepdims)
    if mean is UNSET and len(axes) == a.ndim and not kept:
        known = source.deviation()
        if known is not None:
            return known
    source = source.express()
    if source.is_standard:
        return None
    if mean is UNSET:
        total = parseval.deviations(source, axes, kept)
    else:
        total = _about(source, mean) if len(axes) == a.ndim and not kept else None
    return total if total is None or isinstance(total, np.generic) else VirtualQArray(total)


def _squares(x: VirtualQArray, center: Any, mask: VirtualQArray | None, where: Any) -> Any:
    """Return the squares of the distances from the center; 0 for what is masked as NaN. O(k)."""
    away: Any = np.subtract(x, center)
    if mask is None:
        return _energies(away)
    if away.dtype != x.dtype:
        away = (away if np.ndim(away) else np.asarray(away)).astype(x.dtype)
    if where is not UNSET and where is not True:
        # What is masked is not touched: no warnings come of it.
        mask = np.logical_or(mask, np.logical_not(where))
    return _energies(array_of(np.where(mask, away.dtype.type(0), away)))


def _sum_of_squares(
    a: VirtualQArray,
    x: VirtualQArray,
    mask: VirtualQArray | None,
    center: Any,
    is_plain: bool,
    axis: Axis,
    dtype: DTypeLike | None,
    out: Output,
    keepdims: bool | Unset,
    where: Operand | Unset,
) -> Any:
    """Sum the squared distances from the center: of lines at once where that `is_plain`. O(k).

    `x` is `a` with 0 for each NaN, which `mask` tells of.
    """
    axes = axes_of(axis, a.ndim) if is_plain and a.ndim else ()
    if 0 < len(axes) < a.ndim and a.size and _is_sparse(a):
        kept = keepdims is not UNSET and bool(keepdims)
        total = _line_energies(a.spectrum, center, axes, dtype, kept, mask is not None)
        return total if out is None else total.astype(out.dtype, copy=False)
    squares = _squares(x, center, mask, where)
    return reduced(np.add, squares, axis, dtype, out, keepdims=keepdims, where=where)


def _var(
    a: VirtualQArray,
    axis: Axis,
    dtype: DTypeLike | None,
    out: Output,
    ddof: float,
    keepdims: bool | Unset,
    where: Operand | Unset,
    mean: Operand | Unset,
) -> Any:
    """Return the mean of squared distances from the mean: by Parseval in other bases."""
    whole: Any = _count(a, axis, keepdims, where)
    if _are_some(whole <= ddof):
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
    if dtype is None and a.dtype.kind in "biu":
        dtype = np.float64
    count: Any = whole - ddof
    if not isinstance(count, np.generic):
        count = np.maximum(count, 0)
    elif whole < ddof:
        count = np.intp(0)
    if where is UNSET and dtype in (None, a.dtype):
        closed = _by_parseval(a, axis, keepdims, mean)
        if closed is not None:
            return written(_over(closed, count), out)
    center = mean
    if mean is UNSET:
        # One number stands for all, where the array has axes to broadcast it to.
        kept = axis is not None or not a.ndim
        total = reduced(np.add, a, axis, dtype, keepdims=kept, where=where)
        center = _over(total, whole if np.ndim(whole) == 0 else _count(a, axis, True, where))
    # Sums of integers wrap around, element by element.
    is_plain = where is UNSET and mean is UNSET and np.dtype(dtype).kind in "fc"
    summed = _sum_of_squares(a, a, None, center, is_plain, axis, dtype, out, keepdims, where)
    return written(_over(summed, count), out)


def _nanvar(
    a: VirtualQArray,
    axis: Axis,
    dtype: DTypeLike | None,
    out: Output,
    ddof: float,
    keepdims: bool | Unset,
    where: Operand | Unset,
    mean: Operand | Unset,
) -> Any:
    """Return the mean of squared distances from the mean, of the elements that are numbers."""
    x, mask = without_nan(a, 0)
    if mask is None:
        return _var(x, axis, dtype, out, ddof, keepdims, where, mean)
    _require_inexact(dtype, out)
    numbers = np.logical_not(mask)
    center = mean
    if mean is UNSET:
        total = reduced(np.add, x, axis, dtype, keepdims=True, where=where)
        center = _over_silently(total, _count(x, axis, True, where, numbers))
    is_plain = mean is UNSET and where is UNSET
    summed = _sum_of_squares(a, x, mask, center, is_plain, axis, dtype, out, keepdims, where)
    freedom = np.subtract(_count(x, axis, keepdims, where, numbers), ddof)
    variance = written(_over_silently(summed, freedom), out)
    bad = np.less_equal(freedom, 0)
    if not np.any(bad):
        return variance
    warnings.warn("Degrees of freedom <= 0 for slice.", RuntimeWarning, stacklevel=3)
    nan = variance.dtype.type(np.nan)
    if isinstance(variance, np.generic):
        return nan
    fixed = np.where(bad, nan, variance)
    return fixed if out is None else delivered(fixed, out)


def _deviation(function: Callable[..., Any], compute: Callable[..., Any], is_root: bool) -> None:
    """Register the rule of a variance, or of its square root, the standard deviation."""

    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: Output = None,
        ddof: float = 0,
        keepdims: bool | Unset = UNSET,
        *,
        where: Operand | Unset = UNSET,
        mean: Operand | Unset = UNSET,
        correction: float | Unset = UNSET,
    ) -> Any:
        ddof = _ddof(ddof, correction)
        variance = compute(array_of(a), axis, dtype, out, ddof, keepdims, where, mean)
        if not is_root:
            return variance
        if isinstance(variance, np.generic):
            return variance.dtype.type(np.sqrt(variance))
        return np.sqrt(variance, out=variance)


_deviation(np.var, _var, False)
_deviation(np.std, _var, True)
_deviation(np.nanvar, _nanvar, False)
_deviation(np.nanstd, _nanvar, True)
