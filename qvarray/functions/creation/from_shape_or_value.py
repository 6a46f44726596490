# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Arrays from a shape or a value: zeros, ones, empty, full, eye, identity, and ``*_like``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import wraps
from math import prod
from typing import Any, SupportsIndex

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.spectrum import constant
from ...core.values import (
    Order,
    Shape,
    ShapeLike,
    element_dtype,
    index_dtype,
    require_size,
    zero_of,
)
from ...ops.linear import cast
from ..common import Device, DType, Like, Operand, assigned_to, bound_of, sparse_array, standard_of

#: What to do where elements are over the memory budget.
INSTEAD = "ask for fewer elements, or raise the budget"


def _as_shape(shape: ShapeLike) -> Shape:
    """Return a shape as a tuple of int, from an integer or a sequence of some.

    Raises TypeError for what is not an integer; ValueError for negative lengths, or more than
    2**63 - 1 elements.

    Examples
    --------
    >>> _as_shape(3), _as_shape([2, 3])
    ((3,), (2, 3))
    """
    try:
        lengths: Shape = (operator.index(shape),)  # type: ignore[arg-type]
    except TypeError:
        lengths = tuple(operator.index(n) for n in shape)  # type: ignore[union-attr]
    if any(n < 0 for n in lengths):
        raise ValueError(f"negative dimensions are not allowed: {lengths}")
    require_size(lengths)
    return lengths


def filled(shape: ShapeLike, fill_value: Operand, dtype: DType = None) -> VirtualQArray:
    """Make an array of one value, or of an array that is broadcast, as ``np.full``.

    O(1) for a scalar, else as broadcasting.

    `fill_value`: broadcast to `shape`, and cast as by assignment. `dtype`: taken from the fill
    value.
    """
    lengths = _as_shape(shape)
    if not isinstance(fill_value, VirtualQArray) and np.ndim(fill_value) == 0:
        # Nothing is cast, and nothing warned of, where there are no elements.
        element = np.full((1,) if prod(lengths) else (0,), fill_value, dtype)
        kind = element_dtype(element.dtype)
        value = element[0] if element.size else zero_of(kind)
        return VirtualQArray(constant(value, lengths, kind))
    spectrum = standard_of(fill_value)
    error = bound_of(spectrum)
    kind = spectrum.dtype if dtype is None else element_dtype(dtype)
    if prod(lengths):
        spectrum = assigned_to(cast(spectrum, kind, "unsafe"), lengths)
    else:
        assigned_to(spectrum, lengths)
        np.empty(0, spectrum.dtype).astype(kind)
        spectrum = constant(zero_of(kind), lengths, kind)
    return VirtualQArray(spectrum if error is None else spectrum.replace(error=error))


def diagonal_ones(
    n: SupportsIndex,
    m: SupportsIndex | None = None,
    k: SupportsIndex = 0,
    dtype: DType = float,
) -> VirtualQArray:
    """Make a matrix with ones on a diagonal, as ``np.eye``. O(n): one active element a row."""
    rows = operator.index(n)
    columns = rows if m is None else operator.index(m)
    offset = operator.index(k)
    kind = element_dtype(dtype)
    shape = _as_shape((rows, columns))
    first, last = max(0, -offset), min(rows, columns - offset)
    count = max(0, last - first)
    integers = index_dtype(prod(shape))
    require_budget(count * (kind.itemsize + 2 * integers.itemsize), INSTEAD)
    where = np.arange(count, dtype=integers)
    where *= integers.type(columns + 1) if count > 1 else 1
    where += integers.type(first * columns + first + offset) if count else 0
    return sparse_array(shape, np.ones(count, kind), where)


@function_rule(Tier.CLOSED, np.full)
@wraps(np.full)
def full(
    shape: ShapeLike, fill_value: Operand, dtype: DType = None, *args: Any, **kwargs: Any
) -> VirtualQArray:
    """Make an array of one value, O(1), or of an array repeated."""
    np.empty(0, dtype, *args, **kwargs)  # NumPy's exceptions
    return filled(shape, fill_value, dtype)


@function_rule(Tier.CLOSED, np.full_like)
def full_like(
    a: VirtualQArray,
    fill_value: Operand,
    dtype: DType = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: Device = None,
) -> VirtualQArray:
    """Make an array of one value, of the shape and dtype of another. O(1)."""
    kind = np.dtype(a.dtype if dtype is None else dtype)
    np.empty_like(np.empty((0,), kind), order=order, subok=subok, device=device)
    return filled(a.shape if shape is None else shape, fill_value, kind)


def _register(value: int, function: Callable[..., Any]) -> None:
    """Register a function that makes an array of a value that it names. O(1)."""

    @function_rule(Tier.CLOSED, function)
    @wraps(function)
    def rule(shape: ShapeLike, dtype: DType = None, *args: Any, **kwargs: Any) -> VirtualQArray:
        return full(shape, value, np.dtype(dtype), *args, **kwargs)


def _register_like(value: int, function: Callable[..., Any]) -> None:
    """Register a function that makes an array of a value that it names, like another. O(1)."""

    @function_rule(Tier.CLOSED, function)
    @wraps(function)
    def rule(a: VirtualQArray, *args: Any, **kwargs: Any) -> VirtualQArray:
        return full_like(a, value, *args, **kwargs)


# Elements that mean nothing are zeros.
_register(0, np.zeros)
_register(1, np.ones)
_register(0, np.empty)
_register_like(0, np.zeros_like)
_register_like(1, np.ones_like)
_register_like(0, np.empty_like)


@function_rule(Tier.CLOSED, np.eye)
@wraps(np.eye)
def eye(
    N: SupportsIndex,
    M: SupportsIndex | None = None,
    k: SupportsIndex = 0,
    dtype: DType = float,
    *args: Any,
    **kwargs: Any,
) -> VirtualQArray:
    """Make a matrix with ones on a diagonal. O(N)."""
    np.empty(0, dtype, *args, **kwargs)  # NumPy's exceptions
    return diagonal_ones(N, M, k, dtype)


@function_rule(Tier.CLOSED, np.identity)
def identity(n: SupportsIndex, dtype: DType = None, *, like: Like = None) -> VirtualQArray:
    """Make a matrix with ones on the main diagonal. O(n)."""
    return diagonal_ones(n, dtype=dtype)
