"""`ErrorBound`: how far an array may be from what it stands for."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import ClassVar, NamedTuple, Self

import numpy as np

from .values import Array

_INFINITE = float("inf")
_LEAST = 5e-324
#: Squares that are smaller may underflow where they are multiplied, and their inverses overflow.
LEAST_SQUARE = 1e-140

#: What sums and products of bounds, and norms, may be rounded by.
_SLACK = 2.0**-44


@dataclass(frozen=True, eq=False, slots=True)
class Bands:
    """What is known of what an array has lost, by bands of frequencies, in few bits.

    What the bands and the modes are, the shape and the bases tell: ``sources.frequency_bands``.
    Modes are of low frequencies; the last band is what is left of the coefficients that they have.

    Attributes
    ----------
    inner : ndarray of float16, shape (bands,)
        Inner products of what is lost and what is kept, in units of `inner_unit`.
    square : ndarray of float16, shape (bands,)
        Sums of the squares of what is lost, rounded up, in units of `square_unit`.
    modes : ndarray of int8
        Inner products of what is lost and the modes, in units of `mode_unit`.
    inner_unit, square_unit, mode_unit : float
    mode_off : float
        A bound on the norm of what the modes are rounded by.
    """

    inner: Array
    square: Array
    modes: Array
    inner_unit: float
    square_unit: float
    mode_unit: float
    mode_off: float

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Bands):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, field.name), getattr(other, field.name))
            for field in fields(self)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def nbytes(self) -> int:
        return self.inner.nbytes + self.square.nbytes + self.modes.nbytes + 32

    def scaled(self, factor: float) -> Bands:
        """Return that of the array times a number. O(1)."""
        square = factor * factor
        return replace(
            self,
            inner_unit=self.inner_unit * square,
            square_unit=self.square_unit * square,
            mode_unit=self.mode_unit * factor,
            mode_off=self.mode_off * abs(factor),
        )


class Residual(NamedTuple):
    """What is known of the difference e of what an array stands for and its own elements x."""

    #: The sum of the elements of e.
    total: float
    #: The inner product of x and e.
    inner: float
    #: The sum of the squares of e.
    square: float
    #: The same by bands of frequencies: times `bands_factor`, it is that of the array.
    bands: Bands | None = None
    bands_factor: float = 1.0

    @property
    def by_bands(self) -> Bands | None:
        return None if self.bands is None else self.bands.scaled(self.bands_factor)

    def scaled(self, factor: float) -> Residual | None:
        """Return that of the array times a number; None where squares leave what doubles hold."""
        square = factor * factor
        total, inner, energy = self.total * factor, self.inner * square, self.square * square
        if not LEAST_SQUARE < energy < 1.0 / LEAST_SQUARE:
            return None
        return Residual(total, inner, energy, self.bands, self.bands_factor * factor)


class Uncertainty(NamedTuple):
    """How far a number may be off: by no more than a bound, and by an estimate."""

    bound: float
    #: By more in one case of twenty or so, if what was rounded is like noise.
    estimate: float


class _Pair(NamedTuple):
    absolute: float
    reference: float
    known: Residual | None


class ErrorBound(_Pair):
    """How far an array may be from the one that it stands for.

    What is not a number, or overflows, is no bound: `absolute` is then infinite, `reference` 0.

    Attributes
    ----------
    absolute : float
        An upper bound on the L2 norm of the difference.
    reference : float
        A lower bound on the L2 norm of what it stands for.
    known : Residual or None
        What else is known of all but what was rounded; less than `absolute`.
    are_some : bool
        Whether this process ever had a bound: before that, no array is anything but exact.
    """

    __slots__ = ()

    are_some: ClassVar[bool] = False

    def __new__(cls, absolute: float, reference: float, known: Residual | None = None) -> Self:
        """Keep what is a bound of the two."""
        ErrorBound.are_some = True
        if not absolute >= 0.0:
            absolute = _INFINITE
        if not 0.0 <= reference < _INFINITE:
            reference = 0.0
        return super().__new__(cls, float(absolute), float(reference), known)

    @property
    def relative(self) -> float:
        """An upper bound on the relative L2 error."""
        if self.absolute == 0.0:
            return 0.0
        # A quotient that underflows is none.
        return max(self.absolute / self.reference, _LEAST) if self.reference > 0.0 else _INFINITE

    @classmethod
    def of(cls, absolute: float, size: float) -> ErrorBound:
        """Bound the error of an array of L2 norm `size` that is off by at most `absolute`.

        Examples
        --------
        >>> ErrorBound.of(0.5, 2.0).reference <= 1.5, ErrorBound.of(3.0, 2.0).reference
        (True, 0.0)
        """
        absolute += absolute * _SLACK
        return cls(absolute, max(0.0, size - size * _SLACK - absolute))

    @classmethod
    def unknown(cls) -> ErrorBound:
        """Bound what may be off by any amount."""
        return cls(_INFINITE, 0.0)

    def scaled(self, factor: float) -> ErrorBound:
        """Return the bound of the array times a number of that absolute value.

        What the multiplication rounds is not in it: see `ops.bounds`.
        """
        absolute = self.absolute * factor
        if self.absolute and absolute != 0.0:
            absolute += max(absolute * _SLACK, _LEAST)
        elif self.absolute and factor != 0.0:
            absolute = _LEAST
        reference = self.reference * factor
        return ErrorBound(absolute, max(0.0, reference - reference * _SLACK - _LEAST))
