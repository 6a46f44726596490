"""What every basis can do, for one axis of an array."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Basis", "Restriction", "Term", "as_indices", "working_dtype"]

Array = NDArray[Any]


class Restriction(NamedTuple):
    """What coefficients become when the samples of an axis are chosen, moved or repeated.

    Attributes
    ----------
    basis : Basis
        The basis of the axis afterwards.
    keep : ndarray of bool, shape (k,), or None
        Which coefficients matter there; None means all of them.
    indices : ndarray of int64
        The new index of each coefficient that is kept; indices may repeat (their values add up).
    factors : ndarray or None
        What each value is multiplied by; None means 1.
    """

    basis: Basis
    keep: Array | None
    indices: Array
    factors: Array | None


class Term(NamedTuple):
    """One function of those that make up the product of two, for each of m pairs.

    Attributes
    ----------
    keep : ndarray of bool, shape (m,), or None
        Which pairs have such a term; None means all of them.
    indices : ndarray of int64
        The index of the function, for each pair that is kept.
    factors : ndarray or scalar
        What it is multiplied by, 1 in the standard basis.
    """

    keep: Array | None
    indices: Array
    factors: Any


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The floating dtype in which coefficients of samples of `dtype` are kept."""
    if dtype.kind in "biu":
        return np.dtype(np.float64)
    if dtype == np.float16:
        return np.dtype(np.float32)
    return dtype


@dataclass(frozen=True)
class Basis(ABC):
    """An orthonormal basis of the samples along one axis of length n.

    A basis is a value: two of the same kind are equal and interchangeable. The length is not
    part of it, and is passed to what needs it.
    """

    name: ClassVar[str]
    #: Whether samples that are real have coefficients that are complex.
    is_complex: ClassVar[bool] = False

    def __str__(self) -> str:
        return self.name

    @property
    def conjugate(self) -> Basis:
        """The basis of the complex conjugates of this basis' functions."""
        return self

    def check_length(self, n: int) -> None:
        """Raise ValueError where an axis of length `n` cannot have this basis."""

    def parts(self, n: int) -> list[tuple[Basis, int]]:
        """The bases and lengths of the axes that an axis of length n is made of, in C order."""
        return [(self, n)]

    def coefficient_dtype(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The dtype of the coefficients of samples of `dtype`."""
        dtype = working_dtype(dtype)
        return np.result_type(dtype, np.complex64) if self.is_complex else dtype

    def reflect(self, n: int, indices: Array) -> Array:
        """The indices, in this basis, of the conjugates of the functions at `indices`."""
        return indices

    @abstractmethod
    def analyse(self, samples: Array, axis: int) -> Array:
        """Samples to coefficients along `axis`: a new array of floating dtype. O(N log n)."""

    @abstractmethod
    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        """Coefficients to samples along `axis`: the inverse of `analyse`. O(N log n).

        With `overwrite`, the array given may be destroyed, or be the result.
        """

    @abstractmethod
    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        """The value of basis function k at position p.

        Parameters
        ----------
        n : int
            Length of the axis.
        positions, indices : ndarray of int, shape (m,) and (k,), in [0, n)
        precise : bool
            Compute in ``np.longdouble``, slowly.

        Returns
        -------
        ndarray, shape (m, k)

        Notes
        -----
        O(m · k), whatever n is.
        """

    def factors(self, n: int, positions: range, indices: Array, precise: bool) -> list[Array]:
        """Matrices whose row-wise Kronecker product holds the elements at `positions`.

        The product may have more rows than there are positions; the first ``len(positions)``
        count. Two matrices of sqrt(m) rows cost far less to fill than one of m rows.
        """
        return [self.elements(n, as_indices(positions), indices, precise)]

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        """Coefficients of the samples at `positions`, one for each at `indices`, if that is closed.

        Returns
        -------
        Restriction or None
            None where the restriction needs more than one coefficient for each. O(k).
        """
        if positions == range(n):
            return Restriction(self, None, indices, None)
        if len(positions) == 1:
            # On an axis of length 1 every basis is the identity.
            factors = self.elements(n, as_indices(positions), indices)[0]
            return Restriction(self, None, np.zeros(indices.size, np.int64), factors)
        return None

    def tile(self, n: int, times: int, indices: Array) -> Restriction | None:
        """Coefficients of the samples, `times` times one after the other, if that is closed. O(k).

        `times` is 2 at least; None as in `restrict`.
        """
        return None

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        """Coefficients of every sample `times` times in a row, as `tile`."""
        return None

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        """Coefficients of the samples moved round by `shift`, 0 < shift < n, as `tile`."""
        return None

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction | None:
        """Coefficients of the samples at ``p ^ mask`` for every position p, as `tile`.

        ``0 < mask < n``, and n is a multiple of a power of two above the mask.
        """
        return self.restrict(n, range(n)[::-1], indices) if mask == n - 1 else None

    def peaks(self, n: int, indices: Array) -> Array:
        """A bound on the absolute values of each function, shape (k,)."""
        # A function of norm 1 has no larger ones.
        return np.ones(indices.size)

    def layers(self, n: int, indices: Array) -> Array:
        """A number below n for each function; no two of one number are both not 0 anywhere."""
        return indices

    def supports(self, n: int, indices: Array) -> Array | None:
        """A number below n for each function; those of different numbers are nowhere both not 0.

        None where all functions may meet.
        """
        return None

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term] | None:
        """What the products of functions i and j are sums of, or None where that is not closed.

        Parameters
        ----------
        n : int
            Length of the axis.
        i, j : ndarray of int64, shape (m,)
            The two functions of every pair.
        dtype : numpy.dtype
            A real one, of the factors.
        """
        return None

    def cover(self, n: int, positions: range) -> range:
        """Positions that `restrict` is closed under, of step 1, and that hold `positions`.

        Where it is not closed, the samples at `positions`, not empty, are best had from these.
        """
        return range(n)

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        """The sum over the axis of each function, shape (k,), of real `dtype`.

        Unless a basis says otherwise, its function 0 is the constant ``n ** -0.5``, to which all
        others are orthogonal.
        """
        return np.where(indices == 0, np.sqrt(dtype.type(n)), dtype.type(0))

    def constants(self, n: int, most: int) -> Array | None:
        """The sorted indices of the functions that the constant 1 is a sum of.

        Its coefficients are what `sums` gives for them. None where they are more than `most`.
        """
        return np.zeros(1, np.int64)

    def comb(self, n: int, positions: range, indices: Array, values: Array) -> Array | None:
        """The samples at a stride that divides n, or None where no fast way is known.

        Parameters and result are those of `page`, with ``len(positions) * positions.step == n``.
        """
        return None

    @abstractmethod
    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        """The samples in ``[start, stop)`` of an axis with few coefficients.

        Parameters
        ----------
        n, start, stop : int
            ``0 <= start <= stop <= n``.
        indices, values : ndarray, shape (k,)
            The coefficients; all others are 0.

        Returns
        -------
        ndarray, shape (stop - start,)
            Float64 or wider; complex where `values` or the basis are.
        """


def as_indices(positions: range) -> Array:
    """A range as an ndarray of int64."""
    step = positions.step
    out = np.arange(len(positions), dtype=np.int64)
    out *= step
    out += positions.start
    return out
