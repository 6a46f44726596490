"""How a function of NumPy's becomes one of the namespace: arrays in, arrays out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import wraps
from operator import attrgetter
from typing import Any, Literal, TypeVar

import numpy as np

from ..array.foreign import converted
from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from ..functions.common import spectrum_of
from ..functions.creation.existing_data import stacked

F = TypeVar("F", bound=Callable[..., Any])

#: Where a result is written.
Out = VirtualQArray | Array | None

#: Where an array may be.
Device = Literal["cpu"] | None

#: The default of arguments that NumPy asks for only where they are given.
ABSENT: Any = np._NoValue

_NOTES = re.compile(r"\n *(?:Notes|References|Examples)\n *-")


def _is_number(out: object) -> bool:
    return isinstance(out, (np.ndarray, np.generic, bool, int, float, complex))


def as_arrays(out: object, takes: Callable[[object], bool] = _is_number) -> Any:
    """Make a VirtualQArray of every array and number in what NumPy returned.

    `takes`: tells what becomes an array; all else that is no list and no tuple is left alone.
    """
    if isinstance(out, VirtualQArray):
        return out
    if takes(out):
        return VirtualQArray(spectrum_of(out))
    if isinstance(out, tuple) and hasattr(out, "_fields"):
        return type(out)(*[as_arrays(each, takes) for each in out])
    if isinstance(out, (list, tuple)):
        return type(out)([as_arrays(each, takes) for each in out])
    return out


def _converted(arg: object, numbers: bool = False) -> object:
    # Python's scalars stay what they are: their dtype is that of the array beside them.
    if numbers and isinstance(arg, (int, float, complex)):
        arg = np.asarray(arg)
    if isinstance(arg, (np.ndarray, np.generic, list, tuple)):
        return VirtualQArray(spectrum_of(stacked(arg)))
    if isinstance(arg, Sequence) and not isinstance(arg, (str, bytes)):
        # A range, an array.array, a memoryview.
        return VirtualQArray(spectrum_of(np.asarray(arg)))
    return converted(arg)


def from_numpy(
    path: str, arrays: int | None = 1, sequence: bool = False, enlarges: bool = False
) -> Callable[[F], F]:
    """Make the decorated signature the function of that name in NumPy, of VirtualQArrays.

    The definition that is decorated has no body: it says which arguments there are, as NumPy has
    them, and their types. Where NumPy returns scalars, these return arrays of no dimensions, as the
    standard has it.

    Parameters
    ----------
    path : str
        Below ``numpy``: ``"sum"``, ``"linalg.det"``.
    arrays : int or None
        How many arguments, from the first, are arrays; None for all. NumPy gets them as
        VirtualQArrays, so that its dispatch comes to our rules.
    sequence : bool
        The first argument is a sequence of arrays.
    enlarges : bool
        The result may be larger than any memory: Python's numbers are arrays too, for our rules.
    """
    function = attrgetter(path)(np)
    above, _, name = path.rpartition(".")

    def decorate(definition: F) -> F:
        @wraps(definition)
        def call(*args: Any, **kwargs: Any) -> Any:
            if sequence:
                if args and isinstance(args[0], (list, tuple)):
                    args = (type(args[0])(map(_converted, args[0])), *args[1:])
            elif not any(isinstance(arg, VirtualQArray) for arg in args):
                last = len(args) if arrays is None else arrays
                args = (*(_converted(arg, enlarges) for arg in args[:last]), *args[last:])
            return as_arrays(function(*args, **kwargs))

        # NumPy's notes and examples are on ndarrays.
        call.__doc__ = _NOTES.split(function.__doc__ or "", maxsplit=1)[0]
        # As it is found here, so that it can be pickled.
        call.__name__ = call.__qualname__ = name
        call.__module__ = f"qvarray.{above}" if above else "qvarray"
        return call  # type: ignore[return-value]

    return decorate


def require_device(device: object) -> None:
    """Raise ValueError for any device but the CPU."""
    if device not in (None, "cpu"):
        raise ValueError(f"device must be 'cpu' or None, got {device!r}")
