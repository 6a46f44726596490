"""Parameters: linear expressions, circuits that get values, there and back to Qiskit."""

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import Statevector

import qvarray as qv

g = qv.gates
A, B = g.Parameter("a"), g.Parameter("b")
NUMBERS = st.integers(-4, 4) | st.floats(-3, 3)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_linear_expressions(p, q, r, a, b):
    expression = p * A - (B - q) / 2 + r * (A - 1) + np.float64(0.5) - -B
    expected = p * a - (b - q) / 2 + r * (a - 1) + 0.5 + b
    found = expression.bound({"a": a, "b": b})
    np.testing.assert_allclose(found, expected, atol=1e-12)
    half = expression.bound({"a": a})
    np.testing.assert_allclose(half.bound({"b": b}), expected, atol=1e-12)
    assert pickle.loads(pickle.dumps(expression)) == expression


def test_equality_and_text():
    assert g.Parameter("a") == A
    assert 2 * A + B == B + A + A
    assert hash(A + B) == hash(B + A)
    assert A != B
    assert str(2 * A - B - 0.5) == "2*a - b - 0.5"
    assert str(A - A) == "0"
    with pytest.raises(ValueError, match="not linear"):
        A * B
    with pytest.raises(ValueError, match="not linear"):
        A / B
    for text in ("", 3):
        with pytest.raises(ValueError, match="has a name"):
            g.Parameter(text)


def circuit_of(a, b):
    circuit = g.Circuit(3, 1).ry(a, 0).u(a, 2 * b, a - b, 1).cx(0, 1).rx([b, 0.5, -b], range(3))
    return circuit.cu(a, b, 0.3, a + b + 1, 0, 2).mcp(b / 2, [0, 1], 2).crz(A - A + 0.2, 0, 1)


def test_binding():
    circuit = circuit_of(A, B)
    assert circuit.parameters == ["a", "b"]
    expected = list(circuit_of(0.3, -1.2))
    for values in ({A: 0.3, "b": -1.2}, [0.3, -1.2], np.array([0.3, -1.2])):
        bound = circuit.bind(values)
        for entry, other in zip(bound, expected, strict=True):
            assert entry.operation.name == other.operation.name
            np.testing.assert_allclose(entry.operation.params, other.operation.params, atol=1e-15)
    assert circuit.parameters == ["a", "b"]
    half = circuit.bind({"b": -1.2})
    assert half.parameters == ["a"]
    for entry, other in zip(half.bind([0.3]), bound, strict=True):
        np.testing.assert_allclose(entry.operation.params, other.operation.params, atol=1e-15)
    assert "RY(a)" in circuit.draw()
    back = g.run(circuit.bind([0.3, 0.4]).compose(circuit.inverse().bind([0.3, 0.4])))
    np.testing.assert_allclose(g.amplitudes(back, "000"), 1, atol=1e-12)
    parts = g.Circuit(3, 1).compose(circuit[:4]).compose(circuit[4:], [0, 1, 2])
    assert list(parts.bind([1, 2])) == list(circuit.power(1).bind([1, 2]))
    assert g.Circuit(1).rx([g.Parameter(f"t[{i}]") for i in range(11)], 0).parameters == [
        f"t[{i}]" for i in range(11)
    ]


def test_what_has_no_value():
    circuit = circuit_of(A, B).measure(0, 0)
    for call in (
        lambda: g.run(circuit),
        lambda: g.run(circuit.bind({A: 1.0}).bind({}), rng=0),
        lambda: g.run_with_bits(circuit, rng=0),
        lambda: g.run_shots(circuit, 2, 0),
        circuit.to_qasm,
    ):
        with pytest.raises(ValueError, match=r"parameters without a value: (a, )?b; bind"):
            call()
    x = g.basis_state("01")
    several: Any = [A, 0.2]
    for call in (lambda: g.rx(x, A, 0), lambda: g.rx(x, several, [0, 1])):
        with pytest.raises(ValueError, match=r"a real number, got a|without a value: a"):
            call()


@pytest.mark.parametrize(
    ("match", "values"),
    [
        ("no parameter 'c'; there are", {"c": 1.0}),
        ("1 values for", [1.0]),
        ("value of a must be finite", {"a": np.nan}),
        ("value of b is a real number", {"b": "1"}),
        ("value of b is a real number", {B: A}),
    ],
)
def test_values_that_are_none(match, values):
    with pytest.raises(ValueError, match=match):
        circuit_of(A, B).bind(values)


def test_there_and_back_to_qiskit():
    circuit = circuit_of(A, B)
    there = circuit.to_qiskit()
    assert sorted(p.name for p in there.parameters) == ["a", "b"]
    again = g.Circuit.from_qiskit(there)
    assert again.parameters == circuit.parameters
    vector = Statevector(there.assign_parameters([0.3, 0.7])).data
    for one in (circuit, again):
        found = g.to_statevector(g.run(one.bind([0.3, 0.7]))).data
        np.testing.assert_allclose(found, vector, atol=1e-12)


def test_parameters_of_qiskit():
    theta, several = Parameter("theta"), ParameterVector("v", 12)
    source = QuantumCircuit(2)
    source.rx(2 * theta - several[10] / 4 + 1, 0)
    for i in range(12):
        source.ry(several[i], i % 2)
    circuit = g.Circuit.from_qiskit(source)
    assert circuit.parameters == [p.name for p in source.parameters]
    values = np.linspace(0.1, 1, 13)
    np.testing.assert_allclose(
        g.to_statevector(g.run(circuit.bind(values))).data,
        Statevector(source.assign_parameters(values)).data,
        atol=1e-12,
    )
    source.rz(theta * several[0], 0)
    with pytest.raises(ValueError, match="not linear"):
        g.Circuit.from_qiskit(source)
