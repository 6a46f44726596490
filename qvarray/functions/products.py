"""Inner, outer and tensor products."""

from __future__ import annotations

import operator
from itertools import pairwise
from typing import Any

import numpy as np

from .. import arithmetic, kernels, selection
from ..array import VirtualQArray
from ..bases import STANDARD
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..expression import expressed
from ..maps import LinearMap
from ..numpy_versions import Behaviour, has
from ..spectrum import Array, Spectrum, compact, index_dtype
from ..ufuncs.products import tensor_product
from .common import spectrum_of, standard_of

__all__ = ["array_of", "inner_product"]

_WARNS = has(Behaviour.DOT_OF_NUMBERS_WARNS)


def array_of(obj: Any) -> VirtualQArray:
    """An array-like as a VirtualQArray; one that is one as it is."""
    return obj if isinstance(obj, VirtualQArray) else VirtualQArray(spectrum_of(obj))


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


def _inner_closed(a: Any, b: Any) -> Any:
    """The inner product of arrays of one shape, the first conjugated, or None. O(ka + kb)."""
    if not (isinstance(a, Spectrum) and isinstance(b, Spectrum)):
        return None
    if a.fill_value != 0 or b.fill_value != 0 or not (_finite(a) and _finite(b)):
        return None
    dtype = np.result_type(a.dtype, b.dtype)
    if dtype.kind == "b" or a.diagonal != b.diagonal:
        return None
    if a.bases == b.bases:
        # The conjugate of a real array is itself, whatever its coefficients are.
        x, y = _meeting(a, b)
        return _as(np.dot(np.conjugate(x.astype(np.result_type(x, dtype), copy=False)), y), dtype)
    for one, other in ((a, b), (b, a)):
        if one.is_standard and one.active_indices is not None and not other.diagonal:
            values = selection.at(other, one.active_indices.astype(np.int64))
            x, y = (one.eigenvalues, values) if one is a else (values, one.eigenvalues)
            return _as(np.dot(np.conjugate(x), y), dtype)
    return None


def _as(value: Any, dtype: np.dtype[Any]) -> Any:
    value = np.asarray(value)
    return (value.real if dtype.kind != "c" else value).astype(dtype)[()]


def inner_product(a: VirtualQArray, b: VirtualQArray, conjugate: bool) -> Any:
    """The sum of products of all elements of two arrays of one shape, as a scalar.

    Notes
    -----
    O(ka + kb) for coefficients in one basis, by Parseval; at the active elements of one, where the
    other is in another basis; else page by page.
    """
    first: Any = np.conjugate(a) if not conjugate and a.dtype.kind == "c" else a
    closed = _inner_closed(expressed(first.source), expressed(b.source))
    if closed is not None:
        return closed
    dtype = np.result_type(a.dtype, b.dtype)
    if dtype.kind == "b":
        return np.logical_or.reduce(np.logical_and(first, b), axis=None)
    # NumPy adds up halves in single precision.
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    terms = np.multiply(np.conjugate(first) if a.dtype.kind == "c" else a, b, dtype=wide)
    return dtype.type(np.add.reduce(terms, axis=None, dtype=wide))


def _accepted(result: Any, out: Any) -> Any:
    """The result, or what it was written to: of its very shape and dtype, as np.dot demands."""
    if out is None:
        return result
    if not isinstance(out, (VirtualQArray, np.ndarray)):
        raise TypeError("'out' must be an array")
    contiguous = isinstance(out, VirtualQArray) or out.flags.c_contiguous
    if out.shape != np.shape(result) or out.dtype != result.dtype or not contiguous:
        raise ValueError(
            "output array is not acceptable (must have the right datatype, number of dimensions, "
            "and be a C-Array)"
        )
    return _written(result, out)


def _written(result: Any, out: Any) -> Any:
    """`out`, with a result of its shape written to it."""
    if isinstance(out, VirtualQArray):
        out.replace_with(arithmetic.cast(spectrum_of(result), out.dtype, "same_kind"))
    else:
        np.copyto(out, np.asarray(result), casting="same_kind")
    return out


def _contracted(function: Any, a: VirtualQArray, b: VirtualQArray, axis: int) -> Any:
    """Sums of products over the last axis of a and an axis of b."""
    at = axis + b.ndim
    if a.shape[-1] != b.shape[at]:
        raise ValueError(
            f"shapes {a.shape} and {b.shape} not aligned: {a.shape[-1]} (dim {a.ndim - 1}) != "
            f"{b.shape[at]} (dim {at})"
        )
    if a.ndim == b.ndim == 1:
        return inner_product(a, b, False)
    is_map = any(isinstance(one.source, LinearMap) for one in (a, b))
    if is_map and a.ndim <= 2 and b.ndim <= 2 and axis != -b.ndim + 1:
        return np.matmul(a, b)
    if not all(_finite(one.spectrum) and np.isfinite(one.fill_value) for one in (a, b)):
        # BLAS has ways of its own with zeros times infinity.
        return call_dense(function, (a, b), {})
    if a.ndim <= 2 and b.ndim <= 2 and axis != -b.ndim + 1:
        return np.matmul(a, b)
    return VirtualQArray(tensor_product(a.spectrum, b.spectrum, (a.ndim - 1,), (at,)))


def _scaled(a: VirtualQArray, b: VirtualQArray) -> Any:
    """The product with an array of no dimensions, as BLAS adds it to zeros. O(k)."""
    dtype = np.result_type(a.dtype, b.dtype)
    if dtype.char in "fdFD" and max(a.ndim, b.ndim) <= 2 and not _WARNS:
        with np.errstate(invalid="ignore"):
            return _scaled_by(a, b, dtype)
    return _scaled_by(a, b, dtype)


def _scaled_by(a: VirtualQArray, b: VirtualQArray, dtype: np.dtype[Any]) -> Any:
    factor, x = (a, b) if a.ndim == 0 else (b, a)
    if dtype.char not in "fdFD" or x.ndim > 2 or x.size == 1:
        return np.multiply(a, b)
    zero = dtype.type(0)
    if factor[()] == 0:
        # BLAS then leaves the zeros alone, whatever it would multiply.
        none = np.zeros(0, index_dtype(x.size))
        bases = (STANDARD,) * x.ndim
        return VirtualQArray(compact(x.shape, dtype, bases, np.zeros(0, dtype), none, zero))
    return np.add(np.multiply(a, b), zero)


@function_rule(Tier.CLOSED, np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """Sums of products over the last axis of a and the last but one of b."""
    a, b = array_of(a), array_of(b)
    if a.ndim == 0 or b.ndim == 0:
        return _accepted(_scaled(a, b), out)
    return _accepted(_contracted(np.dot, a, b, -2 if b.ndim > 1 else -1), out)


@function_rule(Tier.CLOSED, np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """Sums of products over the last axes."""
    a, b = array_of(a), array_of(b)
    if a.ndim == 0 or b.ndim == 0:
        return _scaled(a, b)
    return _contracted(np.inner, a, b, -1)


def _flat(array: VirtualQArray) -> VirtualQArray:
    """All elements along one axis. O(k) in the standard basis."""
    if array.ndim == 1:
        return array
    spectrum = standard_of(array)
    return VirtualQArray(spectrum.replace(shape=(spectrum.size,), bases=(STANDARD,)))


@function_rule(Tier.CLOSED, np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """The sum of products of all elements, the first conjugated: by Parseval in one basis."""
    a, b = array_of(a), array_of(b)
    if a.shape != b.shape or a.ndim == 0:
        if a.size != b.size:
            raise ValueError(f"cannot take the inner product of {a.size} and {b.size} elements")
        a, b = _flat(a), _flat(b)
    return inner_product(a, b, True)


@function_rule(Tier.CLOSED, np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """Products of every element of one array with every element of the other."""
    a, b = array_of(a), array_of(b)
    a, b = _flat(a), _flat(b)
    one, other = a.spectrum, b.spectrum
    if one.is_standard and other.is_standard:
        result = np.multiply.outer(a, b)
    else:
        result = VirtualQArray(tensor_product(one, other, (), ()))
    if out is None:
        return result
    if np.shape(out) != result.shape:
        return np.multiply(result, 1, out=out)  # NumPy repeats it, or tells what is wrong
    return _written(result, out)


@function_rule(Tier.CLOSED, np.linalg.outer)
def linalg_outer(x1: Any, x2: Any, /) -> Any:
    """``np.outer`` of arrays of one dimension."""
    x1, x2 = array_of(x1), array_of(x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(
            f"Input arrays must be one-dimensional, but they are x1.ndim={x1.ndim} and "
            f"x2.ndim={x2.ndim}."
        )
    return np.outer(x1, x2)


@function_rule(Tier.CLOSED, np.linalg.vecdot)
def vecdot(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    """``np.vecdot``."""
    product: Any = np.vecdot
    return product(x1, x2, axis=axis)


@function_rule(Tier.CLOSED, np.linalg.matmul)
def matmul(x1: Any, x2: Any, /) -> Any:
    """``np.matmul``."""
    return np.matmul(x1, x2)


def _axes(axes: Any) -> tuple[list[Any], list[Any]]:
    """The two lists of axes that np.tensordot is told."""
    if not np.iterable(axes):
        return list(range(-axes, 0)), list(range(axes))
    one, other = (list(part) if np.iterable(part) else [part] for part in axes)
    return one, other


@function_rule(Tier.CLOSED, np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Sums of products over several axes."""
    axes_a, axes_b = _axes(axes)
    twice = len(set(axes_a)) < len(axes_a) or len(set(axes_b)) < len(axes_b)
    if twice and has(Behaviour.TENSORDOT_CHECKS_DUPLICATES):
        raise ValueError("duplicate axes are not allowed in tensordot")
    a, b = array_of(a), array_of(b)
    fits = len(axes_a) == len(axes_b)
    if not fits or any(a.shape[i] != b.shape[j] for i, j in zip(axes_a, axes_b, strict=True)):
        raise ValueError("shape-mismatch for sum")
    at_a = tuple(operator.index(axis) % a.ndim for axis in axes_a)
    at_b = tuple(operator.index(axis) % b.ndim for axis in axes_b)
    if len(set(at_a)) < len(at_a) or len(set(at_b)) < len(at_b):
        raise ValueError("axes don't match array")
    return VirtualQArray(tensor_product(a.spectrum, b.spectrum, at_a, at_b))


@function_rule(Tier.CLOSED, np.linalg.tensordot)
def linalg_tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    """``np.tensordot``."""
    return np.tensordot(x1, x2, axes=axes)


def _effort(a: VirtualQArray, b: VirtualQArray) -> float:
    """About how many numbers are multiplied in a product of matrices."""
    n = a.shape[-1]
    return _stored(a) * _stored(b) / max(n, 1)


def _stored(a: VirtualQArray) -> float:
    """How many eigenvalues are multiplied in a product with a vector."""
    return float(a.shape[0] if isinstance(a.source, LinearMap) else a.spectrum.nactive)


@function_rule(Tier.CLOSED, np.linalg.multi_dot)
def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """Products of several matrices, those first that take least."""
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    chain = [array_of(one) for one in arrays]
    if len(chain) == 2:
        return np.dot(chain[0], chain[1], out=out)
    for at, one in enumerate(chain):
        if one.ndim != 2 and not (one.ndim == 1 and at in (0, len(chain) - 1)):
            raise np.linalg.LinAlgError(
                f"{one.ndim}-dimensional array given. Array must be two-dimensional"
            )
    while len(chain) > 2:
        efforts = [_effort(a, b) for a, b in pairwise(chain)]
        at = efforts.index(min(efforts))
        chain[at : at + 2] = [np.dot(chain[at], chain[at + 1])]
    return np.dot(chain[0], chain[1], out=out)
