"""Orthonormal bases of the samples along one axis, a file each."""

from __future__ import annotations

import copyreg
from collections.abc import Sequence
from typing import Any

from ..errors import UnknownBasisError
from .base import Basis, Restriction, Term, as_indices, working_dtype
from .cosine import COSINE, Cosine
from .fourier import FOURIER, FOURIER_CONJUGATE, Fourier
from .grid import grid, grid_rows
from .haar import HAAR, Haar
from .standard import STANDARD, Standard
from .walsh import WALSH, Walsh

__all__ = [
    "COSINE",
    "FOURIER",
    "FOURIER_CONJUGATE",
    "HAAR",
    "STANDARD",
    "WALSH",
    "Basis",
    "Cosine",
    "Fourier",
    "Haar",
    "Restriction",
    "Standard",
    "Term",
    "Walsh",
    "as_bases",
    "as_basis",
    "as_indices",
    "grid",
    "grid_rows",
    "named_bases",
    "working_dtype",
]

_NAMED: dict[str, Basis] = {
    basis.name: basis for basis in (STANDARD, HAAR, WALSH, COSINE, FOURIER, FOURIER_CONJUGATE)
}


def named_bases() -> list[str]:
    """The names that every function with a ``basis`` argument knows."""
    return [name for name in _NAMED if "(" not in name]


def as_basis(basis: str | Basis) -> Basis:
    """A basis, or the one of that name.

    Raises
    ------
    UnknownBasisError
        (a ValueError) for any other name.
    TypeError
        For what is neither a string nor a basis.
    """
    if isinstance(basis, Basis):
        return basis
    if not isinstance(basis, str):
        raise TypeError(f"a basis is a string or a Basis, got {basis!r}")
    try:
        return _NAMED[basis]
    except KeyError:
        raise UnknownBasisError(
            f"unknown basis {basis!r}; there are {', '.join(named_bases())}"
        ) from None


def as_bases(basis: str | Basis | Sequence[str | Basis], ndim: int) -> tuple[Basis, ...]:
    """One basis for each of `ndim` axes, from one for all or a sequence of one an axis."""
    if isinstance(basis, (str, Basis)):
        return (as_basis(basis),) * ndim
    try:
        bases = tuple(as_basis(one) for one in basis)
    except TypeError as error:
        raise TypeError(f"a basis is a name or one name an axis, got {basis!r}") from error
    if len(bases) != ndim:
        raise ValueError(f"{len(bases)} bases {basis!r} for an array of {ndim} dimensions")
    return bases


def _reduced(basis: Basis) -> tuple[Any, ...]:
    return as_basis, (basis.name,)


for _basis in _NAMED.values():
    # A copy or a pickle of a basis is that basis: rules may ask for identity.
    copyreg.pickle(type(_basis), _reduced)
