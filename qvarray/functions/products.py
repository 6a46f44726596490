"""Inner products and norms."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import kernels, selection
from ..array import VirtualQArray
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..expression import expressed
from ..spectrum import Array, Spectrum
from ..transform import norm as l2

__all__: list[str] = []


def _meeting(a: Spectrum, b: Spectrum) -> tuple[Array, Array]:
    """The coefficients of two arrays where both are active. O(ka + kb)."""
    if a.active_indices is None and b.active_indices is None:
        return a.eigenvalues, b.eigenvalues
    if a.active_indices is None:
        return a.eigenvalues[b.indices()], b.eigenvalues
    if b.active_indices is None:
        return a.eigenvalues, b.eigenvalues[a.indices()]
    at_a, at_b = kernels.merge.intersection(a.active_indices, b.active_indices)
    return a.eigenvalues[at_a], b.eigenvalues[at_b]


def _finite(spectrum: Spectrum) -> bool:
    return bool(np.isfinite(spectrum.eigenvalues).all())


def _inner_closed(a: Any, b: Any, conjugate: bool) -> Any:
    """The inner product of two arrays of one shape on their coefficients, or None. O(ka + kb)."""
    if not (isinstance(a, Spectrum) and isinstance(b, Spectrum)) or a.diagonal or b.diagonal:
        return None
    if a.fill_value != 0 or b.fill_value != 0 or not (_finite(a) and _finite(b)):
        return None
    dtype = np.result_type(a.dtype, b.dtype)
    if dtype.kind == "b":
        return None
    if a.bases == b.bases:
        real = a.dtype.kind != "c"
        if conjugate or real or not any(basis.is_complex for basis in a.bases):
            x, y = _meeting(a, b)
            # A real array is its own conjugate, whatever its coefficients are.
            x = np.conjugate(x) if conjugate or any(b.is_complex for b in a.bases) else x
            return _as(np.dot(x.astype(np.result_type(x, dtype)), y), dtype)
        return None
    for one, other in ((a, b), (b, a)):
        if one.is_standard and one.active_indices is not None:
            values = selection.at(other, one.active_indices.astype(np.int64))
            x, y = (one.eigenvalues, values) if one is a else (values, one.eigenvalues)
            return _as(np.dot(np.conjugate(x) if conjugate else x, y), dtype)
    return None


def _as(value: Any, dtype: np.dtype[Any]) -> Any:
    value = np.asarray(value)
    return (value.real if dtype.kind != "c" else value).astype(dtype)[()]


def _inner(function: Any, a: Any, b: Any, conjugate: bool, kwargs: dict[str, Any]) -> Any:
    both = isinstance(a, VirtualQArray) and isinstance(b, VirtualQArray)
    if kwargs or not both or a.shape != b.shape or (a.ndim != 1 and not conjugate) or not a.ndim:
        return call_dense(function, (a, b), kwargs)
    closed = _inner_closed(expressed(a.source), expressed(b.source), conjugate)
    if closed is not None:
        return closed
    if a.dtype.kind == b.dtype.kind == "b":
        return np.logical_or.reduce(np.logical_and(a, b), axis=None)
    dtype = np.result_type(a.dtype, b.dtype)
    return np.add.reduce(
        np.multiply(np.conjugate(a) if conjugate else a, b), axis=None, dtype=dtype
    )


@function_rule(Tier.CLOSED, np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """The sum of products of 1-D arrays: by Parseval in one basis."""
    both = isinstance(a, VirtualQArray) and isinstance(b, VirtualQArray)
    if both and out is None and 0 < a.ndim <= 2 and 0 < b.ndim <= 2 and a.ndim + b.ndim > 2:
        return np.matmul(a, b)
    return _inner(np.dot, a, b, False, {} if out is None else {"out": out})


@function_rule(Tier.CLOSED, np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """The sum of products of all elements, the first conjugated: by Parseval in one basis."""
    return _inner(np.vdot, a, b, True, {})


@function_rule(Tier.CLOSED, np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """The sum of products of 1-D arrays."""
    return _inner(np.inner, a, b, False, {})


@function_rule(Tier.CLOSED, np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Vector norms, over all axes."""
    flat = isinstance(x, VirtualQArray) and axis is None and not keepdims
    if not flat or not (ord is None or (x.ndim == 1 and ord in (0, 1, 2, np.inf, -np.inf))):
        return call_dense(np.linalg.norm, (x, ord, axis, keepdims), {})
    if x.size == 0 or x.dtype.kind in "biu":
        x = x.astype(np.float64)
    if x.size == 0:
        return call_dense(np.linalg.norm, (x, ord), {})
    kind = x.dtype.type(0).real.dtype
    if ord in (np.inf, -np.inf):
        return (np.maximum if ord > 0 else np.minimum).reduce(np.abs(x), axis=None)
    if ord == 1:
        return np.add.reduce(np.abs(x), axis=None)
    if ord == 0:
        return np.add.reduce(np.not_equal(x, 0), axis=None, dtype=kind)
    source = expressed(x.source)
    if isinstance(source, Spectrum) and source.fill_value == 0 and _finite(source):
        return kind.type(l2(source.eigenvalues))
    return np.sqrt(np.add.reduce(np.square(np.abs(x)), axis=None))
