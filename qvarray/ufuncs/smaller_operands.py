"""Elementwise ufuncs of sparse arrays and smaller ones that broadcast to them, kept sparse.

A smaller operand is needed at active positions, and for what it makes of the fill values: of those,
each of its stored elements and its own fill value once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.budget import fits_budget
from ..core.fill import common_fill, fills_alike
from ..core.spectrum import Spectrum, compact
from ..core.values import ELEMENT_KINDS, Array, Shape, differs_from, pays_sparse
from ..ops.align import aligned_all
from ..ops.broadcast import broadcast_shape, broadcast_to
from ..ops.reshape import reshape

# Smaller operands that vary along one axis together are broadcast up to this size.
_MOST_BROADCAST = 1 << 22
# Combinations of smaller operands: computed at a time, and from which on only the extremes are.
_PIECE = 1 << 16
_MANY = 1 << 20
# More combinations than this are not tried one by one.
_MOST = 1 << 30

_CLIP: np.ufunc = np._core.umath.clip  # type: ignore[attr-defined]

#: Functions that, in each operand that is a real number, go up or down only, the others fixed.
MONOTONE = frozenset(
    (
        *(np.add, np.subtract, np.multiply, np.minimum, np.maximum, np.fmin, np.fmax, _CLIP),
        *(np.greater, np.greater_equal, np.less, np.less_equal, np.logical_and, np.logical_or),
        np.where,
    )
)

#: Values of operands, by their numbers.
_Values = dict[int, Array]


class _Group:
    """Smaller operands of one shape, with an axis for each of the result.

    Attributes
    ----------
    indices : ndarray or None
        Where any of them is active; None for everywhere.
    values : dict of ndarray
        Of each at these positions, its fill value behind them where there is one.
    """

    def __init__(self, members: list[tuple[int, Spectrum]]) -> None:
        self.shape = members[0][1].shape
        self.indices, values, self.has_fill = aligned_all([spectrum for _, spectrum in members])
        self.values = {slot: each for (slot, _), each in zip(members, values, strict=True)}
        self.size = values[0].size

    def places(self, positions: Array, shape: Shape) -> Array:
        """Return which of the values is at C-order positions of the result. O(k log s)."""
        where: Array | None = None
        for axis, n in enumerate(self.shape):
            if n > 1:
                inner, rows = prod(shape[axis + 1 :]), prod(shape[:axis])
                along = positions // inner if inner > 1 else positions
                if rows > 1:
                    along = along - along // n * n  # NumPy does several quotients at a time
                where = along if where is None else where * n + along
        if where is None:
            where = np.zeros(positions.size, np.intp)
        if self.indices is None:
            return where
        slots = self.indices.searchsorted(where)
        if self.has_fill:
            found = (
                self.indices.take(slots, mode="clip") == where if self.indices.size else slots < 0
            )
            slots[~found] = self.size - 1
        return slots

    def offsets(self, shape: Shape) -> Array:
        """Return what the active positions add to positions in the result. O(s)."""
        indices = self.indices
        if indices is None:
            indices = np.arange(self.size, dtype=np.int64)
        if not indices.size:
            return np.zeros(0, np.int64)
        out = np.zeros(indices.size, np.int64)
        for axis, along in enumerate(np.unravel_index(indices, self.shape)):
            if self.shape[axis] > 1:
                out += along.astype(np.int64) * prod(shape[axis + 1 :])
        return out


def _grouped(small: list[tuple[int, Spectrum]], ndim: int) -> tuple[list[_Group], bool]:
    """Put smaller operands in groups by their shapes; tell whether those vary along one axis."""
    by_shape: dict[Shape, list[tuple[int, Spectrum]]] = {}
    for slot, spectrum in small:
        shape = (1,) * (ndim - len(spectrum.shape)) + spectrum.shape
        spectrum = spectrum if spectrum.shape == shape else reshape(spectrum, shape)
        by_shape.setdefault(shape, []).append((slot, spectrum))
    if len(by_shape) == 1:
        return [_Group(members) for members in by_shape.values()], False
    axes = [axis for shape in by_shape for axis, n in enumerate(shape) if n > 1]
    overlap = len(axes) > len(set(axes))
    if overlap:
        common = broadcast_shape(list(by_shape))
        if prod(common) <= _MOST_BROADCAST:
            members = [member for group in by_shape.values() for member in group]
            return [
                _Group([(slot, broadcast_to(spectrum, common)) for slot, spectrum in members])
            ], False
    return [_Group(members) for members in by_shape.values()], overlap


def _table(values: Array, axis: int, ndim: int) -> Array:
    """Return values along one axis of several."""
    return values.reshape((1,) * axis + (-1,) + (1,) * (ndim - 1 - axis))


def with_smaller(
    ufunc: Any,
    operands: Sequence[Any],
    shape: Shape,
    kwargs: dict[str, Any],
    dtypes: Sequence[np.dtype[Any] | None] = (None,),
) -> Any:
    """Compute sparse arrays and smaller ones, if their inactive positions have one result.

    Returns a Spectrum, or a tuple of them for a ufunc of several results. None where results of
    inactive positions differ by more than the signs of zeros, or where they differ in those and so
    many elements are active that every position would be stored. O(k log s) for k active elements
    of the full operands and s stored ones of the smaller ones, of which several that vary along
    different axes count as their product; not where the function is monotone, and the extremes tell
    that there is one result.

    Parameters
    ----------
    operands : sequence
        Spectra in the standard basis, and scalars.
    shape : tuple of int
        Of the result.
    dtypes : sequence of numpy.dtype or None
        Of the outputs, where they are given.
    """
    sources = [
        (i, spectrum) for i, spectrum in enumerate(operands) if isinstance(spectrum, Spectrum)
    ]
    full = [(i, spectrum) for i, spectrum in sources if spectrum.shape == shape]
    small = [(i, spectrum) for i, spectrum in sources if spectrum.shape != shape]
    if not small or 0 in shape:
        return None
    if any(spectrum.active_indices is None for _, spectrum in full):
        return None
    groups, overlap = _grouped(small, len(shape))
    call = _Call(ufunc, operands, kwargs, dtypes)
    if full:
        results = _at_full(call, full, groups, overlap, shape)
    elif len(groups) < 2 or overlap or not any(group.has_fill for group in groups):
        return None
    else:
        results = _of_groups(call, groups, shape)
    if results is None:
        return None
    return tuple(results) if len(results) > 1 else results[0]


class _Call:
    """A ufunc, its scalar operands, and the dtypes of its outputs."""

    def __init__(
        self,
        ufunc: Any,
        operands: Sequence[Any],
        kwargs: dict[str, Any],
        dtypes: Sequence[np.dtype[Any] | None],
    ) -> None:
        self.ufunc, self.operands, self.kwargs, self.dtypes = ufunc, operands, kwargs, dtypes
        self.has_outs = any(dtype is not None for dtype in dtypes)

    def __call__(self, values: _Values) -> tuple[Array, ...]:
        """Return the results with some operands replaced."""
        given = [values.get(i, operand) for i, operand in enumerate(self.operands)]
        kwargs = self.kwargs
        if self.has_outs:
            shape = np.broadcast_shapes(*(np.shape(part) for part in given))
            outs = (None if dtype is None else np.empty(shape, dtype) for dtype in self.dtypes)
            kwargs = {**kwargs, "out": tuple(outs)}
        out = self.ufunc(*given, **kwargs)
        return out if isinstance(out, tuple) else (out,)

    def fits(self, count: int) -> bool:
        return fits_budget(count * 16 * (len(self.operands) + 2))

    @property
    def is_monotone(self) -> bool:
        """Whether extremes of the operands lead to extremes of the results."""
        function = getattr(self.ufunc, "function", self.ufunc)
        return getattr(function, "ufunc", function) in MONOTONE


class _Inactive:
    """What becomes of the fill values: one value for each result, as far as was seen.

    `stored` and `size`: how many elements of the results are active, and how many there are.

    Attributes
    ----------
    failed : list of dict
        Operands that lead to every kind of floating-point error.
    """

    def __init__(self, call: _Call, stored: int, size: int) -> None:
        self.call, self.stored, self.size = call, stored, size
        self.fills: list[Any] = []
        self.failed: list[_Values] = []
        self._kinds: set[str] = set()
        self._keeps_signs = not pays_sparse(stored, size, np.dtype(np.int8))

    def results(self, operands: _Values) -> tuple[Array, ...]:
        """Compute with some operands; keep those that lead to a new kind of error."""
        new: set[str] = set()
        with np.errstate(all="call", call=lambda kind, _: new.add(kind)):
            results = self.call(operands)
        if new and not new <= self._kinds:
            self._kinds |= new
            self.failed.append(operands)
        return results

    def are_one(self, results: Iterable[Array]) -> bool:
        """Tell whether all of each result so far are one value.

        Zeros of both signs are not, where every position of the result would be stored.
        """
        for i, values in enumerate(results):
            fill: Any = common_fill(values) if values.dtype.kind in ELEMENT_KINDS else None
            if fill is None:
                return False
            signs = self._keeps_signs and not pays_sparse(self.stored, self.size, values.dtype)
            if signs and bool(differs_from(values, fill).any()):
                return False
            if i == len(self.fills):
                self.fills.append(fill)
            elif fill.tobytes() != self.fills[i].tobytes():
                alike = fills_alike(self.fills[i], fill)
                if alike is None or signs:
                    return False
                self.fills[i] = alike
        return True


def extremes(values: Array) -> Array:
    """Return the least and the largest of some real values, zeros of each sign, and NaN. O(n)."""
    if values.dtype.kind != "f":
        return np.unique(np.append(values[values == 0][:1], (values.min(), values.max())))
    minus = np.signbit(values)
    kinds = [np.isnan(values), (values == 0) & minus, (values == 0) & ~minus]
    found = [values[kind][:1] for kind in kinds]
    with np.errstate(all="ignore"):
        ends = np.array([np.fmin.reduce(values), np.fmax.reduce(values)], values.dtype)
    return np.concatenate([*found, ends])


def _combinations(tables: Sequence[_Values]) -> Iterator[_Values]:
    """Yield the operands of all combinations of tables, some at a time, as arrays of one axis."""
    if len(tables) == 1:
        (table,) = tables
        size = next(iter(table.values())).size
        for low in range(0, size, _PIECE):
            yield {slot: each[low : low + _PIECE] for slot, each in table.items()}
        return
    sizes = [next(iter(table.values())).size for table in tables]
    for low in range(0, prod(sizes), _PIECE):
        places = np.unravel_index(np.arange(low, min(low + _PIECE, prod(sizes))), sizes)
        yield {
            slot: each.take(where)
            for table, where in zip(tables, places, strict=True)
            for slot, each in table.items()
        }


def _inactive(
    call: _Call, fills: _Values, groups: list[_Group], overlap: bool, stored: int, size: int
) -> _Inactive | None:
    """Return the results of the fill values of full operands; None where they are not known."""
    count = prod(group.size for group in groups)
    real = "biuf"
    if (
        (count > _MANY or overlap)
        and call.is_monotone
        and all(each.dtype.kind in real for group in groups for each in group.values.values())
    ):
        found = _Inactive(call, stored, size)
        # Members of a group may have their extremes at different positions.
        tables = [{slot: extremes(each)} for group in groups for slot, each in group.values.items()]
        pieces = _combinations(tables)
        if all(found.are_one(found.results({**fills, **piece})) for piece in pieces):
            return found
    if overlap or count > min(size // 2, _MOST):
        return None
    found = _Inactive(call, stored, size)
    pieces = _combinations([group.values for group in groups])
    if all(found.are_one(found.results({**fills, **piece})) for piece in pieces):
        return found
    return None


def _at_full(
    call: _Call,
    full: list[tuple[int, Spectrum]],
    groups: list[_Group],
    overlap: bool,
    shape: Shape,
) -> list[Spectrum] | None:
    """Compute at the active positions of the full operands, and what the fill values become."""
    indices, values, has_fill = aligned_all([spectrum for _, spectrum in full])
    if indices is None or not has_fill:
        return None
    k, size = indices.size, prod(shape)
    fills = {i: each[k:] for (i, _), each in zip(full, values, strict=True)}
    inactive = _inactive(call, fills, groups, overlap, k, size)
    if inactive is None:
        return None
    active = {i: each[:k] for (i, _), each in zip(full, values, strict=True)}
    for group in groups:
        places = group.places(indices, shape)
        for slot, each in group.values.items():
            active[slot] = each.take(places)
    # What led to errors comes along, so that NumPy warns of each as it would.
    if inactive.failed:
        given = [active]
        given.extend(
            dict(zip(failed, np.broadcast_arrays(*failed.values()), strict=True))
            for failed in inactive.failed
        )
        active = {slot: np.concatenate([part[slot] for part in given]) for slot in active}
    bases = (STANDARD,) * len(shape)
    return [
        compact(shape, out.dtype, bases, out[:k], indices, fill)
        for out, fill in zip(call(active), inactive.fills, strict=True)
    ]


def _of_groups(call: _Call, groups: list[_Group], shape: Shape) -> list[Spectrum] | None:
    """Compute arrays along different axes, as an outer product."""
    sizes = tuple(group.size for group in groups)
    if not call.fits(prod(sizes)):
        return None
    given = {
        slot: _table(each, axis, len(sizes))
        for axis, group in enumerate(groups)
        for slot, each in group.values.items()
    }
    stored = prod(group.size - group.has_fill for group in groups)
    inactive = _Inactive(call, stored, prod(shape))
    ends = []
    for axis, group in enumerate(groups):
        if group.has_fill:
            last = {slot: given[slot].take([-1], axis) for slot in group.values}
            ends.append([each.ravel() for each in inactive.results({**given, **last})])
    if not inactive.are_one(map(np.concatenate, zip(*ends, strict=True))):
        return None
    where = np.zeros((1,) * len(sizes), np.int64)
    for axis, group in enumerate(groups):
        where = where + _table(group.offsets(shape), axis, len(sizes))
    indices, order = kernels.radix_sort.sorted_order(where.reshape(-1))
    bases = (STANDARD,) * len(shape)
    active = tuple(slice(group.size - group.has_fill) for group in groups)
    return [
        compact(shape, out.dtype, bases, out[active].reshape(-1).take(order), indices, fill)
        for out, fill in zip(call(given), inactive.fills, strict=True)
    ]
