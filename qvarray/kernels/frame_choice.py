"""Frames of single qubits in which the amplitudes of a state are few: choice and search.

A block's qubits get the frames in which a sample of its groups has fewest amplitudes. A state that
has grown is searched through, one qubit after the other.
"""

from __future__ import annotations

import numpy as np

from .gate_blocks import (
    BASE,
    CURRENT,
    FAILED,
    FRAMES,
    FULL,
    HALVES,
    KNOWN,
    OFFERED,
    SAMPLE,
    STAMP,
    TINY,
    WORK,
    K,
    gathered,
    indexed,
    multiplied,
    paired,
    scaled,
    scattered,
    varies,
)
from .jit import inner
from .two_by_two import (
    adjoint,
    basis,
    frame,
    put,
    snap,
    square,
    times,
)

# Up to so many amplitudes, also by way of states of more.
_FEW_TRIED = 64
# Pairs that frames of one bit are chosen by, of few amplitudes, whose trial costs little, and of
# more; frames that are tried on them.
_PAIRS, _MANY_PAIRS, _TRIED = 8, 64, 4
_NONE = np.int64(0)
_HALF = 0.5**0.5


# -- frames ---------------------------------------------------------------------------------


@inner
def _offered(choice, count, u):  # type: ignore[no-untyped-def]
    """Add a frame to those to choose from, unless it is there up to phases and order."""
    if count == FRAMES:
        return count
    for c in range(count):
        first, second = choice[c, 0].conjugate(), choice[c, 2].conjugate()
        if (
            square(first * u[0] + second * u[2]) < TINY * TINY
            or square(first * u[1] + second * u[3]) < TINY * TINY
        ):
            return count
    for i in range(4):
        choice[count, i] = snap(u[i])
    return count + 1


@inner
def _offered_basis(choice, count, a, d, c):  # type: ignore[no-untyped-def]
    """Offer the eigenvectors of a density matrix [[a, c], [c*, d]], where these are known."""
    half = (a - d) / 2
    r = np.sqrt(half * half + square(c))
    if r < 1e-9 * (a + d) or square(c) < 1e-28 * (a + d) * (a + d):
        return count
    x, y = (half + r + 0j, c.conjugate()) if half >= 0 else (c, r - half + 0j)
    size = np.sqrt(square(x) + square(y))
    return _offered(choice, count, basis(x / size, y / size, 0))


@inner
def _turned(z, m, j, f):  # type: ignore[no-untyped-def]
    """Multiply vectors by the adjoint of a frame of one bit."""
    if f[0] == 1 and f[3] == 1:
        return
    stride = 1 << (m - 1 - j)
    for i in range(1 << m):
        if not i & stride:
            x, y = z[i], z[i + stride]
            z[i] = f[0].conjugate() * x + f[2].conjugate() * y
            z[i + stride] = f[1].conjugate() * x + f[3].conjugate() * y


@inner
def _size(x, y, f, least):  # type: ignore[no-untyped-def]
    """Count what is left of two amplitudes after the adjoint of a frame."""
    found = np.int64(square(f[0].conjugate() * x + f[2].conjugate() * y) > least)
    return found + np.int64(square(f[1].conjugate() * x + f[3].conjugate() * y) > least)


@inner
def _best_of(run, m, j, taken, most):  # type: ignore[no-untyped-def]
    """Find the frame of one bit that leaves fewest amplitudes of a sample; how many, and which.

    It is one of the present one, the one that is offered, the eigenvectors of density matrices and
    slices of groups.
    """
    zs, least, choice = run.sample[1], run.work[6], run.choice[0]
    size, stride = 1 << m, 1 << (m - 1 - j)
    count = _offered(choice, np.int64(0), (1 + 0j, 0j, 0j, 1 + 0j))
    count = _offered(choice, count, frame(run.choice[2], j))
    a_all = d_all = 0.0
    c_all = 0j
    for s in range(taken):
        a = d = 0.0
        c = 0j
        for i in range(size):
            if not i & stride:
                x, y = zs[s, i], zs[s, i + stride]
                a += square(x)
                d += square(y)
                c += x * y.conjugate()
        a_all, d_all, c_all = a_all + a, d_all + d, c_all + c
        if count < FRAMES - 2:
            count = _offered_basis(choice, count, a, d, c)
    count = _offered_basis(choice, count, a_all, d_all, c_all)
    for s in range(taken):
        for i in range(size):
            if count < FRAMES and not i & stride:
                x, y = zs[s, i], zs[s, i + stride]
                if square(x) > least[s].real and square(y) > least[s].real:
                    weight = np.sqrt(square(x) + square(y))
                    count = _offered(choice, count, basis(x / weight, y / weight, 0))
    run.ints[OFFERED] = count
    best, which = np.int64(most), -1
    for f in range(count if most else 0):
        u = frame(choice, f)
        total = np.int64(0)
        for s in range(taken):
            for i in range(size):
                if not i & stride:
                    total += _size(zs[s, i], zs[s, i + stride], u, least[s].real)
            if total >= best:
                break
        if total < best:
            best, which = total, f
    return best, which


@inner
def _seen(run, m, taken, but):  # type: ignore[no-untyped-def]
    """Make a sample of amplitudes in the frames that are picked, but for one bit; count them."""
    ys, zs, least, picked = run.sample[0], run.sample[1], run.work[6], run.choice[1]
    found = np.int64(0)
    for s in range(taken):
        for i in range(1 << m):
            zs[s, i] = ys[s, i]
        for j in range(m):
            if j != but:
                _turned(zs[s], m, j, frame(picked, j))
        for i in range(1 << m):
            found += square(zs[s, i]) > least[s].real
    return found


@inner
def chosen(run, m, groups, u, offered):  # type: ignore[no-untyped-def]
    """Choose frames for the bits of a block, so that there are no more amplitudes after it.

    They are left in the room for that: these or the standard ones, where none are searched for.
    """
    size = 1 << m
    ys, least, picked = run.sample[0], run.work[6], run.choice[1]
    taken = min(groups, SAMPLE)
    one = (1 + 0j, 0j, 0j, 1 + 0j)
    for j in range(m):
        put(picked, j, one)
        put(run.choice[2], j, frame(offered, j))
    present = np.int64(0)
    for s in range(taken):
        at = (s * groups // taken) * size
        multiplied(u, m, run.vectors, at, ys[s])
        weight = 0.0
        for i in range(size):
            weight += square(ys[s, i])
            present += run.vectors[at + i] != 0
        least[s] = weight * TINY * TINY
    best = _seen(run, m, taken, m)
    # All that are offered at once; then one bit after the other, as long as that helps.
    others = False
    for j in range(m):
        put(picked, j, frame(offered, j))
        others = others or offered[j, 0] != 1 or offered[j, 3] != 1
    together = _seen(run, m, taken, m) if others and best > taken else best
    if together < best:
        best = together
    else:
        for j in range(m):
            put(picked, j, one)
    changed = run.ints[WORK] >= 0
    while changed and best > taken and best > present:
        changed = False
        for j in range(m):
            _seen(run, m, taken, j)
            total, which = _best_of(run, m, j, taken, best)
            if which >= 0:
                best, changed = total, True
                put(picked, j, frame(run.choice[0], which))
        if changed or m != 2 or 2 * best <= 3 * present:
            continue
        # Two that only help together.
        for j in range(m):
            for other in range(m):
                if other == j or changed:
                    continue
                kept = frame(picked, j)
                _seen(run, m, taken, j)
                # Fills the list of frames to try.
                _best_of(run, m, j, taken, 0 * best)
                for f in range(FRAMES):
                    for i in range(4):
                        run.choice[3, f, i] = run.choice[0, f, i]
                for f in range(run.ints[OFFERED]):
                    put(picked, j, frame(run.choice[3], f))
                    _seen(run, m, taken, other)
                    total, which = _best_of(run, m, other, taken, best)
                    if which >= 0:
                        best, changed = total, True
                        kept = frame(picked, j)
                        put(picked, other, frame(run.choice[0], which))
                        break
                put(picked, j, kept)


# -- one bit -------------------------------------------------------------------------------


@inner
def one(run, p, u, care, wanted):  # type: ignore[no-untyped-def]
    """Multiply amplitudes by a matrix on one bit where others have values; tell if all fitted."""
    bits, d = run.small[0, :1], run.work[2]
    bits[0] = p
    groups = gathered(run, bits, bits.size)
    halves = run.ints[HALVES]
    for i in range(4):
        d[i] = u[i]
    anywhere = True
    for w in range(care.size):
        anywhere = anywhere and care[w] == 0
    if groups >= 0 and anywhere:
        scaled(run, d, bits.size)
    if groups < 0 or not scattered(run, bits, bits.size, groups, d, care, wanted):
        run.ints[HALVES], run.ints[FULL] = halves, 1
        return False
    return True


# -- sparser frames -------------------------------------------------------------------------


@inner
def _simpler(run, taken, other):  # type: ignore[no-untyped-def]
    """Find a frame that leaves fewer amplitudes of pairs: how many there are, and will be, and it.

    It is another one that is given, or has one of the pairs in one amplitude.
    """
    choice, pairs = run.choice[0], run.vectors
    count, before = _offered(choice, _NONE, other), np.int64(0)
    for s in range(taken):
        x, y = pairs[2 * s], pairs[2 * s + 1]
        before += np.int64(x != 0) + np.int64(y != 0)
        if x != 0 and y != 0 and count < _TRIED:
            size = np.sqrt(square(x) + square(y))
            count = _offered(choice, count, basis(x / size, y / size, 0))
    best, found = before, frame(choice, 0)
    for f in range(count):
        u, total = frame(choice, f), np.int64(0)
        for s in range(taken):
            x, y = pairs[2 * s], pairs[2 * s + 1]
            total += _size(x, y, u, (square(x) + square(y)) * TINY * TINY)
            if total >= best:
                break
        if total < best:
            best, found = total, u
    return before, best, found


@inner
def _descend(run, steps):  # type: ignore[no-untyped-def]
    """Switch the bases of bits as long as that leaves fewer amplitudes.

    What was switched is appended to a log of so many steps; how many they are then is returned.
    """
    ints, d, log = run.ints, run.work[2], run.log
    n = run.frames.shape[0]
    bits = run.small[0, :1]
    since, p, slots = 0, np.int64(0), _NONE
    while since < n and ints[K] > 1 and steps < log.shape[0]:
        since += 1
        bits[0] = p
        if varies(run, p):
            if slots == 0:
                slots = indexed(run)
            taken = paired(run, p, slots, _PAIRS if ints[K] <= _FEW_TRIED else _MANY_PAIRS)
            if taken:
                half = (_HALF + 0j, _HALF + 0j, _HALF + 0j, -_HALF + 0j)
                other = half if run.blocks[p, 0] >= 0 else adjoint(frame(run.frames, p))
                before, after, f = _simpler(run, taken, other)
                # Of many amplitudes, few pairs may say what is not so of most.
                if after < before and (ints[K] <= _FEW_TRIED or 4 * after <= 3 * before):
                    k, slots, groups = ints[K], _NONE, gathered(run, bits, bits.size)
                    halves, now, dropped = ints[HALVES], ints[CURRENT], run.reals[2]
                    put(d.reshape((-1, 4)), 0, adjoint(f))
                    scaled(run, d, bits.size)
                    none = run.varying[2]
                    if (
                        groups >= 0
                        and scattered(run, bits, bits.size, groups, d, none, none)
                        and ints[K] < k
                    ):
                        log[steps, 0] = p
                        for i in range(4):
                            log[steps, 1 + i] = f[i]
                        steps += 1
                        since = 0
                    else:
                        ints[K], ints[HALVES], ints[CURRENT] = k, halves, now
                        ints[KNOWN], run.reals[2] = 0, dropped
        p = (p + 1) % n
    return steps


@inner
def search(run, recent):  # type: ignore[no-untyped-def]
    """Search for frames of fewer amplitudes: downhill, and from where one recent bit is switched.

    Sums over bit strings of one parity are found to be two strings in other frames that way, which
    are all reached through states of more amplitudes.
    """
    ints, log = run.ints, run.log
    if ints[K] == 2:
        # Two amplitudes are one only where they differ in one bit.
        varies(run, np.int64(0))
        found = 0
        for w in range(run.varying.shape[1]):
            mask = run.varying[0, w]
            while mask:
                mask &= mask - 1
                found += 1
        if found > 1:
            ints[BASE] = 2
            return
    trial = -1
    done = _NONE
    saved = run.small[6]
    while trial < recent.size:
        steps, fewest = done, ints[K]
        if trial >= 0:
            if fewest <= 2 or fewest > _FEW_TRIED:
                break
            p = recent[trial]
            if not varies(run, p):
                trial += 1
                continue
            keep = run.keys[2], run.values[2]
            keys, values = run.keys[ints[CURRENT]], run.values[ints[CURRENT]]
            for e in range(fewest):
                keep[1][e] = values[e]
                for w in range(keys.shape[0]):
                    keep[0][w, e] = keys[w, e]
            for i in range(ints.size):
                saved[i] = ints[i]
            dropped = run.reals[2]
            half = (_HALF + 0j, _HALF + 0j, _HALF + 0j, -_HALF + 0j)
            if one(run, p, half, run.varying[2], run.varying[2]):
                log[steps, 0] = p
                for i in range(4):
                    log[steps, 1 + i] = half[i]
                steps += 1
        steps = _descend(run, steps)
        if trial < 0 or (ints[K] < fewest and not ints[FULL]):
            done = steps
        else:
            stamp = ints[STAMP]
            for i in range(ints.size):
                ints[i] = saved[i]
            ints[STAMP], ints[KNOWN] = stamp, 0
            run.reals[2] = dropped
            keys, values = run.keys[ints[CURRENT]], run.values[ints[CURRENT]]
            for e in range(fewest):
                values[e] = run.values[2, e]
                for w in range(keys.shape[0]):
                    keys[w, e] = run.keys[2, w, e]
        trial += 1
    for step in range(done):
        _rebased(
            run, np.int64(log[step, 0].real),
            (log[step, 1], log[step, 2], log[step, 3], log[step, 4]),
        )  # fmt: skip
    # What has not helped is tried again only after more growth.
    ints[FAILED] = min(ints[FAILED] + 1, 2) if done == 0 else 0
    ints[BASE] = ints[K]


@inner
def _rebased(run, p, f):  # type: ignore[no-untyped-def]
    """Have what comes after the amplitudes take up a change of a bit's basis."""
    block = run.blocks[p, 0]
    if block < 0:
        put(run.frames, p, times(frame(run.frames, p), f))
        return
    u, m, j = run.matrices[block], run.blocks[block, 1], 0
    while run.blocks[block, 2 + j] != p:
        j += 1
    size, stride = 1 << m, 1 << (m - 1 - j)
    for i in range(size):
        for c in range(size):
            if not c & stride:
                x, y = u[i * size + c], u[i * size + c + stride]
                u[i * size + c] = x * f[0] + y * f[2]
                u[i * size + c + stride] = x * f[1] + y * f[3]
