"""Searching sorted arrays: np.searchsorted."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...array.views import in_standard_basis
from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum
from ...core.values import Array
from ..common import Operand, dense_of, mapped


def _places(a: Spectrum, v: Array, side: Any) -> Any:
    """How many elements of a sorted array are ahead of each of `v`: entries and fill values."""
    ahead = np.searchsorted(a.eigenvalues, v, side)
    fill = np.asarray(a.fill_value)[None]
    return ahead + (a.size - a.nactive) * np.searchsorted(fill, v, side)


@function_rule(Tier.CLOSED, np.searchsorted)
def searchsorted(a: Operand, v: Operand, side: Any = "left", sorter: Operand | None = None) -> Any:
    """Return where elements belong in a sorted array. O(m log k), or O(k) for a virtual `v`."""
    x: Any = a if isinstance(a, VirtualQArray) else np.asarray(a)
    if isinstance(x, VirtualQArray):
        if x.ndim > 1:
            np.searchsorted(np.zeros((1,) * x.ndim), 0, side)  # NumPy refuses
        elif x.ndim == 0 or sorter is not None:
            x = x.todense()
    if isinstance(x, VirtualQArray):
        elements = in_standard_basis(x.spectrum)
        return mapped(v, lambda part: _places(elements, part, side), a)
    order = dense_of(sorter)
    return mapped(v, lambda part: np.searchsorted(x, part, side, order), a)
