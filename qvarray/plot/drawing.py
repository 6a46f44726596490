"""Parts that pictures share: Axes, points with stems, and lines for what is everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..core.source import Source
from ..core.values import Array
from ..runtime.extras import require
from .look import BLUE, GREY, ORANGE
from .ruler import Ruler, thinned

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

# Decades from which Matplotlib's own ticks may overflow.
_LONG_SCALE = 150
_LAST_DECADE = 300.0
# More stems than this would be an area.
_MOST_STEMS = 200


def source_of(x: object, function: str) -> Source:
    """Return what an array is made of."""
    if not isinstance(x, VirtualQArray):
        raise TypeError(
            f"qvarray.plot.{function} takes a VirtualQArray, not {type(x).__name__}; "
            "qvarray.asarray makes one of an array"
        )
    return x.source


def require_most(most: object) -> None:
    """Refuse what is no number of points."""
    if isinstance(most, bool) or not isinstance(most, (int, np.integer)):
        raise TypeError(f"most must be a whole number, not {type(most).__name__}")
    if most < 1:
        raise ValueError(f"most must be at least 1, got {most}")


def axes_for(ax: object) -> Axes:
    """Return the Axes that are asked for, or those of a new figure."""
    kind: type[Axes] = require("matplotlib.axes", "plot").Axes
    if ax is None:
        new: Axes = require("matplotlib.pyplot", "plot").subplots(layout="constrained")[1]
        return new
    if not isinstance(ax, kind):
        raise TypeError(f"ax must be Matplotlib's Axes, not {type(ax).__name__}")
    return ax


def is_wide(heights: Array, ratio: float = 1e3) -> bool:
    """Tell whether the highest is above `ratio` times nine in ten of those above 0."""
    above = heights[np.isfinite(heights) & (heights > 0)]
    return above.size > 0 and bool(above.max() / ratio > np.quantile(above, 0.1, method="lower"))


def prepare(axes: Axes, ruler: Ruler, heights: Array, log: bool) -> None:
    """Set the scales for what is drawn next; what was drawn before stays within the ends.

    `heights`: of all that is drawn; those that have no place on the scale do not count.
    """
    drawn = axes.has_data()
    ends, before = axes.get_xlim(), axes.get_ylim()
    ruler.mark(axes, "x")
    if log:
        axes.set_yscale("log")
    there = heights[np.isfinite(heights) & (heights > 0)]
    low, high = 0.0, 1.0
    if log and there.size:
        low, high = np.log10(there.min()), np.log10(there.max())
        room = 0.05 * (high - low) + 0.1
        low, high = 10.0 ** (low - room), 10.0 ** min(high + room, _LAST_DECADE)
    elif there.size:
        high = 1.05 * float(there.max())
    if drawn:
        left, right = axes.get_xlim()
        axes.set_xlim(min(left, ends[0]), max(right, ends[1]))
        low, high = min(low, before[0]), max(high, before[1])
    axes.set_ylim(low, high)
    if log:
        tick_decades(axes.yaxis, low, high)


def tick_decades(axis: Axis, low: float, high: float) -> None:
    """Set few ticks on a logarithmic scale so long that those beyond its ends would overflow."""
    ends = np.log10([low, high])
    if max(ends[1], ends[1] - ends[0]) > _LONG_SCALE:
        decades = np.linspace(np.ceil(ends[0]), np.floor(ends[1]), 7).round()
        axis.set_ticks(10.0**decades, [f"$10^{{{decade:.0f}}}$" for decade in decades])
        axis.set_minor_locator(require("matplotlib.ticker", "plot").NullLocator())


def points(axes: Axes, positions: Array, heights: Array, **style: Any) -> None:
    """Draw heights at their positions; few of them stand on stems."""
    few = positions.size <= _MOST_STEMS
    style = {
        "color": BLUE, "marker": "o", "linestyle": "none", "markersize": 5 if few else 2.5, **style
    }  # fmt: skip
    (line,) = axes.plot(positions.astype(np.float64), heights, **style)
    if few and positions.size:
        bottom = axes.get_ylim()[0] if axes.get_yscale() == "log" else 0.0
        axes.vlines(line.get_xdata(), bottom, heights, colors=line.get_color(), linewidth=1)


def level(axes: Axes, height: float, label: str) -> None:
    """Draw a height that many positions have."""
    axes.axhline(height, color=GREY, linestyle="--", linewidth=1.2, label=label)


def at_the_edge(
    axes: Axes, ruler: Ruler, positions: Array, most: int, top: bool, what: str
) -> None:
    """Draw marks on the edge of the picture for what has no place on its scale."""
    if not positions.size:
        return
    kept, edge = thinned(ruler, positions, np.full(positions.size, float(top)), most)
    axes.plot(
        kept.astype(np.float64),
        edge,
        transform=axes.get_xaxis_transform(),
        color=ORANGE if top else GREY,
        marker="^" if top else "x",
        linestyle="none",
        markersize=7 if top else 4,
        clip_on=False,
        zorder=3,
        label=f"{positions.size} {what}",
    )


def legend(axes: Axes) -> None:
    """Say what the marks mean, where any has a name."""
    if axes.get_legend_handles_labels()[1]:
        axes.legend(fontsize="small")


def say(axes: Axes, text: str) -> None:
    """Write words where there is nothing to draw."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)
