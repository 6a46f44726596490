"""`qvarray bench`: qvarray beside its peers, on the user's machine."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from time import perf_counter

from ..progress import progress_of
from ..report.environment import Environment, environment
from .jobs import JOBS
from .peers import PEERS, installed
from .table import as_json, as_text
from .timing import Figures, Job, contest

__all__ = ["JOBS", "SECONDS", "Comparison", "as_json", "as_text", "chosen", "compare", "errors"]

#: What all jobs may take. Three rounds of each are made in any case.
SECONDS = 60.0


@dataclass(frozen=True)
class Comparison:
    """What `compare` found.

    Attributes
    ----------
    environment : Environment
        The machine, and versions.
    figures : list of Figures
        One for every job.
    missing : list of str
        Peers that are not installed.
    undone : list of str
        Jobs of which no peer is installed.
    first : float
        Seconds of qvarray's first calls, in all.
    seconds : float
        Seconds that everything took.
    """

    environment: Environment
    figures: list[Figures]
    missing: list[str]
    undone: list[str]
    first: float
    seconds: float


def chosen(only: str) -> list[Job]:
    """Choose the jobs in whose name or description a regular expression is found.

    Raises ValueError for what is no regular expression, or finds no job.
    """
    try:
        wanted = re.compile(only)
    except re.error as error:
        raise ValueError(f"not a regular expression: {only!r} ({error})") from None
    jobs = [job for job in JOBS if wanted.search(job.name) or wanted.search(job.what)]
    if not jobs:
        names = ", ".join(job.name for job in JOBS)
        raise ValueError(f"no job has {only!r} in its name; there are {names}")
    return jobs


def compare(only: str = "", seconds: float = SECONDS, progress: bool = False) -> Comparison:
    """Compare qvarray with the peers that are installed.

    Parameters
    ----------
    only : str
        A regular expression: the jobs in whose name, or description, it is found.
    seconds : float
        What all of it may take; positive. Three rounds of every job are made in any case.
    progress : bool
        Show a progress bar on a terminal, else a line every ten seconds.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        For an expression that is not one, or finds no job, and seconds that are not positive
        and finite.
    """
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError(f"seconds must be positive and finite, got {seconds}")
    jobs = chosen(only)
    begin, modules = perf_counter(), installed()
    figures: list[Figures] = []
    undone: list[str] = []
    with progress_of(len(jobs), "job", progress) as bar:
        for job in jobs:
            left = len(jobs) - len(figures) - len(undone)
            found = contest(job, modules, (begin + seconds - perf_counter()) / left)
            if found is None:
                undone.append(job.name)
            else:
                figures.append(found)
            bar.update()
    return Comparison(
        environment(),
        figures,
        [name for name in PEERS if name not in modules],
        undone,
        sum(job.first for job in figures),
        perf_counter() - begin,
    )


def errors(found: Comparison) -> list[str]:
    """Say what went wrong with peers."""
    return [
        f"{job.name}: {library}: {error}"
        for job in found.figures
        for library, error in job.errors.items()
    ]
