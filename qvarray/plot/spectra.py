"""`spectrum`: how large the eigenvalues of an array are, and where they sit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..array.display import facts
from ..array.virtual_array import VirtualQArray
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..runtime.extras import require
from .drawing import (
    at_the_edge,
    axes_for,
    is_wide,
    legend,
    level,
    points,
    prepare,
    require_most,
    say,
    source_of,
    tick_decades,
)
from .look import ORANGE, as_count
from .ruler import Ruler, most_in_cells, thinned

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

# Of a matrix: cells along an axis, and the points up to which each is drawn as a dot, where they
# are not close to each other.
_CELLS = 256
_MOST_DOTS = 400
# Matplotlib's arithmetic overflows beyond these.
_SMALLEST, _LARGEST = 1e-280, 1e280


def spectrum(
    x: VirtualQArray,
    ax: Axes | None = None,
    *,
    log: bool | None = None,
    most: int = 2000,
    **style: Any,
) -> Axes:
    """Draw the magnitudes of the eigenvalues of an array, where its active indices are.

    Those of a matrix are drawn in the plane of its rows and columns, the magnitude as a colour;
    those of an operator along its diagonal, and those of other arrays in C order.

    Parameters
    ----------
    x : VirtualQArray
        Of any shape, dtype and basis. What is not evaluated yet, such as an expression, is
        evaluated for its eigenvalues, within the memory budget, as by ``x.eigenvalues``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure.
    log : bool, optional
        Whether the scale of magnitudes is logarithmic; by default where they differ by more than
        a factor of 1000.
    most : int
        Points that are drawn at most. Of more, the largest of each of `most` parts of the axis
        is drawn; a matrix has at most 256 parts along each axis.
    **style
        Of the points, for `matplotlib.axes.Axes.plot`; of a matrix, for
        `matplotlib.axes.Axes.scatter` or `matplotlib.axes.Axes.pcolormesh`.

    Returns
    -------
    matplotlib.axes.Axes
        With the points as its first line, or collection.

    Raises
    ------
    TypeError
        Where `x` is not a VirtualQArray, or `ax` not Axes.
    ValueError
        Where `most` is less than 1.
    MaterializationError
        Where the eigenvalues of an expression are over the memory budget.
    MissingExtraError
        An ImportError, where Matplotlib is not installed: ``pip install "qvarray[plot]"``.

    Notes
    -----
    O(k) time and memory for k eigenvalues, whatever the shape. NaN and infinite eigenvalues are
    marked at the upper edge. Zeros that are stored have no place on a logarithmic scale, and are
    marked at the lower edge. Other magnitudes below 1e-280 and above 1e280 are drawn there. Axes
    whose active indices crowd at the beginning are drawn by powers of two.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([1.0, -0.5], [0, 3], 2**40, basis="walsh")
    >>> ax = qv.plot.spectrum(x)
    >>> ax.lines[0].get_ydata()
    array([1. , 0.5])
    """
    source = source_of(x, "spectrum")
    require_most(most)
    ax = axes_for(ax)
    shown = source.settle()
    about = facts(shown)
    active = f"{as_count(shown.nactive)} of {as_count(shown.space)}"
    title = f"Eigenvalues in the basis {about['basis']}: {active} active"
    if source.stored is None:
        title += f"\n({source.label})"
    ax.set_title(title, fontsize="medium")
    if len(shown.shape) == 2 and not shown.diagonal:
        _plane(ax, shown, log, most, style)
    else:
        _line(ax, shown, log, most, style)
    return ax


def _magnitudes(values: Array) -> Array:
    """Take magnitudes as float64; those finite and not 0 within what can be drawn. O(k)."""
    with np.errstate(all="ignore"):
        wide = np.abs(values.astype(np.result_type(values, np.float64), copy=False))
        sizes: Array = wide.astype(np.float64, copy=False)
    drawn = np.clip(sizes, _SMALLEST, _LARGEST)
    return np.where(np.isfinite(values) & (values != 0), drawn, sizes)


def _fill(spectrum: Spectrum) -> Any:
    """Return what all inactive positions have, where it is not 0."""
    if spectrum.active_indices is None or spectrum.nactive == spectrum.space:
        return None
    return spectrum.fill_value or None


def _line(ax: Axes, spectrum: Spectrum, log: bool | None, most: int, style: dict[str, Any]) -> None:
    positions, sizes = spectrum.indices(), _magnitudes(spectrum.eigenvalues)
    fill = _fill(spectrum)
    fill_size = _magnitudes(np.array([0 if fill is None else fill]))
    ruler = Ruler(spectrum.space, positions)
    finite = np.isfinite(sizes)
    kept, tops = thinned(ruler, positions[finite], sizes[finite], most)
    heights = np.append(tops, fill_size)
    if log is None:
        log = is_wide(heights)
    prepare(ax, ruler, heights, log)
    if log:
        kept, tops = kept[tops > 0], tops[tops > 0]
    points(ax, kept, tops, **style)
    if fill is not None:
        label = f"fill value {fill}, everywhere else"
        if np.isfinite(fill_size[0]):
            level(ax, float(fill_size[0]), label)
        else:
            ax.plot([], [], " ", label=label)
    at_the_edge(ax, ruler, positions[~finite], most, True, "not finite")
    if log:
        at_the_edge(ax, ruler, positions[sizes == 0], most, False, "of magnitude 0")
    if not positions.size:
        say(ax, "nothing is active")
    what = "Active index"
    if spectrum.diagonal:
        what += " along the diagonal"
    elif len(spectrum.shape) > 1:
        what += f", in C order of the shape {spectrum.shape}"
    ax.set_xlabel(what)
    thin = finite.sum() > most
    ax.set_ylabel("Magnitude" + (f", largest of {most} parts of the axis" if thin else ""))
    legend(ax)


def _plane(
    ax: Axes, spectrum: Spectrum, log: bool | None, most: int, style: dict[str, Any]
) -> None:
    rows, columns = spectrum.coordinates()
    sizes = _magnitudes(spectrum.eigenvalues)
    rulers = Ruler(spectrum.shape[0], rows), Ruler(spectrum.shape[1], columns)
    for ruler, which in zip(rulers, "yx", strict=True):
        ruler.mark(ax, which)
    finite = np.isfinite(sizes)
    if log is None:
        log = is_wide(sizes[finite])
    shown = finite & (sizes > 0) if log else finite
    colours = _colours(sizes[shown], log)
    places = rows[shown], columns[shown]
    few = min(most, _MOST_DOTS, spectrum.space // 4)
    if shown.sum() <= few:
        style = {"s": 18, "marker": "s", **style}
        drawn: ScalarMappable = ax.scatter(
            places[1].astype(np.float64), places[0].astype(np.float64), c=sizes[shown],
            norm=colours, **style,
        )  # fmt: skip
    else:
        down, along, cells = most_in_cells(rulers, places, sizes[shown], min(most, _CELLS))
        style = {"rasterized": True, **style}
        cells = np.ma.masked_equal(cells, -np.inf)
        drawn = ax.pcolormesh(along, down, cells, norm=colours, **style)
    if shown.any():
        bar = ax.figure.colorbar(drawn, ax=ax, label="Magnitude")
        if log:
            tick_decades(bar.ax.yaxis, float(sizes[shown].min()), float(sizes[shown].max()))
    _marks_of_others(ax, rulers, rows[~finite], columns[~finite])
    notes = []
    fill = _fill(spectrum)
    if fill is not None:
        notes.append(f"fill value {fill} everywhere else")
    zeros = int((finite & ~shown).sum())
    if zeros:
        notes.append(f"{zeros} of magnitude 0 are not drawn")
    if notes:
        ax.set_title("\n".join([ax.get_title(), *notes]), fontsize="medium")
    if not sizes.size:
        say(ax, "nothing is active")
    ax.set_xlabel("Active index along the columns")
    ax.set_ylabel("Active index along the rows")
    legend(ax)


def _colours(sizes: Array, log: bool) -> Normalize:
    colors = require("matplotlib.colors", "plot")
    largest = float(sizes.max()) if sizes.size else 1.0
    if log:
        return colors.LogNorm(float(sizes.min()) if sizes.size else 0.1, largest)
    return colors.Normalize(0.0, largest or 1.0)


def _marks_of_others(ax: Axes, rulers: tuple[Ruler, Ruler], rows: Array, columns: Array) -> None:
    """Draw a mark in every cell that has eigenvalues that are not finite."""
    if not rows.size:
        return
    down, along, cells = most_in_cells(rulers, (rows, columns), np.ones(rows.size), _CELLS)
    row, column = np.nonzero(cells > 0)
    ax.plot(
        (along[column] + along[column + 1]) / 2,
        (down[row] + down[row + 1]) / 2,
        color=ORANGE,
        marker="x",
        linestyle="none",
        label=f"{rows.size} not finite",
    )
