"""Functions of single elements as expressions hold them, and the names that files know them by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
import scipy

from ..core.values import Array

_Function = TypeVar("_Function", bound=Callable[..., Any])

#: What the names of ufuncs of ``scipy.special`` begin with.
_SPECIAL = "special."


class Named(NamedTuple):
    """A function that a file may name."""

    function: Callable[..., Any]
    #: The keyword arguments that it may be called with.
    keywords: tuple[str, ...]


_BY_NAME: dict[str, Named] = {}
_NAMES: dict[Callable[..., Any], str] = {}
#: Keyword arguments of ufuncs that say how elements are computed.
_OF_UFUNCS = ("dtype", "casting", "signature", "sig")


def named(name: str, *keywords: str) -> Callable[[_Function], _Function]:
    """Let files know a function by a name; return what returns the function.

    The function takes arrays and numbers, and does nothing but compute: a file of a stranger may
    call it.

    `name`: not to be changed any more: files have it. `*keywords`: the keyword arguments that
    expressions call it with.
    """

    def register(function: _Function) -> _Function:
        _BY_NAME[name] = Named(function, keywords)
        _NAMES[function] = name
        return function

    return register


def function_name(function: Callable[..., Any]) -> str | None:
    """Return the name that files know a function by; None for functions that they do not know.

    >>> function_name(np.add), function_name(scipy.special.erf), function_name(len)
    ('add', 'special.erf', None)
    """
    if isinstance(function, np.ufunc):
        if getattr(np, function.__name__, None) is function:
            return function.__name__
        if getattr(scipy.special, function.__name__, None) is function:
            return _SPECIAL + function.__name__
    return _NAMES.get(function)


def function_of_name(name: str) -> Named:
    """Return the function that files know by a name.

    Raises ValueError for other names, also those of functions that are no ufuncs of single
    elements.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    special = name.startswith(_SPECIAL)
    found = getattr(scipy.special if special else np, name.removeprefix(_SPECIAL), None)
    if not isinstance(found, np.ufunc) or found.signature is not None:
        raise ValueError(f"not the name of a ufunc, or of a function of elements: {name!r}")
    return Named(found, _OF_UFUNCS)


class ElementwiseCall:
    """A function of single elements with as much of the face of a ufunc as expressions use.

    `function`: takes arrays and scalars that broadcast against each other, and returns what it
    makes of each element, whatever its neighbours are.
    """

    nout = 1

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__name__ = getattr(function, "__name__", "function").lstrip("_")

    def __call__(self, *operands: Any, out: Array | None = None, **kwargs: Any) -> Array:
        result = np.asarray(self.function(*operands, **kwargs))
        if out is None:
            return result
        np.copyto(out, result)
        return out


class Masked:
    """A ufunc that computes where a mask is true, and elsewhere keeps what is there."""

    nout = 1

    def __init__(self, ufunc: np.ufunc, kwargs: dict[str, Any]) -> None:
        self.ufunc = ufunc
        self.kwargs = kwargs
        self.__name__ = ufunc.__name__

    def __call__(self, mask: Array, before: Any, *operands: Any) -> Array:
        shape = np.broadcast_shapes(*(np.shape(operand) for operand in (mask, before, *operands)))
        out = np.array(np.broadcast_to(before, shape))
        self.ufunc(*operands, out=out, where=mask, **self.kwargs)
        return out
