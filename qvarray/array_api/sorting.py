"""Sorting functions."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..functions.sorting.sort import order_of
from .manipulation import flip
from .wrapping import from_numpy


@from_numpy("argsort")
def _argsort(a: ArrayLike, axis: int = -1, *, stable: bool) -> VirtualQArray: ...
@from_numpy("sort")
def _sort(a: ArrayLike, axis: int = -1, *, stable: bool) -> VirtualQArray: ...


def sort(
    x: ArrayLike, /, axis: int = -1, *, descending: bool = False, stable: bool = True
) -> VirtualQArray:
    """Sort a copy along an axis.

    Parameters
    ----------
    x : array
    axis : int
    descending : bool
        The largest first; NaN before all others.
    stable : bool
        Whether equal elements must keep their order.

    Examples
    --------
    >>> import qvarray as qv
    >>> print(qv.sort(qv.asarray([1, 3, 2]), descending=True))
    [3 2 1]
    """
    if not descending:
        return _sort(x, axis=axis, stable=stable)
    return flip(_sort(flip(x, axis=axis), axis=axis, stable=stable), axis=axis)


def argsort(
    x: ArrayLike, /, axis: int = -1, *, descending: bool = False, stable: bool = True
) -> VirtualQArray:
    """Find the indices that sort an array along an axis.

    Parameters
    ----------
    x : array
    axis : int
    descending : bool
        The largest first; NaN before all others.
    stable : bool
        Whether equal elements must keep their order.

    Notes
    -----
    Those of an array that stores few of its elements are computed when they are asked for: the
    first thousand take no more than a thousand. See `topk` for the elements themselves.

    Examples
    --------
    >>> import qvarray as qv
    >>> print(qv.argsort(qv.asarray([1, 3, 3, 2]), descending=True))
    [1 2 3 0]
    """
    if not descending:
        return _argsort(x, axis=axis, stable=stable)
    lazy = order_of(x, axis, descending=True) if isinstance(x, VirtualQArray) else None
    if lazy is not None:
        return lazy
    # The order of equal elements is turned around twice.
    order = flip(_argsort(flip(x, axis=axis), axis=axis, stable=stable), axis=axis)
    return order.shape[axis] - 1 - order
