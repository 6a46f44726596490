"""Generating index arrays: nonzero, ix_, ravel_multi_index, unravel_index, ``*_indices_from``."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Literal, SupportsIndex

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.values import Array, Shape, ShapeLike
from ...indexing import diagonals
from ...indexing.advanced_keys import true_positions
from ...ops import join
from ...ops.basis_change import sparse
from ...ufuncs.operands import stored
from ..common import (
    Mode,
    Operand,
    are_nonzero,
    array_of,
    is_numeric,
    spectrum_of,
    standard_of,
)


def nonzero_positions(a: VirtualQArray) -> Array:
    """Return the C-order positions of the elements that are not zero, sorted. O(k)."""
    spectrum = standard_of(a)
    if spectrum.fill_value or spectrum.active_indices is None:
        spectrum = standard_of(are_nonzero(VirtualQArray(spectrum)))
    return true_positions(spectrum)


@function_rule(Tier.STRUCTURAL, np.nonzero)
def nonzero(a: VirtualQArray) -> Any:
    """Return the positions along each axis of the elements that are not zero. O(k)."""
    if not a.ndim:
        return NotImplemented
    along = np.unravel_index(nonzero_positions(a), a.shape)
    return tuple(VirtualQArray(sparse(positions)) for positions in along)


@function_rule(Tier.STRUCTURAL, np.argwhere)
def argwhere(a: VirtualQArray) -> Any:
    """Return the positions of the elements that are not zero, a row each. O(k)."""
    if not a.ndim:
        return NotImplemented
    along = np.unravel_index(nonzero_positions(a), a.shape)
    return VirtualQArray(sparse(np.stack(along, axis=1)))


@function_rule(Tier.STRUCTURAL, np.flatnonzero)
def flatnonzero(a: VirtualQArray) -> VirtualQArray:
    """Return the C-order positions of the elements that are not zero. O(k)."""
    return VirtualQArray(sparse(nonzero_positions(a).astype(np.intp)))


def _register_triangle(function: Callable[..., Any], find: Callable[..., Any], lower: bool) -> None:
    """Register a function that returns the indices of a triangle, within the memory budget."""

    @function_rule(Tier.STRUCTURAL, function)
    def rule(arr: VirtualQArray, k: SupportsIndex = 0) -> tuple[VirtualQArray, ...]:
        if arr.ndim != 2:
            raise ValueError("input array must be 2-d")
        rows, columns = arr.shape
        below = diagonals.lower_count(rows, columns, operator.index(k) - (not lower))
        count = below if lower else rows * columns - below
        wanted = rows * columns * 2 + count * 16
        require_budget(wanted, "take the triangle itself: np.tril, np.triu")
        return tuple(VirtualQArray(stored(found)) for found in find(rows, k=k, m=columns))


_register_triangle(np.tril_indices_from, np.tril_indices, lower=True)
_register_triangle(np.triu_indices_from, np.triu_indices, lower=False)


@function_rule(Tier.STRUCTURAL, np.diag_indices_from)
def diag_indices_from(arr: VirtualQArray) -> tuple[VirtualQArray, ...]:
    """Return the indices of the main diagonal: all of them, within the memory budget."""
    if not arr.ndim >= 2:
        raise ValueError("input array must be at least 2-d")
    if len(set(arr.shape)) != 1:
        raise ValueError("All dimensions of input must be of equal length")
    n = arr.shape[0]
    require_budget(n * 8, "take the diagonal itself: np.diag, np.diagonal")
    return (VirtualQArray(stored(np.arange(n))),) * arr.ndim


@function_rule(Tier.STRUCTURAL, np.ix_)
def ix_(*args: Operand) -> Any:
    """Return indices along each axis as arrays that broadcast against each other. O(k)."""
    grids = []
    for axis, indices in enumerate(args):
        new: Any = indices
        if not isinstance(new, (np.ndarray, VirtualQArray)):
            new = np.asarray(new)
            new = new if new.size else new.astype(np.intp)
        if new.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if not is_numeric(new):
            return NotImplemented
        spectrum = spectrum_of(new)
        if spectrum.dtype == bool:
            spectrum = sparse(true_positions(spectrum).astype(np.intp))
        grids.append(join.expanded(spectrum, *(0,) * axis, *range(axis + 1, len(args))))
    return tuple(map(VirtualQArray, grids))


def _strides(shape: Shape, order: str) -> list[int]:
    """Return how many positions neighbours along each axis are apart.

    Examples
    --------
    >>> _strides((2, 3, 4), "C"), _strides((2, 3, 4), "F")
    ([12, 4, 1], [1, 2, 6])
    """
    if order == "F":
        return [prod(shape[:axis]) for axis in range(len(shape))]
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def _within(index: Operand, n: int, mode: Mode) -> Any:
    """Bring indices into an axis of length `n`, by the rules of ``mode=``. O(k)."""
    x: Any = index if isinstance(index, VirtualQArray) else np.asarray(index)
    x = x.astype(np.intp, copy=False)
    if mode == "wrap":
        return np.remainder(x, n)
    if mode == "clip":
        return np.minimum(np.maximum(x, 0), n - 1)
    if np.min(x) < 0 or np.max(x) >= n:
        raise ValueError("invalid entry in coordinates array")
    return x


def _empty_of(obj: Operand) -> Array:
    """Return an array of no elements, of the same dtype."""
    return np.empty(0, obj.dtype if isinstance(obj, VirtualQArray) else np.asarray(obj).dtype)


def _as_lengths(shape: ShapeLike) -> Shape:
    given: Any = (shape,) if np.ndim(shape) == 0 else shape  # type: ignore[arg-type]
    return tuple(map(int, given))


@function_rule(Tier.CLOSED, np.ravel_multi_index)
def ravel_multi_index(
    multi_index: Sequence[Operand] | VirtualQArray,
    dims: ShapeLike,
    mode: Mode | tuple[Mode, ...] = "raise",
    order: Literal["C", "F"] = "C",
) -> VirtualQArray:
    """Turn indices along each axis into positions. O(k)."""
    indices = tuple(multi_index)
    # NumPy looks at the arguments.
    np.ravel_multi_index(tuple(map(_empty_of, indices)), dims, mode, order)
    shape = _as_lengths(dims)
    modes = (mode,) * len(shape) if isinstance(mode, str) else tuple(mode)
    # NumPy looks at no index where nothing comes of it.
    nothing = not all(np.size(index) for index in indices)
    out: Any = 0
    for index, n, rule, stride in zip(indices, shape, modes, _strides(shape, order), strict=True):
        if n == 0 and not nothing:
            raise ValueError("invalid entry in coordinates array")
        within = index if nothing else _within(index, n, rule)
        out = np.add(out, np.multiply(within, np.intp(stride), dtype=np.intp))
    return out if np.ndim(out) == 0 else array_of(out)


@function_rule(Tier.CLOSED, np.unravel_index)
def unravel_index(indices: VirtualQArray, shape: ShapeLike, order: Literal["C", "F"] = "C") -> Any:
    """Turn positions into indices along each axis. O(k)."""
    lengths = _as_lengths(shape)
    np.unravel_index(_empty_of(indices), shape if lengths else 1, order)
    if not lengths:
        return NotImplemented
    where: Any = indices.astype(np.intp, copy=False)
    size = prod(lengths)
    if where.size and (np.min(where) < 0 or np.max(where) >= size):
        raise ValueError(f"an index is out of bounds for array with size {size}")
    return tuple(
        np.remainder(np.floor_divide(where, np.intp(max(stride, 1))), np.intp(max(n, 1)))
        for stride, n in zip(_strides(lengths, order), lengths, strict=True)
    )
