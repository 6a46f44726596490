"""Sorting and partitioning."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array import VirtualQArray
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..memory import settled
from ..ordering import flattened, sorted_along
from .common import given

__all__: list[str] = []

_UNSET = np._NoValue


def _stand_in(a: Any) -> Any:
    """One element of the same dtype and number of axes: NumPy judges the arguments by it."""
    return np.zeros((1,) * a.ndim, a.dtype)


def _sorted(a: Any, axis: Any, kind: Any = None) -> VirtualQArray:
    elements = settled(a.spectrum)
    if axis is None:
        return VirtualQArray(sorted_along(flattened(elements), 0, kind))
    axis = np.lib.array_utils.normalize_axis_index(axis, a.ndim)
    return VirtualQArray(sorted_along(elements, axis, kind))


@function_rule(Tier.CLOSED, np.sort)
def sort(
    a: Any,
    axis: Any = -1,
    kind: Any = None,
    order: Any = None,
    *,
    stable: Any = None,
    descending: Any = _UNSET,
) -> Any:
    """A sorted copy: the run of fill values moves as a whole. O(k log k)."""
    options = given(stable=stable, descending=descending)
    np.sort(_stand_in(a), axis, kind, order, **options)
    if not options.get("descending"):
        return _sorted(a, axis, "stable" if stable else kind)
    if np.any(np.isnan(a)):
        # NaNs come last in either order.
        return call_dense(np.sort, (a, axis, kind, order), options)
    if axis is None:
        a, axis = np.ravel(a), 0
    # The order of equal elements is turned around twice.
    ascending = _sorted(np.flip(a, axis), axis, "stable" if stable else kind)
    return np.flip(ascending, axis).copy()


@function_rule(Tier.CLOSED, np.partition)
def partition(
    a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    """A sorted copy, which is partitioned at every position. O(k log k)."""
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
    a: Any,
    axis: Any = -1,
    kind: Any = None,
    order: Any = None,
    *,
    stable: Any = None,
    descending: Any = _UNSET,
) -> Any:
    """The positions that sort an array: as many as elements, so within the budget. O(N log N)."""
    options = given(stable=stable, descending=descending)
    np.argsort(_stand_in(a), axis, kind, order, **options)
    return call_dense(np.argsort, (a, axis, kind, order), options)


@function_rule(Tier.DENSE, np.argpartition)
def argpartition(
    a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    """The positions that partition an array, within the budget. O(N)."""
    return call_dense(np.argpartition, (a, kth, axis, kind, order), {})


@function_rule(Tier.DENSE, np.lexsort)
def lexsort(keys: Any, axis: Any = -1) -> Any:
    """The positions that sort by several keys, within the budget. O(N log N)."""
    return call_dense(np.lexsort, (keys, axis), {})


@function_rule(Tier.CLOSED, np.sort_complex)
def sort_complex(a: Any) -> Any:
    """The elements sorted along the last axis, as complex numbers. O(k log k)."""
    out = np.sort(a)
    return out.astype(np.sort_complex(np.zeros(1, a.dtype)).dtype, copy=False)
