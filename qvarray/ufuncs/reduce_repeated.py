"""``ufunc.reduce`` of an array that repeats along axes: the part that does, and how many times."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..core.fill import map_elements
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array, Axis
from ..ops.bounds import bounded
from ..ops.reshape import reshape
from ..ops.sums import reduced_shape
from ..sources.repeated import repeated
from . import reduce
from .powers import accumulator, has_power, powers


def reduce_repeated(
    ufunc: np.ufunc,
    node: Source,
    axis: Axis = 0,
    dtype: DTypeLike | None = None,
    keepdims: bool = False,
    initial: Any = np._NoValue,
) -> Source | np.generic | None:
    """``ufunc.reduce`` of an array that repeats. O(k) for k coefficients of the part that does.

    Returns None where repetitions have no closed form. Raises TypeError, ValueError, AxisError as
    ``ufunc.reduce``.

    `node`: whose `unrepeated` is another; without an axis of length 0. `axis`, `dtype`, `keepdims`
    and `initial`: as ``ufunc.reduce``.
    """
    kwargs = {} if initial is np._NoValue else {"initial": initial}
    tiny = np.ones((1,) * len(node.shape), node.dtype)
    kind = np.asarray(ufunc.reduce(tiny, axis, dtype, **kwargs)).dtype
    if ufunc is np.multiply or not has_power(ufunc, node.dtype, kind):
        return None
    ndim, part = len(node.shape), node.unrepeated.settle()
    axes = tuple(range(ndim))
    if axis is not None:
        axes = np.lib.array_utils.normalize_axis_tuple(axis, ndim)
    times = prod(node.shape[a] for a in axes) // prod(part.shape[a] for a in axes)
    wide = accumulator(ufunc, kind) if ufunc is np.add else dtype
    lines = reduce.reduce(ufunc, part, axes, wide, True)
    if not isinstance(lines, Spectrum):
        return None

    def finished(values: Array) -> Array:
        values = powers(ufunc, values, np.array([times]))  # type: ignore[arg-type]
        if kwargs.get("initial") is not None:
            values = ufunc(np.asarray(initial, kind), values)
        return values.astype(kind, copy=False)

    total = map_elements(finished, lines)
    if lines.error is not None:
        total = bounded(total, lines.error.absolute * times if ufunc is np.add else float("inf"))
    if not keepdims:
        total = reshape(total, reduced_shape(total.shape, axes, False))
    shape = reduced_shape(node.shape, axes, keepdims)
    if shape:
        return repeated(total, shape)
    value: np.generic = total.item(0)
    return value
