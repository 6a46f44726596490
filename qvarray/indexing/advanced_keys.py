"""Parse keys with index arrays and masks."""

from __future__ import annotations

import operator
from math import prod
from typing import Any, NamedTuple, NoReturn

import numpy as np

from ..core.budget import require_budget
from ..core.numpy_versions import Behaviour, has
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..ops.basis_change import to_dense

__all__ = ["Advanced", "advanced_key", "dense_key", "positions_of", "true_positions"]

_INSTEAD = "name fewer elements at a time"


_INVALID = (
    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean "
    "arrays are valid indices"
)


class Advanced(NamedTuple):
    """A key with arrays in it, resolved.

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
        lengths = tuple(1 if wanted is None else len(wanted) for wanted in self.others)
        return (*lengths[: self.place], *self.common, *lengths[self.place :])

    @property
    def lengths(self) -> tuple[int, ...]:
        """Of the other axes that the array has."""
        return tuple(len(wanted) for wanted in self.others if wanted is not None)


def true_positions(mask: Spectrum) -> Array:
    """Return the C-order positions where a mask is true, sorted, as int64. O(k).

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


def dense_key(key: object) -> Any:
    """Return a key with the spectra in it as ndarrays."""
    if isinstance(key, tuple):
        return tuple(dense_key(part) for part in key)
    return to_dense(key) if isinstance(key, Spectrum) else key


def _offer(key: object, shape: tuple[int, ...]) -> None:
    """Let NumPy look at a key, and raise what it raises."""
    np.broadcast_to(np.zeros((), np.int8), shape)[dense_key(key)]


def _refuse(key: object, shape: tuple[int, ...]) -> NoReturn:
    """Raise what NumPy raises for a key."""
    _offer(key, shape)
    raise IndexError(_INVALID)


def _part(part: object) -> Any:
    """Return an element of a key: None, Ellipsis, a slice, or an array of integers or bools."""
    if part is None or part is Ellipsis or isinstance(part, slice):
        return part
    if isinstance(part, Spectrum):
        if part.dtype.kind == "b" and part.shape:
            return part
        part = to_dense(part)
    if isinstance(part, (str, bytes)):
        raise IndexError(_INVALID)
    array = np.asarray(part)
    if array.size == 0 and array.ndim and not isinstance(part, np.ndarray):
        array = array.astype(np.intp)  # an empty list
    if array.dtype.kind not in "biu":
        if array.dtype.kind == "O" and not array.ndim and hasattr(part, "__index__"):
            return np.asarray(operator.index(part))
        raise IndexError(_INVALID)
    return array


def _consumed(part: object) -> int:
    """Tell how many axes of the array an element of a key stands for."""
    if part is None or part is Ellipsis:
        return 0
    if isinstance(part, Spectrum):
        return len(part.shape)
    return part.ndim if isinstance(part, np.ndarray) and part.dtype.kind == "b" else 1


def _true(mask: Spectrum | Array) -> tuple[Array, ...]:
    if isinstance(mask, Spectrum):
        return np.unravel_index(true_positions(mask), mask.shape)
    return mask.nonzero()


def advanced_key(key: object, shape: tuple[int, ...]) -> Advanced:
    """Resolve a key that `basic_key` does not know.

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
        parts = [_part(part) for part in (key if isinstance(key, tuple) else (key,))]
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
        common = np.broadcast_shapes(*(index.shape for index in (*arrays, *free)))
    except ValueError:
        _refuse(key, shape)
    if runs and runs[-1] - runs[0] + 1 != len(runs):
        place = 0  # arrays apart from each other: their axes come first
    if prod(common):
        arrays = [
            _within(index, shape[i], key, shape) for index, i in zip(arrays, axes, strict=True)
        ]
    along = tuple(np.broadcast_to(index, common) for index in arrays)
    return Advanced(tuple(axes), along, common, others, place)


def _within(positions: Array, n: int, key: object, shape: tuple[int, ...]) -> Array:
    """Return positions along an axis of length n, counted from its begin."""
    if positions.size:
        low, high = int(positions.min()), int(positions.max())
        if low < -n or high >= n:
            if has(Behaviour.EMPTY_SELECTIONS_ARE_CHECKED) or not positions.ndim:
                _refuse(key, shape)
            _offer(key, shape)  # NumPy's warning, where there is nothing to select
            return np.zeros(positions.shape, np.int64)
        positions = positions.astype(np.int64)
        if low < 0:
            positions = np.where(positions < 0, positions + n, positions)
    return positions.astype(np.int64, copy=False)


def positions_of(key: Advanced, shape: tuple[int, ...]) -> Array:
    """Return the C-order position of every element that a key names, in the shape that it selects.

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
    for i, wanted in enumerate(key.others):
        if wanted is None:
            continue
        steps = np.arange(len(wanted), dtype=np.int64) * wanted.step + wanted.start
        after = len(key.others) - 1 - i + (len(key.common) if i < key.place else 0)
        out += (steps * prod(shape[next(rest) + 1 :])).reshape((-1,) + (1,) * after)
    return out
