"""`pages`: how an array lies in the pages that are worked on one after the other."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..array.display import bytes_text
from ..array.virtual_array import VirtualQArray
from ..core.pages import Pages
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array
from .drawing import axes_for, is_wide, legend, level, points, prepare, require_most, say, source_of
from .look import BLUE, as_count
from .ruler import Ruler, thinned

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Counts are drawn on a logarithmic scale from this ratio on.
_WIDE = 30.0


def pages(
    x: VirtualQArray,
    ax: Axes | None = None,
    *,
    log: bool | None = None,
    most: int = 2000,
    **style: Any,
) -> Axes:
    """Draw how the elements of an array lie in pages, in which they are worked on.

    Of an array in the standard basis: how many active elements each page has; pages without any
    take no memory. In another basis, every page is computed from the same eigenvalues, and of
    what is not evaluated yet, such as an expression, all elements of a page are computed when
    the page is asked for.

    Parameters
    ----------
    x : VirtualQArray
        Of any shape, dtype and basis. Nothing is evaluated.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure.
    log : bool, optional
        Whether the scale of counts is logarithmic; by default where they differ by more than a
        factor of 30.
    most : int
        Points that are drawn at most. Of more, the largest of each of `most` parts of the axis
        is drawn.
    **style
        Of the points or the line, for `matplotlib.axes.Axes.plot`.

    Returns
    -------
    matplotlib.axes.Axes
        With the points, or the line, as its first line. The title says how many pages there are,
        and the bytes that are stored and that an ndarray would take.

    Raises
    ------
    TypeError
        Where `x` is not a VirtualQArray, or `ax` not Axes.
    ValueError
        Where `most` is less than 1.
    MissingExtraError
        An ImportError, where Matplotlib is not installed: ``pip install "qvarray[plot]"``.

    Notes
    -----
    O(k) time and memory for k eigenvalues, whatever the shape.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_coordinates([[5, 9, 2**40 - 1]], [1.0, 2.0, 3.0], (2**40,))
    >>> ax = qv.plot.pages(x)
    >>> ax.lines[0].get_ydata()
    array([2, 1])
    """
    source = source_of(x, "pages")
    require_most(most)
    ax = axes_for(ax)
    size = prod(source.shape)
    stored, virtual = source.nbytes, size * source.dtype.itemsize
    memory = f"stored {bytes_text(stored)} of {bytes_text(virtual)} virtual"
    if not size:
        ax.set_title(f"No pages: no elements\n{memory}", fontsize="medium")
        say(ax, "no elements")
        return ax
    if source.standard is not None:
        cut = source.pages()
        about = _active(ax, source.standard, cut, log, most, style)
    elif source.stored is not None or source.is_paged:
        cut = source.pages()
        about = _computed(ax, source, cut, log, style)
    else:
        cut = Pages(source.shape)
        about = _unknown(ax, source, cut)
    each = cut.most_elements
    elements = f"{as_count(each)} element" + ("s" if each > 1 else "")
    ax.set_title(f"{about}\n{memory}", fontsize="medium")
    ax.set_xlabel(f"Page of {elements}, {bytes_text(each * source.dtype.itemsize)}")
    ax.set_ylabel("Count in a page")
    legend(ax)
    return ax


def _held(spectrum: Spectrum, cut: Pages) -> tuple[Array, Array]:
    """Find the pages that have active elements, in order, and how many they have. O(k)."""
    if spectrum.active_indices is not None:
        # Pages follow each other in C order, as the indices do.
        return np.unique(cut.holding(spectrum.active_indices), return_counts=True)
    count = prod(cut.counts)
    held = np.full(count, cut.most_elements)
    for n, length, along in zip(cut.shape, cut.lengths, cut.counts, strict=True):
        if n % length:
            # The last page along the axis that is cut is shorter; there is one such axis.
            held[along - 1 :: along] = cut.most_elements // length * (n % length)
    return np.arange(count), held


def _pages(cut: Pages) -> str:
    count = prod(cut.counts)
    return f"{as_count(count)} page" + ("s" if count > 1 else "")


def _prepare(ax: Axes, cut: Pages, numbers: Array, heights: Array, log: bool | None) -> None:
    heights = np.append(heights, cut.most_elements).astype(np.float64)
    ruler = Ruler(prod(cut.counts), numbers)
    prepare(ax, ruler, heights, is_wide(heights, _WIDE) if log is None else log)


def _active(
    ax: Axes, source: Spectrum, cut: Pages, log: bool | None, most: int, style: dict[str, Any]
) -> str:
    """Draw points where pages have active elements; say what the picture shows."""
    numbers, held = _held(source, cut)
    kept, tops = thinned(Ruler(prod(cut.counts), numbers), numbers, held, most)
    _prepare(ax, cut, numbers, tops, log)
    points(ax, kept, tops, **{"label": "active elements", **style})
    level(ax, cut.most_elements, "elements")
    if not numbers.size:
        say(ax, "nothing is active")
    return f"{as_count(numbers.size)} of {_pages(cut)} with active elements"


def _computed(ax: Axes, source: Source, cut: Pages, log: bool | None, style: dict[str, Any]) -> str:
    """Draw a line across all pages; say what the picture shows."""
    height, label = cut.most_elements, "elements, evaluated when asked for"
    about = f"{_pages(cut)} to evaluate ({source.label})"
    spectrum = source.stored
    if spectrum is not None:
        height, label = spectrum.nactive, "eigenvalues that its elements are computed from"
        about = f"{_pages(cut)}, each computed from {as_count(height)} eigenvalues"
        if spectrum.fill_value:
            about += " and a fill value"
    _prepare(ax, cut, np.empty(0, np.int64), np.array([height]), log)
    style = {"color": BLUE, "linewidth": 2, "label": label, **style}
    ax.plot([-0.5, float(prod(cut.counts)) - 0.5], [height, height], **style)
    if height != cut.most_elements:
        level(ax, cut.most_elements, "elements")
    return about


def _unknown(ax: Axes, source: Source, cut: Pages) -> str:
    """Draw only how many elements a page has; say what the picture shows."""
    _prepare(ax, cut, np.empty(0, np.int64), np.empty(0), False)
    level(ax, cut.most_elements, "elements")
    say(ax, "what is in a page is known when elements are asked for")
    return f"{_pages(cut)} of what is kept as: {source.label}"
