"""Quantum gates on sorted indices and their amplitudes.

An index is a string of at most 62 bits. A gate on one bit joins the two amplitudes whose indices
differ there; in a sorted list those of one prefix are two sorted runs, and a merge finds the pairs.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import sort, threads
from .compiled import njit
from .lists import WORTH_A_THREAD, parity

__all__ = ["mapped", "mixed", "pairs", "rotate_dense", "span"]

Array = NDArray[Any]

# Of the larger of two terms: a sum that is smaller is their rounding.
_ROUNDING = 2.0**-50


@njit(cache=True, nogil=True)
def _map(  # type: ignore[no-untyped-def]
    indices,
    values,
    shifts,
    tables,
    offset,
    bits,
    linear,
    forms,
    starts,
    masks,
    flips,
    turns,
    factors,
    moves,
    out_i,
    out_v,
    low,
    high,
):
    """Phases by the old index, then the new index, of the amplitudes low to high."""
    ascend = True
    last = np.int64(-1)
    for k in range(low, high):
        i = indices[k]
        v = values[k]
        quarter = 0
        for a in range(bits.size):
            if (i >> bits[a]) & 1:
                quarter += linear[a] + 2 * parity(forms[a] & i)
        quarter &= 3
        # Selected rather than branched upon: the bits of indices are hard to predict.
        odd = quarter & 1
        sign = 1.0 - (quarter & 2)
        v = complex(
            sign * (-v.imag if odd else v.real),
            sign * (v.real if odd else v.imag),
        )
        if turns.size:
            total = 0.0
            for t in range(turns.size):
                on = 1
                for m in range(starts[t], starts[t + 1]):
                    on &= parity(masks[m] & i) ^ flips[m]
                if turns.size == 1:
                    w = v * factors[0]
                    v = complex(w.real if on else v.real, w.imag if on else v.imag)
                else:
                    total += turns[t] if on else 0.0
            if total != 0.0:
                total -= np.floor(total)
                angle = 2.0 * np.pi * total
                v = v * complex(np.cos(angle), np.sin(angle))
        out_v[k] = v
        if moves:
            j = offset
            for a in range(shifts.size):
                j ^= tables[a, (i >> shifts[a]) & 255]
            ascend &= j > last
            last = j
            out_i[k] = j
    return ascend


def _byte_tables(columns: Array) -> tuple[Array, Array]:
    """XORs of columns by the bytes of an index, for the bytes that are ever not 0."""
    count = -(-columns.size // 8)
    tables = np.zeros((count, 256), np.int64)
    for byte in range(count):
        for bit in range(min(8, columns.size - 8 * byte)):
            size = 1 << bit
            tables[byte, size : 2 * size] = tables[byte, :size] ^ columns[8 * byte + bit]
    return np.arange(count, dtype=np.int64) * 8, tables


def mapped(
    indices: Array,
    values: Array,
    columns: Array,
    offset: int,
    linear: Array,
    forms: Array,
    terms: list[tuple[tuple[tuple[int, int], ...], float]],
    factors: Array,
) -> tuple[Array, Array]:
    """Amplitudes with phases applied, at indices that an affine map over GF(2) moved, sorted.

    Parameters
    ----------
    indices, values : ndarray of int64 and complex128, shape (k,)
    columns : ndarray of int64, shape (n,)
        Where the map takes index ``1 << b``.
    offset : int
        Where it takes index 0.
    linear, forms : ndarray of int64, shape (n,)
        The phase in quarter turns: the sum over set bits b of ``linear[b]`` and twice the parity
        of the lower bits in ``forms[b]``.
    terms : list
        Literals and turns: where all ``parity(mask & index) ^ flip`` are 1, the turns are added.
    factors : ndarray of complex128
        ``exp(2j * pi * turns)`` for each term.

    Notes
    -----
    One pass by as many threads as pay, and a radix sort where the order changes.
    """
    bits = np.flatnonzero((linear != 0) | (forms != 0))
    shifts, tables = _byte_tables(columns)
    starts = np.zeros(len(terms) + 1, np.int64)
    np.cumsum([len(literals) for literals, _ in terms], out=starts[1:])
    literals = [one for group, _ in terms for one in group]
    masks = np.array([mask for mask, _ in literals], np.int64)
    flips = np.array([flip for _, flip in literals], np.int64)
    turns = np.array([amount for _, amount in terms], np.float64)
    moves = offset != 0 or bool((columns != np.int64(1) << np.arange(columns.size)).any())
    out_i, out_v = np.empty_like(indices) if moves else indices, np.empty_like(values)
    count = threads.workers() if indices.size >= WORTH_A_THREAD else 1
    pieces = threads.split(indices.size, count)
    ascend = [False] * len(pieces)

    def work(number: int, low: int, high: int) -> None:
        ascend[number] = _map(
            indices, values, shifts, tables, offset, bits, linear[bits], forms[bits],
            starts, masks, flips, turns, factors, moves, out_i, out_v, low, high,
        )  # fmt: skip

    if pieces:
        threads.run(work, [(number, *piece) for number, piece in enumerate(pieces)])
    if not moves:
        return indices, out_v
    borders = all(out_i[low - 1] < out_i[low] for low, _ in pieces[1:])
    if all(ascend) and borders:
        return out_i, out_v
    out_i, order = sort.sorted_order(out_i)
    return out_i, out_v.take(order)


@njit(nogil=True)
def _runs(indices, start, high, bit, prefix, top):  # type: ignore[no-untyped-def]
    """Where the second run of a prefix begins, and where it ends."""
    if high - start > 64 and indices[start + 64] >> (bit + 1) == prefix:
        lo, hi = start, high
        while lo < hi:
            half = (lo + hi) // 2
            if indices[half] < top:
                lo = half + 1
            else:
                hi = half
        middle = lo
        hi = high
        while lo < hi:
            half = (lo + hi) // 2
            if indices[half] >> (bit + 1) <= prefix:
                lo = half + 1
            else:
                hi = half
        return middle, lo
    middle = start
    while middle < high and indices[middle] < top:
        middle += 1
    stop = middle
    while stop < high and indices[stop] >> (bit + 1) == prefix:
        stop += 1
    return middle, stop


@njit(cache=True, nogil=True)
def _mix(  # type: ignore[no-untyped-def]
    indices,
    values,
    bit,
    care,
    wanted,
    u,
    cutoff,
    low,
    high,
    out_i,
    out_v,
    spare_i,
    spare_v,
):
    """A gate on one bit of the amplitudes low to high, whose prefixes are theirs alone."""
    one = np.int64(1) << bit
    at = low * 2
    begin = at
    dropped = 0.0
    floor = cutoff * cutoff
    start = low
    while start < high:
        prefix = indices[start] >> (bit + 1)
        # The two runs of one prefix.
        a = start
        top = (prefix << (bit + 1)) | one
        middle, stop = _runs(indices, start, high, bit, prefix, top)
        b = middle
        second = 0
        while a < middle or b < stop:
            has_a = a < middle
            has_b = b < stop
            if has_a and has_b:
                ia = indices[a]
                ib = indices[b] ^ one
                has_a = ia <= ib
                has_b = ib <= ia
            i = indices[a] if has_a else indices[b] ^ one
            va = values[a] if has_a else 0j
            vb = values[b] if has_b else 0j
            if i & care != wanted:
                keep_a, keep_b = has_a, has_b
            else:
                na = u[0] * va + u[1] * vb
                nb = u[2] * va + u[3] * vb
                size = va.real * va.real + va.imag * va.imag + vb.real * vb.real + vb.imag * vb.imag
                least = size * _ROUNDING * _ROUNDING
                ra = na.real * na.real + na.imag * na.imag
                rb = nb.real * nb.real + nb.imag * nb.imag
                keep_a = ra > least
                keep_b = rb > least
                if keep_a and ra <= floor:
                    keep_a = False
                    dropped += ra
                if keep_b and rb <= floor:
                    keep_b = False
                    dropped += rb
                va, vb = na, nb
            if keep_a:
                out_i[at] = i
                out_v[at] = va
                at += 1
            if keep_b:
                spare_i[second] = i | one
                spare_v[second] = vb
                second += 1
            if has_a:
                a += 1
            if has_b:
                b += 1
        for k in range(second):
            out_i[at + k] = spare_i[k]
            out_v[at + k] = spare_v[k]
        at += second
        start = stop
    return at - begin, dropped


def mixed(
    indices: Array,
    values: Array,
    bit: int,
    matrix: tuple[complex, ...],
    care: int = 0,
    wanted: int = 0,
    cutoff: float = 0.0,
) -> tuple[Array, Array, float]:
    """A gate on one bit where the others say so.

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

    Returns
    -------
    indices, values : ndarray
    dropped : float
        The sum of squares of what the cutoff dropped.

    Notes
    -----
    O(k): a merge of two runs for every prefix, by two threads where the prefixes can be shared.
    """
    k = indices.size
    room = 2 * k
    out_i, out_v = np.empty(room, np.int64), np.empty(room, np.complex128)
    u = np.array(matrix, np.complex128)
    pieces = [(0, k)]
    if k >= WORTH_A_THREAD:
        cuts = [low for low, _ in threads.split(k, threads.workers())]
        prefixes = indices[cuts] >> (bit + 1) << (bit + 1)
        cuts = sorted({int(cut) for cut in indices.searchsorted(prefixes)} | {k})
        pieces = list(itertools.pairwise(cuts))
    counts = [(0, 0.0)] * len(pieces)

    def work(number: int, low: int, high: int) -> None:
        # The runs of a prefix are no longer than what the bits below allow.
        longest = min(high - low, 1 << bit)
        spare_i, spare_v = np.empty(longest, np.int64), np.empty(longest, np.complex128)
        counts[number] = _mix(
            indices, values, bit, care, wanted, u, cutoff, low, high,
            out_i, out_v, spare_i, spare_v,
        )  # fmt: skip

    threads.run(work, [(number, *piece) for number, piece in enumerate(pieces)])
    at = 0
    for (low, _), (count, _) in zip(pieces, counts, strict=True):
        begin = 2 * low
        if begin != at:
            out_i[at : at + count] = out_i[begin : begin + count]
            out_v[at : at + count] = out_v[begin : begin + count]
        at += count
    dropped = float(sum(lost for _, lost in counts))
    if at < room:
        out_i, out_v = out_i[:at].copy(), out_v[:at].copy()
    return out_i, out_v, dropped


@njit(cache=True, nogil=True)
def _pairs(indices, bit):  # type: ignore[no-untyped-def]
    one = np.int64(1) << bit
    start = 0
    total = 0
    k = indices.size
    while start < k:
        prefix = indices[start] >> (bit + 1)
        middle = start
        top = (prefix << (bit + 1)) | one
        while middle < k and indices[middle] < top:
            middle += 1
        a, b = start, middle
        while b < k and indices[b] >> (bit + 1) == prefix:
            while a < middle and indices[a] < indices[b] ^ one:
                a += 1
            if a < middle and indices[a] == indices[b] ^ one:
                total += 1
            b += 1
        start = b
    return total


def pairs(indices: Array, bit: int) -> int:
    """How many pairs of sorted indices differ in one bit only. O(k)."""
    return int(_pairs(indices, bit))


@njit(cache=True, nogil=True)
def _span(indices, found):  # type: ignore[no-untyped-def]
    rank = 0
    for k in range(1, indices.size):
        x = indices[k] ^ indices[0]
        for r in range(rank):
            x = min(x, x ^ found[r])
        if x:
            # Kept in descending order of the leading bit.
            r = rank
            while r > 0 and found[r - 1] < x:
                found[r] = found[r - 1]
                r -= 1
            found[r] = x
            rank += 1
    return rank


def span(indices: Array) -> list[int]:
    """A basis over GF(2) of the differences of some indices. O(k · rank)."""
    found = np.zeros(64, np.int64)
    return found[: _span(indices, found)].tolist()


@njit(cache=True, nogil=True)
def _rotate(a, stride, u, low, high):  # type: ignore[no-untyped-def]
    for k in range(low, high):
        i = (k // stride) * 2 * stride + k % stride
        x, y = a[i], a[i + stride]
        a[i] = u[0] * x + u[1] * y
        a[i + stride] = u[2] * x + u[3] * y


def rotate_dense(a: Array, bit: int, matrix: tuple[complex, ...]) -> None:
    """A gate on one bit of all 2**n amplitudes, in place. O(2**n)."""
    half = a.size // 2
    count = threads.workers() if half >= WORTH_A_THREAD else 1
    u = np.array(matrix, np.complex128)
    pieces = threads.split(half, count)
    threads.run(_rotate, [(a, 1 << bit, u, low, high) for low, high in pieces])
