"""The programs of `programs.SUITE`, each from its gates to the probabilities of one qubit.

``python -m benchmarks.circuits``, in the folder above, checks all amplitudes against qblaze's and
Aer's, and prints the times of all programs beside theirs.
"""

import sys
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np

import qvarray as qv

from .common import Measured, require
from .programs import DENSE, SUITE, WIDE

# Aer keeps all 2**n amplitudes.
_DENSE = 20
_REPEATS = 5
_GROUPS = ((12, "small"), (_DENSE, "medium"), (62, "large"), (np.inf, "many"))
# Of slow calls there are fewer.
_LONGEST = 0.5


def ours(program):
    circuit = qv.gates.Circuit(program.n)
    for name, angles, qubits in program:
        circuit.append(name, *angles, *qubits)
    return circuit


_BLAZE = {
    "p": lambda lam, q: [("mcphase", [(q, True)], lam)],
    "u": lambda theta, phi, lam, q: [("u3", q, theta, phi, lam)],
    "cp": lambda lam, a, b: [("mcphase", [(a, True), (b, True)], lam)],
    "mcx": lambda *qubits: [("mcx", [(q, True) for q in qubits[:-1]], qubits[-1])],
    "cy": lambda a, b: [("sdg", b), ("cx", a, b), ("s", b)],
    "crz": lambda t, a, b: [("rz", b, t / 2), ("cx", a, b), ("rz", b, -t / 2), ("cx", a, b)],
    "cry": lambda t, a, b: [("ry", b, t / 2), ("cx", a, b), ("ry", b, -t / 2), ("cx", a, b)],
    **{name: partial(lambda name, t, q: [(name, q, t)], name) for name in ("rx", "ry", "rz")},
}  # fmt: skip


def blaze_steps(program):
    """What to call of a simulator of qblaze: it has angles last, and controls in pairs."""
    steps = []
    for name, angles, qubits in program:
        own = _BLAZE.get(name, lambda *_, name=name, qubits=qubits: [(name, *qubits)])
        steps += [(method, arguments) for method, *arguments in own(*angles, *qubits)]
    return steps


def run_blaze(steps, n):
    simulator = require("qblaze").Simulator(qubit_count=n)
    for method, arguments in steps:
        getattr(simulator, method)(*arguments)
    simulator.flush()
    return simulator


def aer_circuit(program):
    circuit = require("qiskit").QuantumCircuit(program.n)
    for name, angles, qubits in program:
        if name == "mcx":
            circuit.mcx(list(qubits[:-1]), qubits[-1])
        else:
            getattr(circuit, name)(*angles, *qubits)
    return circuit


def aer(program, save):
    """A call of Aer's dense simulator, with its circuit made ready before."""
    simulator = require("qiskit_aer").AerSimulator(method="statevector")
    circuit = aer_circuit(program)
    getattr(circuit, "save_" + save[0])(*save[1:])
    ready = require("qiskit").transpile(circuit, simulator, optimization_level=0)
    return lambda: simulator.run(ready, shots=1).result().data()[save[0]]


def qvarray_call(name):
    circuit = ours(SUITE[name]())
    return lambda: qv.gates.probabilities(qv.gates.run(circuit), 0)


def qblaze_call(name):
    if name in WIDE:
        raise NotImplementedError
    program = SUITE[name]()
    steps = blaze_steps(program)
    return lambda: run_blaze(steps, program.n).qubit_probs(0)


def aer_call(name):
    program = SUITE[name]()
    if program.n > _DENSE:
        raise NotImplementedError
    return aer(program, ("probabilities", [0]))


def group_of(name):
    if name in WIDE or name in DENSE:
        return "wide" if name in WIDE else "dense"
    n = SUITE[name]().n
    return next(name for most, name in _GROUPS if n <= most)


class Suite(Measured):
    """Programs one after the other: their gates, and the probabilities of the first qubit.

    Small are those of up to 12 qubits, medium up to 20, large up to 62, many are more. Wide are
    those whose states have too many amplitudes in the standard basis; dense is one that has all of
    2**16.
    Peers: qblaze, and Aer with all amplitudes.
    """

    param_names = ("subject", "group")
    params = (("qvarray", "qblaze", "aer"), ("small", "medium", "large", "many", "wide", "dense"))

    def all_of(self, call, group):
        calls = [call(name) for name in SUITE if group_of(name) == group]
        return lambda: [call() for call in calls]

    def qvarray(self, group):
        return self.all_of(qvarray_call, group)

    def qblaze(self, group):
        return self.all_of(qblaze_call, group)

    def aer(self, group):
        return self.all_of(aer_call, group)


_RING = 40


def ring(layers=2):
    """The alternating operators of a ring, whose state is dense and of low entanglement."""
    circuit = qv.gates.Circuit(_RING).h(range(_RING))
    pairs = [*range(1, _RING), 0]
    for layer in range(layers):
        circuit.rzz(0.4 + 0.3 * layer, range(_RING), pairs).rx(0.9 - 0.2 * layer, range(_RING))
    return circuit


def rotations(layers=2):
    """Layers of rotations and controlled signs."""
    circuit = qv.gates.Circuit(_RING)
    for layer in range(layers):
        circuit.ry(np.linspace(-3, 2 + layer, _RING), range(_RING))
        circuit.cz(range(_RING - 1), range(1, _RING))
    return circuit.ry(0.3, range(_RING))


def groups():
    """Rotations and controlled signs in four groups of ten qubits."""
    circuit = qv.gates.Circuit(_RING)
    for layer in range(3):
        circuit.ry(np.linspace(-3, 2 + layer, _RING), range(_RING))
        for first in range(0, _RING, 10):
            circuit.cz(range(first, first + 9), range(first + 1, first + 10))
    return circuit.ry(0.3, range(_RING))


class LowEntanglement(Measured):
    """The energy of a ring of 40 qubits, by matrix product states or a product of groups."""

    param_names = ("subject", "circuit")
    params = (("qvarray", "aer"), ("ring", "rotations", "groups"))

    def energy(self):
        letters = [["I"] * _RING for _ in range(_RING)]
        for q, text in enumerate(letters):
            text[q] = text[(q + 1) % _RING] = "Z"
        return {"".join(text): 1.0 for text in letters}

    def made(self, circuit):
        require("qiskit_aer")
        return {"ring": ring, "rotations": rotations, "groups": groups}[circuit]()

    def qvarray(self, circuit):
        made, energy = self.made(circuit), self.energy()
        method = "product" if circuit == "groups" else "mps"
        return lambda: qv.gates.expectation(qv.gates.run(made, method=method), energy)

    def aer(self, circuit):
        made = self.made(circuit)
        terms = [(text[::-1], factor) for text, factor in self.energy().items()]
        operator = require("qiskit.quantum_info").SparsePauliOp.from_list(terms)
        simulator = require("qiskit_aer").AerSimulator(method="matrix_product_state")

        def call():
            ready = made.to_qiskit()
            ready.save_expectation_value(operator, range(_RING))
            return simulator.run(ready, shots=1).result().data()["expectation_value"]

        return call


class FewOthers(Measured):
    """400 Clifford gates with 10 T gates among them on 20 qubits, and 100 samples.

    The peer is Aer with all amplitudes.
    """

    param_names = ("subject",)
    params = (("qvarray", "aer"),)

    def circuit(self):
        circuit = qv.gates.Circuit(20)
        for step, name in enumerate(self.rng.choice(["h", "s", "cx", "cz"], 400)):
            q, p = self.rng.choice(20, 2, replace=False).tolist()
            circuit.append(str(name), *([q, p] if name in ("cx", "cz") else [q]))
            if step % 40 == 0:
                circuit.t(p)
        return circuit

    def qvarray(self):
        circuit = self.circuit()
        return lambda: qv.gates.sample(qv.gates.run(circuit), 100, 0)

    def aer(self):
        ready = self.circuit().measure_all().to_qiskit()
        simulator = require("qiskit_aer").AerSimulator(method="statevector")
        return lambda: simulator.run(ready, shots=100).result().get_counts()


class Middle(Measured):
    """2500 gates, measurements, resets and gates with a condition on 12 qubits.

    The peer is qblaze, called step by step: resets and conditions are Python's there.
    """

    param_names = ("subject",)
    params = (("qvarray", "qblaze"),)

    def steps(self):
        return [tuple(map(int, self.rng.choice(12, 2, replace=False))) for _ in range(500)]

    def qvarray(self):
        circuit = qv.gates.Circuit(12, 12)
        for a, b in self.steps():
            circuit.h(a).cx(a, b).measure(b, b).reset(a).x(a, condition=(b, 1))
        return lambda: qv.gates.run(circuit, rng=0)

    def qblaze(self):
        simulator, steps = require("qblaze").Simulator, self.steps()

        def call():
            state = simulator(qubit_count=12)
            for a, b in steps:
                state.h(a)
                state.cx(a, b)
                found = state.measure(b)
                if state.measure(a):
                    state.x(a)
                if found:
                    state.x(a)

        return call


# -- agreement ------------------------------------------------------------------------------


def amplitudes(name):
    """Amplitudes by bit strings, qubit 0 first."""
    return qv.gates.to_dict(qv.gates.run(ours(SUITE[name]())))


def blaze_amplitudes(name):
    program = SUITE[name]()
    pairs = run_blaze(blaze_steps(program), program.n)
    return {format(i, f"0{program.n}b")[::-1]: a for i, a in pairs}


def aer_amplitudes(name):
    program = SUITE[name]()
    vector = np.asarray(aer(program, ("statevector",))()).tolist()
    return {format(i, f"0{program.n}b")[::-1]: a for i, a in enumerate(vector)}


def difference(ours, theirs):
    """The largest difference of two states' amplitudes, up to a global phase."""
    both = [(ours.get(bits, 0), theirs.get(bits, 0)) for bits in ours.keys() | theirs.keys()]
    a, b = np.array(both).T
    phase = np.vdot(a, b)
    return float(np.abs(a * phase / abs(phase) - b).max())


# -- a table --------------------------------------------------------------------------------


def seconds(call):
    """The median time of some calls, the first of which is left out."""
    call()
    times = []
    while len(times) < _REPEATS and sum(times) < _LONGEST:
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return median(times)


def median_of(call, name):
    try:
        return seconds(call(name))
    except NotImplementedError:
        return np.nan


def main(names):
    rows, worst = [], {}
    for name in names:
        times = [median_of(call, name) * 1e3 for call in (qvarray_call, qblaze_call, aer_call)]
        for column, theirs in ((1, blaze_amplitudes), (2, aer_amplitudes)):
            if np.isfinite(times[column]):
                apart = difference(amplitudes(name), theirs(name))
                worst[column] = max(worst.get(column, (0.0, "")), (apart, name))
        rows.append((times[0] / times[1], name, times))
    print(f"{'ms':24}{'qvarray':>10}{'qblaze':>10}{'aer':>10}   times qblaze's")
    for ratio, name, times in sorted(rows, reverse=True, key=lambda row: np.nan_to_num(row[0])):
        print(f"{name:24}" + "".join(f"{seconds:10.3f}" for seconds in times) + f"{ratio:10.2f}")
    for column, peer in ((1, "qblaze"), (2, "aer")):
        for dense in (False, True):
            both = [
                times for _, name, times in rows
                if np.isfinite(times[column]) and (name in DENSE) is dense
            ]  # fmt: skip
            if both:
                own, theirs = (sum(times[which] for times in both) for which in (0, column))
                print(
                    f"{len(both)} {'dense' if dense else 'sparse'} programs: {own:.1f} ms, "
                    f"{peer} {theirs:.1f} ms, {own / theirs:.3f} times"
                )
        if column in worst:
            print(f"largest difference from {peer}: {worst[column]}")


if __name__ == "__main__":
    main(sys.argv[1:] or SUITE)
