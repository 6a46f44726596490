"""The last tier: materialise within the memory budget, call NumPy, wrap what it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..core.values import ELEMENT_KINDS, Array
from ..ops.basis_change import sparse
from ..ops.bounds import bounded
from .inheritance import is_lossy
from .operand_bytes import require_dense_peak
from .stored import read_only
from .virtual_array import VirtualQArray


def _materialised(obj: object) -> Any:
    """Replace every array of ours in `obj` by an ndarray that is read-only.

    It may be what is stored: NumPy refuses to write to it.
    """
    if isinstance(obj, VirtualQArray):
        held = obj.source.held
        return read_only(obj.todense() if held is None else held)
    if type(obj) is list or type(obj) is tuple:
        return type(obj)(map(_materialised, obj))
    if type(obj) is dict:
        return {name: _materialised(value) for name, value in obj.items()}
    return obj


def _may_know(given: Iterable[Any], made: Array) -> bool:
    """Whether an array is among arguments, or what gives arrays is, which others may know."""
    for part in given:
        if part is made or (callable(part) and not isinstance(part, type)):
            return True
        if hasattr(type(part), "__array__") and not isinstance(part, (np.ndarray, np.generic)):
            return True
        if isinstance(part, (list, tuple)) and _may_know(part, made):
            return True
        if isinstance(part, dict) and _may_know(part.values(), made):
            return True
    return False


def _wrapped(obj: object, lost: float | None, given: Sequence[Any], are_new: bool = False) -> Any:
    """Make arrays of ours of NumPy's, of their own memory where nobody else can have that."""
    if type(obj) is np.ndarray and obj.dtype.kind in ELEMENT_KINDS:
        is_new = obj.base is None and obj.flags.writeable and not _may_know(given, obj)
        spectrum = sparse(obj, is_own=is_new or are_new)
        return VirtualQArray(spectrum if lost is None else bounded(spectrum, lost))
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*(_wrapped(part, lost, given, are_new) for part in obj))
    if type(obj) is list or type(obj) is tuple:
        return type(obj)(_wrapped(part, lost, given, are_new) for part in obj)
    return obj


def call_dense(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    lost: float = float("inf"),
    are_new: bool = False,
) -> Any:
    """Call `function` with materialised arguments; return its arrays as VirtualQArrays.

    Raises MaterializationError where what NumPy will allocate for it is over the memory budget;
    ValueError where `function` would write to another VirtualQArray.

    `kwargs`: outputs are those called ``out``. `lost`: a bound on the L2 norm of the error of
    results of arrays that are not exact, where one is known. `are_new`: the results share memory
    with nothing.
    """
    require_dense_peak(function, args, kwargs)
    known = lost if is_lossy(args) or is_lossy(kwargs) else None
    outs = kwargs.get("out")
    several = outs if isinstance(outs, tuple) else (outs,)
    if outs is None:
        args = [_materialised(one) for one in args]
        if not kwargs:
            return _wrapped(function(*args), known, args, are_new)
        named = _materialised(dict(kwargs))
        return _wrapped(function(*args, **named), known, [*args, named], are_new)
    written = tuple(out.todense() if isinstance(out, VirtualQArray) else out for out in several)
    for out, dense in zip(several, written, strict=True):
        if isinstance(out, VirtualQArray):
            dense.flags.writeable = out.flags.writeable
    rest = _materialised({name: value for name, value in kwargs.items() if name != "out"})
    found = function(*_materialised(args), **rest, out=written if outs is several else written[0])
    for out, dense in zip(several, written, strict=True):
        if isinstance(out, VirtualQArray):
            out.replace_with(_wrapped(dense, known, ()).source)
    results = tuple(
        next((out for out, dense in zip(several, written, strict=True) if part is dense), part)
        for part in (found if isinstance(found, tuple) else (found,))
    )
    return results if isinstance(found, tuple) else results[0]
