"""Bands of packed integers in files: by frequency over all blocks, each with a model of its own."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..bases import Basis
from ..core.values import Array
from ..runtime.caches import cleared
from ..sources.scan_order import Scan

#: Blocks of more coefficients are in C order, and sorted by their frequencies here.
_SORTED = 1 << 14
#: Parts of a period that frequencies are compared in.
_RANKS = 1 << 12
#: Positions that a band has at least.
_LEAST = 1 << 10
#: Bits that a band takes beside its numbers: two streams.
_OVERHEAD = 640.0


@lru_cache(maxsize=4)
def _places(sizes: tuple[int, ...], bases: tuple[Basis, ...]) -> NDArray[np.integer] | None:
    """Return the places of a large block in C order by their frequencies; None for a small one."""
    block = int(np.prod(sizes))
    if block <= _SORTED:
        return None
    rank = np.zeros(sizes, np.min_scalar_type(_RANKS * len(sizes)))
    for axis, (size, basis) in enumerate(zip(sizes, bases, strict=True)):
        along = basis.frequencies(size, np.arange(size)) * _RANKS // size
        rank += along.astype(rank.dtype).reshape((size,) + (1,) * (len(sizes) - axis - 1))
    return np.argsort(rank, axis=None, kind="stable").astype(np.min_scalar_type(block))


cleared(_places.cache_clear)


class Order:
    """The order of packed integers in files: by their place in their block, and then by blocks.

    Parameters
    ----------
    scan : Scan
        The order that they have in memory.
    """

    def __init__(self, scan: Scan) -> None:
        self.size = scan.size
        self.block = scan.block
        #: Whole blocks of the first size; what is behind them stays there.
        self.count = scan.size // self.block
        self._whole = self.count * self.block
        sizes = tuple(
            basis.runs(n)[0].size if n else 0
            for basis, n in zip(scan.bases, scan.shape, strict=True)
        )
        self._places = _places(sizes, scan.bases) if scan.size else None

    def forward(self, values: Array) -> Array:
        """Put all numbers into the order of files. O(n)."""
        out = np.empty_like(values)
        blocks = values[: self._whole].reshape(self.count, self.block)
        turned = out[: self._whole].reshape(self.block, self.count)
        if self._places is None:
            transpose(blocks, turned)
        else:
            for number, block in enumerate(blocks):
                turned[:, number] = block[self._places]
        out[self._whole :] = values[self._whole :]
        return out

    def backward(self, values: Array) -> Array:
        """Put all numbers back into the order that they have in memory. O(n)."""
        out = np.empty_like(values)
        blocks = out[: self._whole].reshape(self.count, self.block)
        turned = values[: self._whole].reshape(self.block, self.count)
        if self._places is None:
            transpose(turned, blocks)
        else:
            for number, block in enumerate(blocks):
                block[self._places] = turned[:, number]
        out[self._whole :] = values[self._whole :]
        return out


#: Rows and columns of what is transposed at a time.
_TILE = 512


def transpose(matrix: Array, turned: Array) -> None:
    """Write a matrix into another one, rows as columns."""
    rows, columns = matrix.shape
    for i in range(0, rows, _TILE):
        for j in range(0, columns, _TILE):
            # A copy has its rows side by side, where the cache holds them all.
            turned[j : j + _TILE, i : i + _TILE] = matrix[i : i + _TILE, j : j + _TILE].copy().T


def cuts(positions: NDArray[np.int64], values: Array, order: Order) -> list[int]:
    """Return where to cut numbers that are not zero into bands of one distribution each.

    Positions and values of a band take as many bits as if the former were drawn at a rate, and the
    latter from a geometric distribution. It is cut in two where that takes the fewest bits, as long
    as that is fewer by more than what describes a band. O(m + n log n / 1024).

    Parameters
    ----------
    positions : ndarray, shape (m,)
        Sorted, in the order of files.
    values : ndarray, shape (m,)
    order : Order
    """
    # Those of one place in a block, in some parts of space; or those of some places.
    parts = order.count // _LEAST
    step = order.count / parts if parts else order.count * -(-_LEAST // order.count)
    ends = np.append(np.arange(0, order.size, step).astype(np.int64), order.size)
    at = positions.searchsorted(ends)
    totals = np.append(0.0, np.cumsum(np.abs(values.astype(np.float64))))
    # What is before each place that it may be cut at: positions, numbers, and their magnitudes.
    before = np.array([ends, at, totals[at]], np.float64)
    todo, kept = [(0, ends.size - 1)], {0, int(positions.size)}
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        low, middle, high = before[:, first, None], before[:, first + 1 : last], before[:, last]
        bits = _bits(*(middle - low)) + _bits(*(high[:, None] - middle))
        best = int(bits.argmin())
        if bits[best] + _OVERHEAD < _bits(*(high - low[:, 0])):
            cut = first + 1 + best
            kept.add(int(at[cut]))
            todo += [(first, cut), (cut, last)]
    # Of bands without numbers nothing is written.
    return sorted(kept)


def _bits(size: Array, count: Array, total: Array) -> Array:
    """Estimate what `count` numbers among `size` positions take whose magnitudes add to `total`."""
    mean = total / np.maximum(count, 1)
    places = _entropy(count / np.maximum(size, 1)) * size
    # Magnitudes less 1 are geometric with success 1 / mean; the sign is a bit.
    return places + count * (1 + mean * _entropy(1 / np.maximum(mean, 1)))


def _entropy(p: Array) -> Array:
    q = np.clip(p, 1e-12, 1 - 1e-12)
    return -(q * np.log2(q) + (1 - q) * np.log2(1 - q))
