"""The rule of every NumPy function that has no other: dense, within the memory budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..array.densify import call_dense
from ..core.rules import Tier, function_rule

#: Modules of functions of strings and of records, which no array of ours can hold.
_REFUSED = ("numpy.lib.recfunctions", "numpy.strings", "numpy.char")


@function_rule(Tier.DENSE, None)
def fallback(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Materialise the arguments, call NumPy's function, wrap what it returns.

    Raises TypeError for functions of strings and records.
    """
    if function.__module__ in _REFUSED:
        raise TypeError(
            f"{function.__module__}.{function.__name__}: the elements of a VirtualQArray are "
            "numbers, bool or dates"
        )
    return call_dense(function, args, kwargs)
