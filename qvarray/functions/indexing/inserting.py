"""Inserting data into arrays: put, place, putmask, put_along_axis, fill_diagonal."""

from __future__ import annotations

from math import prod
from typing import Any, TypeAlias

import numpy as np

from ...array.inheritance import is_lossy, repeated_error
from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.values import Array, Casting
from ...indexing.advanced_keys import true_positions
from ..common import (
    Mode,
    Operand,
    any_np,
    are_nonzero,
    array_of,
    as_positions,
    dense_of,
    require_castable,
    shape_of,
    standard_of,
)
from .selecting import along_axis, within

#: What is written to.
Target: TypeAlias = VirtualQArray | Array


def _converted(values: Operand, dtype: np.dtype[Any], casting: Casting) -> Any:
    """Return values to be written, in one dimension and of that dtype, as NumPy converts them."""
    if isinstance(values, VirtualQArray):
        require_castable(values.dtype, dtype, casting)
        return any_np.ravel(values).astype(dtype, copy=False)
    if isinstance(values, np.ndarray):
        require_castable(values.dtype, dtype, casting)
    elements = np.empty(np.shape(values), dtype)
    elements[...] = values
    return elements.reshape(-1)


def _where_true(a: VirtualQArray, mask: Operand, function: str) -> Any:
    """Return a mask of as many elements as an array of its shape."""
    shape = shape_of(mask)
    if prod(shape) != a.size:
        raise ValueError(f"{function}: mask and data must be the same size")
    return are_nonzero(mask if shape == a.shape else any_np.reshape(mask, a.shape))


def _begun_anew(values: Any, count: int) -> Any:
    """Return `count` values, one after the other, then from the first one on."""
    if values.size == 1:
        return any_np.reshape(values, ())
    if count <= values.size:
        return values[:count]
    require_budget(count * 2 * values.itemsize, "write fewer elements at a time")
    return any_np.resize(values if is_lossy(values) else dense_of(values), count)


@function_rule(Tier.STRUCTURAL, np.put)
def put(a: Target, ind: Operand, v: Operand, mode: Mode = "raise") -> Any:
    """Write elements at C-order positions; too few values begin anew. O(k + m)."""
    if not isinstance(a, VirtualQArray):
        return NotImplemented
    where = as_positions(ind).reshape(-1)
    if where.size and not a.size:
        raise IndexError("cannot replace elements of an empty array")
    values = _converted(v, a.dtype, "unsafe")
    if values.size:
        where = within(where, a.size, mode, 0)
        lost = float("inf") if is_lossy(ind) else repeated_error(v, a.dtype, where.size)
        a.put_elements(where, dense_of(_begun_anew(values, where.size)), lost)
    return None


@function_rule(Tier.STRUCTURAL, np.place)
def place(arr: Target, mask: Operand, vals: Operand) -> Any:
    """Write elements where a mask is true, one value after the other. O(k + m)."""
    if not isinstance(arr, VirtualQArray):
        return NotImplemented
    values = _converted(vals, arr.dtype, "safe")
    on = _where_true(arr, mask, "place")
    count = int(np.count_nonzero(on))
    if values.size:
        arr[on] = _begun_anew(values, count)
    elif count:
        raise ValueError("Cannot insert from an empty array!")
    return None


@function_rule(Tier.STRUCTURAL, np.putmask)
def putmask(a: Target, /, mask: Operand, values: Operand) -> Any:
    """Write elements where a mask is true, those at the same positions. O(k + m)."""
    if not isinstance(a, VirtualQArray):
        return NotImplemented
    elements = _converted(values, a.dtype, "safe")
    on = _where_true(a, mask, "putmask")
    if elements.size in (1, a.size):
        shape = a.shape if elements.size == a.size else ()
        any_np.copyto(a, any_np.reshape(array_of(elements), shape), where=on)
    elif elements.size:
        where = true_positions(standard_of(on))
        a[on] = elements[where % elements.size]
    return None


@function_rule(Tier.STRUCTURAL, np.put_along_axis)
def put_along_axis(arr: Target, indices: Operand, values: Operand, axis: int | None) -> Any:
    """Write elements by positions along one axis. O(k + m)."""
    if not isinstance(arr, VirtualQArray):
        return NotImplemented
    x, key = along_axis(arr, indices, axis)
    x[key] = values
    return None


@function_rule(Tier.STRUCTURAL, np.fill_diagonal)
def fill_diagonal(a: VirtualQArray, val: Operand, wrap: bool = False) -> None:
    """Write the main diagonal. O(k + n)."""
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    end = a.size
    if a.ndim == 2:
        step = a.shape[1] + 1
        if not wrap:
            end = a.shape[1] * a.shape[1]
    else:
        if any(n != a.shape[0] for n in a.shape):
            raise ValueError("All dimensions of input must be of equal length")
        step = 1 + sum(a.shape[0] ** i for i in range(1, a.ndim))
    a.flat[:end:step] = val
