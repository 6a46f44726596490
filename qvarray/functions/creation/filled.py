# ruff: noqa: ARG001  NumPy calls its functions without ``like``
"""Making arrays: filled ones, like another, and by NumPy's functions with ``like=``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.error_bound import ErrorBound
from ...core.rules import Tier, function_rule
from ...core.spectrum import compact, constant
from ...core.values import index_dtype, numeric_dtype, require_size
from ...ops.broadcast import broadcast_to
from ...ops.linear import cast
from ..common import spectrum_of, standard_of

__all__ = ["diagonal_ones", "filled", "sequence", "stacked"]

_INSTEAD = "ask for fewer elements, or raise the budget"


def _lengths(shape: Any) -> tuple[int, ...]:
    """A shape as NumPy takes it: an integer, or a sequence of some.

    Raises
    ------
    TypeError
        For what is not an integer.
    ValueError
        For negative lengths, or more than 2**63 - 1 elements.
    """
    try:
        lengths: tuple[int, ...] = (operator.index(shape),)
    except TypeError:
        lengths = tuple(operator.index(n) for n in shape)
    if any(n < 0 for n in lengths):
        raise ValueError(f"negative dimensions are not allowed: {lengths}")
    require_size(lengths)
    return lengths


def filled(shape: Any, fill_value: Any, dtype: Any = None) -> VirtualQArray:
    """As ``np.full``. O(1) for a scalar, else as broadcasting.

    Parameters
    ----------
    shape : int or sequence of int
    fill_value : array_like
        Broadcast to `shape`, and cast as by assignment.
    dtype : dtype, optional
        Taken from the fill value.
    """
    lengths = _lengths(shape)
    if not isinstance(fill_value, VirtualQArray) and np.ndim(fill_value) == 0:
        # Nothing is cast, and nothing warned of, where there are no elements.
        one = np.full((1,) if prod(lengths) else (0,), fill_value, dtype)
        kind = numeric_dtype(one.dtype)
        value = one[0] if one.size else kind.type(0)
        return VirtualQArray(constant(value.astype(kind), lengths))
    spectrum = standard_of(fill_value)
    extra = max(0, len(spectrum.shape) - len(lengths))
    if all(n == 1 for n in spectrum.shape[:extra]):  # as assignment does
        spectrum = spectrum.replace(shape=spectrum.shape[extra:], bases=spectrum.bases[extra:])
    kind = spectrum.dtype if dtype is None else numeric_dtype(dtype)
    if prod(lengths):
        spectrum = broadcast_to(cast(spectrum, kind, "unsafe"), lengths)
    else:
        broadcast_to(spectrum, lengths)
        np.empty(0, spectrum.dtype).astype(kind)
        spectrum = constant(kind.type(0), lengths)
    if spectrum.error is not None:
        spectrum = spectrum.replace(error=ErrorBound.unknown())
    return VirtualQArray(spectrum)


def diagonal_ones(n: Any, m: Any = None, k: Any = 0, dtype: Any = float) -> VirtualQArray:
    """As ``np.eye``. O(n): one active element a row."""
    rows = operator.index(n)
    columns = rows if m is None else operator.index(m)
    offset = operator.index(k)
    kind = numeric_dtype(dtype)
    shape = _lengths((rows, columns))
    first, last = max(0, -offset), min(rows, columns - offset)
    count = max(0, last - first)
    integers = index_dtype(prod(shape))
    require_budget(count * (kind.itemsize + 2 * integers.itemsize), _INSTEAD)
    where = np.arange(count, dtype=integers)
    where *= integers.type(columns + 1) if count > 1 else 1
    where += integers.type(first * columns + first + offset) if count else 0
    ones, zero = np.ones(count, kind), kind.type(0)
    return VirtualQArray(compact(shape, kind, (STANDARD,) * 2, ones, where, zero))


def sequence(*args: Any, **kwargs: Any) -> VirtualQArray:
    """As ``np.arange``. O(N), within the memory budget."""
    named = {**dict(zip(("start", "stop", "step"), args, strict=False)), **kwargs}
    start, stop, step = (named.get(name) for name in ("start", "stop", "step"))
    if stop is None:
        start, stop = 0, start
    try:
        count = float((stop - (start or 0)) / (1 if step is None else step))
    except (TypeError, ValueError, ArithmeticError):
        count = 0.0  # NumPy says what is wrong with them
    if 0.0 < count < float("inf"):
        require_budget(int(count) * 8, _INSTEAD)
    return VirtualQArray(spectrum_of(np.arange(*args, **kwargs)))


def _checked(**kwargs: Any) -> None:
    """Raise what NumPy raises for a dtype, order, or device."""
    np.empty(0, **kwargs)


@function_rule(Tier.CLOSED, np.zeros)
def zeros(
    shape: Any, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None
) -> VirtualQArray:
    """Nothing but zeros. O(1)."""
    _checked(dtype=dtype, order=order, device=device)
    return filled(shape, 0, np.dtype(dtype))


@function_rule(Tier.CLOSED, np.empty)
def empty(
    shape: Any, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None
) -> VirtualQArray:
    """Elements that mean nothing: zeros. O(1)."""
    return zeros(shape, dtype, order, device=device)


@function_rule(Tier.CLOSED, np.ones)
def ones(
    shape: Any, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None
) -> VirtualQArray:
    """Nothing but ones. O(1)."""
    _checked(dtype=dtype, order=order, device=device)
    return filled(shape, 1, np.dtype(dtype))


@function_rule(Tier.CLOSED, np.full)
def full(
    shape: Any,
    fill_value: Any,
    dtype: Any = None,
    order: Any = "C",
    *,
    device: Any = None,
    like: Any = None,
) -> VirtualQArray:
    """One value everywhere, O(1), or an array repeated."""
    _checked(dtype=dtype, order=order, device=device)
    return filled(shape, fill_value, dtype)


def _like(prototype: Any, fill_value: Any, dtype: Any, shape: Any, options: Any) -> VirtualQArray:
    kind = np.dtype(prototype.dtype if dtype is None else dtype)
    np.empty_like(np.empty((0,), kind), **options)
    return filled(prototype.shape if shape is None else shape, fill_value, kind)


@function_rule(Tier.CLOSED, np.zeros_like)
def zeros_like(
    a: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> VirtualQArray:
    """Zeros, of the shape and dtype of another array. O(1)."""
    return _like(a, 0, dtype, shape, {"order": order, "subok": subok, "device": device})


@function_rule(Tier.CLOSED, np.ones_like)
def ones_like(
    a: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> VirtualQArray:
    """Ones, of the shape and dtype of another array. O(1)."""
    return _like(a, 1, dtype, shape, {"order": order, "subok": subok, "device": device})


@function_rule(Tier.CLOSED, np.empty_like)
def empty_like(
    prototype: Any,
    /,
    dtype: Any = None,
    order: Any = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> VirtualQArray:
    """Elements that mean nothing: zeros. O(1)."""
    return _like(prototype, 0, dtype, shape, {"order": order, "subok": subok, "device": device})


@function_rule(Tier.CLOSED, np.full_like)
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> VirtualQArray:
    """One value everywhere, of the shape and dtype of another array. O(1)."""
    return _like(a, fill_value, dtype, shape, {"order": order, "subok": subok, "device": device})


@function_rule(Tier.CLOSED, np.eye)
def eye(
    N: Any,
    M: Any = None,
    k: Any = 0,
    dtype: Any = float,
    order: Any = "C",
    *,
    device: Any = None,
    like: Any = None,
) -> VirtualQArray:
    """Ones on a diagonal. O(N)."""
    _checked(dtype=dtype, order=order, device=device)
    return diagonal_ones(N, M, k, dtype)


@function_rule(Tier.CLOSED, np.identity)
def identity(n: Any, dtype: Any = None, *, like: Any = None) -> VirtualQArray:
    """Ones on the main diagonal. O(n)."""
    return diagonal_ones(n, dtype=dtype)


def stacked(obj: Any) -> Any:
    """A list or tuple of VirtualQArrays as one, along a new axis; anything else as it is. O(k)."""
    several = type(obj) in (list, tuple) and len(obj) > 0
    if several and all(isinstance(one, VirtualQArray) for one in obj):
        return np.stack(obj)
    return obj


def _converted(function: Any, a: Any, dtype: Any, copy: Any, options: Any) -> VirtualQArray:
    """What NumPy's function of that name makes of `a`, as a VirtualQArray."""
    if copy is not False:
        a = stacked(a)
    if not isinstance(a, VirtualQArray):
        if copy is False:
            raise ValueError("Unable to avoid copy: the elements are to be stored another way")
        return VirtualQArray(spectrum_of(function(a, dtype, **options)))
    function(np.empty(0), dtype, **options)
    kind = a.dtype if dtype is None else numeric_dtype(dtype)
    if copy is False and kind != a.dtype:
        raise ValueError(f"Unable to avoid copy: the elements are {a.dtype}, not {kind}")
    out = a if kind == a.dtype else a.astype(kind)
    return out.copy() if copy and out is a else out


@function_rule(Tier.STRUCTURAL, np.array)
def array(
    object: Any,
    dtype: Any = None,
    *,
    copy: Any = True,
    order: Any = "K",
    subok: bool = False,
    ndmin: int = 0,
    ndmax: int = 0,
    like: Any = None,
) -> VirtualQArray:
    """Numbers as a VirtualQArray. O(1) for one, else O(N)."""
    options = {"order": order, "subok": subok, "ndmin": ndmin}
    # Older versions of NumPy do not know it.
    if ndmax:
        options["ndmax"] = ndmax
    out = _converted(np.array, object, dtype, copy, options)
    return out[(None,) * (ndmin - out.ndim)] if ndmin > out.ndim else out


def _conversion(function: Callable[..., Any]) -> None:
    @function_rule(Tier.STRUCTURAL, function)
    def rule(
        a: Any,
        dtype: Any = None,
        order: Any = None,
        *,
        device: Any = None,
        copy: Any = None,
        like: Any = None,
    ) -> VirtualQArray:
        return _converted(function, a, dtype, copy, {"order": order, "device": device})


_conversion(np.asarray)
_conversion(np.asanyarray)


def _contiguous(function: Callable[..., Any]) -> None:
    @function_rule(Tier.STRUCTURAL, function)
    def rule(a: Any, dtype: Any = None, *, like: Any = None) -> VirtualQArray:
        out = _converted(function, a, dtype, None, {})
        return out if out.ndim else out[None]


_contiguous(np.ascontiguousarray)
_contiguous(np.asfortranarray)


@function_rule(Tier.STRUCTURAL, np.require)
def require(
    a: Any, dtype: Any = None, requirements: Any = None, *, like: Any = None
) -> VirtualQArray:
    """As ``np.asanyarray``: how elements lie in memory, nobody can tell."""
    np.require(np.empty(0), dtype, requirements)
    return _converted(np.asanyarray, a, dtype, None, {})


def _wrapped(out: Any) -> Any:
    if isinstance(out, np.ma.MaskedArray):
        raise TypeError("a VirtualQArray has no mask")
    if isinstance(out, np.ndarray):
        return VirtualQArray(spectrum_of(out))
    return [_wrapped(one) for one in out] if isinstance(out, list) else out


def _made(function: Callable[..., Any]) -> None:
    @function_rule(Tier.DENSE, function)
    @wraps(function)
    def rule(*args: Any, **kwargs: Any) -> Any:
        return _wrapped(function(*args, **kwargs))


for _function in (
    np.fromiter,
    np.frombuffer,
    np.fromfile,
    np.fromstring,
    np.loadtxt,
    np.genfromtxt,
):
    _made(_function)


@function_rule(Tier.DENSE, np.arange)
@wraps(np.arange)
def arange(*args: Any, **kwargs: Any) -> VirtualQArray:
    """Numbers at equal steps. O(N)."""
    return sequence(*args, **kwargs)


@function_rule(Tier.DENSE, np.fromfunction)
def fromfunction(
    function: Any, shape: Any, *, dtype: Any = float, like: Any = None, **kwargs: Any
) -> Any:
    """What a function returns for the arrays of all indices. O(N)."""
    if isinstance(shape, (tuple, list)):
        require_budget(prod(shape) * len(shape) * np.dtype(dtype).itemsize, _INSTEAD)
    return _wrapped(np.fromfunction(function, shape, dtype=dtype, **kwargs))


def _require_samples(start: Any, stop: Any, num: Any, *others: Any) -> None:
    """Raise MaterializationError where `num` samples for each of some ends are over the budget."""
    shapes = [np.shape(one) for one in (start, stop, *others)]
    try:
        size = prod(np.broadcast_shapes(*shapes))
        require_budget(size * operator.index(num) * 16, _INSTEAD)
    except (TypeError, ValueError):
        return  # NumPy says what is wrong with them


@function_rule(Tier.DENSE, np.linspace)
def linspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    retstep: Any = False,
    dtype: Any = None,
    axis: Any = 0,
    *,
    device: Any = None,
) -> Any:
    """Samples at equal distances. O(N)."""
    _require_samples(start, stop, num)
    args = (start, stop, num, endpoint, retstep, dtype, axis)
    return call_dense(np.linspace, args, {"device": device})


@function_rule(Tier.DENSE, np.geomspace)
def geomspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None, axis: Any = 0
) -> Any:
    """Samples at equal ratios. O(N)."""
    _require_samples(start, stop, num)
    return call_dense(np.geomspace, (start, stop, num, endpoint, dtype, axis), {})


@function_rule(Tier.DENSE, np.logspace)
def logspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: Any = 0,
) -> Any:
    """Powers at equal distances of the exponent. O(N)."""
    _require_samples(start, stop, num, base)
    return call_dense(np.logspace, (start, stop, num, endpoint, base, dtype, axis), {})
