"""Settings: the memory budget."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Options", "options"]

_ENVIRONMENT = "QVARRAY_MEMORY_BUDGET"


def _as_bytes(value: object, where: str) -> int:
    try:
        amount = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        raise ValueError(f"{where} must be a number of bytes, got {value!r}") from None
    if amount < 0:
        raise ValueError(f"{where} must not be negative, got {value!r}")
    return int(amount)


def _free_bytes() -> int:
    """Measure the memory that this process can still get: the system's, or less under a limit."""
    limits = []
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            fields = dict(line.split(":", 1) for line in lines)
        limits.append(int(fields["MemAvailable"].split()[0]) * 1024)
    except (OSError, KeyError, ValueError):
        try:
            limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        except (AttributeError, OSError, ValueError):
            limits.append(4 << 30)
    try:
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as most:
            ceiling = int(most.read())
        with open("/sys/fs/cgroup/memory.current", encoding="ascii") as now:
            limits.append(max(0, ceiling - int(now.read())))
    except (OSError, ValueError):
        pass
    try:
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY:
            with open("/proc/self/statm", encoding="ascii") as pages:
                used = int(pages.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            limits.append(max(0, soft - used))
    except (ImportError, OSError, ValueError):
        pass
    return min(limits)


class Options:
    """Settings of this process; call it for a ``with`` block that changes them for a while.

    Attributes
    ----------
    memory_budget : int
        The bytes that one operation may materialise. Until it is set: the environment variable
        ``QVARRAY_MEMORY_BUDGET``, else half of the memory that is free when first asked.

    Examples
    --------
    >>> import qvarray as qv
    >>> with qv.options(memory_budget=1000):
    ...     qv.options.memory_budget
    1000
    """

    def __init__(self) -> None:
        self._budget: int | None = None
        self._override: ContextVar[int | None] = ContextVar("memory_budget", default=None)

    @property
    def memory_budget(self) -> int:
        override = self._override.get()
        if override is not None:
            return override
        if self._budget is None:
            named = os.environ.get(_ENVIRONMENT)
            self._budget = _free_bytes() // 2 if named is None else _as_bytes(named, _ENVIRONMENT)
        return self._budget

    @memory_budget.setter
    def memory_budget(self, value: int) -> None:
        self._budget = _as_bytes(value, "memory_budget")

    @contextmanager
    def __call__(self, *, memory_budget: int) -> Iterator[Options]:
        """Set the budget within a ``with`` block (of this thread or task alone)."""
        token = self._override.set(_as_bytes(memory_budget, "memory_budget"))
        try:
            yield self
        finally:
            self._override.reset(token)

    def __repr__(self) -> str:
        return f"<qvarray options: memory_budget={self.memory_budget}>"


options = Options()
