"""The rule of every NumPy function that has no other: dense, within the memory budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..coverage import Tier, function_rule
from ..dense import call_dense

__all__ = ["fallback"]


@function_rule(Tier.DENSE, None)
def fallback(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Materialise the arguments, call NumPy's function, wrap what it returns."""
    return call_dense(function, args, kwargs)
