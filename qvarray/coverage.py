"""The table: every NumPy callable that we answer, with its rule and its tier.

A rule registers itself where it is defined; `array` looks it up here. So neither imports the
other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from .numpy_versions import covered

__all__ = ["FUNCTIONS", "UFUNCS", "Rule", "Tier", "function_rule", "ufunc_rule"]


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


#: Rules of ufuncs: called as ``rule(ufunc, method, inputs, kwargs)``.
UFUNCS: dict[np.ufunc | None, Rule] = {}

#: Rules of NumPy functions: called with the function's own arguments. None stands for all that
#: have no other; its rule is called as ``rule(function, args, kwargs)``.
FUNCTIONS: dict[Callable[..., Any] | None, Rule] = {}


def ufunc_rule(tier: Tier, ufuncs: Iterable[np.ufunc | None]) -> Callable[..., Any]:
    """Register the decorated rule for some ufuncs; None stands for all that have no other."""

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        for ufunc in ufuncs:
            assert ufunc not in UFUNCS, ufunc
            UFUNCS[ufunc] = Rule(call, tier)
        return call

    return register


def _without_rule(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    return FUNCTIONS[None].call(function, args, kwargs)


def function_rule(tier: Tier, *functions: Callable[..., Any] | None) -> Callable[..., Any]:
    """Register the decorated rule for some NumPy functions."""

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            assert function not in FUNCTIONS, function
            rule = call if function is None else covered(function, call, _without_rule)
            FUNCTIONS[function] = Rule(rule, tier)
        return call

    return register
