"""OpenQASM 2 read and written: against Qiskit's reader, there and back, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator, Statevector

import qvarray as qv
from qvarray.gates.qasm_expressions import value_of

from . import plain

g = qv.gates
HEAD = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'


def same_up_to_phase(a, b):
    np.testing.assert_allclose(abs(np.vdot(a, b)), np.linalg.norm(b) ** 2, rtol=1e-9)


def vector_of(circuit):
    return g.to_statevector(g.run(circuit)).data


@given(st.integers(3, 4).flatmap(plain.steps))
def test_there_and_back(steps):
    circuit = g.Circuit(4).ry([0.3, 0.8, 1.4, 2.0], range(4))
    for name, angles, qubits in steps:
        circuit.append(name, *angles, *qubits)
    text = circuit.to_qasm()
    expected = vector_of(circuit)
    same_up_to_phase(vector_of(g.Circuit.from_qasm(text)), expected)
    same_up_to_phase(Statevector(QuantumCircuit.from_qasm_str(text)).data, expected)


@pytest.mark.parametrize("name", ["mcx", "mcp"])
@pytest.mark.parametrize("controls", [1, 2, 4, 5])
def test_many_controls(name, controls):
    angles = [0.7] if name == "mcp" else []
    circuit = g.Circuit(controls + 1).append(name, *angles, *range(controls + 1))
    text = circuit.to_qasm()
    expected = Operator(circuit.to_qiskit()).data
    np.testing.assert_allclose(
        Operator(QuantumCircuit.from_qasm_str(text)).data, expected, atol=1e-9
    )
    read = g.Circuit.from_qasm(text)
    np.testing.assert_allclose(Operator(read.to_qiskit()).data, expected, atol=1e-9)


def test_as_many_controls_as_there_are_qubits():
    text = g.Circuit(40).mcx(list(range(39)), 39).to_qasm()
    assert len(g.Circuit.from_qasm(text)) < 10_000


PROGRAM = (
    HEAD
    + """
// Two registers, a gate of gates, and all that qelib1.inc has.
gate twist(a, b) x, y { rz(-a/2 + sin(b)^2) x; cx x, y; u2(0, a*b) y; barrier x, y; }
gate both(lambda) p, q, r { twist(lambda, 0.5) p, q; twist(2*lambda, pi/8) r, q; }
qreg a[3]; qreg b[2]; creg c[2];
u3(0.1, 0.2, 0.3) a; u2(0.4, 0.5) b[0]; u1(0.6) b[1]; u(.7,1.,1e-1) a[2]; U(0.1,0,0) a[0];
h b; both(0.3) a[0], a[1], b[0]; CX a[0], b[1];
cx a[0], b; barrier a, b[1]; id a[1]; u0(1) a[1];
cu3(0.1, 0.2, 0.3) a[0], b[1]; cu(0.1,0.2,0.3,0.4) b[0],a[2]; rccx a[0], a[1], a[2];
rc3x a[0],a[1],a[2],b[0]; c3x a[0],a[1],a[2],b[0]; c3sqrtx b[0],b[1],a[0],a[1];
c4x a[0],a[1],a[2],b[0],b[1]; rzz(0.3) a[0],b[0]; rxx(0.2) a[1],b[1]; cswap a[0],a[1],b[0];
csx a[0], b[0]; cu1(0.2) a[1], b[1]; crx(0.1) a[0],a[1]; cry(0.2) a[1],a[2]; crz(0.4) b[0],b[1];
sx a[0]; sxdg a[1]; cy a[0],b[1]; ch a[2],b[0]; cz a[0],a[2]; swap b[0],a[1]; ccx a[0],b[0],b[1];
rx(pi) a[0]; ry(-pi/2) b; p(3*pi/4) a[1]; y b[0]; x a; z a[0]; t a[0]; tdg b; s b; sdg a[2];
"""
)


def test_every_gate_of_the_library():
    same_up_to_phase(
        vector_of(g.Circuit.from_qasm(PROGRAM)),
        Statevector(QuantumCircuit.from_qasm_str(PROGRAM)).data,
    )


def test_registers_and_bits():
    circuit = g.Circuit.from_qasm(
        HEAD + "qreg a[2];creg c[2];qreg b[1];creg d[1];x a[1];measure a->c;x b;reset a[1];"
        "if(c==2)x a[0];if (d == 1) x a[1];measure b[0] -> d[0]; barrier a;"
    )
    assert (circuit.n, circuit.m) == (3, 3)
    assert [entry.condition for entry in circuit][4:6] == [((1, 0), 2), ((2,), 1)]
    assert circuit.count_ops() == {"x": 4, "measure": 2, "reset": 1, "barrier": 1}
    assert g.run_with_bits(circuit, rng=0)[1] == "011"
    again = g.Circuit.from_qasm(circuit.to_qasm())
    assert g.run_with_bits(again, rng=0)[1] == "011"


def test_conditions_there_and_back():
    circuit = g.Circuit(3, 4).h(0).measure(0, 0).x(1, condition=([2, 1, 0], 1))
    circuit.x(2, condition=(3, 0)).reset(0, condition=([0, 1, 2], 4))
    again = g.Circuit.from_qasm(circuit.to_qasm())
    for seed in range(4):
        assert g.run_shots(circuit.copy().measure_all(), 1, seed) == g.run_shots(
            again.copy().measure_all(), 1, seed
        )


def test_own_definitions_are_taken_at_their_word():
    text = "OPENQASM 2.0; gate h a { U(0, 0, pi) a; } gate ccz a, b, c { } qreg q[3]; h q; "
    assert g.Circuit.from_qasm(text + "ccz q[0], q[1], q[2];").count_ops() == {"u": 3}
    # One that is the gate of its name is that gate.
    text = HEAD + "gate ccz x, y, z { h z; ccx x, y, z; h z; } qreg q[3]; ccz q[0], q[1], q[2];"
    assert g.Circuit.from_qasm(text).count_ops() == {"ccz": 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pi", np.pi),
        ("-2^2", -4.0),
        ("2^3^2", 512.0),
        ("1-2-3", -4.0),
        ("8/4/2*3", 3.0),
        ("2*-3+ +1", -5.0),
        ("ln(exp(2.5)) * sqrt(4)", 5.0),
        ("-(1 + 2)*tan(0)", 0.0),
        ("1.5e-3 + .5E1", 5.0015),
        ("sin(pi/2) + cos(0)", 2.0),
    ],
)
def test_expressions(text, value):
    np.testing.assert_allclose(value_of(text, {}), value, rtol=1e-15)


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("nothing q;", "line 5.*no gate 'nothing'"),
        ("x q[2];", r"line 5.*out of range for q\[2\]"),
        ("x r[0];", "no register 'r'"),
        ("cx q[0], q[0];", "repeated"),
        ("cx q[0];", "cx takes 0 angles and 2 qubits, got 0 and 1"),
        ("rx q[0];", "rx takes 1 angles"),
        ("rx(1, 2) q[0];", "rx takes 1 angles"),
        ("rx(1 +) q[0];", "too early"),
        ("rx(1 2) q[0];", "operator is missing"),
        ("rx((1) q[0];", "too early"),
        ("rx(sin 1) q[0];", r"\( is missing"),
        ("rx(theta) q[0];", "'theta' has no value"),
        ("rx(1/0) q[0];", "no value"),
        ("rx(ln(0)) q[0];", "math domain|expected a positive"),
        ("rx(1e999) q[0];", "finite"),
        ("x q[0]", "cannot be read"),
        ("x 0;", "names no qubit"),
        ("qreg q[2];", "two registers 'q'"),
        ("qreg p[0];", "no elements"),
        ("creg p;", "a name and a size"),
        ('include "other.inc";', "only qelib1.inc"),
        ("OPENQASM 3.0;", "not 3.0"),
        ("measure q -> c;", "2 qubits to measure into 1"),
        ("measure q[0] -> q[0];", "no register 'q' of bits"),
        ("if (c == 2) x q[0];", "2 is no value"),
        ("if (d == 1) x q[0];", "no classical register 'd'"),
        ("if (c = 1) x q[0];", "no condition"),
        ("if (c == 1) qreg p[1];", "cannot have a condition"),
        ("gate g a { x b; }", "no qubit 'b'"),
        ("gate g a { g a; }", "no gate 'g'"),
        ("gate g a, a { }", "repeated names"),
        ("gate g(1) a { }", "is no name"),
        ("gate g { }", "no qubits"),
        ("gate g a;", "braces"),
        ("opaque g(t) a, b; g(1) q[0], q[1];", "opaque"),
        ("qreg p[3]; cx p, q;", "different sizes"),
        ("}", "cannot be read"),
    ],
)
def test_programs_that_cannot_be_read(line, match):
    with pytest.raises(ValueError, match=match) as caught:
        g.Circuit.from_qasm(HEAD + "// Registers\nqreg q[2]; creg c[1];\n" + line + "\n")
    assert str(caught.value).startswith("line 5 of the program: ")


def test_what_has_no_program():
    for match, circuit in (
        ("2 qubits has no form", g.Circuit(2).unitary(np.eye(4)[[1, 0, 2, 3]], [0, 1])),
        ("permutation", g.Circuit(2).permutation(lambda a: a, [0, 1])),
        ("do not overlap", g.Circuit(1, 3).x(0, condition=([0, 1], 1)).x(0, condition=(0, 1))),
        ("follow each other", g.Circuit(1, 3).x(0, condition=([0, 2], 1))),
        ("without a value: a", g.Circuit(1).rx(g.Parameter("a"), 0)),
    ):
        with pytest.raises(ValueError, match=match):
            circuit.to_qasm()
    with pytest.raises(ValueError, match="versions 2 and 3"):
        g.Circuit(1).to_qasm(4)
    with pytest.raises(TypeError, match="a str"):
        g.Circuit.from_qasm(b"OPENQASM 2.0;")
    with pytest.raises(ValueError, match="4096"):
        g.Circuit.from_qasm("OPENQASM 2.0; qreg q[4097];")


def test_without_qiskit(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "qiskit", None)
    circuit = g.Circuit.from_qasm(PROGRAM)
    assert g.Circuit.from_qasm(circuit.to_qasm()).count_ops()["ccx"] == 3
    with pytest.raises(ImportError, match=r"qvarray\[qiskit\]"):
        circuit.to_qiskit()
    with pytest.raises(ImportError, match=r"qvarray\[qiskit\]"):
        g.Circuit.from_qasm("OPENQASM 3.0;")


@pytest.mark.parametrize("seed", range(3))
def test_matrices_on_one_qubit(seed):
    rng = np.random.default_rng(seed)
    matrix = np.linalg.qr(rng.standard_normal((2, 2)) + 1j * rng.standard_normal((2, 2)))[0]
    for unitary in (matrix, np.diag([1j, -1]), np.array([[0, 1j], [-1, 0]])):
        circuit = g.Circuit(1).ry(0.4, 0).unitary(unitary, 0)
        same_up_to_phase(vector_of(g.Circuit.from_qasm(circuit.to_qasm())), vector_of(circuit))
