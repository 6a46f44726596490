"""Comparisons of whole arrays."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum
from ...ops.basis_change import norm, sparse
from ...ops.bounds import largest_element
from ...ops.linear import combine, have_same_space, map_values
from ...ufuncs import parseval
from ..common import Operand, are_numbers, dense_of, pointwise

_NUMBERS = (VirtualQArray, int, float, complex)


def _are_samples(*operands: Any) -> bool:
    """Whether all arrays store elements as they are, and one has axes."""
    sources = [x.source for x in operands if isinstance(x, VirtualQArray)]
    return all(source.is_standard for source in sources) and any(source.shape for source in sources)


@function_rule(Tier.CLOSED, np.isclose)
def isclose(
    a: Operand, b: Operand, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False
) -> Any:
    """``abs(a - b) <= atol + rtol * abs(b)``, and equal where that is not finite."""
    if isinstance(rtol, float) and isinstance(atol, float) and isfinite(rtol + atol):
        if _are_samples(a, b):
            return pointwise(
                np.isclose, (a, b), {"rtol": rtol, "atol": atol, "equal_nan": equal_nan}
            )
    elif not (np.all(np.isfinite(atol)) and np.all(np.isfinite(rtol))):
        np.isclose(0.0, 0.0, dense_of(rtol), dense_of(atol))  # NumPy warns
    if not all(isinstance(x, (*_NUMBERS, np.ndarray)) for x in (a, b)):
        return call_dense(np.isclose, (a, b, rtol, atol, equal_nan), {})
    # Operators: Python's numbers have no dtype of their own.
    x: Any = a
    low, rate = (
        bound if isinstance(bound, _NUMBERS) else np.asarray(bound) for bound in (atol, rtol)
    )
    y: Any = float(b) if isinstance(b, int) else b
    if hasattr(y, "dtype"):
        kind = np.result_type(y, 1.0)
        y = np.multiply(y, 1, dtype=kind) if isinstance(y, VirtualQArray) else np.asarray(y, kind)
    with np.errstate(invalid="ignore"):
        is_near = np.less_equal(abs(x - y), low + rate * abs(y))
        out = np.logical_or(np.logical_and(is_near, np.isfinite(y)), np.equal(x, y))
    if equal_nan:
        out = np.logical_or(out, np.logical_and(np.isnan(x), np.isnan(y)))
    # Of arrays without axes there are scalars, and a tolerance may be an ndarray.
    return VirtualQArray(sparse(out)) if isinstance(out, np.ndarray) else out


def _coefficients_of_both(a: Operand, b: Operand) -> tuple[Spectrum, Spectrum] | None:
    """Two arrays of one spectral coefficient space, whose coefficients tell how near they are."""
    if not (isinstance(a, VirtualQArray) and isinstance(b, VirtualQArray)):
        return None
    first, second = a.source.express().stored, b.source.express().stored
    if first is None or second is None:
        return None
    if first.is_standard or not have_same_space(first, second) or not first.size:
        return None
    if first.diagonal and (first.fill_value != 0 or second.fill_value != 0):
        return None
    if {first.eigenvalues.dtype.kind, second.eigenvalues.dtype.kind} - {"f", "c"}:
        # Differences of integers wrap.
        return None
    finite = np.isfinite(first.eigenvalues).all() and np.isfinite(second.eigenvalues).all()
    return (first, second) if finite else None


def _rounding_of(*spectra: Spectrum) -> float:
    """Return a bound on the L2 norm of what evaluating all elements may round. O(k)."""
    # What a function is off by has a norm of a few epsilons, as the function has one of 1.
    return sum(
        64.0
        * float(np.finfo(spectrum.eigenvalues.dtype).eps)
        * float(np.abs(spectrum.eigenvalues).sum())
        for spectrum in spectra
    )


def _multiple(difference: Spectrum, of: Spectrum, size: float) -> float | None:
    """How much of an array, of norm `size`, is in a difference."""
    inside = parseval.inner(of, difference, range(len(of.shape)))
    return None if inside is None or not size else float(np.real(inside)) / size**2


def _are_near(a: Operand, b: Operand, rtol: Any, atol: Any) -> bool | None:
    """Whether all elements are close, where coefficients tell; else None. O(ka + kb).

    Close are those that differ by a multiple of b, of no more than `rtol`, and by functions whose
    largest values add up to no more than `atol`. By Parseval, some element is above its tolerance
    where the norm of the difference is above that of the tolerances.
    """
    if np.ndim(rtol) or np.ndim(atol) or not (atol >= 0 and rtol >= 0):
        return None
    both = _coefficients_of_both(a, b)
    if both is None:
        return None
    difference = combine(np.subtract, *both)
    if largest_element(difference) <= atol:
        return True
    away, size = norm(difference.eigenvalues), norm(both[1].eigenvalues)
    multiple = _multiple(difference, both[1], size)
    if multiple is not None and abs(multiple) <= rtol:
        rest = combine(np.subtract, difference, map_values(both[1], lambda x: x * multiple))
        if largest_element(rest) <= atol:
            return True
    most = float(atol) * float(both[0].size) ** 0.5 + float(rtol) * size
    return False if away > most * (1 + 1e-6) + _rounding_of(*both) else None


def _are_different(a: Operand, b: Operand) -> bool:
    """Whether coefficients tell that some elements differ by more than what rounding may do."""
    both = _coefficients_of_both(a, b)
    if both is None:
        return False
    return norm(combine(np.subtract, *both).eigenvalues) > _rounding_of(*both)


@function_rule(Tier.CLOSED, np.allclose)
def allclose(
    a: Operand, b: Operand, rtol: Operand = 1e-05, atol: Operand = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether all elements are close: by Parseval, where that tells."""
    is_near = _are_near(a, b, rtol, atol)
    if is_near is not None:
        return is_near
    return bool(np.all(isclose(a, b, rtol, atol, equal_nan)))


def _same_coefficients(a: Operand, b: Operand) -> bool:
    """Whether two arrays are stored alike, so that no element need be looked at. O(k)."""
    if not (isinstance(a, VirtualQArray) and isinstance(b, VirtualQArray)):
        return False
    first, second = a.source.stored, b.source.stored
    if first is None or second is None:
        return a.source is b.source
    if first.is_standard or (first.bases, first.diagonal) != (second.bases, second.diagonal):
        return False
    if first.fill_value != second.fill_value:
        return False
    return np.array_equal(first.indices(), second.indices()) and np.array_equal(
        first.eigenvalues, second.eigenvalues
    )


@function_rule(Tier.CLOSED, np.array_equal)
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> bool:
    """Whether two arrays have the same shape and elements."""
    try:
        a1 = a1 if isinstance(a1, VirtualQArray) else np.asarray(a1)
        a2 = a2 if isinstance(a2, VirtualQArray) else np.asarray(a2)
    except Exception:
        return False
    if a1.shape != a2.shape:
        return False
    if not are_numbers(a1, a2):
        return bool(call_dense(np.array_equal, (a1, a2, equal_nan), {}))
    if (
        _same_coefficients(a1, a2)
        and a1.dtype.kind in "fc"
        and bool(np.isfinite(a1.eigenvalues).all())
    ):
        return True
    if _are_different(a1, a2):
        return False
    same = np.equal(a1, a2)
    if equal_nan:
        same = np.logical_or(same, np.logical_and(np.isnan(a1), np.isnan(a2)))
    return bool(np.all(same))


@function_rule(Tier.CLOSED, np.array_equiv)
def array_equiv(a1: Any, a2: Any) -> bool:
    """Whether two arrays broadcast to one shape, and are equal there."""
    try:
        np.broadcast_shapes(np.shape(a1), np.shape(a2))
    except ValueError:
        return False
    if np.shape(a1) == np.shape(a2):
        return np.array_equal(a1, a2)
    return bool(np.all(np.equal(a1, a2)))
