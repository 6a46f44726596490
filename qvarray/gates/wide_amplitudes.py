"""Amplitudes at strings of bits in words of 62, with a frame for each bit: what wide states are of.

What is asked of some qubits is asked of a narrow state, in which all others are one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.spectrum import Spectrum
from ..core.values import Array
from . import measurement, observables
from .answering import Answering, AnyState
from .bit_strings import row_of, texts_of
from .growth import Past, spread
from .registers import WORD, bit_of, matched, multiplied
from .single_qubit import (
    IDENTITY,
    PAULIS,
    TINY,
    Frame,
    adjoint,
    is_diagonal,
    is_off_diagonal,
    product,
)
from .state import MAX_QUBITS, State
from .validation import (
    Qubits,
    Rng,
    many,
    non_negative,
    qubit_list,
    require_generator,
)

INSTEAD = "ask for fewer qubits, take fewer gates that mix amplitudes, or raise the budget"


def numbered(words: Array) -> tuple[Array, Array]:
    """Return a number for each index, of equal ones the same, and where each number is first."""
    order = np.lexsort(words)
    ordered = words[:, order]
    is_new = np.ones(order.size, bool)
    is_new[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    numbers = np.empty(order.size, np.int64)
    numbers[order] = np.cumsum(is_new) - 1
    return numbers, order[is_new]


def _merged(words: Array, values: Array) -> tuple[Array, Array]:
    """Add up amplitudes of equal indices, and leave out what is the rounding of such a sum."""
    numbers, first = numbered(words)
    sums = np.bincount(numbers, values.real, first.size).astype(np.complex128)
    sums.imag = np.bincount(numbers, values.imag, first.size)
    sizes = np.sqrt(np.bincount(numbers, np.abs(values) ** 2, first.size))
    keep = np.abs(sums) > TINY * sizes
    return words[:, first[keep]], sums[keep]


def _multiplied(words: Array, values: Array, p: int, u: Frame) -> tuple[Array, Array]:
    """Return indices and values after a matrix on a bit; one index may be there twice."""
    if not (is_diagonal(u) or is_off_diagonal(u)):
        require_budget(2 * values.size * (16 + 24 * len(words)), INSTEAD)
    return multiplied(words, values, p, u)


class WideAmplitudes(Answering):
    """What a wide state stores, and how it is read."""

    __slots__ = (
        "_frames",
        "_past",
        "_scale",
        "_values",
        "_words",
        "before",
        "cutoff",
        "dropped",
        "n",
    )

    _past: Past
    #: What an evolution was applied to, to reverse it.
    before: Self | None
    n: int
    cutoff: float
    dropped: float
    _words: Array
    _values: Array
    _frames: list[Frame]
    _scale: complex

    @property
    def nactive(self) -> int:
        """Number of amplitudes stored."""
        return int(self._values.size)

    def listed(self) -> tuple[Array, Array, list[Frame]]:
        """Return the indices in words, the amplitudes, and the frame of each bit."""
        return self._words, self._values * self._scale, self._frames

    def _but(self, words: Array, values: Array, frames: Sequence[Frame] | None = None) -> Self:
        """Return a state of other amplitudes, with nothing common to all of them."""
        new = object.__new__(type(self))
        new.n, new.cutoff, new.dropped = self.n, self.cutoff, self.dropped
        new._words, new._values, new._scale = words, values, 1.0
        new.before, new._past = None, ()
        new._frames = list(self._frames if frames is None else frames)
        return new

    def _bit(self, p: int) -> Array:
        return bit_of(self._words, p)

    def _constants(self) -> Array:
        """Return the value of each bit that is the same in all indices, and -1 for others."""
        ones = np.bitwise_and.reduce(self._words, axis=1)
        any_one = np.bitwise_or.reduce(self._words, axis=1)
        places = np.arange(self.n)
        least = ones[places // WORD] >> places % WORD & 1
        most = any_one[places // WORD] >> places % WORD & 1
        constants: Array = np.where(least == most, least, -1)
        return constants

    def spread(self) -> int:
        """Return how many qubits have both values. O(k n / 62)."""
        constants = self._constants().tolist()
        return spread(self._frames, (None if value < 0 else value for value in constants))

    def _opened(self, bits: Iterable[int]) -> Self:
        """Return the same with the frames of some bits taken into the amplitudes."""
        state = self
        for p in bits:
            if state._frames[p] != IDENTITY:
                state = state._turned(p, state._frames[p])
                state._frames[p] = IDENTITY
        return state

    def weighted(self, bits: Sequence[int], factors: Spectrum) -> Self:
        """Return the state times a factor for each value of a register, as they are given.

        Parameters
        ----------
        bits : sequence of int
            The bits of an index that the register has, the most significant first.
        factors : Spectrum
            In the standard basis; what is 0 leaves no amplitudes, on the way neither.
        """
        state = self
        active = None if factors.fill_value else factors.indices()
        for place, p in enumerate(bits, 1):
            opened = state._opened([p])
            if active is not None and (opened is not state or place == len(bits)):
                # Of those that are left these are the first bits.
                _, on = matched(active >> (len(bits) - place), opened._register(bits[:place]))
                opened = opened._but(opened._words[:, on], opened._values[on] * opened._scale)
            state = opened
        amounts = factors.at(state._register(bits))
        return state._but(state._words, state._values * (state._scale * amounts))

    def _register(self, bits: Sequence[int]) -> Array:
        """Return the integers that some bits of the indices make, the first most significant."""
        out = np.zeros(self.nactive, np.int64)
        for p in bits:
            out = out << 1 | self._bit(p)
        return out

    def _turned(self, p: int, u: Frame) -> Self:
        """Return the state with a matrix applied to a bit of its indices, under its frames."""
        words, values = _multiplied(self._words, self._values * self._scale, p, u)
        if values.size > self._values.size:
            words, values = _merged(words, values)
        return self._but(words, values)

    # -- narrow states ----------------------------------------------------------------------

    def narrow(self, qubits: Qubits) -> VirtualQArray:
        """Return a state of some qubits, as an array, that says of these all that this one does.

        Parameters
        ----------
        qubits : int or sequence of m ints

        Returns
        -------
        VirtualQArray
            The m qubits in their order, and behind them as many as it takes to number what the
            others may be.

        Raises
        ------
        ValueError
            For qubits out of range or repeated, or where these are more than 62.

        Notes
        -----
        O(k n / 62 log k). Reduced density matrices of the m qubits are the same.
        """
        return VirtualQArray(self._narrowed(qubit_list(qubits, self.n))[0])

    def _narrowed(self, qubits: list[int]) -> tuple[State, Array]:
        """Return what `narrow` does, and by number what the others are."""
        chosen = [self.n - 1 - q for q in qubits]
        rest = self._words.copy()
        for p in chosen:
            rest[p // WORD] &= ~(1 << p % WORD)
        indices, first = numbered(rest)
        spare = max((first.size - 1).bit_length(), int(not chosen))
        total = len(chosen) + spare
        if total > MAX_QUBITS:
            raise ValueError(
                f"{len(chosen)} qubits, with {spare} for what the others are, are more than 62"
            )
        frames = [IDENTITY] * spare
        for place, p in enumerate(reversed(chosen)):
            indices |= self._bit(p) << (spare + place)
            frames.append(self._frames[p])
        order = indices.argsort()
        values = (self._values * self._scale)[order]
        return State((1 << total,), values, indices[order], tuple(frames)), rest[:, first]

    def _widened(self, state: State, qubits: list[int], rests: Array) -> Self:
        """Return this state as a narrow one of some qubits has become; see `_narrowed`."""
        spare = state.n - len(qubits)
        state = state.without_layer().copy()
        state.absorb(dict.fromkeys(range(spare), IDENTITY))
        state.compute()
        indices = state.core.indices
        words = rests[:, indices & ((1 << spare) - 1)]
        frames = list(self._frames)
        for place, q in enumerate(reversed(qubits)):
            p = self.n - 1 - q
            words[p // WORD] |= (indices >> (spare + place) & 1) << p % WORD
            frames[p] = state.frames[spare + place]
        return self._but(words, state.core.values * state.factor(), frames)

    # -- readouts ---------------------------------------------------------------------------

    def probabilities(self, qubits: Qubits) -> Array:
        """Return the probabilities of values of some qubits: `qvarray.gates.probabilities`."""
        chosen = qubit_list(qubits, self.n)
        return measurement.probabilities(self.narrow(chosen), range(len(chosen)))

    def density_matrix(self, qubits: Qubits) -> Array:
        """Return the density matrix of some qubits: see `qvarray.gates.density_matrix`."""
        chosen = qubit_list(qubits, self.n)
        return observables.density_matrix(self.narrow(chosen), range(len(chosen)))

    def entropy(self, qubits: Qubits) -> float:
        """Return the entanglement entropy of some qubits with the others, in bits."""
        chosen = qubit_list(qubits, self.n)
        return observables.entropy(self.narrow(chosen), range(len(chosen)))

    def sample(self, shots: int, rng: Rng, qubits: Qubits | None = None) -> Array:
        """Draw outcomes of a measurement: see `qvarray.gates.sample`.

        Parameters
        ----------
        shots : int
        rng : numpy.random.Generator or int
        qubits : int or sequence of m ints, optional
            All if left out.

        Returns
        -------
        ndarray
            As `qvarray.gates.sample` has it: of more than 62 qubits, the bits of each outcome,
            uint8, of shape (shots, m).

        Raises
        ------
        MaterializationError
            Where the amplitudes of these qubits are over the memory budget.
        """
        shots, rng = non_negative("shots", shots), require_generator(rng)
        chosen = qubit_list(range(self.n) if qubits is None else qubits, self.n)
        require_budget(2 * shots * (len(chosen) + 8), "draw fewer shots, or raise the budget")
        bits = [self.n - 1 - q for q in chosen]
        constants = self._constants()
        state = self._opened(p for p in bits if constants[p] < 0)
        weights = np.cumsum(np.abs(state._values) ** 2)
        picked = np.searchsorted(weights, rng.random(shots) * weights[-1], side="right")
        out = np.empty((shots, len(bits)), np.uint8)
        for place, p in enumerate(bits):
            if constants[p] >= 0:
                chance = abs(self._frames[p][2 + constants[p]]) ** 2
                out[:, place] = rng.random(shots) < chance if 0 < chance < 1 else chance
            else:
                out[:, place] = state._bit(p)[picked]
        return measurement.as_outcomes(out)

    def _chance_of_one(self, q: int) -> tuple[Self, float]:
        p = self.n - 1 - q
        state = self._opened([p])
        weights = np.abs(state._values) ** 2
        return state, float(weights[state._bit(p) == 1].sum() / weights.sum())

    def _projected(self, q: int, value: int) -> Self:
        on = self._bit(self.n - 1 - q) == value
        values = self._values[on]
        return self._but(self._words[:, on], values / np.linalg.norm(values))

    def overlap(self, other: AnyState) -> complex:
        """Return the inner product with another state, this one conjugated.

        Raises
        ------
        ValueError
            For a state of another number of qubits.
        """
        if not isinstance(other, WideAmplitudes) or other.n != self.n:
            raise ValueError(f"states of {self.n} and of {getattr(other, 'n', 'fewer')} qubits")
        mine, its = self._constants(), other._constants()
        scalar: complex = complex(self._scale).conjugate() * other._scale
        kept = np.full(len(self._words), (1 << WORD) - 1)
        words, values = other._words, other._values
        for p in range(self.n):
            inner = product(adjoint(self._frames[p]), other._frames[p])
            if mine[p] >= 0 and its[p] >= 0:
                # A factor of its own.
                scalar *= inner[2 * mine[p] + its[p]]
                kept[p // WORD] &= ~(1 << p % WORD)
            elif inner != IDENTITY:
                words, values = _multiplied(words, values, p, inner)
        if scalar == 0:
            return 0j
        both = np.concatenate([self._words, words], axis=1) & kept[:, None]
        numbers, first = numbered(both)
        here = np.zeros(first.size, np.complex128)
        here[numbers[: self.nactive]] = self._values
        return complex(scalar * np.vdot(here[numbers[self.nactive :]], values))

    def expectation(self, pauli: observables.PauliSum) -> float | complex:
        """Return the expectation value of Pauli strings: see `qvarray.gates.expectation`.

        Raises
        ------
        ValueError
            For strings of other characters than I, X, Y and Z, or not one for each qubit; or a
            state that is not normalised.
        """
        terms = observables.pauli_terms(pauli, self.n)
        self.require_unit()
        total: complex = 0.0
        for text, factor in terms:
            total = total + factor * self.overlap(self._after_letters(text)).real
        return total

    def _after_letters(self, text: str) -> Self:
        """Return the state after a Pauli string, in its frames."""
        after = self._but(self._words, self._values)
        after._scale = self._scale
        for q, letter in enumerate(text):
            if letter != "I":
                p = self.n - 1 - q
                after._frames[p] = product(PAULIS[letter], after._frames[p])
        return after

    def pauli_times(self, terms: Sequence[tuple[str, complex]]) -> Self:
        """Return the state times a sum of Pauli strings, not normalised, in the same frames."""
        words, values = [self._words[:, :0]], [self._values[:0]]
        for text, factor in terms:
            i, v = self._words, self._values * (factor * self._scale)
            for q, letter in enumerate(text):
                if letter != "I":
                    p = self.n - 1 - q
                    frame = self._frames[p]
                    matrix = product(adjoint(frame), product(PAULIS[letter], frame))
                    i, v = _multiplied(i, v, p, matrix)
            words.append(i)
            values.append(v)
        return self._but(*_merged(np.concatenate(words, axis=1), np.concatenate(values)))

    def require_unit(self) -> None:
        """Raise ValueError where the squares of the amplitudes do not add up to 1."""
        size = float(np.linalg.norm(self._values)) * abs(self._scale)
        if not abs(size - 1.0) < 1e-6:
            raise ValueError(f"the state is not normalised: its norm is {size!r}")

    def amplitudes(self, bits: str | Iterable[str]) -> Array:
        """Return the amplitudes at bit strings, qubit 0 first. O(k n) each.

        Raises
        ------
        ValueError
            For strings of other characters than 0 and 1, or not one for each qubit.
        """
        strings: Any = [bits] if isinstance(bits, str) else many(bits)
        out = []
        for text in strings:
            terms = self._values * self._scale
            for q, value in enumerate(row_of(text, self.n)):
                p = self.n - 1 - q
                row = np.array(self._frames[p][2:] if value else self._frames[p][:2])
                terms = terms * row[self._bit(p)]
            out.append(terms.sum())
        return np.array(out, np.complex128)

    def to_dict(self) -> dict[str, complex]:
        """Return the amplitudes that are not zero, by their bit strings.

        Raises
        ------
        MaterializationError
            Where they are over the memory budget.
        """
        state = self._opened(range(self.n))
        require_budget((3 * self.n + 120) * state.nactive, INSTEAD)
        rows = np.array([state._bit(p) for p in reversed(range(self.n))], np.uint8).T
        values = (state._values * state._scale).tolist()
        return dict(sorted(zip(texts_of(rows), values, strict=True)))

    def top(self, k: int) -> dict[str, complex]:
        """Return the k amplitudes of largest size, largest first, by their bit strings."""
        ordered = sorted(self.to_dict().items(), key=lambda entry: (-abs(entry[1]), entry[0]))
        return dict(ordered[: non_negative("k", k)])
