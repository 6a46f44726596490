"""Functions of single elements that are not ufuncs: choices, roundings, tests, special functions.

Closed in the standard basis, on the values at the union of the active indices; an expression in
any other basis.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.values import Array
from ...ops.basis_change import sparse
from ...ufuncs.elementwise_functions import apply_elementwise
from ..common import UNSET, Operand, Output, array_of, delivered, into, wrapped

__all__ = ["answered"]

_CONVERTS_FIRST = has(Behaviour.WHERE_CONVERTS_NUMBERS_FIRST)
_FIX_WARNS = has(Behaviour.FIX_IS_DEPRECATED)
#: The ufunc that `np.clip` wraps.
_CLIP: np.ufunc = np._core.umath.clip  # type: ignore[attr-defined]
#: The most choices that NumPy takes.
_MOST_CHOICES = 64


def _pointwise(
    function: Callable[..., Any], arrays: Sequence[Any], kwargs: dict[str, Any] | None = None
) -> VirtualQArray:
    return VirtualQArray(apply_elementwise(function, arrays, kwargs))


def _written(
    *arrays: Any, function: Callable[..., Any], dtype: np.dtype[Any], **kwargs: Any
) -> Any:
    """Return what NumPy writes to an output of some dtype: that has a say in what is computed."""
    shape = np.broadcast_shapes(*(np.shape(array) for array in arrays))
    return function(*arrays, out=np.empty(shape, dtype), **kwargs)


def answered(
    function: Callable[..., Any], arrays: Sequence[Any], kwargs: dict[str, Any], out: Output
) -> Any:
    """Return a function of elements that takes an output."""
    if out is not None:
        if not isinstance(out, (VirtualQArray, np.ndarray)):
            raise TypeError("return arrays must be of ArrayType")
        kwargs = {**kwargs, "function": function, "dtype": out.dtype}
        function = _written
    if _has_axes(*arrays):
        return delivered(_pointwise(function, arrays, kwargs), out)
    return delivered(call_dense(function, tuple(arrays), kwargs), out)


def _has_axes(*arrays: Any) -> bool:
    return any(np.ndim(array) for array in arrays)


def _are_numbers(*arrays: Any) -> bool:
    dtypes = (
        array.dtype if hasattr(array, "dtype") else np.asarray(array).dtype for array in arrays
    )
    return all(dtype.kind in "biufc" for dtype in dtypes)


# -- choices ------------------------------------------------------------------------------------


@function_rule(Tier.CLOSED, np.where)
def where(condition: Operand, x: Operand | None = None, y: Operand | None = None, /) -> Any:
    """Elements of `x` or of `y`; of a condition alone, where it is true."""
    if x is None and y is None:
        return np.nonzero(array_of(condition))
    if x is None or y is None:
        raise ValueError("either both or neither of x and y should be given")
    if not (_has_axes(condition, x, y) and _are_numbers(x, y)):
        return call_dense(np.where, (condition, x, y), {})
    if _CONVERTS_FIRST:
        for number, other in ((x, y), (y, x)):
            if type(number) is int and hasattr(other, "dtype"):
                np.where(True, number, np.zeros((), other.dtype))  # NumPy's exception
    return _pointwise(np.where, (condition, x, y))


def _selected(*arrays: Any, cases: int) -> Any:
    return np.select(arrays[:cases], arrays[cases:-1], arrays[-1])


@function_rule(Tier.CLOSED, np.select)
def select(
    condlist: Sequence[Any] | VirtualQArray,
    choicelist: Sequence[Any] | VirtualQArray,
    default: Operand = 0,
) -> Any:
    """Return the elements of the first choice whose condition holds."""
    conditions, choices = list(condlist), list(choicelist)
    if len(conditions) != len(choices):
        raise ValueError("list of cases must be same length as list of conditions")
    if not conditions:
        raise ValueError("select with an empty condition list is not possible")
    arrays = (*conditions, *choices, default)
    if not (_has_axes(*arrays) and _are_numbers(*arrays)):
        return call_dense(np.select, (conditions, choices, default), {})
    return _pointwise(_selected, arrays, {"cases": len(conditions)})


def _chosen(*arrays: Any, mode: Any) -> Any:
    return np.choose(arrays[0], arrays[1:], mode=mode)


@function_rule(Tier.CLOSED, np.choose)
def choose(a: Operand, choices: Operand, out: Output = None, mode: str = "raise") -> Any:
    """Elements of several arrays, by the number of the array."""
    choices = choices if isinstance(choices, (VirtualQArray, list, tuple)) else np.asarray(choices)
    if not 0 < len(choices) <= _MOST_CHOICES:
        raise ValueError(f"choose takes 1 to {_MOST_CHOICES} choices, got {len(choices)}")
    if out is None:
        return answered(_chosen, (a, *choices), {"mode": mode}, None)
    if np.shape(out) != np.broadcast_shapes(np.shape(a), *(np.shape(choice) for choice in choices)):
        raise TypeError("choose: invalid shape for output array.")
    chosen = choose(a, choices, None, mode)
    if not has(Behaviour.CHOOSE_ONLY_WRITES_OUT):
        _read(out, chosen.dtype)
    return delivered(chosen, out, "unsafe")


def _read(out: Any, dtype: np.dtype[Any]) -> None:
    """Warn as NumPy does where it reads an output as elements of another dtype."""
    if hasattr(out, "dtype"):
        np.zeros(1, out.dtype).astype(dtype)


def _pieces(x: Array, *conditions: Any, values: Sequence[Any]) -> Any:
    return np.piecewise(x, list(conditions), values)


@function_rule(Tier.CLOSED, np.piecewise)
def piecewise(
    x: Operand,
    condlist: Sequence[Any] | VirtualQArray,
    funclist: Sequence[Any] | VirtualQArray,
    *args: Any,
    **kw: Any,
) -> Any:
    """Constants by conditions: closed. Functions see all of their elements, as in NumPy: dense."""
    constants = not any(callable(choice) for choice in funclist)
    each = condlist if isinstance(condlist, (list, tuple)) else ()
    if isinstance(condlist, VirtualQArray) and condlist.ndim == np.ndim(x) == 1 and len(condlist):
        each = (condlist,)
    alike = bool(each) and all(np.shape(part) == np.shape(x) for part in each)
    if not (constants and alike and _has_axes(x)) or args or kw:
        return call_dense(np.piecewise, (x, condlist, funclist, *args), kw)
    conditions = [np.not_equal(part, 0) for part in each]
    return _pointwise(_pieces, (x, *conditions), {"values": list(funclist)})


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


def _with_numbers(x: Array, nan: Any, posinf: Any, neginf: Any) -> Any:
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


@function_rule(Tier.CLOSED, np.nan_to_num)
def nan_to_num(
    x: VirtualQArray,
    copy: bool = True,
    nan: Operand = 0.0,
    posinf: Operand | None = None,
    neginf: Operand | None = None,
) -> Any:
    """Put numbers for NaN and infinities; in place if `copy` is false. O(k)."""
    function, instead = np.nan_to_num, {"nan": nan, "posinf": posinf, "neginf": neginf}
    result: Any
    if not x.ndim:
        result = call_dense(function, (x,), instead)
    elif not _has_axes(*instead.values()):
        result = _pointwise(function, (x,), instead)
    elif any(one is None for one in instead.values()):
        result = call_dense(function, (x,), instead)
    else:
        result = _pointwise(_with_numbers, (x, *instead.values()))
    if np.shape(result) != x.shape:
        raise ValueError("the numbers that are put in cannot be broadcast to the array")
    if not copy:
        x.replace_with(result.source if x.ndim else sparse(np.asarray(result)))
        result = x if x.ndim else result
    return result


# -- tests and special functions -----------------------------------------------------------------


def _of_one(function: Callable[..., Any]) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(x: Operand) -> Any:
        return answered(function, (x,), {}, None)


for _function in (np.i0, np.sinc):
    _of_one(_function)


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
    return np.real(a) if np.all(np.less(np.abs(np.imag(a)), tol)) else a


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

_SINGLE = tuple(np.dtype(name) for name in ("f4", "i1", "i2", "u1", "u2", "c8"))


def _as_complex(x: Any) -> Any:
    dtype = np.dtype(np.complex64 if x.dtype in _SINGLE else np.complex128)
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
