"""Tile, repeat, pad, roll and resize: positions along an axis that are repeated or moved."""

from __future__ import annotations

from collections.abc import Callable
from math import prod, sqrt
from typing import Literal

import numpy as np

from ..bases import CONSTANT, STANDARD, Restriction, of_parts
from ..bases.base import has_extended_precision
from ..core.budget import require_budget
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import Array, Shape, require_size, zero_of
from .basis_change import linear, off_diagonal
from .broadcast import broadcast_to
from .join import bounded, expanded, flat, localised, rearranged

_INSTEAD = "repeat a part of it, or raise the budget"


def _longer(spectrum: Spectrum, axis: int, length: int) -> Shape:
    """Return the shape with another length of an axis."""
    shape = (*spectrum.shape[:axis], length, *spectrum.shape[axis + 1 :])
    require_size(shape)
    return shape


def _closed(
    spectrum: Spectrum, axis: int, length: int, closed: Restriction, times: float = 1.0
) -> Spectrum:
    """Move the coefficients along an axis as a basis says, each at most `times`. O(k log k)."""
    shape = _longer(spectrum, axis, length)
    along = [closed.kept(part) for part in spectrum.coordinates()]
    along[axis] = closed.indices
    values = closed.values(spectrum.eigenvalues).astype(spectrum.eigenvalues.dtype, copy=False)
    bases = (*spectrum.bases[:axis], closed.basis, *spectrum.bases[axis + 1 :])
    moved = spectrum.replace(bases=bases)
    return rearranged(moved, shape, linear(tuple(along), shape), values, times)


def _placed(
    spectrum: Spectrum, axis: int, length: int, entries: Array, targets: Array, times: float
) -> Spectrum:
    """Put some elements at positions along an axis of another length. O(k log k)."""
    return _closed(spectrum, axis, length, Restriction(STANDARD, entries, targets, None), times)


def _on_all(
    spectrum: Spectrum, shape: Shape, apply: Callable[[Array], Array], times: float
) -> Spectrum:
    """Apply a function to an array that stores all elements, each of which is there `times`."""
    require_size(shape)
    require_budget(prod(shape) * spectrum.eigenvalues.dtype.itemsize, _INSTEAD)
    values, error = apply(spectrum.eigenvalues.reshape(spectrum.shape)), spectrum.error
    if error is not None:
        error = bounded(values, spectrum.fill_value, error.absolute * sqrt(times))
    return spectrum.replace(shape=shape, eigenvalues=values.reshape(-1), error=error)


def tiled(spectrum: Spectrum, axis: int, times: int) -> Spectrum:
    """Put an array `times` times one after the other along an axis.

    O(k r) for r times along a standard axis; O(k) along others. Raises MaterializationError where
    the repeated coefficients are over the memory budget.
    """
    return _multiplied(spectrum, axis, times, False)


def repeated(spectrum: Spectrum, axis: int, times: int) -> Spectrum:
    """Repeat every position along an axis; errors and cost as `tiled`."""
    return _multiplied(spectrum, axis, times, True)


def _multiplied(spectrum: Spectrum, axis: int, times: int, each: bool) -> Spectrum:
    """Repeat each position along an axis, or all of them as one."""
    if times == 1:
        return spectrum
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    n, basis = spectrum.shape[axis], spectrum.bases[axis]
    if times > 0 and not basis.is_standard:
        along = spectrum.coordinates()[axis]
        closed = (basis.repeat if each else basis.tile)(n, times, along)
        if closed is None:
            # An axis that is made of two, and constant along one.
            parts = [(basis, n), (CONSTANT, times)] if each else [(CONSTANT, times), (basis, n)]
            indices = along.astype(np.int64) * (times if each else 1)
            factors = np.full(indices.size, sqrt(times))
            closed = Restriction(of_parts(parts), None, indices, factors)
        if closed is not None:
            return _closed(spectrum, axis, n * times, closed, times)
    spectrum, shape = localised(spectrum, [axis]), _longer(spectrum, axis, n * times)
    if not prod(shape):
        return constant(spectrum.fill_value, shape, spectrum.dtype)
    if spectrum.active_indices is None and each:
        return _on_all(spectrum, shape, lambda x: x.repeat(times, axis), times)
    new_axis = axis + each
    apart = expanded(spectrum, new_axis)
    longer = (*apart.shape[:new_axis], times, *apart.shape[new_axis + 1 :])
    return broadcast_to(apart, longer).replace(shape=shape, bases=spectrum.bases)


def xor_shifted(spectrum: Spectrum, axis: int, mask: int) -> Spectrum:
    """Move the element at ``p ^ mask`` along an axis to p, for 0 < mask < length.

    O(k log k) along standard, Walsh and Haar axes. Raises MaterializationError along Fourier and
    cosine axes, where the lines that hold coefficients are over the memory budget.
    """
    spectrum = off_diagonal(spectrum) if spectrum.diagonal else spectrum
    n = spectrum.shape[axis]
    closed = spectrum.bases[axis].xor_shift(n, mask, spectrum.coordinates()[axis])
    if closed is None:
        spectrum = localised(spectrum, [axis])
        closed = STANDARD.xor_shift(n, mask, spectrum.coordinates()[axis])
    return _closed(spectrum, axis, n, closed)


def repeated_each(spectrum: Spectrum, axis: int, counts: Array) -> Spectrum:
    """Repeat every position along an axis as often as `counts` says. O(n + k r)."""
    spectrum = localised(spectrum, [axis])
    ends, most = np.cumsum(counts, dtype=np.int64), float(counts.max(initial=0))
    length = int(ends[-1]) if ends.size else 0
    if spectrum.active_indices is None:
        shape = _longer(spectrum, axis, length)
        return _on_all(spectrum, shape, lambda x: np.repeat(x, counts, axis), most)
    along = spectrum.coordinates()[axis]
    times = counts[along]
    entries, ordinals = _spread(times, spectrum)
    targets = (ends[along] - times)[entries] + ordinals
    return _placed(spectrum, axis, length, entries, targets, most)


def _spread(times: Array, spectrum: Spectrum) -> tuple[Array, Array]:
    """Return each of 0, 1, ... as often as `times` says, and which of its turns it is.

    For ``[2, 0, 1]`` these are ``[0, 0, 2]`` and ``[0, 1, 0]``.
    """
    total = int(times.sum(dtype=float))
    require_budget(total * (32 + spectrum.eigenvalues.dtype.itemsize), _INSTEAD)
    entries = np.repeat(np.arange(times.size), times)
    starts = np.cumsum(times) - times
    return entries, np.arange(entries.size) - starts[entries]


def _congruent(
    spectrum: Spectrum, residues: Array, period: int, low: int, high: int
) -> tuple[Array, Array]:
    """Return which of the residues each position in [low, high) is congruent to, and those."""
    first = low + (residues - low) % period
    times = np.maximum(0, -((first - high) // period))
    entries, ordinals = _spread(times, spectrum)
    return entries, first[entries] + period * ordinals


def mirrored(
    spectrum: Spectrum,
    axis: int,
    before: int,
    after: int,
    mode: Literal["edge", "wrap", "symmetric", "reflect"],
) -> Spectrum:
    """Pad both ends of an axis with elements that the array has.

    O(k) and the coefficients that are put in; the fill value stays.

    `mode` ({"edge", "wrap", "symmetric", "reflect"}): as ``np.pad``; `reflect` is the even one.
    """
    spectrum = localised(spectrum, [axis])
    n = spectrum.shape[axis]
    length, times = before + n + after, float(1 + -(-(before + after) // n)) + 1.0
    if mode == "edge":
        times = 1.0 + max(before, after) if n > 1 else float(length)
    if spectrum.active_indices is None:
        widths = [(0, 0)] * len(spectrum.shape)
        widths[axis] = (before, after)
        shape = _longer(spectrum, axis, length)
        return _on_all(spectrum, shape, lambda x: np.pad(x, widths, mode), times)
    along = spectrum.coordinates()[axis].astype(np.int64)
    if mode == "wrap":
        entries, targets = _congruent(spectrum, along, n, -before, n + after)
    elif mode == "edge" or n == 1:
        left = along - np.where(along == 0, before, 0)
        right = along + np.where(along == n - 1, after, 0)
        entries, ordinals = _spread(right - left + 1, spectrum)
        targets = left[entries] + ordinals
    else:
        # A mirror at each end makes a period of two lengths, less the ends that are not doubled.
        period, other = (2 * n, -1 - along) if mode == "symmetric" else (2 * n - 2, -along)
        entries, targets = _congruent(spectrum, along, period, -before, n + after)
        twice = np.arange(along.size)
        if mode == "reflect":
            twice = np.flatnonzero((along > 0) & (along < n - 1))
        which, more = _congruent(spectrum, other[twice], period, -before, n + after)
        entries, targets = np.append(entries, twice[which]), np.append(targets, more)
    return _placed(spectrum, axis, length, entries, targets + before, times)


def rolled(spectrum: Spectrum, shifts: dict[int, int]) -> Spectrum:
    """Roll an array along some axes.

    O(k), or O(k log k) where an axis is not the first; a phase along Fourier axes, a sign along
    Walsh and Haar axes that are rolled by half their length.

    `shifts`: from axis to how far, each less than the length.
    """
    shifts = {axis: shift for axis, shift in shifts.items() if shift}
    if not shifts:
        return spectrum
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    precise = has_extended_precision(spectrum.eigenvalues.dtype)
    for axis in [axis for axis in shifts if not spectrum.bases[axis].is_standard]:
        n, basis = spectrum.shape[axis], spectrum.bases[axis]
        closed = basis.roll(n, shifts[axis], spectrum.coordinates()[axis], precise)
        if closed is not None:
            spectrum = _closed(spectrum, axis, n, closed)
            del shifts[axis]
    spectrum = localised(spectrum, shifts)
    values, shape = spectrum.eigenvalues, spectrum.shape
    if not shifts:
        return spectrum
    if spectrum.active_indices is None:
        whole = np.roll(values.reshape(shape), tuple(shifts.values()), tuple(shifts))
        return spectrum.replace(eigenvalues=whole.reshape(-1))
    first = min(shifts)
    if len(shifts) == 1 and prod(shape[:first]) == 1:
        return _rolled_flat(spectrum, shifts[first] * prod(shape[first + 1 :]))
    moved = list(spectrum.coordinates())
    for axis, shift in shifts.items():
        moved[axis] = STANDARD.roll(shape[axis], shift, moved[axis]).indices
    out = rearranged(spectrum, shape, linear(tuple(moved), shape), values)
    return out.replace(error=spectrum.error)


def _rolled_flat(spectrum: Spectrum, distance: int) -> Spectrum:
    """Roll all positions by `distance` in C order. O(k), no sort."""
    indices, values = spectrum.indices(), spectrum.eigenvalues
    integer = indices.dtype.type
    size = spectrum.size
    cut = int(indices.searchsorted(integer(size - distance)))
    moved = np.empty_like(indices)
    kept = indices.size - cut
    np.subtract(indices[cut:], integer(size - distance), out=moved[:kept])
    np.add(indices[:cut], integer(distance), out=moved[kept:])
    values = np.concatenate([values[cut:], values[:cut]], dtype=values.dtype)
    return spectrum.replace(active_indices=moved, eigenvalues=values)


def resized(spectrum: Spectrum, shape: tuple[int, ...]) -> Spectrum:
    """Give the elements another shape, from the start again where they end, as ``np.resize``.

    O(k r) for r repetitions.
    """
    require_size(shape)
    size = prod(shape)
    if not size or not spectrum.size:
        return constant(zero_of(spectrum.dtype), shape, spectrum.dtype)
    spectrum = localised(flat(spectrum), [0])
    times = -(-size // spectrum.size)
    bases = (STANDARD,) * len(shape)
    if spectrum.active_indices is None:
        return _on_all(spectrum, shape, lambda x: np.resize(x, shape), times).replace(bases=bases)
    whole = tiled(spectrum, 0, times)
    indices = whole.indices()
    cut = int(indices.searchsorted(indices.dtype.type(min(size, whole.size - 1))))
    cut = indices.size if size >= whole.size else cut
    error = spectrum.error
    values, fill = whole.eigenvalues[:cut], whole.fill_value
    if error is not None:
        error = bounded(values, fill, error.absolute * sqrt(times))
    return compact(shape, spectrum.dtype, bases, values, indices[:cut], fill, error=error)
