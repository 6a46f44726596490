"""Advanced keys: arrays of integers and masks, mixed with slices, by NumPy's rules."""

from __future__ import annotations

from math import prod

import numpy as np

from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.runs import ordinals
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import require_size
from ..ops.basis_change import linear, to_bases
from ..ops.broadcast import permute_axes
from ..ops.reshape import reshape
from .advanced_keys import _INSTEAD, Advanced, positions_of
from .elements import at_coordinates
from .select import taken

__all__ = [
    "picked",
    "without",
]


def picked(source: Source, key: Advanced) -> Spectrum:
    """Return the elements that an advanced key names, as an array of its own.

    Notes
    -----
    O(k + m log k + r) for m positions along the indexed axes and r coefficients of the result;
    in a spectral basis only what was asked is evaluated.
    """
    require_size(key.shape)
    if not prod(key.shape):
        zero = source.dtype.type(0)
        bases = (STANDARD,) * len(key.shape)
        return Spectrum(key.shape, source.dtype, bases, np.empty(0, source.dtype), None, zero)
    spectrum = source.stored
    if not key.lengths or spectrum is None:
        return _elements(source, key)
    lossy = spectrum.error is not None
    standard = not spectrum.diagonal and all(spectrum.bases[axis] is STANDARD for axis in key.axes)
    out = _rows(spectrum, key) if standard else _evaluated(spectrum, key)
    # Elements may repeat, so the bound of the whole is none of the part.
    return out.replace(error=ErrorBound.unknown() if lossy else None)


def _elements(source: Source, key: Advanced) -> Spectrum:
    """Return single elements, each evaluated."""
    shape = key.shape
    if source.stored is not None and key.along:
        values = at_coordinates(source.stored, tuple(index.reshape(-1) for index in key.along))
    else:
        values = source.at(positions_of(key, source.shape).reshape(-1))
    origin = source.origin
    fill = source.dtype.type(0 if origin is None else origin.fill_value)
    error = None if source.error is None else ErrorBound.unknown()
    indices = np.arange(values.size)
    bases = (STANDARD,) * len(shape)
    return compact(shape, source.dtype, bases, values, indices, fill, error=error)


def _front(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """Take the slices of a key, and move the axes that are indexed by arrays to the front."""
    others = iter(wanted for wanted in key.others if wanted is not None)
    part = taken(
        spectrum,
        [range(n) if axis in key.axes else next(others) for axis, n in enumerate(spectrum.shape)],
    )
    rest = [axis for axis in range(len(spectrum.shape)) if axis not in key.axes]
    return permute_axes(part, [*key.axes, *rest])


def _rows(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """Return rows of the matrix that the array is, its indexed axes against the others."""
    front = _front(spectrum, key)
    ahead = front.shape[: len(key.axes)]
    numbers = linear(tuple(index.reshape(-1) for index in key.along), ahead)
    if not key.axes:
        numbers = np.zeros(prod(key.common), np.int64)
    width, m = prod(key.lengths), numbers.size
    shape, bases = (m, *key.lengths), (STANDARD, *front.bases[len(key.axes) :])
    dtype, fill = front.dtype, front.fill_value
    if front.active_indices is None:
        require_budget(m * width * front.eigenvalues.dtype.itemsize, _INSTEAD)
        values = front.eigenvalues.reshape(-1, width)[numbers].reshape(-1)
        made = Spectrum(shape, dtype, bases, values, None, fill)
    else:
        indices = front.active_indices
        first = (numbers * width).astype(indices.dtype)
        low = indices.searchsorted(first)
        high = indices.searchsorted(first + indices.dtype.type(width - 1), "right")
        counts = high - low
        total = int(counts.sum())
        require_budget(total * (24 + front.eigenvalues.dtype.itemsize), _INSTEAD)
        which = np.repeat(np.arange(m), counts)
        entries = np.repeat(low, counts) + ordinals(counts)
        where = which * width + (indices[entries] - numbers[which] * width)
        made = compact(shape, dtype, bases, front.eigenvalues[entries], where, fill)
    return _placed(made, key)


def _placed(rows: Spectrum, key: Advanced) -> Spectrum:
    """Return rows with the common axes split, and put at their place among the others."""
    ahead = len(key.common)
    split = rows.replace(
        shape=(*key.common, *rows.shape[1:]), bases=(STANDARD,) * ahead + rows.bases[1:]
    )
    before = sum(1 for wanted in key.others[: key.place] if wanted is not None)
    axes = list(range(ahead, ahead + before))
    axes += list(range(ahead)) + list(range(ahead + before, len(split.shape)))
    return reshape(permute_axes(split, axes), key.shape)


def _evaluated(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """Return what `_rows` does where an indexed axis is spectral: rows are evaluated once."""
    lengths = tuple(spectrum.shape[axis] for axis in key.axes)
    numbers = linear(tuple(index.reshape(-1) for index in key.along), lengths)
    unique, inverse = np.unique(numbers, return_inverse=True)
    stored = spectrum.nactive if spectrum.active_indices is not None else spectrum.size
    if unique.size * stored > 8 * spectrum.size or not unique.size:
        # Whole lines cost less than single rows.
        bases = tuple(
            STANDARD if axis in key.axes else basis for axis, basis in enumerate(spectrum.bases)
        )
        return _rows(to_bases(spectrum, bases), key)
    kept: list[Spectrum] = []
    for row in zip(*(index.tolist() for index in np.unravel_index(unique, lengths)), strict=True):
        fixed, others = iter(row), iter(wanted for wanted in key.others if wanted is not None)
        axes = range(len(spectrum.shape))
        parts = [next(fixed) if axis in key.axes else next(others) for axis in axes]
        kept.append(taken(spectrum, parts))
    bases = kept[0].bases
    if any(part.bases != bases for part in kept):
        bases = (STANDARD,) * len(bases)
        kept = [to_bases(part, bases) for part in kept]
    width = prod(key.lengths)
    indices = np.concatenate([part.indices() + np.int64(i * width) for i, part in enumerate(kept)])
    values = np.concatenate([part.eigenvalues for part in kept])
    shape = (len(kept), *key.lengths)
    # A basis that is not standard has no other fill value, and a row of a diagonal array neither.
    rows = compact(
        shape, spectrum.dtype, (STANDARD, *bases), values, indices, spectrum.dtype.type(0)
    )
    again = Advanced((0,), (inverse,), inverse.shape, [range(n) for n in key.lengths], 0)
    return _placed(_rows(rows, again), key)


def without(spectrum: Spectrum, mask: Spectrum) -> Spectrum | None:
    """Return the elements where a mask of the array's shape is true, of few that are false. O(k).

    None for other masks, and other bases.
    """
    if mask.active_indices is None or mask.fill_value == 0 or not spectrum.is_standard:
        return None
    if spectrum.active_indices is None or mask.shape != spectrum.shape:
        return None
    off = mask.active_indices[mask.eigenvalues == 0]
    indices = spectrum.active_indices
    before = off.searchsorted(indices)
    dropped = off[np.minimum(before, max(off.size - 1, 0))] == indices if off.size else False
    kept = np.broadcast_to(~np.asarray(dropped), indices.shape)
    shape = (spectrum.size - off.size,)
    error = None if spectrum.error is None else ErrorBound.unknown()
    return compact(
        shape,
        spectrum.dtype,
        (STANDARD,),
        spectrum.eigenvalues[kept],
        indices[kept].astype(np.int64) - before[kept],
        spectrum.fill_value,
        error=error,
    )
