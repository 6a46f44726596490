"""Affine maps over GF(2) and phases of amplitudes at sorted indices; pairs and spans of indices.

An index is a string of at most 62 bits. Maps that change one bit or two are in `xor_maps`, matrices
in `pair_matrix`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import radix_sort, threads
from .jit import njit
from .sorted_lists import WORTH_A_THREAD, Amplitudes, When, is_on, parity

Array = NDArray[Any]


class _Map(NamedTuple):
    """An affine map, by the bytes of an index.

    Attributes
    ----------
    shifts : ndarray of int64, shape (b,)
        The lowest bit of each byte.
    tables : ndarray of int64, shape (b, 256)
        What each value of it is exclusive-ored into the new index.
    offset : int
        What is exclusive-ored into all.
    moves : bool
        Whether this is not the identity.
    """

    shifts: Array
    tables: Array
    offset: int
    moves: bool


class _Form(NamedTuple):
    """A phase in quarter turns.

    Attributes
    ----------
    bits, linear, forms : ndarray of int64, shape (n,)
        The sum over those of some bits that are set: of `linear`, and of twice the parity of the
        index under `forms`.
    """

    bits: Array
    linear: Array
    forms: Array


class _Terms(NamedTuple):
    """Turns where parities are odd.

    Attributes
    ----------
    starts : ndarray of int64, shape (t + 1,)
        From where to where each term has its literals.
    masks, flips : ndarray of int64
        A literal is true where ``parity(mask & index) ^ flip`` is 1.
    turns, factors : ndarray of float64 and complex128, shape (t,)
        The turns, and their phases as factors.
    """

    starts: Array
    masks: Array
    flips: Array
    turns: Array
    factors: Array


@njit(cache=True, nogil=True)
def _map(amplitudes, affine, form, terms, low, high):  # type: ignore[no-untyped-def]
    """Apply phases by the old index, then find the new index, of the amplitudes low to high."""
    indices, values, out_i, out_v = amplitudes
    shifts, tables, offset, moves = affine
    bits, linear, forms = form
    starts, masks, flips, turns, factors = terms
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
    """Return XORs of columns by the bytes of an index, for the bytes that are ever not 0."""
    count = -(-columns.size // 8)
    by_byte = np.zeros((count, 8), np.int64)
    by_byte.ravel()[: columns.size] = columns
    tables = np.zeros((count, 256), np.int64)
    for bit in range(8):
        size = 1 << bit
        tables[:, size : 2 * size] = tables[:, :size] ^ by_byte[:, bit : bit + 1]
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
    """Apply phases to amplitudes, move their indices by an affine map over GF(2), and sort.

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
    literals = [literal for group, _ in terms for literal in group]
    products = _Terms(
        starts,
        np.array([mask for mask, _ in literals], np.int64),
        np.array([flip for _, flip in literals], np.int64),
        np.array([amount for _, amount in terms], np.float64),
        factors,
    )
    moves = offset != 0 or bool((columns != np.int64(1) << np.arange(columns.size)).any())
    affine = _Map(shifts, tables, offset, moves)
    form = _Form(bits, linear[bits], forms[bits])
    out_i, out_v = np.empty_like(indices) if moves else indices, np.empty_like(values)
    amplitudes = Amplitudes(indices, values, out_i, out_v)
    count = threads.workers() if indices.size >= WORTH_A_THREAD else 1
    pieces = threads.split(indices.size, count)
    ascend = [False] * len(pieces)

    def work(number: int, low: int, high: int) -> None:
        ascend[number] = _map(amplitudes, affine, form, products, low, high)

    if pieces:
        threads.run(work, [(number, *piece) for number, piece in enumerate(pieces)])
    if not moves:
        return indices, out_v
    borders = all(out_i[low - 1] < out_i[low] for low, _ in pieces[1:])
    if all(ascend) and borders:
        return out_i, out_v
    out_i, order = radix_sort.sorted_order(out_i)
    return out_i, out_v.take(order)


@njit(cache=True, nogil=True)
def _turn(indices, values, care, wanted, mask, flip, factor):  # type: ignore[no-untyped-def]
    when = When(care, wanted, mask, flip)
    real, imag = factor.real, factor.imag
    for k in range(indices.size):
        # Without a parity, which takes longer than the rest.
        on = np.int64(indices[k] & care == wanted) if mask == 0 else is_on(indices[k], when)
        v = values[k]
        c, s = real if on else 1.0, imag if on else 0.0
        values[k] = complex(v.real * c - v.imag * s, v.imag * c + v.real * s)


def turn(
    indices: Array,
    values: Array,
    care: int,
    wanted: int,
    mask: int,
    flip: int,
    factor: complex,
) -> None:
    """Apply one phase to amplitudes where their indices are as wanted: in place.

    Parameters
    ----------
    indices, values : ndarray of int64 and complex128, shape (k,)
    care, wanted, mask, flip : int
        Where ``index & care == wanted`` and ``(popcount(index & mask) + flip) % 2 == 1``.
    factor : complex
    """
    if mask == 0 and not flip:
        return
    count = threads.workers() if indices.size >= WORTH_A_THREAD else 1

    def work(low: int, high: int) -> None:
        _turn(indices[low:high], values[low:high], care, wanted, mask, flip, complex(factor))

    threads.run(work, threads.split(indices.size, count))


@njit(cache=True, nogil=True)
def _pairs(indices, bit):  # type: ignore[no-untyped-def]
    bit_value = np.int64(1) << bit
    start = 0
    total = 0
    k = indices.size
    while start < k:
        prefix = indices[start] >> (bit + 1)
        middle = start
        top = (prefix << (bit + 1)) | bit_value
        while middle < k and indices[middle] < top:
            middle += 1
        a, b = start, middle
        while b < k and indices[b] >> (bit + 1) == prefix:
            while a < middle and indices[a] < indices[b] ^ bit_value:
                a += 1
            if a < middle and indices[a] == indices[b] ^ bit_value:
                total += 1
            b += 1
        start = b
    return total


def pairs(indices: Array, bit: int) -> int:
    """Count the pairs of sorted indices that differ in one bit only. O(k)."""
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
    """Return a basis over GF(2) of the differences of some indices. O(k · rank)."""
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
    """Apply a gate to one bit of all 2**n amplitudes, in place. O(2**n)."""
    half = a.size // 2
    count = threads.workers() if half >= WORTH_A_THREAD else 1
    u = np.array(matrix, np.complex128)
    pieces = threads.split(half, count)
    threads.run(_rotate, [(a, 1 << bit, u, low, high) for low, high in pieces])
