"""Qiskit's transpiler and primitives on our states, against its own simulators."""

import sys
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.random import random_circuit
from qiskit.primitives import (
    BackendEstimatorV2,
    BackendSamplerV2,
    StatevectorEstimator,
    StatevectorSampler,
)
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector

import qvarray as qv
from qvarray.interop.qiskit import Backend, Estimator

BACKEND = Backend()


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_transpiled_circuits_are_the_same(level):
    circuit = random_circuit(4, 6, max_operands=4, seed=level)
    there = transpile(circuit, BACKEND, optimization_level=level)
    assert set(there.count_ops()) <= set(BACKEND.target.operation_names)
    assert Operator.from_circuit(there).equiv(Operator(circuit))
    here = qv.gates.to_statevector(qv.gates.run(qv.gates.Circuit.from_qiskit(there)))
    np.testing.assert_allclose(abs(np.vdot(here.data, Statevector(there).data)), 1, atol=1e-9)


def test_counts_of_two_registers():
    first, second = ClassicalRegister(2, "first"), ClassicalRegister(1, "second")
    circuit = QuantumCircuit(QuantumRegister(3), first, second, name="three", metadata={"a": 1})
    circuit.x(0), circuit.h(2), circuit.measure([0, 1], first), circuit.measure(2, second)
    result = BACKEND.run([circuit, circuit], shots=500, seed_simulator=3, memory=True).result()
    counts = result.get_counts(0)
    assert set(counts) == {"0 01", "1 01"}
    assert sum(counts.values()) == 500
    assert set(result.get_memory(0)) == set(counts)
    assert len(result.get_memory(1)) == 500
    assert result.results[0].header["metadata"] == {"a": 1}
    again = BACKEND.run([circuit, circuit], shots=500, seed_simulator=3, memory=True).result()
    assert again.get_memory(1) == result.get_memory(1)


def test_sampler():
    angle = Parameter("angle")
    circuit = QuantumCircuit(3)
    circuit.ry(angle, 0), circuit.cx(0, 1), circuit.measure_all()
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(2)
    sampler = BackendSamplerV2(backend=BACKEND, options={"seed_simulator": 1})
    values = np.linspace(0, np.pi, 5)
    data = sampler.run([(circuit, values)], shots=2000).result()[0].data
    ones = [data.meas[i].get_counts().get("011", 0) / 2000 for i in range(5)]
    np.testing.assert_allclose(ones, np.sin(values / 2) ** 2, atol=0.06)
    exact = StatevectorSampler(seed=1)
    simple = QuantumCircuit(2)
    simple.h([0, 1]), simple.cz(0, 1), simple.h(0), simple.measure_all()
    counts = [
        s.run([simple], shots=2000).result()[0].data.meas.get_counts() for s in (sampler, exact)
    ]
    assert set(counts[0]) == set(counts[1])


def ansatz():
    circuit = QuantumCircuit(3)
    several = ParameterVector("v", 11)
    for i, angle in enumerate(several):
        circuit.ry(angle / 2 + 0.1, i % 3)
        circuit.cx(i % 3, (i + 1) % 3)
    return circuit


OBSERVABLES = [
    [SparsePauliOp(["XIZ", "ZZI"], [0.5, -1.5])],
    ["IYX"],
    [{"III": 2.0, "ZXY": 0.25}],
]


def test_estimator():
    values = np.random.default_rng(0).uniform(-2, 2, (4, 11))
    pub = (ansatz(), OBSERVABLES, values)
    expected = StatevectorEstimator().run([pub]).result()[0].data.evs
    found = Estimator().run([pub]).result()[0].data
    np.testing.assert_allclose(found.evs, expected, atol=1e-12)
    assert found.stds.shape == (3, 4)
    plain = (ansatz().assign_parameters(values[0]), OBSERVABLES[0][0])
    np.testing.assert_allclose(Estimator().run([plain]).result()[0].data.evs, expected[0, 0])
    noisy = Estimator(seed=5).run([pub], precision=0.1).result()[0].data
    assert 0 < np.abs(noisy.evs - expected).max() < 0.5
    sampled = BackendEstimatorV2(backend=BACKEND, options={"seed_simulator": 2})
    pub = (ansatz(), OBSERVABLES[0], values)
    found = sampled.run([pub], precision=0.02).result()[0].data
    np.testing.assert_allclose(found.evs, expected[0], atol=0.2)


def test_projectors():
    """0, 1, +, -, r and l are projectors onto the states of these names."""
    circuit = ansatz().assign_parameters(np.linspace(-1, 1, 11))
    state = Statevector(circuit)
    observable = {"0I1": 2.0, "+rl": 1.0, "-ZI": 0.3}
    expected = 0.0
    for text, factor in observable.items():
        matrix: Any = np.eye(1)
        for letter in text:
            pauli = {"I": np.eye(2), "Z": np.diag([1, -1])}.get(letter)
            ket = None if pauli is not None else Statevector.from_label(letter).data
            matrix = np.kron(matrix, np.outer(ket, ket.conj()) if pauli is None else pauli)
        expected += factor * state.expectation_value(Operator(matrix)).real
    found = Estimator().run([(circuit, [observable])]).result()[0].data.evs
    np.testing.assert_allclose(found, [expected], atol=1e-12)


def test_noise():
    circuit = QuantumCircuit(1)
    circuit.x(0), circuit.measure_all()
    noisy = Backend(noise={"x": {"X": 1.0}})
    assert noisy.run(circuit, shots=10).result().get_counts() == {"0": 10}
    assert noisy.run(circuit, shots=10, noise=None).result().get_counts() == {"1": 10}


def test_bad_input():
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("angle"), 0)
    with pytest.raises(ValueError, match="without a value: angle"):
        BACKEND.run(circuit)
    with pytest.raises(ValueError, match="no option 'shot'"):
        BACKEND.run(QuantumCircuit(1), shot=3)
    with pytest.raises(ValueError, match="shots must not be negative"):
        BACKEND.run(QuantumCircuit(1), shots=-1)
    measuring = QuantumCircuit(1, 1)
    measuring.measure(0, 0)
    job = Estimator().run([(measuring, "Z")])
    with pytest.raises(ValueError, match="random generator"):
        job.result()


def test_without_qiskit(monkeypatch):
    monkeypatch.delitem(sys.modules, "qvarray.interop.qiskit")
    monkeypatch.setitem(sys.modules, "qiskit", None)
    with pytest.raises(ImportError, match=r"qvarray\[qiskit\]"):
        __import__("qvarray.interop.qiskit")


def test_many_qubits():
    """Above 62 qubits, and by the same calls."""
    n = 150
    circuit = QuantumCircuit(n)
    circuit.h(0)
    for q in range(n - 1):
        circuit.cx(q, q + 1)
    evs = Estimator().run([(circuit, "X" * n), (circuit, "Z" + "I" * (n - 2) + "Z")]).result()
    np.testing.assert_allclose([evs[0].data.evs, evs[1].data.evs], 1, atol=1e-12)
    circuit.measure_all()
    backend = Backend()
    counts = backend.run(circuit, shots=50, seed_simulator=1).result().get_counts()
    assert set(counts) == {"0" * n, "1" * n}
    with pytest.raises(ValueError, match="a method is"):
        backend.run(circuit, method="dense")
