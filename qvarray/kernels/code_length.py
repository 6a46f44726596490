"""Estimate the bits that numbers take once they are rounded, in a file and in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .bitpack import bits_needed
from .jit import inner, njit
from .rounding import ANY_ORDER, nearest, squares_lost
from .words import plain

# Magnitudes that are told apart; of larger ones, bits beside the highest are like noise.
_LEVELS = 32
# Classes of rows, by how much there is in them.
_CLASSES = 4
# Rows that a class has at least, and numbers of a row from which some tell about the others.
_ROWS, _WIDE = 16, 16
# Estimates of a step.
_STEPS = 6
# Larger integers are not packed.
_LARGEST = 2.0**31 - 1.0
# Numbers that are packed in as many bits as the largest of them needs: this many, or twice or four
# times as many.
_GROUP = 8
# What one needs at least, as a list: its bits, and those that tell where it is.
_LISTED = 18.0
# A product of so many factors, each of at most so many, does not overflow.
_FACTORS, _MOST = 16, 2.0**60
# Activities up to this are told apart, of larger ones so many in each octave.
_FINE = 128


@inner
def _step(numbers, room, step, dead):  # type: ignore[no-untyped-def]
    """Return about the step that loses a sum of squares, from where the search begins. O(n)."""
    low = high = growth = 0.0
    for _ in range(_STEPS):
        lost = squares_lost(numbers, step, dead * step)
        if not lost > 0.0 or 0.95 * room <= lost <= 1.02 * room:
            break
        # What is lost grows as a power of the step, of at most 2.
        if low > 0.0 and low != step and high != lost:
            growth = np.log(lost / high) / np.log(step / low)
        low, high = step, lost
        power = growth if growth != 0.0 else 1.5
        guess = step * (room / lost) ** (1.0 / min(max(power, 0.5), 2.0))
        if not 0.0 < guess < np.inf:
            break
        step = min(max(guess, 0.05 * step), 20.0 * step)
    return step


@inner
def _entropy(counts):  # type: ignore[no-untyped-def]
    """Return the bits of values that are so frequent, shape (bands, levels), coded by that."""
    bits = 0.0
    for band in range(counts.shape[0]):
        total = used = 0
        for level in range(counts.shape[1]):
            count = counts[band, level]
            if count:
                total += count
                used += 1
                bits -= count * np.log2(count)
        if total:
            bits += total * np.log2(total)
            # What a sample tells of a distribution is too little: Miller, "Note on the bias of
            # information estimates" (1955).
            bits += (used - 1) / (2.0 * np.log(2.0))
    return bits


@inner
def _bucket(activity):  # type: ignore[no-untyped-def]
    """Return a number that grows with the activity of a row, small for any. O(log activity)."""
    octave = 0
    while activity >= _FINE:
        activity >>= 1
        octave += 1
    return octave * (_FINE // 2) + activity


@njit(nogil=True)
def _classify(activities, classes):  # type: ignore[no-untyped-def]
    """Replace the activity of each row, shape (rows,), by its class, all as large. O(rows)."""
    counts = np.zeros(32 * _FINE, np.int64)
    for i in range(activities.size):
        activities[i] = _bucket(activities[i])
        counts[activities[i]] += 1
    before = 0
    for bucket in range(counts.size):
        counts[bucket], before = before, before + counts[bucket]
    for i in range(activities.size):
        bucket = activities[i]
        activities[i] = counts[bucket] * classes // activities.size
        counts[bucket] += 1


@njit(nogil=True)
def _packed(levels):  # type: ignore[no-untyped-def]
    """Return the bytes of integers, shape (n,), in groups of the length that suits them. O(n)."""
    count = -(-levels.size // _GROUP)
    widths = np.zeros(-(-count // 4) * 4, np.int64)
    for group in range(count):
        bits = used = np.int64(0)
        for v in levels[group * _GROUP : (group + 1) * _GROUP]:
            bits |= v ^ -np.int64(v < 0)
            used |= v
        widths[group] = bits_needed(used, bits)
    # A code of half a byte a group, and a byte for each bit of eight.
    least = widths.sum() + count // 2
    for groups in (2, 4):
        widths = np.maximum(widths[::2], widths[1::2])
        least = min(least, groups * widths.sum() + count // groups // 2)
    return least


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def _code_length(numbers, width, bands, room, step, dead):  # type: ignore[no-untyped-def]
    """Return the step, and the bits in a file and in memory: see `code_length`. O(n)."""
    step = _step(numbers, room, step, dead)
    zero_below, inverse = dead * step, 1.0 / step
    top = 0.0
    for number in numbers:
        top = max(top, abs(number))
    if not top * inverse < _LARGEST:
        return step, np.inf, np.inf
    rows = numbers.size // width
    is_by_place = bands.size == width
    levels = np.empty(numbers.size, np.int32)
    classes = 1
    if is_by_place and width >= _WIDE:
        classes = max(1, min(_CLASSES, rows // _ROWS))
    of_row = np.zeros(rows, np.int64)
    for i in range(rows):
        activity = np.int32(0)
        for j in range(i * width, (i + 1) * width):
            level = np.int32(nearest(numbers[j], inverse, zero_below))
            levels[j] = level
            activity += min(abs(level), np.int32(_LEVELS - 1))
        of_row[i] = activity - min(abs(levels[i * width]), np.int32(_LEVELS - 1))
    _classify(of_row, classes)
    known = np.zeros((bands.max() + 1, classes, _LEVELS), np.int64)
    beyond = 0.0
    for i in range(rows):
        for j in range(width):
            level = abs(levels[i * width + j])
            if level >= _LEVELS:
                beyond += np.log2(level / (_LEVELS - 1.0))
                level = np.int32(_LEVELS - 1)
            known[bands[j if is_by_place else i], of_row[i], level] += 1
    counts = known.sum(1)
    bits = _entropy(counts)
    if classes > 1:
        # In files, blocks of much activity are apart from others as far as it is known beforehand:
        # that gives about half of what it gives where it is known.
        bits = 0.5 * (bits + min(bits, _entropy(known.reshape(-1, _LEVELS))))
    used = numbers.size - counts[:, 0].sum()
    # Signs, and the lower bits of what is large.
    bits += used + 2.0 * beyond
    return step, max(bits, 0.0), min(8.0 * _packed(levels), _LISTED * used)


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def _about(numbers, inverse):  # type: ignore[no-untyped-def]
    """Return the sum of ``log2(1 + abs(number * inverse))``. O(n)."""
    bits = 0.0
    for i in range(0, numbers.size, _FACTORS):
        product = 1.0
        for number in numbers[i : i + _FACTORS]:
            product *= min(1.0 + abs(number * inverse), _MOST)
        bits += np.log2(product)
    return bits


def code_length(
    numbers: NDArray[np.float64],
    width: int,
    bands: NDArray[np.int64],
    room: float,
    step: float,
    dead: float,
) -> tuple[float, float, float]:
    """Estimate the bits of numbers that are rounded to multiples of about the best step.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n,)
        Rows of `width` numbers each, one at least.
    width : int
    bands : ndarray of int64, shape (width,) or (n / width,)
        Numbers of a band have the same distribution: of each place of a row, or of each row.
    room : float
        The sum of squares that may be lost.
    step : float
        Where the search for the step begins.
    dead : float
        In steps: numbers of a smaller absolute value become zero.

    Returns
    -------
    step, file, memory : float
        The step, the bits of all numbers by their entropy, and those in groups of few bits or as a
        list. Both are infinite where integers are too large.

    Notes
    -----
    O(n), with a temporary of integers: 8 ns a number.
    """
    return _code_length(plain(numbers), width, plain(bands), room, step, dead)


def about(numbers: NDArray[np.float64], step: float) -> float:
    """Return about the bits of numbers in multiples of a step: the logarithms of their magnitudes.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n,)
    step : float

    Returns
    -------
    float

    Notes
    -----
    O(n), with no temporary: one logarithm for 16 numbers.

    Examples
    --------
    >>> about(np.array([0.0, 1.0, -3.0]), 1.0)
    3.0
    """
    return float(_about(numbers, 1.0 / step))
