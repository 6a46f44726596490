"""Spectra made of values and where they are: `compact`, `whole`, `constant`."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis
from .error_bound import ErrorBound
from .source import Spectrum, implements
from .values import (
    MAX_SIZE,
    Array,
    all_finite,
    index_dtype,
    require_size,
    stores_all,
    zero_of,
)

__all__ = [
    "CoefficientOverflowError",
    "Spectrum",
    "compact",
    "constant",
    "require_finite",
    "whole",
]


class CoefficientOverflowError(OverflowError):
    """Coefficients that are infinite or NaN would make elements so that are not."""


def require_finite(coefficients: Array, bases: tuple[Basis, ...]) -> None:
    """Raise `CoefficientOverflowError` for those, in bases not all standard, not finite. O(k)."""
    if not all_finite(coefficients):
        names = ", ".join(str(basis) for basis in dict.fromkeys(bases))
        raise CoefficientOverflowError(
            f"coefficients in basis {names} overflow {coefficients.dtype}; scale the array, or use "
            "to_basis('standard') first"
        )


def compact(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    bases: tuple[Basis, ...],
    eigenvalues: Array,
    active_indices: Array,
    fill_value: Any,
    diagonal: bool = False,
    error: ErrorBound | None = None,
    dropped: bool = False,
) -> Spectrum:
    """Return a Spectrum in its smaller form, from sorted and unique indices of any integer type.

    Coefficients that say no more than the fill value, or 0 where that is none, are dropped unless
    the caller has `dropped` them; where indices would cost more than they save, every position is
    stored. O(k).

    Raises CoefficientOverflowError where coefficients in another basis than the standard one are
    infinite or NaN: they would make elements so that are not.
    """
    space = shape[0] if diagonal else prod(shape)
    blank = fill_value
    if bases.count(STANDARD) != len(bases):
        require_finite(eigenvalues, bases)
        blank = fill_value if diagonal else 0
    wanted = index_dtype(space)
    if active_indices.dtype is not wanted:
        active_indices = active_indices.astype(wanted, copy=False)
    if not dropped:
        active_indices, eigenvalues = kernels.merge_sorted.drop(active_indices, eigenvalues, blank)
    # Not `pays_sparse`, whose call is 3 % of the time that two arrays of 20 numbers take to add.
    if eigenvalues.nbytes + active_indices.nbytes >= space * eigenvalues.itemsize:
        if eigenvalues.size != space:
            dense = np.empty(space, eigenvalues.dtype)
            dense.fill(blank)
            dense[active_indices] = eigenvalues
            eigenvalues = dense
        if diagonal:
            fill_value = zero_of(dtype)  # of no position
        return Spectrum(shape, dtype, bases, eigenvalues, None, fill_value, diagonal, error)
    return Spectrum(shape, dtype, bases, eigenvalues, active_indices, fill_value, diagonal, error)


def whole(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    bases: tuple[Basis, ...],
    eigenvalues: Array,
    error: ErrorBound | None = None,
) -> Spectrum:
    """Return a Spectrum in its smaller form, from a coefficient for every position. O(N)."""
    where = None
    if not stores_all(eigenvalues, eigenvalues.size):
        where = np.flatnonzero(eigenvalues != 0).astype(index_dtype(eigenvalues.size))
        eigenvalues = eigenvalues[where]
    return Spectrum(shape, dtype, bases, eigenvalues, where, zero_of(dtype), error=error)


def constant(value: Any, shape: tuple[int, ...], dtype: np.dtype[Any] | None = None) -> Spectrum:
    """Return an array of one value, with nothing active; of its dtype by default. O(1)."""
    require_size(shape)
    element = np.asarray(value, dtype)
    none = np.empty(0, element.dtype)
    indices = np.empty(0, index_dtype(prod(shape)))
    return Spectrum(shape, element.dtype, (STANDARD,) * len(shape), none, indices, element[()])


@implements(Spectrum)
def check(spectrum: Spectrum) -> None:
    """Raise AssertionError where an invariant is broken. O(k)."""
    values, indices, space = spectrum.eigenvalues, spectrum.active_indices, spectrum.space
    assert isinstance(spectrum.shape, tuple)
    assert all(type(n) is int and n >= 0 for n in spectrum.shape)
    assert spectrum.diagonal or spectrum.size <= MAX_SIZE
    assert space <= MAX_SIZE
    assert len(spectrum.bases) == len(spectrum.shape)
    assert values.ndim == 1
    for basis, n in zip(spectrum.bases, spectrum.shape, strict=True):
        basis.check_length(n)
    assert isinstance(spectrum.fill_value, np.generic)
    assert spectrum.fill_value.dtype == spectrum.dtype.newbyteorder("=")
    if spectrum.diagonal:
        assert len(spectrum.shape) == 2
        assert spectrum.shape[0] == spectrum.shape[1]
        assert indices is not None or not spectrum.fill_value
    if spectrum.is_standard:
        assert values.dtype == spectrum.dtype
    else:
        assert spectrum.diagonal or (not spectrum.fill_value and spectrum.dtype.kind in "fc")
    if indices is None:
        assert values.size == space
    else:
        assert indices.dtype == index_dtype(space)
        assert indices.shape == values.shape
        assert bool(np.all(indices[1:] > indices[:-1]))
        assert indices.size == 0 or (indices[0] >= 0 and indices[-1] < space)
