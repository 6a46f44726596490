"""Padding: pad."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.fill import lost_signs
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, constant
from ...core.values import Scalar, zero_of
from ...ops import join, repetition
from ...ops.broadcast import broadcast_to
from ...ops.linear import cast
from ..common import Operand, require_numbers, spectrum_of

#: A number for each end of an axis.
_Pair: TypeAlias = tuple[int, int]

#: The keyword arguments of each mode of padding.
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


def _pairs(x: Operand | None, ndim: int, is_count: bool = False) -> list[tuple[Any, Any]]:
    """Return a pair for every axis, from a value for all ends, for the two ends, or for each end.

    Examples
    --------
    >>> _pairs([1, 2], 2), _pairs([[1, 2], [3, 4]], 2)
    ([(np.int64(1), np.int64(2)), (np.int64(1), np.int64(2))], [(1, 2), (3, 4)])
    """
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
    return [(before, after) for before, after in np.broadcast_to(x, (ndim, 2)).tolist()]


def _widths(pad_width: Operand | dict[int, Any], ndim: int) -> list[_Pair]:
    if isinstance(pad_width, dict) and has(Behaviour.PAD_TAKES_A_DICT):
        chosen = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            pair = (width, width) if isinstance(width, int) else width
            if not (isinstance(pair, tuple) and len(pair) == 2):
                raise AssertionError(f"not a width or a pair of widths: {width!r}")
            chosen[axis] = pair
        pad_width = chosen
    widths = np.asarray(pad_width)
    if widths.dtype.kind != "i":
        raise TypeError("`pad_width` must be of integral type.")
    return [(int(before), int(after)) for before, after in _pairs(widths, ndim, is_count=True)]


def _between(spectrum: Spectrum, axis: int, ends: Sequence[Spectrum | None]) -> Spectrum:
    """Return an array between two others along an axis."""
    before, after = ends
    parts = [part for part in (before, spectrum, after) if part is not None]
    return join.concatenate(parts, axis) if len(parts) > 1 else spectrum


def _constant_end(spectrum: Spectrum, axis: int, width: int, value: Scalar) -> Spectrum | None:
    """Return a constant block that fits to an end, of a value that is assigned to it."""
    shape = (*spectrum.shape[:axis], width, *spectrum.shape[axis + 1 :])
    element = np.zeros(0 if 0 in shape else 1, spectrum.dtype)
    element[...] = value
    if not width:
        return None
    return constant(element[0] if element.size else spectrum.fill_value, shape, element.dtype)


def _with_statistic(
    spectrum: Spectrum, axis: int, widths: _Pair, lengths: tuple[Any, Any], mode: str
) -> Spectrum:
    """Return an array between a statistic of its ends, or of all of it."""
    require_numbers(spectrum)
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
    return _between(spectrum, axis, blocks)


def _check_options(mode: str, options: dict[str, Any]) -> None:
    if mode not in _OPTIONS:
        raise ValueError(f"mode '{mode}' is not supported")
    unsupported = set(options) - set(_OPTIONS[mode])
    if unsupported:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {unsupported}")


def _padded_with_values(
    spectrum: Spectrum, widths: list[_Pair], values: list[tuple[Any, Any]]
) -> Spectrum:
    for axis, (pair, ends) in enumerate(zip(widths, values, strict=True)):
        blocks = [_constant_end(spectrum, axis, *end) for end in zip(pair, ends, strict=True)]
        spectrum = _between(spectrum, axis, blocks)
    return spectrum


def _padded_without_elements(spectrum: Spectrum, widths: list[_Pair]) -> Spectrum:
    """Return the padded array where there is nothing to pad with."""
    for axis, (n, pair) in enumerate(zip(spectrum.shape, widths, strict=True)):
        if n == 0 and any(pair):
            raise ValueError(
                f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'"
            )
    longer = tuple(n + sum(pair) for n, pair in zip(spectrum.shape, widths, strict=True))
    return constant(spectrum.fill_value, longer, spectrum.dtype)


def _unless_signs_are_lost(result: Spectrum, fills: list[Any]) -> Any:
    """Return the array; NumPy's is as small where it stores all positions, with their zeros."""
    return NotImplemented if _lost(result, fills) else VirtualQArray(result)


def _lost(result: Spectrum, fills: list[Any]) -> bool:
    if result.active_indices is not None:
        return False
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        cells = np.zeros(len(fills), result.dtype)
        for i, fill in enumerate(fills):
            cells[i : i + 1] = fill
    return lost_signs(result, list(cells))


@function_rule(Tier.STRUCTURAL, np.pad)
def pad(
    array: VirtualQArray,
    pad_width: Operand | dict[int, Any],
    mode: str | Callable[..., Any] = "constant",
    **kwargs: Any,
) -> Any:
    """Add positions at the ends of the axes. O(k) where what they hold is the fill value."""
    spectrum = array.spectrum
    ndim = len(spectrum.shape)
    widths = _widths(pad_width, ndim)
    if callable(mode) or mode == "linear_ramp" or kwargs.get("reflect_type") == "odd":
        longer = prod(n + sum(pair) for n, pair in zip(spectrum.shape, widths, strict=True))
        require_budget(2 * longer * array.itemsize, "pad it by less")
        return NotImplemented
    _check_options(mode, kwargs)
    if mode in ("constant", "empty"):
        fill = 0 if mode == "constant" else spectrum.fill_value
        values = _pairs(kwargs.get("constant_values", fill), ndim)
        result = _padded_with_values(spectrum, widths, values)
        blocks = [value for pair in values for value in pair]
        return _unless_signs_are_lost(result, [spectrum.fill_value, *blocks])
    if not spectrum.size:
        return VirtualQArray(_padded_without_elements(spectrum, widths))
    fill = spectrum.fill_value
    lengths = _pairs(kwargs.get("stat_length"), ndim, is_count=True)
    for axis, pair in enumerate(widths):
        if mode in _STATISTICS:
            spectrum = _with_statistic(spectrum, axis, pair, lengths[axis], mode)
        elif any(pair):
            spectrum = repetition.mirrored(spectrum, axis, *pair, mode)  # type: ignore[arg-type]
    return _unless_signs_are_lost(spectrum, [fill, zero_of(spectrum.dtype)])
