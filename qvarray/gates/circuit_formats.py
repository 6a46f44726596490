"""Circuit methods that read and write what other tools do: OpenQASM, and circuits of Qiskit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from . import qasm_reader, qasm_writer
from .qiskit import parsed, program_of, quantum_circuit, steps_of

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from .operations import Entry
    from .steps import Steps


def _version(text: object) -> int:
    """Return the version of OpenQASM that a program says it is in; 2 if it does not say."""
    if not isinstance(text, str):
        raise TypeError(f"a program is a str, got {type(text).__name__}")
    lines = (line.split("//")[0].strip() for line in text.splitlines())
    header = next((line for line in lines if line), "")
    return 3 if header.replace(" ", "").startswith("OPENQASM3") else 2


class FormatMethods:
    """Methods that make circuits of programs, and programs of circuits."""

    n: int
    m: int
    steps: Steps

    if TYPE_CHECKING:

        def __init__(self, n: int, m: int = 0) -> None: ...

        def require_bound(self) -> None: ...

        def __iter__(self) -> Iterator[Entry]: ...

    @classmethod
    def from_qiskit(cls, circuit: QuantumCircuit) -> Self:
        """Read a circuit of Qiskit; its qubit q is qubit q here.

        Parameters
        ----------
        circuit : qiskit.QuantumCircuit
            Its parameters without a value are parameters here, of the same names.

        Returns
        -------
        Circuit

        Raises
        ------
        ValueError
            For more than 4096 qubits, angles that are not linear in the parameters, loops, or
            conditions other than that bits or a register have a value.
        ImportError
            Where Qiskit is not installed (``pip install "qvarray[qiskit]"``).

        Notes
        -----
        Gates that are not named here are decomposed by Qiskit.
        """
        steps = steps_of(circuit)
        new = cls(circuit.num_qubits, circuit.num_clbits)
        for step in steps:
            getattr(new, step.method)(*step.arguments, **step.options)
        return new

    @classmethod
    def from_qasm(cls, text: str) -> Self:
        """Read a program in OpenQASM 2, or in 3 where Qiskit can read that.

        Parameters
        ----------
        text : str
            In OpenQASM 2 with or without ``include "qelib1.inc";``, gates that it defines,
            registers, measurements, resets, barriers and conditions.

        Returns
        -------
        Circuit
            Qubits and classical bits of several registers follow each other.

        Raises
        ------
        ValueError
            For a program that cannot be read, with the line; or what `from_qiskit` raises.
        ImportError
            In OpenQASM 3 where Qiskit, or its reader of that, is not installed
            (``pip install "qvarray[qiskit]"``).

        Examples
        --------
        >>> import qvarray as qv
        >>> text = '''OPENQASM 2.0;
        ... include "qelib1.inc";
        ... qreg q[2];
        ... gate pair a, b { h a; cx a, b; }
        ... pair q[0], q[1];'''
        >>> print(qv.gates.Circuit.from_qasm(text))
        q0: ─[H]─●─
                 │
        q1: ─────⊕─
        """
        if _version(text) == 3:
            return cls.from_qiskit(parsed(text))
        n, m, steps = qasm_reader.read(text)
        new = cls(n, m)
        new.steps = steps
        return new

    def to_qasm(self, version: int = 2) -> str:
        """Write the circuit as a program in OpenQASM.

        Parameters
        ----------
        version : {2, 3}
            3 is written by Qiskit, from `to_qiskit`.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            For parameters without a value; for matrices on several qubits, functions of registers
            and overlapping conditions, which OpenQASM 2 does not have.
        ImportError
            Where version 3 needs Qiskit, and it is not installed.

        Notes
        -----
        A program has no global phase: a matrix on one qubit is written without its own.

        Examples
        --------
        >>> import qvarray as qv
        >>> print(qv.gates.Circuit(2, 1).h(0).cx(0, 1).measure(1, 0).to_qasm())
        OPENQASM 2.0;
        include "qelib1.inc";
        qreg q[2];
        creg c[1];
        h q[0];
        cx q[0], q[1];
        measure q[1] -> c[0];
        <BLANKLINE>
        """
        if version not in (2, 3):
            raise ValueError(f"OpenQASM has versions 2 and 3, got {version!r}")
        self.require_bound()
        if version == 3:
            return program_of(self.to_qiskit())
        return qasm_writer.written(self.n, self.m, list(self))

    def to_qiskit(self) -> QuantumCircuit:
        """Return the circuit as one of Qiskit, with the same numbers of qubits and bits.

        Returns
        -------
        qiskit.QuantumCircuit
            Parameters are parameters of the same names.

        Raises
        ------
        ValueError
            For a function of registers of more than 8 qubits, which becomes a matrix.
        ImportError
            Where Qiskit is not installed (``pip install "qvarray[qiskit]"``).

        Examples
        --------
        >>> import qvarray as qv
        >>> qv.gates.Circuit(3, 1).h(0).cx(0, 2).measure(2, 0).to_qiskit().depth()
        3
        """
        return quantum_circuit(self.n, self.m, list(self))
