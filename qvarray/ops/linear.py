"""Linear operations on spectra, closed in any basis."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..bases import STANDARD
from ..core.error_bound import ErrorBound
from ..core.source import implements
from ..core.spectrum import Spectrum, compact
from ..core.values import Array
from .align import aligned
from .basis_change import (
    as_samples,
    coefficient_dtype,
    gather_sums,
    l2_norm,
    linear,
    norm,
    off_diagonal,
    scalar_operator,
    sparse,
    to_dense,
)

__all__ = [
    "cast",
    "combine",
    "conjugate",
    "constant_like",
    "have_same_space",
    "imaginary_part",
    "in_one_space",
    "map_values",
    "real_part",
]


def in_one_space(a: Spectrum, b: Spectrum) -> tuple[Spectrum, Spectrum]:
    """The two, where one is a multiple of the identity as an operator in the other's basis."""
    if a.bases != b.bases and a.shape == b.shape and a.is_operator and b.is_operator:
        if not b.nactive:
            b = scalar_operator(b, a.bases[0])
        elif not a.nactive:
            a = scalar_operator(a, b.bases[0])
    return a, b


def have_same_space(a: Spectrum, b: Spectrum) -> bool:
    """Whether two arrays are coefficients of the same functions."""
    return a.shape == b.shape and a.bases == b.bases and a.diagonal == b.diagonal


def map_values(spectrum: Spectrum, apply: Callable[[Array], Array]) -> Spectrum:
    """Apply a function that is linear over the reals to an array by its coefficients. O(k)."""
    dtype = apply(np.empty(0, spectrum.dtype)).dtype
    before, fill = spectrum.eigenvalues, dtype.type(0)
    if spectrum.diagonal and spectrum.active_indices is not None:
        fill = as_samples(apply(np.array([spectrum.fill_value])), dtype)[0]
    values = apply(before).astype(coefficient_dtype(spectrum.bases, dtype), copy=False)
    error = spectrum.error
    out = _rebuilt(spectrum, dtype, spectrum.active_indices, values, error, fill)
    if error is not None:
        old = l2_norm(spectrum)
        error = error.scaled(l2_norm(out) / old) if old else error
        out = out.replace(error=error)
    return out


def _rebuilt(
    like: Spectrum,
    dtype: np.dtype[Any],
    indices: Array | None,
    values: Array,
    error: ErrorBound | None,
    fill: Any = 0,
) -> Spectrum:
    """Other coefficients in the bases of `like`."""
    shape, bases = like.shape, like.bases
    if indices is None:
        return Spectrum(shape, dtype, bases, values, None, dtype.type(0), like.diagonal, error)
    return compact(shape, dtype, bases, values, indices, dtype.type(fill), like.diagonal, error)


def combine(ufunc: np.ufunc, a: Spectrum, b: Spectrum) -> Spectrum:
    """The sum or difference of two arrays of one coefficient space. O(ka + kb)."""
    dtype = ufunc(np.empty(0, a.dtype), np.empty(0, b.dtype)).dtype
    indices, va, vb, has_fill = aligned(a, b)
    values = ufunc(va, vb)
    fill = dtype.type(0)
    if has_fill:
        fill = as_samples(values[-1:], dtype)[0]
        values = values[:-1]
    values = values.astype(coefficient_dtype(a.bases, dtype), copy=False)
    out = _rebuilt(a, dtype, indices, values, None, fill)
    if a.error is not None or b.error is not None:
        absolute = sum(one.error.absolute for one in (a, b) if one.error is not None)
        out = out.replace(error=ErrorBound(absolute, max(0.0, l2_norm(out) - absolute)))
    return out


def constant_like(like: Spectrum, value: Any) -> Spectrum | None:
    """A constant in the bases of another array. O(k).

    None for what is not finite, for an axis in the standard basis, which has no constant
    function, and where it would need far more coefficients than that array has.
    """
    if like.diagonal or STANDARD in like.bases or not like.size or not np.isfinite(value):
        return None
    most = 16 * like.nactive + 1024
    axes = [basis.constants(n, most) for basis, n in zip(like.bases, like.shape, strict=True)]
    if any(one is None for one in axes) or prod(one.size for one in axes if one is not None) > most:
        return None
    # Python scalars are of no more precision than the array that they are added to.
    dtype = np.result_type(np.empty(0, like.dtype), value)
    kind = coefficient_dtype(like.bases, dtype)
    values, indices = np.asarray(value, dtype).astype(kind).reshape(1), np.zeros(1, np.int64)
    for basis, n, some in zip(like.bases, like.shape, axes, strict=True):
        assert some is not None
        heights = basis.sums(n, some, values.real.dtype)
        values = np.multiply.outer(values, heights).ravel()
        indices = np.add.outer(indices * n, some).ravel()
    return compact(like.shape, dtype, like.bases, values, indices, dtype.type(0))


@implements(Spectrum)
def conjugate(spectrum: Spectrum) -> Spectrum:
    """The complex conjugate. O(k)."""
    if spectrum.dtype.kind != "c":
        return spectrum
    if not any(basis.is_complex for basis in spectrum.bases):
        return spectrum.replace(
            eigenvalues=np.conjugate(spectrum.eigenvalues),
            fill_value=np.conjugate(spectrum.fill_value),
        )
    fill = np.conjugate(spectrum.fill_value)
    if spectrum.diagonal and not spectrum.is_operator:
        return spectrum.replace(
            bases=tuple(basis.conjugate for basis in spectrum.bases),
            eigenvalues=np.conjugate(spectrum.eigenvalues),
            fill_value=fill,
        )
    along = [
        basis.reflect(n, index)
        for basis, n, index in zip(
            spectrum.bases, spectrum.shape, spectrum.coordinates(), strict=True
        )
    ]
    # Along a diagonal both indices are one.
    axes = slice(0, 1 if spectrum.diagonal else None)
    indices = linear(tuple(along[axes]), spectrum.shape[axes])
    indices, values = gather_sums(indices, np.conjugate(spectrum.eigenvalues))
    return _rebuilt(spectrum, spectrum.dtype, indices, values, spectrum.error, fill)


def real_part(spectrum: Spectrum) -> Spectrum:
    """The real part. O(k)."""
    return _component(spectrum, np.add, np.real, 0.5)


def imaginary_part(spectrum: Spectrum) -> Spectrum:
    """The imaginary part; zeros for a real array. O(k)."""
    return _component(spectrum, np.subtract, np.imag, -0.5j)


def _component(
    spectrum: Spectrum, sign: np.ufunc, part: Callable[[Any], Any], half: complex
) -> Spectrum:
    dtype = np.empty(0, spectrum.dtype).real.dtype
    fill = dtype.type(part(spectrum.fill_value))
    if spectrum.dtype.kind == "c" and any(basis.is_complex for basis in spectrum.bases):
        if spectrum.diagonal and not spectrum.is_operator:
            spectrum = off_diagonal(spectrum)
            fill = dtype.type(0)
        # (x + conj(x)) / 2 or (x - conj(x)) / 2j, whose spectrum is Hermitian.
        both = combine(sign, spectrum, conjugate(spectrum))
        values = both.eigenvalues * half
        return _rebuilt(both, dtype, both.active_indices, values, both.error, fill)
    values = np.ascontiguousarray(part(spectrum.eigenvalues))
    if spectrum.dtype.kind != "c" and part is np.imag:
        values = np.zeros_like(spectrum.eigenvalues)
    if spectrum.active_indices is None:
        return spectrum.replace(dtype=dtype, fill_value=fill, eigenvalues=values)
    return compact(
        spectrum.shape,
        dtype,
        spectrum.bases,
        values,
        spectrum.active_indices,
        fill,
        spectrum.diagonal,
        spectrum.error,
    )


def cast(spectrum: Spectrum, dtype: np.dtype[Any], casting: Any) -> Spectrum:
    """The array with elements of another dtype. O(k) unless a spectral array loses its floats.

    Raises
    ------
    TypeError
        As ``ndarray.astype``, where `casting` forbids it.
    """
    if dtype == spectrum.dtype:
        return spectrum
    if spectrum.is_standard or (spectrum.diagonal and _all_standard(spectrum)):
        fill = np.asarray(spectrum.fill_value)
        values = spectrum.eigenvalues
        with_fill = values if spectrum.active_indices is None else np.append(values, fill)
        cast_values = with_fill.astype(dtype, casting=casting)
        indices = spectrum.active_indices
        if indices is None:
            return spectrum.replace(dtype=dtype, eigenvalues=cast_values, fill_value=dtype.type(0))
        return compact(
            spectrum.shape,
            dtype,
            spectrum.bases,
            cast_values[:-1],
            indices,
            cast_values[-1],
            spectrum.diagonal,
            spectrum.error,
        )
    np.empty(0, spectrum.dtype).astype(dtype, casting=casting)
    if dtype.kind not in "fc":
        return sparse(to_dense(spectrum).astype(dtype, casting=casting))
    if spectrum.dtype.kind == "c" and dtype.kind == "f":
        warnings.warn(
            "Casting complex values to real discards the imaginary part",
            np.exceptions.ComplexWarning,
            stacklevel=3,
        )
        spectrum = real_part(spectrum)
    values = spectrum.eigenvalues.astype(coefficient_dtype(spectrum.bases, dtype))
    fill = dtype.type(spectrum.fill_value)
    missing = float(spectrum.space - spectrum.nactive)
    lost = float(
        np.hypot(
            norm(values - spectrum.eigenvalues), abs(fill - spectrum.fill_value) * missing**0.5
        )
    )
    error = spectrum.error
    if lost:
        size = l2_norm(spectrum)
        old = error or ErrorBound(0.0, size)
        error = ErrorBound(old.absolute + lost, old.reference)
    return spectrum.replace(dtype=dtype, fill_value=fill, eigenvalues=values, error=error)


def _all_standard(spectrum: Spectrum) -> bool:
    return all(basis is STANDARD for basis in spectrum.bases)
