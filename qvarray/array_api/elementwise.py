# ruff: noqa: A001  the standard's own names
"""Elementwise functions: NumPy's ufuncs, and a few more; expm1 and floor_divide of infinities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Casting, Order
from .constants import inf
from .searching import where
from .wrapping import ABSENT, Out, from_numpy


def _unary(
    x: ArrayLike,
    /,
    out: Out = None,
    *,
    where: ArrayLike = True,
    casting: Casting = "same_kind",
    order: Order = "K",
    dtype: DTypeLike | None = None,
    subok: bool = True,
    signature: str | tuple[DTypeLike | None, ...] | None = None,
) -> VirtualQArray: ...
def _binary(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    out: Out = None,
    *,
    where: ArrayLike = True,
    casting: Casting = "same_kind",
    order: Order = "K",
    dtype: DTypeLike | None = None,
    subok: bool = True,
    signature: str | tuple[DTypeLike | None, ...] | None = None,
) -> VirtualQArray: ...
@from_numpy("clip")
def _clip(
    a: ArrayLike,
    a_min: ArrayLike | None = ABSENT,
    a_max: ArrayLike | None = ABSENT,
    out: Out = None,
    *,
    min: ArrayLike | None = ABSENT,
    max: ArrayLike | None = ABSENT,
    **kwargs: Any,
) -> VirtualQArray: ...
@from_numpy("imag")
def imag(val: ArrayLike) -> VirtualQArray: ...
@from_numpy("real")
def real(val: ArrayLike) -> VirtualQArray: ...
@from_numpy("round")
def round(a: ArrayLike, decimals: int = 0, out: Out = None) -> VirtualQArray: ...


abs = from_numpy("abs")(_unary)
acos = from_numpy("acos")(_unary)
acosh = from_numpy("acosh")(_unary)
add = from_numpy("add", arrays=2)(_binary)
asin = from_numpy("asin")(_unary)
asinh = from_numpy("asinh")(_unary)
atan = from_numpy("atan")(_unary)
atan2 = from_numpy("atan2", arrays=2)(_binary)
atanh = from_numpy("atanh")(_unary)
bitwise_and = from_numpy("bitwise_and", arrays=2)(_binary)
bitwise_invert = from_numpy("bitwise_invert")(_unary)
bitwise_left_shift = from_numpy("bitwise_left_shift", arrays=2)(_binary)
bitwise_or = from_numpy("bitwise_or", arrays=2)(_binary)
bitwise_right_shift = from_numpy("bitwise_right_shift", arrays=2)(_binary)
bitwise_xor = from_numpy("bitwise_xor", arrays=2)(_binary)
ceil = from_numpy("ceil")(_unary)
conj = from_numpy("conj")(_unary)
copysign = from_numpy("copysign", arrays=2)(_binary)
cos = from_numpy("cos")(_unary)
cosh = from_numpy("cosh")(_unary)
divide = from_numpy("divide", arrays=2)(_binary)
equal = from_numpy("equal", arrays=2)(_binary)
exp = from_numpy("exp")(_unary)
_expm1 = from_numpy("expm1")(_unary)
floor = from_numpy("floor")(_unary)
_floor_divide = from_numpy("floor_divide", arrays=2)(_binary)
greater = from_numpy("greater", arrays=2)(_binary)
greater_equal = from_numpy("greater_equal", arrays=2)(_binary)
hypot = from_numpy("hypot", arrays=2)(_binary)
isfinite = from_numpy("isfinite")(_unary)
isinf = from_numpy("isinf")(_unary)
isnan = from_numpy("isnan")(_unary)
less = from_numpy("less", arrays=2)(_binary)
less_equal = from_numpy("less_equal", arrays=2)(_binary)
log = from_numpy("log")(_unary)
log10 = from_numpy("log10")(_unary)
log1p = from_numpy("log1p")(_unary)
log2 = from_numpy("log2")(_unary)
logaddexp = from_numpy("logaddexp", arrays=2)(_binary)
logical_and = from_numpy("logical_and", arrays=2)(_binary)
logical_not = from_numpy("logical_not")(_unary)
logical_or = from_numpy("logical_or", arrays=2)(_binary)
logical_xor = from_numpy("logical_xor", arrays=2)(_binary)
maximum = from_numpy("maximum", arrays=2)(_binary)
minimum = from_numpy("minimum", arrays=2)(_binary)
multiply = from_numpy("multiply", arrays=2)(_binary)
negative = from_numpy("negative")(_unary)
nextafter = from_numpy("nextafter", arrays=2)(_binary)
not_equal = from_numpy("not_equal", arrays=2)(_binary)
positive = from_numpy("positive")(_unary)
pow = from_numpy("pow", arrays=2)(_binary)
reciprocal = from_numpy("reciprocal")(_unary)
remainder = from_numpy("remainder", arrays=2)(_binary)
sign = from_numpy("sign")(_unary)
signbit = from_numpy("signbit")(_unary)
sin = from_numpy("sin")(_unary)
sinh = from_numpy("sinh")(_unary)
sqrt = from_numpy("sqrt")(_unary)
square = from_numpy("square")(_unary)
subtract = from_numpy("subtract", arrays=2)(_binary)
tan = from_numpy("tan")(_unary)
tanh = from_numpy("tanh")(_unary)
trunc = from_numpy("trunc")(_unary)


def clip(
    x: ArrayLike,
    /,
    min: ArrayLike | None = None,
    max: ArrayLike | None = None,
    out: Out = None,
    **kwargs: Any,
) -> VirtualQArray:
    """Limit the elements to the values from `min` to `max`.

    Parameters
    ----------
    x : array
    min, max : scalar or array, optional
        No limit where one is None.
    out : array, optional
        For the result.
    **kwargs
        As of ``numpy.clip``, among them its names `a_min` and `a_max`.

    Examples
    --------
    >>> import qvarray as qv
    >>> print(qv.clip(qv.asarray([1, 5, 9]), 2, max=6))
    [2 5 6]
    """
    if kwargs.keys() & {"a_min", "a_max"}:
        return _clip(x, out=out, **kwargs)
    return _clip(x, out=out, min=min, max=max, **kwargs)


def _may_have(x: ArrayLike, kind: str, property_of: Callable[[Any], Any]) -> bool:
    """Tell whether some element of a kind of dtype may have a property. O(k)."""
    if not isinstance(x, VirtualQArray):
        array = np.asarray(x)
        return array.dtype.kind == kind and bool(property_of(array).any())
    if x.dtype.kind != kind:
        return False
    elements = x.source.standard
    if elements is None or property_of(elements.fill_value):
        return True
    return bool(property_of(elements.eigenvalues).any())


def _is_not_finite(values: Any) -> Any:
    return np.logical_not(np.isfinite(values))


def expm1(x: ArrayLike, /, out: Out = None, **kwargs: Any) -> VirtualQArray:
    """Compute ``exp(x) - 1``, exactly for small elements.

    Parameters
    ----------
    x : array
    out, **kwargs
        As of ``numpy.expm1``, which is called where one is given.

    Notes
    -----
    Complex infinities and NaN have the values of the standard, as those of ``exp`` have.

    Examples
    --------
    >>> import qvarray as qv
    >>> print(qv.expm1(qv.asarray([0, 1e-20, complex("-inf+2j")])))
    [ 0.e+00+0.j  1.e-20+0.j -1.e+00+0.j]
    """
    if out is None and not kwargs and _may_have(x, "c", _is_not_finite):
        finite = isfinite(x)
        finite_part = _expm1(where(finite, x, 0))
        return where(finite, finite_part, subtract(exp(where(finite, 0, x)), 1))
    return _expm1(x, out, **kwargs)


def floor_divide(x1: ArrayLike, x2: ArrayLike, /, out: Out = None, **kwargs: Any) -> VirtualQArray:
    """Divide, and round down to integers.

    Parameters
    ----------
    x1, x2 : array
    out, **kwargs
        As of ``numpy.floor_divide``, which is called where one is given.

    Notes
    -----
    An infinity over a finite number is an infinity, as the standard has it. In NumPy it is NaN.

    Examples
    --------
    >>> import qvarray as qv
    >>> print(qv.floor_divide(qv.asarray([7.0, -7.0, qv.inf]), 2))
    [ 3. -4. inf]
    """
    if out is None and not kwargs and _may_have(x1, "f", np.isinf):
        infinite = logical_and(isinf(x1), isfinite(x2))
        is_positive = equal(signbit(x1), signbit(x2))
        rest = _floor_divide(where(infinite, 1, x1), x2)
        rest = where(logical_and(infinite, is_positive), inf, rest)
        return where(logical_and(infinite, logical_not(is_positive)), -inf, rest)
    return _floor_divide(x1, x2, out, **kwargs)
