"""Tiling arrays: tile and repeat."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, SupportsIndex

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.spectrum import constant
from ...core.values import Axis
from ...ops import join, repetition
from ..common import Operand, as_positions, is_numeric, normalize_axis
from .joining import with_ndim


@function_rule(Tier.STRUCTURAL, np.tile)
def tile(A: Operand, reps: SupportsIndex | Iterable[SupportsIndex]) -> Any:
    """Repeat the array along each axis. O(k) for each time; O(k) along Fourier axes."""
    if not is_numeric(A) or not np.size(A):
        return NotImplemented
    given: Any = reps if np.iterable(reps) else (reps,)
    times = tuple(int(n) if isinstance(n, np.bool_) else operator.index(n) for n in given)
    if any(n < 0 for n in times):
        raise ValueError("repeats may not contain negative values.")
    spectrum = with_ndim(A, len(times)).spectrum
    times = (1,) * (len(spectrum.shape) - len(times)) + times
    if 0 in times:
        shape = tuple(m * n for m, n in zip(spectrum.shape, times, strict=True))
        return VirtualQArray(constant(spectrum.fill_value, shape, spectrum.dtype))
    for axis, n in enumerate(times):
        spectrum = repetition.tiled(spectrum, axis, n)
    return VirtualQArray(spectrum)


@function_rule(Tier.STRUCTURAL, np.repeat)
def repeat(a: VirtualQArray, repeats: Operand, axis: Axis = None) -> VirtualQArray:
    """Repeat every position along an axis. O(k) for each time."""
    counts = as_positions(repeats)
    if counts.ndim > 1:
        raise ValueError("object too deep for desired array")
    spectrum = a.spectrum
    if axis is None or (not spectrum.shape and axis in (0, -1)):
        spectrum, axis = join.flat(spectrum), 0
    axis = normalize_axis(axis, len(spectrum.shape))  # type: ignore[arg-type]
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
        return VirtualQArray(repetition.repeated(spectrum, axis, int(counts.reshape(()))))
    return VirtualQArray(repetition.repeated_each(spectrum, axis, counts))
