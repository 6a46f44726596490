"""Orthonormal wavelets: the Daubechies, symlet and coiflet bases of PyWavelets, periodised."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec
from typing import Any, TypeVar

import numpy as np

from ..errors import UnknownBasisError
from ..runtime.extras import require
from .base import Array, Basis, Restriction, as_indices, working_dtype
from .registry import register, register_numbered

Index = TypeVar("Index", int, Array)

# What `encode` may choose, after all other bases: few samples a function, and smooth functions.
_RANKS = {("db", 2): 5, ("sym", 8): 6} if find_spec("pywt") else {}

# Levels over which the heights of the functions are computed; over more they are bounded.
_HEIGHTS = 10


class _Filters:
    """The filters of a wavelet: what one level of its transform does.

    PyWavelets' numbers, some of which are orthonormal to twelve digits only, are moved to the
    nearest ones that are orthonormal to rounding, by Newton's method.
    """

    def __init__(self, name: str) -> None:
        pywt = require("pywt", "wavelets")
        try:
            low = np.array(pywt.Wavelet(name).rec_lo, np.longdouble)
        except ValueError:
            raise UnknownBasisError(f"PyWavelets has no wavelet {name!r}") from None
        self.length = low.size
        # Sample 2 i + j - before has weight j in coefficient i, as PyWavelets has it.
        self.before = low.size // 2 - 1
        self.low = _orthonormal(low)
        self.high = self.low[::-1].copy()
        self.high[1::2] *= -1
        pair = [filters.astype(np.float64) for filters in (self.low, self.high)]
        self.bank = pywt.Wavelet(name, [*(f[::-1] for f in pair), *pair])
        self._split, self._join = pywt.dwt, pywt.idwt

    def split(self, x: Array, axis: int) -> tuple[Array, Array]:
        """Return means and waves of an even number of samples along an axis. O(N)."""
        if x.dtype.char in "fdFD" and x.size:
            low, high = self._split(x, self.bank, "periodization", axis)
            return low, high
        n = x.shape[axis]
        low, high = (np.zeros_like(x.take(range(n // 2), axis)) for _ in range(2))
        for j in range(self.length):
            samples = x.take((as_indices(range(0, n, 2)) + j - self.before) % n, axis)
            low += self.low[j] * samples
            high += self.high[j] * samples
        return low, high

    def join(self, low: Array, high: Array, axis: int) -> Array:
        """Undo `split`. O(N)."""
        if low.dtype.char in "fdFD" and low.size:
            out: Array = self._join(low, high, self.bank, "periodization", axis)
            return out
        n, axis = 2 * low.shape[axis], axis % low.ndim
        out = np.zeros((*low.shape[:axis], n, *low.shape[axis + 1 :]), low.dtype)
        # Indices of one parity are each met once.
        into = np.moveaxis(out, axis, 0)
        means, waves = np.moveaxis(low, axis, 0), np.moveaxis(high, axis, 0)
        for j in range(self.length):
            where = (as_indices(range(0, n, 2)) + j - self.before) % n
            into[where] += self.low[j] * means + self.high[j] * waves
        return out

    def coarser(self, first: Index) -> Index:
        """Return the first coefficient of a level that sample `first`, an integer, is in."""
        out: Index = (first + self.before - self.length + 2) // 2
        return out

    @cached_property
    def growth(self) -> float:
        """The norm of what rounding of one level multiplies, by which it is bounded."""
        return float(np.abs(self.low).sum()) * (self.length / 2 + 1)

    @cached_property
    def heights(self) -> Array:
        """Bounds of means and waves (axis 0) over 0, 1, … levels (axis 1), shape (2, levels, 2).

        The largest absolute value of one, and the largest sum of those of all at a sample.
        """
        low, wave = self.low.astype(np.float64), self.high.astype(np.float64)
        both = [np.ones(1), np.ones(1)]
        found = np.ones((2, _HEIGHTS + 1, 2))
        for level in range(1, _HEIGHTS + 1):
            # All functions of a level are one, moved by powers of two.
            both = [_refined(each, low) for each in both] if level > 1 else [low, wave]
            for kind, each in enumerate(np.abs(function) for function in both):
                each = np.pad(each, (0, -each.size % (1 << level)))
                totals = each.reshape(-1, 1 << level).sum(axis=0)
                found[kind, level] = each.max(), totals.max()
        return found * (1 + 1e-12)


def _refined(function: Array, low: Array) -> Array:
    """Return means, given as samples, as samples of the next finer level."""
    up = np.zeros(2 * function.size - 1)
    up[::2] = function
    return np.convolve(up, low)


def _orthonormal(low: Array) -> Array:
    """Return the nearest lowpass filter of norm 1, orthogonal to itself moved by 2, 4, …

    Its sum is sqrt(2) as well: of the even and of the odd places sqrt(1/2).
    """
    length, root = low.size, np.sqrt(np.longdouble(0.5))
    places = as_indices(range(length))
    for _ in range(6):
        double = np.concatenate([low.astype(np.float64), np.zeros(length)])
        rows = [double[places + 2 * m] + double[places - 2 * m] for m in range(length // 2)]
        misses = [low[: length - 2 * m] @ low[2 * m :] - (m == 0) for m in range(length // 2)]
        for odd in (0, 1):
            rows.append((places % 2 == odd) * 1.0)
            misses.append(low[odd::2].sum() - root)
        miss = np.array(misses)
        size = np.abs(miss).max()
        if size <= 3 * np.finfo(np.longdouble).eps:
            break
        # The residual is exact, so that steps in double precision reach any precision.
        step = np.linalg.lstsq(np.array(rows), (miss / size).astype(np.float64), rcond=1e-13)[0]
        low = low - step * size
    return low


@lru_cache(maxsize=128)
def _filters(name: str) -> _Filters:
    return _Filters(name)


@dataclass(frozen=True)
class Wavelet(Basis):
    """Wavelets of one filter, coarsest first, with periodic ends, for axes of even length.

    An axis of length ``n = c * 2**b``, c odd, has b levels: functions 0 to c - 1 are the means of
    the coarsest, functions ``c * 2**j + q`` the waves of its j-th, as PyWavelets' ``wavedec`` has
    them with ``mode="periodization"``. Daubechies, "Orthonormal bases of compactly supported
    wavelets", Comm. Pure Appl. Math. 41 (1988).
    """

    family: str
    order: int

    encode_mixed = False
    cheap_pages = "blocks"

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.family}{self.order}"

    @property
    def encode_rank(self) -> int | None:  # type: ignore[override]
        return _RANKS.get((self.family, self.order))

    def check_length(self, n: int) -> None:
        if n > 1 and n % 2:
            raise ValueError(f"the {self} basis needs an axis of even length, got length {n}")

    @property
    def filters(self) -> _Filters:
        return _filters(self.name)

    def rounding(self, n: int, dtype: np.dtype[Any]) -> float:
        return max(1, _levels(n)) * self.filters.growth

    def analyse(self, samples: Array, axis: int) -> Array:
        # PyWavelets takes no memory that is read-only.
        means = np.require(samples, working_dtype(samples.dtype), "W")
        waves = []
        for _ in range(_levels(samples.shape[axis])):
            means, wave = self.filters.split(means, axis)
            waves.append(wave)
        return np.concatenate([means, *reversed(waves)], axis)

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        axis %= coefficients.ndim
        n, before = coefficients.shape[axis], (slice(None),) * axis
        m = n >> _levels(n)
        out = coefficients[(*before, slice(m))]
        while m < n:
            out = self.filters.join(out, coefficients[(*before, slice(m, 2 * m))], axis)
            m *= 2
        return out.copy() if out.base is not None else out

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        dtype = np.dtype(np.longdouble if precise else np.float64)
        out = np.zeros((positions.size, indices.size), dtype)
        for start, stop, first, weights in self._of_samples(n, positions, dtype):
            columns = np.flatnonzero((indices >= start) & (indices < stop))
            if columns.size:
                where = (indices[columns] - start - first[:, None]) % (stop - start)
                inside = where < weights.shape[1]
                found = np.take_along_axis(weights, np.where(inside, where, 0), 1)
                out[:, columns] = np.where(inside, found, 0)
        return out

    def _of_samples(
        self, n: int, positions: Array, dtype: np.dtype[Any]
    ) -> list[tuple[int, int, Array, Array]]:
        """Return the coefficients of samples 1 at some positions: functions, first, weights.

        Of functions ``[start, stop)``, row p of the weights belongs to those from ``start +
        first[p]`` on, and after the last to ``start``. O(m L^2 log n) for filters of length L.
        """
        filters = self.filters
        length, low, high = filters.length, filters.low.astype(dtype), filters.high.astype(dtype)
        first, weights = positions.astype(np.int64), np.ones((positions.size, 1), dtype)
        levels, m = [], n
        for _ in range(_levels(n)):
            m //= 2
            coarse = filters.coarser(first)
            # Where the filter starts before a sample: L - 1 or L - 2 places.
            place = first + filters.before - 2 * coarse
            # Entry t of a window is the sum over u of weights[u] * filter[place + u - 2 t].
            wide, t = weights.shape[1], as_indices(range((weights.shape[1] + length) // 2))
            u = as_indices(range(wide))[:, None]
            pair = []
            for taps in (low, high):
                padded = np.concatenate([np.zeros(2 * t.size, dtype), taps, np.zeros(wide, dtype)])
                odd, even = (
                    weights @ padded[2 * t.size + at + u - 2 * t] for at in (length - 1, length - 2)
                )
                both = np.where((place == length - 1)[:, None], odd, even)
                pair.append(_folded(both, m))
            first = coarse % m
            weights = pair[0]
            levels.append((m, 2 * m, first, pair[1]))
        levels.append((0, m, first, weights))
        return levels

    def most_of_sample(self, n: int) -> int:
        return min(n, self.filters.length * (_levels(n) + 1))

    def analyse_few(self, n: int, places: Array, values: Array) -> tuple[Array, Array]:
        lines, positions = np.divmod(places, n)
        found = []
        for start, stop, first, weights in self._of_samples(n, positions, values.real.dtype):
            along = (first[:, None] + as_indices(range(weights.shape[1]))) % (stop - start)
            along += start + n * lines[:, None]
            found.append((along.ravel(), (weights * values[:, None]).ravel()))
        where, coefficients = (np.concatenate(each) for each in zip(*found, strict=True))
        some = np.flatnonzero(coefficients)
        return where[some], coefficients[some]

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        # O(k + (m + L log n) L): of each level the window that the samples need.
        dtype = np.result_type(values.dtype, np.float64)
        if start == stop:
            return np.zeros(0, dtype)
        filters, windows, m = self.filters, [(start, stop)], n
        for _ in range(_levels(n)):
            if stop - start >= m:
                break
            m //= 2
            start, stop = filters.coarser(start), (stop + 1 + filters.before) // 2
            windows.append((start, stop))
        # What is coarser than that is had whole.
        is_coarse = indices < m
        whole = np.zeros(m, dtype)
        np.add.at(whole, indices[is_coarse], values[is_coarse])
        means = self.synthesise(whole, 0)[as_indices(range(start, stop)) % m]
        real = means.real.dtype
        low, high = filters.low.astype(real), filters.high.astype(real)
        for a, b in reversed(windows[:-1]):
            waves = np.zeros(min(stop - start, m), dtype)
            some = np.flatnonzero((indices >= m) & (indices < 2 * m))
            where = (indices[some] - m - start) % m
            inside = where < waves.size
            np.add.at(waves, where[inside], values[some[inside]])
            up = np.zeros((2, 2 * means.size), dtype)
            up[0, ::2], up[1, ::2] = means, np.resize(waves, means.size)
            both = np.convolve(up[0], low) + np.convolve(up[1], high)
            skip = a + filters.before - 2 * start
            means = both[skip : skip + b - a]
            start, stop, m = a, b, 2 * m
        return means

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        levels = _levels(n)
        if shift % (1 << levels):
            return None
        # The functions of a level are one, moved.
        coarse = n >> levels
        start = _starts(coarse, indices)
        size = np.maximum(start, coarse)
        step = size // coarse * (shift >> levels)
        return Restriction(self, None, start + (indices - start + step) % size, None)

    def peaks(self, n: int, indices: Array) -> Array:
        filters, coarse = self.filters, n >> _levels(n)
        start = _starts(coarse, indices)
        out = np.ones(indices.size)
        for first in np.unique(start).tolist():
            m = first or coarse
            up = (n // m).bit_length() - 1
            # A function of a level is a sum of means of a finer one, _HEIGHTS levels at a time.
            times = max(up - 1, 0) // _HEIGHTS
            heights = filters.heights[int(first > 0), up - times * _HEIGHTS]
            heights = heights * filters.heights[0, _HEIGHTS, 1] ** times
            # Around the axis a function may meet itself.
            out[start == first] = min(1.0, heights[int(m < filters.length)])
        return out

    def layers(self, n: int, indices: Array) -> Array:
        # Functions of a level that are L - 1 places apart do not overlap, but for the last ones
        # with the first ones, around the axis.
        coarse, apart = n >> _levels(n), self.filters.length
        start = _starts(coarse, indices)
        size = np.maximum(start, coarse)
        where = indices - start
        number = where % apart + np.where(where < size - size % apart, 0, apart)
        return start + np.where(size >= 2 * apart, number, where)

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        levels = _levels(n)
        mean = np.sqrt(np.ldexp(dtype.type(1), levels))
        return np.where(indices < n >> levels, mean, dtype.type(0))

    def constants(self, n: int, most: int) -> Array | None:
        coarse = n >> _levels(n)
        return as_indices(range(coarse)) if coarse <= most else None


def _levels(n: int) -> int:
    """Return how often a length can be halved.

    >>> _levels(12), _levels(7), _levels(2**40)
    (2, 0, 40)
    """
    return (n & -n).bit_length() - 1 if n else 0


def _starts(coarse: int, indices: Array) -> Array:
    """Return the first wave of the level of each function; 0 for means, functions below `coarse`.

    >>> _starts(3, np.array([0, 2, 3, 6, 11, 12]))
    array([ 0,  0,  3,  6,  6, 12])
    """
    out = np.zeros(indices.size, np.int64)
    start = coarse
    while 0 < start <= int(indices.max(initial=0)):
        out[indices >= start] = start
        start *= 2
    return out


def _folded(weights: Array, m: int) -> Array:
    """Add up columns that are m apart, where there are more than m."""
    wide = weights.shape[1]
    if wide <= m:
        return weights
    padded = np.pad(weights, ((0, 0), (0, -wide % m)))
    return padded.reshape(weights.shape[0], -1, m).sum(axis=1)


@lru_cache(maxsize=128)
def _of_order(family: str, order: int) -> Wavelet:
    basis = Wavelet(family, order)
    _ = basis.filters  # an order that there is not is refused here
    return basis


for _family in ("db", "sym", "coif"):
    register_numbered(_family, Wavelet, _of_order)
for _family, _order in _RANKS:
    register(Wavelet(_family, _order))
