"""Sorting and partitioning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.views import in_standard_basis
from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.pages import PAGE
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum
from ...core.values import Axis
from ...ops.order import Lines, flattened, lines_of, sorted_along
from ...sources.sorted_positions import FEW, sorted_positions
from ..common import UNSET, Operand, any_np, given

# An array of no axes, which NumPy makes of an element.
_BYTES_OF_KEY = 128


def _stand_in(a: Any) -> Any:
    """One element of the same dtype and number of axes: NumPy judges the arguments by it."""
    return np.zeros((1,) * a.ndim, a.dtype)


def _sorted(a: Any, axis: Any, kind: Any = None) -> VirtualQArray:
    elements = in_standard_basis(a.spectrum)
    if axis is None:
        return VirtualQArray(sorted_along(flattened(elements), 0, kind))
    axis = np.lib.array_utils.normalize_axis_index(axis, a.ndim)
    return VirtualQArray(sorted_along(elements, axis, kind))


@function_rule(Tier.CLOSED, np.sort)
def sort(
    a: VirtualQArray,
    axis: int | None = -1,
    kind: Any = None,
    order: Any = None,
    *,
    stable: Any = None,
    descending: Any = UNSET,
) -> Any:
    """Return a sorted copy: the run of fill values moves as a whole. O(k log k)."""
    options = given(stable=stable, descending=descending)
    np.sort(_stand_in(a), axis, kind, order, **options)
    if not options.get("descending"):
        return _sorted(a, axis, "stable" if stable else kind)
    if np.any(np.isnan(a)):
        # NaNs come last in either order.
        return NotImplemented
    if axis is None:
        a, axis = any_np.ravel(a), 0
    # The order of equal elements is turned around twice.
    ascending = _sorted(np.flip(a, axis), axis, "stable" if stable else kind)
    return any_np.flip(ascending, axis).copy()


def _judge_partition(
    function: Callable[..., Any], a: Any, kth: Any, axis: Any, kind: Any, order: Any
) -> None:
    """Raise what NumPy raises for the arguments of a partition."""
    positions = np.asarray(kth)
    function(_stand_in(a), np.zeros_like(positions), axis, kind, order)
    n = a.size if axis is None else a.shape[axis]
    for position in positions.ravel().tolist():
        if not -n <= position < n:
            raise ValueError(f"kth(={position}) out of bounds ({n})")


@function_rule(Tier.CLOSED, np.partition)
def partition(
    a: VirtualQArray, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    """Return a sorted copy, which is partitioned at every position, in O(k log k).

    Of an array that stores all its elements NumPy's partition, in O(N).
    """
    stored = a.source.express().standard if a.size else None
    if a.size == 0 or (stored and stored.active_indices is None and stored.error is None):
        return call_dense(np.partition, (a, kth, axis, kind, order), {})
    _judge_partition(np.partition, a, kth, axis, kind, order)
    return _sorted(a, axis)


def order_of(a: VirtualQArray, axis: int | None, descending: bool = False) -> VirtualQArray | None:
    """Return the positions that sort an array stably, as a lazy array. O(k log k).

    Returns None where that is no less than all positions: the array stores all its elements, in
    some basis, or its elements are not exact, or it is one element.

    `axis`: None for the flat array. `descending`: the largest first, NaN ahead of them.
    """
    found = _sorted_lines(a, axis, descending)
    return None if found is None else VirtualQArray(sorted_positions(*found, descending))


def _sorted_lines(
    a: VirtualQArray, axis: int | None, descending: bool
) -> tuple[Spectrum, int, Lines] | None:
    """Return elements, mirrored where the order is to be descending, the axis, and their lines."""
    elements = a.source.express().standard
    if elements is None or elements.active_indices is None or elements.error is not None:
        return None
    if not elements.shape:
        return None
    if axis is None:
        elements, axis = flattened(elements), 0
    axis = np.lib.array_utils.normalize_axis_index(axis, len(elements.shape))
    if descending:
        elements = any_np.flip(VirtualQArray(elements), axis).spectrum
    return elements, axis, lines_of(elements, (axis,), stable=True)


def sorted_with_order(
    a: VirtualQArray, axis: int, descending: bool
) -> tuple[VirtualQArray, VirtualQArray] | None:
    """Return a sorted array, and the positions as `order_of` does, by sorting once. O(k log k)."""
    found = _sorted_lines(a, axis, descending)
    if found is None:
        return None
    elements, axis, lines = found
    values = VirtualQArray(sorted_along(elements, axis, lines=lines))
    positions = VirtualQArray(sorted_positions(*found, descending))
    return any_np.flip(values, axis) if descending else values, positions


@function_rule(Tier.CLOSED, np.argsort)
def argsort(
    a: VirtualQArray,
    axis: int | None = -1,
    kind: Any = None,
    order: Any = None,
    *,
    stable: Any = None,
    descending: Any = UNSET,
) -> Any:
    """Return the positions that sort an array, computed when they are asked for.

    O(k log k), and O(log k) each. O(N log N), within the budget, for an array that stores all its
    elements. Of more than a page of elements, equal ones keep their order whatever the `kind`.
    """
    options = given(stable=stable, descending=descending)
    np.argsort(_stand_in(a), axis, kind, order, **options)
    is_stable = stable or kind in ("stable", "mergesort")
    if a.size > (FEW if is_stable else PAGE) and not options.get("descending"):
        lazy = order_of(a, axis)
        if lazy is not None:
            return lazy
    return call_dense(np.argsort, (a, axis, kind, order), options)


@function_rule(Tier.CLOSED, np.argpartition)
def argpartition(
    a: Operand,
    kth: Operand,
    axis: int | None = -1,
    kind: str | None = "introselect",
    order: str | Sequence[str] | None = None,
) -> Any:
    """Return positions that partition an array: all of them sort it, computed when asked for.

    O(k log k), and O(log k) each. O(N), within the budget, for an array that stores all its
    elements, and of no more elements than a page.
    """
    if isinstance(a, VirtualQArray) and a.size > PAGE:
        _judge_partition(np.argpartition, a, kth, axis, kind, order)
        lazy = order_of(a, axis)
        if lazy is not None:
            return lazy
    return call_dense(np.argpartition, (a, kth, axis, kind, order), {})


@function_rule(Tier.DENSE, np.lexsort)
def lexsort(keys: Any, axis: Axis = -1) -> Any:
    """Return the positions that sort by several keys, within the budget. O(N log N)."""
    if isinstance(keys, VirtualQArray) and keys.ndim == 1:
        require_budget(keys.size * _BYTES_OF_KEY, "give keys of an axis")
    return call_dense(np.lexsort, (keys, axis), {})


@function_rule(Tier.CLOSED, np.sort_complex)
def sort_complex(a: VirtualQArray) -> Any:
    """Return the elements sorted along the last axis, as complex numbers. O(k log k)."""
    out = np.sort(a)
    return out.astype(np.sort_complex(np.zeros(1, a.dtype)).dtype, copy=False)
