"""Sum a spectrum over axes in coefficient space, without evaluating elements."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..bases import STANDARD, Basis
from ..core.budget import fits_budget
from ..core.spectrum import Spectrum, compact, constant, whole
from ..core.values import Array, zero_of
from .basis_change import (
    as_samples,
    coefficient_dtype,
    constant_functions,
    gather_sums,
    linear,
    scattered,
    with_all_eigenvalues,
)
from .bounds import bounded, rounds
from .linear import combine, constant_like

# Positions for each coefficient up to which all are added in their places: none is sorted.
_EACH = 4


def reduced_shape(shape: tuple[int, ...], axes: Sequence[int], keepdims: bool) -> tuple[int, ...]:
    """Return the shape that is left when some axes are reduced."""
    if keepdims:
        return tuple([1 if axis in axes else n for axis, n in enumerate(shape)])
    return tuple([n for axis, n in enumerate(shape) if axis not in axes])


def sum_closed(spectrum: Spectrum, axes: Sequence[int], keepdims: bool) -> Spectrum:
    """Sum over some axes, on coefficients. O(k).

    The sum over an axis is that of the coefficients, each times the sum of its function: 0 for
    all but few, the only one in most bases being the constant of index 0.
    """
    if spectrum.diagonal and spectrum.fill_value:
        return _sum_of_diagonal(spectrum, axes, keepdims)
    values, error = spectrum.eigenvalues, spectrum.error
    is_of_all = len(axes) == len(spectrum.shape) and not spectrum.diagonal
    is_dense = spectrum.nactive * _EACH >= spectrum.space and not spectrum.diagonal
    bytes_of_all = 2 * spectrum.space * values.itemsize
    if is_dense and not is_of_all and fits_budget(bytes_of_all):
        out = _sum_of_dense(spectrum, axes, keepdims)
        return out if error is None else summed_bound(spectrum, axes, out)
    found = constant_places(spectrum, spectrum.nactive // 16 + 1) if is_of_all else None
    if found is not None:
        values = values[found[0]] * found[1]
        along: list[Any] = []
    elif is_of_all and spectrum.is_standard:
        along = []
    else:
        along = list(spectrum.coordinates())
    for axis in axes if found is None else ():
        basis, n = spectrum.bases[axis], spectrum.shape[axis]
        if basis.is_standard:
            continue
        sums = basis.sums(n, along[axis], values.real.dtype)
        keep = np.flatnonzero(sums)
        along = [part[keep] for part in along]
        values = values[keep] * sums[keep]
    rest = [axis for axis in range(len(spectrum.shape)) if axis not in axes]
    shape = reduced_shape(spectrum.shape, axes, keepdims)
    bases = _reduced_bases(spectrum, axes, keepdims)
    if rest:
        lengths = tuple(spectrum.shape[axis] for axis in rest)
        indices, values = gather_sums(linear(tuple(along[a] for a in rest), lengths), values)
    else:
        indices, values = np.zeros(1, np.int64), values.sum(keepdims=True)
    # The axes of complex functions may be gone.
    values = as_samples(values, coefficient_dtype(bases, spectrum.dtype))
    zero = zero_of(spectrum.dtype)
    out = compact(shape, spectrum.dtype, bases, values, indices, zero)
    return out if error is None else summed_bound(spectrum, axes, out)


def _reduced_bases(spectrum: Spectrum, axes: Sequence[int], keepdims: bool) -> tuple[Basis, ...]:
    """Return the bases that are left when some axes are reduced."""
    return tuple(
        STANDARD if axis in axes else basis
        for axis, basis in enumerate(spectrum.bases)
        if keepdims or axis not in axes
    )


def _sum_of_dense(spectrum: Spectrum, axes: Sequence[int], keepdims: bool) -> Spectrum:
    """Sum as `sum_closed` where many coefficients are active, without the bound. O(N)."""
    block = scattered(spectrum)
    for axis in sorted(axes, reverse=True):
        basis, n = spectrum.bases[axis], spectrum.shape[axis]
        if basis.is_standard:
            block = block.sum(axis)
            continue
        sums = basis.sums(n, np.arange(n), block.real.dtype)
        keep = np.flatnonzero(sums)
        block = np.tensordot(block.take(keep, axis), sums[keep], (axis, 0))
    bases = _reduced_bases(spectrum, axes, keepdims)
    values = as_samples(block.reshape(-1), coefficient_dtype(bases, spectrum.dtype))
    shape = reduced_shape(spectrum.shape, axes, keepdims)
    return whole(shape, spectrum.dtype, bases, np.ascontiguousarray(values))


def summed_bound(spectrum: Spectrum, axes: Sequence[int], out: Spectrum) -> Spectrum:
    """Return a sum over some axes of an array that is not exact, with its bound. O(k)."""
    assert spectrum.error is not None
    # By Cauchy and Schwarz, summing m elements widens the bound by at most sqrt(m): of what is
    # rounded in each partial sum as well.
    length = float(prod(spectrum.shape[axis] for axis in axes))
    terms = min(length, float(spectrum.nactive + 1))
    rounded = terms * rounds(spectrum, spectrum.norm_bound())
    return bounded(out, (spectrum.error.absolute + rounded) * length**0.5)


def _sum_of_diagonal(spectrum: Spectrum, axes: Sequence[int], keepdims: bool) -> Spectrum:
    """Sum as `sum_closed` a diagonal array whose inactive eigenvalues are not 0."""
    if not spectrum.is_operator or not axes:
        return sum_closed(with_all_eigenvalues(spectrum), axes, keepdims)
    dtype, n = spectrum.dtype, spectrum.shape[0]
    fill = spectrum.fill_value
    values = spectrum.eigenvalues - spectrum.eigenvalues.dtype.type(fill)
    rest = spectrum.replace(eigenvalues=values, fill_value=zero_of(dtype))
    out = sum_closed(rest, axes, False)
    if len(axes) == 2:
        both = out.eigenvalues + out.eigenvalues.dtype.type(fill) * n if out.nactive else fill * n
        out = constant(np.asarray(both, dtype).reshape(()), ()).replace(error=out.error)
    elif out.is_standard:
        out = combine(np.add, out, constant(fill, (n,)))
    else:
        shift = constant_like(out, fill)
        assert shift is not None
        out = combine(np.add, out, shift)
    if keepdims:
        shape = reduced_shape(spectrum.shape, axes, True)
        kept = iter(out.bases)
        bases = tuple(STANDARD if axis in axes else next(kept) for axis in range(2))
        out = out.replace(shape=shape, bases=bases)
    return out


# Of more functions than these it does not pay to remember which they are.
_MOST_CONSTANTS = 1 << 16


def constant_places(spectrum: Spectrum, most: int) -> tuple[Array, Array] | None:
    """Find the active functions that the constant 1 is made of: places, and its coefficients.

    None where there are more than `most`, active or not. O(log k) for each.
    """
    found = constant_functions(spectrum.bases, spectrum.shape, _MOST_CONSTANTS)
    if found is None or found[0].size > most:
        return None
    indices, heights = found
    heights = heights.astype(spectrum.eigenvalues.real.dtype)
    active = spectrum.active_indices
    if active is None:
        return indices, heights
    indices = indices.astype(active.dtype)
    places = np.minimum(np.searchsorted(active, indices), max(active.size - 1, 0))
    there = active[places] == indices if active.size else np.zeros(indices.size, np.bool_)
    return places[there], heights[there]
