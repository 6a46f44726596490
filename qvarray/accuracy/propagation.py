"""Propagate error bounds through ufuncs: how far results are off, from how far operands are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Shape

__all__ = ["norm_of_ufunc", "product_error", "ufunc_bound"]

_INFINITE = float("inf")

#: A ufunc, or a function of single elements that is called as one.
Function = Callable[..., Any]

#: Ufuncs that bring no two numbers further apart, in each of their operands, complex ones too.
_CONTRACTIONS = frozenset(
    (np.absolute, np.negative, np.positive, np.conjugate, np.add, np.subtract)
)
#: The same of real operands.
_OF_REALS = frozenset(
    (
        np.fabs,
        np.sin,
        np.cos,
        np.tanh,
        np.arctan,
        np.arcsinh,
        np.maximum,
        np.minimum,
        np.fmax,
        np.fmin,
        np.hypot,
        np._core.umath.clip,  # type: ignore[attr-defined]
    )
)


def _stretch(shape: Shape, operand: Source) -> float:
    """Return by how much the norm of an operand grows when it is broadcast to a shape."""
    return (float(prod(shape)) / max(1.0, float(prod(operand.shape)))) ** 0.5


def _contracts(ufunc: Function, operands: Sequence[Any]) -> bool:
    if ufunc in _CONTRACTIONS:
        return True
    return ufunc in _OF_REALS and not any(
        isinstance(x, complex) or (hasattr(x, "dtype") and x.dtype.kind == "c") for x in operands
    )


def _largest(x: Source | ArrayLike) -> float:
    """Return a bound on the absolute values of an operand: an array's norm is one."""
    return x.norm_bound() if isinstance(x, Source) else float(np.max(np.abs(x), initial=0.0))


def _least(x: Source | ArrayLike) -> float:
    """Return a number that no element is smaller than in absolute value; 0.0 if none is known."""
    if not isinstance(x, Source):
        return float(np.min(np.abs(x)))
    if not isinstance(x, Spectrum) or not x.is_standard or not x.size:
        return 0.0
    inactive = float(np.abs(x.fill_value)) if x.nactive < x.space else _INFINITE
    return min(inactive, float(np.abs(x.eigenvalues).min())) if x.nactive else inactive


def ufunc_bound(
    ufunc: Function, operands: Sequence[Any], errors: Sequence[float], shape: Shape
) -> float:
    """Bound the L2 norm of the error of ``ufunc(*operands)``.

    Parameters
    ----------
    ufunc : numpy.ufunc, or function of single elements
    operands : sequence
        Spectra, expressions and scalars.
    errors : sequence of float
        The bound of each; 0.0 for scalars.
    shape : tuple of int
        Of the result, to which the operands broadcast.

    Returns
    -------
    float
        Infinite where nothing is known. O(k).
    """
    if not any(errors):
        return 0.0
    grown = [
        error * _stretch(shape, operand) if error else 0.0
        for operand, error in zip(operands, errors, strict=True)
    ]
    # Functions of single elements stand behind a call, and ufuncs behind a mask.
    ufunc = getattr(ufunc, "function", ufunc)
    masked = getattr(ufunc, "ufunc", None)
    if masked is not None:
        rest = ufunc_bound(masked, operands[2:], errors[2:], shape)
        return _INFINITE if errors[0] or getattr(ufunc, "kwargs", None) else grown[1] + rest
    if _contracts(ufunc, operands):
        return sum(grown)
    if ufunc is np.where:
        # What chooses is no number that may be a little off.
        return _INFINITE if errors[0] else sum(grown)
    with np.errstate(all="ignore"):
        if ufunc is np.square:
            return _product([*operands] * 2, grown * 2)
        if ufunc is np.multiply:
            return _product(operands, grown)
        if ufunc is np.divide and not errors[1]:
            least = _least(operands[1])
            return grown[0] / least if least else _INFINITE
    return _INFINITE


def _product(operands: Sequence[Any], errors: Sequence[float]) -> float:
    """Bound the error of a product: |dx| |y| + |x| |dy| + |dx| |dy|."""
    (x, y), (dx, dy) = operands, errors
    out = dx * dy
    out += _largest(x) * dy if dy else 0.0
    return out + (dx * _largest(y) if dx else 0.0)


def product_error(x: Source, y: Source) -> float:
    """Bound the L2 error of all products of an element of one array and one of another. O(k)."""
    errors = [x.absolute_error, y.absolute_error]
    with np.errstate(all="ignore"):
        return _product((x, y), errors) if any(errors) else 0.0


def norm_of_ufunc(ufunc: Function, operands: Sequence[Any], shape: Shape) -> float:
    """Bound the L2 norm of ``ufunc(*operands)``; infinite where nothing is known.

    Parameters are those of `ufunc_bound`. O(k).
    """
    places = float(prod(shape)) ** 0.5
    ufunc = getattr(ufunc, "function", ufunc)

    def size(x: Source | ArrayLike) -> float:
        if isinstance(x, Source):
            return x.norm_bound() * _stretch(shape, x)
        return _largest(x) * places

    with np.errstate(all="ignore"):
        if ufunc is np.cos:
            return places
        if _contracts(ufunc, operands) or ufunc is np.where:
            # At zero all of them are zero.
            return sum(size(x) for x in operands)
        if ufunc is np.square:
            return size(operands[0]) * _largest(operands[0])
        if ufunc is np.multiply:
            x, y = operands
            return min(size(x) * _largest(y), _largest(x) * size(y))
        if ufunc is np.divide:
            least = _least(operands[1])
            return size(operands[0]) / least if least else _INFINITE
    return _INFINITE
