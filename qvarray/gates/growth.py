"""Growth of states that gates make one at a time: refused before it is over the memory budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import MaterializationError
from ..options import options
from .single_qubit import Frame, is_diagonal, is_off_diagonal

#: How many amplitudes there were after each of the last gates that came one by one.
Past = tuple[int, ...]

# So many more amplitudes by so few gates, to so many, are taken to go on like that: gates that come
# one by one do not say where they end.
_TIMES, _GATES, _MANY = 1 << 6, 24, 1 << 19
_INSTEAD = (
    "collect the gates in a circuit, of which run(circuit, x, method='auto') knows where it ends; "
    "or drop small amplitudes by zero_state(n, cutoff=...); or raise the budget"
)


def spread(frames: Iterable[Frame], constants: Iterable[int | None]) -> int:
    """Count the qubits that have both values: amplitudes may grow to these powers of 2."""
    return sum(
        value is None or not (is_diagonal(frame) or is_off_diagonal(frame))
        for frame, value in zip(frames, constants, strict=True)
    )


def grown(past: Past, k: int, qubits: Callable[[], int], each: int) -> Past:
    """Return how many amplitudes there were after the last gates, with those after another one.

    Parameters
    ----------
    past : tuple of int
    k : int
        Amplitudes now.
    qubits : callable
        Gives how many have both values. The others may stay as they are.
    each : int
        Bytes of an amplitude, with the room to combine it.

    Raises
    ------
    MaterializationError
        Where they grow steadily, and cannot stay within the memory budget if that goes on.
    """
    past = (*past[1 - _GATES :], k)
    times = k // max(1, past[0])
    if k < _MANY or times < _TIMES:
        return past
    wanted, most = k, 1 << qubits()
    while wanted < most and wanted * each <= options.memory_budget:
        wanted *= times
    wanted = min(wanted, most) * each
    if wanted > options.memory_budget:
        raise MaterializationError(
            wanted, options.memory_budget, _INSTEAD,
            f"a state of {k} amplitudes, {times} times those of {len(past)} gates before, that "
            "goes on to grow like this",
        )  # fmt: skip
    return past
