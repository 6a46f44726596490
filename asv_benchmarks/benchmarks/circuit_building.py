"""Circuits before and around their runs: built, read, bound, with shots, noise and gradients."""

import numpy as np

import qvarray as qv

from .common import Measured, require

_GATES = 10_000


def qasm(gates):
    lines = [
        f"cx q[{i % 19}], q[{i % 19 + 1}];\nrz(0.{i % 7}) q[{i % 20}];" for i in range(gates // 2)
    ]
    return "\n".join(['OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[20];', *lines])


class Build(Measured):
    """A circuit of 10,000 gates: gate by gate, in one call, from OpenQASM 2, and undone."""

    param_names = ("subject", "how")
    params = (("qvarray", "qiskit"), ("methods", "extend", "program", "inverse"))

    def appended(self, circuit):
        for i in range(_GATES // 2):
            circuit.cx(i % 19, i % 19 + 1)
            circuit.rz(0.1, i % 20)
        return circuit

    def qvarray(self, how):
        text, names = qasm(_GATES), ["cx", "rz"] * (_GATES // 2)
        pairs = np.arange(_GATES // 2) % 18
        qubits = np.stack([pairs, pairs + 1, pairs], axis=1).ravel()
        angles = np.full(_GATES // 2, 0.1)
        whole = self.appended(qv.gates.Circuit(20))
        return {
            "methods": lambda: self.appended(qv.gates.Circuit(20)),
            "extend": lambda: qv.gates.Circuit(20).extend(names, qubits, angles),
            "program": lambda: qv.gates.Circuit.from_qasm(text),
            "inverse": whole.inverse,
        }[how]

    def qiskit(self, how):
        circuit, text = require("qiskit").QuantumCircuit, qasm(_GATES)
        if how == "extend":
            raise NotImplementedError
        whole = self.appended(circuit(20))
        return {
            "methods": lambda: self.appended(circuit(20)),
            "program": lambda: circuit.from_qasm_str(text),
            "inverse": whole.inverse,
        }[how]


class Shots(Measured):
    """1000 shots of 60 qubits with measurements on the way, or with noise."""

    param_names = ("subject", "kind")
    params = (("qvarray",), ("measured", "noisy"))

    def qvarray(self, kind):
        circuit, noise = qv.gates.Circuit(60, 60).h(0).cx(range(59), range(1, 60)), None
        if kind == "measured":
            circuit.measure(0, 0).h(range(60))
        else:
            noise = {1: qv.gates.depolarizing(0.001), 2: qv.gates.depolarizing(0.001, 2)}
        circuit.measure(range(60), range(60))
        return lambda: qv.gates.run_shots(circuit, 1000, 7, noise=noise)


class Gradient(Measured):
    """The energy of an excitation on 20 qubits, and its slopes by 19 parameters."""

    param_names = ("subject", "by")
    params = (("qvarray",), ("adjoint", "shifts"))

    def qvarray(self, by):
        gates, n = qv.gates, 20
        circuit = gates.Circuit(n).x(0)
        for q in range(n - 1):
            angle = gates.Parameter(f"t[{q}]")
            circuit.rxx(angle, q, q + 1).ryy(angle, q, q + 1)
        energy = {"I" * q + "ZZ" + "I" * (n - 2 - q): 1.0 for q in range(n - 1)}
        values = np.linspace(0.1, 0.9, n - 1)
        if by == "adjoint":
            return lambda: gates.value_and_gradient(circuit, energy, values)

        def shifted():
            for i in range(n - 1):
                for shift in (-1.5, -0.5, 0.5, 1.5):
                    moved = values + shift * np.pi * np.eye(n - 1)[i]
                    gates.expectation(gates.run(circuit.bind(moved)), energy)

        return shifted
