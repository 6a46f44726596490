# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Arrays from existing data: array, asarray, copy, astype, and what is read from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.values import Order, Shape, element_dtype
from ..common import Device, DType, Like, Operand, any_np, spectrum_of
from .from_shape_or_value import INSTEAD


def stacked(obj: Any) -> Any:
    """Stack a list or tuple of VirtualQArrays; return anything else as it is. O(k)."""
    several = type(obj) in (list, tuple) and len(obj) > 0
    if several and all(isinstance(array, VirtualQArray) for array in obj):
        return np.stack(obj)
    return obj


def _converted(
    function: Callable[..., Any],
    a: Operand,
    dtype: DType,
    copy: bool | None,
    *args: Any,
    **kwargs: Any,
) -> VirtualQArray:
    """Return what NumPy's function of that name makes of `a`, as a VirtualQArray."""
    if copy is not False:
        a = stacked(a)
    if not isinstance(a, VirtualQArray):
        if copy is False:
            raise ValueError("Unable to avoid copy: the elements are to be stored another way")
        return VirtualQArray(spectrum_of(function(a, dtype, *args, **kwargs)))
    function(np.empty(0), dtype, *args, **kwargs)  # NumPy's exceptions
    kind = a.dtype if dtype is None else element_dtype(dtype)
    if copy is False and kind != a.dtype:
        raise ValueError(f"Unable to avoid copy: the elements are {a.dtype}, not {kind}")
    out = a if kind == a.dtype else a.astype(kind)
    return out.copy() if copy and out is a else out


@function_rule(Tier.STRUCTURAL, np.array)
@wraps(np.array)
def array(
    object: Operand, dtype: DType = None, *, copy: bool | None = True, ndmin: int = 0, **kwargs: Any
) -> VirtualQArray:
    """Return numbers as a VirtualQArray. O(1) for one, else O(N)."""
    out = _converted(np.array, object, dtype, copy, ndmin=ndmin, **kwargs)
    return out[(None,) * (ndmin - out.ndim)] if ndmin > out.ndim else out


def _register_conversion(function: Callable[..., Any], ndmin: int = 0) -> None:
    """Register a function that copies only where it must: O(1) for one of our arrays."""

    @function_rule(Tier.STRUCTURAL, function)
    @wraps(function)
    def rule(
        a: Operand, dtype: DType = None, *args: Any, copy: bool | None = None, **kwargs: Any
    ) -> VirtualQArray:
        out = _converted(function, a, dtype, copy, *args, **kwargs)
        return out if out.ndim >= ndmin else out[None]


_register_conversion(np.asarray)
_register_conversion(np.asanyarray)
_register_conversion(np.ascontiguousarray, ndmin=1)
_register_conversion(np.asfortranarray, ndmin=1)


@function_rule(Tier.STRUCTURAL, np.require)
def require(
    a: Operand,
    dtype: DType = None,
    requirements: str | Sequence[str] | None = None,
    *,
    like: Like = None,
) -> VirtualQArray:
    """Convert as ``np.asanyarray``: how elements lie in memory, nobody can tell."""
    any_np.require(np.empty(0), dtype, requirements)
    return _converted(np.asanyarray, a, dtype, None)


@function_rule(Tier.STRUCTURAL, np.copy)
def copy(a: VirtualQArray, order: Order = "K", subok: bool = False) -> VirtualQArray:
    """Return a new array of the same elements. O(1)."""
    return a.copy(order)


@function_rule(Tier.CLOSED, np.astype)
def astype(
    x: VirtualQArray, dtype: DTypeLike, /, *, copy: bool = True, device: Device = None
) -> VirtualQArray:
    """Return the array with elements of another dtype. O(k)."""
    np.astype(np.empty(0), float, copy=copy, device=device)
    return x.astype(dtype, copy=copy)


def _wrapped(out: object) -> Any:
    if isinstance(out, np.ma.MaskedArray):
        raise TypeError("a VirtualQArray has no mask")
    if isinstance(out, np.ndarray):
        return VirtualQArray(spectrum_of(out))
    return [_wrapped(part) for part in out] if isinstance(out, list) else out


def _register_reader(function: Callable[..., Any]) -> None:
    @function_rule(Tier.DENSE, function)
    @wraps(function)
    def rule(*args: Any, **kwargs: Any) -> Any:
        return _wrapped(function(*args, **kwargs))


for _function in (
    np.fromiter, np.frombuffer, np.fromfile, np.fromstring, np.loadtxt, np.genfromtxt
):  # fmt: skip
    _register_reader(_function)


@function_rule(Tier.DENSE, np.fromfunction)
def fromfunction(
    function: Callable[..., Any],
    shape: Shape,
    *,
    dtype: DType = float,
    like: Like = None,
    **kwargs: Any,
) -> Any:
    """Return what a function makes of the arrays of all indices. O(N)."""
    if isinstance(shape, (tuple, list)):
        require_budget(prod(shape) * len(shape) * np.dtype(dtype).itemsize, INSTEAD)
    return _wrapped(np.fromfunction(function, shape, dtype=dtype, **kwargs))
