"""Reduced states of some qubits: constants, weights, and expectation values of Pauli strings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..core.values import Array
from .paulis import Pauli
from .registers import matched
from .single_qubit import (
    IDENTITY,
    PAULIS,
    Frame,
    adjoint,
    is_diagonal,
    is_off_diagonal,
    product,
)
from .state import State

#: Up to this many qubits, probabilities in a state with a layer are made of expectation values.
MOMENTS = 8


def weights(state: State) -> Array:
    """Return the squares of the amplitudes as they are now, but for frames."""
    values = state.core.values
    return (values.real**2 + values.imag**2) * abs(state.factor()) ** 2


def column(frame: Frame, value: int) -> tuple[complex, complex]:
    """Return what a frame makes of a constant."""
    return frame[value], frame[2 + value]


def chance(frame: Frame, constant: int) -> tuple[float, float]:
    """Return the probabilities of 0 and 1 of a qubit of its own."""
    chance_0, chance_1 = (abs(a) ** 2 for a in column(frame, constant))
    return chance_0, chance_1


def split(state: State, bits: Sequence[int]) -> tuple[dict[int, int], list[int]]:
    """Split bits into constant ones, with their values, and others."""
    # Frames that only flip a bit must not be what makes it another.
    state.compute()
    fixed: dict[int, int] = {}
    for p in bits:
        value = state.constant(p)
        if value is not None:
            fixed[p] = value
    return fixed, [p for p in bits if p not in fixed]


def with_open(state: State, bits: Sequence[int]) -> State:
    """Return a copy with the frames of some bits taken into the amplitudes."""
    new = state.copy()
    new.cutoff = 0.0
    new.absorb(dict.fromkeys(bits, IDENTITY))
    new.compute()
    return new


def from_moments(state: State, bits: Sequence[int], letters: str) -> Array:
    """Make diagonals, or density matrices, of some bits from means of Pauli strings."""
    m = len(bits)
    factors = [np.array(PAULIS.get(letter, IDENTITY)).reshape(2, 2) / 2 for letter in letters]
    if len(letters) == 2:
        factors = [factor.diagonal().real for factor in factors]
    text = ["I"] * state.n
    out: Any = 0.0
    for chosen in itertools.product(range(len(letters)), repeat=m):
        term: Any = np.ones((1,) * factors[0].ndim)
        for p, letter in zip(bits, chosen, strict=True):
            text[state.n - 1 - p] = letters[letter]
            term = np.kron(term, factors[letter])
        out = out + mean(state, Pauli.of_text("".join(text))) * term
    return np.asarray(out)


def mean(state: State, pauli: Pauli) -> float:
    """Return the expectation value of a product of Pauli matrices."""
    state, pauli = state.pulled(pauli)
    text, sign = pauli.text(state.n)
    return sign * _mean_of(state, text)


def letters_in_frames(state: State, text: str) -> Iterator[tuple[int, Frame]]:
    """Yield the bits of a Pauli string's letters, and what these are between the frames."""
    for q, letter in enumerate(text):
        if letter != "I":
            p = state.n - 1 - q
            frame = state.frames[p]
            yield p, product(adjoint(frame), product(PAULIS[letter], frame))


def _mean_of(state: State, text: str) -> float:
    state.compute()
    scalar: complex = 1.0
    inner: dict[int, Frame] = {}
    hard = []
    for p, matrix in letters_in_frames(state, text):
        constant = state.constant(p)
        if constant is not None:
            scalar *= matrix[3 * constant]
            continue
        if not (is_diagonal(matrix) or is_off_diagonal(matrix)):
            hard.append(p)
            matrix = PAULIS[text[state.n - 1 - p]]
        inner[p] = matrix
    if hard:
        state = with_open(state, hard)
    indices, values = state.core.indices, state.core.values
    moved = values
    flips = 0
    for p, (a, b, c, d) in inner.items():
        on = indices >> p & 1 == 1
        if b or c:
            flips |= 1 << p
            moved = moved * np.where(on, b, c)
        else:
            moved = moved * np.where(on, d, a)
    if flips:
        place, hit = matched(indices, indices ^ flips)
        inside = np.vdot(values[place[hit]], moved[hit])
    else:
        inside = np.vdot(values, moved)
    return float((scalar * inside).real) * abs(state.factor()) ** 2
