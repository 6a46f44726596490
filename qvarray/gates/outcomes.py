"""Outcomes of measurements: drawn by a generator, or given and validated."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..core.values import Array
from .bit_strings import bit_string, index_of
from .gate_codes import MEASURE, RESET
from .steps import Steps
from .validation import Rng, require_generator

# The least probability of an outcome that is given.
_IMPOSSIBLE = 1e-14


class Draws:
    """Numbers from 0 to 1 that were drawn before, one for each qubit that is measured.

    Those that were used become 1 less what was found, which gives the same once more.
    """

    __slots__ = ("numbers", "place")

    def __init__(self, numbers: Array) -> None:
        self.numbers, self.place = numbers, 0

    def decide(self, chance: float) -> int:
        """Return 1 where the next number is below a chance, and 0 where not."""
        value = int(self.numbers[self.place] < chance)
        self.numbers[self.place] = 1 - value
        self.place += 1
        return value


def count_drawn(steps: Steps) -> int:
    """Return how many qubits are measured or reset, by a number each. O(m)."""
    if not len(steps):
        return 0
    codes = np.frombuffer(steps.codes, np.int16)
    if not np.isin(codes, (MEASURE, RESET)).any():
        return 0
    columns = steps.columns()
    return int(np.diff(columns.qubit_ends)[np.isin(columns.codes, (MEASURE, RESET))].sum())


def count_used(draws: Array) -> int:
    """Return how many numbers there are up to the last that was used."""
    return int(np.flatnonzero((draws == 0) | (draws == 1)).max(initial=-1)) + 1


def drawn_or_given(
    rng: Rng | Draws | None, outcome: str | int | Iterable[int] | None, m: int
) -> tuple[np.random.Generator | Draws | None, str | None]:
    """Return what draws the outcome of m qubits, or the outcome that is given, validated."""
    if outcome is None and rng is None:
        raise ValueError("measure needs a random generator, or the outcome")
    generator = rng if rng is None or isinstance(rng, Draws) else require_generator(rng)
    if outcome is None:
        return generator, None
    index = index_of(str(outcome) if isinstance(outcome, int) else outcome, m)
    return generator, bit_string(index, m)


def decided(
    chance: float, place: int, rng: np.random.Generator | Draws | None, wanted: str | None
) -> int:
    """Return the value of a bit that is 1 by some chance: drawn, or the one of `wanted` at a place.

    Raises
    ------
    ValueError
        For a value of probability zero.
    """
    if isinstance(rng, Draws):
        value = rng.decide(chance)
    elif wanted is None:
        assert rng is not None
        value = int(rng.random() < chance)
    else:
        value = int(wanted[place])
    if (chance if value else 1.0 - chance) < _IMPOSSIBLE:
        raise ValueError(f"the outcome {wanted!r} has probability zero")
    return value
