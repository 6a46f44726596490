"""Outcomes of measurements: drawn by a generator, or given and validated."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .bit_strings import bit_string, index_of
from .validation import Rng, require_generator

# The least probability of an outcome that is given.
_IMPOSSIBLE = 1e-14


def drawn_or_given(
    rng: Rng | None, outcome: str | int | Iterable[int] | None, m: int
) -> tuple[np.random.Generator | None, str | None]:
    """Return what draws the outcome of m qubits, or the outcome that is given, validated."""
    if outcome is None and rng is None:
        raise ValueError("measure needs a random generator, or the outcome")
    generator = None if rng is None else require_generator(rng)
    if outcome is None:
        return generator, None
    index = index_of(str(outcome) if isinstance(outcome, int) else outcome, m)
    return generator, bit_string(index, m)


def decided(chance: float, place: int, rng: np.random.Generator | None, wanted: str | None) -> int:
    """Return the value of a bit that is 1 by some chance: drawn, or the one of `wanted` at a place.

    Raises
    ------
    ValueError
        For a value of probability zero.
    """
    if wanted is None:
        assert rng is not None
        value = int(rng.random() < chance)
    else:
        value = int(wanted[place])
    if (chance if value else 1.0 - chance) < _IMPOSSIBLE:
        raise ValueError(f"the outcome {wanted!r} has probability zero")
    return value
