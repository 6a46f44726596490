"""Splitting arrays: split, array_split, hsplit, vsplit, dsplit, unstack."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import pairwise
from typing import Any, SupportsIndex

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.values import Array
from ..common import BYTES_OF_ROW, Operand, any_np, normalize_axis

#: Bytes of a view, as objects of Python.
_PART = 1000


@function_rule(Tier.STRUCTURAL, np.array_split)
def array_split(
    ary: VirtualQArray | Array, indices_or_sections: Operand | SupportsIndex, axis: int = 0
) -> list[Any]:
    """Return parts along an axis, of which some may be longer by one: views."""
    n = ary.shape[axis]
    axis = normalize_axis(axis, ary.ndim)
    sections: Any = indices_or_sections
    is_list = np.ndim(sections) > 0
    count = np.size(sections) + 1 if is_list else int(sections)
    if count <= 0:
        raise ValueError("number sections must be larger than 0.")
    # NumPy makes any number of empty parts.
    require_budget(count * _PART, "ask for fewer parts")
    if is_list:
        bounds = [0, *map(operator.index, sections), n]
    else:
        short, longer = divmod(n, count)
        bounds = [part * short + min(part, longer) for part in range(count + 1)]
    ahead = (slice(None),) * axis
    return [ary[(*ahead, slice(begin, end))] for begin, end in pairwise(bounds)]


@function_rule(Tier.STRUCTURAL, np.split)
def split(
    ary: VirtualQArray | Array, indices_or_sections: Operand | SupportsIndex, axis: int = 0
) -> Any:
    """Return equal parts along an axis, or parts between given positions: views."""
    sections: Any = indices_or_sections
    if not np.ndim(sections) and ary.shape[axis] % sections:
        raise ValueError("array split does not result in an equal division")
    return np.array_split(ary, sections, axis)


def _register_split(function: Callable[..., Any], ndim: int, axis: int) -> None:
    """Register a function that splits arrays of at least `ndim` axes along one of them."""

    @function_rule(Tier.STRUCTURAL, function)
    def rule(ary: VirtualQArray | Array, indices_or_sections: Operand | SupportsIndex) -> Any:
        if ary.ndim < ndim:
            name = function.__name__
            raise ValueError(f"{name} only works on arrays of {ndim} or more dimensions")
        return split(ary, indices_or_sections, min(axis, ary.ndim - 1))


_register_split(np.hsplit, 1, 1)
_register_split(np.vsplit, 2, 0)
_register_split(np.dsplit, 3, 2)


@function_rule(Tier.STRUCTURAL, np.unstack)
def unstack(x: VirtualQArray, /, *, axis: int = 0) -> Any:
    """Return the parts at every position along an axis: views."""
    if x.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    rows = any_np.moveaxis(x, axis, 0)
    if x.ndim > 1:
        require_budget(rows.shape[0] * BYTES_OF_ROW, "take slices")
    return tuple(rows)
