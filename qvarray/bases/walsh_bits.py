"""The Walsh basis on some bits of a position, the standard basis on the others."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import kernels
from .base import Array, Basis, Restriction, Term
from .merged_axes import synthesised, transformed
from .power_of_two import Dyadic, is_power_of_two
from .registry import register_family
from .standard import STANDARD
from .walsh import WALSH

__all__ = ["WalshBits", "of_bits"]


@dataclass(frozen=True)
class WalshBits(Dyadic):
    """Functions that are Walsh's of the bits in a mask, and impulses of the others.

    Function k is ``(-1) ** popcount(p & k & mask) / sqrt(2 ** popcount(mask))`` where p and k agree
    outside of the mask, and 0 elsewhere. Bits of the mask above those of an axis do not count: it
    is what Hadamard gates on some qubits make of a state in the standard basis.
    """

    mask: int

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"walsh({self.mask})"

    def _masks(self, n: int) -> tuple[int, int]:
        """Return the bits in the mask, and those that are not."""
        on = self.mask & (n - 1)
        return on, n - 1 - on

    def parts(self, n: int) -> list[tuple[Basis, int]]:
        on, _ = self._masks(n)
        out: list[tuple[Basis, int]] = []
        for bit in reversed(range(n.bit_length() - 1)):
            basis: Basis = WALSH if on >> bit & 1 else STANDARD
            if out and out[-1][0] is basis:
                out[-1] = basis, out[-1][1] * 2
            else:
                out.append((basis, 2))
        return out or [(STANDARD, n)]

    def analyse(self, samples: Array, axis: int) -> Array:
        return transformed(samples, axis, self._parts_or_walsh(samples.shape[axis]))

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        parts = self._parts_or_walsh(coefficients.shape[axis])
        return synthesised(coefficients, axis, parts, overwrite)

    def _parts_or_walsh(self, n: int) -> list[tuple[Basis, int]]:
        """Return the parts of an axis; one of Walsh's at least, so that samples become floats."""
        parts = self.parts(n)
        return [(WALSH, 1), *parts] if all(basis.is_standard for basis, _ in parts) else parts

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        on, off = self._masks(n)
        signs = kernels.dyadic_elements.walsh_elements(1, positions & on, indices)
        same = np.equal.outer(positions & off, indices & off)
        height = 1 / np.sqrt((np.longdouble if precise else np.float64)(1 << on.bit_count()))
        return np.where(same, signs, 0.0) * height

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        m, stride = len(positions), abs(positions.step)
        if not (is_power_of_two(m) and is_power_of_two(stride) and m * stride <= n):
            return super().restrict(n, positions, indices)
        shift = stride.bit_length() - 1
        field = (m - 1) << shift
        start = positions.start & field
        if start != (0 if positions.step > 0 else field):
            return super().restrict(n, positions, indices)
        # The positions are start ^ (t * stride) for t < m, as in the Walsh basis.
        on, off = self._masks(n)
        indices = indices.astype(np.int64, copy=False)
        keep = (indices ^ positions.start) & (off & ~field) == 0
        indices = indices[keep]
        signs = kernels.dyadic_elements.parity_signs(positions.start & on, indices)
        inside = on & field
        folded = (indices ^ (start & off)) >> shift & (m - 1)
        height = 2.0 ** (-0.5 * (on & ~field).bit_count())
        return Restriction(_of(inside >> shift, m), keep, folded, signs * height)

    def tile(self, n: int, times: int, indices: Array) -> Restriction | None:
        if not is_power_of_two(times):
            return None
        on, _ = self._masks(n)
        factors = np.full(indices.size, np.sqrt(times))
        basis = _of(on + (times - 1) * n, n * times)
        return Restriction(basis, None, indices.astype(np.int64, copy=False), factors)

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        if not is_power_of_two(times):
            return None
        on, _ = self._masks(n)
        factors = np.full(indices.size, np.sqrt(times))
        basis = _of(on * times + times - 1, n * times)
        return Restriction(basis, None, indices.astype(np.int64, copy=False) * times, factors)

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction:
        on, off = self._masks(n)
        signs = kernels.dyadic_elements.parity_signs(mask & on, indices)
        return Restriction(self, None, indices.astype(np.int64, copy=False) ^ (mask & off), signs)

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        on, _ = self._masks(n)
        height = np.sqrt(dtype.type(1 << on.bit_count()))
        return np.where(indices & on == 0, height, dtype.type(0))

    def constants(self, n: int, most: int) -> Array | None:
        _, off = self._masks(n)
        if 1 << off.bit_count() > most:
            return None
        out = np.zeros(1, np.int64)
        for bit in range(n.bit_length() - 1):
            if off >> bit & 1:
                out = np.concatenate([out, out + (1 << bit)])
        return out

    def peaks(self, n: int, indices: Array) -> Array:
        return np.full(indices.size, 2.0 ** (-0.5 * self._masks(n)[0].bit_count()))

    def layers(self, n: int, indices: Array) -> Array:
        return indices & self._masks(n)[0]

    def supports(self, n: int, indices: Array) -> Array:
        return indices & self._masks(n)[1]

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term]:
        on, off = self._masks(n)
        overlap = (i ^ j) & off == 0
        i, j = i[overlap], j[overlap]
        height = 1 / np.sqrt(dtype.type(1 << on.bit_count()))
        return [Term(overlap, (i ^ j) & on | i & off, height)]


def _of(mask: int, n: int) -> Basis:
    """Return the basis with a mask on an axis of length n."""
    return WALSH if mask == n - 1 else of_bits(mask)


def of_bits(mask: int) -> Basis:
    """Return the Walsh basis on the bits of a mask; on all of them for -1."""
    mask = operator.index(mask)
    if mask < -1:
        raise ValueError(f"a mask of bits is not negative, or -1 for all bits, got {mask}")
    return STANDARD if mask == 0 else WALSH if mask == -1 else WalshBits(mask)


register_family("walsh", WalshBits, of_bits)
