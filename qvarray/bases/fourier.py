"""The Fourier basis: the unitary discrete Fourier transform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np
import scipy

from .. import kernels
from .base import (
    Alike,
    Array,
    Basis,
    Restriction,
    Term,
    alike_stretches,
    as_indices,
    has_extended_precision,
    working_dtype,
)
from .registry import register
from .separable import grid

# Transforms that are done at once at most, in which they are quicker than one of all numbers.
_BATCH = 32
# Samples from which that pays.
_LEAST = 1 << 12

# Positions that are not worth splitting into two factors.
_FEW = 16
# Elements of functions that a page is made of at once.
_CHUNK = 1 << 18


@dataclass(frozen=True)
class Fourier(Basis):
    """Functions ``exp(sign * 2j * pi * p * k / n) / sqrt(n)``, for axes of any length.

    With ``sign = 1`` the coefficients are ``numpy.fft.fft(x, norm="ortho")``.
    """

    sign: int = 1
    is_complex = True
    is_halved = True
    cheap_pages = "combs"
    group = "cyclic"

    @property
    def name(self) -> str:  # type: ignore[override]
        return "fourier" if self.sign == 1 else "conj(fourier)"

    @property
    def encode_rank(self) -> int | None:  # type: ignore[override]
        return 4 if self.sign == 1 else None

    @property
    def conjugate(self) -> Basis:
        return FOURIER_CONJUGATE if self.sign == 1 else FOURIER

    def reflect(self, n: int, indices: Array) -> Array:
        return np.where(indices == 0, 0, n - indices.astype(np.int64, copy=False))

    def analyse(self, samples: Array, axis: int) -> Array:
        samples = samples.astype(working_dtype(samples.dtype), copy=False)
        transform = scipy.fft.fft if self.sign == 1 else scipy.fft.ifft
        return transform(samples, axis=axis, norm="ortho")

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        transform = scipy.fft.ifft if self.sign == 1 else scipy.fft.fft
        return transform(coefficients, axis=axis, norm="ortho", overwrite_x=overwrite)

    def real_samples(self, coefficients: Array, axis: int) -> Array:
        # Those of the part of the spectrum that is symmetric, whose first half tells the rest.
        n, axis = coefficients.shape[axis], axis % coefficients.ndim
        before = (slice(None),) * axis
        half = coefficients[(*before, slice(n // 2 + 1))].copy()
        inner = half[(*before, slice(1, None))]
        inner += coefficients[(*before, slice(n - 1, n - n // 2 - 1, -1))].conj()
        inner *= 0.5
        return self.samples_of_half(half, n, axis)

    def sum_of_few(
        self, n: int, indices: Array, values: Array, is_real: bool, out: Array | None = None
    ) -> Array | None:
        # The samples at a + count * b, for each a: transforms of length m, which many at once are
        # quicker than one.
        count = _BATCH if n >= _LEAST else 1
        while count > 1 and (n % count or n < 2 * count * indices.size):
            count >>= 1
        count = max(count, 1 + is_real)
        if n % count or has_extended_precision(values.dtype):
            return None
        m = n // count
        folded = indices.astype(np.int64, copy=False) % m
        if self.sign == -1:
            folded = np.where(folded == 0, 0, m - folded)
        dtype = np.dtype(np.float64 if is_real else np.complex128)
        if out is None or out.shape != (n,) or out.dtype != dtype or not out.flags.carray:
            out = np.empty(n, dtype)
        out.fill(0)
        spectra = out.view(np.complex128).reshape(m, -1)
        values = np.asarray(values / (np.sqrt(n) * (1 + is_real)), np.complex128)
        turns = self.elements(n, np.array([1]), indices)[0] * np.sqrt(n)
        kernels.trigonometric.add_waves(folded, values, turns, spectra, is_real)
        samples = scipy.fft.ifft(spectra, axis=0, norm="forward", overwrite_x=True)
        if not np.may_share_memory(samples, spectra):
            spectra[...] = samples
        return out

    def half_of_samples(self, samples: Array, axis: int) -> Array:
        samples = samples.astype(working_dtype(samples.dtype), copy=False)
        half = scipy.fft.rfft(samples, axis=axis, norm="ortho")
        return half if self.sign == 1 else np.conjugate(half, out=half)

    def samples_of_half(self, half: Array, n: int, axis: int) -> Array:
        half = half if self.sign == 1 else half.conj()
        return scipy.fft.irfft(half, n, axis=axis, norm="ortho")

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        if not precise:
            return kernels.trigonometric.fourier_elements(n, positions, indices, self.sign)
        turns = np.multiply.outer(positions.astype(object), indices.astype(object)) % n
        angle = turns.astype(np.longdouble) / n * (8 * np.arctan(np.longdouble(1)))
        return (np.cos(angle) + self.sign * 1j * np.sin(angle)) / np.sqrt(np.longdouble(n))

    def factors(self, n: int, positions: range, indices: Array, precise: bool) -> list[Array]:
        m = len(positions)
        if m < _FEW:
            return super().factors(n, positions, indices, precise)
        # p = start + (a * width + b) * step, and exp of a sum is a product of exps.
        width = isqrt(m - 1) + 1
        step = positions.step
        coarse = [(positions.start + a * width * step) % n for a in range(-(-m // width))]
        fine = [b * step % n for b in range(width)]
        return [
            self.elements(n, np.array(coarse, np.int64), indices, precise),
            self.elements(n, np.array(fine, np.int64), indices, precise) * np.sqrt(n),
        ]

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        m = len(positions)
        if m == 0 or abs(positions.step) * m != n:
            return super().restrict(n, positions, indices)
        # x[start + step t] with |step| m = n: the spectrum folds to m frequencies (aliasing).
        folded = indices.astype(np.int64, copy=False) % m
        if positions.step < 0:
            folded = np.where(folded == 0, 0, m - folded)
        shift = self.elements(n, np.array([positions.start]), indices)[0]
        return Restriction(self, None, folded, shift * np.sqrt(m))

    def tile(self, n: int, times: int, indices: Array) -> Restriction:
        factors = np.full(indices.size, np.sqrt(times))
        return Restriction(self, None, indices.astype(np.int64) * times, factors)

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction:
        turned = self.elements(n, np.array([n - shift], np.int64), indices, precise)[0]
        return Restriction(self, None, indices, turned * np.sqrt(turned.real.dtype.type(n)))

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction | None:
        if 2 * mask == n:
            return self.roll(n, mask, indices)
        return super().xor_shift(n, mask, indices)

    def alike(self, n: int, indices: Array, most: int) -> Alike | None:
        return alike_stretches(n, indices, most)

    def peaks(self, n: int, indices: Array) -> Array:
        return np.full(indices.size, n**-0.5)

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term]:
        # i + j without overflow, for i and j below n < 2**63.
        sums = np.where(i >= n - j, i - (n - j), i + j)
        return [Term(None, sums, 1 / np.sqrt(dtype.type(n)))]

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        return grid([(self, n, range(start, stop), indices)], values)


def wave_page(
    n: int,
    positions: range,
    indices: Array,
    values: Array,
    turned: Callable[[Array], tuple[Array, Array]],
) -> Array:
    """Sum real waves at consecutive positions of an axis, by two products of narrow matrices.

    Where a wave at the angle ``a + b`` is ``f(a) cos(b) + g(a) sin(b)``, `turned` returns f and g
    of ``exp(1j * a)``. The angles are those of `FOURIER`.

    Returns
    -------
    ndarray, shape (len(positions),)
        O(k · m) multiplications for m positions, and O(k · sqrt(m)) evaluations.
    """
    m, step = len(positions), positions.step
    width = isqrt(m - 1) + 1
    coarse = as_indices(range(positions.start, positions.stop, width * step))
    fine = as_indices(range(0, width * step, step))
    out = np.zeros((coarse.size, width), np.result_type(values, np.float64))
    chunk = max(1, _CHUNK // width)
    for first in range(0, indices.size, chunk):
        some, weights = indices[first : first + chunk], values[first : first + chunk]
        b = FOURIER.elements(n, fine, some)
        of_cosine, of_sine = turned(FOURIER.elements(n, coarse, some) * np.sqrt(n))
        out += (of_cosine * weights) @ b.real.T + (of_sine * weights) @ b.imag.T
    return out.ravel()[:m]


FOURIER = register(Fourier(1))
FOURIER_CONJUGATE = register(Fourier(-1))
