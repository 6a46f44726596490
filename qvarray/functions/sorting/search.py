"""Searching sorted arrays, membership, digitizing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...array.densify import is_lossy
from ...array.views import settled
from ...array.virtual_array import VirtualQArray
from ...core.error_bound import ErrorBound
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact
from ...core.values import Array
from ...ops.basis_change import sparse

__all__: list[str] = []


def _dense(obj: Any) -> Any:
    return obj.todense() if isinstance(obj, VirtualQArray) else obj


def _wrapped(out: Any, lossy: bool) -> Any:
    """What NumPy returned: an array as a virtual one, a scalar as it is."""
    if not isinstance(out, np.ndarray):
        return out
    return VirtualQArray(sparse(out).replace(error=ErrorBound.unknown() if lossy else None))


def _mapped(x: VirtualQArray, apply: Callable[[Array], Any], lossy: bool) -> Any:
    """A function of each element, applied to the entries and to the fill value. O(k)."""
    elements = settled(x.spectrum)
    lossy = lossy or elements.error is not None
    if elements.active_indices is None or not x.shape:
        return _wrapped(apply(_dense(x)), lossy)
    values = elements.eigenvalues
    inactive = values.size < elements.size
    out = apply(np.append(values, elements.fill_value) if inactive else values)
    entries, fill = (out[:-1], out[-1]) if inactive else (out, out.dtype.type(0))
    error = ErrorBound.unknown() if lossy else None
    indices = elements.active_indices
    return VirtualQArray(
        compact(x.shape, out.dtype, elements.bases, entries, indices, fill, error=error)
    )


def _places(a: Spectrum, v: Any, side: Any) -> Any:
    """How many elements of a sorted array are ahead of each of `v`: entries and fill values."""
    ahead = np.searchsorted(a.eigenvalues, v, side)
    fill = np.asarray(a.fill_value)[None]
    return ahead + (a.size - a.nactive) * np.searchsorted(fill, v, side)


@function_rule(Tier.CLOSED, np.searchsorted)
def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """Where elements belong in a sorted array. O(m log k), or O(k) for a virtual `v`."""
    lossy = is_lossy((a, v))
    if not isinstance(a, VirtualQArray):
        a = np.asarray(a)
    elif a.ndim > 1:
        np.searchsorted(np.zeros((1,) * a.ndim), 0, side)  # NumPy refuses
    elif a.ndim == 0 or sorter is not None:
        a = a.todense()
    elements = settled(a.spectrum) if isinstance(a, VirtualQArray) else None
    sorter = _dense(sorter)

    def find(part: Any) -> Any:
        if elements is None:
            return np.searchsorted(a, part, side, sorter)
        return _places(elements, part, side)

    return _mapped(v, find, lossy) if isinstance(v, VirtualQArray) else _wrapped(find(v), lossy)


@function_rule(Tier.CLOSED, np.digitize)
def digitize(x: Any, bins: Any, right: Any = False) -> Any:
    """The number of the bin that each element is in. O(k log m) for m bins."""
    lossy, bins = is_lossy((x, bins)), _dense(bins)
    if not isinstance(x, VirtualQArray):
        return _wrapped(np.digitize(x, bins, right), lossy)
    return _mapped(x, lambda part: np.digitize(part, bins, right), lossy)


@function_rule(Tier.CLOSED, np.interp)
def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """The value of each element on a line through points. O(k log m) for m points."""
    lossy, xp, fp = is_lossy((x, xp, fp)), _dense(xp), _dense(fp)
    if not isinstance(x, VirtualQArray):
        return _wrapped(np.interp(x, xp, fp, left, right, period), lossy)
    return _mapped(x, lambda part: np.interp(part, xp, fp, left, right, period), lossy)


def _sorts(n: int, m: int, distinct: Array, kind: Any) -> bool:
    """Whether NumPy looks for n integers among m others by sorting them all.

    It does where neither a table of the range of integers nor a loop over the m is cheap.
    """
    if m < 10 * n**0.145:
        return False
    if kind == "sort" or distinct.dtype.kind not in "iu" or m == 0:
        return True
    span = int(distinct.max()) - int(distinct.min())
    return not (span <= 6 * (n + m) and span <= np.iinfo(distinct.dtype).max)


def _among_others(part: Array, distinct: Array, common: Any, by_sorting: bool) -> Any:
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
    element: Any,
    test_elements: Any,
    assume_unique: Any = False,  # noqa: ARG001  NumPy only saves time by it
    invert: Any = False,
    *,
    kind: Any = None,
) -> Any:
    """Whether each element is among others. O(k log k)."""
    lossy = is_lossy((element, test_elements))
    if isinstance(test_elements, VirtualQArray):
        distinct = _dense(np.unique(test_elements))
    else:
        distinct = np.asarray(test_elements)
    if not isinstance(element, VirtualQArray):
        element = np.asarray(element)
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

    if isinstance(element, VirtualQArray):
        return _mapped(element, find, lossy)
    return _wrapped(find(element), lossy)
