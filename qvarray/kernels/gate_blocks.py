"""Blocks of up to four qubits: amplitudes multiplied by one unitary matrix in a choice of frames.

What kernels of circuits have in common. Indices are strings of bits in words of 62 each, not
sorted; those that differ in a block's bits alone are brought together by hashing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import inner
from .two_by_two import snap, square

Array = NDArray[Any]

#: Bits of a word, and of a block.
WORD, BLOCK = 62, 4
#: Of the integers that describe a state: how many amplitudes, which half of the room they are in,
#: whether it is known which bits vary, divisions by sqrt(2), whether there was no room, how many
#: amplitudes there were when bases were last searched for, the gate that comes next, of how many
#: bits it is, how many amplitudes blocks were applied to since that search, how many searches have
#: brought nothing, and how many bits were measured.
K, CURRENT, KNOWN, HALVES, FULL, BASE, GATE, COUNT = 0, 1, 2, 3, 4, 5, 6, 7
STAMP, OFFERED, DOUBLINGS, WORK, FAILED, DRAWN = 8, 9, 10, 11, 12, 13
# Groups that frames are chosen by, of all that there are, and frames to choose from.
SAMPLE, FRAMES = 16, 12
TINY = 3e-14
_NOWHERE = np.int64(-1)
# Multiples of the golden ratio, as fractions of 2**32.
_GOLDEN, _LOW = np.int64(0x9E3779B9), np.int64(0xFFFFFFFF)


class Run(NamedTuple):
    """Room for a state while gates are applied to it.

    Attributes
    ----------
    keys : ndarray of int64, shape (3, words, size)
        Indices, in one of the first two thirds of it; the third is for a copy.
    values : ndarray of complex128, shape (3, size)
    frames : ndarray of complex128, shape (n, 4)
        Of each bit that is in no block, after it; of another, what it was before the block.
    blocks : ndarray of int64, shape (n, 2 + BLOCK)
        The number of the block that a bit is in, or -1; and by number its size and its bits.
    matrices : ndarray of complex128, shape (n, 4**BLOCK)
        By the number of a block, with the frames of before it.
    ints : ndarray of int64
        What the numbers above name.
    reals : ndarray of float64, shape (3,)
        A phase of all, in turns; the square of the cutoff; the squares of what was dropped.
    varying : ndarray of int64, shape (5, words)
        Which bits vary; room for masks; no bits; and a condition.
    table, first : ndarray of int64
        Hashed groups; the first amplitude of each.
    vectors : ndarray of complex128
        The amplitudes of each group.
    work : ndarray of complex128, shape (9, 4**BLOCK)
    small : ndarray of int64, shape (9, 2**BLOCK)
        Numbers of a block's bits, rows and columns.
    listed : ndarray of int64, shape (2, n)
        Bits.
    log : ndarray of complex128, shape (4 * n + 16, 5)
        Bits and the frames that they are switched to.
    spread : ndarray of int64, shape (2, words, 2**BLOCK)
        Numbers of a block's bits, with each of these where it is in an index.
    sample : ndarray of complex128, shape (2, SAMPLE, 2**BLOCK)
    choice : ndarray of complex128, shape (4, FRAMES, 4)
        Frames to choose from, those that are picked and that are offered for each bit, and room.
    doubled : ndarray of int64, shape (WORD,)
        The gates after which there were twice as many amplitudes as ever before.
    """

    keys: Array
    values: Array
    frames: Array
    blocks: Array
    matrices: Array
    ints: Array
    reals: Array
    varying: Array
    table: Array
    first: Array
    vectors: Array
    work: Array
    small: Array
    listed: Array
    log: Array
    spread: Array
    sample: Array
    choice: Array
    doubled: Array


def room(n: int, words: int, size: int, groups: int = 4) -> Run:
    """Return room for so many amplitudes."""
    slots = 1 << max(4, (2 * size - 1).bit_length())
    ints = np.zeros(14, np.int64)
    return Run(
        np.empty((3, words, size), np.int64), np.empty((3, size), np.complex128),
        np.empty((n, 4), np.complex128), np.full((n, 2 + BLOCK), -1, np.int64),
        np.empty((n, 4**BLOCK), np.complex128), ints, np.zeros(3),
        np.zeros((5, words), np.int64), np.zeros(slots, np.int64), np.empty(size, np.int64),
        np.empty(groups * size + 16, np.complex128), np.empty((9, 4**BLOCK), np.complex128),
        np.empty((9, 2**BLOCK), np.int64), np.empty((2, n), np.int64),
        np.empty((4 * n + 16, 5), np.complex128), np.empty((2, words, 2**BLOCK), np.int64),
        np.empty((2, SAMPLE, 2**BLOCK), np.complex128),
        np.empty((4, FRAMES, 4), np.complex128), np.zeros(WORD, np.int64),
    )  # fmt: skip


# -- bits -----------------------------------------------------------------------------------


@inner
def varies(run, p):  # type: ignore[no-untyped-def]
    ints, varying = run.ints, run.varying
    if not ints[KNOWN]:
        keys = run.keys[ints[CURRENT]]
        for w in range(keys.shape[0]):
            row = keys[w]
            first = row[0]
            mask = np.int64(0)
            for k in range(ints[K]):
                mask |= row[k] ^ first
            varying[0, w] = mask
        ints[KNOWN] = 1
    return (varying[0, p // WORD] >> (p % WORD)) & 1


@inner
def constant(run, p):  # type: ignore[no-untyped-def]
    """Return the value of a bit that does not vary."""
    return (run.keys[run.ints[CURRENT], p // WORD, 0] >> (p % WORD)) & 1


@inner
def is_dense(run):  # type: ignore[no-untyped-def]
    """Tell whether there are more than half as many amplitudes as values of the bits that vary."""
    varies(run, np.int64(0))
    most = np.int64(1)
    for w in range(run.varying.shape[1]):
        mask = run.varying[0, w]
        while mask and most < 2 * run.ints[K]:
            mask &= mask - 1
            most *= 2
    return most < 2 * run.ints[K]


# -- groups of amplitudes -------------------------------------------------------------------


@inner
def gathered(run, bits, m):  # type: ignore[no-untyped-def]
    """Bring together what differs in some bits alone; return how many groups, -1 for no room."""
    ints, table, first, vectors, masks = run.ints, run.table, run.first, run.vectors, run.varying[1]
    keys, values = run.keys[ints[CURRENT]], run.values[ints[CURRENT]]
    words, k = keys.shape[0], ints[K]
    ints[STAMP] += 1
    stamp = ints[STAMP]
    for w in range(words):
        masks[w] = -1
    for j in range(m):
        masks[bits[j] // WORD] &= ~(np.int64(1) << (bits[j] % WORD))
    slots = np.int64(16)
    while slots < 2 * k:
        slots *= 2
    size = np.int64(1) << m
    groups = np.int64(0)
    at, shift = run.small[3], run.small[4]
    for j in range(m):
        at[j], shift[j] = bits[j] // WORD, bits[j] % WORD
    for e in range(k):
        local = np.int64(0)
        for j in range(m):
            local = local << 1 | (keys[at[j], e] >> shift[j]) & 1
        slot = np.int64(_hashed(keys, e, masks, _NOWHERE, _NOWHERE) & np.uint64(slots - 1))
        while True:
            entry = table[slot]
            if entry >> 32 != stamp:
                if (groups + 1) * size > vectors.size:
                    return np.int64(-1)
                table[slot] = stamp << 32 | groups
                first[groups] = e
                for j in range(size):
                    vectors[groups * size + j] = 0j
                group = groups
                groups += 1
                break
            group = entry & 0xFFFFFFFF
            other = first[group]
            same = True
            for w in range(words):
                same = same and (keys[w, other] ^ keys[w, e]) & masks[w] == 0
            if same:
                break
            slot = (slot + 1) & (slots - 1)
        vectors[group * size + local] = values[e]
    return groups


@inner
def _hashed(keys, e, masks, w, flip):  # type: ignore[no-untyped-def]
    """Return a hash of an index under masks, of which some bits of word w are flipped."""
    hashed = np.uint64(0)
    for v in range(keys.shape[0]):
        key = keys[v, e] & masks[v]
        if v == w:
            key ^= flip
        hashed = _stirred(hashed ^ np.uint64(key))
    # Once more: of the highest bits alone, one round leaves the lowest as they were.
    return _stirred(hashed)


@inner
def _stirred(hashed):  # type: ignore[no-untyped-def]
    hashed *= np.uint64(0x9E3779B97F4A7C15)
    return hashed ^ (hashed >> np.uint64(32))


@inner
def indexed(run):  # type: ignore[no-untyped-def]
    """Fill the table with all amplitudes by their indices; return how much of it is used."""
    ints, table, masks = run.ints, run.table, run.varying[1]
    keys = run.keys[ints[CURRENT]]
    ints[STAMP] += 1
    stamp, slots = ints[STAMP] << 32, np.int64(16)
    while slots < 2 * ints[K]:
        slots *= 2
    for w in range(keys.shape[0]):
        masks[w] = -1
    for e in range(ints[K]):
        slot = np.int64(_hashed(keys, e, masks, _NOWHERE, _NOWHERE) & np.uint64(slots - 1))
        while table[slot] >> 32 == ints[STAMP]:
            slot = (slot + 1) & (slots - 1)
        table[slot] = stamp | e
    return slots


@inner
def paired(run, p, slots, most):  # type: ignore[no-untyped-def]
    """Have a sample of amplitudes, of those that differ in one bit, in the room for groups.

    The table has all amplitudes. Return how many groups these are, 0 where none has two.
    """
    ints, table, vectors, masks = run.ints, run.table, run.vectors, run.varying[1]
    keys, values = run.keys[ints[CURRENT]], run.values[ints[CURRENT]]
    at, shift = p // WORD, p % WORD
    flip = np.int64(1) << shift
    taken, found = min(ints[K], np.int64(most)), False
    for s in range(taken):
        # Far apart, and at no regular distance, at which pairs might be alike.
        e = s if taken == ints[K] else ((s * _GOLDEN & _LOW) * ints[K]) >> 32
        on = (keys[at, e] >> shift) & 1
        vectors[2 * s + on], vectors[2 * s + 1 - on] = values[e], 0j
        slot = np.int64(_hashed(keys, e, masks, at, flip) & np.uint64(slots - 1))
        while table[slot] >> 32 == ints[STAMP]:
            other = table[slot] & 0xFFFFFFFF
            same = True
            for w in range(keys.shape[0]):
                same = same and keys[w, other] ^ keys[w, e] == (flip if w == at else 0)
            if same:
                vectors[2 * s + 1 - on], found = values[other], True
                break
            slot = (slot + 1) & (slots - 1)
    return taken if found else 0 * taken


@inner
def multiplied(u, m, vectors, at, out):  # type: ignore[no-untyped-def]
    size = 1 << m
    for i in range(size):
        total = 0j
        for j in range(size):
            if u[i * size + j] != 0:
                total += u[i * size + j] * vectors[at + j]
        out[i] = total


@inner
def _spread(bits, m, out):  # type: ignore[no-untyped-def]
    """List the numbers of m bits with each bit where it is in words."""
    for j in range(1 << m):
        for w in range(out.shape[0]):
            out[w, j] = 0
        for b in range(m):
            out[bits[b] // WORD, j] |= np.int64((j >> (m - 1 - b)) & 1) << (bits[b] % WORD)


@inner
def scattered(run, bits, m, groups, u, care, wanted):  # type: ignore[no-untyped-def]
    """Multiply groups by a matrix, where other bits have these values; tell whether all fitted."""
    ints, first, vectors, masks = run.ints, run.first, run.vectors, run.varying[1]
    cutoff = run.reals[1] * 2.0 ** ints[HALVES] if run.reals[1] else 0.0
    now = ints[CURRENT]
    keys, out_k, out_v = run.keys[now], run.keys[1 - now], run.values[1 - now]
    words, size = keys.shape[0], 1 << m
    y = run.work[7]
    kept = np.int64(0)
    dropped = 0.0
    spread, everywhere = run.spread[0], True
    _spread(bits, m, spread)
    for w in range(words):
        everywhere = everywhere and care[w] == 0
    for g in range(groups):
        e = first[g]
        at = g * size
        on = True
        for w in range(words if not everywhere else 0):
            on = on and (keys[w, e] & care[w]) == wanted[w]
        least = 0.0
        if on:
            multiplied(u, m, vectors, at, y)
            for j in range(size):
                least += square(vectors[at + j])
            least = max(least * TINY * TINY, cutoff)
        else:
            for j in range(size):
                y[j] = vectors[at + j]
        for j in range(size):
            weight = square(y[j])
            if weight <= least or weight == 0.0:
                if weight > 0.0 and weight <= cutoff:
                    dropped += weight
                continue
            if kept == out_v.size:
                return False
            for w in range(words):
                out_k[w, kept] = (keys[w, e] & masks[w]) | spread[w, j]
            out_v[kept] = y[j]
            kept += 1
    if kept == 0:
        # A cutoff leaves the largest.
        return scattered_largest(run, m, groups, u)
    ints[K], ints[CURRENT], ints[KNOWN] = kept, 1 - now, 0
    run.reals[2] += dropped * 0.5 ** ints[HALVES]
    return True


@inner
def scattered_largest(run, m, groups, u):  # type: ignore[no-untyped-def]
    """Do `scattered`, and keep one amplitude: the cutoff is larger than all."""
    ints, first, vectors, masks = run.ints, run.first, run.vectors, run.varying[1]
    now = ints[CURRENT]
    keys, out_k, out_v = run.keys[now], run.keys[1 - now], run.values[1 - now]
    y, spread = run.work[7], run.spread[0]
    best, total = -1.0, 0.0
    for g in range(groups):
        multiplied(u, m, vectors, g << m, y)
        for j in range(1 << m):
            weight = square(y[j])
            total += weight
            if weight > best:
                best = weight
                for w in range(keys.shape[0]):
                    out_k[w, 0] = (keys[w, first[g]] & masks[w]) | spread[w, j]
                out_v[0] = y[j]
    ints[K], ints[CURRENT], ints[KNOWN] = 1, 1 - now, 0
    run.reals[2] += (total - best) * 0.5 ** ints[HALVES]
    return True


@inner
def scaled(run, u, m):  # type: ignore[no-untyped-def]
    """Keep a power of sqrt(2) apart, where entries have one size, so that sums stay integers."""
    size = 1 << (2 * m)
    least, most = 2.0, 0.0
    for j in range(size):
        u[j] = snap(u[j])
        weight = square(u[j])
        if weight > 1e-28:
            least, most = min(least, weight), max(most, weight)
        else:
            u[j] = 0j
    for h in range(1, m + 1):
        if abs(least * 2.0**h - 1) < 1e-13 and abs(most * 2.0**h - 1) < 1e-13:
            # What is kept apart is one division or none.
            total = run.ints[HALVES] + h
            run.ints[HALVES] = total & 1
            factor = 2.0 ** ((h >> 1) - (total >> 1)) * (2.0**0.5 if h & 1 else 1.0)
            for j in range(size):
                u[j] = snap(u[j] * factor)


# -- matrices of blocks ---------------------------------------------------------------------


@inner
def on_left(u, m, j, f):  # type: ignore[no-untyped-def]
    """Multiply the matrix of a block by one of its bit j, from the left."""
    size = 1 << m
    stride = 1 << (m - 1 - j)
    for i in range(size):
        if not i & stride:
            for c in range(size):
                x, y = u[i * size + c], u[(i + stride) * size + c]
                u[i * size + c] = f[0] * x + f[1] * y
                u[(i + stride) * size + c] = f[2] * x + f[3] * y


@inner
def added(u, m, factor, places, v, count, entries, rows):  # type: ignore[no-untyped-def]
    """Multiply the matrix of a block by ``1 + factor * |v><v|`` on some of its bits, from the left.

    v is the product of vectors on the bits at these places of the block; of most gates, few of its
    entries are not 0: these are listed in the room for them.
    """
    size, found, mask = 1 << m, 0, 0
    for t in range(1 << count):
        row, entry = 0, 1 + 0j
        for f in range(count):
            on = (t >> f) & 1
            row |= on << (m - 1 - places[f])
            entry *= v[f, on]
        mask |= row
        if entry != 0:
            rows[found], entries[found] = row, entry
            found += 1
    for i in range(size):
        if i & mask:
            continue
        for c in range(size):
            inside = 0j
            for t in range(found):
                inside += entries[t].conjugate() * u[(i | rows[t]) * size + c]
            inside *= factor
            for t in range(found):
                u[(i | rows[t]) * size + c] += entries[t] * inside


@inner
def multiply(u, m, places, count, v, room, rows):  # type: ignore[no-untyped-def]
    """Multiply the matrix of a block by one on the bits at some places of it, from the left.

    The first of these bits is the most significant one of its rows. v has them one after the other.
    """
    size, inner_size = 1 << m, 1 << count
    for t in range(inner_size):
        rows[t] = 0
        for f in range(count):
            rows[t] |= np.int64((t >> (count - 1 - f)) & 1) << (m - 1 - places[f])
    for i in range(size):
        if i & rows[inner_size - 1]:
            continue
        for c in range(size):
            for t in range(inner_size):
                room[t] = u[(i | rows[t]) * size + c]
            for t in range(inner_size):
                total = 0j
                for s in range(inner_size):
                    entry = t * inner_size + s
                    total += v[entry >> 1, entry & 1] * room[s]
                u[(i | rows[t]) * size + c] = total


@inner
def permutes(u, m, is_possible, to):  # type: ignore[no-untyped-def]
    """Tell whether each column that is possible has one entry; list their rows."""
    size = 1 << m
    for c in range(size):
        if not is_possible[c]:
            continue
        found = 0
        for i in range(size):
            if square(u[i * size + c]) > TINY * TINY:
                found += 1
                to[c] = i
        if found != 1:
            return False
    return True


@inner
def moved(run, bits, m, u, to):  # type: ignore[no-untyped-def]
    """Apply a matrix with one entry in each column."""
    ints = run.ints
    keys, values = run.keys[ints[CURRENT]], run.values[ints[CURRENT]]
    size, words = 1 << m, keys.shape[0]
    spread, changes, factors = run.spread[0], run.spread[1], run.work[3]
    _spread(bits, m, spread)
    moves = turns = False
    for c in range(size):
        factors[c] = u[to[c] * size + c]
        turns = turns or (factors[c] != 1 and factors[c] != 0)
        moves = moves or to[c] != c
        for w in range(words):
            changes[w, c] = spread[w, to[c] ^ c]
    # The bits of each amplitude that the matrix is of, as a number.
    locals_ = run.first[: ints[K]]
    for j in range(m):
        row, shift, place = keys[bits[j] // WORD], bits[j] % WORD, m - 1 - j
        if j == 0:
            for e in range(locals_.size):
                locals_[e] = ((row[e] >> shift) & 1) << place
        else:
            for e in range(locals_.size):
                locals_[e] |= ((row[e] >> shift) & 1) << place
    if turns:
        for e in range(locals_.size):
            values[e] *= factors[locals_[e]]
    if moves:
        for j in range(m):
            w = bits[j] // WORD
            is_new = True
            for other in range(j):
                is_new = is_new and bits[other] // WORD != w
            if is_new:
                row, change = keys[w], changes[w]
                for e in range(locals_.size):
                    row[e] ^= change[locals_[e]]
        ints[KNOWN] = 0
