"""Locks for what threads share and write to: free again in a child process after a fork."""

from __future__ import annotations

import os
import threading
from contextlib import AbstractContextManager

__all__ = ["Lockable"]

#: Another object in every process that was forked: locks that are older may be held by a thread
#: that the child does not have.
_process = object()
_renewing = threading.Lock()


class Lockable:
    """What is written to by several threads, one after the other.

    A ``with`` statement on `lock` gives it back whatever interrupts it. The thread that has it may
    take it again: a signal handler, or the collection of garbage, may come back to the same object.
    """

    __slots__ = ("_born", "_lock")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._born = _process

    @property
    def lock(self) -> AbstractContextManager[bool]:
        """A reentrant lock of this process."""
        return self._lock if self._born is _process else self._renewed()

    def _renewed(self) -> AbstractContextManager[bool]:
        with _renewing:
            if self._born is not _process:
                self._lock = threading.RLock()
                self._born = _process
        return self._lock


def _forked() -> None:
    global _process, _renewing
    _process = object()
    _renewing = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
