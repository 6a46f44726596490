"""Diagonals and triangles of matrices."""

from __future__ import annotations

from math import prod

import numpy as np

from ..bases import STANDARD
from ..core.budget import fits_budget, require_budget
from ..core.error_bound import ErrorBound
from ..core.fill import fills_alike
from ..core.runs import ordinals
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import MAX_SIZE, Array, Scalar, pays_sparse, require_size, same_value, zero_of
from ..ops.basis_change import as_samples, linear, to_dense
from ..ops.join import bounded, localised, rearranged
from ..ops.linear import native
from .keys import linear_position

_INSTEAD = "take the triangle of a part of it, or raise the budget"


def _diagonal_length(rows: int, columns: int, offset: int) -> int:
    return max(0, min(rows - max(0, -offset), columns - max(0, offset)))


def _diagonal_of_operator(spectrum: Spectrum, offset: int) -> Spectrum | None:
    """Return the diagonal of an operator where it is known from the eigenvalues, or None. O(k)."""
    n, basis, error = spectrum.shape[0], spectrum.bases[0], spectrum.error
    length = _diagonal_length(n, n, offset)
    is_constant = basis.group == "cyclic" or (basis.group == "dyadic" and offset == 0)
    is_matrix = all(basis is STANDARD for basis in spectrum.bases)
    if is_matrix and offset == 0:
        values = as_samples(spectrum.eigenvalues, spectrum.dtype)
        if spectrum.active_indices is None:
            return Spectrum(
                (n,), spectrum.dtype, (STANDARD,), values, None, spectrum.fill_value, error=error
            )
        where, fill = spectrum.active_indices, spectrum.fill_value
        return compact((n,), spectrum.dtype, (STANDARD,), values, where, fill, error=error)
    if is_matrix:
        zeros = constant(zero_of(spectrum.dtype), (length,), spectrum.dtype)
        return zeros if error is None else zeros.replace(error=ErrorBound(error.absolute, 0.0))
    if error is not None or not length or not is_constant or not spectrum.is_operator:
        return None
    # A circulant matrix has one element along each diagonal.
    first = linear_position((max(0, -offset), max(0, offset)), spectrum.shape)
    return constant(spectrum.item(first), (length,), spectrum.dtype)


def diagonal(spectrum: Spectrum, offset: int, axis1: int, axis2: int) -> Spectrum:
    """Return the elements along a diagonal of two axes, as a new last axis.

    Parameters
    ----------
    offset : int
    axis1, axis2 : int
        Different, and not negative.

    Notes
    -----
    O(k); of an operator in the Fourier basis a constant, in the Walsh basis its main diagonal.
    """
    if spectrum.diagonal:
        known = _diagonal_of_operator(spectrum, offset if axis1 == 0 else -offset)
        if known is not None:
            return known
    spectrum = localised(spectrum, (axis1, axis2))
    shape = spectrum.shape
    others = [axis for axis in range(len(shape)) if axis not in (axis1, axis2)]
    length = _diagonal_length(shape[axis1], shape[axis2], offset)
    out_shape = (*(shape[axis] for axis in others), length)
    bases = (*(spectrum.bases[axis] for axis in others), STANDARD)
    values = spectrum.eigenvalues
    if spectrum.active_indices is None:
        values = values.reshape(shape).diagonal(offset, axis1, axis2).flatten()
        error = spectrum.error
        if error is not None:
            error = bounded(values, spectrum.fill_value, error.absolute)
        return spectrum.replace(shape=out_shape, bases=bases, eigenvalues=values, error=error)
    along = spectrum.coordinates()
    keep = np.flatnonzero(_below(along[axis1], along[axis2]) == offset)
    here = along[axis1][keep] - max(0, -offset)
    kept = (*(along[axis][keep] for axis in others), here)
    indices = linear(kept, out_shape)
    out = spectrum.replace(bases=bases)
    return rearranged(out, out_shape, indices, values[keep])


def _below(rows: Array, columns: Array) -> Array:
    """Tell which diagonal each position is on."""
    return columns.astype(np.int64, copy=False) - rows


def diagonal_matrix(spectrum: Spectrum, k: int) -> Spectrum:
    """Return the matrix with a 1-D array on its k-th diagonal, zeros elsewhere.

    An operator, diagonal in the standard basis, where the matrix has too many elements for any
    other form.

    O(k) for an array with fill value 0, else O(n). Raises ValueError for k other than 0 and more
    than 2**63 - 1 elements; MaterializationError where the elements are not zero but for some, and
    over the memory budget.
    """
    spectrum = localised(spectrum, [0])
    dtype, (n,) = spectrum.dtype, spectrum.shape
    zero = zero_of(dtype)
    if k == 0 and (n * n > MAX_SIZE or (spectrum.fill_value and not fits_budget(n * 16))):
        bases = (STANDARD, STANDARD)
        return spectrum.replace(shape=(n, n), bases=bases, diagonal=True)
    side = n + abs(k)
    is_zero = fills_alike(spectrum.fill_value, zero) is not None
    pays = is_zero and pays_sparse(spectrum.nactive, side * side, dtype)
    if not (pays or same_value(spectrum.fill_value, zero)):
        spectrum = spectrum.replace(
            eigenvalues=to_dense(spectrum), active_indices=None, fill_value=zero
        )
    bases, error = (STANDARD, STANDARD), spectrum.error
    values, along = spectrum.eigenvalues, spectrum.indices()
    require_size((side, side))
    indices = along.astype(np.int64) * (side + 1) + (max(0, -k) * side + max(0, k))
    return compact((side, side), dtype, bases, values, indices, zero, error=error)


def lower_count(rows: int, columns: int, k: int) -> int:
    """Tell how many positions of a matrix lie on its k-th diagonal and below. O(1)."""
    # Row i has i + k + 1 of them, at least none and at most all.
    first = min(max(0, -k), rows)
    full = min(max(first, columns - k - 1), rows)
    partial = full - first
    return partial * (first + k + 1) + partial * (partial - 1) // 2 + (rows - full) * columns


def _lower(rows: int, columns: int, k: int) -> Array:
    """Return the positions on the k-th diagonal and below, sorted."""
    first = min(max(0, -k), rows)
    row = np.arange(first, rows, dtype=np.int64)
    counts = np.minimum(row + (k + 1), columns)
    return np.repeat(row * columns, counts) + ordinals(counts)


def _upper(rows: int, columns: int, k: int) -> Array:
    """Return the positions above the k-th diagonal, sorted."""
    row = np.arange(max(0, min(rows, columns - k - 1)), dtype=np.int64)
    starts = np.maximum(row + (k + 1), 0)
    counts = columns - starts
    return np.repeat(row * columns + starts, counts) + ordinals(counts)


def _in_every_matrix(positions: Array, shape: tuple[int, ...]) -> Array:
    size, count = shape[-2] * shape[-1], prod(shape[:-2])
    return (np.arange(count, dtype=np.int64)[:, None] * size + positions).reshape(-1)


def triangle(spectrum: Spectrum, k: int, lower: bool) -> Spectrum:
    """Return the array with zeros above (or below) the k-th diagonal of its last two axes.

    O(k) where the fill value is 0. Else the inactive elements of the smaller triangle become
    active. Raises MaterializationError where the fill value is not 0, and neither triangle fits the
    memory budget.
    """
    is_matrix = spectrum.diagonal and all(basis is STANDARD for basis in spectrum.bases)
    if is_matrix and (k >= 0 if lower else k <= 0):
        return spectrum
    shape = spectrum.shape
    ndim = len(shape)
    spectrum = localised(spectrum, (ndim - 2, ndim - 1))
    # As that of `where`, the result is native.
    spectrum = native(spectrum)
    values, zero = spectrum.eigenvalues, zero_of(spectrum.dtype)
    if spectrum.active_indices is None:
        cut = np.tril if lower else np.triu
        out = cut(values.reshape(shape), k).reshape(-1)
        error = spectrum.error
        if error is not None:
            error = bounded(out, zero, error.absolute)
        return spectrum.replace(eigenvalues=out, fill_value=zero, error=error)
    *_, rows, columns = spectrum.coordinates()
    inside = _below(rows, columns) <= k if lower else _below(rows, columns) >= k
    indices, values = spectrum.active_indices[inside], values[inside]
    if same_value(spectrum.fill_value, zero):
        return rearranged(spectrum, shape, indices, values)
    is_zero = fills_alike(spectrum.fill_value, zero) is not None
    if is_zero and pays_sparse(indices.size, spectrum.size, spectrum.dtype):
        split = k if lower else k - 1
        below = lower_count(shape[-2], shape[-1], split) * prod(shape[:-2])
        if below == (spectrum.size if lower else 0):
            return spectrum  # nothing is cut off
        return rearranged(spectrum.replace(fill_value=zero), shape, indices, values)
    return _filled_triangle(spectrum, k, lower, indices, values)


def _filled_triangle(
    spectrum: Spectrum, k: int, lower: bool, indices: Array, values: Array
) -> Spectrum:
    """Return a triangle of an array whose fill value is not 0, from its coefficients there."""
    shape, dtype, fill = spectrum.shape, spectrum.dtype, spectrum.fill_value
    zero = zero_of(dtype)
    split = k if lower else k - 1
    matrices = prod(shape[:-2])
    below = lower_count(shape[-2], shape[-1], split) * matrices
    count = below if lower else spectrum.size - below
    others = spectrum.size - count
    if not others:
        return spectrum
    fewer = min(count, others)
    if not pays_sparse(fewer, spectrum.size, dtype):
        return triangle(
            spectrum.replace(eigenvalues=to_dense(spectrum).reshape(-1), active_indices=None),
            k,
            lower,
        )
    require_budget(fewer * (32 + dtype.itemsize), _INSTEAD)
    find = _lower if lower == (count == fewer) else _upper
    where = _in_every_matrix(find(shape[-2], shape[-1], split), shape)
    if count == fewer:
        elements = np.full(where.size, fill, dtype)
        elements[where.searchsorted(indices)] = values
        return _exact(spectrum, where, elements, zero)
    # Both are sorted, and have no position in common.
    where = np.append(indices.astype(np.int64), where)
    elements = np.zeros(where.size, dtype)
    elements[: values.size] = values
    order = np.argsort(where, kind="stable")
    return _exact(spectrum, where[order], elements[order], fill)


def _exact(spectrum: Spectrum, indices: Array, values: Array, fill: Scalar) -> Spectrum:
    error = spectrum.error
    if error is not None:
        error = bounded(values, fill, error.absolute)
    return compact(
        spectrum.shape, spectrum.dtype, spectrum.bases, values, indices, fill, error=error
    )
