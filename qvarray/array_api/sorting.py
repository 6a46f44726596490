"""Sorting functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .wrapping import as_arrays, of

__all__ = ["argsort", "sort"]

_argsort = of("argsort")
_sort = of("sort")
_flip = of("flip")


def sort(x: Any, /, axis: int = -1, *, descending: bool = False, stable: bool = True) -> Any:
    """A copy, sorted along an axis.

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
    return _flip(_sort(_flip(x, axis=axis), axis=axis, stable=stable), axis=axis)


def argsort(x: Any, /, axis: int = -1, *, descending: bool = False, stable: bool = True) -> Any:
    """The indices that sort an array along an axis.

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
    >>> print(qv.argsort(qv.asarray([1, 3, 3, 2]), descending=True))
    [1 2 3 0]
    """
    if not descending:
        return _argsort(x, axis=axis, stable=stable)
    # The order of equal elements is turned around twice.
    order = _flip(_argsort(_flip(x, axis=axis), axis=axis, stable=stable), axis=axis)
    return as_arrays(np.subtract(order.shape[axis] - 1, order))
