"""Matrix products of operators, in the basis where they are diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import kernels
from ..array import VirtualQArray
from ..coverage import Tier, ufunc_rule
from ..expression import expressed
from ..spectrum import Array, ErrorBound, Spectrum, compact
from ..transform import coefficient_dtype, norm
from .dispatch import answer

__all__ = ["contraction", "matmul"]


def _finite(*values: Array) -> bool:
    return all(bool(np.isfinite(one).all()) for one in values if one.dtype.kind in "fc")


def _product_bound(a: Spectrum, x: Spectrum, values: Array) -> ErrorBound | None:
    """What the operands' errors come to: |A| |dx| + |dA| |x| + |dA| |dx|, in L2 norms."""
    if a.error is None and x.error is None:
        return None
    da = a.error.absolute if a.error else 0.0
    dx = x.error.absolute if x.error else 0.0
    largest = float(np.abs(a.eigenvalues).max(initial=0.0))
    absolute = largest * dx + da * norm(x.eigenvalues) + da * dx
    return ErrorBound(absolute, max(0.0, norm(values) - absolute))


def _applied(a: Spectrum, x: Spectrum, axis: int, dtype: np.dtype[Any]) -> Spectrum:
    """Operator a along one axis of x, whose basis there is that of a. O(ka + kx)."""
    indices = x.indices()
    if a.active_indices is None:
        kept: Any = slice(None)
        at = x.coordinates()[axis]
    elif len(x.space_shape) == 1:
        at, kept = kernels.merge.intersection(a.active_indices, indices)
    else:
        along = x.coordinates()[axis].astype(a.active_indices.dtype)
        at = a.active_indices.searchsorted(along)
        at[at == a.nactive] = 0
        kept = a.active_indices[at] == along
        at = at[kept]
    values = a.eigenvalues[at] * x.eigenvalues[kept]
    error = _product_bound(a, x, values)
    values = values.astype(coefficient_dtype(x.bases, dtype), copy=False)
    zero = dtype.type(0)
    return compact(x.shape, dtype, x.bases, values, indices[kept], zero, x.diagonal, error)


def _product(a: Spectrum, b: Spectrum) -> Spectrum | None:
    """``a @ b`` where an operator meets the basis of the other operand, else None."""
    if not (a.nactive and b.nactive and _finite(a.eigenvalues, b.eigenvalues)):
        return None
    if a.fill_value != 0 or b.fill_value != 0:
        return None
    dtype = np.result_type(a.dtype, b.dtype)
    if dtype.kind == "b":
        return None
    if a.diagonal and 1 <= len(b.shape) <= 2 and a.shape[1] == b.shape[0]:
        return _applied(a, b, 0, dtype) if b.bases[0] == a.bases[0] else None
    if b.diagonal and 1 <= len(a.shape) <= 2 and a.shape[-1] == b.shape[0]:
        # x @ (B D B^H): along the last axis of x that is (B D B^H)^T = conj(B) D B^T.
        return _applied(b, a, len(a.shape) - 1, dtype) if a.bases[-1] == b.bases[1] else None
    return None


@ufunc_rule(Tier.CLOSED, [np.matmul])
def matmul(ufunc: np.ufunc, method: str, inputs: Any, kwargs: Any) -> Any:
    """``a @ b``: closed for an operator and an array in its basis, and for vectors; else dense."""
    if method == "__call__" and not kwargs and all(type(x) is VirtualQArray for x in inputs):
        if inputs[0].ndim == inputs[1].ndim == 1 and inputs[0].shape == inputs[1].shape:
            return np.dot(*inputs)
        a, b = (expressed(one.source) for one in inputs)
        out = _product(a, b) if isinstance(a, Spectrum) and isinstance(b, Spectrum) else None
        if out is not None:
            return VirtualQArray(out)
    return answer(ufunc, method, inputs, kwargs)


@ufunc_rule(Tier.CLOSED, [np.vecdot, np.matvec, np.vecmat])
def contraction(ufunc: np.ufunc, method: str, inputs: Any, kwargs: Any) -> Any:
    """Products with vectors, as `matmul` and the inner product answer them; else dense."""
    ours = method == "__call__" and not kwargs and all(type(x) is VirtualQArray for x in inputs)
    if ours and inputs[0].shape[-1:] == inputs[1].shape[:1]:
        a, b = inputs
        if ufunc is np.vecdot and a.ndim == b.ndim == 1:
            return np.vdot(a, b)
        if ufunc is np.matvec and (a.ndim, b.ndim) == (2, 1):
            return np.matmul(a, b)
        if ufunc is np.vecmat and (a.ndim, b.ndim) == (1, 2):
            return np.matmul(np.conjugate(a), b)
    return answer(ufunc, method, inputs, kwargs)
