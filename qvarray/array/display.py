"""How an array is shown, without materialising it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html import escape
from math import prod
from typing import Any

import numpy as np

from ..core.source import Source
from ..errors import MaterializationError

# Corners of an array of many dimensions are many; beyond this a summary says more.
_MOST_CORNERS = 10_000
_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")


def bytes_text(count: int) -> str:
    """Write a number of bytes for people: ``240 B``, ``1.0 MiB``."""
    if count < 1024:
        return f"{count} B"
    value, unit = float(count), 0
    while value >= 1024 and unit < len(_UNITS):
        value, unit = value / 1024, unit + 1
    return f"{value:.1f} {_UNITS[unit - 1]}" if value < 1e4 else f"{value:.1e} {_UNITS[unit - 1]}"


@cache
def _name_of(dtype: np.dtype[Any]) -> str:
    # NumPy puts it together anew each time.
    return str(dtype)


def facts(source: Source) -> dict[str, str]:
    """Collect what a summary says, each under its name."""
    found = {"shape": str(source.shape), "dtype": _name_of(source.dtype)}
    spectrum = source.stored
    if spectrum is None:
        found["form"] = source.label
    else:
        every = [str(basis) for basis in spectrum.bases]
        names = list(dict.fromkeys(every)) or ["standard"]
        if len(names) > 1 and not spectrum.diagonal:
            names = ["(" + ", ".join(every) + ")"]
        found["basis"] = names[0] + (" diagonal" if spectrum.diagonal else "")
        found["active"] = str(spectrum.nactive)
        if spectrum.fill_value:
            found["fill"] = str(spectrum.fill_value)
    error = source.kept_error
    if error is not None:
        # Root mean square of the elements' errors, in their units.
        each = error.absolute / max(prod(source.shape), 1) ** 0.5
        found["error"] = f"{error.relative:.1e} (rms {each:.2g})"
    found["stored"] = bytes_text(source.nbytes)
    found["virtual"] = bytes_text(prod(source.shape) * source.dtype.itemsize)
    return found


def summary(source: Source) -> str:
    """Write a line with shape, dtype, basis, active count, stored and virtual bytes."""
    shown = ", ".join([f"{name}={value}" for name, value in facts(source).items()])
    return f"<VirtualQArray {shown}>"


def as_html(source: Source) -> str:
    """Write the summary as a table, for notebooks."""
    rows = "".join(
        f'<tr><th style="text-align: left">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in facts(source).items()
    )
    return f"<table><caption>VirtualQArray</caption><tbody>{rows}</tbody></table>"


def as_text(source: Source, write: Callable[[], str]) -> str:
    """Return what `write` makes of the elements; the summary where those are too many."""
    settings = np.get_printoptions()
    corners = prod(min(n, 2 * settings["edgeitems"] + 1) for n in source.shape)
    if prod(source.shape) > settings["threshold"] and corners > _MOST_CORNERS:
        return summary(source)
    try:
        return write()
    except MaterializationError:
        return summary(source)
