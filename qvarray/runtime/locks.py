"""Locks for what threads share and write to: free again in a child process after a fork."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")
_L = TypeVar("_L", bound="Lockable")

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
        # A lock is made when it is first asked for.
        self._born: object = None

    @property
    def lock(self) -> AbstractContextManager[bool]:
        """A reentrant lock of this process."""
        return self._lock if self._born is _process else self._renewed()

    def __getstate__(self) -> dict[str, Any]:
        states: Any = super().__getstate__()
        slots: dict[str, Any] = states[1]
        return {name: value for name, value in slots.items() if name not in Lockable.__slots__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Lockable.__init__(self)
        for name, value in state.items():
            setattr(self, name, value)

    def _renewed(self) -> AbstractContextManager[bool]:
        with _renewing:
            if self._born is not _process:
                self._lock: AbstractContextManager[bool] = threading.RLock()
                self._born = _process
        return self._lock


def alone(method: Callable[Concatenate[_L, _P], _T]) -> Callable[Concatenate[_L, _P], _T]:
    """Decorate a method of a `Lockable` that takes its lock: one thread at a time is in such."""

    @wraps(method)
    def locked(self: _L, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        with self.lock:
            return method(self, *args, **kwargs)

    return locked


def _forked() -> None:
    global _process, _renewing
    _process = object()
    _renewing = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
