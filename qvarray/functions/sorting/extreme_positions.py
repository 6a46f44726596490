"""Where extreme elements are, and how many are not zero: np.argmax, np.nanargmin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.error_bound import ErrorBound
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact
from ...core.values import Array, Axis, zero_of
from ...core.whole import of_all
from ...ops.basis_change import sparse
from ...ops.order import first_inactive
from ...ops.reshape import reshape
from ...ops.sums import reduced_shape
from ...sources import paged_reduce
from ...ufuncs import operator_lines
from ...ufuncs.lines import counts_of, lines_of, with_first_fill
from ..common import (
    UNSET,
    Operand,
    Output,
    Unset,
    are_nonzero,
    array_of,
    axes_of,
    given,
    written,
)
from ..math.reductions import without_nan


def _standard_extreme(spectrum: Spectrum, find: Callable[..., Any]) -> int:
    """Return where the first extreme element is. O(k).

    It is the first among the active ones, or the first that is not active.
    """
    indices, values = spectrum.indices(), spectrum.eigenvalues
    candidates = []
    if values.size:
        place = int(find(values))
        candidates.append((int(indices[place]), values[place]))
    if values.size < spectrum.space:
        candidates.append((first_inactive(indices), spectrum.fill_value))
    candidates.sort(key=lambda pair: pair[0])
    return candidates[int(find(np.array([value for _, value in candidates])))][0]


def _line_extremes(x: Spectrum, axis: int, largest: bool, keepdims: bool) -> Any:
    """Return where the first extreme element of each line is: 0 in those of fill values.

    O(k log k).
    """
    lines = with_first_fill(lines_of(x, (axis,), x.eigenvalues), x.fill_value)
    values = lines.values
    best = (np.maximum if largest else np.minimum).reduceat(values, lines.starts)
    best = np.repeat(best, lines.counts)
    hits = np.flatnonzero((values == best) | (np.isnan(values) & np.isnan(best)))
    first = hits[np.searchsorted(hits, lines.starts)]
    shape = reduced_shape(x.shape, (axis,), keepdims)
    intp = np.dtype(np.intp)
    found = lines.places()[first].astype(intp)
    if not shape:
        return found[0] if found.size else intp.type(0)
    bases = x.bases[:1] * len(shape)
    error = None if x.error is None else ErrorBound.unknown()
    out = compact(shape, intp, bases, found, lines.numbers, intp.type(0), error=error)
    return VirtualQArray(out)


def _extreme_position(a: VirtualQArray, axis: Any, keepdims: Any, largest: bool) -> Any:
    """Return where the first extreme element is, of all or along an axis."""
    find: Any = np.argmax if largest else np.argmin
    source = a.source.unclosed()
    standard = source.standard
    kept = keepdims is not UNSET and bool(keepdims)
    if a.size == 0 or a.ndim == 0:
        return call_dense(find, (a, axis), given(keepdims=keepdims))
    if axis is not None:
        axis = np.lib.array_utils.normalize_axis_index(axis, a.ndim)
    if axis is None or (standard is None and a.ndim == 1):
        if standard is not None:
            found = _standard_extreme(standard, find)
        else:
            of_operator = operator_lines.arg_extreme(source, largest)
            found = (
                paged_reduce.arg_extreme(source, largest) if of_operator is None else of_operator
            )
        return array_of(np.full((1,) * a.ndim, found)) if kept else np.intp(found)
    if standard is None:
        lines = operator_lines.arg_extremes(source, largest)
        if lines is not None:
            return VirtualQArray(reshape(lines, reduced_shape(a.shape, (axis,), kept)))
        result = paged_reduce.arg_extremes(source, axis, largest)
        out = result.reshape(reduced_shape(a.shape, (axis,), kept))
        return array_of(out) if out.ndim else out[()]
    if standard.active_indices is None:
        return call_dense(find, (a, axis), given(keepdims=keepdims))
    return _line_extremes(standard, axis, largest, kept)


def _position(function: Callable[..., Any], largest: bool, skips_nan: bool = False) -> None:
    """Register the rule of the position of an extreme element."""

    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        axis: Axis = None,
        out: Output = None,
        *,
        keepdims: bool | Unset = UNSET,
    ) -> Any:
        x = array_of(a)
        if skips_nan:
            x, mask = without_nan(x, -np.inf if largest else np.inf)
            if mask is not None and x.size and np.any(np.all(mask, axis=axis)):
                raise ValueError("All-NaN slice encountered")
        result = _extreme_position(x, axis, keepdims, largest)
        if out is None:
            return result
        if not isinstance(out, (VirtualQArray, np.ndarray)):
            raise TypeError("output must be an array")
        if out.shape != np.shape(result):
            raise ValueError(f"output has shape {out.shape}, the result {np.shape(result)}")
        if not np.can_cast(out.dtype, np.intp, "safe"):
            raise TypeError(
                f"cannot cast output of dtype {out.dtype} to {np.dtype(np.intp)} safely"
            )
        return written(result, out)


_position(np.argmax, largest=True)
_position(np.argmin, largest=False)
_position(np.nanargmax, largest=True, skips_nan=True)
_position(np.nanargmin, largest=False, skips_nan=True)


#: What NumPy counts in: a Python int in some versions.
_Count = type(np.count_nonzero(np.zeros(1)))


def _counts_of_active(x: Spectrum, axis: Axis, keepdims: bool) -> Array | None:
    """Count active elements along axes; None where these are not all that are not zero. O(k)."""
    if x.error is not None or x.fill_value != zero_of(x.dtype) or x.active_indices is None:
        return None
    axes = axes_of(axis, len(x.shape))
    counts = counts_of(x, axes)
    if counts is None or not (x.eigenvalues != zero_of(x.dtype)).all():
        return None
    shape = reduced_shape(x.shape, axes, keepdims)
    return counts.reshape(shape).astype(np.intp, copy=False) if shape else None


@of_all(np.count_nonzero)
def _count_of_all(x: Spectrum) -> int | np.intp:
    """Return how many elements are not zero. O(k)."""
    count = np.count_nonzero(x.eigenvalues)
    return _Count(count + x.space - len(x.eigenvalues)) if x.fill_value else count


@function_rule(Tier.CLOSED, np.count_nonzero)
def count_nonzero(a: Operand, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return how many elements are not zero. O(k)."""
    x = a.source.standard if isinstance(a, VirtualQArray) else None
    if x is not None and axis is None and not keepdims:
        return _count_of_all(x)
    counts = None if x is None or not x.shape else _counts_of_active(x, axis, keepdims)
    if counts is not None:
        return VirtualQArray(sparse(counts, is_own=True))
    out: Any = np.sum(are_nonzero(a), axis=axis, dtype=np.intp, keepdims=keepdims)
    return _Count(out) if axis is None and not keepdims else out
