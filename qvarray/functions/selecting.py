"""Elements picked by position and condition."""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from ..array import VirtualQArray
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..indexing import true_positions
from ..numpy_versions import Behaviour, has
from ..spectrum import Spectrum, constant
from ..transform import sparse
from .common import delivered, standard_of

__all__: list[str] = []

_STRUCTURAL = Tier.STRUCTURAL


def as_positions(indices: Any) -> Any:
    """What is given as indices, as an ndarray of int64.

    Raises
    ------
    TypeError
        Where they cannot be cast to integers safely, as NumPy has it.
    """
    if isinstance(indices, VirtualQArray):
        indices = indices.todense()
    if isinstance(indices, np.ndarray):
        return indices.astype(np.intp, casting="safe")
    return np.asarray(indices, np.intp)


def within(positions: Any, n: int, mode: Any, axis: int) -> Any:
    """Positions along an axis of length n, by the rules of ``mode=``."""
    if mode not in ("raise", "wrap", "clip"):
        np.take(np.zeros(1), 0, mode=mode)  # NumPy's exception
    if mode == "raise":
        wrong = positions[(positions < -n) | (positions >= n)]
        if wrong.size:
            raise IndexError(
                f"index {wrong.flat[0]} is out of bounds for axis {axis} with size {n}"
            )
        return np.where(positions < 0, positions + n, positions)
    if not n and positions.size:
        raise IndexError("cannot do a non-empty take from an empty axes.")
    return np.clip(positions, 0, n - 1) if mode == "clip" else positions % max(n, 1)


@function_rule(_STRUCTURAL, np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
    """Parts along an axis by their positions. O(k + m log k + r)."""
    if not isinstance(a, VirtualQArray):
        a = VirtualQArray(standard_of(a))
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = np.lib.array_utils.normalize_axis_index(operator.index(axis), max(a.ndim, 1))
    a = a if a.ndim else np.reshape(a, (1,))
    where = as_positions(indices)
    rest = a.shape[axis + 1 :]
    if 0 in a.shape[:axis] or (mode == "clip" and a.shape[axis] == 0 and 0 in rest):
        # There is nothing to take, and NumPy looks at no position.
        shape = (*a.shape[:axis], *where.shape, *rest)
        return _written_back(VirtualQArray(constant(a.dtype.type(0), shape)), out)
    where = within(where, a.shape[axis], mode, axis)
    picked = a[(slice(None),) * axis + (where,)] if where.ndim else _at(a, axis, int(where))
    return _written_back(picked, out)


def _written_back(picked: Any, out: Any) -> Any:
    """Elements in an output that NumPy reads first, as their dtype, and writes back, any way."""
    if not isinstance(out, (VirtualQArray, np.ndarray)) or out.dtype == picked.dtype:
        return delivered(picked, out, "unsafe")
    if not has(Behaviour.TAKE_READS_ANY_OUT):
        if not np.can_cast(out.dtype, picked.dtype):
            raise TypeError(
                f"Cannot cast array data from {out.dtype!r} to {picked.dtype!r} according to the "
                "rule 'safe'"
            )
        return delivered(picked, out, "unsafe")
    if not np.can_cast(picked.dtype, out.dtype, "same_kind"):
        warnings.warn(
            "Implicit casting of output to a different kind is deprecated. In a future version, "
            "this will result in an error. (Deprecated NumPy 2.5)",
            DeprecationWarning,
            stacklevel=3,
        )
    np.zeros(1, out.dtype).astype(picked.dtype)  # to warn as it does
    return delivered(picked, out, "unsafe")


def _at(a: VirtualQArray, axis: int, position: int) -> Any:
    part = a[(slice(None),) * axis + (position,)]
    return part.copy() if isinstance(part, VirtualQArray) else part


@function_rule(_STRUCTURAL, np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """Elements by positions along one axis, those along the others as they are. O(k + m log k)."""
    if not isinstance(arr, VirtualQArray):
        arr = VirtualQArray(standard_of(arr))
    return _along_axis(arr, indices, axis, lambda x, key: x[key])


def _along_axis(arr: Any, indices: Any, axis: Any, use: Any) -> Any:
    given = indices.todense() if isinstance(indices, VirtualQArray) else indices
    if axis is None:
        if given.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        arr, axis = np.ravel(arr), 0
    axis = np.lib.array_utils.normalize_axis_index(axis, arr.ndim)
    if given.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if given.ndim != arr.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    key = [
        given if i == axis else np.arange(n).reshape((-1,) + (1,) * (arr.ndim - i - 1))
        for i, n in enumerate(
            m if n == 1 else n for m, n in zip(arr.shape, given.shape, strict=True)
        )
    ]
    for i, (n, m) in enumerate(zip(arr.shape, given.shape, strict=True)):
        if i != axis and m == 1:
            key[i] = np.arange(n).reshape((-1,) + (1,) * (arr.ndim - i - 1))
    return use(arr, tuple(key))


@function_rule(_STRUCTURAL, np.compress)
def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    """Parts along an axis where a condition holds. O(k)."""
    if not isinstance(a, VirtualQArray):
        a = VirtualQArray(standard_of(a))
    if np.ndim(condition) != 1:
        raise ValueError("condition must be a 1-d array")
    if axis is None:
        a, axis = np.ravel(a), 0
    a = a if a.ndim else np.reshape(a, (1,))
    axis = np.lib.array_utils.normalize_axis_index(axis, a.ndim)
    where = true_positions(standard_of(np.not_equal(condition, 0)))
    return _written_back(np.take(a, where, axis), out)


@function_rule(_STRUCTURAL, np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """The elements where a condition holds. O(k)."""
    if not isinstance(condition, VirtualQArray):
        return np.take(np.ravel(arr), np.nonzero(np.ravel(condition))[0])
    flat: Any = np.ravel(arr)
    on: Any = np.ravel(np.not_equal(condition, 0))
    if isinstance(flat, VirtualQArray) and flat.shape == on.shape:
        return flat[on]
    return np.take(flat, true_positions(standard_of(on)))


def _true(a: Any) -> Spectrum:
    """Where the elements of an array are not zero."""
    spectrum = standard_of(a)
    if spectrum.fill_value == 0 and spectrum.active_indices is not None:
        return spectrum
    return standard_of(np.not_equal(VirtualQArray(spectrum), 0))


@function_rule(_STRUCTURAL, np.nonzero)
def nonzero(a: Any) -> Any:
    """The positions along each axis of the elements that are not zero. O(k)."""
    if not a.ndim:
        return call_dense(np.nonzero, (a,), {})
    where = true_positions(_true(a))
    return tuple(VirtualQArray(sparse(one)) for one in np.unravel_index(where, a.shape))


@function_rule(_STRUCTURAL, np.argwhere)
def argwhere(a: Any) -> Any:
    """The positions of the elements that are not zero, a row each. O(k)."""
    if not a.ndim:
        return call_dense(np.argwhere, (a,), {})
    where = true_positions(_true(a))
    rows = np.stack([*np.unravel_index(where, a.shape)], axis=1)
    return VirtualQArray(sparse(rows))


@function_rule(_STRUCTURAL, np.flatnonzero)
def flatnonzero(a: Any) -> Any:
    """The C-order positions of the elements that are not zero. O(k)."""
    return VirtualQArray(sparse(true_positions(_true(a)).astype(np.intp)))
