"""What the rules of ``numpy.linalg`` share: which kind of matrix an array is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD, Basis
from ...core.error_bound import ErrorBound
from ...core.spectrum import Spectrum, compact
from ...core.values import Array
from ...ops.basis_change import as_samples, coefficient_dtype
from ...sources.diagonal_operator import Symbol

__all__ = [
    "bound_of",
    "diagonal_of",
    "is_singular",
    "kind_of",
    "mapped",
    "missing",
    "operator_of",
    "real_of",
    "sparse_matrix_of",
    "symbol_of",
]


def kind_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """What numpy.linalg computes in; TypeError for what it does not take."""
    return np.linalg.inv(np.ones((1, 1), dtype)).dtype


def real_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype of absolute values."""
    real: np.dtype[Any] = dtype.type(0).real.dtype
    return real


def symbol_of(a: Any) -> Symbol | None:
    """The source of an operator of eigenvalues by index; None for any other array."""
    source = a.source if isinstance(a, VirtualQArray) else None
    return source if isinstance(source, Symbol) else None


def diagonal_of(a: Any) -> Spectrum | None:
    """The spectrum of a diagonal array of finite eigenvalues; None for any other array."""
    source = a.source.express() if isinstance(a, VirtualQArray) else None
    if not isinstance(source, Spectrum) or not source.diagonal:
        return None
    finite = np.isfinite(source.eigenvalues).all() and np.isfinite(source.fill_value)
    return source if bool(finite) else None


def operator_of(a: Any) -> Spectrum | None:
    """The spectrum of an operator of finite eigenvalues; None for any other array."""
    spectrum = diagonal_of(a)
    return None if spectrum is None or not spectrum.is_operator else spectrum


def sparse_matrix_of(a: Any) -> Spectrum | None:
    """The spectrum of a sparse matrix of finite elements; None for any other array."""
    source = a.source.express() if isinstance(a, VirtualQArray) else None
    if not isinstance(source, Spectrum) or not source.is_standard or len(source.shape) != 2:
        return None
    if source.active_indices is None or source.fill_value != 0:
        return None
    return source if bool(np.isfinite(source.eigenvalues).all()) else None


def missing(spectrum: Spectrum) -> int:
    """How many eigenvalues of a diagonal array are its fill value."""
    return spectrum.space - spectrum.nactive


def is_singular(a: Any) -> bool:
    """Whether some eigenvalue, or some row or column of a square matrix, is nothing but 0."""
    spectrum = diagonal_of(a)
    if spectrum is not None:
        zeros = spectrum.nactive - int(np.count_nonzero(spectrum.eigenvalues))
        return zeros > 0 or (missing(spectrum) > 0 and spectrum.fill_value == 0)
    spectrum = sparse_matrix_of(a)
    if spectrum is None or spectrum.shape[0] != spectrum.shape[1]:
        return False
    n = spectrum.shape[0]
    if np.count_nonzero(spectrum.eigenvalues) < n:
        return True
    rows, columns = spectrum.coordinates()
    active = spectrum.eigenvalues != 0
    return min(np.unique(rows[active]).size, np.unique(columns[active]).size) < n


def bound_of(spectrum: Spectrum) -> ErrorBound | None:
    """The bound of a result about which nothing is known but whether its argument was exact."""
    return None if spectrum.error is None else ErrorBound.unknown()


def mapped(
    spectrum: Spectrum,
    function: Callable[[Array], Array],
    dtype: np.dtype[Any],
    bases: tuple[Basis, ...] | None = None,
) -> VirtualQArray:
    """A diagonal array with what `function` makes of the eigenvalues, whose error has no bound.

    O(k).
    """
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
    return VirtualQArray(
        compact(
            spectrum.shape,
            dtype,
            bases,
            values.astype(kind, copy=False),
            spectrum.indices(),
            fill,
            diagonal=True,
            error=bound_of(spectrum),
        )
    )
