"""Bases by their names, as users, files and pickles have them: registered, looked up, parsed."""

from __future__ import annotations

import copyreg
import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TypeVar

from ..errors import UnknownBasisError
from .base import Basis

B = TypeVar("B", bound=Basis)

_NAMED: dict[str, Basis] = {}

#: What others call some bases.
_OTHER_NAMES = {
    **dict.fromkeys(("dct", "cos"), "cosine"),
    **dict.fromkeys(("dft", "fft", "rfft"), "fourier"),
    **dict.fromkeys(("hadamard", "wht", "fwht"), "walsh"),
    **dict.fromkeys(("wavelet", "dwt"), "db4"),
    **dict.fromkeys(("identity", "pixel", "none"), "standard"),
    "dht": "hartley",
}
#: Bases that are made of others: what makes them from the arguments in their name.
_FAMILIES: dict[str, Callable[..., Basis]] = {}
#: Bases that differ by an order at the end of their name: what makes one from both.
_NUMBERED: dict[str, Callable[[str, int], Basis]] = {}


def register(basis: B) -> B:
    """Let a basis be found by its name; return it. O(1)."""
    _NAMED[basis.name] = basis
    _candidates.cache_clear()
    _pickle_by_name(type(basis))
    return basis


def register_family(name: str, kind: type[Basis], make: Callable[..., Basis]) -> None:
    """Let bases of a kind be found by names with arguments: ``name(…)`` is ``make(…)``."""
    _FAMILIES[name] = make
    _pickle_by_name(kind)


def register_numbered(family: str, kind: type[Basis], make: Callable[[str, int], Basis]) -> None:
    """Let bases be found by the name of their family and a number: ``make(family, number)``."""
    _NUMBERED[family] = make
    _pickle_by_name(kind)


def _pickle_by_name(kind: type[Basis]) -> None:
    """Let a copy or a pickle of a basis be that basis: rules may ask for identity."""
    copyreg.pickle(kind, lambda basis: (as_basis, (basis.name,)))


def named_bases() -> list[str]:
    """Return the names that every function with a ``basis`` argument knows, candidates first."""
    others = [name for name in _NAMED if "(" not in name and _NAMED[name].encode_rank is None]
    return [basis.name for basis in candidates()] + others


def candidates() -> list[Basis]:
    """Return the bases that ``encode`` may choose, the cheapest to compute with first."""
    return list(_candidates())


@cache
def _candidates() -> tuple[Basis, ...]:
    ranked = [(basis.encode_rank, basis) for basis in _NAMED.values()]
    chosen = [(rank, basis) for rank, basis in ranked if rank is not None]
    return tuple(basis for _, basis in sorted(chosen, key=lambda pair: pair[0]))


def block_candidates() -> list[Basis]:
    """Return the bases that ``encode`` may choose on blocks of an axis."""
    return [basis for basis in _candidates() if basis.encode_on_blocks]


def all_standard(bases: Iterable[Basis]) -> bool:
    """Tell whether coefficients along all axes are elements."""
    return all(basis.is_standard for basis in bases)


def as_basis(basis: str | Basis) -> Basis:
    """Return a basis, or the one of that name; names may have arguments, as in Python.

    Raises UnknownBasisError (a ValueError) for any other name; MissingExtraError for a wavelet,
    where PyWavelets is not installed; ValueError for arguments that the basis cannot have;
    TypeError for what is neither a string nor a basis.

    Examples
    --------
    >>> str(as_basis("kron(cosine, 3, haar, 2)"))
    'kron(cosine, 3, haar, 2)'
    """
    if isinstance(basis, Basis):
        return basis
    if not isinstance(basis, str):
        raise TypeError(f"a basis is a string or a Basis, got {basis!r}")
    if basis in _NAMED:
        return _NAMED[basis]
    call = re.fullmatch(r"\s*(\w+)\s*\((.*)\)\s*", basis, re.DOTALL)
    if call and call[1] in _FAMILIES:
        arguments = [_argument(text.strip()) for text in _split(call[2])]
        try:
            return _FAMILIES[call[1]](*arguments)
        except TypeError as error:
            raise UnknownBasisError(f"no basis {basis!r}: {error}") from None
    numbered = re.fullmatch(r"([a-z]+)([1-9]\d{0,3})", basis)
    if numbered and numbered[1] in _NUMBERED:
        return _NUMBERED[numbered[1]](numbered[1], int(numbered[2]))
    families = [f"{name}(…)" for name in _FAMILIES] + [f"{name}<number>" for name in _NUMBERED]
    raise UnknownBasisError(
        f"unknown basis {basis!r}; {_nearest(basis)}there are "
        f"{', '.join([*named_bases(), *families])}"
    )


def _nearest(name: str) -> str:
    """Return a question for the basis that was meant, if one is near."""
    word = name.strip().lower()
    found = difflib.get_close_matches(word, [*_OTHER_NAMES, *_NAMED], n=1, cutoff=0.7)
    return f"did you mean {_OTHER_NAMES.get(found[0], found[0])!r}? " if found else ""


def _split(arguments: str) -> list[str]:
    """Cut at the commas that are in no parentheses.

    >>> _split("blocked(haar, 2), 5")
    ['blocked(haar, 2)', ' 5']
    """
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


def as_bases(basis: str | Basis | Sequence[str | Basis], ndim: int) -> tuple[Basis, ...]:
    """Return one basis for each of `ndim` axes, from one for all or a sequence of one an axis."""
    if isinstance(basis, (str, Basis)):
        return (as_basis(basis),) * ndim
    try:
        bases = tuple(as_basis(each) for each in basis)
    except TypeError as error:
        raise TypeError(f"a basis is a name or one name an axis, got {basis!r}") from error
    if len(bases) != ndim:
        raise ValueError(f"{len(bases)} bases {basis!r} for an array of {ndim} dimensions")
    return bases
