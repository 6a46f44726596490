"""Rules of `np.cross` and `np.trace`."""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...indexing import diagonals
from ...ops.basis_change import as_samples
from ...ops.broadcast import move_axis
from ..common import spectrum_of
from ..manipulation.joining import as_operands, is_numeric, stack

__all__: list[str] = []

_normalize_axis = np.lib.array_utils.normalize_axis_index


@function_rule(Tier.CLOSED, np.trace)
def trace(
    a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None, out: Any = None
) -> Any:
    """The sum along a diagonal: of an operator, the sum of its eigenvalues. O(k)."""
    spectrum, offset = spectrum_of(a), operator.index(offset)
    ndim = len(spectrum.shape)
    if ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    first, second = _normalize_axis(axis1, ndim), _normalize_axis(axis2, ndim)
    if first == second:
        raise ValueError("axis1 and axis2 cannot be the same")
    if spectrum.is_operator and offset == 0 and dtype is None and out is None:
        total = np.add.reduce(spectrum.eigenvalues, keepdims=True)
        kind = np.add.reduce(np.empty(0, spectrum.dtype)).dtype
        rest = kind.type(spectrum.fill_value) * kind.type(spectrum.space - spectrum.nactive)
        return as_samples(total, kind)[0] + rest
    along = VirtualQArray(diagonals.diagonal(spectrum, offset, first, second))
    return np.sum(along, axis=-1, dtype=dtype, out=out)


@function_rule(Tier.CLOSED, np.linalg.trace)
def linalg_trace(x: Any, /, *, offset: Any = 0, dtype: Any = None) -> Any:
    """The sum along a diagonal of the last two axes. O(k)."""
    return trace(x, offset, -2, -1, dtype)


def _products(a: Any, b: Any) -> list[Any]:
    """The components of the cross products of vectors along the last axis."""
    (a0, a1), (b0, b1) = ((one[..., 0], one[..., 1]) for one in (a, b))
    last = np.subtract(np.multiply(a0, b1), np.multiply(a1, b0))
    if a.shape[-1] == b.shape[-1] == 2:
        return [last]
    if a.shape[-1] == 2:
        b2 = b[..., 2]
        return [np.multiply(a1, b2), np.negative(np.multiply(a0, b2)), last]
    a2 = a[..., 2]
    if b.shape[-1] == 2:
        return [np.negative(np.multiply(a2, b1)), np.multiply(a2, b0), last]
    b2 = b[..., 2]
    return [
        np.subtract(np.multiply(a1, b2), np.multiply(a2, b1)),
        np.subtract(np.multiply(a2, b0), np.multiply(a0, b2)),
        last,
    ]


@function_rule(Tier.CLOSED, np.cross)
def cross(
    a: Any, b: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None
) -> Any:
    """Cross products of vectors: products and differences of their components. O(k)."""
    if axis is not None:
        axisa = axisb = axisc = axis
    if not (is_numeric(a) and is_numeric(b)):
        return call_dense(np.cross, (a, b, axisa, axisb, axisc), {})
    a, b = as_operands((a, b))
    if a.ndim < 1 or b.ndim < 1:
        raise ValueError("At least one array has zero dimension")
    axisa = _normalize_axis(axisa, a.ndim, "axisa")
    axisb = _normalize_axis(axisb, b.ndim, "axisb")
    a = VirtualQArray(move_axis(spectrum_of(a), axisa, -1))
    b = VirtualQArray(move_axis(spectrum_of(b), axisb, -1))
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if 2 in (a.shape[-1], b.shape[-1]):
        warnings.warn(
            "Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors "
            "instead. (deprecated in NumPy 2.0)",
            DeprecationWarning,
            stacklevel=3,
        )
    shape = np.broadcast_shapes(a.shape[:-1], b.shape[:-1])
    if 3 in (a.shape[-1], b.shape[-1]):
        axisc = _normalize_axis(axisc, len(shape) + 1, "axisc")
    components = _products(a, b)
    if len(components) == 1:
        return VirtualQArray(spectrum_of(components[0]))
    return stack(components, axisc)


@function_rule(Tier.CLOSED, np.linalg.cross)
def linalg_cross(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    """Cross products of vectors of 3 components. O(k)."""
    x1, x2 = as_operands((x1, x2))
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they are "
            f"{x1.shape[axis]} and {x2.shape[axis]} dimensional instead."
        )
    return cross(x1, x2, axis=axis)
