"""The Walsh basis, in Hadamard order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import kernels
from .base import Array, Restriction
from .dyadic import Dyadic, is_power_of_two, transformed

__all__ = ["WALSH", "Walsh"]


@dataclass(frozen=True)
class Walsh(Dyadic):
    """Functions ``(-1) ** popcount(p & k) / sqrt(n)``, for axes of length 2**b.

    Fino & Algazi, "Unified Matrix Treatment of the Fast Walsh-Hadamard Transform", IEEE
    Trans. Comput. C-25 (1976).
    """

    name = "walsh"

    def analyse(self, samples: Array, axis: int) -> Array:
        return _transformed(samples, axis, False)

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        # The transform is its own inverse.
        return _transformed(coefficients, axis, overwrite)

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        if not precise:
            return kernels.dyadic.walsh_elements(n, positions, indices)
        signs = kernels.dyadic.walsh_elements(1, positions, indices)
        return signs / np.sqrt(np.longdouble(n))

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        m, stride = len(positions), abs(positions.step)
        if is_power_of_two(m) and is_power_of_two(stride) and m * stride <= n:
            # The positions are start ^ (t * stride), t < m, where t's bits are all 0 in start
            # (or all 1, counting down): a Walsh function of the sum is a product of two.
            shift = stride.bit_length() - 1
            field = positions.start >> shift & (m - 1)
            if field == (0 if positions.step > 0 else m - 1):
                signs = kernels.dyadic.parity_signs(positions.start, indices)
                folded = indices.astype(np.int64, copy=False) >> shift & (m - 1)
                return Restriction(self, None, folded, signs * np.sqrt(m / n))
        return super().restrict(n, positions, indices)


def _transformed(x: Array, axis: int, overwrite: bool) -> Array:
    return transformed(x, axis, overwrite, kernels.walsh.walsh, kernels.butterflies.walsh_numpy)


WALSH = Walsh()
