"""`MatrixProducts`: a state of low entanglement, as a product of matrices for each qubit's value.

Tensors are in right-canonical form, with the Schmidt values of each bond: what is asked of some
qubits is a product over these and those between.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn, Self

import numpy as np

from ..core.budget import require_budget
from ..core.values import Array
from . import aer, measurement, observables
from .answering import Answering, AnyState
from .bit_strings import row_of
from .circuit import Circuit
from .operations import Operation
from .preparation import to_dict
from .separation import Part
from .single_qubit import PAULIS
from .validation import Qubits, Rng, many, non_negative, qubit_list, require_generator

_INSTEAD = "ask for fewer qubits, or raise the budget"
# Schmidt values that are smaller, of the largest, are the rounding of others.
_ROUNDING = 1e-14


def _canonical(tensors: Sequence[Array]) -> tuple[list[Array], list[Array]]:
    """Return tensors in right-canonical form, normalised, and the Schmidt values of each bond."""
    out: list[Array] = []
    left = np.ones((1, 1), np.complex128)
    for tensor in tensors:
        tensor = np.tensordot(left, tensor, 1)
        before, _, after = tensor.shape
        q, left = np.linalg.qr(tensor.reshape(2 * before, after))
        out.append(q.reshape(before, 2, -1))
    right = left / np.linalg.norm(left)
    schmidt: list[Array] = []
    for place in reversed(range(len(out))):
        tensor = np.tensordot(out[place], right, 1)
        before, _, after = tensor.shape
        if not place:
            out[place] = tensor
            break
        u, s, v = np.linalg.svd(tensor.reshape(before, 2 * after), full_matrices=False)
        keep = int((s > _ROUNDING * s[0]).sum())
        out[place] = v[:keep].reshape(keep, 2, after)
        right = u[:, :keep] * s[:keep]
        schmidt.append(s[:keep] / np.linalg.norm(s[:keep]))
    return out, schmidt[::-1]


class MatrixProducts(Answering):
    """A state of n qubits as a matrix product. Immutable.

    What `qvarray.gates.run` gives with ``method="mps"``. Functions of `qvarray.gates` take it as
    they do arrays; it has methods of their names.

    Notes
    -----
    Of bonds up to D: O(n D**2) numbers; O(n D**3) what is asked of it. Gates and circuits are run
    by Qiskit Aer.
    """

    __slots__ = ("_schmidt", "_tensors", "dropped", "n")

    def __init__(self, tensors: Sequence[Array], dropped: float = 0.0) -> None:
        self._tensors, self._schmidt = _canonical(tensors)
        self.n = len(self._tensors)
        #: The square root of the sum of squares of the amplitudes that were dropped.
        self.dropped = dropped

    def __repr__(self) -> str:
        return f"<MatrixProducts of {self.n} qubits, bonds up to {self.bonds}>"

    def __array__(self, dtype: object = None, copy: object = None) -> NoReturn:
        del dtype, copy
        raise TypeError("a matrix product state is no array: read it by the functions of gates")

    @property
    def bonds(self) -> int:
        """The largest dimension of a bond."""
        return max(tensor.shape[2] for tensor in self._tensors)

    @classmethod
    def of(cls, x: AnyState) -> Self:
        """Return a sparse state as a matrix product, of as few bonds as there can be."""
        part = Part.of(x)  # type: ignore[arg-type]
        count, n = part.values.size, part.n
        rows = np.array([part.bit(n - 1 - q) for q in range(n)]).T
        frames = np.array(part.frames[::-1]).reshape(n, 2, 2)
        if count == 1:
            columns = frames[np.arange(n), :, rows[0]]
            columns[0] *= part.values[0]
            return cls([*columns.reshape(n, 1, 2, 1)])
        # A number for each different end of the strings, from each qubit on.
        ends = np.zeros((n + 1, count), np.int64)
        for q in reversed(range(n)):
            ends[q] = np.unique(2 * ends[q + 1] + rows[:, q], return_inverse=True)[1]
        rest = np.empty((1, count), np.complex128)
        rest[0, ends[0]] = part.values
        tensors = []
        for q in range(n):
            left, groups = rest.shape[0], int(ends[q + 1].max()) + 1
            require_budget(64 * left * groups, _INSTEAD)
            _, one = np.unique(ends[q], return_index=True)
            matrix = np.zeros((left, 2, groups), np.complex128)
            matrix[:, rows[one, q], ends[q + 1, one]] = rest
            u, s, v = np.linalg.svd(matrix.reshape(2 * left, groups), full_matrices=False)
            keep = max(1, int((s > _ROUNDING * s[0]).sum()))
            tensors.append(u[:, :keep].reshape(left, 2, keep))
            rest = s[:keep, None] * v[:keep]
        tensors[-1] = tensors[-1] @ rest
        return cls([np.einsum("st,atb->asb", *pair) for pair in zip(frames, tensors, strict=True)])

    @property
    def tensors(self) -> list[Array]:
        """One of each qubit, of shape (left, 2, right); all but the first right-canonical."""
        return [*self._tensors]

    def vidal(self) -> aer.Vidal:
        """Return the state as Aer takes it: without the weights of bonds, and those."""
        weights = [*self._schmidt, np.ones(1)]
        pairs = [tensor / weight for tensor, weight in zip(self._tensors, weights, strict=True)]
        return [(pair[:, 0].copy(), pair[:, 1].copy()) for pair in pairs], self._schmidt

    # -- gates ------------------------------------------------------------------------------

    def applied(self, operations: Sequence[Operation]) -> Self:
        """Return the state after some operations."""
        circuit = Circuit(self.n)
        for operation in operations:
            circuit.append(operation)
        return self.run_with_bits(circuit, np.random.default_rng(0))[0]

    def run_with_bits(self, circuit: Circuit, rng: np.random.Generator) -> tuple[Self, str]:
        """Return the state after a circuit, and the classical bits."""
        found = aer.evolved(circuit, self.vidal(), rng)
        dropped = float(np.hypot(self.dropped, found.dropped**0.5))
        return type(self)(found.tensors, dropped), found.bits

    def _chance_of_one(self, q: int) -> tuple[Self, float]:
        return self, float(self.probabilities(q)[1])

    def _projected(self, q: int, value: int) -> Self:
        tensors = list(self._tensors)
        tensors[q] = tensors[q].copy()
        tensors[q][:, 1 - value] = 0
        return type(self)(tensors, self.dropped)

    # -- readouts ---------------------------------------------------------------------------

    def _left(self, q: int) -> Array:
        """Return what the qubits before one are to it when they are traced out."""
        squares = self._schmidt[q - 1] ** 2 if q else np.ones(1)
        return np.diag(squares).astype(np.complex128)

    def _mean(self, matrices: dict[int, Array]) -> complex:
        """Return the expectation value of a product of matrices on some qubits."""
        if not matrices:
            return 1.0
        first, last = min(matrices), max(matrices)
        inside = self._left(first)
        for q in range(first, last + 1):
            tensor = self._tensors[q]
            after = tensor if q not in matrices else np.einsum("st,atb->asb", matrices[q], tensor)
            inside = np.tensordot(
                tensor.conj(), np.tensordot(inside, after, (1, 0)), ((0, 1), (0, 1))
            )
        return complex(np.trace(inside))

    def expectation(self, pauli: observables.PauliSum) -> float | complex:
        """Return the expectation value of Pauli strings: see `qvarray.gates.expectation`."""
        total: complex = 0.0
        for text, factor in observables.pauli_terms(pauli, self.n):
            letters = {
                q: np.array(PAULIS[letter]).reshape(2, 2)
                for q, letter in enumerate(text)
                if letter != "I"
            }
            total = total + factor * self._mean(letters).real
        return total

    def _reduced(self, chosen: list[int], keep: str) -> Array:
        """Contract all but some qubits, in their order; `keep` has the subscripts of a qubit."""
        width = len(keep)
        first, last = min(chosen), max(chosen)
        largest = max(tensor.shape[2] for tensor in self._tensors[first : last + 1])
        require_budget(64 * 2 ** (width * len(chosen)) * largest**2, _INSTEAD)
        inside = self._left(first)[None]
        for q in range(first, last + 1):
            tensor = self._tensors[q]
            if q in chosen:
                ket, bra = keep[0], keep[-1]
                inside = np.einsum(
                    f"oab,b{ket}d,a{bra}c->o{keep}cd", inside, tensor, tensor.conj(),
                    optimize=True,
                )  # fmt: skip
                inside = inside.reshape(-1, *inside.shape[-2:])
            else:
                inside = np.einsum("oab,bsd,asc->ocd", inside, tensor, tensor.conj(), optimize=True)
        out = np.trace(inside, axis1=1, axis2=2).reshape((2,) * (width * len(chosen)))
        order = np.argsort(np.argsort(chosen))
        axes = [width * place + side for side in range(width) for place in order]
        return out.transpose(axes)

    def probabilities(self, qubits: Qubits) -> Array:
        """Return the probabilities of values of some qubits: `qvarray.gates.probabilities`."""
        chosen = qubit_list(qubits, self.n)
        return self._reduced(chosen, "s").real if chosen else np.ones(())

    def density_matrix(self, qubits: Qubits) -> Array:
        """Return the density matrix of some qubits: see `qvarray.gates.density_matrix`."""
        chosen = qubit_list(qubits, self.n)
        m = 1 << len(chosen)
        return self._reduced(chosen, "st").reshape(m, m) if chosen else np.ones((1, 1), complex)

    def entropy(self, qubits: Qubits) -> float:
        """Return the entanglement entropy of some qubits with the others, in bits."""
        chosen = sorted(qubit_list(qubits, self.n))
        rest = [q for q in range(self.n) if q not in chosen]
        if not chosen or not rest:
            return 0.0
        part = min(chosen, rest, key=len)
        first, second = (chosen, rest) if 0 in chosen else (rest, chosen)
        if max(first) < min(second):
            chances = self._schmidt[max(first)] ** 2
        else:
            chances = np.linalg.eigvalsh(self.density_matrix(part))
        chances = chances[chances > 1e-300]
        return max(0.0, float(-(chances * np.log2(chances)).sum()))

    def overlap(self, other: AnyState) -> complex:
        """Return the inner product with another state, this one conjugated.

        Raises
        ------
        ValueError
            For a state of another number of qubits.
        """
        if not isinstance(other, MatrixProducts):
            amplitudes = to_dict(other)  # type: ignore[arg-type]
            own = self.amplitudes(amplitudes)
            return complex(np.vdot(own, np.array([*amplitudes.values()])))
        if other.n != self.n:
            raise ValueError(f"states of {self.n} and of {other.n} qubits")
        inside = np.ones((1, 1), np.complex128)
        for mine, its in zip(self._tensors, other._tensors, strict=True):
            inside = np.tensordot(mine.conj(), np.tensordot(inside, its, (1, 0)), ((0, 1), (0, 1)))
        return complex(inside[0, 0])

    def amplitudes(self, bits: str | Iterable[str]) -> Array:
        """Return the amplitudes at bit strings, qubit 0 first."""
        strings: Any = [bits] if isinstance(bits, str) else [*many(bits)]
        rows = np.array([row_of(text, self.n) for text in strings]).reshape(-1, self.n)
        inside = np.ones((len(rows), 1), np.complex128)
        for column, tensor in zip(rows.T, self._tensors, strict=True):
            after = np.empty((len(rows), tensor.shape[2]), np.complex128)
            for value in (0, 1):
                here = column == value
                after[here] = inside[here] @ tensor[:, value]
            inside = after
        return inside[:, 0]

    def sample(self, shots: int, rng: Rng, qubits: Qubits | None = None) -> Array:
        """Draw outcomes of a measurement: see `qvarray.gates.sample`."""
        shots, generator = non_negative("shots", shots), require_generator(rng)
        chosen = qubit_list(range(self.n) if qubits is None else qubits, self.n)
        require_budget(shots * (self.n + 64 * self.bonds), "draw fewer shots, or raise the budget")
        rows = np.empty((shots, self.n), np.uint8)
        inside = np.ones((shots, 1), np.complex128)
        for q, tensor in enumerate(self._tensors):
            both = np.tensordot(inside, tensor, 1)
            sizes = (np.abs(both) ** 2).sum(axis=2)
            rows[:, q] = generator.random(shots) * sizes.sum(axis=1) < sizes[:, 1]
            inside = both[np.arange(shots), rows[:, q]]
            inside /= np.linalg.norm(inside, axis=1, keepdims=True)
        return measurement.as_outcomes(rows[:, chosen])

    def _largest(self) -> Iterator[tuple[str, complex]]:
        """Yield the amplitudes that are not zero, largest first."""
        # The size of what follows a string of bits is at least that of each amplitude in it.
        waiting: list[tuple[float, str, Array]] = [(-1.0, "", np.ones((1,), np.complex128))]
        held = 0
        while waiting:
            _, bits, inside = heapq.heappop(waiting)
            if len(bits) == self.n:
                yield bits, complex(inside[0])
                continue
            for value in (0, 1):
                after = inside @ self._tensors[len(bits)][:, value]
                size = float(np.linalg.norm(after))
                if size > _ROUNDING:
                    heapq.heappush(waiting, (-size, bits + str(value), after))
            held += 16 * inside.size + self.n
            require_budget(held, _INSTEAD)

    def top(self, k: int) -> dict[str, complex]:
        """Return the k amplitudes of largest size, largest first, by their bit strings."""
        k = non_negative("k", k)
        return {bits: value for _, (bits, value) in zip(range(k), self._largest(), strict=False)}

    def to_dict(self) -> dict[str, complex]:
        """Return the amplitudes that are not zero, by their bit strings.

        Raises
        ------
        MaterializationError
            Where they are over the memory budget.
        """
        return dict(sorted(self._largest()))


def as_products(x: AnyState) -> MatrixProducts:
    """Return a state as a matrix product."""
    return x if isinstance(x, MatrixProducts) else MatrixProducts.of(x)
