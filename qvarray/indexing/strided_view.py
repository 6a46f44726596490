"""Where the elements of a view are in the array that it looks at.

A window is a `Strided`: a shape, strides and an offset, integers alone. What NumPy's functions make
of it is found on an array of elements of no bytes, which NumPy slices, transposes and reshapes, and
of which there is nothing to read or to write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..core.budget import require_budget
from ..core.source import AxisKey
from ..core.values import Array, Shape
from ..runtime.caches import cleared

#: A structure without fields: whatever strides an array of such elements has, it has no memory.
_NOTHING = np.zeros(1, np.dtype([]))
_WRAP = 1 << 64


@dataclass(frozen=True, slots=True)
class Strided:
    """Which elements of an array a view has."""

    shape: Shape
    #: How far apart, in C order of the array, neighbours along each axis are.
    strides: tuple[int, ...]
    #: The C-order position of the first element.
    offset: int = 0

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    @property
    def c_contiguous(self) -> bool:
        """Whether the elements follow each other in C order."""
        return 0 in self.shape or self._has(_c_strides(self.shape))

    @property
    def f_contiguous(self) -> bool:
        """Whether the elements follow each other in Fortran order."""
        return 0 in self.shape or self._has(_c_strides(self.shape[::-1])[::-1])

    def _has(self, strides: tuple[int, ...]) -> bool:
        triples = zip(self.shape, self.strides, strides, strict=True)
        return all(n == 1 or own == other for n, own, other in triples)

    def part(self, key: Sequence[AxisKey]) -> Strided:
        """Return what a basic key names, as `keys.basic_key` makes it."""
        shape: list[int] = []
        strides: list[int] = []
        offset, axis = self.offset, 0
        for wanted in key:
            if wanted is None:
                shape.append(1)
                strides.append(0)
                continue
            stride = self.strides[axis]
            if isinstance(wanted, range):
                shape.append(len(wanted))
                strides.append(stride * wanted.step)
                offset += stride * wanted.start if len(wanted) else 0
            else:
                offset += stride * wanted
            axis += 1
        return Strided((*shape, *self.shape[axis:]), (*strides, *self.strides[axis:]), offset)

    def seen(self, look: Callable[[Array], Array]) -> Strided:
        """Return the same view of this as `look` makes of an ndarray, which it must not read."""
        array, address = _placed(self.shape, self.strides)
        view = look(array)
        # Addresses are unsigned, and may wrap around.
        away = (_address(view) - address) % _WRAP
        away -= _WRAP * (away > _WRAP // 2)
        return Strided(view.shape, view.strides, self.offset + away)


def as_seen(look: Callable[[Array], Array]) -> Callable[[Strided], Strided]:
    """Return what makes the view of a window that `look` makes of an ndarray."""
    return lambda window: window.seen(look)


def stand_in(shape: Shape, strides: tuple[int, ...]) -> Array:
    """Return an ndarray of that shape and those strides, of elements of no bytes. O(1).

    A single element has one byte: NumPy then gives new axes of length 1 the strides that it does.
    """
    return as_strided(_NOTHING if prod(shape) > 1 else np.zeros(1, np.int8), shape, strides)


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


@lru_cache(maxsize=64)
def _placed(shape: Shape, strides: tuple[int, ...]) -> tuple[Array, int]:
    """Return a stand-in, and its address."""
    array = stand_in(shape, strides)
    return array, _address(array)


cleared(_placed.cache_clear)


def _c_strides(shape: Shape) -> tuple[int, ...]:
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


@lru_cache(maxsize=64)
def window_of(shape: Shape) -> Strided:
    """Return the window of a whole array, in C order. O(1)."""
    return Strided(shape, _c_strides(shape))


def covers(window: Strided, shape: Shape) -> bool:
    """Tell whether a window has every element of an array of that shape, in the same order."""
    return window.size == prod(shape) and window.c_contiguous and window.offset == 0


def located(window: Strided, positions: Array) -> Array:
    """Return the positions in the array of elements of a window.

    `positions` (ndarray of int64, shape (m,)): in the window, in C order.

    Returns
    -------
    ndarray of int64, shape (m,)
    """
    out = np.full(positions.size, window.offset, np.int64)
    along = np.unravel_index(positions, window.shape) if window.shape else ()
    for index, stride in zip(along, window.strides, strict=True):
        out += index * stride
    return out


def positions_in(window: Strided) -> Array:
    """Return the position in the array of every element of a window, of its shape.

    Raises MaterializationError where these are over the memory budget.
    """
    require_budget(window.size * 24, "write fewer elements at a time")
    if len(window.shape) == 1:
        n, start, stride = window.shape[0], window.offset, window.strides[0]
        return start + stride * np.arange(n, dtype=np.int64)
    out = np.full(window.shape, window.offset if window.size else 0, np.int64)
    for axis, (n, stride) in enumerate(zip(window.shape, window.strides, strict=True)):
        steps = np.arange(n, dtype=np.int64) * stride
        out += steps.reshape((-1,) + (1,) * (window.ndim - axis - 1))
    return out


def _axes(window: Strided) -> list[tuple[int, int, int]]:
    """Return the stride, length and number of each axis longer than 1, largest stride first."""
    found = [
        (abs(stride), n, axis)
        for axis, (stride, n) in enumerate(zip(window.strides, window.shape, strict=True))
        if n > 1
    ]
    return sorted(found, reverse=True)


def as_range(window: Strided) -> range | None:
    """Return the positions in the array of a window's elements, where they are in one line.

    None also where that goes backwards, and where there are no elements.
    """
    line = range(window.offset, window.offset + 1)
    for n, stride in zip(window.shape, window.strides, strict=True):
        if n == 1:
            continue
        if len(line) != 1 or stride <= 0 or n == 0:
            return None
        line = range(window.offset, window.offset + stride * n, stride)
    return line


def is_injective(window: Strided) -> bool:
    """Tell whether no axis folds back on another, so that an element has one place in a window."""
    reach = 0
    for stride, n, _ in reversed(_axes(window)):
        if stride <= reach:
            return False
        reach += stride * (n - 1)
    return True


def coordinates_in(window: Strided, positions: Array) -> tuple[Array, tuple[Array, ...]]:
    """Tell which positions in the array an injective window has, and where in it they are.

    O(k) for each axis.

    `positions` (ndarray of int, shape (k,)).

    Returns
    -------
    inside : ndarray of bool, shape (k,)
    coordinates : tuple of ndarray of int64, shape (m,) each
        Along every axis of the window, of those that are inside.
    """
    low = window.offset
    for stride, n in zip(window.strides, window.shape, strict=True):
        low += min(stride, 0) * (n - 1)
    rest = positions.astype(np.int64) - low
    inside = rest >= 0
    along: dict[int, Array] = {}
    for stride, n, axis in _axes(window):
        index = rest // stride  # of which NumPy does several at a time, unlike divmod
        rest -= index * stride
        inside &= index < n
        along[axis] = index
    inside &= rest == 0
    found = inside.nonzero()[0]
    zeros = np.zeros(found.size, np.int64)
    coordinates = [zeros] * window.ndim
    for axis, index in along.items():
        index = index.take(found)
        last = window.shape[axis] - 1
        coordinates[axis] = last - index if window.strides[axis] < 0 else index
    return inside, tuple(coordinates)
