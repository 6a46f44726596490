"""Walsh bases: the Walsh-Hadamard transform, on all bits of a position or on some of them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from .. import kernels
from .base import Alike, Array, Basis, Restriction, Term
from .merged_axes import constant_indices, synthesised, transformed
from .power_of_two import Dyadic, is_power_of_two, transform_in_place
from .registry import register, register_family
from .standard import STANDARD


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
        height = _height(on, np.dtype(np.longdouble if precise else np.float64))
        same = np.equal.outer(positions & off, indices & off) if off else True
        return np.where(same, signs * height, 0)

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        m, stride = len(positions), abs(positions.step)
        if not (is_power_of_two(m) and is_power_of_two(stride) and m * stride <= n):
            return super().restrict(n, positions, indices)
        shift = stride.bit_length() - 1
        field = (m - 1) << shift
        start = positions.start & field
        if start != (0 if positions.step > 0 else field):
            return super().restrict(n, positions, indices)
        # The positions are start ^ (t * stride), t < m, where t's bits are all 0 in start (or all
        # 1, counting down): a Walsh function of the sum is a product of two.
        on, off = self._masks(n)
        indices = indices.astype(np.int64, copy=False)
        keep = None
        if off & ~field:
            keep = (indices ^ positions.start) & (off & ~field) == 0
            indices = indices[keep]
        signs = kernels.dyadic_elements.parity_signs(positions.start & on, indices)
        folded = (indices ^ (start & off)) >> shift & (m - 1)
        height = 2.0 ** (-0.5 * (on & ~field).bit_count())
        return Restriction(_of_bits_on(on >> shift & (m - 1), m), keep, folded, signs * height)

    def tile(self, n: int, times: int, indices: Array) -> Restriction | None:
        on, _ = self._masks(n)
        return self._repeated(n * times, on + (times - 1) * n, times, indices)

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        # The bits of a position move up, and those below them are any.
        on, _ = self._masks(n)
        repeated = self._repeated(n * times, on * times + times - 1, times, indices)
        return None if repeated is None else repeated._replace(indices=repeated.indices * times)

    def _repeated(self, n: int, mask: int, times: int, indices: Array) -> Restriction | None:
        if not is_power_of_two(times):
            return None
        factors = np.full(indices.size, np.sqrt(times))
        return Restriction(
            _of_bits_on(mask, n), None, indices.astype(np.int64, copy=False), factors
        )

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction:
        # (-1) ** popcount((p ^ mask) & k) is a product of two signs.
        on, off = self._masks(n)
        signs = kernels.dyadic_elements.parity_signs(mask & on, indices)
        return Restriction(self, None, indices.astype(np.int64, copy=False) ^ (mask & off), signs)

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        on, _ = self._masks(n)
        height = np.sqrt(dtype.type(1 << on.bit_count()))
        return np.where(indices & on == 0, height, dtype.type(0))

    def constants(self, n: int, most: int) -> Array | None:
        return constant_indices(self.parts(n), most)

    def peaks(self, n: int, indices: Array) -> Array:
        return np.full(indices.size, 2.0 ** (-0.5 * self._masks(n)[0].bit_count()))

    def layers(self, n: int, indices: Array) -> Array:
        return indices & self._masks(n)[0]

    def supports(self, n: int, indices: Array) -> Array | None:
        off = self._masks(n)[1]
        return indices & off if off else None

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term]:
        on, off = self._masks(n)
        if not off:
            return [Term(None, i ^ j, _height(on, dtype))]
        overlap = (i ^ j) & off == 0
        i, j = i[overlap], j[overlap]
        return [Term(overlap, (i ^ j) & on | i & off, _height(on, dtype))]


@dataclass(frozen=True)
class Walsh(WalshBits):
    """Functions ``(-1) ** popcount(p & k) / sqrt(n)``, in Hadamard order, for axes of length 2**b.

    Fino & Algazi, "Unified Matrix Treatment of the Fast Walsh-Hadamard Transform", IEEE
    Trans. Comput. C-25 (1976).
    """

    mask: int = field(default=-1, repr=False)

    name: ClassVar[str] = "walsh"
    encode_rank = 2
    group = "dyadic"
    is_kronecker_closed = True

    def parts(self, n: int) -> list[tuple[Basis, int]]:
        return [(self, n)]

    def can_split(self, first: int, indices: Callable[[], Array]) -> bool:
        return is_power_of_two(first)

    def constants(self, n: int, most: int) -> Array:
        return np.zeros(1, np.int64)

    def alike(self, n: int, indices: Array, most: int) -> Alike | None:
        # Functions are products of those of a basis of their indices over GF(2), whose signs are
        # each other's multiples at no two positions that have only the lowest bits of that basis:
        # these are the first of their groups, which are as large as each other.
        left = np.unique(indices.astype(np.int64, copy=False))
        left = left[left > 0]
        bits: list[int] = []
        while left.size:
            bits.append(int(left[0]) & -int(left[0]))
            if 1 << len(bits) > most:
                return None
            left = np.where(left & bits[-1], left ^ left[0], left)
            left = left[left > 0]
        firsts = np.zeros(1, np.int64)
        for bit in sorted(bits):
            firsts = np.concatenate([firsts, firsts + bit])
        return Alike(firsts, np.full(firsts.size, n >> len(bits)))

    def analyse(self, samples: Array, axis: int) -> Array:
        return transform_in_place(samples, axis, False, kernels.walsh.walsh, extended_walsh)

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        # The transform is its own inverse.
        kernel = kernels.walsh.walsh
        return transform_in_place(coefficients, axis, overwrite, kernel, extended_walsh)

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        if not precise:
            return kernels.dyadic_elements.walsh_elements(n, positions, indices)
        return super().elements(n, positions, indices, precise)


def _height(mask: int, dtype: np.dtype[Any]) -> np.floating[Any]:
    """Return the magnitude of functions on the bits of a mask."""
    return 1 / np.sqrt(dtype.type(1 << mask.bit_count()))


def extended_walsh(x: Array) -> Array:
    """Transform along the last axis, in the precision of the array."""
    n = x.shape[-1]
    for bit in range(n.bit_length() - 1):
        pairs = x.reshape(*x.shape[:-1], n >> (bit + 1), 2, 1 << bit)
        first, second = pairs[..., 0, :], pairs[..., 1, :]
        x = np.stack([first + second, first - second], -2).reshape(x.shape)
    return x / np.sqrt(x.real.dtype.type(n))


WALSH = register(Walsh())


def _of_bits_on(mask: int, n: int) -> Basis:
    """Return the basis with a mask on an axis of length n."""
    return WALSH if mask == n - 1 else of_bits(mask)


def of_bits(mask: int) -> Basis:
    """Return the Walsh basis on the bits of a mask; on all of them for -1."""
    mask = operator.index(mask)
    if mask < -1:
        raise ValueError(f"a mask of bits is not negative, or -1 for all bits, got {mask}")
    return STANDARD if mask == 0 else WALSH if mask == -1 else WalshBits(mask)


register_family("walsh", WalshBits, of_bits)
