"""`Circuit`: quantum gates in an order, to run, invert, repeat, draw, and read from Qiskit."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike

from ..core.values import Array
from .broadcasting import broadcast, joined, required
from .circuit_formats import FormatMethods
from .circuit_methods import METHODS, GateMethods
from .circuit_oracles import OracleMethods
from .circuit_plan import planned
from .circuit_program import Compiled
from .drawing import draw
from .gate_codes import BARRIER, CODES, MEASURE, NAMES, OPERATION, RESET
from .gate_table import GATES
from .operations import Entry, Operation
from .parameters import Expression, Values, angle, in_order, unbound, values_of
from .steps import Steps
from .validation import (
    Condition,
    Qubits,
    integer,
    is_one,
    many,
    non_negative,
    qubit_list,
    wire_count,
)

# How many arguments a gate on single qubits has.
_ARGUMENTS = {
    name: len(gate.angles) + len(gate.qubits)
    for name, gate in GATES.items()
    if not gate.is_variadic
}


class Circuit(GateMethods, OracleMethods, FormatMethods):
    """A list of operations on n qubits, with m classical bits for measurements.

    Parameters
    ----------
    n : int
        Qubits, 1 to 4096; up to 62 for a state that is an array.
    m : int
        Classical bits.

    Raises
    ------
    ValueError
        For another number of qubits, or a negative one of bits.

    Notes
    -----
    Every named gate is a method: ``circuit.h(0).cx(0, 1)``. Several qubits in the place of one
    append a gate for each: ``circuit.h(range(n))``, ``circuit.cx(0, [1, 2])``; angles, too.
    Gates are kept in arrays, some bytes each; an index or a loop makes objects of them, and a slice
    is a circuit.

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
        self.n = wire_count(n)
        self.m = non_negative("the number of classical bits", m)
        self.steps = Steps()
        self._plan: tuple[int, list[Compiled | Entry]] = (0, [])

    def _with(self, steps: Steps) -> Circuit:
        """Return a circuit of other steps on as many qubits and bits."""
        new = Circuit(self.n, self.m)
        new.steps = steps
        return new

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Entry]:
        return self.steps.entries()

    @overload
    def __getitem__(self, key: int) -> Entry: ...

    @overload
    def __getitem__(self, key: slice) -> Circuit: ...

    def __getitem__(self, key: int | slice) -> Entry | Circuit:
        if isinstance(key, slice):
            return self.taken(np.arange(len(self))[key])
        place = range(len(self))[operator.index(key)]
        return next(self.steps.taken(np.array([place])).entries())

    def taken(self, places: Array) -> Circuit:
        """Return the circuit of the steps at some places, in that order."""
        return self._with(self.steps.taken(places))

    def __repr__(self) -> str:
        return f"<Circuit of {self.n} qubits, {self.m} bits, {len(self)} operations>"

    def __str__(self) -> str:
        return self.draw()

    def plan(self) -> list[Compiled | Entry]:
        """Return the entries with runs of gates as arrays; kept until others are appended.

        Raises
        ------
        ValueError
            Where parameters have no value.
        """
        self.require_bound()
        length, plan = self._plan
        if length != len(self):
            plan = planned(self.steps, self.n)
            self._plan = (len(self), plan)
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
        """Append an operation, which is valid, by its code or as it is."""
        chosen = self._condition(condition)
        if operation.payload is None:
            self.steps.add(CODES[operation.name], operation.qubits, operation.params, chosen)
        else:
            self.steps.operations[len(self.steps)] = operation
            self.steps.add(OPERATION, operation.qubits, (), chosen)
        return self

    def append(
        self,
        gate: str | Callable[..., Any] | Circuit | Operation,
        *arguments: float | Expression | Iterable[Any],
        condition: Condition | None = None,
    ) -> Self:
        """Append a gate by its name, with its angles and then its qubits.

        Parameters
        ----------
        gate : str, callable, Circuit or Operation
            A name such as "cx", or the function of that name; or all of another circuit, on the
            qubits that follow.
        *arguments : float and int, or sequences of them
            Several qubits or angles in the place of one append as many gates, with what is given
            once in each of them.
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
        if type(gate) is str and _ARGUMENTS.get(gate) == len(arguments):
            method: Callable[..., Self] = METHODS[gate]
            return method(self, *arguments, condition=condition)
        if isinstance(gate, Circuit):
            return self.compose(gate, *arguments, condition=condition)  # type: ignore[arg-type]
        if isinstance(gate, Operation):
            qubit_list(gate.qubits, self.n)
            return self._add(gate, condition)
        name = gate if isinstance(gate, str) else getattr(gate, "__name__", repr(gate))
        if name not in GATES:
            raise ValueError(f"there is no gate {name!r}")
        return self._checked(name, arguments, condition)

    def _checked(self, name: str, arguments: Sequence[Any], condition: Condition | None) -> Self:
        """Append a gate of the table, or several of it; see `append`."""
        known = GATES[name]
        angles, qubits = arguments[: len(known.angles)], arguments[len(known.angles) :]
        if known.is_variadic or len(qubits) != len(known.qubits):
            # All in one sequence, as the many controls of a gate are.
            qubits = tuple(q for argument in qubits for q in many(argument))
        required(known, angles, qubits)
        code, chosen = CODES[name], self._condition(condition)
        if all(map(is_one, (*angles, *qubits))):
            here = qubit_list(qubits, self.n)
            self.steps.add(code, here, [angle(value) for value in angles], chosen)
            return self
        several, values, symbols = broadcast(angles, qubits, self.n)
        self._extend(np.full(len(several), code), several, values, symbols, chosen)
        return self

    def _extend(
        self,
        codes: Array,
        qubits: Array,
        angles: Array,
        symbols: dict[int, Expression],
        condition: tuple[tuple[int, ...], int] | None = None,
    ) -> None:
        """Append gates, which are valid."""
        steps = self.steps
        place = len(steps.angles)
        steps.symbols.update((place + i, symbol) for i, symbol in symbols.items())
        if condition is not None:
            steps.conditions.update((len(steps) + i, condition) for i in range(codes.size))
        steps.extend(codes, qubits, angles)

    def extend(self, names: Sequence[str], qubits: ArrayLike, angles: ArrayLike = ()) -> Self:
        """Append many gates by their names, with the qubits and the angles of all in one sequence.

        Parameters
        ----------
        names : sequence of m str
            Not of gates that have any number of qubits.
        qubits : array_like of int
            Those of all gates, one after the other.
        angles : array_like of float

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        ValueError
            For an unknown gate, another number of qubits or angles than all gates have, qubits out
            of range or repeated in a gate, an angle that is no finite real number. Nothing is
            appended then.

        Notes
        -----
        O(m), about 0.1 µs a gate.

        Examples
        --------
        >>> import qvarray as qv
        >>> circuit = qv.gates.Circuit(3).extend(["h", "cx", "rz"], [0, 0, 1, 2], [0.5])
        >>> print(circuit)
        q0: ────[H]────●─
                       │
        q1: ───────────⊕─
        <BLANKLINE>
        q2: ─[RZ(0.5)]───
        """
        self._extend(*joined(names, qubits, angles, self.n), {})
        return self

    def barrier(self, *qubits: Qubits) -> Self:
        """Append a mark that tools do not move gates over; running it does nothing.

        Parameters
        ----------
        *qubits : int or sequence of int
            All qubits if left out.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        ValueError
            For qubits out of range or repeated.

        Examples
        --------
        >>> import qvarray as qv
        >>> print(qv.gates.Circuit(2).h(0).barrier().x(1))
        q0: ─[H]─░─────
                 ░
        q1: ─────░─[X]─
        """
        chosen = [q for several in qubits for q in many(several)] if qubits else range(self.n)
        self.steps.add(BARRIER, qubit_list(chosen, self.n))
        return self

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
        are_ints = condition is None and type(qubits) is int and type(clbits) is int
        if are_ints and -1 < qubits < self.n and -1 < clbits < self.m:  # type: ignore[operator]
            self.steps.clbits[len(self.steps)] = (clbits,)  # type: ignore[assignment]
            self.steps.add(MEASURE, (qubits,))  # type: ignore[arg-type]
            return self
        chosen, bits = tuple(qubit_list(qubits, self.n)), self._clbits(clbits)
        if len(chosen) != len(bits):
            raise ValueError(f"{len(chosen)} qubits to measure into {len(bits)} classical bits")
        chosen_at = self._condition(condition)
        self.steps.clbits[len(self.steps)] = bits
        self.steps.add(MEASURE, chosen, (), chosen_at)
        return self

    def measure_all(self, *, add_bits: bool = True) -> Self:
        """Append a measurement of all qubits, into a new classical bit each.

        Parameters
        ----------
        add_bits : bool
            False measures into the first n classical bits that there are.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        ValueError
            Where there are not enough classical bits, and none are to be added.

        Examples
        --------
        >>> import qvarray as qv
        >>> circuit = qv.gates.Circuit(3).x(1).measure_all()
        >>> qv.gates.run_shots(circuit, 10, rng=0)
        {'010': 10}
        """
        if not add_bits:
            if self.m < self.n:
                raise ValueError(f"{self.n} qubits to measure into {self.m} classical bits")
            return self.measure(range(self.n), range(self.n))
        self.m += self.n
        return self.measure(range(self.n), range(self.m - self.n, self.m))

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
        self.steps.add(RESET, chosen, (), self._condition(condition))
        return self

    # -- other circuits ---------------------------------------------------------------------

    def copy(self) -> Circuit:
        """Return another circuit of the same operations."""
        return self._with(self.steps.copy())

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
        added = other.steps.mapped(chosen, bits)
        if outer is not None:
            if added.conditions:
                raise ValueError("an operation cannot have two conditions")
            added.conditions = dict.fromkeys(range(len(added)), outer)
        self.steps.join(added)
        return self

    def inverse(self) -> Circuit:
        """Return the circuit that undoes this one.

        Raises
        ------
        ValueError
            Where there is a measurement, a reset or a condition, or a map of many qubits
            whose inverse was not given.
        """
        if self.steps.conditions:
            raise ValueError("what depends on measurements cannot be undone")
        for code, what in ((MEASURE, "measurement"), (RESET, "reset")):
            if code in self.steps.codes:
                raise ValueError(f"a {what} cannot be undone")
        return self._with(self.steps.inverse())

    def power(self, exponent: int) -> Circuit:
        """Return the circuit several times after itself; its inverse for a negative exponent."""
        exponent = operator.index(exponent)
        factor = self if exponent >= 0 else self.inverse()
        order = np.tile(np.arange(len(self)), abs(exponent))
        return factor.taken(order)

    # -- parameters -------------------------------------------------------------------------

    @property
    def parameters(self) -> list[str]:
        """The names of parameters without a value, sorted; ``a[10]`` comes after ``a[9]``."""
        return in_order(self.steps.symbols.values())

    def require_bound(self) -> None:
        """Raise ValueError where parameters have no value, with their names."""
        if self.steps.symbols:
            raise unbound(self.steps.symbols.values())

    def bind(self, values: Values) -> Circuit:
        """Return the circuit with values in the place of parameters.

        Parameters
        ----------
        values : mapping of Parameter or str to float, or sequence of float
            A sequence has a value for each of `parameters`, in that order; a mapping may leave
            some without one.

        Returns
        -------
        Circuit
            Another one; this one keeps its parameters.

        Raises
        ------
        ValueError
            For a parameter that there is not, another number of values, or one that is no finite
            real number.

        See Also
        --------
        Parameter, value_and_gradient

        Examples
        --------
        >>> import qvarray as qv
        >>> a, b = qv.gates.Parameter("a"), qv.gates.Parameter("b")
        >>> circuit = qv.gates.Circuit(2).rx([a, a + 2 * b], [0, 1])
        >>> print(circuit.bind([0.5, 0.25]))
        q0: ─[RX(0.5)]─
        <BLANKLINE>
        q1: ──[RX(1)]──
        """
        return self._with(self.steps.bound(values_of(values, self.parameters)))

    # -- looking ----------------------------------------------------------------------------

    def depth(self) -> int:
        """Return the length of the longest chain of operations that share a qubit or a bit."""
        qubits, bits = [0] * self.n, [0] * self.m
        for entry in self:
            if entry.kind == "barrier":
                continue
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
        kinds = {MEASURE: "measure", RESET: "reset", BARRIER: "barrier"}
        found = Counter(op.name for op in self.steps.operations.values())
        for code, often in Counter(self.steps.codes).items():
            if code != OPERATION:
                found[kinds.get(code) or NAMES[code]] += often
        return dict(found.most_common())

    def draw(self, width: int = 100) -> str:
        """Return the circuit as text, a line for each qubit.

        Conditional gates have a question mark; ``[M→0]`` is a measurement into classical bit 0.
        """
        return draw(self.n, list(self), width)
