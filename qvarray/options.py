"""Settings: the memory budget, limits of time, when to warn, what caches may hold."""

from __future__ import annotations

import os
import re
import warnings
from contextvars import ContextVar, Token
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Options", "options"]

_ENVIRONMENT = "QVARRAY_MEMORY_BUDGET"
_DAY = 86400.0
_NO_OVERRIDES: Mapping[str, float | None] = MappingProxyType({})


#: Sizes as text: a number, and perhaps a unit.
_SIZE = re.compile(r"\s*([0-9.]+)\s*(?:([kKMGTP])(i?))?B?\s*")
_UNITS = "kMGTP"


def as_bytes(value: object, where: str) -> int:
    """Return a number of bytes that is given as such, or as text like ``"2GB"``."""
    try:
        if isinstance(value, str) and (size := _SIZE.fullmatch(value)):
            number, unit, binary = size.groups()
            power = _UNITS.index(unit.replace("K", "k")) + 1 if unit else 0
            amount = int(float(number) * (1024 if binary else 1000) ** power)
        else:
            amount = int(value)  # type: ignore[call-overload]
            if isinstance(value, bool) or (value and not amount):
                raise ValueError("a truth value, or a fraction, of what is not said")
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f'{where} must be a number of bytes, or a size such as "2GB" or "512MiB", got {value!r}'
        ) from None
    if amount < 0:
        raise ValueError(f"{where} must not be negative, got {value!r}")
    return int(amount)


def _as_flag(value: object, where: str) -> bool:
    if value is not True and value is not False:
        raise ValueError(f"{where} must be True or False, got {value!r}")
    return bool(value)


def _as_seconds(value: object, where: str) -> float:
    try:
        amount = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"{where} must be a number of seconds, got {value!r}") from None
    if not amount >= 0:
        raise ValueError(f"{where} must not be negative or NaN, got {value!r}")
    return amount


#: The settings: what makes a value one of theirs, and whether it may be None.
_CHECKS: dict[str, tuple[Callable[[object, str], float], bool]] = {
    "memory_budget": (as_bytes, False),
    "warn_dense": (as_bytes, True),
    "max_seconds": (_as_seconds, True),
    "unpacked_bytes": (as_bytes, False),
    "array_namespace": (_as_flag, False),
}


def _checked(name: str, value: object) -> float | None:
    """Return what a setting is set to by a value."""
    if name not in _CHECKS:
        raise TypeError(f"{name!r} is no setting; there are {', '.join(_CHECKS)}")
    convert, may_be_none = _CHECKS[name]
    return None if value is None and may_be_none else convert(value, name)


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


class _Block:
    """Settings that hold within a ``with`` block, of one thread or task."""

    def __init__(self, options: Options, checked: Mapping[str, float | None]) -> None:
        self._options = options
        self._checked = checked
        self._tokens: list[Token[Mapping[str, float | None]]] = []
        self._was_entered = False

    def __enter__(self) -> Options:
        self._was_entered = True
        overrides = self._options._overrides
        self._tokens.append(overrides.set({**overrides.get(), **self._checked}))
        return self._options

    def __exit__(self, *_: object) -> None:
        self._options._overrides.reset(self._tokens.pop())

    def __del__(self) -> None:
        if not self._was_entered:
            name = next(iter(self._checked), "memory_budget")
            warnings.warn(
                "qvarray.options(...) changes settings for a with block, and there was none: "
                f"assign to qvarray.options.{name} to change it for good",
                RuntimeWarning,
                stacklevel=2,
            )


class Options:
    """Settings; call it for a ``with`` block that changes some of them for a while.

    An assignment holds for the whole process; a ``with`` block for its thread or task alone.

    Attributes
    ----------
    memory_budget : int
        The bytes that one operation may allocate, temporaries included; also as text, ``"2GB"`` or
        ``"512MiB"``. Until it is set: the
        environment variable ``QVARRAY_MEMORY_BUDGET``, else half of the memory that is free when
        first asked. What is over it raises `qvarray.MaterializationError`.
    warn_dense : int or None
        The bytes from which an operation that materialises them warns
        (`qvarray.DenseWarning`). None, the default: never.
    max_seconds : float or None
        A walk over the pages of an array that will take longer raises
        `qvarray.TimeLimitError`, as soon as the first pages have been timed: a day unless
        set; None for no limit. One that will take over a minute warns.
    unpacked_bytes : int
        The bytes that all packed arrays together may keep unpacked, for the next operation on
        them; 64 MiB unless set. `qvarray.clear_caches` gives them back.
    array_namespace : bool
        False lets arrays have no ``__array_namespace__``, so that libraries compute with them by
        NumPy's functions, as xarray then does. True unless set.

    Examples
    --------
    >>> import qvarray as qv
    >>> with qv.options(memory_budget=1000, max_seconds=0.5):
    ...     qv.options.memory_budget, qv.options.max_seconds
    (1000, 0.5)
    """

    def __init__(self) -> None:
        self._defaults: dict[str, float | None] = {
            "memory_budget": None,
            "warn_dense": None,
            "max_seconds": _DAY,
            "unpacked_bytes": 1 << 26,
            "array_namespace": True,
        }
        #: The budget where nobody has set one, once it is asked for.
        self._half_of_free: int | None = None
        #: Tells the budget of the task of a scheduler that runs, if it has one.
        self._budget_of_task: Callable[[], int | None] | None = None
        self._overrides: ContextVar[Mapping[str, float | None]] = ContextVar(
            "options", default=_NO_OVERRIDES
        )

    @property
    def memory_budget(self) -> int:
        found = self._get("memory_budget")
        if found is not None:
            return cast("int", found)
        if self._half_of_free is None:
            named = os.environ.get(_ENVIRONMENT)
            if named is not None:
                self._defaults["memory_budget"] = as_bytes(named, _ENVIRONMENT)
                return self.memory_budget
            self._half_of_free = _free_bytes() // 2
        of_task = None if self._budget_of_task is None else self._budget_of_task()
        return self._half_of_free if of_task is None else of_task

    @memory_budget.setter
    def memory_budget(self, value: int) -> None:
        self._defaults["memory_budget"] = _checked("memory_budget", value)

    @property
    def warn_dense(self) -> int | None:
        return cast("int | None", self._get("warn_dense"))

    @warn_dense.setter
    def warn_dense(self, value: int | None) -> None:
        self._defaults["warn_dense"] = _checked("warn_dense", value)

    @property
    def max_seconds(self) -> float | None:
        return self._get("max_seconds")

    @max_seconds.setter
    def max_seconds(self, value: float | None) -> None:
        self._defaults["max_seconds"] = _checked("max_seconds", value)

    @property
    def unpacked_bytes(self) -> int:
        return cast("int", self._get("unpacked_bytes"))

    @unpacked_bytes.setter
    def unpacked_bytes(self, value: int) -> None:
        self._defaults["unpacked_bytes"] = _checked("unpacked_bytes", value)

    @property
    def array_namespace(self) -> bool:
        return bool(self._get("array_namespace"))

    @array_namespace.setter
    def array_namespace(self, value: bool) -> None:
        self._defaults["array_namespace"] = _checked("array_namespace", value)

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_") and name not in _CHECKS:
            raise AttributeError(f"{name!r} is no setting; there are {', '.join(_CHECKS)}")
        super().__setattr__(name, value)

    def take_budget_of_tasks(self, budget: Callable[[], int | None]) -> None:
        """Let a scheduler say what the task that runs may take, where nobody has set a budget.

        Parameters
        ----------
        budget : callable
            Returns bytes; None outside of tasks.
        """
        self._budget_of_task = budget

    def _get(self, name: str) -> float | None:
        overrides = self._overrides.get()
        return overrides[name] if name in overrides else self._defaults[name]

    def __call__(self, **settings: float | str | None) -> _Block:
        """Change settings within a ``with`` block (of this thread or task alone).

        Parameters
        ----------
        **settings : int, float, str or None
            Attributes of `Options`, by name.

        Raises
        ------
        TypeError
            For a name that is no setting.
        ValueError
            For a value that is none of the setting's.
        """
        return _Block(self, {name: _checked(name, value) for name, value in settings.items()})

    def __repr__(self) -> str:
        shown = [f"{name}={getattr(self, name)}" for name in _CHECKS]
        return f"<qvarray options: {', '.join(shown)}>"


options = Options()
