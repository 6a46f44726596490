"""Flatten an array around one axis: rows of real numbers, as transforms in place take them."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray


def flat_axis(a: NDArray[Any], axis: int) -> tuple[NDArray[Any], int]:
    """View an array as real numbers in one row, and count those behind each index of an axis.

    Parameters
    ----------
    a : ndarray of float32, float64, complex64 or complex128
        C-contiguous and not empty. A complex number counts as two.
    axis : int
        Of two indices or more.

    Returns
    -------
    flat : ndarray of float32 or float64, shape (a.size,) or (2 * a.size,)
    inner : int
        Neighbours along the axis are `inner` numbers apart.

    Examples
    --------
    >>> import numpy as np
    >>> flat, inner = flat_axis(np.zeros((2, 4, 3), complex), 1)
    >>> flat.shape, inner
    ((48,), 6)
    """
    flat = a.reshape(-1)
    if flat.dtype.kind == "c":
        flat = flat.view(flat.real.dtype)
    return flat, a.strides[axis] // flat.itemsize
