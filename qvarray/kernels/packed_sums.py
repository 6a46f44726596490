"""Sum products of packed integers, as they are unpacked: none of them is written to memory."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numpy.typing import NDArray

from .jit import inner, intrinsic, njit

#: Integers that are whole groups, whatever their length; and that are unpacked at a time.
BATCH = 64
_PART = 1 << 11


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
def _unpacked(codes, data, shift, begin, at, out, tail):  # type: ignore[no-untyped-def]
    """Unpack `out`, shape (n,), from number `begin` and byte `at` on; return the byte behind. O(n).

    Both are multiples of 64: all calls but this one would count references.
    """
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


@inner
def _sum(a, b):  # type: ignore[no-untyped-def]
    """Sum the products of integers of 16 bits, shape (n,). O(n)."""
    total = np.int64(0)
    for j in range(a.size):
        total += np.int64(a[j]) * np.int64(b[j])
    return total


@njit(cache=True, nogil=True)
def _products(  # type: ignore[no-untyped-def]
    codes, data, shift, others, more, by, at, begin, end, places, low, out
):
    """Sum products over ``[begin, end)`` in `out`, shape (3,), without those at `places`. O(n)."""
    a, b = np.zeros(_PART, np.int32), np.zeros(_PART, np.int32)
    # The bytes that may be read of 8 numbers.
    tail = np.zeros(3 * 8, np.uint8)
    place, of_both = 0, low.shape[0] > 1
    whole = end // BATCH * BATCH
    start = begin // BATCH * BATCH
    while start < end:
        stop = min(start + _PART, whole) if start < whole else start + BATCH
        x, y = a[: stop - start], b[: stop - start]
        after, behind = _unpacked(codes, data, shift, start, at[0], x, tail), at[1]
        if of_both:
            behind = _unpacked(others, more, by, start, at[1], y, tail)
        for j in range(begin - start):
            x[j] = y[j] = 0
        for j in range(end - start, x.size):
            x[j] = y[j] = 0
        while place < places.size and places[place] < stop:
            j = places[place] - start
            low[0, place], x[j] = x[j], 0
            if of_both:
                low[1, place], y[j] = y[j], 0
            place += 1
        # Of zeros there is no byte.
        if after > at[0]:
            out[0] += _sum(x, x)
        if behind > at[1]:
            out[2] += _sum(y, y)
            if after > at[0]:
                out[1] += _sum(x, y)
        # What is left of a batch is unpacked once more.
        if stop <= whole:
            at[0], at[1] = after, behind
        start = stop


class Products:
    """Sums of products of one or two sequences of packed integers of one length, part by part.

    Parameters
    ----------
    sequences : tuple of Groups
        One or two, of integers of at most 16 bits.

    Attributes
    ----------
    sums : list of list of int
        The sums so far: of the squares, and of the products of the two. Exact.

    Examples
    --------
    >>> from qvarray.kernels import bitpack
    >>> numbers = np.array([3, -1] * 8)
    >>> data = bitpack.pack(numbers, 16, bitpack.widths(numbers, 16))
    >>> found = Products((Groups(np.array([2], np.uint8), data, 1),))
    >>> found.read(0, 16, np.array([1])).tolist(), found.sums
    ([[-1.0]], [[79]])
    """

    def __init__(self, sequences: tuple[Groups, ...]) -> None:
        self.sums = [[0] * len(sequences) for _ in sequences]
        none = np.zeros(0, np.uint8)
        first, last = sequences[0], sequences[-1]
        self._second = last if len(sequences) > 1 else Groups(none, none, 0)
        self._first = first
        self._at: NDArray[Any] = np.zeros(2, np.int64)

    def read(self, begin: int, end: int, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Add what is in ``[begin, end)``, which follows what was read before. O(end - begin).

        Parameters
        ----------
        begin, end : int
            No more than 2**32 integers.
        places : ndarray of int64, shape (m,)
            Sorted places in that range that are not added.

        Returns
        -------
        ndarray of float64, shape (sequences, m)
            The integers at these places.
        """
        low = np.zeros((len(self.sums), places.size))
        out: NDArray[Any] = np.zeros(3, np.int64)
        _products(*self._first, *self._second, self._at, begin, end, places, low, out)
        for i, row in enumerate(self.sums):
            for j in range(len(row)):
                row[j] += int(out[i + j])
        return low
