"""Products where one array is diagonal in some bases: eigenvalue by eigenvalue."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, zero_of
from ..ops.align import aligned
from ..ops.basis_change import (
    along_diagonal,
    as_samples,
    coefficient_dtype,
    l2_norm,
    scalar_operator,
    to_bases,
    to_common_basis,
)
from ..ops.bounds import bounded, rounds
from ..ops.linear import in_one_space
from ..sources.half_spectrum import in_bases
from .sparse_product import are_finite


def product_bound(a: Spectrum, x: Spectrum, out: Spectrum) -> Spectrum:
    """Return a product with the bound of its error: |A| |dx| + |dA| |x| + |dA| |dx|. O(k)."""
    if a.error is None and x.error is None:
        return out
    da = a.absolute_error
    dx = x.absolute_error
    gain_a, gain_x = _gain(a), _gain(x)
    absolute = da * dx
    absolute += gain_a * dx if dx else 0.0
    absolute += da * gain_x if da else 0.0
    # Each sum rounds as many products as there are along the axis, or stored.
    terms = min(float(a.shape[-1]), float(min(a.nactive, x.nactive) + 1))
    return bounded(out, absolute + terms * rounds(out, gain_a * gain_x))


def _gain(a: Spectrum) -> float:
    """Return a bound on how much longer a product may be: the operator norm, or the L2 norm."""
    if not a.diagonal:
        return l2_norm(a)
    inactive = float(abs(a.fill_value)) if a.nactive < a.space else 0.0
    return float(np.abs(a.eigenvalues).max(initial=inactive))


#: Indices, values there, and the value at all others.
_Entries = tuple[Array, Array, Any]


def _times_eigenvalues(a: Spectrum, x: Spectrum, axis: int) -> _Entries:
    """Return the coefficients of x times the eigenvalues of a at their indices along an axis.

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
        found, kept = kernels.merge_sorted.intersection(a.active_indices, indices)
    else:
        along = x.coordinates()[axis].astype(a.active_indices.dtype)
        found = a.active_indices.searchsorted(along)
        found[found == a.nactive] = 0
        kept = a.active_indices[found] == along
        found = found[kept]
    return indices[kept], a.eigenvalues[found] * x.eigenvalues[kept], 0


def _as_diagonal(x: Spectrum) -> Spectrum:
    """Return the diagonal matrix of a vector."""
    return x.replace(shape=x.shape * 2, bases=x.bases * 2, diagonal=True)


def _applied(a: Spectrum, x: Spectrum, axis: int, left: bool, dtype: np.dtype[Any]) -> Spectrum:
    """Multiply a diagonal array and x, along an axis of x whose basis meets its own."""
    new = a.bases[0] if left else a.bases[1]
    bases = (*x.bases[:axis], new, *x.bases[axis + 1 :])
    indices, values, fill = _times_eigenvalues(a, x, axis)
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, dtype)
    values = values.astype(coefficient_dtype(bases, dtype), copy=False)
    fill = as_samples(np.asarray(fill), dtype)[()]
    out = compact(x.shape, dtype, bases, values, indices, dtype.type(fill), x.diagonal)
    return product_bound(a, x, out)


def _zeros(x: Spectrum, dtype: np.dtype[Any]) -> Spectrum:
    none, values = np.zeros(0, np.int64), np.zeros(0, coefficient_dtype(x.bases, dtype))
    return compact(x.shape, dtype, x.bases, values, none, zero_of(dtype), x.diagonal)


def diagonal_product(a: Spectrum, b: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
    """Return ``a @ b`` where one is diagonal, in its bases; None where there is no such answer.

    In the bases of the other again, if the one is an operator.
    """
    left = a.diagonal
    diagonal, x = (a, b) if left else (b, a)
    if not diagonal.diagonal or len(x.shape) > 2 or dtype.kind == "b":
        return None
    fills = np.asarray(a.fill_value), np.asarray(b.fill_value)
    if not are_finite(a.eigenvalues, b.eigenvalues, *fills):
        return None
    if x.diagonal:
        diagonal, x = in_one_space(diagonal, x)
    # (B1 D B2^T) X meets an X in conj(B2), X (B1 D B2^T) one in conj(B1): B^T conj(B) = 1.
    axis = 0 if left else len(x.shape) - 1
    meeting = diagonal.bases[1 if left else 0].conjugate
    if x.bases[axis] != meeting and not diagonal.nactive and diagonal.is_operator:
        meeting = x.bases[axis]
        diagonal = scalar_operator(diagonal, meeting if left else meeting.conjugate)
    if x.fill_value != 0 and not x.diagonal and not (len(x.shape) == 1 and _is_matrix(diagonal)):
        return None
    if any(not x.nactive and x.fill_value == 0 for x in (a, b)):
        return product_bound(a, b, _zeros(x, dtype))
    if x.bases[axis] != meeting:
        if x.diagonal:
            return None
        halved = _of_half(diagonal, x, dtype) if left and x.active_indices is None else None
        if halved is not None:
            return halved
        out = _applied(diagonal, to_common_basis(x, axis, meeting), axis, left, dtype)
        out = to_bases(out, x.bases) if diagonal.is_operator else out
    else:
        out = _applied(diagonal, x, axis, left, dtype)
    # An operator and an array of integers have integer products, if it is in the standard basis.
    return out if out.dtype == dtype else None


def _of_half(diagonal: Spectrum, x: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
    """Return a real operator times real data, by half of the spectrum; None where that is not."""
    if not diagonal.is_operator or not diagonal.bases[0].is_halved or dtype.kind != "f":
        return None
    half = in_bases(x, (diagonal.bases[0], *x.bases[1:]))
    out = half.rmatmul(diagonal, dtype)
    return None if out is None else in_bases(out, x.bases).settle()


def _is_matrix(spectrum: Spectrum) -> bool:
    """Whether the eigenvalues of a diagonal array are its elements."""
    return all(basis is STANDARD for basis in spectrum.bases)
