"""Propagate error bounds through ufuncs: how far results are off, from how far operands are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Shape, magnitudes
from ..ops.bounds import largest_element

_INFINITE = float("inf")
_NO_KEYWORDS: Mapping[str, Any] = MappingProxyType({})

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
        np.logaddexp,
        np.logaddexp2,
        np._core.umath.clip,  # type: ignore[attr-defined]
    )
)

#: How steep functions of real numbers are, at most, where those are up to some absolute value.
_STEEPNESS: dict[Function, Callable[[float], float]] = {
    np.exp: np.exp,
    np.expm1: np.exp,
    np.exp2: lambda most: np.log(2.0) * np.exp2(most),
    np.sinh: np.cosh,
    np.cosh: np.sinh,
}

#: Functions of real numbers that bring two of them further apart by so much at most.
_STEPS: dict[Function, float] = {
    **dict.fromkeys((np.floor, np.ceil, np.trunc, np.rint), 1.0),
    np.sign: 2.0,
}

#: Functions that take each element from one of their operands, and how many of the first ones,
#: by the keyword arguments of a call, say from which.
_CHOOSING: dict[Function, Callable[[Mapping[str, Any]], int]] = {np.where: lambda _: 1}


def chooses(deciding: Callable[[Mapping[str, Any]], int]) -> Callable[[Function], Function]:
    """Register a function that takes each element from one of its operands.

    Parameters
    ----------
    deciding : callable
        Returns, for the keyword arguments of a call, how many of the first operands say which.
    """

    def register(function: Function) -> Function:
        _CHOOSING[function] = deciding
        return function

    return register


def _stretch(shape: Shape, operand: Source) -> float:
    """Return by how much the norm of an operand grows when it is broadcast to a shape."""
    return (float(prod(shape)) / max(1.0, float(prod(operand.shape)))) ** 0.5


def _contracts(ufunc: Function, operands: Sequence[Any]) -> bool:
    if ufunc in _CONTRACTIONS:
        return True
    return ufunc in _OF_REALS and not _is_complex(operands)


def _is_complex(operands: Sequence[Any]) -> bool:
    return any(
        isinstance(x, complex) or (hasattr(x, "dtype") and x.dtype.kind == "c") for x in operands
    )


def _largest(x: Source | ArrayLike) -> float:
    """Return a bound on the absolute values of an operand: an array's norm is one."""
    if not isinstance(x, Source):
        return float(np.max(magnitudes(x), initial=0.0))
    norm = x.norm_bound()
    if not isinstance(x, Spectrum) or x.diagonal or not x.size:
        return norm
    return min(norm, largest_element(x) * (1.0 + 1e-9))


def _least(x: Source | ArrayLike) -> float:
    """Return a number that no element is smaller than in absolute value; 0.0 if none is known."""
    if not isinstance(x, Source):
        return float(np.min(magnitudes(x)))
    if not isinstance(x, Spectrum) or not x.is_standard or not x.size:
        return 0.0
    inactive = float(magnitudes(x.fill_value)) if x.nactive < x.space else _INFINITE
    return min(inactive, float(magnitudes(x.eigenvalues).min())) if x.nactive else inactive


def ufunc_bound(
    ufunc: Function,
    operands: Sequence[Any],
    errors: Sequence[float],
    shape: Shape,
    kwargs: Mapping[str, Any] = _NO_KEYWORDS,
) -> float:
    """Bound the L2 norm of the error of ``ufunc(*operands, **kwargs)``.

    Parameters
    ----------
    ufunc : numpy.ufunc, or function of single elements
    operands : sequence
        Spectra, expressions and scalars.
    errors : sequence of float
        The bound of each; 0.0 for scalars.
    shape : tuple of int
        Of the result, to which the operands broadcast.
    kwargs : dict

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
    if kwargs and ufunc not in _CHOOSING:
        return _INFINITE
    masked = getattr(ufunc, "ufunc", None)
    if masked is not None:
        rest = ufunc_bound(masked, operands[2:], errors[2:], shape)
        return _INFINITE if errors[0] or getattr(ufunc, "kwargs", None) else grown[1] + rest
    if ufunc in _CHOOSING:
        count = _CHOOSING[ufunc](kwargs)
        # Where it may be the wrong one, they are no further apart than both are from 0.
        off = any(errors[:count])
        apart = sum(_size(x, shape) for x in operands[count:]) if off else 0.0
        return sum(grown[count:]) + apart
    if _contracts(ufunc, operands):
        return sum(grown)
    if ufunc in _STEPS and not _is_complex(operands):
        return grown[0] + _STEPS[ufunc] * float(prod(shape)) ** 0.5
    with np.errstate(all="ignore"):
        if ufunc is np.square:
            most = [_largest(operands[0])] * 2
            return _product(most, grown * 2)
        if ufunc is np.multiply:
            return _product([_largest(x) for x in operands], grown)
        if ufunc is np.divide:
            return _quotient(operands, grown, errors[1])
        if ufunc is np.sqrt and not _is_complex(operands):
            return _root(operands[0], grown[0], float(prod(shape)))
        if ufunc in _STEEPNESS and not _is_complex(operands):
            return grown[0] * float(_STEEPNESS[ufunc](_largest(operands[0]) + errors[0]))
        if ufunc is np.power and not errors[1]:
            return _power(operands, grown[0], errors[0])
    return _INFINITE


def _quotient(operands: Sequence[Any], errors: Sequence[float], off: float) -> float:
    """Bound the error of a quotient: (|dx| + |x / y| |dy|) / |y + dy|, where that is not near 0."""
    least = _least(operands[1])
    if not least > off:
        return _INFINITE
    more = _largest(operands[0]) / least * errors[1] if errors[1] else 0.0
    return (errors[0] + more) / (least - off)


def _root(x: Source | ArrayLike, error: float, count: float) -> float:
    """Bound the error of a square root: each is off by |dx| / sqrt(x), and by sqrt(|dx|)."""
    least = _least(x)
    near = (error * count**0.5) ** 0.5
    return min(near, error / least**0.5) if least else near


def _power(operands: Sequence[Any], grown: float, error: float) -> float:
    """Bound the error of a constant power that is a positive integer."""
    exponent = _whole_exponent(operands[1])
    if exponent is None:
        return _INFINITE
    return grown * exponent * float(np.float64(_largest(operands[0]) + error) ** (exponent - 1.0))


def _whole_exponent(exponent: Source | ArrayLike) -> float | None:
    """Return an exponent that is one positive integer; None for any other."""
    if isinstance(exponent, Source) or np.ndim(exponent) or not np.isreal(exponent):
        return None
    number = float(np.real(exponent))
    return number if number >= 1.0 and number.is_integer() else None


def _size(x: Source | ArrayLike, shape: Shape) -> float:
    """Return a bound on the L2 norm of an operand that is broadcast to a shape."""
    if isinstance(x, Source):
        return x.norm_bound() * _stretch(shape, x)
    return _largest(x) * float(prod(shape)) ** 0.5


def _product(sizes: Sequence[float], errors: Sequence[float]) -> float:
    """Bound the error of a product: |dx| |y| + |x| |dy| + |dx| |dy|."""
    (x, y), (dx, dy) = sizes, errors
    out = dx * dy
    out += x * dy if dy else 0.0
    return out + (dx * y if dx else 0.0)


def product_error(x: Source, y: Source) -> float:
    """Bound the L2 error of all products of an element of one array and one of another. O(k)."""
    errors = [x.absolute_error, y.absolute_error]
    with np.errstate(all="ignore"):
        return _product([x.norm_bound(), y.norm_bound()], errors) if any(errors) else 0.0


def norm_of_ufunc(ufunc: Function, operands: Sequence[Any], shape: Shape) -> float:
    """Bound the L2 norm of ``ufunc(*operands)``; infinite where nothing is known.

    Parameters are those of `ufunc_bound`. O(k).
    """
    places = float(prod(shape)) ** 0.5
    ufunc = getattr(ufunc, "function", ufunc)
    with np.errstate(all="ignore"):
        if ufunc is np.cos:
            return places
        if ufunc in (np.logaddexp, np.logaddexp2):
            return sum(_size(x, shape) for x in operands) + places
        if _contracts(ufunc, operands) or ufunc in _CHOOSING:
            # At zero all of them are zero.
            return sum(_size(x, shape) for x in operands)
        if ufunc in _STEPS:
            return _size(operands[0], shape) + places
        if ufunc is np.power:
            exponent = _whole_exponent(operands[1])
            if exponent is None:
                return _INFINITE
            most = np.float64(_largest(operands[0])) ** (exponent - 1.0)
            return _size(operands[0], shape) * float(most)
        if ufunc in _STEEPNESS:
            return places * float(np.exp(_largest(operands[0])))
        if ufunc is np.square:
            return _size(operands[0], shape) * _largest(operands[0])
        if ufunc is np.multiply:
            x, y = operands
            return min(_size(x, shape) * _largest(y), _largest(x) * _size(y, shape))
        if ufunc is np.divide:
            least = _least(operands[1])
            return _size(operands[0], shape) / least if least else _INFINITE
    return _INFINITE
