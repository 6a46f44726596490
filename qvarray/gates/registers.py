"""Registers: the integers that some bits of indices make; positions of indices in sorted ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.values import Array
from .single_qubit import Frame, is_diagonal, is_off_diagonal

#: Bits of an index that are in one word of it.
WORD = 62


def matched(indices: Array, wanted: Array) -> tuple[Array, Array]:
    """Return positions of `wanted` in sorted indices, and of which of them they are right.

    >>> matched(np.array([2, 5]), np.array([5, 3]))
    (array([1, 1]), array([ True, False]))
    """
    if not indices.size:
        return np.zeros(wanted.shape, np.int64), np.zeros(wanted.shape, bool)
    places = np.minimum(indices.searchsorted(wanted), indices.size - 1)
    return places, indices[places] == wanted


def register(indices: Array, bits: Sequence[int]) -> Array:
    """Return the integers that some bits make, the first the most significant. O(k · bits).

    >>> register(np.array([0b110]), [2, 0])
    array([2])
    """
    out = np.zeros(indices.size, np.int64)
    for p in bits:
        out <<= 1
        out |= indices >> p & 1
    return out


def register_of_rows(rows: Array) -> Array:
    """Return the integers that rows of bits are, the first bit the most significant.

    >>> register_of_rows(np.array([[1, 0], [1, 1]], np.uint8))
    array([2, 3])
    """
    out = np.zeros(rows.shape[0], np.int64)
    for column in rows.T:
        out <<= 1
        out |= column
    return out


def with_register(indices: Array, bits: Sequence[int], values: Array) -> Array:
    """Return indices with some bits replaced by those of integers.

    >>> with_register(np.array([0b110]), [2, 0], np.array([1]))
    array([3])
    """
    out = indices & ~np.int64(sum(1 << p for p in bits))
    for place, p in enumerate(reversed(bits)):
        out |= (values >> place & 1) << p
    return out


def bit_of(words: Array, p: int) -> Array:
    """Return a bit of indices in words of 62 bits, the lowest first.

    >>> bit_of(np.array([[0, 0], [0, 4]]), 64)
    array([0, 1])
    """
    bits: Array = words[p // WORD] >> p % WORD & 1
    return bits


def multiplied(words: Array, values: Array, p: int, u: Frame) -> tuple[Array, Array]:
    """Return indices and amplitudes after a matrix on a bit; one index may be there twice. O(k).

    Parameters
    ----------
    words : ndarray of int64, shape (w, k)
        Indices, the lowest 62 bits first.
    values : ndarray of complex128, shape (k,)
    p : int
    u : tuple of 4 complex numbers
    """
    a, b, c, d = u
    on = bit_of(words, p) == 1
    parts = []
    if not is_off_diagonal(u):
        parts.append((words, values * np.where(on, d, a)))
    if not is_diagonal(u):
        flipped = words.copy()
        flipped[p // WORD] ^= np.int64(1) << p % WORD
        parts.append((flipped, values * np.where(on, b, c)))
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([i for i, _ in parts], axis=1), np.concatenate([v for _, v in parts])
