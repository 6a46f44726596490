"""Transforms of dense samples for encoding: their bases, and scaling by powers of two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..bases import (
    STANDARD,
    Basis,
    all_standard,
    block_candidates,
    blocked,
    candidates,
    working_dtype,
)
from ..core.error_bound import ErrorBound
from ..core.values import Array, Shape
from ..ops.basis_change import rounding
from ..runtime.caches import cleared

#: Lengths of the blocks that are tried, where there is more than one.
BLOCK_SIZES = (4, 8, 16, 32, 64)

#: Elements of a piece, which the cache of a core holds with what is made of them.
PIECE = 1 << 16

# Products of so many factors take no longer than a transform, and wake no threads of the BLAS.
_PRODUCT = 1 << 18

#: Bases, one an axis, and the coefficients in them.
Trials = Iterator[tuple[tuple[Basis, ...], Array]]


def in_units(samples: Array, exponent: int) -> Array:
    """Return samples in units of ``2 ** exponent``, in double precision, or wider where they are.

    The same array where they are that already.
    """
    wide = np.result_type(working_dtype(samples.dtype), np.float64)
    return scaled(samples.astype(wide, copy=False), -exponent)


def analysed(samples: Array, bases: Sequence[Basis]) -> Array:
    """Return the coefficients of samples. O(N log N)."""
    for axis, basis in enumerate(bases):
        if samples.shape[axis]:
            samples = basis.analyse(samples, axis)
    return samples


@lru_cache(maxsize=128)
def _matrix(basis: Basis, n: int) -> Array:
    """Return the matrix of a transform of n samples, shape (n, n)."""
    out = basis.analyse(np.eye(n), 0)
    out.flags.writeable = False
    return out


cleared(_matrix.cache_clear)


def about_analysed(samples: Array, basis: Basis, axis: int) -> Array:
    """Return coefficients along one axis, of short blocks of few samples by a product.

    That takes a part of the time, and rounds otherwise: for what is compared, not for what is kept.
    O(N m) for blocks of m samples.
    """
    n = samples.shape[axis]
    # Complex products wake threads of the BLAS where they are a fraction as long, and stall then.
    has_product = samples.dtype == np.float64 and not (basis.is_standard or basis.is_complex)
    runs = basis.runs(n) if has_product else []
    if len(runs) != 1 or samples.size * runs[0].size > _PRODUCT:
        return basis.analyse(samples, axis)
    m, inner = runs[0].size, prod(samples.shape[axis + 1 :])
    matrix = _matrix(basis, m)
    if inner == 1:
        return (samples.reshape(-1, m) @ matrix.T).reshape(samples.shape)
    return np.matmul(matrix, samples.reshape(-1, m, inner)).reshape(samples.shape)


def pieces_of(x: Array) -> Iterator[Array]:
    """Read an array in pieces that the cache holds: in any order, as they lie in memory."""
    flat = x.T.reshape(-1) if x.flags.f_contiguous else x
    if flat.ndim > 1 and x.flags.c_contiguous:
        flat = x.reshape(-1)
    if x.size <= PIECE:
        if x.size:
            yield flat
        return
    flat = np.moveaxis(flat, int(np.argmax(flat.shape)), 0) if flat.ndim else flat.reshape(1)
    step = max(1, PIECE * flat.shape[0] // flat.size)
    for start in range(0, flat.shape[0], step):
        yield flat[start : start + step]


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


def names_of(bases: tuple[Basis, ...]) -> str:
    """Name each of the bases once, for messages."""
    return ", ".join(str(basis) for basis in dict.fromkeys(bases))


class Rounding(NamedTuple):
    """What rounding there and back may lose, relative to the norm of an array.

    Attributes
    ----------
    analysis : float
        Of the transform in the wide dtype, and of keeping its coefficients: what is smaller is
        noise.
    synthesis : float
        Of computing elements in the dtype of the coefficients, and of keeping them.
    underflow : float
        To multiples of the smallest number of a dtype: once for every stage of a transform, and
        once for the elements.
    """

    analysis: float
    synthesis: float
    underflow: float


def rounding_of(
    dtype: np.dtype[Any], shape: Shape, bases: tuple[Basis, ...], size: float
) -> Rounding:
    """Bound what is rounded where an array of norm `size` is encoded, and computed again."""
    analysis, synthesis, underflow = _rounding(dtype, shape, bases)
    return Rounding(analysis, synthesis, underflow / size if size else 0.0)


@lru_cache(maxsize=256)
def _rounding(dtype: np.dtype[Any], shape: Shape, bases: tuple[Basis, ...]) -> Rounding:
    """Bound as `rounding_of`, for an array of norm 1."""
    kept = working_dtype(dtype)
    wide = np.result_type(kept, np.float64)
    narrow, info = np.finfo(kept), np.finfo(dtype if dtype.kind in "fc" else kept)
    count = float(np.prod([float(n) for n in shape]))
    units = (2.0 + float(np.log2(max(count, 1.0)))) * float(narrow.smallest_subnormal)
    units += float(info.smallest_subnormal)
    # Numbers of more than double precision have smaller ones than a bound can say.
    underflow = count**0.5 * max(units, 5e-324)
    if all_standard(bases):
        return Rounding(0.0, float(info.eps), underflow)
    stored = float(narrow.eps) if np.finfo(wide).eps < narrow.eps else 0.0
    elements = float(info.eps) if narrow.eps < info.eps else 0.0
    analysis = rounding(wide, shape, bases) + stored + elements
    return Rounding(analysis, rounding(kept, shape, bases), underflow)


cleared(_rounding.cache_clear)


def bound_of_encoding(relative: float, norm: float, exponent: int) -> ErrorBound | None:
    """Bound the error of an array of norm ``norm * 2 ** exponent``; None where it is exact."""
    if not relative or not norm:
        return None
    largest = float(np.finfo(np.float64).max)
    with np.errstate(over="ignore"):
        absolute, whole = (float(np.ldexp(x, exponent)) for x in (relative * norm, norm))
    # Both may be subnormal, where they have few digits.
    whole = min(whole, largest)
    return ErrorBound(absolute + 5e-324, max(0.0, whole - whole * 2.0**-44 - 5e-324))


def require_range(
    dtype: np.dtype[Any], shape: Shape, bases: tuple[Basis, ...], largest: float, size: float
) -> None:
    """Raise ValueError where transforms of an array, or its elements, may overflow.

    Parameters
    ----------
    largest : float
        Absolute value of the elements, with what they may be off by.
    size : float
        The norm: transforms that are unitary but for a factor reach its sqrt(N)-fold on the way.
    """
    kept = working_dtype(dtype)
    info = np.finfo(dtype if dtype.kind in "fc" else kept)
    count = float(np.prod([float(n) for n in shape]))
    most = float(np.finfo(kept).max)
    if not (size * count**0.5 <= most / 2 and largest < float(info.max)):
        raise ValueError(
            f"coefficients in basis {names_of(bases)} of elements up to {largest:.3g} "
            f"overflow {kept}; use basis='standard' or scale the array"
        )


def choices(n: int) -> list[Basis]:
    """Return the bases that an axis of length n can have, and that differ there."""
    return [basis for basis in candidates() if basis.can_have(n)] if n > 1 else [STANDARD]


def blocked_choices(n: int) -> list[Basis]:
    """Return bases on blocks of an axis of length n, if there is more than one; else standard."""
    pairs = [(basis, m) for m in BLOCK_SIZES if m < n for basis in block_candidates()]
    return [blocked(basis, m) for basis, m in pairs if basis.can_have(m)] or [STANDARD]


def on_blocks(shape: tuple[int, ...], m: int) -> list[tuple[Basis, ...]]:
    """Return bases on blocks of m elements along all axes, for an array that is not held at once.

    Axes that are no longer have the basis itself, if they are short.
    """

    def of_axis(basis: Basis, n: int) -> Basis:
        if n > m:
            return blocked(basis, m)
        return basis if 1 < n <= BLOCK_SIZES[-1] and basis.can_have(n) else STANDARD

    some = [basis for basis in block_candidates() if basis.can_have(m)]
    return list(dict.fromkeys(tuple(of_axis(basis, n) for n in shape) for basis in some))


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
