"""Searching and indexing functions."""

from __future__ import annotations

from typing import Literal, overload

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Axis
from .wrapping import ABSENT, Out, from_numpy


def _where_extreme(
    a: ArrayLike, axis: int | None = None, out: Out = None, *, keepdims: bool = ABSENT
) -> VirtualQArray: ...
@from_numpy("count_nonzero")
def count_nonzero(a: ArrayLike, axis: Axis = None, *, keepdims: bool = False) -> VirtualQArray: ...
@from_numpy("nonzero")
def nonzero(a: ArrayLike) -> tuple[VirtualQArray, ...]: ...
@from_numpy("searchsorted", arrays=2)
def searchsorted(
    a: ArrayLike,
    v: ArrayLike,
    side: Literal["left", "right"] = "left",
    sorter: ArrayLike | None = None,
) -> VirtualQArray: ...
@from_numpy("take")
def take(
    a: ArrayLike,
    indices: ArrayLike,
    axis: int | None = None,
    out: Out = None,
    mode: Literal["raise", "wrap", "clip"] = "raise",
) -> VirtualQArray: ...
@from_numpy("take_along_axis")
def _take_along(arr: ArrayLike, indices: ArrayLike, axis: int | None) -> VirtualQArray: ...
@overload
def where(condition: ArrayLike, /) -> tuple[VirtualQArray, ...]: ...
@overload
def where(condition: ArrayLike, x: ArrayLike, y: ArrayLike, /) -> VirtualQArray: ...
@from_numpy("where", arrays=3)
def where(
    condition: ArrayLike, x: ArrayLike | None = None, y: ArrayLike | None = None, /
) -> VirtualQArray | tuple[VirtualQArray, ...]: ...


argmax = from_numpy("argmax")(_where_extreme)
argmin = from_numpy("argmin")(_where_extreme)


def take_along_axis(arr: ArrayLike, indices: ArrayLike, axis: int | None = -1) -> VirtualQArray:
    """Return elements by their positions along one axis; along the others they stay where they are.

    Parameters
    ----------
    arr : array_like
    indices : array_like
        Integers, with as many axes.
    axis : int or None
        The last by default; None for the flat array.

    Examples
    --------
    >>> import qvarray as qv
    >>> print(qv.take_along_axis(qv.asarray([[1, 3, 2]]), qv.asarray([[2]])))
    [[2]]
    """
    return _take_along(arr, indices, axis)  # NumPy has no default up to 2.2
