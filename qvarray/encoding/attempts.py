"""Encode one array at any tolerance: in memory, or in pieces."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..bases import Basis, all_standard
from ..core.budget import require_budget
from ..core.spectrum import Spectrum
from ..core.values import Array, Shape
from ..ops.basis_change import sparse, to_bases
from ..sources.packed import Packed
from ..sources.quantize import Kind
from . import few_coefficients, out_of_core
from .choice import Tolerance, require_few
from .encoder import INTEGERS, Encoder
from .transforms import analysed, names_of

__all__ = ["Attempt", "Extent", "Few", "Piecewise", "Storage", "Whole"]

#: How eigenvalues may be stored: in the dtype of the array, or as `Kind` says.
Storage = Literal["float64"] | Kind


class Extent(NamedTuple):
    """How large the elements of an array are.

    Attributes
    ----------
    size : int
        Their number.
    rms, std, range : float
        Root mean square, standard deviation, and the largest less the smallest; of complex
        numbers, the larger one of the real and the imaginary part.
    """

    size: int
    rms: float
    std: float
    range: float


class Attempt(ABC):
    """An array to be encoded, again and again, at different tolerances.

    Parameters
    ----------
    bases : tuple of Basis or None
        One for each axis; None for those that need the fewest bytes.
    max_active : int or None
    storage : Storage or None
    """

    shape: Shape
    nbytes: int

    #: Whether the elements may be read one after the other.
    has_pieces = True

    def __init__(
        self, bases: tuple[Basis, ...] | None, max_active: int | None, storage: Storage | None
    ) -> None:
        self.bases = bases
        self.max_active = max_active
        self.storage = storage

    @abstractmethod
    def encoded(self, tol: float | None) -> Spectrum | Packed:
        """Encode at a tolerance relative to the norm; None for lossless."""

    @abstractmethod
    def pieces(self) -> Iterator[tuple[slice, Array]]:
        """Read the array: rows, and what they hold. All of it is one piece where it fits."""

    @property
    def kind(self) -> Kind | None:
        """What eigenvalues are quantised to; None for in full, or for what takes fewest bytes."""
        return None if self.storage == "float64" else self.storage

    def is_automatic(self, tol: float | None) -> bool:
        """Tell whether the way to store eigenvalues is chosen by the bytes that it takes."""
        return self.storage is None and bool(tol)

    def extent(self) -> Extent:
        """Measure the elements, in one pass. O(N)."""
        size, mean, squares, total = 0, 0.0 + 0.0j, 0.0, 0.0
        least = np.full(2, np.inf)
        most = np.full(2, -np.inf)
        for _, piece in self.pieces():
            if not piece.size:
                continue
            wide = piece.astype(np.result_type(piece.dtype, np.float64), copy=False).ravel()
            here = complex(wide.mean())
            total += float(np.sum(np.square(np.abs(wide))))
            # Chan, Golub & LeVeque, "Algorithms for Computing the Sample Variance", Am. Stat. 37.
            step, count = here - mean, size + wide.size
            squares += float(np.sum(np.square(np.abs(wide - wide.mean()))))
            squares += abs(step) ** 2 * size * wide.size / count
            mean, size = mean + step * wide.size / count, count
            for i, part in enumerate((wide.real, wide.imag)):
                least[i] = min(least[i], float(part.min()))
                most[i] = max(most[i], float(part.max()))
        if not size:
            return Extent(0, 0.0, 0.0, 0.0)
        spread = float((most - least).max())
        return Extent(size, (total / size) ** 0.5, (squares / size) ** 0.5, spread)


class Whole(Attempt):
    """An array in memory.

    Parameters
    ----------
    dense : ndarray
    """

    def __init__(
        self,
        dense: Array,
        bases: tuple[Basis, ...] | None,
        max_active: int | None,
        storage: Storage | None,
    ) -> None:
        super().__init__(bases, max_active, storage)
        self.dense = dense
        self.shape, self.nbytes = dense.shape, dense.nbytes
        self._encoder: Encoder | None = None
        self.finite = dense.dtype.kind not in "fc" or bool(np.isfinite(dense).all())

    def pieces(self) -> Iterator[tuple[slice, Array]]:
        yield slice(None), self.dense

    def encoded(self, tol: float | None) -> Spectrum | Packed:
        dense, bases = self.dense, self.bases
        if bases is not None and not self.finite and not all_standard(bases):
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(dense))[0])
            raise ValueError(
                f"element {dense[where]} at {where} is not finite; only basis='standard' can "
                "hold it"
            )
        if not self.finite and (self.max_active is not None or self.kind is not None):
            limited = self.kind is None
            setting = f"max_active={self.max_active}" if limited else f"storage={self.kind!r}"
            raise ValueError(f"{setting} needs elements that are all finite")
        is_exact = not self.finite or (
            bases is not None and all_standard(bases) and not tol and self.max_active is None
        )
        if dense.size == 0 or (is_exact and self.kind is None):
            return sparse(dense) if bases is None else to_bases(sparse(dense), bases)
        require_budget(4 * dense.size * 16, "encode it piece by piece")
        tolerance = Tolerance(tol, self.max_active)
        encoder = self._encoder = self._encoder or Encoder(dense, tolerance)
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
                return encoder.smallest([self.kind])
            return encoder.packed(bases, analysed(encoder.samples, bases), [self.kind])
        if bases is None:
            coefficients, bases, choice, _ = encoder.best()
        else:
            coefficients = analysed(encoder.samples, bases)
            choice = encoder.choose(coefficients, bases)
        require_few(choice.dropped, tolerance)
        return encoder.store(coefficients, bases, choice)


class Piecewise(Attempt):
    """An array that is read in pieces.

    Parameters
    ----------
    x : Rows
    """

    def __init__(
        self,
        x: out_of_core.Rows,
        bases: tuple[Basis, ...] | None,
        max_active: int | None,
        storage: Storage | None,
    ) -> None:
        super().__init__(bases, max_active, storage)
        self.x = x
        self.shape = tuple(int(n) for n in x.shape)
        self.nbytes = int(np.prod(self.shape, dtype=object)) * np.dtype(x.dtype).itemsize

    def pieces(self) -> Iterator[tuple[slice, Array]]:
        for rows, piece in out_of_core.Pieces(self.x, []):
            yield slice(rows.start, rows.stop), piece

    def encoded(self, tol: float | None) -> Spectrum | Packed:
        kind = "fewest" if self.is_automatic(tol) else self.kind
        return out_of_core.encoded(self.x, self.bases, tol, self.max_active, kind)


class Few(Attempt):
    """An array of which few coefficients are stored: they are encoded, whatever its size.

    Parameters
    ----------
    x : VirtualQArray
    spectrum : Spectrum
        What it stores.
    other : Attempt or None
        From its elements, where there are so few of them that other bases are tried, too.
    """

    has_pieces = False

    def __init__(
        self,
        x: VirtualQArray,
        spectrum: Spectrum,
        other: Attempt | None,
        bases: tuple[Basis, ...] | None,
        max_active: int | None,
        storage: Storage | None,
    ) -> None:
        super().__init__(bases, max_active, storage)
        self.x, self.spectrum, self.other = x, spectrum, other
        self.shape, self.nbytes = x.shape, x.virtual_nbytes

    def pieces(self) -> Iterator[tuple[slice, Array]]:
        yield slice(None), np.asarray(self.x)

    def extent(self) -> Extent:
        x = self.x
        if not x.size:
            return Extent(0, 0.0, 0.0, 0.0)
        spread = float(max(np.ptp(x.real), np.ptp(x.imag) if x.dtype.kind == "c" else 0.0))
        rms = float(np.linalg.norm(x.reshape(-1))) / x.size**0.5
        return Extent(x.size, rms, float(np.std(x)), spread)

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
