"""The last tier: materialise within the memory budget, call NumPy, wrap what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..core.values import ELEMENT_KINDS
from ..ops.basis_change import sparse
from ..ops.bounds import bounded
from .inheritance import is_lossy
from .operand_bytes import require_dense_peak
from .virtual_array import VirtualQArray

__all__ = ["call_dense"]


def _materialised(obj: object) -> Any:
    """Replace every array of ours in `obj` by an ndarray that is read-only."""
    if isinstance(obj, VirtualQArray):
        out = obj.todense()
        # NumPy then refuses to write to what would be thrown away.
        out.flags.writeable = False
        return out
    if type(obj) is list or type(obj) is tuple:
        return type(obj)(map(_materialised, obj))
    if type(obj) is dict:
        return {name: _materialised(value) for name, value in obj.items()}
    return obj


def _wrapped(obj: object, lost: float | None) -> Any:
    if type(obj) is np.ndarray and obj.dtype.kind in ELEMENT_KINDS:
        spectrum = sparse(obj)
        return VirtualQArray(spectrum if lost is None else bounded(spectrum, lost))
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*(_wrapped(part, lost) for part in obj))
    if type(obj) is list or type(obj) is tuple:
        return type(obj)(_wrapped(part, lost) for part in obj)
    return obj


def call_dense(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    lost: float = float("inf"),
) -> Any:
    """Call `function` with materialised arguments; return its arrays as VirtualQArrays.

    Parameters
    ----------
    function : callable
    args : tuple
    kwargs : dict
        Outputs are those called ``out``.
    lost : float
        A bound on the L2 norm of the error of results of arrays that are not exact, where one is
        known.

    Raises
    ------
    MaterializationError
        Where what NumPy will allocate for it is over the memory budget.
    ValueError
        Where `function` would write to another VirtualQArray.
    """
    require_dense_peak(function, args, kwargs)
    known = lost if is_lossy(args) or is_lossy(kwargs) else None
    outs = kwargs.get("out")
    several = outs if isinstance(outs, tuple) else (outs,)
    if outs is None:
        return _wrapped(function(*map(_materialised, args), **_materialised(kwargs)), known)
    written = tuple(out.todense() if isinstance(out, VirtualQArray) else out for out in several)
    for out, dense in zip(several, written, strict=True):
        if isinstance(out, VirtualQArray):
            dense.flags.writeable = out.flags.writeable
    rest = _materialised({name: value for name, value in kwargs.items() if name != "out"})
    found = function(*_materialised(args), **rest, out=written if outs is several else written[0])
    for out, dense in zip(several, written, strict=True):
        if isinstance(out, VirtualQArray):
            out.replace_with(_wrapped(dense, known).source)
    results = tuple(
        next((out for out, dense in zip(several, written, strict=True) if part is dense), part)
        for part in (found if isinstance(found, tuple) else (found,))
    )
    return results if isinstance(found, tuple) else results[0]
