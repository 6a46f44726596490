"""Medians, percentiles, quantiles and the range of elements: np.median, np.quantile, np.ptp.

An order statistic of a line follows from the sorted entries of the line and the number of its
inactive elements; a quantile is one of them, or lies between two (Hyndman and Fan, "Sample
quantiles in statistical packages", The American Statistician 50, 1996).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.views import in_standard_basis
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.error_bound import ErrorBound
from ...core.fill import common_fill
from ...core.numpy_versions import Behaviour, has
from ...core.peaks import result_bytes
from ...core.rules import Tier, function_rule
from ...core.runs import distinct
from ...core.source import Source
from ...core.spectrum import Spectrum, compact
from ...core.values import MAX_SIZE, Array, Axis, differs_from, pays_sparse, zero_of
from ...ops.basis_change import sparse
from ...ops.order import Lines, lines_of, statistics
from ...sources.few_values import FewValues
from ...ufuncs.operator_lines import few_values_of
from ..common import UNSET, Operand, Output, Unset, into, require_numbers
from ..math.reductions import reduced

#: Parameters alpha and beta of a plotting position, of the methods that interpolate by one.
_PLOTTING = {
    "interpolated_inverted_cdf": (0, 1),
    "hazen": (0.5, 0.5),
    "weibull": (0, 0),
    "median_unbiased": (1 / 3.0, 1 / 3.0),
    "normal_unbiased": (3 / 8.0, 3 / 8.0),
}
# np.nanmedian adds the two middle elements of shorter lines itself.
_SHORT = 600


# -- positions -----------------------------------------------------------------------------------


def _step(position: Any, takes_lower: Callable[[Any, Any], Any]) -> Any:
    """Return the integer below a position or the one above it, at least 0."""
    low = np.floor(position)
    taken = np.where(takes_lower(position - low, low), low, low + 1)
    return np.maximum(taken.astype(np.intp), 0)


def _position(method: str, n: int, q: Array) -> Any:
    """Where a quantile lies among n sorted elements, counted from 0: an integer type if at one."""
    if method in _PLOTTING:
        alpha, beta = _PLOTTING[method]
        return n * q + (alpha + q * (1 - alpha - beta)) - 1
    if method == "inverted_cdf":
        return _step(n * q - 1, lambda part, _: part == 0)
    if method == "closest_observation":
        return _step(n * q - 1 - 0.5, lambda part, low: (part == 0) & (low % 2 == 1))
    if method == "averaged_inverted_cdf":
        return n * q - 1
    position = (n - 1) * q
    if method == "lower":
        return np.floor(position).astype(np.intp)
    if method == "higher":
        return np.ceil(position).astype(np.intp)
    if method == "nearest":
        return np.around(position).astype(np.intp)
    if method == "midpoint":
        return 0.5 * (np.floor(position) + np.ceil(position))
    if method != "linear":
        raise ValueError(f"{method!r} is not a valid method")
    return position


def _weight(method: str, position: Any, low: Any) -> Any:
    """How far between its neighbours a quantile lies."""
    weight = np.asanyarray(position - low)
    if method == "averaged_inverted_cdf":
        weight = np.where(weight == 0, 0.5, 1.0)
    elif method == "midpoint":
        weight = np.where(position % 1 == 0, 0.0, 0.5)
    return np.asanyarray(weight, dtype=position.dtype)


def _neighbours(position: Array, n: int) -> tuple[Any, Any]:
    """Return the ranks on both sides of a position; -1, the last, twice where it is beyond all."""
    low = np.asanyarray(np.floor(position))
    beyond, ahead = ~(position < n - 1), position < 0
    ranks = [
        np.where(beyond, -1, np.where(ahead, 0, rank)).astype(np.intp) for rank in (low, low + 1)
    ]
    return ranks[0], ranks[1]


def _between(low: Any, high: Any, weight: Any) -> Any:
    """Linear interpolation, from the nearer end."""
    gap = high - low
    out = np.asanyarray(np.add(low, gap * weight))
    np.subtract(high, gap * (1 - weight), out=out, where=weight >= 0.5, casting="unsafe")
    return out


# -- lines ---------------------------------------------------------------------------------------


class _Sample:
    """The sorted lines of an array along the axes that are reduced, and what is left of it."""

    def __init__(self, elements: Spectrum, axes: tuple[int, ...], keepdims: bool) -> None:
        shape = elements.shape
        self.spectrum = elements
        self.lines: Lines = lines_of(elements, axes)
        self.length, self.dtype, self.ndim = self.lines.length, elements.dtype, len(shape)
        #: The place of the first line among those that have entries; -1 for one that has none.
        self.first = 0 if self.lines.numbers[:1].tolist() == [0] else -1
        self.keepdims = keepdims
        self.count = prod(n for axis, n in enumerate(shape) if axis not in axes)
        self.shape = tuple(
            1 if axis in axes else n for axis, n in enumerate(shape) if keepdims or axis not in axes
        )
        m = self.lines.numbers.size
        #: Places of lines, as `statistics` takes them; the last stands for those without entries.
        self.rows = np.arange(m + (m < self.count))

    def at(self, rows: Array, ranks: Any, n: int) -> Array:
        """Order statistics of lines that have n elements that count."""
        ranks = np.asarray(ranks)
        if ranks.size and not (-n <= ranks.min() and ranks.max() < n):
            raise ValueError(f"kth(={int(ranks.max())}) out of bounds ({n})")
        return self.ranked(rows, np.where(ranks < 0, ranks + n, ranks))

    def ranked(self, rows: Array, ranks: Array) -> Array:
        """Order statistics of lines by ranks from 0."""
        return statistics(self.lines, rows, ranks, self.spectrum.fill_value)

    def nans(self) -> Array:
        """How many elements of each line are NaN."""
        lines, fill = self.lines, self.spectrum.fill_value
        if lines.values.dtype.kind in "biu":
            return np.zeros(self.rows.size, np.intp)
        passed = np.append(0, np.cumsum(np.isnan(lines.values)))
        counts = np.append(np.diff(passed[lines.starts]), 0)
        if np.isnan(fill):
            counts += lines.length - np.append(lines.counts, 0)
        return counts[: self.rows.size]

    def assembled(self, values: Array) -> Any:
        """Assemble an array, or a scalar, from the lines along the last axis of `values`."""
        lead, m = values.shape[:-1], self.lines.numbers.size
        shape = (*lead, *self.shape)
        if not shape and not self.keepdims:
            return values[0]
        dtype = values.dtype
        rows = values.reshape(-1, values.shape[-1])
        bases = (STANDARD,) * len(shape)
        exact = self.spectrum.error is None
        error = None if exact else ErrorBound.unknown()
        fills = rows[:, -1] if m < self.count else rows[:, :0].ravel()
        fill = common_fill(fills) if fills.size else zero_of(dtype)
        numbers = self.lines.numbers
        stored = rows.shape[0] * m
        if fill is None or (
            differs_from(fills, fill).any()
            and not pays_sparse(stored, rows.shape[0] * self.count, dtype)
        ):
            # What lines without entries have in common depends on q.
            require_budget(rows.shape[0] * self.count * dtype.itemsize, "ask for one q at a time")
            whole = np.repeat(fills[:, None], self.count, axis=1)
            whole[:, numbers] = rows[:, :m]
            return VirtualQArray(sparse(whole.reshape(shape)).replace(error=error))
        starts = np.arange(rows.shape[0], dtype=np.int64) * self.count
        indices = (starts[:, None] + numbers).ravel()
        entries = np.ascontiguousarray(rows[:, :m]).ravel()
        return VirtualQArray(compact(shape, dtype, bases, entries, indices, fill, error=error))


class _SampleOfFew(_Sample):
    """All elements of an array that takes few values, sorted, as one line."""

    def __init__(self, few: FewValues, source: Source, keepdims: bool) -> None:
        order = np.argsort(few.values, kind="stable")
        self.values, self.ends = few.values[order], np.cumsum(few.counts[order])
        self.is_exact, self.length, self.dtype = source.is_exact, source.size, source.dtype
        self.ndim, self.first = len(source.shape), 0
        self.shape = (1,) * self.ndim if keepdims else ()
        self.rows = np.arange(1)

    def ranked(self, rows: Array, ranks: Array) -> Array:
        found = self.values[self.ends.searchsorted(ranks, "right")][..., None]
        return np.broadcast_to(found, (*ranks.shape, rows.size))

    def nans(self) -> Array:
        count = self.values.size - np.count_nonzero(_are_nan(self.values))
        return np.array([self.length - (self.ends[count - 1] if count else 0)])

    def assembled(self, values: Array) -> Any:
        shape = (*values.shape[:-1], *self.shape)
        if not shape:
            return values[0]
        error = None if self.is_exact else ErrorBound.unknown()
        return VirtualQArray(sparse(values.reshape(shape)).replace(error=error))


def _are_nan(values: Array) -> Any:
    return np.isnan(values) if values.dtype.kind not in "biu" else np.zeros(values.shape, bool)


def _middle(sample: _Sample, rows: Array, n: int) -> Array:
    """Return the middle elements of lines, two if their number is even."""
    ranks = np.arange((n - 1) // 2, n // 2 + 1)
    return sample.at(rows, ranks, n)


def _medians(sample: _Sample, is_scalar: bool) -> Any:
    n = sample.length
    found = sample.ranked(sample.rows, np.array([*range((n - 1) // 2, n // 2 + 1), n - 1]))
    middle, last = found[:-1], found[-1]
    out = np.asarray(np.mean(middle[:, 0]))[None] if is_scalar else np.mean(middle, axis=0)
    return np.where(np.isnan(last), last, out) if last.dtype.kind not in "biu" else out


def _grouped(counts: Array) -> Iterator[tuple[int, Array]]:
    """Equal numbers, and where they are: there are at most sqrt(2k) different ones."""
    for count in distinct(counts).tolist():
        yield count, np.flatnonzero(counts == count)


def _nanmedians(sample: _Sample, is_scalar: bool) -> Any:
    require_numbers(np.empty(0, sample.dtype))
    total, dtype = sample.length, sample.dtype
    kind = dtype.newbyteorder("=") if dtype.kind == "f" else np.dtype(np.float64)
    out = np.full(sample.rows.size, np.nan, kind)
    for n, rows in _grouped(total - sample.nans()):
        if n == 0:
            _warn_all_nan()
            continue
        middle = _middle(sample, sample.rows[rows], n)
        if is_scalar or total >= _SHORT or dtype.kind != "f":
            out[rows] = np.mean(middle, axis=0)
        else:
            out[rows] = (middle[0] + middle[-1]) / 2.0
    return out


def _warn_all_nan() -> None:
    warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=6)


def _quantiles(
    sample: _Sample, rows: Array, n: int, q: Array, method: str, is_weak: bool, is_scalar: bool
) -> Array:
    """Quantiles of lines that have n elements that count: shape ``q.shape + rows.shape``."""
    position = np.asanyarray(_position(method, n, q))
    is_rank = method in ("inverted_cdf", "closest_observation", "lower", "higher", "nearest")
    if is_rank or (method == "linear" and position.dtype.kind in "iu"):
        return sample.at(rows, position, n)
    before, after = _neighbours(position, n)
    low, high = sample.at(rows, before, n), sample.at(rows, after, n)
    weight = _weight(method, position, before)
    if is_weak:
        weight = float(weight)
    elif not is_scalar:
        weight = weight[..., None]
    if is_scalar:
        # On scalars, as NumPy, where that is what they are: they tell of overflows.
        return np.asarray(_between(low[..., 0][()], high[..., 0][()], weight))[..., None]
    return np.asarray(_between(low, high, weight))


def _all_quantiles(sample: _Sample, q: Array, method: str, is_weak: bool, is_scalar: bool) -> Any:
    rows, n = sample.rows, sample.length
    out = _quantiles(sample, rows, n, q, method, is_weak, is_scalar)
    last = sample.at(rows, np.array(n - 1), n)
    is_nan = _are_nan(last)
    if not is_nan.any():
        return out
    if is_scalar and q.ndim == 0:
        return last
    np.copyto(out, last, where=is_nan)
    return out


def _all_nanquantiles(
    sample: _Sample, q: Array, method: str, is_weak: bool, is_scalar: bool
) -> Any:
    require_numbers(np.empty(0, sample.dtype))
    counts = sample.length - sample.nans()
    parts = []
    for n, rows in _grouped(counts):
        if n == 0:
            # NumPy warns, and looks at the method or not, as its version does.
            np.nanquantile(np.full(1, np.nan), 0.5, method=method)  # type: ignore[call-overload]
            continue
        taken = sample.rows[rows]
        parts.append((rows, _quantiles(sample, taken, n, q, method, is_weak, is_scalar)))
    # The first line decides on the dtype, and it is that of the elements if it is all NaN.
    is_nan = counts[sample.first] == 0
    dtype = sample.dtype if is_nan else parts[0][1].dtype
    out = np.full((*q.shape, counts.size), np.nan if dtype.kind == "f" else 0, dtype)
    for rows, values in parts:
        out[..., rows] = values
    return out


# -- arguments -----------------------------------------------------------------------------------


def _sample(a: VirtualQArray, axis: Axis, keepdims: bool | Unset) -> tuple[_Sample, bool] | None:
    """Return the lines, and whether a scalar is left; None where NumPy does as well."""
    if a.size == 0 or a.dtype.kind == "c":
        return None
    axes = tuple(range(a.ndim))
    if axis is not None:
        axes = np.lib.array_utils.normalize_axis_tuple(axis, a.ndim)
    kept, is_scalar = bool(keepdims) and keepdims is not UNSET, len(axes) == a.ndim
    if is_scalar and not a.source.is_standard and a.size <= MAX_SIZE:
        source = a.source.express()
        few = few_values_of(source)
        if few is not None:
            return _SampleOfFew(few, source, kept), True
    elements = in_standard_basis(a.spectrum)
    return None if elements.active_indices is None else (_Sample(elements, axes, kept), is_scalar)


def _answered(
    function: Callable[..., Any],
    compute: Callable[[_Sample, bool], Any] | None,
    a: Operand,
    args: tuple[Any, ...],
    kwargs: Any,
) -> Any:
    """Return, or write to the output, what `compute` makes of the lines; else NumPy's answer."""
    out = kwargs["out"]
    if compute and isinstance(a, VirtualQArray) and kwargs.get("weights") is None:
        found = _sample(a, kwargs["axis"], kwargs["keepdims"])
        if found is not None:
            sample, is_scalar = found
            if out is None or _has_room(out, function, sample, args, kwargs):
                wanted = (
                    result_bytes(np.quantile, (sample.rows, *args), {"axis": ()}) if args else 0
                )
                require_budget(int(wanted), "ask for one q at a time")
                result = sample.assembled(compute(sample, is_scalar))
                return result if out is None else _written(out, result)
    return call_dense(function, (a, *args), kwargs)


def _has_room(
    out: Array,
    function: Callable[..., Any],
    sample: _Sample,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> bool:
    """Whether an output has the shape and the dtype of the result."""
    shape = (*(n for q in args for n in np.shape(q)), *sample.shape)
    options = {name: value for name, value in kwargs.items() if name in ("axis", "method")}
    stand_in = np.zeros((1,) * sample.ndim, sample.dtype)
    dtype = function(stand_in, *args, **options).dtype
    return bool(getattr(out, "dtype", None) == dtype and out.shape == shape)


def _written(out: Any, result: Any) -> Any:
    """Return an output of the shape and dtype of a result, which is written to it."""
    if not isinstance(out, VirtualQArray):
        out[...] = np.asarray(result)
    elif isinstance(result, VirtualQArray):
        out.replace_with(result.source)
    else:
        out.replace_with(sparse(np.asarray(result, out.dtype)))
    return out


def _probability(q: Operand, percent: bool, dtype: np.dtype[Any]) -> Array:
    """Return what quantiles are asked for, as an array of what NumPy computes with."""
    if has(Behaviour.QUANTILES_OF_WEAK_Q):
        return np.asanyarray(np.true_divide(q, 100) if percent else q)
    is_float = dtype.kind == "f"
    if percent:
        return np.asanyarray(np.true_divide(q, dtype.type(100) if is_float else 100))
    return np.asanyarray(q, dtype if is_float and isinstance(q, (int, float)) else None)


def _median_rule(
    function: Callable[..., Any], default: Any, compute: Callable[[_Sample, bool], Any]
) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        axis: Axis = None,
        out: Output = None,
        overwrite_input: bool = False,  # noqa: ARG001  it may be, and is not
        keepdims: bool | Unset = default,
    ) -> Any:
        return _answered(function, compute, a, (), {"axis": axis, "out": out, "keepdims": keepdims})


def _quantile_rule(function: Callable[..., Any], default: Any, percent: bool, compute: Any) -> None:
    skips_nan = compute is _all_nanquantiles

    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        q: Operand,
        axis: Axis = None,
        out: Output = None,
        overwrite_input: bool = False,  # noqa: ARG001  it may be, and is not
        method: str = "linear",
        keepdims: bool | Unset = default,
        *,
        weights: Operand | None = None,
    ) -> Any:
        q = q.todense() if isinstance(q, VirtualQArray) else q
        # Where NumPy puts several axes of q depends on how axes are named, and complex ones are
        # refused for lines with numbers only.
        is_odd = skips_nan and (np.ndim(q) > 1 or np.iscomplexobj(q))
        if isinstance(a, VirtualQArray) and weights is None and not is_odd:
            if a.dtype.kind == "c":
                raise TypeError("a must be an array of real numbers")
            if a.size:
                # NumPy judges the arguments.
                function(np.zeros((1,) * a.ndim), q, axis)

        def computed(sample: _Sample, is_scalar: bool) -> Any:
            part = _probability(q, percent, sample.dtype)
            is_weak = type(q) in (int, float) and has(Behaviour.QUANTILES_OF_WEAK_Q)
            return compute(sample, part, method, is_weak, is_scalar)

        kwargs = {"axis": axis, "out": out, "method": method, "keepdims": keepdims}
        return _answered(
            function, None if is_odd else computed, a, (q,), {**kwargs, "weights": weights}
        )


_median_rule(np.median, False, _medians)
_median_rule(np.nanmedian, UNSET, _nanmedians)
_quantile_rule(np.quantile, False, False, _all_quantiles)
_quantile_rule(np.percentile, False, True, _all_quantiles)
_quantile_rule(np.nanquantile, UNSET, False, _all_nanquantiles)
_quantile_rule(np.nanpercentile, UNSET, True, _all_nanquantiles)


@function_rule(Tier.CLOSED, np.ptp)
def ptp(a: Operand, axis: Axis = None, out: Output = None, keepdims: bool | Unset = UNSET) -> Any:
    """Return the largest element less the smallest. O(k)."""
    high = reduced(np.maximum, a, axis, None, out, keepdims=keepdims)
    low = reduced(np.minimum, a, axis, keepdims=keepdims)
    return np.subtract(high, low, **into(out))
