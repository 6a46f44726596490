"""``ufunc.accumulate`` and ``ufunc.reduceat`` in the standard basis."""

from __future__ import annotations

import warnings
from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..paging import fits_budget
from ..spectrum import Array, Spectrum, compact, differs_from, require_size
from ..transform import sparse
from .reductions import (
    Lines,
    accumulator,
    cast_values,
    grouped,
    has_power,
    powers,
    reduce_lines,
    warn_as_numpy,
)

__all__ = ["accumulate", "reduceat"]


def _tiny(x: Spectrum) -> Array:
    """An array of the same dtype and number of axes, with an element where x has any."""
    return np.ones(tuple(min(n, 1) for n in x.shape), x.dtype)


def _probe(method: Any, x: Spectrum, args: tuple[Any, ...], dtype: Any) -> Any:
    """What NumPy says of `_tiny(x)`, but for warnings, which come with the values."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return method(_tiny(x), *args, dtype=dtype)


def _axis(x: Spectrum, axis: Any) -> int:
    """The axis that NumPy found to be one."""
    return int(axis[0] if isinstance(axis, tuple) else axis) % len(x.shape)


def _dense(x: Spectrum, out: Array) -> Spectrum:
    return Spectrum(out.shape, out.dtype, x.bases, out.ravel(), None, out.dtype.type(0))


def accumulate(ufunc: np.ufunc, x: Spectrum, axis: Any = 0, dtype: Any = None) -> Spectrum | None:
    """``ufunc.accumulate`` of an array in the standard basis.

    Parameters
    ----------
    ufunc : numpy.ufunc
    x : Spectrum
        In the standard basis, with any fill value.
    axis : int
    dtype : dtype-like, optional
        As ``ufunc.accumulate``.

    Returns
    -------
    Spectrum or None
        None where lines of the fill value do not stay what they are, or where the lines that hold
        other elements are over the memory budget.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As ``ufunc.accumulate``.

    Notes
    -----
    O(k + m n) for m lines of length n that hold active elements: each is spelled out, and NumPy
    accumulates it.
    """
    if not x.is_standard:
        return None
    probe = _probe(ufunc.accumulate, x, (axis,), dtype)
    if not isinstance(probe, np.ndarray) or probe.dtype.kind not in "biufc":
        return None
    along = _axis(x, axis)
    if x.active_indices is None:
        return _dense(x, ufunc.accumulate(x.eigenvalues.reshape(x.shape), along, dtype))
    n, inner = x.shape[along], prod(x.shape[along + 1 :])
    fill = _steady_fill(ufunc, x, n, dtype)
    if fill is None:
        return None
    outer, rest = np.divmod(x.active_indices.astype(np.int64, copy=False), n * inner)
    within, rest = np.divmod(rest, inner)
    numbers = outer * inner + rest
    order = kernels.sort.argsort(numbers)
    starts = kernels.sort.run_starts(numbers[order])
    # Elements, results, their indices, and those that are kept.
    each = x.dtype.itemsize + 2 * fill.dtype.itemsize + 16
    if not fits_budget(starts.size * n * each):
        return None
    rows = np.full((starts.size, n), x.fill_value)
    counts = np.diff(starts, append=numbers.size)
    rows[np.repeat(np.arange(starts.size), counts), within[order]] = x.eigenvalues[order]
    out = ufunc.accumulate(rows, 1, dtype)
    lines = numbers[order][starts]
    base = (lines // inner) * (n * inner) + lines % inner
    indices = (base[:, None] + np.arange(n, dtype=np.int64) * inner).ravel()
    values = out.ravel()
    if inner > 1:
        order = kernels.sort.argsort(indices)
        indices, values = indices[order], values[order]
    return compact(x.shape, out.dtype, x.bases, values, indices, fill)


def _steady_fill(ufunc: np.ufunc, x: Spectrum, n: int, dtype: Any) -> Any:
    """What a line of fill values becomes, if that is one value; else None."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        # If f(fill, fill) is fill, so are all that follow.
        out = ufunc.accumulate(np.full(min(n, 2), x.fill_value), 0, dtype)
    return None if out.size and differs_from(out, out[0]).any() else out[0]


def reduceat(
    ufunc: np.ufunc, x: Spectrum, indices: Any, axis: Any = 0, dtype: Any = None
) -> Spectrum | None:
    """``ufunc.reduceat`` of an array in the standard basis.

    Parameters
    ----------
    ufunc : numpy.ufunc
    x : Spectrum
        In the standard basis, with any fill value.
    indices : array_like of int
        Where segments begin.
    axis : int
    dtype : dtype-like, optional
        As ``ufunc.reduceat``.

    Returns
    -------
    Spectrum or None
        None for indices that do not increase, for ufuncs without a closed form (see
        `reductions.reduce`), and where the results of empty segments differ and are over the
        memory budget.

    Raises
    ------
    IndexError, TypeError, ValueError, numpy.exceptions.AxisError
        As ``ufunc.reduceat``.

    Notes
    -----
    O(k log s) for s segments, and O(result) where empty segments of different lengths have
    different results.
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
    """The active elements of `x`, with other values, by segment of the line along `axis`."""
    n, inner = x.shape[axis], prod(x.shape[axis + 1 :])
    outer, rest = np.divmod(x.indices().astype(np.int64, copy=False), n * inner)
    along, rest = np.divmod(rest, inner)
    segments = np.searchsorted(starts, along, "right") - 1
    inside = np.flatnonzero(segments >= 0)
    numbers = ((outer * starts.size + segments) * inner + rest)[inside]
    order = inside
    if inner > 1:
        by_line = kernels.sort.argsort(numbers)
        numbers, order = numbers[by_line], inside[by_line]
    lengths = np.diff(starts, append=n)
    first = kernels.sort.run_starts(numbers)
    length = lengths[segments[order][first]]
    return grouped(numbers, values[order], length, lambda: (along - starts[segments])[order])


def _sparse_reduceat(
    ufunc: np.ufunc, x: Spectrum, starts: Array, axis: int, dtype: np.dtype[Any]
) -> Spectrum | None:
    shape = (*x.shape[:axis], starts.size, *x.shape[axis + 1 :])
    require_size(shape)
    values, fill = cast_values(x, dtype)
    work = accumulator(ufunc, dtype)
    with np.errstate(all="ignore"):
        values, fill = values.astype(work, copy=False), work.type(fill)
        lines = _by_segment(x, starts, axis, values)
        out = reduce_lines(ufunc, lines, fill).astype(dtype, copy=False)
        rests = powers(ufunc, fill, np.diff(starts, append=x.shape[axis])).astype(dtype, copy=False)
    warn_as_numpy(ufunc, x, out)
    rest = rests[0]
    if not differs_from(rests, rest).any():
        return compact(shape, dtype, x.bases, out, lines.numbers, rest)
    size = prod(shape)
    if not fits_budget(4 * size * dtype.itemsize):
        return None
    inner = (1,) * (len(shape) - 1 - axis)
    whole = np.broadcast_to(rests.reshape(-1, *inner), shape).copy()
    whole.reshape(-1)[lines.numbers] = out
    return sparse(whole, rest)
