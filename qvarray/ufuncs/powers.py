"""A fill value combined with itself: what the inactive elements of a line come to.

Where a ufunc is associative and commutative, m inactive elements come to the m-fold combination of
the fill value with itself, its *power*: m times the fill value for `add`, the fill value itself for
`maximum`. A table holds the powers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from ..core.associative import ALTERNATING, IDEMPOTENT
from ..core.runs import run_offsets
from ..core.values import ELEMENT_KINDS, Array
from .lines import Lines

#: Combines a fill value with itself, as many times (at least once) as an array says.
Power = Callable[[Any, Array], Array]


def _same(fill: np.generic, counts: Array) -> Array:
    return np.full(np.broadcast_shapes(fill.shape, counts.shape), fill)


def _magnitude_once(fill: np.generic, counts: Array) -> Array:
    """Return the power by gcd or lcm: gcd(f, f) is the size of f; a single value keeps its sign."""
    return np.where(counts == 1, fill, np.abs(fill))


def _times(fill: np.generic, counts: Array) -> Array:
    dtype = fill.dtype
    if dtype.kind == "b":
        return _same(fill, counts)
    if dtype.kind == "m":
        return np.multiply(counts, fill)
    if dtype.kind == "c":
        # A product of complex numbers would make NaN of infinity times 0.
        out = np.empty(np.broadcast_shapes(fill.shape, counts.shape), dtype)
        out.real, out.imag = _times(fill.real, counts), _times(fill.imag, counts)
        return out
    return counts.astype(dtype) * fill  # integers wrap around


def _product(fill: np.generic, counts: Array) -> Array:
    rules = {"b": _same, "f": _real_power, "c": _complex_power}
    return rules.get(fill.dtype.kind, _by_squaring)(fill, counts)


def _by_squaring(fill: np.generic, counts: Array) -> Array:
    """Return an integer power, modulo the size of the dtype, or a complex one. O(m log count)."""
    out = np.ones(np.broadcast_shapes(fill.shape, counts.shape), fill.dtype)
    base = np.array(fill, ndmin=1)
    left = counts.copy()
    while left.any():
        np.multiply(out, base, out=out, where=(left & 1).astype(bool))
        base *= base
        left >>= 1
    return out


def _real_power(fill: np.generic, counts: Array) -> Array:
    out = np.power(np.abs(fill), counts.astype(_in_double(fill.dtype)))
    np.negative(out, out=out, where=np.signbit(fill) & (counts & 1).astype(bool))
    return out.astype(fill.dtype)


def _complex_power(fill: np.generic, counts: Array) -> Array:
    if fill and np.isfinite(fill):
        return _by_squaring(_in_double(fill.dtype).type(fill), counts).astype(fill.dtype)
    # After some factors of 0, infinity or NaN all that changes is signs, by turns.
    first = np.append(fill.dtype.type(1), np.multiply.accumulate(np.full(9, fill)))
    return first[np.minimum(counts, 8 + (counts & 1))]


def _by_parity(ufunc: np.ufunc) -> Power:
    return lambda fill, counts: np.where(counts & 1, fill, ufunc(fill, fill))


def _in_double(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return where counts beyond the largest float16, or sums of float32, are computed."""
    return np.result_type(dtype, np.complex128 if dtype.kind == "c" else np.float64)


def _hypotenuse(fill: np.generic, counts: Array) -> Array:
    double = _in_double(fill.dtype).type
    out = np.abs(double(fill)) * np.sqrt(counts.astype(double))
    return np.where(counts == 1, fill, out.astype(fill.dtype))


def _log_of_sum(log: np.ufunc) -> Power:
    def power(fill: np.generic, counts: Array) -> Array:
        double = _in_double(fill.dtype).type
        return (double(fill) + log(counts.astype(double))).astype(fill.dtype)

    return power


_POWERS: dict[np.ufunc, Power] = {
    np.add: _times,
    np.multiply: _product,
    np.gcd: _magnitude_once,
    np.lcm: _magnitude_once,
    np.hypot: _hypotenuse,
    np.logaddexp: _log_of_sum(np.log),
    np.logaddexp2: _log_of_sum(np.log2),
    **dict.fromkeys(IDEMPOTENT, _same),
    **{ufunc: _by_parity(ufunc) for ufunc in ALTERNATING},
}


def has_power(ufunc: np.ufunc, dtype: np.dtype[Any], result: np.dtype[Any]) -> bool:
    """Tell whether lines of `dtype` that are combined to a `result` dtype have a closed form."""
    if ufunc in (np.equal, np.not_equal):
        return dtype == result == np.bool_
    return ufunc in _POWERS and result.kind in ELEMENT_KINDS


def powers(ufunc: np.ufunc, fill: np.generic, counts: Array) -> Array:
    """Return `fill` combined with itself, for each of some counts.

    An array of values, not complex ones for `multiply`, broadcasts against the counts.
    """
    return _POWERS[ufunc](fill, counts)


def product_of_lines(lines: Lines, fill: Any) -> Array:
    """Multiply the floats of each line, inactive ones included; see `_product_in_order`. O(k)."""
    out = np.multiply.reduceat(lines.values, lines.starts)
    if fill.dtype.kind == "f":
        power = _real_power(fill, lines.missing)
        if not fill:
            is_safe = np.isfinite(out)
        else:
            sizes = np.abs(np.stack([out, power]))
            is_safe = (sizes >= np.finfo(fill.dtype).tiny) & (sizes < np.inf)
        if is_safe.all():
            return out * power
    return _product_in_order(lines, fill)


def _product_in_order(lines: Lines, fill: Any, parts: int = 4) -> Array:
    """Multiply the floats of each line in NumPy's order. O(k).

    So the product overflows, underflows and becomes NaN where NumPy's does. The inactive elements
    between two active ones are multiplied by in some `parts`, each a power of the fill value: all
    of them at once may be out of range where the product is not.
    """
    behind = np.append(lines.starts[1:], lines.values.size)
    gaps = np.diff(lines.places(), prepend=-1) - 1
    gaps[lines.starts] = lines.places()[lines.starts]
    gaps = np.insert(gaps, behind, lines.missing - np.add.reduceat(gaps, lines.starts))
    is_value = np.insert(np.ones(lines.values.size, bool), behind, False)
    # For every gap its parts, and then the value that ends it.
    exponents = (gaps[:, None] + np.arange(parts)) // parts
    factors = np.empty((gaps.size, parts + 1), fill.dtype)
    factors[:, :parts] = powers(np.multiply, fill, exponents)
    if fill.dtype.kind == "f" and fill != 0 and np.isfinite(fill):
        # What is out of range is so to the end, but does not make NaN of infinity, or of 0.
        limits = np.finfo(fill.dtype)
        sizes = np.clip(np.abs(factors), limits.smallest_subnormal, limits.max)
        np.copysign(sizes, factors, out=factors)
    factors[is_value, parts] = lines.values
    is_there = np.column_stack([exponents > 0, is_value])
    starts = run_offsets(is_there.sum(axis=1))[lines.starts + np.arange(lines.starts.size)]
    return np.multiply.reduceat(factors[is_there], starts)


@lru_cache(maxsize=64)
def accumulator(ufunc: np.ufunc, dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype to combine lines in: double precision for sums of short floats."""
    return _in_double(dtype) if ufunc is np.add and dtype.kind in "fc" else dtype
