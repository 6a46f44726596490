"""Sums, parts, conjugates and casts of spectra: what is linear, and closed in any basis."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..bases import all_standard
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.source import implements
from ..core.spectrum import Spectrum, compact, require_finite
from ..core.values import Array, Casting, Scalar, index_dtype, scalar_of, zero_of
from .align import aligned
from .basis_change import (
    as_samples,
    coefficient_dtype,
    constant_functions,
    gather_sums,
    linear,
    norm,
    off_diagonal,
    scalar_operator,
    sparse,
    to_dense,
)
from .bounds import bounded, rescaled


def in_one_space(a: Spectrum, b: Spectrum) -> tuple[Spectrum, Spectrum]:
    """Return both; a multiple of the identity as an operator in the basis of the other."""
    if a.bases != b.bases and a.shape == b.shape and a.is_operator and b.is_operator:
        if not b.nactive:
            b = scalar_operator(b, a.bases[0])
        elif not a.nactive:
            a = scalar_operator(a, b.bases[0])
    return a, b


def have_same_space(a: Spectrum, b: Spectrum) -> bool:
    """Tell whether two arrays are coefficients of the same functions."""
    return a.shape == b.shape and a.bases == b.bases and a.diagonal == b.diagonal


def map_values(spectrum: Spectrum, apply: Callable[[Array], Array]) -> Spectrum:
    """Apply a function that is linear over the reals to an array by its coefficients. O(k)."""
    dtype = apply(np.empty(0, spectrum.dtype)).dtype
    before, fill = spectrum.eigenvalues, zero_of(dtype)
    if spectrum.diagonal and spectrum.active_indices is not None:
        fill = as_samples(apply(np.array([spectrum.fill_value])), dtype)[0]
    values = apply(before).astype(coefficient_dtype(spectrum.bases, dtype), copy=False)
    error = spectrum.error
    out = _rebuilt(spectrum, dtype, spectrum.active_indices, values, error, fill)
    if error is not None:
        # What it makes of 1: a norm that is 0 says nothing of what it stands for.
        return rescaled(out, error, float(np.abs(apply(np.ones(1, before.dtype))[0])))
    return out


def _rebuilt(
    like: Spectrum,
    dtype: np.dtype[Any],
    indices: Array | None,
    values: Array,
    error: ErrorBound | None,
    fill: Scalar = 0,
) -> Spectrum:
    """Make an array of other coefficients in the bases of `like`."""
    shape, bases, fill = like.shape, like.bases, scalar_of(fill, dtype)
    if indices is None:
        if not all_standard(bases):
            require_finite(values, bases)
        return Spectrum(shape, dtype, bases, values, None, fill, like.diagonal, error)
    return compact(shape, dtype, bases, values, indices, fill, like.diagonal, error)


def combine(ufunc: np.ufunc, a: Spectrum, b: Spectrum) -> Spectrum:
    """Add or subtract two arrays of one coefficient space. O(ka + kb)."""
    dtype = ufunc(np.empty(0, a.dtype), np.empty(0, b.dtype)).dtype
    indices, va, vb, has_fill = aligned(a, b)
    values = ufunc(va, vb)
    fill = zero_of(dtype)
    if has_fill:
        fill = as_samples(values[-1:], dtype)[0]
        values = values[:-1]
    values = values.astype(coefficient_dtype(a.bases, dtype), copy=False)
    out = _rebuilt(a, dtype, indices, values, None, fill)
    if a.error is not None or b.error is not None:
        out = bounded(out, a.absolute_error + b.absolute_error)
    return out


def constant_like(like: Spectrum, value: Scalar) -> Spectrum | None:
    """Make a constant in the bases of another array. O(k).

    Returns None for what is not finite, for an axis in the standard basis, which has no constant
    function unless it has one position, and where it would need far more coefficients than that
    array has.
    """
    if like.diagonal or not like.size or not np.isfinite(value):
        return None
    most = 16 * like.nactive + 1024
    found = None
    pairs = zip(like.bases, like.shape, strict=True)
    if not any(basis.is_standard and n > 1 for basis, n in pairs):
        found = constant_functions(like.bases, like.shape, 1 << most.bit_length())
    if found is None or found[0].size > most:
        return None
    # Python scalars are of no more precision than the array that they are added to.
    dtype = np.result_type(np.empty(0, like.dtype), value)
    kind = coefficient_dtype(like.bases, dtype)
    indices, heights = found[0].copy(), found[1]
    values = np.asarray(value, dtype).astype(kind) * heights.astype(kind.type(0).real.dtype)
    return compact(like.shape, dtype, like.bases, values, indices, zero_of(dtype))


@implements(Spectrum)
def conjugate(spectrum: Spectrum) -> Spectrum:
    """Return the complex conjugate. O(k)."""
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
    indices, values = gather_sums(reflected(spectrum), np.conjugate(spectrum.eigenvalues))
    return _rebuilt(spectrum, spectrum.dtype, indices, values, spectrum.error, fill)


def reflected(spectrum: Spectrum) -> Array:
    """Return the indices of the conjugates of the functions of all coefficients. O(k)."""
    axes = zip(spectrum.bases, spectrum.shape, spectrum.coordinates(), strict=True)
    along = tuple(basis.reflect(n, index) for basis, n, index in axes)
    # Along a diagonal both indices are one.
    return linear(along[: len(spectrum.space_shape)], spectrum.space_shape)


def real_part(spectrum: Spectrum) -> Spectrum:
    """Return the real part. O(k)."""
    return _component(spectrum, np.add, np.real, 0.5)


def imaginary_part(spectrum: Spectrum) -> Spectrum:
    """Return the imaginary part; zeros for a real array. O(k)."""
    return _component(spectrum, np.subtract, np.imag, -0.5j)


def _component(
    spectrum: Spectrum, sign: np.ufunc, part: Callable[[Any], Any], half: complex
) -> Spectrum:
    dtype = np.empty(0, spectrum.dtype).real.dtype
    fill = dtype.type(part(spectrum.fill_value))
    if spectrum.dtype.kind == "c" and any(basis.is_complex for basis in spectrum.bases):
        if spectrum.diagonal and not spectrum.is_operator:
            spectrum = off_diagonal(spectrum)
            fill = zero_of(dtype)
        # (x + conj(x)) / 2 or (x - conj(x)) / 2j, whose spectrum is Hermitian.
        both = combine(sign, spectrum, conjugate(spectrum))
        values = both.eigenvalues * half
        return _part(spectrum, _rebuilt(both, dtype, both.active_indices, values, None, fill))
    if spectrum.dtype.kind != "c" and part is np.imag:
        # Nothing is stored, in whatever basis.
        none = np.zeros(0, index_dtype(spectrum.space))
        return spectrum.replace(
            eigenvalues=spectrum.eigenvalues[:0], active_indices=none, fill_value=zero_of(dtype)
        )
    values = np.ascontiguousarray(part(spectrum.eigenvalues))
    return _part(spectrum, _rebuilt(spectrum, dtype, spectrum.active_indices, values, None, fill))


def _part(whole: Spectrum, out: Spectrum) -> Spectrum:
    """Bound the error of a part of each element by that of the whole."""
    return out if whole.error is None else bounded(out, whole.error.absolute)


def _computed(spectrum: Spectrum) -> Spectrum:
    """Return all elements, in the standard basis."""
    out = sparse(to_dense(spectrum))
    return out if spectrum.error is None else bounded(out, spectrum.error.absolute)


def native(spectrum: Spectrum) -> Spectrum:
    """Return the elements in the byte order of the machine. O(k), O(1) if they are."""
    return cast(spectrum, spectrum.dtype.newbyteorder("="), "equiv")


def cast(spectrum: Spectrum, dtype: np.dtype[Any], casting: Casting) -> Spectrum:
    """Convert the elements to another dtype. O(k) unless a spectral array loses its floats.

    Raises TypeError as ``ndarray.astype``, where `casting` forbids it; ValueError for dates of a
    unit that are to be of none.
    """
    if dtype == spectrum.dtype:
        return spectrum
    if all_standard(spectrum.bases):
        fill = np.asarray(spectrum.fill_value)
        values = spectrum.eigenvalues
        require_budget(values.size * dtype.itemsize, "convert a part of it, or raise the budget")
        with_fill = values if spectrum.active_indices is None else np.append(values, fill)
        cast_values = with_fill.astype(dtype, casting=casting)
        if cast_values.dtype != dtype:
            raise ValueError(f"dates of a unit cannot be of none: {spectrum.dtype} to {dtype}")
        indices, error = spectrum.active_indices, spectrum.error
        if indices is None:
            out = spectrum.replace(
                dtype=dtype, eigenvalues=cast_values, fill_value=zero_of(dtype), error=None
            )
        else:
            out = _rebuilt(spectrum, dtype, indices, cast_values[:-1], None, cast_values[-1])
        if error is None:
            return out
        # Numbers are rounded to integers by up to 1, and large ones to anything.
        return bounded(out, error.absolute if dtype.kind in "fc" else float("inf"))
    np.empty(0, spectrum.dtype).astype(dtype, casting=casting)
    if dtype.kind not in "fc":
        return cast(_computed(spectrum), dtype, casting)
    if spectrum.dtype.kind == "c" and dtype.kind == "f":
        warnings.warn(
            "Casting complex values to real discards the imaginary part",
            np.exceptions.ComplexWarning,
            stacklevel=3,
        )
        spectrum = real_part(spectrum)
    with np.errstate(over="ignore"):
        values = spectrum.eigenvalues.astype(coefficient_dtype(spectrum.bases, dtype))
    if not np.isfinite(values).all():
        # Coefficients are larger than elements: those may fit.
        return cast(_computed(spectrum), dtype, casting)
    fill = dtype.type(spectrum.fill_value)
    missing = float(spectrum.space - spectrum.nactive)
    lost = float(
        np.hypot(
            norm(values - spectrum.eigenvalues), abs(fill - spectrum.fill_value) * missing**0.5
        )
    )
    out = spectrum.replace(dtype=dtype, fill_value=fill, eigenvalues=values)
    if spectrum.error is None and not lost:
        return out
    return bounded(out, lost + spectrum.absolute_error)
