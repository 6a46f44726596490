"""The report as a picture: time and memory against size."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from ...plot.look import BLUE, GREEN, ORANGE, as_power
from ...runtime import units
from ...runtime.extras import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from .recovery import Figures, Row
    from .results import Report

# Colours, and marks for print.
_COLOURS = {"Traditional": ORANGE, "Python virtual": BLUE, "Numba virtual": GREEN}
_MARKS = {"Traditional": "o", "Python virtual": "s", "Numba virtual": "^"}

_PEAK: dict[str, Any] = {
    "linestyle": "--",
    "linewidth": 1.4,
    "markerfacecolor": "white",
    "markersize": 5,
}

# Of many sizes, those that are named on the axis.
_NAMED = tuple(2**k for k in (6, 10, 14, 17, 20, 24, 30, 40, 50, 60))
_MOST_NAMED = 9

_TITLE, _TEXT = 15, 13


def as_png(report: Report) -> bytes:
    """Draw the first mode that was measured.

    Raises MissingExtraError where Matplotlib is not installed.
    """
    mode = report.modes[0]
    rows = sorted(report.of_mode(mode), key=lambda row: row.size)
    figure = require("matplotlib.figure", "report").Figure(figsize=(13, 6.2), layout="constrained")
    times, memory = figure.subplots(1, 2)
    _draw_times(times, rows)
    _draw_memory(memory, rows)
    for axes in (times, memory):
        _sizes(axes, [row.size for row in rows])
    figure.suptitle(
        f"Applying and reversing the evolving AND/OR transformation, mode “{mode}”",
        fontsize=_TITLE + 1,
    )
    handles, names = times.get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower center", ncols=4, fontsize=_TEXT, frameon=False
    )
    out = BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()


def _line(
    axes: Axes, sizes: Sequence[int], values: Sequence[float | None], way: str, **style: Any
) -> None:
    there = [(n, value) for n, value in zip(sizes, values, strict=True) if value is not None]
    style = {"label": way, "marker": _MARKS[way], "linewidth": 2.2, "markersize": 7, **style}
    axes.plot([n for n, _ in there], [v for _, v in there], color=_COLOURS[way], **style)


def _draw_times(axes: Axes, rows: list[Row]) -> None:
    sizes = [row.size for row in rows]
    style = {"label": "Traditional, preallocated", "linestyle": ":", "markersize": 4}
    _line(axes, sizes, [row.traditional.time_s for row in rows], "Traditional")
    preallocated = [row.traditional_preallocated_time_s for row in rows]
    _line(axes, sizes, preallocated, "Traditional", **style)
    _line(axes, sizes, [row.python_virtual.time_s for row in rows], "Python virtual")
    _line(axes, sizes, [row.numba_virtual.time_s for row in rows], "Numba virtual")
    axes.set_yscale("log")
    axes.set_title("Median time of a round trip", fontsize=_TITLE)
    axes.yaxis.set_major_formatter(lambda value, _: units.seconds(value))
    for row in rows:
        if row.traditional.time_s is None:
            _say_what_it_needs(axes, row)


def _say_what_it_needs(axes: Axes, row: Row) -> None:
    axes.text(
        row.size,
        0.97,
        f"needs\n{units.memory(row.traditional_needed_bytes)}",
        transform=axes.get_xaxis_transform(),
        color=_COLOURS["Traditional"],
        fontsize=_TEXT - 1,
        ha="center",
        va="top",
    )


def _draw_memory(axes: Axes, rows: list[Row]) -> None:
    sizes = [row.size for row in rows]
    traditional = [row.traditional for row in rows]
    ways: dict[str, list[Figures]] = {
        "Traditional": traditional,
        "Python virtual": [row.python_virtual for row in rows],
        "Numba virtual": [row.numba_virtual for row in rows],
    }
    for way, figures in ways.items():
        peaks = [f.peak_bytes for f in figures]
        if figures is traditional:
            peaks = [row.traditional_needed_bytes for row in rows]
        _line(axes, sizes, peaks, way, **_PEAK)
        _line(axes, sizes, [f.stored_bytes for f in figures], way)
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_formatter(lambda value, _: units.binary(value))
    axes.set_title("Memory", fontsize=_TITLE)
    # What the two styles mean, in a neutral colour.
    grey: dict[str, Any] = {"color": "0.35", "marker": "o"}
    axes.plot([], [], linewidth=2.2, markersize=7, label="stored", **grey)
    axes.plot([], [], label="peak while it runs", **grey, **_PEAK)
    handles, _ = axes.get_legend_handles_labels()
    axes.legend(handles=handles[-2:], loc="upper left", fontsize=_TEXT, frameon=False)


def _sizes(axes: Axes, sizes: list[int]) -> None:
    axes.set_xscale("log", base=2)
    named = sizes if len(sizes) <= _MOST_NAMED else [n for n in sizes if n in _NAMED]
    axes.set_xticks(named, [as_power(n) for n in named])
    axes.set_xlabel("Size of the vector", fontsize=_TEXT)
    axes.tick_params(labelsize=_TEXT - 1)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    # Room for what is written above the largest size.
    axes.margins(x=0.08)
