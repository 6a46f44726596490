"""Guess the tolerance that a size or a largest error takes, from a sample of the coefficients."""

from __future__ import annotations

from math import log, prod, sqrt

import numpy as np

from .. import kernels
from ..bases import Basis
from ..core.values import Array
from ..sources.bitpacked import Bits
from ..sources.frequency_bands import layout_of
from ..sources.quantize import LARGEST, ROUND_UP
from .quantised import FOR_BANDS
from .sequences import Numbers, some_blocks
from .transforms import analysed, in_units

# Elements of the blocks in which errors are looked at.
_ELEMENTS = 1 << 14
# Steps that are tried, and how near to what is wanted is near enough.
_TRIALS, _NEAR = 12, 0.01
# Bytes of a number in a list, and of where it is; and of integers from some on, kept aside.
_LISTED, _ASIDE, _LARGE = 2.25, 5.0, 1 << 15


def _dead(step: float) -> float:
    return (1.0 - ROUND_UP) * step


def of_size(numbers: Numbers, limit: float) -> float | None:
    """Return about the L2 error of integers that take so many bytes; None where nothing tells.

    O(n) for a sample of n numbers, for each of a few steps.
    """
    sample = numbers.sample()
    top = max(float(sample.max(initial=0.0)), -float(sample.min(initial=0.0)))
    if not top:
        return None
    scale = numbers.size / sample.size
    layout = layout_of(numbers.scan)
    bands = 0 if layout is None else 4 * layout.bands + layout.modes
    limit -= bands if bands * FOR_BANDS <= limit else 0

    def taken(step: float) -> float:
        levels = kernels.rounding.rounded(sample, step, _dead(step))[0]
        large = np.abs(levels) >= _LARGE
        aside = _ASIDE * np.count_nonzero(large)
        if aside:
            levels = np.where(large, 0, levels)
        return scale * min(aside + Bits.needed(levels), _LISTED * np.count_nonzero(levels))

    low, high = top / LARGEST * (1.0 + 1e-9), top / ROUND_UP
    step = sqrt(low * high)
    for _ in range(_TRIALS):
        size = taken(step)
        if abs(size - limit) <= _NEAR * limit or high <= (1.0 + _NEAR) * low:
            break
        low, high = (step, high) if size > limit else (low, step)
        # A bit more of every number halves the step.
        guess = step * 2.0 ** (8.0 * (size - limit) / numbers.size)
        step = guess if low < guess < high else sqrt(low * high)
    return sqrt(scale * kernels.rounding.lost(sample, step, _dead(step)))


def of_error(x: Array, bases: tuple[Basis, ...], exponent: int, most: float) -> float | None:
    """Return about the L2 error of integers that leave no larger one; None where nothing tells.

    Parameters
    ----------
    x : ndarray
        In units of ``2 ** exponent``, as the errors.
    bases : tuple of Basis
    exponent : int
    most : float
        The largest error of an element.

    Notes
    -----
    O(n) for a sample of n elements, and a few times the way back from their coefficients.
    """
    units = [basis.runs(n)[0].size for basis, n in zip(bases, x.shape, strict=True)]
    if prod(units) > _ELEMENTS or not 0.0 < most < np.inf:
        return None
    sample = in_units(some_blocks(x, units, _ELEMENTS // 2), exponent)
    found = analysed(sample, bases)
    kind = np.complex128 if found.dtype.kind == "c" else np.float64
    numbers = np.ascontiguousarray(found, kind).view(np.float64).reshape(-1)
    # The largest of more errors like Gaussian noise is larger.
    wanted = most * sqrt(log(sample.size + 1.0) / log(x.size + 1.0))
    top = max(float(numbers.max()), -float(numbers.min()))
    if not top:
        return None
    # With the largest step everything is rounded away.
    high = 2.0 * top / (1.0 - ROUND_UP)
    step = min(2.0 * wanted, high)
    for _ in range(_TRIALS):
        if not top < LARGEST * step:
            return None
        levels = kernels.rounding.rounded(numbers, step, _dead(step))[0]
        off = (numbers - levels * step).view(kind).reshape(found.shape)
        for axis, basis in enumerate(bases):
            off = basis.synthesise(off, axis)
        largest = float(np.abs(off).max())
        is_least = step == high and largest <= wanted
        if not largest or is_least or abs(largest - wanted) <= 4.0 * _NEAR * wanted:
            break
        step = min(step * min(max(wanted / largest, 0.25), 4.0), high)
    lost = kernels.rounding.lost(numbers, step, _dead(step))
    return sqrt(lost * x.size / sample.size)
