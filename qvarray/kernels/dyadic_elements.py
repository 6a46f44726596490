"""Evaluate Walsh and Haar functions at any position of an axis of length 2**b."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from .jit import njit


@njit(cache=True, nogil=True, inline="always")
def _sign(bits):  # type: ignore[no-untyped-def]
    """Return 1.0 for an even number of one bits, else -1.0."""
    bits ^= bits >> uint64(32)
    bits ^= bits >> uint64(16)
    bits ^= bits >> uint64(8)
    bits ^= bits >> uint64(4)
    # The sixteen parities of four bits, in one word.
    return 1.0 - 2.0 * np.float64((uint64(0x6996) >> (bits & uint64(15))) & uint64(1))


@njit(cache=True, nogil=True)
def _walsh(positions, indices, scale, out):  # type: ignore[no-untyped-def]
    """Write ``scale * (-1) ** popcount(p & k)`` to `out`, shape (m, k). O(m k)."""
    for i in range(positions.size):
        p = uint64(positions[i])
        for j in range(indices.size):
            out[i, j] = scale * _sign(p & uint64(indices[j]))


@njit(cache=True, nogil=True)
def _haar(bits, positions, indices, out):  # type: ignore[no-untyped-def]
    """Write elements of Haar functions of ``2**bits`` samples to `out`, shape (m, k). O(m k)."""
    for j in range(indices.size):
        k = indices[j]
        if k == 0:
            for i in range(positions.size):
                out[i, j] = 2.0 ** (-0.5 * bits)
            continue
        level = 0
        while (k >> (level + 1)) > 0:
            level += 1
        size = 2.0 ** (0.5 * (level - bits))
        shift = bits - level  # the support is 2**shift long
        here = k - (np.int64(1) << level)
        for i in range(positions.size):
            p = positions[i]
            if (p >> shift) == here:
                out[i, j] = -size if (p >> (shift - 1)) & 1 else size
            else:
                out[i, j] = 0.0


def parity_signs(position: int, indices: NDArray[Any]) -> NDArray[np.float64]:
    """Evaluate ``(-1) ** popcount(position & k)`` for each index k.

    Parameters
    ----------
    position : int
        Below 2**63.
    indices : ndarray of int, shape (k,)

    Returns
    -------
    ndarray of float64, shape (k,)

    Notes
    -----
    O(k).

    Examples
    --------
    >>> parity_signs(3, np.arange(4))
    array([ 1., -1., -1.,  1.])
    """
    out = np.empty((1, indices.size), np.float64)
    _walsh(np.array([position], np.int64), np.ascontiguousarray(indices, np.int64), 1.0, out)
    return out[0]


def walsh_elements(n: int, positions: NDArray[Any], indices: NDArray[Any]) -> NDArray[np.float64]:
    """Evaluate Walsh functions in Hadamard order: ``(-1) ** popcount(p & k) / sqrt(n)``.

    Parameters
    ----------
    n : int
        Length of the axis, a power of two below 2**63.
    positions, indices : ndarray of int, shape (m,) and (k,), in [0, n)

    Returns
    -------
    ndarray of float64, shape (m, k)

    Notes
    -----
    O(m · k). Fino & Algazi, "Unified Matrix Treatment of the Fast Walsh-Hadamard
    Transform", IEEE Trans. Comput. C-25 (1976).
    """
    out = np.empty((positions.size, indices.size), np.float64)
    positions = np.ascontiguousarray(positions, np.int64)
    indices = np.ascontiguousarray(indices, np.int64)
    _walsh(positions, indices, n**-0.5, out)
    return out


def haar_elements(n: int, positions: NDArray[Any], indices: NDArray[Any]) -> NDArray[np.float64]:
    """Evaluate the orthonormal Haar functions, coarsest first.

    Index 0 is the constant ``n ** -0.5``. Index ``2**j + q`` is ``sqrt(2**j / n)`` on the left
    half of the q-th of 2**j equal blocks, minus that on its right half, and 0 elsewhere.
    Parameters, shapes and cost are those of `walsh_elements`. Haar, Math. Ann. 69 (1910).

    Examples
    --------
    >>> haar_elements(4, np.arange(4), np.array([0, 2]))
    array([[ 0.5       ,  0.70710678],
           [ 0.5       , -0.70710678],
           [ 0.5       ,  0.        ],
           [ 0.5       ,  0.        ]])
    """
    out = np.empty((positions.size, indices.size), np.float64)
    positions = np.ascontiguousarray(positions, np.int64)
    indices = np.ascontiguousarray(indices, np.int64)
    _haar(n.bit_length() - 1, positions, indices, out)
    return out
