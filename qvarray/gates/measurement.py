"""Measurement of qubits: probabilities, samples, and the state that is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.values import Array
from . import reduced_state
from .answering import answered
from .outcomes import decided, drawn_or_given
from .paulis import Pauli
from .phase_polynomial import bits_in
from .registers import matched, register, register_of_rows
from .single_qubit import FLIP, HADAMARD, IDENTITY, product, snapped
from .state import MAX_QUBITS, State
from .validation import (
    Qubits,
    Rng,
    as_state,
    bits_of,
    non_negative,
    require_generator,
    require_normalised,
)

# Up to this many amplitudes, all frames are taken into them to sample.
_SAMPLED_AT_ONCE = 1 << 22
_INSTEAD = "ask for fewer qubits, or raise the budget"


@answered
def probabilities(x: ArrayLike | VirtualQArray, qubits: Qubits) -> Array:
    """Return the probabilities of the values of some qubits.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    qubits : int or sequence of m ints

    Returns
    -------
    ndarray of float64, shape (2,) * m
        An axis for each of `qubits`, in their order.

    Raises
    ------
    ValueError
        For qubits out of range or repeated, or a state that is not normalised.
    MaterializationError
        Where 2**m numbers, or the amplitudes of these qubits, are over the memory budget.

    Notes
    -----
    O(k + 2**m): only the frames of `qubits` matter, and constants are factors.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.h(qv.gates.zero_state(60), 7)
    >>> qv.gates.probabilities(x, 7).round(12)
    array([0.5, 0.5])
    """
    state = as_state(x)
    bits = bits_of(qubits, state.n)
    require_normalised(state)
    require_budget(8 << len(bits), _INSTEAD)
    if state.touches(*bits):
        if len(bits) <= reduced_state.MOMENTS:
            return reduced_state.from_moments(state, bits, "IZ").reshape((2,) * len(bits))
        state = state.without_layer()
    state = state.before_layer()
    fixed, rest = reduced_state.split(state, bits)
    state = reduced_state.with_open(state, rest)
    joined = register(state.core.indices, rest)
    joint = np.bincount(joined, reduced_state.weights(state), minlength=1 << len(rest))
    joint = joint.reshape((2,) * len(rest))
    for axis, p in enumerate(bits):
        if p in fixed:
            chances = np.array(reduced_state.chance(state.frames[p], fixed[p]))
            shape = [1] * (joint.ndim + 1)
            shape[axis] = 2
            joint = np.expand_dims(joint, axis) * chances.reshape(shape)
    return joint


@answered
def sample(
    x: ArrayLike | VirtualQArray,
    shots: int,
    rng: Rng,
    qubits: Qubits | None = None,
) -> Array:
    """Draw outcomes of a measurement of all qubits, or of some.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    shots : int
    rng : numpy.random.Generator or int
        What draws the outcomes, or its seed.
    qubits : int or sequence of m ints, optional
        All n if left out.

    Returns
    -------
    ndarray of int64, shape (shots,)
        The values of the register of these qubits, the first the most significant: where all are
        measured, positions in `x`. Of more than 62 qubits, uint8 of shape (shots, m), their bits.

    Raises
    ------
    ValueError
        For qubits out of range or repeated, a negative number of shots, or a state that is not
        normalised.
    TypeError
        For a number of shots that is no integer.
    MaterializationError
        Where that many outcomes are over the memory budget.

    Notes
    -----
    O(k + shots · log k) where the frames of the qubits can be taken into the amplitudes; else the
    qubits are measured one after the other, O(m · k) a shot.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(2), 0), 0, 1)
    >>> sorted(set(qv.gates.sample(x, 100, rng=0).tolist()))
    [0, 3]
    """
    state = as_state(x)
    bits = bits_of(range(state.n) if qubits is None else qubits, state.n)
    shots, generator = non_negative("shots", shots), require_generator(rng)
    require_budget(32 * shots, "draw fewer shots, or raise the budget")
    require_normalised(state)
    if not state.touches(*bits):
        return _sampled(state.before_layer(), shots, generator, bits)
    # Measured before the last map, which only moves what is found.
    return register(state.through_layer(lambda inner: _sampled_all(inner, shots, generator)), bits)


def as_outcomes(rows: Array) -> Array:
    """Return rows of bits as the values of their registers, where an integer holds those."""
    return register_of_rows(rows) if rows.shape[1] <= MAX_QUBITS else rows


def _sampled_all(state: State, shots: int, rng: np.random.Generator) -> Array:
    return _sampled(state, shots, rng, range(state.n - 1, -1, -1))


def _untied(state: State, bits: Sequence[int]) -> tuple[State, dict[int, int]]:
    """Return a state whose bits under Hadamard gates are constant as far as that can be.

    And which parity of them is to be added to what is found of some. A flip of one bit where
    another is set is one of the other where the one is set, after Hadamard gates on both.
    """
    among = sum(1 << p for p in bits if state.frames[p] == HADAMARD)
    pivots: dict[int, int] = {}
    for vector in state.differences():
        rest = vector & among
        for bit, pivot in pivots.items():
            if rest >> bit & 1:
                rest ^= pivot
        if rest:
            bit = rest.bit_length() - 1
            for other, pivot in pivots.items():
                if pivot >> bit & 1:
                    pivots[other] = pivot ^ rest
            pivots[bit] = rest
    new = state.copy()
    for bit, pivot in pivots.items():
        for p in bits_in(pivot & ~(1 << bit)):
            new.control(bit, p)
    new.compute()
    return new, {bit: pivot & ~(1 << bit) for bit, pivot in pivots.items()}


def _sampled(state: State, shots: int, rng: np.random.Generator, bits: Sequence[int]) -> Array:
    state.compute()
    state, ties = _untied(state, bits)
    fixed, rest = reduced_state.split(state, bits)
    values: dict[int, Array] = {}
    for p in bits:
        if p in fixed:
            values[p] = rng.random(shots) < reduced_state.chance(state.frames[p], fixed[p])[1]
    unlike = sum(state.frames[p] != IDENTITY for p in rest)
    varying = sum(state.constant(p) is None for p in range(state.n))
    if min(state.nactive << unlike, 1 << varying) <= _SAMPLED_AT_ONCE or unlike <= 1:
        state = reduced_state.with_open(state, rest)
        chances = np.cumsum(reduced_state.weights(state))
        draws = rng.random(shots) * (chances[-1] if chances.size else 1.0)
        picked = state.core.indices[np.searchsorted(chances, draws, side="right")]
        values.update((p, picked >> p & 1) for p in rest)
    else:
        drawn = np.empty((shots, len(rest)), np.int64)
        for shot in range(shots):
            left = state
            for place, p in enumerate(rest):
                drawn[shot, place], left = _measured(left, p, rng.random())
        values.update((p, drawn[:, place]) for place, p in enumerate(rest))
    found = {p: values[p].astype(np.int64) for p in bits}
    for p, tied in ties.items():
        for q in bits_in(tied):
            found[p] = found[p] ^ values[q]
    out = np.zeros(shots, np.int64)
    for p in bits:
        out = out << 1 | found[p]
    return out


def _chance_of_one(state: State, p: int) -> float:
    """Return the probability of 1 of a bit, over that of anything."""
    if state.touches(p):
        total = float(reduced_state.weights(state).sum())
        return (1.0 - reduced_state.mean(state, Pauli(0, 1 << p, 0)) / total) / 2
    constant = state.constant(p)
    if constant is not None:
        return reduced_state.chance(state.frames[p], constant)[1]
    state.compute()
    frame = state.frames[p]
    weights = reduced_state.weights(state)
    on = state.core.indices >> p & 1 == 1
    total, chance = float(weights.sum()), float(weights[on].sum())
    if frame == IDENTITY:
        return chance / total
    cross = _cross(state, p) / total
    a, b = frame[2], frame[3]
    chance /= total
    real = (a * b.conjugate() * cross).real
    return float(abs(a) ** 2 * (1 - chance) + abs(b) ** 2 * chance + 2 * real)


def _cross(state: State, p: int) -> complex:
    """Return Σ values[i] · conj(values[i + bit]) over the pairs of a bit."""
    indices, values = state.core.indices, state.core.values
    off = np.flatnonzero(indices >> p & 1 == 0)
    partner = indices[off] | 1 << p
    place, hit = matched(indices, partner)
    return complex(np.vdot(values[place[hit]], values[off[hit]])) * abs(state.factor()) ** 2


def _projected(state: State, p: int, outcome: int) -> State:
    """Return the normalised part of a state where a bit has a value, which is possible."""
    new = state.copy()
    new.history = None
    if state.touches(p):
        pauli = Pauli(0, 1 << p, 0)
        new.diagonalise(pauli)
        before, pauli = new.pulled(pauli)
        odd = np.bitwise_count(before.core.indices & pauli.signs) & 1
        return _restricted(new, odd == (outcome ^ pauli.quarters >> 1))
    constant = state.constant(p)
    if constant is not None:
        # Its own qubit: only the phase of the amplitude is left of it.
        amplitude = reduced_state.column(new.frames[p], constant)[outcome]
        phase = amplitude / abs(amplitude)
        turned = (phase, 0j, 0j, 1 + 0j) if constant == 0 else (1 + 0j, 0j, 0j, phase)
        flip = FLIP if constant != outcome else IDENTITY
        new.frames[p] = product(flip, snapped(*turned))
        return new
    new.absorb({p: IDENTITY})
    new.compute()
    return _restricted(new, new.core.indices >> p & 1 == outcome)


def _restricted(state: State, keep: Array) -> State:
    """Keep some amplitudes of a state that nobody else has, and normalise it."""
    core = state.core
    values = core.values[keep]
    size = float(np.linalg.norm(values))
    scale = 0.5 ** (state.halves / 2)
    state.core = core._replace(values=values * (1.0 / size / scale), indices=core.indices[keep])
    state._hull = state._factored = None
    return state


def _measured(state: State, p: int, draw: float) -> tuple[int, State]:
    """Measure a bit with a number drawn from 0 to 1."""
    outcome = int(draw < _chance_of_one(state, p))
    return outcome, _projected(state, p, outcome)


@answered
def measure(
    x: ArrayLike | VirtualQArray,
    qubits: Qubits,
    rng: Rng | None = None,
    *,
    outcome: str | int | Iterable[int] | None = None,
) -> tuple[str, VirtualQArray]:
    """Measure some qubits, and collapse the state.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised. It is not changed.
    qubits : int or sequence of m ints
    rng : numpy.random.Generator or int, optional
        What draws the outcomes, or its seed. Needed where no outcome is given.
    outcome : str or sequence of m bits, optional
        What is to be found.

    Returns
    -------
    bits : str
        What was found, a character for each of `qubits`.
    state : VirtualQArray
        The state afterwards, of the shape of `x`, normalised.

    Raises
    ------
    ValueError
        For an outcome of probability zero, qubits out of range or repeated, a state that is not
        normalised, or neither `rng` nor `outcome`.

    Notes
    -----
    O(k) a qubit.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(2), 0), 0, 1)
    >>> bits, y = qv.gates.measure(x, 0, outcome="1")
    >>> qv.gates.probabilities(y, 1)
    array([0., 1.])
    """
    state = as_state(x)
    bits = bits_of(qubits, state.n)
    require_normalised(state)
    generator, wanted = drawn_or_given(rng, outcome, len(bits))
    found = ""
    for place, p in enumerate(bits):
        value = decided(_chance_of_one(state, p), place, generator, wanted)
        state = _projected(state, p, value)
        found += str(value)
    return found, VirtualQArray(state)
