"""Count the bytes of a call's arguments, and ask the budget for what it will allocate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.budget import require_budget
from ..core.peaks import DENSE, DENSE_PEAKS
from .stored import Stored

__all__ = ["require_dense_peak", "require_peak"]

# Of longer lists the first says what the others are.
_FEW = 16
# A number of a list as an element, and what an array takes besides its elements.
_NUMBER, _ARRAY = 8, 1024
_INSTEAD = "take it in parts, or raise the budget"


def require_peak(peak: float, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Ask for what a rule allocates: `peak` times the bytes that its arguments store.

    Raises
    ------
    MaterializationError
        Where that is over the memory budget.
    """
    require_budget(int(peak * _bytes((args, kwargs), _stored)), _INSTEAD)


def require_dense_peak(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Ask for what NumPy's own function allocates, with its arguments as ndarrays.

    Raises
    ------
    MaterializationError
        Where that is over the memory budget.
    """
    peak = DENSE_PEAKS.get(function, DENSE)
    require_budget(int(peak * _bytes((args, kwargs), _dense)), _INSTEAD)


def _stored(x: Stored) -> int:
    return x.source.nbytes


def _dense(x: Stored) -> int:
    return x.virtual_nbytes


def _bytes(obj: object, size: Callable[[Stored], int]) -> int:
    """Return the bytes of all arrays in `obj`: of ours as `size` has it, of NumPy's as they are."""
    if isinstance(obj, Stored):
        return size(obj)
    if isinstance(obj, np.ndarray):
        return obj.nbytes
    if type(obj) is list or type(obj) is tuple:
        if len(obj) <= _FEW:
            return sum(_bytes(part, size) for part in obj)
        if not isinstance(obj[0], (Stored, np.ndarray, list, tuple)):
            return len(obj) * _NUMBER
        return sum(_ARRAY + _bytes(part, size) for part in obj)
    if type(obj) is dict:
        return sum(_bytes(part, size) for part in obj.values())
    return 0
