"""Circuits: many gates in one compiled loop, on a state of few amplitudes.

What `qvarray.gates.state` does gate by gate, for arrays that a processor's cache holds: a frame for
each bit, bits that are constant, and a choice of bases where a gate does not fit the present ones.
Maps and phases are applied as they come. Indices are sorted where amplitudes are combined.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import inner, njit

__all__ = ["MOST", "PHASE", "ROTATE", "SWAP", "Program", "run"]

Array = NDArray[Any]

ROTATE, SWAP, PHASE = 0, 1, 2

#: Amplitudes that a state may have before.
MOST = 1 << 10
# Integers have one type, and copies are loops, to compile fast.
_NONE = np.int64(0)
_SUMS = (1 + 0j, 1 + 0j, 1 + 0j, -1 + 0j)
# Up to this many amplitudes, choices are made by trying them.
_FEW = 64
_TINY = 3e-14
_ROUNDING = 2.0**-100
_HALF = 0.5**0.5
# Of the integers that describe a state: how many amplitudes, whether in order, which bits vary,
# whether that is known, divisions by sqrt(2), whether there are too many, and how many may be.
_K, _ORDERED, _VARYING, _KNOWN, _HALVES, _FULL, _LIMIT = 0, 1, 2, 3, 4, 5, 6


class Program(NamedTuple):
    """m gates as arrays.

    Attributes
    ----------
    kinds : ndarray of int64, shape (m,)
        `ROTATE`, `SWAP` or `PHASE`.
    where : ndarray of int64, shape (m, 2)
        Two bits, of which the first is rotated, or both are exchanged.
    matrices : ndarray of complex128, shape (m, 4)
        2×2, by rows.
    amounts : ndarray of float64, shape (m,)
        Turns.
    ends : ndarray of int64, shape (m + 1,)
        From where to where the last two arrays have what a phase is of. See `State.phase`.
    bits : ndarray of int64, shape (b,)
    vectors : ndarray of complex128, shape (b, 2)
    """

    kinds: Array
    where: Array
    matrices: Array
    amounts: Array
    ends: Array
    bits: Array
    vectors: Array


class _Phase(NamedTuple):
    """Turns of the part where bits are in vectors."""

    amount: float
    bits: Array
    vectors: Array


class _State(NamedTuple):
    """Room for a state.

    Attributes
    ----------
    indices, values : ndarray of int64 and complex128, shape (size,)
    frames : ndarray of complex128, shape (n, 4)
    ints : ndarray of int64, shape (7,)
        What the numbers above name.
    turns : ndarray of float64, shape (1,)
        A phase of all.
    spare_i, spare_v : ndarray
        Room to work, of the shape of the amplitudes'.
    """

    indices: Array
    values: Array
    frames: Array
    ints: Array
    turns: Array
    spare_i: Array
    spare_v: Array


@inner
def _snap_real(x):  # type: ignore[no-untyped-def]
    size = abs(x)
    if size < 5e-15:
        return 0.0
    for exact in (0.5, _HALF, 1.0):
        if abs(size - exact) < 5e-15:
            return exact if x > 0 else -exact
    return x


@inner
def _snap(z):  # type: ignore[no-untyped-def]
    return complex(_snap_real(z.real), _snap_real(z.imag))


@inner
def _times(u, f):  # type: ignore[no-untyped-def]
    return (
        _snap(u[0] * f[0] + u[1] * f[2]),
        _snap(u[0] * f[1] + u[1] * f[3]),
        _snap(u[2] * f[0] + u[3] * f[2]),
        _snap(u[2] * f[1] + u[3] * f[3]),
    )


@inner
def _frame(frames, p):  # type: ignore[no-untyped-def]
    return frames[p, 0], frames[p, 1], frames[p, 2], frames[p, 3]


@inner
def _set(frames, p, u):  # type: ignore[no-untyped-def]
    frames[p, 0] = u[0]
    frames[p, 1] = u[1]
    frames[p, 2] = u[2]
    frames[p, 3] = u[3]


@inner
def _eighths(turns):  # type: ignore[no-untyped-def]
    eighth = turns * 8
    whole = int(np.floor(eighth))
    if whole == eighth:
        # A quarter turn for each two, and an eighth for what is left.
        z = complex(_HALF, _HALF) if whole & 1 else complex(1.0, 0.0)
        quarter = (whole >> 1) & 3
        if quarter == 1:
            return complex(-z.imag if z.imag else 0.0, z.real)
        if quarter == 2:
            return complex(-z.real, -z.imag if z.imag else 0.0)
        if quarter == 3:
            return complex(z.imag, -z.real)
        return z
    angle = 2.0 * np.pi * turns
    return complex(np.cos(angle), np.sin(angle))


@inner
def _turns_of(z):  # type: ignore[no-untyped-def]
    turns = np.arctan2(z.imag, z.real) / (2.0 * np.pi)
    eighth = np.floor(turns * 8 + 0.5) / 8
    return eighth if _eighths(eighth) == z else turns


@inner
def _part(turns, x, y):  # type: ignore[no-untyped-def]
    """``1 + (exp(2j * pi * turns) - 1) |v><v|`` for v = (x, y)."""
    phase = _eighths(turns) - 1
    cross = phase * x * y.conjugate()
    return (
        _snap(1 + phase * (x * x.conjugate())),
        _snap(cross),
        _snap(phase * y * x.conjugate()),
        _snap(1 + phase * (y * y.conjugate())),
    )


@inner
def _is_diagonal(u):  # type: ignore[no-untyped-def]
    return abs(u[1]) < _TINY and abs(u[2]) < _TINY


@inner
def _is_off_diagonal(u):  # type: ignore[no-untyped-def]
    return abs(u[0]) < _TINY and abs(u[3]) < _TINY


@inner
def _sort(indices, values, k):  # type: ignore[no-untyped-def]
    """Shell's sort, with the gaps of Ciura."""
    for gap in (3935, 1750, 701, 301, 132, 57, 23, 10, 4, 1):
        for last in range(gap, k):
            i = indices[last]
            v = values[last]
            to = last
            while to >= gap and indices[to - gap] > i:
                indices[to] = indices[to - gap]
                values[to] = values[to - gap]
                to -= gap
            indices[to] = i
            values[to] = v


@inner
def _order(indices, values, ints):  # type: ignore[no-untyped-def]
    if not ints[_ORDERED]:
        _sort(indices, values, ints[_K])
        ints[_ORDERED] = 1


@inner
def _varies(indices, ints, p):  # type: ignore[no-untyped-def]
    if not ints[_KNOWN]:
        first = indices[0]
        mask = np.int64(0)
        for k in range(ints[_K]):
            mask |= indices[k] ^ first
        ints[_VARYING] = mask
        ints[_KNOWN] = 1
    return (ints[_VARYING] >> p) & 1


@inner
def _mix(state, p, u, care, wanted):  # type: ignore[no-untyped-def]
    """Multiply sorted pairs by a matrix where other bits have these values, into the spare room."""
    indices, values, _, ints, _, out_i, out_v = state
    k = ints[_K]
    bit_value = np.int64(1) << p
    kept = 0
    start = 0
    while start < k:
        prefix = indices[start] >> (p + 1)
        middle = start
        while middle < k and indices[middle] >> p == prefix << 1:
            middle += 1
        stop = middle
        while stop < k and indices[stop] >> (p + 1) == prefix:
            stop += 1
        # Two passes: the first writes what has the bit unset, the second what has it set.
        for side in range(2):
            a = start
            b = middle
            while a < middle or b < stop:
                has_a = a < middle
                has_b = b < stop
                if has_a and has_b:
                    ia = indices[a]
                    ib = indices[b] ^ bit_value
                    has_a = ia <= ib
                    has_b = ib <= ia
                i = indices[a] if has_a else indices[b] ^ bit_value
                va = values[a] if has_a else 0j
                vb = values[b] if has_b else 0j
                a += has_a
                b += has_b
                if (i & care) == wanted:
                    v = u[2 * side] * va + u[2 * side + 1] * vb
                    size = v.real * v.real + v.imag * v.imag
                    least = va.real * va.real + va.imag * va.imag
                    least += vb.real * vb.real + vb.imag * vb.imag
                    if size <= least * _ROUNDING:
                        continue
                elif side:
                    if not has_b:
                        continue
                    v = vb
                else:
                    if not has_a:
                        continue
                    v = va
                out_i[kept] = i | bit_value if side else i
                out_v[kept] = v
                kept += 1
        start = stop
    return kept


@inner
def _mixed(state, p, u, care, wanted):  # type: ignore[no-untyped-def]
    """Do `_mix` in place, with a power of sqrt(2) kept apart so that sums of integers stay such."""
    indices, values, ints = state.indices, state.values, state.ints
    spare_i, spare_v = state.spare_i, state.spare_v
    _order(indices, values, ints)
    if care == 0:
        flat = True
        for x in u:
            flat = flat and abs(abs(x) - _HALF) < _TINY
        if flat:
            ints[_HALVES] += 1
            scale = 2**0.5
            if ints[_HALVES] == 2:
                ints[_HALVES] = 0
                scale = _HALF
            u = (
                _snap(u[0] * scale), _snap(u[1] * scale), _snap(u[2] * scale), _snap(u[3] * scale),
            )  # fmt: skip
    k = _mix(state, p, u, care, wanted)
    if k > ints[_LIMIT]:
        ints[_FULL] = 1
        return
    for entry in range(k):
        indices[entry] = spare_i[entry]
        values[entry] = spare_v[entry]
    ints[_K] = k
    ints[_KNOWN] = 0


@inner
def _turn(state, factor, care, wanted):  # type: ignore[no-untyped-def]
    for entry in range(state.ints[_K]):
        if (state.indices[entry] & care) == wanted:
            state.values[entry] *= factor


@inner
def _fold(state, p):  # type: ignore[no-untyped-def]
    """Apply a frame that is diagonal, or that times a flip."""
    indices, frames, ints, turns = state.indices, state.frames, state.ints, state.turns
    u = _frame(frames, p)
    if u[0] == 1 and u[3] == 1:
        return
    bit_value = np.int64(1) << p
    flips = _is_off_diagonal(u)
    if not flips and not _is_diagonal(u):
        return
    low = _turns_of(u[2] if flips else u[0])
    high = _turns_of(u[1] if flips else u[3])
    varies = _varies(indices, ints, p)
    if varies and high != low:
        _turn(state, _eighths((high - low) % 1.0), bit_value, bit_value)
    turns[0] = (turns[0] + (high if not varies and indices[0] & bit_value else low)) % 1.0
    if flips:
        for entry in range(ints[_K]):
            indices[entry] ^= bit_value
        if varies:
            ints[_ORDERED] = 0
    _set(frames, p, (1 + 0j, 0j, 0j, 1 + 0j))


@inner
def _open(state, p, x, y):  # type: ignore[no-untyped-def]
    """Have (x, y) be a basis vector of a bit's frame, with the rest in the amplitudes."""
    frames = state.frames
    target = (1 + 0j, 0j, 0j, 1 + 0j)
    if x != 0 and y != 0:
        phase = x / abs(x)
        target = (
            _snap(-y.conjugate() * phase), _snap(x), _snap(x.conjugate() * phase), _snap(y),
        )  # fmt: skip
    back = (
        target[0].conjugate(), target[2].conjugate(), target[1].conjugate(), target[3].conjugate(),
    )  # fmt: skip
    inner = _times(back, _frame(frames, p))
    if _is_diagonal(inner) or _is_off_diagonal(inner):
        _set(frames, p, inner)
        _fold(state, p)
    else:
        _mixed(state, p, inner, _NONE, _NONE)
    _set(frames, p, target)


@inner
def _phase(state, amount, bits, vectors, hard):  # type: ignore[no-untyped-def]
    """Apply a phase, if at most one frame stands against it.

    Else nothing is done, and those against it are listed; how many they are is returned.
    """
    indices, frames, ints, turns = state.indices, state.frames, state.ints, state.turns
    kept = last = against = 0
    care = wanted = np.int64(0)
    w = (0j, 0j)
    for entry in range(bits.size):
        p = bits[entry]
        _fold(state, p)
        u = _frame(frames, p)
        x = u[0].conjugate() * vectors[entry, 0] + u[2].conjugate() * vectors[entry, 1]
        y = u[1].conjugate() * vectors[entry, 0] + u[3].conjugate() * vectors[entry, 1]
        low, high = abs(x) < _TINY, abs(y) < _TINY
        if (low or high) and not _varies(indices, ints, p):
            if low if (indices[0] >> p) & 1 == 0 else high:
                return 0
            continue
        kept += 1
        last = entry
        if low or high:
            care |= np.int64(1) << p
            wanted |= np.int64(low) << p
        else:
            hard[against] = entry
            against += 1
            w = (x, y)
    if kept == 0:
        turns[0] = (turns[0] + amount) % 1.0
    elif kept == 1:
        p = bits[last]
        u = _part(amount, vectors[last, 0], vectors[last, 1])
        _set(frames, p, _times(u, _frame(frames, p)))
    elif against == 0:
        _turn(state, _eighths(amount), care, wanted)
    elif against == 1:
        p = bits[hard[0]]
        u = _part(amount, w[0], w[1])
        if not _is_off_diagonal(u):
            _mixed(state, p, u, care, wanted)
            return 0
        bit_value = np.int64(1) << p
        for entry in range(ints[_K]):
            i = indices[entry]
            if (i & care) == wanted:
                state.values[entry] *= u[1] if i & bit_value else u[2]
                indices[entry] = i ^ bit_value
        ints[_ORDERED] = ints[_KNOWN] = 0
    else:
        return against
    return 0


@inner
def _descend(state, n):  # type: ignore[no-untyped-def]
    """Switch the bases of bits as long as that leaves fewer amplitudes."""
    indices, values, frames, ints = state.indices, state.values, state.frames, state.ints
    while 2 < ints[_K] <= _FEW:
        _order(indices, values, ints)
        best = ints[_K]
        chosen = n
        for p in range(n):
            if _varies(indices, ints, p):
                size = _mix(state, p, _SUMS, _NONE, _NONE)
                if size < best:
                    best = size
                    chosen = p
        if chosen == n:
            return
        u = (_HALF + 0j, _HALF + 0j, _HALF + 0j, -_HALF + 0j)
        _mixed(state, chosen, u, _NONE, _NONE)
        _set(frames, chosen, _times(_frame(frames, chosen), u))


@inner
def _pairs(indices, k, p):  # type: ignore[no-untyped-def]
    """Count pairs of sorted indices that differ in one bit alone."""
    bit_value = np.int64(1) << p
    found = 0
    other = 0
    for entry in range(k):
        i = indices[entry]
        if not i & bit_value:
            while other < k and indices[other] < i | bit_value:
                other += 1
            found += other < k and indices[other] == i | bit_value
    return found


@inner
def _copied(source, target):  # type: ignore[no-untyped-def]
    for entry in range(source.ints[_K]):
        target.indices[entry] = source.indices[entry]
        target.values[entry] = source.values[entry]
    for p in range(source.frames.shape[0]):
        _set(target.frames, p, _frame(source.frames, p))
    for entry in range(source.ints.size):
        target.ints[entry] = source.ints[entry]
    target.turns[0] = source.turns[0]


@inner
def _attempt(state, phase, against, count, left, n):  # type: ignore[no-untyped-def]
    """Apply a phase after opening the frames against it, but for one of them."""
    amount, bits, vectors = phase
    hard = np.empty(bits.size, np.int64)
    before = state.ints[_K]
    for place in range(count):
        factor = against[place]
        if factor != left and not state.ints[_FULL]:
            _open(state, bits[factor], vectors[factor, 0], vectors[factor, 1])
    if not state.ints[_FULL]:
        _phase(state, amount, bits, vectors, hard)
        if state.ints[_K] > before:
            _descend(state, n)


@inner
def _chosen(state, trial, best, phase, against, count, n):  # type: ignore[no-untyped-def]
    """Apply a phase, with the frames opened that leave the fewest amplitudes."""
    k = state.ints[_K]
    tries = k <= _FEW and count <= 3
    left = np.int64(-1)
    if count <= 3 and not tries:
        _order(state.indices, state.values, state.ints)
        fewest = k
        for place in range(count):
            pairs = _pairs(state.indices, k, phase.bits[against[place]])
            if pairs <= fewest:
                left, fewest = against[place], pairs
    least = np.int64(-1)
    for place in range(count if tries else 1):
        attempt = trial if tries else state
        if tries:
            _copied(state, trial)
            left = against[count - 1 - place]
        _attempt(attempt, phase, against, count, left, n)
        size = attempt.ints[_K] << 20 * attempt.ints[_FULL]
        if tries and (least < 0 or size < least):
            least = size
            _copied(trial, best)
            if size <= k:
                break
    if tries:
        _copied(best, state)


@njit(cache=True, nogil=True)
def _all(program, places, state, trial, best):  # type: ignore[no-untyped-def]
    """Apply all gates; tell whether the amplitudes were few enough for that."""
    kinds, where, matrices, amounts, ends, bits, vectors = program
    n = places.size
    frames, ints = state.frames, state.ints
    hard = np.empty(n, np.int64)
    mapped = np.empty(n, np.int64)
    for gate in range(kinds.size):
        if kinds[gate] == ROTATE:
            p = places[where[gate, 0]]
            u = (matrices[gate, 0], matrices[gate, 1], matrices[gate, 2], matrices[gate, 3])
            _set(frames, p, _times(u, _frame(frames, p)))
        elif kinds[gate] == SWAP:
            a, b = where[gate, 0], where[gate, 1]
            places[a], places[b] = places[b], places[a]
        else:
            low, high = ends[gate], ends[gate + 1]
            for k in range(low, high):
                mapped[k - low] = places[bits[k]]
            chosen = mapped[: high - low]
            against = _phase(state, amounts[gate], chosen, vectors[low:high], hard)
            if against:
                phase = _Phase(amounts[gate], chosen, vectors[low:high])
                _chosen(state, trial, best, phase, hard, against, n)
            if ints[_FULL]:
                return False
    _descend(state, n)
    for p in range(n):
        _fold(state, p)
    _order(state.indices, state.values, ints)
    return True


def _room(n: int, size: int) -> _State:
    return _State(
        np.empty(size, np.int64), np.empty(size, np.complex128), np.empty((n, 4), np.complex128),
        np.zeros(7, np.int64), np.zeros(1), np.empty(size, np.int64),
        np.empty(size, np.complex128),
    )  # fmt: skip


def run(
    program: Program,
    indices: Array,
    values: Array,
    frames: Array,
    turns: float,
    halves: int,
    limit: int,
) -> tuple[Array, Array, Array, Array, float, int] | None:
    """Apply gates to a state.

    Parameters
    ----------
    program : Program
    indices, values : ndarray of int64 and complex128, shape (k,), k at most `MOST`
        Sorted.
    frames : ndarray of complex128, shape (n, 4)
    turns, halves
        A phase of all amplitudes, and how often they are still to be divided by sqrt(2).
    limit : int
        At most this many amplitudes are computed.

    Returns
    -------
    tuple or None
        The same after the gates, with the bit that each bit is now after the frames, which are by
        the bits of indices; None where there would be more amplitudes than the limit.
    """
    n = frames.shape[0]
    state = _room(n, 2 * max(limit, MOST))
    # After opening two frames, and a gate.
    trial, best = _room(n, 16 * _FEW), _room(n, 16 * _FEW)
    k = indices.size
    state.indices[:k], state.values[:k], state.frames[:] = indices, values, frames
    state.ints[:] = (k, 1, 0, 0, halves, 0, limit)
    state.turns[0] = turns
    places = np.arange(n)
    if not _all(program, places, state, trial, best):
        return None
    k = int(state.ints[_K])
    return (
        state.indices[:k].copy(), state.values[:k].copy(), state.frames, places,
        float(state.turns[0]), int(state.ints[_HALVES]),
    )  # fmt: skip
