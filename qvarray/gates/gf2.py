"""Square matrices over GF(2), as tuples of rows: bit p of a product is the parity of row p."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from ..core.values import Array
from .phase_polynomial import bits_in


@cache
def identity(n: int) -> tuple[int, ...]:
    """Return the rows of the identity."""
    return tuple(1 << p for p in range(n))


def columns(rows: tuple[int, ...]) -> Array:
    """Return the columns of a matrix, shape (n,)."""
    n = len(rows)
    bits = np.array(rows, np.int64)[:, None] >> np.arange(n) & 1
    return (bits << np.arange(n)[:, None]).sum(axis=0)


@lru_cache(maxsize=16)
def inverse(rows: tuple[int, ...]) -> tuple[int, ...]:
    """Return the inverse, by Gauss and Jordan: O(m**2) words for m rows that change."""
    right = list(identity(len(rows)))
    changed = [p for p, row in enumerate(rows) if row != right[p]]
    mask = sum(1 << p for p in changed)
    left = list(rows)
    for p in changed:
        # What other rows leave as it is is known.
        right[p] ^= left[p] & ~mask
        left[p] &= mask
    for place, p in enumerate(changed):
        pivot = next(q for q in changed[place:] if left[q] >> p & 1)
        left[p], left[pivot] = left[pivot], left[p]
        right[p], right[pivot] = right[pivot], right[p]
        for q in changed:
            if q != p and left[q] >> p & 1:
                left[q] ^= left[p]
                right[q] ^= right[p]
    return tuple(right)


def product(rows: tuple[int, ...], index: int) -> int:
    """Multiply a vector of bits by the matrix.

    >>> product((0b01, 0b11), 0b11)
    1
    """
    out = 0
    for p, row in enumerate(rows):
        out |= ((row & index).bit_count() & 1) << p
    return out


def combined(rows: tuple[int, ...], mask: int) -> int:
    """Multiply the matrix by a vector of bits from the left: add up the rows of a mask.

    >>> combined((0b01, 0b11), 0b11)
    2
    """
    out = 0
    for p in bits_in(mask):
        out ^= rows[p]
    return out


def products(rows: tuple[int, ...], indices: Array) -> Array:
    """Multiply each of some vectors of bits by the matrix."""
    out = np.zeros_like(indices)
    for p, row in enumerate(rows):
        out |= np.bitwise_count(indices & row).astype(np.int64) % 2 << p
    return out


def exchanged(rows: tuple[int, ...], offset: int, p: int, q: int) -> tuple[tuple[int, ...], int]:
    """Return an affine map followed by an exchange of two bits."""
    new = list(rows)
    new[p], new[q] = rows[q], rows[p]
    differ = (offset >> p ^ offset >> q) & 1
    return tuple(new), offset ^ (differ << p | differ << q)


def controlled(
    rows: tuple[int, ...], offset: int, q: int, value: int, p: int
) -> tuple[tuple[int, ...], int]:
    """Return an affine map followed by a flip of bit p where bit q has a value."""
    new = list(rows)
    new[p] ^= rows[q]
    return tuple(new), offset ^ ((offset >> q & 1 ^ 1 ^ value) << p)
