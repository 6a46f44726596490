# ruff: noqa: A001  the standard's own names
"""Utility functions."""

from __future__ import annotations

from typing import Any

from .wrapping import of

__all__ = ["all", "any", "diff"]

all = of("all")
any = of("any")
_diff = of("diff")


def diff(x: Any, /, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbours along an axis, `n` times over, as ``numpy.diff``.

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
    return _diff(x, n, axis, **{name: one for name, one in ends.items() if one is not None})
