"""Threads: split a large kernel call between a few, and join what each of them wrote.

Kernels release the interpreter lock, so two Python threads running one on independent pieces of
an array use two cores.  The pool is made when a kernel first asks for it: small arrays never do.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from numpy.typing import NDArray

__all__ = ["MOST_WORKERS", "close_gaps", "run", "split", "workers", "workers_for"]

# The kernels here wait for memory, not for arithmetic, on large arrays: a few cores use all of
# its bandwidth, and more would only take cores from the caller's other work.
MOST_WORKERS = 4

_pool: ThreadPoolExecutor | None = None
_pool_lock = threading.Lock()
_here = threading.local()


def workers() -> int:
    """Return how many threads (the caller's included) one kernel call may use, at least 1."""
    if getattr(_here, "busy", False):  # inside a piece: waiting for the own pool could deadlock
        return 1
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        available = os.process_cpu_count()
    elif hasattr(os, "sched_getaffinity"):
        available = len(os.sched_getaffinity(0))
    else:
        available = os.cpu_count()
    return max(1, min(MOST_WORKERS, available or 1))


def workers_for(amount: int, least: int) -> int:
    """Return how many threads a call may use, 1 where its `amount` of work is below `least`."""
    return workers() if amount >= least else 1


def split(total: int, count: int, step: int = 1) -> list[tuple[int, int]]:
    """Cut ``range(total)`` into at most `count` ranges of nearly equal length.

    Every cut is a multiple of `step`; no range is empty, so fewer may come back.

    >>> split(10, 3)
    [(0, 3), (3, 6), (6, 10)]
    >>> split(10, 3, 4)
    [(0, 4), (4, 8), (8, 10)]
    """
    steps = -(-total // step)
    cuts = [min(total, steps * k // count * step) for k in range(count + 1)]
    return [(low, high) for low, high in itertools.pairwise(cuts) if low < high]


def run(function: Callable[..., Any], pieces: Sequence[tuple[Any, ...]]) -> None:
    """Call ``function(*piece)`` for every piece, the first in this thread, and wait for all.

    The pieces must be independent.  All of them have ended when this returns or raises: a piece
    writes in the caller's memory, which must not be reused under it.
    """
    if len(pieces) == 1 or getattr(_here, "busy", False):
        for piece in pieces:
            function(*piece)
        return
    futures: list[Future[None]] = []
    late: list[tuple[Any, ...]] = []
    try:
        for piece in pieces[1:]:
            try:
                futures.append(_executor().submit(_work, function, piece))
            except RuntimeError:  # the interpreter is shutting down: no new work for threads
                late.append(piece)
        _work(function, pieces[0])
        for piece in late:
            _work(function, piece)
    finally:
        _wait(futures)
    for future in futures:
        future.result()


def close_gaps(starts: Sequence[int], counts: Sequence[int], *arrays: NDArray[Any]) -> None:
    """Move what each piece wrote behind what the one before it wrote, and cut off the rest.

    Parameters
    ----------
    starts, counts : sequence of int
        Piece i wrote ``counts[i]`` entries from ``starts[i]`` on. The first starts at 0, and none
        wrote beyond where the next one starts.
    *arrays : ndarray, shape (n,)
        What they wrote to. They own their memory.

    Notes
    -----
    O(n), in place. The memory of an overestimate is given back.

    Examples
    --------
    >>> import numpy as np
    >>> a = np.array([1, 2, 0, 3, 0])
    >>> close_gaps([0, 3], [2, 1], a)
    >>> a
    array([1, 2, 3])
    """
    size = counts[0]
    for piece in range(1, len(starts)):
        start, count = starts[piece], counts[piece]
        if start > size:
            for array in arrays:
                array[size : size + count] = array[start : start + count]
        size += count
    for array in arrays:
        array.resize(size, refcheck=False)


def _work(function: Callable[..., Any], piece: tuple[Any, ...]) -> None:
    _here.busy = True
    try:
        function(*piece)
    finally:
        _here.busy = False


def _wait(futures: list[Future[None]]) -> None:
    # An interrupt while waiting must not leave a thread writing in memory given back to the
    # caller: wait on, then let the interrupt go its way.
    try:
        wait(futures)
    except BaseException:
        wait(futures)
        raise


def _executor() -> ThreadPoolExecutor:
    global _pool
    with _pool_lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(max(1, MOST_WORKERS - 1), thread_name_prefix="qvarray")
        return _pool


def _forget() -> None:
    # A forked child has the pool object but none of its threads, and perhaps a lock held by a
    # thread that is gone; nor can the child be inside a piece any more unless it forked there.
    global _pool, _pool_lock, _here
    _pool = None
    _pool_lock = threading.Lock()
    _here = threading.local()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
