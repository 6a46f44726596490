"""Bringing the coefficients of two arrays to the same indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import kernels
from .spectrum import Array, Spectrum

__all__ = ["Aligned", "aligned"]

#: Common indices (None: all positions), the values of both arrays there, and whether one more
#: value, the fill, follows them.
Aligned = tuple[Array | None, Array, Array, bool]


def _spread(values: Array, at: Array | slice, size: int, fill: Any) -> Array:
    out = np.empty(size, values.dtype)
    out.fill(fill)
    out[at] = values
    return out


def aligned(a: Spectrum, b: Spectrum) -> Aligned:
    """The coefficients of two arrays of one coefficient space, at the union of their indices.

    Notes
    -----
    O(ka + kb), or O(N) where one stores every position. The fill value rides along as a last
    entry, so that whatever is computed from the values is computed from the fill by the same
    loop, warnings included, and only where there is an inactive position that has it.
    """
    ia, ib = a.active_indices, b.active_indices
    va, vb = a.eigenvalues, b.eigenvalues
    if ia is None or ib is None:
        if ia is not None:
            va = _spread(va, ia, a.space, a.fill_value)
        if ib is not None:
            vb = _spread(vb, ib, b.space, b.fill_value)
        return None, va, vb, False
    at_a: Array | slice
    at_b: Array | slice
    if ia is ib:
        merged, at_a, at_b = ia, slice(ia.size), slice(ia.size)
    else:
        merged, at_a, at_b = kernels.merge.union(ia, ib)
    has_fill = merged.size < a.space
    size = merged.size + has_fill
    return (
        merged,
        _spread(va, at_a, size, a.fill_value),
        _spread(vb, at_b, size, b.fill_value),
        has_fill,
    )
