"""Broadcast and transpose: axes of an array repeated, and in another order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod, sqrt

import numpy as np

from .. import kernels
from ..bases import CONSTANT, STANDARD, Basis, all_standard
from ..core.budget import require_budget
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import Array, Shape, require_size, shape_text, zero_of
from .basis_change import as_samples, coefficient_dtype, linear, off_diagonal, to_dense

_INSTEAD = "broadcast a part of it, or raise the budget"


def broadcast_shape(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Return what ``np.broadcast_shapes`` does, for any number of elements."""
    if shapes and shapes.count(shapes[0]) == len(shapes):
        return shapes[0]
    longest = max(shapes, key=len, default=())
    if all(shape == longest[len(longest) - len(shape) :] for shape in shapes):
        return longest
    out = [1] * len(longest)
    for shape in shapes:
        for back, n in enumerate(reversed(shape), 1):
            if n != 1 and out[-back] not in (1, n):
                listed = " ".join(map(shape_text, shapes))
                # NumPy puts a space behind each shape.
                raise ValueError(f"operands could not be broadcast together with shapes {listed} ")
            if n != 1:
                out[-back] = n
    return tuple(out)


def target(old: Shape, shape: Sequence[int]) -> tuple[Shape, Shape, list[int]]:
    """Return the shape to broadcast to, the old one with as many axes, and the axes repeated.

    Raises ValueError as ``np.broadcast_to``.

    Examples
    --------
    >>> target((2, 1), (5, 2, 3))
    ((5, 2, 3), (1, 2, 1), [0, 2])
    """
    new = tuple(int(n) for n in shape)
    if old and not new:
        raise ValueError("cannot broadcast a non-scalar to a scalar array")
    if any(n < 0 for n in new):
        raise ValueError("all elements of broadcast shape must be non-negative")
    if len(old) > len(new):
        raise ValueError("input operand has more dimensions than allowed by the axis remapping")
    if any(m not in (1, n) for m, n in zip(reversed(old), reversed(new), strict=False)):
        raise ValueError(
            "operands could not be broadcast together with remapped shapes "
            f"[original->remapped]: {shape_text(old)}  and requested shape {shape_text(new)}"
        )
    require_size(new)
    longer = (1,) * (len(new) - len(old)) + old
    return new, longer, [axis for axis, n in enumerate(new) if longer[axis] != n]


def _offsets(shape: Shape, axes: list[int]) -> Array:
    """Return what is added to a position to repeat it along some axes, sorted.

    >>> _offsets((2, 3, 4), [0, 2])
    array([ 0,  1,  2,  3, 12, 13, 14, 15])
    """
    out = np.zeros(1, np.int64)
    for axis in axes:
        steps = np.arange(shape[axis], dtype=np.int64) * prod(shape[axis + 1 :])
        out = (out[:, None] + steps).ravel()
    return out


def _repeated(spectrum: Spectrum, shape: Shape, repeated: list[int]) -> tuple[Array, Array]:
    """Return sorted positions and values of all repetitions of the coefficients."""
    ahead = len(shape) - len(spectrum.shape)
    base = np.zeros(spectrum.nactive, np.int64)
    for axis, along in enumerate(spectrum.coordinates(), ahead):
        if axis not in repeated:
            base += along.astype(np.int64) * prod(shape[axis + 1 :])
    offsets, values = _offsets(shape, repeated), spectrum.eigenvalues
    longer = [axis for axis, n in enumerate(shape) if axis not in repeated and n > 1]
    if not longer or repeated[-1] < longer[0]:
        return (offsets[:, None] + base).ravel(), np.tile(values, offsets.size)
    indices = (base[:, None] + offsets).ravel()
    values = np.repeat(values, offsets.size)
    if repeated[0] < longer[-1]:
        indices, order = kernels.radix_sort.sorted_order(indices)
        values = values.take(order)
    return indices, values


def broadcast_to(spectrum: Spectrum, shape: Sequence[int]) -> Spectrum:
    """Repeat an array along new axes, and along those of length 1.

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
    shape, old, repeated = target(spectrum.shape, shape)
    if shape == spectrum.shape:
        return spectrum
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    if spectrum.is_standard and not spectrum.nactive and spectrum.size and spectrum.error is None:
        return constant(spectrum.fill_value, shape, spectrum.dtype)
    # Every basis of one sample is the same: the standard basis will do.
    bases = _bases(spectrum, len(shape), repeated, STANDARD)
    times = prod(shape[axis] for axis in repeated)
    dtype, fill = spectrum.dtype, spectrum.fill_value
    values = spectrum.eigenvalues
    if all_standard(bases):
        values = as_samples(values, dtype)
        spectrum = spectrum.replace(eigenvalues=values)
    error = None if spectrum.error is None else spectrum.error.scaled(sqrt(times))
    if prod(shape) == 0:
        return Spectrum(shape, dtype, bases, np.zeros(0, values.dtype), None, fill, error=error)
    if spectrum.size == 1 and all_standard(bases):
        element = to_dense(spectrum).reshape(())
        return constant(element, shape, spectrum.dtype).replace(error=error)
    if spectrum.active_indices is None:
        require_budget(prod(shape) * values.dtype.itemsize, _INSTEAD)
        values = np.broadcast_to(values.reshape(old), shape).ravel()
        return Spectrum(shape, dtype, bases, values, None, fill, error=error)
    if not values.size:
        none = np.zeros(0, np.int64)
        return compact(shape, dtype, bases, values, none, fill, error=error)
    # Positions and values, twice where they are sorted.
    require_budget(values.size * times * 2 * (8 + values.dtype.itemsize), _INSTEAD)
    indices = spectrum.active_indices
    if repeated:
        indices, values = _repeated(spectrum, shape, repeated)
    return compact(shape, dtype, bases, values, indices, fill, error=error)


def _bases(
    spectrum: Spectrum, ndim: int, repeated: Sequence[int], basis: Basis
) -> tuple[Basis, ...]:
    """Return the bases of all axes, of those repeated the one given."""
    bases = (STANDARD,) * (ndim - len(spectrum.shape)) + spectrum.bases
    return tuple(basis if axis in repeated else old for axis, old in enumerate(bases))


def stretched_to(spectrum: Spectrum, shape: Sequence[int]) -> Spectrum:
    """Broadcast as `broadcast_to`, with nothing new stored of an array in a spectral basis. O(k).

    Repeated axes of an array that is not standard are in the constant basis.
    """
    shape, _, repeated = target(spectrum.shape, shape)
    if spectrum.is_standard or not repeated or prod(shape) == 0 or spectrum.size == 1:
        return broadcast_to(spectrum, shape)
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    bases = _bases(spectrum, len(shape), repeated, CONSTANT)
    times = prod(shape[axis] for axis in repeated)
    # The only index along a repeated axis is 0, where the constant is.
    indices = linear(spectrum.coordinates(), shape[len(shape) - len(spectrum.shape) :])
    dtype = coefficient_dtype(bases, spectrum.eigenvalues.dtype)
    values = spectrum.eigenvalues * dtype.type(sqrt(times))
    error = None if spectrum.error is None else spectrum.error.scaled(sqrt(times))
    zero = zero_of(spectrum.dtype)
    return compact(shape, spectrum.dtype, bases, values.astype(dtype), indices, zero, error=error)


def axes_order(axes: Sequence[int], ndim: int) -> tuple[int, ...]:
    """Return an order of axes, counted from the start.

    Raises ValueError where `axes` are not each axis once; `numpy.exceptions.AxisError` for one out
    of bounds.
    """
    order = tuple(axes)
    if len(order) != ndim:
        raise ValueError("axes don't match array")
    return _counted_from_start(order, ndim)


@lru_cache(maxsize=256)
def _counted_from_start(order: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    return np.lib.array_utils.normalize_axis_tuple(order, ndim)


def permute_axes(spectrum: Spectrum, axes: Sequence[int]) -> Spectrum:
    """Put axes in another order, as ``np.transpose``, and the coefficients in theirs. O(k).

    Raises ValueError as `axes_order`; MaterializationError where the coefficients, another time,
    are over the memory budget.

    `spectrum`: in any bases. `axes` (sequence of int): which axis of the array each axis of the
    result is; counted from the end where negative.
    """
    ndim = len(spectrum.shape)
    order = axes_order(axes, ndim)
    if order == tuple(range(ndim)):
        return spectrum
    shape = tuple(spectrum.shape[axis] for axis in order)
    bases = tuple(spectrum.bases[axis] for axis in order)
    if spectrum.diagonal:
        # B D B^H transposed is conj(B) D B^T, of the same eigenvalues.
        return spectrum.replace(bases=bases)
    longer = [axis for axis in order if spectrum.shape[axis] > 1]
    if longer == sorted(longer):
        return spectrum.replace(shape=shape, bases=bases)
    require_budget(spectrum.nbytes, _INSTEAD)
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
    """Put some axes at other places, as ``np.moveaxis``. O(k), in any bases.

    Raises ValueError where the two do not name equally many different axes;
    `numpy.exceptions.AxisError` for an axis out of bounds.
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
