"""Circuits and their inverses: the same bits."""

import copy
import pickle

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from . import plain

g = qv.gates
EXACT = ("x", "cx", "ccx", "swap", "h", "z", "s", "cz")


def circuit_of(n, steps):
    circuit = g.Circuit(n)
    for name, params, qubits in steps:
        circuit.append(name, *params, *qubits)
    return circuit


def assert_same_bits(x, y):
    assert x.eigenvalues.tobytes() == y.eigenvalues.tobytes()
    np.testing.assert_array_equal(x.active_indices, y.active_indices)


@settings(max_examples=100)
@given(st.data(), st.integers(1, 6), st.sampled_from(["one", "few", "all"]))
def test_bit_for_bit(data, n, kind):
    names = [name for name in EXACT if plain.MATRICES[name][0] <= n]
    steps = data.draw(plain.steps(n, names, 40))
    x = g.state(plain.vectors(n, np.random.default_rng(n), kind))
    circuit = circuit_of(n, steps)
    y = g.run(circuit, x)
    np.testing.assert_allclose(np.linalg.norm(y), 1, atol=1e-13)
    if data.draw(st.booleans()):
        y.spectrum.check()
    assert_same_bits(x, g.run(circuit.inverse(), y))


@settings(max_examples=60)
@given(st.data(), st.integers(3, 5))
def test_all_gates_to_rounding(data, n):
    steps = data.draw(plain.steps(n))
    x = g.state(plain.vectors(n, np.random.default_rng(n), "few"))
    circuit = circuit_of(n, steps)
    back = g.run(circuit.inverse(), g.run(circuit, x))
    np.testing.assert_allclose(back.todense(), x.todense(), atol=1e-13)


def test_long_circuits_can_be_pickled_and_undone():
    circuit = g.Circuit(5).h(0)
    for step in range(3000):
        circuit.ry(0.1 * step, step % 5).cx(step % 5, (step + 2) % 5)
    x = pickle.loads(pickle.dumps(copy.deepcopy(g.run(circuit))))
    assert g.to_dict(g.run(circuit.inverse(), x)) == {"00000": 1}


def test_a_run_is_undone_gate_by_gate():
    circuit = g.Circuit(4).h(0).ry(0.3, 1).ch(0, 1).ccx(0, 1, 2).rxx(0.4, 2, 3).swap(0, 3)
    x = g.from_dict({"0011": 0.6, "0100": 0.8j})
    y = g.run(circuit, x)
    for entry in circuit.inverse():
        y = g.run(g.Circuit(4).append(entry.operation), y)
    assert_same_bits(x, y)
    # And then other gates.
    z = g.run(circuit.inverse().h(0).cx(0, 1), g.run(circuit, x))
    assert_same_bits(g.cx(g.h(x, 0), 0, 1), z)


def test_large_sparse_states_without_mixing():
    rng = np.random.default_rng(0)
    indices = np.unique(rng.integers(0, 2**40, 20000))
    values = rng.standard_normal(indices.size) + 1j * rng.standard_normal(indices.size)
    x = g.state(qv.from_coordinates(indices, values / np.linalg.norm(values), 2**40))
    circuit = g.Circuit(40)
    for _ in range(200):
        name = rng.choice(["x", "cx", "ccx", "swap", "z", "s", "cz"])
        circuit.append(str(name), *rng.permutation(40)[: plain.MATRICES[name][0]].tolist())
    y = g.run(circuit, x)
    dense = y.spectrum.indices()
    assert dense.size == indices.size
    assert_same_bits(x, g.run(circuit.inverse(), y))


def test_a_hadamard_gate_twice_on_many_amplitudes():
    rng = np.random.default_rng(0)
    indices = np.unique(rng.integers(0, 2**40, 20000))
    x = g.state(qv.from_coordinates(indices, rng.standard_normal(indices.size), 2**40))
    y = x
    for q in (3, 7, 39):
        y = g.h(y, q)
    for q in (39, 3, 7):
        y = g.h(y, q)
    assert_same_bits(x, y)


@given(st.data())
@settings(max_examples=30)
def test_unitaries_maps_and_phases(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    m = data.draw(st.integers(1, 3))
    qubits = data.draw(st.permutations(range(4)))[:m]
    matrix = np.linalg.qr(rng.standard_normal((2**m,) * 2) + 1j * rng.standard_normal((2**m,) * 2))[
        0
    ]
    table = rng.permutation(2**m)
    angles = rng.standard_normal(2**m)
    circuit = (
        g.Circuit(4)
        .h(0)
        .s(1)
        .y(2)
        .ry(0.3, 3)
        .unitary(matrix, qubits)
        .permutation(lambda r: table[r], qubits)
        .phase(lambda r: angles[r], qubits)
        .phase_oracle(lambda r: r == 1, qubits)
        .oracle(lambda r: r & 1, [0, 1], [2])
    )
    v = plain.vectors(4, rng, "few")
    y = g.run(circuit, v)
    expected = plain.apply(v, plain.H, [0])
    expected = plain.apply(expected, plain.p(np.pi / 2), [1])
    expected = plain.apply(expected, plain.Y, [2])
    expected = plain.apply(expected, plain.MATRICES["ry"][2](0.3), [3])
    expected = plain.apply(expected, matrix, qubits)
    expected = plain.apply(expected, np.eye(2**m)[:, table], qubits)
    expected = plain.apply(expected, np.diag(np.exp(1j * angles)), qubits)
    expected = plain.apply(expected, np.diag(1 - 2.0 * (np.arange(2**m) == 1)), qubits)
    flip = np.eye(8)[:, [0, 1, 3, 2, 4, 5, 7, 6]]
    expected = plain.apply(expected, flip, [0, 1, 2])
    np.testing.assert_allclose(y.todense(), expected, atol=1e-13)
    back = g.run(circuit.inverse(), y)
    np.testing.assert_allclose(back.todense(), v, atol=1e-13)
