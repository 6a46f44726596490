"""What an encoding has to reach: an error relative to the data, a largest error, or a size."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import chain, repeat
from math import log2, prod
from typing import Literal, NamedTuple, SupportsIndex, get_args

import numpy as np

from ..bases import all_standard
from ..core.spectrum import Spectrum
from ..options import as_bytes
from ..sources.packed import Packed
from .attempts import Attempt

#: What a tolerance may be relative to.
Reference = Literal["norm", "std", "range"]

# How often an array is encoded in search of a size or of a largest error.
_TRIALS = 16

# How much tolerances differ that have the same bases, in so many trials.
_ALIKE, _FEW = 1.2, 3

# The part of a size that is aimed at, and what is good enough: the first time more than later.
_AIM, _ENOUGH = 0.97, (0.95, 0.93, 0.85, 0.8)

# As much of a largest error: it is that of one element, and so a matter of chance.
_AIM_OF_ONE, _ENOUGH_OF_ONE = 0.95, (0.9, 0.85, 0.75)


class Goal(NamedTuple):
    """What is wanted; all but one of the first four are None, or all of them.

    Attributes
    ----------
    tol, max_abs, ratio : float or None
    max_bytes : int or None
    relative_to : Reference
    max_active : int or None
    """

    tol: float | None
    max_abs: float | None
    max_bytes: int | None
    ratio: float | None
    relative_to: Reference
    max_active: int | None


def _number(name: str, value: float | None) -> float | None:
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, got {value!r}") from None


def goal(
    tol: float | None,
    relative_to: Reference,
    max_abs: float | None,
    max_bytes: int | str | None,
    ratio: float | None,
    max_active: SupportsIndex | None,
) -> Goal:
    """Check what is asked of `encode`.

    Raises
    ------
    ValueError
        For numbers out of range, an unknown reference, or more than one goal.
    TypeError
        For what is no number.
    """
    given = {"tol": tol, "max_abs": max_abs, "max_bytes": max_bytes, "ratio": ratio}
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise ValueError(f"give one of {' and '.join(names)}, not {len(names)}")
    if relative_to not in get_args(Reference):
        known = ", ".join(get_args(Reference))
        raise ValueError(f"relative_to must be one of {known}, got {relative_to!r}")
    tol, max_abs, ratio = _number("tol", tol), _number("max_abs", max_abs), _number("ratio", ratio)
    if tol is not None and not tol >= 0.0:
        raise ValueError(f"tol must be a relative error >= 0, got {tol!r}")
    if tol is not None and tol > 1.0:
        raise ValueError(f"tol is a fraction of at most 1, got {tol!r}: 5 % are 0.05")
    if max_abs is not None and not 0.0 < max_abs < np.inf:
        raise ValueError(f"max_abs must be a finite error > 0, got {max_abs!r}")
    if ratio is not None and not 0.0 < ratio < np.inf:
        raise ValueError(f"ratio must be a finite number > 0, got {ratio!r}")
    size = None if max_bytes is None else as_bytes(max_bytes, "max_bytes")
    if max_active is not None:
        max_active = operator.index(max_active)
        if max_active < 0:
            raise ValueError(f"max_active must not be negative, got {max_active}")
    return Goal(tol, max_abs, size, ratio, relative_to, max_active)


def reached(attempt: Attempt, wanted: Goal) -> Spectrum | Packed:
    """Encode so that a goal is reached, with the fewest bytes or the smallest error.

    Raises
    ------
    ValueError
        Where it cannot be reached.
    """
    if wanted.max_abs is not None:
        return _within(attempt, wanted.max_abs)
    if wanted.max_bytes is not None:
        return _at_most(attempt, wanted.max_bytes, f"max_bytes={wanted.max_bytes}")
    if wanted.ratio is not None:
        return _at_most(attempt, int(attempt.nbytes / wanted.ratio), f"ratio={wanted.ratio!r}")
    tol = wanted.tol
    if tol and wanted.relative_to != "norm" and attempt.is_finite:
        unit = attempt.std if wanted.relative_to == "std" else attempt.range
        # Both are rounded: so much that the tolerance stays one.
        tol = min(1.0, tol * unit * (1.0 - 1e-12))
    return attempt.encoded(tol)


def _search(
    attempt: Attempt, tol: float, judge: Callable[[float, Spectrum | Packed], float | None]
) -> None:
    """Encode at one tolerance after the other, the first `tol`.

    Parameters
    ----------
    judge : callable
        Gets a tolerance and what was encoded; returns what to multiply the tolerance by, or None
        where it is good enough.
    """
    low, high = 0.0, np.inf
    are_given, chosen_at = attempt.bases is not None, 0.0
    for trial in range(_TRIALS):
        alike = _ALIKE if trial < _FEW else 1.0
        if not are_given and not chosen_at / alike <= tol <= chosen_at * alike:
            # What is best at one tolerance need not be so at another.
            attempt.bases, chosen_at = None, tol
        try:
            found = attempt.encoded(tol)
        except ValueError:
            # Too fine.
            factor: float | None = 4.0
        else:
            # Elements as they are may only tell that a tolerance was too fine for others.
            attempt.bases = attempt.bases if all_standard(found.bases) else found.bases
            factor = judge(tol, found)
        if factor is None:
            return
        low, high = (tol, high) if factor > 1.0 else (low, tol)
        if low == 1.0 or high <= low * 1.02:
            return
        guess, top = min(1.0, tol * factor), min(high, 1.0)
        tol = guess if low < guess < high else (max(low, top * 2.0**-16) * top) ** 0.5


def _within(attempt: Attempt, max_abs: float) -> Spectrum | Packed:
    """Encode with an error of at most `max_abs` in every element, in the fewest bytes."""
    if not attempt.is_finite or not attempt.rms:
        return attempt.encoded(0.0)
    best: list[Spectrum | Packed] = []
    enough = chain(_ENOUGH_OF_ONE, repeat(_ENOUGH_OF_ONE[-1]))

    def judge(_: float, found: Spectrum | Packed) -> float | None:
        off = attempt.largest_error(found)
        least = next(enough)
        if off > max_abs:
            return min(_AIM_OF_ONE * max_abs / off, _AIM_OF_ONE)
        if not best or found.nbytes < best[-1].nbytes:
            best.append(found)
        if off >= least * max_abs:
            return None
        return _AIM_OF_ONE * max_abs / off if off else 16.0

    _search(attempt, attempt.tolerance_of_error(_AIM_OF_ONE * max_abs), judge)
    if not best:
        raise ValueError(f"max_abs={max_abs!r} cannot be met with storage={attempt.storage!r}")
    return best[-1]


def _at_most(attempt: Attempt, limit: int, what: str) -> Spectrum | Packed:
    """Encode in at most some bytes, with the smallest error that those allow."""
    # A bit more of every element halves the error, mostly.
    usual = max(prod(attempt.shape), 1) / 8.0
    best: list[Spectrum | Packed] = []
    tried: list[tuple[float, int]] = []
    enough, stride = chain(_ENOUGH, repeat(_ENOUGH[-1])), 1.0

    def judge(tol: float, found: Spectrum | Packed) -> float | None:
        nonlocal stride
        slope, size, least = usual, found.nbytes, next(enough)
        if tried:
            before, other = tried[-1]
            if other == size:
                # Where sizes do not change, steps grow.
                stride *= 4.0
            elif (other - size) * (tol - before) > 0.0:
                stride, slope = 1.0, (other - size) / log2(tol / before)
        tried.append((tol, size))
        octaves = stride * (size - _AIM * limit) / slope
        if size > limit:
            return 2.0 ** min(max(octaves, 0.01), 16.0)
        if not best or found.absolute_error <= best[-1].absolute_error:
            best.append(found)
        if size >= least * limit or found.error is None:
            return None
        return 2.0 ** max(min(octaves, -0.01), -16.0)

    _search(attempt, attempt.tolerance_of_size(_AIM * limit), judge)
    if not best:
        fewest = f": it takes {min(size for _, size in tried)} bytes or more" if tried else ""
        raise ValueError(f"{what} cannot be met{fewest}")
    return best[-1]
