"""Integers that some bits of indices make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.values import Array

__all__ = ["register", "with_register"]


def register(indices: Array, bits: Sequence[int]) -> Array:
    """The integers that some bits make, the first the most significant. O(k · bits)."""
    out = np.zeros(indices.size, np.int64)
    for p in bits:
        out <<= 1
        out |= indices >> p & 1
    return out


def with_register(indices: Array, bits: Sequence[int], values: Array) -> Array:
    """Indices with some bits replaced by those of integers."""
    out = indices & ~np.int64(sum(1 << p for p in bits))
    for place, p in enumerate(reversed(bits)):
        out |= (values >> place & 1) << p
    return out
