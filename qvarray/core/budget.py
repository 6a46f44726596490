"""The memory budget: what may be materialised, and who is warned of it."""

from __future__ import annotations

import sys
import warnings
from math import prod
from types import FrameType

import numpy as np

from ..errors import DenseWarning, MaterializationError, TimeLimitError
from ..options import options
from ..runtime.units import memory
from .rules import name_of

#: Bytes that fit any budget worth the name, so that small calls do not ask for it.
_LITTLE = 1024
_PACKAGE = __name__.partition(".")[0]
#: The package whose wrappers stand between a caller and us.
_WRAPPERS = "numpy"


def fits_budget(wanted: int) -> bool:
    """Tell whether `wanted` bytes may be materialised."""
    return wanted <= _LITTLE or wanted <= options.memory_budget


def affordable(count: int, each: int, least: int = 1) -> int:
    """Return a count, halved until so many of `each` bytes fit the budget or few are left."""
    while count > least and not fits_budget(count * each):
        count >>= 1
    return count


def require_budget(wanted: int, instead: str) -> None:
    """Raise MaterializationError where `wanted` bytes are over the budget: not for a few.

    They are all that a call will allocate from here on, temporaries included. Where that is more
    than ``options.warn_dense`` a `DenseWarning` names the call.
    """
    if wanted <= _LITTLE:
        return
    budget = options.memory_budget
    if wanted > budget:
        raise over_limit(wanted, budget, instead)
    limit = options.warn_dense
    if limit is not None and wanted > limit:
        call, level = call_in_progress()
        size = f"{memory(wanted)} ({wanted} bytes)"
        message = f"{call} materialises {size}; qvarray.options.warn_dense is {limit}"
        warnings.warn(message, DenseWarning, stacklevel=level)


def over_limit(wanted: int, limit: int, instead: str) -> MaterializationError:
    """Return the error for `wanted` bytes, or elements, where there may be `limit`."""
    return MaterializationError(wanted, limit, instead, call_in_progress()[0])


def refused(error: MemoryError | TimeLimitError, call: str) -> Exception:
    """Return an error that names the call: `error` itself, or one of ours for what the system said.

    `error`: one of ours, or what NumPy raises where the system has no memory for an array.
    """
    if isinstance(error, TimeLimitError):
        return error
    if isinstance(error, MaterializationError):
        error.name(call)
        return error
    shape, dtype = getattr(error, "shape", ()), getattr(error, "dtype", None)
    wanted = prod(shape) * dtype.itemsize if isinstance(dtype, np.dtype) else 0
    return MaterializationError(wanted, options.memory_budget, "take it in parts", call)


def call_in_progress() -> tuple[str, int]:
    """Return what a user has called, and how many frames above the caller's they stand.

    A function of NumPy's that came through the protocols has its NumPy name; else the outermost
    function of the package is named. Walks the stack: for warnings and errors only.
    """
    frame: FrameType | None = sys._getframe(1)
    level, outer = 1, 1
    called = inner = ""
    while frame is not None:
        module = frame.f_globals.get("__name__", "").partition(".")[0]
        if module == _PACKAGE and frame.f_code.co_name != "<module>":
            outer, inner = level, _name(frame)
            called = _dispatched(frame) or called
        elif module == _WRAPPERS and outer == level - 1:
            outer = level
        frame, level = frame.f_back, level + 1
    return called or inner or "this", outer + 1


def library_in_progress() -> str:
    """Return the package that called into NumPy or this one, such as ``scipy``. For errors only."""
    frame: FrameType | None = sys._getframe(1)
    package = ""
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package not in (_PACKAGE, _WRAPPERS):
            break
        frame = frame.f_back
    return package


def _dispatched(frame: FrameType) -> str:
    """Return what NumPy handed over to a frame, or an empty string."""
    local = frame.f_locals
    if frame.f_code.co_name == "__array_ufunc__":
        return name_of(local["ufunc"], local["method"])
    return name_of(local["func"]) if frame.f_code.co_name == "__array_function__" else ""


def _name(frame: FrameType) -> str:
    """Return the name of a function, or of a method with the type of its object."""
    code = frame.f_code
    if code.co_name == "__array__":
        return "np.asarray"
    if "." in code.co_qualname and "self" in frame.f_locals:
        return f"{type(frame.f_locals['self']).__name__}.{code.co_name}"
    return str(code.co_name)
