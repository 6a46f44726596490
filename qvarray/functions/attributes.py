"""Functions that ask for an attribute of an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array import VirtualQArray
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..numpy_versions import Behaviour, has

__all__: list[str] = []


def _attribute(function: Any, name: str) -> None:
    @function_rule(Tier.STRUCTURAL, function)
    def rule(a: Any) -> Any:
        return getattr(a, name)


_attribute(np.shape, "shape")
_attribute(np.ndim, "ndim")


@function_rule(Tier.STRUCTURAL, np.size)
def size(a: Any, axis: Any = None) -> Any:
    """Number of elements, of the array or along an axis."""
    if axis is None:
        return a.size
    if not has(Behaviour.SIZE_OF_AXES):
        return a.shape[axis]
    axes = np.lib.array_utils.normalize_axis_tuple(axis, a.ndim)
    return int(np.prod([a.shape[one] for one in axes], dtype=object))


def _part(function: Any, name: str) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(val: Any) -> Any:
        return getattr(val, name)


_part(np.real, "real")
_part(np.imag, "imag")


@function_rule(Tier.STRUCTURAL, np.copy)
def copy(a: Any, order: Any = "K", subok: bool = False) -> Any:
    """A new array of the same elements. O(1)."""
    if not isinstance(a, VirtualQArray):
        return call_dense(np.copy, (a, order, subok), {})
    return a.copy(order)
