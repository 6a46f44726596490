"""`WideState`: a quantum state of any number of qubits, more than an array's index has bits for.

Indices are strings of bits in words of 62. Circuits run by the same kernel as on arrays; what is
asked of some qubits is asked of a narrow state, in which all others are one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import kernels
from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.values import Array
from ..errors import MaterializationError
from ..options import options
from . import measurement, observables
from .circuit_program import BYTES, Compiled, compiled
from .operations import Operation
from .single_qubit import HALF, IDENTITY, TINY, Frame, adjoint, eighths, product
from .state import State
from .validation import Qubits, Rng, non_negative, qubit_list, require_generator, wire_count

if TYPE_CHECKING:
    from .circuit import Circuit

__all__ = ["WideState"]

_WORD = 62
_INSTEAD = "ask for fewer qubits, take fewer gates that mix amplitudes, or raise the budget"
_PAULIS: dict[str, Frame] = {
    "X": (0j, 1 + 0j, 1 + 0j, 0j),
    "Y": (0j, -1j, 1j, 0j),
    "Z": (1 + 0j, 0j, 0j, -1 + 0j),
}


def _merged(words: Array, values: Array) -> tuple[Array, Array]:
    """Add up amplitudes of equal indices, and leave out what is the rounding of such a sum."""
    order = np.lexsort(words)
    words, values = words[:, order], values[order]
    is_new = np.ones(values.size, bool)
    is_new[1:] = (words[:, 1:] != words[:, :-1]).any(axis=0)
    starts = np.flatnonzero(is_new)
    sums = np.add.reduceat(values, starts)
    keep = np.abs(sums) > TINY * np.sqrt(np.add.reduceat(np.abs(values) ** 2, starts))
    return words[:, starts[keep]], sums[keep]


class WideState:
    """The state of n qubits that are all 0, n up to some thousands. Immutable.

    Parameters
    ----------
    n : int
        1 to 4096.
    cutoff : float
        Gates drop amplitudes of a smaller size where they compute some.

    Raises
    ------
    ValueError
        For another number of qubits, or a cutoff outside of [0, 1).

    Notes
    -----
    It is no array: from 63 qubits on an index has more bits than an integer. Methods have the names
    of the functions of `qvarray.gates`, which take arrays.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(400).h(0)
    >>> for q in range(399):
    ...     circuit = circuit.cx(q, q + 1)
    >>> x = qv.gates.WideState(400).run(circuit)
    >>> x
    <WideState of 400 qubits, 2 amplitudes>
    >>> round(x.expectation("X" * 400), 12), x.probabilities([0, 399]).round(12).tolist()
    (1.0, [[0.5, 0.0], [0.0, 0.5]])
    """

    __slots__ = ("_frames", "_scale", "_values", "_words", "cutoff", "dropped", "n")

    def __init__(self, n: int, *, cutoff: float = 0.0) -> None:
        count = wire_count(n)
        if not 0.0 <= cutoff < 1.0:
            raise ValueError(f"a cutoff is at least 0 and less than 1, got {cutoff!r}")
        self.n = count
        self.cutoff = float(cutoff)
        #: The square root of the sum of squares of the amplitudes that the cutoff dropped.
        self.dropped = 0.0
        self._words = np.zeros((-(-count // _WORD), 1), np.int64)
        self._values = np.ones(1, np.complex128)
        self._frames: list[Frame] = [IDENTITY] * count
        self._scale: complex = 1.0

    def __repr__(self) -> str:
        return f"<WideState of {self.n} qubits, {self.nactive} amplitudes>"

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:  # noqa: ANN401
        del dtype, copy
        raise TypeError(
            f"a state of {self.n} qubits is no array, which has up to 62: read it by its methods"
        )

    @property
    def nactive(self) -> int:
        """Number of amplitudes stored."""
        return int(self._values.size)

    def _but(self, words: Array, values: Array, frames: list[Frame] | None = None) -> WideState:
        """Return another of these amplitudes, with what is common to all multiplied into them."""
        new = WideState(self.n, cutoff=self.cutoff)
        new.dropped = self.dropped
        new._words, new._values = words, values
        new._frames = list(self._frames if frames is None else frames)
        return new

    def _bit(self, p: int) -> Array:
        bits: Array = self._words[p // _WORD] >> p % _WORD & 1
        return bits

    # -- gates ------------------------------------------------------------------------------

    def run(self, circuit: Circuit, rng: Rng | None = None) -> WideState:
        """Return the state after a circuit.

        Parameters
        ----------
        circuit : Circuit
            Of as many qubits.
        rng : numpy.random.Generator or int, optional
            Needed for measurements and resets.

        Raises
        ------
        ValueError
            For another number of qubits, a measurement without `rng`, or operations that are no
            named gates, as oracles are.
        MaterializationError
            Where amplitudes would be over the memory budget.

        Notes
        -----
        As on arrays: O(1) a gate on a frame, O(k n / 62) where amplitudes are computed.
        """
        return self.run_with_bits(circuit, rng)[0]

    def run_with_bits(self, circuit: Circuit, rng: Rng | None = None) -> tuple[WideState, str]:
        """Return the state after a circuit, and the classical bits, number 0 first; see `run`."""
        if circuit.n != self.n:
            raise ValueError(f"a circuit of {circuit.n} qubits on a state of {self.n}")
        circuit.require_bound()
        generator = None if rng is None else require_generator(rng)
        state, bits = self, ["0"] * circuit.m
        for step in circuit.plan():
            if isinstance(step, Compiled):
                state = state._after(step)
                continue
            if step.condition is not None:
                which, value = step.condition
                if int("".join(bits[b] for b in which), 2) != value:
                    continue
            if step.operation is not None:
                state = state._applied(step.operation)
            elif step.kind in ("measure", "reset"):
                if generator is None:
                    raise ValueError("a circuit that measures needs a random generator")
                found, state = state.measure(step.qubits, generator)
                for q, character in zip(step.qubits, found, strict=True):
                    if step.kind == "reset" and character == "1":
                        state = state._applied(Operation("x", (q,)))
                for b, character in zip(step.clbits, found, strict=False):
                    bits[b] = character
        return state, "".join(bits)

    def _applied(self, operation: Operation) -> WideState:
        if operation.payload is not None and len(operation.qubits) > 1:
            raise ValueError(f"{operation.name} is not known to states of more than 62 qubits")
        return self._after(compiled([operation], self.n))

    def _after(self, what: Compiled) -> WideState:
        each = BYTES + 32 * len(self._words)
        limit = options.memory_budget // each
        values = self._values * self._scale
        found = kernels.circuit_run.run(
            what.program, self._words, values, np.array(self._frames), 0.0, 0, limit, self.cutoff
        )
        if found.blocks:
            raise MaterializationError(4 * limit * each, options.memory_budget, _INSTEAD)
        by_bit: list[Any] = found.frames.tolist()
        places = found.places.tolist()
        new = self._but(found.indices, found.values, [tuple(by_bit[p]) for p in places])
        new._scale = eighths(found.turns) * (HALF if found.halves else 1.0)
        new.dropped = float(np.hypot(self.dropped, found.dropped**0.5))
        moved = [(q, p) for q, p in enumerate(places) if q != p]
        if moved:
            words = new._words.copy()
            for q, p in moved:
                words[q // _WORD] &= ~(1 << q % _WORD)
                words[q // _WORD] |= new._bit(p) << q % _WORD
            new._words = words
        return new

    def _turned(self, p: int, u: Frame) -> WideState:
        """Return the state with a matrix applied to a bit of its indices, under its frames."""
        a, b, c, d = u
        on = self._bit(p) == 1
        word, mask = p // _WORD, np.int64(1) << p % _WORD
        if abs(b) < TINY and abs(c) < TINY:
            return self._scaled_but(self._words, self._values * np.where(on, d, a))
        flipped = self._words.copy()
        flipped[word] ^= mask
        if abs(a) < TINY and abs(d) < TINY:
            return self._scaled_but(flipped, self._values * np.where(on, b, c))
        require_budget(2 * self._values.size * (16 + 24 * len(self._words)), _INSTEAD)
        words = np.concatenate([self._words, flipped], axis=1)
        values = [self._values * np.where(on, d, a), self._values * np.where(on, b, c)]
        return self._scaled_but(*_merged(words, np.concatenate(values)))

    def _scaled_but(self, words: Array, values: Array) -> WideState:
        new = self._but(words, values)
        new._scale = self._scale
        return new

    def _opened(self, bits: Iterable[int]) -> WideState:
        """Return the same with the frames of some bits taken into the amplitudes."""
        state = self
        for p in bits:
            if state._frames[p] != IDENTITY:
                state = state._turned(p, state._frames[p])
                state._frames[p] = IDENTITY
        return state

    # -- readouts ---------------------------------------------------------------------------

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
        O(k n / 62). Reduced density matrices of the m qubits are the same.
        """
        chosen = [self.n - 1 - q for q in qubit_list(qubits, self.n)]
        rest = self._words.copy()
        for p in chosen:
            rest[p // _WORD] &= ~(1 << p % _WORD)
        _, numbers = np.unique(rest, axis=1, return_inverse=True)
        numbers = numbers.ravel()
        spare = max(int(numbers.max()).bit_length(), int(not chosen))
        total = len(chosen) + spare
        if total > _WORD:
            raise ValueError(
                f"{len(chosen)} qubits, with {spare} for what the others are, are more than 62"
            )
        indices = numbers.astype(np.int64)
        frames = [IDENTITY] * spare
        for place, p in enumerate(reversed(chosen)):
            indices |= self._bit(p) << (spare + place)
            frames.append(self._frames[p])
        order = indices.argsort()
        values = (self._values * self._scale)[order]
        return VirtualQArray(State((1 << total,), values, indices[order], tuple(frames)))

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
        """Draw outcomes of a measurement.

        Parameters
        ----------
        shots : int
        rng : numpy.random.Generator or int
        qubits : int or sequence of m ints, optional
            All if left out.

        Returns
        -------
        ndarray of uint8, shape (shots, m)
            The bits of each outcome.

        Raises
        ------
        MaterializationError
            Where the amplitudes of these qubits are over the memory budget.
        """
        shots, rng = non_negative("shots", shots), require_generator(rng)
        chosen = qubit_list(range(self.n) if qubits is None else qubits, self.n)
        require_budget(2 * shots * len(chosen), "draw fewer shots, or raise the budget")
        bits = [self.n - 1 - q for q in chosen]
        constants = {p: int(self._bit(p)[0]) for p in bits if not np.ptp(self._bit(p))}
        state = self._opened(p for p in bits if p not in constants)
        weights = np.cumsum(np.abs(state._values) ** 2)
        picked = np.searchsorted(weights, rng.random(shots) * weights[-1], side="right")
        out = np.empty((shots, len(bits)), np.uint8)
        for place, p in enumerate(bits):
            if p in constants:
                chance = abs(self._frames[p][2 + constants[p]]) ** 2
                out[:, place] = rng.random(shots) < chance
            else:
                out[:, place] = state._bit(p)[picked]
        return out

    def measure(
        self, qubits: Qubits, rng: Rng | None = None, *, outcome: str | None = None
    ) -> tuple[str, WideState]:
        """Measure some qubits: what is found, and the state afterwards: `qvarray.gates.measure`."""
        chosen = qubit_list(qubits, self.n)
        if rng is None and outcome is None:
            raise ValueError("measure needs a random generator, or the outcome")
        if outcome is not None and (len(outcome) != len(chosen) or set(outcome) - {"0", "1"}):
            raise ValueError(f"{len(chosen)} qubits have no outcome {outcome!r}")
        generator = None if rng is None else require_generator(rng)
        state, found = self, ""
        for place, q in enumerate(chosen):
            p = self.n - 1 - q
            chance = float(state.probabilities(q)[1])
            if outcome is not None:
                value = int(outcome[place])
            else:
                assert generator is not None
                value = int(generator.random() < chance)
            if (chance if value else 1.0 - chance) < 1e-14:
                raise ValueError(f"the outcome {outcome!r} has probability zero")
            state = state._opened([p])
            keep = state._bit(p) == value
            values = state._values[keep] * state._scale
            state = state._but(state._words[:, keep], values / np.linalg.norm(values))
            found += str(value)
        return found, state

    def overlap(self, other: WideState) -> complex:
        """Return the inner product with another state, this one conjugated.

        Raises
        ------
        ValueError
            For a state of another number of qubits.
        """
        if other.n != self.n:
            raise ValueError(f"states of {self.n} and {other.n} qubits")
        for p in range(self.n):
            inner = product(adjoint(self._frames[p]), other._frames[p])
            if inner != IDENTITY:
                other = other._turned(p, inner)
        rows = {row.tobytes(): place for place, row in enumerate(self._words.T.copy())}
        total: complex = 0.0
        for row, value in zip(other._words.T.copy(), other._values, strict=True):
            place = rows.get(row.tobytes())
            if place is not None:
                total += complex(self._values[place].conjugate() * value)
        return total * complex(self._scale).conjugate() * other._scale

    def fidelity(self, other: WideState) -> float:
        """Return the square of the size of the inner product with another state."""
        return abs(self.overlap(other)) ** 2

    def expectation(self, pauli: str | Mapping[str, float]) -> float:
        """Return the expectation value of a Pauli string, or of a sum of them with factors.

        Raises
        ------
        ValueError
            For strings of other characters than I, X, Y and Z, or not one for each qubit.
        """
        total = 0.0
        for text, factor in ({pauli: 1.0} if isinstance(pauli, str) else pauli).items():
            if len(text) != self.n or set(text) - set("IXYZ"):
                raise ValueError(f"a string of {self.n} characters I, X, Y and Z, got {text!r}")
            after = self._scaled_but(self._words, self._values)
            for q, letter in enumerate(text):
                if letter != "I":
                    p = self.n - 1 - q
                    after._frames[p] = product(_PAULIS[letter], after._frames[p])
            total += factor * self.overlap(after).real
        return total

    def amplitudes(self, bits: Iterable[str]) -> Array:
        """Return the amplitudes at bit strings, qubit 0 first. O(k n) each.

        Raises
        ------
        ValueError
            For strings of other characters than 0 and 1, or not one for each qubit.
        """
        out = []
        for text in bits:
            if len(text) != self.n or set(text) - {"0", "1"}:
                raise ValueError(f"a string of {self.n} characters 0 and 1, got {text!r}")
            terms = self._values * self._scale
            for q, character in enumerate(text):
                p = self.n - 1 - q
                row = np.array(self._frames[p][2:] if character == "1" else self._frames[p][:2])
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
        require_budget((self.n + 120) * state.nactive, _INSTEAD)
        table = np.array([state._bit(p) for p in reversed(range(self.n))], np.uint8)
        texts = ["".join(map(str, column)) for column in table.T.tolist()]
        values = (state._values * state._scale).tolist()
        return dict(sorted(zip(texts, values, strict=True)))

    def top(self, k: int) -> dict[str, complex]:
        """Return the k amplitudes of largest size, largest first, by their bit strings."""
        ordered = sorted(self.to_dict().items(), key=lambda entry: (-abs(entry[1]), entry[0]))
        return dict(ordered[: non_negative("k", k)])
