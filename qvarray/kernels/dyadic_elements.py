"""Elements of the Walsh and Haar bases, at any position of an axis of length 2**b."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from .jit import njit

__all__ = ["haar_elements", "parity_signs", "walsh_elements"]


@njit(cache=True, nogil=True, inline="always")
def _sign(bits):  # type: ignore[no-untyped-def]
    """1.0 for an even number of one bits, else -1.0."""
    bits ^= bits >> uint64(32)
    bits ^= bits >> uint64(16)
    bits ^= bits >> uint64(8)
    bits ^= bits >> uint64(4)
    # The sixteen parities of four bits, in one word.
    return 1.0 - 2.0 * np.float64((uint64(0x6996) >> (bits & uint64(15))) & uint64(1))


@njit(cache=True, nogil=True)
def _walsh(positions, indices, scale, out):  # type: ignore[no-untyped-def]
    for i in range(positions.size):
        p = uint64(positions[i])
        for j in range(indices.size):
            out[i, j] = scale * _sign(p & uint64(indices[j]))


@njit(cache=True, nogil=True)
def _haar(bits, positions, indices, out):  # type: ignore[no-untyped-def]
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


def _as_words(x: NDArray[Any]) -> NDArray[np.int64]:
    return np.ascontiguousarray(x, np.int64)


def parity_signs(position: int, indices: NDArray[Any]) -> NDArray[np.float64]:
    """``(-1) ** popcount(position & k)`` for each index k, shape (k,). O(k)."""
    out = np.empty((1, indices.size), np.float64)
    _walsh(np.array([position], np.int64), _as_words(indices), 1.0, out)
    return out[0]


def walsh_elements(n: int, positions: NDArray[Any], indices: NDArray[Any]) -> NDArray[np.float64]:
    """``(-1) ** popcount(p & k) / sqrt(n)``: Walsh functions in Hadamard order.

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
    _walsh(_as_words(positions), _as_words(indices), n**-0.5, out)
    return out


def haar_elements(n: int, positions: NDArray[Any], indices: NDArray[Any]) -> NDArray[np.float64]:
    """Elements of the orthonormal Haar basis, coarsest first.

    Index 0 is the constant ``n ** -0.5``. Index ``2**j + q`` is ``sqrt(2**j / n)`` on the left
    half of the q-th of 2**j equal blocks, minus that on its right half, and 0 elsewhere.
    Parameters, shapes and cost are those of `walsh_elements`. Haar, Math. Ann. 69 (1910).
    """
    out = np.empty((positions.size, indices.size), np.float64)
    _haar(n.bit_length() - 1, _as_words(positions), _as_words(indices), out)
    return out
