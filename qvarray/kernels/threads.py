"""Threads: split a large kernel call between a few, and join what each of them wrote.

Kernels release the interpreter lock, so two Python threads running one on independent pieces of
an array use two cores.  The pool is made when a kernel first asks for it: small arrays never do.
"""

from __future__ import annotations

import atexit
import itertools
import os
from _thread import LockType, allocate_lock, start_new_thread
from collections.abc import Callable, Sequence
from contextvars import Context, ContextVar, copy_context
from queue import SimpleQueue
from typing import Any

from numpy.typing import NDArray

# The kernels here wait for memory, not for arithmetic, on large arrays: a few cores use all of
# its bandwidth, and more would only take cores from the caller's other work.
MOST_WORKERS = 4

# Whether this is in a piece: one that asked the pool for more could wait for itself. Every piece
# has a context of its own, so that nothing has to be set back.
_inside: ContextVar[bool] = ContextVar("qvarray_piece", default=False)


def cores() -> int:
    """Return how many cores this process may use, at least 1, whoever else computes on them."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers() -> int:
    """Return how many threads (the caller's included) one kernel call may use, at least 1.

    No more than there are cores that nobody computes on: who waits for the others waits for the
    one that has to wait for a core, for longer than most calls take.
    """
    if _inside.get():
        return 1
    available = min(MOST_WORKERS, cores())
    if available > 1:
        available = min(available, (os.cpu_count() or 1) - _others_running())
    return max(1, available)


def _others_running() -> int:
    """Return how many threads of this machine compute, besides this one; 0 where nobody tells."""
    try:
        file = os.open("/proc/loadavg", os.O_RDONLY)
    except OSError:
        return 0
    try:
        # Load in the last minutes, "threads that run/all threads", and a process.
        return int(os.read(file, 128).split()[3].partition(b"/")[0]) - 1
    except (OSError, IndexError, ValueError):
        return 0
    finally:
        os.close(file)


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


class _Piece:
    """A call that whoever comes first makes: a thread of the pool, or the one that waits for it.

    An interrupt may come between any two steps of the thread that waits, but not in the pool. So
    whose call it is can be asked as often as one likes, with the same answer.
    """

    __slots__ = ("_arguments", "_context", "_done", "_error", "_function", "_has_ended", "_whose")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self._function = function
        self._arguments = arguments
        # Settings such as np.errstate and the memory budget are of the caller's context.
        self._context: Context = copy_context()
        self._error: BaseException | None = None
        self._whose: dict[str, bool] = {}
        self._has_ended = False
        self._done = allocate_lock()
        self._done.acquire()

    def is_for(self, pool: bool) -> bool:
        """Take the call for the pool, or for who waits for it; tell whether the other has not."""
        return self._whose.setdefault("pool", pool) is pool

    def serve(self) -> None:
        """Make the call in the pool, if it is not taken."""
        if self.is_for(pool=True):
            try:
                self._call()
            except BaseException as error:
                self._error = error
            finally:
                self._has_ended = True
                self._done.release()

    def finish(self) -> None:
        """Make the call here, if the pool has not taken it."""
        if self.is_for(pool=False):
            self._call()

    def _call(self) -> None:
        self._context.run(_inside.set, True)
        try:
            self._context.run(self._function, *self._arguments)
        except Exception as error:  # it is raised when all pieces have ended
            self._error = error

    def wait(self) -> None:
        """Wait until the call has ended; what the pool has not begun, it never will."""
        if not self.is_for(pool=False):
            while not self._has_ended:
                self._done.acquire()

    def report(self) -> None:
        """Raise what the call raised."""
        error, self._error = self._error, None
        try:
            if error is not None:
                raise error
        finally:
            # An exception that a frame of its own traceback holds would keep the arguments.
            del error


def run(function: Callable[..., Any], pieces: Sequence[tuple[Any, ...]]) -> None:
    """Call ``function(*piece)`` for every piece, the first in this thread, and wait for all.

    The pieces must be independent. Each is called in a copy of the caller's context. All of them
    have ended when this returns or raises; only where one interrupt follows another while it waits,
    it does not wait on. A piece holds on to the memory that it writes in: what is interrupted must
    not use that again.
    """
    if len(pieces) == 1 or _inside.get():
        for piece in pieces:
            function(*piece)
        return
    calls = [_Piece(function, piece) for piece in pieces]
    try:
        _pool.submit(calls[1:])
        for call in calls:
            call.finish()
    finally:
        _wait(calls)
    for call in calls:
        call.report()


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


def _wait(calls: list[_Piece]) -> None:
    try:
        for call in calls:
            call.wait()
    except BaseException:
        for call in calls:
            call.wait()
        raise


class _Pool:
    """Threads that make calls, and the queue of those. They are started when first asked.

    There is nothing here that an interrupt could leave locked: `SimpleQueue` is reentrant, and a
    thread that failed to start is not missed, since who waits for a call makes it itself.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Piece | None] = SimpleQueue()
        self._ends: list[LockType] = []

    def submit(self, calls: list[_Piece]) -> None:
        while len(self._ends) < MOST_WORKERS - 1:
            end = allocate_lock()
            self._ends.append(end)
            try:
                start_new_thread(self._serve, (end,))
            except RuntimeError:  # no more threads, or the interpreter is shutting down
                break
        for call in calls:
            self._queue.put(call)

    def _serve(self, end: LockType) -> None:
        with end:
            while (call := self._queue.get()) is not None:
                call.serve()
                del call

    def close(self) -> None:
        """Let the threads end, before the interpreter takes away what they work with."""
        for _ in self._ends:
            self._queue.put(None)
        for end in self._ends:
            end.acquire(timeout=1.0)


_pool = _Pool()


def _forget() -> None:
    # A forked child has none of the threads.
    global _pool
    _pool = _Pool()


atexit.register(lambda: _pool.close())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
