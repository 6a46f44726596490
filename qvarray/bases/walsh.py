"""The Walsh basis: the Walsh-Hadamard transform, in Hadamard order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import kernels
from .base import Array, Restriction, Term
from .power_of_two import Dyadic, is_power_of_two, transformed
from .registry import register

__all__ = ["WALSH", "Walsh", "extended_walsh"]


@dataclass(frozen=True)
class Walsh(Dyadic):
    """Functions ``(-1) ** popcount(p & k) / sqrt(n)``, for axes of length 2**b.

    Fino & Algazi, "Unified Matrix Treatment of the Fast Walsh-Hadamard Transform", IEEE
    Trans. Comput. C-25 (1976).
    """

    name = "walsh"
    encode_rank = 2
    group = "dyadic"
    is_kronecker_closed = True

    def can_split(self, first: int, indices: Callable[[], Array]) -> bool:
        return is_power_of_two(first)

    def analyse(self, samples: Array, axis: int) -> Array:
        return transformed(samples, axis, False, kernels.walsh.walsh, extended_walsh)

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        # The transform is its own inverse.
        return transformed(coefficients, axis, overwrite, kernels.walsh.walsh, extended_walsh)

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        if not precise:
            return kernels.dyadic_elements.walsh_elements(n, positions, indices)
        signs = kernels.dyadic_elements.walsh_elements(1, positions, indices)
        return signs / np.sqrt(np.longdouble(n))

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        m, stride = len(positions), abs(positions.step)
        if is_power_of_two(m) and is_power_of_two(stride) and m * stride <= n:
            # The positions are start ^ (t * stride), t < m, where t's bits are all 0 in start
            # (or all 1, counting down): a Walsh function of the sum is a product of two.
            shift = stride.bit_length() - 1
            field = positions.start >> shift & (m - 1)
            if field == (0 if positions.step > 0 else m - 1):
                signs = kernels.dyadic_elements.parity_signs(positions.start, indices)
                folded = indices.astype(np.int64, copy=False) >> shift & (m - 1)
                return Restriction(self, None, folded, signs * np.sqrt(m / n))
        return super().restrict(n, positions, indices)

    def tile(self, n: int, times: int, indices: Array) -> Restriction | None:
        if not is_power_of_two(times):
            return None
        factors = np.full(indices.size, np.sqrt(times))
        return Restriction(self, None, indices.astype(np.int64, copy=False), factors)

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        # The bits of a position move up, and those below them are any.
        tiled = self.tile(n, times, indices)
        return None if tiled is None else tiled._replace(indices=tiled.indices * times)

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction:
        # (-1) ** popcount((p ^ mask) & k) is a product of two signs.
        return Restriction(self, None, indices, kernels.dyadic_elements.parity_signs(mask, indices))

    def peaks(self, n: int, indices: Array) -> Array:
        return np.full(indices.size, n**-0.5)

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term]:
        return [Term(None, i ^ j, 1 / np.sqrt(dtype.type(n)))]


def extended_walsh(x: Array) -> Array:
    """Transform along the last axis, in the precision of the array."""
    n = x.shape[-1]
    for bit in range(n.bit_length() - 1):
        pairs = x.reshape(*x.shape[:-1], n >> (bit + 1), 2, 1 << bit)
        first, second = pairs[..., 0, :], pairs[..., 1, :]
        x = np.stack([first + second, first - second], -2).reshape(x.shape)
    return x / np.sqrt(x.real.dtype.type(n))


WALSH = register(Walsh())
