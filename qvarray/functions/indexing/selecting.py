# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Indexing-like operations: take, take_along_axis, compress, extract, diagonal, windows."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from functools import lru_cache
from math import prod
from typing import Any, SupportsIndex

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import kernels
from ...array.inheritance import is_lossy
from ...array.views import in_standard_basis
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.source import Source
from ...core.spectrum import Spectrum, compact, constant
from ...core.values import Array, Axis, Shape, ShapeLike, require_size, zero_of
from ...indexing import diagonals
from ...indexing.advanced_keys import true_positions
from ...indexing.cells import gathered
from ...indexing.strided_view import Strided, as_seen, window_of
from ...ops.reshape import reshape
from ..common import (
    Mode,
    Operand,
    Output,
    any_np,
    are_nonzero,
    array_of,
    as_positions,
    blank,
    bound_of,
    delivered,
    dense_of,
    normalize_axis,
    require_castable,
    standard_of,
)
from ..manipulation.axis_views import shape_for_checks


def within(positions: Array, n: int, mode: Mode, axis: int) -> Array:
    """Bring positions into an axis of length n, by the rules of ``mode=``.

    Examples
    --------
    >>> within(np.array([-1, 4]), 4, "wrap", 0), within(np.array([-1, 4]), 4, "clip", 0)
    (array([3, 0]), array([0, 3]))
    """
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


def _with_axis(a: Operand, axis: int | None) -> tuple[VirtualQArray, int]:
    """Return an array of at least one axis, and one of its axes: of the flat one where None."""
    x = array_of(a)
    if axis is None:
        return any_np.ravel(x), 0
    axis = normalize_axis(operator.index(axis), max(x.ndim, 1))
    return x if x.ndim else any_np.reshape(x, (1,)), axis


@function_rule(Tier.STRUCTURAL, np.take)
def take(
    a: Operand, indices: Operand, axis: int | None = None, out: Output = None, mode: Mode = "raise"
) -> Any:
    """Return parts along an axis by their positions. O(k + m log k + r)."""
    x, axis = _with_axis(a, axis)
    where = as_positions(indices)
    rest = x.shape[axis + 1 :]
    if 0 in x.shape[:axis] or (mode == "clip" and x.shape[axis] == 0 and 0 in rest):
        # There is nothing to take, and NumPy looks at no position.
        shape = (*x.shape[:axis], *where.shape, *rest)
        return _written_back(VirtualQArray(constant(zero_of(x.dtype), shape, x.dtype)), out)
    where = within(where, x.shape[axis], mode, axis)
    part = x[(slice(None),) * axis + (where if where.ndim else int(where),)]
    if not where.ndim and isinstance(part, VirtualQArray):
        part = part.copy()  # a basic key gives a view
    return _written_back(part, out)


def _written_back(part: Any, out: Output) -> Any:
    """Write to an output that NumPy reads first, as their dtype, and writes back, any way."""
    if not isinstance(out, (VirtualQArray, np.ndarray)) or out.dtype == part.dtype:
        return delivered(part, out, "unsafe")
    if not has(Behaviour.TAKE_READS_ANY_OUT):
        require_castable(out.dtype, part.dtype, "safe")
        return delivered(part, out, "unsafe")
    if not np.can_cast(part.dtype, out.dtype, "same_kind"):
        warnings.warn(
            "Implicit casting of output to a different kind is deprecated. In a future version, "
            "this will result in an error. (Deprecated NumPy 2.5)",
            DeprecationWarning,
            stacklevel=3,
        )
    np.zeros(1, out.dtype).astype(part.dtype)  # NumPy's warning
    return delivered(part, out, "unsafe")


def along_axis(arr: Any, indices: Operand, axis: int | None) -> tuple[Any, tuple[Array, ...]]:
    """Return the array, flat where the axis is None, and the key of positions along one axis."""
    require_budget(np.size(indices) * 40, "name fewer positions at a time")
    given = dense_of(indices)
    if axis is None:
        if given.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        arr, axis = np.ravel(arr), 0
    axis = normalize_axis(axis, arr.ndim)
    if given.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if given.ndim != arr.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    return arr, tuple(
        given if i == axis else np.arange(n).reshape(-1, *(1,) * (arr.ndim - i - 1))
        for i, n in enumerate(arr.shape)
    )


@function_rule(Tier.STRUCTURAL, np.take_along_axis)
def take_along_axis(arr: Operand, indices: Operand, axis: int | None = -1) -> Any:
    """Return elements by positions along one axis, all along the others. O(k + m log k)."""
    x, key = along_axis(array_of(arr), indices, axis)
    return x[key]


@function_rule(Tier.STRUCTURAL, np.compress)
def compress(condition: Operand, a: Operand, axis: int | None = None, out: Output = None) -> Any:
    """Return the parts along an axis where a condition holds. O(k)."""
    if np.ndim(condition) != 1:
        raise ValueError("condition must be a 1-d array")
    x, axis = _with_axis(a, axis)
    where = true_positions(standard_of(are_nonzero(condition)))
    part = take(x, where, axis)
    if is_lossy(condition) and isinstance(part, VirtualQArray):
        # Which parts those are depends on elements that may be off.
        part.take_bound()
    return _written_back(part, out)


@function_rule(Tier.STRUCTURAL, np.extract)
def extract(condition: Operand, arr: Operand) -> Any:
    """Return the elements where a condition holds. O(k)."""
    flat, on = any_np.ravel(arr), any_np.ravel(condition)
    ours = isinstance(flat, VirtualQArray) and isinstance(on, VirtualQArray)
    if ours and flat.shape == on.shape:
        return flat[are_nonzero(on)]
    return np.take(flat, np.nonzero(on)[0])


@function_rule(Tier.STRUCTURAL, np.diagonal)
def diagonal(
    a: VirtualQArray, offset: SupportsIndex = 0, axis1: int = 0, axis2: int = 1
) -> VirtualQArray:
    """Return the diagonals of an array: a view that is read-only. O(k)."""
    offset, axis1, axis2 = map(operator.index, (offset, axis1, axis2))

    def look(window: Strided) -> Strided:
        return _diagonal_of(window, offset, axis1, axis2)

    def step(source: Source) -> Source:
        spectrum = source.settle()
        if spectrum.diagonal:
            np.diagonal(blank(shape_for_checks(a)), offset, axis1, axis2)  # NumPy's exceptions
            first, second = normalize_axis(axis1, 2), normalize_axis(axis2, 2)
            return diagonals.diagonal(spectrum, offset, first, second)
        return gathered(in_standard_basis(spectrum), look(window_of(spectrum.shape)))

    return a.view_by(step, look, writeable=False)


@lru_cache(maxsize=256)
def _diagonal_of(window: Strided, offset: int, axis1: int, axis2: int) -> Strided:
    return window.seen(lambda array: np.diagonal(array, offset, axis1, axis2))


@function_rule(Tier.STRUCTURAL, sliding_window_view)
def sliding_windows(
    x: VirtualQArray,
    window_shape: ShapeLike,
    axis: Axis = None,
    *,
    subok: bool = False,
    writeable: bool = False,
) -> VirtualQArray:
    """Return all windows of a shape on an array: a view. O(k w) for windows of w elements."""

    def look(array: Array) -> Array:
        view: Array = any_np.lib.stride_tricks.sliding_window_view(
            array, window_shape, axis=axis, writeable=writeable
        )
        return view

    shape = look(blank(x.shape)).shape
    return x.view_by(
        lambda source: _windows(in_standard_basis(source), shape, look),
        as_seen(look),
        writeable=writeable,
    )


def _windows(spectrum: Spectrum, shape: Shape, look: Callable[[Array], Array]) -> Spectrum:
    require_size(shape)
    window = window_of(spectrum.shape).seen(look)
    outer = [range(n) for n in shape[: len(spectrum.shape)]]
    inner = shape[len(spectrum.shape) :]
    width = prod(inner)
    if not prod(shape):
        return reshape(gathered(spectrum, Strided((0,), (0,))), shape)
    require_budget(
        max(spectrum.nactive, 1) * width * (16 + spectrum.dtype.itemsize), "ask for smaller windows"
    )
    # One position of all windows after the other: where elements are there, they are sorted.
    parts = []
    for number, offset in enumerate(np.ndindex(*inner)):
        part = gathered(spectrum, window.part([*outer, *offset]))
        parts.append((part.indices().astype(np.int64) * width + number, part.eigenvalues))
    indices = np.concatenate([places for places, _ in parts])
    values = np.concatenate([elements for _, elements in parts], dtype=spectrum.dtype)
    order = kernels.radix_sort.argsort(indices)
    bases, fill, error = (STANDARD,) * len(shape), spectrum.fill_value, bound_of(spectrum)
    return compact(shape, spectrum.dtype, bases, values[order], indices[order], fill, error=error)
