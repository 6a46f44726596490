"""Transform in place by the orthonormal Haar wavelets (Haar 1910, Mallat 1989), both ways.

A level takes pairs of neighbours to their sum and difference over sqrt(2); the sums go on to the
next level.  Taken level by level over a large array that is a pass over memory for each of the
first levels, and the differences must move behind all sums.  Instead, three levels at a time:

- blocks that fit in the L1 cache are transformed by three levels, each in its place: an eighth of
  it is then sums, and one, two and four eighths are differences;
- these chunks are regrouped, the differences of the last level behind those of the one before and
  the sums before all: a permutation of whole chunks, done in place along its cycles.

The same is done to the sums, until they fit in one block.  So the array is read and written about
twice, and the scratch memory is a few blocks.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import threads
from .flat_axis import flat_axis
from .jit import inner, njit

#: Bytes of a block: with the scratch array for it, it fits in the L1 cache.
BLOCK = 1 << 15
#: Bytes of what is behind the axis that are done at a time: longer rows are cut in strips of
#: columns, each done on its own.
STRIP = 1 << 12
#: Levels that are done in a block: it has ``2**SHARE`` rows or more, a chunk is that share of it.
SHARE = 3
#: Rows of fewer numbers than FEW, at most SHORT of them in all: vector loops do not pay.
FEW = 16
SHORT = 256
#: Of one half.
_ROOT = math.sqrt(0.5)
#: Below this many bytes, waking a thread costs more than it brings.
THREADED = 1 << 23


class _Rows(NamedTuple):
    """Rows of numbers: row r begins at ``values[start + r * pitch]``.

    Attributes
    ----------
    values : ndarray of float32 or float64, one-dimensional
    start, pitch : int
    """

    values: NDArray[Any]
    start: int | np.int64
    pitch: int


# The loops below run over slices that begin at 0: an index that Numba cannot prove to be at least 0
# may count from the end, and LLVM does not vectorise a loop with that choice in it.


@inner
def _halve(x, sums, details, count, width):  # type: ignore[no-untyped-def]
    """Take ``2 * count`` rows of x, of `width` numbers, to `count` rows of sums and of details.

    The three are `_Rows`; between those of sums there is nothing.
    """
    i, s, d = x.start, sums.start, details.start
    root = x.values.dtype.type(_ROOT)
    if width == x.pitch and width == details.pitch and width <= 2:
        pairs = x.values[i : i + 2 * count * width]
        total = sums.values[s : s + count * width]
        difference = details.values[d : d + count * width]
        if width == 1:
            for r in range(count):
                a = pairs[2 * r]
                b = pairs[2 * r + 1]
                total[r] = (a + b) * root
                difference[r] = (a - b) * root
        else:  # complex numbers
            for r in range(count):
                a = pairs[4 * r]
                a1 = pairs[4 * r + 1]
                b = pairs[4 * r + 2]
                b1 = pairs[4 * r + 3]
                total[2 * r] = (a + b) * root
                total[2 * r + 1] = (a1 + b1) * root
                difference[2 * r] = (a - b) * root
                difference[2 * r + 1] = (a1 - b1) * root
        return
    for _ in range(count):
        left = x.values[i : i + width]
        right = x.values[i + x.pitch : i + x.pitch + width]
        total = sums.values[s : s + width]
        difference = details.values[d : d + width]
        for k in range(width):
            a = left[k]
            b = right[k]
            total[k] = (a + b) * root
            difference[k] = (a - b) * root
        i += 2 * x.pitch
        s += width
        d += details.pitch


@inner
def _double(sums, details, y, count, width):  # type: ignore[no-untyped-def]
    """Take `count` rows of sums and of details to ``2 * count`` rows of y: undo `_halve`."""
    s, d, o = sums.start, details.start, y.start
    root = y.values.dtype.type(_ROOT)
    if width == y.pitch and width == details.pitch and width <= 2:
        pairs = y.values[o : o + 2 * count * width]
        total = sums.values[s : s + count * width]
        difference = details.values[d : d + count * width]
        if width == 1:
            for r in range(count):
                a = total[r]
                b = difference[r]
                pairs[2 * r] = (a + b) * root
                pairs[2 * r + 1] = (a - b) * root
        else:
            for r in range(count):
                a = total[2 * r]
                a1 = total[2 * r + 1]
                b = difference[2 * r]
                b1 = difference[2 * r + 1]
                pairs[4 * r] = (a + b) * root
                pairs[4 * r + 1] = (a1 + b1) * root
                pairs[4 * r + 2] = (a - b) * root
                pairs[4 * r + 3] = (a1 - b1) * root
        return
    for _ in range(count):
        left = y.values[o : o + width]
        right = y.values[o + y.pitch : o + y.pitch + width]
        total = sums.values[s : s + width]
        difference = details.values[d : d + width]
        for k in range(width):
            a = total[k]
            b = difference[k]
            left[k] = (a + b) * root
            right[k] = (a - b) * root
        o += 2 * y.pitch
        s += width
        d += details.pitch


@inner
def _copy(x, y, count, width):  # type: ignore[no-untyped-def]
    """Copy `count` rows of `width` numbers from x to y, both `_Rows`."""
    if width == x.pitch and width == y.pitch:
        width *= count
        count = 1
    i, o = x.start, y.start
    for _ in range(count):
        source = x.values[i : i + width]
        target = y.values[o : o + width]
        for k in range(width):
            target[k] = source[k]
        i += x.pitch
        o += y.pitch


@inner
def _blocks(x, t, forward, rows, last, width, low, high):  # type: ignore[no-untyped-def]
    """Transform some blocks of `rows` rows in place, until `last` rows of sums are left, or back.

    Parameters
    ----------
    x : _Rows
    t : ndarray, shape (3 * rows * width // 2,)
        Scratch. In it are the details of the first level, which no free place is for, and after
        them two rooms for the sums, one read while the other is written.
    low, high : int
        The first block, and the one to stop before.
    """
    half = rows >> 1
    room = half * width
    values, pitch = x.values, x.pitch
    apart = _Rows(t, np.int64(0), width)
    for block in range(low, high):
        i = x.start + block * rows * pitch
        begin = _Rows(values, i, pitch)
        middle = _Rows(values, i + half * pitch, pitch)
        here, there = _Rows(t, room, width), _Rows(t, 2 * room, width)
        # One call in a loop, of which the first (or last) turn is special: Numba compiles each
        # call on its own.
        if forward:
            source, details = begin, apart
            count = half
            while count >= last:
                _halve(source, here, details, count, width)
                source = here
                here, there = there, here
                count >>= 1
                details = _Rows(values, i + count * pitch, pitch)
            _copy(there, begin, last, width)
            _copy(apart, middle, half, width)
        else:
            _copy(begin, here, last, width)
            _copy(middle, apart, half, width)
            count = last
            while count <= half:
                if count < half:
                    details, target = _Rows(values, i + count * pitch, pitch), there
                else:
                    details, target = apart, begin
                _double(here, details, target, count, width)
                here, there = there, here
                count <<= 1


@inner
def _rows(x, t, forward, n, inner, low, high):  # type: ignore[no-untyped-def]
    """Transform some arrays of n rows of few numbers in place, one array at a time.

    The vector loops would take longer to begin than these to end. `t` has room for one array.
    """
    size, root = n * inner, x.dtype.type(_ROOT)
    for base in range(low * size, high * size, size):
        half = size >> 1
        if forward:
            while half >= inner:
                for r in range(0, half, inner):
                    for k in range(r, r + inner):
                        a = x[base + r + k]
                        b = x[base + r + k + inner]
                        x[base + k] = (a + b) * root
                        t[half + k] = (a - b) * root
                half >>= 1
            for k in range(inner, size):
                x[base + k] = t[k]
        else:
            for k in range(inner):
                t[k] = x[base + k]
            half = inner
            while half < size:
                for r in range(half - inner, -1, -inner):  # from the end, where there is room
                    for k in range(r, r + inner):
                        a = t[k]
                        b = x[base + half + k]
                        t[r + k] = (a + b) * root
                        t[r + k + inner] = (a - b) * root
                half <<= 1
            for k in range(size):
                x[base + k] = t[k]


@inner
def _source(place, forward, blocks):  # type: ignore[no-untyped-def]
    """Find where the chunk comes from that `_regroup` brings to a place.

    By blocks, chunk k of block b is at ``(b << SHARE) + k``; by levels, those of level l, ``2**l``
    in each block, begin at ``blocks << l``, in order of b, and the first chunks of all blocks are
    at b. Of two blocks the first chunks, 0 and 8, go to 0 and 1; the next, 1 and 9, to 2 and 3.
    """
    if forward:
        if place < blocks:
            return place << SHARE
        level = 0
        while blocks << (level + 1) <= place:
            level += 1
        b = (place - (blocks << level)) >> level
        k = (1 << level) + (place & ((1 << level) - 1))
        return (b << SHARE) + k
    b = place >> SHARE
    k = place & ((1 << SHARE) - 1)
    if k == 0:
        return b
    level = 0
    while 2 << level <= k:
        level += 1
    return (blocks << level) + (b << level) + k - (1 << level)


@inner
def _regroup(x, t, marks, forward, blocks, rows, width):  # type: ignore[no-untyped-def]
    """Bring the chunks of `blocks` blocks of `rows` rows from block order to level order, or back.

    In place, along the cycles of the permutation: `t` has room for a chunk, and `marks` for a byte
    for each.
    """
    chunk = rows >> SHARE
    values, pitch = x.values, x.pitch
    step = chunk * pitch
    scratch = _Rows(t, np.int64(0), width)
    marks[: blocks << SHARE] = 0
    for start in range(blocks << SHARE):
        if marks[start]:
            continue
        marks[start] = 1
        source = _source(start, forward, blocks)
        if source == start:
            continue
        place = _Rows(values, x.start + start * step, pitch)
        _copy(place, scratch, chunk, width)
        while source != start:
            marks[source] = 1
            following = _Rows(values, x.start + source * step, pitch)
            _copy(following, place, chunk, width)
            place = following
            source = _source(source, forward, blocks)
        _copy(scratch, place, chunk, width)


@njit(cache=True, nogil=True)
def _strips(x, forward, n, inner, strip, rows, piece):  # type: ignore[no-untyped-def]
    """Transform some strips in place, by some of the steps. O(numbers in them).

    Parameters
    ----------
    x : ndarray of float32 or float64, shape (outer * n * inner,)
    n, inner : int
        Rows of an array, and numbers in a row.
    strip, rows : int
        Columns of a strip, the last of each array has what is left; and rows of a block.
    piece : tuple of int
        What a thread does:

        first, last
            Steps. Step 2 i transforms the blocks of the sums after i turns, step 2 i + 1 regroups
            them; the way back takes the same steps from the last to the first.
        low, high
            Strips.
        b_low, b_high
            Blocks that step 0 transforms.
    """
    first, last, low, high, b_low, b_high = piece
    t = np.empty(rows * strip * 3 // 2, x.dtype)
    if inner < FEW and n * inner <= SHORT and n <= rows:
        _rows(x, t, forward, n, inner, low, high)
        return
    marks = np.empty(n // rows << SHARE, np.uint8)
    strips = -(-inner // strip)
    for number in range(low, high):
        outer = number // strips
        column = (number - outer * strips) * strip
        width = min(strip, inner - column)
        base = _Rows(x, outer * n * inner + column, inner)
        for turn in range(first, last):
            step = turn if forward else last - 1 - (turn - first)
            left = n >> (step >> 1) * SHARE
            size = min(left, rows)
            blocks = left // size
            if step & 1:
                _regroup(base, t, marks, forward, blocks, size, width)
                continue
            begin = 0 if step else b_low
            end = blocks if step else b_high
            stop = 1 if blocks == 1 else size >> SHARE
            _blocks(base, t, forward, size, stop, width, begin, end)


def haar(a: NDArray[Any], axis: int, *, workers: int | None = None) -> None:
    """Replace `a` by its orthonormal Haar transform along `axis`.

    With n = 2**q the length: index 0 is the scaling coefficient, the sum over sqrt(n); indices
    2**j to 2**(j + 1) are the details of level j in order of position, the coarsest first, each
    the sum over the left half of its n / 2**j numbers minus that over the right half, times
    sqrt(2**j / n).  By Mallat's (1989) pyramid for the functions of Haar (1910): 2 n additions.

    Parameters
    ----------
    a : ndarray of float32, float64, complex64 or complex128
        C-contiguous and writable, of any shape with at least one axis.
    axis : int
        The axis, of a length that is a power of two.
    workers : int, optional
        The number of threads; by default as many as pay.  The bits do not depend on it.

    Notes
    -----
    About two passes over memory, and scratch memory of 48 KiB a thread and 0.05% of `a`.
    """
    _transform(a, axis, True, workers)


def inverse_haar(a: NDArray[Any], axis: int, *, workers: int | None = None) -> None:
    """Replace `a` by its inverse orthonormal Haar transform along `axis`.

    The parameters, the order of the coefficients and the cost are those of `haar`.
    """
    _transform(a, axis, False, workers)


def _transform(a: NDArray[Any], axis: int, forward: bool, workers: int | None) -> None:
    """Transform in place, or back, with the parameters of `haar`."""
    n = a.shape[axis]
    if n == 1 or a.size == 0:
        return
    flat, inner = flat_axis(a, axis)
    strip = min(inner, STRIP // flat.itemsize)
    rows = min(n, 1 << max(SHARE, (BLOCK // (strip * flat.itemsize)).bit_length() - 1))
    blocks = n // rows
    if workers is None:
        workers = threads.workers_for(flat.nbytes, THREADED)

    strips = flat.size // (n * inner) * -(-inner // strip)
    depth = 0
    while n >> depth * SHARE > rows:
        depth += 1
    every = (0, 2 * depth + 1)

    def call(pieces: list[tuple[int, ...]]) -> None:
        threads.run(_strips, [(flat, forward, n, inner, strip, rows, piece) for piece in pieces])

    if workers == 1:
        call([(*every, 0, strips, 0, blocks)])
        return
    if strips >= workers or blocks == 1:
        call([(*every, *piece, 0, blocks) for piece in threads.split(strips, workers)])
        return
    # With fewer strips than threads these share the blocks of each; the rest is mostly moving.
    shared = [
        [(0, 1, k, k + 1, *piece) for piece in threads.split(blocks, workers)]
        for k in range(strips)
    ]
    rest = [(1, every[1], *piece, 0, 0) for piece in threads.split(strips, workers)]
    for pieces in [*shared, rest] if forward else [rest, *shared]:
        call(pieces)
