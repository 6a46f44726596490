# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Views that move, add, remove, flip and stretch axes: transpose, squeeze, flip, broadcast_to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.rules import Tier, function_rule
from ...core.source import AxisKey, Source
from ...core.values import MAX_SIZE, Array, Shape, ShapeLike
from ...indexing.strided_view import as_seen, stand_in
from ...ops.basis_change import off_diagonal
from ...ops.reshape import reshape
from ...sources.repeated import repeated
from ..common import Operand, as_arrays

#: An axis of a view: which one of the array it is, and whether it is flipped; None for a new one.
AxisOfView = tuple[int, bool] | None

#: The names of the array arguments of NumPy's functions that move axes.
_NAMES = ("a", "m", "x", "ary", "arr")


def shape_for_checks(x: VirtualQArray) -> Shape:
    """Return the shape, or one of as many axes where it is larger than any ndarray's."""
    return x.shape if x.size <= MAX_SIZE else (2,) * x.ndim


def _distinct(ndim: int) -> tuple[int, ...]:
    """Return strides that tell axes apart, and are as many as NumPy has axes: no two are alike."""
    return tuple(range(1, ndim + 1))


def _axes_of_view(view: Array, array: Array) -> list[AxisOfView]:
    """Find out which axes of an ndarray those of a view of it are, by their strides.

    Examples
    --------
    >>> array = stand_in((2, 3), (1, 2))
    >>> _axes_of_view(array.T[::-1, None], array)
    [(1, True), None, (0, False)]
    """
    number = {stride: axis for axis, stride in enumerate(array.strides)}
    out: list[AxisOfView] = []
    for n, stride in zip(view.shape, view.strides, strict=True):
        # The stride of a new axis is any; one axis of length 1 is as good as another.
        axis = number.get(abs(stride))
        if axis is not None and array.shape[axis] == n:
            del number[abs(stride)]
            out.append((axis, stride < 0))
        else:
            out.append(None)
    return out


def _step(axes: list[AxisOfView], shape: Shape) -> Callable[[Source], Source]:
    """Return what moves, flips, adds and removes axes of an array of that shape."""
    order = [axis[0] for axis in axes if axis is not None]
    gone = [axis for axis in range(len(shape)) if axis not in order]
    key: list[AxisKey] = [0 if shape[axis] == 1 else range(shape[axis]) for axis in gone]
    for axis in axes:
        if axis is None:
            key.append(None)
            continue
        number, flipped = axis
        key.append(range(shape[number])[::-1] if flipped else range(shape[number]))

    def step(source: Source) -> Source:
        if source.diagonal and (gone or None in key):
            source = off_diagonal(source.settle())
        if not order:  # a single element
            spectrum, ndim = source.settle(), len(axes)
            values = spectrum.eigenvalues.astype(spectrum.dtype)
            return spectrum.replace(shape=(1,) * ndim, bases=(STANDARD,) * ndim, eigenvalues=values)
        turned = source.permuted([*gone, *order])
        if not gone and None not in key and key == [range(n) for n in turned.shape]:
            return turned
        picked: Source = turned.part(key)
        return picked

    return step


def rearranged_view(x: VirtualQArray, look: Callable[[Array], Array]) -> Any:
    """Return a view as `look` makes of an ndarray: axes moved, flipped, added and removed. O(k).

    `look`: called with an ndarray whose elements mean nothing.
    """
    array = stand_in(shape_for_checks(x), _distinct(x.ndim))
    view: Any = look(array)
    if view is array:
        return x
    if not isinstance(view, np.ndarray):  # of no dimensions: NumPy returns the element
        return x[()]
    if x.size == 0:
        return x.view_by(lambda source: reshape(source.settle(), view.shape), as_seen(look))
    return x.view_by(_step(_axes_of_view(view, array), x.shape), as_seen(look))


def register_axis_view(function: Callable[..., Any]) -> None:
    """Register a function whose only array argument is its first, and whose result is a view."""

    @function_rule(Tier.STRUCTURAL, function)
    def rule(*args: Any, **kwargs: Any) -> Any:
        name = next((name for name in _NAMES if name in kwargs), None)
        x, rest = (args[0], args[1:]) if name is None else (kwargs.pop(name), args)
        return rearranged_view(x, lambda array: function(array, *rest, **kwargs))

    rule.__name__ = function.__name__
    rule.__wrapped__ = function


for _function in (
    np.transpose,
    np.matrix_transpose,
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
    register_axis_view(_function)


def _register_at_least(function: Callable[..., Any]) -> None:
    """Register a function that adds axes to each of its arguments."""

    @function_rule(Tier.STRUCTURAL, function)
    def rule(*arys: Operand) -> Any:
        out = tuple(
            rearranged_view(x, function) if isinstance(x, VirtualQArray) else function(x)
            for x in arys
        )
        return out if len(out) != 1 else out[0]


_register_at_least(np.atleast_1d)
_register_at_least(np.atleast_2d)
_register_at_least(np.atleast_3d)


@function_rule(Tier.STRUCTURAL, np.broadcast_to)
def broadcast_to(array: VirtualQArray, shape: ShapeLike, subok: bool = False) -> VirtualQArray:
    """Repeat the array along axes of length 1 and new ones: a view that is read-only. O(1)."""
    wanted: Any = tuple(shape) if np.iterable(shape) else (shape,)
    return array.view_by(
        lambda source: repeated(source, wanted),
        as_seen(lambda array: np.broadcast_to(array, wanted)),
        writeable=False,
    )


@function_rule(Tier.STRUCTURAL, np.broadcast_arrays)
def broadcast_arrays(*args: Operand, subok: bool = False) -> Any:
    """Broadcast arrays against each other."""
    arrays = as_arrays(args)
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    return tuple(x if x.shape == shape else np.broadcast_to(x, shape) for x in arrays)
