"""Pack integers in few bits: each group in as many as the largest of it needs, and unpack them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types, uint64
from numpy.typing import NDArray

from .jit import inner, intrinsic, njit


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


#: Integers that are whole groups, whatever their length; and that are unpacked at a time.
BATCH = 64
PART = 1 << 11


def _interpreted_eight(data, at, width, out, to):  # type: ignore[no-untyped-def]
    width = int(width)
    word, half = int.from_bytes(data[at : at + width].tobytes(), "little"), (1 << width) >> 1
    for j in range(8):
        out[to + j] = ((word >> (j * width) & ((1 << width) - 1)) ^ half) - half


@intrinsic(_interpreted_eight)
def _eight(typing, data, at, width, out, to):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """Unpack 8 integers of ``width <= 16`` bits from byte `at` on to ``out[to:to + 8]``.

    Two words hold four each: all are shifted at once. Up to 8 bytes behind them are read.
    """
    signature = types.void(data, types.intp, types.intp, out, types.intp)

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        word, number, lane = ir.IntType(64), ir.IntType(32), ir.IntType(32)
        words, numbers = ir.VectorType(word, 8), ir.VectorType(number, 8)
        _, at, width, _, to = args
        data, out = (
            context.make_array(signature.args[i])(context, builder, args[i]).data for i in (0, 3)
        )

        def of(bits, value):  # type: ignore[no-untyped-def]
            return ir.Constant(bits, value)

        def spread(vector, *values):  # type: ignore[no-untyped-def]
            some = of(vector, ir.Undefined)
            for i, value in enumerate(values):
                some = builder.insert_element(some, value, of(lane, i))
            lanes = [i * len(values) // 8 for i in range(8)]
            mask = of(ir.VectorType(lane, 8), lanes)
            return builder.shuffle_vector(some, some, mask)

        def load(byte):  # type: ignore[no-untyped-def]
            place = builder.bitcast(builder.gep(data, [byte]), word.as_pointer())
            return builder.load(place, align=1)

        half = builder.shl(width, of(word, 2))
        high = load(builder.add(at, builder.lshr(half, of(word, 3))))
        high = builder.lshr(high, builder.and_(half, of(word, 7)))
        # Multiples of the width: a product of words is slow.
        once = builder.and_(spread(words, width), of(words, [0, -1] * 4))
        twice = builder.shl(width, of(word, 1))
        twice = builder.and_(spread(words, twice), of(words, [0, 0, -1, -1] * 2))
        found = builder.lshr(spread(words, load(at), high), builder.add(once, twice))
        # Of no bits nothing is left: the shift is that of one bit, and then all are masked.
        is_some = builder.icmp_unsigned("!=", width, of(word, 0))
        up = builder.select(is_some, builder.sub(of(word, 32), width), of(word, 31))
        up = spread(numbers, builder.trunc(up, number))
        found = builder.ashr(builder.shl(builder.trunc(found, numbers), up), up)
        found = builder.and_(found, spread(numbers, builder.sext(is_some, number)))
        place = builder.bitcast(builder.gep(out, [to]), numbers.as_pointer())
        builder.store(found, place, align=4)
        return context.get_dummy_value()

    return signature, generate


class Groups(NamedTuple):
    """Packed integers: the bits of each group less 1, two of them a byte, and the groups.

    Attributes
    ----------
    codes, data : ndarray of uint8
    shift : int
        A group has ``8 << shift`` integers; it is 0, 1 or 2.
    """

    codes: NDArray[np.uint8]
    data: NDArray[np.uint8]
    shift: int


@inner
def unpack_part(groups, begin, at, out, tail):  # type: ignore[no-untyped-def]
    """Unpack `out`, shape (n,), from number `begin` and byte `at` on; return the byte behind. O(n).

    `begin` and n are multiples of `BATCH`; `tail`, of 24 bytes, is written to.
    """
    codes, data, shift = groups
    pairs = 4 >> shift
    for start in range(0, out.size, BATCH):
        first = (begin + start) // BATCH * pairs
        last = min(first + pairs, codes.size)
        some = np.uint8(0)
        for number in range(first, last):
            some |= codes[number]
        count = 0
        if some:
            count = 2 * (last - first) << shift
        eight = (begin + start) >> 3
        for k in range(count):
            number = (eight + k) >> shift
            code = np.int64(codes[number >> 1] >> np.uint8(4 * (number & 1))) & 15
            # Without a branch for zeros, which would be guessed wrong as often as not.
            width = code + np.int64(code != 0)
            if at + tail.size <= data.size:
                _eight(data, at, width, out, start + 8 * k)
            else:
                for j in range(width):
                    tail[j] = data[at + j]
                _eight(tail, 0, width, out, start + 8 * k)
            at += width
        for j in range(start + 8 * count, start + BATCH):
            out[j] = 0
    return at


@njit(cache=True, nogil=True)
def _unpack(groups, begin, at, out):  # type: ignore[no-untyped-def]
    """Write the integers from number `begin` and byte `at` on to `out`, shape (n,). O(n)."""
    part, tail = np.empty(PART, np.int32), np.zeros(3 * 8, np.uint8)
    for start in range(0, out.size, PART):
        count = min(PART, out.size - start)
        at = unpack_part(groups, begin + start, at, part[: -(-count // BATCH) * BATCH], tail)
        for j in range(count):
            out[start + j] = part[j]


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
    >>> groups = Groups(np.array([0x10], np.uint8), data, 0)
    >>> widths.tolist(), unpack(groups, 0, 0, 16)[7:11].tolist()
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
    groups: Groups,
    begin: int,
    at: int,
    size: int,
    dtype: type[np.int32 | np.float64] = np.int32,
) -> NDArray[Any]:
    """Unpack integers of at most 16 bits that `pack` packed.

    Parameters
    ----------
    groups : Groups
        Of as many bytes as its codes say: that is not looked at.
    begin, at : int
        The first integer, a multiple of `BATCH`, and the byte that it begins at.
    size : int
    dtype : type
        int32 or float64.

    Returns
    -------
    ndarray of that dtype, shape (size,)
        Zeros behind the last group.

    Notes
    -----
    O(size).

    Examples
    --------
    >>> numbers = np.array([0] * 8 + [1, -1] * 4)
    >>> data = pack(numbers, 8, widths(numbers, 8))
    >>> data.nbytes, unpack(Groups(np.array([0x10], np.uint8), data, 0), 0, 0, 16)[-4:]
    (2, array([ 1, -1,  1, -1], dtype=int32))
    """
    out: NDArray[Any] = np.empty(size, dtype)
    _unpack(groups, begin, at, out)
    return out
