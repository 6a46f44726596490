"""Manipulation functions."""

from __future__ import annotations

from typing import Any

from .wrapping import of

__all__ = [
    "broadcast_arrays",
    "broadcast_to",
    "concat",
    "expand_dims",
    "flip",
    "moveaxis",
    "permute_dims",
    "repeat",
    "reshape",
    "roll",
    "squeeze",
    "stack",
    "tile",
    "unstack",
]

broadcast_arrays = of("broadcast_arrays", arrays=None)
broadcast_to = of("broadcast_to")
concat = of("concat", sequence=True)
_expand_dims = of("expand_dims")
flip = of("flip")
moveaxis = of("moveaxis")
permute_dims = of("permute_dims")
repeat = of("repeat")
reshape = of("reshape")
roll = of("roll")
squeeze = of("squeeze")
stack = of("stack", sequence=True)
tile = of("tile")
unstack = of("unstack")


def expand_dims(x: Any, /, axis: Any = 0) -> Any:
    """The array with an axis of length 1 put in at `axis`.

    Parameters
    ----------
    x : array
    axis : int
        Which axis of the result that is.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.expand_dims(qv.ones(2**60), axis=1).shape
    (1152921504606846976, 1)
    """
    return _expand_dims(x, axis)
