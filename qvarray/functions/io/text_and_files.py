"""Writing to files, and as text."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.values import Array
from ...indexing.select import corners

__all__: list[str] = []

_INSTEAD = "save parts of it, or raise the budget"


def _require_all(arrays: Any) -> None:
    """Raise MaterializationError where arrays are over the budget together."""
    require_budget(
        sum(one.virtual_nbytes for one in arrays if isinstance(one, VirtualQArray)), _INSTEAD
    )


@function_rule(Tier.DENSE, np.save)
def save(file: Any, arr: Any, allow_pickle: bool = True) -> None:
    """All elements to a ``.npy`` file; nothing is opened where they are over the budget."""
    call_dense(np.save, (file, arr, allow_pickle), {})


@function_rule(Tier.DENSE, np.savez)
def savez(file: Any, *args: Any, allow_pickle: bool = True, **kwds: Any) -> None:
    """All elements of some arrays to a ``.npz`` file; nothing where they are over the budget."""
    _require_all((*args, *kwds.values()))
    call_dense(np.savez, (file, *args), {"allow_pickle": allow_pickle, **kwds})


@function_rule(Tier.DENSE, np.savez_compressed)
def savez_compressed(file: Any, *args: Any, allow_pickle: bool = True, **kwds: Any) -> None:
    """As `savez`, compressed."""
    _require_all((*args, *kwds.values()))
    call_dense(np.savez_compressed, (file, *args), {"allow_pickle": allow_pickle, **kwds})


@function_rule(Tier.DENSE, np.savetxt)
def savetxt(
    fname: Any,
    X: Any,
    fmt: Any = "%.18e",
    delimiter: Any = " ",
    newline: Any = "\n",
    header: Any = "",
    footer: Any = "",
    comments: Any = "# ",
    encoding: Any = None,
) -> None:
    """All elements as text; nothing is opened where they are over the budget."""
    args = (fname, X, fmt, delimiter, newline, header, footer, comments, encoding)
    call_dense(np.savetxt, args, {})


def _shown(a: Any, edge: int) -> Array:
    """What NumPy shows of an array that it summarises: see `selection.corners`."""
    lengths = tuple(min(n, 2 * edge + 1) for n in a.shape)
    # An element makes some 25 characters, and a block of them a selection of its own.
    require_budget(prod(lengths) * (a.itemsize + 100), "print a part of it")
    return corners(a.source.express(), edge)


def _is_summarised(a: Any, threshold: Any) -> bool:
    limit = np.get_printoptions()["threshold"] if threshold is None else threshold
    return bool(a.ndim and a.size > limit)


@function_rule(Tier.STRUCTURAL, np.array2string)
def array2string(
    a: Any,
    max_line_width: Any = None,
    precision: Any = None,
    suppress_small: Any = None,
    separator: Any = " ",
    prefix: Any = "",
    *,
    formatter: Any = None,
    threshold: Any = None,
    edgeitems: Any = None,
    sign: Any = None,
    floatmode: Any = None,
    suffix: Any = "",
    legacy: Any = None,
) -> str:
    """The elements as text: those at the corners, where NumPy leaves out the others."""
    kwargs = {
        "formatter": formatter,
        "edgeitems": edgeitems,
        "sign": sign,
        "floatmode": floatmode,
        "suffix": suffix,
        "legacy": legacy,
    }
    args = (max_line_width, precision, suppress_small, separator, prefix)
    edge = np.get_printoptions()["edgeitems"] if edgeitems is None else edgeitems
    # Without edges, NumPy takes the width of a column from all elements.
    if not _is_summarised(a, threshold) or edge < 1:
        text: str = call_dense(np.array2string, (a, *args), {**kwargs, "threshold": threshold})
        return text
    return np.array2string(_shown(a, edge), *args, threshold=0, **kwargs)


@function_rule(Tier.STRUCTURAL, np.array_str)
def array_str(
    a: Any, max_line_width: Any = None, precision: Any = None, suppress_small: Any = None
) -> str:
    """The elements as text, as ``str`` of an ndarray."""
    if not _is_summarised(a, None):
        text: str = call_dense(np.array_str, (a, max_line_width, precision, suppress_small), {})
        return text
    return array2string(a, max_line_width, precision, suppress_small, " ", "")


@function_rule(Tier.STRUCTURAL, np.array_repr)
def array_repr(
    arr: Any, max_line_width: Any = None, precision: Any = None, suppress_small: Any = None
) -> str:
    """The elements as text, as ``repr`` of an ndarray."""
    settings: dict[str, Any] = {**np.get_printoptions()}
    override = settings.get("override_repr")
    if override is not None or not _is_summarised(arr, None):
        args = (arr, max_line_width, precision, suppress_small)
        text: str = call_dense(np.array_repr, args, {}) if override is None else override(arr)
        return text
    width = settings["linewidth"] if max_line_width is None else max_line_width
    prefix = "array("
    lines = array2string(arr, width, precision, suppress_small, ", ", prefix, suffix=")")
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
