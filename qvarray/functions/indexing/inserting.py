"""Inserting data into arrays: put, place, putmask, put_along_axis, fill_diagonal."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from ...array.inheritance import is_lossy, repeated_error
from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.values import Array, Casting
from ...indexing.advanced_keys import true_positions
from ..common import Mode, Operand, as_positions, dense_of, require_castable, standard_of
from .selecting import along_axis, within

__all__: list[str] = []

#: What is written to.
Target: TypeAlias = VirtualQArray | Array


def _as_elements(values: Operand, dtype: np.dtype[Any], casting: Casting) -> Array:
    """Return values to be written, in one dimension and of that dtype, as NumPy converts them."""
    dense = dense_of(values)
    if isinstance(dense, np.ndarray):
        require_castable(dense.dtype, dtype, casting)
    elements = np.empty(np.shape(dense), dtype)
    elements[...] = dense
    return elements.reshape(-1)


def _lost(values: Operand, where: Operand, dtype: np.dtype[Any], count: int) -> float:
    """Bound the L2 error of elements that are written at places that may be no exact ones."""
    return float("inf") if is_lossy(where) else repeated_error(values, dtype, count)


def _masked_positions(a: VirtualQArray, mask: Operand, function: str) -> Array:
    """Return where a mask of as many elements is true."""
    if np.size(mask) != a.size:
        raise ValueError(f"{function}: mask and data must be the same size")
    return true_positions(standard_of(np.not_equal(np.ravel(mask), 0)))


@function_rule(Tier.STRUCTURAL, np.put)
def put(a: Target, ind: Operand, v: Operand, mode: Mode = "raise") -> Any:
    """Write elements at C-order positions; too few values begin anew. O(k + m)."""
    if not isinstance(a, VirtualQArray):
        return NotImplemented
    where = as_positions(ind).reshape(-1)
    values = _as_elements(v, a.dtype, "unsafe")
    if where.size and not a.size:
        raise IndexError("cannot replace elements of an empty array")
    if values.size:
        where = within(where, a.size, mode, 0)
        lost = _lost(v, ind, a.dtype, where.size)
        a.put_elements(where, np.resize(values, where.size), lost)
    return None


@function_rule(Tier.STRUCTURAL, np.place)
def place(arr: Target, mask: Operand, vals: Operand) -> Any:
    """Write elements where a mask is true, one value after the other. O(k + m)."""
    if not isinstance(arr, VirtualQArray):
        return NotImplemented
    values = _as_elements(vals, arr.dtype, "safe")
    where = _masked_positions(arr, mask, "place")
    if values.size:
        lost = _lost(vals, mask, arr.dtype, where.size)
        arr.put_elements(where, np.resize(values, where.size), lost)
    elif where.size:
        raise ValueError("Cannot insert from an empty array!")
    return None


@function_rule(Tier.STRUCTURAL, np.putmask)
def putmask(a: Target, /, mask: Operand, values: Operand) -> Any:
    """Write elements where a mask is true, those at the same positions. O(k + m)."""
    if not isinstance(a, VirtualQArray):
        return NotImplemented
    elements = _as_elements(values, a.dtype, "safe")
    where = _masked_positions(a, mask, "putmask")
    if elements.size:
        lost = _lost(values, mask, a.dtype, a.size)
        a.put_elements(where, elements[where % elements.size], lost)
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
