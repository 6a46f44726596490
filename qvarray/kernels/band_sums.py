"""Sum products of coefficients by their places in blocks, along a sequence of blocks."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import inner, njit


@inner
def _add(x, y, out):  # type: ignore[no-untyped-def]
    """Add x * y to `out`, shape (n,), which is no longer than the others. O(n)."""
    for j in range(out.size):
        out[j] += x[j] * y[j]


@inner
def _subtract(a, y, step, out):  # type: ignore[no-untyped-def]
    """Write a - step * y, for a of shape (n,), to the begin of `out`. O(n)."""
    for j in range(a.size):
        out[j] = a[j] - step * y[j]


class Lines(NamedTuple):
    """What a sequence is made of.

    Attributes
    ----------
    row : int
        Its rows have that length.
    kinds : ndarray of int64, shape (m,)
        Of each line of a row, over and over again.
    """

    row: int
    kinds: NDArray[np.int64]


@njit(cache=True, nogil=True)
def _products(a, b, step, begin, lines, places, low, out):  # type: ignore[no-untyped-def]
    """Add products to `out`, shape (3, kinds, line), and write `low`, shape (2, m). O(n)."""
    line, row = out.shape[2], lines.row
    x, y = np.empty(line), np.empty(line)
    i, at, place = 0, begin % row, 0
    while i < a.size:
        number = at // line
        inside = at - number * line
        count = min(min(line, row - number * line) - inside, a.size - i)
        kind = lines.kinds[number % lines.kinds.size]
        y[:count] = b[i : i + count]
        _subtract(a[i : i + count], y, step, x)
        while place < places.size and places[place] < i + count:
            j = places[place] - i
            low[0, place], low[1, place] = x[j], y[j]
            x[j] = y[j] = 0.0
            place += 1
        _add(x, x, out[0, kind, inside : inside + count])
        _add(x, y, out[1, kind, inside : inside + count])
        _add(y, y, out[2, kind, inside : inside + count])
        i += count
        at += count
        if at == row:
            at = 0


def products(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    step: float,
    begin: int,
    lines: Lines,
    line: int,
    places: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum products of ``x = a - step * b`` and b by where they are in a line.

    Parameters
    ----------
    a, b : ndarray of float64, shape (n,)
        Parts of a sequence.
    step : float
    begin : int
        Where the parts begin in the sequence.
    lines : Lines
        The rows of the sequence, and their lines.
    line : int
        Length of a line; the last one of a row may be shorter.
    places : ndarray of int64, shape (m,)
        Sorted places in the parts that are not summed.

    Returns
    -------
    sums : ndarray of float64, shape (3, kinds, line)
        Of x * x, of x * b and of b * b.
    low : ndarray of float64, shape (2, m)
        x and b at the places that are not summed.

    Notes
    -----
    O(n), with no temporary.

    Examples
    --------
    >>> a, none = np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(0, np.int64)
    >>> products(a, np.ones(4), 0.0, 1, Lines(2, np.array([0])), 2, none)[0][:2].tolist()
    [[[20.0, 10.0]], [[6.0, 4.0]]]
    """
    out: NDArray[Any] = np.zeros((3, int(lines.kinds.max(initial=0)) + 1, line))
    low: NDArray[Any] = np.empty((2, places.size))
    _products(a, b, step, begin, lines, places, low, out)
    return out, low
