"""Advanced keys: arrays of integers and masks, mixed with slices, by NumPy's rules."""

from __future__ import annotations

import operator
from math import prod
from typing import Any, NamedTuple, NoReturn

import numpy as np

from .bases import STANDARD
from .expression import Expression, Node
from .numpy_versions import Behaviour, has
from .paging import require_budget
from .reshaping import reshape
from .selection import Key, at, at_positions, item, select
from .spectrum import Array, ErrorBound, Spectrum, compact, require_size
from .structure import permute_axes
from .transform import linear, to_bases, to_dense

__all__ = [
    "Advanced",
    "advanced_key",
    "dense_key",
    "picked",
    "positions_of",
    "true_positions",
    "without",
]

_INSTEAD = "name fewer elements at a time"
_INVALID = (
    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean "
    "arrays are valid indices"
)


class Advanced(NamedTuple):
    """A key with arrays in it, spelled out.

    Attributes
    ----------
    axes : tuple of int
        The axes of the array that are indexed by arrays.
    along : tuple of ndarray of int64
        Where along each of them, all of shape `common`.
    common : tuple of int
        What the arrays broadcast to.
    others : list of range or None
        What the other axes are asked for, in order; None for a new one.
    place : int
        Before how many of the others the common axes stand in the result.
    """

    axes: tuple[int, ...]
    along: tuple[Array, ...]
    common: tuple[int, ...]
    others: list[range | None]
    place: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what is selected."""
        lengths = tuple(1 if one is None else len(one) for one in self.others)
        return (*lengths[: self.place], *self.common, *lengths[self.place :])

    @property
    def lengths(self) -> tuple[int, ...]:
        """Of the other axes that the array has."""
        return tuple(len(one) for one in self.others if one is not None)


def true_positions(mask: Spectrum) -> Array:
    """The C-order positions where a mask is true, sorted, as int64. O(k).

    Raises
    ------
    MaterializationError
        Where most elements are true, and too many for the memory budget.
    """
    if mask.active_indices is None:
        return np.flatnonzero(mask.eigenvalues)
    on = mask.active_indices[mask.eigenvalues != 0].astype(np.int64)
    if mask.fill_value == 0:
        return on
    require_budget(mask.size * 9, _INSTEAD)
    whole = np.ones(mask.size, bool)
    whole[mask.active_indices] = mask.eigenvalues != 0
    return np.flatnonzero(whole)


def dense_key(key: Any) -> Any:
    """A key with the spectra in it as ndarrays."""
    if isinstance(key, tuple):
        return tuple(dense_key(one) for one in key)
    return to_dense(key) if isinstance(key, Spectrum) else key


def _offer(key: Any, shape: tuple[int, ...]) -> None:
    """Let NumPy look at a key, and raise what it raises."""
    np.broadcast_to(np.zeros((), np.int8), shape)[dense_key(key)]


def _refuse(key: Any, shape: tuple[int, ...]) -> NoReturn:
    """Raise what NumPy raises for a key."""
    _offer(key, shape)
    raise IndexError(_INVALID)


def _part(one: Any) -> Any:
    """An element of a key: None, Ellipsis, a slice, or an array of integers or bools."""
    if one is None or one is Ellipsis or isinstance(one, slice):
        return one
    if isinstance(one, Spectrum):
        if one.dtype.kind == "b" and one.shape:
            return one
        one = to_dense(one)
    if isinstance(one, (str, bytes)):
        raise IndexError(_INVALID)
    array = np.asarray(one)
    if array.size == 0 and array.ndim and not isinstance(one, np.ndarray):
        array = array.astype(np.intp)  # an empty list
    if array.dtype.kind not in "biu":
        if array.dtype.kind == "O" and not array.ndim and hasattr(one, "__index__"):
            return np.asarray(operator.index(one))
        raise IndexError(_INVALID)
    return array


def _consumed(part: Any) -> int:
    """How many axes of the array an element of a key stands for."""
    if part is None or part is Ellipsis:
        return 0
    if isinstance(part, Spectrum):
        return len(part.shape)
    return part.ndim if isinstance(part, np.ndarray) and part.dtype.kind == "b" else 1


def _true(mask: Any) -> tuple[Array, ...]:
    if isinstance(mask, Spectrum):
        return np.unravel_index(true_positions(mask), mask.shape)
    return mask.nonzero()


def advanced_key(key: Any, shape: tuple[int, ...]) -> Advanced:
    """A key that `selection.basic_key` does not know, spelled out.

    Parameters
    ----------
    key : object
        As NumPy takes it; arrays may be Spectra.
    shape : tuple of int
        Of the array.

    Raises
    ------
    IndexError
        As NumPy.
    """
    try:
        parts = [_part(one) for one in (key if isinstance(key, tuple) else (key,))]
    except (IndexError, ValueError):
        _refuse(key, shape)
    missing = len(shape) - sum(map(_consumed, parts))
    dots = sum(1 for part in parts if part is Ellipsis)
    if missing < 0 or dots > 1:
        _refuse(key, shape)
    if not dots:
        parts.append(Ellipsis)
    axes: list[int] = []
    arrays: list[Array] = []
    free: list[Array] = []  # scalars of bool stand for no axis, and broadcast
    others: list[range | None] = []
    runs: list[int] = []
    place = axis = 0
    for i, part in enumerate(parts):
        if part is Ellipsis:
            others.extend(range(n) for n in shape[axis : axis + missing])
            axis += missing
        elif part is None:
            others.append(None)
        elif isinstance(part, slice):
            others.append(range(*part.indices(shape[axis])))
            axis += 1
        else:
            place = place if runs else len(others)
            runs.append(i)
            count = _consumed(part)
            if isinstance(part, Spectrum) or part.dtype.kind == "b":
                if part.shape != shape[axis : axis + count]:
                    _offer(key, shape)
                if count:
                    arrays.extend(_true(part))
                else:
                    free.append(np.zeros(int(part), np.int64))
            else:
                # Of an empty selection NumPy looks at single integers only.
                arrays.append(part if part.ndim else _within(part, shape[axis], key, shape))
            axes.extend(range(axis, axis + count))
            axis += count
    try:
        common = np.broadcast_shapes(*(one.shape for one in (*arrays, *free)))
    except ValueError:
        _refuse(key, shape)
    if runs and runs[-1] - runs[0] + 1 != len(runs):
        place = 0  # arrays apart from each other: their axes come first
    if prod(common):
        arrays = [_within(one, shape[i], key, shape) for one, i in zip(arrays, axes, strict=True)]
    along = tuple(np.broadcast_to(one, common) for one in arrays)
    return Advanced(tuple(axes), along, common, others, place)


def _within(positions: Array, n: int, key: Any, shape: tuple[int, ...]) -> Array:
    """Positions along an axis of length n, counted from its begin."""
    if positions.size:
        low, high = int(positions.min()), int(positions.max())
        if low < -n or high >= n:
            if has(Behaviour.EMPTY_SELECTIONS_ARE_CHECKED) or not positions.ndim:
                _refuse(key, shape)
            _offer(key, shape)  # warns, where there is nothing to select
            return np.zeros(positions.shape, np.int64)
        positions = positions.astype(np.int64)
        if low < 0:
            positions = np.where(positions < 0, positions + n, positions)
    return positions.astype(np.int64, copy=False)


def positions_of(key: Advanced, shape: tuple[int, ...]) -> Array:
    """The C-order position of every element that a key names, in the shape that it selects.

    Raises
    ------
    MaterializationError
        Where that is over the memory budget.
    """
    require_budget(prod(key.shape) * 24, _INSTEAD)
    out = np.zeros(key.shape, np.int64)
    behind = len(key.others) - key.place
    for axis, where in zip(key.axes, key.along, strict=True):
        out += (where * prod(shape[axis + 1 :])).reshape(key.common + (1,) * behind)
    rest = iter(axis for axis in range(len(shape)) if axis not in key.axes)
    for i, one in enumerate(key.others):
        if one is None:
            continue
        steps = np.arange(len(one), dtype=np.int64) * one.step + one.start
        after = len(key.others) - 1 - i + (len(key.common) if i < key.place else 0)
        out += (steps * prod(shape[next(rest) + 1 :])).reshape((-1,) + (1,) * after)
    return out


def picked(source: Node, key: Advanced) -> Spectrum:
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
    if not key.lengths or isinstance(source, Expression):
        return _elements(source, key)
    lossy = source.error is not None
    standard = not source.diagonal and all(source.bases[axis] is STANDARD for axis in key.axes)
    out = _rows(source, key) if standard else _evaluated(source, key)
    # Elements may repeat, so the bound of the whole is none of the part.
    return out.replace(error=ErrorBound.unknown() if lossy else None)


def _elements(source: Node, key: Advanced) -> Spectrum:
    """Single elements, each evaluated."""
    shape = key.shape
    if isinstance(source, Expression):
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
    parts: list[Key] = [
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
        parts: list[Key] = [
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
