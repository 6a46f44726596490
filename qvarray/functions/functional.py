"""Rules of NumPy's functional programming routines: apply_along_axis and apply_over_axes."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..array.inheritance import is_lossy
from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.pages import tracked
from ..core.rules import Tier, function_rule
from ..core.values import ELEMENT_KINDS, Array
from .common import normalize_axis, spectrum_of

# Of the bytes of what comes of all lines: NumPy's array of it, and ours.
_PEAK = 2

_INSTEAD = "apply it to a part of the array, or raise the budget"


def _wrapped(out: object) -> Any:
    is_ours = isinstance(out, np.ndarray) and out.dtype.kind in ELEMENT_KINDS
    return VirtualQArray(spectrum_of(out)) if is_ours else out


@function_rule(Tier.STRUCTURAL, np.apply_along_axis)
def apply_along_axis(
    func1d: Callable[..., Any], axis: int, arr: VirtualQArray, *args: Any, **kwargs: Any
) -> Any:
    """Call a function with every line along an axis, which it gets as a VirtualQArray.

    O(lines), and what the function costs.
    """
    axis = normalize_axis(axis, arr.ndim)
    before, after = arr.shape[:axis], arr.shape[axis + 1 :]
    around = before + after
    lines = prod(around)
    require_budget(lines * 8, _INSTEAD)
    lossy = is_lossy((arr, args, kwargs))

    steps = tracked(range(lines), lines, "lines")

    def of_line(number: Array) -> Array:
        next(steps)
        where = [int(i) for i in np.unravel_index(int(number[0]), around)] if around else []
        line = arr[(*where[:axis], slice(None), *where[axis:])]
        out = func1d(line, *args, **kwargs)
        if isinstance(out, VirtualQArray):
            require_budget(_PEAK * out.virtual_nbytes * lines, _INSTEAD)
            return out.todense()
        out = np.asanyarray(out)
        require_budget(_PEAK * out.nbytes * lines, _INSTEAD)
        return out

    # Lines are numbered; NumPy puts together what comes of them.
    numbers = np.arange(lines).reshape(*before, 1, *after)
    made = _wrapped(np.apply_along_axis(of_line, axis, numbers))
    if lossy and isinstance(made, VirtualQArray):
        made = VirtualQArray(made.spectrum.replace(error=ErrorBound.unknown()))
    return made


@function_rule(Tier.STRUCTURAL, np.apply_over_axes)
def apply_over_axes(func: Callable[..., Any], a: VirtualQArray, axes: ArrayLike) -> Any:
    """Call a function of an array and an axis for one axis after the other."""
    out: Any = a
    for axis in np.atleast_1d(np.asarray(axes)).tolist():
        axis = axis + a.ndim if axis < 0 else axis
        made = func(out, axis)
        if np.ndim(made) != out.ndim:
            made = np.expand_dims(made, axis)
            if np.ndim(made) != out.ndim:
                raise ValueError("function is not returning an array of the correct shape")
        out = _wrapped(made)
    return out
