"""What an encoding has to reach: an error relative to the data, a largest error, or a size."""

from __future__ import annotations

import operator
from math import prod
from typing import Literal, NamedTuple, SupportsIndex, get_args

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..core.spectrum import Spectrum
from ..options import as_bytes
from ..sources.packed import Packed
from .attempts import Attempt

__all__ = ["Goal", "Reference", "goal", "reached"]

#: What a tolerance may be relative to.
Reference = Literal["norm", "std", "range"]

# How often an array is encoded in search of a size or of a largest error.
_TRIALS = 16

# The part of a limit that is good enough.
_ENOUGH = 0.95


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
    if tol and wanted.relative_to != "norm":
        extent = attempt.extent()
        unit = extent.std if wanted.relative_to == "std" else extent.range
        # Both are rounded: so much that the tolerance stays one.
        tol = min(1.0, tol * unit / extent.rms * (1.0 - 1e-12)) if extent.rms else tol
    return attempt.encoded(tol)


def _largest_error(attempt: Attempt, found: Spectrum | Packed) -> float:
    """Return by how much elements are off at most. O(N)."""
    y = VirtualQArray(found)
    off = 0.0
    for rows, piece in attempt.pieces():
        part = np.asarray(y[rows] if y.ndim else y)
        if piece.size:
            wide = np.result_type(piece.dtype, np.float64)
            off = max(off, float(np.abs(part.astype(wide) - piece.astype(wide)).max()))
    return off


def _within(attempt: Attempt, max_abs: float) -> Spectrum | Packed:
    """Encode with an error of at most `max_abs` in every element."""
    if not attempt.has_pieces:
        # Few coefficients are kept as they are.
        return attempt.encoded(None)
    extent = attempt.extent()
    if not extent.rms:
        return attempt.encoded(0.0)
    # Elements that are computed alone may be rounded otherwise.
    limit = max_abs - 16.0 * float(np.finfo(np.float64).eps) * (extent.rms + extent.range)
    # Of many errors like Gaussian noise, the largest is about four deviations.
    tol = min(1.0, 0.25 * max_abs / extent.rms)
    best: Spectrum | Packed | None = None
    low, high = 0.0, np.inf
    for trial in range(_TRIALS):
        try:
            found = attempt.encoded(tol)
        except ValueError:
            if best is None and tol < 1e-14:
                raise ValueError(f"max_abs={max_abs!r} cannot be met: {extent}") from None
            low, off = tol, 0.0
            tol = 2.0 * tol if high == np.inf else (low * high) ** 0.5
            continue
        attempt.bases = found.bases if trial else attempt.bases
        off = _largest_error(attempt, found)
        if off <= limit:
            best = found if best is None or found.nbytes < best.nbytes else best
            low = tol
            if off >= _ENOUGH * limit or tol == 1.0:
                break
        else:
            high = tol
        guess = tol * (0.97 * limit / off if off else 16.0)
        tol = min(1.0, guess) if low < guess < high else (max(low, high / 16.0) * high) ** 0.5
        if high <= low * 1.02:
            break
    if best is None:
        raise ValueError(f"max_abs={max_abs!r} cannot be met with storage={attempt.storage!r}")
    return best


def _at_most(attempt: Attempt, limit: int, what: str) -> Spectrum | Packed:
    """Encode in at most some bytes, with the smallest error that those allow."""
    size = max(prod(attempt.shape), 1)
    best: Spectrum | Packed | None = None
    low, high, tol, taken = 0.0, np.inf, 2.0**-8, -1
    stride = 1.0
    for trial in range(_TRIALS):
        try:
            found = attempt.encoded(tol)
        except ValueError:
            # Too fine.
            low = tol
            tol = min(1.0, 4.0 * tol if high == np.inf else (low * high) ** 0.5)
            continue
        attempt.bases = found.bases if trial else attempt.bases
        if found.nbytes <= limit:
            best, high = found, tol
            if found.nbytes >= _ENOUGH * limit or found.error is None:
                break
        else:
            low = tol
            if tol == 1.0:
                raise ValueError(f"{what} cannot be met: zeros take {found.nbytes} bytes")
        # A bit more of every element halves the error; where sizes do not change, steps grow.
        stride = 4.0 * stride if found.nbytes == taken else 1.0
        taken = found.nbytes
        bits = 8.0 * (found.nbytes / _ENOUGH - limit) / size
        guess = tol * 2.0 ** max(-16.0, min(stride * bits, 16.0))
        tol = min(1.0, guess) if low < guess < high else (max(low, high * 2.0**-16) * high) ** 0.5
        if high <= low * 1.02:
            break
    if best is None:
        raise ValueError(f"{what} cannot be met")
    return best
