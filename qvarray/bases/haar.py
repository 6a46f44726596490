"""The Haar basis: the orthonormal wavelet transform of square waves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import kernels
from .base import Alike, Array, Restriction, Term
from .power_of_two import Dyadic, is_power_of_two, transform_in_place
from .registry import register


def _levels(indices: Array) -> Array:
    """Return floor(log2(k)) of each index k, -1 for 0.

    >>> _levels(np.arange(6))
    array([-1,  0,  1,  1,  2,  2])
    """
    levels = np.frexp(indices.astype(np.float64))[1].astype(np.int64) - 1
    # From 2**53 on, the conversion may have rounded up to the next power of two.
    return levels - ((levels >= 53) & (indices >> np.maximum(levels, 0) == 0))


@dataclass(frozen=True)
class Haar(Dyadic):
    """A constant, then square waves of one period, coarsest first, for axes of length 2**b.

    Coefficient 0 is the mean (times sqrt(n)); coefficient ``2**j + q`` is the step in the middle
    of the q-th of 2**j equal blocks. Haar, "Zur Theorie der orthogonalen Funktionensysteme",
    Math. Ann. 69 (1910).
    """

    name = "haar"
    encode_rank = 1
    cheap_pages = "blocks"

    def analyse(self, samples: Array, axis: int) -> Array:
        return transform_in_place(samples, axis, False, kernels.haar.haar, extended_haar)

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        kernel = kernels.haar.inverse_haar
        return transform_in_place(coefficients, axis, overwrite, kernel, inverse_extended_haar)

    def most_of_sample(self, n: int) -> int:
        return n.bit_length()

    def analyse_few(self, n: int, places: Array, values: Array) -> tuple[Array, Array]:
        # Level by level as for all samples, of the pairs in which there is one.
        root = np.sqrt(values.real.dtype.type(0.5))
        found, waves = [], []
        length = n
        while length > 1:
            pairs = places >> 1
            first = np.flatnonzero(np.diff(pairs, prepend=-1))
            both = np.zeros((2, first.size), values.dtype)
            each = np.diff(first, append=places.size)
            both[places & 1, np.repeat(np.arange(first.size), each)] = values
            places, length = pairs[first], length >> 1
            lines, where = np.divmod(places, length)
            wave = (both[0] - both[1]) * root
            some = np.flatnonzero(wave)
            found.append((lines * n + where + length)[some])
            waves.append(wave[some])
            values = (both[0] + both[1]) * root
        return np.concatenate([places * n, *found]), np.concatenate([values, *waves])

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        if not precise:
            return kernels.dyadic_elements.haar_elements(n, positions, indices)
        signs = np.sign(kernels.dyadic_elements.haar_elements(n, positions, indices))
        energy = np.ldexp(np.longdouble(1), np.maximum(_levels(indices), 0)) / n
        return signs * np.sqrt(energy)

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        m = len(positions)
        first = min(positions.start, positions.start + (m - 1) * positions.step)
        if abs(positions.step) != 1 or not is_power_of_two(m) or first % m:
            return super().restrict(n, positions, indices)
        # An aligned block of m samples: waves within it keep their shape, longer ones are
        # constant on it and join coefficient 0.
        indices = indices.astype(np.int64, copy=False)
        level = _levels(indices)
        local = level - (n // m).bit_length() + 1
        wide = local < 0
        size = np.left_shift(1, np.maximum(local, 0))
        where = indices - np.left_shift(1, np.maximum(level, 0)) - first // m * size
        keep = wide | ((where >= 0) & (where < size))
        indices, wide, size, where = indices[keep], wide[keep], size[keep], where[keep]
        factors = np.ones(indices.size)
        outer = self.elements(n, np.array([first]), indices[wide])[0]
        factors[wide] = outer * np.sqrt(m)
        if positions.step < 0:
            where = size - 1 - where
            factors[~wide] = -1.0
        return Restriction(self, keep, np.where(wide, 0, size + where), factors)

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        if not is_power_of_two(times):
            return None
        # Every wave is as many times as long, and as many there are of its length.
        factors = np.full(indices.size, np.sqrt(times))
        return Restriction(self, None, indices.astype(np.int64, copy=False), factors)

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction:
        # Bits of the mask above a wave's length move it; that of its half turns it round.
        indices = indices.astype(np.int64, copy=False)
        level = _levels(indices)
        moved = mask >> (n.bit_length() - 2 - np.maximum(level, 0))
        is_wave = level >= 0
        factors = np.where(is_wave & (moved & 1 == 1), -1.0, 1.0)
        return Restriction(self, None, np.where(is_wave, indices ^ (moved >> 1), 0), factors)

    def alike(self, n: int, indices: Array, most: int) -> Alike | None:
        # Waves are constant between their beginnings, middles and ends.
        indices = indices[indices > 0].astype(np.int64, copy=False)
        level = _levels(indices)
        length = np.int64(n) >> level
        starts = (indices - np.left_shift(np.int64(1), level)) * length
        stops = (starts + length)[starts < n - length]
        firsts = np.unique(np.concatenate([[0], starts, starts + length // 2, stops]))
        return Alike(firsts, np.diff(firsts, append=n)) if firsts.size <= most else None

    def peaks(self, n: int, indices: Array) -> Array:
        return np.exp2(0.5 * np.maximum(_levels(indices), 0)) * n**-0.5

    def layers(self, n: int, indices: Array) -> Array:
        # Waves of one length lie side by side.
        return _levels(indices) + 1

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term]:
        # A wave times one that is constant on it is as much of the wave; the square of one is a
        # constant block, which all longer waves on it, and the mean, make up.
        root = 1 / np.sqrt(dtype.type(n))
        fine, coarse = np.maximum(i, j), np.minimum(i, j)
        level, above = _levels(fine), _levels(coarse)
        apart = np.maximum(level - np.maximum(above, 0), 1)
        is_nested = (fine > coarse) & ((coarse == 0) | (fine >> apart == coarse) & (level > above))
        sign = np.where((coarse > 0) & (fine >> (apart - 1) & 1 == 1), -1, 1)
        height = np.ldexp(dtype.type(1), np.maximum(above, 0).astype(np.int32) // 2)
        height = height * np.where(np.maximum(above, 0) % 2 == 1, np.sqrt(dtype.type(2)), 1)
        nested = (sign * height)[is_nested].astype(dtype) * root
        terms = [Term(is_nested, fine[is_nested], nested)]
        same = i == j
        terms.append(Term(same, np.zeros(int(same.sum()), np.int64), root))
        for up in range(1, int(level[same].max(initial=0)) + 1):
            longer = same & (level >= up)
            wave = i[longer] >> up
            side = np.where(i[longer] >> (up - 1) & 1 == 1, -1, 1)
            size = np.sqrt(np.ldexp(dtype.type(1), _levels(wave).astype(np.int32)))
            terms.append(Term(longer, wave, (side * size).astype(dtype) * root))
        return terms


def extended_haar(x: Array) -> Array:
    """Transform along the last axis, in the precision of the array."""
    root = np.sqrt(x.real.dtype.type(0.5))
    waves = []
    while x.shape[-1] > 1:
        left, right = x[..., 0::2], x[..., 1::2]
        waves.append((left - right) * root)
        x = (left + right) * root
    return np.concatenate([x, *reversed(waves)], -1)


def inverse_extended_haar(x: Array) -> Array:
    """Undo `extended_haar`."""
    root = np.sqrt(x.real.dtype.type(0.5))
    out = x[..., :1]
    while (m := out.shape[-1]) < x.shape[-1]:
        waves = x[..., m : 2 * m]
        out = np.stack([out + waves, out - waves], -1).reshape(*x.shape[:-1], 2 * m) * root
    return out


HAAR = register(Haar())
