"""Methods of ufuncs as rules call them: `reduce` and `accumulate` of arrays that may be refused."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..array.virtual_array import VirtualQArray
from ..core.rules import FUNCTIONS
from ..core.spectrum import CoefficientOverflowError
from ..core.values import Axis
from . import methods


def reduced(
    ufunc: np.ufunc,
    x: object,
    axis: Axis = 0,
    dtype: DTypeLike | None = None,
    keepdims: bool = False,
    initial: Any = np._NoValue,
    **kwargs: Any,
) -> Any:
    """Return ``ufunc.reduce``, with all of its arguments."""
    if isinstance(x, VirtualQArray) and not kwargs:
        try:
            return methods.reduction(ufunc, x, axis, dtype, keepdims, initial)
        except CoefficientOverflowError:
            pass
    kwargs |= {"axis": axis, "dtype": dtype, "keepdims": keepdims}
    if initial is not np._NoValue:
        kwargs["initial"] = initial
    if isinstance(x, VirtualQArray) and "out" not in kwargs:
        return FUNCTIONS[None].call(ufunc.reduce, (x,), kwargs)
    return _called(ufunc, "reduce", x, kwargs)


def accumulated(ufunc: np.ufunc, x: object, **kwargs: Any) -> Any:
    """Return ``ufunc.accumulate(x, **kwargs)``."""
    return _called(ufunc, "accumulate", x, kwargs)


def _called(ufunc: np.ufunc, method: str, x: object, kwargs: dict[str, Any]) -> Any:
    # NumPy never lets go of the arguments of these methods where `__array_ufunc__` raises.
    if isinstance(x, VirtualQArray):
        answer = x.__array_ufunc__(ufunc, method, x, **kwargs)
        if answer is not NotImplemented:
            return answer
    return getattr(ufunc, method)(x, **kwargs)
