"""Bands of packed integers in files: by frequency over all blocks, each with a model of its own."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..bases import Basis
from ..core.values import Array
from ..runtime.caches import cleared
from ..sources.scan_order import SORTED, Scan

#: Parts of a period that frequencies are compared in.
_RANKS = 1 << 12
#: Positions that a band has at least.
_LEAST = 1 << 10
#: Bits that a band takes beside its numbers: two streams.
_OVERHEAD = 640.0
#: Places that are kept for several kinds of blocks; of larger blocks, those of the last alone.
_KEPT = 1 << 22


def _places(sizes: tuple[int, ...], bases: tuple[Basis, ...]) -> NDArray[np.integer] | None:
    """Return the places of a large block in C order by their frequencies; None for a small one."""
    block = math.prod(sizes)
    if block <= SORTED:
        return None
    return (_some_places if block <= _KEPT else _last_places)(sizes, bases)


def _by_frequency(sizes: tuple[int, ...], bases: tuple[Basis, ...]) -> NDArray[np.integer]:
    rank = np.zeros(sizes, np.min_scalar_type(_RANKS * len(sizes)))
    for axis, (size, basis) in enumerate(zip(sizes, bases, strict=True)):
        along = basis.frequencies(size, np.arange(size)) * _RANKS // size
        rank += along.astype(rank.dtype).reshape((size,) + (1,) * (len(sizes) - axis - 1))
    return np.argsort(rank, axis=None, kind="stable").astype(np.min_scalar_type(rank.size))


_some_places = lru_cache(maxsize=8)(_by_frequency)
_last_places = lru_cache(maxsize=1)(_by_frequency)
cleared(_some_places.cache_clear)
cleared(_last_places.cache_clear)


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

    def places(self, positions: NDArray[np.int64], values: Array) -> NDArray[np.int64]:
        """Return where numbers are in memory that are at sorted positions in a file. O(m)."""
        among = int(positions.searchsorted(self._whole))
        place, number = np.divmod(positions[:among], max(self.count, 1))
        if self._places is not None:
            place = self._places[place]
        return np.append(number * self.block + place, positions[among:])


#: Blocks from which they are sorted by their activity.
_MANY = 64
#: The largest integer that counts as activity, and the largest sum.
_ACTIVE, _MOST = 30, (1 << 16) - 1


class ByActivity:
    """The order of packed integers in files: groups of places, and in each, quiet blocks first.

    How active a block is, at the places of a group, is told by what it and its neighbours have at
    the places before: so who reads knows the order. As in context modelling, Wu & Memon,
    "Context-based, adaptive, lossless image coding", IEEE Trans. Commun. 45 (1997).

    Parameters
    ----------
    scan : Scan
        The order that they have in memory.
    """

    def __init__(self, scan: Scan) -> None:
        runs = [basis.runs(n)[0] for basis, n in zip(scan.bases, scan.shape, strict=True)]
        self.size, self.block = scan.size, scan.block
        self._grid = tuple(run.count for run in runs)
        #: Whole blocks of the first size.
        self.count = math.prod(self._grid)
        self._line = runs[0].size * scan.width
        # Places 0, 1 and 2, 3 to 6, and so on.
        self._groups = [
            (2**k - 1, min(2 ** (k + 1) - 1, self.block)) for k in range(self.block.bit_length())
        ]

    def _main(self, values: Array) -> tuple[Array, list[Array]]:
        """Return whole blocks, a row of blocks each, and what is beside and behind them."""
        rows = self._grid[0]
        lines = values[: rows * self._line].reshape(rows, self._line)
        whole = self.count // rows * self.block
        return lines[:, :whole], [lines[:, whole:], values[rows * self._line :]]

    def forward(self, values: Array) -> Array:
        """Put all numbers into the order of files. O(n)."""
        main, rest = self._main(values)
        blocks, active, out = main.reshape(self.count, self.block), None, []
        for begin, end in self._groups:
            if begin < end:
                some = blocks[:, begin:end]
                order = self._order(active)
                out.append((some if order is None else some[order]).reshape(-1))
                active = self._more(active, _activity(some).sum(1, dtype=np.int64), begin)
        return np.concatenate([*out, *(part.reshape(-1) for part in rest)])

    def places(self, positions: NDArray[np.int64], values: Array) -> NDArray[np.int64]:
        """Return where numbers are in memory that are at sorted positions in a file.

        All that are not zero have to be among them. O(m + n log n) for n blocks.
        """
        out, active, at, first = positions.copy(), None, 0, 0
        beside = self._line * self._grid[0] - self.count * self.block
        along = max(self.count // max(self._grid[0], 1), 1)
        for begin, end in self._groups:
            if begin < end:
                stop = at + self.count * (end - begin)
                last = int(positions.searchsorted(stop))
                rank, place = np.divmod(positions[first:last] - at, end - begin)
                order = self._order(active)
                number = rank if order is None else order[rank]
                row, column = np.divmod(number, along)
                out[first:last] = row * self._line + column * self.block + (begin + place)
                here = np.bincount(number, _activity(values[first:last]), self.count)
                active, at, first = self._more(active, here.astype(np.int64), begin), stop, last
        if beside:
            last = int(positions.searchsorted(at + beside))
            row, column = np.divmod(positions[first:last] - at, beside // self._grid[0])
            out[first:last] = row * self._line + along * self.block + column
        return out

    def _more(self, active: Array | None, here: Array, begin: int) -> Array | None:
        """Return the activity of blocks after one more group of places."""
        if not begin:
            # The mean of a block tells nothing.
            return None
        return here if active is None else active // 2 + here

    def _order(self, active: Array | None) -> Array | None:
        """Return which block is the first, the second...; None where nothing is known."""
        if active is None:
            return None
        own = active.reshape(self._grid)
        total = 4 * own
        for axis in range(own.ndim):
            # At an edge, the block itself stands for its neighbour.
            ahead = np.moveaxis(own, axis, 0)
            turned = np.moveaxis(total, axis, 0)
            turned[1:] += ahead[:-1]
            turned[:-1] += ahead[1:]
            turned[0] += ahead[0]
            turned[-1] += ahead[-1]
        return np.argsort(np.minimum(total.reshape(-1), _MOST).astype(np.uint16), kind="stable")


def _activity(values: Array) -> Array:
    return np.minimum(np.abs(values), _ACTIVE)


def orders_of(scan: Scan) -> list[Order | ByActivity]:
    """Return the orders that integers may be written in."""
    orders: list[Order | ByActivity] = [Order(scan)]
    if scan.size and 1 < scan.block <= SORTED and scan.size >= _MANY * scan.block:
        orders.append(ByActivity(scan))
    return orders


#: Rows and columns of what is transposed at a time.
_TILE = 512


def transpose(matrix: Array, turned: Array) -> None:
    """Write a matrix into another one, rows as columns."""
    rows, columns = matrix.shape
    for i in range(0, rows, _TILE):
        for j in range(0, columns, _TILE):
            # A copy has its rows side by side, where the cache holds them all.
            turned[j : j + _TILE, i : i + _TILE] = matrix[i : i + _TILE, j : j + _TILE].copy().T


def cuts(
    positions: NDArray[np.int64], values: Array, order: Order | ByActivity
) -> tuple[list[int], float]:
    """Return where to cut numbers that are not zero into bands of one distribution each.

    Positions and values of a band take as many bits as if the former were drawn at a rate, and the
    latter from a geometric distribution. It is cut in two where that takes the fewest bits, as long
    as that is fewer by more than what describes a band. O(m + n log n / 1024).

    Parameters
    ----------
    positions : ndarray, shape (m,)
        Sorted, in the order of files.
    values : ndarray, shape (m,)
    order : Order or ByActivity
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
    taken = 0.0
    while todo:
        first, last = todo.pop()
        low, middle, high = before[:, first, None], before[:, first + 1 : last], before[:, last]
        whole = float(_bits(*(high - low[:, 0]))) + _OVERHEAD
        if last - first > 1:
            bits = _bits(*(middle - low)) + _bits(*(high[:, None] - middle)) + 2.0 * _OVERHEAD
            best = int(bits.argmin())
            if bits[best] < whole:
                cut = first + 1 + best
                kept.add(int(at[cut]))
                todo += [(first, cut), (cut, last)]
                continue
        taken += whole
    # Of bands without numbers nothing is written.
    return sorted(kept), taken


def _bits(size: Array, count: Array, total: Array) -> Array:
    """Estimate what `count` numbers among `size` positions take whose magnitudes add to `total`."""
    mean = total / np.maximum(count, 1)
    places = _entropy(count / np.maximum(size, 1)) * size
    # Magnitudes less 1 are geometric with success 1 / mean; the sign is a bit.
    return places + count * (1 + mean * _entropy(1 / np.maximum(mean, 1)))


def _entropy(p: Array) -> Array:
    q = np.clip(p, 1e-12, 1 - 1e-12)
    return -(q * np.log2(q) + (1 - q) * np.log2(1 - q))
