"""Quantum states and gates."""

import numpy as np

import qvarray as qv

from .common import SEED, Measured, require, sorted_indices


def random_state(rng, k, doubled=None):
    """k random amplitudes of 40 qubits; or twice as many, that an H on a qubit made of them."""
    indices = sorted_indices(rng, k, 2**40)
    values = rng.standard_normal(k) + 1j * rng.standard_normal(k)
    if doubled is not None:
        bit = 1 << (39 - doubled)
        indices, first = np.unique(indices & ~bit, return_index=True)
        indices = np.concatenate([indices, indices | bit])
        values = np.tile(values[first], 2)
    values /= np.linalg.norm(values)
    return qv.gates.state(qv.from_coordinates(indices, values, 2**40))


def scrambled(rng, bits):
    """qblaze with 2**bits amplitudes of 40 qubits, far apart."""
    simulator = require("qblaze").Simulator(qubit_count=40)
    for q in range(bits):
        simulator.h(q)
    for _ in range(300):
        a, b, c = rng.permutation(40)[:3].tolist()
        simulator.ccx(a, b, c)
        simulator.cx(b, c)
    simulator.flush()
    return simulator


class Gate(Measured):
    """One gate on 2**16 amplitudes of 40 qubits, and what is read after it.

    The peer is qblaze, where it is installed: its gates are all computed.
    """

    param_names = ("subject", "gate", "read")
    params = (("qvarray", "qblaze"), ("x", "cx", "ccx", "swap", "z", "t", "h"), ("element", "all"))
    qubits = (20, 7, 31)

    def arguments(self, gate):
        return self.qubits[: {"cx": 2, "cz": 2, "swap": 2, "ccx": 3}.get(gate, 1)]

    def qvarray(self, gate, read):
        indices = sorted_indices(self.rng, 2**16, 2**40)
        x = qv.gates.state(qv.from_coordinates(indices, np.ones(2**16) / 2**8, 2**40))
        function, qubits = getattr(qv.gates, gate), self.arguments(gate)
        if read == "element":
            return lambda: function(x, *qubits)[5]
        return lambda: function(x, *qubits).nactive

    def qblaze(self, gate, read):
        simulator = scrambled(self.rng, 16)
        function, qubits = getattr(simulator, gate), self.arguments(gate)

        def call():
            function(*qubits)
            simulator.flush()

        return call


class Amplitudes(Measured):
    """A gate on 2**20 random amplitudes of 40 qubits, all of which are read after it.

    H up doubles them; H down halves what it doubled. qblaze cannot be given a state, so both are
    its time for one up and one down in turn, per gate.
    """

    param_names = ("subject", "gate")
    params = (
        ("qvarray", "qblaze"),
        ("x", "cx", "ccx", "swap", "z", "t", "h_up", "h_down"),
    )

    def qvarray(self, gate):
        name = gate.partition("_")[0]
        if gate == "h_down":
            x = random_state(self.rng, 2**19, Gate.qubits[0])
        else:
            x = random_state(self.rng, 2**20)
        function, qubits = getattr(qv.gates, name), Gate().arguments(name)
        return lambda: function(x, *qubits).nactive

    def qblaze(self, gate):
        simulator = scrambled(self.rng, 20)
        name = gate.partition("_")[0]
        function, qubits = getattr(simulator, name), Gate().arguments(name)

        def call():
            function(*qubits)
            simulator.flush()

        return call


class Output(Measured):
    """A gate on 2**20 random amplitudes of 40 qubits, all of which are computed after it.

    Written to the array that it is applied to, or to another one.
    """

    param_names = ("subject", "gate", "output")
    params = (("qvarray",), ("z", "t", "cz", "x"), ("other", "itself"))

    def qvarray(self, gate, output):
        x = random_state(self.rng, 2**20)
        function, qubits = getattr(qv.gates, gate), Gate().arguments(gate)
        if output == "other":
            return lambda: function(x, *qubits).nactive
        return lambda: function(x, *qubits, out=x).nactive


class ManyGates(Measured):
    """1000 random gates on 2**20 amplitudes of 40 qubits, then one read of all."""

    param_names = ("subject",)
    params = (("qvarray", "qblaze"),)
    names = ("x", "cx", "swap", "z", "s", "cz")

    def gates(self):
        names = self.rng.choice(self.names, 1000).tolist()
        return [
            (name, self.rng.permutation(40)[: 1 + (name in ("cx", "swap", "cz"))].tolist())
            for name in names
        ]

    def qvarray(self):
        gates, x = self.gates(), random_state(self.rng, 2**20)

        def call():
            y = x
            for name, qubits in gates:
                y = getattr(qv.gates, name)(y, *qubits)
            return y.nactive

        return call

    def qblaze(self):
        gates = self.gates()
        simulator = scrambled(self.rng, 20)

        def call():
            for name, qubits in gates:
                getattr(simulator, name)(*qubits)
            simulator.flush()

        return call


class AmplitudeBytes:
    """Bytes that a state of 2**20 random amplitudes takes, by the amplitude."""

    param_names = ("subject",)
    params = (("qvarray",),)

    def setup(self, subject):
        x = random_state(np.random.default_rng(SEED), 2**20)
        self.nbytes = qv.gates.cx(x, 3, 4).nbytes / 2**20

    def track_bytes(self, *_):
        return self.nbytes

    track_bytes.unit = "bytes"


class Algorithm(Measured):
    """Circuits on 60 qubits from the zero state."""

    param_names = ("subject", "name")
    params = (("qvarray",), ("fourier", "ghz", "cat", "coin", "bernstein", "deutsch"))

    def qvarray(self, name):
        circuit = getattr(self, name)()
        return lambda: qv.gates.run(circuit)

    def cat(self):
        circuit = qv.gates.Circuit(60).h(0)
        for q in range(1, 60):
            circuit.cx(0, q)
        return circuit

    def bernstein(self):
        circuit = qv.gates.Circuit(60).x(59)
        for q in range(60):
            circuit.h(q)
        for q in np.flatnonzero(self.rng.integers(0, 2, 59)).tolist():
            circuit.cx(q, 59)
        for q in range(59):
            circuit.h(q)
        return circuit

    def deutsch(self):
        """A balanced function: the parity of all inputs, some of them flipped."""
        flipped = np.flatnonzero(self.rng.integers(0, 2, 59)).tolist()
        circuit = qv.gates.Circuit(60).x(59)
        for q in range(60):
            circuit.h(q)
        for q in flipped:
            circuit.x(q)
        for q in range(59):
            circuit.cx(q, 59)
        for q in flipped:
            circuit.x(q)
        for q in range(59):
            circuit.h(q)
        return circuit

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


class CliffordGates(Measured):
    """1000 random Clifford gates, H among them, on 2**20 amplitudes of 40 qubits, then one read.

    qblaze runs out of memory here, and has no line.
    """

    param_names = ("subject",)
    params = (("qvarray",),)
    names = (*ManyGates.names, "h")

    def qvarray(self):
        x, circuit = random_state(self.rng, 2**20), qv.gates.Circuit(40)
        for name in self.rng.choice(self.names, 1000).tolist():
            count = 1 + (name in ("cx", "swap", "cz"))
            circuit.append(name, *self.rng.permutation(40)[:count].tolist())
        return lambda: qv.gates.run(circuit, x)[5]


class GraphState(Measured):
    """A graph state of 60 qubits and 800 edges, and the sampling of it."""

    param_names = ("subject", "job")
    params = (("qvarray",), ("make", "sample", "measure"))

    def qvarray(self, job):
        circuit = qv.gates.Circuit(60)
        for q in range(60):
            circuit.h(q)
        for _ in range(800):
            circuit.cz(*self.rng.permutation(60)[:2].tolist())
        if job == "make":
            return lambda: qv.gates.run(circuit)
        x = qv.gates.run(circuit)
        if job == "sample":
            return lambda: qv.gates.sample(x, 1000, self.rng)
        return lambda: qv.gates.measure(x, range(60), self.rng)
