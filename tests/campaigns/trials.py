"""How many trials a campaign makes, and the conditions that it makes them under."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import numpy as np

#: Whether a campaign makes all of its trials: HYPOTHESIS_PROFILE=nightly.
IS_DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


def trials(few: int, all_of_them: int) -> range:
    """Return the numbers of the trials, each the seed of one."""
    return range(all_of_them if IS_DEEP else few)


@contextmanager
def switching() -> Iterator[None]:
    """Let threads take turns as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def at_once(*programs: Callable[[], None]) -> None:
    """Run each program in a thread of its own, all from the same moment; raise what they raise."""
    barrier = threading.Barrier(len(programs))
    errors: list[BaseException] = []

    def run(program: Callable[[], None]) -> None:
        barrier.wait()
        try:
            program()
        except BaseException as error:
            errors.append(error)

    running = [threading.Thread(target=run, args=(program,)) for program in programs]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(120)
    assert not any(thread.is_alive() for thread in running), "threads wait for each other"
    if errors:
        raise errors[0]


class Interrupts:
    """Ctrl-C again and again, one or two in a call, as `signal.default_int_handler` raises it.

    An interrupt as a ``with`` statement of NumPy's or of the standard library begins or ends may
    leave floating-point errors or warnings ignored: they are put back at the end.
    """

    def __init__(self, seed: int) -> None:
        self.count = 0
        self._left = 0
        self._random = random.Random(seed)

    def __enter__(self) -> Self:
        self._errors = np.geterr()
        self._warnings = warnings.catch_warnings()
        self._warnings.__enter__()
        self._before = signal.signal(signal.SIGALRM, self._raise)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)
        self._warnings.__exit__(None, None, None)
        np.seterr(**self._errors)

    def _raise(self, number: int, frame: Any) -> None:
        if self._left:
            self._left -= 1
            self.count += 1
            signal.default_int_handler(number, frame)

    def during(self, call: Callable[[], object], most: float) -> None:
        """Make a call that is interrupted, if it lasts, within `most` seconds, and then soon."""
        after = self._random.uniform(1e-5, most)
        try:
            try:
                try:
                    self._left = self._random.choice((1, 1, 2))
                    signal.setitimer(signal.ITIMER_REAL, after, 1e-4)
                    call()
                    self._left = 0
                except KeyboardInterrupt:
                    self._left = min(self._left, 1)
                    self._left = 0
            except KeyboardInterrupt:
                self._left = 0
        except KeyboardInterrupt:
            self._left = 0
        signal.setitimer(signal.ITIMER_REAL, 0)
