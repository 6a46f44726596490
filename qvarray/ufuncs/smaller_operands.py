"""Elementwise ufuncs of sparse arrays and smaller ones that broadcast to them, kept sparse.

A smaller operand is needed at active positions, and for what it makes of the fill values: of those,
each of its stored elements and its own fill value once.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.budget import fits_budget
from ..core.fill import common_fill
from ..core.spectrum import Spectrum, compact
from ..core.values import ELEMENT_KINDS, Array, Shape, differs_from, pays_sparse
from ..ops.align import aligned_all
from ..ops.broadcast import broadcast_to
from ..ops.reshape import reshape
from .operands import broadcast_shape

__all__ = ["with_smaller"]

# Smaller operands that vary along one axis together are broadcast up to this size.
_MOST_BROADCAST = 1 << 22


class _Group:
    """Smaller operands of one shape, with an axis for each of the result.

    Attributes
    ----------
    indices : ndarray or None
        Where any of them is active; None for everywhere.
    values : list of ndarray
        Of each at these positions, its fill value behind them where there is one.
    """

    def __init__(self, members: list[tuple[int, Spectrum]]) -> None:
        self.slots = [slot for slot, _ in members]
        self.shape = members[0][1].shape
        self.indices, self.values, self.has_fill = aligned_all([one for _, one in members])
        self.size = self.values[0].size

    def places(self, along: Sequence[Array]) -> Array:
        """Return which of the values is at positions of the result. O(k log s)."""
        where = np.zeros(along[0].size, np.int64)
        for part, n in zip(along, self.shape, strict=True):
            if n > 1:
                where = where * n + part
        if self.indices is None:
            return where
        at = self.indices.searchsorted(where)
        if self.has_fill:
            found = self.indices.take(at, mode="clip") == where if self.indices.size else at < 0
            at[~found] = self.size - 1
        return at

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


def _grouped(small: list[tuple[int, Spectrum]], ndim: int) -> list[_Group] | None:
    """Put smaller operands in groups that vary along different axes; None where that is large."""
    by_shape: dict[Shape, list[tuple[int, Spectrum]]] = {}
    for slot, one in small:
        shape = (1,) * (ndim - len(one.shape)) + one.shape
        one = one if one.shape == shape else reshape(one, shape)
        by_shape.setdefault(shape, []).append((slot, one))
    axes = [axis for shape in by_shape for axis, n in enumerate(shape) if n > 1]
    if len(axes) > len(set(axes)):
        near = broadcast_shape(list(by_shape))
        if prod(near) > _MOST_BROADCAST:
            return None
        members = [member for group in by_shape.values() for member in group]
        return [_Group([(slot, broadcast_to(one, near)) for slot, one in members])]
    return [_Group(members) for members in by_shape.values()]


def _table(values: Array, at: int, ndim: int) -> Array:
    """Return values along one axis of several."""
    return values.reshape((1,) * at + (-1,) + (1,) * (ndim - 1 - at))


def with_smaller(
    ufunc: Any,
    operands: Sequence[Any],
    shape: Shape,
    kwargs: dict[str, Any],
    dtype: np.dtype[Any] | None = None,
) -> Spectrum | None:
    """Compute sparse arrays and smaller ones, if their inactive positions have one result.

    Parameters
    ----------
    ufunc : numpy.ufunc or ElementwiseCall
        Of one output.
    operands : sequence
        Spectra in the standard basis, and scalars.
    shape : tuple of int
        Of the result.
    kwargs : dict
    dtype : numpy.dtype, optional
        Of the output, if one is given.

    Returns
    -------
    Spectrum or None
        None where the results differ by more than the signs of zeros, or where they differ in
        those and so many elements are active that every position would be stored.

    Notes
    -----
    O(k log s) for k active elements of the full operands and s stored ones of the smaller ones, of
    which several that vary along different axes count as their product.
    """
    sources = [(i, one) for i, one in enumerate(operands) if isinstance(one, Spectrum)]
    full = [(i, one) for i, one in sources if one.shape == shape]
    small = [(i, one) for i, one in sources if one.shape != shape]
    if not small or ufunc.nout != 1 or 0 in shape:
        return None
    if any(one.active_indices is None for _, one in full):
        return None
    groups = _grouped(small, len(shape))
    if groups is None:
        return None
    call = _Call(ufunc, operands, kwargs, dtype)
    if full:
        return _at_full(call, full, groups, shape)
    return _of_groups(call, groups, shape)


class _Call:
    """A ufunc, its scalar operands, and the dtype of its output."""

    def __init__(
        self,
        ufunc: Any,
        operands: Sequence[Any],
        kwargs: dict[str, Any],
        dtype: np.dtype[Any] | None,
    ) -> None:
        self.ufunc, self.operands, self.kwargs, self.dtype = ufunc, operands, kwargs, dtype

    def __call__(self, values: dict[int, Array]) -> Array | None:
        """Return the results, of numbers, with some operands replaced."""
        given = [values.get(i, operand) for i, operand in enumerate(self.operands)]
        kwargs = self.kwargs
        if self.dtype is not None:
            shape = np.broadcast_shapes(*(np.shape(one) for one in given))
            kwargs = {**kwargs, "out": (np.empty(shape, self.dtype),)}
        out = self.ufunc(*given, **kwargs)
        return out if out.dtype.kind in ELEMENT_KINDS else None

    def fits(self, count: int) -> bool:
        return fits_budget(count * 16 * (len(self.operands) + 2))


def _fill_of(fills: Array, stored: int, size: int) -> Any:
    """Return the common fill of results; None where zeros lost signs that are to be stored."""
    fill = common_fill(fills)
    if fill is None or pays_sparse(stored, size, fills.dtype):
        return fill
    return None if differs_from(fills, fill).any() else fill


def _at_full(
    call: _Call, full: list[tuple[int, Spectrum]], groups: list[_Group], shape: Shape
) -> Spectrum | None:
    """Compute at the active positions of the full operands, and what the fill values become."""
    m, size = prod(group.size for group in groups), prod(shape)
    if m > size // 2 or not call.fits(m):
        return None
    indices, values, has_fill = aligned_all([one for _, one in full])
    if indices is None or not has_fill:
        return None
    k = indices.size
    along = np.unravel_index(indices, shape) if k else (indices,) * len(shape)
    given = {
        i: np.concatenate((each[:-1], np.repeat(each[-1:], m)))
        for (i, _), each in zip(full, values, strict=True)
    }
    sizes = tuple(group.size for group in groups)
    for at, group in enumerate(groups):
        places = group.places(along)
        for slot, each in zip(group.slots, group.values, strict=True):
            out = np.empty(k + m, each.dtype)
            each.take(places, out=out[:k], mode="clip")
            out[k:].reshape(sizes)[...] = _table(each, at, len(sizes))
            given[slot] = out
    with np.errstate(all="ignore"):
        fills = call({i: each[k:] for i, each in given.items()})
    fill = None if fills is None else _fill_of(fills, k, size)
    if fill is None:
        return None
    # Once more with all of them, so that NumPy warns of each as it would.
    result = call(given)
    assert result is not None
    bases = (STANDARD,) * len(shape)
    return compact(shape, result.dtype, bases, result[:k], indices, fill)


def _of_groups(call: _Call, groups: list[_Group], shape: Shape) -> Spectrum | None:
    """Compute arrays along different axes, as an outer product."""
    sizes = tuple(group.size for group in groups)
    covered = {axis for group in groups for axis, n in enumerate(group.shape) if n > 1}
    if len(groups) < 2 or not any(group.has_fill for group in groups):
        return None
    if any(n > 1 and axis not in covered for axis, n in enumerate(shape)):
        return None
    if not call.fits(prod(sizes)):
        return None
    given = {
        slot: _table(each, at, len(sizes))
        for at, group in enumerate(groups)
        for slot, each in zip(group.slots, group.values, strict=True)
    }
    ends = []
    for at, group in enumerate(groups):
        if group.has_fill:
            last = {slot: given[slot].take([-1], at) for slot in group.slots}
            with np.errstate(all="ignore"):
                end = call({**given, **last})
            if end is None:
                return None
            ends.append(end.ravel())
    stored = prod(group.size - group.has_fill for group in groups)
    fill = _fill_of(np.concatenate(ends), stored, prod(shape))
    if fill is None:
        return None
    out = call(given)
    assert out is not None
    active = out[tuple(slice(group.size - group.has_fill) for group in groups)]
    where = np.zeros((1,) * len(sizes), np.int64)
    for at, group in enumerate(groups):
        where = where + _table(group.offsets(shape), at, len(sizes))
    indices, order = kernels.radix_sort.sorted_order(where.reshape(-1))
    bases = (STANDARD,) * len(shape)
    return compact(shape, out.dtype, bases, active.reshape(-1).take(order), indices, fill)
