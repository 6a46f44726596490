"""Changing the shape: reshape and ravel."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.source import Source
from ...core.values import Order, ShapeLike
from ...indexing.strided_view import Strided, window_of
from ...ops import reshape as in_c_order
from ...ops.broadcast import permute_axes
from ...runtime.caches import cleared


def _resolved_order(x: VirtualQArray, order: Order) -> Literal["C", "F"]:
    """Return an `order` argument as "C" or "F"."""
    if order == "C":
        return "C"
    if order not in ("C", "F", "A", "K", "c", "f", "a", "k", None):
        np.zeros(1).ravel(order)  # NumPy's exception
    order = (order or "C").upper()  # type: ignore[assignment]
    if order in ("A", "K"):
        return "F" if x.lies_in("F") and not x.lies_in("C") else "C"
    return "F" if order == "F" else "C"


@lru_cache(maxsize=256)
def _reshaped(window: Strided, shape: ShapeLike, order: Literal["C", "F"]) -> Strided:
    """Return the view of a window in another shape; ValueError where there is none."""
    return window.seen(lambda array: np.reshape(array, shape, order=order, copy=False))


cleared(_reshaped.cache_clear)


@function_rule(Tier.STRUCTURAL, np.reshape)
def reshape(
    a: VirtualQArray, /, shape: ShapeLike, order: Order = "C", *, copy: bool | None = None
) -> Any:
    """Return the elements in another shape. O(k), and O(1) in C order."""
    if order in ("K", "k"):
        raise ValueError("order 'K' is not permitted for reshaping")
    resolved = _resolved_order(a, order)
    plain = (shape,) if type(shape) is int else shape
    known = type(plain) is tuple and set(map(type, plain)) <= {int}
    try:
        reshaped = _reshaped if known else _reshaped.__wrapped__
        wanted = reshaped(a.window, plain, resolved).shape  # type: ignore[arg-type]
        is_view = True
    except ValueError as error:
        if "copy" not in str(error):
            raise ValueError(str(error)) from None
        # Only the size matters for what the shape is.
        whole = window_of(a.shape)
        wanted = whole.seen(lambda array: np.reshape(array, shape, order="C", copy=False)).shape
        is_view = False

    def step(source: Source) -> Source:
        spectrum = source.settle()
        if resolved == "C":
            return in_c_order.reshape(spectrum, wanted)
        turned = permute_axes(spectrum, range(len(spectrum.shape))[::-1])
        return permute_axes(in_c_order.reshape(turned, wanted[::-1]), range(len(wanted))[::-1])

    if is_view and copy is not True:
        return a.view_by(step, lambda window: _reshaped(window, wanted, resolved))
    if copy is False:
        raise ValueError("Unable to avoid creating a copy while reshaping.")
    return VirtualQArray(step(a.source))


@function_rule(Tier.STRUCTURAL, np.ravel)
def ravel(a: VirtualQArray, order: Order = "C") -> Any:
    """Return the elements in one dimension: a view where the array is contiguous."""
    resolved = _resolved_order(a, order)
    x: Any = a
    if order in ("K", "k") and not (a.lies_in("C") or a.lies_in("F")):
        # In the order in which the elements lie in memory, whatever the direction.
        strides = [abs(stride) for stride in a.window.strides]
        x = np.transpose(x, sorted(range(a.ndim), key=lambda axis: -strides[axis]))
    flat = np.reshape(x, (-1,), order=resolved)
    return flat if x.lies_in(resolved) else flat.copy()
