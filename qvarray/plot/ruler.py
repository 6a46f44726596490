"""Axes of positions, of which there may be 2**62, and what can be seen of many points on one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..core.values import Array
from ..runtime.extras import require
from .look import as_power

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Fewer positions than this are drawn evenly, and are ticked with plain numbers.
_SHORT = 1 << 12
# Positions are drawn by powers of two where half of them lie in this part of the axis.
_CROWDED = 1 / 100
_MOST_TICKS = 8
# Of the length of an even axis, on either side.
_ROOM = 0.01


class Ruler:
    """An axis of the positions 0 to n - 1.

    It is even, or by powers of two where most of what is drawn is near its beginning.

    `positions` (ndarray of integers, shape (k,)): those that are drawn.
    """

    def __init__(self, n: int, positions: Array) -> None:
        self.n = n
        crowded = positions.size > 0 and float(np.median(positions)) < n * _CROWDED
        self.by_powers = n > _SHORT and crowded

    def edges(self, most: int) -> Array:
        """Cut the axis into at most `most` bins of one width; return where they begin and end."""
        begin, end = -0.5, float(self.n) - 0.5
        if self.n <= most:
            return np.arange(self.n + 1) - 0.5
        if self.by_powers:
            inner = np.geomspace(0.5, end, most)
            return np.unique(np.concatenate([[begin], np.floor(inner[:-1]) + 0.5, [end]]))
        return np.linspace(begin, end, most + 1)

    def bins(self, positions: Array, edges: Array) -> Array:
        """Find the bin of each position. O(k log m)."""
        found = np.searchsorted(edges, positions.astype(np.float64), "right") - 1
        return np.clip(found, 0, edges.size - 2)

    def mark(self, axes: Axes, which: str) -> None:
        """Set the scale, the ends and the ticks of the axis "x" or "y"; rows count downwards."""
        axis = getattr(axes, f"{which}axis")
        if self.by_powers:
            getattr(axes, f"set_{which}scale")("symlog", base=2, linthresh=1)
            ticks = self._powers()
            axis.set_ticks([0.0, *(float(n) for n in ticks)], ["0", *map(as_power, ticks)])
            axis.set_minor_locator(require("matplotlib.ticker", "plot").NullLocator())
        elif self.n > _SHORT and self.n & (self.n - 1) == 0:
            quarter = self.n // 4
            ticks = [j * quarter for j in range(1, 5)]
            names = [as_power(quarter), as_power(2 * quarter), _times(3, quarter), as_power(self.n)]
            axis.set_ticks([0.0, *(float(n) for n in ticks)], ["0", *names])
        else:
            axis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        length = max(float(self.n), 1.0)
        room = 0.0 if self.by_powers else length * _ROOM
        ends = -0.5 - room, length * 1.5 if self.by_powers else length - 0.5 + room
        getattr(axes, f"set_{which}lim")(ends if which == "x" else ends[::-1])

    def _powers(self) -> list[int]:
        bits = (self.n - 1).bit_length()
        step = -(-bits // _MOST_TICKS)
        return [1 << bit for bit in range(step, bits + 1, step)]


def _times(factor: int, n: int) -> str:
    power = as_power(n)
    return power.replace("$", rf"${factor}\cdot", 1) if "$" in power else str(factor * n)


def thinned(ruler: Ruler, positions: Array, heights: Array, most: int) -> tuple[Array, Array]:
    """Return the points themselves, or the highest of each bin where there are more than `most`.

    `positions` (ndarray of integers, shape (k,)): in increasing order. `heights` (ndarray of
    float64, shape (k,)): without NaN.
    """
    if positions.size <= most:
        return positions, heights
    bins = ruler.bins(positions, ruler.edges(most))
    starts = _starts(bins)
    highest = np.maximum.reduceat(heights, starts)
    lengths = np.diff(np.append(starts, positions.size))
    tops = np.flatnonzero(heights == np.repeat(highest, lengths))
    tops = tops[_starts(bins[tops])]
    return positions[tops], heights[tops]


def _starts(bins: Array) -> Array:
    return np.flatnonzero(np.append(True, bins[1:] != bins[:-1]))


def most_in_cells(
    rulers: tuple[Ruler, Ruler], places: tuple[Array, Array], heights: Array, most: int
) -> tuple[Array, Array, Array]:
    """Find the edges of the cells of a plane along both axes, and the largest height in each.

    Cells without any have -inf. O(k + most**2).
    """
    down, along = (ruler.edges(most) for ruler in rulers)
    cells = np.full((down.size - 1, along.size - 1), -np.inf)
    where = rulers[0].bins(places[0], down), rulers[1].bins(places[1], along)
    np.maximum.at(cells, where, heights)
    return down, along, cells
