"""The table: every NumPy callable that we answer, with its rule and its tier.

A rule registers itself where it is defined; `array` looks it up here. So neither imports the
other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

import numpy as np

from .numpy_versions import covered
from .peaks import PEAKS


class Tier(StrEnum):
    """How an operation is answered."""

    CLOSED = "closed"
    STRUCTURAL = "structural"
    PAGED = "paged"
    DENSE = "dense"


class Rule(NamedTuple):
    """What answers a NumPy callable."""

    call: Callable[..., Any]
    tier: Tier
    #: The peak of what it allocates, over the bytes that its arrays store; 0 where it asks itself.
    peak: float = 0.0


#: Rules of ufuncs: called as ``rule(ufunc, method, inputs, kwargs)``.
UFUNCS: dict[np.ufunc | None, Rule] = {}

#: Rules of NumPy functions: called with the function's own arguments. None stands for all that
#: have no other; its rule is called as ``rule(function, args, kwargs)``. It also answers calls
#: for which a rule returns NotImplemented.
FUNCTIONS: dict[Callable[..., Any] | None, Rule] = {}

#: What functions make of all elements of an exact array in the standard basis, where nothing else
#: was passed: called with its Spectrum. Those return None where it takes the rule to answer.
WHOLE: dict[Callable[..., Any], Callable[[Any], Any]] = {}

_Whole = TypeVar("_Whole", bound=Callable[[Any], Any])


def of_all(*functions: Callable[..., Any]) -> Callable[[_Whole], _Whole]:
    """Register what some NumPy functions make of all elements of an array; see `WHOLE`."""

    def register(call: _Whole) -> _Whole:
        for function in functions:
            assert function not in WHOLE, function
            WHOLE[function] = call
        return call

    return register


def ufunc_rule(tier: Tier, ufuncs: Iterable[np.ufunc | None]) -> Callable[..., Any]:
    """Register the decorated rule for some ufuncs; None stands for all that have no other."""

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        for ufunc in ufuncs:
            assert ufunc not in UFUNCS, ufunc
            UFUNCS[ufunc] = Rule(call, tier)
        return call

    return register


def function_rule(tier: Tier, *functions: Callable[..., Any] | None) -> Callable[..., Any]:
    """Register the decorated rule for some NumPy functions."""

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            assert function not in FUNCTIONS, function
            if function is None:
                FUNCTIONS[None] = Rule(call, tier)
                continue
            rule = covered(function, call)
            FUNCTIONS[function] = Rule(rule, tier, PEAKS.get(function, 0.0))
        return call

    return register


def name_of(function: Callable[..., Any], method: str = "__call__") -> str:
    """Return what a user calls a NumPy function, or a method of a ufunc.

    >>> name_of(np.linalg.norm), name_of(np.add, "reduce")
    ('np.linalg.norm', 'np.add.reduce')
    """
    module = getattr(function, "__module__", None) or "numpy"
    name = f"{module.replace('numpy', 'np', 1)}.{function.__name__}"
    return name if method == "__call__" else f"{name}.{method}"
