"""Cross products of vectors: cross."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...ops.broadcast import move_axis
from ..common import Operand, array_of, is_numeric, normalize_axis
from ..manipulation.joining import stack

__all__: list[str] = []


def _minor(a: list[Any], b: list[Any], i: int, j: int) -> Any:
    """Return ``a_i b_j - a_j b_i`` of components of vectors, of which the third may be missing."""
    n, m = len(a), len(b)
    if i < n and j < m and j < n and i < m:
        return np.subtract(np.multiply(a[i], b[j]), np.multiply(a[j], b[i]))
    if i < n and j < m:
        return np.multiply(a[i], b[j])
    return np.negative(np.multiply(a[j], b[i]))


@function_rule(Tier.CLOSED, np.cross)
def cross(
    a: Operand,
    b: Operand,
    axisa: int = -1,
    axisb: int = -1,
    axisc: int = -1,
    axis: int | None = None,
) -> Any:
    """Return cross products of vectors: differences of products of their components. O(k)."""
    if axis is not None:
        axisa = axisb = axisc = axis
    if not (is_numeric(a) and is_numeric(b)):
        return NotImplemented
    one, other = array_of(a), array_of(b)
    if one.ndim < 1 or other.ndim < 1:
        raise ValueError("At least one array has zero dimension")
    axisa = normalize_axis(axisa, one.ndim, "axisa")
    axisb = normalize_axis(axisb, other.ndim, "axisb")
    one = VirtualQArray(move_axis(one.spectrum, axisa, -1))
    other = VirtualQArray(move_axis(other.spectrum, axisb, -1))
    lengths = {one.shape[-1], other.shape[-1]}
    if not lengths <= {2, 3}:
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if 2 in lengths:
        warnings.warn(
            "Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors "
            "instead. (deprecated in NumPy 2.0)",
            DeprecationWarning,
            stacklevel=3,
        )
    shape = np.broadcast_shapes(one.shape[:-1], other.shape[:-1])
    if 3 in lengths:
        axisc = normalize_axis(axisc, len(shape) + 1, "axisc")
    x, y = ([vectors[..., i] for i in range(vectors.shape[-1])] for vectors in (one, other))
    last = _minor(x, y, 0, 1)
    if lengths == {2}:
        return array_of(last)
    return stack([_minor(x, y, 1, 2), _minor(x, y, 2, 0), last], axisc)
