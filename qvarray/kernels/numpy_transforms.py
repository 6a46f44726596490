"""The Walsh and Haar transforms by NumPy alone, for the floating types that Numba has not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["haar_numpy", "inverse_haar_numpy", "walsh_numpy"]


def walsh_numpy(a: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return the orthonormal Walsh-Hadamard transform of `a` along `axis`.

    In natural (Hadamard) order, as `qvarray.kernels.walsh.walsh` (Fino & Algazi 1976).

    Parameters
    ----------
    a : ndarray of a real or complex floating dtype
        Of any shape with at least one axis and any strides; it is not changed.
    axis : int
        The axis, of a length n that is a power of two.

    Returns
    -------
    ndarray
        New, C-contiguous, of the shape and dtype of `a`.  float16 is computed in float32.

    Notes
    -----
    A pass over memory for each of the log2(n) levels, and two arrays of the size of `a`.
    """
    work, shape = _blocks(a, axis)
    n = shape[1]
    work *= _sqrt(work, 1 / n)
    other = np.empty_like(work)
    half = 1
    while half < n:
        pairs = work.reshape(shape[0], n // (2 * half), 2, half, shape[2])
        result = other.reshape(pairs.shape)
        np.add(pairs[:, :, 0], pairs[:, :, 1], out=result[:, :, 0])
        np.subtract(pairs[:, :, 0], pairs[:, :, 1], out=result[:, :, 1])
        work, other = other, work
        half *= 2
    return work.reshape(a.shape).astype(a.dtype, copy=False)


def haar_numpy(a: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return the orthonormal Haar transform of `a` along `axis`.

    In the order of `qvarray.kernels.haar.haar`: the scaling coefficient, then the details from
    the coarsest level to the finest (Haar 1910, Mallat 1989).

    Parameters
    ----------
    a : ndarray of a real or complex floating dtype
        Of any shape with at least one axis and any strides; it is not changed.
    axis : int
        The axis, of a length n that is a power of two.

    Returns
    -------
    ndarray
        New, C-contiguous, of the shape and dtype of `a`.  float16 is computed in float32.

    Notes
    -----
    O(1) operations a number; temporary arrays of twice the size of `a`.
    """
    sums, shape = _blocks(a, axis)
    root = _sqrt(sums, 0.5)
    result = np.empty_like(sums)
    n = shape[1]
    while n > 1:
        left, right = sums[:, 0:n:2], sums[:, 1:n:2]
        n //= 2
        np.subtract(left, right, out=result[:, n : 2 * n])
        result[:, n : 2 * n] *= root
        sums = left + right
        sums *= root
    result[:, :1] = sums
    return result.reshape(a.shape).astype(a.dtype, copy=False)


def inverse_haar_numpy(a: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return the inverse orthonormal Haar transform of `a` along `axis`.

    The parameters, the result and the cost are those of `haar_numpy`.
    """
    work, shape = _blocks(a, axis)
    root = _sqrt(work, 0.5)
    sums = work[:, :1]
    n = 1
    while n < shape[1]:
        details = work[:, n : 2 * n]
        n *= 2
        joined = np.empty((shape[0], n, shape[2]), work.dtype)
        np.add(sums, details, out=joined[:, 0::2])
        np.subtract(sums, details, out=joined[:, 1::2])
        joined *= root
        sums = joined
    return sums.reshape(a.shape).astype(a.dtype, copy=False)


def _blocks(a: NDArray[Any], axis: int) -> tuple[NDArray[Any], tuple[int, int, int]]:
    """Return a new contiguous copy of `a` as (outer, n, inner), float16 as float32."""
    dtype = np.dtype(np.float32) if a.dtype == np.float16 else a.dtype
    shape = (math.prod(a.shape[:axis]), a.shape[axis], math.prod(a.shape[axis:][1:]))
    return np.array(a, dtype, order="C", copy=True).reshape(shape), shape


def _sqrt(like: NDArray[Any], value: float) -> Any:
    # In the precision of the array: a Python float is short of longdouble's.
    return np.sqrt(like.real.dtype.type(value))
