"""Comparisons of whole arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array import VirtualQArray
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..spectrum import Spectrum

__all__: list[str] = []


@function_rule(Tier.CLOSED, np.isclose)
def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """``abs(a - b) <= atol + rtol * abs(b)``, and equal where that is not finite."""
    if not all(isinstance(one, (VirtualQArray, np.ndarray, int, float, complex)) for one in (a, b)):
        return call_dense(np.isclose, (a, b, rtol, atol, equal_nan), {})
    kind = np.result_type(b, 1.0)
    y = np.multiply(b, 1, dtype=kind) if isinstance(b, VirtualQArray) else np.asarray(b, kind)
    with np.errstate(invalid="ignore"):
        near = np.less_equal(np.abs(np.subtract(a, y)), np.add(atol, np.multiply(rtol, np.abs(y))))
        out = np.logical_or(np.logical_and(near, np.isfinite(y)), np.equal(a, y))
    if equal_nan:
        out = np.logical_or(out, np.logical_and(np.isnan(a), np.isnan(y)))
    return out


@function_rule(Tier.CLOSED, np.allclose)
def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all elements are close."""
    return bool(np.all(np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)))


def _same_coefficients(a: Any, b: Any) -> bool:
    """Whether two arrays are stored alike, so that no element need be looked at. O(k)."""
    if not (isinstance(a, VirtualQArray) and isinstance(b, VirtualQArray)):
        return False
    one, other = a.source, b.source
    if not (isinstance(one, Spectrum) and isinstance(other, Spectrum)):
        return one is other
    if one.is_standard or (one.bases, one.diagonal) != (other.bases, other.diagonal):
        return False
    if one.fill_value != other.fill_value:
        return False
    return np.array_equal(one.indices(), other.indices()) and np.array_equal(
        one.eigenvalues, other.eigenvalues
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
    if (
        _same_coefficients(a1, a2)
        and a1.dtype.kind in "fc"
        and bool(np.isfinite(a1.eigenvalues).all())
    ):
        return True
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
    return bool(np.all(np.equal(a1, a2)))
