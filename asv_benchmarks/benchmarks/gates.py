"""Quantum states and gates."""

import numpy as np

import qvarray as qv

from .common import Measured, Timed, require, sorted_indices


class Gate(Timed):
    """One gate on 2**16 amplitudes of 40 qubits, and what is read after it.

    The peer is qblaze, where it is installed: its gates are all computed.
    """

    param_names = ("subject", "gate", "read")
    params = (("qvarray", "qblaze"), ("x", "cx", "ccx", "swap", "z", "t", "h"), ("element", "all"))
    qubits = (20, 7, 31)

    def arguments(self, gate):
        return self.qubits[: {"cx": 2, "swap": 2, "ccx": 3}.get(gate, 1)]

    def qvarray(self, gate, read):
        indices = sorted_indices(self.rng, 2**16, 2**40)
        x = qv.gates.state(qv.from_coordinates(indices, np.ones(2**16) / 2**8, 2**40))
        function, qubits = getattr(qv.gates, gate), self.arguments(gate)
        if read == "element":
            return lambda: function(x, *qubits)[5]
        return lambda: function(x, *qubits).nactive

    def qblaze(self, gate, read):
        simulator = require("qblaze").Simulator(qubit_count=40)
        for q in range(16):
            simulator.h(q)
        for _ in range(300):
            a, b, c = self.rng.permutation(40)[:3].tolist()
            simulator.ccx(a, b, c)
            simulator.cx(b, c)
        simulator.flush()
        function, qubits = getattr(simulator, gate), self.arguments(gate)

        def call():
            function(*qubits)
            simulator.flush()

        return call


class Algorithm(Measured):
    """Circuits on 60 qubits; the QFT, GHZ and counterfeit-coin states."""

    param_names = ("subject", "name")
    params = (("qvarray",), ("fourier", "ghz", "coin"))

    def qvarray(self, name):
        circuit = getattr(self, name)()
        return lambda: qv.gates.run(circuit)

    def fourier(self):
        circuit = qv.gates.Circuit(60)
        for a in range(60):
            circuit.h(a)
            for b in range(a + 1, 60):
                circuit.cp(np.pi / 2 ** (b - a), b, a)
        return circuit

    def ghz(self):
        circuit = qv.gates.Circuit(60).h(0)
        for q in range(59):
            circuit.cx(q, q + 1)
        return circuit

    def coin(self):
        circuit = qv.gates.Circuit(60)
        for q in range(59):
            circuit.h(q)
        for q in range(59):
            circuit.cx(q, 59)
        return circuit
