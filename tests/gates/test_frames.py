"""Frames of single qubits in which a state stays sparse, whatever gates a circuit is written in."""

import numpy as np
import pytest

from qvarray import gates as g


def trotter(n, steps):
    """Hopping of one excitation: as many amplitudes as qubits."""
    circuit = g.Circuit(n).x(n // 2)
    for _ in range(steps):
        for q in range(n - 1):
            circuit.rxx(0.1 + 0.01 * q, q, q + 1).ryy(0.1 + 0.01 * q, q, q + 1)
        for q in range(n):
            circuit.rz(0.3 + 0.05 * q, q)
    return circuit


def phase_estimation(m):
    """Of an eigenvalue with m digits: a basis state."""
    circuit = g.Circuit(m + 1).x(m)
    for q in range(m):
        circuit.h(q)
    turns = 0b1011001110001 % (1 << m) / (1 << m)
    for q in range(m):
        circuit.cp(2 * np.pi * (turns * 2**q % 1), q, m)
    for j in range(m):
        q = m - 1 - j
        for i in range(j):
            circuit.cp(-np.pi / 2 ** (j - i), m - 1 - i, q)
        circuit.h(q)
    return circuit


def grown(n, r):
    """Gates on one qubit that leave nothing in the standard basis, and what keeps it sparse."""
    circuit = g.Circuit(n)
    frames = [r.uniform(-3, 3, 3) for _ in range(n)]
    for q, angles in enumerate(frames):
        circuit.u(*angles, q)
    for _ in range(3 * n):
        a, b = (int(q) for q in r.choice(n, 2, replace=False))
        for q in (a, b):
            theta, phi, lam = frames[q]
            circuit.u(-theta, -lam, -phi, q)
        circuit.rxx(0.4, a, b).ryy(0.4, a, b) if r.integers(2) else circuit.swap(a, b).x(a)
        for q in (a, b):
            circuit.u(*frames[q], q)
    return circuit


def transpiled(circuit, level):
    qiskit = pytest.importorskip("qiskit")
    other = qiskit.QuantumCircuit(circuit.n)
    for entry in circuit:
        operation = entry.operation
        getattr(other, operation.name)(*operation.params, *operation.qubits)
    basis = ["rz", "sx", "x", "cx"]
    out = qiskit.transpile(other, basis_gates=basis, optimization_level=level, seed_transpiler=1)
    return g.Circuit.from_qiskit(out)


@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("circuit", [trotter(12, 6), phase_estimation(13)], ids=["hop", "phase"])
def test_transpiled_circuits_are_as_sparse(circuit, level):
    plain, other = g.run(circuit), g.run(transpiled(circuit, level))
    assert other.source.nactive <= 2 * plain.source.nactive
    np.testing.assert_allclose(g.fidelity(plain, other), 1, atol=1e-10)


def test_a_cutoff_drops_what_a_transpiler_rounds():
    """Gates that are synthesised anew are off by 1e-9."""
    circuit = trotter(12, 6)
    plain, other = g.run(circuit), g.run(transpiled(circuit, 3), g.zero_state(12, cutoff=1e-7))
    assert other.source.nactive <= 2 * plain.source.nactive
    assert other.recovery_error < 1e-5
    np.testing.assert_allclose(g.fidelity(plain, other), 1, atol=1e-9)


@pytest.mark.parametrize("n", [5, 9, 14])
def test_every_qubit_has_a_frame_of_its_own(n):
    """A state with one or two excitations, each qubit in another basis."""
    circuit = grown(n, np.random.default_rng(n))
    x = g.run(circuit)
    other = g.zero_state(n)
    for entry in circuit:
        other = g.run(g.Circuit(n).append(entry.operation), other)
    np.testing.assert_allclose(np.asarray(x), np.asarray(other), atol=1e-12)


def test_one_excitation_of_forty_qubits_in_a_rotated_frame():
    n = 40
    circuit = g.Circuit(n).x(3)
    for q in range(n):
        circuit.ry(0.3, q)
    for q in range(n - 1):
        for p in (q, q + 1):
            circuit.ry(-0.3, p)
        circuit.rxx(0.7, q, q + 1).ryy(0.7, q, q + 1)
        for p in (q, q + 1):
            circuit.ry(0.3, p)
    assert g.run(circuit).source.nactive <= n


def test_grover_is_sampled_at_once():
    n = 12
    circuit = g.Circuit(n)
    for q in range(n):
        circuit.h(q)
    for _ in range(50):
        circuit.append("mcp", np.pi, *range(n))
        for q in range(n):
            circuit.h(q).x(q)
        circuit.append("mcp", np.pi, *range(n))
        for q in range(n):
            circuit.x(q).h(q)
    x = g.run(circuit)
    drawn = g.sample(x, 1000, np.random.default_rng(0))
    assert (drawn == 2**n - 1).mean() > 0.99
    np.testing.assert_allclose(abs(x[-1]) ** 2, np.sin(101 * np.arcsin(2 ** (-n / 2))) ** 2)


@pytest.mark.parametrize("seed", range(6))
def test_samples_of_tied_qubits(seed):
    """Few amplitudes under many Hadamard gates: what is found has the parities that it must."""
    r = np.random.default_rng(seed)
    n = 7
    circuit = g.Circuit(n)
    for q in range(n):
        circuit.h(q)
    for _ in range(8):
        circuit.cz(*(int(q) for q in r.choice(n, 2, replace=False)))
    for q in range(n):
        (circuit.h, circuit.s, circuit.t)[r.integers(3)](q)
        circuit.h(q)
    x = g.run(circuit)
    qubits = [int(q) for q in r.permutation(n)[: n - seed % 3]]
    drawn = np.bincount(g.sample(x, 20000, r, qubits), minlength=1 << len(qubits)) / 20000
    expected = g.probabilities(x, qubits).ravel()
    assert not drawn[expected < 1e-12].any()
    np.testing.assert_allclose(drawn, expected, atol=0.02)


def test_samples_of_sixty_qubits_in_two_bases():
    """Of a graph state: neighbours' parities are fixed by what is found of a qubit in X."""
    n = 60
    circuit = g.Circuit(n)
    for q in range(n):
        circuit.h(q)
    for q in range(n):
        circuit.cz(q, (q + 1) % n)
    for q in range(0, n, 3):
        circuit.h(q)
    drawn = g.sample(g.run(circuit), 10**4, np.random.default_rng(0))
    bits = drawn[:, None] >> (n - 1 - np.arange(n)) & 1
    for q in range(0, n, 3):
        assert not (bits[:, q] ^ bits[:, q - 1] ^ bits[:, (q + 1) % n]).any()
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.03
