"""Elements of a field that are missing or are padding: found, and filled in for encoding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.values import Array, Scalar


def missing_of(x: Array, value: Scalar | None = None) -> NDArray[np.bool_]:
    """Tell which elements are not finite, or are one value.

    Examples
    --------
    >>> missing_of(np.array([1.0, np.nan, 1e20]), 1e20)
    array([False,  True,  True])
    """
    missing = ~np.isfinite(x)
    if value is not None:
        # What is beyond the dtype is infinite there, and missing anyway.
        with np.errstate(over="ignore"):
            missing |= x == x.dtype.type(value)
    return missing


def equals(x: Array, value: Scalar) -> NDArray[np.bool_]:
    """Tell which elements are one value, which may be NaN."""
    return np.isnan(x) if np.isnan(value) else np.equal(x, x.dtype.type(value))


def without_padding(x: Array, value: Scalar) -> tuple[int, ...]:
    """Return the shape of the part before the last lines of each axis that are one value.

    Chunks at the end of an array are padded with its fill value. Of what is that value everywhere,
    no line is left.

    Examples
    --------
    >>> without_padding(np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]), 0.0)
    (2, 2)
    """
    is_padding = equals(x, value)
    shape = []
    for axis in range(x.ndim):
        others = tuple(other for other in range(x.ndim) if other != axis)
        along = np.logical_not(is_padding.all(axis=others))
        shape.append(int(np.flatnonzero(along).max(initial=-1)) + 1)
    return tuple(shape)


def filled_in(x: Array, missing: NDArray[np.bool_]) -> Array:
    """Replace what is missing by means of what is known around it, so that few frequencies arise.

    Means of 2, 4, 8, … elements along each axis are taken, up to the size at which each has one
    that is known: the "push and pull" of Gortler et al., "The Lumigraph", SIGGRAPH 1996. O(N).

    Examples
    --------
    >>> x = np.array([1.0, 3.0, np.nan, np.nan, 5.0])
    >>> filled_in(x, np.isnan(x))
    array([1., 3., 2., 2., 5.])
    """
    if missing.all():
        return np.zeros_like(x)
    # Means of large numbers may overflow, of halves they do not.
    count = (~missing).astype(np.float64)
    mean = np.where(missing, 0, x).astype(np.result_type(x.dtype, np.float64))
    levels = []
    while not count.all():
        levels.append((mean, count))
        total = _halved(count)
        mean = _halved(mean * (count / np.maximum(_doubled(total, count.shape), 1)))
        count = total
    for finer, known in reversed(levels):
        mean = np.where(known > 0, finer, _doubled(mean, finer.shape))
    return mean.astype(x.dtype)


def _halved(a: Array) -> Array:
    """Add up pairs along each axis, of which the last may be one alone."""
    for axis, n in enumerate(a.shape):
        a = np.add.reduceat(a, np.arange(0, n, 2), axis=axis)
    return a


def _doubled(a: Array, shape: tuple[int, ...]) -> Array:
    """Repeat each element along each axis, up to a shape."""
    for axis, n in enumerate(shape):
        a = np.repeat(a, 2, axis=axis).take(np.arange(n), axis=axis)
    return a
