"""Products of stacks of coefficients, as matrices in the standard basis: which routine has them."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..core.budget import fits_budget, require_budget
from ..core.spectrum import Spectrum
from ..core.values import FEW, Array, all_finite, index_dtype, pays_sparse, zero_of

# Products of a dense routine in the time of one of ours.
_DENSE_IS_FASTER = 16
# Vectors of more than this many times the elements that a matrix has are better kept sparse.
_LONG = 4
# What kernels compute in, for each kind of dtype: at least as wide; integers wrap alike.
_WIDE = {
    kind: np.dtype(wide)
    for kind, wide in (("i", "i8"), ("u", "i8"), ("b", "i8"), ("f", "f8"), ("c", "c16"))
}
INSTEAD = "multiply parts of the arrays, or raise the budget"


def are_finite(*values: Any) -> bool:
    """Tell whether there is no infinity and no NaN in any of some arrays. O(k)."""
    return all(map(is_finite, values))


def is_finite(values: Array) -> bool:
    """Tell what `all_finite` does, of many by a kernel: products load the kernels anyway. O(k)."""
    if values.size > FEW and values.dtype.char in "dD" and values.flags.c_contiguous:
        return kernels.dense_lines.is_finite(values)
    return values.dtype.kind not in "fc" or all_finite(values)


def _computed_dtype(kind: np.dtype[Any]) -> np.dtype[Any]:
    """Return what products are computed in: SciPy has no routines for halves."""
    return np.dtype(np.float32) if kind == np.float16 else kind


def coefficient_products(
    a: Spectrum, b: Spectrum, shape: tuple[int, ...]
) -> tuple[Array | None, Array]:
    """Positions and values of the product of stacks of coefficients; positions None for all.

    No value is 0 where positions are listed.
    """
    # Where only b has no stack, that of a is more rows.
    m = a.shape[-2] if len(b.shape) > 2 else prod(a.shape[:-1])
    stack = prod(b.shape[:-2])
    n, p = b.shape[-2:]
    va, vb = a.eigenvalues, b.eigenvalues
    kind = va.dtype if va.dtype == vb.dtype else np.result_type(va, vb)
    if a.active_indices is None and b.active_indices is None:
        # The product, and the absolute values for its norm.
        require_budget(2 * stack * m * p * kind.itemsize, INSTEAD)
        out = np.matmul(va.reshape(stack, m, n), vb.reshape(stack, n, p))
        return None, out.ravel()
    computed = _computed_dtype(kind)
    space = stack * m * p
    va, vb = va.astype(computed, copy=False), vb.astype(computed, copy=False)
    product = kernels.sparse_matmul
    if stack == 1 and 1 in (m, p):
        vector = _with_vector(a, va, b, vb, (m, n, p))
        if vector is not None:
            return None, _narrow(vector, kind)
    if b.active_indices is None:
        indices = a.indices()
        most = min(indices.size, stack * m)
        require_budget(most * p * 2 * computed.itemsize, INSTEAD)
        whole = 0 if pays_sparse(most * p, space, kind) else stack * m
        rows, lines = product.sparse_dense(indices, va, m, n, vb.reshape(stack * n, p), whole)
        lines = lines.astype(kind, copy=False)
        if whole:
            return None, lines.ravel()
        positions = (rows[:, None] * p + np.arange(p)).ravel()
        return kernels.merge_sorted.drop(positions, lines.ravel(), zero_of(kind))
    if a.active_indices is None and not pays_sparse(min(space, m * b.nactive), space, kind):
        require_budget(2 * (space + va.size) * computed.itemsize, INSTEAD)
        dense = va.reshape(stack * m, n)
        out = product.dense_sparse(dense, m, n, p, b.indices(), vb)
        return None, out.astype(kind, copy=False).ravel()
    meeting = product.plan(a.indices(), b.indices(), stack, m, n, p)
    size = stack * (m * n + n * p + m * p) * computed.itemsize
    is_full = kind.kind in "fc" and stack * m * n * p < _DENSE_IS_FASTER * meeting.products
    if is_full and fits_budget(size):
        x, y = np.zeros(stack * m * n, kind), np.zeros(stack * n * p, kind)
        x[a.indices()], y[b.indices()] = a.eigenvalues, b.eigenvalues
        return None, np.matmul(x.reshape(stack, m, n), y.reshape(stack, n, p)).ravel()
    dtype = index_dtype(prod(shape))
    wide = _wide(kind)
    # The products, and those of them that are no zeros, in the dtype of the result.
    each = 2 * (wide.itemsize + dtype.itemsize)
    most = meeting.products
    if not fits_budget(most * each):
        most = product.count(meeting)
        require_budget(most * each, INSTEAD)
    va, vb = va.astype(wide, copy=False), vb.astype(wide, copy=False)
    positions, values = product.sparse_sparse(meeting, va, vb, dtype, most)
    if values.dtype == kind and kind.char not in "gG":
        return positions, values
    return kernels.merge_sorted.drop(positions, _narrow(values, kind), zero_of(kind))


def _wide(kind: np.dtype[Any]) -> np.dtype[Any]:
    """Return what kernels compute products in; of extended precision they have none."""
    wide = _WIDE[kind.kind]
    return kind if kind.itemsize > wide.itemsize else wide


def _narrow(values: Array, kind: np.dtype[Any]) -> Array:
    """Return what kernels computed in the dtype of the product, which may overflow silently."""
    if values.dtype == kind:
        return values
    if kind.kind == "b":
        return values != 0
    with np.errstate(over="ignore"):
        return values.astype(kind)


def _with_vector(
    a: Spectrum, va: Array, b: Spectrum, vb: Array, sizes: tuple[int, int, int]
) -> Array | None:
    """Multiply a sparse matrix and a vector as a dense one; None for all else. O(k + m + n)."""
    m, n, p = sizes
    matrix, vector, values = (a, b, vb) if p == 1 else (b, a, va)
    if matrix.active_indices is None or max(n, m * p) > _LONG * matrix.nactive:
        return None
    if not fits_budget((n + m * p) * _wide(values.dtype).itemsize):
        return None
    if vector.active_indices is not None:
        values = np.zeros(n, values.dtype)
        values[vector.active_indices] = vb if p == 1 else va
    wide = _wide(values.dtype)
    if wide.char in "gG":
        return None
    values = values.astype(wide, copy=False)
    if p == 1:
        va = va.astype(wide, copy=False)
        return kernels.dense_lines.sparse_vector(matrix.active_indices, va, m, values)[0]
    vb = vb.astype(wide, copy=False)
    return kernels.dense_lines.vector_sparse(values, matrix.active_indices, vb, p)[0]
