"""Encode one array at any tolerance: in memory, or in pieces."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ldexp, prod
from typing import Literal, NamedTuple

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..bases import Basis, all_standard, working_dtype
from ..core.budget import require_budget
from ..core.spectrum import Spectrum
from ..core.values import Array, Shape
from ..ops.basis_change import energy, sparse, to_bases
from ..sources.packed import Packed
from ..sources.quantize import Kind
from . import few_coefficients, out_of_core
from .choice import Tolerance, refuse_where_finite_is_needed, require_few
from .encoder import INTEGERS, Encoder
from .transforms import PIECE, names_of, on_blocks, pieces_of, scaled

#: How eigenvalues may be stored: in the dtype of the array, or as `Kind` says.
Storage = Literal["float64"] | Kind


@dataclass
class Attempt(ABC):
    """An array to be encoded, again and again, at different tolerances.

    Attributes
    ----------
    bases : tuple of Basis or None
        One for each axis; None for those that need the fewest bytes.
    max_active : int or None
    storage : Storage or None
    """

    bases: tuple[Basis, ...] | None
    max_active: int | None
    storage: Storage | None

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """Of the array."""

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """What the array takes as an ndarray."""

    @abstractmethod
    def encoded(self, tol: float | None) -> Spectrum | Packed:
        """Encode at a tolerance relative to the norm; None for lossless."""

    @property
    @abstractmethod
    def rms(self) -> float:
        """Root mean square of the elements."""

    @property
    @abstractmethod
    def std(self) -> float:
        """Their standard deviation, relative to `rms`; 1 where that is 0."""

    @property
    @abstractmethod
    def range(self) -> float:
        """The largest less the smallest, relative to `rms`; 1 where that is 0.

        Of complex numbers, the larger one of the real and the imaginary part.
        """

    def tolerance_of_size(self, limit: float) -> float:
        """Guess the tolerance that takes so many bytes."""
        return 2.0**-8

    def tolerance_of_error(self, most: float) -> float:
        """Guess the tolerance at which no element is off by more. `rms` is not 0."""
        # Of many errors like Gaussian noise, the largest is about four deviations.
        return min(1.0, 0.25 * most / self.rms)

    @abstractmethod
    def largest_error(self, found: Spectrum | Packed) -> float:
        """Bound by how much elements of an encoding are off at most."""

    @property
    def is_finite(self) -> bool:
        """Whether all elements are, as far as anything but that is encoded."""
        return True

    @property
    def kind(self) -> Kind | None:
        """What eigenvalues are quantised to; None for in full, or for what takes fewest bytes."""
        return None if self.storage == "float64" else self.storage

    def is_automatic(self, tol: float | None) -> bool:
        """Tell whether the way to store eigenvalues is chosen by the bytes that it takes."""
        return self.storage is None and bool(tol)


# How often a tolerance is guessed, and how much two differ in which the same bases are best.
_GUESSES, _ALIKE = 3, 1.3

# Rows of a piece are a multiple of that.
_ROWS = 8


class _Extent(NamedTuple):
    """How large elements are: as the properties of `Attempt`."""

    rms: float
    std: float
    range: float


@dataclass
class _OfElements(Attempt):
    """An array whose elements are read."""

    @abstractmethod
    def pieces(self) -> Iterator[tuple[slice, Array]]:
        """Read the array: rows, and what they hold. All of it is one piece where it fits."""

    @property
    def rms(self) -> float:
        return self._extent.rms

    @property
    def std(self) -> float:
        return self._extent.std

    @property
    def range(self) -> float:
        return self._extent.range

    def decoded(self, found: Spectrum | Packed) -> VirtualQArray | Array:
        """Return an encoding as what gives rows of its elements."""
        return VirtualQArray(found)

    def largest_error(self, found: Spectrum | Packed) -> float:
        y, off, largest = self.decoded(found), 0.0, 0.0
        for rows, piece in self.pieces():
            if piece.size:
                wide = piece.astype(np.result_type(piece.dtype, np.float64), copy=False)
                part = np.asarray(y[rows] if y.ndim else y).astype(wide.dtype, copy=False)
                off = max(off, float(np.abs(part - wide).max()))
                largest = max(largest, float(np.abs(wide).max()))
        if all_standard(found.bases):
            return off
        # Elements that are computed alone may be rounded otherwise.
        return off + 8.0 * float(np.finfo(working_dtype(found.dtype)).eps) * largest

    @cached_property
    def _extent(self) -> _Extent:
        """Measure the elements, which are all finite, in one pass. O(N)."""
        size, exponent, mean, squares, total = 0, 0, 0.0 + 0.0j, 0.0, 0.0
        least, most = np.full(2, np.inf), np.full(2, -np.inf)
        for _, piece in self.pieces():
            if not piece.size:
                continue
            wide = piece.astype(np.result_type(piece.dtype, np.float64), copy=False).ravel()
            parts = (wide.real, wide.imag)
            top = int(np.frexp(max(max(part.max(), -part.min()) for part in parts))[1])
            # In units of a power of two, so that squares neither overflow nor vanish.
            if not size or top > exponent:
                factor = 2.0 ** (exponent - top) if size else 1.0
                mean, squares, total = mean * factor, squares * factor**2, total * factor**2
                least, most, exponent = least * factor, most * factor, top
            wide = scaled(wide, -exponent)
            here = complex(wide.mean())
            away = wide - wide.dtype.type(here if wide.dtype.kind == "c" else here.real)
            # Chan, Golub & LeVeque, "Algorithms for Computing the Sample Variance", Am. Stat. 37.
            step, count = here - mean, size + wide.size
            squares += energy(away) + abs(step) ** 2 * size * wide.size / count
            total += energy(wide)
            mean, size = mean + step * wide.size / count, count
            for i, part in enumerate((wide.real, wide.imag)):
                least[i], most[i] = min(least[i], part.min()), max(most[i], part.max())
        if not total:
            return _Extent(0.0, 1.0, 1.0)
        rms = (total / size) ** 0.5
        spread = float((most - least).max())
        return _Extent(ldexp(rms, exponent), (squares / total) ** 0.5, spread / rms)


@dataclass
class Whole(_OfElements):
    """An array in memory.

    Attributes
    ----------
    dense : ndarray
    """

    dense: Array

    def __post_init__(self) -> None:
        self._encoder: Encoder | None = None

    @property
    def shape(self) -> Shape:
        return self.dense.shape

    @property
    def nbytes(self) -> int:
        return self.dense.nbytes

    @cached_property
    def is_finite(self) -> bool:
        if self.dense.dtype.kind not in "fc":
            return True
        return all(bool(np.isfinite(piece).all()) for piece in pieces_of(self.dense))

    def tolerance_of_size(self, limit: float) -> float:
        first = super().tolerance_of_size(limit)
        return self._guessed(first, lambda encoder, bases: encoder.error_of_size(bases, limit))

    def tolerance_of_error(self, most: float) -> float:
        first = super().tolerance_of_error(most)
        return self._guessed(first, lambda encoder, bases: encoder.error_of_largest(bases, most))

    def _guessed(
        self, tol: float, guess: Callable[[Encoder, tuple[Basis, ...]], float | None]
    ) -> float:
        """Guess a tolerance, in bases on short blocks first, and then in those chosen at it."""
        is_integer = self.kind in INTEGERS or self.is_automatic(tol)
        if not (is_integer and self.is_finite and self.dense.size):
            return tol
        encoder = self._encoder = self._encoder or Encoder(self.dense)
        encoder.tolerance = Tolerance(tol, self.max_active)
        found = guess(encoder, self.bases or on_blocks(self.shape, _ROWS)[0])
        if not found or self.bases is not None:
            return min(found or tol, 1.0)
        for _ in range(_GUESSES):
            before = min(found, 1.0)
            encoder.tolerance = Tolerance(before, self.max_active)
            bases = encoder.promising()
            found = guess(encoder, bases)
            if not found:
                return before
            if before / _ALIKE <= found <= before * _ALIKE:
                encoder.keep(bases, min(found, 1.0))
                break
        return min(found, 1.0)

    def pieces(self) -> Iterator[tuple[slice, Array]]:
        dense = self.dense
        if not dense.ndim:
            yield slice(None), dense
            return
        # Rows of whole blocks, mostly.
        step = max(1, PIECE * dense.shape[0] // max(dense.size, 1))
        step = -(-step // _ROWS) * _ROWS
        for start in range(0, dense.shape[0], step):
            yield slice(start, start + step), dense[start : start + step]

    def decoded(self, found: Spectrum | Packed) -> VirtualQArray | Array:
        first = found.bases[0].runs(self.shape[0]) if self.shape else []
        is_on_blocks = bool(first) and 2 * first[0].size <= self.shape[0]
        y = VirtualQArray(found)
        # Rows of a basis of the whole axis take as long as all of them.
        return y if is_on_blocks else np.asarray(y)

    def encoded(self, tol: float | None) -> Spectrum | Packed:
        dense, bases = self.dense, self.bases
        if bases is not None and not self.is_finite and not all_standard(bases):
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(dense))[0])
            raise ValueError(
                f"element {dense[where]} at {where} is not finite; only basis='standard' can "
                "hold it"
            )
        tolerance = Tolerance(tol, self.max_active)
        if not self.is_finite:
            refuse_where_finite_is_needed(tolerance, self.kind)
        is_exact = not self.is_finite or (
            bases is not None and all_standard(bases) and not tol and self.max_active is None
        )
        if dense.size == 0 or (is_exact and self.kind is None):
            return sparse(dense) if bases is None else to_bases(sparse(dense), bases)
        require_budget(4 * dense.size * 16, "encode it piece by piece")
        encoder = self._encoder = self._encoder or Encoder(dense)
        encoder.tolerance = tolerance
        if bases is not None and not encoder.can_meet(bases):
            raise ValueError(
                f"tol={tol!r} is below the rounding error of basis {names_of(bases)}, "
                f"{encoder.allowance(bases):.1e}; tol=None is lossless to rounding"
            )
        if self.is_automatic(tol):
            return encoder.fewest_bytes(bases)
        if self.kind is not None:
            if bases is None:
                return encoder.smallest(self.kind)
            return encoder.packed(bases, [self.kind])
        if bases is None:
            coefficients, bases, choice, _ = encoder.best()
        else:
            coefficients = encoder.coefficients(bases)
            choice = encoder.choose(coefficients, bases)
        require_few(choice.dropped, tolerance)
        return encoder.store(coefficients, bases, choice)


@dataclass
class Piecewise(_OfElements):
    """An array that is read in pieces.

    Attributes
    ----------
    x : Rows
    """

    x: out_of_core.Rows

    @property
    def shape(self) -> Shape:
        return tuple(int(n) for n in self.x.shape)

    @property
    def nbytes(self) -> int:
        return prod(self.shape) * np.dtype(self.x.dtype).itemsize

    def pieces(self) -> Iterator[tuple[slice, Array]]:
        for rows, piece in out_of_core.Pieces(self.x, []):
            yield slice(rows.start, rows.stop), piece

    def encoded(self, tol: float | None) -> Spectrum | Packed:
        kind = "fewest" if self.is_automatic(tol) else self.kind
        return out_of_core.encoded(self.x, self.bases, tol, self.max_active, kind)


@dataclass
class Few(Attempt):
    """An array of which few coefficients are stored: they are encoded, whatever its size.

    Attributes
    ----------
    x : VirtualQArray
    spectrum : Spectrum
        What it stores.
    other : Attempt or None
        From its elements, where there are so few of them that other bases are tried, too.
    """

    x: VirtualQArray
    spectrum: Spectrum
    other: Attempt | None

    @property
    def shape(self) -> Shape:
        return self.x.shape

    @property
    def nbytes(self) -> int:
        return self.x.virtual_nbytes

    @cached_property
    def rms(self) -> float:
        return self.spectrum.norm_bound() / max(self.x.size, 1) ** 0.5

    @property
    def std(self) -> float:
        return float(np.std(self.x / self.rms)) if self.rms else 1.0

    @property
    def range(self) -> float:
        if not self.rms:
            return 1.0
        unit = self.x / self.rms
        parts = (unit.real, unit.imag) if unit.dtype.kind == "c" else (unit,)
        return max(float(np.ptp(part)) for part in parts)

    def largest_error(self, found: Spectrum | Packed) -> float:
        # No element is off by more than all of them together.
        return found.absolute_error

    def encoded(self, tol: float | None) -> Spectrum | Packed:
        tolerance = Tolerance(tol, self.max_active)
        kinds: list[Kind | None] = [self.kind]
        if self.is_automatic(tol) and isinstance(self.x.source, Packed):
            # What was rounded already is not kept in full.
            kinds += INTEGERS
        found: list[Spectrum | Packed] = []
        refused: ValueError | None = None
        for kind in kinds:
            try:
                found.append(few_coefficients.encoded(self.spectrum, self.bases, tolerance, kind))
            except ValueError as error:
                refused = error
        if self.bases is None and self.other is not None:
            found.append(self.other.encoded(tol))
        if refused is not None and not found:
            raise refused
        return min(found, key=lambda source: source.nbytes)
