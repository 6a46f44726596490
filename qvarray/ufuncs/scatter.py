"""``ufunc.at`` in the standard basis: repeated indices count as often as they are there."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..paging import require_budget
from ..selection import at_positions
from ..spectrum import Array, Spectrum, compact
from ..transform import to_dense

__all__ = ["at"]

_INSTEAD = "update fewer elements at a time"


def _as_index(part: Any) -> Array | slice | None:
    """An index of one or more axes as an array of int or bool, or a slice; None for any other."""
    if isinstance(part, slice):
        return part
    if part is None or isinstance(part, (bool, np.bool_, str, bytes)):
        return None
    array = np.asarray(part)
    if array.size == 0 and array.ndim and not isinstance(part, np.ndarray):
        array = array.astype(np.intp)  # an empty list
    if array.dtype.kind == "b" and array.ndim:
        return array
    return array if array.dtype.kind in "iu" else None


def _axes_of(part: Array | slice) -> int:
    return part.ndim if isinstance(part, np.ndarray) and part.dtype.kind == "b" else 1


def _expanded(indices: Any, ndim: int) -> list[Array | slice] | None:
    """A key with an entry for every axis or mask, spelled out; None for one of another kind."""
    parts = indices if isinstance(indices, tuple) else (indices,)
    dots = [i for i, part in enumerate(parts) if part is Ellipsis]
    if len(dots) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    known = [_as_index(part) for part in parts if part is not Ellipsis]
    if any(part is None for part in known):
        return None
    out = [part for part in known if part is not None]
    used = sum(map(_axes_of, out))
    if used > ndim:
        raise IndexError(
            f"too many indices for array: array is {ndim}-dimensional, but {used} were indexed"
        )
    where = dots[0] if dots else len(out)
    return [*out[:where], *[slice(None)] * (ndim - used), *out[where:]]


def _within(positions: Array, n: int, axis: int) -> Array:
    """Positions along an axis, counted from its begin."""
    if positions.dtype.kind == "u" and positions.size and positions.max() >= n:
        raise IndexError(f"index {positions.max()} is out of bounds for axis {axis} with size {n}")
    positions = positions.astype(np.int64)
    wrong = positions[(positions < -n) | (positions >= n)]
    if wrong.size:
        raise IndexError(f"index {wrong[0]} is out of bounds for axis {axis} with size {n}")
    return np.where(positions < 0, positions + n, positions)


def _true(mask: Array, shape: tuple[int, ...], axis: int) -> tuple[Array, ...]:
    """Where a mask is true, along each of its axes."""
    for i, (n, m) in enumerate(zip(shape[axis:], mask.shape, strict=False)):
        if n != m:
            raise IndexError(
                f"boolean index did not match indexed array along axis {axis + i}; size of axis "
                f"is {n} but size of corresponding boolean axis is {m}"
            )
    return mask.nonzero()


def _broadcast(arrays: list[Array]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*(one.shape for one in arrays))
    except ValueError:
        shapes = " ".join(str(one.shape) for one in arrays)
        raise IndexError(
            f"shape mismatch: indexing arrays could not be broadcast together with shapes {shapes}"
        ) from None


def _positions(indices: Any, shape: tuple[int, ...]) -> Array | None:
    """The C-order position of every element that a key names, in the shape that it selects.

    None for keys with ``None``, scalars of bool, and what is no index.
    """
    parts = _expanded(indices, len(shape))
    if parts is None:
        return None
    # The terms that add up to a position, by axis of the array.
    arrays: list[Array] = []
    ranges: list[tuple[int, Array]] = []
    where: list[int] = []  # of the arrays, among the parts
    axis = before = 0  # `before`: slices ahead of the first array
    for i, part in enumerate(parts):
        stride = prod(shape[axis + 1 :])
        if isinstance(part, slice):
            picked = range(*part.indices(shape[axis]))
            require_budget(len(picked) * 24, _INSTEAD)
            steps = np.arange(len(picked), dtype=np.int64) * picked.step + picked.start
            ranges.append((axis, steps * stride))
        else:
            many = _true(part, shape, axis) if part.dtype.kind == "b" else (part,)
            before = before if where else len(ranges)
            for j, one in enumerate(many):
                stride = prod(shape[axis + j + 1 :])
                arrays.append(_within(one, shape[axis + j], axis + j) * stride)
            where.append(i)
        axis += _axes_of(part)
    common = _broadcast(arrays)
    if where and where[-1] - where[0] + 1 != len(where):
        before = 0  # arrays apart from each other: their axes come first
    lengths = tuple(steps.size for _, steps in ranges)
    selected = (*lengths[:before], *common, *lengths[before:])
    require_budget(prod(selected) * 24, _INSTEAD)
    out = np.zeros(selected, np.int64)
    for one in arrays:
        spread = np.broadcast_to(one, common)
        out += spread.reshape(common + (1,) * (len(lengths) - before))
    for i, (_, steps) in enumerate(ranges):
        behind = len(lengths) - 1 - i + (len(common) if i < before else 0)
        out += steps.reshape((-1, *(1,) * behind))
    return out


def _unique(positions: Array) -> tuple[Array, Array]:
    """The positions, sorted and once each, and which of them every entry is. O(k)."""
    order = kernels.sort.argsort(positions)
    ordered = positions[order]
    starts = kernels.sort.run_starts(ordered)
    which = np.empty(positions.size, np.intp)
    counts = np.diff(starts, append=positions.size)
    which[order] = np.repeat(np.arange(starts.size), counts)
    return ordered[starts], which


def at(ufunc: np.ufunc, x: Spectrum, indices: Any, values: Any = None) -> Spectrum | None:
    """What an array in the standard basis is after ``ufunc.at``.

    Parameters
    ----------
    ufunc : numpy.ufunc
    x : Spectrum
        In the standard basis, with any fill value.
    indices : array_like of int or bool, slice, or tuple of them
    values : array_like or Spectrum, optional
        The second operand; None for a ufunc of one.

    Returns
    -------
    Spectrum or None
        None for other keys (``None``, scalars of bool, what NumPy refuses).

    Raises
    ------
    IndexError, TypeError, ValueError
        As ``ufunc.at``.
    MaterializationError
        Where the elements that `indices` name are over the memory budget.

    Notes
    -----
    O(k + m) for m updates; they are applied in C order.
    """
    if not x.is_standard:
        return None
    operands: tuple[Any, ...] = ()
    if values is not None:
        operands = (to_dense(values) if isinstance(values, Spectrum) else values,)
    if x.active_indices is None:
        whole = x.eigenvalues.reshape(x.shape).copy()
        ufunc.at(whole, indices, *operands)
        return x.replace(eigenvalues=whole.reshape(-1))
    try:
        positions = _positions(indices, x.shape)
    except IndexError:
        # NumPy looks at the types before it looks at the indices.
        with np.errstate(all="ignore"):
            ufunc.at(
                np.ones(1, x.dtype), 0, *(np.ones((), np.asarray(one).dtype) for one in operands)
            )
        raise
    if positions is None:
        return None
    touched, which = _unique(positions.ravel())
    flat = x.replace(shape=(x.size,), bases=(STANDARD,))
    elements = at_positions(flat, (touched,))
    ufunc.at(elements, which.reshape(positions.shape), *operands)
    merged, at_old, at_new = kernels.merge.union(
        x.active_indices, touched.astype(x.active_indices.dtype)
    )
    out = np.empty(merged.size, x.dtype)
    out[at_old] = x.eigenvalues
    out[at_new] = elements
    return compact(x.shape, x.dtype, x.bases, out, merged, x.fill_value)
