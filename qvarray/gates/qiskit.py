"""Circuits and states from and to Qiskit, which is optional.

Qiskit's qubit q is qubit q here. An index counts its qubits from the other end: there qubit 0 is
the least significant bit, here the most significant.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array.virtual_array import VirtualQArray
from .gate_table import GATES
from .preparation import opened, reverse_qubits, state
from .validation import as_state

__all__ = ["circuit_from_qasm", "circuit_from_qiskit", "from_statevector", "to_statevector"]

_NAMES = {name: name for name in GATES if name != "mcp"} | {"cu1": "cp", "u1": "p", "u3": "u"}
_SKIPPED = ("barrier", "delay")
_MATRICES = 4


def _qiskit() -> Any:
    try:
        import qiskit
        import qiskit.qasm2
        import qiskit.qasm3
    except ImportError as error:
        raise ImportError('Qiskit is not installed: pip install "qvarray[qiskit]"') from error
    return qiskit


def _angles(params: Any) -> list[float]:
    try:
        return [float(one) for one in params]
    except TypeError as error:
        raise ValueError(f"the circuit has parameters without a value: {list(params)}") from error


def circuit_from_qiskit(source: Any, kind: Any) -> Any:
    """A `Circuit` from a QuantumCircuit."""
    _qiskit()
    out = kind(source.num_qubits, source.num_clbits)
    if source.global_phase:
        _global_phase(out, float(source.global_phase))
    qubits = {bit: at for at, bit in enumerate(source.qubits)}
    clbits = {bit: at for at, bit in enumerate(source.clbits)}
    _translate(source, out, qubits, clbits, None)
    return out


def _global_phase(out: Any, angle: float) -> None:
    if angle:
        out.unitary(np.exp(1j * angle) * np.eye(2), 0)


def _translate(source: Any, out: Any, qubits: Any, clbits: Any, condition: Any) -> None:
    for item in source.data:
        operation = item.operation
        at = [qubits[bit] for bit in item.qubits]
        bits = [clbits[bit] for bit in item.clbits]
        _instruction(operation, at, bits, out, clbits, condition)


def _instruction(
    operation: Any, at: list[int], bits: list[int], out: Any, clbits: Any, condition: Any
) -> None:
    name = operation.name
    if name in _SKIPPED:
        return
    if name == "measure":
        out.measure(at, bits, condition=condition)
    elif name == "reset":
        out.reset(at, condition=condition)
    elif name == "if_else":
        _if_else(operation, at, bits, out, clbits, condition)
    elif name == "global_phase":
        angle = _angles(operation.params)[0]
        out.unitary(np.exp(1j * angle) * np.eye(2), 0, condition=condition)
    elif name in _NAMES and getattr(operation, "ctrl_state", None) in _all_ones(operation):
        out.append(_NAMES[name], *_angles(operation.params), *at, condition=condition)
    elif name == "unitary" and len(at) <= _MATRICES:
        # Rows and columns count from the last qubit.
        out.unitary(np.asarray(operation.params[0]), at[::-1], condition=condition)
    else:
        inner = operation.definition if hasattr(operation, "definition") else None
        if inner is None:
            raise ValueError(f"there is no gate {name!r}, and Qiskit does not decompose it")
        if inner.global_phase:
            angle = _angles([inner.global_phase])[0]
            out.unitary(np.exp(1j * angle) * np.eye(2), at[0], condition=condition)
        local = {bit: at[place] for place, bit in enumerate(inner.qubits)}
        places = {bit: bits[place] for place, bit in enumerate(inner.clbits)}
        _translate(inner, out, local, places, condition)


def _all_ones(operation: Any) -> tuple[Any, ...]:
    count = getattr(operation, "num_ctrl_qubits", None)
    return (None,) if count is None else (None, (1 << count) - 1)


def _if_else(
    operation: Any, at: list[int], bits: list[int], out: Any, clbits: Any, condition: Any
) -> None:
    if condition is not None:
        raise ValueError("conditions inside conditions are not supported")
    try:
        target, value = operation.condition
    except TypeError as error:
        raise ValueError(f"a condition on {operation.condition} is not supported") from error
    # A register's first bit is its least significant.
    where = [target] if not hasattr(target, "__len__") else list(target)[::-1]
    places = tuple(clbits[bit] for bit in where)
    for branch, inner in enumerate(operation.blocks):
        local = {bit: at[place] for place, bit in enumerate(inner.qubits)}
        inside = {bit: bits[place] for place, bit in enumerate(inner.clbits)}
        wanted = [int(value)] if branch == 0 else [
            v for v in range(1 << len(places)) if v != int(value)
        ]  # fmt: skip
        for one in wanted:
            _translate(inner, out, local, inside, (places, one))


def circuit_from_qasm(text: str, kind: Any) -> Any:
    """A `Circuit` from a program in OpenQASM 2 or 3."""
    qiskit = _qiskit()
    if not isinstance(text, str):
        raise TypeError(f"a program is a str, got {type(text).__name__}")
    lines = [line.split("//")[0].strip() for line in text.splitlines()]
    header = next((line for line in lines if line), "")
    is_third = header.replace(" ", "").startswith("OPENQASM3")
    try:
        if is_third:
            source = qiskit.qasm3.loads(text)
        else:
            legacy = qiskit.qasm2.LEGACY_CUSTOM_INSTRUCTIONS
            source = qiskit.qasm2.loads(text, custom_instructions=legacy)
    except qiskit.exceptions.MissingOptionalLibraryError as error:
        raise ImportError(str(error)) from error
    except qiskit.exceptions.QiskitError as error:
        raise ValueError(f"Qiskit cannot read the program: {error}") from error
    return circuit_from_qiskit(source, kind)


def from_statevector(vector: Any) -> VirtualQArray:
    """A state from Qiskit's ``Statevector``, in the order of qubits of this package.

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


def to_statevector(x: Any) -> Any:
    """A state as Qiskit's ``Statevector``, in its order of qubits.

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
    dense: Any = VirtualQArray(opened(reversed_state)).todense()
    return Statevector(dense.reshape(-1))
