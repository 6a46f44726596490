"""Parse basic keys: integers, slices, ellipses and new axes."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, SupportsIndex

import numpy as np

from ..core.source import AxisKey
from ..core.values import MAX_AXES


def _position(key: SupportsIndex, n: int, axis: int) -> int:
    index = operator.index(key)
    if not -n <= index < n:
        raise IndexError(f"index {index} is out of bounds for axis {axis} with size {n}")
    return index + n if index < 0 else index


def basic_key(key: object, shape: tuple[int, ...]) -> list[AxisKey] | None:
    """Resolve a key of integers, slices, Ellipsis and newaxis; None for any other key.

    Raises IndexError for an integer out of bounds or more indices than dimensions, as NumPy does.
    """
    parts: tuple[Any, ...] = key if isinstance(key, tuple) else (key,)
    used = dots = 0
    for part in parts:
        if part is None:
            continue
        if part is Ellipsis:
            dots += 1
            continue
        if not isinstance(part, slice):
            if isinstance(part, (bool, np.bool_)) or not hasattr(part, "__index__"):
                return None
            if isinstance(part, np.ndarray) and (part.ndim or part.dtype.kind not in "iu"):
                return None
        used += 1
    if dots > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    if used > len(shape):
        raise IndexError(
            f"too many indices for array: array is {len(shape)}-dimensional, "
            f"but {used} were indexed"
        )
    out: list[AxisKey] = []
    axis = 0
    for part in parts if dots or used == len(shape) else (*parts, Ellipsis):
        if part is None:
            out.append(None)
        elif part is Ellipsis:
            stop = axis + len(shape) - used
            out.extend(range(n) for n in shape[axis:stop])
            axis = stop
        elif isinstance(part, slice):
            positions = range(*part.indices(shape[axis]))
            # A step that is never taken may be too large for NumPy.
            begin = positions.start
            out.append(positions if len(positions) > 1 else range(begin, begin + len(positions)))
            axis += 1
        else:
            out.append(_position(part, shape[axis], axis))
            axis += 1
    if len(out) > MAX_AXES:
        ndim = sum(not isinstance(part, int) for part in out)
        if ndim > MAX_AXES:
            raise IndexError(
                f"number of dimensions must be within [0, {MAX_AXES}], indexing result would have "
                f"{ndim}"
            )
    return out


def element_position(key: Any, shape: tuple[int, ...]) -> int | None:
    """Return the C-order position that a key of plain integers names; None for others.

    Raises IndexError for an integer out of bounds.
    """
    if type(key) is not tuple:
        if len(shape) != 1 or not (type(key) is int or isinstance(key, np.integer)):
            return None
        n = shape[0]
        if not -n <= key < n:
            raise IndexError(f"index {key} is out of bounds for axis 0 with size {n}")
        return int(key) if key >= 0 else int(key) + n
    if len(key) != len(shape):
        return None
    position = 0
    for axis, index in enumerate(key):
        n = shape[axis]
        if type(index) is not int:
            if not isinstance(index, np.integer):
                return None
            index = int(index)
        if 0 <= index < n:
            position = position * n + index
        elif -n <= index < 0:
            position = position * n + index + n
        else:
            raise IndexError(f"index {index} is out of bounds for axis {axis} with size {n}")
    return position


def linear_position(positions: Sequence[Any], shape: tuple[int, ...]) -> int:
    """Return the C-order position of a position along every axis. O(1).

    >>> linear_position((1, 2), (3, 4))
    6
    """
    out = 0
    for position, n in zip(positions, shape, strict=True):
        out = out * n + position
    return out


def along_axes(position: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the position along every axis of a C-order position. O(1).

    >>> along_axes(6, (3, 4))
    (1, 2)
    """
    out = []
    for n in reversed(shape):
        position, rest = divmod(position, n)
        out.append(rest)
    return tuple(reversed(out))


def as_slice(part: range) -> slice:
    """Return the slice that picks the positions of `part`.

    >>> as_slice(range(3, -1, -1))
    slice(3, None, -1)
    """
    if not len(part):
        return slice(0, 0)
    stop: int | None = part[-1] + (1 if part.step > 0 else -1)
    return slice(part.start, None if stop is not None and stop < 0 else stop, part.step)


def shifted(positions: range, offset: int) -> range:
    """Return the positions moved by an offset.

    >>> shifted(range(2, 8, 3), 10)
    range(12, 18, 3)
    """
    return range(positions.start + offset, positions.stop + offset, positions.step)
