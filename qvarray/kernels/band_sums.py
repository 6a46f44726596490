"""Sum products of coefficients by their places in blocks, along a sequence of blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .jit import inner, njit


@inner
def _add(x, y, out):  # type: ignore[no-untyped-def]
    """Add x * y to `out`: three arrays of one length. O(n)."""
    for j in range(out.size):
        out[j] += x[j] * y[j]


@njit(cache=True, nogil=True)
def _products(a, b, begin, row, kinds, out):  # type: ignore[no-untyped-def]
    """Add a * a, a * b and b * b to `out`, shape (3, kinds, line). O(n)."""
    line = out.shape[2]
    i, at = 0, begin % row
    while i < a.size:
        number = at // line
        inside = at - number * line
        count = min(min(line, row - number * line) - inside, a.size - i)
        kind = kinds[number % kinds.size]
        x, y = a[i : i + count], b[i : i + count]
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
    begin: int,
    row: int,
    line: int,
    kinds: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Sum products of two parts of a sequence by where they are in a line.

    Parameters
    ----------
    a, b : ndarray of float64, shape (n,)
    begin : int
        Where the parts begin in the sequence.
    row : int
        The sequence is made of rows of that length.
    line : int
        And each of them of lines of that length, the last of which may be shorter.
    kinds : ndarray of int64, shape (m,)
        Of each line of a row, over and over again.

    Returns
    -------
    ndarray of float64, shape (3, kinds, line)
        The sums of a * a, of a * b and of b * b.

    Notes
    -----
    O(n), with no temporary.

    Examples
    --------
    >>> a = np.array([1.0, 2.0, 3.0, 4.0])
    >>> products(a, np.ones(4), 1, 2, 2, np.array([0]))[:2].tolist()
    [[[20.0, 10.0]], [[6.0, 4.0]]]
    """
    out: NDArray[Any] = np.zeros((3, int(kinds.max(initial=0)) + 1, line))
    _products(a, b, begin, row, kinds, out)
    return out
