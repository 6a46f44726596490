"""``ufunc.reduce`` in the standard basis: what is active, and so many times the fill value.

Where a ufunc is associative and commutative, a line of an array is the combination of its
active elements with the m-fold combination of the fill value with itself, its *power*: m times the
fill value for `add`, the fill value itself for `maximum`. A table holds the powers.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..spectrum import Array, ErrorBound, Spectrum, compact
from ..transform import linear, norm, sparse

__all__ = [
    "Lines",
    "accumulator",
    "cast_values",
    "grouped",
    "has_power",
    "powers",
    "reduce",
    "reduce_lines",
    "warn_as_numpy",
]

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

_EXTREMA = (np.maximum, np.minimum, np.fmax, np.fmin)


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


def cast_values(x: Spectrum, dtype: np.dtype[Any]) -> tuple[Array, Any]:
    """Eigenvalues and fill value in the dtype of a loop, with the warnings of one cast. O(k)."""
    values = x.eigenvalues
    if values.dtype == dtype:
        return values, x.fill_value
    if x.nactive == x.space:
        return values.astype(dtype), dtype.type(0)
    both = np.append(values, x.fill_value).astype(dtype)
    return both[:-1], both[-1]


def _groups(shape: tuple[int, ...], axes: tuple[int, ...]) -> list[tuple[int, bool]]:
    """The lengths of the axes, and whether they are reduced; neighbours of a kind are merged."""
    out: list[tuple[int, bool]] = []
    for axis, n in enumerate(shape):
        if n == 1:
            continue
        reduced = axis in axes
        if out and out[-1][1] == reduced:
            out[-1] = (out[-1][0] * n, reduced)
        else:
            out.append((n, reduced))
    return out


def _position_in(indices: Array, groups: list[tuple[int, bool]], reduced: bool) -> Array:
    """The C-order position among the groups that are reduced, or among those that are not."""
    kinds = [kind for _, kind in groups]
    if reduced not in kinds or not indices.size:
        return np.zeros_like(indices)
    if len(groups) == 1:
        return indices
    if len(groups) == 2:
        inner = groups[1][0]
        outer = indices // inner
        return outer if kinds[0] == reduced else indices - outer * inner
    coordinates = np.unravel_index(indices, tuple(n for n, _ in groups))
    chosen = [axis for axis, kind in enumerate(kinds) if kind == reduced]
    return linear(tuple(coordinates[a] for a in chosen), tuple(groups[a][0] for a in chosen))


def _lines_of(x: Spectrum, axes: tuple[int, ...], values: Array) -> Lines:
    """The active elements of `x`, with other values, by their lines along `axes`. O(k)."""
    indices = x.indices()
    groups = _groups(x.shape, axes)
    length = prod(x.shape[axis] for axis in axes)
    numbers = _position_in(indices, groups, False)
    order: Array | None = None
    if len(groups) > 1 and (len(groups) > 2 or groups[0][1]):
        order = kernels.sort.argsort(numbers)
        numbers, values = numbers[order], values[order]

    def places() -> Array:
        out = _position_in(indices, groups, True)
        return out if order is None else out[order]

    return grouped(numbers, values, length, places)


def grouped(numbers: Array, values: Array, length: Any, places: Callable[[], Array]) -> Lines:
    """Lines from the sorted line number of each value, and the length of all lines. O(k)."""
    starts = kernels.sort.run_starts(numbers)
    missing = length - np.diff(starts, append=numbers.size)
    return Lines(values, numbers[starts], starts, missing, places)


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


def reduce_lines(ufunc: np.ufunc, lines: Lines, fill: Any) -> Array:
    """Combine each line that has active elements, shape (m,). O(k)."""
    if not lines.values.size:
        return lines.values
    if ufunc is np.multiply and fill.dtype.kind in "fc" and lines.missing.any():
        return _product(lines, fill)
    if ufunc in _EXTREMA and fill.dtype.kind == "c" and lines.missing.any():
        # Of two that compare equal, or two NaNs, the first wins; here these can differ.
        lines = _with_fills(lines, fill, 1)
        return ufunc.reduceat(lines.values, lines.starts, dtype=fill.dtype)
    out = ufunc.reduceat(lines.values, lines.starts, dtype=fill.dtype)
    some = lines.missing > 0
    if some.all():
        return ufunc(out, powers(ufunc, fill, lines.missing))
    if some.any():
        out[some] = ufunc(out[some], powers(ufunc, fill, lines.missing[some]))
    return out


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


def warn_as_numpy(ufunc: np.ufunc, x: Spectrum, out: Array) -> None:
    """Give the warning that NumPy gives where NaN or infinity comes from numbers. O(k + m)."""
    if out.dtype.kind not in "fc" or np.isfinite(out).all():
        return
    inputs = np.append(x.eigenvalues, x.fill_value) if x.nactive < x.space else x.eigenvalues
    if inputs.dtype.kind not in "fc":
        return
    largest = np.finfo(out.dtype).max
    if np.isnan(out).any() and not np.isnan(inputs).any() and ufunc in (np.add, np.multiply):
        other = -np.inf if ufunc is np.add else 0.0
        ufunc.reduce(np.array([np.inf, other], largest.dtype))
    if np.isinf(out).any() and np.isfinite(inputs).all():
        ufunc.reduce(np.array([largest, largest]))


def _said_of(ufunc: np.ufunc, tiny: Array, axis: Any, kwargs: dict[str, Any]) -> Any:
    """What NumPy says of a tiny array."""
    if tiny.dtype.kind != "c" or kwargs["dtype"] is None:
        return ufunc.reduce(tiny, axis=axis, **kwargs)
    with warnings.catch_warnings():
        # That a cast discards imaginary parts is said when the values are cast.
        warnings.simplefilter("ignore")
        return ufunc.reduce(tiny, axis=axis, **kwargs)


def _start(
    ufunc: np.ufunc, x: Spectrum, dtype: np.dtype[Any], kwargs: dict[str, Any]
) -> Array | None:
    """What NumPy combines every line with, shape (1,): `initial`, the identity or nothing."""
    if ("initial" in kwargs and kwargs["initial"] is None) or (
        "initial" not in kwargs and ufunc.identity is None
    ):
        return None
    return np.array([_said_of(ufunc, np.empty(0, x.dtype), 0, kwargs)], dtype)


def reduce(
    ufunc: np.ufunc,
    x: Spectrum,
    axis: Any = 0,
    dtype: Any = None,
    keepdims: bool = False,
    initial: Any = np._NoValue,
    where: Any = True,
) -> Spectrum | np.generic | None:
    """``ufunc.reduce`` of an array in the standard basis.

    Parameters
    ----------
    ufunc : numpy.ufunc
    x : Spectrum
        In the standard basis, with any fill value.
    axis : None, int or tuple of int
    dtype, keepdims, initial, where
        As ``ufunc.reduce``.

    Returns
    -------
    Spectrum, NumPy scalar, or None
        None where there is no closed form: for a ufunc that is not associative and commutative,
        and for a mask `where`.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As ``ufunc.reduce``.

    Notes
    -----
    O(k): lines are found by a division where the last axes are reduced, else by a radix sort.
    O(k + n) for sums over the first axes that leave n ≤ 8 k elements. O(N) only where every
    position is stored.
    """
    if not (where is True or (isinstance(where, np.bool_) and where)) or not x.is_standard:
        return None
    kwargs: dict[str, Any] = {"dtype": dtype}
    if initial is not np._NoValue:
        kwargs["initial"] = initial
    # An element along each axis that has any: enough for the dtype and for all errors.
    tiny = np.ones(tuple(min(n, 1) for n in x.shape), x.dtype)
    result = _said_of(ufunc, tiny, axis, {**kwargs, "keepdims": keepdims})
    if not isinstance(result, (np.ndarray, np.generic)):
        return None
    if not has_power(ufunc, x.dtype, result.dtype):
        return None
    ndim = len(x.shape)
    axes = tuple(range(ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(int(a) % ndim for a in axes) if ndim else ()
    if keepdims:
        shape = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
    else:
        shape = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    if x.active_indices is None and x.size:
        dense = x.eigenvalues.reshape(x.shape)
        out = np.asarray(ufunc.reduce(dense, axis=axis, keepdims=keepdims, **kwargs))
        if not shape:
            return out.dtype.type(out)
        zero, bases = out.dtype.type(0), (STANDARD,) * len(shape)
        whole = Spectrum(shape, out.dtype, bases, out.ravel(), None, zero)
        return _with_error(ufunc, x, axes, whole)
    start = _start(ufunc, x, result.dtype, kwargs)
    return _sparse_reduce(ufunc, x, axes, shape, result.dtype, start)


def _sparse_reduce(
    ufunc: np.ufunc,
    x: Spectrum,
    axes: tuple[int, ...],
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    start: Array | None,
) -> Spectrum | np.generic:
    values, fill = cast_values(x, dtype)
    work = accumulator(ufunc, dtype)
    with np.errstate(all="ignore"):
        values, fill = values.astype(work, copy=False), work.type(fill)
        numbers, out = _line_results(ufunc, x, axes, values, fill)
        if ufunc is np.add and fill != 0 and not np.isfinite(out).all():
            # Many fill values may overflow where the sum with the others does not.
            small = work.type(2.0**-64)
            less = _line_results(ufunc, x, axes, values * small, fill * small)[1] / small
            out = np.where(np.isfinite(less) & ~np.isfinite(out), less, out)
        total = prod(shape)
        length = np.array([prod(x.shape[axis] for axis in axes)])
        if numbers is not None and (numbers.size == total or not length[0]):
            rest = np.zeros(1, work) if start is None else start.astype(work)
        else:
            rest = powers(ufunc, fill, length)
        if start is not None:
            first = start.astype(work, copy=False)
            out, rest = ufunc(first, out), ufunc(first, rest) if length[0] else first
        out, rest = out.astype(dtype, copy=False), rest.astype(dtype, copy=False)
    warn_as_numpy(ufunc, x, out)
    if numbers is not None and numbers.size < total:
        warn_as_numpy(ufunc, x, rest)
    if not shape:
        return out[0] if out.size else rest[0]
    if numbers is None:
        return _with_error(ufunc, x, axes, sparse(out.reshape(shape), rest[0]))
    bases = (STANDARD,) * len(shape)
    return _with_error(ufunc, x, axes, compact(shape, dtype, bases, out, numbers, rest[0]))


def _column_extrema(
    ufunc: np.ufunc, x: Spectrum, axes: tuple[int, ...], values: Array, fill: Any
) -> Array | None:
    """The extremum of every column of a matrix in all of which some element is inactive.

    None for another, and where there are many more columns than active elements. O(k): three
    times as fast as sorting by column.
    """
    groups = _groups(x.shape, axes)
    if len(groups) != 2 or groups[1][1] or not values.size or groups[1][0] > 8 * values.size:
        return None
    (outer, _), (inner, _) = groups
    indices = x.indices()
    if values.size >= outer and kernels.segments.column_counts(indices, inner).max() == outer:
        return None
    out = np.full(inner, fill)
    ufunc.at(out, _position_in(indices, groups, False), values)
    return out


def _line_results(
    ufunc: np.ufunc, x: Spectrum, axes: tuple[int, ...], values: Array, fill: Any
) -> tuple[Array | None, Array]:
    """The lines that have active elements (None: all lines), and their results. O(k)."""
    if ufunc is np.add:
        sums = _sums(x, axes, values, fill)
        if sums is not None:
            return sums
    elif ufunc in _EXTREMA and values.dtype.kind != "c":
        extrema = _column_extrema(ufunc, x, axes, values, fill)
        if extrema is not None:
            return None, extrema
    lines = _lines_of(x, axes, values)
    return lines.numbers, reduce_lines(ufunc, lines, fill)


def _sums(
    x: Spectrum, axes: tuple[int, ...], values: Array, fill: Any
) -> tuple[Array | None, Array] | None:
    """Sums over the rows or columns of a matrix by a kernel; None where there is none for that.

    Returns
    -------
    numbers : ndarray or None
        The lines that have active elements; None for all lines.
    sums : ndarray
    """
    groups = _groups(x.shape, axes)
    if len(groups) != 2 or values.dtype.char not in "dDlLqQ" or not values.size:
        return None
    indices = x.indices()
    # Sums modulo 2**64 are the same with and without a sign.
    signed = values.view(np.int64) if values.dtype.kind == "u" else values
    (outer, _), (inner, by_rows) = groups
    if by_rows:
        numbers, counts, sums = kernels.segments.row_sums(
            indices, signed, inner, min(outer, values.size)
        )
        sums = sums.view(values.dtype)
        missing = inner - counts
    else:
        if inner > 8 * values.size:
            return None
        numbers = None
        sums = kernels.segments.column_sums(indices, signed, inner).view(values.dtype)
    if fill == 0:
        return numbers, sums
    if not by_rows:
        missing = outer - kernels.segments.column_counts(indices, inner)
    some = missing > 0
    sums[some] += _times(fill, missing[some])
    return numbers, sums


def _with_error(ufunc: np.ufunc, x: Spectrum, axes: tuple[int, ...], out: Spectrum) -> Spectrum:
    """`out` with the error bound of x: a sum over n elements makes it sqrt(n) times as large."""
    if x.error is None or ufunc not in (np.add, *_EXTREMA):
        return out
    length = prod(x.shape[axis] for axis in axes) if ufunc is np.add else 1
    absolute = x.error.absolute * float(np.sqrt(float(length)))
    reference = max(0.0, norm(out.eigenvalues) - absolute)
    return out.replace(error=ErrorBound(absolute, reference))
