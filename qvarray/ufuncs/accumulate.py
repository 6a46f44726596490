"""``ufunc.accumulate`` and ``ufunc.reduceat`` in the standard basis."""

from __future__ import annotations

import warnings
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .. import kernels
from ..core.budget import fits_budget, require_budget
from ..core.fill import common_fill
from ..core.runs import ordinals, ranked, run_lengths
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import (
    ELEMENT_KINDS,
    Array,
    Axis,
    differs_from,
    differs_from_each,
    index_dtype,
    pays_sparse,
    require_size,
    zero_of,
)
from ..ops.basis_change import sparse
from .lines import Lines, group_by_line
from .powers import accumulator, has_power, powers
from .reduce import cast_values, reduce_lines, warn_as_numpy

#: How many times the elements of lines they may take as rows of one matrix.
_PADDED = 4
_FEW = 256

#: What ``numpy.seterr`` calls the kinds of errors that it is told of.
_KINDS = {
    "divide by zero": "divide",
    "overflow": "over",
    "underflow": "under",
    "invalid value": "invalid",
}


def _tiny(x: Spectrum) -> Array:
    """Return an array of the same dtype and number of axes, with an element where x has any."""
    return np.ones(tuple(min(n, 1) for n in x.shape), x.dtype)


def _probe(method: Any, x: Spectrum, args: tuple[Any, ...], dtype: Any) -> Any:
    """Return what NumPy says of `_tiny(x)`, but for warnings, which come with the values."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return method(_tiny(x), *args, dtype=dtype)


def _axis(x: Spectrum, axis: Any) -> int:
    """Return the axis that NumPy found to be one."""
    return int(axis[0] if isinstance(axis, tuple) else axis) % len(x.shape)


def _dense(x: Spectrum, out: Array) -> Spectrum:
    return Spectrum(out.shape, out.dtype, x.bases, out.ravel(), None, zero_of(out.dtype))


class _Runs(NamedTuple):
    """The elements of some lines, in order: those of a run are the same."""

    #: The numbers of the lines, ascending, and the first run of each; an ndarray of int64, shape
    #: (m,).
    lines: Array
    firsts: Array
    #: The first position of each run in its line; an ndarray of int64, shape (r,).
    starts: Array
    #: An ndarray, shape (r,).
    values: Array
    #: Whether its element is an active one, and whether there are several; an ndarray of bool,
    #: shape (r,).
    active: Array
    is_long: Array

    def some(self, kept: Array, n: int) -> tuple[Array, Array, Array]:
        """Return the lines, starts and lengths of some runs, of lines of length n."""
        is_first = np.zeros(self.starts.size + 1, bool)
        is_first[self.firsts] = True
        is_first[-1] = True
        numbers = np.cumsum(is_first[:-1], dtype=index_dtype(self.starts.size))[kept] - 1
        where = np.flatnonzero(kept)
        starts, after = self.starts[where], where + 1
        ends = np.where(is_first[after], n, self.starts.take(after, mode="clip"))
        return self.lines[numbers], starts, ends - starts


def _in_lines(x: Spectrum, n: int, inner: int) -> tuple[Array, Array, Array]:
    """Return the line of each active element, its position there, and its value: in order."""
    outer, rest = np.divmod(x.indices().astype(np.int64, copy=False), n * inner)
    within, rest = np.divmod(rest, inner)
    numbers = outer * inner + rest
    if inner == 1:
        return numbers, within, x.eigenvalues
    order = kernels.radix_sort.argsort(numbers)
    return numbers[order], within[order], x.eigenvalues[order]


def _runs(numbers: Array, within: Array, values: Array, n: int, fill: np.generic) -> _Runs:
    """Make runs: each active element, the first inactive one after it, and the rest. O(k)"""
    first = np.append(True, numbers[1:] != numbers[:-1])[: numbers.size]
    last = np.append(first[1:], True)[: numbers.size]
    begin = np.where(first, 0, np.append(0, within[:-1] + 1)[: numbers.size])
    ahead = np.minimum(within - begin, 2).astype(np.int8)
    behind = np.where(last, np.minimum(n - 1 - within, 2), 0).astype(np.int8)
    # Where each element goes, with the runs of inactive ones before it and after the last.
    slots = np.cumsum(1 + ahead + behind, dtype=np.int64)
    count = int(slots[-1]) if slots.size else 0
    slots -= 1 + behind
    heads = np.flatnonzero(first)
    out = _Runs(
        numbers[heads],
        (slots - ahead)[heads],
        np.empty(count, np.int64),
        np.full(count, fill, values.dtype),
        np.zeros(count, bool),
        np.zeros(count, bool),
    )
    out.starts[slots] = within
    # The first inactive one before it, and the others; likewise behind it.
    for gap, step, first_of, more in (
        (ahead, -ahead, begin, 0),
        (ahead - 1, -1, begin, 1),
        (behind, 1, within, 1),
        (behind - 1, 2, within, 2),
    ):
        which = np.flatnonzero(gap > 0)
        there = slots[which] + (step if isinstance(step, int) else step[which])
        out.starts[there] = first_of[which] + more
    out.values[slots] = values
    out.active[slots] = True
    out.is_long[slots[within - begin > 2] - 1] = True
    out.is_long[slots[last & (within < n - 3)] + 2] = True
    return out


def _every_position(
    numbers: Array, within: Array, values: Array, n: int, fill: np.generic
) -> _Runs:
    """Each position of the lines that hold active elements is a run. O(n) for each."""
    lines, which = ranked(numbers)
    rows = np.full((lines.size, n), fill, values.dtype)
    rows[which, within] = values
    active = np.zeros(rows.shape, bool)
    active[which, within] = True
    starts = np.tile(np.arange(n, dtype=np.int64), lines.size)
    firsts = np.arange(0, starts.size, n)
    is_long = np.zeros(starts.size, bool)
    return _Runs(lines, firsts, starts, rows.ravel(), active.ravel(), is_long)


def _as_rows(values: Array, counts: Array, fill: np.generic) -> tuple[Array, tuple[Array, Array]]:
    """Return lines, one behind the other, as rows that `fill` ends; and where in them each is."""
    cells = np.repeat(np.arange(counts.size), counts), ordinals(counts, values.size)
    rows = np.full((counts.size, int(counts.max(initial=0))), fill, values.dtype)
    rows[cells] = values
    return rows, cells


def _along_lines(
    ufunc: np.ufunc,
    values: Array,
    counts: Array,
    fill: np.generic,
    idle: int,
    dtype: DTypeLike | None,
) -> Array:
    """Accumulate each of some lines, that lie one behind the other. O(k).

    Parameters
    ----------
    values : ndarray, shape (k,)
    counts : ndarray of int, shape (m,)
        How many of them are in each line: 1 at least.
    fill : scalar
        What lines go on with.
    idle : int
        The length of one more line, of that alone; 0 for none.
    dtype : dtype-like
        As ``ufunc.accumulate``.
    """
    counts = np.append(counts, idle) if idle else counts
    total = values.size
    values = np.append(values, np.full(idle, fill, values.dtype)) if idle else values
    width = int(counts.max(initial=0))
    if counts.size * width == values.size:
        out: Array = ufunc.accumulate(values.reshape(counts.size, width), 1, dtype).reshape(-1)
        return out[:total]
    if counts.size * width <= _PADDED * values.size + _FEW:
        rows, cells = _as_rows(values, counts, fill)
        return ufunc.accumulate(rows, 1, dtype)[cells][:total]
    # Lines of nearly one length are the rows of a matrix.
    classes = np.frexp(counts)[1]
    starts, parts, places = np.cumsum(counts) - counts, [], []
    reported: dict[str, Any] = {}
    for number in range(1, int(classes.max()) + 1):
        lines = np.flatnonzero(classes == number)
        if not lines.size:
            continue
        lengths = counts[lines]
        there = np.repeat(starts[lines], lengths) + ordinals(lengths, int(lengths.sum()))
        rows, cells = _as_rows(values[there], lengths, fill)
        parts.append(_warning_once(ufunc, rows, dtype, reported)[cells])
        places.append(there)
    out = np.empty(values.size, parts[0].dtype)
    out[np.concatenate(places)] = np.concatenate(parts)
    return out[:total]


def _warning_once(
    ufunc: np.ufunc, rows: Array, dtype: DTypeLike | None, reported: dict[str, Any]
) -> Array:
    """Accumulate rows; of what is `reported`, to which this adds, nothing is said again."""
    new: set[str] = set()
    with np.errstate(all="call", call=lambda kind, _: new.add(_KINDS[kind])):
        out: Array = ufunc.accumulate(rows, 1, dtype)
    if not new <= reported.keys():
        with np.errstate(**reported):
            ufunc.accumulate(rows, 1, dtype)
        reported.update(dict.fromkeys(new, "ignore"))
    return out


def _accumulated(
    ufunc: np.ufunc,
    runs: _Runs,
    x: Spectrum,
    n: int,
    result: Any,
    dtype: DTypeLike | None,
    signless: bool = False,
) -> tuple[Array, Array, Array, Any] | None:
    """Line, position and value of the results that are not `result`; and the fill value.

    Returns None where elements of a run do not have one result, and over the memory budget. Zeros
    of inactive positions are not kept where the fill value is a zero of any sign, and none at all
    where they are `signless`.
    """
    counts = run_lengths(runs.firsts, runs.values.size)
    each = runs.values.itemsize + 2 * result.itemsize + 40
    if not fits_budget((runs.values.size * _PADDED + _FEW) * each):
        return None
    # A line without active elements, if there is one, goes with the others: warnings come once.
    idle = min(n, 2) if counts.size < x.size // n else 0
    values = _along_lines(ufunc, runs.values, counts, x.fill_value, idle, dtype)
    # What changes nothing once changes nothing ever after.
    unsteady = runs.is_long[1:] & differs_from_each(values[1:], values[:-1])
    kept = differs_from(values, result)
    zeros = (values == zero_of(values.dtype)) & (signless | ~runs.active) & (not result)
    if np.any(zeros & kept):
        stored = int(runs.some(kept & ~zeros, n)[2].sum())
        if pays_sparse(stored, x.size, values.dtype):
            kept &= ~zeros
            if signless:
                unsteady &= ~(zeros[1:] & zeros[:-1])
            result = common_fill(np.append(values[zeros], result))
    if unsteady.any():
        return None
    numbers, starts, lengths = runs.some(kept, n)
    total = int(lengths.sum(dtype=np.float64))
    if not fits_budget(total * (values.itemsize + 24)):
        return None
    positions = np.repeat(starts, lengths) + ordinals(lengths, total)
    return np.repeat(numbers, lengths), positions, np.repeat(values[kept], lengths), result


def accumulate(
    ufunc: np.ufunc, x: Spectrum, axis: Any = 0, dtype: DTypeLike | None = None
) -> Spectrum | None:
    """``ufunc.accumulate`` of an array in the standard basis.

    Returns None where lines of the fill value do not stay what they are, or where the lines that
    hold other elements are over the memory budget. O(k + r) for r results that are not the fill
    value, where results stay as they are from one active element to the next, as sums do over
    zeros; else O(k + m n) for m lines of length n that hold active elements. Raises TypeError,
    ValueError, AxisError as ``ufunc.accumulate``.

    `x`: in the standard basis, with any fill value. `dtype`: as ``ufunc.accumulate``.
    """
    if not x.is_standard:
        return None
    probe = _probe(ufunc.accumulate, x, (axis,), dtype)
    if not isinstance(probe, np.ndarray) or probe.dtype.kind not in ELEMENT_KINDS:
        return None
    along = _axis(x, axis)
    if x.active_indices is None:
        require_budget(x.size * probe.dtype.itemsize, "accumulate a part of it")
        return _dense(x, ufunc.accumulate(x.eigenvalues.reshape(x.shape), along, dtype))
    if not x.size:
        return constant(probe.dtype.type(0), x.shape)
    n, inner = x.shape[along], prod(x.shape[along + 1 :])
    idle = _idle_line(ufunc, x, n, dtype)
    fill = common_fill(idle)
    if fill is None:
        return None
    signs_differ = bool(differs_from(idle, fill).any())
    runs = _runs(*_in_lines(x, n, inner), n, x.fill_value)
    found = _accumulated(ufunc, runs, x, n, fill, dtype)
    if found is None and fits_budget(runs.lines.size * n * (x.dtype.itemsize + 24)):
        every = _every_position(*_in_lines(x, n, inner), n, x.fill_value)
        found = _accumulated(ufunc, every, x, n, fill, dtype)
    if found is None:
        # Products of zeros of both signs: which sign is where takes every position.
        found = _accumulated(ufunc, runs, x, n, fill, dtype, signless=True)
    if found is None:
        return None
    numbers, positions, values, fill = found
    indices = (numbers // inner * n + positions) * inner + numbers % inner
    if inner > 1:
        order = kernels.radix_sort.argsort(indices)
        indices, values = indices[order], values[order]
    out = compact(x.shape, values.dtype, x.bases, values, indices, fill)
    return None if signs_differ and out.active_indices is None else out


def _idle_line(ufunc: np.ufunc, x: Spectrum, n: int, dtype: DTypeLike | None) -> Array:
    """Return the first two elements of what a line of fill values becomes."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        # If f(fill, fill) is fill, so are all that follow.
        return ufunc.accumulate(np.full(min(n, 2), x.fill_value), 0, dtype)


def reduceat(
    ufunc: np.ufunc, x: Spectrum, indices: ArrayLike, axis: Axis = 0, dtype: DTypeLike | None = None
) -> Spectrum | None:
    """``ufunc.reduceat`` of an array in the standard basis.

    Returns None for indices that do not increase, for ufuncs without a closed form (see
    `reduce.reduce`), and where the results of empty segments differ and are over the memory
    budget. O(k log s) for s segments, and O(result) where empty segments of different lengths have
    different results. Raises IndexError, TypeError, ValueError, AxisError as ``ufunc.reduceat``.

    Parameters
    ----------
    x : Spectrum
        In the standard basis, with any fill value.
    indices : array_like of int
        Where segments begin.
    dtype : dtype-like, optional
        As ``ufunc.reduceat``.
    """
    starts = np.asarray(indices)
    if starts.ndim != 1 or starts.dtype.kind not in "iu" or not x.is_standard:
        return None
    empty_axis = 0 in x.shape
    first = [] if empty_axis else [0]
    # NumPy looks at the axis, then at the indices, then at the types: a maximum has all types.
    _probe(np.maximum.reduceat, x, (first, axis), None)
    along = _axis(x, axis)
    n = x.shape[along]
    starts = starts.astype(np.int64)
    outside = starts[(starts < 0) | (starts >= n)]
    if outside.size:
        raise IndexError(f"index {outside[0]} out-of-bounds in {ufunc.__name__}.reduceat [0, {n})")
    probe = _probe(ufunc.reduceat, x, (first, axis), dtype)
    if not isinstance(probe, np.ndarray):
        return None
    if x.active_indices is None and not empty_axis:
        return _dense(x, ufunc.reduceat(x.eigenvalues.reshape(x.shape), starts, along, dtype))
    increasing = bool(np.all(starts[1:] > starts[:-1]))
    if not (increasing and starts.size and has_power(ufunc, x.dtype, probe.dtype)) or empty_axis:
        return None
    return _sparse_reduceat(ufunc, x, starts, along, probe.dtype)


def _by_segment(x: Spectrum, starts: Array, axis: int, values: Array) -> Lines:
    """Return the active elements of `x`, with other values, by segment of the line along `axis`."""
    n, inner = x.shape[axis], prod(x.shape[axis + 1 :])
    outer, rest = np.divmod(x.indices().astype(np.int64, copy=False), n * inner)
    along, rest = np.divmod(rest, inner)
    segments = np.searchsorted(starts, along, "right") - 1
    inside = np.flatnonzero(segments >= 0)
    numbers = ((outer * starts.size + segments) * inner + rest)[inside]
    order = inside
    if inner > 1:
        by_line = kernels.radix_sort.argsort(numbers)
        numbers, order = numbers[by_line], inside[by_line]
    lengths = run_lengths(starts, n)
    first = kernels.radix_sort.run_starts(numbers)
    length = lengths[segments[order][first]]
    places = (along - starts[segments])[order]
    return group_by_line(numbers, first, values[order], length, lambda: places)


def _sparse_reduceat(
    ufunc: np.ufunc, x: Spectrum, starts: Array, axis: int, dtype: np.dtype[Any]
) -> Spectrum | None:
    shape = (*x.shape[:axis], starts.size, *x.shape[axis + 1 :])
    require_size(shape)
    require_budget(starts.size * (24 + dtype.itemsize), "reduce fewer segments at a time")
    values, fill = cast_values(x, dtype)
    work = accumulator(ufunc, dtype)
    with np.errstate(all="ignore"):
        values, fill = values.astype(work, copy=False), work.type(fill)
        lines = _by_segment(x, starts, axis, values)
        out = reduce_lines(ufunc, lines, fill).astype(dtype, copy=False)
        rests = powers(ufunc, fill, run_lengths(starts, x.shape[axis])).astype(dtype, copy=False)
    warn_as_numpy(ufunc, x, out)
    rest = rests[0]
    fill, size = common_fill(rests), prod(shape)
    exact = fill is not None and not differs_from(rests, fill).any()
    if fill is not None and (exact or pays_sparse(out.size, size, dtype)):
        return compact(shape, dtype, x.bases, out, lines.numbers, fill)
    if not fits_budget(4 * size * dtype.itemsize):
        return None
    inner = (1,) * (len(shape) - 1 - axis)
    whole = np.broadcast_to(rests.reshape(-1, *inner), shape).copy()
    whole.reshape(-1)[lines.numbers] = out
    return sparse(whole, rest)
