"""Quantise eigenvalues to few bits, within a bound of the error."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from .. import kernels
from ..core.values import Array
from ..ops.basis_change import norm

Kind = Literal["float32", "float16", "int16", "int8"]


#: How eigenvalues may be stored.
KINDS: tuple[Kind, ...] = ("float32", "float16", "int16", "int8")


#: Of coefficients below a step, those beyond ``1 - ROUND_UP`` are rounded up; the others cost more
#: bits than they save error (a deadzone: Sullivan, "Efficient scalar quantization of exponential
#: and Laplacian random variables", IEEE Trans. Inf. Theory 42 (1996)).
ROUND_UP = 0.4


#: Integers that a quantised coefficient may be.
LARGEST = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Quantised:
    """Coefficients as stored numbers times a step."""

    #: Of the kind of storage; int32 for those of integers.
    values: Array
    step: float
    #: L2 norm of what that loses, an upper bound.
    error: float


def _lost(coefficients: Array, stored: Array, step: float) -> float:
    return float(np.sqrt(np.sum(np.square(coefficients - stored * step))))


def _slack(coefficients: Array) -> float:
    """Tell how much larger a sum of that many squares may be than its floating-point value."""
    return 1.0 + coefficients.size * float(np.finfo(np.float64).eps)


def rounded(coefficients: Array, step: float) -> Array:
    """Round to multiples of a step, as floats."""
    out = coefficients / step
    small = np.abs(out) < 1.0 - ROUND_UP
    np.rint(out, out=out)
    out[small] = 0.0
    return out


def step_within(coefficients: Array, budget: float, largest: float) -> float | None:
    """Return the largest step that loses at most `budget`; None where integers are too large.

    Parameters
    ----------
    coefficients : ndarray of float64, shape (n,)
    budget : float
        Below their norm.
    largest : float
        A bound on what is to be rounded.
    """
    # With this step no error is too large, with the other one everything is rounded away.
    low = budget / ((1.0 - ROUND_UP) * sqrt(coefficients.size))
    least = largest / LARGEST * (1.0 + 1e-9)
    if not least <= low:
        low = least
        if not sqrt(kernels.rounding.lost(coefficients, low, (1.0 - ROUND_UP) * low)) <= budget:
            return None
    high = largest / ROUND_UP
    step = min(max(low * sqrt(12.0) * (1.0 - ROUND_UP), low), high)
    for _ in range(40):
        error = sqrt(kernels.rounding.lost(coefficients, step, (1.0 - ROUND_UP) * step))
        if error <= budget:
            low = step
        else:
            high = step
        if high <= 1.002 * low or 0.998 * budget <= error <= budget:
            break
        # The error grows as the step does, or slower.
        guess = step * (0.999 * budget / error) if error else high
        step = guess if low < guess < high else sqrt(low * high)
    return low


def _integers(coefficients: Array, budget: float) -> Quantised | None:
    """Quantise with the largest step that keeps the error within `budget`."""
    slack = _slack(coefficients)
    budget /= slack
    largest = float(np.abs(coefficients).max(initial=0.0))
    total = norm(coefficients)
    if total <= budget:
        none = np.zeros(coefficients.shape, np.int32)
        return Quantised(none, 1.0, total * slack)
    step = step_within(coefficients, budget, largest)
    if step is None:
        return None
    values, square, _ = kernels.rounding.rounded(coefficients, step, (1.0 - ROUND_UP) * step)
    return Quantised(values, step, sqrt(square) * slack)


def _floats(coefficients: Array, budget: float | None, kind: Kind) -> Quantised | None:
    """Quantise in a narrow floating dtype, without the smallest that the budget leaves out."""
    slack = _slack(coefficients)
    dtype = np.dtype(kind)
    largest = float(np.abs(coefficients).max(initial=0.0))
    # The largest becomes a half of what the dtype can hold, by a power of two.
    shift = int(np.frexp(largest)[1]) - int(np.frexp(float(np.finfo(dtype).max))[1]) + 1
    step = float(np.ldexp(1.0, shift)) if largest else 1.0
    values = (coefficients / step).astype(dtype)
    rounding = _lost(coefficients, values.astype(np.float64), step) * slack
    if budget is None:
        return Quantised(values, step, rounding)
    if rounding > budget:
        return None
    energies = np.square(coefficients)
    room = (budget * budget - rounding * rounding) / slack**2
    # What is equal stays or goes together: coefficients that are each other's conjugates.
    ordered = np.sort(energies)
    first = int(np.searchsorted(np.cumsum(ordered), room, "right"))
    values[energies < ordered[first] if first < ordered.size else slice(None)] = 0
    error = _lost(coefficients, values.astype(np.float64), step) * slack
    return Quantised(values, step, min(error, budget))


def quantise(coefficients: Array, kind: Kind, budget: float | None) -> Quantised | None:
    """Quantise coefficients as numbers of some kind, with an L2 error of at most `budget`.

    Returns None where that kind cannot meet the budget. In integers, every coefficient is a
    multiple of one step, the largest that meets it: by Parseval's theorem the error is known
    exactly.

    Parameters
    ----------
    coefficients : ndarray of float64, shape (n,)
    kind : {"float32", "float16", "int16", "int8"}
    budget : float or None
        None for the error that rounding to a floating `kind` makes.
    """
    if kind in ("float32", "float16"):
        return _floats(coefficients, budget, kind)
    return None if budget is None else _integers(coefficients, budget)
