"""Searching and indexing functions."""

from __future__ import annotations

from typing import Any

from .wrapping import of

__all__ = [
    "argmax",
    "argmin",
    "count_nonzero",
    "nonzero",
    "searchsorted",
    "take",
    "take_along_axis",
    "where",
]

argmax = of("argmax")
argmin = of("argmin")
count_nonzero = of("count_nonzero")
nonzero = of("nonzero")
searchsorted = of("searchsorted", arrays=2)
take = of("take")
_take_along_axis = of("take_along_axis")
where = of("where", arrays=3)


def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Any:
    """Elements by their positions along one axis; those along the others stay what they are.

    Parameters
    ----------
    x : array
    indices : array
        Of integers, with as many axes.
    axis : int

    Examples
    --------
    >>> import qvarray as qv
    >>> print(qv.take_along_axis(qv.asarray([[1, 3, 2]]), qv.asarray([[2]])))
    [[2]]
    """
    return _take_along_axis(x, indices, axis=axis)
