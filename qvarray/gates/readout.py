"""What can be asked of a state, on its parameters where they answer."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike

from ..array import VirtualQArray
from ..paging import require_budget
from ..spectrum import Array
from .checks import (
    as_state,
    bits_of,
    integers,
    many,
    non_negative,
    qubit_count,
    require_generator,
    require_normalised,
)
from .frames import IDENTITY, Frame, adjoint, is_diagonal, is_off_diagonal, product, snapped
from .paulis import Pauli
from .registers import register
from .state import State
from .states import bit_string, index_of

__all__ = [
    "amplitudes",
    "counts",
    "density_matrix",
    "entropy",
    "expectation",
    "fidelity",
    "measure",
    "overlap",
    "partial_trace",
    "probabilities",
    "sample",
    "top",
]

# Amplitudes up to which all frames are taken into them to sample.
_SAMPLED_AT_ONCE = 1 << 22
_PAIRS = 1 << 22
# Probabilities of so many qubits of a state with a layer are made of expectation values.
_MOMENTS = 8
_INSTEAD = "ask for fewer qubits, or raise the budget"
_PAULIS: dict[str, Frame] = {
    "X": (0j, 1 + 0j, 1 + 0j, 0j),
    "Y": (0j, -1j, 1j, 0j),
    "Z": (1 + 0j, 0j, 0j, -1 + 0j),
}


def _weights(state: State) -> Array:
    values = state.core.values
    return (values.real**2 + values.imag**2) * abs(state.factor()) ** 2


def _column(frame: Frame, value: int) -> tuple[complex, complex]:
    return frame[value], frame[2 + value]


def _chance(frame: Frame, constant: int) -> tuple[float, float]:
    """The probabilities of 0 and 1 of a qubit of its own."""
    zero, one = (abs(a) ** 2 for a in _column(frame, constant))
    return zero, one


def _split(state: State, bits: Sequence[int]) -> tuple[dict[int, int], list[int]]:
    """Constant bits with their values, and the others."""
    # Frames that only flip a bit must not be what makes it another.
    state.compute()
    fixed: dict[int, int] = {}
    for p in bits:
        value = state.constant(p)
        if value is not None:
            fixed[p] = value
    return fixed, [p for p in bits if p not in fixed]


def _with_open(state: State, bits: Sequence[int]) -> State:
    """A copy with the frames of some bits taken into the amplitudes."""
    new = state.copy()
    new.cutoff = 0.0
    new.absorb(dict.fromkeys(bits, IDENTITY))
    new.compute()
    return new


def probabilities(x: ArrayLike | VirtualQArray, qubits: int | Sequence[int]) -> Array:
    """The probabilities of the values of some qubits.

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
        if len(bits) <= _MOMENTS:
            return _from_moments(state, bits, "IZ").reshape((2,) * len(bits))
        state = state.without_layer()
    state = state.before_layer()
    fixed, rest = _split(state, bits)
    state = _with_open(state, rest)
    joined = register(state.core.indices, rest)
    joint = np.bincount(joined, _weights(state), minlength=1 << len(rest))
    joint = joint.reshape((2,) * len(rest))
    for axis, p in enumerate(bits):
        if p in fixed:
            chances = np.array(_chance(state.frames[p], fixed[p]))
            shape = [1] * (joint.ndim + 1)
            shape[axis] = 2
            joint = np.expand_dims(joint, axis) * chances.reshape(shape)
    return joint


def _from_moments(state: State, bits: Sequence[int], letters: str) -> Array:
    """Diagonals, or density matrices, of some bits from expectation values of Pauli strings."""
    m = len(bits)
    factors = [np.array(_PAULIS.get(letter, IDENTITY)).reshape(2, 2) / 2 for letter in letters]
    if len(letters) == 2:
        factors = [factor.diagonal().real for factor in factors]
    text = ["I"] * state.n
    out: Any = 0.0
    for chosen in itertools.product(range(len(letters)), repeat=m):
        term: Any = np.ones((1,) * factors[0].ndim)
        for p, at in zip(bits, chosen, strict=True):
            text[state.n - 1 - p] = letters[at]
            term = np.kron(term, factors[at])
        out = out + _expected(state, "".join(text)) * term
    return np.asarray(out)


def sample(
    x: ArrayLike | VirtualQArray,
    shots: int,
    rng: np.random.Generator,
    qubits: int | Sequence[int] | None = None,
) -> Array:
    """Draw outcomes of a measurement of all qubits, or of some.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    shots : int
    rng : numpy.random.Generator
    qubits : int or sequence of m ints, optional
        All n if left out.

    Returns
    -------
    ndarray of int64, shape (shots,)
        The values of the register of these qubits, the first the most significant: where all are
        measured, positions in `x`.

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
    >>> import numpy as np, qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(2), 0), 0, 1)
    >>> sorted(set(qv.gates.sample(x, 100, np.random.default_rng(0)).tolist()))
    [0, 3]
    """
    state = as_state(x)
    bits = bits_of(range(state.n) if qubits is None else qubits, state.n)
    shots, rng = non_negative("shots", shots), require_generator(rng)
    require_budget(32 * shots, "draw fewer shots, or raise the budget")
    require_normalised(state)
    if not state.touches(*bits):
        return _sampled(state.before_layer(), shots, rng, bits)
    # Measured before the last map, which only moves what is found.
    return register(state.through_layer(lambda inner: _sampled_all(inner, shots, rng)), bits)


def _sampled_all(state: State, shots: int, rng: np.random.Generator) -> Array:
    return _sampled(state, shots, rng, range(state.n - 1, -1, -1))


def _sampled(state: State, shots: int, rng: np.random.Generator, bits: Sequence[int]) -> Array:
    fixed, rest = _split(state, bits)
    values: dict[int, Array] = {}
    for p in bits:
        if p in fixed:
            values[p] = rng.random(shots) < _chance(state.frames[p], fixed[p])[1]
    unlike = [p for p in rest if state.frames[p] != IDENTITY]
    if state.nactive << len(unlike) <= _SAMPLED_AT_ONCE or len(unlike) <= 1:
        state = _with_open(state, rest)
        chances = np.cumsum(_weights(state))
        draws = rng.random(shots) * (chances[-1] if chances.size else 1.0)
        picked = state.core.indices[np.searchsorted(chances, draws, side="right")]
        values.update((p, picked >> p & 1) for p in rest)
    else:
        drawn = np.empty((shots, len(rest)), np.int64)
        for shot in range(shots):
            one = state
            for at, p in enumerate(rest):
                drawn[shot, at], one = _measured(one, p, rng.random())
        values.update((p, drawn[:, at]) for at, p in enumerate(rest))
    out = np.zeros(shots, np.int64)
    for p in bits:
        out = out << 1 | values[p]
    return out


def counts(outcomes: ArrayLike, n: int) -> dict[str, int]:
    """How often each outcome was drawn, by bit strings.

    Parameters
    ----------
    outcomes : array_like of int
        As `sample` returns them.
    n : int
        Number of qubits that were measured.

    Returns
    -------
    dict of str to int
        In the order of the outcomes.

    Raises
    ------
    ValueError
        For outcomes that are no integers, or no values of n qubits.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.counts([0, 3, 3], 2)
    {'00': 1, '11': 2}
    """
    outcomes = np.asarray(outcomes)
    n = qubit_count(n)
    drawn = integers("the drawing", outcomes if outcomes.size else np.zeros(0, np.int64))
    found, often = np.unique(drawn, return_counts=True)
    if found.size and (found[0] < 0 or found[-1] >> n):
        raise ValueError(f"outcomes of {n} qubits are from 0 to 2**{n} - 1, got {drawn}")
    return {bit_string(i, n): int(m) for i, m in zip(found, often, strict=True)}


def _chance_of_one(state: State, p: int) -> float:
    """The probability of 1 of a bit, over that of anything."""
    if state.touches(p):
        total = float(_weights(state).sum())
        return (1.0 - _mean(state, Pauli(0, 1 << p, 0)) / total) / 2
    constant = state.constant(p)
    if constant is not None:
        return _chance(state.frames[p], constant)[1]
    state.compute()
    frame = state.frames[p]
    weights = _weights(state)
    on = state.core.indices >> p & 1 == 1
    total, one = float(weights.sum()), float(weights[on].sum())
    if frame == IDENTITY:
        return one / total
    cross = _cross(state, p) / total
    a, b = frame[2], frame[3]
    one /= total
    real = (a * b.conjugate() * cross).real
    return float(abs(a) ** 2 * (1 - one) + abs(b) ** 2 * one + 2 * real)


def _cross(state: State, p: int) -> complex:
    """Σ values[i] · conj(values[i + bit]) over the pairs of a bit."""
    indices, values = state.core.indices, state.core.values
    off = np.flatnonzero(indices >> p & 1 == 0)
    partner = indices[off] | 1 << p
    at = np.minimum(indices.searchsorted(partner), indices.size - 1)
    hit = indices[at] == partner
    return complex(np.vdot(values[at[hit]], values[off[hit]])) * abs(state.factor()) ** 2


def _projected(state: State, p: int, outcome: int) -> State:
    """The normalised part of a state where a bit has a value, which has some probability."""
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
        amplitude = _column(new.frames[p], constant)[outcome]
        phase = amplitude / abs(amplitude)
        turned = (phase, 0j, 0j, 1 + 0j) if constant == 0 else (1 + 0j, 0j, 0j, phase)
        flip = (0j, 1 + 0j, 1 + 0j, 0j) if constant != outcome else IDENTITY
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
    outcome = int(draw < _chance_of_one(state, p))
    return outcome, _projected(state, p, outcome)


def measure(
    x: ArrayLike | VirtualQArray,
    qubits: int | Sequence[int],
    rng: np.random.Generator | None = None,
    *,
    outcome: Any = None,
) -> tuple[str, VirtualQArray]:
    """Measure some qubits, and collapse the state.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised. It is not changed.
    qubits : int or sequence of m ints
    rng : numpy.random.Generator, optional
        Needed where no outcome is given.
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
    if outcome is None and rng is None:
        raise ValueError("measure needs a random generator, or the outcome")
    if rng is not None:
        require_generator(rng)
    wanted = None
    if outcome is not None:
        index = index_of(str(outcome) if isinstance(outcome, int) else outcome, len(bits))
        wanted = bit_string(index, len(bits))
    found = ""
    for at, p in enumerate(bits):
        one = _chance_of_one(state, p)
        if wanted is None:
            assert rng is not None
            value = int(rng.random() < one)
        else:
            value = int(wanted[at])
        if (one if value else 1.0 - one) < 1e-14:
            raise ValueError(f"the outcome {wanted!r} has probability zero")
        state = _projected(state, p, value)
        found += str(value)
    return found, VirtualQArray(state)


def _terms_of(pauli: Any, n: int) -> list[tuple[str, Any]]:
    if isinstance(pauli, str):
        terms: list[tuple[str, Any]] = [(pauli, 1.0)]
    elif isinstance(pauli, Mapping):
        terms = list(pauli.items())
    else:
        terms = list(many(pauli))
    for one in terms:
        if not isinstance(one, Sequence) or isinstance(one, str) or len(one) != 2:
            raise ValueError(f"a sum of Pauli strings has pairs (str, number), got {one!r}")
        text, factor = one
        if not isinstance(text, str) or len(text) != n or set(text) - set("IXYZ"):
            raise ValueError(f"a Pauli string has {n} characters of IXYZ, got {text!r}")
        if np.ndim(factor) or np.asarray(factor).dtype.kind not in "biufc":
            raise ValueError(f"the factor of a Pauli string is a number, got {factor!r}")
    return terms


def expectation(x: ArrayLike | VirtualQArray, pauli: Any) -> Any:
    """The expectation value of a Pauli string, or of a sum of them.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    pauli : str, or mapping of str to number, or sequence of (str, number)
        Of n characters I, X, Y and Z, that of qubit 0 first.

    Returns
    -------
    float, or complex where a factor is

    Raises
    ------
    ValueError
        For other strings, or a state that is not normalised.

    Notes
    -----
    O(k log k) a string; bits whose frame takes a Pauli to no Pauli double the amplitudes first.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(2), 0), 0, 1)
    >>> round(qv.gates.expectation(x, {"XX": 1.0, "ZZ": 0.5, "ZI": 3.0}), 12)
    1.5
    """
    state = as_state(x)
    terms = _terms_of(pauli, state.n)
    require_normalised(state)
    total: Any = 0.0
    for text, factor in terms:
        total = total + factor * _expected(state, text)
    return total


def _expected(state: State, text: str) -> float:
    return _mean(state, Pauli.of_text(text))


def _mean(state: State, pauli: Pauli) -> float:
    state, pauli = state.pulled(pauli)
    text, sign = pauli.text(state.n)
    return sign * _mean_of(state, text)


def _mean_of(state: State, text: str) -> float:
    state.compute()
    scalar: complex = 1.0
    inner: dict[int, Frame] = {}
    hard = []
    for q, letter in enumerate(text):
        if letter == "I":
            continue
        p = state.n - 1 - q
        frame = state.frames[p]
        matrix = product(adjoint(frame), product(_PAULIS[letter], frame))
        constant = state.constant(p)
        if constant is not None:
            scalar *= matrix[3 * constant]
            continue
        if not (is_diagonal(matrix) or is_off_diagonal(matrix)):
            hard.append(p)
            matrix = _PAULIS[letter]
        inner[p] = matrix
    if hard:
        state = _with_open(state, hard)
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
        partner = indices ^ flips
        at = np.minimum(indices.searchsorted(partner), max(indices.size - 1, 0))
        hit = indices[at] == partner
        inside = np.vdot(values[at[hit]], moved[hit])
    else:
        inside = np.vdot(values, moved)
    return float((scalar * inside).real) * abs(state.factor()) ** 2


def overlap(a: ArrayLike | VirtualQArray, b: ArrayLike | VirtualQArray) -> complex:
    """The inner product of two states, the first conjugated: ``np.vdot(a, b)``.

    Parameters
    ----------
    a, b : array_like, shape (2**n,) or (2,) * n

    Returns
    -------
    complex

    Raises
    ------
    ValueError
        For states of different numbers of qubits.

    Notes
    -----
    O(ka + kb) where the frames of the two are the same; constants of both are factors.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.h(qv.gates.zero_state(60), 3)
    >>> round(abs(qv.gates.overlap(x, qv.gates.zero_state(60))), 12)
    0.707106781187
    """
    left, right = as_state(a), as_state(b)
    if left.n != right.n:
        raise ValueError(f"states of {left.n} and of {right.n} qubits")
    if left.layer is right.layer:
        # One unitary on both.
        left, right = left.before_layer(), right.before_layer()
    left, right = left.without_layer(), right.without_layer()
    left.compute()
    right.compute()
    scalar: complex = np.conj(left.factor()) * right.factor()
    left, right = left.copy(), right.copy()
    between: dict[int, Frame] = {}
    ignored = 0
    for p in range(left.n):
        inner = product(adjoint(left.frames[p]), right.frames[p])
        one, other = left.constant(p), right.constant(p)
        if one is not None and other is not None:
            scalar *= inner[2 * one + other]
            ignored |= 1 << p
        elif inner != IDENTITY:
            between[p] = inner
    if scalar == 0:
        return 0j
    if between and left.nactive * right.nactive <= _PAIRS >> len(between).bit_length():
        return complex(scalar * _paired(left, right, between, ignored))
    # A frame of all, so that the factors left are those of the amplitudes.
    for state in (left, right):
        state.turns, state.halves, state.cutoff = 0.0, 0, 0.0
    if right.nactive <= left.nactive:
        right.absorb({p: left.frames[p] for p in between})
    else:
        left.absorb({p: right.frames[p] for p in between})
    left.compute()
    right.compute()
    scalar *= np.conj(left.factor()) * right.factor()
    keep = ~np.int64(ignored)
    i, j = left.core.indices & keep, right.core.indices & keep
    if not i.size or not j.size:
        return 0j
    at = np.minimum(i.searchsorted(j), i.size - 1)
    hit = i[at] == j
    return complex(scalar * np.vdot(left.core.values[at[hit]], right.core.values[hit]))


def _paired(left: State, right: State, between: dict[int, Frame], ignored: int) -> complex:
    """The inner product from all pairs of amplitudes. O(ka · kb · bits)."""
    i, j = left.core.indices[:, None], right.core.indices[None, :]
    kept = ~np.int64(ignored | sum(1 << p for p in between))
    terms = ((i ^ j) & kept == 0).astype(np.complex128)
    for p, frame in between.items():
        table = np.array(frame)
        terms *= table[2 * (i >> p & 1) + (j >> p & 1)]
    return complex(left.core.values.conj() @ terms @ right.core.values)


def fidelity(a: ArrayLike | VirtualQArray, b: ArrayLike | VirtualQArray) -> float:
    """The fidelity of two pure states, ``abs(np.vdot(a, b)) ** 2``.

    Parameters
    ----------
    a, b : array_like, shape (2**n,) or (2,) * n
        Normalised.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For states of different numbers of qubits, or that are not normalised.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.zero_state(60)
    >>> round(qv.gates.fidelity(x, qv.gates.h(x, 0)), 12)
    0.5
    """
    for one in (a, b):
        require_normalised(as_state(one))
    return abs(overlap(a, b)) ** 2


def _grouped(state: State, bits: list[int]) -> Any:
    """Amplitudes by the rest of the index and by the register: a scipy.sparse array."""
    core = state.core
    column = register(core.indices, bits)
    rest = core.indices & ~np.int64(sum(1 << p for p in bits))
    groups, row = np.unique(rest, return_inverse=True)
    shape = (max(1, groups.size), 1 << len(bits))
    return scipy.sparse.csr_array((core.values, (row, column)), shape=shape)


def density_matrix(x: ArrayLike | VirtualQArray, qubits: int | Sequence[int]) -> Array:
    """The density matrix of some qubits, the others traced out.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    qubits : int or sequence of m ints
        The first is the most significant bit of rows and columns.

    Returns
    -------
    ndarray of complex128, shape (2**m, 2**m)

    Raises
    ------
    ValueError
        For qubits out of range or repeated, or a state that is not normalised.
    MaterializationError
        Where 4**m numbers are over the memory budget.

    Notes
    -----
    O(k · 2**m + 4**m): frames of the other qubits do not matter.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(2), 0), 0, 1)
    >>> qv.gates.density_matrix(x, 1).real.round(12)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    state = as_state(x)
    bits = bits_of(qubits, state.n)
    require_normalised(state)
    require_budget(64 << 2 * len(bits), _INSTEAD)
    if state.touches(*bits):
        if len(bits) <= _MOMENTS // 2:
            return _from_moments(state, bits, "IXYZ")
        state = state.without_layer()
    state = state.before_layer()
    state.compute()
    grouped = _grouped(state, bits)
    out = (grouped.T @ grouped.conj()).toarray() * abs(state.factor()) ** 2
    m = len(bits)
    out = out.reshape((2,) * (2 * m))
    for axis, p in enumerate(bits):
        frame = np.array(state.frames[p]).reshape(2, 2)
        out = np.moveaxis(np.tensordot(frame, out, (1, axis)), 0, axis)
        out = np.moveaxis(np.tensordot(frame.conj(), out, (1, m + axis)), 0, m + axis)
    return np.ascontiguousarray(out).reshape(1 << m, 1 << m)


def partial_trace(x: ArrayLike | VirtualQArray, qubits: int | Sequence[int]) -> Array:
    """The density matrix of what is left when some qubits are traced out.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    qubits : int or sequence of ints
        Those that are traced out.

    Returns
    -------
    ndarray of complex128, shape (2**m, 2**m)
        For the m other qubits, in their order.

    Raises
    ------
    ValueError
        For qubits out of range or repeated, or a state that is not normalised.
    MaterializationError
        Where 4**m numbers are over the memory budget.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.partial_trace(qv.gates.basis_state("01"), 0).real
    array([[0., 0.],
           [0., 1.]])
    """
    state = as_state(x)
    gone = bits_of(qubits, state.n)
    return density_matrix(x, [q for q in range(state.n) if state.n - 1 - q not in gone])


def entropy(x: ArrayLike | VirtualQArray, qubits: int | Sequence[int]) -> float:
    """The entanglement entropy of some qubits with the others, in bits.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    qubits : int or sequence of ints
        One of the two parts.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For qubits out of range or repeated, or a state that is not normalised.
    MaterializationError
        Where neither part has few enough different indices.

    Notes
    -----
    By the singular values of the amplitudes as a matrix of the two parts, of as many rows and
    columns as there are different indices in each; frames do not matter.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(60), 0), 0, 59)
    >>> round(qv.gates.entropy(x, range(30)), 12)
    1.0
    """
    state = as_state(x)
    bits = bits_of(qubits, state.n)
    require_normalised(state)
    if state.touches(*bits) and state.touches(*(p for p in range(state.n) if p not in bits)):
        state = state.without_layer()
    # What acts on one of the parts only does not matter.
    state = state.before_layer()
    state.compute()
    core = state.core
    mask = np.int64(sum(1 << p for p in bits))
    rows, row = np.unique(core.indices & mask, return_inverse=True)
    columns, column = np.unique(core.indices & ~mask, return_inverse=True)
    shape = (rows.size, columns.size)
    grouped: Any = scipy.sparse.csr_array((core.values, (row, column)), shape=shape)
    require_budget(32 * min(shape) ** 2, "take a part with fewer different indices")
    if shape[0] > shape[1]:
        grouped = grouped.T
    gram = (grouped @ grouped.conj().T).toarray() * abs(state.factor()) ** 2
    chances = np.linalg.eigvalsh(gram)
    chances = chances[chances > 1e-300]
    return max(0.0, float(-(chances * np.log2(chances)).sum()))


def top(x: ArrayLike | VirtualQArray, k: int) -> dict[str, complex]:
    """The amplitudes of largest size, by their bit strings.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    k : int
        How many, at most: zeros are left out.

    Returns
    -------
    dict of str to complex
        Largest first; of equal ones the smaller index first.

    Raises
    ------
    ValueError
        For a negative `k`.
    MaterializationError
        Where the amplitudes of the qubits that are not constant are over the memory budget.

    Notes
    -----
    Constants are factors: O(n · k log k) for them.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.ry(qv.gates.zero_state(60), 0.2, 0)
    >>> [(bits[0], round(a.real, 3)) for bits, a in qv.gates.top(x, 5).items()]
    [('0', 0.995), ('1', 0.1)]
    """
    k = non_negative("k", k)
    state = as_state(x).without_layer()
    fixed, rest = _split(state, range(state.n))
    state = _with_open(state, rest)
    gone = ~np.int64(sum(1 << p for p in fixed))
    indices, values = state.core.indices & gone, state.core.values * state.factor()
    indices, values = _largest(indices, values, k)
    for p, constant in fixed.items():
        zero, one = _column(state.frames[p], constant)
        if one == 0:
            values = values * zero
        elif zero == 0:
            indices, values = indices | 1 << p, values * one
        else:
            indices = np.concatenate([indices, indices | 1 << p])
            values = np.concatenate([values * zero, values * one])
            indices, values = _largest(indices, values, k)
    indices, values = _largest(indices, values, k)
    return {
        bit_string(i, state.n): v
        for i, v in zip(indices.tolist(), values.tolist(), strict=True)
    }  # fmt: skip


def _largest(indices: Array, values: Array, k: int) -> tuple[Array, Array]:
    sizes = np.abs(values)
    if k < sizes.size:
        # All that are as large as the last one are kept until they are in order.
        least = np.partition(sizes, sizes.size - k)[sizes.size - k] if k else np.inf
        keep = sizes >= least
        indices, values, sizes = indices[keep], values[keep], sizes[keep]
    order = np.lexsort((indices, -sizes))[:k]
    return indices[order], values[order]


def amplitudes(x: ArrayLike | VirtualQArray, bits: Any) -> Array:
    """The amplitudes at some bit strings.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    bits : str, or sequence of m str
        Qubit 0 first.

    Returns
    -------
    ndarray of complex128, shape (m,)

    Raises
    ------
    ValueError
        For other characters than 0 and 1, or another number of them than n.

    Notes
    -----
    O(n · k) a string where frames are open, else O(log k); never more memory than for m
    amplitudes.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.zero_state(60)
    >>> for q in range(60):
    ...     x = qv.gates.h(x, q)
    >>> bool(abs(qv.gates.amplitudes(x, "01" * 30)[0] * 2**30 - 1) < 1e-12)
    True
    """
    state = as_state(x)
    strings = [bits] if isinstance(bits, str) else list(many(bits))
    positions = np.array([index_of(one, state.n) for one in strings], np.int64)
    return state.looked_up(positions)
