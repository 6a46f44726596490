"""Search and merge short sorted lists, and test bits of indices, without unpredictable branches.

The bits of indices are hard to predict: a branch on them costs more than the work of both ways.
A list has a smaller key before its first and a larger one after its last, so that a merge needs
not look for its end.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import threads
from .jit import inner, njit

Array = NDArray[Any]

#: What no index is: a list ends with it.
LARGEST = np.int64(2**63 - 1)
#: Indices of each run of a long block that are merged at a time.
STEP = 256
#: Indices of whole blocks that are looked at together, in the first-level cache.
CHUNK = 256
#: Below this, waking a thread costs more than it brings.
WORTH_A_THREAD = 1 << 15


class Amplitudes(NamedTuple):
    """Amplitudes, and room for what comes of them.

    Attributes
    ----------
    indices, values : ndarray of int64 and complex128, shape (k,)
        Sorted by index.
    out_i, out_v : ndarray of int64 and complex128
    """

    indices: Array
    values: Array
    out_i: Array
    out_v: Array


class When(NamedTuple):
    """A condition on indices.

    Attributes
    ----------
    care, wanted, mask, flip : int
        Where ``index & care == wanted`` and ``(popcount(index & mask) + flip) % 2 == 1``.
    """

    care: int
    wanted: int
    mask: int
    flip: int


class Runs(NamedTuple):
    """Two runs of one block, or parts of them: positions a to stop_a, and b to stop_b."""

    a: int
    stop_a: int
    b: int
    stop_b: int


@njit(cache=True, nogil=True, inline="always")
def parity(x):  # type: ignore[no-untyped-def]
    """Return 1 for an odd number of one bits, else 0."""
    x ^= x >> 32
    x ^= x >> 16
    x ^= x >> 8
    x ^= x >> 4
    x ^= x >> 2
    x ^= x >> 1
    return x & 1


@njit(cache=True, nogil=True, inline="always")
def is_on(i, when):  # type: ignore[no-untyped-def]
    """Return 1 where a condition is true of an index, else 0.

    With care 0b100, wanted 0b100, mask 0b011 and flip 0: of 0b100 to 0b111, 0b101 and 0b110.
    """
    return np.int64((i & when.care) == when.wanted) & (parity(i & when.mask) ^ when.flip)


@njit(cache=True, nogil=True)
def search(indices, low, high, key):  # type: ignore[no-untyped-def]
    """Find the first of the positions low to high whose index is not less than a key.

    By doubling steps from low: O(log distance).
    """
    step = np.int64(16)
    while low + step < high and indices[low + step] < key:
        low += step
        step *= 2
    high = min(high, low + step)
    while low < high:
        half = (low + high) >> 1
        if indices[half] < key:
            low = half + 1
        else:
            high = half
    return low


@inner
def end_of_blocks(indices, start, high, bit):  # type: ignore[no-untyped-def]
    """Find the end of the last whole block of the next `CHUNK` indices.

    A block is of indices that agree above `bit`. `start` where the first is longer than a chunk.
    """
    if high - start <= CHUNK:
        return high
    stop = start + CHUNK
    prefix = indices[stop] >> (bit + 1)
    while stop > start and indices[stop - 1] >> (bit + 1) == prefix:
        stop -= 1
    return stop


@inner
def merge_lists(keys, places, a, size_a, b, size_b, to):  # type: ignore[no-untyped-def]
    """Merge two lists that begin at a and b into one that begins at `to`; return its size.

    From both ends at a time: neither waits for the other. Of equal keys that of a comes first.
    O(size_a + size_b).

    Parameters
    ----------
    keys, places : ndarray of int64
        The lists and the room for the merged one, each with a free entry before and behind.
    a, size_a, b, size_b, to : int
    """
    size = size_a + size_b
    last_a = a + size_a - 1
    last_b = b + size_b - 1
    last = to + size - 1
    for k in range((size + 1) >> 1):
        # Numba looks for the sign of an index that is signed.
        first = np.int64(keys[np.uint64(a)] <= keys[np.uint64(b)])
        here = np.uint64(b + ((a - b) & -first))
        keys[np.uint64(to + k)] = keys[here]
        places[np.uint64(to + k)] = places[here]
        a += first
        b += 1 - first
        # At an odd size both ends write the one in the middle.
        second = np.int64(keys[np.uint64(last_a)] > keys[np.uint64(last_b)])
        here = np.uint64(last_b + ((last_a - last_b) & -second))
        keys[np.uint64(last - k)] = keys[here]
        places[np.uint64(last - k)] = places[here]
        last_a -= second
        last_b -= 1 - second
    keys[to - 1] = -1
    keys[to + size] = LARGEST
    return size


@inner
def merge_into(keys, places, a, size_a, b, size_b, amplitudes, to):  # type: ignore[no-untyped-def]
    """Merge two lists without common keys, and the values of their places, to `amplitudes`.

    As `merge_lists`, whose parameters these are.
    """
    _, values, out_i, out_v = amplitudes
    size = size_a + size_b
    last_a = a + size_a - 1
    last_b = b + size_b - 1
    last = to + size - 1
    for k in range((size + 1) >> 1):
        first = np.int64(keys[np.uint64(a)] <= keys[np.uint64(b)])
        here = np.uint64(b + ((a - b) & -first))
        out_i[np.uint64(to + k)] = keys[here]
        out_v[np.uint64(to + k)] = values[np.uint64(places[here])]
        a += first
        b += 1 - first
        second = np.int64(keys[np.uint64(last_a)] > keys[np.uint64(last_b)])
        here = np.uint64(last_b + ((last_a - last_b) & -second))
        out_i[np.uint64(last - k)] = keys[here]
        out_v[np.uint64(last - k)] = values[np.uint64(places[here])]
        last_a -= second
        last_b -= 1 - second


@inner
def next_step(indices, bit_value, shift, a, stop_a, b, stop_b):  # type: ignore[no-untyped-def]
    """Find where to stop in both runs of a block for a step that can be taken on its own.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
    bit_value : int
        The bit in which the runs differ.
    shift : int
        Indices that agree above this bit stay together.
    a, stop_a, b, stop_b : int
        What is left of both runs.
    """
    if stop_a - a <= STEP and stop_b - b <= STEP:
        return stop_a, stop_b
    key = LARGEST
    if stop_a - a > STEP:
        key = indices[a + STEP] & ~bit_value
    if stop_b - b > STEP:
        key = min(key, indices[b + STEP] & ~bit_value)
    key = key >> shift << shift
    next_a = search(indices, a, stop_a, key)
    next_b = search(indices, b, stop_b, key + bit_value)
    if next_a == a and next_b == b:
        key += np.int64(1) << shift
        next_a = search(indices, a, stop_a, key)
        next_b = search(indices, b, stop_b, key + bit_value)
    return next_a, next_b


class Step(NamedTuple):
    """A part of a long block that can be worked at on its own.

    Attributes
    ----------
    runs : Runs
    is_first : bool
        Of its block.
    siblings : int
        How many steps the block has.
    """

    runs: Runs
    is_first: bool
    siblings: int

    @property
    def size(self) -> int:
        """Number of indices in both runs."""
        a, stop_a, b, stop_b = self.runs
        return stop_a - a + stop_b - b


def shared(indices: Array, bit: int, shift: int = 0) -> tuple[list[tuple[int, int]], list[Step]]:
    """Split indices for threads: into ranges of whole blocks, and steps of blocks that are long.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
        Sorted.
    bit : int
        A block is of indices that agree above it.
    shift : int
        The parts of a step of both runs of a block are of the same lower bits but for the lowest
        `shift`.

    Returns
    -------
    ranges : list of (int, int)
    steps : list of Step

    Notes
    -----
    O(threads log k).
    """
    k = indices.size
    count = threads.workers_for(k, WORTH_A_THREAD)
    edges = {0, k}
    long: dict[int, int] = {}
    for low, _ in threads.split(k, count)[1:]:
        prefix = int(indices[low]) >> (bit + 1)
        block = np.array([prefix << (bit + 1), (prefix + 1) << (bit + 1)])
        start, stop = indices.searchsorted(block).tolist()
        edges.add(start)
        if stop - start > k // (2 * count):
            edges.add(stop)
            long[start] = stop
    ranges, steps = [], []
    for low, high in itertools.pairwise(sorted(edges)):
        if long.get(low) == high:
            steps += _steps(indices, bit, shift, low, high, count)
        else:
            ranges.append((low, high))
    return ranges, steps


def _steps(indices: Array, bit: int, shift: int, low: int, high: int, count: int) -> list[Step]:
    """Split a long block, ``indices[low:high]``, in about `count` steps."""
    bit_value = 1 << bit
    middle = low + int(indices[low:high].searchsorted((int(indices[low]) >> bit | 1) << bit))
    first, second = indices[low:middle], indices[middle:high]
    longer = first if first.size > second.size else second
    found = {int(longer[cut]) & ~bit_value for cut, _ in threads.split(longer.size, count)[1:]}
    keys = np.array(sorted({key >> shift << shift for key in found}), np.int64)
    a = [low, *(low + first.searchsorted(keys)).tolist(), middle]
    b = [middle, *(middle + second.searchsorted(keys | bit_value)).tolist(), high]
    runs = [
        Runs(*x, *y)
        for x, y in zip(itertools.pairwise(a), itertools.pairwise(b), strict=True)
        if x[0] < x[1] or y[0] < y[1]
    ]
    return [Step(run, number == 0, len(runs)) for number, run in enumerate(runs)]
