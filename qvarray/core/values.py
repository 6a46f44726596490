"""Dtypes of elements and indices, sizes, comparison with a fill value, and names of types."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Literal, SupportsIndex

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = [
    "MAX_SIZE",
    "Array",
    "Axis",
    "Casting",
    "Order",
    "Scalar",
    "Shape",
    "ShapeLike",
    "differs_from",
    "differs_from_each",
    "index_dtype",
    "numeric_dtype",
    "pays_sparse",
    "require_size",
    "same_value",
]

#: An ndarray of numbers.
Array = NDArray[Any]

#: Which axes a function works along; None for all.
Axis = int | tuple[int, ...] | None

#: Which conversions of dtypes are allowed.
Casting = Literal["no", "equiv", "safe", "same_kind", "same_value", "unsafe"]

#: Which index runs fastest.
Order = Literal["K", "A", "C", "F"] | None

#: One number of Python's or NumPy's.
Scalar = complex | np.bool | np.number[Any]

#: Lengths of all axes.
Shape = tuple[int, ...]

#: What NumPy takes for a shape.
ShapeLike = SupportsIndex | Sequence[SupportsIndex]

MAX_SIZE = 2**63 - 1

_INT32 = np.dtype(np.int32)
_INT64 = np.dtype(np.int64)


def index_dtype(space: int) -> np.dtype[Any]:
    """Return the smallest signed integer type for positions in a coefficient space of that size."""
    return _INT32 if space < 2**31 else _INT64


def numeric_dtype(dtype: DTypeLike | None) -> np.dtype[Any]:
    """Return the native dtype of that name, if it is bool or a number.

    Raises
    ------
    TypeError
        For any other dtype.
    """
    dtype = np.dtype(dtype)
    if dtype.kind not in "biufc":
        raise TypeError(f"elements must be numbers or bool, got dtype {dtype!r}")
    return dtype.newbyteorder("=")


def require_size(shape: tuple[int, ...]) -> None:
    """Raise ValueError for a shape of more elements than an index can count."""
    if prod(shape) > MAX_SIZE:
        raise ValueError(f"array is too big: shape {shape} has more than 2**63 - 1 elements")


def pays_sparse(nactive: int, space: int, dtype: np.dtype[Any]) -> bool:
    """Tell whether eigenvalues with indices take fewer bytes than one at every position."""
    return nactive * (dtype.itemsize + index_dtype(space).itemsize) < space * dtype.itemsize


def differs_from(values: Array, fill: Any) -> Array:
    """Return where `values` are not the same as `fill`, counting signs of zeros and NaNs. O(k)."""
    unlike: Array
    if values.dtype.kind == "c":
        real = differs_from(values.real, np.real(fill))
        return np.logical_or(real, differs_from(values.imag, np.imag(fill)), out=real)
    unlike = np.not_equal(values, fill)
    if values.dtype.kind == "f":
        if fill != fill:
            unlike = ~np.isnan(values)
        elif fill == 0:
            unlike |= np.signbit(values) != np.signbit(fill)
    return unlike


def differs_from_each(values: Array, others: Array) -> Array:
    """Return where `values` are not the same as `others`, signs of zeros and NaNs too. O(k)."""
    if values.dtype.kind == "c":
        real = differs_from_each(values.real, others.real)
        return np.logical_or(real, differs_from_each(values.imag, others.imag), out=real)
    unlike: Array = np.not_equal(values, others)
    if values.dtype.kind == "f":
        unlike &= ~(np.isnan(values) & np.isnan(others))
        unlike |= (values == 0) & (np.signbit(values) != np.signbit(others))
    return unlike


def same_value(a: Scalar, b: Scalar) -> bool:
    """Tell whether two scalars of one dtype are the same: signs of zeros and NaNs count.

    Examples
    --------
    >>> same_value(np.float64(np.nan), np.float64(np.nan)), same_value(np.float64(0), -0.0)
    (True, False)
    """
    return not differs_from(np.array([a]), b)[0]
