"""Measurements of single bits of a state, in any frame: what is found, and what is left of it."""

from __future__ import annotations

import numpy as np

from .gate_blocks import (
    CURRENT,
    HALVES,
    WORD,
    K,
    constant,
    gathered,
    scattered,
    varies,
)
from .jit import inner
from .two_by_two import (
    frame,
    put,
    snap,
    square,
    turns_of,
)

# Chances that are this close to 0 or 1 are that.
_CERTAIN = 1e-14


@inner
def _found(low, high, draw):  # type: ignore[no-untyped-def]
    """Return 1 where a number from 0 to 1 is below the chance of that, and 0 where not."""
    total = low + high
    if high <= _CERTAIN * total:
        return 0
    return 1 if low <= _CERTAIN * total or draw < high / total else 0


@inner
def measured(run, p, draw):  # type: ignore[no-untyped-def]
    """Measure a bit that is in no block, by a number from 0 to 1; return its value.

    What is left is normalised, and has that value in it. Return -1 where there is no room.
    """
    ints, u = run.ints, frame(run.frames, p)
    word, shift = p // WORD, p % WORD
    one = (1 + 0j, 0j, 0j, 1 + 0j)
    if not varies(run, p):
        before = constant(run, p)
        low, high = (u[1], u[3]) if before else (u[0], u[2])
        value = _found(square(low), square(high), draw)
        left = high if value else low
        run.reals[0] = (run.reals[0] + turns_of(left / abs(left))) % 1.0
        if value != before:
            row = run.keys[ints[CURRENT], word]
            for e in range(ints[K]):
                row[e] ^= np.int64(1) << shift
        put(run.frames, p, one)
        return value
    bits, d = run.small[0, :1], run.work[2]
    bits[0] = p
    groups = gathered(run, bits, bits.size)
    if groups < 0:
        return -1
    low_weight = high_weight = 0.0
    for g in range(groups):
        x, y = run.vectors[2 * g], run.vectors[2 * g + 1]
        low_weight += square(u[0] * x + u[1] * y)
        high_weight += square(u[2] * x + u[3] * y)
    value = _found(low_weight, high_weight, draw)
    for i in range(4):
        d[i] = u[i] if i >> 1 == value else 0j
    # At most one of each group is left.
    scattered(run, bits, bits.size, groups, d, run.varying[2], run.varying[2])
    values, weight = run.values[ints[CURRENT]], 0.0
    for e in range(ints[K]):
        weight += square(values[e])
    if abs(weight * 0.5 ** ints[HALVES] - 1) > _CERTAIN:
        # Equal amplitudes of half the weight stay as they are, without a division.
        ints[HALVES] *= abs(weight - 1) > _CERTAIN
        factor = (weight * 0.5 ** ints[HALVES]) ** -0.5
        for e in range(ints[K] if abs(factor - 1) > _CERTAIN else 0):
            values[e] = snap(values[e] * factor)
    put(run.frames, p, one)
    return value
