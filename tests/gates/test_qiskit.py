"""Circuits and states from Qiskit, against its own simulation; programs in OpenQASM."""

import numpy as np
import pytest
from qiskit import QuantumCircuit, QuantumRegister
from qiskit.circuit import ClassicalRegister, Parameter
from qiskit.circuit.library import QFTGate
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Statevector, random_statevector

import qvarray as qv

from . import programs

g = qv.gates


def assert_agrees(circuit):
    """Also the global phase is Qiskit's."""
    expected = Statevector(circuit)
    x = g.run(g.Circuit.from_qiskit(circuit))
    np.testing.assert_allclose(g.to_statevector(x).data, expected.data, atol=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_random_circuits(seed):
    assert_agrees(random_circuit(5, 8, max_operands=4, seed=seed))


def test_every_named_gate():
    circuit = QuantumCircuit(4, global_phase=0.3)
    for q in range(4):
        circuit.ry(0.4 + q, q)
    circuit.x(0), circuit.y(1), circuit.z(2), circuit.h(3), circuit.s(0), circuit.sdg(1)
    circuit.t(2), circuit.tdg(3), circuit.sx(0), circuit.sxdg(1), circuit.rx(0.3, 2)
    circuit.rz(0.2, 3), circuit.p(0.7, 0), circuit.u(0.1, 0.2, 0.3, 1)
    circuit.cx(0, 1), circuit.cy(1, 2), circuit.cz(2, 3), circuit.ch(3, 0), circuit.cp(0.4, 0, 2)
    circuit.crx(0.5, 1, 3), circuit.cry(0.6, 2, 0), circuit.crz(0.7, 3, 1), circuit.csx(0, 3)
    circuit.cu(0.1, 0.2, 0.3, 0.4, 1, 0), circuit.swap(0, 2), circuit.iswap(1, 3)
    circuit.cswap(0, 1, 2), circuit.ccx(1, 2, 3), circuit.ccz(0, 2, 3), circuit.mcx([0, 1, 3], 2)
    circuit.rxx(0.3, 0, 1), circuit.ryy(0.4, 1, 2), circuit.rzz(0.5, 2, 3), circuit.ecr(3, 0)
    circuit.unitary(random_matrix(8), [2, 0, 3]), circuit.barrier()
    circuit.append(QFTGate(3), [0, 2, 3]), circuit.rzx(0.3, 1, 2), circuit.dcx(0, 3)
    circuit.cx(0, 1, ctrl_state=0)
    assert_agrees(circuit)


def random_matrix(n):
    rng = np.random.default_rng(0)
    return np.linalg.qr(rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n)))[0]


def test_statevectors():
    vector = random_statevector(8, seed=1)
    x = g.from_statevector(vector)
    assert x[1] == vector.data[4]
    np.testing.assert_array_equal(g.to_statevector(x).data, vector.data)
    one = Statevector.from_label("001")
    assert g.to_dict(g.from_statevector(one)) == {"100": 1}


def test_measurements_and_conditions():
    qubits, first, second = QuantumRegister(2), ClassicalRegister(1), ClassicalRegister(2)
    circuit = QuantumCircuit(qubits, first, second)
    circuit.x(0)
    circuit.measure(0, first[0])
    with circuit.if_test((first, 1)) as otherwise:
        circuit.x(1)
    with otherwise:
        circuit.h(1)
    circuit.measure([0, 1], second)
    with circuit.if_test((second, 2)):
        circuit.x(0)
    circuit.reset(0)
    found = g.run_with_bits(g.Circuit.from_qiskit(circuit), rng=np.random.default_rng(0))
    assert found[1] == "111"
    assert g.to_dict(found[0]) == {"01": 1}


@pytest.mark.parametrize(
    "name", [name for name in programs.named(1, 10) if "vqe" not in name] + ["vqe_n4"]
)
def test_benchmark_programs(name):
    text = programs.qasm(programs.SUITE[name]())
    x = g.run(g.Circuit.from_qasm(text))
    expected = Statevector(QuantumCircuit.from_qasm_str(text)).data
    np.testing.assert_allclose(g.to_statevector(x).data, expected, atol=1e-12)


@pytest.mark.parametrize("name", programs.named(60, 60))
def test_benchmark_programs_on_sixty_qubits(name):
    program = programs.SUITE[name]()
    read = g.Circuit.from_qasm(programs.qasm(program))
    assert read.count_ops().keys() <= {*programs.circuit_of(program).count_ops()}
    np.testing.assert_allclose(
        g.fidelity(g.run(read), g.run(programs.circuit_of(program))), 1, atol=1e-12
    )


QASM2 = """// Teleportation
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg a[1];
creg b[1];
gate pair x, y { h x; cx x, y; }
ry(0.7) q[0];
pair q[1], q[2];
cx q[0], q[1];
h q[0];
measure q[0] -> a[0];
measure q[1] -> b[0];
if (b == 1) x q[2];
if (a == 1) z q[2];
"""

QASM3 = """OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[1] a;
bit[1] b;
ry(0.7) q[0];
h q[1];
cx q[1], q[2];
cx q[0], q[1];
h q[0];
a[0] = measure q[0];
b[0] = measure q[1];
if (b == 1) { x q[2]; }
if (a == 1) { z q[2]; }
"""


@pytest.mark.parametrize("text", [QASM2, QASM3])
def test_programs(text):
    circuit = g.Circuit.from_qasm(text)
    for seed in range(6):
        x = g.run(circuit, rng=np.random.default_rng(seed))
        np.testing.assert_allclose(g.probabilities(x, 2)[1], np.sin(0.35) ** 2, atol=1e-12)


def _too_many():
    return QuantumCircuit(4097)


def _not_linear():
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("angle").sin(), 0)
    return circuit


def _loop():
    circuit = QuantumCircuit(1)
    with circuit.for_loop(range(3)):
        circuit.x(0)
    return circuit


@pytest.mark.parametrize(
    ("match", "make"), [("4096", _too_many), ("not linear", _not_linear), ("for", _loop)]
)
def test_circuits_that_cannot_be_had(match, make):
    with pytest.raises(ValueError, match=match):
        g.Circuit.from_qiskit(make())


def test_programs_that_cannot_be_read():
    with pytest.raises(ValueError, match="cannot read"):
        g.Circuit.from_qasm("OPENQASM 3.0; nothing q;")


def test_operators():
    from qiskit.quantum_info import Operator, Pauli, SparsePauliOp

    source = random_circuit(4, 5, max_operands=3, seed=3)
    circuit = g.Circuit.from_qiskit(source)
    np.testing.assert_allclose(g.to_operator(circuit).data, Operator(source).data, atol=1e-12)
    here = np.stack([g.run(circuit, g.basis_state(format(j, "04b"))).todense() for j in range(16)])
    np.testing.assert_allclose(g.to_operator(here.T).data, Operator(source).data, atol=1e-12)
    x = g.run(circuit)
    total = SparsePauliOp(["XIZY", "ZZII", "IIIX"], [0.5, -2, 0.25])
    expected = Statevector(source).expectation_value(total)
    np.testing.assert_allclose(g.expectation(x, total), expected.real, atol=1e-12)
    assert isinstance(g.expectation(x, total), float)
    np.testing.assert_allclose(
        g.expectation(x, Pauli("-iXIZY")), Statevector(source).expectation_value(Pauli("-iXIZY"))
    )
    np.testing.assert_allclose(
        g.value_and_gradient(circuit, total, [])[0], expected.real, atol=1e-12
    )
    with pytest.raises(ValueError, match="4 characters"):
        g.expectation(x, Pauli("X"))
    with pytest.raises(ValueError, match="without a value"):
        g.expectation(x, SparsePauliOp(["XXXX"], np.array([Parameter("a")])))
    for wrong in (np.eye(3), np.ones(4), np.ones((2, 4))):
        with pytest.raises(ValueError, match="an operator has shape"):
            g.to_operator(wrong)
    with qv.options(memory_budget=2**20), pytest.raises(qv.MaterializationError):
        g.to_operator(g.Circuit(10))
    np.testing.assert_allclose(Statevector(np.asarray(x)).data, x.todense())


def test_circuits_to_qiskit():
    source = random_circuit(5, 8, max_operands=4, seed=5)
    circuit = g.Circuit.from_qiskit(source).csx(0, 1).append("csxdg", 1, 2).append("iswapdg", 2, 3)
    circuit.mcx([0, 1, 2], 3).mcp(0.3, [4, 3], 1).phase(lambda r: 0.1 * r, [1, 2, 3]).barrier()
    circuit.permutation(lambda r: (r + 3) % 8, [0, 4, 2]).unitary(random_matrix(4), [3, 1])
    expected = g.to_statevector(g.run(circuit)).data
    np.testing.assert_allclose(Statevector(circuit.to_qiskit()).data, expected, atol=1e-12)
    again = g.Circuit.from_qiskit(circuit.to_qiskit())
    np.testing.assert_allclose(g.to_statevector(g.run(again)).data, expected, atol=1e-12)
    with pytest.raises(ValueError, match="9 qubits is too large"):
        g.Circuit(9).phase(lambda r: r, range(9)).to_qiskit()


def test_conditions_to_qiskit_and_back():
    circuit = g.Circuit(3, 3).h(range(2)).measure([0, 1], [0, 2]).x(2, condition=([2, 0], 1))
    circuit.reset(1, condition=(0, 1)).measure(2, 1)
    for again in (
        g.Circuit.from_qiskit(circuit.to_qiskit()),
        g.Circuit.from_qasm(circuit.to_qasm(3)),
    ):
        assert set(g.run_shots(again, 400, 0)) == set(g.run_shots(circuit, 400, 0))


def test_conditions_inside_conditions():
    circuit = QuantumCircuit(3, 2)
    circuit.x(0), circuit.h(1), circuit.measure([0, 1], [0, 1])
    with circuit.if_test((0, 1)) as otherwise:
        with circuit.if_test((circuit.cregs[0], 3)) as inner:
            circuit.x(2)
        with inner:
            circuit.h(2)
    with otherwise:
        circuit.y(2)
    found = g.run_shots(g.Circuit.from_qiskit(circuit).measure_all(), 400, 0)
    assert set(found) == {"10100", "10101", "11111"}
    circuit = QuantumCircuit(1, 1)
    with circuit.if_test((0, 0)) as otherwise:
        circuit.x(0), circuit.measure(0, 0)
    with otherwise:
        circuit.x(0)
    with pytest.raises(ValueError, match="changes the bits"):
        g.Circuit.from_qiskit(circuit)
