"""What an array in the standard basis is after some of its elements were written.

A Spectrum is immutable: each function here returns another.
"""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, inf

import numpy as np

from .. import kernels
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.fill import common_fill, fills_alike, map_elements, split_fill
from ..core.runs import last_of_each
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, Scalar, differs_from, pays_sparse, same_value, zero_of
from ..ops.align import aligned
from ..ops.basis_change import to_dense
from ..ops.bounds import bounded
from ..ops.reshape import reshape
from .cells import Window
from .positions import common

_INSTEAD = "write fewer elements at a time"


def _bounded(spectrum: Spectrum, *absolute: float) -> Spectrum:
    """Return `spectrum`, off by no more than all the bounds of disjoint parts together."""
    if not any(absolute):
        return spectrum if spectrum.error is None else spectrum.replace(error=None)
    return bounded(spectrum, hypot(*absolute))


def put_at(
    spectrum: Spectrum, positions: Array, values: Array, lost: float = 0.0, is_own: bool = False
) -> Spectrum:
    """Write elements at C-order positions; of several for one position the last one counts.

    O(k + m), or O(N) where every element is stored and not written over.

    Parameters
    ----------
    spectrum : Spectrum
        In the standard basis, with any fill value.
    positions : ndarray of int64, shape (m,)
    values : ndarray of the array's dtype, shape (m,)
    lost : float
        A bound on the L2 norm of the error of `values`.
    is_own : bool
        Whether eigenvalues may be written over, where every element is stored.
    """
    out = _put_at(spectrum, positions, values, is_own)
    if spectrum.error is None and not lost:
        return out
    return _bounded(out, spectrum.absolute_error, lost)


def _put_at(spectrum: Spectrum, positions: Array, values: Array, is_own: bool = False) -> Spectrum:
    indices = spectrum.active_indices
    if indices is None:
        whole = _writable(spectrum, is_own)
        whole[positions] = values
        return spectrum.replace(eigenvalues=whole)
    positions, values = last_of_each(positions, values)
    where, fill = positions.astype(indices.dtype), spectrum.fill_value
    return _merged(spectrum, indices, spectrum.eigenvalues, where, values, fill)


def _merged(
    spectrum: Spectrum,
    indices: Array,
    values: Array,
    where: Array,
    new: Array,
    fill: Scalar,
) -> Spectrum:
    """Return an array of some of its active elements, and others that are written.

    Parameters
    ----------
    spectrum : Spectrum
        The array as it was.
    indices, values : ndarray, shape (k,)
        What is left of it.
    where, new : ndarray, shape (m,)
        What is written, sorted.
    fill : scalar
        What all other elements are.
    """
    shape, bases = spectrum.shape, spectrum.bases
    merged, at_old, at_new = kernels.merge_sorted.union(indices, where)
    out = np.empty(merged.size, spectrum.dtype)
    out[at_old] = values
    out[at_new] = new
    if not fill and pays_sparse(merged.size, spectrum.size, spectrum.dtype):
        # A zero of another sign makes no position active, but it may make the fill value +0.0.
        zeros = np.flatnonzero((new == fill) & differs_from(new, fill))
        if zeros.size:
            were, _ = common(where[zeros], spectrum.indices(), ascending=True)
            zeros = np.delete(zeros, were)
        alike = common_fill(np.append(new[zeros], fill)) if zeros.size else None
        if alike is not None:
            kept = np.ones(merged.size, bool)
            kept[at_new[zeros]] = False
            fill, out, merged = alike, out[kept], merged[kept]
    return compact(shape, spectrum.dtype, bases, out, merged, fill)


def _values(part: Spectrum) -> Array | Scalar:
    """Return all elements of a part, or the one that all of them are."""
    return to_dense(part) if part.nactive else part.fill_value


def _listed(cells: Window, part: Spectrum) -> tuple[Array, Array]:
    """Return the position of every cell, and what is written there."""
    require_budget(cells.size * (32 + part.dtype.itemsize), _INSTEAD)
    return cells.positions(), to_dense(part).reshape(-1)


def _writable(spectrum: Spectrum, is_own: bool) -> Array:
    """Return all elements, stored in full, to be written over."""
    if is_own:
        return spectrum.eigenvalues
    require_budget(spectrum.eigenvalues.nbytes, _INSTEAD)
    return spectrum.eigenvalues.copy()


def paste(spectrum: Spectrum, cells: Window, part: Spectrum, is_own: bool = False) -> Spectrum:
    """Write some cells with the elements of an array of their shape.

    O(k) of both, and the positions that a key names along each axis; where the fill values differ
    by more than the sign of a zero, also as many as the smaller of the cells and what is outside of
    them; where every element is stored O(N), or as many as are written over. Raises
    MaterializationError where the fill values differ, and the elements that have one or the other
    are over the memory budget.

    Parameters
    ----------
    spectrum, part : Spectrum
        In the standard basis, of one dtype, with any fill values.
    cells : Window
        Of several for one position the last one counts, in C order.
    is_own : bool
        Whether eigenvalues may be written over, where every element is stored.
    """
    if cells.covers(spectrum.shape):
        return reshape(part, spectrum.shape)
    if cells.size == 0:
        return spectrum
    if spectrum.active_indices is None:
        values = _values(part)
        whole = _writable(spectrum, is_own)
        cells.put(whole, values)
        out = spectrum.replace(eigenvalues=whole)
    elif part.active_indices is None or cells.size <= spectrum.nactive or not cells.is_injective:
        out = _put_at(spectrum, *_listed(cells, part))
    else:
        fill = spectrum.fill_value
        alike = fills_alike(fill, part.fill_value) if part.nactive < part.size else fill
        if alike is None and cells.size <= spectrum.size // 2:
            out = _put_at(spectrum, *_listed(cells, part))
        else:
            out = _pasted(spectrum, *cells.once(part), alike)
    return _bounded(out, spectrum.absolute_error, part.absolute_error)


def _pasted(spectrum: Spectrum, cells: Window, part: Spectrum, alike: Scalar | None) -> Spectrum:
    """Write what is active of a part, to cells none of which is there twice.

    `alike`: the fill value of both.
    """
    fill = spectrum.fill_value
    outside = ~cells.has(spectrum.indices())
    indices, values = spectrum.indices()[outside], spectrum.eigenvalues[outside]
    stored = indices.size + part.nactive
    signs_differ = alike is not None and not same_value(fill, part.fill_value)
    if signs_differ and not pays_sparse(stored, spectrum.size, spectrum.dtype):
        # Every position is stored, with the sign of its zero.
        whole = to_dense(spectrum).reshape(-1).copy()
        cells.put(whole, _values(part))
        return spectrum.replace(eigenvalues=whole, active_indices=None)
    if alike is not None:
        fill = alike
    else:
        # Most elements are in the cells: the others are listed instead.
        rest = cells.outside(spectrum.size).astype(indices.dtype)
        spread = np.full(rest.size, fill)
        spread[rest.searchsorted(indices)] = values
        indices, values, fill = rest, spread, part.fill_value
    where, order = kernels.radix_sort.sorted_order(cells.located(part.indices()))
    new = part.eigenvalues.take(order)
    return _merged(spectrum, indices, values, where.astype(indices.dtype), new, fill)


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
        made = Spectrum(old.shape, out.dtype, old.bases, out, None, zero_of(out.dtype))
    else:
        values, fill = split_fill(out, has_fill)
        made = compact(old.shape, out.dtype, old.bases, values, indices, fill)
    if old.error is None and new.error is None:
        return made
    return bounded(made, hypot(old.absolute_error, new.absolute_error) if contracts else inf)


def mapped(spectrum: Spectrum, apply: Callable[[Array], Array]) -> Spectrum:
    """Change every element of an array in the standard basis by a function of arrays. O(k).

    The error is then unknown, unless the array is exact.
    """
    require_budget(spectrum.eigenvalues.nbytes, "take a part of it")
    error = None if spectrum.error is None else ErrorBound.unknown()
    return map_elements(apply, spectrum, error)
