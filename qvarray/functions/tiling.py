"""Arrays repeated, rolled and padded."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import joining, tiling
from ..arithmetic import cast
from ..array import VirtualQArray
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..numpy_versions import Behaviour, has
from ..reshaping import reshape
from ..spectrum import Array, Spectrum, constant
from ..structure import broadcast_to
from .common import spectrum_of
from .joining import is_numeric, with_ndim

__all__: list[str] = []

_normalize_axis = np.lib.array_utils.normalize_axis_index


def _count(times: Any) -> int:
    return int(times) if isinstance(times, np.bool_) else operator.index(times)


@function_rule(Tier.STRUCTURAL, np.tile)
def tile(A: Any, reps: Any) -> Any:
    """The array several times along each axis. O(k) for each time; O(k) along Fourier axes."""
    try:
        times = tuple(reps)
    except TypeError:
        times = (reps,)
    if not is_numeric(A) or not np.size(A):
        return call_dense(np.tile, (A, reps), {})
    times = tuple(_count(one) for one in times)
    if any(one < 0 for one in times):
        raise ValueError("repeats may not contain negative values.")
    spectrum = with_ndim(A, len(times)).spectrum
    times = (1,) * (len(spectrum.shape) - len(times)) + times
    if 0 in times:
        shape = tuple(n * one for n, one in zip(spectrum.shape, times, strict=True))
        return VirtualQArray(constant(spectrum.fill_value, shape))
    for axis, one in enumerate(times):
        spectrum = tiling.tiled(spectrum, axis, one)
    return VirtualQArray(spectrum)


def _repeats(repeats: Any) -> Array:
    """How often each position is wanted, as an array of at most one axis."""
    if not isinstance(repeats, (np.ndarray, VirtualQArray)):
        counts = np.array(repeats, np.intp)
    elif np.can_cast(repeats.dtype, np.intp):
        counts = np.asarray(repeats).astype(np.intp)
    else:
        raise TypeError(
            f"Cannot cast array data from {repeats.dtype!r} to {np.dtype(np.intp)!r} according to "
            "the rule 'safe'"
        )
    if counts.ndim > 1:
        raise ValueError("object too deep for desired array")
    return counts


@function_rule(Tier.STRUCTURAL, np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Every position along an axis several times. O(k) for each time."""
    counts = _repeats(repeats)
    spectrum = spectrum_of(a)
    if axis is None or (not spectrum.shape and axis in (0, -1)):
        spectrum, axis = joining.flat(spectrum), 0
    axis = _normalize_axis(axis, len(spectrum.shape))
    if counts.ndim and counts.size not in (1, spectrum.shape[axis]):
        raise ValueError(
            f"operands could not be broadcast together with shape ({spectrum.shape[axis]},) "
            f"({counts.size},)"
        )
    if not spectrum.shape[axis]:
        counts = np.zeros(1, np.intp)
    if (counts < 0).any():
        raise ValueError("repeats may not contain negative values.")
    if counts.size == 1:
        return VirtualQArray(tiling.repeated(spectrum, axis, int(counts.reshape(()))))
    return VirtualQArray(tiling.repeated_each(spectrum, axis, counts))


@function_rule(Tier.STRUCTURAL, np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Positions moved round along some axes. O(k); a phase along Fourier axes."""
    spectrum = spectrum_of(a)
    shape = spectrum.shape
    if axis is None:
        spectrum, axis = joining.flat(spectrum), 0
    elif not shape:
        return call_dense(np.roll, (a, shift, axis), {})
    lengths = spectrum.shape
    axes = np.lib.array_utils.normalize_axis_tuple(axis, len(lengths), allow_duplicate=True)
    pairs = np.broadcast(np.asarray(shift, dtype=object), axes)
    if pairs.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    shifts = dict.fromkeys(axes, 0)
    for far, one in pairs:
        shifts[one] += int(far)
    moved = tiling.rolled(spectrum, {one: far % (lengths[one] or 1) for one, far in shifts.items()})
    return VirtualQArray(reshape(moved, shape))


@function_rule(Tier.STRUCTURAL, np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """The elements in C order, again and again, in another shape. O(k) for each time."""
    shape = (new_shape,) if isinstance(new_shape, (int, np.integer)) else tuple(new_shape)
    shape = tuple(operator.index(n) for n in shape)
    if any(n < 0 for n in shape):
        raise ValueError("all elements of `new_shape` must be non-negative")
    return VirtualQArray(tiling.resized(spectrum_of(a), shape))


#: What each mode of padding may be told besides.
_OPTIONS = {
    "constant": ["constant_values"],
    "edge": [],
    "empty": [],
    "linear_ramp": ["end_values"],
    "maximum": ["stat_length"],
    "mean": ["stat_length"],
    "median": ["stat_length"],
    "minimum": ["stat_length"],
    "reflect": ["reflect_type"],
    "symmetric": ["reflect_type"],
    "wrap": [],
}
_STATISTICS: dict[str, Callable[..., Any]] = {
    "maximum": np.max,
    "mean": np.mean,
    "median": np.median,
    "minimum": np.min,
}


def _pairs(x: Any, ndim: int, is_count: bool = False) -> list[tuple[Any, Any]]:
    """What is said for all ends, for the two ends, or for each end, as a pair for every axis."""
    if x is None:
        return [(None, None)] * ndim
    x = np.array(x)
    if is_count:
        x = np.round(x).astype(np.intp, copy=False)
        if x.min() < 0:
            raise ValueError("index can't contain negative values")
    if x.ndim < 3 and (x.size == 1 or (x.size == 2 and x.shape != (2, 1))):
        x = x.ravel()
        return [(x[0], x[-1])] * ndim
    return [(one, other) for one, other in np.broadcast_to(x, (ndim, 2)).tolist()]


def _widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    if isinstance(pad_width, dict) and has(Behaviour.PAD_TAKES_A_DICT):
        chosen = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            pair = (width, width) if isinstance(width, int) else width
            if not (isinstance(pair, tuple) and len(pair) == 2):
                raise AssertionError(f"not a width or a pair of widths: {width!r}")
            chosen[axis] = pair
        pad_width = chosen
    pad_width = np.asarray(pad_width)
    if pad_width.dtype.kind != "i":
        raise TypeError("`pad_width` must be of integral type.")
    return [(int(one), int(other)) for one, other in _pairs(pad_width, ndim, is_count=True)]


def _around(spectrum: Spectrum, axis: int, ends: list[Spectrum | None]) -> Spectrum:
    """An array between two others along an axis."""
    before, after = ends
    parts = [part for part in (before, spectrum, after) if part is not None]
    return joining.concatenate(parts, axis) if len(parts) > 1 else spectrum


def _end(spectrum: Spectrum, axis: int, width: int, value: Any) -> Spectrum | None:
    """A constant block that fits to an end, of a value that is assigned to it."""
    shape = (*spectrum.shape[:axis], width, *spectrum.shape[axis + 1 :])
    one = np.zeros(0 if 0 in shape else 1, spectrum.dtype)
    one[...] = value
    if not width:
        return None
    return constant(one[0] if one.size else spectrum.fill_value, shape)


def _statistic(
    spectrum: Spectrum, axis: int, widths: tuple[int, int], lengths: tuple[Any, Any], mode: str
) -> Spectrum:
    """An array between a statistic of its ends, or of all of it."""
    n = spectrum.shape[axis]
    counts = [n if length is None or length > n else int(length) for length in lengths]
    if 0 in counts and mode in ("maximum", "minimum"):
        raise ValueError("stat_length of 0 yields no value for padding")
    parts = [slice(counts[0])]
    if counts != [n, n]:
        parts.append(slice(n - counts[1], n))
    ends = []
    for part in parts:
        key = (slice(None),) * axis + (part,)
        found = _STATISTICS[mode](VirtualQArray(spectrum)[key], axis=axis, keepdims=True)
        if spectrum.dtype.kind in "iu" and found.dtype.kind == "f":
            found = np.rint(found)
        ends.append(cast(spectrum_of(found), spectrum.dtype, "unsafe"))
    blocks: list[Spectrum | None] = []
    for width, end in zip(widths, (ends[0], ends[-1]), strict=True):
        shape = (*spectrum.shape[:axis], width, *spectrum.shape[axis + 1 :])
        blocks.append(broadcast_to(end, shape) if width else None)
    return _around(spectrum, axis, blocks)


@function_rule(Tier.STRUCTURAL, np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """More positions at the ends of the axes. O(k) where what they hold is the fill value."""
    if not is_numeric(array):
        return call_dense(np.pad, (array, pad_width, mode), kwargs)
    spectrum = spectrum_of(array)
    shape = spectrum.shape
    widths = _widths(pad_width, len(shape))
    is_odd = kwargs.get("reflect_type") == "odd"
    if callable(mode) or mode == "linear_ramp" or is_odd:
        return call_dense(np.pad, (array, pad_width, mode), kwargs)
    if mode not in _OPTIONS:
        raise ValueError(f"mode '{mode}' is not supported")
    unsupported = set(kwargs) - set(_OPTIONS[mode])
    if unsupported:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {unsupported}")
    if mode == "constant":
        values = _pairs(kwargs.get("constant_values", 0), len(shape))
        for axis, (pair, ends) in enumerate(zip(widths, values, strict=True)):
            blocks = [_end(spectrum, axis, *one) for one in zip(pair, ends, strict=True)]
            spectrum = _around(spectrum, axis, blocks)
        return VirtualQArray(spectrum)
    if mode == "empty":
        fill = spectrum.fill_value
        for axis, pair in enumerate(widths):
            spectrum = _around(spectrum, axis, [_end(spectrum, axis, w, fill) for w in pair])
        return VirtualQArray(spectrum)
    if not spectrum.size:
        for axis, (n, pair) in enumerate(zip(shape, widths, strict=True)):
            if n == 0 and any(pair):
                raise ValueError(
                    f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'"
                )
        longer = tuple(n + sum(pair) for n, pair in zip(shape, widths, strict=True))
        return VirtualQArray(constant(spectrum.fill_value, longer))
    lengths = _pairs(kwargs.get("stat_length"), len(shape), is_count=True)
    for axis, pair in enumerate(widths):
        if mode in _STATISTICS:
            spectrum = _statistic(spectrum, axis, pair, lengths[axis], mode)
        elif any(pair):
            spectrum = tiling.mirrored(spectrum, axis, *pair, mode)
    return VirtualQArray(spectrum)
