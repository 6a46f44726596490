"""A 2×2 matrix on the pairs of amplitudes whose indices differ in one bit.

Sorted indices of one prefix above that bit, a block, are two runs. Merged by what else they hold,
those of a pair come together, and the results of both halves come in order.
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
    Amplitudes,
    Runs,
    end_of_blocks,
    search,
    shared,
)
from .two_by_two import square

Array = NDArray[Any]

# Of the larger of two terms: a sum that is smaller is their rounding.
_ROUNDING = 2.0**-50


class _Gate(NamedTuple):
    """A matrix on one bit where the others say so.

    Attributes
    ----------
    bit, care, wanted : int
        Where ``index & care == wanted``.
    u : ndarray of complex128, shape (4,)
        The matrix, by rows.
    is_real : bool
        Whether its entries are.
    scale : complex
        What results are multiplied by.
    floor : float
        Of results whose square is at most this, none is kept.
    """

    bit: int
    care: int
    wanted: int
    u: Array
    is_real: bool
    scale: complex
    floor: float


class _Pairs(NamedTuple):
    """Room for pairs of amplitudes.

    Attributes
    ----------
    rests : ndarray of int64, shape (m,)
        Their indices without the bit.
    joined : ndarray of complex128, shape (2 * m,)
        The amplitudes whose bit is clear, then those whose bit is set; 0 where there is none.
    keep : ndarray of int64, shape (2 * m,)
        1 of those that are kept after the gate, else 0.
    kept : ndarray of int64, shape (2,)
        How many these are, of each half.
    """

    rests: Array
    joined: Array
    keep: Array
    kept: Array


@inner
def _listed(indices, low, high, bit, keys, places):  # type: ignore[no-untyped-def]
    """List indices low to high without the bit, and their places, in two lists by it; their sizes.

    As `sorted_lists` has lists: each of half of the room, with a free entry before and behind.
    """
    second = keys.size >> 1
    clear = ~(np.int64(1) << bit)
    zeros = ones = np.int64(0)
    for k in range(low, high):
        i = indices[k]
        on = (i >> bit) & 1
        slot = np.uint64(1 + zeros + ((second + ones - zeros) & -on))
        keys[slot] = i & clear
        places[slot] = k
        ones += on
        zeros += 1 - on
    for begin, size in ((0, zeros), (second, ones)):
        keys[begin], places[begin] = -1, low
        keys[begin + size + 1], places[begin + size + 1] = LARGEST, low
    return zeros, ones


@inner
def _walked(amplitudes, bit, a, stop_a, b, stop_b, pairs):  # type: ignore[no-untyped-def]
    """As `_joined`, of two runs, as far as there is room; return how many, and where both stand."""
    indices, values, _, _ = amplitudes
    rests, joined, _, _ = pairs
    bit_value = np.int64(1) << bit
    room = rests.size
    second = joined[room:]
    entries = np.int64(0)
    while entries < room and a < stop_a and b < stop_b:
        # Within that number of steps neither run ends.
        for _ in range(min(stop_a - a, stop_b - b, room - entries)):
            i = indices[np.uint64(a)]
            j = indices[np.uint64(b)] ^ bit_value
            is_a = np.int64(i <= j)
            is_b = np.int64(j <= i)
            v = values[np.uint64(a)]
            w = values[np.uint64(b)]
            rests[np.uint64(entries)] = j ^ ((i ^ j) & -is_a)
            joined[np.uint64(entries)] = complex(v.real if is_a else 0.0, v.imag if is_a else 0.0)
            second[np.uint64(entries)] = complex(w.real if is_b else 0.0, w.imag if is_b else 0.0)
            a += is_a
            b += is_b
            entries += 1
    if b == stop_b:
        for k in range(a, min(stop_a, a + room - entries)):
            rests[entries] = indices[k]
            joined[entries] = values[k]
            second[entries] = 0.0
            a += 1
            entries += 1
    if a == stop_a:
        for k in range(b, min(stop_b, b + room - entries)):
            rests[entries] = indices[k] ^ bit_value
            joined[entries] = 0.0
            second[entries] = values[k]
            b += 1
            entries += 1
    return entries, a, b


@inner
def _step(i, j, is_a, is_b, v, w, entry, pairs):  # type: ignore[no-untyped-def]
    """Write a pair of two amplitudes, or of one of them and 0."""
    rests, joined, _, _ = pairs
    rests[np.uint64(entry)] = j ^ ((i ^ j) & -is_a)
    joined[np.uint64(entry)] = complex(v.real if is_a else 0.0, v.imag if is_a else 0.0)
    joined[np.uint64(rests.size + entry)] = complex(
        w.real if is_b else 0.0, w.imag if is_b else 0.0
    )


@inner
def _joined(keys, places, zeros, ones, values, pairs):  # type: ignore[no-untyped-def]
    """Pair the amplitudes of two lists of keys; return how many different keys there are.

    From both ends at a time: neither waits for the other.
    """
    rests, joined, _, _ = pairs
    second = np.int64(keys.size >> 1)
    a, last_a, b, last_b = np.int64(1), zeros, second + 1, second + ones
    entries, back = np.int64(0), zeros + ones
    # What is taken at one end is beyond all that is left for the other.
    while last_a - a + last_b - b >= 2:
        i, j = keys[np.uint64(a)], keys[np.uint64(b)]
        v, w = values[np.uint64(places[np.uint64(a)])], values[np.uint64(places[np.uint64(b)])]
        is_a, is_b = np.int64(i <= j), np.int64(j <= i)
        _step(i, j, is_a, is_b, v, w, entries, pairs)
        a += is_a
        b += is_b
        entries += 1
        i, j = keys[np.uint64(last_a)], keys[np.uint64(last_b)]
        v = values[np.uint64(places[np.uint64(last_a)])]
        w = values[np.uint64(places[np.uint64(last_b)])]
        is_a, is_b = np.int64(i >= j), np.int64(j >= i)
        back -= 1
        _step(i, j, is_a, is_b, v, w, back, pairs)
        last_a -= is_a
        last_b -= is_b
    while a <= last_a or b <= last_b:
        i, j = keys[a], keys[b]
        is_a, is_b = np.int64(i <= j), np.int64(j <= i)
        _step(i, j, is_a, is_b, values[places[a]], values[places[b]], entries, pairs)
        a += is_a
        b += is_b
        entries += 1
    more = zeros + ones - back
    if entries < back:
        for k in range(more):
            rests[entries + k] = rests[back + k]
            joined[entries + k] = joined[back + k]
            joined[rests.size + entries + k] = joined[rests.size + back + k]
    return entries + more


@inner
def _alone(amplitudes, low, high, bit, pairs):  # type: ignore[no-untyped-def]
    """As `_joined`, of indices that no block has two of."""
    indices, values, _, _ = amplitudes
    rests, joined, _, _ = pairs
    clear = ~(np.int64(1) << bit)
    x, y = indices[low:high], values[low:high]
    second = joined[rests.size :]
    for k in range(x.size):
        on = (x[k] >> bit) & 1
        v = y[k]
        rests[k] = x[k] & clear
        joined[k] = complex(0.0 if on else v.real, 0.0 if on else v.imag)
        second[k] = complex(v.real if on else 0.0, v.imag if on else 0.0)


@inner
def _multiply(pairs, entries, gate):  # type: ignore[no-untyped-def]
    """Multiply pairs in place; return the sum of squares of what `floor` drops."""
    rests, joined, keep, kept = pairs
    _, care, wanted, u, is_real, scale, floor = gate
    room = rests.size
    a, b = joined[:entries], joined[room : room + entries]
    keep_a, keep_b = keep[:entries], keep[room : room + entries]
    u0, u1, u2, u3 = u[0], u[1], u[2], u[3]
    parts_a, parts_b = a.view(np.float64), b.view(np.float64)
    # By parts, and one operation at a time: so it is done with vectors.
    if is_real and care == 0:
        r0, r1, r2, r3 = u0.real, u1.real, u2.real, u3.real
        for k in range(2 * entries):
            x, y = parts_a[k], parts_b[k]
            parts_a[k] = r0 * x + r1 * y
            parts_b[k] = r2 * x + r3 * y
    else:
        for e in range(entries):
            on = rests[e] & care == wanted
            x, y = a[e], b[e]
            v, w = u0 * x + u1 * y, u2 * x + u3 * y
            a[e] = complex(v.real if on else x.real, v.imag if on else x.imag)
            b[e] = complex(w.real if on else y.real, w.imag if on else y.imag)
    noise = _ROUNDING * _ROUNDING / (square(u0) + square(u2))
    for e in range(entries):
        size_a = parts_a[2 * e] * parts_a[2 * e] + parts_a[2 * e + 1] * parts_a[2 * e + 1]
        size_b = parts_b[2 * e] * parts_b[2 * e] + parts_b[2 * e + 1] * parts_b[2 * e + 1]
        least = (size_a + size_b) * noise
        keep_a[e] = np.int64(size_a > least)
        keep_b[e] = np.int64(size_b > least)
    zeros = ones = np.int64(0)
    for e in range(entries):
        zeros += keep_a[e]
        ones += keep_b[e]
    dropped = 0.0
    if floor > 0.0:
        for e in range(entries):
            if rests[e] & care == wanted:
                size = square(a[e])
                if keep_a[e] and size <= floor:
                    keep_a[e] = 0
                    zeros -= 1
                    dropped += size
                size = square(b[e])
                if keep_b[e] and size <= floor:
                    keep_b[e] = 0
                    ones -= 1
                    dropped += size
    if scale.imag == 0.0:
        if scale.real != 1.0:
            for k in range(2 * entries):
                parts_a[k] *= scale.real
                parts_b[k] *= scale.real
    else:
        for e in range(entries):
            a[e] = a[e] * scale
            b[e] = b[e] * scale
    kept[0], kept[1] = zeros, ones
    return dropped


@inner
def _write(pairs, side, entries, bits, to, amplitudes):  # type: ignore[no-untyped-def]
    """Write those results of one half that are kept, with `bits` set in their indices."""
    _, _, out_i, out_v = amplitudes
    rests, first = pairs.rests, side * pairs.rests.size
    values, keep, kept = pairs.joined[first:], pairs.keep[first:], pairs.kept[side]
    if kept == entries:
        y, z = out_i[to : to + entries], out_v[to : to + entries]
        for e in range(entries):
            y[e] = rests[e] | bits
        for e in range(entries):
            z[e] = values[e]
    elif kept:
        for e in range(entries):
            out_i[np.uint64(to)] = rests[e] | bits
            out_v[np.uint64(to)] = values[e]
            to += keep[e]


@inner
def _write_blocks(pairs, entries, bit, to, spare, amplitudes, zeros_to, ones_to):  # type: ignore[no-untyped-def]
    """Write those results of whole blocks that are kept; others to the spare place, or over it."""
    _, _, out_i, out_v = amplitudes
    rests, joined, keep, _ = pairs
    room, bit_value = rests.size, np.int64(1) << bit
    above = np.int64(-1)
    zeros = ones = before = np.int64(0)
    for e in range(entries):
        prefix = rests[e] >> (bit + 1)
        before += (ones - before) & -np.int64(prefix != above)
        above = prefix
        here = np.uint64(to + zeros + before)
        out_i[here] = rests[e]
        out_v[here] = joined[e]
        zeros += keep[e]
        ones += keep[room + e]
        zeros_to[e] = zeros
        ones_to[e] = ones
    # Second halves of blocks come behind their first ones, the end of which is known now.
    above = np.int64(-1)
    for e in range(entries - 1, -1, -1):
        prefix = rests[e] >> (bit + 1)
        zeros += (zeros_to[e] - zeros) & -np.int64(prefix != above)
        above = prefix
        here = np.uint64(spare + ((to + zeros + ones_to[e] - 1 - spare) & -keep[room + e]))
        out_i[here] = rests[e] | bit_value
        out_v[here] = joined[room + e]


@njit(cache=True, nogil=True)
def _mix_runs(amplitudes, gate, runs, below, above, pairs):  # type: ignore[no-untyped-def]
    """Mix two runs of one block, or parts of them: to `below` and on, and to `above` and on."""
    bit, kept = gate.bit, pairs.kept
    a, stop_a, b, stop_b = runs
    bit_value = np.int64(1) << bit
    begin_below, begin_above = below, above
    dropped = 0.0
    while a < stop_a or b < stop_b:
        entries, a, b = _walked(amplitudes, bit, a, stop_a, b, stop_b, pairs)
        dropped += _multiply(pairs, entries, gate)
        _write(pairs, 0, entries, 0, below, amplitudes)
        _write(pairs, 1, entries, bit_value, above, amplitudes)
        below += kept[0]
        above += kept[1]
    return below - begin_below, above - begin_above, dropped


@njit(cache=True, nogil=True)
def _slide(out_i, out_v, begin, to, count):  # type: ignore[no-untyped-def]
    """Move results towards the front, over what is there."""
    if begin == to:
        return
    x, y = out_i[begin:], out_i[to:]
    for k in range(count):
        y[k] = x[k]
    v, w = out_v[begin:], out_v[to:]
    for k in range(count):
        w[k] = v[k]


@inner
def _mix_block(amplitudes, gate, start, high, below, pairs):  # type: ignore[no-untyped-def]
    """Mix one block, which is longer than a chunk; return where it and what is written end."""
    indices, bit = amplitudes.indices, gate.bit
    key = (indices[start] >> bit | 1) << bit
    middle = search(indices, start, high, key)
    end = search(indices, middle, high, key + (np.int64(1) << bit))
    above = below + end - start
    runs = Runs(start, middle, middle, end)
    zeros, ones, dropped = _mix_runs(amplitudes, gate, runs, below, above, pairs)
    below += zeros
    _slide(amplitudes.out_i, amplitudes.out_v, above, below, ones)
    return end, below + ones, dropped


@njit(cache=True, nogil=True)
def _mix(amplitudes, gate, low, high):  # type: ignore[no-untyped-def]
    """Mix the amplitudes low to high, which are whole blocks; write from twice `low` on."""
    indices, values, out_i, out_v = amplitudes
    bit = gate.bit
    bit_value = np.int64(1) << bit
    keys, places = np.empty(2 * CHUNK + 4, np.int64), np.empty(2 * CHUNK + 4, np.int64)
    rests, keep = np.empty(CHUNK, np.int64), np.empty(2 * CHUNK, np.int64)
    joined, kept = np.empty(2 * CHUNK, np.complex128), np.zeros(2, np.int64)
    pairs = _Pairs(rests, joined, keep, kept)
    to = 2 * low
    dropped = 0.0
    start = low
    while start < high:
        stop = end_of_blocks(indices, start, high, bit)
        if stop == start:
            start, to, lost = _mix_block(amplitudes, gate, start, high, to, pairs)
            dropped += lost
            continue
        together = np.int64(0)
        for k in range(start, stop - 1):
            together += np.int64((indices[k] ^ indices[k + 1]) >> (bit + 1) == 0)
        if together:
            zeros, ones = _listed(indices, start, stop, bit, keys, places)
            size = _joined(keys, places, zeros, ones, values, pairs)
        else:
            size = stop - start
            _alone(amplitudes, start, stop, bit, pairs)
        dropped += _multiply(pairs, size, gate)
        if not together and kept[0] + kept[1] == 2 * size:
            x, y = out_i[to : to + 2 * size], out_v[to : to + 2 * size]
            for e in range(size):
                x[2 * e] = rests[e]
                x[2 * e + 1] = rests[e] | bit_value
                y[2 * e] = joined[e]
                y[2 * e + 1] = joined[CHUNK + e]
        else:
            # As some are not kept, nothing comes to the last place of all.
            _write_blocks(pairs, size, bit, to, 2 * high - 1, amplitudes, keys, places)
        to += kept[0] + kept[1]
        start = stop
    return to - 2 * low, dropped


def _room() -> _Pairs:
    return _Pairs(
        np.empty(STEP, np.int64), np.empty(2 * STEP, np.complex128),
        np.empty(2 * STEP, np.int64), np.zeros(2, np.int64),
    )  # fmt: skip


def mixed(
    indices: Array,
    values: Array,
    bit: int,
    matrix: tuple[complex, ...],
    care: int = 0,
    wanted: int = 0,
    cutoff: float = 0.0,
    scale: complex = 1.0,
) -> tuple[Array, Array, float]:
    """Apply a gate to one bit where the others say so.

    Parameters
    ----------
    indices, values : ndarray of int64 and complex128, shape (k,)
        Sorted by index.
    bit : int
    matrix : tuple of 4 complex
        By rows: what pairs whose indices differ in that bit only are multiplied by.
    care, wanted : int
        The gate is applied where ``index & care == wanted``. That does not look at `bit`.
    cutoff : float
        Amplitudes of a smaller size are dropped, of those that are made here; exact zeros, and
        what only rounding left, always are.
    scale : complex
        What all results are multiplied by after that.

    Returns
    -------
    indices, values : ndarray
    dropped : float
        The sum of squares of what the cutoff dropped.

    Notes
    -----
    O(k): by two threads, for blocks that can be shared and inside of a long one.
    """
    room = 2 * indices.size
    out_i, out_v = np.empty(room, np.int64), np.empty(room, np.complex128)
    u = np.array(matrix, np.complex128)
    is_real = not u.imag.any()
    amplitudes = Amplitudes(indices, values, out_i, out_v)
    gate = _Gate(bit, care, wanted, u, is_real, complex(scale), cutoff * cutoff)
    ranges, steps = shared(indices, bit)
    # Where results begin, and how many there are.
    found: dict[int, int] = {}
    lost: list[float] = []

    def whole(low: int, high: int) -> None:
        found[2 * low], dropped = _mix(amplitudes, gate, low, high)
        lost.append(dropped)

    def part(runs: Runs, below: int, above: int) -> None:
        found[below], found[above], dropped = _mix_runs(
            amplitudes, gate, runs, below, above, _room()
        )
        lost.append(dropped)

    pieces: list[tuple[Any, ...]] = [(whole, *piece) for piece in ranges]
    for number, step in enumerate(steps):
        if step.is_first:
            below = 2 * step.runs[0]
            above = below + sum(other.size for other in steps[number : number + step.siblings])
        pieces.append((part, step.runs, below, above))
        below += step.size
        above += step.size
    threads.run(lambda kernel, *piece: kernel(*piece), pieces)
    end = 0
    for begin in sorted(found):
        count = found[begin]
        _slide(out_i, out_v, begin, end, count)
        end += count
    if end < room:
        # Nobody else has them: the rest of their memory is given back where it lies.
        out_i.resize(end, refcheck=False)
        out_v.resize(end, refcheck=False)
    return out_i, out_v, sum(sorted(lost))
