"""The k largest or smallest elements, and where they are: qv.topk."""

from __future__ import annotations

import operator
from math import prod
from typing import NamedTuple

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.values import Array
from ..common import Operand, array_of, flattened, inherited_error, normalize_axis
from .sort import sorted_with_order


class TopK(NamedTuple):
    """The outermost elements of an array along an axis, the outermost first.

    Attributes
    ----------
    indices : VirtualQArray
        Where they are along the axis.
    """

    values: VirtualQArray
    indices: VirtualQArray


def _stable_order(lines: Array, largest: bool) -> Array:
    """Return the positions that sort each line, equal elements in their order. O(N log N)."""
    if not largest:
        return lines.argsort(-1, kind="stable")
    order = lines[:, ::-1].argsort(-1, kind="stable")[:, ::-1]
    return np.subtract(lines.shape[1] - 1, order)


def _chosen(lines: Array, k: int, largest: bool) -> Array:
    """Return where the outermost elements of each line are, by position: k in each. O(N)."""
    n = lines.shape[1]
    last = n - k if largest else k - 1
    bound = np.partition(lines, last, -1)[:, last, None]
    beyond = lines > bound if largest else lines < bound
    ties = lines == bound
    if lines.dtype.kind == "f":
        is_nan, at_nan = np.isnan(lines), np.isnan(bound)
        beyond |= is_nan > at_nan if largest else is_nan < at_nan
        ties |= is_nan & at_nan
    missing = k - np.count_nonzero(beyond, axis=-1, keepdims=True)
    if np.any(np.count_nonzero(ties, axis=-1, keepdims=True) > missing):
        ties &= np.cumsum(ties, axis=-1) <= missing
    return np.nonzero(beyond | ties)[1].reshape(-1, k)


def _of_all(dense: Array, k: int, axis: int, largest: bool) -> TopK:
    """Return the outermost elements of an ndarray."""
    moved = np.moveaxis(dense, axis, -1)
    lines = moved.reshape(prod(moved.shape[:-1]), moved.shape[-1])
    if 0 < k < lines.shape[1] and lines.size and lines.dtype.kind != "c":
        found = _chosen(lines, k, largest)
        order = _stable_order(np.take_along_axis(lines, found, -1), largest)
        indices = np.take_along_axis(found, order, -1)
    else:
        indices = _stable_order(lines, largest)[:, :k]
    values = np.take_along_axis(lines, indices, -1)
    shape = (*moved.shape[:-1], k)
    back = (np.moveaxis(part.reshape(shape), -1, axis) for part in (values, indices))
    return TopK(*map(array_of, back))


def _candidates(array: VirtualQArray, k: int, largest: bool) -> VirtualQArray:
    """Return a vector with the fill value in the place of elements that are not among the k. O(m).

    As it is where fewer than k elements are beyond the fill value.
    """
    stored = array.source.express().stored
    if stored is None or not stored.is_standard or stored.active_indices is None or not k:
        return array
    values, fill = stored.eigenvalues, stored.fill_value
    if values.dtype.kind not in "biuf" or fill != fill:
        return array
    is_nan = np.isnan(values)
    beyond = (values > fill) | is_nan if largest else values < fill
    count = int(np.count_nonzero(beyond))
    if count < k:
        return array
    place = count - k if largest else k - 1
    bound = np.partition(values[beyond], place)[place]
    kept = is_nan | (values >= bound) if largest else values <= bound
    indices = stored.indices()[kept]
    return VirtualQArray(stored.replace(eigenvalues=values[kept], active_indices=indices))


def topk(
    x: Operand,
    k: int,
    axis: int | None = -1,
    *,
    largest: bool = True,
    sorted: bool = True,  # noqa: ARG001  they always are
) -> TopK:
    """Return the `k` largest elements along an axis, and where they are.

    Parameters
    ----------
    x : array_like
    k : int
        How many; no more than there are along the axis.
    axis : int or None
        The last by default; None for the flat array.
    largest : bool
        False for the smallest.
    sorted : bool
        They always are; for callers that say so.

    Returns
    -------
    values : VirtualQArray
        The largest first, or the smallest; in the order of ``np.sort``, so that NaN is the largest
        of all, False is less than True, and complex numbers go by their real parts first.
    indices : VirtualQArray
        Their positions along the axis. Of equal elements those that come first are taken, in their
        order.

    Raises
    ------
    ValueError
        For a negative `k`, or more than there are.
    numpy.exceptions.AxisError
        For an axis that there is not.

    Notes
    -----
    O(m log m) for m active elements, and O(log m) for each element of the result: the N - m
    others are never looked at. O(N + k log k), within the memory budget, for an array that stores
    all its elements, or is in another basis than the standard one.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_coordinates([3, 10**11, 10**12], [0.5, -2.0, 1.5], 2**40)
    >>> values, indices = qv.topk(x, 3)
    >>> print(values, indices)
    [1.5 0.5 0. ] [1000000000000             3             0]
    >>> print(qv.topk(x, 1, largest=False).indices)
    [100000000000]
    """
    array = array_of(x)
    if axis is None:
        array, axis = flattened(array), 0
    axis = normalize_axis(axis, array.ndim)
    count = operator.index(k)
    if not 0 <= count <= array.shape[axis]:
        raise ValueError(f"k={k} is out of bounds for an axis of {array.shape[axis]} elements")
    if array.ndim == 1:
        array = _candidates(array, count, largest)
    both = sorted_with_order(array, axis, largest)
    if both is not None:
        values, positions = both
        front = (slice(None),) * axis + (slice(count),)
        return TopK(values[front].copy(), positions[front])
    found = _of_all(array.todense(), count, axis, largest)
    bound = inherited_error(array)
    if bound is None:
        return found
    return TopK(*(VirtualQArray(part.spectrum.replace(error=bound)) for part in found))
