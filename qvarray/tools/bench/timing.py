"""One job, done by qvarray and by its peers: the same answer, and how long each took."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from timeit import Timer
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
#: The libraries that are there, by name.
Modules = Mapping[str, Any]
Call = Callable[..., Any]

_BATCH_SECONDS = 0.003
_FEWEST_ROUNDS, _MOST_ROUNDS = 3, 25


def _bytes_of(result: Any) -> int:
    return int(result.nbytes)


@dataclass(frozen=True)
class Entry:
    """What one library does.

    Attributes
    ----------
    call : callable
        What is timed.
    plain : callable
        Takes what `call` returned to an ndarray, or to a number.
    nbytes : int or callable
        Bytes of what the library stores for the job: of its operands, or what a function says of
        the result.
    """

    call: Callable[[], Any]
    nbytes: int | Callable[[Any], int] = _bytes_of
    plain: Callable[[Any], Any] = np.asarray


@dataclass(frozen=True)
class Job:
    """A line of the table."""

    #: One word, which options choose it by.
    name: str
    #: What is done, in words.
    what: str
    #: Takes a random generator and the modules of the peers, and gives each library's entry; that
    #: of qvarray first. A peer that is not installed is left out.
    make: Callable[[np.random.Generator, Mapping[str, Any]], dict[str, Entry]]
    #: The largest relative difference of two answers, of the norm.
    tolerance: float = 1e-10
    #: Why a peer may be ahead, where that is known: a sentence.
    reason: str = ""
    #: Whether a peer is ahead that takes fewer bytes, not less time.
    of_bytes: bool = False


@dataclass(frozen=True)
class Figures:
    """What was measured of one job: seconds and bytes by library, qvarray first."""

    name: str
    what: str
    seconds: dict[str, float]
    nbytes: dict[str, int]
    #: Seconds of qvarray's first call, in which kernels are compiled or loaded.
    first: float
    #: How often each was timed.
    rounds: int
    #: Peers that failed, or gave another answer, and so were not timed: what happened.
    errors: dict[str, str]
    #: As the job has them.
    reason: str = ""
    of_bytes: bool = False

    def ratios(self) -> Iterator[tuple[str, float, float]]:
        """Iterate over the peers: name, its time by ours, and its bytes by ours."""
        for peer, seconds in self.seconds.items():
            if peer != "qvarray":
                own = max(self.nbytes["qvarray"], 1)
                yield peer, seconds / self.seconds["qvarray"], self.nbytes[peer] / own


def _difference(ours: NDArray[Any], theirs: NDArray[Any], tolerance: float) -> str:
    """Say in what two answers differ; nothing where they agree."""
    if ours.shape != theirs.shape:
        return f"its answer has the shape {theirs.shape}, that of qvarray {ours.shape}"
    apart = float(np.linalg.norm((ours - theirs).ravel()))
    size = float(np.linalg.norm(ours.ravel()))
    if apart <= tolerance * size:
        return ""
    return f"its answer differs from that of qvarray by {apart:.3g}, of {size:.3g}"


def _number(timer: Timer) -> int:
    """Count the calls that are long enough for the clock."""
    taken = timer.timeit(1)
    return max(1, min(1000, int(_BATCH_SECONDS / max(taken, 1e-7))))


def contest(job: Job, modules: Mapping[str, Any], seconds: float) -> Figures | None:
    """Compare answers, then times: in turns, so that all have the same moods of the machine.

    Returns None where no peer can do the job.

    Parameters
    ----------
    modules : mapping
        The peers that are there, by name.
    seconds : float
        What all of it may take; three rounds are always made.
    """
    begin = perf_counter()
    entries = job.make(np.random.default_rng(0), modules)
    if len(entries) < 2:
        return None
    start = perf_counter()
    result = entries["qvarray"].call()
    first = perf_counter() - start
    nbytes = {"qvarray": _nbytes(entries["qvarray"], result)}
    ours = np.asarray(entries["qvarray"].plain(result))
    errors = {}
    for library in [name for name in entries if name != "qvarray"]:
        try:
            result = entries[library].call()
            theirs = np.asarray(entries[library].plain(result))
            error = _difference(ours, theirs, job.tolerance)
            nbytes[library] = _nbytes(entries[library], result)
        except Exception as failure:  # of any kind: it is not ours
            error = f"it fails: {type(failure).__name__}: {failure}"
        if error:
            errors[library] = error
            del entries[library]
    result = ours = theirs = None  # type: ignore[assignment]
    gc.collect()
    medians, rounds = _times(entries, begin + seconds)
    nbytes = {library: nbytes[library] for library in medians}
    return Figures(
        job.name, job.what, medians, nbytes, first, rounds, errors, job.reason, job.of_bytes
    )


def _nbytes(entry: Entry, result: Any) -> int:
    return entry.nbytes if isinstance(entry.nbytes, int) else entry.nbytes(result)


def _times(entries: Mapping[str, Entry], end: float) -> tuple[dict[str, float], int]:
    """Time each in turns: the median seconds of a call, and how many turns there were."""
    timers = {library: Timer(entry.call) for library, entry in entries.items()}
    numbers = {library: _number(timer) for library, timer in timers.items()}
    times: dict[str, list[float]] = {library: [] for library in timers}
    rounds = 0
    while rounds < _FEWEST_ROUNDS or (rounds < _MOST_ROUNDS and perf_counter() < end):
        for library, timer in timers.items():
            times[library].append(timer.timeit(numbers[library]) / numbers[library])
        rounds += 1
    return {library: median(some) for library, some in times.items()}, rounds
