"""Elements that were written to an array since it was last read, in sorted runs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import kernels
from ..core.values import Array


class Run(NamedTuple):
    """Some elements that were written."""

    #: In C order: sorted, each once; an ndarray of int64, shape (m,).
    positions: Array
    #: An ndarray, shape (m,).
    values: Array


#: Each is more than twice as long as the next one, which was written later.
Runs = tuple[Run, ...]


def _over(old: Run, new: Run) -> Run:
    """Return both: where they meet, what is new."""
    positions, at_old, at_new = kernels.merge_sorted.union(old.positions, new.positions)
    values = np.empty(positions.size, new.values.dtype)
    values[at_old] = old.values
    values[at_new] = new.values
    return Run(positions, values)


def added(runs: Runs, run: Run) -> Runs:
    """Return runs and what was written after them. O(log m) an element, for m elements in all."""
    while runs and runs[-1].positions.size <= 2 * run.positions.size:
        run = _over(runs[-1], run)
        runs = runs[:-1]
    return (*runs, run)


def merged(runs: Runs) -> Run:
    """Return all of some runs, of which there is one at least."""
    run = runs[-1]
    for old in reversed(runs[:-1]):
        run = _over(old, run)
    return run


def element_in(runs: Runs, position: int) -> Any:
    """Return what was written to a position, as a NumPy scalar; None where nothing was."""
    for run in reversed(runs):
        place = int(run.positions.searchsorted(position))
        if place < run.positions.size and run.positions[place] == position:
            return run.values[place]
    return None


def put_found(runs: Runs, positions: Array, values: Array) -> None:
    """Write to `values` what was written to positions, where something was."""
    for run in runs:
        places = np.minimum(run.positions.searchsorted(positions), run.positions.size - 1)
        found = run.positions[places] == positions
        values[found] = run.values[places[found]]


def within(runs: Runs, start: int, stop: int) -> list[Array]:
    """Return the positions in ``range(start, stop)`` that were written, of each run."""
    found = []
    for positions, _ in runs:
        # Of the dtype of the list: it would be converted to that of what is looked for.
        low = positions.searchsorted(positions.dtype.type(start))
        high = positions.searchsorted(positions.dtype.type(stop - 1), "right")
        found.append(positions[low:high])
    return found
