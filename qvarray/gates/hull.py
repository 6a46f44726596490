"""Constants of a state: the parities that all indices of its amplitudes have in common."""

from __future__ import annotations

import numpy as np

from .. import kernels
from ..core.values import Array

#: Up to this many amplitudes, choices are made by trying them.
FEW = 64
#: Up to this many, every index is looked at to find constants.
EXACT_UP_TO = 4096


class Hull:
    """What some indices have in common, found when it is first needed.

    Parameters
    ----------
    indices : ndarray of int64, shape (k,)
    """

    __slots__ = ("differences", "first", "indices", "some")

    def __init__(self, indices: Array) -> None:
        self.indices = indices
        #: Vectors whose span has all differences of the indices; some of these differences.
        self.differences: list[int] | None = None
        self.some: list[int] | None = None
        self.first = int(indices[0]) if indices.size else 0

    def parity(self, mask: int) -> int | None:
        """Return the parity of all indices under a mask, or None where they differ."""
        if self.some is None:
            self.some = self._of_some()
        if _is_odd_for_any(mask, self.some):
            return None
        if self.differences is None:
            self.differences = self._of_all()
        if _is_odd_for_any(mask, self.differences):
            return None
        return (mask & self.first).bit_count() & 1

    def _of_some(self) -> list[int]:
        """Span the differences of a few indices: most often a parity differs in them."""
        k = self.indices.size
        return kernels.affine_maps.span(self.indices[:: k // FEW]) if k > EXACT_UP_TO else []

    def _of_all(self) -> list[int]:
        indices = self.indices
        if indices.size <= 1:
            return []
        if indices.size <= EXACT_UP_TO:
            return kernels.affine_maps.span(indices)
        varying = int(np.bitwise_or.reduce(indices)) ^ int(np.bitwise_and.reduce(indices))
        return [1 << p for p in range(varying.bit_length()) if varying >> p & 1]


def _is_odd_for_any(mask: int, vectors: list[int]) -> bool:
    return any((mask & vector).bit_count() & 1 for vector in vectors)
