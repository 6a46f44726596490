"""Circuits, OpenQASM programs and states from and to Qiskit, which is optional.

Qiskit's qubit q is qubit q here. An index counts its qubits from the other end: there qubit 0 is
the least significant bit, here the most significant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from .gate_table import QISKIT
from .preparation import opened, reverse_qubits, state
from .validation import Condition, as_state

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Bit, Instruction
    from qiskit.quantum_info import Statevector

__all__ = ["Step", "from_statevector", "parsed", "steps_of", "to_statevector"]

_SKIPPED = ("barrier", "delay")
#: Qubits of the largest matrix that is taken as it is.
_LARGEST_MATRIX = 4


class Step(NamedTuple):
    """A method of `Circuit` to call, its arguments and its condition."""

    method: str
    arguments: tuple[Any, ...]
    condition: Condition | None


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
        (angle,) = _angles([circuit.global_phase])
        yield _global_phase(angle, qubits[0] if qubits else 0, condition)
    places = {bit: qubits[place] for place, bit in enumerate(circuit.qubits)}
    for item in circuit.data:
        chosen = [places[bit] for bit in item.qubits]
        bits = [clbits[bit] for bit in item.clbits]
        yield from _instruction(item.operation, chosen, bits, clbits, condition)


def _global_phase(angle: float, qubit: int, condition: Condition | None) -> Step:
    return Step("unitary", (np.exp(1j * angle) * np.eye(2), qubit), condition)


def _angles(params: Iterable[Any]) -> list[float]:
    try:
        return [float(param) for param in params]
    except TypeError as error:
        raise ValueError(f"the circuit has parameters without a value: {list(params)}") from error


def _instruction(
    operation: Instruction,
    qubits: list[int],
    bits: list[int],
    clbits: dict[Bit, int],
    condition: Condition | None,
) -> Iterator[Step]:
    name = operation.name
    if name in _SKIPPED:
        return
    if name == "measure":
        yield Step("measure", (qubits, bits), condition)
    elif name == "reset":
        yield Step("reset", (qubits,), condition)
    elif name == "if_else":
        yield from _if_else(operation, qubits, bits, clbits, condition)
    elif name == "global_phase":
        yield _global_phase(_angles(operation.params)[0], 0, condition)
    elif name in QISKIT and _has_all_controls_on(operation):
        yield Step("append", (QISKIT[name], *_angles(operation.params), *qubits), condition)
    elif name == "unitary" and len(qubits) <= _LARGEST_MATRIX:
        # Rows and columns count from the last qubit.
        yield Step("unitary", (np.asarray(operation.params[0]), qubits[::-1]), condition)
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
    if condition is not None:
        raise ValueError("conditions inside conditions are not supported")
    try:
        target, value = operation.condition
    except TypeError as error:
        raise ValueError(f"a condition on {operation.condition} is not supported") from error
    # A register's first bit is its least significant.
    register = [target] if not hasattr(target, "__len__") else list(target)[::-1]
    places = tuple(clbits[bit] for bit in register)
    others = [v for v in range(1 << len(places)) if v != int(value)]
    for inner, values in zip(operation.blocks, ([int(value)], others), strict=False):
        for wanted in values:
            yield from _translated(inner, qubits, _bits_of(inner, bits), (places, wanted))


def parsed(text: str) -> QuantumCircuit:
    """Return Qiskit's circuit of a program in OpenQASM 2 or 3."""
    qiskit = _qiskit()
    if not isinstance(text, str):
        raise TypeError(f"a program is a str, got {type(text).__name__}")
    lines = [line.split("//")[0].strip() for line in text.splitlines()]
    header = next((line for line in lines if line), "")
    is_third = header.replace(" ", "").startswith("OPENQASM3")
    try:
        if is_third:
            return qiskit.qasm3.loads(text)
        legacy = qiskit.qasm2.LEGACY_CUSTOM_INSTRUCTIONS
        return qiskit.qasm2.loads(text, custom_instructions=legacy)
    except qiskit.exceptions.MissingOptionalLibraryError as error:
        raise ImportError(str(error)) from error
    except qiskit.exceptions.QiskitError as error:
        raise ValueError(f"Qiskit cannot read the program: {error}") from error


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
