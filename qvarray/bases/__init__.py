"""Orthonormal bases of the samples along one axis, a file each."""

from __future__ import annotations

import copyreg
import re
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import UnknownBasisError
from .base import Basis, Restriction, Term, as_indices, working_dtype
from .blocked import Blocked, Run, of_blocks
from .constant import CONSTANT, Constant
from .cosine import COSINE, Cosine
from .fourier import FOURIER, FOURIER_CONJUGATE, Fourier
from .haar import HAAR, Haar
from .kron import Kron, of_arguments, of_parts
from .separable import grid, grid_rows
from .standard import STANDARD, Standard
from .walsh import WALSH, Walsh
from .walsh_bits import WalshBits, of_bits

__all__ = [
    "CONSTANT",
    "COSINE",
    "FOURIER",
    "FOURIER_CONJUGATE",
    "HAAR",
    "STANDARD",
    "WALSH",
    "Basis",
    "Blocked",
    "Constant",
    "Cosine",
    "Fourier",
    "Haar",
    "Kron",
    "Restriction",
    "Run",
    "Standard",
    "Term",
    "Walsh",
    "WalshBits",
    "as_bases",
    "as_basis",
    "as_indices",
    "blocked",
    "grid",
    "grid_rows",
    "named_bases",
    "of_parts",
    "working_dtype",
]

_NAMED: dict[str, Basis] = {
    basis.name: basis
    for basis in (STANDARD, HAAR, WALSH, COSINE, FOURIER, CONSTANT, FOURIER_CONJUGATE)
}
#: Bases that are made from others: what makes them from the arguments in their name.
_MADE: dict[str, tuple[type[Basis], Callable[..., Basis]]] = {
    "blocked": (Blocked, of_blocks),
    "kron": (Kron, of_arguments),
    "walsh": (WalshBits, of_bits),
}


def named_bases() -> list[str]:
    """The names that every function with a ``basis`` argument knows."""
    return [name for name in _NAMED if "(" not in name]


def as_basis(basis: str | Basis) -> Basis:
    """A basis, or the one of that name; names of bases may have arguments, as in Python.

    Raises
    ------
    UnknownBasisError
        (a ValueError) for any other name.
    ValueError
        For arguments that the basis cannot have.
    TypeError
        For what is neither a string nor a basis.
    """
    if isinstance(basis, Basis):
        return basis
    if not isinstance(basis, str):
        raise TypeError(f"a basis is a string or a Basis, got {basis!r}")
    if basis in _NAMED:
        return _NAMED[basis]
    call = re.fullmatch(r"\s*(\w+)\s*\((.*)\)\s*", basis, re.DOTALL)
    if call and call[1] in _MADE:
        arguments = [_argument(text.strip()) for text in _split(call[2])]
        try:
            return _MADE[call[1]][1](*arguments)
        except TypeError as error:
            raise UnknownBasisError(f"no basis {basis!r}: {error}") from None
    made = [f"{name}(…)" for name in _MADE]
    raise UnknownBasisError(
        f"unknown basis {basis!r}; there are {', '.join([*named_bases(), *made])}"
    )


def _split(arguments: str) -> list[str]:
    """Cut at the commas that are in no parentheses."""
    out, depth = [""], 0
    for character in arguments:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            out.append("")
        else:
            out[-1] += character
    return out


def _argument(text: str) -> int | Basis:
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else as_basis(text)


def blocked(basis: str | Basis, m: int) -> Basis:
    """A basis on consecutive blocks of an axis.

    Parameters
    ----------
    basis : Basis or str
        Of every block.
    m : int
        Samples of a block. The last block of an axis has those that remain; in a basis that
        needs a length of 2**b they are split into powers of two.

    Returns
    -------
    Basis
        Also by its name, ``basis="blocked(cosine, 8)"``.

    Raises
    ------
    ValueError
        For `m` less than 1, and a length that the basis cannot have.
    TypeError
        For an `m` that is no integer.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = qv.encode(np.repeat([1.0, 5.0, 2.0], 4), qv.blocked("cosine", 4))
    >>> x.nactive, str(x.bases[0])
    (3, 'blocked(cosine, 4)')
    """
    return of_blocks(as_basis(basis), m)


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


for _kind in [*map(type, _NAMED.values()), *(kind for kind, _ in _MADE.values())]:
    # A copy or a pickle of a basis is that basis: rules may ask for identity.
    copyreg.pickle(_kind, _reduced)
