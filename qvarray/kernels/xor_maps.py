"""Maps of indices that exclusive-or one constant into some of them: X, CX, CCX, SWAP.

Sorted indices stay sorted but within blocks, those of one prefix above the highest bit that
changes. A block has two runs by this bit, each of indices that change and of some that do not: four
sorted lists, and two merges. Blocks of a few indices are sorted by counting, many at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import threads
from .jit import inner, njit
from .sorted_lists import (
    CHUNK,
    LARGEST,
    STEP,
    WORTH_A_THREAD,
    end_of_blocks,
    is_on,
    merge_into,
    merge_lists,
    next_step,
    search,
    shared,
)

__all__ = ["flipped"]

Array = NDArray[Any]

# Blocks of no more than so many on average are sorted by comparing all pairs: where all indices
# of a block change or none does, and where some do; and so many at most.
_FEW_UNIFORM, _FEW, _LONGEST = 3, 5, 24
# Up to so many, a sort is no slower, and there is nothing to compile.
_PLAIN = 256
# Up to so many runs are copied.
_MOST_RUNS = 64
# Blocks of more on average are merged one by one.
_MANY = 24


@njit(cache=True, nogil=True, inline="always")
def _is_uniform(bit, care, mask):  # type: ignore[no-untyped-def]
    """Whether all indices of a block change, or none."""
    return ((care | mask) & ((np.int64(1) << bit) - 1)) == 0


@inner
def _changed(indices, change, care, wanted, mask, flip, new):  # type: ignore[no-untyped-def]
    for k in range(indices.size):
        i = indices[k]
        new[k] = i ^ (change & -is_on(i, care, wanted, mask, flip))


@inner
def _counted(indices, values, bit, few, new, later, earlier, out_i, out_v):  # type: ignore[no-untyped-def]
    """Sort some whole blocks by comparing all pairs in each; else how many blocks they are."""
    size = indices.size
    blocks = np.int64(1)
    for k in range(size):
        later[k] = 0
        earlier[k] = 0
    for d in range(1, _LONGEST + 1):
        behind, keys, counts = indices[d:], new[d:size], earlier[d:]
        together = np.int64(0)
        for k in range(size - d):
            together += np.int64((indices[k] ^ behind[k]) >> (bit + 1) == 0)
            less = np.int64(keys[k] < new[k])
            later[k] += less
            counts[k] += less
        if d == 1:
            blocks = size - together
            if size > few * blocks:
                return blocks
        if together == 0:
            if d == 1:
                for k in range(size):
                    out_i[k] = new[k]
                for k in range(size):
                    out_v[k] = values[k]
            else:
                for k in range(size):
                    at = np.uint64(k + later[k] - earlier[k])
                    out_i[at] = new[k]
                    out_v[at] = values[k]
            return np.int64(0)
    return blocks


@inner
def _exchanged(indices, values, bit, new, later, out_i, out_v):  # type: ignore[no-untyped-def]
    """Exchange the runs of those whole blocks that change."""
    size = indices.size
    ones = np.int64(0)
    above = np.int64(-1)
    for k in range(size - 1, -1, -1):
        i = indices[k]
        ones &= -np.int64(i >> (bit + 1) == above)
        above = i >> (bit + 1)
        ones += (i >> bit) & 1
        later[k] = ones
    zeros = np.int64(0)
    above = np.int64(-1)
    for k in range(size):
        i = indices[k]
        zeros &= -np.int64(i >> (bit + 1) == above)
        above = i >> (bit + 1)
        second = (i >> bit) & 1
        zeros += 1 - second
        move = (later[k] & (second - 1)) - (zeros & -second)
        at = np.uint64(k + (move & -np.int64(new[k] != i)))
        out_i[at] = new[k]
        out_v[at] = values[k]


@inner
def _listed(indices, low, high, bit, new, keys, places, sizes):  # type: ignore[no-untyped-def]
    """The indices low to high in four lists, by their run and where they go.

    Those of the first two go to the lower half of their block.
    """
    room = keys.size // 6
    for k in range(high - low):
        j = new[k]
        row = np.uint64(((j >> bit) & 1) << 1 | ((indices[low + k] >> bit) & 1))
        size = sizes[row]
        at = np.uint64(np.int64(row) * room + size + 1)
        sizes[row] = size + 1
        keys[at] = j
        places[at] = low + k
    for r in range(4):
        keys[r * room] = -1
        keys[r * room + sizes[r] + 1] = LARGEST


@inner
def _walked(  # type: ignore[no-untyped-def]
    indices, values, bit, care, wanted, mask, flip, a, stop_a, b, stop_b, at, above, out_i, out_v
):
    """As `_block`, where the bit is all that changes: both runs by the other bits, once."""
    one = np.int64(1) << bit
    while a < stop_a and b < stop_b:
        # In so many steps neither run ends.
        for _ in range(min(stop_a - a, stop_b - b)):
            i = indices[np.uint64(a)]
            j = indices[np.uint64(b)]
            first = np.int64(i <= j ^ one)
            here = np.uint64(b + ((a - b) & -first))
            i = j ^ ((i ^ j) & -first)
            on = is_on(i, care, wanted, mask, flip)
            side = ((i >> bit) & 1) ^ on
            there = np.uint64(at + ((above - at) & -side))
            out_i[there] = i ^ (one & -on)
            out_v[there] = values[here]
            a += first
            b += 1 - first
            above += side
            at += 1 - side
    low, high = (a, stop_a) if a < stop_a else (b, stop_b)
    for k in range(low, high):
        i = indices[k]
        on = is_on(i, care, wanted, mask, flip)
        side = ((i >> bit) & 1) ^ on
        there = np.uint64(at + ((above - at) & -side))
        out_i[there] = i ^ (one & -on)
        out_v[there] = values[k]
        above += side
        at += 1 - side


@njit(cache=True, nogil=True)
def _block(  # type: ignore[no-untyped-def]
    indices,
    values,
    bit,
    change,
    care,
    wanted,
    mask,
    flip,
    a,
    stop_a,
    b,
    stop_b,
    at,
    above,
    out_i,
    out_v,
):
    """Two runs of one block, or parts of them: to `at` and on, and to `above` and on."""
    one = np.int64(1) << bit
    if _is_uniform(bit, care, mask):
        on = is_on(indices[a if a < stop_a else b], care, wanted, mask, flip)
        if on:
            at, above = above, at
        out_v[at : at + stop_a - a] = values[a:stop_a]
        out_v[above : above + stop_b - b] = values[b:stop_b]
        x, y = indices[a:stop_a], out_i[at : at + stop_a - a]
        for k in range(x.size):
            y[k] = x[k] ^ (change & -on)
        x, y = indices[b:stop_b], out_i[above : above + stop_b - b]
        for k in range(x.size):
            y[k] = x[k] ^ (change & -on)
        return
    if change == one:
        _walked(
            indices, values, bit, care, wanted, mask, flip, a, stop_a, b, stop_b, at, above,
            out_i, out_v,
        )  # fmt: skip
        return
    # Indices that agree above `shift` are merged together.
    shift = np.int64(0)
    while (change ^ one) >> shift:
        shift += 1
    room = 2 * STEP + 2
    keys, places = np.empty(6 * room, np.int64), np.empty(6 * room, np.int64)
    new, sizes = np.empty(room, np.int64), np.empty(4, np.int64)
    while a < stop_a or b < stop_b:
        next_a, next_b = next_step(indices, one, shift, a, stop_a, b, stop_b)
        if next_a - a + next_b - b > room - 2:
            room = next_a - a + next_b - b + 2
            new = np.empty(room, np.int64)
            keys, places = np.empty(6 * room, np.int64), np.empty(6 * room, np.int64)
        sizes[:] = 0
        _changed(indices[a:next_a], change, care, wanted, mask, flip, new)
        _listed(indices, a, next_a, bit, new, keys, places, sizes)
        _changed(indices[b:next_b], change, care, wanted, mask, flip, new)
        _listed(indices, b, next_b, bit, new, keys, places, sizes)
        merge_into(keys, places, 1, sizes[0], room + 1, sizes[1], values, out_i, out_v, at)
        at += sizes[0] + sizes[1]
        merge_into(
            keys,
            places,
            2 * room + 1,
            sizes[2],
            3 * room + 1,
            sizes[3],
            values,
            out_i,
            out_v,
            above,
        )
        above += sizes[2] + sizes[3]
        a, b = next_a, next_b


@njit(cache=True, nogil=True)
def _staying(indices, bit, care, wanted, mask, flip, a, stop_a, b, stop_b):  # type: ignore[no-untyped-def]
    """How many of two runs of a block have its bit clear after the map."""
    if _is_uniform(bit, care, mask):
        first = indices[a if a < stop_a else b]
        return stop_b - b if is_on(first, care, wanted, mask, flip) else stop_a - a
    count = stop_a - a
    for k in range(a, stop_a):
        count -= is_on(indices[k], care, wanted, mask, flip)
    for k in range(b, stop_b):
        count += is_on(indices[k], care, wanted, mask, flip)
    return count


@inner
def _blocks(  # type: ignore[no-untyped-def]
    indices, values, bit, change, care, wanted, mask, flip, start, stop, out_i, out_v
):
    """One block after the other, those that begin before `stop`; where the last of them ends."""
    one = np.int64(1) << bit
    size = indices.size
    while start < stop:
        key = (indices[start] >> bit | 1) << bit
        middle = search(indices, start, size, key)
        end = search(indices, middle, size, key + one)
        above = start + _staying(indices, bit, care, wanted, mask, flip, start, middle, middle, end)
        _block(
            indices, values, bit, change, care, wanted, mask, flip,
            start, middle, middle, end, start, above, out_i, out_v,
        )  # fmt: skip
        start = end
    return start


@njit(cache=True, nogil=True)
def _flip(  # type: ignore[no-untyped-def]
    indices, values, bit, change, care, wanted, mask, flip, low, high, out_i, out_v
):
    """The map of the indices low to high, which are whole blocks."""
    new, later, earlier = (
        np.empty(CHUNK, np.int64), np.empty(CHUNK, np.int64), np.empty(CHUNK, np.int64),
    )  # fmt: skip
    room = CHUNK + 2
    keys, places = np.empty(6 * room, np.int64), np.empty(6 * room, np.int64)
    sizes = np.empty(4, np.int64)
    one = np.int64(1) << bit
    few = _FEW_UNIFORM if _is_uniform(bit, care, mask) else _FEW
    start = low
    while start < high:
        stop = end_of_blocks(indices, start, high, bit)
        if stop > start:
            _changed(indices[start:stop], change, care, wanted, mask, flip, new)
            piece_i, piece_v = out_i[start:stop], out_v[start:stop]
            blocks = _counted(
                indices[start:stop], values[start:stop], bit, few, new, later, earlier,
                piece_i, piece_v,
            )  # fmt: skip
            if blocks == 0:
                pass
            elif _is_uniform(bit, care, mask):
                _exchanged(
                    indices[start:stop], values[start:stop], bit, new, later, piece_i, piece_v
                )
            elif change == one and stop - start > _MANY * blocks:
                _blocks(
                    indices, values, bit, change, care, wanted, mask, flip, start, stop,
                    out_i, out_v,
                )  # fmt: skip
            else:
                sizes[:] = 0
                _listed(indices, start, stop, bit, new, keys, places, sizes)
                zeros = merge_lists(keys, places, 1, sizes[0], room + 1, sizes[1], 4 * room + 1)
                ones = merge_lists(
                    keys, places, 2 * room + 1, sizes[2], 3 * room + 1, sizes[3], 5 * room + 1
                )
                merge_into(
                    keys,
                    places,
                    4 * room + 1,
                    zeros,
                    5 * room + 1,
                    ones,
                    values,
                    out_i,
                    out_v,
                    start,
                )
        else:
            stop = _blocks(
                indices, values, bit, change, care, wanted, mask, flip, start, start + 1,
                out_i, out_v,
            )  # fmt: skip
        start = stop


def _moved_runs(
    indices: Array,
    values: Array,
    low: int,
    change: int,
    care: int,
    wanted: int,
    mask: int,
    flip: int,
) -> tuple[Array, Array]:
    """The same, where no bit below `low` matters: indices that agree above it move together."""
    runs = np.arange(int(indices[0]) // low, int(indices[-1]) // low + 1) * low
    on = (runs & care == wanted) & (np.bitwise_count(runs & mask) + flip & 1 == 1)
    begins = indices.searchsorted(runs)
    sizes = np.diff(begins, append=indices.size)
    order = np.where(on, runs ^ change, runs).argsort()
    to = np.empty_like(sizes)
    to[order] = np.cumsum(sizes[order]) - sizes[order]
    out_i, out_v = np.empty_like(indices), np.empty_like(values)
    moves = list(zip(on.tolist(), begins.tolist(), sizes.tolist(), to.tolist(), strict=True))

    def copy(low: int, high: int) -> None:
        for changes, begin, size, at in moves:
            a, b = max(begin, low), min(begin + size, high)
            if a < b:
                c, d = at + a - begin, at + b - begin
                np.bitwise_xor(indices[a:b], change if changes else 0, out=out_i[c:d])
                out_v[c:d] = values[a:b]

    count = threads.workers() if indices.size >= WORTH_A_THREAD else 1
    threads.run(copy, threads.split(indices.size, count))
    return out_i, out_v


def flipped(
    indices: Array,
    values: Array,
    bit: int,
    change: int,
    care: int = 0,
    wanted: int = 0,
    mask: int = 0,
    flip: int = 1,
) -> tuple[Array, Array]:
    """Amplitudes at indices that had a constant exclusive-ored where their bits say so, sorted.

    Parameters
    ----------
    indices, values : ndarray of int64 and complex128, shape (k,)
        Sorted by index.
    bit, change : int
        The constant, and its highest bit. Indices that change and agree in this bit and above
        must agree in the lower ones of the constant.
    care, wanted, mask, flip : int
        An index changes where ``index & care == wanted`` and
        ``(popcount(index & mask) + flip) % 2 == 1``. Neither that nor the constant may make two
        indices one.

    Notes
    -----
    O(k): by two threads, for blocks that can be shared and inside of a long one.
    """
    if indices.size <= _PLAIN:
        on = (indices & care == wanted) & (np.bitwise_count(indices & mask) + flip & 1 == 1)
        moved = np.where(on, indices ^ change, indices)
        order = moved.argsort()
        return moved[order], values[order]
    condition = (care, wanted, mask, flip)
    low = (change | care | mask) & -(change | care | mask)
    if (int(indices[-1]) - int(indices[0])) // low < _MOST_RUNS:
        return _moved_runs(indices, values, low, change, *condition)
    out_i, out_v = np.empty_like(indices), np.empty_like(values)
    ranges, steps = shared(indices, bit, (change ^ 1 << bit).bit_length())
    counts = [0] * len(steps)

    def count(number: int, low: int, high: int, other: int, top: int) -> None:
        counts[number] = _staying(indices, bit, *condition, low, high, other, top)

    # Where in its block each step of a long one begins to write.
    if steps:
        threads.run(count, [(number, *step.runs) for number, step in enumerate(steps)])
    pieces: list[tuple[Any, ...]] = [(_flip, piece) for piece in ranges]
    for number, (step, zeros) in enumerate(zip(steps, counts, strict=True)):
        if step.is_first:
            at = step.runs[0]
            above = at + sum(counts[number : number + step.siblings])
        pieces.append((_block, (*step.runs, at, above)))
        at += zeros
        above += step.size - zeros

    def work(kernel: Any, piece: tuple[int, ...]) -> None:
        kernel(indices, values, bit, change, *condition, *piece, out_i, out_v)

    threads.run(work, pieces)
    return out_i, out_v
