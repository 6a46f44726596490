"""The last tier: materialise within the memory budget, call NumPy, wrap what it returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.error_bound import ErrorBound
from ..ops.basis_change import sparse
from .virtual_array import VirtualQArray

__all__ = ["call_dense", "is_lossy"]


def is_lossy(obj: Any) -> bool:
    """Whether there is an array in `obj` that is not exact."""
    if isinstance(obj, VirtualQArray):
        return obj.source.error is not None
    if type(obj) in (list, tuple):
        return any(is_lossy(one) for one in obj)
    return type(obj) is dict and any(is_lossy(one) for one in obj.values())


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


def _wrapped(obj: Any, error: ErrorBound | None) -> Any:
    if type(obj) is np.ndarray and obj.dtype.kind in "biufc":
        spectrum = sparse(obj)
        return VirtualQArray(spectrum if error is None else spectrum.replace(error=error))
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*(_wrapped(one, error) for one in obj))
    if type(obj) in (list, tuple):
        return type(obj)(_wrapped(one, error) for one in obj)
    return obj


def call_dense(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """What `function` returns for the materialised arguments, as VirtualQArrays.

    Parameters
    ----------
    function : callable
    args : tuple
    kwargs : dict
        Outputs are those called ``out``.

    Raises
    ------
    MaterializationError
        Where an argument is over the memory budget.
    ValueError
        Where `function` would write to another VirtualQArray.
    """
    error = ErrorBound.unknown() if is_lossy(args) or is_lossy(kwargs) else None
    outs = kwargs.get("out")
    several = outs if isinstance(outs, tuple) else (outs,)
    if outs is None:
        return _wrapped(function(*_materialised(args), **_materialised(kwargs)), error)
    written = tuple(one.todense() if isinstance(one, VirtualQArray) else one for one in several)
    for one, dense in zip(several, written, strict=True):
        if isinstance(one, VirtualQArray):
            dense.flags.writeable = one.flags.writeable
    rest = _materialised({name: value for name, value in kwargs.items() if name != "out"})
    out = function(*_materialised(args), **rest, out=written if outs is several else written[0])
    for one, dense in zip(several, written, strict=True):
        if isinstance(one, VirtualQArray):
            one.replace_with(sparse(dense).replace(error=error))
    results = tuple(
        next((one for one, dense in zip(several, written, strict=True) if part is dense), part)
        for part in (out if isinstance(out, tuple) else (out,))
    )
    return results if isinstance(out, tuple) else results[0]
