"""Round numbers to multiples of a step, and sum the squares of what that loses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .jit import inner, njit

#: Sums in any order: they are vectorised.
ANY_ORDER = {"reassoc", "nsz"}


@inner
def nearest(number, inverse, zero_below):  # type: ignore[no-untyped-def]
    """Return the nearest multiple of a step, 0 for small numbers. O(1)."""
    return 0.0 if abs(number) < zero_below else np.rint(number * inverse)


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def squares_lost(numbers, step, zero_below):  # type: ignore[no-untyped-def]
    """Return the sum of squares that rounding numbers, shape (n,), loses. O(n)."""
    total = 0.0
    for i in range(numbers.size):
        off = numbers[i] - nearest(numbers[i], 1.0 / step, zero_below) * step
        total += off * off
    return total


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def _rounded(numbers, step, zero_below, out):  # type: ignore[no-untyped-def]
    """Write multiples of the step to `out`, int32; return what `rounded` does. O(n)."""
    total = inner = 0.0
    for i in range(numbers.size):
        multiple = nearest(numbers[i], 1.0 / step, zero_below)
        off = numbers[i] - multiple * step
        total += off * off
        inner += off * multiple
        out[i] = np.int32(multiple)
    return total, inner


def lost(numbers: NDArray[np.float64], step: float, zero_below: float) -> float:
    """Sum the squares of what rounding to multiples of a step loses.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n,)
    step : float
    zero_below : float
        Numbers of a smaller absolute value become zero.

    Returns
    -------
    float

    Notes
    -----
    O(n), with no temporary.

    Examples
    --------
    >>> lost(np.array([0.6, 1.25, -2.0]), 1.0, 0.75)
    0.4225
    """
    return float(squares_lost(numbers, step, zero_below))


def rounded(
    numbers: NDArray[np.float64], step: float, zero_below: float
) -> tuple[NDArray[np.int32], float, float]:
    """Round to multiples of a step; return them, and two sums of what is lost.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n,)
        In steps, below ``2**31``.
    step : float
    zero_below : float
        Numbers of a smaller absolute value become zero.

    Returns
    -------
    multiples : ndarray of int32, shape (n,)
    lost : float
        The sum of its squares.
    inner : float
        The sum of its products with the multiples.

    Notes
    -----
    O(n).

    Examples
    --------
    >>> rounded(np.array([0.6, 1.25, -2.0]), 1.0, 0.75)
    (array([ 0,  1, -2], dtype=int32), 0.4225, 0.25)
    """
    out: NDArray[Any] = np.empty(numbers.size, np.int32)
    lost, inner = _rounded(numbers, step, zero_below, out)
    return out, float(lost), float(inner)
