"""`Circuit`: quantum gates in an order, to run, invert, repeat, draw, and read from Qiskit."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from .circuit_methods import GateMethods
from .circuit_oracles import OracleMethods
from .circuit_program import Compiled, planned
from .drawing import draw
from .gate_table import GATES
from .operations import Entry, Operation, named
from .qiskit import parsed, steps_of
from .validation import (
    Condition,
    Qubits,
    integer,
    many,
    non_negative,
    qubit_count,
    qubit_list,
)

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = ["Circuit"]


class Circuit(GateMethods, OracleMethods):
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
        """Return the entries with runs of gates as arrays; kept until there are others."""
        entries, plan = self._plan
        if entries != self.entries:
            plan = planned(self.entries, self.n)
            self._plan = (list(self.entries), plan)
        return plan

    # -- building ---------------------------------------------------------------------------

    def _condition(self, condition: Condition | None) -> tuple[tuple[int, ...], int] | None:
        if condition is None:
            return None
        try:
            bits, value = condition
        except (TypeError, ValueError):
            raise ValueError(f"a condition has bits and a value, got {condition!r}") from None
        chosen, value = self._clbits(bits), integer("the value of a condition", value)
        if not 0 <= value < 1 << len(chosen):
            raise ValueError(f"{value} is no value of {len(chosen)} classical bits")
        return chosen, value

    def _clbits(self, bits: Qubits) -> tuple[int, ...]:
        out = tuple(integer("a classical bit", b) for b in many(bits))
        for b in out:
            if not 0 <= b < self.m:
                raise ValueError(f"classical bit {b} is out of range for {self.m}")
        if len(set(out)) < len(out):
            raise ValueError(f"repeated classical bits: {list(out)}")
        return out

    def _add(self, operation: Operation, condition: Condition | None) -> Self:
        entry = Entry("gate", operation.qubits, operation, (), self._condition(condition))
        self.entries.append(entry)
        return self

    def append(
        self,
        gate: str | Callable[..., Any] | Circuit | Operation,
        *arguments: float | Iterable[int],
        condition: Condition | None = None,
    ) -> Self:
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
            return self.compose(gate, *arguments, condition=condition)  # type: ignore[arg-type]
        if isinstance(gate, Operation):
            qubit_list(gate.qubits, self.n)
            return self._add(gate, condition)
        name = gate if isinstance(gate, str) else getattr(gate, "__name__", repr(gate))
        known = GATES.get(name)
        if known is None:
            raise ValueError(f"there is no gate {name!r}")
        angles = len(known.angles)
        qubits = [q for argument in arguments[angles:] for q in many(argument)]
        return self._add(named(name, arguments[:angles], qubits, self.n), condition)

    def measure(
        self, qubits: Qubits, clbits: Qubits, *, condition: Condition | None = None
    ) -> Self:
        """Append a measurement of qubits into classical bits, one each.

        Parameters
        ----------
        qubits, clbits : int or sequence of int
        condition : tuple of (classical bits, value), optional
            As in `append`.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        ValueError
            For qubits or bits out of range or repeated, or not as many of each.

        Notes
        -----
        Runs in O(k) a qubit.

        Examples
        --------
        >>> import qvarray as qv
        >>> circuit = qv.gates.Circuit(2, 2).x(1).measure([0, 1], [0, 1])
        >>> print(circuit)
        q0: ─────[M→0]─
                   │
        q1: ─[X]─[M→1]─
        """
        chosen, bits = tuple(qubit_list(qubits, self.n)), self._clbits(clbits)
        if len(chosen) != len(bits):
            raise ValueError(f"{len(chosen)} qubits to measure into {len(bits)} classical bits")
        self.entries.append(Entry("measure", chosen, None, bits, self._condition(condition)))
        return self

    def reset(self, qubits: Qubits, *, condition: Condition | None = None) -> Self:
        """Append a reset of qubits to 0: a measurement, and a flip where it finds 1.

        Parameters
        ----------
        qubits : int or sequence of int
        condition : tuple of (classical bits, value), optional
            As in `append`.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        ValueError
            For qubits or bits out of range or repeated.

        Notes
        -----
        Runs in O(k) a qubit. A reset has no inverse.

        Examples
        --------
        >>> import qvarray as qv
        >>> import numpy as np
        >>> circuit = qv.gates.Circuit(1).x(0).reset(0)
        >>> qv.gates.to_dict(qv.gates.run(circuit, rng=np.random.default_rng(0)))
        {'0': (1+0j)}
        """
        chosen = tuple(qubit_list(qubits, self.n))
        self.entries.append(Entry("reset", chosen, condition=self._condition(condition)))
        return self

    # -- other circuits ---------------------------------------------------------------------

    def copy(self) -> Circuit:
        """Return another circuit of the same operations."""
        new = Circuit(self.n, self.m)
        new.entries = list(self.entries)
        return new

    def compose(
        self,
        other: Circuit,
        qubits: Qubits | None = None,
        clbits: Qubits | None = None,
        *,
        condition: Condition | None = None,
    ) -> Self:
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
            here = tuple(chosen[q] for q in entry.qubits)
            own = entry.condition
            if own is not None:
                if outer is not None:
                    raise ValueError("an operation cannot have two conditions")
                own = (tuple(bits[b] for b in own[0]), own[1])
            operation = entry.operation
            added.append(
                Entry(
                    entry.kind,
                    here,
                    None if operation is None else replace(operation, qubits=here),
                    tuple(bits[b] for b in entry.clbits),
                    outer if own is None else own,
                )
            )
        self.entries.extend(added)
        return self

    def inverse(self) -> Circuit:
        """Return the circuit that undoes this one.

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
        """Return the circuit several times after itself; its inverse for a negative exponent."""
        exponent = operator.index(exponent)
        factor = self if exponent >= 0 else self.inverse()
        new = Circuit(self.n, self.m)
        new.entries = factor.entries * abs(exponent)
        return new

    # -- looking ----------------------------------------------------------------------------

    def depth(self) -> int:
        """Return the length of the longest chain of operations that share a qubit or a bit."""
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
        """Count how many of each operation there are, most frequent first."""
        names = [e.operation.name if e.operation else e.kind for e in self.entries]
        return dict(Counter(names).most_common())

    def draw(self, width: int = 100) -> str:
        """Return the circuit as text, a line for each qubit.

        Conditional gates have a question mark; ``[M→0]`` is a measurement into classical bit 0.
        """
        return draw(self.n, self.entries, width)

    @classmethod
    def from_qiskit(cls, circuit: QuantumCircuit) -> Self:
        """Read a circuit of Qiskit; its qubit q is qubit q here.

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
        steps = steps_of(circuit)
        new = cls(circuit.num_qubits, circuit.num_clbits)
        for step in steps:
            getattr(new, step.method)(*step.arguments, condition=step.condition)
        return new

    @classmethod
    def from_qasm(cls, text: str) -> Self:
        """Read a program in OpenQASM 2, or in 3 where Qiskit can read that.

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
        return cls.from_qiskit(parsed(text))
