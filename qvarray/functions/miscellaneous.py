"""Rules of NumPy's miscellaneous routines: shares_memory and may_share_memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..core.rules import Tier, function_rule
from ..indexing.strided_view import Strided

#: The address that the first element of an array is taken to have.
_FIRST = 1 << 20


class _Bytes:
    """A window as NumPy looks at memory: addresses of bytes, of which it reads none."""

    def __init__(self, window: Strided) -> None:
        self.__array_interface__ = {
            "shape": window.shape,
            "strides": window.strides,
            "typestr": "|i1",
            "data": (_FIRST + window.offset, True),
            "version": 3,
        }


def _is_given(a: object) -> bool:
    """Tell whether an array may be what a virtual one gave as its elements: those are read-only.

    Libraries copy such an array before they write, as they do where memory is shared.
    """
    return isinstance(a, np.ndarray) and not a.flags.writeable


def _register(function: Callable[..., bool], default: int) -> None:
    """Register a function that tells whether arrays have elements in common."""

    @function_rule(Tier.STRUCTURAL, function)
    def rule(a: object, b: object, /, max_work: int = default) -> bool:
        if not (isinstance(a, VirtualQArray) and isinstance(b, VirtualQArray)):
            return function is np.may_share_memory and (_is_given(a) or _is_given(b))
        if (a if a.base is None else a.base) is not (b if b.base is None else b.base):
            return False
        return bool(function(_Bytes(a.window), _Bytes(b.window), max_work))


_register(np.shares_memory, -1)
_register(np.may_share_memory, 0)
