"""Rules of NumPy's input and output: savez, array2string, array_str, array_repr.

What writes one array to a file is dense, and needs no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from ..array.densify import call_dense
from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.peaks import DENSE_PEAKS
from ..core.rules import Tier, function_rule
from ..core.values import Array
from ..indexing.select import corners
from .common import any_np


def _register_savez(function: Callable[..., None]) -> None:
    """Register a function that writes some arrays to a file: none where all are over the budget."""

    def write(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        function(*args, **kwargs)

    # It writes one array after the other, and copies none.
    DENSE_PEAKS[write] = 1.0

    @function_rule(Tier.DENSE, function)
    @wraps(function)
    def rule(*args: Any, **kwargs: Any) -> Any:
        arrays = [x for x in (*args, *kwargs.values()) if isinstance(x, VirtualQArray)]
        wanted = sum(x.virtual_nbytes for x in arrays)
        require_budget(wanted, "qvarray.save(file, x), which writes what is stored")
        # An array that is called ``out`` in the file is no output.
        return call_dense(write, (args, kwargs), {})


_register_savez(np.savez)
_register_savez(np.savez_compressed)

# An element makes some 25 characters, and a block of them a selection of its own.
_BYTES_OF_TEXT = 100


def _at_the_corners(a: VirtualQArray, edge: int) -> Array:
    """Return what NumPy shows of an array that it summarises: see `indexing.select.corners`."""
    lengths = tuple(min(n, 2 * edge + 1) for n in a.shape)
    require_budget(prod(lengths) * (a.itemsize + _BYTES_OF_TEXT), "print a part of it")
    return corners(a.source.express(), edge)


def _is_summarised(a: VirtualQArray) -> bool:
    return bool(a.ndim and a.size > np.get_printoptions()["threshold"])


@function_rule(Tier.STRUCTURAL, np.array2string)
@wraps(np.array2string)
def array2string(a: VirtualQArray, *args: Any, **kwargs: Any) -> Any:
    """Return the elements as text: those at the corners, where NumPy leaves out the others."""
    settings: dict[str, Any] = {**np.get_printoptions()}
    settings.update((name, value) for name, value in kwargs.items() if value is not None)
    edge = settings["edgeitems"]
    # Without edges, NumPy takes the width of a column from all elements.
    if not a.ndim or a.size <= settings["threshold"] or edge < 1:
        return NotImplemented
    return any_np.array2string(_at_the_corners(a, edge), *args, **{**kwargs, "threshold": 0})


@function_rule(Tier.STRUCTURAL, np.array_str)
@wraps(np.array_str)
def array_str(a: VirtualQArray, *args: Any, **kwargs: Any) -> Any:
    """Return the elements as text, as ``str`` of an ndarray."""
    return array2string(a, *args, **kwargs)


@function_rule(Tier.STRUCTURAL, np.array_repr)
def array_repr(
    arr: VirtualQArray,
    max_line_width: int | None = None,
    precision: int | None = None,
    suppress_small: bool | None = None,
) -> Any:
    """Return the elements as text, as ``repr`` of an ndarray."""
    settings: dict[str, Any] = {**np.get_printoptions()}
    override = settings.get("override_repr")
    if override is not None:
        return override(arr)
    if not _is_summarised(arr):
        return NotImplemented
    width = settings["linewidth"] if max_line_width is None else max_line_width
    prefix = "array("
    lines = any_np.array2string(arr, width, precision, suppress_small, ", ", prefix, suffix=")")
    # What NumPy adds on shape and dtype, it adds to any array of that dtype.
    with np.printoptions(threshold=0, linewidth=1000):
        small = np.array_repr(np.zeros(1, arr.dtype))
    extras = small[small.index("]") + 1 :].removeprefix(", ")
    extras = extras.replace("shape=(1,)", f"shape={arr.shape}")
    if extras == ")":
        return f"{prefix}{lines})"
    begin = f"{prefix}{lines},"
    room = width - (len(begin) - begin.rfind("\n") - 1)
    wraps = len(extras) + 1 > room and settings["legacy"] != "1.13"
    spacer = "\n" + " " * len(prefix) if wraps else " "
    return begin + spacer + extras
