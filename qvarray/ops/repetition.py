"""Arrays whose positions along an axis are repeated, mirrored or moved round."""

from __future__ import annotations

from math import prod, sqrt

import numpy as np

from ..bases import CONSTANT, STANDARD, Basis, Restriction, of_parts
from ..core.budget import require_budget
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import Array, require_size
from .basis_change import linear, off_diagonal
from .broadcast import broadcast_to
from .join import bounded, expanded, flat, localised, rearranged

__all__ = ["mirrored", "repeated", "repeated_each", "resized", "rolled", "tiled", "xor_shifted"]

_INSTEAD = "repeat a part of it, or raise the budget"


def _placed(
    spectrum: Spectrum, axis: int, length: int, entries: Array, targets: Array, times: float
) -> Spectrum:
    """Some coefficients, each at a position along an axis of another length. O(k log k)."""
    shape = (*spectrum.shape[:axis], length, *spectrum.shape[axis + 1 :])
    require_size(shape)
    along = [part[entries] for part in spectrum.coordinates()]
    along[axis] = targets
    return rearranged(
        spectrum, shape, linear(tuple(along), shape), spectrum.eigenvalues[entries], times
    )


def _closed(
    spectrum: Spectrum, axis: int, length: int, closed: Restriction, times: float = 1.0
) -> Spectrum:
    """The array with the coefficients along an axis as a basis says. O(k log k)."""
    shape = (*spectrum.shape[:axis], length, *spectrum.shape[axis + 1 :])
    require_size(shape)
    along, values = list(spectrum.coordinates()), spectrum.eigenvalues
    if closed.keep is not None:
        along, values = [part[closed.keep] for part in along], values[closed.keep]
    if closed.factors is not None:
        values = (values * closed.factors).astype(values.dtype, copy=False)
    along[axis] = closed.indices
    bases = (*spectrum.bases[:axis], closed.basis, *spectrum.bases[axis + 1 :])
    moved = spectrum.replace(bases=bases)
    return rearranged(moved, shape, linear(tuple(along), shape), values, times)


def _by_parts(
    basis: Basis, parts: list[tuple[Basis, int]], times: int, indices: Array
) -> Restriction | None:
    """Repeated samples as an axis that is made of two: constant along one. None if standard."""
    if basis is STANDARD:
        return None
    factors = np.full(indices.size, sqrt(times))
    return Restriction(of_parts(parts), None, indices.astype(np.int64, copy=False), factors)


def _by_broadcasting(spectrum: Spectrum, axis: int, times: int, new_axis: int) -> Spectrum:
    spectrum = localised(spectrum, [axis])
    shape = (*spectrum.shape[:axis], spectrum.shape[axis] * times, *spectrum.shape[axis + 1 :])
    require_size(shape)
    bases = spectrum.bases
    if not prod(shape):
        return constant(spectrum.fill_value, shape)
    if spectrum.active_indices is None and new_axis > axis:
        require_budget(prod(shape) * spectrum.eigenvalues.dtype.itemsize, _INSTEAD)
        values = spectrum.eigenvalues.reshape(spectrum.shape).repeat(times, axis)
        return _with_all(spectrum, values, times)
    spectrum = expanded(spectrum, new_axis)
    longer = (*spectrum.shape[:new_axis], times, *spectrum.shape[new_axis + 1 :])
    return broadcast_to(spectrum, longer).replace(shape=shape, bases=bases)


def tiled(spectrum: Spectrum, axis: int, times: int) -> Spectrum:
    """The array, several times one after the other along an axis.

    Raises
    ------
    MaterializationError
        Where the repeated coefficients are over the memory budget.

    Notes
    -----
    O(k r) for r times along a standard axis; O(k) along others.
    """
    spectrum = off_diagonal(spectrum) if spectrum.diagonal and times != 1 else spectrum
    if times == 1:
        return spectrum
    if times > 0:
        n, basis = spectrum.shape[axis], spectrum.bases[axis]
        along = spectrum.coordinates()[axis]
        closed = basis.tile(n, times, along) or _by_parts(
            basis, [(CONSTANT, times), (basis, n)], times, along
        )
        if closed is not None:
            return _closed(spectrum, axis, n * times, closed, times)
    return _by_broadcasting(spectrum, axis, times, axis)


def repeated(spectrum: Spectrum, axis: int, times: int) -> Spectrum:
    """The array with every position along an axis several times; errors as `tiled`.

    Notes
    -----
    O(k r) for r times along a standard axis; O(k) along others.
    """
    spectrum = off_diagonal(spectrum) if spectrum.diagonal and times != 1 else spectrum
    if times == 1:
        return spectrum
    if times > 0:
        n, basis = spectrum.shape[axis], spectrum.bases[axis]
        along = spectrum.coordinates()[axis]
        closed = basis.repeat(n, times, along) or _by_parts(
            basis, [(basis, n), (CONSTANT, times)], times, along.astype(np.int64) * times
        )
        if closed is not None:
            return _closed(spectrum, axis, n * times, closed, times)
    return _by_broadcasting(spectrum, axis, times, axis + 1)


def xor_shifted(spectrum: Spectrum, axis: int, mask: int) -> Spectrum:
    """The array whose element at p along an axis was at ``p ^ mask``, 0 < mask < length.

    Raises
    ------
    MaterializationError
        Along Fourier and cosine axes, where the lines that hold coefficients are over the memory
        budget.

    Notes
    -----
    O(k log k) along standard, Walsh and Haar axes.
    """
    spectrum = off_diagonal(spectrum) if spectrum.diagonal else spectrum
    n = spectrum.shape[axis]
    closed = spectrum.bases[axis].xor_shift(n, mask, spectrum.coordinates()[axis])
    if closed is None:
        spectrum = localised(spectrum, [axis])
        closed = STANDARD.xor_shift(n, mask, spectrum.coordinates()[axis])
    return _closed(spectrum, axis, n, closed)


def repeated_each(spectrum: Spectrum, axis: int, counts: Array) -> Spectrum:
    """The array with every position along an axis as often as `counts` says. O(n + k r)."""
    spectrum = localised(spectrum, [axis])
    ends = np.cumsum(counts, dtype=np.int64)
    length = int(ends[-1]) if ends.size else 0
    if spectrum.active_indices is None:
        shape = (*spectrum.shape[:axis], length, *spectrum.shape[axis + 1 :])
        require_size(shape)
        require_budget(prod(shape) * spectrum.eigenvalues.dtype.itemsize, _INSTEAD)
        values = np.repeat(spectrum.eigenvalues.reshape(spectrum.shape), counts, axis)
        return _with_all(spectrum, values, counts.max(initial=0))
    along = spectrum.coordinates()[axis]
    times = counts[along]
    entries, ordinals = _spread(times, spectrum)
    targets = (ends[along] - times)[entries] + ordinals
    return _placed(spectrum, axis, length, entries, targets, float(counts.max(initial=0)))


def _with_all(spectrum: Spectrum, values: Array, times: float) -> Spectrum:
    """All coefficients of an array of another shape."""
    error = spectrum.error
    if error is not None:
        error = bounded(values, spectrum.fill_value, error.absolute * sqrt(times))
    return spectrum.replace(shape=values.shape, eigenvalues=values.reshape(-1), error=error)


def _spread(times: Array, spectrum: Spectrum) -> tuple[Array, Array]:
    """Each of 0, 1, ... as often as `times` says, and which of its turns it is."""
    total = int(times.sum(dtype=float))
    require_budget(total * (32 + spectrum.eigenvalues.dtype.itemsize), _INSTEAD)
    entries = np.repeat(np.arange(times.size), times)
    starts = np.cumsum(times) - times
    return entries, np.arange(entries.size) - starts[entries]


def _congruent(
    spectrum: Spectrum, residues: Array, period: int, low: int, high: int
) -> tuple[Array, Array]:
    """Which of the residues each position in [low, high) is congruent to, and those positions."""
    first = low + (residues - low) % period
    times = np.maximum(0, -((first - high) // period))
    entries, ordinals = _spread(times, spectrum)
    return entries, first[entries] + period * ordinals


def mirrored(spectrum: Spectrum, axis: int, before: int, after: int, mode: str) -> Spectrum:
    """The array with more positions at both ends of an axis, of elements that it has.

    Parameters
    ----------
    before, after : int
    mode : {"edge", "wrap", "symmetric", "reflect"}
        As ``np.pad``; `reflect` is the even one.

    Notes
    -----
    O(k) and the coefficients that are put in; the fill value stays.
    """
    spectrum = localised(spectrum, [axis])
    n = spectrum.shape[axis]
    length, times = before + n + after, float(1 + -(-(before + after) // n)) + 1.0
    if mode == "edge":
        times = 1.0 + max(before, after) if n > 1 else float(length)
    if spectrum.active_indices is None:
        shape = (*spectrum.shape[:axis], length, *spectrum.shape[axis + 1 :])
        require_size(shape)
        require_budget(prod(shape) * spectrum.eigenvalues.dtype.itemsize, _INSTEAD)
        widths = [(0, 0)] * len(spectrum.shape)
        widths[axis] = (before, after)
        whole = spectrum.eigenvalues.reshape(spectrum.shape)
        return _with_all(spectrum, np.pad(whole, widths, mode), times)  # type: ignore[call-overload]
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
    """The array moved round along some axes.

    Parameters
    ----------
    shifts : dict
        From axis to how far, each less than the length.

    Notes
    -----
    O(k), or O(k log k) where an axis is not the first; a phase along Fourier axes,
    a sign along Walsh and Haar axes that are moved half way round.
    """
    shifts = {axis: shift for axis, shift in shifts.items() if shift}
    if not shifts:
        return spectrum
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    precise = spectrum.eigenvalues.dtype.itemsize > 16
    for axis in [axis for axis in shifts if spectrum.bases[axis] is not STANDARD]:
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
        return _turned_round(spectrum, shifts[first] * prod(shape[first + 1 :]))
    moved = list(spectrum.coordinates())
    for axis, shift in shifts.items():
        back = shape[axis] - shift
        here = moved[axis].astype(np.int64)
        moved[axis] = np.where(here >= back, here - back, here + shift)
    out = rearranged(spectrum, shape, linear(tuple(moved), shape), values)
    return out.replace(error=spectrum.error)


def _turned_round(spectrum: Spectrum, distance: int) -> Spectrum:
    """All positions moved on by `distance`, from the end to the beginning. O(k), no sort."""
    indices, values = spectrum.indices(), spectrum.eigenvalues
    integer = indices.dtype.type
    size = spectrum.size
    cut = int(indices.searchsorted(integer(size - distance)))
    moved = np.empty_like(indices)
    kept = indices.size - cut
    np.subtract(indices[cut:], integer(size - distance), out=moved[:kept])
    np.add(indices[:cut], integer(distance), out=moved[kept:])
    values = np.concatenate([values[cut:], values[:cut]])
    return spectrum.replace(active_indices=moved, eigenvalues=values)


def resized(spectrum: Spectrum, shape: tuple[int, ...]) -> Spectrum:
    """The elements in C order, from the start again where they end, in another shape.

    Notes
    -----
    O(k r) for r repetitions.
    """
    require_size(shape)
    size = prod(shape)
    if not size or not spectrum.size:
        return constant(spectrum.dtype.type(0), shape)
    spectrum = localised(flat(spectrum), [0])
    times = -(-size // spectrum.size)
    bases = (STANDARD,) * len(shape)
    if spectrum.active_indices is None:
        require_budget(size * spectrum.dtype.itemsize, _INSTEAD)
        return _with_all(
            spectrum.replace(bases=bases), np.resize(spectrum.eigenvalues, shape), times
        )
    whole = tiled(spectrum, 0, times)
    indices = whole.indices()
    cut = int(indices.searchsorted(indices.dtype.type(min(size, whole.size - 1))))
    cut = indices.size if size >= whole.size else cut
    error = spectrum.error
    values, fill = whole.eigenvalues[:cut], whole.fill_value
    if error is not None:
        error = bounded(values, fill, error.absolute * sqrt(times))
    return compact(shape, spectrum.dtype, bases, values, indices[:cut], fill, error=error)
