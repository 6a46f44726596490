"""The last tier: materialise within the memory budget, call NumPy, wrap what it returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .array import VirtualQArray
from .transform import sparse

__all__ = ["call_dense"]


def _materialised(obj: Any) -> Any:
    if isinstance(obj, VirtualQArray):
        out = obj.todense()
        # NumPy then refuses to write to what would be thrown away.
        out.flags.writeable = False
        return out
    if type(obj) in (list, tuple):
        return type(obj)(_materialised(one) for one in obj)
    if type(obj) is dict:
        return {name: _materialised(one) for name, one in obj.items()}
    return obj


def _wrapped(obj: Any) -> Any:
    if type(obj) is np.ndarray and obj.dtype.kind in "biufc":
        return VirtualQArray(sparse(obj))
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*(_wrapped(one) for one in obj))
    if type(obj) in (list, tuple):
        return type(obj)(_wrapped(one) for one in obj)
    return obj


def call_dense(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """What `function` returns for the materialised arguments, as VirtualQArrays.

    Raises
    ------
    MaterializationError
        Where an argument is over the memory budget.
    ValueError
        Where `function` would write to a VirtualQArray.
    """
    return _wrapped(function(*_materialised(args), **_materialised(kwargs)))
