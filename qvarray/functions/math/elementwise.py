"""Functions of single elements that are not ufuncs: bounds, roundings, parts, special functions.

Closed in the standard basis, on the values at the union of the active indices; an expression in
any other basis.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.inheritance import is_lossy, without_bound
from ...array.virtual_array import VirtualQArray
from ...array.writable import exclusively
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.values import Array
from ...ops.basis_change import sparse
from ...sources.element_functions import named
from ..common import (
    UNSET,
    Operand,
    Output,
    answered,
    array_of,
    dense_of,
    has_axes,
    into,
    mapped,
    pointwise,
    wrapped,
)

_FIX_WARNS = has(Behaviour.FIX_IS_DEPRECATED)
#: The ufunc that `np.clip` wraps.
_CLIP: np.ufunc = np._core.umath.clip  # type: ignore[attr-defined]
named("clip", "dtype", "casting", "signature", "sig")(_CLIP)


# -- bounds and roundings -----------------------------------------------------------------------


@function_rule(Tier.CLOSED, np.clip)
def clip(
    a: Operand,
    a_min: Any = UNSET,
    a_max: Any = UNSET,
    out: Output = None,
    *,
    min: Any = UNSET,
    max: Any = UNSET,
    **kwargs: Any,
) -> Any:
    """Elements between two bounds, through the ufunc of that name."""
    if a_min is UNSET and a_max is UNSET:
        low: Any = None if min is UNSET else min
        high: Any = None if max is UNSET else max
    elif a_min is UNSET or a_max is UNSET:
        missing = "a_min" if a_min is UNSET else "a_max"
        raise TypeError(f"clip() missing 1 required positional argument: '{missing}'")
    elif min is not UNSET or max is not UNSET:
        raise ValueError(
            "Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is "
            "forbidden."
        )
    else:
        low, high = a_min, a_max
    a = a if isinstance(a, VirtualQArray) else np.asarray(a)
    if a.dtype.kind in "iu":
        # Python integers that the dtype cannot hold bound nothing.
        low = None if type(low) is int and low <= np.iinfo(a.dtype).min else low
        high = None if type(high) is int and high >= np.iinfo(a.dtype).max else high
    if out is not None:
        kwargs["out"] = out
    if low is None and high is None:
        return np.positive(a, **kwargs)
    if low is None:
        return np.minimum(a, high, **kwargs)
    if high is None:
        return np.maximum(a, low, **kwargs)
    return _CLIP(a, low, high, **kwargs)


def _rounding(function: Callable[..., Any]) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(a: Operand, decimals: int = 0, out: Output = None) -> Any:
        return answered(np.round, (a,), {"decimals": decimals}, out)


_rounding(np.round)
_rounding(np.around)
named("round", "decimals")(np.round)


@function_rule(Tier.CLOSED, np.fix)
def fix(x: Operand, out: Output = None) -> Any:
    """Elements rounded towards zero."""
    if _FIX_WARNS:
        warnings.warn(
            "numpy.fix is deprecated. Use numpy.trunc instead, which is faster and follows the "
            "Array API standard.",
            DeprecationWarning,
            stacklevel=3,
        )
    if out is not None and not has(Behaviour.FIX_IS_TRUNC):
        dtype = np.trunc(np.zeros(1, array_of(x).dtype)).dtype
        if getattr(out, "dtype", dtype) != dtype:
            return call_dense(np.fix, (x,), {"out": out})
    return np.trunc(x, **into(out))


@named("nan_to_num_of_arrays")
def _with_numbers(x: Array, nan: Any, posinf: Any, neginf: Any) -> Any:
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


named("nan_to_num", "nan", "posinf", "neginf")(np.nan_to_num)


@function_rule(Tier.CLOSED, np.nan_to_num)
def nan_to_num(
    x: VirtualQArray,
    copy: bool = True,
    nan: Operand = 0.0,
    posinf: Operand | None = None,
    neginf: Operand | None = None,
) -> Any:
    """Put numbers for NaN and infinities; in place if `copy` is false. O(k)."""
    instead = {"nan": nan, "posinf": posinf, "neginf": neginf}
    if copy:
        return _with_numbers_instead(x, instead)

    def write() -> Any:
        result = _with_numbers_instead(x, instead)
        x.replace_with(result.source if x.ndim else sparse(np.asarray(result, x.dtype)))
        return x if x.ndim else result

    return exclusively((x, *instead.values()), write)


def _with_numbers_instead(x: VirtualQArray, instead: dict[str, Any]) -> Any:
    function = np.nan_to_num
    result: Any
    if not x.ndim:
        result = call_dense(function, (x,), instead)
    elif not has_axes(*instead.values()):
        result = pointwise(function, (x,), instead)
    elif any(number is None for number in instead.values()):
        result = call_dense(function, (x,), instead)
    else:
        result = pointwise(_with_numbers, (x, *instead.values()))
    if np.shape(result) != x.shape:
        raise ValueError("the numbers that are put in cannot be broadcast to the array")
    return result


# -- tests and special functions -----------------------------------------------------------------


def _of_one(function: Callable[..., Any]) -> None:
    named(function.__name__)(function)

    @function_rule(Tier.CLOSED, function)
    def rule(x: Operand) -> Any:
        return answered(function, (x,), {}, None)


for _function in (np.i0, np.sinc):
    _of_one(_function)


@function_rule(Tier.CLOSED, np.real)
def real(val: VirtualQArray) -> VirtualQArray:
    """Return the real part: a view. O(k)."""
    return val.real


@function_rule(Tier.CLOSED, np.imag)
def imag(val: VirtualQArray) -> VirtualQArray:
    """Return the imaginary part: a view. O(k)."""
    return val.imag


named("angle", "deg")(np.angle)


@function_rule(Tier.CLOSED, np.angle)
def angle(z: Operand, deg: bool = False) -> Any:
    """Return the argument of each complex number."""
    return answered(np.angle, (z,), {"deg": deg}, None)


@function_rule(Tier.CLOSED, np.real_if_close)
def real_if_close(a: VirtualQArray, tol: Any = 100) -> Any:
    """Return the real part, where all imaginary parts are small."""
    if a.dtype.kind != "c":
        return a
    if tol > 1:
        tol = np.finfo(a.dtype).eps * tol
    if not np.all(np.less(np.abs(np.imag(a)), tol)):
        return a
    # Whether they are depends on elements that may be off.
    part = np.real(a)
    return VirtualQArray(without_bound(part.source)) if is_lossy(a) else part


@function_rule(Tier.CLOSED, np.unwrap)
def unwrap(
    p: VirtualQArray, discont: float | None = None, axis: int = -1, *, period: float = 2 * np.pi
) -> Any:
    """Jumps of more than half a period taken out: closed as far as the cumulative sum is."""
    step = np.diff(p, axis=axis)
    discont = period / 2 if discont is None else discont
    dtype = np.result_type(step.dtype, period)
    if dtype.kind in "iu":
        high, rest = divmod(period, 2)
        ambiguous = rest == 0
    else:
        high, ambiguous = period / 2, True
    wrapped = np.add(np.mod(np.subtract(step, -high), period), -high)
    if ambiguous:
        edge = np.logical_and(np.equal(wrapped, -high), np.greater(step, 0))
        wrapped = np.where(edge, wrapped.dtype.type(high), wrapped)
    change = np.subtract(wrapped, step)
    change = np.where(np.less(np.abs(step), discont), change.dtype.type(0), change)
    first = [slice(None)] * p.ndim
    rest_of = list(first)
    first[axis], rest_of[axis] = slice(0, 1), slice(1, None)
    shifted = np.add(p[tuple(rest_of)], np.cumsum(change, axis=axis))
    parts = (p[tuple(first)], shifted)
    return np.concatenate([part.astype(dtype) for part in parts], axis=axis)


# -- functions that become complex where they must ----------------------------------------------

_SINGLE = (np.float32, np.int8, np.int16, np.uint8, np.uint16, np.complex64)


def _as_complex(x: Any) -> Any:
    dtype = np.dtype(np.complex64 if x.dtype.type in _SINGLE else np.complex128)
    return np.positive(x, dtype=dtype, casting="unsafe") if x.dtype != dtype else x


def _as_array(x: Operand) -> Any:
    return x if isinstance(x, VirtualQArray) else np.asarray(x)


def _has_negative(x: Operand) -> bool:
    return bool(np.any(np.logical_and(np.isreal(x), np.less(x, 0))))


def _complex_below_zero(x: Operand) -> Any:
    x = _as_array(x)
    return _as_complex(x) if _has_negative(x) else x


def _float_below_zero(x: Operand) -> Any:
    x = _as_array(x)
    return np.multiply(x, 1.0) if _has_negative(x) else x


def _complex_above_one(x: Operand) -> Any:
    x = _as_array(x)
    return _as_complex(x) if np.any(np.logical_and(np.isreal(x), np.abs(x) > 1)) else x


def _extended(
    function: Callable[..., Any], ufunc: np.ufunc, prepared: Callable[[Any], Any]
) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(x: Operand) -> Any:
        return ufunc(prepared(x))


for _name in ("sqrt", "log", "log2", "log10"):
    _extended(getattr(np.lib.scimath, _name), getattr(np, _name), _complex_below_zero)
for _name in ("arccos", "arcsin", "arctanh"):
    _extended(getattr(np.lib.scimath, _name), getattr(np, _name), _complex_above_one)


@function_rule(Tier.CLOSED, np.lib.scimath.logn)
def logn(n: Operand, x: Operand) -> Any:
    """Return the logarithm to the base `n`, complex where it must be."""
    return wrapped(np.divide(np.log(_complex_below_zero(x)), np.log(_complex_below_zero(n))))


@function_rule(Tier.CLOSED, np.lib.scimath.power)
def power(x: Operand, p: Operand) -> Any:
    """Powers, complex where they must be."""
    return wrapped(np.power(_complex_below_zero(x), _float_below_zero(p)))


@function_rule(Tier.CLOSED, np.interp)
def interp(
    x: Operand,
    xp: Operand,
    fp: Operand,
    left: float | None = None,
    right: float | None = None,
    period: float | None = None,
) -> Any:
    """Return the value of each element on a line through points. O(k log m) for m points."""
    points, heights = dense_of(xp), dense_of(fp)
    return mapped(x, lambda part: np.interp(part, points, heights, left, right, period), xp, fp)
