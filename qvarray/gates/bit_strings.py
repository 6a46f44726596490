"""Bit strings: the indices and rows of bits that they are, qubit 0 first."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..core.values import Array
from .validation import integer, many


def index_of(bits: str | Iterable[int], n: int | None = None) -> int:
    """Return the index of a string of bits, the first of which is qubit 0.

    >>> index_of("101"), index_of([0, 1])
    (5, 1)

    Raises
    ------
    ValueError
        For anything but 0 and 1, or another number of them than `n`.
    """
    text = bits if isinstance(bits, str) else "".join(_bit(bit) for bit in many(bits))
    if not text or set(text) - {"0", "1"}:
        raise ValueError(f"a bit string has characters 0 and 1, got {bits!r}")
    if n is not None and len(text) != n:
        raise ValueError(f"{len(text)} bits {text!r} for {n} qubits")
    return int(text, 2)


def _bit(bit: object) -> str:
    if isinstance(bit, (str, bool, np.bool)):
        return bit if isinstance(bit, str) else str(int(bit))
    return str(integer("a bit", bit))


def bit_string(index: int, n: int) -> str:
    """Return the bits of an index, qubit 0 first."""
    return format(int(index), f"0{n}b")


def row_of(bits: str | Iterable[int], n: int | None = None) -> Array:
    """Return a string of bits as an array of them; errors are those of `index_of`.

    >>> row_of("101")
    array([1, 0, 1], dtype=uint8)
    """
    if not isinstance(bits, str):
        bits = [*bits]
    row: Array = rows_of([index_of(bits, n)], len(bits))[0]
    return row


def rows_of(indices: Iterable[int], n: int) -> Array:
    """Return the bits of indices, of any size, as rows.

    >>> rows_of([5, 3], 3)
    array([[1, 0, 1],
           [0, 1, 1]], dtype=uint8)
    """
    text = "".join(bit_string(index, n) for index in indices)
    return (np.frombuffer(text.encode(), np.uint8) - np.uint8(48)).reshape(-1, n)


def texts_of(rows: Array) -> list[str]:
    """Return rows of bits as strings.

    >>> texts_of(np.array([[1, 0, 1], [0, 1, 1]], np.uint8))
    ['101', '011']
    """
    count, n = rows.shape
    text = np.ascontiguousarray(rows + np.uint8(48)).tobytes().decode()
    return [text[i * n : (i + 1) * n] for i in range(count)]
