"""The orthonormal Haar wavelet transform in place (Haar 1910, Mallat 1989), by Numba.

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

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import threads
from .jit import njit

# Bytes of a block: with the scratch array for it, it fits in the L1 cache.
BLOCK = 1 << 15
# Longer rows (what is behind the axis) are cut in strips of columns, each done on its own.
STRIP = 1 << 12
# A block has 8 rows at least: a chunk is an eighth of it.
SHARE = 3
# Rows of fewer numbers than FEW, at most SHORT of them in all: vector loops do not pay.
FEW = 16
SHORT = 256
# Below this many bytes, waking a thread costs more than it brings.
THREADED = 1 << 23


# The loops below run over slices that begin at 0: an index that Numba cannot prove to be at least 0
# may count from the end, and LLVM does not vectorise a loop with that choice in it.


@njit(nogil=True)
def _halve(x, i, pitch, sums, s, details, d, d_pitch, count, width, root):  # type: ignore[no-untyped-def]
    # Take 2 * count rows of x to `count` rows of sums and of details.
    if width == pitch and width == d_pitch and width <= 2:
        pairs = x[i : i + 2 * count * width]
        total = sums[s : s + count * width]
        difference = details[d : d + count * width]
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
        left = x[i : i + width]
        right = x[i + pitch : i + pitch + width]
        total = sums[s : s + width]
        difference = details[d : d + width]
        for k in range(width):
            a = left[k]
            b = right[k]
            total[k] = (a + b) * root
            difference[k] = (a - b) * root
        i += 2 * pitch
        s += width
        d += d_pitch


@njit(nogil=True)
def _double(sums, s, details, d, d_pitch, y, o, pitch, count, width, root):  # type: ignore[no-untyped-def]
    # The inverse of _halve: `count` rows of sums and of details to 2 * count rows of y.
    if width == pitch and width == d_pitch and width <= 2:
        pairs = y[o : o + 2 * count * width]
        total = sums[s : s + count * width]
        difference = details[d : d + count * width]
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
        left = y[o : o + width]
        right = y[o + pitch : o + pitch + width]
        total = sums[s : s + width]
        difference = details[d : d + width]
        for k in range(width):
            a = total[k]
            b = difference[k]
            left[k] = (a + b) * root
            right[k] = (a - b) * root
        o += 2 * pitch
        s += width
        d += d_pitch


@njit(nogil=True)
def _copy(x, i, x_pitch, y, o, y_pitch, count, width):  # type: ignore[no-untyped-def]
    if width == x_pitch and width == y_pitch:
        width *= count
        count = 1
    for r in range(count):
        source = x[i + r * x_pitch : i + r * x_pitch + width]
        target = y[o + r * y_pitch : o + r * y_pitch + width]
        for k in range(width):
            target[k] = source[k]


@njit(nogil=True)
def _blocks(x, t, forward, base, rows, last, pitch, width, low, high, root):  # type: ignore[no-untyped-def]
    # Transform the blocks number low to high, of `rows` rows each, in their places, until `last`
    # rows of sums are left (or back from there).
    # In the scratch array t are the details of the first level, which no free place is for, and
    # after them two rooms for the sums, one read while the other is written.
    half = rows >> 1
    room = half * width
    for block in range(low, high):
        i = base + block * rows * pitch
        here = room
        there = 2 * room
        # One call in a loop, of which the first (or last) turn is special: Numba compiles each
        # call on its own.
        if forward:
            source, at, step = x, i, pitch
            details, d, d_step = t, 0, width
            count = half
            while count >= last:
                _halve(source, at, step, t, here, details, d, d_step, count, width, root)
                source, at, step = t, here, width
                here, there = there, here
                count >>= 1
                details, d, d_step = x, i + count * pitch, pitch
            _copy(t, there, width, x, i, pitch, last, width)
            _copy(t, 0, width, x, i + half * pitch, pitch, half, width)
        else:
            _copy(x, i, pitch, t, here, width, last, width)
            _copy(x, i + half * pitch, pitch, t, 0, width, half, width)
            count = last
            while count <= half:
                if count < half:
                    details, d, d_step = x, i + count * pitch, pitch
                    target, at, step = t, there, width
                else:
                    details, d, d_step = t, 0, width
                    target, at, step = x, i, pitch
                _double(t, here, details, d, d_step, target, at, step, count, width, root)
                here, there = there, here
                count <<= 1


@njit(nogil=True)
def _rows(x, t, forward, n, inner, low, high, root):  # type: ignore[no-untyped-def]
    # Transform the rows number low to high of few numbers each, one at a time: the vector loops
    # would take longer to begin than these to end.
    size = n * inner
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


@njit(nogil=True)
def _source(place, forward, blocks):  # type: ignore[no-untyped-def]
    # Where the chunk comes from that _regroup brings to a place. By blocks, chunk k of block b is
    # at (b << SHARE) + k; by levels, those of level l, 2**l in each block, begin at blocks << l,
    # in order of b, and the first chunks of all blocks are at b.
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


@njit(nogil=True)
def _regroup(x, t, marks, forward, base, blocks, rows, pitch, width):  # type: ignore[no-untyped-def]
    # Bring the chunks of `blocks` blocks of `rows` rows from block order to level order, or back.
    chunk = rows >> SHARE
    step = chunk * pitch
    marks[: blocks << SHARE] = 0
    for start in range(blocks << SHARE):
        if marks[start]:
            continue
        marks[start] = 1
        source = _source(start, forward, blocks)
        if source == start:
            continue
        _copy(x, base + start * step, pitch, t, 0, width, chunk, width)
        place = start
        while source != start:
            marks[source] = 1
            _copy(x, base + source * step, pitch, x, base + place * step, pitch, chunk, width)
            place = source
            source = _source(place, forward, blocks)
        _copy(t, 0, width, x, base + place * step, pitch, chunk, width)


@njit(cache=True, nogil=True)
def _strips(  # type: ignore[no-untyped-def]
    x, t, marks, forward, n, inner, strip, rows, first, last, root, low, high, b_low, b_high
):
    # Transform the strips number low to high, each of `strip` columns of `inner` and all n rows,
    # by the steps number first to last. Step 2 i transforms the blocks of `rows` rows of the sums
    # after i turns (step 0 only the blocks number b_low to b_high), step 2 i + 1 regroups them;
    # the way back takes the same steps from the last to the first.
    if inner < FEW and n * inner <= SHORT and n <= rows:
        _rows(x, t, forward, n, inner, low, high, root)
        return
    strips = -(-inner // strip)
    for number in range(low, high):
        outer = number // strips
        column = (number - outer * strips) * strip
        width = min(strip, inner - column)
        base = outer * n * inner + column
        for turn in range(first, last):
            step = turn if forward else last - 1 - (turn - first)
            left = n >> (step >> 1) * SHARE
            size = min(left, rows)
            blocks = left // size
            if step & 1:
                _regroup(x, t, marks, forward, base, blocks, size, inner, width)
                continue
            begin = 0 if step else b_low
            end = blocks if step else b_high
            stop = 1 if blocks == 1 else size >> SHARE
            _blocks(x, t, forward, base, size, stop, inner, width, begin, end, root)


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
    n = a.shape[axis]
    if n == 1 or a.size == 0:
        return
    flat = a.reshape(-1)
    inner = math.prod(a.shape[axis:][1:])
    if flat.dtype.kind == "c":
        flat = flat.view(flat.real.dtype)
        inner *= 2
    dtype, itemsize = flat.dtype, flat.itemsize
    root = dtype.type(math.sqrt(0.5))
    strip = min(inner, STRIP // itemsize)
    rows = min(n, 1 << max(SHARE, (BLOCK // (strip * itemsize)).bit_length() - 1))
    blocks = n // rows
    if workers is None:
        workers = threads.workers() if flat.nbytes >= THREADED else 1

    strips = flat.size // (n * inner) * -(-inner // strip)
    depth = 0
    while n >> depth * SHARE > rows:
        depth += 1

    def call(pieces: list[tuple[int, int, int, int]], first: int, last: int) -> None:
        same = (forward, n, inner, strip, rows, first, last, root)
        threads.run(
            _strips,
            [
                (
                    flat,
                    np.empty(rows * strip * 3 // 2, dtype),
                    np.empty(blocks << SHARE if blocks > 1 else 0, np.uint8),
                    *same,
                    *piece,
                )
                for piece in pieces
            ],
        )

    if workers == 1:
        call([(0, strips, 0, blocks)], 0, 2 * depth + 1)
        return
    if strips >= workers or blocks == 1:
        call([(*piece, 0, blocks) for piece in threads.split(strips, workers)], 0, 2 * depth + 1)
        return
    # With fewer strips than threads these share the blocks of each; the rest is mostly moving.
    shared = threads.split(blocks, workers)
    if forward:
        for k in range(strips):
            call([(k, k + 1, *piece) for piece in shared], 0, 1)
    call([(*piece, 0, 0) for piece in threads.split(strips, workers)], 1, 2 * depth + 1)
    if not forward:
        for k in range(strips):
            call([(k, k + 1, *piece) for piece in shared], 0, 1)
