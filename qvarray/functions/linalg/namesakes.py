"""Functions of ``numpy.linalg`` that NumPy has by the same name: matmul, outer, trace, cross, …."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ..common import DType, Operand, any_np, as_arrays
from ..manipulation.axis_views import register_axis_view
from .products import require_three

register_axis_view(np.linalg.matrix_transpose)


@function_rule(Tier.STRUCTURAL, np.linalg.diagonal)
def diagonal(x: VirtualQArray, /, *, offset: int = 0) -> Any:
    """Return the diagonals of matrices: a view that is read-only."""
    return any_np.diagonal(x, offset, -2, -1)


@function_rule(Tier.CLOSED, np.linalg.trace)
def trace(x: VirtualQArray, /, *, offset: int = 0, dtype: DType = None) -> Any:
    """Sum up a diagonal of the last two axes. O(k)."""
    return any_np.trace(x, offset, -2, -1, dtype)


def _register(function: Callable[..., Any], namesake: Callable[..., Any]) -> None:
    """Register a function that is another by the same arguments."""

    @function_rule(Tier.CLOSED, function)
    @wraps(function)
    def rule(*args: Any, **kwargs: Any) -> Any:
        return namesake(*args, **kwargs)


_register(np.linalg.matmul, np.matmul)
_register(np.linalg.vecdot, np.vecdot)
_register(np.linalg.tensordot, np.tensordot)


@function_rule(Tier.CLOSED, np.linalg.outer)
def outer(x1: Operand, x2: Operand, /) -> Any:
    """Return the products of every element of one vector with every element of another."""
    a, b = as_arrays((x1, x2))
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError(
            f"Input arrays must be one-dimensional, but they are x1.ndim={a.ndim} and "
            f"x2.ndim={b.ndim}."
        )
    return any_np.outer(a, b)


@function_rule(Tier.CLOSED, np.linalg.cross)
def cross(x1: Operand, x2: Operand, /, *, axis: int = -1) -> Any:
    """Return the cross products of vectors of 3 components. O(k)."""
    a, b = as_arrays((x1, x2))
    if not has(Behaviour.CROSS_OF_3_COMPONENTS):
        require_three(a.shape[axis], b.shape[axis])
    return any_np.cross(a, b, axis=axis)
