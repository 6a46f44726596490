"""`Spectrum`: the one formula that every array is an instance of, and its invariants.

X  =  (B1 ⊗ B2 ⊗ … ⊗ Bd) · scatter(active_indices, eigenvalues)   (+ fill_value)

or, where the coefficients lie on the diagonal of a square,

X  =  B1 · diag(scatter(active_indices, eigenvalues; else fill_value)) · B2ᵀ
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis
from .error_bound import ErrorBound
from .pages import Pages
from .source import AxisKey, Source, declared
from .values import (
    MAX_SIZE,
    Array,
    all_finite,
    index_dtype,
    require_size,
    stores_all,
    zero_of,
)

__all__ = [
    "CoefficientOverflowError",
    "Spectrum",
    "compact",
    "constant",
    "require_finite",
    "whole",
]


class Spectrum(Source):
    """An array as coefficients in an orthonormal basis. Immutable.

    The constructor trusts its caller; `check` tells whether it was right to.

    Parameters
    ----------
    shape : tuple of int
        Of the array that is described.
    dtype : numpy.dtype
        Of its elements.
    bases : tuple of Basis
        One for each axis.
    eigenvalues : ndarray, shape (k,)
        The coefficients. Their dtype is `dtype` where all bases are standard.
    active_indices : ndarray of int32 or int64, shape (k,), or None
        Where they sit in the coefficient space: sorted and unique, linearised in C order. None
        means that every position is active.
    fill_value : NumPy scalar of `dtype`, but that scalars are native
        What the elements are where nothing is active; 0 unless all bases are standard. Of a
        diagonal array, the eigenvalue at every position along the diagonal that is not active.
    diagonal : bool
        The coefficient space is the diagonal of a square one: the array is
        ``B1 @ diag(coefficients) @ B2.T``, an operator where ``B2 == B1.conj()``.
    error : ErrorBound or None
        None for an exact array.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    bases: tuple[Basis, ...]
    error: ErrorBound | None

    __slots__ = (
        "_rows",
        "active_indices",
        "bases",
        "diagonal",
        "dtype",
        "eigenvalues",
        "error",
        "fill_value",
        "is_standard",
        "shape",
        "space",
    )

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        bases: tuple[Basis, ...],
        eigenvalues: Array,
        active_indices: Array | None,
        fill_value: Any,
        diagonal: bool = False,
        error: ErrorBound | None = None,
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.bases = bases
        self.eigenvalues = eigenvalues
        self.active_indices = active_indices
        self.fill_value = fill_value
        self.diagonal = diagonal
        self.error = error
        self.is_standard = not diagonal and bases == (STANDARD,) * len(bases)
        #: Number of positions in the coefficient space.
        self.space = shape[0] if diagonal else prod(shape)
        # How many rows were searched for so far, and then where each begins.
        self._rows: int | Array = 0

    @property
    def space_shape(self) -> tuple[int, ...]:
        """Shape of the coefficient space."""
        return self.shape[:1] if self.diagonal else self.shape

    @property
    def nactive(self) -> int:
        """Number of coefficients stored."""
        return self.eigenvalues.size

    @property
    def nbytes(self) -> int:
        indices = self.active_indices
        return self.eigenvalues.nbytes + (0 if indices is None else indices.nbytes)

    @property
    def label(self) -> str:
        return f"{self.nactive} eigenvalues"

    @property
    def stored(self) -> Spectrum:
        return self

    @property
    def origin(self) -> Spectrum:
        return self

    @property
    def standard(self) -> Spectrum | None:
        return self if self.is_standard else None

    def settle(self) -> Spectrum:
        return self

    def express(self) -> Spectrum:
        return self

    # -- declared here, and bound by the modules that implement them -------------------------

    @declared
    def norm_bound(self) -> float:
        """Return the L2 norm: ``ops.basis_change.l2_norm``."""
        raise NotImplementedError

    @declared
    def conjugate(self) -> Spectrum:
        """Return the complex conjugate: ``ops.linear``."""
        raise NotImplementedError

    @declared
    def dense(self) -> Array:
        """Return every element, as a new ndarray: ``ops.basis_change.to_dense``."""
        raise NotImplementedError

    @declared
    def permuted(self, axes: Sequence[int]) -> Source:
        """Return the array with its axes in another order: ``sources.permuted``."""
        raise NotImplementedError

    @declared
    def at(self, positions: Array) -> Array:
        """Return elements at C-order positions: ``indexing.elements``."""
        raise NotImplementedError

    @declared
    def item(self, position: int) -> Any:
        """Return one element: ``indexing.elements``."""
        raise NotImplementedError

    @declared
    def read(self, key: tuple[range, ...], out: Array | None = None) -> Array:
        """Return the elements of a part as an ndarray: ``indexing.select``."""
        raise NotImplementedError

    @declared
    def part(self, key: Sequence[AxisKey]) -> Any:
        """Return a part, evaluated when somebody asks: ``sources.samples``."""
        raise NotImplementedError

    @declared
    def pages(self, ordered: bool = True) -> Pages:
        """Return the pages that its bases are cheap to synthesise by: ``sources.plan``."""
        raise NotImplementedError

    # -- its own -----------------------------------------------------------------------------

    def indices(self) -> Array:
        """Return the active indices, listed where all are active. O(k)."""
        if self.active_indices is None:
            return np.arange(self.space, dtype=index_dtype(self.space))
        return self.active_indices

    def coordinates(self) -> tuple[Array, ...]:
        """Return the index along each axis of every coefficient, shape (k,) each. O(k)."""
        indices = self.indices()
        if self.diagonal:
            return indices, indices
        if len(self.shape) == 1:
            return (indices,)
        if not indices.size or not self.shape:
            return (indices,) * len(self.shape)
        return np.unravel_index(indices, self.shape)

    def row_starts(self, count: int) -> Array | None:
        """Return where the coefficients of each row begin, as `kernels.row_pointer` has it.

        A row is what has one index along the first axis. O(k) once: it is kept.

        Parameters
        ----------
        count : int
            How many rows are asked for.

        Returns
        -------
        ndarray or None
            None where there are more rows than coefficients, or where searching for all rows that
            were asked for so far is cheaper.
        """
        if isinstance(self._rows, int):
            indices = self.active_indices
            if indices is None or self.diagonal or self.shape[0] > indices.size:
                return None
            self._rows += count
            if self._rows * _SEARCH < indices.size:
                return None
            inner = prod(self.shape[1:])
            self._rows = kernels.row_pointer.row_starts(indices, self.shape[0], inner)
        return self._rows

    @property
    def is_operator(self) -> bool:
        """Tell whether the array is diagonal in a basis: ``B @ diag(eigenvalues) @ B.conj().T``."""
        return self.diagonal and self.bases[1] == self.bases[0].conjugate

    def __reduce__(self) -> tuple[Any, ...]:
        shape, dtype, bases, values = self.shape, self.dtype, self.bases, self.eigenvalues
        indices, fill = self.active_indices, self.fill_value
        state = shape, dtype, bases, values, indices, fill, self.diagonal, self.error
        return _unpickled, state

    def replace(self, **changes: Any) -> Spectrum:
        """Return a copy with some attributes changed."""
        kept = {
            "shape": self.shape,
            "dtype": self.dtype,
            "bases": self.bases,
            "eigenvalues": self.eigenvalues,
            "active_indices": self.active_indices,
            "fill_value": self.fill_value,
            "diagonal": self.diagonal,
            "error": self.error,
        }
        kept.update(changes)
        return Spectrum(**kept)

    def check(self) -> None:
        """Raise AssertionError where an invariant is broken. O(k)."""
        values, indices, space = self.eigenvalues, self.active_indices, self.space
        assert isinstance(self.shape, tuple)
        assert all(type(n) is int and n >= 0 for n in self.shape)
        assert self.diagonal or self.size <= MAX_SIZE
        assert space <= MAX_SIZE
        assert len(self.bases) == len(self.shape)
        assert values.ndim == 1
        for basis, n in zip(self.bases, self.shape, strict=True):
            basis.check_length(n)
        assert isinstance(self.fill_value, np.generic)
        assert self.fill_value.dtype == self.dtype.newbyteorder("=")
        if self.diagonal:
            assert len(self.shape) == 2
            assert self.shape[0] == self.shape[1]
            assert indices is not None or self.fill_value == 0
        if self.is_standard:
            assert values.dtype == self.dtype
        else:
            assert self.diagonal or (self.fill_value == 0 and self.dtype.kind in "fc")
        if indices is None:
            assert values.size == space
        else:
            assert indices.dtype == index_dtype(space)
            assert indices.shape == values.shape
            assert bool(np.all(indices[1:] > indices[:-1]))
            assert indices.size == 0 or (indices[0] >= 0 and indices[-1] < space)


def _unpickled(shape: tuple[int, ...], dtype: np.dtype[Any], *state: Any) -> Spectrum:
    """Return a Spectrum in the byte order of the machine, to which NumPy unpickles arrays."""
    return Spectrum(shape, dtype.newbyteorder("="), *state)


#: Coefficients that are passed over in the time of a search for one among many.
_SEARCH = 128


class CoefficientOverflowError(OverflowError):
    """Coefficients that are infinite or NaN would make elements so that are not."""


def require_finite(coefficients: Array, bases: tuple[Basis, ...]) -> None:
    """Raise `CoefficientOverflowError` for those, in bases not all standard, not finite. O(k)."""
    if not all_finite(coefficients):
        names = ", ".join(str(basis) for basis in dict.fromkeys(bases))
        raise CoefficientOverflowError(
            f"coefficients in basis {names} overflow {coefficients.dtype}; scale the array, or use "
            "to_basis('standard') first"
        )


def compact(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    bases: tuple[Basis, ...],
    eigenvalues: Array,
    active_indices: Array,
    fill_value: Any,
    diagonal: bool = False,
    error: ErrorBound | None = None,
    dropped: bool = False,
) -> Spectrum:
    """Return a Spectrum in its smaller form, from sorted and unique indices of any integer type.

    Coefficients that say no more than the fill value, or 0 where that is none, are dropped unless
    the caller has `dropped` them; where indices would cost more than they save, every position is
    stored. O(k).

    Raises
    ------
    CoefficientOverflowError
        Where coefficients in another basis than the standard one are infinite or NaN: they would
        make elements so that are not.
    """
    space = shape[0] if diagonal else prod(shape)
    blank = fill_value
    if bases != (STANDARD,) * len(bases):
        require_finite(eigenvalues, bases)
        blank = fill_value if diagonal else 0
    wanted = index_dtype(space)
    if active_indices.dtype is not wanted:
        active_indices = active_indices.astype(wanted, copy=False)
    if not dropped:
        active_indices, eigenvalues = kernels.merge_sorted.drop(active_indices, eigenvalues, blank)
    # Not `pays_sparse`, whose call is 3 % of the time that two arrays of 20 numbers take to add.
    if eigenvalues.nbytes + active_indices.nbytes >= space * eigenvalues.itemsize:
        if eigenvalues.size != space:
            dense = np.empty(space, eigenvalues.dtype)
            dense.fill(blank)
            dense[active_indices] = eigenvalues
            eigenvalues = dense
        if diagonal:
            fill_value = zero_of(dtype)  # of no position
        return Spectrum(shape, dtype, bases, eigenvalues, None, fill_value, diagonal, error)
    return Spectrum(shape, dtype, bases, eigenvalues, active_indices, fill_value, diagonal, error)


def whole(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    bases: tuple[Basis, ...],
    eigenvalues: Array,
    error: ErrorBound | None = None,
) -> Spectrum:
    """Return a Spectrum in its smaller form, from a coefficient for every position. O(N)."""
    where = None
    if not stores_all(eigenvalues, eigenvalues.size):
        where = np.flatnonzero(eigenvalues != 0).astype(index_dtype(eigenvalues.size))
        eigenvalues = eigenvalues[where]
    return Spectrum(shape, dtype, bases, eigenvalues, where, zero_of(dtype), error=error)


def constant(value: Any, shape: tuple[int, ...], dtype: np.dtype[Any] | None = None) -> Spectrum:
    """Return an array of one value, with nothing active; of its dtype by default. O(1)."""
    require_size(shape)
    element = np.asarray(value, dtype)
    none = np.empty(0, element.dtype)
    indices = np.empty(0, index_dtype(prod(shape)))
    return Spectrum(shape, element.dtype, (STANDARD,) * len(shape), none, indices, element[()])
