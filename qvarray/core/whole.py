"""The table of what NumPy functions make of all elements of an array, with nothing else passed.

The calls that users make most often, ``x.sum()`` and ``np.linalg.norm(x)``, are one question to
what is stored: they ask it before all that other arguments need.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .spectrum import Spectrum

#: Called with the Spectrum of an exact array in the standard basis; they return None where it takes
#: the rule of the function to answer.
WHOLE: dict[Callable[..., Any], Callable[[Spectrum], Any]] = {}

_Whole = TypeVar("_Whole", bound=Callable[[Spectrum], Any])


def of_all(*functions: Callable[..., Any]) -> Callable[[_Whole], _Whole]:
    """Register what some NumPy functions make of all elements."""

    def register(call: _Whole) -> _Whole:
        for function in functions:
            assert function not in WHOLE, function
            WHOLE[function] = call
        return call

    return register
