"""Searching sorted arrays, membership, digitizing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...array.views import in_standard_basis
from ...array.virtual_array import VirtualQArray
from ...core.fill import map_elements
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum
from ...core.values import Array
from ..common import Operand, inherited_error, require_numbers, wrapped

__all__: list[str] = []


def _dense(obj: Any) -> Any:
    return obj.todense() if isinstance(obj, VirtualQArray) else obj


def _mapped(x: Operand, apply: Callable[[Any], Any], *others: Any) -> Any:
    """Apply a function of single elements: to the entries and the fill value alone, O(k).

    The error of the result is unknown if `x` or one of the `others` is not exact.
    """
    if not isinstance(x, VirtualQArray):
        return wrapped(apply(x), *others)
    elements = in_standard_basis(x.spectrum)
    if elements.active_indices is None or not x.shape:
        return wrapped(apply(_dense(x)), x, *others)
    return VirtualQArray(map_elements(apply, elements, inherited_error(x, *others)))


def _places(a: Spectrum, v: Array, side: Any) -> Any:
    """How many elements of a sorted array are ahead of each of `v`: entries and fill values."""
    ahead = np.searchsorted(a.eigenvalues, v, side)
    fill = np.asarray(a.fill_value)[None]
    return ahead + (a.size - a.nactive) * np.searchsorted(fill, v, side)


@function_rule(Tier.CLOSED, np.searchsorted)
def searchsorted(a: Operand, v: Operand, side: Any = "left", sorter: Operand | None = None) -> Any:
    """Return where elements belong in a sorted array. O(m log k), or O(k) for a virtual `v`."""
    x: Any = a if isinstance(a, VirtualQArray) else np.asarray(a)
    if isinstance(x, VirtualQArray):
        if x.ndim > 1:
            np.searchsorted(np.zeros((1,) * x.ndim), 0, side)  # NumPy refuses
        elif x.ndim == 0 or sorter is not None:
            x = x.todense()
    if isinstance(x, VirtualQArray):
        elements = in_standard_basis(x.spectrum)
        return _mapped(v, lambda part: _places(elements, part, side), a)
    order = _dense(sorter)
    return _mapped(v, lambda part: np.searchsorted(x, part, side, order), a)


@function_rule(Tier.CLOSED, np.digitize)
def digitize(x: Operand, bins: Operand, right: bool = False) -> Any:
    """Return the number of the bin that each element is in. O(k log m) for m bins."""
    edges = _dense(bins)
    return _mapped(x, lambda part: np.digitize(part, edges, right), bins)


@function_rule(Tier.CLOSED, np.interp)
def interp(
    x: Operand,
    xp: Operand,
    fp: Operand,
    left: float | None = None,
    right: float | None = None,
    period: float | None = None,
) -> Any:
    """Return the value of each element on a line through points. O(k log m) for m points."""
    at, heights = _dense(xp), _dense(fp)
    return _mapped(x, lambda part: np.interp(part, at, heights, left, right, period), xp, fp)


def _sorts(n: int, m: int, distinct: Array, kind: str | None) -> bool:
    """Whether NumPy looks for n integers among m others by sorting them all.

    It does where neither a table of the range of integers nor a loop over the m is cheap.
    """
    if m < 10 * n**0.145:
        return False
    if kind == "sort" or distinct.dtype.kind not in "iu" or m == 0:
        return True
    span = int(distinct.max()) - int(distinct.min())
    return not (span <= 6 * (n + m) and span <= np.iinfo(distinct.dtype).max)


def _among_others(part: Array, distinct: Array, common: np.dtype[Any], by_sorting: bool) -> Any:
    """Which integers are among others, whose common dtype cannot tell them apart, as NumPy has it.

    Where it sorts, it converts them, and takes any two that become equal for members. Else it
    compares integers exactly, and others in their common dtype.
    """
    if by_sorting:
        enough = max(distinct.size, int(10 * part.size**0.145) + 1)
        return np.isin(part, np.resize(distinct, enough), kind="sort")
    if distinct.dtype.kind in "fc":
        return np.isin(part.astype(common), distinct)
    tests = distinct[distinct >= 0].astype(np.uint64)
    return np.isin(part.astype(np.uint64), tests) & (part >= 0)


@function_rule(Tier.CLOSED, np.isin)
def isin(
    element: Operand,
    test_elements: Operand,
    assume_unique: bool = False,  # noqa: ARG001  NumPy only saves time by it
    invert: bool = False,
    *,
    kind: Any = None,
) -> Any:
    """Whether each element is among others. O(k log k)."""
    if isinstance(test_elements, VirtualQArray):
        distinct = _dense(np.unique(test_elements))
    else:
        distinct = np.asarray(test_elements)
    if not isinstance(element, VirtualQArray):
        element = np.asarray(element)
    if (element.dtype.kind in "mM") != (distinct.dtype.kind in "mM"):
        require_numbers(element, distinct)
    common = element.dtype
    if element.dtype.kind in "iu" and distinct.dtype.kind in "iufc":
        common = np.result_type(element.dtype, distinct.dtype)
    # 64-bit integers lose digits in these.
    is_wide = element.dtype.kind in "iu" and element.dtype.itemsize == 8
    special = is_wide and common.kind in "fc" and np.finfo(common).nmant < 63
    special = special and distinct.size > 0 and kind in (None, "sort")
    by_sorting = special and _sorts(element.size, np.size(test_elements), distinct, kind)

    def find(part: Array) -> Any:
        if special:
            among = _among_others(part, distinct, common, by_sorting)
            return np.asarray(np.logical_xor(among, invert))
        return np.isin(part, distinct, invert=invert, kind=kind)

    return _mapped(element, find, test_elements)
