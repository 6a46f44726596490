"""The Hartley basis: the discrete Hartley transform, a real relative of Fourier's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from .base import (
    Alike,
    Array,
    Basis,
    Restriction,
    Term,
    alike_stretches,
    has_extended_precision,
    working_dtype,
)
from .fourier import FOURIER, wave_page
from .registry import register

# Positions that are not worth splitting into two factors.
_FEW = 64


@dataclass(frozen=True)
class Hartley(Basis):
    """Functions ``cas(2 pi p k / n) / sqrt(n)``, ``cas = cos + sin``, for axes of any length.

    The matrix is real, symmetric, and its own inverse (Bracewell, "Discrete Hartley Transform",
    J. Opt. Soc. Am. 73 (1983)). Functions k and ``n - k`` are of one frequency. All follows from
    ``cas(a + b) = cos(a) cas(b) + sin(a) cas(-b)``.
    """

    name = "hartley"
    cheap_pages = "combs"

    def frequencies(self, n: int, indices: Array) -> Array:
        return np.minimum(indices, FOURIER.reflect(n, indices))

    def analyse(self, samples: Array, axis: int) -> Array:
        return _transformed(samples.astype(working_dtype(samples.dtype), copy=False), axis)

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        # The transform is its own inverse.
        return _transformed(coefficients, axis)

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        wave = FOURIER.elements(n, positions, indices, precise)
        return wave.real + wave.imag

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        m, start, step = len(positions), positions.start, positions.step
        if m == 0 or abs(step) * m != n or 4 * start % n:
            return super().restrict(n, positions, indices)
        # The samples fold to m frequencies; what is before the first is a number of quarter turns.
        folded, signs = _turned(n, indices, 4 * start // n)
        folded %= m
        return Restriction(
            self, None, folded if step > 0 else FOURIER.reflect(m, folded), signs * np.sqrt(m / n)
        )

    def tile(self, n: int, times: int, indices: Array) -> Restriction:
        factors = np.full(indices.size, np.sqrt(times))
        return Restriction(self, None, indices.astype(np.int64) * times, factors)

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        if 4 * shift % n:
            return None
        return Restriction(self, None, *_turned(n, indices, -(4 * shift // n)))

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction | None:
        if 2 * mask == n:
            return self.roll(n, mask, indices)
        return super().xor_shift(n, mask, indices)

    def alike(self, n: int, indices: Array, most: int) -> Alike | None:
        return alike_stretches(n, indices, most)

    def peaks(self, n: int, indices: Array) -> Array:
        return np.where(indices == 0, 1.0, np.sqrt(2.0)) * n**-0.5

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term]:
        # 2 cas a cas b = cas(a - b) + cas(b - a) + cas(a + b) - cas(-a - b)
        half = 1 / (2 * np.sqrt(dtype.type(n)))
        less = np.where(i >= j, i - j, i + (n - j))
        more = np.where(i >= n - j, i - (n - j), i + j)
        return [
            Term(None, less, half),
            Term(None, FOURIER.reflect(n, less), half),
            Term(None, more, half),
            Term(None, FOURIER.reflect(n, more), -half),
        ]

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        m = stop - start
        if m < _FEW or has_extended_precision(values.dtype):
            return super().page(n, start, stop, indices, values)
        # cas(a + b) = cas(a) cos(b) + cas'(a) sin(b), cas' = cos - sin
        where = range(start, stop)
        return wave_page(n, where, indices, values, lambda a: (a.real + a.imag, a.real - a.imag))

    def comb(
        self, n: int, positions: range, indices: Array, values: Array, out: Array | None = None
    ) -> Array:
        # The angle of sample start + t n / m is that of the first, plus 2 pi t k / m.
        m, precise = len(positions), has_extended_precision(values.dtype)
        first = FOURIER.elements(n, np.array([positions.start]), indices, precise)[0]
        first *= np.sqrt(first.real.dtype.type(m))
        if values.dtype.kind == "f":
            # cas is the real part of (1 - 1j) * exp
            waves = FOURIER.sum_of_few(m, indices % m, values * (1 - 1j) * first, True, out)
            if waves is not None:
                return waves
        folded = np.zeros(m, np.result_type(values, np.float64))
        np.add.at(folded, indices % m, values * first.real)
        np.add.at(folded, -indices % m, values * first.imag)
        return self.synthesise(folded, 0)


def _transformed(x: Array, axis: int) -> Array:
    """Transform floats, by the Fourier transform of real ones. O(N log n)."""
    if x.dtype.kind == "c":
        out = np.empty_like(x)
        out.real, out.imag = _transformed(x.real, axis), _transformed(x.imag, axis)
        return out
    n, axis = x.shape[axis], axis % x.ndim
    half = scipy.fft.rfft(x, axis=axis, norm="ortho")
    # Of frequency n - k it is what is of frequency k, conjugated.
    mirror = (slice(None),) * axis + (slice((n - 1) // 2, 0, -1),)
    return np.concatenate([half.real - half.imag, (half.real + half.imag)[mirror]], axis)


def _turned(n: int, indices: Array, quarters: int) -> tuple[Array, Array]:
    """Return ``cas(b + quarters * k * pi / 2)`` as indices and signs of ``cas(±b)``."""
    turn = quarters % 4 * (indices.astype(np.int64) & 3) & 3
    return np.where(turn & 1, FOURIER.reflect(n, indices), indices), np.where(turn & 2, -1.0, 1.0)


HARTLEY = register(Hartley())
