"""Clifford gates that are kept as a sum over paths, and the states that they are kept of."""

import sys
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.gates.path_sum import PathSum, clifford
from qvarray.gates.paulis import Pauli
from qvarray.gates.single_qubit import HADAMARD

from . import plain

g = qv.gates
CLIFFORD = ("x", "y", "z", "h", "s", "sdg", "sx", "cx", "cy", "cz", "swap", "iswap", "ecr")
AXES = {"z": plain.Z, "x": plain.X, "y": plain.Y}


@contextmanager
def keeping_from(k):
    """Keep gates from so many amplitudes on: at 0, every one that mixes; dense states too."""
    with pytest.MonkeyPatch.context() as patch:
        state = sys.modules["qvarray.gates.state"]
        patch.setattr(state, "_KEPT_FROM", k)
        if k == 0:
            patch.setattr(state, "_MANY", 1)
            patch.setattr(state, "_MANY_SWITCHES", 1)
        yield


def matrix_of(gate):
    """By the sum over paths that the class documents."""
    size = 1 << gate.n
    matrix = np.zeros((size, size), complex)
    for variables in range(size << gate.paths):
        out = gate.offset
        for p, row in enumerate(gate.rows):
            out ^= ((row & variables).bit_count() & 1) << p
        phase = np.exp(2j * np.pi * (gate.phases.at(variables) + gate.turns))
        matrix[out, variables & (size - 1)] += phase * 2 ** (-gate.paths / 2)
    return matrix


def embedded(n, matrix, *bits):
    """A matrix on some bits, the first the most significant, as one on all."""
    columns = np.eye(1 << n)
    qubits = [n - 1 - p for p in bits]
    return np.array([plain.apply(column, matrix, qubits) for column in columns]).T


def projector(axis, value):
    return (np.eye(2) + (1 - 2 * value) * AXES[axis]) / 2


def rotated(gate, p, u):
    """The gate followed by one on an output bit, which has to be a Clifford gate."""
    found = gate.rotated(p, tuple(u.ravel().tolist()))
    assert found is not None
    return found


@st.composite
def path_sums(draw):
    """A gate, made of gates after and before it, and its matrix."""
    n = draw(st.integers(1, 4))
    gate, matrix = PathSum.identity(n), np.eye(1 << n)
    for _ in range(draw(st.integers(0, 25))):
        p = draw(st.integers(0, n - 1))
        q = (p + draw(st.integers(1, n - 1))) % n if n > 1 else None
        kind = draw(st.sampled_from(["h", "s", "x", "swap", "reflect", "H", "S", "CX", "CZ"]))
        if kind in "hsx":
            u = {"h": plain.H, "s": plain.p(np.pi / 2), "x": plain.X}[kind]
            gate, matrix = rotated(gate, p, u), embedded(n, u, p) @ matrix
        elif kind == "H":
            gate, matrix = gate.after_hadamard(p), matrix @ embedded(n, plain.H, p)
        elif kind == "S":
            gate, matrix = gate.after_phase(0.25, [p]), matrix @ embedded(n, np.diag([1, 1j]), p)
        elif q is None:
            continue
        elif kind == "swap":
            gate, matrix = gate.swapped(p, q), embedded(n, plain.SWAP, p, q) @ matrix
        elif kind == "reflect":
            one, other = ((draw(st.sampled_from("xyz")), draw(st.integers(0, 1))) for _ in range(2))
            u = np.eye(4) - 2 * np.kron(projector(*one), projector(*other))
            gate, matrix = gate.reflected((p, *one), (q, *other)), embedded(n, u, p, q) @ matrix
        elif kind == "CX":
            u = plain.controlled(plain.X)
            gate, matrix = gate.after_controlled(p, q), matrix @ embedded(n, u, p, q)
        else:
            u = plain.controlled(plain.Z)
            gate, matrix = gate.after_phase(0.5, [p, q]), matrix @ embedded(n, u, p, q)
        assert gate.paths <= n
    return gate, matrix


@settings(max_examples=150)
@given(path_sums())
def test_sums_over_paths(drawn):
    gate, matrix = drawn
    np.testing.assert_allclose(matrix_of(gate), matrix, atol=1e-12)


@settings(max_examples=100)
@given(path_sums())
def test_factors(drawn):
    gate, matrix = drawn
    found = gate.factors()
    size = 1 << gate.n
    first, last = np.zeros((2, size, size), complex)
    for x in range(size):
        onto = sum(((row & x).bit_count() & 1) << p for p, row in enumerate(found.inward))
        first[onto, x] = np.exp(2j * np.pi * found.before.at(x))
    for p in found.hadamard:
        first = embedded(gate.n, plain.H, p) @ first
    indices = np.arange(size)
    moved = found.moved(indices)
    last[indices, moved] = found.phases_at(moved)
    np.testing.assert_array_equal(found.outputs(moved), indices)
    phase = np.exp(2j * np.pi * gate.turns)
    np.testing.assert_allclose(phase * last @ first, matrix, atol=1e-12)


def test_bits_that_nothing_ties_to_others():
    gate = PathSum.identity(3)
    for p in range(3):
        gate = rotated(gate, p, plain.H)
    gate = rotated(gate, 0, plain.p(np.pi / 2))
    gate = gate.reflected((1, "z", 1), (2, "z", 1))
    assert gate.factors().alone() == [0]
    # Their frames are what they are, and one of the others is: nothing else is combined.
    x = g.zero_state(60)
    for q in range(60):
        x = g.h(x, q)
    with keeping_from(0):
        for a, b in ((0, 1), (1, 2)):
            x = g.cz(x, a, b)
        for q in range(3, 60):
            x = g.cz(g.cz(x, 0, q), 0, q)
    assert x.source.layer.touched.bit_count() == 60
    with qv.options(memory_budget=2**16):
        assert x.source.without_layer().nactive <= 8


@settings(max_examples=100)
@given(path_sums(), st.data())
def test_pauli_strings_before_gates(drawn, data):
    gate, matrix = drawn
    text = data.draw(st.text("IXYZ", min_size=gate.n, max_size=gate.n))
    letters, sign = Pauli.of_text(text).before(gate.factors()).text(gate.n)
    expected = matrix.conj().T @ _string(text) @ matrix
    np.testing.assert_allclose(sign * _string(letters), expected, atol=1e-12)


def _string(text):
    out = np.eye(1)
    for letter in text:
        out = np.kron(out, plain.PAULIS[letter])
    return out


def test_there_are_24_gates_of_one_qubit():
    found: dict[Any, Any] = {}
    for a in range(4):
        for b in range(4):
            for c in range(4):
                u = np.diag([1, 1j**a]) @ plain.H @ np.diag([1, 1j**b]) @ plain.H
                u = np.exp(0.3j) * u @ np.diag([1, 1j**c])
                known = clifford(tuple(u.ravel().tolist()))
                assert known is not None
                word, turns = known
                gate = PathSum.identity(1)._after_word(0, word)
                np.testing.assert_allclose(
                    np.exp(2j * np.pi * (turns)) * matrix_of(gate), u, atol=1e-12
                )
                found[word] = True
    assert len(found) == 24
    assert clifford(tuple(plain.p(0.3).ravel().tolist())) is None
    assert clifford(HADAMARD) == ("h", 0.0)


def programs(data, n, names):
    steps = data.draw(plain.steps(n, [k for k in names if plain.MATRICES[k][0] <= n], 40))
    kind = data.draw(st.sampled_from(["one", "few", "all"]))
    vector = plain.vectors(n, np.random.default_rng(n), kind)
    x = g.state(vector)
    for name, params, qubits in steps:
        x = getattr(g, name)(x, *params, *qubits)
        vector = plain.apply(vector, plain.MATRICES[name][2](*params), qubits)
    return x, vector


@settings(max_examples=150)
@given(data=st.data(), n=st.integers(2, 6), every=st.booleans(), kept_from=st.sampled_from([0, 2]))
def test_states(data, n, every, kept_from):
    with keeping_from(kept_from):
        x, vector = programs(data, n, list(plain.MATRICES) if every else CLIFFORD)
    positions = np.arange(2**n)
    np.testing.assert_allclose(x.source.at(positions), vector, atol=1e-12)
    np.testing.assert_allclose(x.todense(), vector, atol=1e-12)
    text = data.draw(st.text("IXYZ", min_size=n, max_size=n))
    expected = (vector.conj() @ _string(text) @ vector).real
    np.testing.assert_allclose(g.expectation(x, text), expected, atol=1e-12)


@settings(max_examples=100)
@given(data=st.data(), n=st.integers(2, 6), every=st.booleans(), kept_from=st.sampled_from([0, 2]))
def test_readout(data, n, every, kept_from):
    with keeping_from(kept_from):
        x, vector = programs(data, n, list(plain.MATRICES) if every else CLIFFORD)
    qubits = data.draw(st.permutations(range(n)))[: data.draw(st.integers(1, n))]
    m = len(qubits)
    parts = np.moveaxis(vector.reshape((2,) * n), qubits, range(m)).reshape(2**m, -1)
    chances = (np.abs(parts) ** 2).sum(axis=1)
    np.testing.assert_allclose(g.probabilities(x, qubits).ravel(), chances, atol=1e-12)
    np.testing.assert_allclose(g.density_matrix(x, qubits), parts @ parts.conj().T, atol=1e-12)
    spectrum = np.linalg.svd(parts, compute_uv=False) ** 2
    spectrum = spectrum[spectrum > 1e-14]
    entropy = -(spectrum * np.log2(spectrum)).sum()
    np.testing.assert_allclose(g.entropy(x, qubits), entropy, atol=1e-9)
    rng = np.random.default_rng(7)
    drawn = np.bincount(g.sample(x, 2000, rng, qubits), minlength=2**m) / 2000
    assert not drawn[chances < 1e-14].any()
    # Six standard deviations of a frequency.
    assert np.abs(drawn - chances).max() < 3 / np.sqrt(2000) + 1e-12
    bits, after = g.measure(x, qubits, rng)
    left = np.zeros_like(parts)
    left[int(bits, 2)] = parts[int(bits, 2)] / np.linalg.norm(parts[int(bits, 2)])
    left = np.moveaxis(left.reshape((2,) * n), range(m), qubits).ravel()
    np.testing.assert_allclose(after.todense(), left, atol=1e-12)
    other = g.z(x, qubits[0])
    np.testing.assert_allclose(g.overlap(x, other), np.vdot(vector, other.todense()), atol=1e-12)


@settings(max_examples=60)
@given(data=st.data(), n=st.integers(2, 6), kept_from=st.sampled_from([0, 2]))
def test_undone_bit_for_bit(data, n, kept_from):
    steps = data.draw(plain.steps(n, ["x", "cx", "swap", "h", "z", "s", "cz"], 40))
    x = g.state(plain.vectors(n, np.random.default_rng(n), "few"))
    circuit = g.Circuit(n)
    for name, params, qubits in steps:
        circuit.append(name, *params, *qubits)
    with keeping_from(kept_from):
        back = g.run(circuit.inverse(), g.run(circuit, x))
    assert back.eigenvalues.tobytes() == x.eigenvalues.tobytes()
    np.testing.assert_array_equal(back.active_indices, x.active_indices)


def test_dense_states_keep_gates_after_some_switches():
    rng = np.random.default_rng(4)
    vector = plain.vectors(13, rng, "all")
    x = g.state(vector)
    for _ in range(200):
        name = str(rng.choice(["h", "s", "cx", "cz"]))
        qubits = rng.permutation(13)[: plain.MATRICES[name][0]].tolist()
        x = getattr(g, name)(x, *qubits)
        vector = plain.apply(vector, plain.MATRICES[name][2](), qubits)
    assert x.source.layer is not None
    np.testing.assert_allclose(x[77], vector[77], atol=1e-13)
    np.testing.assert_allclose(x.todense(), vector, atol=1e-13)


def graph_state(n, edges):
    x = g.zero_state(n)
    for q in range(n):
        x = g.h(x, q)
    for a, b in edges:
        x = g.cz(x, a, b)
    return x


def test_graph_states_are_few_eigenvalues():
    n = 60
    rng = np.random.default_rng(1)
    edges = [(a, b) for a in range(n) for b in range(a) if rng.random() < 0.3]
    with qv.options(memory_budget=2**16):
        x = graph_state(n, edges)
        assert x.source.nactive <= 4
        for q in range(0, n, 7):
            string = ["I"] * n
            string[q] = "X"
            for a, b in edges:
                if q in (a, b):
                    string[a + b - q] = "Z"
            assert round(g.expectation(x, "".join(string)), 12) == 1.0
        z = 0b1011 << 40 | 0b110101
        ones = [q for q in range(n) if z >> (n - 1 - q) & 1]
        sign = (-1) ** sum(a in ones and b in ones for a, b in edges)
        np.testing.assert_allclose(x[z], sign * 2.0**-30, rtol=1e-12)
        drawn = g.sample(x, 500, rng)
        assert abs(np.bitwise_count(drawn).mean() - 30) < 6 * np.sqrt(15 / 500)


def test_measuring_graph_states():
    n = 60
    rng = np.random.default_rng(2)
    x = graph_state(n, [(q, q + 1) for q in range(n - 1)])
    for q in range(1, n):
        x = g.h(x, q)
    with qv.options(memory_budget=2**16):
        for q in range(n):
            bit, x = g.measure(x, q, rng)
            assert x.source.nactive <= 4
            np.testing.assert_allclose(g.probabilities(x, q)[int(bit)], 1, atol=1e-12)


def test_many_gates_on_many_amplitudes():
    n, rng = 40, np.random.default_rng(3)
    indices = np.unique(rng.integers(0, 2**n, 50))
    values = rng.standard_normal(indices.size) + 1j * rng.standard_normal(indices.size)
    values /= np.linalg.norm(values)
    x = g.state(qv.from_coordinates(indices, values, 2**n))
    circuit = g.Circuit(n)
    for _ in range(1000):
        name = str(rng.choice(["x", "cx", "swap", "z", "s", "cz", "h"]))
        circuit.append(name, *rng.permutation(n)[: plain.MATRICES[name][0]].tolist())
    with qv.options(memory_budget=2**18):
        y = g.run(circuit, x)
        assert y.source.nactive == indices.size
        assert y.nbytes < 2**14
        # <z|C|x> is the conjugate of <x|C^-1|z>, of a state of one amplitude.
        for z in (0, 123456789, 2**39 + 5):
            back = g.run(circuit.inverse(), g.basis_state(f"{z:0{n}b}"))
            strings = [f"{i:0{n}b}" for i in indices]
            expected = np.vdot(g.amplitudes(back, strings), values)
            np.testing.assert_allclose(y[z], expected, atol=1e-12 * 2**-20)
        again = g.run(circuit.inverse(), y)
    np.testing.assert_array_equal(again.eigenvalues, x.eigenvalues)
    with pytest.raises(qv.MaterializationError), qv.options(memory_budget=2**18):
        y.todense()
    assert y.source.nactive == indices.size
