"""Tests of what elements are: np.isreal, np.isposinf, np.iscomplexobj."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...sources.element_functions import named
from ..common import Operand, Output, answered, into


def _of_one(function: Callable[..., Any]) -> None:
    named(function.__name__)(function)

    @function_rule(Tier.CLOSED, function)
    def rule(x: Operand) -> Any:
        return answered(function, (x,), {}, None)


_of_one(np.iscomplex)
_of_one(np.isreal)


@function_rule(Tier.CLOSED, np.isneginf)
def isneginf(x: Operand, out: Output = None) -> Any:
    """Tell which elements are infinite, with a minus. O(k)."""
    return np.logical_and(np.isinf(x), np.signbit(x), **into(out))


@function_rule(Tier.CLOSED, np.isposinf)
def isposinf(x: Operand, out: Output = None) -> Any:
    """Tell which elements are infinite, without a minus. O(k)."""
    return np.logical_and(np.isinf(x), np.logical_not(np.signbit(x)), **into(out))


@function_rule(Tier.STRUCTURAL, np.iscomplexobj)
def iscomplexobj(x: VirtualQArray) -> bool:
    """Tell whether the dtype is complex."""
    return bool(x.dtype.kind == "c")


@function_rule(Tier.STRUCTURAL, np.isrealobj)
def isrealobj(x: VirtualQArray) -> bool:
    """Tell whether the dtype is not complex."""
    return bool(x.dtype.kind != "c")
