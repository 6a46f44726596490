"""Data types, positions in C or Fortran order, and functions applied along axes."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...array.densify import is_lossy
from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.error_bound import ErrorBound
from ...core.rules import Tier, function_rule
from ..common import spectrum_of

__all__: list[str] = []

_INSTEAD = "apply it to a part of the array, or raise the budget"


def _stand_in(obj: Any) -> Any:
    """A small array of the same dtype and number of dimensions, where `obj` is one of ours."""
    return np.empty((0,) * obj.ndim, obj.dtype) if isinstance(obj, VirtualQArray) else obj


@function_rule(Tier.CLOSED, np.result_type)
def result_type(*arrays_and_dtypes: Any) -> Any:
    """The dtype to which operands are promoted. O(1)."""
    return np.result_type(*map(_stand_in, arrays_and_dtypes))


@function_rule(Tier.CLOSED, np.can_cast)
def can_cast(from_: Any, to: Any, casting: Any = "safe") -> Any:
    """Whether elements may become those of a dtype. O(1)."""
    return np.can_cast(from_.dtype, to, casting)


@function_rule(Tier.CLOSED, np.min_scalar_type)
def min_scalar_type(a: Any, /) -> Any:
    """The dtype; that of the smallest size that can hold it for an array of no dimensions."""
    return np.min_scalar_type(_stand_in(a) if a.ndim else a.todense())


@function_rule(Tier.CLOSED, np.common_type)
def common_type(*arrays: Any) -> Any:
    """The inexact type that all arrays can be cast to. O(1)."""
    return np.common_type(*map(_stand_in, arrays))


@function_rule(Tier.CLOSED, np.astype)
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """The array with elements of another dtype. O(k)."""
    np.astype(np.empty(0), float, copy=copy, device=device)
    return x.astype(dtype, copy=copy)


def _wrapped(out: Any) -> Any:
    is_ours = isinstance(out, np.ndarray) and out.dtype.kind in "biufc"
    return VirtualQArray(spectrum_of(out)) if is_ours else out


def _stand_in_of_any(obj: Any) -> Any:
    """An array of no elements, of the same dtype."""
    return np.empty(0, obj.dtype if isinstance(obj, VirtualQArray) else np.asarray(obj).dtype)


@function_rule(Tier.STRUCTURAL, np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """What a function makes of every line along an axis, which it gets as a VirtualQArray.

    O(lines), and what the function costs.
    """
    axis = np.lib.array_utils.normalize_axis_index(axis, arr.ndim)
    around = (*arr.shape[:axis], *arr.shape[axis + 1 :])
    lines = prod(around)
    require_budget(lines * 8, _INSTEAD)
    lossy = is_lossy((arr, args, kwargs))

    def of_line(number: Any) -> Any:
        where = np.unravel_index(int(number[0]), around) if around else ()
        key = (*where[:axis], slice(None), *where[axis:])
        out = func1d(
            arr[tuple(int(i) if isinstance(i, np.integer) else i for i in key)], *args, **kwargs
        )
        if isinstance(out, VirtualQArray):
            require_budget(out.virtual_nbytes * lines, _INSTEAD)
            return out.todense()
        out = np.asanyarray(out)
        require_budget(out.nbytes * lines, _INSTEAD)
        return out

    # Lines are numbered; NumPy puts together what comes of them.
    numbers = np.arange(lines).reshape(*arr.shape[:axis], 1, *arr.shape[axis + 1 :])
    made = _wrapped(np.apply_along_axis(of_line, axis, numbers))
    if lossy and isinstance(made, VirtualQArray):
        made = VirtualQArray(made.spectrum.replace(error=ErrorBound.unknown()))
    return made


@function_rule(Tier.STRUCTURAL, np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """A function of an array and an axis, over one axis after the other."""
    out = a
    for axis in np.atleast_1d(np.asarray(axes)).tolist():
        at = axis + a.ndim if axis < 0 else axis
        made = func(out, at)
        if np.ndim(made) != out.ndim:
            made = np.expand_dims(made, at)
            if np.ndim(made) != out.ndim:
                raise ValueError("function is not returning an array of the correct shape")
        out = _wrapped(made)
    return out
