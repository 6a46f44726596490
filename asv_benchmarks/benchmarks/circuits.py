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

from .common import Timed, require
from .programs import DENSE, SUITE, WIDE

# Aer keeps all 2**n amplitudes.
_DENSE = 20
_REPEATS = 5


def ours(program):
    circuit = qv.gates.Circuit(program.n)
    for name, angles, qubits in program:
        if name == "mcx":
            circuit.mcx(qubits[:-1], qubits[-1])
        else:
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


class Suite(Timed):
    """One program: its gates, and the probabilities of its first qubit.

    Peers: qblaze, and Aer with all amplitudes. Those that would not fit memory are skipped.
    """

    param_names = ("subject", "program")
    params = (("qvarray", "qblaze", "aer"), tuple(SUITE))

    def qvarray(self, name):
        circuit = ours(SUITE[name]())
        return lambda: qv.gates.probabilities(qv.gates.run(circuit), 0)

    def qblaze(self, name):
        if name in WIDE:
            raise NotImplementedError
        program = SUITE[name]()
        steps = blaze_steps(program)
        return lambda: run_blaze(steps, program.n).qubit_probs(0)

    def aer(self, name):
        program = SUITE[name]()
        if program.n > _DENSE:
            raise NotImplementedError
        return aer(program, ("probabilities", [0]))


# -- agreement ------------------------------------------------------------------------------


def amplitudes(name):
    """Indices, in the order of qubits that the peers have, and amplitudes; sorted."""
    program = SUITE[name]()
    x = qv.gates.reverse_qubits(qv.gates.run(ours(program))).to_basis("standard")
    values, indices = x.eigenvalues, x.active_indices
    return np.arange(values.size) if indices is None else indices, values


def blaze_amplitudes(name):
    program = SUITE[name]()
    pairs = list(run_blaze(blaze_steps(program), program.n))
    indices = np.array([i for i, _ in pairs], np.int64)
    order = np.argsort(indices)
    return indices[order], np.array([a for _, a in pairs])[order]


def aer_amplitudes(name):
    vector = np.asarray(aer(SUITE[name](), ("statevector",))())
    return np.arange(vector.size), vector


def difference(one, other):
    """The largest difference of two states' amplitudes, up to a global phase."""
    indices = np.union1d(one[0], other[0])
    a, b = (np.zeros(indices.size, complex) for _ in range(2))
    for where, (present, values) in ((a, one), (b, other)):
        where[np.searchsorted(indices, present)] = values
    phase = np.vdot(a, b)
    return float(np.abs(a * phase / abs(phase) - b).max())


# -- a table --------------------------------------------------------------------------------


def seconds(call):
    """The median time of some calls, the first of which is left out."""
    call()
    times = []
    for _ in range(_REPEATS):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return median(times)


def prepared(subject, name):
    benchmark = Suite()
    try:
        benchmark.setup(subject, name)
    except NotImplementedError:
        return None
    return benchmark.call


def main(names):
    rows, worst = [], {}
    for name in names:
        calls = {subject: prepared(subject, name) for subject in Suite.params[0]}
        times = {s: seconds(call) for s, call in calls.items() if call is not None}
        for peer, theirs in (("qblaze", blaze_amplitudes), ("aer", aer_amplitudes)):
            if peer in times:
                apart = difference(amplitudes(name), theirs(name))
                worst[peer] = max(worst.get(peer, (0.0, "")), (apart, name))
        rows.append((name, times))
    rows.sort(key=lambda row: -row[1]["qvarray"] / row[1].get("qblaze", np.inf))
    print(f"{'ms':24}{'qvarray':>10}{'qblaze':>10}{'aer':>10}   times qblaze's")
    for name, times in rows:
        cells = "".join(f"{times[s] * 1e3:10.3f}" if s in times else f"{'-':>10}" for s in calls)
        print(f"{name:24}{cells}{times['qvarray'] / times.get('qblaze', np.nan):10.2f}")
    for peer in Suite.params[0][1:]:
        for kind, dense in (("sparse", False), ("dense", True)):
            both = [times for name, times in rows if peer in times and (name in DENSE) is dense]
            if both:
                own, theirs = (sum(times[s] for times in both) * 1e3 for s in ("qvarray", peer))
                print(f"{len(both)} {kind}, {peer}: {own:.1f} and {theirs:.1f} ms", own / theirs)
        if peer in worst:
            print(f"largest difference from {peer}: {worst[peer]}")


if __name__ == "__main__":
    main(sys.argv[1:] or SUITE)
