"""Pack integers in few bits: each group in as many as the largest of it needs, and unpack them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from .jit import inner, njit


@inner
def bits_needed(used, bits):  # type: ignore[no-untyped-def]
    """Return the bits that integers need; an integer below zero is as long as its complement.

    `used` is all integers, and `bits` those or complements, joined by or.
    """
    width = 2 if used else 0
    if bits:
        width = 1
        while bits:
            bits >>= 1
            width += 1
    return width


@njit(cache=True, nogil=True)
def _widths(values, group, out):  # type: ignore[no-untyped-def]
    """Write the bits that each group of values, shape (n,), needs. O(n)."""
    for i in range(out.size):
        bits = any_bits = np.int64(0)
        for v in values[i * group : min((i + 1) * group, values.size)]:
            bits |= v ^ -np.int64(v < 0)
            any_bits |= v
        out[i] = bits_needed(any_bits, bits)


@njit(cache=True, nogil=True)
def _pack(values, group, widths, out):  # type: ignore[no-untyped-def]
    """Write the lowest bits of values, shape (n,), one after the other, to bytes. O(n)."""
    written = uint64(0)
    for i in range(widths.size):
        width = uint64(widths[i])
        if width == 0:
            continue
        mask = (uint64(1) << width) - uint64(1)
        begin = i * group
        if width <= uint64(16) and begin + group <= values.size:
            # Eight of them are as many bytes as one has bits: a word, or two.
            for first in range(uint64(begin), uint64(begin + group), uint64(8)):
                word = high = uint64(0)
                for j in range(uint64(4)):
                    low_bits = uint64(np.int64(values[first + j])) & mask
                    high_bits = uint64(np.int64(values[first + j + uint64(4)])) & mask
                    word |= low_bits << (j * width)
                    high |= high_bits << (j * width)
                half = uint64(4) * width
                if half < uint64(64):
                    word |= high << half
                    high >>= uint64(64) - half
                for j in range(min(width, uint64(8))):
                    out[written + j] = np.uint8(word >> (uint64(8) * j))
                for j in range(uint64(8), width):
                    out[written + j] = np.uint8(high >> (uint64(8) * j - uint64(64)))
                written += width
            continue
        word = uint64(0)
        held = uint64(0)
        for at in range(begin, begin + group):
            v = np.int64(values[at]) if at < values.size else np.int64(0)
            word |= (uint64(v) & mask) << held
            held += width
            while held >= uint64(8):
                out[written] = np.uint8(word)
                written += uint64(1)
                word >>= uint64(8)
                held -= uint64(8)


@njit(cache=True, nogil=True)
def _widths_of_some(places, values, shift, out):  # type: ignore[no-untyped-def]
    """Write the bits that each group of ``1 << shift`` needs, where others are zeros. O(m)."""
    for i in range(places.size):
        v = np.int64(values[i])
        group = places[i] >> shift
        out[group] = max(out[group], bits_needed(v, v ^ -np.int64(v < 0)))


@njit(cache=True, nogil=True)
def _pack_some(places, values, shift, widths, starts, out):  # type: ignore[no-untyped-def]
    """Write the bits of values at different places among zeros, each at its own place. O(m)."""
    for i in range(places.size):
        group = places[i] >> shift
        width = np.int64(widths[group])
        bit = (places[i] & ((1 << shift) - 1)) * width
        at = starts[group] + (bit >> 3)
        word = (np.int64(values[i]) & ((1 << width) - 1)) << (bit & 7)
        while word:
            out[at] |= np.uint8(word & 255)
            word >>= 8
            at += 1


@njit(cache=True, nogil=True)
def _unpack(data, group, widths, out):  # type: ignore[no-untyped-def]
    """Write what `_pack` packed, and extend the sign of each: the highest of its bits. O(n)."""
    # Without a sign an index is not looked at twice.
    here = uint64(0)
    for i in range(widths.size):
        width = uint64(widths[i])
        begin = i * group
        end = min((i + 1) * group, out.size)
        if width == 0:
            out[begin:end] = 0
            continue
        mask = (uint64(1) << width) - uint64(1)
        half = np.int64(1) << np.int64(width - uint64(1))
        following = here + width * uint64(group >> 3)
        if width <= uint64(8):
            # Eight of them are as many bytes as one has bits: one word.
            for first in range(begin, end, 8):
                word = uint64(0)
                for j in range(width):
                    word |= uint64(data[here + j]) << (uint64(8) * j)
                here += width
                at = uint64(first)
                if first + 8 <= end:
                    for j in range(uint64(8)):
                        v = np.int64((word >> (j * width)) & mask)
                        out[at + j] = np.int32((v ^ half) - half)
                else:
                    for j in range(uint64(end - first)):
                        v = np.int64((word >> (j * width)) & mask)
                        out[at + j] = np.int32((v ^ half) - half)
        else:
            word = uint64(0)
            held = uint64(0)
            for j in range(uint64(begin), uint64(end)):
                while held < width:
                    word |= uint64(data[here]) << held
                    here += uint64(1)
                    held += uint64(8)
                v = np.int64(word & mask)
                out[j] = np.int32((v ^ half) - half)
                word >>= width
                held -= width
        here = following


def widths(values: NDArray[Any], group: int) -> NDArray[np.uint8]:
    """Count the bits that each group of integers needs, as two's complement: 0, or from 2 on.

    Parameters
    ----------
    values : ndarray of int32 or int64, shape (n,)
    group : int
        A multiple of 8. The last group may have fewer.

    Returns
    -------
    ndarray of uint8, shape (groups,)

    Notes
    -----
    O(n).

    Examples
    --------
    >>> widths(np.array([0] * 8 + [1, -1] * 4 + [2, -4, 3, 0]), 8)
    array([0, 2, 3], dtype=uint8)
    """
    out = np.empty(-(-values.size // group), np.uint8)
    _widths(values, group, out)
    return out


def pack(values: NDArray[Any], group: int, widths: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pack integers as groups of bits, ``width * group / 8`` bytes each.

    Parameters
    ----------
    values : ndarray of int32 or int64, shape (n,)
    group : int
        A multiple of 8. The last group is filled up with zeros.
    widths : ndarray of uint8, shape (groups,)
        As `widths` counts them, or more.

    Returns
    -------
    ndarray of uint8

    Notes
    -----
    O(n).
    """
    out = np.empty(int(widths.sum(dtype=np.int64)) * (group // 8), np.uint8)
    _pack(values, group, widths, out)
    return out


def pack_some(
    places: NDArray[np.int64], values: NDArray[Any], size: int, group: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Pack few integers among zeros, as `widths` and `pack` do it of all.

    Parameters
    ----------
    places : ndarray of int64, shape (m,)
        Different ones below `size`, in any order.
    values : ndarray of int32, shape (m,)
        Of at most 31 bits.
    size, group : int

    Returns
    -------
    widths : ndarray of uint8, shape (groups,)
    data : ndarray of uint8

    Notes
    -----
    O(m), and a few bytes for each group.

    Examples
    --------
    >>> widths, data = pack_some(np.array([9, 8]), np.array([-1, 1], np.int32), 16, 8)
    >>> widths.tolist(), unpack(data, 8, widths, 16)[7:11].tolist()
    ([0, 2], [0, 1, -1, 0])
    """
    shift = group.bit_length() - 1
    widths = np.zeros(-(-size // group), np.uint8)
    _widths_of_some(places, values, shift, widths)
    ends = np.cumsum(widths, dtype=np.int64) * (group >> 3)
    data = np.zeros(int(ends[-1]) if ends.size else 0, np.uint8)
    starts = ends - widths.astype(np.int64) * (group >> 3)
    _pack_some(places, values, shift, widths, starts, data)
    return widths, data


def unpack(
    data: NDArray[np.uint8],
    group: int,
    widths: NDArray[np.uint8],
    size: int,
    dtype: type[np.int32 | np.float64] = np.int32,
) -> NDArray[Any]:
    """Unpack `size` integers of at most 32 bits that `pack` packed.

    Parameters
    ----------
    data : ndarray of uint8
    group : int
    widths : ndarray of uint8, shape (groups,)
    size : int
    dtype : type
        int32 or float64.

    Returns
    -------
    ndarray of that dtype, shape (size,)

    Raises
    ------
    ValueError
        For fewer bytes than the widths say.

    Notes
    -----
    O(size).

    Examples
    --------
    >>> numbers = np.array([0] * 8 + [1, -1] * 4)
    >>> packed = pack(numbers, 8, widths(numbers, 8))
    >>> packed.nbytes, unpack(packed, 8, widths(numbers, 8), 16)[-4:]
    (2, array([ 1, -1,  1, -1], dtype=int32))
    """
    if data.size < int(widths.sum(dtype=np.int64)) * (group // 8) or size > widths.size * group:
        raise ValueError("packed integers are cut off")
    out: NDArray[Any] = np.empty(size, dtype)
    _unpack(data, group, widths, out)
    return out
