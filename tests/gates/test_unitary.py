"""Matrices on several qubits: by function, in circuits, beside kept gates, on wide states."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from . import plain

g = qv.gates


def random_unitary(rng, m):
    shape = (2**m, 2**m)
    return np.linalg.qr(rng.normal(size=shape) + 1j * rng.normal(size=shape))[0]


@settings(max_examples=6)
@given(st.data(), st.integers(0, 99), st.sampled_from(["one", "few", "all"]))
def test_matrices_between_other_gates(data, seed, kind):
    n, rng = 5, np.random.default_rng(seed)
    v = plain.vectors(n, rng, kind)
    x, circuit, expected = g.state(v), g.Circuit(n), v
    for name, params, qubits in data.draw(plain.steps(n, list(plain.MATRICES))):
        m = int(rng.integers(1, 5))
        matrix, where = random_unitary(rng, m), rng.permutation(n)[:m].tolist()
        if m == 2 and rng.integers(2):
            matrix = np.diag([1, 1j, -1, 1])[rng.permutation(4)]
        getattr(circuit, name)(*params, *qubits).unitary(matrix, where)
        x = g.unitary(getattr(g, name)(x, *params, *qubits), matrix, where)
        expected = plain.apply(expected, plain.MATRICES[name][2](*params), qubits)
        expected = plain.apply(expected, matrix, where)
    np.testing.assert_allclose(x.todense(), expected, atol=1e-13)
    np.testing.assert_allclose(g.run(circuit, v).todense(), expected, atol=1e-13)
    back = g.run(circuit.inverse(), g.run(circuit, v))
    np.testing.assert_allclose(back.todense(), v, atol=1e-13)


def test_on_more_qubits_than_an_index_has_bits():
    rng = np.random.default_rng(3)
    matrix = random_unitary(rng, 3)
    wide, narrow = g.Circuit(130), g.Circuit(3)
    for circuit, qubits in ((wide, (3, 70, 128)), (narrow, (0, 1, 2))):
        a, b, c = qubits
        circuit.h(a).cx(a, b).t(b).unitary(matrix, [c, a, b]).cx(b, c).unitary(matrix, [a, b, c])
    x = g.run(wide)
    values = np.array([x.amplitudes(bits) for bits in _strings(130, (3, 70, 128))]).ravel()
    expected = g.run(narrow).todense()
    assert abs(np.vdot(values, expected)) == pytest.approx(1)
    y = g.unitary(g.zero_state(130), matrix, [3, 70, 128])
    assert abs(g.amplitudes(y, "0" * 130)) == pytest.approx(abs(matrix[0, 0]))


def _strings(n, qubits):
    for k in range(8):
        bits = ["0"] * n
        for j, q in enumerate(qubits):
            bits[q] = str(k >> (2 - j) & 1)
        yield "".join(bits)


def test_beside_a_gate_that_is_kept():
    # A graph state, whose amplitudes are too many, and a matrix on qubits that it does not have.
    x = g.h(g.zero_state(50), range(40))
    for q in range(39):
        x = g.cz(x, q, q + 1)
    x = g.h(x, range(40))
    matrix = random_unitary(np.random.default_rng(5), 2)
    y = g.unitary(x, matrix, [45, 47])
    expected = np.abs(matrix[:, 0]) ** 2
    np.testing.assert_allclose(g.probabilities(y, [45, 47]).ravel(), expected, atol=1e-13)
    np.testing.assert_allclose(g.probabilities(y, 3), 0.5, atol=1e-12)


def test_a_state_over_the_budget_is_refused():
    rng = np.random.default_rng(6)
    indices = np.unique(rng.integers(0, 1 << 40, 1 << 14))
    x = g.state(qv.from_coordinates(indices, np.full(indices.size, indices.size**-0.5), 2**40))
    with qv.options(memory_budget=1 << 20), pytest.raises(qv.MaterializationError):
        g.unitary(x, random_unitary(rng, 2), [3, 30])
    assert x.nactive == indices.size
