"""Powers of a fill value by the number of positions that it stands for, as reductions need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..core.values import Array

__all__ = ["Lines", "accumulator", "has_power", "powers"]

#: Combines a fill value with itself, as many times (at least once) as an array says.
Power = Callable[[Any, Array], Array]


def _same(fill: Any, counts: Array) -> Array:
    return np.full(counts.shape, fill)


def _magnitude_once(fill: Any, counts: Array) -> Array:
    """gcd(f, f) is |f|, and so on; a single value keeps its sign."""
    return np.where(counts == 1, fill, np.abs(fill))


def _times(fill: Any, counts: Array) -> Array:
    dtype = fill.dtype
    if dtype.kind == "b":
        return _same(fill, counts)
    if dtype.kind in "iu":
        return counts.astype(dtype) * fill  # both wrap around
    if dtype.kind == "c":
        # A product of complex numbers would make NaN of infinity times 0.
        out = np.empty(counts.shape, dtype)
        out.real, out.imag = _times(fill.real, counts), _times(fill.imag, counts)
        return out
    return counts.astype(dtype) * fill


def _integer_power(fill: Any, counts: Array) -> Array:
    if fill.dtype.kind == "b":
        return _same(fill, counts)
    out = np.ones(counts.shape, fill.dtype)
    base = np.full(1, fill)
    left = counts.copy()
    while left.any():
        np.multiply(out, base, out=out, where=(left & 1).astype(bool))
        base *= base
        left >>= 1
    return out


def _by_parity(ufunc: np.ufunc) -> Power:
    def power(fill: Any, counts: Array) -> Array:
        return np.where(counts & 1, fill, ufunc(fill, fill))

    return power


def _in_double(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Where counts beyond the largest float16, or sums of float32, are computed."""
    return np.result_type(dtype, np.complex128 if dtype.kind == "c" else np.float64)


def _hypotenuse(fill: Any, counts: Array) -> Array:
    double = _in_double(fill.dtype).type
    out = np.abs(double(fill)) * np.sqrt(counts.astype(double))
    return np.where(counts == 1, fill, out.astype(fill.dtype))


def _log_of_sum(log: np.ufunc) -> Power:
    def power(fill: Any, counts: Array) -> Array:
        double = _in_double(fill.dtype).type
        return (double(fill) + log(counts.astype(double))).astype(fill.dtype)

    return power


_POWERS: dict[np.ufunc, Power] = {
    np.add: _times,
    np.multiply: _integer_power,  # floats: see `_product`
    **dict.fromkeys(
        [
            np.maximum,
            np.minimum,
            np.fmax,
            np.fmin,
            np.logical_and,
            np.logical_or,
            np.bitwise_and,
            np.bitwise_or,
        ],
        _same,
    ),
    np.gcd: _magnitude_once,
    np.lcm: _magnitude_once,
    np.hypot: _hypotenuse,
    np.logaddexp: _log_of_sum(np.log),
    np.logaddexp2: _log_of_sum(np.log2),
    **{
        ufunc: _by_parity(ufunc)
        for ufunc in [np.logical_xor, np.bitwise_xor, np.equal, np.not_equal]
    },
}


class Lines(NamedTuple):
    """The active elements of an array, by the line that they are combined in.

    Attributes
    ----------
    values : ndarray, shape (k,)
        Line after line, each in C order.
    numbers : ndarray of int, shape (m,)
        The lines that have active elements, sorted.
    starts : ndarray of intp, shape (m,)
        Where each begins in `values`.
    missing : ndarray of int64, shape (m,)
        How many inactive elements each has.
    places : callable
        Where the values stand in their lines, shape (k,).
    """

    values: Array
    numbers: Array
    starts: Array
    missing: Array
    places: Callable[[], Array]


def has_power(ufunc: np.ufunc, dtype: np.dtype[Any], result: np.dtype[Any]) -> bool:
    """Whether lines of `dtype` that are combined to a `result` dtype have a closed form."""
    if ufunc in (np.equal, np.not_equal):
        return dtype == result == np.bool_
    return ufunc in _POWERS and result.kind in "biufc"


def powers(ufunc: np.ufunc, fill: Any, counts: Array) -> Array:
    """`fill` combined with itself so many times. O(m), or O(m log count) for products."""
    if ufunc is np.multiply and fill.dtype.kind in "fc":
        nothing = np.zeros(0, fill.dtype)
        return _product_of_fills(fill, counts) if counts.size else nothing
    return _POWERS[ufunc](fill, counts)


def _with_fills(lines: Lines, fill: Any, copies: int) -> Lines:
    """Put `fill` where each line first misses an element, up to so many times. O(k)."""
    ends = np.append(lines.starts[1:], lines.values.size)
    counts = ends - lines.starts
    ranks = np.arange(lines.values.size) - np.repeat(lines.starts, counts)
    leading = np.add.reduceat((lines.places() == ranks).astype(np.int64), lines.starts)
    added = np.minimum(lines.missing, copies)
    values = np.insert(lines.values, np.repeat(lines.starts + leading, added), fill)
    starts = lines.starts + np.cumsum(added) - added
    return Lines(values, lines.numbers, starts, lines.missing - added, lines.places)


def _product(lines: Lines, fill: Any) -> Array:
    """Products of floats: without overflow on the way, and with the NaNs of the full product."""
    parts = np.array([fill.real, fill.imag])
    if fill == 0 and fill.dtype.kind == "f":
        out = np.multiply.reduceat(lines.values, lines.starts)
        if np.isfinite(out).all():
            # The order matters to infinities alone; here the sign of a zero is all there is to it.
            odd = (lines.missing & 1).astype(bool) & np.signbit(fill)
            np.multiply(out, 0, out=out, where=lines.missing > 0)
            return np.negative(out, out=out, where=odd)
    if not np.isfinite(fill) or fill in (0, 1, -1):
        # After one factor of 0 or infinity (three, if complex) all is said but the sign.
        once = _with_fills(lines, fill, 1 if fill.dtype.kind == "f" else 4)
        out = np.multiply.reduceat(once.values, once.starts)
        odd = (once.missing & 1).astype(bool)
        return np.negative(out, out=out, where=odd) if np.signbit(parts[0]) else out
    if fill.dtype.kind == "f":
        out = np.multiply.reduceat(lines.values, lines.starts)
        power = np.power(np.abs(fill), lines.missing.astype(_in_double(fill.dtype)))
        if fill < 0:
            np.negative(power, out=power, where=(lines.missing & 1).astype(bool))
        tiny = np.finfo(fill.dtype).tiny
        sizes = np.abs(np.stack([out, power]))
        if np.all((sizes >= tiny) & (sizes < np.inf)):
            return (out * power).astype(fill.dtype)
    double = _in_double(fill.dtype)
    product = _scaled_product(lines.values.astype(double), lines.starts)
    return _unscaled(_times_scaled(product, _scaled_power(double.type(fill), lines.missing)), fill)


def _product_of_fills(fill: Any, counts: Array) -> Array:
    double = _in_double(fill.dtype)
    if not np.isfinite(fill) or fill in (0, 1, -1):
        left = np.minimum(counts, 8 + (counts & 1))
        return np.array([np.multiply.reduce(np.full(m, fill)) for m in left.ravel()], fill.dtype)
    if fill.dtype.kind == "f":
        power = np.power(np.abs(fill), counts.astype(double))
        if fill < 0:
            np.negative(power, out=power, where=(counts & 1).astype(bool))
        return power.astype(fill.dtype)
    return _unscaled(_scaled_power(double.type(fill), counts), fill)


#: Numbers near 1, and the binary exponents (float64, as they may be huge) that they lack.
Scaled = tuple[Array, Array]


def _scaled(values: Array) -> Scaled:
    if values.dtype.kind == "c":
        sizes = np.maximum(np.abs(values.real), np.abs(values.imag))
    else:
        sizes = np.abs(values)
    exponents = np.where(np.isfinite(sizes), np.frexp(sizes)[1], 0).astype(np.int32)
    return _shifted(values, -exponents), exponents.astype(np.float64)


def _shifted(values: Array, exponents: Array) -> Array:
    if values.dtype.kind == "f":
        return np.ldexp(values, exponents)
    out = np.empty_like(values)
    out.real, out.imag = np.ldexp(values.real, exponents), np.ldexp(values.imag, exponents)
    return out


def _times_scaled(a: Scaled, b: Scaled) -> Scaled:
    values, exponents = _scaled(a[0] * b[0])
    return values, exponents + a[1] + b[1]


def _scaled_power(fill: Any, counts: Array) -> Scaled:
    out = np.ones(counts.shape, fill.dtype), np.zeros(counts.shape)
    base = _scaled(np.full(1, fill))
    left = counts.copy()
    while left.any():
        odd = (left & 1).astype(bool)
        more = _times_scaled(out, base)
        out = np.where(odd, more[0], out[0]), np.where(odd, more[1], out[1])
        base = _times_scaled(base, base)
        left >>= 1
    return out


def _scaled_product(values: Array, starts: Array) -> Scaled:
    """The product of each run, in pairs, pairs of pairs... O(k)."""
    out = _scaled(values)
    while starts.size < out[0].size:
        counts = np.diff(starts, append=out[0].size)
        ranks = np.arange(out[0].size) - np.repeat(starts, counts)
        even = np.flatnonzero(ranks % 2 == 0)
        paired = ranks[even] + 1 < np.repeat(counts, counts)[even]
        partner = even[paired] + 1
        pairs = _times_scaled(
            (out[0][even[paired]], out[1][even[paired]]), (out[0][partner], out[1][partner])
        )
        out = out[0][even], out[1][even]
        out[0][paired], out[1][paired] = pairs
        halves = (counts + 1) // 2
        starts = np.cumsum(halves) - halves
    return out


def _unscaled(product: Scaled, like: Any) -> Array:
    most = 4 * np.finfo(product[0].dtype).maxexp
    return _shifted(product[0], np.clip(product[1], -most, most).astype(np.int32)).astype(
        like.dtype
    )


def accumulator(ufunc: np.ufunc, dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype to combine lines in: sums of short floats are accumulated in double precision."""
    return _in_double(dtype) if ufunc is np.add and dtype.kind in "fc" else dtype
