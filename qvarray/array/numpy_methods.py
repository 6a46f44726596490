"""Methods of ndarray that are functions of NumPy's by the same name; the stub has their types."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import numpy as np


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a method of the same name, parameters and meaning as a function of NumPy's."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs:
            return function(self, *args, **kwargs)
        # There is nobody else whom NumPy would have to ask.
        return self.__array_function__(function, (type(self),), (self,), kwargs)

    name = function.__name__
    method.__name__, method.__qualname__ = name, f"VirtualQArray.{name}"
    method.__doc__ = f"Apply ``numpy.{name}`` to this array."
    own = signature(function)
    _, *parameters = own.parameters.values()
    this = Parameter("self", Parameter.POSITIONAL_ONLY)
    method.__signature__ = own.replace(parameters=[this, *parameters])  # type: ignore[attr-defined]
    return method


class NumPyMethods:
    """What `VirtualQArray` inherits from NumPy's functions, which it answers."""

    __slots__ = ()

    all = _method(np.all)
    any = _method(np.any)
    argmax = _method(np.argmax)
    argmin = _method(np.argmin)
    argpartition = _method(np.argpartition)
    argsort = _method(np.argsort)
    cumprod = _method(np.cumprod)
    cumsum = _method(np.cumsum)
    diagonal = _method(np.diagonal)
    max = _method(np.max)
    mean = _method(np.mean)
    min = _method(np.min)
    nonzero = _method(np.nonzero)
    prod = _method(np.prod)
    put = _method(np.put)
    ravel = _method(np.ravel)
    repeat = _method(np.repeat)
    round = _method(np.round)
    searchsorted = _method(np.searchsorted)
    squeeze = _method(np.squeeze)
    std = _method(np.std)
    sum = _method(np.sum)
    swapaxes = _method(np.swapaxes)
    take = _method(np.take)
    trace = _method(np.trace)
    var = _method(np.var)

    def choose(self, *choices: Any, out: Any = None, mode: Any = "raise") -> Any:
        """Apply ``numpy.choose`` to this array; the choices are one argument or several."""
        several = choices[0] if len(choices) == 1 else choices
        return np.choose(self, several, out=out, mode=mode)  # type: ignore[call-overload]
