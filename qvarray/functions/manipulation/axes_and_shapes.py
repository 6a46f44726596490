"""Axes and shapes: views of the same elements."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from ... import kernels
from ...array.densify import call_dense
from ...array.views import settled
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.error_bound import ErrorBound
from ...core.rules import Tier, function_rule
from ...core.source import AxisKey, Source
from ...core.spectrum import Spectrum, compact
from ...core.values import MAX_SIZE, Array, require_size
from ...indexing.assign import gathered
from ...indexing.diagonals import diagonal as _along_diagonal
from ...indexing.strided_view import window_of
from ...ops.basis_change import off_diagonal
from ...ops.broadcast import permute_axes, stretched_to
from ...ops.reshape import reshape as _reshape

__all__: list[str] = []

_STRUCTURAL = Tier.STRUCTURAL


def _stand_in(shape: tuple[int, ...]) -> Array:
    """An ndarray of that shape whose strides tell its axes apart. Not to be read."""
    # Far more than any length, so that no two axes of it ever look like one.
    strides = tuple(3 << (2 * axis) for axis in range(len(shape)))
    return as_strided(np.zeros(1, np.int8), shape, strides)


def _axes(seen: Array, before: Array) -> list[tuple[int, bool] | None]:
    """For every axis of a view which one it was, and whether it is flipped; None for a new one."""
    number = {stride: axis for axis, stride in enumerate(before.strides)}
    out: list[tuple[int, bool] | None] = []
    for n, stride in zip(seen.shape, seen.strides, strict=True):
        # The stride of a new axis is any; one axis of length 1 is as good as another.
        axis = number.get(abs(stride))
        if axis is not None and before.shape[axis] == n:
            del number[abs(stride)]
            out.append((axis, stride < 0))
        else:
            out.append(None)
    return out


def _step(
    axes: list[tuple[int, bool] | None], shape: tuple[int, ...]
) -> Callable[[Source], Source]:
    """What moves, flips, adds and removes axes of an array of that shape."""
    kept = [axis for axis in axes if axis is not None]
    order = [axis for axis, _ in kept]
    gone = [axis for axis in range(len(shape)) if axis not in order]
    key: list[AxisKey] = [0 if shape[axis] == 1 else range(shape[axis]) for axis in gone]
    lengths = iter(shape[axis] for axis in order)
    flips = iter(flipped for _, flipped in kept)
    for one in axes:
        if one is None:
            key.append(None)
        else:
            n = next(lengths)
            key.append(range(n - 1, -1, -1) if next(flips) else range(n))

    def step(source: Source) -> Source:
        if source.diagonal and (gone or None in key):
            source = off_diagonal(source.settle())
        if not order:  # a single element
            spectrum = source.settle()
            values = spectrum.eigenvalues.astype(spectrum.dtype)
            out_shape = (1,) * len(axes)
            return spectrum.replace(
                shape=out_shape, bases=(STANDARD,) * len(out_shape), eigenvalues=values
            )
        turned = source.permuted([*gone, *order])
        if not gone and None not in key and key == [range(n) for n in turned.shape]:
            return turned
        picked: Source = turned.part(key)
        return picked

    return step


def rearranged_view(x: VirtualQArray, look: Callable[[Array], Array]) -> Any:
    """A view that `look` makes of an ndarray by moving, flipping, adding and removing axes."""
    # No ndarray has the shape of a large operator.
    before = _stand_in(x.shape if x.size <= MAX_SIZE else (2,) * x.ndim)
    seen: Any = look(before)
    if seen is before:
        return x
    if not isinstance(seen, np.ndarray):  # of no dimensions: NumPy returns the element
        return x[()]
    if x.size == 0:
        empty = seen.shape

        def none(source: Source) -> Source:
            return _reshape(source.settle(), empty)

        return x.view_by(none, look)
    step = _step(_axes(seen, before), x.shape)
    return x.view_by(step, look)


def _rearranging(function: Callable[..., Any]) -> None:
    """Register a function whose only array argument is its first, and whose result is a view."""
    name = function.__name__

    @function_rule(_STRUCTURAL, function)
    def rule(*args: Any, **kwargs: Any) -> Any:
        kwargs = dict(kwargs)
        parameter = next((one for one in ("a", "m", "x", "ary", "arr") if one in kwargs), None)
        x, rest = (kwargs.pop(parameter), args) if parameter else (args[0], args[1:])
        if not isinstance(x, VirtualQArray):
            return call_dense(function, (x, *rest), kwargs)
        return rearranged_view(x, lambda seen: function(seen, *rest, **kwargs))

    rule.__name__ = name
    rule.__wrapped__ = function


for _function in (
    np.transpose,
    np.matrix_transpose,
    np.linalg.matrix_transpose,
    np.swapaxes,
    np.moveaxis,
    np.rollaxis,
    np.squeeze,
    np.expand_dims,
    np.flip,
    np.fliplr,
    np.flipud,
    np.rot90,
):
    _rearranging(_function)


def _at_least(function: Callable[..., Any]) -> None:
    @function_rule(_STRUCTURAL, function)
    def rule(*arys: Any) -> Any:
        out = tuple(
            rearranged_view(one, function) if isinstance(one, VirtualQArray) else function(one)
            for one in arys
        )
        return out if len(out) != 1 else out[0]


_at_least(np.atleast_1d)
_at_least(np.atleast_2d)
_at_least(np.atleast_3d)


def _shaped(shape: tuple[int, ...]) -> Callable[[Source], Source]:
    return lambda source: _reshape(source.settle(), shape)


def _in_order(x: VirtualQArray, order: Any) -> str:
    """An `order` argument as "C" or "F"."""
    if order not in ("C", "F", "A", "K", "c", "f", "a", "k", None):
        np.zeros(1).ravel(order)  # NumPy's exception
    order = (order or "C").upper()
    if order in "AK":
        flags = x.flags
        return "F" if flags.f_contiguous and not flags.c_contiguous else "C"
    return str(order)


@function_rule(_STRUCTURAL, np.reshape)
def reshape(a: Any, /, shape: Any, order: Any = "C", *, copy: bool | None = None) -> Any:
    """The elements in another shape. O(k), and O(1) in C order."""
    if not isinstance(a, VirtualQArray):
        return call_dense(np.reshape, (a, shape, order), {"copy": copy})
    if order in ("K", "k"):
        raise ValueError("order 'K' is not permitted for reshaping")
    kind: Any = _in_order(a, order)
    window = a.window
    try:
        wanted = np.reshape(window, shape, order=kind, copy=False).shape
        is_view = True
    except ValueError as error:
        if "copy" not in str(error):
            raise ValueError(str(error)) from None
        # Only the size matters for what the shape is.
        wanted = np.reshape(window_of(a.shape), shape, order="C", copy=False).shape
        is_view = False
    if kind == "C":
        step = _shaped(wanted)
    else:

        def step(source: Source) -> Source:
            turned = permute_axes(source.settle(), range(len(source.shape))[::-1])
            return permute_axes(_reshape(turned, wanted[::-1]), range(len(wanted))[::-1])

    if is_view and copy is not True:
        return a.view_by(step, lambda seen: np.reshape(seen, wanted, order=kind, copy=False))
    if copy is False:
        raise ValueError("Unable to avoid creating a copy while reshaping.")
    return VirtualQArray(step(a.source))


@function_rule(_STRUCTURAL, np.ravel)
def ravel(a: Any, order: Any = "C") -> Any:
    """The elements in one dimension: a view where the array is contiguous."""
    if not isinstance(a, VirtualQArray):
        return call_dense(np.ravel, (a, order), {})
    kind: Any = _in_order(a, order)
    if order in ("K", "k") and not a.flags.forc:
        # In the order in which the elements lie in memory, whatever the direction.
        strides = [abs(one) for one in a.strides]
        a = np.transpose(a, sorted(range(a.ndim), key=lambda axis: -strides[axis]))
    flat = np.reshape(a, (-1,), order=kind)
    flags = a.flags
    return flat if (flags.c_contiguous if kind == "C" else flags.f_contiguous) else flat.copy()


@function_rule(_STRUCTURAL, np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """The array repeated along axes of length 1 and new ones: a view that is read-only."""
    if not isinstance(array, VirtualQArray):
        return call_dense(np.broadcast_to, (array, shape, subok), {})
    wanted = tuple(shape) if np.iterable(shape) else (shape,)
    return array.view_by(
        lambda source: stretched_to(source.settle(), wanted),
        lambda seen: np.broadcast_to(seen, wanted),
        writeable=False,
    )


@function_rule(_STRUCTURAL, np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:  # noqa: ARG001
    """Arrays broadcast against each other."""
    shape = np.broadcast_shapes(*(np.shape(one) for one in args))
    return tuple(
        one if np.shape(one) == shape else np.broadcast_to(one, shape)
        for one in (one if isinstance(one, VirtualQArray) else np.asarray(one) for one in args)
    )


def _diagonal(function: Callable[..., Any], first: int, second: int) -> None:
    @function_rule(_STRUCTURAL, function)
    def rule(a: Any, offset: Any = 0, axis1: Any = first, axis2: Any = second) -> Any:
        return diagonal_view(a, offset, axis1, axis2)


def diagonal_view(a: VirtualQArray, offset: Any, axis1: Any, axis2: Any) -> VirtualQArray:
    """The diagonals of an array: a view that is read-only. O(k)."""

    def look(seen: Array) -> Array:
        return np.diagonal(seen, offset, axis1, axis2)

    # NumPy's exceptions; no ndarray has the shape of a large operator.
    look(np.broadcast_to(np.zeros((), np.int8), a.shape if a.size <= MAX_SIZE else (2,) * a.ndim))

    def step(source: Source) -> Source:
        spectrum = source.settle()
        if spectrum.diagonal:
            axes = (np.lib.array_utils.normalize_axis_index(one, 2) for one in (axis1, axis2))
            return _along_diagonal(spectrum, operator.index(offset), *axes)
        spectrum = settled(spectrum)
        return gathered(spectrum, look(window_of(spectrum.shape)))

    return a.view_by(step, look, writeable=False)


_diagonal(np.diagonal, 0, 1)


@function_rule(_STRUCTURAL, np.linalg.diagonal)
def matrix_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """The diagonals of matrices: a view that is read-only."""
    return diagonal_view(x, offset, -2, -1)


@function_rule(_STRUCTURAL, sliding_window_view)
def sliding_windows(
    x: Any,
    window_shape: Any,
    axis: Any = None,
    *,
    subok: bool = False,  # noqa: ARG001
    writeable: bool = False,
) -> Any:
    """All windows of a shape on an array: a view. O(k w) for windows of w elements."""

    def look(seen: Array) -> Array:
        return sliding_window_view(seen, window_shape, axis=axis, writeable=writeable)

    shape = look(np.broadcast_to(np.zeros((), np.int8), x.shape)).shape

    def step(source: Source) -> Source:
        return _windows(settled(source), shape, look)

    return x.view_by(step, look, writeable=writeable)


def _windows(
    spectrum: Spectrum, shape: tuple[int, ...], look: Callable[[Array], Array]
) -> Spectrum:
    require_size(shape)
    window = look(window_of(spectrum.shape))
    ndim = len(spectrum.shape)
    inner = shape[ndim:]
    width = prod(inner)
    if not prod(shape):
        return _reshape(gathered(spectrum, window[..., :0].ravel()[:0]), shape)
    require_budget(
        max(spectrum.nactive, 1) * width * (16 + spectrum.dtype.itemsize), "ask for smaller windows"
    )
    parts = []
    for number, offset in enumerate(np.ndindex(*inner)):
        part = gathered(spectrum, window[(..., *offset)])
        parts.append((part.indices().astype(np.int64) * width + number, part.eigenvalues))
    indices, values = (np.concatenate(both) for both in zip(*parts, strict=True))
    order = kernels.radix_sort.argsort(indices)
    bases = (STANDARD,) * len(shape)
    fill = spectrum.fill_value
    error = None if spectrum.error is None else ErrorBound.unknown()
    return compact(shape, spectrum.dtype, bases, values[order], indices[order], fill, error=error)


def _cut(ary: VirtualQArray, bounds: list[int], axis: int) -> list[Any]:
    ahead = (slice(None),) * axis
    return [ary[(*ahead, slice(begin, end))] for begin, end in pairwise(bounds)]


@function_rule(_STRUCTURAL, np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Parts along an axis, of which some may be longer by one: views."""
    n = ary.shape[axis]
    axis = np.lib.array_utils.normalize_axis_index(axis, ary.ndim)
    if np.ndim(indices_or_sections):
        inner = [operator.index(one) for one in indices_or_sections]
        ahead = (slice(None),) * axis
        return [
            ary[(*ahead, slice(begin, end))]
            for begin, end in zip([0, *inner], [*inner, n], strict=True)
        ]
    sections = int(indices_or_sections)
    if sections <= 0:
        raise ValueError("number sections must be larger than 0.")
    short, longer = divmod(n, sections)
    bounds = [part * short + min(part, longer) for part in range(sections + 1)]
    return _cut(ary, bounds, axis)


@function_rule(_STRUCTURAL, np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Equal parts along an axis, or parts between given positions: views."""
    if not np.ndim(indices_or_sections):
        n = ary.shape[axis]
        if n % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
    return np.array_split(ary, indices_or_sections, axis)


@function_rule(_STRUCTURAL, np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Parts along the second axis, or the only one."""
    if ary.ndim == 0:
        raise ValueError("hsplit only works on arrays of 1 or more dimensions")
    return np.split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


@function_rule(_STRUCTURAL, np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Parts along the first axis."""
    if ary.ndim < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return np.split(ary, indices_or_sections, 0)


@function_rule(_STRUCTURAL, np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Parts along the third axis."""
    if ary.ndim < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return np.split(ary, indices_or_sections, 2)


@function_rule(_STRUCTURAL, np.unstack)
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    """The parts at every position along an axis: views."""
    if x.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    return tuple(np.moveaxis(x, axis, 0))


def _sharing(function: Callable[..., Any], work: int) -> None:
    @function_rule(_STRUCTURAL, function)
    def rule(a: Any, b: Any, /, max_work: Any = work) -> bool:
        if not (isinstance(a, VirtualQArray) and isinstance(b, VirtualQArray)):
            return False
        if (a if a.base is None else a.base) is not (b if b.base is None else b.base):
            return False
        return bool(function(a.window, b.window, max_work))


_sharing(np.shares_memory, -1)
_sharing(np.may_share_memory, 0)
