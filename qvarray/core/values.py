"""Dtypes of elements and indices, sizes, comparison with a fill value, and names of types."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import prod
from typing import Any, Literal, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

#: The kinds of dtypes that elements can have: bool, numbers, and dates and their differences, which
#: are 64-bit integers to kernels. NaT is to dates what NaN is to floats.
ELEMENT_KINDS = "biufcmM"

#: An ndarray of elements.
Array = NDArray[Any]

#: Which axes a function works along; None for all.
Axis = int | tuple[int, ...] | None

#: Which conversions of dtypes are allowed.
Casting = Literal["no", "equiv", "safe", "same_kind", "same_value", "unsafe"]

#: Which index runs fastest.
Order = Literal["K", "A", "C", "F"] | None

#: One element, of Python's or NumPy's.
Scalar = complex | np.bool | np.number[Any] | np.datetime64 | np.timedelta64

#: Lengths of all axes.
Shape = tuple[int, ...]

#: What NumPy takes for a shape.
ShapeLike = SupportsIndex | Sequence[SupportsIndex]

MAX_SIZE = 2**63 - 1
#: As NumPy has it.
MAX_AXES = 64

_INT32 = np.dtype(np.int32)
_INT64 = np.dtype(np.int64)


def index_dtype(space: int) -> np.dtype[Any]:
    """Return the smallest signed integer type for positions in a coefficient space of that size."""
    return _INT32 if space < 2**31 else _INT64


def element_dtype(dtype: DTypeLike | None) -> np.dtype[Any]:
    """Return the dtype of that name, if elements can have it.

    Raises TypeError for any dtype whose kind is not one of `ELEMENT_KINDS`.
    """
    dtype = np.dtype(dtype)
    if dtype.kind not in ELEMENT_KINDS:
        raise TypeError(f"elements must be numbers, bool or dates, got dtype {dtype!r}")
    return dtype


def number_dtype(dtype: DTypeLike | None) -> np.dtype[Any]:
    """Return the native dtype of that name, if it is bool or a number.

    Raises TypeError for any other dtype: what is transformed are numbers.
    """
    dtype = element_dtype(dtype)
    if dtype.kind in "mM":
        raise TypeError(f"elements of dtype {dtype} are in the standard basis only")
    return dtype.newbyteorder("=")


def scalar_of(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return a value as a scalar of `dtype`; a number becomes as many units of one of dates."""
    if dtype.kind in "mM":
        return np.asarray(value).astype(dtype)[()]
    return dtype.type(value)


@cache
def zero_of(dtype: np.dtype[Any]) -> Any:
    """Return 0 as a scalar of `dtype`; of dates, the one that they are counted from."""
    return scalar_of(0, dtype)


def require_size(shape: tuple[int, ...]) -> None:
    """Raise ValueError for a shape of more elements than an index can count, or too many axes."""
    if len(shape) > MAX_AXES:
        raise ValueError(
            f"maximum supported dimension for an ndarray is {MAX_AXES}, found {len(shape)}"
        )
    if prod(shape) > MAX_SIZE:
        raise ValueError(f"array is too big: shape {shape} has more than 2**63 - 1 elements")


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as NumPy writes it where shapes do not fit: ``(2,3)``."""
    return str(shape).replace(" ", "")


def pays_sparse(nactive: int, space: int, dtype: np.dtype[Any]) -> bool:
    """Tell whether eigenvalues with indices take fewer bytes than one at every position."""
    return nactive * (dtype.itemsize + index_dtype(space).itemsize) < space * dtype.itemsize


#: Coefficients from which some are looked at before all are counted; how many of them, at steps of
#: the golden section, which no period meets; and how many may be zero where surely few are.
_SAMPLED_FROM = 1 << 15
_STEPS = np.arange(512, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
_MOST_ZEROS = 16


def is_surely_dense(values: Array, fill: Scalar = 0) -> bool:
    """Tell whether a sample says that far more differ from `fill` than sparse arrays store. O(1).

    False for few values: they are soon counted.
    """
    if values.size < _SAMPLED_FROM:
        return False
    sample = values.reshape(-1).take((_STEPS >> np.uint64(16)) % np.uint64(values.size))
    return bool(np.count_nonzero(sample != fill) >= sample.size - _MOST_ZEROS)


def stores_all(values: Array, space: int, each: int = 1) -> bool:
    """Tell whether coefficients do not pay as sparse ones, each repeated `each` times. O(k).

    O(1) where those of a sample are nearly all not zero.
    """
    dtype = values.dtype
    if values.size * each * 8 > space * 7 and is_surely_dense(values):
        return True
    if dtype.kind == "c":
        # Parts that are not zero are counted faster, and there are at most two of each number.
        parts = int(np.count_nonzero(values.reshape(-1).view(values.real.dtype) != 0))
        if not pays_sparse((parts + 1) // 2 * each, space, dtype):
            return True
    # NumPy counts what is true several times as fast as floats that are not zero.
    active = values != 0 if dtype.kind in "fc" else values
    return not pays_sparse(int(np.count_nonzero(active)) * each, space, dtype)


def magnitudes(values: ArrayLike) -> Array:
    """Return absolute values in double precision, or wider where the values are. O(k).

    The least of the signed integers has none in its own dtype.

    >>> magnitudes(np.array([-128, 5], np.int8))
    array([128.,   5.])
    """
    given = np.asarray(values)
    return np.abs(given.astype(np.result_type(given.dtype, np.float64), copy=False))


#: Up to so many values, what a call of NumPy's costs is the call.
FEW = 1 << 10


def all_finite(values: Array) -> bool:
    """Tell whether there is no infinity and no NaN among numbers. O(k)."""
    # A count takes half the time of a reduction. The sum of squares is quicker, and may overflow.
    return bool(np.count_nonzero(np.isfinite(values)) == values.size)


def differs_from(values: Array, fill: Any) -> Array:
    """Return where `values` are not the same as `fill`, counting signs of zeros and NaNs. O(k)."""
    unlike: Array
    if values.dtype.kind == "c":
        real = differs_from(values.real, np.real(fill))
        return np.logical_or(real, differs_from(values.imag, np.imag(fill)), out=real)
    unlike = np.not_equal(values, fill)
    if values.dtype.kind in "fmM" and fill != fill:
        unlike = ~np.isnan(values)
    elif values.dtype.kind == "f" and fill == 0:
        unlike |= np.signbit(values) != np.signbit(fill)
    return unlike


def differs_from_each(values: Array, others: Array) -> Array:
    """Return where `values` are not the same as `others`, signs of zeros and NaNs too. O(k)."""
    if values.dtype.kind == "c":
        real = differs_from_each(values.real, others.real)
        return np.logical_or(real, differs_from_each(values.imag, others.imag), out=real)
    unlike: Array = np.not_equal(values, others)
    if values.dtype.kind in "fmM":
        unlike &= ~(np.isnan(values) & np.isnan(others))
    if values.dtype.kind == "f":
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
