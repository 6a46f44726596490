"""Circuits, OpenQASM programs and states from and to Qiskit, which is optional.

Qiskit's qubit q is qubit q here. An index counts its qubits from the other end: there qubit 0 is
the least significant bit, here the most significant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.values import Array
from ..creation.arrays import asarray
from .gate_table import QISKIT
from .operations import Entry, Operation, applied
from .oracles import Unitary
from .parameters import Expression
from .preparation import basis_state, opened, reverse_qubits, state
from .validation import Condition, as_state, many

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Bit, Instruction
    from qiskit.quantum_info import Operator, Statevector


#: Qubits of the largest matrix that is taken as it is.
_LARGEST_MATRIX = 4


@runtime_checkable
class Exportable(Protocol):
    """A circuit that can be one of Qiskit."""

    n: int

    def to_qiskit(self) -> QuantumCircuit:
        """Return it as one of Qiskit."""


class Step(NamedTuple):
    """A method of `Circuit` to call, its arguments, and those with names."""

    method: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]


def _qiskit() -> Any:
    try:
        import qiskit
        import qiskit.qasm2
        import qiskit.qasm3
    except ImportError as error:
        raise ImportError('Qiskit is not installed: pip install "qvarray[qiskit]"') from error
    return qiskit


def steps_of(circuit: QuantumCircuit) -> Iterator[Step]:
    """Return what makes the same `Circuit`, gates without a name here decomposed by Qiskit."""
    _qiskit()
    clbits = {bit: place for place, bit in enumerate(circuit.clbits)}
    return _translated(circuit, range(circuit.num_qubits), clbits, None)


def _translated(
    circuit: QuantumCircuit,
    qubits: Sequence[int],
    clbits: dict[Bit, int],
    condition: Condition | None,
) -> Iterator[Step]:
    """Yield the steps of a circuit whose qubits, and bits, are these of the whole."""
    if circuit.global_phase:
        yield _global_phase(_phase(circuit.global_phase), qubits[0] if qubits else 0, condition)
    places = {bit: qubits[place] for place, bit in enumerate(circuit.qubits)}
    for item in circuit.data:
        chosen = [places[bit] for bit in item.qubits]
        bits = [clbits[bit] for bit in item.clbits]
        yield from _instruction(item.operation, chosen, bits, clbits, condition)


def _global_phase(angle: float, qubit: int, condition: Condition | None) -> Step:
    return _step("unitary", (np.exp(1j * angle) * np.eye(2), qubit), condition)


def _step(method: str, arguments: tuple[Any, ...], condition: Condition | None) -> Step:
    return Step(method, arguments, {"condition": condition})


def _angle(value: Any) -> float | Expression:
    """Return an angle of Qiskit as a float, or as an expression of parameters."""
    parameters = getattr(value, "parameters", ())
    if not parameters:
        return float(value)
    factors = {parameter.name: value.gradient(parameter) for parameter in parameters}
    if not all(isinstance(factor, (int, float)) for factor in factors.values()):
        raise ValueError(f"the angle {value} is not linear in its parameters")
    return Expression(factors, float(value.bind(dict.fromkeys(parameters, 0.0))))


def _phase(value: Any) -> float:
    """Return a global phase, which has no parameters."""
    angle = _angle(value)
    if isinstance(angle, Expression):
        raise ValueError(f"a global phase with parameters without a value: {angle}")
    return angle


def _instruction(
    operation: Instruction,
    qubits: list[int],
    bits: list[int],
    clbits: dict[Bit, int],
    condition: Condition | None,
) -> Iterator[Step]:
    name = operation.name
    if name == "delay":
        return
    if name == "barrier":
        yield Step("barrier", tuple(qubits), {})
    elif name == "measure":
        yield _step("measure", (qubits, bits), condition)
    elif name == "reset":
        yield _step("reset", (qubits,), condition)
    elif name == "if_else":
        yield from _if_else(operation, qubits, bits, clbits, condition)
    elif name == "global_phase":
        yield _global_phase(_phase(operation.params[0]), 0, condition)
    elif name in QISKIT and _has_all_controls_on(operation):
        angles = map(_angle, operation.params)
        yield _step("append", (QISKIT[name], *angles, *qubits), condition)
    elif name == "unitary" and len(qubits) <= _LARGEST_MATRIX:
        # Rows and columns count from the last qubit.
        yield _step("unitary", (np.asarray(operation.params[0]), qubits[::-1]), condition)
    else:
        inner = getattr(operation, "definition", None)
        if inner is None:
            raise ValueError(f"there is no gate {name!r}, and Qiskit does not decompose it")
        yield from _translated(inner, qubits, _bits_of(inner, bits), condition)


def _bits_of(inner: QuantumCircuit, bits: list[int]) -> dict[Bit, int]:
    return {bit: bits[place] for place, bit in enumerate(inner.clbits)}


def _has_all_controls_on(operation: Instruction) -> bool:
    """Tell whether a gate acts where all of its controls, if it has some, are 1."""
    value = getattr(operation, "ctrl_state", None)
    count = getattr(operation, "num_ctrl_qubits", None)
    return value is None or (count is not None and value == (1 << count) - 1)


def _if_else(
    operation: Instruction,
    qubits: list[int],
    bits: list[int],
    clbits: dict[Bit, int],
    condition: Condition | None,
) -> Iterator[Step]:
    try:
        target, value = operation.condition
    except TypeError as error:
        raise ValueError(f"a condition on {operation.condition} is not supported") from error
    # A register's first bit is its least significant.
    register = [target] if not hasattr(target, "__len__") else list(target)[::-1]
    places = tuple(clbits[bit] for bit in register)
    others = [v for v in range(1 << len(places)) if v != int(value)]
    steps: list[Step] = []
    for inner, values in zip(operation.blocks, ([int(value)], others), strict=False):
        for wanted in values:
            both = _joined(condition, places, wanted)
            if both is not None:
                steps += _translated(inner, qubits, _bits_of(inner, bits), both)
    for step in steps[:-1]:
        if step.method == "measure" and not {*places}.isdisjoint(step.arguments[1]):
            raise ValueError("a measurement inside a condition changes the bits of the condition")
    yield from steps


def _joined(
    outer: Condition | None, places: tuple[int, ...], value: int
) -> tuple[tuple[int, ...], int] | None:
    """Return a condition inside of another as one, or None where they exclude each other."""
    wanted: dict[int, int] = {}
    for bits, number in ([] if outer is None else [outer]) + [(places, value)]:
        for i, b in enumerate(reversed(list(many(bits)))):
            if wanted.setdefault(b, number >> i & 1) != number >> i & 1:
                return None
    return tuple(wanted), int("".join(map(str, wanted.values())), 2)


def parsed(text: str) -> QuantumCircuit:
    """Return Qiskit's circuit of a program in OpenQASM 3."""
    qiskit = _qiskit()
    try:
        return qiskit.qasm3.loads(text)
    except qiskit.exceptions.MissingOptionalLibraryError as error:
        raise ImportError(str(error)) from error
    except qiskit.exceptions.QiskitError as error:
        raise ValueError(f"Qiskit cannot read the program: {error}") from error


def program_of(circuit: QuantumCircuit) -> str:
    """Return a program in OpenQASM 3."""
    return str(_qiskit().qasm3.dumps(circuit))


# -- circuits to Qiskit ---------------------------------------------------------------------

#: Qubits of the largest function of registers that becomes a matrix.
_LARGEST_FUNCTION = 8


def _matrix(operation: Operation) -> Array:
    """Return what an operation does to all basis states of its qubits."""
    payload, m = operation.payload, len(operation.qubits)
    if isinstance(payload, Unitary):
        return payload.matrix
    if m > _LARGEST_FUNCTION:
        raise ValueError(f"{operation.name} on {m} qubits is too large to be a matrix for Qiskit")
    inner = operation.on(tuple(range(m)))
    columns = [
        VirtualQArray(applied(as_state(basis_state(format(j, f"0{m}b"))), inner)).todense()
        for j in range(1 << m)
    ]
    return np.stack(columns, axis=1)


class _Builder:
    """A circuit of Qiskit as far as it has been made."""

    def __init__(self, n: int, m: int) -> None:
        self.circuit = _qiskit().QuantumCircuit(n, m)
        self.parameters: dict[str, Any] = {}

    def _angle(self, value: float | Expression) -> Any:
        if not isinstance(value, Expression):
            return value
        from qiskit.circuit import Parameter

        total: Any = value.constant
        for name, factor in value.factors.items():
            parameter = self.parameters.setdefault(name, Parameter(name))
            total = total + (parameter if factor == 1 else factor * parameter)
        return total

    def _gate(self, operation: Operation) -> None:
        from qiskit.circuit.library import SXdgGate, iSwapGate

        circuit, qubits = self.circuit, list(operation.qubits)
        name, angles = operation.name, [self._angle(angle) for angle in operation.params]
        if operation.payload is not None:
            # Rows and columns count from the last qubit.
            circuit.unitary(_matrix(operation), qubits[::-1])
        elif name in ("mcx", "mcp"):
            getattr(circuit, name)(*angles, qubits[:-1], qubits[-1])
        elif name == "csxdg":
            circuit.append(SXdgGate().control(1, annotated=False), qubits)
        elif name == "iswapdg":
            circuit.append(iSwapGate().inverse(), qubits)
        else:
            getattr(circuit, name)(*angles, *qubits)

    def add(self, entry: Entry) -> None:
        """Append a step."""
        if entry.condition is not None:
            # One bit at a time: a register of some would overlap that of all.
            (*bits, last), value = entry.condition
            rest = (tuple(bits), value >> 1) if bits else None
            with self.circuit.if_test((self.circuit.clbits[last], value & 1)):
                self.add(entry._replace(condition=rest))
        elif entry.operation is not None:
            self._gate(entry.operation)
        elif entry.kind == "measure":
            self.circuit.measure(list(entry.qubits), list(entry.clbits))
        elif entry.kind == "reset":
            self.circuit.reset(list(entry.qubits))
        else:
            self.circuit.barrier(list(entry.qubits))


def quantum_circuit(n: int, m: int, entries: Iterable[Entry]) -> QuantumCircuit:
    """Return Qiskit's circuit of some steps on n qubits and m classical bits."""
    builder = _Builder(n, m)
    for entry in entries:
        builder.add(entry)
    circuit: QuantumCircuit = builder.circuit
    return circuit


# -- states ---------------------------------------------------------------------------------


def from_statevector(vector: Statevector | ArrayLike) -> VirtualQArray:
    """Return a state from Qiskit's ``Statevector``, in the order of qubits of this package.

    Parameters
    ----------
    vector : qiskit.quantum_info.Statevector
        Of qubits.

    Returns
    -------
    VirtualQArray
        Of shape (2**n,).

    Raises
    ------
    ValueError
        For another number of elements than 2**n.

    See Also
    --------
    reverse_qubits
    """
    return reverse_qubits(state(np.asarray(getattr(vector, "data", vector))))


def to_operator(x: Exportable | ArrayLike | VirtualQArray) -> Operator:
    """Return a matrix, or what a circuit does, as Qiskit's ``Operator``, in its order of qubits.

    Parameters
    ----------
    x : Circuit, or array_like of shape (2**n, 2**n)
        The first qubit is the most significant bit of rows and columns.

    Returns
    -------
    qiskit.quantum_info.Operator

    Raises
    ------
    ValueError
        For another shape; for a circuit with measurements, resets or conditions.
    ImportError
        Where Qiskit is not installed (``pip install "qvarray[qiskit]"``).
    MaterializationError
        Where 4**n numbers are over the memory budget.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.to_operator([[0, 1], [1, 0]]).is_unitary()
    True
    """
    _qiskit()
    from qiskit.quantum_info import Operator

    if isinstance(x, Exportable):
        require_budget(16 << 2 * x.n, "ask for fewer qubits, or raise the budget")
        return Operator(x.to_qiskit())
    array = x if isinstance(x, VirtualQArray) else asarray(x)
    size = array.shape[0] if array.ndim == 2 else 0
    if size < 2 or size & (size - 1) or array.shape != (size, size):
        raise ValueError(f"an operator has shape (2**n, 2**n), got {array.shape}")
    n = size.bit_length() - 1
    dense = array.todense().reshape((2,) * (2 * n))
    axes = [*range(n)][::-1] + [*range(n, 2 * n)][::-1]
    return Operator(dense.transpose(axes).reshape(size, size))


def to_statevector(x: ArrayLike | VirtualQArray) -> Statevector:
    """Return a state as Qiskit's ``Statevector``, in its order of qubits.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n

    Returns
    -------
    qiskit.quantum_info.Statevector

    Raises
    ------
    ImportError
        Where Qiskit is not installed (``pip install "qvarray[qiskit]"``).
    MaterializationError
        Where 2**n amplitudes are over the memory budget.
    """
    _qiskit()
    from qiskit.quantum_info import Statevector

    reversed_state = as_state(reverse_qubits(x))
    dense = VirtualQArray(opened(reversed_state)).todense()
    return Statevector(dense.reshape(-1))
