"""Transforms of dense samples for encoding: their bases, and scaling by powers of two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from ..bases import STANDARD, Basis, block_candidates, blocked, candidates
from ..core.values import Array

__all__ = [
    "BLOCK_SIZES",
    "analysed",
    "blocked_choices",
    "choices",
    "combinations",
    "on_blocks",
    "scaled",
    "uniform",
    "varied",
]

#: Lengths of the blocks that are tried, where there is more than one.
BLOCK_SIZES = (4, 8, 16, 32, 64)

#: Bases, one an axis, and the coefficients in them.
Trials = Iterator[tuple[tuple[Basis, ...], Array]]


def analysed(samples: Array, bases: Sequence[Basis]) -> Array:
    """Return the coefficients of samples. O(N log N)."""
    for axis, basis in enumerate(bases):
        if samples.shape[axis]:
            samples = basis.analyse(samples, axis)
    return samples


def scaled(values: Array, exponent: int) -> Array:
    """Multiply by ``2 ** exponent``, infinite where that overflows. O(N)."""
    if exponent == 0 or values.size == 0:
        return values
    if values.dtype.kind == "c":
        out = np.empty_like(values)
        out.real, out.imag = scaled(values.real, exponent), scaled(values.imag, exponent)
        return out
    with np.errstate(over="ignore"):
        return np.ldexp(values, exponent)


def choices(n: int) -> list[Basis]:
    """Return the bases that an axis of length n can have, and that differ there."""
    return [basis for basis in candidates() if basis.can_have(n)] if n > 1 else [STANDARD]


def blocked_choices(n: int) -> list[Basis]:
    """Return bases on blocks of an axis of length n, if there is more than one; else standard."""
    pairs = [(basis, m) for m in BLOCK_SIZES if m < n for basis in block_candidates()]
    return [blocked(basis, m) for basis, m in pairs if basis.can_have(m)] or [STANDARD]


def on_blocks(shape: tuple[int, ...]) -> list[tuple[Basis, ...]]:
    """Return bases on blocks of one size along all axes, for an array that is not held at once."""

    def of_axis(basis: Basis, m: int, n: int) -> Basis:
        if n > m:
            return blocked(basis, m)
        return basis if 1 < n <= BLOCK_SIZES[-1] and basis.can_have(n) else STANDARD

    pairs = [(basis, m) for basis in block_candidates() for m in BLOCK_SIZES if basis.can_have(m)]
    return list(dict.fromkeys(tuple(of_axis(*pair, n) for n in shape) for pair in pairs))


def uniform(samples: Array, options: list[list[Basis]]) -> Trials:
    """Yield coefficients with all axes in one basis, as far as each can have it."""
    for basis in dict.fromkeys(chain([STANDARD], *options)):
        bases = tuple(basis if basis in some else some[-1] for some in options)
        yield bases, analysed(samples, bases)


def combinations(
    samples: Array, options: list[list[Basis]], done: tuple[Basis, ...] = ()
) -> Trials:
    """Yield coefficients in every combination of bases, each axis transformed once a prefix."""
    axis = len(done)
    if axis == len(options):
        yield done, samples
        return
    for basis in options[axis]:
        transformed = basis.analyse(samples, axis) if samples.shape[axis] else samples
        yield from combinations(transformed, options, (*done, basis))


def varied(samples: Array, bases: tuple[Basis, ...], axis: int, some: list[Basis]) -> Trials:
    """Yield coefficients with one axis in any of some bases."""
    options = [some if other == axis else [basis] for other, basis in enumerate(bases)]
    return combinations(samples, options)
