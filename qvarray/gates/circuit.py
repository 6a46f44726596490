"""`Circuit`: operations in an order, to run, to invert, to repeat and to draw."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from numpy.typing import ArrayLike

from . import oracles
from .circuit_methods import GateMethods
from .circuit_program import Compiled, compiled
from .drawing import draw
from .functions import make
from .gate_table import GATES, Operation
from .validation import integer, many, non_negative, qubit_count, qubit_list

__all__ = [
    "Circuit",
    "Entry",
]

#: Classical bits and the values that they must have.
Condition = tuple[tuple[int, ...], int]


@dataclass(frozen=True)
class Entry:
    """One step of a circuit.

    Attributes
    ----------
    kind : {"gate", "measure", "reset"}
    qubits : tuple of int
    operation : Operation or None
        Of a gate.
    clbits : tuple of int
        Where a measurement is written, one for each qubit.
    condition : tuple or None
        Classical bits, and the value of their register, the first the most significant, at
        which the step is taken.
    """

    kind: str
    qubits: tuple[int, ...]
    operation: Operation | None = None
    clbits: tuple[int, ...] = ()
    condition: Condition | None = None


class Circuit(GateMethods):
    """A list of operations on n qubits, with m classical bits for measurements.

    Parameters
    ----------
    n : int
        Qubits, 1 to 62.
    m : int
        Classical bits.

    Raises
    ------
    ValueError
        For another number of qubits, or a negative one of bits.

    Notes
    -----
    Every named gate is a method: ``circuit.h(0).cx(0, 1)``.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(2).h(0).cx(0, 1)
    >>> print(circuit)
    q0: ─[H]─●─
             │
    q1: ─────⊕─
    >>> y = qv.gates.run(circuit)
    >>> qv.gates.to_dict(qv.gates.run(circuit.inverse(), y))
    {'00': (1+0j)}
    """

    def __init__(self, n: int, m: int = 0) -> None:
        self.n = qubit_count(n)
        self.m = non_negative("the number of classical bits", m)
        self.entries: list[Entry] = []
        self._plan: tuple[list[Entry], list[Compiled | Entry]] = ([], [])

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __repr__(self) -> str:
        return f"<Circuit of {self.n} qubits, {self.m} bits, {len(self)} operations>"

    def __str__(self) -> str:
        return self.draw()

    def plan(self) -> list[Compiled | Entry]:
        """The entries with runs of gates in numbers; kept until there are others."""
        entries, plan = self._plan
        if entries != self.entries:
            plan = _planned(self.entries, self.n)
            self._plan = (list(self.entries), plan)
        return plan

    # -- building ---------------------------------------------------------------------------

    def _condition(self, condition: Any) -> Condition | None:
        if condition is None:
            return None
        try:
            bits, value = condition
        except (TypeError, ValueError):
            raise ValueError(f"a condition has bits and a value, got {condition!r}") from None
        bits, value = self._clbits(bits), integer("the value of a condition", value)
        if not 0 <= value < 1 << len(bits):
            raise ValueError(f"{value} is no value of {len(bits)} classical bits")
        return bits, value

    def _clbits(self, bits: Any) -> tuple[int, ...]:
        out = tuple(integer("a classical bit", b) for b in many(bits))
        for b in out:
            if not 0 <= b < self.m:
                raise ValueError(f"classical bit {b} is out of range for {self.m}")
        if len(set(out)) < len(out):
            raise ValueError(f"repeated classical bits: {list(out)}")
        return out

    def _add(self, operation: Operation, condition: Any) -> Circuit:
        entry = Entry("gate", operation.qubits, operation, (), self._condition(condition))
        self.entries.append(entry)
        return self

    def append(self, gate: Any, *arguments: Any, condition: Any = None) -> Circuit:
        """Append a gate by its name, with its angles and then its qubits.

        Parameters
        ----------
        gate : str, callable, Circuit or Operation
            A name such as "cx", or the function of that name; or all of another circuit, on the
            qubits that follow.
        *arguments : float and int
        condition : tuple of (classical bits, value), optional
            The gate is applied only where these bits, the first the most significant, have that
            value.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        ValueError
            For an unknown gate, a wrong number of arguments, qubits or bits out of range or
            repeated. Nothing is appended then.
        """
        if isinstance(gate, Circuit):
            return self.compose(gate, *arguments, condition=condition)
        if isinstance(gate, Operation):
            qubit_list(gate.qubits, self.n)
            return self._add(gate, condition)
        name = gate if isinstance(gate, str) else getattr(gate, "__name__", repr(gate))
        known = GATES.get(name)
        if known is None:
            raise ValueError(f"there is no gate {name!r}")
        angles = len(known.params)
        qubits: list[Any] = []
        for one in arguments[angles:]:
            qubits.extend(many(one))
        return self._add(make(name, arguments[:angles], qubits, self.n), condition)

    def unitary(self, matrix: ArrayLike, qubits: Any, *, condition: Any = None) -> Circuit:
        """Append a matrix on up to 4 qubits; see `qvarray.gates.unitary`."""
        return self._add(oracles.unitary_operation(matrix, qubits, self.n), condition)

    def permutation(
        self,
        f: Callable[..., Any],
        qubits: Any,
        inverse: Callable[..., Any] | None = None,
        *,
        condition: Any = None,
    ) -> Circuit:
        """Append a reversible map of registers; see `qvarray.gates.permutation`."""
        return self._add(oracles.permutation_operation(f, qubits, self.n, inverse), condition)

    def phase(self, f: Callable[..., Any], qubits: Any, *, condition: Any = None) -> Circuit:
        """Append a phase by a function of registers; see `qvarray.gates.phase`."""
        return self._add(oracles.phase_operation(f, qubits, self.n), condition)

    def oracle(
        self,
        f: Callable[..., Any],
        inputs: Sequence[int],
        outputs: Sequence[int],
        *,
        condition: Any = None,
    ) -> Circuit:
        """Append ``|a, b> -> |a, b ^ f(a)>``; see `qvarray.gates.oracle`."""
        step = oracles.oracle_map(f)
        return self.permutation(step, [list(inputs), list(outputs)], step, condition=condition)

    def phase_oracle(
        self, f: Callable[..., Any], qubits: Sequence[int], *, condition: Any = None
    ) -> Circuit:
        """Append a sign by a function of a register; see `qvarray.gates.phase_oracle`."""
        return self._add(oracles.sign_operation(f, qubits, self.n), condition)

    def measure(self, qubits: Any, clbits: Any, *, condition: Any = None) -> Circuit:
        """Append a measurement of qubits into classical bits, one each.

        Raises
        ------
        ValueError
            For qubits or bits out of range or repeated, or not as many of each.
        """
        chosen, bits = tuple(qubit_list(qubits, self.n)), self._clbits(clbits)
        if len(chosen) != len(bits):
            raise ValueError(f"{len(chosen)} qubits to measure into {len(bits)} classical bits")
        self.entries.append(Entry("measure", chosen, None, bits, self._condition(condition)))
        return self

    def reset(self, qubits: Any, *, condition: Any = None) -> Circuit:
        """Append a reset of qubits to 0: a measurement, and a flip where it finds 1."""
        chosen = tuple(qubit_list(qubits, self.n))
        self.entries.append(Entry("reset", chosen, condition=self._condition(condition)))
        return self

    # -- other circuits ---------------------------------------------------------------------

    def copy(self) -> Circuit:
        """Another circuit of the same operations."""
        new = Circuit(self.n, self.m)
        new.entries = list(self.entries)
        return new

    def compose(
        self, other: Circuit, qubits: Any = None, clbits: Any = None, *, condition: Any = None
    ) -> Circuit:
        """Append all of another circuit.

        Parameters
        ----------
        other : Circuit
        qubits : sequence of int, optional
            Which qubits of this circuit those of the other are; the first ones if left out.
        clbits : sequence of int, optional
            The same of classical bits.
        condition : tuple, optional
            As in `append`, for each operation; those of `other` must have none then.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        ValueError
            For qubits or bits out of range, repeated, or of another number than the other has.
        """
        if not isinstance(other, Circuit):
            raise TypeError(f"a circuit is composed with another, got {other!r}")
        chosen = qubit_list(range(other.n) if qubits is None else qubits, self.n)
        bits = self._clbits(range(other.m) if clbits is None else clbits)
        if len(chosen) != other.n or len(bits) != other.m:
            raise ValueError(
                f"a circuit of {other.n} qubits and {other.m} bits on {len(chosen)} and {len(bits)}"
            )
        outer = self._condition(condition)
        added = []
        for entry in other.entries:
            at = tuple(chosen[q] for q in entry.qubits)
            own = entry.condition
            if own is not None:
                if outer is not None:
                    raise ValueError("an operation cannot have two conditions")
                own = (tuple(bits[b] for b in own[0]), own[1])
            operation = entry.operation
            added.append(
                Entry(
                    entry.kind,
                    at,
                    None if operation is None else replace(operation, qubits=at),
                    tuple(bits[b] for b in entry.clbits),
                    outer if own is None else own,
                )
            )
        self.entries.extend(added)
        return self

    def inverse(self) -> Circuit:
        """The circuit that undoes this one.

        Raises
        ------
        ValueError
            Where there is a measurement, a reset or a condition, or a map of many qubits
            whose inverse was not given.
        """
        new = Circuit(self.n, self.m)
        for entry in reversed(self.entries):
            if entry.operation is None or entry.condition is not None:
                what = "what depends on measurements" if entry.condition else f"a {entry.kind}"
                raise ValueError(f"{what} cannot be undone")
            new.entries.append(replace(entry, operation=entry.operation.inverse()))
        return new

    def power(self, exponent: int) -> Circuit:
        """The circuit several times after itself; a negative exponent repeats its inverse."""
        exponent = operator.index(exponent)
        one = self if exponent >= 0 else self.inverse()
        new = Circuit(self.n, self.m)
        new.entries = one.entries * abs(exponent)
        return new

    # -- looking ----------------------------------------------------------------------------

    def depth(self) -> int:
        """The length of the longest chain of operations that share a qubit or a classical bit."""
        qubits, bits = [0] * self.n, [0] * self.m
        for entry in self.entries:
            used = (*entry.clbits, *(entry.condition[0] if entry.condition else ()))
            level = 1 + max(
                [*(qubits[q] for q in entry.qubits), *(bits[b] for b in used)], default=0
            )
            for q in entry.qubits:
                qubits[q] = level
            for b in used:
                bits[b] = level
        return max([*qubits, *bits], default=0)

    def count_ops(self) -> dict[str, int]:
        """How many of each operation there are, most frequent first."""
        names = [e.operation.name if e.operation else e.kind for e in self.entries]
        return dict(Counter(names).most_common())

    def draw(self, width: int = 100) -> str:
        """The circuit as text, a line for each qubit.

        Conditional gates have a question mark; ``[M→0]`` is a measurement into classical bit 0.
        """
        return draw(self.n, self.entries, width)

    @classmethod
    def from_qiskit(cls, circuit: Any) -> Circuit:
        """A circuit of Qiskit; its qubit q is qubit q here.

        Parameters
        ----------
        circuit : qiskit.QuantumCircuit
            With all its parameters bound.

        Returns
        -------
        Circuit

        Raises
        ------
        ValueError
            For more than 62 qubits, unbound parameters, loops, or conditions other than that
            bits or a register have a value.
        ImportError
            Where Qiskit is not installed (``pip install "qvarray[qiskit]"``).

        Notes
        -----
        Gates that are not named here are decomposed by Qiskit.
        """
        from .qiskit import circuit_from_qiskit

        return circuit_from_qiskit(circuit, cls)

    @classmethod
    def from_qasm(cls, text: str) -> Circuit:
        """A circuit from OpenQASM 2, or from 3 where Qiskit can read it.

        Parameters
        ----------
        text : str

        Returns
        -------
        Circuit

        Raises
        ------
        ValueError
            For a program that Qiskit cannot read, or what `from_qiskit` raises.
        ImportError
            Where Qiskit, or its reader of OpenQASM 3, is not installed.
        """
        from .qiskit import circuit_from_qasm

        return circuit_from_qasm(text, cls)


# -- running --------------------------------------------------------------------------------


# Fewer gates are not worth a kernel, which has to be compiled or loaded first.
_RUN = 4


def _planned(entries: list[Entry], n: int) -> list[Compiled | Entry]:
    """Runs of gates as arrays, and what is between them as it is."""
    out: list[Compiled | Entry] = []
    for in_numbers, group in groupby(entries, key=_is_in_numbers):
        run = list(group)
        operations = [one.operation for one in run if one.operation is not None]
        if in_numbers and len(run) >= _RUN:
            out.append(compiled(operations, n))
        else:
            out.extend(run)
    return out


def _is_in_numbers(entry: Entry) -> bool:
    one = entry.operation
    if one is None or entry.condition is not None:
        return False
    return one.payload is None or (
        isinstance(one.payload, oracles.Unitary) and len(one.qubits) == 1
    )
