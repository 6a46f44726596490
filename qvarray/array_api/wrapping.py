"""How a function of NumPy's becomes one of the namespace: arrays in, arrays out."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from operator import attrgetter
from typing import Any

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..functions.common import spectrum_of
from ..functions.creation.existing_data import stacked

__all__ = ["as_arrays", "of", "require_device"]

_NOTES = re.compile(r"\n *(?:Notes|References|Examples)\n *-")
_SCALARS = (np.generic, bool, int, float, complex)


def as_arrays(out: Any) -> Any:
    """What NumPy returned, with every array and number in it as a VirtualQArray."""
    if isinstance(out, VirtualQArray):
        return out
    if isinstance(out, (np.ndarray, *_SCALARS)):
        return VirtualQArray(spectrum_of(out))
    if isinstance(out, tuple) and hasattr(out, "_fields"):
        return type(out)(*map(as_arrays, out))
    if isinstance(out, (list, tuple)):
        return type(out)(map(as_arrays, out))
    return out


def _converted(arg: Any) -> Any:
    # Python's scalars stay what they are: their dtype is that of the array that they meet.
    if isinstance(arg, (np.ndarray, np.generic, list, tuple)):
        return VirtualQArray(spectrum_of(stacked(arg)))
    return arg


def of(path: str, arrays: int | None = 1, sequence: bool = False) -> Callable[..., Any]:
    """The function of that name in NumPy, which takes and returns VirtualQArrays.

    Parameters
    ----------
    path : str
        Below ``numpy``: ``"sum"``, ``"linalg.det"``.
    arrays : int or None
        How many arguments, from the first, are arrays; None for all. NumPy gets them as
        VirtualQArrays, so that its dispatch comes to our rules.
    sequence : bool
        The first argument is a sequence of arrays.

    Notes
    -----
    NumPy returns scalars where the standard wants arrays of no dimensions: so do these.
    """
    function = attrgetter(path)(np)
    above, _, name = path.rpartition(".")

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if sequence:
            if args and isinstance(args[0], (list, tuple)):
                args = (type(args[0])(map(_converted, args[0])), *args[1:])
        elif not any(isinstance(one, VirtualQArray) for one in args):
            last = len(args) if arrays is None else arrays
            args = (*map(_converted, args[:last]), *args[last:])
        return as_arrays(function(*args, **kwargs))

    # NumPy's notes and examples are on ndarrays.
    call.__doc__ = _NOTES.split(function.__doc__ or "", maxsplit=1)[0]
    # As it is found here, so that it can be pickled.
    call.__name__ = call.__qualname__ = name
    call.__module__ = f"qvarray.{above}" if above else "qvarray"
    return call


def require_device(device: Any) -> None:
    """Raise ValueError for any device but the CPU."""
    if device not in (None, "cpu"):
        raise ValueError(f"device must be 'cpu' or None, got {device!r}")
