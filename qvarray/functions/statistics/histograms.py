"""Histograms and counts: of the active elements, and of the fill value as often as it is there.

O(k) in the standard basis, page by page in any other, whatever the number of elements.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.numpy_versions import Behaviour, has
from ...core.pages import walk
from ...core.rules import Tier, function_rule
from ...core.runs import ranked
from ...core.source import Source
from ...core.spectrum import compact, constant
from ...core.values import MAX_AXES, Array, require_size
from ...ops.align import aligned_all
from ...sources.few_values import as_intp
from ...sources.plan import Plan
from ...ufuncs.operator_lines import few_values_of
from ..common import (
    Operand,
    any_np,
    array_of,
    dense_of,
    inherited_error,
    mapped,
    standard_of,
    wrapped,
)

_INTP: np.dtype[Any] = np.dtype(np.intp)


class _Bag(NamedTuple):
    """Elements of arrays of one shape, without their places."""

    #: Of each array, at the same places; the fill values come last, if `missing`. A list of
    #: ndarray, shape (m,).
    values: list[Array]
    #: How often the last ones are there.
    missing: int


def _bag(*arrays: Any) -> _Bag:
    """Return arrays of one shape as a bag. O(k log k), or O(k) for one or two."""
    spectra = [standard_of(array) for array in arrays]
    indices, values, has_fill = aligned_all(spectra)
    missing = spectra[0].space - indices.size if has_fill and indices is not None else 0
    return _Bag(values, missing)


# -- bins ---------------------------------------------------------------------------------------


def _as_numbers(a: Operand, weights: Any) -> VirtualQArray:
    """Return `a` as NumPy bins it. Raises ValueError where the weights have another shape."""
    a = array_of(a)
    if a.dtype.kind == "b":
        warnings.warn(
            f"Converting input from {a.dtype} to {np.uint8} for compatibility.",
            RuntimeWarning,
            stacklevel=3,
        )
        a = a.astype(np.uint8)
    if weights is not None and np.shape(weights) != a.shape:
        raise ValueError("weights should have the same shape as a.")
    return a


def _ends(a: VirtualQArray, range: tuple[float, float] | None) -> Any:
    """Return the range that NumPy finds for the elements of an array, before it is widened."""
    if range is not None or not a.size:
        return range
    return np.min(a), np.max(a)


def _kept(a: VirtualQArray, low: Operand, high: Operand) -> VirtualQArray:
    """Return the elements between two ends, in any order. O(k)."""
    bag = _bag(a)
    values = bag.values[0]
    keep = (values >= low) & (values <= high)
    if not bag.missing or not keep[-1]:
        return array_of(values[keep])
    active, fill = values[:-1][keep[:-1]], values[-1]
    size = active.size + bag.missing
    where = np.arange(active.size)
    return VirtualQArray(compact((size,), a.dtype, (STANDARD,), active, where, fill))


def _spread(a: VirtualQArray) -> Any:
    high, low = np.max(a), np.min(a)
    kind = high.dtype
    if kind.kind == "i":
        return np.subtract(high, low, casting="unsafe", dtype=kind.str.replace("i", "u"))
    return np.subtract(high, low, dtype=kind)


def _doane(a: VirtualQArray) -> Any:
    n = a.size
    if n <= 2:
        return 0.0
    skewness = np.sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3)))
    sigma = np.std(a)
    if not sigma > 0.0:
        return 0.0
    g1 = np.mean(np.power(np.true_divide(a - np.mean(a), sigma), 3))
    return _spread(a) / (1.0 + np.log2(n) + np.log2(1.0 + np.absolute(g1) / skewness))


def _fd(a: VirtualQArray) -> Any:
    quartiles = np.asarray(np.percentile(a, [75, 25]))
    return 2.0 * np.subtract(*quartiles) * a.size ** (-1.0 / 3.0)


def _auto(a: VirtualQArray) -> Any:
    if not has(Behaviour.AUTO_BINS_ARE_NOT_SMALL):
        return min(_fd(a) or np.inf, _WIDTHS["sturges"](a))
    return min(max(_fd(a), _WIDTHS["sqrt"](a) / 2), _WIDTHS["sturges"](a))


#: The widths of bins by the rules that NumPy knows; "stone" tries out more histograms than pays.
_WIDTHS: dict[str, Callable[[VirtualQArray], Any]] = {
    "auto": _auto,
    "doane": _doane,
    "fd": _fd,
    "rice": lambda a: _spread(a) / (2.0 * a.size ** (1.0 / 3)),
    "scott": lambda a: (24.0 * np.pi**0.5 / a.size) ** (1.0 / 3.0) * np.std(a),
    "sqrt": lambda a: _spread(a) / np.sqrt(a.size),
    "sturges": lambda a: _spread(a) / (np.log2(a.size) + 1.0),
}


def _number_of_bins(a: VirtualQArray, name: str, range: tuple[float, float] | None) -> int:
    """How many bins a rule asks for. O(k)."""
    # Refuses what NumPy refuses, and makes of two equal ends what NumPy makes of them.
    tiny = np.zeros(1, a.dtype) if range is None else np.zeros(0, a.dtype)
    ends = _ends(a, range)
    edges = np.histogram_bin_edges(tiny, 1, ends)
    low, high = ends if ends is not None and ends[0] != ends[1] else (edges[0], edges[-1])
    if range is not None:
        a = _kept(a, low, high)
    width = _WIDTHS[name](a) if a.size else 0
    if not width:
        return 1
    if a.dtype.kind in "iu" and width < 1:
        width = 1
    both = np.array([low, high])
    kind = both.dtype
    if kind.kind == "i":
        gap = np.subtract(both[1], both[0], casting="unsafe", dtype=kind.str.replace("i", "u"))
    else:
        gap = both[1] - both[0]
    return int(np.ceil(gap / width))


def _count(bins: Any) -> int:
    """Return how many intervals there are along an axis; 0 for what NumPy refuses."""
    if np.ndim(bins):
        return max(len(bins) - 1, 0)
    return max(int(bins), 0) if isinstance(bins, (int, np.integer)) else 0


def _bins(a: VirtualQArray, bins: Any, range: Any, weights: Any) -> tuple[Any, Any] | None:
    """Bins as a number or as edges, and their range; None for what only all elements tell."""
    if isinstance(bins, VirtualQArray):
        return bins.todense(), range
    if not isinstance(bins, str):
        require_budget(4 * 8 * _count(bins), "name fewer bins")
        return (bins, _ends(a, range)) if np.ndim(bins) == 0 else (bins, range)
    if bins not in _WIDTHS and bins != "stone":
        raise ValueError(f"{bins!r} is not a valid estimator for `bins`")
    if weights is not None:
        raise TypeError(
            "Automated estimation of the number of bins is not supported for weighted data"
        )
    if bins == "stone":
        return None
    count = _number_of_bins(a, bins, range)
    require_budget(4 * 8 * count, "name fewer bins")
    return count, _ends(a, range)


@function_rule(Tier.CLOSED, np.histogram_bin_edges)
def histogram_bin_edges(
    a: Operand,
    bins: Operand | str = 10,
    range: tuple[float, float] | None = None,
    weights: Operand | None = None,
) -> Any:
    """Return the edges of bins: from the extreme elements, and what else a rule asks for."""
    a = _as_numbers(a, weights)
    found = _bins(a, bins, range, weights)
    if found is None:
        return call_dense(np.histogram_bin_edges, (a, bins, range, weights), {})
    return wrapped(np.histogram_bin_edges(np.empty(0, a.dtype), *found), a, bins)


# -- histograms ---------------------------------------------------------------------------------


def _counts(
    a: VirtualQArray, bins: Operand | str, ends: tuple[Any, Any] | None
) -> tuple[Array, Array]:
    """How many elements each bin has, and the edges. O(k), of few values, or page by page."""
    source = a.source.express()
    if a.size and not source.is_standard:
        few = few_values_of(source)
        if few is None:
            return _counts_of_pages(source, bins, ends)
        sums, edges = np.histogram(few.values, bins, ends, weights=few.counts.astype(object))
        return as_intp(sums), edges
    bag = _bag(a)
    counts, edges = np.histogram(bag.values[0], bins, ends)
    if bag.missing > 1:
        counts = counts + np.histogram(bag.values[0][-1:], bins, ends)[0] * (bag.missing - 1)
    return counts, edges


def _counts_of_pages(
    source: Source, bins: Operand | str, ends: tuple[Any, Any] | None
) -> tuple[Array, Array]:
    plan = Plan(source)

    def work(key: tuple[Any, ...]) -> tuple[Array, Array]:
        page = plan.page(key)
        out = np.histogram(page, bins, ends)
        plan.release(page)
        return out

    pages = walk(source.pages(ordered=False), work)
    counts, edges = next(pages)
    for more, _ in pages:
        counts = counts + more
    return counts, edges


def _weighted(
    a: VirtualQArray, bins: Operand | str, ends: tuple[Any, Any] | None, weights: Operand
) -> tuple[Array, Array]:
    """Return the sum of the weights of the elements in each bin. O(k)."""
    bag = _bag(a, weights)
    values, load = bag.values
    if bag.missing <= 1:
        return np.histogram(values, bins, ends, weights=load)
    sums, edges = np.histogram(values[:-1], bins, ends, weights=load[:-1])
    where = np.histogram(values[-1:], bins, ends)[0] > 0
    sums[where] += _multiple(load[-1], bag.missing).astype(sums.dtype)
    return sums, edges


def _multiple(weight: Any, count: int) -> Any:
    """Return `count` times a weight; integers wrap around."""
    if weight.dtype.kind in "iu":
        return np.uint64(int(weight) * count % 2**64)
    if weight.dtype.kind == "b":
        return weight
    return weight * np.float64(count)


@function_rule(Tier.CLOSED, np.histogram)
def histogram(
    a: Operand,
    bins: Operand | str = 10,
    range: Any = None,
    density: bool | None = None,
    weights: Operand | None = None,
) -> Any:
    """How many elements, or how much weight, lies in each bin."""
    given = (a, bins, weights)
    a = _as_numbers(a, weights)
    found = _bins(a, bins, range, weights)
    if found is None:
        # The numbers of elements in bins depend on the edges alone.
        found = np.asarray(np.histogram_bin_edges(a, bins, range)), None
    bins, ends = found
    if weights is None:
        n, edges = _counts(a, bins, ends)
    else:
        n, edges = _weighted(a, bins, ends, weights)
    if density:
        n = n / np.array(np.diff(edges), float) / n.sum()
    return wrapped(n, *given), wrapped(edges, *given)


def _columns(sample: Any) -> list[VirtualQArray]:
    """Return the coordinates of points, an array for each dimension, of one dtype as in NumPy."""
    if isinstance(sample, (VirtualQArray, np.ndarray)) and sample.ndim == 2:
        points = array_of(sample)
        require_size((1,) * min(points.shape[1], MAX_AXES + 1))
        return [points[:, i] for i in np.arange(points.shape[1]).tolist()]
    if isinstance(sample, (VirtualQArray, np.ndarray)):
        columns = [array_of(sample)]
    else:
        columns = [array_of(column) for column in sample]
    columns = [column if column.ndim else column[None] for column in columns]
    if any(column.shape != columns[0].shape or column.ndim != 1 for column in columns):
        raise ValueError("the sample must be an array of points, or their coordinates")
    dtype = np.result_type(*(column.dtype for column in columns))
    return [column.astype(dtype) for column in columns]


# Of a box: its count, with what NumPy makes of it on the way.
_BOX_BYTES = 24


@function_rule(Tier.CLOSED, np.histogramdd)
def histogramdd(
    sample: Operand,
    bins: Any = 10,
    range: tuple[float, float] | None = None,
    density: bool | None = None,
    weights: Operand | None = None,
) -> Any:
    """How many points lie in each box. O(k log k)."""
    given = (sample, weights)
    columns = _columns(sample)
    dims = len(columns)
    if not dims:
        raise ValueError("object of too small depth for desired array")
    size = columns[0].size
    try:
        each = list(bins)
    except TypeError:
        each = [bins] * dims
    if len(each) != dims:
        raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
    each = [part.todense() if isinstance(part, VirtualQArray) else part for part in each]
    ends: list[Any] = [None] * dims if range is None else list(range)
    if len(ends) != dims:
        raise ValueError("range argument must have one entry per dimension")
    if weights is not None and np.shape(weights) != (size,):
        raise ValueError("The weights and list don't have the same length.")
    ends = [
        _ends(column, end) if np.ndim(part) == 0 else end
        for column, part, end in zip(columns, each, ends, strict=True)
    ]
    boxes = tuple(_count(part) + 2 for part in each)
    require_size(boxes)
    require_budget(_BOX_BYTES * prod(boxes), "count in fewer boxes")
    bag = _bag(*columns) if weights is None else _bag(*columns, weights)
    points = np.stack(bag.values[:dims], axis=1)
    load = None if weights is None else bag.values[dims]
    if bag.missing > 1:
        more = float(bag.missing - 1)
        hist, edges = np.histogramdd(points, each, ends, weights=load)
        last = np.histogramdd(points[-1:], each, ends)[0] > 0
        hist[last] += more if load is None else more * load[-1]
    else:
        hist, edges = np.histogramdd(points, each, ends, weights=load)
    if density:
        total = hist.sum()
        for i, edge in enumerate(edges):
            shape = [1] * dims
            shape[i] = -1
            hist = hist / np.diff(edge).reshape(shape)
        hist /= total
    return wrapped(hist, *given), [wrapped(edge, *given) for edge in edges]


@function_rule(Tier.CLOSED, np.histogram2d)
def histogram2d(
    x: VirtualQArray,
    y: VirtualQArray,
    bins: Any = 10,
    range: tuple[float, float] | None = None,
    density: bool | None = None,
    weights: Operand | None = None,
) -> Any:
    """How many points of a plane lie in each rectangle. O(k log k)."""
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    try:
        count = len(bins)
    except TypeError:
        count = 1
    if count not in (1, 2):
        bins = [bins, bins]
    hist, edges = histogramdd([x, y], bins, range, density, weights)
    return hist, edges[0], edges[1]


@function_rule(Tier.CLOSED, np.bincount)
def bincount(x: Operand, /, weights: Operand | None = None, minlength: int | None = 0) -> Any:
    """How often each integer is there; sparse, where most are not. O(k log k)."""
    x = array_of(x)
    shape = tuple(min(n, 1) for n in x.shape)
    np.bincount(np.zeros(shape, x.dtype))  # NumPy judges the dtype and the dimensions
    if minlength is None and not has(Behaviour.BINCOUNT_REFUSES_NONE):
        any_np.bincount(np.zeros(0, np.intp), minlength=None)  # NumPy's warning
        minlength = 0
    least = operator.index(minlength)  # type: ignore[arg-type]  # NumPy's exception
    if least < 0:
        raise ValueError("'minlength' must not be negative")
    if not x.size:
        return VirtualQArray(constant(np.intp(0), (least,)))
    if x.dtype.kind == "i" and np.any(np.less(x, 0)):
        raise ValueError("'list' argument must have no negative elements")
    if weights is None:
        bag = _bag(x)
        load, kind = np.ones(bag.values[0].size, np.int64), _INTP
    else:
        weights = weights if isinstance(weights, VirtualQArray) else np.asarray(weights)
        if weights.ndim != 1:
            raise ValueError(f"weights must have one dimension, not {weights.ndim}")
        np.empty(0, weights.dtype).astype(np.float64, casting="safe")
        if weights.shape != x.shape:
            raise ValueError("The weights and list don't have the same length.")
        bag = _bag(x, weights)
        load, kind = bag.values[1].astype(np.float64), np.dtype(np.float64)
    values = bag.values[0]
    if bag.missing:
        load = load.copy()
        load[-1] = load[-1] * bag.missing
    numbers, places = ranked(values.astype(np.int64, copy=False))
    size = max(int(numbers[-1]) + 1, least)
    if weights is None:
        sums = np.zeros(numbers.size, kind)
        np.add.at(sums, places, load)
    else:
        sums = np.bincount(places, load, numbers.size)
    error = inherited_error(x, weights)
    out = compact((size,), kind, (STANDARD,), sums, numbers, kind.type(0), error=error)
    return VirtualQArray(out)


@function_rule(Tier.CLOSED, np.digitize)
def digitize(x: Operand, bins: Operand, right: bool = False) -> Any:
    """Return the number of the bin that each element is in. O(k log m) for m bins."""
    edges = dense_of(bins)
    return mapped(x, lambda part: np.digitize(part, edges, right), bins)
