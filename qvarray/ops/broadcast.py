"""Indices move, eigenvalues stay: axes of an array repeated, and in another order."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod, sqrt

import numpy as np

from .. import kernels
from ..bases import CONSTANT, STANDARD
from ..core.budget import require_budget
from ..core.source import implements
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import Array, index_dtype, require_size
from .basis_change import as_samples, coefficient_dtype, linear, off_diagonal, to_dense

__all__ = ["broadcast_to", "move_axis", "permute_axes", "stretched_to"]

_INSTEAD = "broadcast a part of it, or raise the budget"


def _require_broadcastable(old: tuple[int, ...], new: tuple[int, ...]) -> None:
    if old and not new:
        raise ValueError("cannot broadcast a non-scalar to a scalar array")
    if any(n < 0 for n in new):
        raise ValueError("all elements of broadcast shape must be non-negative")
    if len(old) > len(new):
        raise ValueError("input operand has more dimensions than allowed by the axis remapping")
    if any(m not in (1, n) for m, n in zip(reversed(old), reversed(new), strict=False)):
        raise ValueError(
            "operands could not be broadcast together with remapped shapes "
            f"[original->remapped]: {old}  and requested shape {new}"
        )


def _offsets(shape: tuple[int, ...], axes: list[int]) -> Array:
    """What is added to a position to repeat it along some axes, sorted."""
    out = np.zeros(1, np.int64)
    for axis in axes:
        steps = np.arange(shape[axis], dtype=np.int64) * prod(shape[axis + 1 :])
        out = (out[:, None] + steps).ravel()
    return out


def _repeated(
    spectrum: Spectrum, shape: tuple[int, ...], repeated: list[int]
) -> tuple[Array, Array]:
    """Sorted positions and values of all repetitions of the coefficients."""
    ahead = len(shape) - len(spectrum.shape)
    coordinates = list(spectrum.coordinates())
    kept = [axis for axis in range(len(shape)) if axis not in repeated and axis >= ahead]
    lengths = tuple(1 if axis in repeated else n for axis, n in enumerate(shape))
    base = np.zeros(spectrum.nactive, np.int64)
    for axis in kept:
        base += coordinates[axis - ahead].astype(np.int64) * prod(shape[axis + 1 :])
    offsets = _offsets(shape, repeated)
    values = spectrum.eigenvalues
    longer = [axis for axis, n in enumerate(lengths) if n > 1]
    if not longer or repeated[-1] < longer[0]:
        return (offsets[:, None] + base).ravel(), np.tile(values, offsets.size)
    indices = (base[:, None] + offsets).ravel()
    values = np.repeat(values, offsets.size)
    if repeated[0] < longer[-1]:
        indices, order = kernels.radix_sort.sorted_order(indices)
        values = values.take(order)
    return indices, values


def broadcast_to(spectrum: Spectrum, shape: Sequence[int]) -> Spectrum:
    """The array repeated along new axes, and along those of length 1.

    Parameters
    ----------
    spectrum : Spectrum
    shape : sequence of int

    Returns
    -------
    Spectrum
        Repeated axes are in the standard basis, all others as they were.

    Raises
    ------
    ValueError
        As ``np.broadcast_to``.
    MaterializationError
        Where the repeated coefficients are over the memory budget.

    Notes
    -----
    O(k r) where each coefficient is repeated r times: O(1) for a constant, whatever its size.
    """
    shape = tuple(int(n) for n in shape)
    if shape == spectrum.shape:
        return spectrum
    _require_broadcastable(spectrum.shape, shape)
    require_size(shape)
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    ahead = len(shape) - len(spectrum.shape)
    old = (1,) * ahead + spectrum.shape
    repeated = [axis for axis, (m, n) in enumerate(zip(old, shape, strict=True)) if m != n]
    # Every basis of one sample is the same: the standard basis will do.
    bases = tuple(
        STANDARD if axis in repeated else basis
        for axis, basis in enumerate((STANDARD,) * ahead + spectrum.bases)
    )
    times = prod(shape[axis] for axis in repeated)
    dtype, fill = spectrum.dtype, spectrum.fill_value
    values = spectrum.eigenvalues
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, dtype)
        spectrum = spectrum.replace(eigenvalues=values)
    error = None if spectrum.error is None else spectrum.error.scaled(sqrt(times))
    if prod(shape) == 0:
        return Spectrum(shape, dtype, bases, np.zeros(0, values.dtype), None, fill, error=error)
    if spectrum.size == 1 and all(basis is STANDARD for basis in bases):
        element = to_dense(spectrum).reshape(())
        return constant(element, shape).replace(error=error)
    if spectrum.active_indices is None:
        require_budget(prod(shape) * values.dtype.itemsize, _INSTEAD)
        values = np.broadcast_to(values.reshape(old), shape).ravel()
        return Spectrum(shape, dtype, bases, values, None, fill, error=error)
    if not values.size:
        empty = np.zeros(0, index_dtype(prod(shape)))
        return Spectrum(shape, dtype, bases, values, empty, fill, error=error)
    # Positions and values, twice where they are sorted.
    require_budget(values.size * times * 2 * (8 + values.dtype.itemsize), _INSTEAD)
    indices, values = (
        _repeated(spectrum, shape, repeated)
        if repeated
        else (
            spectrum.active_indices,
            values,
        )
    )
    return compact(shape, dtype, bases, values, indices, fill, error=error)


def stretched_to(spectrum: Spectrum, shape: Sequence[int]) -> Spectrum:
    """As `broadcast_to`, with nothing new stored of an array in a spectral basis. O(k).

    Returns
    -------
    Spectrum
        Repeated axes of an array that is not standard are in the constant basis.
    """
    shape = tuple(int(n) for n in shape)
    _require_broadcastable(spectrum.shape, shape)
    require_size(shape)
    ahead = len(shape) - len(spectrum.shape)
    old = (1,) * ahead + spectrum.shape
    repeated = [axis for axis, (m, n) in enumerate(zip(old, shape, strict=True)) if m != n]
    if spectrum.is_standard or not repeated or prod(shape) == 0 or spectrum.size == 1:
        return broadcast_to(spectrum, shape)
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    bases = tuple(
        CONSTANT if axis in repeated else basis
        for axis, basis in enumerate((STANDARD,) * ahead + spectrum.bases)
    )
    times = prod(shape[axis] for axis in repeated)
    # The only index along a repeated axis is 0, where the constant is.
    indices = np.zeros(spectrum.nactive, np.int64)
    for n, along in zip(shape[ahead:], spectrum.coordinates(), strict=True):
        indices = indices * n + along
    dtype = coefficient_dtype(bases, spectrum.eigenvalues.dtype)
    values = spectrum.eigenvalues * dtype.type(sqrt(times))
    error = None if spectrum.error is None else spectrum.error.scaled(sqrt(times))
    zero = spectrum.dtype.type(0)
    return compact(shape, spectrum.dtype, bases, values.astype(dtype), indices, zero, error=error)


@implements(Spectrum, "permuted")
def permute_axes(spectrum: Spectrum, axes: Sequence[int]) -> Spectrum:
    """The array with its axes in another order, as ``np.transpose``. O(k), in any bases.

    Parameters
    ----------
    spectrum : Spectrum
    axes : sequence of int
        Which axis of the array each axis of the result is; counted from the end where negative.

    Raises
    ------
    ValueError
        Where `axes` are not each axis once; `numpy.exceptions.AxisError` for one out of bounds.
    """
    ndim = len(spectrum.shape)
    if len(axes) != ndim:
        raise ValueError("axes don't match array")
    order = np.lib.array_utils.normalize_axis_tuple(axes, ndim)
    if order == tuple(range(ndim)):
        return spectrum
    shape = tuple(spectrum.shape[axis] for axis in order)
    bases = tuple(spectrum.bases[axis] for axis in order)
    if spectrum.diagonal:
        # B D B^H transposed is conj(B) D B^T, of the same eigenvalues.
        return spectrum.replace(bases=bases)
    if spectrum.active_indices is None:
        values = spectrum.eigenvalues.reshape(spectrum.shape).transpose(order).ravel()
        return spectrum.replace(shape=shape, bases=bases, eigenvalues=values)
    coordinates = spectrum.coordinates()
    indices = linear(tuple(coordinates[axis] for axis in order), shape)
    indices, by_index = kernels.radix_sort.sorted_order(indices)
    return spectrum.replace(
        shape=shape,
        bases=bases,
        eigenvalues=spectrum.eigenvalues.take(by_index),
        active_indices=indices.astype(spectrum.active_indices.dtype, copy=False),
    )


def move_axis(
    spectrum: Spectrum, source: int | Sequence[int], destination: int | Sequence[int]
) -> Spectrum:
    """The array with some axes at other places, as ``np.moveaxis``. O(k), in any bases.

    Raises
    ------
    ValueError
        Where the two do not name equally many different axes; `numpy.exceptions.AxisError` for an
        axis out of bounds.
    """
    ndim = len(spectrum.shape)
    normalize = np.lib.array_utils.normalize_axis_tuple
    sources = normalize(source, ndim, "source")
    destinations = normalize(destination, ndim, "destination")
    if len(sources) != len(destinations):
        raise ValueError(
            "`source` and `destination` arguments must have the same number of elements"
        )
    order = [axis for axis in range(ndim) if axis not in sources]
    for place, axis in sorted(zip(destinations, sources, strict=True)):
        order.insert(place, axis)
    return permute_axes(spectrum, order)
