"""``ufunc.reduce`` in the standard basis: active elements, and the power of the fill value.

A line of an array is the combination of its active elements with the m-fold combination of the fill
value with itself, which `powers` has.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from math import isfinite, prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .. import kernels
from ..bases import STANDARD
from ..core.associative import EXTREMA, IDEMPOTENT
from ..core.fill import append_fill, split_fill
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, Axis, Scalar, Shape, all_finite, zero_of
from ..ops.basis_change import sparse
from ..ops.bounds import bounded
from ..ops.sums import reduced_shape, summed_bound
from .lines import Lines, columns_of, lines_of, merged_axes, with_first_fill
from .powers import accumulator, has_power, powers, product_of_lines


def cast_values(x: Spectrum, dtype: np.dtype[Any]) -> tuple[Array, Any]:
    """Return eigenvalues and fill value in the dtype of a loop, with the warnings of one cast."""
    if x.dtype == dtype:
        return x.eigenvalues, x.fill_value
    values, has_fill = append_fill(x)
    return split_fill(values.astype(dtype), has_fill)


def reduce_lines(ufunc: np.ufunc, lines: Lines, fill: np.generic) -> Array:
    """Combine each line that has active elements, shape (m,). O(k)."""
    if not lines.values.size:
        return lines.values
    some = lines.missing > 0
    if some.any() and ufunc is np.multiply and fill.dtype.kind in "fc":
        return product_of_lines(lines, fill)
    if some.any() and ufunc in EXTREMA and fill.dtype.kind == "c":
        # Of two that compare equal, or two NaNs, the first wins; here these can differ.
        lines = with_first_fill(lines, fill)
        return ufunc.reduceat(lines.values, lines.starts, dtype=fill.dtype.type)
    out = ufunc.reduceat(lines.values, lines.starts, dtype=fill.dtype.type)
    if some.all():
        return ufunc(out, powers(ufunc, fill, lines.missing))
    if some.any():
        out[some] = ufunc(out[some], powers(ufunc, fill, lines.missing[some]))
    return out


def warn_as_numpy(ufunc: np.ufunc, x: Spectrum, out: Array) -> None:
    """Warn as NumPy does where NaN or infinity comes from numbers. O(k + m)."""
    if out.dtype.kind not in "fc" or all_finite(out):
        return
    inputs, _ = append_fill(x)
    if inputs.dtype.kind not in "fc":
        return
    largest = np.finfo(out.dtype).max
    if np.isnan(out).any() and not np.isnan(inputs).any() and ufunc in (np.add, np.multiply):
        other = -np.inf if ufunc is np.add else 0.0
        ufunc.reduce(np.array([np.inf, other], largest.dtype))
    if np.isinf(out).any() and np.isfinite(inputs).all():
        ufunc.reduce(np.array([largest, largest]))


def _of_tiny(ufunc: np.ufunc, tiny: Array, axis: Axis, kwargs: dict[str, Any]) -> Any:
    """Return what NumPy makes of a tiny array, or raise what it raises."""
    if tiny.dtype.kind != "c" or kwargs["dtype"] is None:
        return ufunc.reduce(tiny, axis=axis, **kwargs)
    with warnings.catch_warnings():
        # The warning that a cast discards imaginary parts comes when the values are cast.
        warnings.simplefilter("ignore")
        return ufunc.reduce(tiny, axis=axis, **kwargs)


def _start(
    ufunc: np.ufunc, x: Spectrum, dtype: np.dtype[Any], kwargs: dict[str, Any]
) -> Array | None:
    """Return what NumPy combines every line with, shape (1,): `initial`, the identity, or None."""
    if kwargs.get("initial", ufunc.identity) is None:
        return None
    if "initial" in kwargs:
        return np.array([_of_tiny(ufunc, np.empty(0, x.dtype), 0, kwargs)], dtype)
    return _identity(ufunc, x.dtype, kwargs["dtype"], dtype)


@lru_cache(maxsize=256)
def _identity(
    ufunc: np.ufunc, kind: np.dtype[Any], wanted: DTypeLike | None, dtype: np.dtype[Any]
) -> Array:
    return np.array([_of_tiny(ufunc, np.empty(0, kind), 0, {"dtype": wanted})], dtype)


def _loop_of(
    ufunc: np.ufunc, x: Spectrum, axis: Axis, dtype: Any, keepdims: bool, initial: Any
) -> Any:
    """Return the dtype that NumPy gives, and raise what it raises; None for no closed form."""
    is_known = dtype is None or isinstance(dtype, (type, np.dtype))
    if initial is np._NoValue and is_known and type(axis) in _AXES and 0 not in x.shape:
        # All arrays that have elements are alike.
        return _loop_of_ones(ufunc, len(x.shape), x.dtype, axis, dtype, keepdims)
    kwargs = {"dtype": dtype, "keepdims": keepdims}
    if initial is not np._NoValue:
        kwargs["initial"] = initial
    # An element along each axis that has any: enough for the dtype and for all errors.
    return _judged(ufunc, tuple(min(n, 1) for n in x.shape), x.dtype, axis, kwargs)


_AXES = frozenset((int, tuple, type(None)))


@lru_cache(maxsize=1024, typed=True)
def _loop_of_ones(
    ufunc: np.ufunc, ndim: int, kind: np.dtype[Any], axis: Axis, dtype: Any, keepdims: bool
) -> np.dtype[Any] | None:
    return _judged(ufunc, (1,) * ndim, kind, axis, {"dtype": dtype, "keepdims": keepdims})


def _judged(
    ufunc: np.ufunc, shape: Shape, kind: np.dtype[Any], axis: Axis, kwargs: dict[str, Any]
) -> np.dtype[Any] | None:
    result = _of_tiny(ufunc, np.ones(shape, kind), axis, kwargs)
    if not isinstance(result, (np.ndarray, np.generic)):
        return None
    dtype: np.dtype[Any] = result.dtype
    return dtype if has_power(ufunc, kind, dtype) else None


#: Entries of a row from which it is a reduction of its own.
_LONG = 64

#: Ufuncs that leave what they combine with 0, or with 1, as it is.
_NEUTRAL: dict[np.ufunc, int] = {np.add: 0, np.multiply: 1, np.bitwise_xor: 0, np.logical_xor: 0}
#: Those that NumPy combines any axes with, in one pass over what is stored.
_OF_ANY_ORDER = IDEMPOTENT | _NEUTRAL.keys()


def _is_neutral(ufunc: np.ufunc, fill: np.generic) -> bool:
    neutral = _NEUTRAL.get(ufunc)
    # A duration is compared with no number.
    return not fill if neutral == 0 else bool(fill == neutral)


def of_everything(
    ufunc: np.ufunc, x: Spectrum, dtype: DTypeLike | None = None, initial: Any = np._NoValue
) -> np.generic | None:
    """Combine all elements in one pass, where the fill value is its own power. O(k).

    Returns None for another fill value, and where zeros or NaNs of several kinds may be the
    extreme.
    """
    if ufunc not in _OF_ANY_ORDER:
        return None
    values, fill = x.eigenvalues, x.fill_value
    if x.active_indices is None or len(values) == x.space:
        fill = initial
    elif initial is not np._NoValue or not (dtype is None or np.can_cast(x.dtype, dtype)):
        return None
    elif _is_neutral(ufunc, fill) and (ufunc is np.add or x.dtype.kind != "c"):
        if x.dtype.kind != "m":
            fill = fill + 0  # NumPy's sums begin with +0.0
    elif (
        ufunc is np.add
        and dtype in (None, x.dtype)
        and x.dtype.char in "dD"
        and isfinite(fill.real + fill.imag)
    ):
        with np.errstate(all="ignore"):
            total = ufunc.reduce(values) + fill * (x.space - len(values))
        return total if isfinite(total.real + total.imag) else None
    elif ufunc not in IDEMPOTENT or x.dtype.kind == "c":
        return None
    whole: np.generic = ufunc.reduce(values, dtype=dtype, initial=fill)
    return whole


def reduce(
    ufunc: np.ufunc,
    x: Spectrum,
    axis: Axis = 0,
    dtype: DTypeLike | None = None,
    keepdims: bool = False,
    initial: Any = np._NoValue,
    where: Any = True,
) -> Spectrum | np.generic | None:
    """``ufunc.reduce`` of an array in the standard basis.

    Returns None where there is no closed form: for a ufunc that is not associative and commutative,
    and for a mask `where`. O(k): lines are found by a division where the last axes are reduced,
    else by a radix sort. O(k + n) for sums over the first axes that leave n ≤ 8 k elements. O(N)
    only where every position is stored. Raises TypeError, ValueError, AxisError as
    ``ufunc.reduce``.

    Parameters
    ----------
    x : Spectrum
        In the standard basis, with any fill value.
    axis : None, int or tuple of int
    dtype, keepdims, initial, where
        As ``ufunc.reduce``.
    """
    if not (where is True or (isinstance(where, np.bool_) and where)) or not x.is_standard:
        return None
    ndim = len(x.shape)
    if axis is None and not keepdims:  # then the pass over all raises what NumPy does
        whole = of_everything(ufunc, x, dtype, initial)
        if whole is not None:
            return whole
    loop = _loop_of(ufunc, x, axis, dtype, keepdims, initial)
    if loop is None:
        return None
    if axis is None:
        axes = tuple(range(ndim))
    else:
        axes = axis if isinstance(axis, tuple) else (axis,)
        axes = tuple([int(a) % ndim for a in axes]) if ndim else ()
        if len(axes) == ndim and not keepdims:
            whole = of_everything(ufunc, x, dtype, initial)
            if whole is not None:
                return whole
    kwargs: dict[str, Any] = {"dtype": dtype}
    if initial is not np._NoValue:
        kwargs["initial"] = initial
    shape = reduced_shape(x.shape, axes, keepdims)
    if x.active_indices is None and x.size:
        dense = x.eigenvalues.reshape(x.shape)
        out = np.asarray(ufunc.reduce(dense, axis=axis, keepdims=keepdims, **kwargs))
        if not shape:
            scalar: Any = out[()]
            return scalar
        zero, bases = zero_of(out.dtype), (STANDARD,) * len(shape)
        lines = Spectrum(shape, out.dtype, bases, out.ravel(), None, zero)
        return _with_error(ufunc, x, axes, lines)
    if ufunc is np.add and loop == x.dtype and initial is np._NoValue and not x.fill_value:
        sums = _sums(x, axes, x.eigenvalues, x.fill_value)
        if sums is not None and all_finite(sums[1]):  # there is nothing to warn of
            return _of_lines(ufunc, x, axes, shape, *sums, 0)
    start = _start(ufunc, x, loop, kwargs)
    return _sparse_reduce(ufunc, x, axes, shape, loop, start)


def _sparse_reduce(
    ufunc: np.ufunc,
    x: Spectrum,
    axes: tuple[int, ...],
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    start: Array | None,
) -> Spectrum | np.generic:
    values, fill = cast_values(x, dtype)
    work = accumulator(ufunc, dtype)
    length, total = prod([x.shape[axis] for axis in axes]), prod(shape)
    with np.errstate(all="ignore"):
        if work != dtype:
            values, fill = values.astype(work), work.type(fill)
        numbers, out = _line_results(ufunc, x, axes, values, fill)
        if ufunc is np.add and work.kind in "fc" and fill and not all_finite(out):
            # Many fill values may overflow where the sum with the others does not.
            small = work.type(2.0**-64)
            less = _line_results(ufunc, x, axes, values * small, fill * small)[1] / small
            out = np.where(np.isfinite(less) & ~np.isfinite(out), less, out)
        first = None if start is None else start.astype(work, copy=False)
        none_is_left = numbers is not None and (numbers.size == total or not length)
        is_own_power = ufunc in IDEMPOTENT or _is_neutral(ufunc, fill)
        if none_is_left or is_own_power:
            rest = np.array([fill])
        else:
            rest = powers(ufunc, fill, np.array([length]))
        if first is not None:
            out = ufunc(first, out)
            rest = first if none_is_left or not length else ufunc(first, rest)
        if work != dtype:
            out, rest = out.astype(dtype), rest.astype(dtype)
    warn_as_numpy(ufunc, x, out)
    if not (none_is_left or is_own_power):
        warn_as_numpy(ufunc, x, rest)
    if not shape:
        return out[0] if out.size else rest[0]
    return _of_lines(ufunc, x, axes, shape, numbers, out, rest[0])


def _of_lines(
    ufunc: np.ufunc,
    x: Spectrum,
    axes: tuple[int, ...],
    shape: tuple[int, ...],
    numbers: Array | None,
    values: Array,
    rest: Scalar,
) -> Spectrum:
    """Return an array of the results of some lines (None: of all), and that of all others."""
    if numbers is None:
        return _with_error(ufunc, x, axes, sparse(values.reshape(shape), rest, is_own=True))
    bases = (STANDARD,) * len(shape)
    out = compact(shape, values.dtype, bases, values, numbers, values.dtype.type(rest))
    return _with_error(ufunc, x, axes, out)


def _column_extrema(
    ufunc: np.ufunc, x: Spectrum, axes: tuple[int, ...], values: Array, fill: np.generic
) -> Array | None:
    """Return the extremum of every column of a matrix in all of which some element is inactive.

    Returns None for another, and where there are many more columns than active elements. O(k):
    three times as fast as sorting by column.
    """
    columns = columns_of(x, axes) if values.size else None
    if columns is None:
        return None
    (outer, _), (inner, _) = merged_axes(x.shape, axes)
    if values.size >= outer and np.bincount(columns).max() == outer:
        return None
    out = np.full(inner, fill)
    ufunc.at(out, columns, values)
    return out


def _line_results(
    ufunc: np.ufunc, x: Spectrum, axes: tuple[int, ...], values: Array, fill: np.generic
) -> tuple[Array | None, Array]:
    """Return the lines that have active elements (None: all lines), and their results. O(k)."""
    if ufunc is np.add:
        sums = _sums(x, axes, values, fill)
        if sums is not None:
            return sums
    elif ufunc in EXTREMA and values.dtype.kind != "c":
        extrema = _column_extrema(ufunc, x, axes, values, fill)
        if extrema is not None:
            return None, extrema
    lines = lines_of(x, axes, values)
    return lines.numbers, reduce_lines(ufunc, lines, fill)


def _sums(
    x: Spectrum, axes: tuple[int, ...], values: Array, fill: np.generic
) -> tuple[Array | None, Array] | None:
    """Sum the rows or columns of a matrix by a kernel; None where there is none for that.

    Returns
    -------
    numbers : ndarray or None
        The lines that have active elements; None for all lines.
    sums : ndarray
    """
    groups = merged_axes(x.shape, axes)
    if len(groups) != 2 or values.dtype.char not in "dDlLqQ" or not values.size:
        return None
    indices = x.indices()
    # Sums modulo 2**64 are the same with and without a sign.
    signed = values.view(np.int64) if values.dtype.kind == "u" else values
    (outer, _), (inner, by_rows) = groups
    if by_rows:
        numbers, counts, sums = _row_sums(x, indices, signed, inner, outer)
    else:
        if inner > 8 * values.size:
            return None
        numbers = None
        sums = kernels.rows_columns.column_sums(indices, signed, inner)
    if signed is not values:
        sums = sums.view(values.dtype)
    if not fill:
        return numbers, sums
    if by_rows:
        if numbers is None:  # whether rows are left without entries is asked of the others
            numbers = counts.nonzero()[0]
            counts, sums = counts.take(numbers), sums.take(numbers)
        missing = np.subtract(inner, counts, dtype=np.int64)
    else:
        missing = outer - kernels.rows_columns.column_counts(indices, inner)
    some = missing > 0
    sums[some] += powers(np.add, fill, missing[some])
    return numbers, sums


def _row_sums(
    x: Spectrum, indices: Array, values: Array, inner: int, outer: int
) -> tuple[Array | None, Array, Array]:
    """Return what `row_sums` does; of long rows NumPy adds up many entries at a time. O(k)."""
    if values.size < _LONG * outer:
        return kernels.rows_columns.row_sums(indices, values, inner, outer)
    if outer == x.shape[0] and x.active_indices is not None:
        starts = x.row_starts(values.size)
    else:
        starts = kernels.row_pointer.row_starts(indices, outer, inner)
    assert starts is not None
    counts = np.diff(starts)
    some = slice(None) if counts.all() else counts > 0
    sums = np.zeros(outer, values.dtype)
    with np.errstate(all="ignore"):
        sums[some] = np.add.reduceat(values, starts[:-1][some])
    return None, counts, sums


def _with_error(ufunc: np.ufunc, x: Spectrum, axes: tuple[int, ...], out: Spectrum) -> Spectrum:
    """`out` with the error bound of x: a sum over n elements makes it sqrt(n) times as large."""
    if x.error is None or ufunc not in (np.add, *EXTREMA):
        return out
    if ufunc is np.add and np.can_cast(x.dtype, out.dtype):
        return summed_bound(x, axes, out)
    contracts = ufunc is not np.add and x.dtype.kind != "c"
    return bounded(out, x.error.absolute if contracts else float("inf"))
