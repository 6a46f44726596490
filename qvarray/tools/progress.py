"""The progress of a command: a bar on a terminal, else a line every ten seconds."""

from __future__ import annotations

import sys
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from tqdm import tqdm

#: Seconds between two lines, where there is no terminal.
_SECONDS = 10.0


class _Lines:
    """Progress in lines on standard error, with what a command uses of a bar of tqdm's."""

    def __init__(self, total: int, unit: str) -> None:
        self._total, self._unit = total, unit
        self._done, self._what = 0, ""
        self._begin = perf_counter()
        self._ended = Event()
        self._thread = Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def set_description(self, what: str) -> None:
        """Say what is done now."""
        self._what = f"{what}: "

    def update(self, steps: int = 1) -> None:
        """Count steps that are done."""
        self._done += steps

    def _tell(self) -> None:
        while not self._ended.wait(_SECONDS):
            done = f"{self._done} of {self._total} {self._unit}s"
            seconds = perf_counter() - self._begin
            print(f"{self._what}{done} in {seconds:.0f} s", file=sys.stderr, flush=True)


def progress_of(total: int, unit: str, shown: bool = True) -> tqdm[Any] | _Lines:
    """Return the progress of a number of steps, to be updated after each; a context.

    `unit`: what a step is called. `shown`: false for nothing.
    """
    from tqdm import tqdm

    if not shown or sys.stderr.isatty():
        return tqdm(total=total, unit=unit, leave=False, disable=not shown)
    return _Lines(total, unit)
