"""Cumulative sums and products, differences, gradients, areas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.fill import lost_signs
from ...core.rules import Tier, function_rule
from ...core.values import Axis
from ...ufuncs import by_method
from ..common import (
    UNSET,
    Operand,
    Output,
    array_of,
    flattened,
    given,
    require_numbers,
    written,
)
from .reductions import output_loop, without_nan

# -- cumulative sums and products ---------------------------------------------------------------


def _accumulated(
    ufunc: np.ufunc, a: VirtualQArray, axis: int, dtype: DTypeLike | None, out: Output
) -> Any:
    if out is not None:
        dtype = output_loop(ufunc, a, dtype, out)
    return written(by_method.accumulated(ufunc, a, axis=axis, dtype=dtype), out)


def _cumulative(
    function: Callable[..., Any], ufunc: np.ufunc, instead_of_nan: int | None = None
) -> None:
    """Register the rule of a cumulative sum or product, which may take a number for NaN."""

    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        axis: int | None = None,
        dtype: DTypeLike | None = None,
        out: Output = None,
    ) -> Any:
        x = array_of(a) if instead_of_nan is None else without_nan(a, instead_of_nan)[0]
        if not x.ndim:
            np.lib.array_utils.normalize_axis_index(axis or 0, 1)
            axis = None
        if axis is None:
            return _accumulated(ufunc, flattened(x), 0, dtype, out)
        return _accumulated(ufunc, x, axis, dtype, out)


_cumulative(np.cumsum, np.add)
_cumulative(np.cumprod, np.multiply)
_cumulative(np.nancumsum, np.add, 0)
_cumulative(np.nancumprod, np.multiply, 1)


def _with_initial(function: Callable[..., Any], ufunc: np.ufunc) -> None:
    """Register the rule of a cumulative sum or product that may begin with 0, or 1."""

    @function_rule(Tier.CLOSED, function)
    def rule(
        x: Operand,
        /,
        *,
        axis: int | None = None,
        dtype: DTypeLike | None = None,
        out: Output = None,
        include_initial: bool = False,
    ) -> Any:
        a = array_of(x)
        a = a if a.ndim else flattened(a)
        if axis is None:
            if a.ndim >= 2:
                raise ValueError(
                    "For arrays which have more than one dimension ``axis`` argument is required."
                )
            axis = 0
        if not include_initial:
            return _accumulated(ufunc, a, axis, dtype, out)
        if out is not None:
            dtype = output_loop(ufunc, a, dtype, out)
        sums = by_method.accumulated(ufunc, a, axis=axis, dtype=dtype)
        along = np.lib.array_utils.normalize_axis_index(axis, a.ndim)
        shape = (*a.shape[:along], 1, *a.shape[along + 1 :])
        start = array_of(np.full((1,) * a.ndim, ufunc.identity, sums.dtype))
        result = np.concatenate((np.broadcast_to(start, shape), sums), axis=along)
        return written(result, out)


_with_initial(np.cumulative_sum, np.add)
_with_initial(np.cumulative_prod, np.multiply)


# -- differences --------------------------------------------------------------------------------


def _part(a: Any, axis: int, start: int | None, stop: int | None) -> Any:
    """Return some positions along an axis, all of the others."""
    return a[(slice(None),) * axis + (slice(start, stop),)]


def _spread(ends: Any, a: VirtualQArray, axis: int) -> Any:
    """Return what is put before or behind an array: a scalar once along the axis."""
    ends = array_of(ends)
    if ends.ndim:
        return ends
    shape = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
    return np.broadcast_to(ends, shape)


@function_rule(Tier.CLOSED, np.diff)
def diff(a: Any, n: Any = 1, axis: Any = -1, prepend: Any = UNSET, append: Any = UNSET) -> Any:
    """Each element less the one before it, `n` times over: sparse where the array is. O(k n)."""
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    a = array_of(a)
    if not a.ndim:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = np.lib.array_utils.normalize_axis_index(axis, a.ndim)
    whole = a
    parts = [] if prepend is UNSET else [_spread(prepend, a, axis)]
    parts.append(a)
    if append is not UNSET:
        parts.append(_spread(append, a, axis))
    if len(parts) > 1:
        a = np.concatenate(parts, axis)
    subtract = np.not_equal if a.dtype.kind == "b" else np.subtract
    for _ in range(n):
        a = subtract(_part(a, axis, 1, None), _part(a, axis, None, -1))
    stored = a.source.stored
    if len(parts) > 1 and stored is not None and stored.is_standard:
        fills = [part.spectrum.fill_value for part in map(array_of, parts)]
        if lost_signs(stored, fills):
            return call_dense(np.diff, (whole, n, axis), given(prepend=prepend, append=append))
    return a


@function_rule(Tier.CLOSED, np.ediff1d)
def ediff1d(ary: Operand, to_end: Operand | None = None, to_begin: Operand | None = None) -> Any:
    """Differences of neighbours in C order, between what is put before and behind them. O(k)."""
    flat = flattened(array_of(ary))
    between = np.subtract(_part(flat, 0, 1, None), _part(flat, 0, None, -1))

    def end(given: Any, name: str) -> list[Any]:
        if given is None:
            return []
        given = given if isinstance(given, VirtualQArray) else np.asarray(given)
        if not np.can_cast(given.dtype, flat.dtype, casting="same_kind"):
            raise TypeError(
                f"dtype of `{name}` must be compatible with input `ary` under the `same_kind` rule."
            )
        return [flattened(array_of(given)).astype(flat.dtype)]

    parts = [*end(to_begin, "to_begin"), between, *end(to_end, "to_end")]
    return np.concatenate(parts, dtype=flat.dtype) if len(parts) > 1 else between


# -- gradients and areas ------------------------------------------------------------------------


def _spacings(f: VirtualQArray, axes: tuple[int, ...], given: tuple[Any, ...]) -> list[Any]:
    """Return the distances of the samples along each axis: a number, or an array of them."""
    if not given:
        return [1.0] * len(axes)
    if len(given) == 1 and np.ndim(given[0]) == 0:
        return list(given) * len(axes)
    if len(given) != len(axes):
        raise TypeError("invalid number of arguments")
    out = []
    for axis, argument in zip(axes, given, strict=True):
        places = np.asarray(argument)
        if places.ndim == 0:
            out.append(argument)
            continue
        if places.ndim != 1:
            raise ValueError("distances must be either scalars or 1d")
        if len(places) != f.shape[axis]:
            raise ValueError(
                "when 1d, distances must match the length of the corresponding dimension"
            )
        steps = np.diff(places.astype(np.float64) if places.dtype.kind in "iu" else places)
        out.append(steps[0] if (steps == steps[0]).all() else steps)
    return out


def _along(values: Any, ndim: int, axis: int) -> Any:
    return values.reshape((1,) * axis + (-1,) + (1,) * (ndim - axis - 1))


def _weighted(f: VirtualQArray, axis: int, weights: list[Any], starts: list[int], m: int) -> Any:
    """Return a sum of parts of `f` of `m` positions, each times its weight."""
    total: Any = None
    for weight, start in zip(weights, starts, strict=True):
        term = np.multiply(weight, _part(f, axis, start, start + m))
        total = term if total is None else np.add(total, term)
    return total


def _slope(f: VirtualQArray, axis: int, step: Any, order: int) -> Any:
    n = f.shape[axis]
    uniform = np.ndim(step) == 0
    first_step, last_step = (step, step) if uniform else (step[0], step[-1])
    if uniform:
        rise = np.subtract(_part(f, axis, 2, None), _part(f, axis, None, -2))
        inner = np.divide(rise, 2.0 * step)
    else:
        left, right = step[:-1], step[1:]
        weights = [
            -right / (left * (left + right)),
            (right - left) / (left * right),
            left / (right * (left + right)),
        ]
        shaped = [_along(weight, f.ndim, axis) for weight in weights]
        inner = _weighted(f, axis, shaped, [0, 1, 2], n - 2)
    if order == 1:
        first = np.subtract(_part(f, axis, 1, 2), _part(f, axis, 0, 1))
        last = np.subtract(_part(f, axis, n - 1, n), _part(f, axis, n - 2, n - 1))
        return first / first_step, inner, last / last_step
    if uniform:
        ahead = [-1.5 / step, 2.0 / step, -0.5 / step]
        behind = [0.5 / step, -2.0 / step, 1.5 / step]
    else:
        step_1, step_2 = step[0], step[1]
        ahead = [
            -(2.0 * step_1 + step_2) / (step_1 * (step_1 + step_2)),
            (step_1 + step_2) / (step_1 * step_2),
            -step_1 / (step_2 * (step_1 + step_2)),
        ]
        step_1, step_2 = step[-2], step[-1]
        behind = [
            step_2 / (step_1 * (step_1 + step_2)),
            -(step_2 + step_1) / (step_1 * step_2),
            (2.0 * step_2 + step_1) / (step_2 * (step_1 + step_2)),
        ]
    first = _weighted(f, axis, ahead, [0, 1, 2], 1)
    return first, inner, _weighted(f, axis, behind, [n - 3, n - 2, n - 1], 1)


@function_rule(Tier.CLOSED, np.gradient)
def gradient(f: Any, *varargs: Any, axis: Axis = None, edge_order: int = 1) -> Any:
    """Slopes between the neighbours of each element: sparse where the array is. O(k)."""
    f = array_of(f)
    require_numbers(f)
    every = tuple(range(f.ndim))
    axes = every if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, f.ndim)
    steps = _spacings(f, axes, varargs)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    dtype = f.dtype
    if dtype.kind not in "fc":
        f = f.astype(np.float64) if dtype.kind in "iu" else f
        dtype = np.dtype(np.float64)
    slopes = []
    for along, step in zip(axes, steps, strict=True):
        if f.shape[along] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, "
                "at least (edge_order + 1) elements are required."
            )
        parts = [part.astype(dtype, copy=False) for part in _slope(f, along, step, edge_order)]
        slopes.append(np.concatenate(parts, axis=along, dtype=dtype))
    return slopes[0] if len(axes) == 1 else tuple(slopes)


@function_rule(Tier.CLOSED, np.trapezoid)
def trapezoid(y: Operand, x: Operand | None = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Return the area under straight lines between the samples. O(k) for coefficients."""
    samples = array_of(y)
    ndim, width = samples.ndim, dx
    if not ndim:
        return call_dense(np.trapezoid, (y, x, dx, axis), {})
    if x is not None:
        width = np.diff(x) if np.ndim(x) == 1 else np.diff(x, axis=axis)
    if not -ndim <= axis < ndim:
        raise IndexError(f"axis {axis} is out of bounds for an array of {ndim} dimensions")
    along = axis % ndim
    if x is not None and np.ndim(x) == 1:
        width = width[(None,) * along + (slice(None),) + (None,) * (ndim - 1 - along)]
    stored = samples.source.stored
    if (
        stored is not None
        and not stored.is_standard
        and stored.dtype.kind in "fc"
        and np.ndim(width) == 0
    ):
        # The sum is on coefficients; half of both ends is too much.
        ends = np.add(
            samples[(slice(None),) * along + (0,)], samples[(slice(None),) * along + (-1,)]
        )
        total = by_method.reduced(np.add, samples, axis=along)
        return np.multiply(width, np.subtract(total, np.divide(ends, 2.0)))
    both = np.add(_part(samples, along, 1, None), _part(samples, along, None, -1))
    return by_method.reduced(np.add, np.divide(np.multiply(width, both), 2.0), axis=along)
