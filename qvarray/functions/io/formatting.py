"""Text formatting: array2string, array_str, array_repr."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.values import Array
from ...indexing.select import corners
from ...sources.expression import Expression, expressed

__all__: list[str] = []

# An element makes some 25 characters, and a block of them a selection of its own.
_BYTES_OF_TEXT = 100


def _at_the_corners(a: VirtualQArray, edge: int) -> Array:
    """Return what NumPy shows of an array that it summarises: see `indexing.select.corners`."""
    lengths = tuple(min(n, 2 * edge + 1) for n in a.shape)
    require_budget(prod(lengths) * (a.itemsize + _BYTES_OF_TEXT), "print a part of it")
    node = expressed(a.source)
    if not isinstance(node, Expression):
        return corners(node, edge)
    along = [
        np.arange(m) if m == n else np.r_[: edge + 1, n - edge : n]
        for m, n in zip(lengths, a.shape, strict=True)
    ]
    where = np.zeros(lengths, np.int64)
    for axis, positions in enumerate(np.ix_(*along)):
        where += positions.astype(np.int64) * prod(a.shape[axis + 1 :])
    return node.at(where.ravel()).reshape(lengths)


def _is_summarised(a: VirtualQArray, threshold: int | None = None) -> bool:
    limit = np.get_printoptions()["threshold"] if threshold is None else threshold
    return bool(a.ndim and a.size > limit)


@function_rule(Tier.STRUCTURAL, np.array2string)
def array2string(
    a: VirtualQArray,
    max_line_width: int | None = None,
    precision: int | None = None,
    suppress_small: bool | None = None,
    separator: str = " ",
    prefix: str = "",
    *,
    formatter: dict[str, Any] | None = None,
    threshold: int | None = None,
    edgeitems: int | None = None,
    sign: str | None = None,
    floatmode: str | None = None,
    suffix: str = "",
    legacy: str | bool | None = None,
) -> Any:
    """Return the elements as text: those at the corners, where NumPy leaves out the others."""
    edge = np.get_printoptions()["edgeitems"] if edgeitems is None else edgeitems
    # Without edges, NumPy takes the width of a column from all elements.
    if not _is_summarised(a, threshold) or edge < 1:
        return NotImplemented
    options: dict[str, Any] = {
        "formatter": formatter,
        "edgeitems": edgeitems,
        "sign": sign,
        "floatmode": floatmode,
        "suffix": suffix,
        "legacy": legacy,
    }
    args = (max_line_width, precision, suppress_small, separator, prefix)
    return np.array2string(_at_the_corners(a, edge), *args, threshold=0, **options)


@function_rule(Tier.STRUCTURAL, np.array_str)
def array_str(
    a: VirtualQArray,
    max_line_width: int | None = None,
    precision: int | None = None,
    suppress_small: bool | None = None,
) -> Any:
    """Return the elements as text, as ``str`` of an ndarray."""
    if not _is_summarised(a):
        return NotImplemented
    text: Any = np.array2string
    return text(a, max_line_width, precision, suppress_small, " ", "")


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
    text: Any = np.array2string
    lines = text(arr, width, precision, suppress_small, ", ", prefix, suffix=")")
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
