"""Matrix products: of sparse arrays, and in the bases where arrays have few coefficients."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.budget import fits_budget, require_budget
from ..core.error_bound import ErrorBound
from ..core.rules import Tier, ufunc_rule
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, index_dtype, pays_sparse, require_size
from ..ops import linear
from ..ops.align import aligned
from ..ops.basis_change import (
    along_diagonal,
    as_samples,
    coefficient_dtype,
    gather_sums,
    l2_norm,
    norm,
    off_diagonal,
    scalar_operator,
    sparse,
    to_bases,
    to_dense,
    to_meet,
)
from ..ops.broadcast import broadcast_to, move_axis, permute_axes
from ..ops.linear import in_one_space
from . import parseval
from .dispatch import answer
from .operands import broadcast_shape, is_foreign, operand

__all__ = ["contraction", "matmul", "matrix_product", "tensor_product"]

# Products of a dense routine in the time of one of ours.
_DENSE_IS_FASTER = 16
# From so many elements on, a kernel is faster than NumPy's two passes.
_MANY = 1 << 10
# Vectors of so many times the elements that a matrix has are better kept sparse.
_LONG = 4
_INSTEAD = "multiply parts of the arrays, or raise the budget"


def _finite(*values: Any) -> bool:
    return all(_is_finite(one) for one in values if one.dtype.kind in "fc")


def _is_finite(values: Array) -> bool:
    if values.dtype.char in "dD" and values.size > _MANY and values.flags.c_contiguous:
        return kernels.sparse_matmul.is_finite(values)
    return bool(np.isfinite(values).all())


def _product_bound(a: Spectrum, x: Spectrum, size: float) -> ErrorBound | None:
    """What the operands' errors come to: |A| |dx| + |dA| |x| + |dA| |dx|; `size` of the product."""
    if a.error is None and x.error is None:
        return None
    da = a.error.absolute if a.error else 0.0
    dx = x.error.absolute if x.error else 0.0
    absolute = _gain(a) * dx + da * _gain(x) + da * dx
    return ErrorBound.of(absolute, size)


def _gain(a: Spectrum) -> float:
    """A bound on how much longer a product may be: the operator norm, or the L2 norm."""
    if not a.diagonal:
        return l2_norm(a)
    inactive = float(abs(a.fill_value)) if a.nactive < a.space else 0.0
    return float(np.abs(a.eigenvalues).max(initial=inactive))


#: Indices, values there, and the value at all others.
_Entries = tuple[Array, Array, Any]


def _times_eigenvalues(a: Spectrum, x: Spectrum, axis: int) -> _Entries:
    """The coefficients of x times the eigenvalues of a at their indices along an axis.

    O(ka + kx).
    """
    indices = x.indices()
    if len(x.space_shape) == 1 and x.fill_value != 0 and a.fill_value != 0:
        union, va, vx, has_fill = aligned(along_diagonal(a), x)
        values = va * vx
        if union is None:
            union = x.replace(active_indices=None).indices()
        return (union, values[:-1], values[-1]) if has_fill else (union, values, 0)
    if x.fill_value != 0:
        # Inactive eigenvalues are 0: what counts is where some are active.
        return _times_eigenvalues(x if x.diagonal else _as_diagonal(x), along_diagonal(a), 0)
    if a.active_indices is None:
        return indices, a.eigenvalues[x.coordinates()[axis]] * x.eigenvalues, 0
    if a.fill_value != 0:
        factors = along_diagonal(a).at(x.coordinates()[axis].astype(np.int64))
        return indices, factors * x.eigenvalues, 0
    kept: Any
    if len(x.space_shape) == 1:
        at, kept = kernels.merge_sorted.intersection(a.active_indices, indices)
    else:
        along = x.coordinates()[axis].astype(a.active_indices.dtype)
        at = a.active_indices.searchsorted(along)
        at[at == a.nactive] = 0
        kept = a.active_indices[at] == along
        at = at[kept]
    return indices[kept], a.eigenvalues[at] * x.eigenvalues[kept], 0


def _as_diagonal(x: Spectrum) -> Spectrum:
    """The diagonal matrix of a vector."""
    return x.replace(shape=x.shape * 2, bases=x.bases * 2, diagonal=True)


def _applied(a: Spectrum, x: Spectrum, axis: int, left: bool, dtype: np.dtype[Any]) -> Spectrum:
    """A diagonal array times x, or x times it, along an axis of x whose basis meets its own."""
    new = a.bases[0] if left else a.bases[1]
    bases = (*x.bases[:axis], new, *x.bases[axis + 1 :])
    indices, values, fill = _times_eigenvalues(a, x, axis)
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, dtype)
    values = values.astype(coefficient_dtype(bases, dtype), copy=False)
    fill = as_samples(np.asarray(fill), dtype)[()]
    out = compact(x.shape, dtype, bases, values, indices, dtype.type(fill), x.diagonal)
    return _with_bound(out, a, x)


def _with_bound(out: Spectrum, a: Spectrum, x: Spectrum) -> Spectrum:
    error = _product_bound(a, x, l2_norm(out))
    return out if error is None else out.replace(error=error)


def _zeros(x: Spectrum, dtype: np.dtype[Any]) -> Spectrum:
    none, values = np.zeros(0, np.int64), np.zeros(0, coefficient_dtype(x.bases, dtype))
    return compact(x.shape, dtype, x.bases, values, none, dtype.type(0), x.diagonal)


def _of_diagonal(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
    """``a @ b`` where one is diagonal, in its bases; None for neither, and where none will do.

    In the bases of the other again, if the one is an operator.
    """
    left = a.diagonal
    one, x = (a, b) if left else (b, a)
    if not one.diagonal or len(x.shape) > 2 or dtype.kind == "b":
        return None
    fills = np.asarray(a.fill_value), np.asarray(b.fill_value)
    if not _finite(a.eigenvalues, b.eigenvalues, *fills):
        return None
    if x.diagonal:
        one, x = in_one_space(one, x)
    # (B1 D B2^T) X meets an X in conj(B2), X (B1 D B2^T) one in conj(B1): B^T conj(B) = 1.
    axis = 0 if left else len(x.shape) - 1
    meeting = one.bases[1 if left else 0].conjugate
    if x.bases[axis] != meeting and not one.nactive and one.is_operator:
        meeting = x.bases[axis]
        one = scalar_operator(one, meeting if left else meeting.conjugate)
    if x.fill_value != 0 and not x.diagonal and not (len(x.shape) == 1 and _is_matrix(one)):
        return None
    if any(not one.nactive and one.fill_value == 0 for one in (a, b)):
        return _with_bound(_zeros(x, dtype), a, b)
    if x.bases[axis] != meeting:
        if x.diagonal:
            return None
        out = _applied(one, to_meet(x, axis, meeting), axis, left, dtype)
        out = to_bases(out, x.bases) if one.is_operator else out
    else:
        out = _applied(one, x, axis, left, dtype)
    # An operator and an array of integers have integer products, if it is in the standard basis.
    return out if out.dtype == dtype else None


def _is_matrix(one: Spectrum) -> bool:
    """Whether the eigenvalues of a diagonal array are its elements."""
    return all(basis is STANDARD for basis in one.bases)


def _with_length_one(spectrum: Spectrum, axis: int) -> Spectrum:
    """The array with a new axis of length 1, counted from the end where negative. O(1)."""
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    at = axis + len(spectrum.shape) + 1 if axis < 0 else axis
    shape, bases = spectrum.shape, spectrum.bases
    return spectrum.replace(
        shape=(*shape[:at], 1, *shape[at:]), bases=(*bases[:at], STANDARD, *bases[at:])
    )


def _without(spectrum: Spectrum, axis: int) -> Spectrum:
    """The array without an axis of length 1, where every basis is the same. O(1)."""
    axis %= len(spectrum.shape)
    shape, bases = spectrum.shape, spectrum.bases
    shape, bases = shape[:axis] + shape[axis + 1 :], bases[:axis] + bases[axis + 1 :]
    values = spectrum.eigenvalues
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, spectrum.dtype)
    return spectrum.replace(shape=shape, bases=bases, eigenvalues=values)


def _met(a: Spectrum, b: Spectrum, at_a: int = -1, at_b: int = -2) -> tuple[Spectrum, Spectrum]:
    """The two in bases B and conj(B) along the axes that are added up: then B^H B = 1."""
    at_a, at_b = at_a % len(a.shape), at_b % len(b.shape)
    one, other = a.bases[at_a], b.bases[at_b]
    if other == one.conjugate:
        return a, b
    if other is STANDARD:
        return to_meet(a, at_a, STANDARD), b
    return a, to_meet(b, at_b, one.conjugate)


def tensor_product(
    a: Spectrum, b: Spectrum, axes_a: tuple[int, ...], axes_b: tuple[int, ...]
) -> Spectrum:
    """Products of elements, added up over pairs of axes of one length, as ``np.tensordot``.

    Raises
    ------
    MaterializationError
        Where the result, or what only NumPy can multiply, is over the memory budget.

    Notes
    -----
    O(ka + kb + products) for coefficients in meeting bases, whatever the shapes are.
    """
    dtype = np.result_type(a.dtype, b.dtype)
    if (a.diagonal or b.diagonal) and len(axes_a) == 1 and max(len(a.shape), len(b.shape)) <= 2:
        x = a if axes_a[0] == len(a.shape) - 1 else permute_axes(a, (1, 0))
        y = b if axes_b[0] == 0 else permute_axes(b, (1, 0))
        out = _of_diagonal(x, y, dtype)
        if out is not None:
            return out
    a, b = (off_diagonal(one) if one.diagonal else one for one in (a, b))
    if not (a.is_standard and b.is_standard):
        # A fill value that is not 0 is no coefficient, and infinities are of all elements.
        a, b = (_plain(one) for one in (a, b))
    for at_a, at_b in zip(axes_a, axes_b, strict=True):
        a, b = _met(a, b, at_a, at_b)
    free_a = tuple(axis for axis in range(len(a.shape)) if axis not in axes_a)
    free_b = tuple(axis for axis in range(len(b.shape)) if axis not in axes_b)
    a, b = permute_axes(a, free_a + axes_a), permute_axes(b, axes_b + free_b)
    shape = a.shape[: len(free_a)] + b.shape[len(axes_b) :]
    bases = a.bases[: len(free_a)] + b.bases[len(axes_b) :]
    require_size(shape)
    # Coefficients in meeting bases are multiplied as the elements of matrices are.
    x, y = _coefficients(a, len(free_a)), _coefficients(b, len(axes_b))
    out = matrix_product(x, y)
    values = out.eigenvalues
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, dtype)
    values = values.astype(coefficient_dtype(bases, dtype), copy=False)
    fill = as_samples(np.asarray(out.fill_value), dtype)[()]
    return out.replace(
        shape=shape, dtype=dtype, bases=bases, eigenvalues=values, fill_value=dtype.type(fill)
    )


def _plain(spectrum: Spectrum) -> Spectrum:
    if spectrum.fill_value == 0 and _finite(spectrum.eigenvalues):
        return spectrum
    return sparse(to_dense(spectrum))


def _coefficients(spectrum: Spectrum, split: int) -> Spectrum:
    """The coefficients as a matrix in the standard basis."""
    sizes = prod(spectrum.shape[:split]), prod(spectrum.shape[split:])
    dtype = spectrum.eigenvalues.dtype
    fill = dtype.type(spectrum.fill_value)
    return spectrum.replace(shape=sizes, dtype=dtype, bases=(STANDARD,) * 2, fill_value=fill)


def _with_standard_stack(spectrum: Spectrum) -> Spectrum:
    over = (STANDARD,) * (len(spectrum.shape) - 2)
    return to_bases(spectrum, (*over, *spectrum.bases[-2:]))


def _stacked(a: Spectrum, b: Spectrum) -> tuple[Spectrum, Spectrum, tuple[int, ...]]:
    """The two with one shape of their stacks, where that of b may be none, and that shape."""
    over_a, over_b = a.shape[:-2], b.shape[:-2]
    if not over_b or over_a == over_b:
        return a, b, over_a
    over = broadcast_shape([over_a, over_b])
    # What is repeated from one element is a fill value.
    a, b = (_plain(broadcast_to(one, over + one.shape[-2:])) for one in (a, b))
    return a, b, over


def matrix_product(a: Spectrum, b: Spectrum) -> Spectrum:
    """``np.matmul`` of two arrays of at least two dimensions.

    Raises
    ------
    ValueError
        Where the shapes do not fit.
    MaterializationError
        Where the result, or what only NumPy can multiply, is over the memory budget.

    Notes
    -----
    O(ka + kb + products) for coefficients in meeting bases, whatever the shapes are. Dense where
    there are NaNs, infinities or fill values that are not 0.
    """
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(
            f"matmul: mismatch in the core dimensions of shapes {a.shape} and {b.shape}"
        )
    dtype = np.result_type(a.dtype, b.dtype)
    quick = _times_dense_vector(a, b, dtype)
    if quick is not None:
        return quick
    out = _of_diagonal(a, b, dtype)
    if out is not None:
        return out
    closed = a.fill_value == 0 and b.fill_value == 0 and _finite(a.eigenvalues, b.eigenvalues)
    if not closed:
        return _with_fill(a, b, dtype)
    a, b = (off_diagonal(one) if one.diagonal else one for one in (a, b))
    few = _at_entries(a, b, dtype)
    if few is not None:
        return few
    if len(b.shape) > 2:
        # Where they are stacked, elements meet elements.
        a, b = (_with_standard_stack(one) for one in (a, b))
    a, b = _met(a, b)
    a, b, over = _stacked(a, b)
    shape = (*over, a.shape[-2], b.shape[-1])
    require_size(shape)
    bases = (*a.bases[:-1], b.bases[-1])
    indices, values = _entries(a, b, shape)
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, dtype)
    values = values.astype(coefficient_dtype(bases, dtype), copy=False)
    error = _product_bound(a, b, norm(values))
    zero = dtype.type(0)
    if indices is None:
        both_dense = a.active_indices is None and b.active_indices is None
        if not both_dense and all(basis is STANDARD for basis in bases):
            return sparse(values.reshape(shape)).replace(error=error)
        return Spectrum(shape, dtype, bases, values, None, zero, error=error)
    return compact(shape, dtype, bases, values, indices, zero, error=error)


def _times_dense_vector(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
    """A sparse matrix of doubles and a dense vector of them; None for all else. O(k + m)."""
    if dtype != np.float64 or b.shape[1:] != (1,) or b.active_indices is not None:
        return None
    if a.active_indices is None or len(a.shape) != 2 or a.fill_value != 0 or a.shape[0] > a.nactive:
        return None
    if not (a.is_standard and b.is_standard and a.dtype == b.dtype == dtype):
        return None
    if a.error is not None or b.error is not None or not _is_finite(b.eigenvalues):
        return None
    shape = (a.shape[0], 1)
    out = kernels.sparse_matmul.sparse_vector(
        a.active_indices, a.eigenvalues, shape[0], b.eigenvalues
    )
    # Every element of the matrix has met one that is finite.
    return Spectrum(shape, dtype, a.bases, out, None, dtype.type(0)) if _is_finite(out) else None


def _with_fill(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum:
    """The product where inactive elements have a say: closed for constants and vectors."""
    a, b = (off_diagonal(one) if one.diagonal else one for one in (a, b))
    if len(a.shape) == len(b.shape) == 2 and a.shape[-1]:
        few = _constant(a, b, dtype) if not a.nactive and not b.nactive else None
        few = _at_entries(a, b, dtype) if few is None else few
        if few is not None:
            return few
    require_budget(prod(a.shape) * a.dtype.itemsize + prod(b.shape) * b.dtype.itemsize, _INSTEAD)
    lossy = a.error is not None or b.error is not None
    over = broadcast_shape([a.shape[:-2], b.shape[:-2]])
    require_budget(prod((*over, a.shape[-2], b.shape[-1])) * dtype.itemsize, _INSTEAD)
    out = sparse(np.matmul(to_dense(a), to_dense(b)))
    return out.replace(error=ErrorBound.unknown()) if lossy else out


def _constant(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
    """The product of two arrays whose elements are all their fill values. O(1)."""
    if dtype.kind == "b" or not _finite(np.asarray(a.fill_value), np.asarray(b.fill_value)):
        return None
    shape = (a.shape[0], b.shape[1])
    require_size(shape)
    with np.errstate(all="ignore"):
        each = np.full(1, a.fill_value, dtype) * np.full(1, b.fill_value, dtype)
        fill = (each * np.asarray(a.shape[1]).astype(dtype)).astype(dtype)[0]
    none = np.zeros(0, index_dtype(prod(shape)))
    return compact(shape, dtype, (STANDARD,) * 2, np.zeros(0, dtype), none, fill, dropped=True)


def _at_entries(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
    """A sparse matrix times a vector that is not sparse: at the matrix' entries. O(ka log kx).

    None where that is not what they are; O(ka kx) for a vector in another basis, where that is
    less than the vector's length.
    """
    if len(a.shape) != 2 or len(b.shape) != 2 or dtype.kind == "b":
        return None
    if b.shape[1] == 1:
        matrix, x, axis = a, b, 1
    elif a.shape[0] == 1:
        matrix, x, axis = b, a, 0
    else:
        return None
    indices = matrix.active_indices
    if not matrix.is_standard or indices is None or matrix.fill_value != 0 or x.diagonal:
        return None
    if not _finite(matrix.eigenvalues, x.eigenvalues, np.asarray(x.fill_value)):
        return None
    if x.is_standard:
        if x.fill_value == 0 or x.active_indices is None:
            return None
    elif matrix.nactive * x.nactive > x.size:
        return None
    rows, columns = np.divmod(indices, matrix.shape[1])
    along, to = (columns, rows) if axis else (rows, columns)
    values = matrix.eigenvalues.astype(dtype) * x.at(along.astype(np.int64))
    to, values = gather_sums(to, values.astype(dtype, copy=False))
    shape = (a.shape[0], b.shape[1])
    error = ErrorBound.unknown() if matrix.error is not None or x.error is not None else None
    return compact(shape, dtype, (STANDARD,) * 2, values, to, dtype.type(0), error=error)


def _kernel_dtype(a: Array, b: Array) -> np.dtype[Any] | None:
    """What the kernels multiply in: at least as wide, and integers wrap around alike."""
    dtype = np.result_type(a, b)
    if dtype.char in "gG":
        return None
    names = {"f": np.float64, "c": np.complex128}
    return np.dtype(names.get(dtype.kind, np.int64))


def _entries(a: Spectrum, b: Spectrum, shape: tuple[int, ...]) -> tuple[Array | None, Array]:
    """Positions and values of the product of stacks of coefficients; positions None for all."""
    # Where only b has no stack, that of a is more rows.
    m = a.shape[-2] if len(b.shape) > 2 else prod(a.shape[:-1])
    stack = prod(b.shape[:-2])
    n, p = b.shape[-2:]
    va, vb = a.eigenvalues, b.eigenvalues
    kind = np.result_type(va, vb)
    if a.active_indices is None and b.active_indices is None:
        out = np.matmul(va.reshape(stack, m, n), vb.reshape(stack, n, p))
        return None, out.ravel()
    computed = _kernel_dtype(va, vb)
    space = stack * m * p
    if computed is None:
        return _expanded(a.indices(), va, b.indices(), vb, (stack, m, n, p))
    va, vb = va.astype(computed, copy=False), vb.astype(computed, copy=False)
    product = kernels.sparse_matmul
    if stack == 1 and 1 in (m, p):
        vector = _with_vector(a, va, b, vb, (m, n, p))
        if vector is not None:
            return None, _narrowed(vector, kind)
    if b.active_indices is None:
        indices = a.indices()
        most = min(indices.size, stack * m)
        require_budget(most * p * 2 * computed.itemsize, _INSTEAD)
        whole = 0 if pays_sparse(most * p, space, kind) else stack * m
        rows, lines = product.sparse_dense(indices, va, m, n, vb.reshape(stack * n, p), whole)
        lines = _narrowed(lines, kind)
        if whole:
            return None, lines.ravel()
        return (rows[:, None] * p + np.arange(p)).ravel(), lines.ravel()
    if a.active_indices is None and not pays_sparse(min(space, m * b.nactive), space, kind):
        require_budget(2 * (space + va.size) * computed.itemsize, _INSTEAD)
        dense = va.reshape(stack * m, n)
        return None, _narrowed(product.dense_sparse(dense, m, n, p, b.indices(), vb), kind).ravel()
    at = product.plan(a.indices(), b.indices(), stack, m, n, p)
    size = stack * (m * n + n * p + m * p) * computed.itemsize
    is_full = kind.kind in "fc" and stack * m * n * p < _DENSE_IS_FASTER * at.products
    if is_full and fits_budget(size):
        x, y = np.zeros(stack * m * n, kind), np.zeros(stack * n * p, kind)
        x[a.indices()], y[b.indices()] = a.eigenvalues, b.eigenvalues
        return None, np.matmul(x.reshape(stack, m, n), y.reshape(stack, n, p)).ravel()
    dtype = index_dtype(prod(shape))
    each = computed.itemsize + dtype.itemsize
    most = at.products
    if not fits_budget(most * each):
        most = product.count(at)
        require_budget(most * each, _INSTEAD)
    positions, values = product.sparse_sparse(at, va, vb, dtype, most)
    return positions, _narrowed(values, kind)


def _narrowed(values: Array, dtype: np.dtype[Any]) -> Array:
    """Sums in the dtype of the result."""
    return values != 0 if dtype.kind == "b" else values.astype(dtype, copy=False)


def _with_vector(
    a: Spectrum, va: Array, b: Spectrum, vb: Array, sizes: tuple[int, int, int]
) -> Array | None:
    """A sparse matrix and a vector that may as well be dense; None for all else. O(k + m + n)."""
    m, n, p = sizes
    matrix, vector, values = (a, b, vb) if p == 1 else (b, a, va)
    if matrix.active_indices is None or max(n, m * p) > _LONG * matrix.nactive:
        return None
    if vector.active_indices is not None:
        values = np.zeros(n, values.dtype)
        values[vector.active_indices] = vb if p == 1 else va
    if p == 1:
        return kernels.sparse_matmul.sparse_vector(matrix.active_indices, va, m, values)
    return kernels.sparse_matmul.vector_sparse(values, matrix.active_indices, vb, p)


def _expanded(
    ia: Array, va: Array, ib: Array, vb: Array, sizes: tuple[int, int, int, int]
) -> tuple[Array, Array]:
    """A product of sparse matrices by NumPy's own multiplication, for what Numba cannot hold."""
    stack, m, n, p = sizes
    at = kernels.sparse_matmul.plan(ia, ib, stack, m, n, p)
    dtype = np.result_type(va, vb)
    require_budget(at.products * 3 * (8 + dtype.itemsize), _INSTEAD)
    rows = np.repeat(at.numbers, np.diff(at.starts))
    kept = at.slots >= 0
    slots, rows, va = at.slots[kept], rows[kept], va[kept]
    lengths = np.diff(at.right_starts)[slots]
    entry = np.repeat(np.arange(slots.size), lengths)
    ahead = np.cumsum(lengths) - lengths
    right = np.arange(entry.size) - ahead[entry] + at.right_starts[slots][entry]
    columns = at.right_columns[right].astype(np.int64)
    if at.distinct.size:
        columns = at.distinct[columns]
    return gather_sums(rows[entry] * p + columns, (va[entry] * vb[right]).astype(dtype, copy=False))


def _given(inputs: Any, kwargs: Any, *names: str) -> list[Any] | None:
    """The operands as sources, if the call is one that the rules answer."""
    if set(kwargs) - {"out", *names} or len(inputs) != 2:
        return None
    if any(is_foreign(one) for one in inputs):
        return None
    operands = [_source(one) for one in inputs]
    sources = all(isinstance(one, Source) and one.shape for one in operands)
    return operands if sources else None


def _source(obj: Any) -> Any:
    """Return an operand, as a source where it is an array."""
    return obj.source if isinstance(obj, VirtualQArray) else operand(obj)


def _delivered(result: Any, kwargs: Any) -> Any:
    """The result, or the output with it; None where only NumPy can tell what that becomes."""
    out = kwargs.get("out")
    out = out[0] if isinstance(out, tuple) else out
    if isinstance(result, Source) and result.shape:
        result = VirtualQArray(result)
    elif isinstance(result, Source):
        result = to_dense(result.settle())[()]
    if out is None:
        return result
    known = isinstance(out, VirtualQArray) or type(out) is np.ndarray
    if not known or out.shape != np.shape(result):
        return None
    if not np.can_cast(result.dtype, out.dtype, "same_kind"):
        return None
    if isinstance(out, VirtualQArray) and isinstance(result, VirtualQArray):
        out.replace_with(linear.cast(result.spectrum, out.dtype, "same_kind"))
    elif isinstance(out, VirtualQArray):
        out.replace_with(sparse(np.asarray(result, out.dtype)))
    else:
        out[...] = np.asarray(result)
    return out


def _require_meeting(a: Spectrum, b: Spectrum) -> None:
    """Raise MaterializationError for an operator over the budget, in bases that do not meet."""
    one, other = (a, b) if a.diagonal else (b, a)
    require_budget(
        one.size * one.dtype.itemsize,
        f"the bases {one.bases[0]} of the operator and {other.bases[0]} do not meet: take both to "
        "one of them",
    )


def _multiplied(a: Any, b: Any) -> Any:
    """``np.matmul`` of sources of at least one dimension, that are not both vectors."""
    dtype = np.result_type(a.dtype, b.dtype)
    known = a.matmul(b, dtype)
    known = b.rmatmul(a, dtype) if known is None else known
    if known is not None:
        return known
    a, b = a.settle(), b.settle()
    if (a.diagonal or b.diagonal) and a.shape[-1] == b.shape[0]:
        out = _of_diagonal(a, b, dtype)
        if out is not None:
            return out
        _require_meeting(a, b)
    row, column = len(a.shape) == 1, len(b.shape) == 1
    out = matrix_product(
        _with_length_one(a, 0) if row else a, _with_length_one(b, 1) if column else b
    )
    if column:
        out = _without(out, -1)
    return _without(out, -1 if column else -2) if row else out


@ufunc_rule(Tier.CLOSED, [np.matmul])
def matmul(ufunc: np.ufunc, method: str, inputs: Any, kwargs: Any) -> Any:
    """``a @ b``: closed for coefficients in bases that meet, and for vectors; else dense."""
    sources = _given(inputs, kwargs) if method == "__call__" else None
    if sources is None:
        return answer(ufunc, method, inputs, kwargs)
    a, b = sources
    if len(a.shape) == len(b.shape) == 1:
        if a.shape != b.shape:
            return answer(ufunc, method, inputs, kwargs)
        result = np.dot(VirtualQArray(a), VirtualQArray(b))
    elif a.shape[-1] != b.shape[-2:][0]:
        return answer(ufunc, method, inputs, kwargs)  # NumPy tells what is wrong
    else:
        result = _multiplied(a, b)
    out = _delivered(result, kwargs)
    return answer(ufunc, method, inputs, kwargs) if out is None else out


@ufunc_rule(Tier.CLOSED, [np.vecdot, np.matvec, np.vecmat])
def contraction(ufunc: np.ufunc, method: str, inputs: Any, kwargs: Any) -> Any:
    """Products with vectors, as `matmul` and the inner product answer them; else dense."""
    names = ("axis",) if ufunc is np.vecdot else ()
    sources = _given(inputs, kwargs, *names) if method == "__call__" else None
    result: Any = None
    if sources is not None:
        a, b = sources
        if ufunc is np.vecdot:
            if kwargs.get("axis", -1) != -1:
                a, b = (move_axis(one.settle(), kwargs["axis"], -1) for one in sources)
            result = _vecdot(a, b)
        elif ufunc is np.matvec and len(a.shape) >= 2:
            result = _multiplied(a, b) if len(b.shape) == 1 else _lined(a, b, -1)
        elif ufunc is np.vecmat and len(b.shape) >= 2:
            a = linear.conjugate(a.settle())
            result = _multiplied(a, b) if len(a.shape) == 1 else _lined(a, b, -2)
    out = None if result is None else _delivered(result, kwargs)
    return answer(ufunc, method, inputs, kwargs) if out is None else out


def _lined(a: Any, b: Any, axis: int) -> Spectrum:
    """A stack of products of matrices and vectors, the vectors as columns (-1) or rows (-2)."""
    a, b = a.settle(), b.settle()
    a, b = (a, _with_length_one(b, -1)) if axis == -1 else (_with_length_one(a, -2), b)
    return _without(matrix_product(a, b), axis)


def _vecdot(a: Any, b: Any) -> Any:
    """Sums of products along the last axis."""
    if a.shape[-1] != b.shape[-1]:
        return None
    x: Any = VirtualQArray(a)
    y: Any = VirtualQArray(b)
    if len(a.shape) == len(b.shape) == 1:
        return np.vdot(x, y)
    dtype = np.result_type(a.dtype, b.dtype)
    if not a.is_standard and a.shape == b.shape:
        closed = parseval.inner(a.express(), b.express(), (len(a.shape) - 1,))
        if closed is not None:
            return VirtualQArray(closed)
    if dtype.kind == "b":
        return np.logical_or.reduce(np.logical_and(x, y), axis=-1)
    if dtype == np.float16:
        return np.add.reduce(np.multiply(x, y, dtype=np.float32), axis=-1).astype(dtype)
    x = np.conjugate(x) if x.dtype.kind == "c" else x
    return np.add.reduce(np.multiply(x, y, dtype=dtype), axis=-1, dtype=dtype)
