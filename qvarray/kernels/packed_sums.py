"""Sum products of packed integers, as they are unpacked: none of them is written to memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bitpack import BATCH, PART, Groups, unpack_part
from .jit import inner, njit


@inner
def _sum(a, b):  # type: ignore[no-untyped-def]
    """Sum the products of integers of 16 bits, shape (n,). O(n)."""
    total = np.int64(0)
    for j in range(a.size):
        total += np.int64(a[j]) * np.int64(b[j])
    return total


@njit(cache=True, nogil=True)
def _products(first, second, at, begin, end, places, low, out):  # type: ignore[no-untyped-def]
    """Sum products over ``[begin, end)`` in `out`, shape (3,), without those at `places`. O(n).

    `first` and `second`, which may be of none, are read from the two bytes `at` on.
    """
    a, b = np.zeros(PART, np.int32), np.zeros(PART, np.int32)
    # The bytes that may be read of 8 numbers.
    tail = np.zeros(3 * 8, np.uint8)
    place, of_both = 0, low.shape[0] > 1
    whole = end // BATCH * BATCH
    start = begin // BATCH * BATCH
    while start < end:
        stop = min(start + PART, whole) if start < whole else start + BATCH
        x, y = a[: stop - start], b[: stop - start]
        after, behind = unpack_part(first, start, at[0], x, tail), at[1]
        if of_both:
            behind = unpack_part(second, start, at[1], y, tail)
        for j in range(begin - start):
            x[j] = y[j] = 0
        for j in range(end - start, x.size):
            x[j] = y[j] = 0
        while place < places.size and places[place] < stop:
            j = places[place] - start
            low[0, place], x[j] = x[j], 0
            if of_both:
                low[1, place], y[j] = y[j], 0
            place += 1
        # Of zeros there is no byte.
        if after > at[0]:
            out[0] += _sum(x, x)
        if behind > at[1]:
            out[2] += _sum(y, y)
            if after > at[0]:
                out[1] += _sum(x, y)
        # What is left of a batch is unpacked once more.
        if stop <= whole:
            at[0], at[1] = after, behind
        start = stop


class Products:
    """Sums of products of one or two sequences of packed integers of one length, part by part.

    Parameters
    ----------
    sequences : tuple of Groups
        One or two, of integers of at most 16 bits.

    Attributes
    ----------
    sums : list of list of int
        The sums so far: of the squares, and of the products of the two. Exact.

    Examples
    --------
    >>> from qvarray.kernels import bitpack
    >>> numbers = np.array([3, -1] * 8)
    >>> data = bitpack.pack(numbers, 16, bitpack.widths(numbers, 16))
    >>> found = Products((bitpack.Groups(np.array([2], np.uint8), data, 1),))
    >>> found.read(0, 16, np.array([1])).tolist(), found.sums
    ([[-1.0]], [[79]])
    """

    def __init__(self, sequences: tuple[Groups, ...]) -> None:
        self.sums = [[0] * len(sequences) for _ in sequences]
        none = np.zeros(0, np.uint8)
        first, last = sequences[0], sequences[-1]
        self._second = last if len(sequences) > 1 else Groups(none, none, 0)
        self._first = first
        self._at: NDArray[Any] = np.zeros(2, np.int64)

    def read(self, begin: int, end: int, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Add what is in ``[begin, end)``, which follows what was read before. O(end - begin).

        Parameters
        ----------
        begin, end : int
            No more than 2**32 integers.
        places : ndarray of int64, shape (m,)
            Sorted places in that range that are not added.

        Returns
        -------
        ndarray of float64, shape (sequences, m)
            The integers at these places.
        """
        low = np.zeros((len(self.sums), places.size))
        out: NDArray[Any] = np.zeros(3, np.int64)
        _products(self._first, self._second, self._at, begin, end, places, low, out)
        for i, row in enumerate(self.sums):
            for j in range(len(row)):
                row[j] += int(out[i + j])
        return low
