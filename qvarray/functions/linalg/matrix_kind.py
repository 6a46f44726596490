"""What the rules of ``numpy.linalg`` share: which kind of matrix an array is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD, Basis
from ...core.runs import distinct
from ...core.spectrum import Spectrum, compact
from ...core.values import Array, all_finite
from ...ops.basis_change import as_samples, coefficient_dtype
from ...sources.diagonal_operator import Symbol
from ..common import Operand, bound_of


def kind_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return what numpy.linalg computes in; raise TypeError for what it does not take."""
    return np.linalg.inv(np.ones((1, 1), dtype)).dtype


def real_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype of absolute values."""
    real: np.dtype[Any] = dtype.type(0).real.dtype
    return real


def is_matrix(a: Operand) -> TypeGuard[VirtualQArray]:
    """Tell whether an argument is one of our arrays, of two axes."""
    return isinstance(a, VirtualQArray) and a.ndim == 2


def symbol_of(a: Operand) -> Symbol | None:
    """Return the source of an operator of eigenvalues by index; None for any other array."""
    source = a.source if isinstance(a, VirtualQArray) else None
    return source if isinstance(source, Symbol) else None


def _spectrum_in(a: Operand) -> Spectrum | None:
    """Return the coefficients of an array that has some."""
    return a.source.express().stored if isinstance(a, VirtualQArray) else None


def is_finite(spectrum: Spectrum) -> bool:
    """Tell whether all coefficients are finite. O(k)."""
    fill = spectrum.fill_value
    return all_finite(spectrum.eigenvalues) and (not fill or bool(np.isfinite(fill)))


def diagonal_of(a: Operand) -> Spectrum | None:
    """Return the spectrum of a diagonal array of finite eigenvalues; None for any other array."""
    spectrum = _spectrum_in(a)
    if spectrum is None or not spectrum.diagonal or not is_finite(spectrum):
        return None
    return spectrum


def operator_of(a: Operand) -> Spectrum | None:
    """Return the spectrum of an operator of finite eigenvalues; None for any other array."""
    spectrum = diagonal_of(a)
    return None if spectrum is None or not spectrum.is_operator else spectrum


def sparse_matrix_of(a: Operand) -> Spectrum | None:
    """Return the spectrum of a sparse matrix of finite elements; None for any other array."""
    spectrum = _spectrum_in(a)
    if spectrum is None or not spectrum.is_standard or len(spectrum.shape) != 2:
        return None
    if spectrum.active_indices is None or spectrum.fill_value or not is_finite(spectrum):
        return None
    return spectrum


def missing(spectrum: Spectrum) -> int:
    """Return how many eigenvalues of a diagonal array are its fill value."""
    return spectrum.space - spectrum.nactive


def is_singular(a: Operand) -> bool:
    """Tell whether some eigenvalue, or some row or column of a square matrix, is 0."""
    spectrum = diagonal_of(a)
    if spectrum is not None:
        zeros = spectrum.nactive - int(np.count_nonzero(spectrum.eigenvalues))
        return zeros > 0 or (missing(spectrum) > 0 and not spectrum.fill_value)
    spectrum = sparse_matrix_of(a)
    if spectrum is None or spectrum.shape[0] != spectrum.shape[1]:
        return False
    n = spectrum.shape[0]
    if np.count_nonzero(spectrum.eigenvalues) < n:
        return True
    rows, columns = spectrum.coordinates()
    active = spectrum.eigenvalues != 0
    return min(distinct(rows[active]).size, distinct(columns[active]).size) < n


def mapped(
    spectrum: Spectrum,
    function: Callable[[Array], Array],
    dtype: np.dtype[Any],
    bases: tuple[Basis, ...] | None = None,
) -> VirtualQArray:
    """Apply a function to the eigenvalues of a diagonal array; the error has no bound. O(k)."""
    bases = spectrum.bases if bases is None else bases
    kind = coefficient_dtype(bases, dtype)
    before = spectrum.eigenvalues
    if missing(spectrum):
        before = np.append(before, before.dtype.type(spectrum.fill_value))
    values = function(before.astype(np.result_type(before, kind), copy=False))
    fill = dtype.type(0)
    if missing(spectrum):
        fill = as_samples(values[-1:], dtype)[0]
        values = values[:-1]
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, dtype)
    values, indices = values.astype(kind, copy=False), spectrum.indices()
    error = bound_of(spectrum)
    return VirtualQArray(
        compact(spectrum.shape, dtype, bases, values, indices, fill, diagonal=True, error=error)
    )
