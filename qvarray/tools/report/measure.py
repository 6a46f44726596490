"""Time and memory that a call takes."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from statistics import median
from timeit import Timer
from typing import NamedTuple

import numpy as np

Call = Callable[[], object]

# What a batch takes, so that the clock's resolution and jitter are far below it.
_BATCH_SECONDS = 0.01

# Calls so slow that all the batches would take longer are repeated less often.
_MOST_SECONDS = 1.5
_FEWEST_BATCHES = 3

# glibc learns from blocks of up to 32 MiB, its own header included.
_WARM_BYTES = 31 << 20


class Memory(NamedTuple):
    """What a call allocated."""

    #: The most that was allocated at once while it ran, over what was before.
    peak_bytes: int
    #: What its result still held when it was done, Python objects included.
    held_bytes: int


def warm_allocator() -> None:
    """Free a large block, so that the memory of arrays is used again and not given back.

    After that glibc's malloc keeps blocks of up to that size, which it else returns to the
    operating system at every call, to get fresh pages for the next: that takes several times as
    long as multiplying them. Other allocators take no notice.
    """
    np.empty(_WARM_BYTES, np.uint8)


def first_time(call: Call) -> float:
    """Measure the seconds that one call takes, without warming up."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def median_time(call: Call, repeats: int = 11) -> float:
    """Measure the seconds that a call takes: the median of batches long enough for the clock.

    Always above 0. Raises ValueError for less than one batch.

    `call`: called without arguments, and once more than is counted, to warm up. `repeats`: batches;
    fewer, but no less than three, where they take longer than 1.5 s.
    """
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, got {repeats}")
    timer = Timer(call)
    number = _calls_in_a_batch(timer)
    times: list[float] = []
    while len(times) < repeats:
        times.append(timer.timeit(number) / number)
        if len(times) >= _FEWEST_BATCHES and sum(times) * number > _MOST_SECONDS:
            break
    return median(times)


def _calls_in_a_batch(timer: Timer) -> int:
    timer.timeit(1)
    number = 1
    while True:
        taken = timer.timeit(number)
        if taken >= _BATCH_SECONDS:
            return number
        # From what was seen, but never so many at once that an unlucky guess takes long.
        wanted = number * _BATCH_SECONDS / max(taken, 1e-9)
        number = max(number + 1, min(10 * number, int(1.1 * wanted)))


def memory_of(call: Call) -> Memory:
    """Measure the bytes that a call allocates, by NumPy, Python and compiled code alike.

    By `tracemalloc`, which sees every allocation through CPython's allocators. NumPy reports its
    buffers there, and Numba's runtime allocates with them. An ndarray of n bytes counts as n and
    the 100 or 200 bytes of its Python object.

    `call`: called without arguments, twice: once to warm up.

    Examples
    --------
    >>> import numpy as np
    >>> 2**20 <= memory_of(lambda: np.ones(2**17)).peak_bytes < 2**20 + 2000
    True
    """
    call()
    gc.collect()
    was_tracing = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        result = call()
        after, peak = tracemalloc.get_traced_memory()
        del result
    finally:
        if not was_tracing:
            tracemalloc.stop()
    return Memory(peak - before, after - before)
