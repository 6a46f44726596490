# ruff: noqa: ARG001  methods have the arguments of their base class
"""Ufuncs, reductions and products of transposed arrays, in the order that coefficients are in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..array.foreign import NUMBERS
from ..array.virtual_array import VirtualQArray
from ..core.associative import EXTREMA
from ..core.source import Source, implements
from ..core.spectrum import Spectrum
from ..core.values import ELEMENT_KINDS, Axis
from ..ops.reshape import reshape
from ..sources.permuted import Permuted
from .matrix_product import times_dense


@implements(Permuted)
def combined(source: Permuted, ufunc: np.ufunc, operands: Sequence[Any]) -> Source | None:
    """Return an elementwise ufunc in the order of the axes that this array is sorted in. O(k).

    None where the coefficients are in the order of the axes, too, and where another array, as long
    as this one, is in another order: then it is this one that is sorted.
    """
    if source.is_sorted or ufunc.nout != 1 or ufunc.signature is not None:
        return None
    turned = [_turned(source, operand) for operand in operands]
    if any(operand is None for operand in turned):
        return None
    result = ufunc(*turned)
    return result.source.permuted(source.axes) if isinstance(result, VirtualQArray) else None


def _turned(source: Permuted, operand: Any) -> Any:
    """Return an operand with its axes in the order of those of the unpermuted array."""
    if type(operand) in NUMBERS:
        return operand
    if (
        isinstance(operand, Permuted)
        and operand.axes == source.axes
        and operand.shape == source.shape
    ):
        return VirtualQArray(operand.unpermuted)
    is_ours = isinstance(operand, (Spectrum, Permuted))
    if not (is_ours or (type(operand) is np.ndarray and operand.dtype.kind in ELEMENT_KINDS)):
        return None
    ndim = len(source.shape)
    shape = (1,) * (ndim - len(operand.shape)) + operand.shape
    if len(shape) != ndim or any(m not in (1, n) for m, n in zip(shape, source.shape, strict=True)):
        return None
    if not is_ours:
        return operand.reshape(shape).transpose(source.inverse)
    if isinstance(operand, Permuted):
        if operand.is_sorted or operand.unpermuted.nactive > source.unpermuted.nactive:
            return None
    elif shape == source.shape and operand.nactive >= source.unpermuted.nactive:
        return None
    aligned = operand if len(operand.shape) == ndim else reshape(operand.settle(), shape)
    return VirtualQArray(aligned.permuted(source.inverse))


def reduced(
    reduce: Callable[..., Any],
    ufunc: np.ufunc,
    source: Permuted,
    axis: Axis,
    dtype: Any,
    keepdims: bool,
    initial: Any,
) -> Any:
    """Return ``ufunc.reduce`` in the order that the coefficients are in. O(k).

    None where the coefficients are in the order of the axes, too, and where the order counts in
    which several axes are reduced.

    `reduce`: that of any other array.
    """
    ndim = len(source.axes)
    if source.is_sorted:
        return None
    axes = tuple(range(ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    try:
        axes = np.lib.array_utils.normalize_axis_tuple(axes, ndim)
    except (TypeError, ValueError):
        return None
    is_ordered = source.dtype.kind == "c" and ufunc in EXTREMA
    if len(axes) > 1 and (is_ordered or (ufunc.identity is None and ufunc not in EXTREMA)):
        return None
    own_axes = tuple(source.axes[axis] for axis in axes)
    out = reduce(ufunc, source.unpermuted, own_axes, dtype, keepdims, initial)
    kept = [source.axes[axis] for axis in range(ndim) if keepdims or axis not in axes]
    order = [sorted(kept).index(axis) for axis in kept]
    if isinstance(out, np.ndarray):
        return out.transpose(order)
    return out.permuted(order) if isinstance(out, Source) else out


@implements(Permuted)
def matmul(source: Permuted, other: Source, dtype: np.dtype[Any]) -> Source | None:
    """Return ``(other.T @ self.T).T`` of a sparse matrix and a dense array. O(k p)."""
    return _product(source, other, False)


@implements(Permuted)
def rmatmul(source: Permuted, other: Source, dtype: np.dtype[Any]) -> Source | None:
    """Return ``(self.T @ other.T).T`` of a sparse matrix and a dense array. O(k p)."""
    return _product(source, other, True)


def _product(source: Permuted, other: Source, is_right: bool) -> Source | None:
    dense = other.held if len(other.shape) < 3 else None
    if source.is_sorted or source.axes != (1, 0) or source.unpermuted.active_indices is None:
        return None
    if dense is None:
        return None
    if other.error is None and (dense.ndim == 1 or not is_right):
        quick = times_dense(source.unpermuted, dense, not is_right)
        if quick is not None:
            return quick
    pair = (
        VirtualQArray(other.permuted(range(dense.ndim)[::-1])),
        VirtualQArray(source.unpermuted),
    )
    product: VirtualQArray = np.matmul(*(pair[::-1] if is_right else pair))
    return product.source.permuted(range(len(product.shape))[::-1])
