"""Products of matrices and tensors: of coefficients in bases that meet, or dense."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis
from ..core.budget import require_budget
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, Shape, index_dtype, magnitudes, require_size, zero_of
from ..indexing.elements import TRANSFORM_COST, rows_at
from ..ops.basis_change import (
    as_samples,
    coefficient_dtype,
    gather_sums,
    linear,
    off_diagonal,
    sparse,
    to_bases,
    to_common_basis,
    to_dense,
)
from ..ops.broadcast import broadcast_shape, broadcast_to, permute_axes
from .diagonal_product import diagonal_product, product_bound
from .sparse_product import INSTEAD, are_finite, coefficient_products

# What a sum may be larger than its result before products are added up as they are.
_DIGITS_LOST = 16.0


def _meeting(a: Spectrum, b: Spectrum, at_a: int = -1, at_b: int = -2) -> tuple[Spectrum, Spectrum]:
    """Return the two in bases B and conj(B) along the axes that are added up: then B^H B = 1."""
    at_a, at_b = at_a % len(a.shape), at_b % len(b.shape)
    basis, facing = a.bases[at_a], b.bases[at_b]
    if facing == basis.conjugate:
        return a, b
    if facing is STANDARD:
        return _sampled(a, at_a, b, at_b) or to_common_basis(a, at_a, STANDARD), b
    if basis is STANDARD:
        b = _sampled(b, at_b, a, at_a) or b
    return a, to_common_basis(b, at_b, basis.conjugate)


def _sampled(x: Spectrum, axis: int, other: Spectrum, at: int) -> Spectrum | None:
    """Take an axis to the standard basis where another array has elements; drop all else.

    What is dropped meets zeros. None where a transform of the axis is cheaper. O(m k) for m
    positions at which `other` is active along its axis `at`.
    """
    n = x.shape[axis]
    if other.active_indices is None or other.fill_value or n <= TRANSFORM_COST:
        return None
    along = np.unique(other.coordinates()[at]).astype(np.int64)
    if along.size * TRANSFORM_COST > n:
        return None
    rows = rows_at(x, (axis,), (along,))
    row, *places = rows.coordinates()
    places.insert(axis, along[row])
    indices, values = gather_sums(linear(tuple(places), x.shape), rows.eigenvalues)
    bases = (*x.bases[:axis], STANDARD, *x.bases[axis + 1 :])
    return compact(x.shape, x.dtype, bases, values, indices, zero_of(x.dtype), error=x.error)


def tensor_product(
    a: Spectrum, b: Spectrum, axes_a: tuple[int, ...], axes_b: tuple[int, ...]
) -> Spectrum:
    """Products of elements, added up over pairs of axes of one length, as ``np.tensordot``.

    O(ka + kb + products) for coefficients in meeting bases, whatever the shapes are. Raises
    MaterializationError where the result, or what only NumPy can multiply, is over the memory
    budget.
    """
    dtype = np.result_type(a.dtype, b.dtype)
    if (a.diagonal or b.diagonal) and len(axes_a) == 1 and max(len(a.shape), len(b.shape)) <= 2:
        x = a if axes_a[0] == len(a.shape) - 1 else permute_axes(a, (1, 0))
        y = b if axes_b[0] == 0 else permute_axes(b, (1, 0))
        out = diagonal_product(x, y, dtype)
        if out is not None:
            return out
    a, b = (off_diagonal(x) if x.diagonal else x for x in (a, b))
    given = a, b
    are_standard = a.is_standard and b.is_standard
    if not are_standard:
        # A fill value that is not 0 is no coefficient, and infinities are of all elements.
        a, b = (_plain(x) for x in (a, b))
    for at_a, at_b in zip(axes_a, axes_b, strict=True):
        a, b = _meeting(a, b, at_a, at_b)
    free_a = tuple(axis for axis in range(len(a.shape)) if axis not in axes_a)
    free_b = tuple(axis for axis in range(len(b.shape)) if axis not in axes_b)
    a, b = permute_axes(a, free_a + axes_a), permute_axes(b, axes_b + free_b)
    shape = a.shape[: len(free_a)] + b.shape[len(axes_b) :]
    bases = a.bases[: len(free_a)] + b.bases[len(axes_b) :]
    require_size(shape)
    # Coefficients in meeting bases are multiplied as the elements of matrices are.
    x, y = _coefficients(a, len(free_a)), _coefficients(b, len(axes_b))
    with np.errstate(all=None if are_standard else "ignore"):
        out = matrix_product(x, y)
    if not (are_standard or are_finite(out.eigenvalues)):
        a, b = map(_of_elements, given)
        return tensor_product(a, b, axes_a, axes_b)
    values = as_samples(out.eigenvalues, coefficient_dtype(bases, dtype))
    fill = as_samples(np.asarray(out.fill_value), dtype)[()]
    return out.replace(
        shape=shape, dtype=dtype, bases=bases, eigenvalues=values, fill_value=dtype.type(fill)
    )


def _plain(spectrum: Spectrum) -> Spectrum:
    is_plain = not spectrum.fill_value and are_finite(spectrum.eigenvalues)
    return spectrum if is_plain else _of_elements(spectrum)


def _of_elements(spectrum: Spectrum) -> Spectrum:
    """Return an array in the standard basis: there products overflow where NumPy's do."""
    return sparse(to_dense(spectrum))


def _coefficients(spectrum: Spectrum, split: int) -> Spectrum:
    """Return the coefficients as a matrix in the standard basis."""
    sizes = prod(spectrum.shape[:split]), prod(spectrum.shape[split:])
    dtype = spectrum.eigenvalues.dtype
    fill = dtype.type(spectrum.fill_value)
    return spectrum.replace(shape=sizes, dtype=dtype, bases=(STANDARD,) * 2, fill_value=fill)


def _with_standard_stack(spectrum: Spectrum) -> Spectrum:
    over = (STANDARD,) * (len(spectrum.shape) - 2)
    return to_bases(spectrum, (*over, *spectrum.bases[-2:]))


def _stacked(a: Spectrum, b: Spectrum) -> tuple[Spectrum, Spectrum, tuple[int, ...]]:
    """Broadcast two stacks to one shape, where b may be a single matrix; and return that shape."""
    over_a, over_b = a.shape[:-2], b.shape[:-2]
    if not over_b or over_a == over_b:
        return a, b, over_a
    over = broadcast_shape([over_a, over_b])
    # What is repeated from one element is a fill value.
    a, b = (_plain(broadcast_to(x, over + x.shape[-2:])) for x in (a, b))
    return a, b, over


def matrix_product(a: Spectrum, b: Spectrum) -> Spectrum:
    """``np.matmul`` of two arrays of at least two dimensions.

    O(ka + kb + products) for coefficients in meeting bases, whatever the shapes are. Dense where
    there are NaNs, infinities or fill values that are not 0. Raises ValueError where the shapes do
    not fit; MaterializationError where the result, or what only NumPy can multiply, is over the
    memory budget.
    """
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(
            f"matmul: mismatch in the core dimensions of shapes {a.shape} and {b.shape}"
        )
    dtype = np.result_type(a.dtype, b.dtype)
    x, y = a.held, b.held
    if y is not None and b.error is None and y.ndim == 2:
        quick = times_dense(a, y)
        if quick is not None:
            return quick
    out = diagonal_product(a, b, dtype)
    if out is not None:
        return out
    # Of arrays that store all elements nothing is left out that an infinity could meet.
    if x is None or y is None:
        is_filled = bool(a.fill_value or b.fill_value)
        if is_filled or not are_finite(a.eigenvalues, b.eigenvalues):
            return _with_fill(a, b, dtype)
    are_standard = a.is_standard and b.is_standard
    if not are_standard:
        a, b = (off_diagonal(x) if x.diagonal else x for x in (a, b))
    few = _at_entries(a, b, dtype)
    if few is not None:
        return few
    if not are_standard and len(b.shape) > 2:
        # Where they are stacked, elements meet elements.
        a, b = (_with_standard_stack(x) for x in (a, b))
    given = a, b
    if not are_standard:
        a, b = _meeting(a, b)
    a, b, over = _stacked(a, b)
    shape = (*over, a.shape[-2], b.shape[-1])
    require_size(shape)
    bases = (*a.bases[:-1], b.bases[-1])
    with np.errstate(all=None if are_standard else "ignore"):
        indices, values = coefficient_products(a, b, shape)
    if not (are_standard or are_finite(values)):
        return matrix_product(*map(_of_elements, given))
    is_final = values.dtype == dtype and are_standard
    if not is_final:
        values = as_samples(values, coefficient_dtype(bases, dtype))
    return product_bound(a, b, _made(shape, bases, values, indices, dtype, is_final))


def _made(
    shape: Shape,
    bases: tuple[Basis, ...],
    values: Array,
    indices: Array | None,
    dtype: np.dtype[Any],
    dropped: bool,
) -> Spectrum:
    """Return the product of two arrays, from its coefficients."""
    zero = zero_of(dtype)
    if indices is not None:
        return compact(shape, dtype, bases, values, indices, zero, dropped=dropped)
    return Spectrum(shape, dtype, bases, values, None, zero)


def times_dense(a: Spectrum, x: Array, is_transposed: bool = False) -> Spectrum | None:
    """Return ``a @ x``, or ``a.T @ x``, of a sparse matrix and a dense array. O(k p).

    None where that is not what they are, or elements are not finite, which they are where all of
    `x` and of the product are.

    `x` (ndarray, shape (n,) or (n, p)).
    """
    indices, values, dtype = a.active_indices, a.eigenvalues, a.dtype
    if indices is None or not a.is_standard or a.error is not None or a.fill_value:
        return None
    if len(a.shape) != 2 or dtype != x.dtype or not dtype.isnative:
        return None
    rows, n = a.shape[::-1] if is_transposed else a.shape
    lines = kernels.dense_lines
    if n != len(x) or rows > len(values) or dtype.char not in lines.COMPILED:
        return None
    shape = (rows, *x.shape[1:])
    if len(shape) > 1:
        require_budget(2 * prod(shape) * dtype.itemsize, INSTEAD)
        x = x.reshape(-1) if x.size == n else x
    if is_transposed:
        out, is_known = lines.vector_sparse(x, indices, values, rows)
    elif x.ndim == 1:
        out, is_known = lines.sparse_vector(indices, values, rows, x)
    else:
        out, is_known = lines.sparse_columns(x, indices, values, rows)
    if not is_known:  # what is not finite stays so in sums
        return None
    out = out if out.ndim == 1 else out.reshape(-1)
    return Spectrum(shape, dtype, (STANDARD,) * len(shape), out, None, zero_of(dtype))


def _with_fill(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum:
    """Return the product where inactive elements have a say: closed for constants and vectors."""
    a, b = (off_diagonal(x) if x.diagonal else x for x in (a, b))
    if len(a.shape) == len(b.shape) == 2 and a.shape[-1]:
        few = _constant(a, b, dtype) if not a.nactive and not b.nactive else None
        for closed in (_at_entries, _of_vector):
            few = closed(a, b, dtype) if few is None else few
        if few is not None:
            return few
    require_budget(prod(a.shape) * a.dtype.itemsize + prod(b.shape) * b.dtype.itemsize, INSTEAD)
    over = broadcast_shape([a.shape[:-2], b.shape[:-2]])
    require_budget(prod((*over, a.shape[-2], b.shape[-1])) * dtype.itemsize, INSTEAD)
    return product_bound(a, b, sparse(np.matmul(to_dense(a), to_dense(b))))


def _constant(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
    """Return the product of two arrays whose elements are all their fill values. O(1)."""
    if dtype.kind == "b" or not are_finite(np.asarray(a.fill_value), np.asarray(b.fill_value)):
        return None
    shape = (a.shape[0], b.shape[1])
    require_size(shape)
    with np.errstate(all="ignore"):
        each = np.full(1, a.fill_value, dtype) * np.full(1, b.fill_value, dtype)
        # A sum begins with +0.0, so that it is never -0.0.
        fill = (each * np.asarray(a.shape[1]).astype(dtype) + 0).astype(dtype)[0]
    none = np.zeros(0, index_dtype(prod(shape)))
    return compact(shape, dtype, (STANDARD,) * 2, np.zeros(0, dtype), none, fill, dropped=True)


def _of_vector(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
    """Multiply a vector and a matrix whose fill value is not 0, in the standard basis.

    The sum of the vector, times the fill value, is in each element; what the matrix has beside it
    is sparse. None for all else, and where a sum overflows. O(products + k).
    """
    if 1 not in (a.shape[0], b.shape[1]) or dtype.kind == "b":
        return None
    vector, matrix = (a, b) if a.shape[0] == 1 else (b, a)
    if not (a.is_standard and b.is_standard) or matrix.active_indices is None:
        return None
    if not matrix.fill_value:
        return None
    if not are_finite(a.eigenvalues, b.eigenvalues, np.array([a.fill_value, b.fill_value])):
        return None
    fill = np.full(1, matrix.fill_value).astype(dtype)
    with np.errstate(all="ignore"):
        total = vector.eigenvalues.astype(dtype).sum(keepdims=True, dtype=dtype)
        if vector.active_indices is not None:
            idle = np.asarray(vector.size - vector.nactive).astype(dtype)
            total = total + np.full(1, vector.fill_value).astype(dtype) * idle
        each = (total * fill).astype(dtype)
        beside = matrix.eigenvalues.astype(dtype) - fill
    if not are_finite(beside, each) or (
        dtype.kind in "fc" and _cancels(vector, matrix, vector is a)
    ):
        return None
    rest = matrix.replace(dtype=dtype, eigenvalues=beside, fill_value=zero_of(dtype))
    out = matrix_product(*((vector, rest) if vector is a else (rest, vector)))
    with np.errstate(all="ignore"):
        values = out.eigenvalues + each
    if not (out.is_standard and are_finite(values)):
        return None
    return product_bound(
        a, b, out.replace(eigenvalues=values, fill_value=(out.fill_value + each)[0])
    )


def _cancels(vector: Spectrum, matrix: Spectrum, is_row: bool) -> bool:
    """Tell whether what a vector times the fill value gives is taken away again somewhere. O(k).

    There the sum of what is left has fewer digits than a sum of the products.
    """
    fill, sizes = float(magnitudes(matrix.fill_value)), magnitudes(matrix.eigenvalues)
    if not bool((sizes * _DIGITS_LOST < fill).any()):
        return False
    kind = np.dtype(np.float64)
    weights = vector.replace(
        dtype=kind,
        eigenvalues=magnitudes(vector.eigenvalues).astype(kind),
        fill_value=kind.type(magnitudes(vector.fill_value)),
        error=None,
    )
    beside = matrix.replace(
        dtype=kind,
        eigenvalues=(sizes - fill).astype(kind),
        fill_value=kind.type(0),
        error=None,
    )
    less = matrix_product(*((weights, beside) if is_row else (beside, weights)))
    idle = float(weights.size - weights.nactive) * float(weights.fill_value)
    total = fill * (float(weights.eigenvalues.sum()) + idle)
    return bool((less.eigenvalues + total < total / _DIGITS_LOST).any())


def _at_entries(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
    """Multiply a sparse matrix and a vector that is not, at the matrix' entries. O(ka log kx).

    Returns None where that is not what they are; O(ka kx) for a vector in another basis, where that
    is less than the vector's length.
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
    if not matrix.is_standard or indices is None or matrix.fill_value or x.diagonal:
        return None
    if not are_finite(matrix.eigenvalues, x.eigenvalues, np.asarray(x.fill_value)):
        return None
    if x.is_standard:
        if not x.fill_value or x.active_indices is None:
            return None
    elif matrix.nactive * x.nactive > x.size:
        return None
    rows, columns = np.divmod(indices, matrix.shape[1])
    along, to = (columns, rows) if axis else (rows, columns)
    values = matrix.eigenvalues.astype(dtype) * x.at(along.astype(np.int64))
    to, values = gather_sums(to, values.astype(dtype, copy=False))
    shape = (a.shape[0], b.shape[1])
    out = compact(shape, dtype, (STANDARD,) * 2, values, to, zero_of(dtype))
    return product_bound(a, b, out)
