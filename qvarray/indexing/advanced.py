"""Advanced keys: arrays of integers and masks, mixed with slices, by NumPy's rules."""

from __future__ import annotations

from math import prod

import numpy as np

from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.source import AxisKey, Source
from ..core.spectrum import Spectrum, compact
from ..core.values import require_size
from ..ops.basis_change import linear, to_bases
from ..ops.broadcast import permute_axes
from ..ops.reshape import reshape
from .advanced_keys import _INSTEAD, Advanced, positions_of
from .elements import at, at_positions, item
from .select import select

__all__ = [
    "picked",
    "without",
]


def picked(source: Source, key: Advanced) -> Spectrum:
    """The elements that an advanced key names, as an array of its own.

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
    if not key.lengths or not isinstance(source, Spectrum):
        return _elements(source, key)
    lossy = source.error is not None
    standard = not source.diagonal and all(source.bases[axis] is STANDARD for axis in key.axes)
    out = _rows(source, key) if standard else _evaluated(source, key)
    # Elements may repeat, so the bound of the whole is none of the part.
    return out.replace(error=ErrorBound.unknown() if lossy else None)


def _elements(source: Source, key: Advanced) -> Spectrum:
    """Single elements, each evaluated."""
    shape = key.shape
    if not isinstance(source, Spectrum):
        values = source.at(positions_of(key, source.shape).reshape(-1))
    elif not source.shape:
        values = np.full(prod(shape), item(source, ()))
    elif not key.along:
        values = at(source, positions_of(key, source.shape).reshape(-1))
    else:
        values = at_positions(source, tuple(one.reshape(-1) for one in key.along))
    fill = source.dtype.type(0)
    if isinstance(source, Spectrum) and source.is_standard:
        fill = source.fill_value
    error = None if source.error is None else ErrorBound.unknown()
    indices = np.arange(values.size)
    bases = (STANDARD,) * len(shape)
    return compact(shape, source.dtype, bases, values, indices, fill, error=error)


def _front(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """The slices of a key taken, and the axes that are indexed by arrays moved to the front."""
    others = iter(one for one in key.others if one is not None)
    parts: list[AxisKey] = [
        range(n) if axis in key.axes else next(others) for axis, n in enumerate(spectrum.shape)
    ]
    part = select(spectrum, parts)
    assert isinstance(part, Spectrum)
    rest = [axis for axis in range(len(spectrum.shape)) if axis not in key.axes]
    return permute_axes(part, [*key.axes, *rest])


def _rows(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """Rows of the matrix that the array is, its indexed axes against the others."""
    front = _front(spectrum, key)
    ahead = front.shape[: len(key.axes)]
    numbers = linear(tuple(one.reshape(-1) for one in key.along), ahead)
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
        entries = np.arange(total) + np.repeat(low - np.cumsum(counts) + counts, counts)
        where = which * width + (indices[entries] - numbers[which] * width)
        made = compact(shape, dtype, bases, front.eigenvalues[entries], where, fill)
    return _placed(made, key)


def _placed(rows: Spectrum, key: Advanced) -> Spectrum:
    """Rows with the common axes split, and put at their place among the others."""
    ahead = len(key.common)
    split = rows.replace(
        shape=(*key.common, *rows.shape[1:]), bases=(STANDARD,) * ahead + rows.bases[1:]
    )
    before = sum(1 for one in key.others[: key.place] if one is not None)
    axes = list(range(ahead, ahead + before))
    axes += list(range(ahead)) + list(range(ahead + before, len(split.shape)))
    return reshape(permute_axes(split, axes), key.shape)


def _evaluated(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """As `_rows`, where an indexed axis is in a spectral basis: each row is evaluated once."""
    lengths = tuple(spectrum.shape[axis] for axis in key.axes)
    numbers = linear(tuple(one.reshape(-1) for one in key.along), lengths)
    unique, inverse = np.unique(numbers, return_inverse=True)
    stored = spectrum.nactive if spectrum.active_indices is not None else spectrum.size
    if unique.size * stored > 8 * spectrum.size or not unique.size:
        # Whole lines cost less than single rows.
        bases = tuple(
            STANDARD if axis in key.axes else basis for axis, basis in enumerate(spectrum.bases)
        )
        return _rows(to_bases(spectrum, bases), key)
    kept: list[Spectrum] = []
    for row in zip(*(one.tolist() for one in np.unravel_index(unique, lengths)), strict=True):
        fixed, others = iter(row), iter(one for one in key.others if one is not None)
        parts: list[AxisKey] = [
            next(fixed) if axis in key.axes else next(others) for axis in range(len(spectrum.shape))
        ]
        one = select(spectrum, parts)
        assert isinstance(one, Spectrum)
        kept.append(one)
    bases = kept[0].bases
    if any(one.bases != bases for one in kept):
        bases = (STANDARD,) * len(bases)
        kept = [to_bases(one, bases) for one in kept]
    width = prod(key.lengths)
    indices = np.concatenate([one.indices() + np.int64(i * width) for i, one in enumerate(kept)])
    values = np.concatenate([one.eigenvalues for one in kept])
    shape = (len(kept), *key.lengths)
    # A basis that is not standard has no other fill value, and a row of a diagonal array neither.
    rows = compact(
        shape, spectrum.dtype, (STANDARD, *bases), values, indices, spectrum.dtype.type(0)
    )
    again = Advanced((0,), (inverse,), inverse.shape, [range(n) for n in key.lengths], 0)
    return _placed(_rows(rows, again), key)


def without(spectrum: Spectrum, mask: Spectrum) -> Spectrum | None:
    """The elements where a mask of the array's shape is true, of few that are false. O(k).

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
