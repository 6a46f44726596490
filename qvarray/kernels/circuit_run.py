"""Circuits: many gates in one compiled loop, with bases that come back to where states are sparse.

Gates on the same few qubits are multiplied into one matrix, a block. It is applied to the
amplitudes when a gate ties one of its qubits to another, in those frames of single qubits where
they are few. A state that has grown is searched for sparser frames of all qubits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import gate_blocks
from .bit_measurement import measured
from .block_gates import DONE, MANY, flush, fold, matrix, phase, phase_of_many, rotate
from .frame_choice import search
from .gate_blocks import (
    BASE,
    COUNT,
    CURRENT,
    DOUBLINGS,
    DRAWN,
    FAILED,
    FULL,
    GATE,
    HALVES,
    WORD,
    WORK,
    K,
    Run,
)
from .jit import njit
from .radix_sort import argsort
from .two_by_two import (
    frame,
    put,
)

Array = NDArray[Any]

ROTATE, SWAP, PHASE, MATRIX, MEASURE, RESET, UNLESS = range(7)

#: So little work that no frames are searched for.
NEVER = -(1 << 62)
# Up to so many amplitudes, sparser frames are searched for at the end.
_FEW = 1 << 10
# Up to so many, NumPy sorts faster than by radix.
_FEW_SORTED = 1 << 8
# Amplitudes that blocks were applied to, for each bit, before a search.
_WORTH = 2
_NONE = np.int64(0)
_NO_BITS, _NO_DRAWS = np.zeros(0, np.int64), np.zeros(0)


class Program(NamedTuple):
    """m gates and measurements as arrays.

    Attributes
    ----------
    kinds : ndarray of int64, shape (m,)
        `ROTATE`, `SWAP`, `PHASE`, `MATRIX`, `MEASURE`, `RESET` or `UNLESS`.
    where : ndarray of int64, shape (m, 2)
        Two bits, of which the first is rotated or reset, or both are exchanged; one that is
        measured, and the classical bit for what is found; how many gates are left out unless
        classical bits have the values that there are in `vectors` for them.
    matrices : ndarray of complex128, shape (m, 4)
        2×2, by rows.
    amounts : ndarray of float64, shape (m,)
        Turns; the number of bits that a matrix is of.
    ends : ndarray of int64, shape (m + 1,)
        From where to where the last two arrays have what a phase is of. See `State.phase`. And what
        a matrix is of: its first elements are its bits, and all vectors its entries, by rows.
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


class Begin(NamedTuple):
    """A state before some gates.

    Attributes
    ----------
    indices : ndarray of int64, shape (words, k)
        Of 62 bits each, the lowest first.
    values : ndarray of complex128, shape (k,), k at least 1
    frames : ndarray of complex128, shape (n, 4)
    turns, halves
        A phase of all amplitudes, and how often they are still to be divided by sqrt(2).
    cutoff : float
        Amplitudes of a smaller size are dropped.
    """

    indices: Array
    values: Array
    frames: Array
    turns: float
    halves: int
    cutoff: float


class Result(NamedTuple):
    """A state after some gates of a program.

    Attributes
    ----------
    indices, values : ndarray
        Sorted; indices of shape (words, k).
    frames : ndarray of complex128, shape (n, 4)
        By the bits of indices.
    places : ndarray of int64, shape (n,)
        The bit that each bit is now, after the frames.
    turns, halves
        A phase of all amplitudes, and how often they are still to be divided by sqrt(2).
    dropped : float
        The squares of the amplitudes that the cutoff dropped.
    done : int
        How many gates were applied.
    blocks : list of (bits, matrix)
        Unitary matrices that are still to be applied, on bits of indices, before the exchange.
    doubled : list of int
        Number j is the gate after which there were 2**j amplitudes for the first time.
    """

    indices: Array
    values: Array
    frames: Array
    places: Array
    turns: float
    halves: int
    dropped: float
    done: int
    blocks: list[tuple[list[int], Array]]
    doubled: list[int]


# -- all gates ------------------------------------------------------------------------------


@njit(cache=True, nogil=True, _nrt=False)
def _all(program, places, run, clbits, draws):  # type: ignore[no-untyped-def]
    """Apply gates; tell whether there was room for all.

    What is large is called for once: Numba compiles it again for each call.
    """
    kinds, where, matrices, amounts, ends, bits, vectors = program
    n = places.size
    kept, mapped, inside, recent = run.listed[0], run.listed[1], run.small[7], run.small[8]
    ints, count = run.ints, _NONE
    while True:
        gate, low, high = ints[GATE], np.int64(0), np.int64(0)
        against = DONE
        if gate == kinds.size:
            for p in range(n):
                if run.blocks[p, 0] >= 0:
                    against = run.blocks[p, 0]
        elif kinds[gate] == ROTATE:
            rotate(run, places[where[gate, 0]], frame(matrices, gate))
        elif kinds[gate] == SWAP:
            a, b = where[gate, 0], where[gate, 1]
            places[a], places[b] = places[b], places[a]
        elif kinds[gate] == UNLESS:
            for k in range(ends[gate], ends[gate + 1]):
                if clbits[bits[k]] != vectors[k, 0].real:
                    ints[GATE] += where[gate, 0]
                    for left_out in range(gate + 1, ints[GATE] + 1):
                        ints[DRAWN] += kinds[left_out] in (MEASURE, RESET)
                    break
        elif kinds[gate] >= MEASURE:
            p = places[where[gate, 0]]
            against = run.blocks[p, 0]
            if against < 0:
                against, value = DONE, measured(run, p, draws[ints[DRAWN]])
                if value < 0:
                    return False
                # What gives the same again.
                draws[ints[DRAWN]] = 1.0 - value
                ints[DRAWN] += 1
                if kinds[gate] == MEASURE:
                    clbits[where[gate, 1]] = value
                elif value:
                    put(run.frames, p, (0j, 1 + 0j, 1 + 0j, 0j))
        else:
            low, high = ends[gate], ends[gate + 1]
            of = high - low if kinds[gate] == PHASE else np.int64(amounts[gate])
            for k in range(of):
                mapped[k] = places[bits[low + k]]
            if kinds[gate] == PHASE:
                against = phase(run, amounts[gate], mapped[:of], vectors[low:high], kept, inside)
            else:
                against = matrix(run, mapped[:of], vectors[low:high], kept, inside)
        if against == MANY:
            if not phase_of_many(
                run, amounts[gate], mapped[: high - low], vectors[low:high], kept, ints[COUNT]
            ):
                return False
        elif against != DONE:
            count = run.blocks[against, 1]
            for b in range(count):
                recent[b] = run.blocks[against, 2 + b]
            flush(run, against)
            ints[WORK] += ints[K]
        if against < 0:
            count = _NONE
        is_last = gate == kinds.size and against == DONE
        while ints[K] >= np.int64(1) << ints[DOUBLINGS] and ints[DOUBLINGS] < WORD:
            run.doubled[ints[DOUBLINGS]] = gate
            ints[DOUBLINGS] += 1
        # Twice the amplitudes since sparser frames were searched for.
        ints[BASE] = min(ints[BASE], ints[K])
        # A search takes as long as some blocks of few amplitudes.
        may_search = ints[WORK] >= 0
        is_worth = ints[WORK] >= _WORTH * n or 2 * ints[K] >= run.values.shape[1]
        has_grown = ints[K] >= ints[BASE] << (1 + ints[FAILED])
        is_due = is_worth and may_search and (has_grown or (is_last and ints[K] <= _FEW))
        is_full = ints[FULL] != 0
        if is_due or (is_full and ints[K] > 2 and may_search):
            before = ints[K]
            ints[FULL] = 0
            search(run, recent[:count])
            ints[WORK] = 0
            if is_full and ints[K] == before:
                return False
        elif is_full:
            return False
        if is_last:
            break
        if against < 0:
            ints[GATE] += 1
    for p in range(n):
        fold(run, p)
    return True


def _grown(old: Run, size: int) -> Run:
    """Return the same with more room."""
    now, k = int(old.ints[CURRENT]), int(old.ints[K])
    new = gate_blocks.room(old.frames.shape[0], old.keys.shape[1], size)
    new.keys[now, :, :k], new.values[now, :k] = old.keys[now, :, :k], old.values[now, :k]
    stamped = new.ints
    stamped[:] = old.ints
    stamped[FULL] = 0
    for name in ("frames", "blocks", "matrices", "reals", "varying", "doubled"):
        getattr(new, name)[...] = getattr(old, name)
    return new


def run(
    program: Program,
    begin: Begin,
    limit: int,
    clbits: Array | None = None,
    draws: Array | None = None,
    work: int = 0,
) -> Result:
    """Apply gates to a state.

    Parameters
    ----------
    program : Program
    begin : Begin
    limit : int
        About as many amplitudes are computed at most.
    clbits : ndarray of int64, optional
        The classical bits, which are changed.
    draws : ndarray of float64, optional
        From 0 to 1, one for each qubit that is measured or reset: 1 is found where it is below the
        chance of that. Those that are used become 1 less what was found.
    work : int
        How many amplitudes blocks were applied to before, since frames were searched for; `NEVER`
        where they are not to be.

    Returns
    -------
    Result
        After fewer gates, where there would be more amplitudes than the limit.
    """
    indices, values, frames, turns, halves, cutoff = begin
    n, (words, k) = frames.shape[0], indices.shape
    size = max(k, min(limit, max(64, 1 << (4 * k).bit_length())))
    state = gate_blocks.room(n, words, size)
    state.keys[0, :, :k], state.values[0, :k], state.frames[:] = indices, values, frames
    state.ints[:] = 0
    state.ints[K], state.ints[BASE], state.ints[HALVES], state.ints[WORK] = k, k, halves, work
    state.reals[0], state.reals[1] = turns, cutoff * cutoff
    places = np.arange(n)
    written = _NO_BITS if clbits is None else clbits
    drawn = _NO_DRAWS if draws is None else draws
    while not _all(program, places, state, written, drawn):
        if size >= limit:
            break
        size = min(4 * size, limit)
        state = _grown(state, size)
    now, k = int(state.ints[CURRENT]), int(state.ints[K])
    found, amounts = state.keys[now, :, :k], state.values[now, :k]
    if k <= _FEW_SORTED:
        order = found[0].argsort() if words == 1 else np.lexsort(found)
    else:
        order = argsort(found[0])
        for word in found[1:]:
            order = order[argsort(word[order])]
    blocks = []
    for p in range(n):
        if state.blocks[p, 0] == p:
            m = int(state.blocks[p, 1])
            matrix = state.matrices[p, : 4**m].reshape(2**m, 2**m).copy()
            blocks.append((state.blocks[p, 2 : 2 + m].tolist(), matrix))
    return Result(
        found[:, order], amounts[order], state.frames, places, float(state.reals[0]),
        int(state.ints[HALVES]), float(state.reals[2]), int(state.ints[GATE]), blocks,
        state.doubled[: state.ints[DOUBLINGS]].tolist(),
    )  # fmt: skip
