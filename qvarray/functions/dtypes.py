"""Rules of NumPy's data type routines: result_type, can_cast, min_scalar_type, common_type."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..array.virtual_array import VirtualQArray
from ..core.rules import Tier, function_rule
from ..core.values import Casting
from .common import Operand


def _empty_like(obj: object) -> Any:
    """Return an ndarray without elements of the same dtype and number of axes, for one of ours."""
    return np.empty((0,) * obj.ndim, obj.dtype) if isinstance(obj, VirtualQArray) else obj


@function_rule(Tier.CLOSED, np.result_type)
def result_type(*arrays_and_dtypes: Operand | DTypeLike) -> np.dtype[Any]:
    """Return the dtype to which operands are promoted. O(1)."""
    return np.result_type(*map(_empty_like, arrays_and_dtypes))


@function_rule(Tier.CLOSED, np.can_cast)
def can_cast(from_: VirtualQArray, to: DTypeLike, casting: Casting = "safe") -> bool:
    """Tell whether elements may become those of a dtype. O(1)."""
    return np.can_cast(from_.dtype, to, casting)


@function_rule(Tier.CLOSED, np.min_scalar_type)
def min_scalar_type(a: VirtualQArray, /) -> np.dtype[Any]:
    """Return the dtype; that of the smallest size that can hold it where there are no axes."""
    return np.min_scalar_type(_empty_like(a) if a.ndim else a.todense())


@function_rule(Tier.CLOSED, np.common_type)
def common_type(*arrays: Operand) -> type:
    """Return the inexact type that all arrays can be cast to. O(1)."""
    return np.common_type(*map(_empty_like, arrays))
