"""The cosine basis: the orthonormal DCT-II."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod
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
    has_extended_precision,
    working_dtype,
)
from .fourier import FOURIER, wave_page
from .registry import register

# Positions that are not worth splitting into two factors.
_FEW = 64

# Up to this length a product with the matrix takes less than a fast transform, a third to a tenth.
_SHORT = 16

# Numbers of a row of a product, for which the BLAS wakes no threads.
_ROW = 1 << 9


@lru_cache(maxsize=2 * _SHORT)
def _matrix(n: int, inverse: bool) -> Array:
    """Return the matrix of the transform, or its transpose, shape (n, n)."""
    out: Array = scipy.fft.dct(np.eye(n), axis=0, norm="ortho")
    out = np.ascontiguousarray(out.T) if inverse else out
    out.flags.writeable = False
    return out


def _by_matrix(matrix: Array, values: Array, axis: int) -> Array:
    """Multiply each line along an axis by a matrix, in double precision. O(N n)."""
    if not values.size:
        return values.copy()
    axis %= values.ndim
    n, kind = values.shape[axis], values.dtype
    real = np.ascontiguousarray(values).view(values.real.dtype).astype(np.float64, copy=False)
    outer = prod(values.shape[:axis])
    inner = real.size // (n * outer)
    out = np.empty(real.size)
    if inner == 1:
        lines, written, other = real.reshape(outer, n), out.reshape(outer, n), matrix.T
        whole = outer - outer % _ROW
        for a, b in ((0, whole), (whole, outer)):
            size = min(_ROW, b - a) or 1
            np.matmul(lines[a:b].reshape(-1, size, n), other, out=written[a:b].reshape(-1, size, n))
    else:
        columns, done = real.reshape(outer, n, inner), out.reshape(outer, n, inner)
        whole = inner - inner % _ROW
        for a, b in ((0, whole), (whole, inner)):
            cut = (outer, n, -1, min(_ROW, b - a) or 1)
            np.matmul(
                matrix,
                columns[:, :, a:b].reshape(cut).swapaxes(1, 2),
                out=done[:, :, a:b].reshape(cut).swapaxes(1, 2),
            )
    return out.astype(kind.type(0).real.dtype, copy=False).view(kind).reshape(values.shape)


def _is_short(dtype: np.dtype[Any], n: int) -> bool:
    return 0 < n <= _SHORT and not has_extended_precision(dtype)


@dataclass(frozen=True)
class Cosine(Basis):
    """Functions ``c_k cos(pi (2p + 1) k / 2n)``, for axes of any length.

    The coefficients are ``scipy.fft.dct(x, norm="ortho")`` (Ahmed, Natarajan & Rao, "Discrete
    Cosine Transform", IEEE Trans. Comput. C-23 (1974)).
    """

    name = "cosine"
    encode_rank = 3
    encode_on_blocks = True
    cheap_pages = "mirrored combs"

    def analyse(self, samples: Array, axis: int) -> Array:
        samples = samples.astype(working_dtype(samples.dtype), copy=False)
        if _is_short(samples.dtype, samples.shape[axis]):
            return _by_matrix(_matrix(samples.shape[axis], False), samples, axis)
        return scipy.fft.dct(samples, axis=axis, norm="ortho")

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        if _is_short(coefficients.dtype, coefficients.shape[axis]):
            return _by_matrix(_matrix(coefficients.shape[axis], True), coefficients, axis)
        return scipy.fft.idct(coefficients, axis=axis, norm="ortho", overwrite_x=overwrite)

    def rounding(self, n: int, dtype: np.dtype[Any]) -> float:
        if not _is_short(dtype, n):
            return super().rounding(n, dtype)
        # Each way: sums of n products, with elements that are rounded (Higham, section 3.5); the
        # norm of the matrix of absolute values is at most sqrt(n).
        double = (n + 2.0) * n**0.5 * float(np.finfo(np.float64).eps)
        eps = float(np.finfo(dtype).eps)
        return double / eps + (1.0 if eps > np.finfo(np.float64).eps else 0.0)

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        if not precise:
            return kernels.trigonometric.cosine_elements(n, positions, indices)
        turns = np.multiply.outer(2 * positions.astype(object) + 1, indices.astype(object))
        angle = (turns % (4 * n)).astype(np.longdouble) / n * (2 * np.arctan(np.longdouble(1)))
        scale = np.where(indices == 0, np.longdouble(1), np.sqrt(np.longdouble(2)))
        return np.cos(angle) * scale / np.sqrt(np.longdouble(n))

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        if n > 1 and positions == range(n)[::-1]:
            # A mirrored cosine is itself for even k, its negative for odd k.
            return Restriction(self, None, indices, 1.0 - 2.0 * (indices & 1))
        m, step = len(positions), positions.step
        if m > 1 and step % 2 and m * step == n and 2 * positions.start + 1 == step:
            # The middle samples of every `step` samples are those of a cosine of as many periods,
            # whose frequency folds at multiples of m.
            indices = indices.astype(np.int64, copy=False)
            turn, folded = np.divmod(indices, 2 * m)
            sign = np.where((turn + (folded > m)) & 1, -1.0, 1.0)
            folded = np.where(folded > m, 2 * m - folded, folded)
            keep = folded != m
            scale = np.where(indices == 0, 1.0, np.sqrt(2.0)) / np.where(
                folded == 0, 1.0, np.sqrt(2.0)
            )
            factors = (sign * scale / np.sqrt(step))[keep]
            return Restriction(self, keep, folded[keep], factors)
        return super().restrict(n, positions, indices)

    def alike(self, n: int, indices: Array, most: int) -> Alike | None:
        return alike_stretches(n, indices, most)

    def peaks(self, n: int, indices: Array) -> Array:
        return np.where(indices == 0, 1.0, np.sqrt(2.0)) * n**-0.5

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term]:
        # cos a cos b = (cos(a - b) + cos(a + b)) / 2, where cos(a + b) is 0 for i + j = n and
        # changes its sign beyond.
        one, root = dtype.type(1), np.sqrt(dtype.type(2))

        def scale(k: Array) -> Array:
            return np.where(k == 0, one, root)

        scales = scale(i) * scale(j) / (2 * np.sqrt(dtype.type(n)))
        less = np.abs(i - j)
        beyond = i > n - j
        more = np.where(beyond, (n - i) + (n - j), i + np.where(beyond, 0, j))
        keep = i != n - j
        signs = np.where(beyond, -one, one)
        return [
            Term(None, less, scales / scale(less)),
            Term(keep, more[keep], (signs * scales / scale(more))[keep]),
        ]

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        m = stop - start
        if m < _FEW or n >= 2**60 or has_extended_precision(values.dtype):
            return super().page(n, start, stop, indices, values)
        # cos(a + b) = cos a cos b - sin a sin b, of odd multiples of a turn over 4 n.
        values = values * np.where(indices == 0, 2.0, np.sqrt(8.0))
        odd = range(2 * start + 1, 2 * stop + 1, 2)
        return wave_page(4 * n, odd, indices, values, lambda a: (a.real, -a.imag))

    def comb(
        self, n: int, positions: range, indices: Array, values: Array, out: Array | None = None
    ) -> Array | None:
        if n >= 2**60 or has_extended_precision(values.dtype):
            return None
        if values.dtype.kind == "c":
            real, imaginary = (
                self.comb(n, positions, indices, part) for part in (values.real, values.imag)
            )
            return None if real is None or imaginary is None else real + 1j * imaginary
        # All 2 n / step samples at a stride of the axis and of its mirror image: the real parts of
        # as many of waves, whose first angle is an odd multiple of a turn over 4 n.
        m = 2 * n // positions.step
        odd = np.array([2 * positions.start + 1])
        first = FOURIER.elements(4 * n, odd, indices)[0] * np.where(indices == 0, 2.0, np.sqrt(8.0))
        waves = FOURIER.sum_of_few(m, indices % m, values * first * np.sqrt(m), True, out)
        return waves if waves is None or m == len(positions) else waves[: len(positions)]


COSINE = register(Cosine())
