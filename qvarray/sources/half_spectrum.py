"""Half of a spectrum: real data in a complex basis, whose other coefficients are conjugates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..bases import STANDARD, Basis
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..core.spectrum import Spectrum, whole
from ..core.values import Array, stores_all, zero_of
from ..ops.basis_change import coefficient_dtype, norm, rounded, synthesised, to_bases
from .packed import UNPACKED

_INSTEAD = "index a part of it, or raise the budget"


class HalfSpectrum(Source):
    """A real array all of whose coefficients are active, half of which are kept. Immutable.

    The others are their conjugates.

    Of n real samples this keeps n + 2 real numbers, or n + 1. The spectrum of all coefficients is
    made when a rule asks for it, and remembered for a while.

    Parameters
    ----------
    dtype : numpy.dtype
        Real and floating.
    half : ndarray
        The coefficients, of the shape of the array but for ``n // 2 + 1`` of n along `axis`.
    axis : int
        In a basis that `Basis.is_halved`.
    error : ErrorBound or None
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    bases: tuple[Basis, ...]
    error: ErrorBound | None

    __slots__ = ("__weakref__", "axis", "bases", "dtype", "error", "half", "shape")

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        bases: tuple[Basis, ...],
        half: Array,
        axis: int,
        error: ErrorBound | None,
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.bases = bases
        self.half = half
        self.axis = axis
        self.error = error

    @property
    def nbytes(self) -> int:
        """Bytes stored: those of half of the coefficients."""
        return self.half.nbytes

    @property
    def label(self) -> str:
        return "half of a spectrum"

    @property
    def stored(self) -> Spectrum:
        return self.settle()

    def norm_bound(self) -> float:
        # All but those that are conjugates of themselves count twice.
        n = self.shape[self.axis]
        size = norm(self.half)
        single = norm(self.half[self._along(slice(0, None, n // 2 if n % 2 == 0 else n))])
        return size * (2.0 - (single / size) ** 2) ** 0.5 if size else 0.0

    def replace(self, **changes: Any) -> HalfSpectrum:
        """Return a copy with some attributes changed."""
        names = (name for name in HalfSpectrum.__slots__ if name != "__weakref__")
        return HalfSpectrum(**{**{name: getattr(self, name) for name in names}, **changes})

    def settle(self) -> Spectrum:
        """Return all coefficients; remembered for a while. O(N)."""
        found = UNPACKED.get(self)
        if found is None:
            require_budget(3 * self.size * self.half.itemsize, _INSTEAD)
            rest = self.half[self._along(slice((self.shape[self.axis] - 1) // 2, 0, -1))].conj()
            for axis, (basis, n) in enumerate(zip(self.bases, self.shape, strict=True)):
                if basis.is_complex and axis != self.axis:
                    rest = rest.take(basis.reflect(n, np.arange(n)), axis)
            values = np.concatenate([self.half, rest], self.axis).reshape(-1)
            zero = zero_of(self.dtype)
            found = Spectrum(
                self.shape, self.dtype, self.bases, values, None, zero, False, self.error
            )
            UNPACKED.put(self, found)
        return found

    def _along(self, part: slice) -> tuple[slice, ...]:
        return (slice(None),) * self.axis + (part,)

    def dense(self) -> Array:
        n = self.shape[self.axis]
        require_budget(4 * self.size * self.dtype.itemsize, _INSTEAD)
        others = [(a, basis) for a, basis in enumerate(self.bases) if a != self.axis]
        complex_ones = [axis for axis in others if axis[1].is_complex]
        real_ones = [axis for axis in others if not axis[1].is_complex]
        out = synthesised(self.half, complex_ones, False)
        out = self.bases[self.axis].samples_of_half(out, n, self.axis)
        return synthesised(out, real_ones, True, True).astype(self.dtype, copy=False)

    def combined(self, ufunc: np.ufunc, operands: Sequence[Any]) -> HalfSpectrum | None:
        """Return multiples by real numbers, and sums of two of one kind; None for other calls."""
        if ufunc in (np.add, np.subtract):
            first, second = operands
            if not (isinstance(first, HalfSpectrum) and isinstance(second, HalfSpectrum)):
                return None
            if (first.bases, first.shape, first.axis) != (second.bases, second.shape, second.axis):
                return None
            if first.dtype != second.dtype:
                return None
            with np.errstate(over="ignore", invalid="ignore"):
                half = ufunc(first.half, second.half)
            absolute = first.absolute_error + second.absolute_error
        elif ufunc is np.negative:
            return self.replace(half=-self.half)
        elif ufunc in (np.multiply, np.divide):
            number = operands[1] if operands[0] is self else operands[0]
            is_first = operands[0] is self
            if not isinstance(number, (int, float, np.floating)) or isinstance(number, bool):
                return None
            if not (is_first or ufunc is np.multiply) or not np.isfinite(number) or not number:
                return None
            if ufunc(self.dtype.type(1), number).dtype != self.dtype:
                return None
            size = abs(float(number))
            with np.errstate(over="ignore", invalid="ignore"):
                half = ufunc(self.half, number)
            absolute = self.absolute_error
            absolute = absolute * size if ufunc is np.multiply else absolute / size
        else:
            return None
        made = self.replace(half=half)
        size = made.norm_bound()
        if not np.isfinite(size):
            return None
        if self.error is None and not absolute:
            return made
        absolute += _eps(half) * size
        return made.replace(error=ErrorBound.of(absolute, size))

    def rmatmul(self, other: Source, dtype: np.dtype[Any]) -> HalfSpectrum | None:
        """Return ``other @ self`` of a real operator in the basis of the halved first axis."""
        if not isinstance(other, Spectrum) or not other.is_operator or self.axis:
            return None
        if other.bases[0] != self.bases[0] or other.dtype.kind == "c" or dtype != self.dtype:
            return None
        if other.error is not None or len(self.shape) > 2 or not np.isfinite(other.fill_value):
            return None
        gains = np.full(self.half.shape[0], other.fill_value, other.eigenvalues.dtype)
        indices = other.indices()
        kept = indices[: indices.searchsorted(gains.size)]
        gains[kept] = other.eigenvalues[: kept.size]
        largest = float(np.abs(gains).max())
        with np.errstate(over="ignore", invalid="ignore"):
            half = self.half * gains.reshape(-1, *(1,) * (len(self.shape) - 1))
        made = self.replace(half=half.astype(self.half.dtype, copy=False))
        size = made.norm_bound()
        if not np.isfinite(size):
            return None
        absolute = largest * (self.absolute_error + 8.0 * _eps(half) * self.norm_bound())
        return made.replace(error=ErrorBound.of(absolute, size))


def _eps(values: Array) -> float:
    return float(np.finfo(values.dtype).eps)


def in_bases(source: Source, bases: tuple[Basis, ...]) -> Source:
    """Put an array in other bases: as `to_bases`, and half of a spectrum where that says it all.

    O(N log N) of arrays all of whose coefficients are active.
    """
    if isinstance(source, HalfSpectrum):
        if bases == source.bases:
            return source
        source = _samples(source)
    spectrum = source.settle()
    if spectrum.active_indices is not None or spectrum.diagonal or spectrum.size < 2:
        return to_bases(spectrum, bases)
    axes = [
        axis
        for axis, (old, new) in enumerate(zip(spectrum.bases, bases, strict=True))
        if new.is_halved and old != new and new.conjugate != old
    ]
    is_real = spectrum.dtype.kind in "biuf" and not any(
        old.is_complex and old == new for old, new in zip(spectrum.bases, bases, strict=True)
    )
    if not (axes and is_real):
        return to_bases(spectrum, bases)
    return _halved(spectrum, bases, axes[-1])


def _halved(spectrum: Spectrum, bases: tuple[Basis, ...], axis: int) -> Source:
    # What is real is transformed while it is real.
    early = tuple(STANDARD if basis.is_complex else basis for basis in bases)
    real = to_bases(spectrum, early)
    dtype = np.dtype(np.float64) if real.dtype.kind in "biu" else real.dtype
    kind = coefficient_dtype(bases, dtype)
    if real.active_indices is not None:
        return to_bases(real, bases)
    require_budget(3 * real.size * kind.itemsize, _INSTEAD)
    with np.errstate(over="ignore", invalid="ignore"):
        half = bases[axis].half_of_samples(real.eigenvalues.reshape(real.shape), axis)
        for a, basis in enumerate(bases):
            if basis.is_complex and a != axis:
                half = basis.analyse(half, a)
    made = HalfSpectrum(real.shape, dtype, bases, half.astype(kind, copy=False), axis, real.error)
    size = made.norm_bound()
    if not np.isfinite(size) or not stores_all(half, real.size, 2):
        return to_bases(real, bases)
    return made.replace(error=_widened(made, real.bases, size))


def _samples(half: HalfSpectrum) -> Spectrum:
    """Return all elements, in the standard basis."""
    bases = (STANDARD,) * len(half.shape)
    made = whole(half.shape, half.dtype, bases, half.dense().reshape(-1), error=half.error)
    return made.replace(error=_widened(half, bases, half.norm_bound()))


def _widened(half: HalfSpectrum, other: tuple[Basis, ...], size: float) -> ErrorBound | None:
    """Return the error bound of an array of some norm after a change of bases, which rounds."""
    return rounded(half.error, half.half.dtype, half.shape, half.bases, other, size)
