"""Elements written by position and condition."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...indexing.advanced_keys import true_positions
from ..common import standard_of
from .take import _along_axis, as_positions, within

__all__: list[str] = []

_STRUCTURAL = Tier.STRUCTURAL


def _dense(obj: Any) -> Any:
    return obj.todense() if isinstance(obj, VirtualQArray) else obj


def _cells(values: Any, a: Any, casting: Any) -> Any:
    """Values to be written, in one dimension and of an array's dtype, as NumPy converts them."""
    dense = _dense(values)
    if isinstance(dense, np.ndarray) and not np.can_cast(dense.dtype, a.dtype, casting):
        raise TypeError(
            f"Cannot cast array data from {dense.dtype!r} to {a.dtype!r} according to the rule "
            f"'{casting}'"
        )
    cells = np.empty(np.shape(dense), a.dtype)
    cells[...] = dense
    return cells.reshape(-1)


def _require_array(arr: Any, function: str) -> None:
    if not isinstance(arr, (VirtualQArray, np.ndarray)):
        raise TypeError(f"{function}: first argument must be an array, not {type(arr).__name__}")


@function_rule(_STRUCTURAL, np.copyto)
def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    """Write the elements of one array to another, where a mask is true. O(k)."""
    if not isinstance(dst, VirtualQArray):
        _require_array(dst, "copyto")
        np.copyto(dst, _dense(src), casting=casting, where=_dense(where))
        return
    dtype = src.dtype if isinstance(src, VirtualQArray) else np.asarray(src).dtype
    weak = type(src) in (bool, int, float, complex)
    if not (np.can_cast(dtype, dst.dtype, casting) if not weak else True):
        raise TypeError(
            f"Cannot cast array data from {dtype!r} to {dst.dtype!r} according to the rule "
            f"'{casting}'"
        )
    if weak:
        # Python scalars are cast by their kind.
        np.copyto(np.empty(1, dst.dtype), src, casting=casting)
    if where is True:
        dst[...] = src
        return
    mask = where if isinstance(where, VirtualQArray) else np.asarray(where)
    if mask.dtype.kind != "b":
        raise TypeError(
            f"Cannot cast array data from {mask.dtype!r} to dtype('bool') according to the rule "
            "'safe'"
        )
    if isinstance(src, (VirtualQArray, np.ndarray, list, tuple)):
        src = np.broadcast_to(src, dst.shape)
    dst[...] = np.where(np.broadcast_to(mask, dst.shape), src, dst)


@function_rule(_STRUCTURAL, np.put)
def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    """Write elements at C-order positions; too few values begin anew. O(k + m)."""
    where = as_positions(ind).reshape(-1)
    if not isinstance(a, VirtualQArray):
        _require_array(a, "put")
        np.put(a, where, _dense(v), mode)
        return
    values = _cells(v, a, "unsafe")
    if where.size and not a.size:
        raise IndexError("cannot replace elements of an empty array")
    if not values.size:
        return
    where = within(where, a.size, mode, 0)
    a.put_elements(where, np.resize(values, where.size))


@function_rule(_STRUCTURAL, np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    """Write elements where a mask is true, one value after the other. O(k + m)."""
    _require_array(arr, "place")
    if not isinstance(arr, VirtualQArray):
        np.place(arr, _dense(mask), _dense(vals))
        return
    values = _cells(vals, arr, "safe")
    where = _where(arr, mask, "place: mask and data must be the same size")
    if not values.size:
        if where.size:
            raise ValueError("Cannot insert from an empty array!")
        return
    arr.put_elements(where, np.resize(values, where.size))


@function_rule(_STRUCTURAL, np.putmask)
def putmask(a: Any, /, mask: Any, values: Any) -> None:
    """Write elements where a mask is true, those at the same positions. O(k + m)."""
    _require_array(a, "putmask")
    if not isinstance(a, VirtualQArray):
        np.putmask(a, _dense(mask), _dense(values))
        return
    given = _cells(values, a, "safe")
    where = _where(a, mask, "putmask: mask and data must be the same size")
    if given.size:
        a.put_elements(where, given[where % given.size])


def _where(a: VirtualQArray, mask: Any, message: str) -> Any:
    if np.size(mask) != a.size:
        raise ValueError(message)
    return true_positions(standard_of(np.not_equal(np.ravel(mask), 0)))


@function_rule(_STRUCTURAL, np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """Write elements by positions along one axis. O(k + m)."""
    if not isinstance(arr, VirtualQArray):
        np.put_along_axis(arr, _dense(indices), _dense(values), axis)
        return

    def write(x: Any, key: Any) -> None:
        x[key] = values

    _along_axis(arr, indices, axis, write)


@function_rule(_STRUCTURAL, np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Write the main diagonal. O(k + n)."""
    if not isinstance(a, VirtualQArray):
        np.fill_diagonal(a, _dense(val), wrap)
        return
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    end: int | None = None
    if a.ndim == 2:
        step = a.shape[1] + 1
        if not wrap:
            end = a.shape[1] * a.shape[1]
    else:
        if any(n != a.shape[0] for n in a.shape):
            raise ValueError("All dimensions of input must be of equal length")
        step = 1 + sum(a.shape[0] ** i for i in range(1, a.ndim))
    a.flat[: operator.index(a.size if end is None else end) : step] = _dense(val)
