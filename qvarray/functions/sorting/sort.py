"""Sorting and partitioning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.views import in_standard_basis
from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.values import Axis
from ...ops.order import flattened, sorted_along
from ..common import UNSET, Operand, any_np, given

__all__: list[str] = []


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


@function_rule(Tier.CLOSED, np.partition)
def partition(
    a: VirtualQArray, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    """Return a sorted copy, which is partitioned at every position. O(k log k)."""
    if a.size == 0:
        return call_dense(np.partition, (a, kth, axis, kind, order), {})
    positions = np.asarray(kth)
    np.partition(_stand_in(a), np.zeros_like(positions), axis, kind, order)
    n = a.size if axis is None else a.shape[axis]
    for one in positions.ravel().tolist():
        if not -n <= one < n:
            raise ValueError(f"kth(={one}) out of bounds ({n})")
    return _sorted(a, axis)


@function_rule(Tier.DENSE, np.argsort)
def argsort(
    a: VirtualQArray,
    axis: int | None = -1,
    kind: Any = None,
    order: Any = None,
    *,
    stable: Any = None,
    descending: Any = UNSET,
) -> Any:
    """Return the positions that sort an array, within the budget. O(N log N)."""
    options = given(stable=stable, descending=descending)
    np.argsort(_stand_in(a), axis, kind, order, **options)
    return call_dense(np.argsort, (a, axis, kind, order), options)


@function_rule(Tier.DENSE, np.argpartition)
def argpartition(
    a: Operand,
    kth: Operand,
    axis: Axis = -1,
    kind: str | None = "introselect",
    order: str | Sequence[str] | None = None,
) -> Any:
    """Return the positions that partition an array, within the budget. O(N)."""
    return call_dense(np.argpartition, (a, kth, axis, kind, order), {})


@function_rule(Tier.DENSE, np.lexsort)
def lexsort(keys: Any, axis: Axis = -1) -> Any:
    """Return the positions that sort by several keys, within the budget. O(N log N)."""
    return call_dense(np.lexsort, (keys, axis), {})


@function_rule(Tier.CLOSED, np.sort_complex)
def sort_complex(a: VirtualQArray) -> Any:
    """Return the elements sorted along the last axis, as complex numbers. O(k log k)."""
    out = np.sort(a)
    return out.astype(np.sort_complex(np.zeros(1, a.dtype)).dtype, copy=False)
