"""Maps of indices that exclusive-or one constant into some of them: X, CX, CCX, SWAP.

Sorted indices stay sorted but within blocks, those of one prefix above the highest bit that
changes. A block has two runs by this bit, each of indices that change and of some that do not: four
sorted lists, and two merges. Blocks of a few indices are sorted by counting, many at a time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import threads
from .jit import inner, njit
from .sorted_lists import (
    CHUNK,
    LARGEST,
    STEP,
    WORTH_A_THREAD,
    Amplitudes,
    Runs,
    When,
    end_of_blocks,
    is_on,
    merge_into,
    merge_lists,
    next_step,
    search,
    shared,
)

Array = NDArray[Any]

# Blocks of at most that many indices on average are sorted by comparing all pairs: where all
# indices of a block change or none does, and where some do; and of at most `_LONGEST`.
_FEW_UNIFORM, _FEW, _LONGEST = 3, 5, 24
# Up to this many indices, a sort is no slower, and there is nothing to compile.
_PLAIN = 256
# Up to this many runs are copied.
_MOST_RUNS = 64
# Blocks of more on average are merged one by one.
_MANY = 24


class _Xor(NamedTuple):
    """A map of indices.

    Attributes
    ----------
    bit, change : int
        What is exclusive-ored into indices, and its highest bit.
    when : When
        Into which.
    """

    bit: int
    change: int
    when: When


class _Room(NamedTuple):
    """Room for `CHUNK` indices after the map, and how many places they move to either side."""

    new: Array
    later: Array
    earlier: Array


@njit(cache=True, nogil=True, inline="always")
def _is_uniform(xor):  # type: ignore[no-untyped-def]
    """Tell whether all indices of a block change, or none."""
    return ((xor.when.care | xor.when.mask) & ((np.int64(1) << xor.bit) - 1)) == 0


@inner
def _changed(indices, xor, new):  # type: ignore[no-untyped-def]
    for k in range(indices.size):
        i = indices[k]
        new[k] = i ^ (xor.change & -is_on(i, xor.when))


@inner
def _counted(amplitudes, bit, few, room):  # type: ignore[no-untyped-def]
    """Sort some whole blocks by comparing all pairs in each; else return how many they are."""
    indices, values, out_i, out_v = amplitudes
    new, later, earlier = room
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
                    to = np.uint64(k + later[k] - earlier[k])
                    out_i[to] = new[k]
                    out_v[to] = values[k]
            return np.int64(0)
    return blocks


@inner
def _exchanged(amplitudes, bit, room):  # type: ignore[no-untyped-def]
    """Exchange the runs of those whole blocks that change."""
    indices, values, out_i, out_v = amplitudes
    new, later, _ = room
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
        to = np.uint64(k + (move & -np.int64(new[k] != i)))
        out_i[to] = new[k]
        out_v[to] = values[k]


@inner
def _listed(indices, low, high, bit, new, keys, places, sizes):  # type: ignore[no-untyped-def]
    """List the indices low to high in four lists, by their run and where they go.

    Those of the first two go to the lower half of their block.
    """
    room = keys.size // 6
    for k in range(high - low):
        j = new[k]
        row = np.uint64(((j >> bit) & 1) << 1 | ((indices[low + k] >> bit) & 1))
        size = sizes[row]
        slot = np.uint64(np.int64(row) * room + size + 1)
        sizes[row] = size + 1
        keys[slot] = j
        places[slot] = low + k
    for r in range(4):
        keys[r * room] = -1
        keys[r * room + sizes[r] + 1] = LARGEST


@inner
def _walked(amplitudes, xor, runs, below, above):  # type: ignore[no-untyped-def]
    """As `_block`, where the bit is all that changes: both runs by the other bits, once."""
    indices, values, out_i, out_v = amplitudes
    a, stop_a, b, stop_b = runs
    bit, _, when = xor
    bit_value = np.int64(1) << bit
    while a < stop_a and b < stop_b:
        # Within that number of steps neither run ends.
        for _ in range(min(stop_a - a, stop_b - b)):
            i = indices[np.uint64(a)]
            j = indices[np.uint64(b)]
            first = np.int64(i <= j ^ bit_value)
            here = np.uint64(b + ((a - b) & -first))
            i = j ^ ((i ^ j) & -first)
            on = is_on(i, when)
            side = ((i >> bit) & 1) ^ on
            there = np.uint64(below + ((above - below) & -side))
            out_i[there] = i ^ (bit_value & -on)
            out_v[there] = values[here]
            a += first
            b += 1 - first
            above += side
            below += 1 - side
    low, high = (a, stop_a) if a < stop_a else (b, stop_b)
    for k in range(low, high):
        i = indices[k]
        on = is_on(i, when)
        side = ((i >> bit) & 1) ^ on
        there = np.uint64(below + ((above - below) & -side))
        out_i[there] = i ^ (bit_value & -on)
        out_v[there] = values[k]
        above += side
        below += 1 - side


@inner
def _moved(amplitudes, start, stop, to, change):  # type: ignore[no-untyped-def]
    """Copy a run to `to` and on, with some bits of its indices flipped.

    Loops, since what assigns to a slice and may raise for its shape takes four seconds to compile.
    """
    indices, values, out_i, out_v = amplitudes
    x, y = indices[start:stop], out_i[to : to + stop - start]
    for k in range(x.size):
        y[k] = x[k] ^ change
    v, w = values[start:stop], out_v[to : to + stop - start]
    for k in range(v.size):
        w[k] = v[k]


@njit(cache=True, nogil=True)
def _block(amplitudes, xor, runs, below, above):  # type: ignore[no-untyped-def]
    """Map two runs of one block, or parts of them: to `below` and on, and to `above` and on."""
    indices = amplitudes.indices
    a, stop_a, b, stop_b = runs
    bit, change, when = xor
    bit_value = np.int64(1) << bit
    if _is_uniform(xor):
        on = is_on(indices[a if a < stop_a else b], when)
        if on:
            below, above = above, below
        _moved(amplitudes, a, stop_a, below, change & -on)
        _moved(amplitudes, b, stop_b, above, change & -on)
        return
    if change == bit_value:
        _walked(amplitudes, xor, runs, below, above)
        return
    # Indices that agree above `shift` are merged together.
    shift = np.int64(0)
    while (change ^ bit_value) >> shift:
        shift += 1
    room = 2 * STEP + 2
    keys, places = np.empty(6 * room, np.int64), np.empty(6 * room, np.int64)
    new, sizes = np.empty(room, np.int64), np.empty(4, np.int64)
    while a < stop_a or b < stop_b:
        next_a, next_b = next_step(indices, bit_value, shift, a, stop_a, b, stop_b)
        if next_a - a + next_b - b > room - 2:
            room = next_a - a + next_b - b + 2
            new = np.empty(room, np.int64)
            keys, places = np.empty(6 * room, np.int64), np.empty(6 * room, np.int64)
        sizes[:] = 0
        _changed(indices[a:next_a], xor, new)
        _listed(indices, a, next_a, bit, new, keys, places, sizes)
        _changed(indices[b:next_b], xor, new)
        _listed(indices, b, next_b, bit, new, keys, places, sizes)
        merge_into(keys, places, 1, sizes[0], room + 1, sizes[1], amplitudes, below)
        below += sizes[0] + sizes[1]
        merge_into(keys, places, 2 * room + 1, sizes[2], 3 * room + 1, sizes[3], amplitudes, above)
        above += sizes[2] + sizes[3]
        a, b = next_a, next_b


@njit(cache=True, nogil=True)
def _staying(indices, xor, runs):  # type: ignore[no-untyped-def]
    """Count how many of two runs of a block have its bit clear after the map."""
    a, stop_a, b, stop_b = runs
    if _is_uniform(xor):
        first = indices[a if a < stop_a else b]
        return stop_b - b if is_on(first, xor.when) else stop_a - a
    count = stop_a - a
    for k in range(a, stop_a):
        count -= is_on(indices[k], xor.when)
    for k in range(b, stop_b):
        count += is_on(indices[k], xor.when)
    return count


@inner
def _blocks(amplitudes, xor, start, stop):  # type: ignore[no-untyped-def]
    """Map one block after the other while they begin before `stop`; return where the last ends."""
    indices, bit = amplitudes.indices, xor.bit
    bit_value = np.int64(1) << bit
    size = indices.size
    while start < stop:
        key = (indices[start] >> bit | 1) << bit
        middle = search(indices, start, size, key)
        end = search(indices, middle, size, key + bit_value)
        runs = Runs(start, middle, middle, end)
        above = start + _staying(indices, xor, runs)
        _block(amplitudes, xor, runs, start, above)
        start = end
    return start


@njit(cache=True, nogil=True)
def _flip(amplitudes, xor, low, high):  # type: ignore[no-untyped-def]
    """Map the indices low to high, which are whole blocks."""
    indices, values, out_i, out_v = amplitudes
    bit = xor.bit
    moves = _Room(np.empty(CHUNK, np.int64), np.empty(CHUNK, np.int64), np.empty(CHUNK, np.int64))
    room = CHUNK + 2
    keys, places = np.empty(6 * room, np.int64), np.empty(6 * room, np.int64)
    sizes = np.empty(4, np.int64)
    bit_value = np.int64(1) << bit
    few = _FEW_UNIFORM if _is_uniform(xor) else _FEW
    start = low
    while start < high:
        stop = end_of_blocks(indices, start, high, bit)
        if stop > start:
            piece = Amplitudes(
                indices[start:stop], values[start:stop], out_i[start:stop], out_v[start:stop]
            )
            _changed(piece.indices, xor, moves.new)
            blocks = _counted(piece, bit, few, moves)
            if blocks == 0:
                pass
            elif _is_uniform(xor):
                _exchanged(piece, bit, moves)
            elif xor.change == bit_value and stop - start > _MANY * blocks:
                _blocks(amplitudes, xor, start, stop)
            else:
                sizes[:] = 0
                _listed(indices, start, stop, bit, moves.new, keys, places, sizes)
                zeros = merge_lists(keys, places, 1, sizes[0], room + 1, sizes[1], 4 * room + 1)
                ones = merge_lists(
                    keys, places, 2 * room + 1, sizes[2], 3 * room + 1, sizes[3], 5 * room + 1
                )
                merge_into(keys, places, 4 * room + 1, zeros, 5 * room + 1, ones, amplitudes, start)
        else:
            stop = _blocks(amplitudes, xor, start, start + 1)
        start = stop


def _on(indices: Array, care: int, wanted: int, mask: int, flip: int) -> Array:
    """Tell of which indices a condition is true; see `When`."""
    return (indices & care == wanted) & (np.bitwise_count(indices & mask) + flip & 1 == 1)


def _moved_runs(
    indices: Array, values: Array, low: int, change: int, *when: int
) -> tuple[Array, Array]:
    """Return the same, where no bit below `low` matters: what agrees above it moves together."""
    runs = np.arange(int(indices[0]) // low, int(indices[-1]) // low + 1) * low
    on = _on(runs, *when)
    begins = indices.searchsorted(runs)
    sizes = np.diff(begins, append=indices.size)
    order = np.where(on, runs ^ change, runs).argsort()
    to = np.empty_like(sizes)
    to[order] = np.cumsum(sizes[order]) - sizes[order]
    out_i, out_v = np.empty_like(indices), np.empty_like(values)
    moves = list(zip(on.tolist(), begins.tolist(), sizes.tolist(), to.tolist(), strict=True))

    def copy(low: int, high: int) -> None:
        for changes, begin, size, place in moves:
            a, b = max(begin, low), min(begin + size, high)
            if a < b:
                c, d = place + a - begin, place + b - begin
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
    """Exclusive-or a constant into the indices of amplitudes whose bits say so, and sort.

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
    when = care, wanted, mask, flip
    if indices.size <= _PLAIN:
        moved = np.where(_on(indices, *when), indices ^ change, indices)
        order = moved.argsort()
        return moved[order], values[order]
    low = (change | care | mask) & -(change | care | mask)
    if (int(indices[-1]) - int(indices[0])) // low < _MOST_RUNS:
        return _moved_runs(indices, values, low, change, *when)
    out_i, out_v = np.empty_like(indices), np.empty_like(values)
    ranges, steps = shared(indices, bit, (change ^ 1 << bit).bit_length())

    amplitudes = Amplitudes(indices, values, out_i, out_v)
    xor = _Xor(bit, change, When(*when))

    def whole(low: int, high: int) -> None:
        _flip(amplitudes, xor, low, high)

    if not steps:
        threads.run(whole, ranges)
        return out_i, out_v
    counts = [0] * len(steps)

    def count(number: int, runs: Runs) -> None:
        counts[number] = _staying(indices, xor, runs)

    # Where in its block each step of a long one begins to write.
    threads.run(count, [(number, step.runs) for number, step in enumerate(steps)])
    pieces: list[tuple[Any, ...]] = [(whole, *piece) for piece in ranges]
    for number, (step, zeros) in enumerate(zip(steps, counts, strict=True)):
        if step.is_first:
            below = step.runs[0]
            above = below + sum(counts[number : number + step.siblings])
        pieces.append((_block, amplitudes, xor, step.runs, below, above))
        below += zeros
        above += step.size - zeros
    threads.run(lambda kernel, *piece: kernel(*piece), pieces)
    return out_i, out_v
