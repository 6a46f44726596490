# ruff: noqa: A001  the standard's own names
"""Utility functions."""

from __future__ import annotations

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Axis
from .wrapping import ABSENT, Out, from_numpy


def _truth(
    a: ArrayLike,
    axis: Axis = None,
    out: Out = None,
    keepdims: bool = ABSENT,
    *,
    where: ArrayLike = ABSENT,
) -> VirtualQArray: ...
@from_numpy("diff")
def _diff(
    a: ArrayLike,
    n: int = 1,
    axis: int = -1,
    prepend: ArrayLike = ABSENT,
    append: ArrayLike = ABSENT,
) -> VirtualQArray: ...


all = from_numpy("all")(_truth)
any = from_numpy("any")(_truth)


def diff(
    x: ArrayLike,
    /,
    n: int = 1,
    axis: int = -1,
    prepend: ArrayLike | None = None,
    append: ArrayLike | None = None,
) -> VirtualQArray:
    """Subtract neighbours along an axis, `n` times over, as ``numpy.diff``.

    Parameters
    ----------
    x : array
    n : int
        How often.
    axis : int
    prepend, append : array, optional
        What comes before and after `x`.

    Examples
    --------
    >>> import qvarray as qv
    >>> print(qv.diff(qv.asarray([1, 4, 9]), append=16))
    [3 5 7]
    """
    ends = {"prepend": prepend, "append": append}
    return _diff(x, n, axis, **{name: end for name, end in ends.items() if end is not None})
