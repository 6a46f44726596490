"""Unique elements and operations on sets.

The fill value is one element among the entries, that stands where the first inactive position is
and counts as many times as there are inactive positions.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ...array.densify import call_dense
from ...array.views import in_standard_basis
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.error_bound import ErrorBound
from ...core.numpy_versions import known
from ...core.peaks import result_bytes
from ...core.rules import Tier, function_rule
from ...core.runs import ranked
from ...core.spectrum import Spectrum, compact
from ...core.values import Array, differs_from, require_size
from ...ops.basis_change import sparse
from ...ops.broadcast import move_axis
from ...ops.order import first_inactive
from ...sources.few_values import FewValues, as_intp
from ...ufuncs.operator_lines import few_values_of
from ..common import Operand, dense_of, mapped, require_numbers


class _Few(NamedTuple):
    """What there is to compare: the entries, and the fill value once, in order of position."""

    members: Array
    positions: Array
    #: Where among the members the fill value is, None if nothing is inactive.
    fill_at: int | None
    #: How many inactive positions there are.
    inactive: int
    #: Of all positions.
    shape: tuple[int, ...]


def _with_fill(entries: Array, positions: Array, fill: Array, shape: tuple[int, ...]) -> _Few:
    """Put `fill` among the entries at sorted positions of an array of `shape`. O(k)."""
    inactive = prod(shape) - positions.size
    positions = positions.astype(np.intp)
    if not inactive:
        return _Few(entries, positions, None, 0, shape)
    # The positions ahead of the first inactive one are 0, 1, 2...
    rank = first_inactive(positions)
    members = np.concatenate((entries[:rank], fill[None], entries[rank:]), dtype=entries.dtype)
    return _Few(members, np.insert(positions, rank, rank), rank, inactive, shape)


def _few_elements(spectrum: Spectrum) -> _Few:
    fill = np.asarray(spectrum.fill_value)
    return _with_fill(spectrum.eigenvalues, spectrum.indices(), fill, spectrum.shape)


def _few_rows(spectrum: Spectrum) -> tuple[_Few, Array]:
    """Return the parts along the first axis that hold entries, and one of those that do not.

    Of each what is at the positions where one of them has an entry, and these.
    """
    shape = spectrum.shape
    row, along = np.divmod(spectrum.indices(), prod(shape[1:]))
    (numbers, row_ranks), (columns, column_ranks) = ranked(row), ranked(along)
    if not columns.size:
        columns = np.zeros(1, along.dtype)
    # NumPy sorts a copy of them.
    require_budget(3 * (numbers.size + 1) * columns.size * spectrum.dtype.itemsize, _INSTEAD)
    rows = np.full((numbers.size, columns.size), spectrum.fill_value, spectrum.dtype)
    rows[row_ranks, column_ranks] = spectrum.eigenvalues
    fill = np.full(columns.size, spectrum.fill_value)
    return _with_fill(rows, numbers, fill, shape[:1]), columns


def _whole_rows(rows: Array, columns: Array, spectrum: Spectrum) -> Spectrum:
    """Return parts along the first axis of which some positions are given. O(k)."""
    shape, fill = (len(rows), *spectrum.shape[1:]), spectrum.fill_value
    require_size(shape)
    row, column = np.nonzero(differs_from(rows, fill))
    indices = row * prod(shape[1:]) + columns[column]
    return compact(shape, rows.dtype, spectrum.bases, rows[row, column], indices, fill)


_INSTEAD = "take the unique elements of a part of it, or raise the budget"


def _repeated(few: _Few, values: Array, rank: int) -> Spectrum:
    """Return the values, the one at `rank` as often as there are inactive positions. O(k)."""
    more = few.inactive - 1
    indices = np.arange(values.size, dtype=np.int64)
    indices[rank + 1 :] += more
    shape = (values.size + more,)
    return compact(shape, values.dtype, (STANDARD,), values, indices, values[rank])


def _inverse(few: _Few, rank: Array) -> Spectrum:
    """Return the ranks of all positions: that of the fill value where nothing is active. O(k)."""
    shape, bases = few.shape, (STANDARD,) * len(few.shape)
    if few.fill_at is None:
        return Spectrum(shape, rank.dtype, bases, rank.ravel(), None, np.intp(0))
    indices, values = (
        np.delete(position, few.fill_at) for position in (few.positions, rank.ravel())
    )
    return compact(shape, rank.dtype, bases, values, indices, rank.ravel()[few.fill_at])


def _of_few_values(few: FewValues, wanted: tuple[Any, Any, Any], equal_nan: bool) -> Any:
    """Return what `_results` does, of values that are there many times; None for a rank of all."""
    numpy_unique: Any = np.unique
    unique, first, rank = numpy_unique(few.values, True, True, equal_nan=equal_nan)
    counts = np.zeros(unique.size, few.counts.dtype)
    np.add.at(counts, rank, few.counts)
    if wanted[1] or (np.isnan(unique) & (counts > 1)).any() > equal_nan:
        return None
    out = [unique]
    if wanted[0]:
        out.append(as_intp(few.firsts[first]))
    if wanted[2]:
        out.append(as_intp(counts))
    return out


def _results(few: _Few, wanted: tuple[Any, Any, Any], axis: int | None, equal_nan: bool) -> Any:
    """Return the unique members, and what else is wanted of index, inverse and counts."""
    # Ranks cost a sort of positions: for elements, the rank of the fill value is enough.
    flags = [bool(flag) for flag in wanted]
    flags[1] = flags[1] or axis is not None
    # With one of these NumPy sorts; else it hashes all but floats, which takes five times as long.
    flags[2] = flags[2] or few.members.dtype.kind != "f"
    numpy_unique: Any = np.unique
    found = numpy_unique(few.members, *flags, axis=axis, equal_nan=equal_nan)
    parts = iter(found if isinstance(found, tuple) else (found,))
    unique = next(parts)
    first, rank, counts = (next(parts) if flag else None for flag in flags)
    if not wanted[2]:
        counts = None
    if few.fill_at is not None:
        if rank is not None:
            fill_rank = int(rank.ravel()[few.fill_at])
        else:
            fill_rank = min(int(unique.searchsorted(few.members[few.fill_at])), unique.size - 1)
        many = np.isnan(few.members[few.fill_at]).any() and (axis is not None or not equal_nan)
        if many and few.inactive > 1:
            # No NaN is equal to another.
            if wanted[0] or wanted[1] or axis is not None:
                return None
            return [
                _repeated(few, count, fill_rank) for count in (unique, counts) if count is not None
            ]
        if counts is not None:
            counts[fill_rank] += few.inactive - 1
    out: list[Any] = [unique]
    if first is not None:
        out.append(few.positions[first])
    if rank is not None and wanted[1]:
        out.append(_inverse(few, rank))
    if counts is not None:
        out.append(counts)
    return out


@function_rule(Tier.CLOSED, np.unique)
def unique(
    ar: VirtualQArray,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    """Return the sorted unique elements or parts, their positions and counts. O(k log k)."""
    wanted = (return_index, return_inverse, return_counts)
    if not ar.dtype.isnative:
        # NumPy's hashes take numbers in the other byte order for equal that are not.
        found = unique(ar.astype(ar.dtype.newbyteorder("=")), *wanted, axis, equal_nan=equal_nan)
        first, *more = found if isinstance(found, tuple) else (found,)
        first = first.astype(ar.dtype)
        return (first, *more) if more else first
    if axis is not None:
        axis = np.lib.array_utils.normalize_axis_index(axis, ar.ndim)
    if axis is None and not ar.source.is_standard:
        few = few_values_of(ar.source.express())
        found = None if few is None else _of_few_values(few, wanted, equal_nan)
        if found is not None:
            return _wrapped(found, ar.source.is_exact)
    out, elements = None, in_standard_basis(ar.spectrum)
    if ar.size and elements.active_indices is not None:
        if axis is None or ar.ndim == 1:
            out = _results(_few_elements(elements), wanted, None, equal_nan)
        else:
            moved = move_axis(elements, axis, 0)
            rows, columns = _few_rows(moved)
            out = _results(rows, wanted, 0, equal_nan)
            if out is not None:
                out[0] = move_axis(_whole_rows(out[0], columns, moved), 0, axis)
    if out is None:
        kwargs = known(np.unique, {"axis": axis, "equal_nan": equal_nan, "sorted": sorted})
        return call_dense(np.unique, (ar, *wanted), kwargs)
    return _wrapped(out, elements.error is None)


def _wrapped(parts: list[Any], are_exact: bool) -> Any:
    """Return arrays that NumPy returns as a tuple, or the only one."""
    error = None if are_exact else ErrorBound.unknown()
    arrays = tuple(
        VirtualQArray((part if isinstance(part, Spectrum) else sparse(part)).replace(error=error))
        for part in parts
    )
    return arrays if len(arrays) > 1 else arrays[0]


def _standard_function(
    function: Callable[..., Any], index: bool, inverse: bool, counts: bool
) -> None:
    kind = type(function(np.zeros(1)))

    @function_rule(Tier.CLOSED, function)
    def rule(x: Operand) -> Any:
        return kind(*unique(x, index, inverse, counts, equal_nan=False))


_standard_function(np.unique_all, True, True, True)
_standard_function(np.unique_counts, False, False, True)
_standard_function(np.unique_inverse, False, True, False)


@function_rule(Tier.CLOSED, np.unique_values)
def unique_values(x: Operand) -> Any:
    """Return the unique elements, in any order. O(k log k)."""
    return unique(x, equal_nan=False, sorted=False)


def _sorted_union(first: Array, second: Array) -> Array:
    # NumPy sorts where it counts, and hashes integers where it does not.
    values: Array = np.unique(np.concatenate((first, second)), return_counts=True)[0]
    return values


@function_rule(Tier.CLOSED, np.union1d)
def union1d(ar1: Operand, ar2: Operand) -> Any:
    """Return the unique elements of both. O(k log k)."""
    return call_dense(_sorted_union, (np.unique(ar1), np.unique(ar2)), {})


def _set_rule(function: Callable[..., Any]) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(ar1: Operand, ar2: Operand, assume_unique: bool = False) -> Any:
        # Of unique elements, one at most is inactive.
        pair = (ar1, ar2) if assume_unique else (np.unique(ar1), np.unique(ar2))
        return call_dense(function, (*pair, True), {})


_set_rule(np.setdiff1d)
_set_rule(np.setxor1d)


@function_rule(Tier.CLOSED, np.intersect1d)
def intersect1d(
    ar1: Operand, ar2: Operand, assume_unique: bool = False, return_indices: Any = False
) -> Any:
    """Return the unique elements that both have, and where each has them first. O(k log k)."""
    if assume_unique:
        return call_dense(np.intersect1d, (ar1, ar2, assume_unique, return_indices), {})
    if not return_indices:
        return call_dense(np.intersect1d, (np.unique(ar1), np.unique(ar2), True), {})
    values_1, first_1 = np.unique(ar1, return_index=True)
    values_2, first_2 = np.unique(ar2, return_index=True)
    common, in_1, in_2 = call_dense(np.intersect1d, (values_1, values_2, True, True), {})
    return (
        common,
        call_dense(np.take, (first_1, in_1), {}),
        call_dense(np.take, (first_2, in_2), {}),
    )


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
        distinct = dense_of(np.unique(test_elements))
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

    wanted = result_bytes(np.isin, (element, distinct), {"kind": kind})
    require_budget(int(wanted), 'find them with kind="sort"')
    return mapped(element, find, test_elements)
