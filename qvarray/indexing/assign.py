"""What an array in the standard basis is after some of its elements were written.

A Spectrum is immutable: each function here returns another.
"""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, inf

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.fill import common_fill, fills_alike
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, pays_sparse, same_value
from ..ops.align import aligned
from ..ops.basis_change import to_dense
from ..ops.bounds import bounded
from ..ops.reshape import reshape
from .strided_view import coordinates_in, covers, is_injective, located, offset_of, positions_in

__all__ = ["gathered", "mapped", "paste", "put_at", "replaced"]

_INSTEAD = "write fewer elements at a time"


def _strided(values: Array, window: Array) -> Array:
    """Return the elements of a window on an array that is all there: a view."""
    if not window.size:  # its offset may be anywhere
        return np.empty(window.shape, values.dtype)
    item = values.dtype.itemsize
    strides = tuple(stride * item for stride in window.strides)
    return np.ndarray(window.shape, values.dtype, values, offset_of(window) * item, strides)


def _bounded(spectrum: Spectrum, *absolute: float) -> Spectrum:
    """Return `spectrum`, off by no more than all the bounds of disjoint parts together."""
    if not any(absolute):
        return spectrum if spectrum.error is None else spectrum.replace(error=None)
    return bounded(spectrum, hypot(*absolute))


def _absolute(spectrum: Spectrum) -> float:
    return 0.0 if spectrum.error is None else spectrum.error.absolute


def put_at(spectrum: Spectrum, positions: Array, values: Array, lost: float = 0.0) -> Spectrum:
    """Write elements at C-order positions; of several for one position the last one counts.

    Parameters
    ----------
    spectrum : Spectrum
        In the standard basis, with any fill value.
    positions : ndarray of int64, shape (m,)
    values : ndarray of the array's dtype, shape (m,)
    lost : float
        A bound on the L2 norm of the error of `values`.

    Notes
    -----
    O(k + m), or O(N) where every element is stored.
    """
    out = _put_at(spectrum, positions, values)
    if spectrum.error is None and not lost:
        return out
    return _bounded(out, _absolute(spectrum), lost)


def _put_at(spectrum: Spectrum, positions: Array, values: Array) -> Spectrum:
    indices = spectrum.active_indices
    if indices is None:
        whole = spectrum.eigenvalues.copy()
        whole[positions] = values
        return spectrum.replace(eigenvalues=whole)
    positions, order = kernels.radix_sort.sorted_order(positions)
    last = np.append(kernels.radix_sort.run_starts(positions)[1:], positions.size) - 1
    if positions.size:
        positions, values = positions[last], values[order[last]]
    merged, at_old, at_new = kernels.merge_sorted.union(indices, positions.astype(indices.dtype))
    out = np.empty(merged.size, spectrum.dtype)
    out[at_old] = spectrum.eigenvalues
    out[at_new] = values
    fill = spectrum.fill_value
    if fill == 0 and pays_sparse(merged.size, spectrum.size, spectrum.dtype):
        # A zero of another sign makes no position active, but it may make the fill value +0.0.
        new = np.ones(merged.size, bool)
        new[at_old] = False
        zeros = new & (out == 0)
        if zeros.any():
            fill = common_fill(np.append(out[zeros], fill))
            out, merged = out[~zeros], merged[~zeros]
    return compact(spectrum.shape, spectrum.dtype, spectrum.bases, out, merged, fill)


def _local(spectrum: Spectrum, window: Array) -> tuple[Array, Array]:
    """Return the active elements in a window: positions in it, unsorted, and values. O(k)."""
    inside, along = coordinates_in(window, spectrum.indices())
    local = np.zeros(int(np.count_nonzero(inside)), np.int64)
    for index, n in zip(along, window.shape, strict=True):
        local = local * n + index
    return local, spectrum.eigenvalues[inside]


def gathered(spectrum: Spectrum, window: Array) -> Spectrum:
    """Return the elements of an injective window on an array in the standard basis. O(k)."""
    shape, dtype, fill = window.shape, spectrum.dtype, spectrum.fill_value
    bases = (STANDARD,) * window.ndim
    if not window.size:
        return Spectrum(shape, dtype, bases, spectrum.eigenvalues[:0], None, fill)
    if spectrum.active_indices is None:
        values = _strided(spectrum.eigenvalues, window).flatten()
        out = Spectrum(shape, dtype, bases, values, None, fill)
    else:
        local, values = _local(spectrum, window)
        local, order = kernels.radix_sort.sorted_order(local)
        out = compact(shape, dtype, bases, values.take(order), local, fill)
    return out if spectrum.error is None else bounded(out, spectrum.error.absolute)


def _listed(part: Spectrum) -> tuple[Array, Array]:
    """Return the position in a part of every element of it, and all values."""
    size = part.size
    require_budget(size * (32 + part.dtype.itemsize), _INSTEAD)
    return np.arange(size, dtype=np.int64), to_dense(part).reshape(-1)


def paste(spectrum: Spectrum, window: Array, part: Spectrum) -> Spectrum:
    """Write the elements of a window with those of an array of its shape.

    Parameters
    ----------
    spectrum, part : Spectrum
        In the standard basis, of one dtype, with any fill values.
    window : ndarray
        See `window`.

    Raises
    ------
    MaterializationError
        Where the fill values differ, and the elements that have one or the other are over the
        memory budget.

    Notes
    -----
    O(k) of both; where the fill values differ by more than the sign of a zero, also as many as the
    smaller of the window and what is outside of it; O(N) where every element is stored.
    """
    if covers(window, spectrum.shape):
        return reshape(part, spectrum.shape)
    if window.size == 0:
        return spectrum
    if spectrum.active_indices is None:
        whole = spectrum.eigenvalues.copy()
        _strided(whole, window)[...] = to_dense(part)
        out = spectrum.replace(eigenvalues=whole)
    elif not is_injective(window):
        where, values = positions_in(window).reshape(-1), to_dense(part).reshape(-1)
        out = _put_at(spectrum, where, values)
    else:
        out = _pasted(spectrum, window, part)
    return _bounded(out, _absolute(spectrum), _absolute(part))


def _pasted(spectrum: Spectrum, window: Array, part: Spectrum) -> Spectrum:
    fill = spectrum.fill_value
    inside, _ = coordinates_in(window, spectrum.indices())
    outside = ~inside
    indices, values = spectrum.indices()[outside], spectrum.eigenvalues[outside]
    alike = fills_alike(fill, part.fill_value) if part.nactive < part.size else fill
    stored = indices.size + part.nactive
    signs_differ = alike is not None and not same_value(fill, part.fill_value)
    if signs_differ and not pays_sparse(stored, spectrum.size, spectrum.dtype):
        # Every position is stored, with the sign of its zero.
        whole = to_dense(spectrum).reshape(-1).copy()
        _strided(whole, window)[...] = to_dense(part)
        return spectrum.replace(eigenvalues=whole, active_indices=None)
    if part.active_indices is None or (alike is None and window.size <= spectrum.size // 2):
        local, new = _listed(part)
    else:
        local, new = part.indices(), part.eigenvalues
        if alike is not None:
            fill = alike
        else:
            # Most elements are in the window: the others are listed instead.
            require_budget(spectrum.size * (8 + spectrum.dtype.itemsize), _INSTEAD)
            whole = np.ones(spectrum.size, bool)
            _strided(whole, window)[...] = False
            rest = np.flatnonzero(whole).astype(indices.dtype)
            spread = np.full(rest.size, fill)
            spread[rest.searchsorted(indices)] = values
            indices, values, fill = rest, spread, part.fill_value
    where = located(window, local)
    where, order = kernels.radix_sort.sorted_order(where)
    where, new = where.astype(indices.dtype), new.take(order)
    merged, at_old, at_new = kernels.merge_sorted.union(indices, where)
    out = np.empty(merged.size, spectrum.dtype)
    out[at_old] = values
    out[at_new] = new
    return compact(spectrum.shape, spectrum.dtype, spectrum.bases, out, merged, fill)


def replaced(
    put: Callable[[Array, Array], Array], old: Spectrum, new: Spectrum, contracts: bool = False
) -> Spectrum:
    """Change every element of an array by one of another: ``put(old, new)``. O(k) of both.

    The error is then unknown, unless both are exact, or `put` brings no elements further apart
    than what it is given: `contracts`.
    """
    indices, before, after, has_fill = aligned(old, new)
    out = put(before, after)
    if indices is None:
        made = Spectrum(old.shape, out.dtype, old.bases, out, None, out.dtype.type(0))
    else:
        fill = out[-1] if has_fill else out.dtype.type(0)
        values = out[:-1] if has_fill else out
        made = compact(old.shape, out.dtype, old.bases, values, indices, fill)
    if old.error is None and new.error is None:
        return made
    return bounded(made, hypot(_absolute(old), _absolute(new)) if contracts else inf)


def mapped(spectrum: Spectrum, apply: Callable[[Array], Array]) -> Spectrum:
    """Change every element of an array in the standard basis by a function of arrays. O(k).

    The error is then unknown, unless the array is exact.
    """
    shape, indices = spectrum.shape, spectrum.active_indices
    bases, error = spectrum.bases, None if spectrum.error is None else ErrorBound.unknown()
    if indices is None or indices.size == spectrum.space:
        values = apply(spectrum.eigenvalues)
        zero = values.dtype.type(0)
        return Spectrum(shape, values.dtype, bases, values, indices, zero, error=error)
    # The fill value rides along, so that what warns of it warns once.
    values = apply(np.append(spectrum.eigenvalues, spectrum.fill_value))
    values, fill = values[:-1], values[-1]
    return compact(shape, values.dtype, bases, values, indices, fill, error=error)
