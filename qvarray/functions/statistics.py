"""Sums, products, extremes and where they are, counts, averages and variances."""

from __future__ import annotations

import warnings
from math import prod
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from .. import kernels, reduction
from ..array import VirtualQArray
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..expression import expressed
from ..numpy_versions import MEAN_OF_NOTHING
from ..reduction import sum_closed
from ..selection import at
from ..spectrum import Array, ErrorBound, Spectrum, compact, constant
from ..transform import linear, to_dense
from ..ufuncs import parseval
from ..ufuncs.calls import apply_elementwise
from .common import delivered, given, spectrum_of

__all__ = ["axes_of", "is_sparse", "line_energies", "reduced"]

_UNSET = np._NoValue
#: What leaves the result of a reduction as it is.
_NEUTRAL = {np.add: 0, np.multiply: 1, np.logical_and: 1, np.logical_or: 0}


def _virtual(a: Any) -> VirtualQArray:
    return a if isinstance(a, VirtualQArray) else VirtualQArray(spectrum_of(a))


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    return np.lib.array_utils.normalize_axis_tuple(axis, ndim)


def _masked(ufunc: np.ufunc, a: VirtualQArray, mask: Any, dtype: Any, kwargs: Any) -> Any:
    """`a` with neutral elements where the mask is false, and `initial`; None if that is not it."""
    if np.shape(mask) != () and np.broadcast_shapes(np.shape(mask), a.shape) != a.shape:
        raise ValueError("input operand has more dimensions than allowed by the axis remapping")
    if mask.dtype.kind != "b":
        raise TypeError(f"where must be an array of bool, got dtype {mask.dtype}")
    initial = kwargs.get("initial", _UNSET)
    if ufunc in _NEUTRAL:
        neutral = a.dtype.type(_NEUTRAL[ufunc])
        initial = _NEUTRAL[ufunc] if initial in (_UNSET, None) else initial
    else:
        # Without an initial value this raises what NumPy raises.
        start = ufunc.reduce(np.empty(0, a.dtype), dtype=dtype, **given(initial=initial))
        if start.dtype != a.dtype:
            return None
        neutral = start
    if not a.ndim:
        whole: Any = spectrum_of(np.where(mask, a.todense(), neutral))
    else:
        whole = apply_elementwise(np.where, (mask, a, neutral))
    return VirtualQArray(whole), initial


def reduced(
    ufunc: np.ufunc, a: Any, axis: Any, dtype: Any = None, out: Any = None, **kwargs: Any
) -> Any:
    """``ufunc.reduce`` with its other arguments, where they were passed: closed with all of them.

    O(k) in the standard basis, as `reductions.reduce`; page by page for expressions.
    """
    kwargs = given(**kwargs)
    mask = kwargs.pop("where", True)
    a = _virtual(a)
    if mask is not True and mask is not np.True_:
        if not isinstance(mask, (VirtualQArray, np.ndarray)):
            mask = np.asarray(mask, bool)
        ufunc.reduce(np.ones((1,) * a.ndim, a.dtype), axis=axis)  # to find fault with the axis
        replaced = _masked(ufunc, a, mask, dtype, kwargs)
        if replaced is None:
            result = call_dense(ufunc.reduce, (a, axis, dtype), {**kwargs, "where": mask})
            return delivered(result, out)
        a, kwargs["initial"] = replaced
    if out is None:
        return ufunc.reduce(a, axis=axis, dtype=dtype, **kwargs)
    if not isinstance(out, (VirtualQArray, np.ndarray)):
        raise TypeError("return arrays must be of ArrayType")
    if dtype is None and ufunc not in (np.logical_and, np.logical_or):
        kinds = (out.dtype, a.dtype, None)
        dtype = ufunc.resolve_dtypes(kinds, casting="unsafe", reduction=True)[0]
    if dtype is not None:
        # NumPy reads the output before it writes there, and warns if that loses something.
        np.empty(0, out.dtype).astype(dtype)
    return _cast_into(ufunc.reduce(a, axis=axis, dtype=dtype, **kwargs), out)


def _cast_into(result: Any, out: Any) -> Any:
    """`result`, written to an output of any dtype."""
    if not isinstance(result, VirtualQArray):
        result = np.asarray(result)
    return delivered(result.astype(out.dtype, copy=False), out)


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
        kwargs = {"keepdims": keepdims, "initial": initial, "where": where}
        return reduced(ufunc, a, axis, dtype, out, **kwargs)


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
        return reduced(ufunc, a, axis, None, out, **kwargs)


def _truth(function: Any, ufunc: np.ufunc) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Any, axis: Any = None, out: Any = None, keepdims: Any = _UNSET, *, where: Any = _UNSET
    ) -> Any:
        return reduced(ufunc, a, axis, None, out, keepdims=keepdims, where=where)


_reduction(np.sum, np.add)
_reduction(np.prod, np.multiply)
for _function in (np.max, np.amax):
    _extreme(_function, np.maximum)
for _function in (np.min, np.amin):
    _extreme(_function, np.minimum)
_truth(np.any, np.logical_or)
_truth(np.all, np.logical_and)


# -- averages -----------------------------------------------------------------------------------


def _count(a: VirtualQArray, axis: Any, keepdims: Any, where: Any) -> Any:
    """How many elements are averaged: an integer, or an array of some where there is a mask."""
    if where is _UNSET or where is True:
        count = prod(a.shape[one] for one in axes_of(axis, a.ndim))
        return np.intp(count) if count < 2**63 else np.float64(count)
    ones = VirtualQArray(constant(np.True_, a.shape))
    return reduced(np.add, ones, axis, np.intp, keepdims=keepdims, where=where)


def _over(total: Any, count: Any) -> Any:
    """`total` over `count`, of the dtype of `total`; written there, if that is an output."""
    if isinstance(total, VirtualQArray):
        out = np.true_divide(total, count)
        return out if out.dtype == total.dtype else out.astype(total.dtype)
    if isinstance(total, np.ndarray):
        return np.true_divide(total, count, out=total, casting="unsafe")
    return total.dtype.type(total / count)


def _into(result: Any, out: Any) -> Any:
    return result if out is None or result is out else _cast_into(result, out)


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
    a = _virtual(a)
    count = _count(a, axis, keepdims, where)
    if np.any(np.equal(count, 0)):
        warnings.warn(MEAN_OF_NOTHING, RuntimeWarning, stacklevel=2)
    final = None
    if dtype is None and a.dtype.kind in "biu":
        dtype = np.float64
    elif dtype is None and a.dtype == np.float16:
        dtype, final = np.float32, np.float16
    total = reduced(np.add, a, axis, dtype, out, keepdims=keepdims, where=where)
    result = _over(total, count)
    if out is not None:
        return _into(result, out)
    return result if final is None else result.astype(final)


def _energy(x: Any) -> Any:
    if x.dtype.kind == "c":
        return np.square(x.real) + np.square(x.imag)
    return np.square(x)


class _Lines(NamedTuple):
    """The active elements of an array, by the line that they lie in.

    Attributes
    ----------
    order : ndarray of intp, shape (k,)
        Of the active elements: line after line.
    numbers : ndarray of int, shape (m,)
        Of the lines that have active elements, sorted.
    starts : ndarray of intp, shape (m,)
        Where each begins.
    counts : ndarray of intp, shape (m,)
        How many active elements each has.
    places : ndarray of int, shape (k,)
        Where the elements stand in their lines, in that order.
    length : int
        Of every line.
    """

    order: Array
    numbers: Array
    starts: Array
    counts: Array
    places: Array
    length: int


def _lines(x: Spectrum, axes: tuple[int, ...]) -> _Lines:
    along, shape = x.coordinates(), x.shape
    rest = [axis for axis in range(len(shape)) if axis not in axes]
    zero = np.zeros(x.nactive, np.int64)
    numbers = linear(tuple(along[a] for a in rest), tuple(shape[a] for a in rest)) if rest else zero
    places = linear(tuple(along[a] for a in axes), tuple(shape[a] for a in axes)) if axes else zero
    order = kernels.sort.argsort(numbers)
    starts = kernels.sort.run_starts(numbers[order])
    counts = np.diff(starts, append=x.nactive)
    length = prod(shape[a] for a in axes)
    return _Lines(order, numbers[order][starts], starts, counts, places[order], length)


def _kept(shape: tuple[int, ...], axes: tuple[int, ...], keepdims: Any) -> tuple[int, ...]:
    if keepdims is not _UNSET and keepdims:
        return tuple(1 if axis in axes else n for axis, n in enumerate(shape))
    return tuple(n for axis, n in enumerate(shape) if axis not in axes)


def line_energies(
    x: Spectrum,
    center: VirtualQArray,
    axes: tuple[int, ...],
    dtype: Any,
    keepdims: Any,
    skip_nan: bool = False,
) -> VirtualQArray:
    """Sums of the squared distances of lines from their centers, along some axes. O(k log k).

    Parameters
    ----------
    x : Spectrum
        In the standard basis.
    center : VirtualQArray
        One for each line, as a mean with ``keepdims=True``.
    axes : tuple of int
    dtype : dtype-like or None
        Of the sums.
    keepdims : bool or np._NoValue
    skip_nan : bool
        Elements that are NaN add nothing.
    """

    def energy(elements: Any, centers: Any) -> Array:
        away = np.subtract(elements, centers)
        if not skip_nan:
            return np.asarray(_energy(away))
        away = np.asarray(away, x.dtype)
        return np.where(np.isnan(elements), away.real.dtype.type(0), _energy(away))

    lines = _lines(x, axes)
    middle = center.spectrum
    centers = at(middle, lines.numbers)
    active = energy(x.eigenvalues[lines.order], np.repeat(centers, lines.counts))
    dtype = active.dtype if dtype is None else np.dtype(dtype)
    work = np.result_type(dtype, np.float64)
    sums = active[:0].astype(work)
    if active.size:
        sums = np.add.reduceat(active, lines.starts, dtype=work)
    missing = lines.length - lines.counts
    some = missing > 0
    sums[some] += missing[some] * energy(x.fill_value, centers[some]).astype(work)
    fill = (energy(x.fill_value, middle.fill_value).astype(work) * lines.length).astype(dtype)[()]
    shape = _kept(x.shape, axes, keepdims)
    error = None if x.error is None else ErrorBound.unknown()
    bases = x.bases[:1] * len(shape)
    out = compact(shape, dtype, bases, sums.astype(dtype), lines.numbers, fill, error=error)
    return VirtualQArray(out)


def _ddof(ddof: Any, correction: Any) -> Any:
    if correction is _UNSET:
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return correction


def _about(source: Any, center: Any) -> Any:
    """The sum of squared distances of all elements from one number, or None. O(k)."""
    away = parseval.deviations(source, range(len(source.shape)))
    if away is None or np.size(center) != 1:
        return None
    middle = sum_closed(source, range(len(source.shape)), False)
    mean = to_dense(middle)[()] / source.size
    return away + away.dtype.type(source.size * np.abs(mean - np.asarray(center).item()) ** 2)


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
    """The mean of squared distances from the mean: by Parseval in other bases."""
    ddof = _ddof(ddof, correction)
    a = _virtual(a)
    whole = _count(a, axis, keepdims, where)
    if np.any(np.less_equal(whole, ddof)):
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=2)
    if dtype is None and a.dtype.kind in "biu":
        dtype = np.float64
    count = np.maximum(np.subtract(whole, ddof), 0)
    source = expressed(a.source)
    if not is_standard(source) and where is _UNSET and dtype in (None, a.dtype):
        axes, kept = axes_of(axis, a.ndim), keepdims is not _UNSET and bool(keepdims)
        if mean is _UNSET:
            closed = parseval.deviations(source, axes, kept)
        else:
            closed = _about(source, mean) if len(axes) == a.ndim and not kept else None
        if closed is not None:
            total = closed if isinstance(closed, np.generic) else VirtualQArray(closed)
            return _into(_over(total, count), out)
    center = mean
    if mean is _UNSET:
        total = reduced(np.add, a, axis, dtype, keepdims=True, where=where)
        items = whole if np.ndim(whole) == 0 else _count(a, axis, True, where)
        center = _over(total, items)
    # Sums of integers wrap around, element by element.
    plain = where is _UNSET and mean is _UNSET and np.dtype(dtype).kind in "fc"
    axes = axes_of(axis, a.ndim) if plain else ()
    if 0 < len(axes) < a.ndim and a.size and is_sparse(a.source):
        summed: Any = line_energies(a.spectrum, center, axes, dtype, keepdims)
        summed = summed if out is None else summed.astype(out.dtype, copy=False)
    else:
        energy = _energy_of(np.subtract(a, center))
        summed = reduced(np.add, energy, axis, dtype, out, keepdims=keepdims, where=where)
    return _into(_over(summed, count), out)


def _energy_of(x: Any) -> Any:
    if x.dtype.kind != "c":
        return np.square(x)
    return VirtualQArray(apply_elementwise(_energy, (x,))) if np.ndim(x) else _energy(x)


def is_standard(source: Any) -> bool:
    return isinstance(source, Spectrum) and source.is_standard


def is_sparse(source: Any) -> TypeGuard[Spectrum]:
    return isinstance(source, Spectrum) and source.is_standard and source.active_indices is not None


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
    kwargs = given(keepdims=keepdims, where=where, mean=mean)
    square: Any = np.var(_virtual(a), axis, dtype, out, _ddof(ddof, correction), **kwargs)
    if not isinstance(square, np.generic):
        return np.sqrt(square, out=square)
    return square.dtype.type(np.sqrt(square))


#: What NumPy counts in: a Python int in some versions.
_Count = type(np.count_nonzero(np.zeros(1)))


@function_rule(Tier.CLOSED, np.count_nonzero)
def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """How many elements are not zero."""
    out: Any = np.sum(np.not_equal(a, 0), axis=axis, dtype=np.intp, keepdims=keepdims)
    return _Count(out) if axis is None and not keepdims else out


@function_rule(Tier.CLOSED, np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = _UNSET) -> Any:
    """The largest element less the smallest."""
    high = reduced(np.maximum, a, axis, None, out, keepdims=keepdims)
    low = reduced(np.minimum, a, axis, keepdims=keepdims)
    return np.subtract(high, low, **({} if out is None else {"out": out}))


# -- where the extremes are ---------------------------------------------------------------------


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


def _line_extremes(x: Spectrum, axis: int, largest: bool, keepdims: Any) -> Any:
    """Where the first extreme element of each line is: 0 in those of fill values. O(k log k)."""
    lines = _lines(x, (axis,))
    ranks = np.arange(x.nactive) - np.repeat(lines.starts, lines.counts)
    places, values = lines.places, x.eigenvalues[lines.order]
    short = lines.counts < lines.length
    # The first place that is not active is as far on as the active ones have no gap.
    gapless = np.add.reduceat(places == ranks, lines.starts, dtype=np.int64)[short]
    where = lines.starts[short] + gapless
    places = np.insert(places, where, gapless)
    values = np.insert(values, where, x.fill_value)
    starts = lines.starts + np.cumsum(short) - short
    counts = lines.counts + short
    best = np.repeat((np.maximum if largest else np.minimum).reduceat(values, starts), counts)
    hits = np.flatnonzero((values == best) | (np.isnan(values) & np.isnan(best)))
    first = hits[np.searchsorted(hits, starts)]
    shape = _kept(x.shape, (axis,), keepdims)
    intp = np.dtype(np.intp)
    found = places[first].astype(intp)
    bases = x.bases[:1] * len(shape)
    error = None if x.error is None else ErrorBound.unknown()
    if not shape:
        return found[0] if found.size else intp.type(0)
    return VirtualQArray(
        compact(shape, intp, bases, found, lines.numbers, intp.type(0), error=error)
    )


def _arg_extreme(function: Any, largest: bool) -> None:
    find = np.argmax if largest else np.argmin

    def answer(a: Any, axis: Any, keepdims: Any) -> Any:
        a = _virtual(a)
        source = expressed(a.source)
        if a.size == 0 or a.ndim == 0:
            return call_dense(function, (a, axis), given(keepdims=keepdims))
        if axis is None:
            found = (
                _standard_extreme(source, find)
                if isinstance(source, Spectrum) and source.is_standard
                else reduction.arg_extreme(source, largest)
            )
            kept = keepdims is not _UNSET and keepdims
            shape = (1,) * a.ndim
            return _virtual(np.full(shape, found)) if kept else np.intp(found)
        along = np.lib.array_utils.normalize_axis_index(axis, a.ndim)
        if is_sparse(source):
            return _line_extremes(source, along, largest, keepdims)
        if isinstance(source, Spectrum) and source.is_standard:
            return call_dense(function, (a, axis), given(keepdims=keepdims))
        result = reduction.arg_extremes(source, along, largest)
        out = result.reshape(_kept(a.shape, (along,), keepdims))
        return _virtual(out) if out.ndim else out[()]

    @function_rule(Tier.CLOSED, function)
    def rule(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = _UNSET) -> Any:
        result = answer(a, axis, keepdims)
        if out is None:
            return result
        if not isinstance(out, (VirtualQArray, np.ndarray)):
            raise TypeError("output must be an array")
        if out.shape != np.shape(result):
            raise ValueError(f"output has shape {out.shape}, the result {np.shape(result)}")
        if not np.can_cast(out.dtype, np.intp, "safe"):
            raise TypeError(
                f"cannot cast output of dtype {out.dtype} to {np.dtype(np.intp)} safely"
            )
        return _cast_into(result, out)


_arg_extreme(np.argmax, largest=True)
_arg_extreme(np.argmin, largest=False)
