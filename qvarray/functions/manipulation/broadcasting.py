# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Broadcasting: broadcast_to and broadcast_arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.values import ShapeLike
from ...ops.broadcast import stretched_to
from ..common import Operand, as_arrays

__all__: list[str] = []


@function_rule(Tier.STRUCTURAL, np.broadcast_to)
def broadcast_to(array: VirtualQArray, shape: ShapeLike, subok: bool = False) -> VirtualQArray:
    """Repeat the array along axes of length 1 and new ones: a view that is read-only."""
    wanted: Any = tuple(shape) if np.iterable(shape) else (shape,)
    return array.view_by(
        lambda source: stretched_to(source.settle(), wanted),
        lambda seen: np.broadcast_to(seen, wanted),
        writeable=False,
    )


@function_rule(Tier.STRUCTURAL, np.broadcast_arrays)
def broadcast_arrays(*args: Operand, subok: bool = False) -> Any:
    """Broadcast arrays against each other."""
    arrays = as_arrays(args)
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    return tuple(x if x.shape == shape else np.broadcast_to(x, shape) for x in arrays)
