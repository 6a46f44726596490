"""Gates gathered in blocks: joined, split, and applied to amplitudes when others need their qubits.

Phases of more bits than a block has are applied on their own.
"""

from __future__ import annotations

import numpy as np

from .frame_choice import chosen, one
from .gate_blocks import (
    BLOCK,
    COUNT,
    CURRENT,
    FULL,
    HALVES,
    TINY,
    WORD,
    K,
    added,
    constant,
    gathered,
    is_dense,
    moved,
    multiply,
    on_left,
    permutes,
    scaled,
    scattered,
    varies,
)
from .jit import inner
from .two_by_two import (
    adjoint,
    basis,
    eighths,
    frame,
    part,
    put,
    snap,
    square,
    times,
    turns_of,
    within,
)

# Blocks are joined up to this size.
_JOINED = 2
#: Of a gate: it is applied; it is of more bits than a block has.
DONE, MANY = np.int64(-1), np.int64(-2)


@inner
def rotate(run, p, u):  # type: ignore[no-untyped-def]
    block = run.blocks[p, 0]
    if block < 0:
        put(run.frames, p, times(u, frame(run.frames, p)))
        return
    m, j = run.blocks[block, 1], 0
    while run.blocks[block, 2 + j] != p:
        j += 1
    on_left(run.matrices[block], m, j, u)


@inner
def _split(run, block):  # type: ignore[no-untyped-def]
    """Take constant bits out of a block that are of their own after it; return its number then."""
    blocks = run.blocks
    m, bits, u, j = blocks[block, 1], blocks[block, 2:], run.matrices[block], 0
    while m > 1 and j < m:
        if varies(run, bits[j]):
            j += 1
            continue
        size, stride = 1 << m, 1 << (m - 1 - j)
        care = wanted = 0
        for b in range(m):
            if not varies(run, bits[b]):
                care |= 1 << (m - 1 - b)
                wanted |= constant(run, bits[b]) << (m - 1 - b)
        most, x, y = -1.0, 0j, 0j
        for c in range(size):
            if c & care == wanted:
                for i in range(size):
                    if not i & stride:
                        v, w = u[i * size + c], u[(i + stride) * size + c]
                        if square(v) + square(w) > most:
                            most, x, y = square(v) + square(w), v, w
        x, y = snap(x / np.sqrt(most)), snap(y / np.sqrt(most))
        alone = True
        for c in range(size):
            if alone and c & care == wanted:
                for i in range(size):
                    if not i & stride:
                        rest = u[i * size + c] * y - u[(i + stride) * size + c] * x
                        alone = alone and square(rest) < TINY * TINY
        if not alone:
            j += 1
            continue
        value = constant(run, bits[j])
        put(run.frames, bits[j], basis(x, y, value))
        blocks[bits[j], 0] = -1
        # Rows and columns without the bit; places are written after they are read.
        half = size >> 1
        for i in range(half):
            row = (i // stride) * 2 * stride + i % stride
            for c in range(half):
                column = (c // stride) * 2 * stride + c % stride + value * stride
                v, w = u[row * size + column], u[(row + stride) * size + column]
                run.work[1, i * half + c] = x.conjugate() * v + y.conjugate() * w
        for i in range(half * half):
            u[i] = run.work[1, i]
        m -= 1
        for b in range(j, m):
            bits[b] = bits[b + 1]
        j = 0
    blocks[block, 1] = m
    if blocks[block, 0] == block:
        return block
    # Its number is that of a bit that it has lost: another block may want it.
    new = bits[0]
    for i in range(1 << (2 * m)):
        run.matrices[new, i] = u[i]
    for b in range(1 + m):
        blocks[new, 1 + b] = blocks[block, 1 + b]
    for b in range(m):
        blocks[bits[b], 0] = new
    return new


@inner
def flush(run, block):  # type: ignore[no-untyped-def]
    """Apply a block, if there is room for what it leaves; it is kept otherwise."""
    ints, frames, blocks = run.ints, run.frames, run.blocks
    block = _split(run, block)
    m, bits, u, d = blocks[block, 1], blocks[block, 2:], run.matrices[block], run.work[2]
    to, is_possible = run.small[1], run.small[2]
    if m == 1:
        p = bits[0]
        if varies(run, p):
            put(frames, p, (snap(u[0]), snap(u[1]), snap(u[2]), snap(u[3])))
        else:
            value = constant(run, p)
            put(frames, p, basis(snap(u[value]), snap(u[2 + value]), value))
        blocks[p, 0] = -1
        return
    size = 1 << m
    care = wanted = others = 0
    for b in range(m):
        if not varies(run, bits[b]):
            care |= 1 << (m - 1 - b)
            wanted |= constant(run, bits[b]) << (m - 1 - b)
        f = frame(frames, bits[b])
        if f[0] != 1 or f[3] != 1:
            others |= 1 << b
    for c in range(size):
        is_possible[c], to[c] = np.int64(c & care == wanted), c
    offered = run.work[5].reshape((-1, 4))
    for b in range(m):
        put(offered, b, frame(frames, bits[b]))
    one = (1 + 0j, 0j, 0j, 1 + 0j)
    for trial in range(1 << m):
        if trial & ~others:
            continue
        for i in range(size * size):
            d[i] = u[i]
        for b in range(m):
            if (trial >> b) & 1:
                on_left(d, m, b, adjoint(frame(offered, b)))
        if permutes(d, m, is_possible, to):
            for i in range(size * size):
                d[i] = snap(d[i])
            moved(run, bits, m, d, to)
            for b in range(m):
                put(frames, bits[b], frame(offered, b) if (trial >> b) & 1 else one)
                blocks[bits[b], 0] = -1
            return
    groups = gathered(run, bits, m)
    if groups < 0:
        ints[FULL] = 1
        return
    for b in range(m):
        put(run.choice[1], b, one)
    # Where there cannot be many more, they are not worth another frame.
    if care or not is_dense(run):
        chosen(run, m, groups, u, offered)
    for i in range(size * size):
        d[i] = u[i]
    for b in range(m):
        on_left(d, m, b, adjoint(frame(run.choice[1], b)))
    halves = ints[HALVES]
    scaled(run, d, m)
    if not scattered(run, bits, m, groups, d, run.varying[2], run.varying[2]):
        ints[HALVES], ints[FULL] = halves, 1
        return
    for b in range(m):
        put(frames, bits[b], frame(run.choice[1], b))
        blocks[bits[b], 0] = -1


@inner
def _join(run, bits, chosen_bits, count):  # type: ignore[no-untyped-def]
    """Return the block that some bits are in together, joining theirs: they must fit."""
    blocks = run.blocks
    lead = bits[chosen_bits[0]]
    block = blocks[lead, 0]
    u, w = run.work[3], run.work[4]
    if block < 0:
        block = lead
        # A block has the number of one of its bits, which no other has.
        blocks[block, 1], blocks[block, 2], blocks[lead, 0] = 1, lead, block
        for i in range(4):
            run.matrices[block, i] = run.frames[lead, i]
    for f in range(1, count):
        p = bits[chosen_bits[f]]
        other = blocks[p, 0]
        if other == block:
            continue
        m, more = blocks[block, 1], 1
        if other < 0:
            for i in range(4):
                w[i] = run.frames[p, i]
            blocks[block, 2 + m] = p
        else:
            more = blocks[other, 1]
            for i in range(1 << (2 * more)):
                w[i] = run.matrices[other, i]
            for b in range(more):
                blocks[block, 2 + m + b] = blocks[other, 2 + b]
        a, b = 1 << m, 1 << more
        for i in range(a * a):
            u[i] = run.matrices[block, i]
        for i in range(a):
            for k in range(a):
                for r in range(b):
                    for c in range(b):
                        run.matrices[block, (i * b + r) * a * b + k * b + c] = (
                            u[i * a + k] * w[r * b + c]
                        )
        blocks[block, 1] = m + more
        for b in range(m + more):
            blocks[blocks[block, 2 + b], 0] = block
    return block


@inner
def phase(run, amount, bits, vectors, kept, places):  # type: ignore[no-untyped-def]
    """Apply a phase to the part where bits are in vectors, to frames or in a block.

    Return `DONE`; or the number of a block that stands against it; or `MANY` where it is of more
    bits than a block has, which are listed.
    """
    blocks = run.blocks
    count = np.int64(0)
    for entry in range(bits.size):
        p = bits[entry]
        if blocks[p, 0] < 0 and not varies(run, p):
            x, y = within(frame(run.frames, p), vectors[entry, 0], vectors[entry, 1])
            low, high = abs(x) < TINY, abs(y) < TINY
            if low or high:
                if high if constant(run, p) else low:
                    return DONE
                continue
        kept[count] = entry
        count += 1
    run.ints[COUNT] = count
    if count == 0:
        run.reals[0] = (run.reals[0] + amount) % 1.0
        return DONE
    if count == 1:
        entry = kept[0]
        rotate(run, bits[entry], part(amount, vectors[entry, 0], vectors[entry, 1]))
        return DONE
    block, against = _together(run, bits, kept, count, places)
    if block < 0:
        return against
    v = run.work[8].reshape((-1, 2))
    for f in range(count):
        v[f, 0], v[f, 1] = vectors[kept[f], 0], vectors[kept[f], 1]
    added(
        run.matrices[block],
        blocks[block, 1],
        eighths(amount) - 1,
        places,
        v,
        count,
        run.work[4],
        run.small[5],
    )
    return DONE


@inner
def matrix(run, bits, vectors, kept, places):  # type: ignore[no-untyped-def]
    """Multiply a block by a matrix on bits; return `DONE`, or the block that stands against it."""
    count = np.int64(bits.size)
    for f in range(count):
        kept[f] = f
    block, against = _together(run, bits, kept, count, places)
    if block < 0:
        return against
    multiply(
        run.matrices[block], run.blocks[block, 1], places, count, vectors, run.work[4], run.small[5]
    )
    return DONE


@inner
def _together(run, bits, kept, count, places):  # type: ignore[no-untyped-def]
    """Bring some bits into one block; return its number, or -1 and what stands against it.

    Their places in it are listed.
    """
    blocks = run.blocks
    # How large the block of all would be.
    total, against = np.int64(0), MANY
    for f in range(count):
        block = blocks[bits[kept[f]], 0]
        is_new = True
        for other in range(f):
            is_new = is_new and (block < 0 or blocks[bits[kept[other]], 0] != block)
        if is_new:
            total += 1 if block < 0 else blocks[block, 1]
        if block >= 0:
            against = block
    if count > BLOCK or (total > _JOINED and total > count):
        return np.int64(-1), against
    block = _join(run, bits, kept, count)
    for f in range(count):
        p, j = bits[kept[f]], 0
        while blocks[block, 2 + j] != p:
            j += 1
        places[f] = j
    return block, DONE


@inner
def phase_of_many(run, amount, bits, vectors, kept, count):  # type: ignore[no-untyped-def]
    """Do `phase` for bits that are in no block: in frames of which at most one is against it."""
    frames, ints = run.frames, run.ints
    words, care, wanted = run.varying.shape[1], run.varying[3], run.varying[4]
    for w in range(words):
        care[w] = wanted[w] = 0
    hard = 0
    for f in range(count):
        x, y = within(frame(frames, bits[kept[f]]), vectors[kept[f], 0], vectors[kept[f], 1])
        hard += abs(x) >= TINY and abs(y) >= TINY
    last, last_u = np.int64(-1), (0j, 0j, 0j, 0j)
    for f in range(count):
        p = bits[kept[f]]
        x, y = vectors[kept[f], 0], vectors[kept[f], 1]
        v, w = within(frame(frames, p), x, y)
        if abs(v) >= TINY and abs(w) >= TINY:
            if hard == 1:
                last, last_u = p, part(amount, v, w)
                continue
            hard -= 1
            target = (1 + 0j, 0j, 0j, 1 + 0j)
            if x != 0 and y != 0:
                turn = x / abs(x)
                target = (
                    snap(-y.conjugate() * turn), snap(x), snap(x.conjugate() * turn), snap(y),
                )  # fmt: skip
            u = times(adjoint(target), frame(frames, p))
            if not one(run, p, u, run.varying[2], run.varying[2]):
                return False
            put(frames, p, target)
            v, w = within(target, x, y)
        care[p // WORD] |= np.int64(1) << (p % WORD)
        wanted[p // WORD] |= np.int64(abs(v) < TINY) << (p % WORD)
    if last >= 0:
        if not one(run, last, last_u, care, wanted):
            return False
    else:
        factor = eighths(amount)
        keys, values = run.keys[ints[CURRENT]], run.values[ints[CURRENT]]
        for e in range(ints[K]):
            on = True
            for w in range(words):
                on = on and (keys[w, e] & care[w]) == wanted[w]
            if on:
                values[e] *= factor
    return True


@inner
def fold(run, p):  # type: ignore[no-untyped-def]
    """Apply a frame that is diagonal, or that times a flip."""
    ints, frames = run.ints, run.frames
    u = frame(frames, p)
    if u[0] == 1 and u[3] == 1:
        return
    flips = abs(u[0]) < TINY and abs(u[3]) < TINY
    if not flips and not (abs(u[1]) < TINY and abs(u[2]) < TINY):
        return
    keys, values = run.keys[ints[CURRENT]], run.values[ints[CURRENT]]
    w, s = p // WORD, p % WORD
    low, high = turns_of(u[2] if flips else u[0]), turns_of(u[1] if flips else u[3])
    does_vary = varies(run, p)
    if does_vary and high != low:
        factor = eighths((high - low) % 1.0)
        for e in range(ints[K]):
            if (keys[w, e] >> s) & 1:
                values[e] *= factor
    is_high = not does_vary and constant(run, p)
    run.reals[0] = (run.reals[0] + (high if is_high else low)) % 1.0
    if flips:
        for e in range(ints[K]):
            keys[w, e] ^= np.int64(1) << s
    put(frames, p, (1 + 0j, 0j, 0j, 1 + 0j))
