"""Many qubits, many amplitudes: against small circuits, and against indices moved by hand."""

import pickle

import numpy as np
import pytest

import qvarray as qv

from . import plain

g = qv.gates


@pytest.mark.parametrize("n", [5, 31, 32, 40, 61, 62])
def test_four_qubits_of_many(n):
    rng = np.random.default_rng(n)
    qubits = [0, 1, n // 2, n - 1]
    for _ in range(3):
        circuit = g.Circuit(4)
        for name in rng.choice(list(plain.MATRICES), 40):
            count, angles, _ = plain.MATRICES[str(name)]
            order = rng.permutation(4)[:count].tolist()
            circuit.append(str(name), *rng.uniform(-4, 4, angles).tolist(), *order)
        small = g.run(circuit).todense()
        whole = g.Circuit(n).compose(circuit, qubits)
        x = g.run(whole)
        found = g.to_dict(x)
        for i in range(16):
            bits = ["0"] * n
            for q, character in zip(qubits, format(i, "04b"), strict=True):
                bits[q] = character
            assert abs(found.get("".join(bits), 0) - small[i]) < 1e-13
        y = pickle.loads(pickle.dumps(x))
        back = g.run(whole.inverse(), y)
        assert abs(abs(g.amplitudes(back, "0" * n)[0]) - 1) < 1e-10


def _many():
    rng = np.random.default_rng(0)
    indices = np.unique(rng.integers(0, 2**40, 100_000))
    values = rng.standard_normal(indices.size) + 1j * rng.standard_normal(indices.size)
    return indices, values / np.linalg.norm(values)


def _bit(indices, q):
    return indices >> (39 - q) & 1


@pytest.mark.parametrize(
    ("name", "qubits", "moved"),
    [
        ("x", (0,), lambda i: i ^ 1 << 39),
        ("x", (20,), lambda i: i ^ 1 << 19),
        ("x", (39,), lambda i: i ^ 1),
        ("cx", (20, 7), lambda i: i ^ _bit(i, 20) << 32),
        ("cx", (7, 20), lambda i: i ^ _bit(i, 7) << 19),
        ("ccx", (1, 2, 3), lambda i: i ^ (_bit(i, 1) & _bit(i, 2)) << 36),
        ("ccx", (30, 2, 0), lambda i: i ^ (_bit(i, 30) & _bit(i, 2)) << 39),
        ("swap", (3, 30), lambda i: i ^ ((_bit(i, 3) ^ _bit(i, 30)) * (1 << 36 | 1 << 9))),
    ],
)
def test_many_amplitudes_move(name, qubits, moved):
    indices, values = _many()
    y = getattr(g, name)(qv.from_coordinates(indices, values, 2**40), *qubits)
    expected = moved(indices)
    order = np.argsort(expected)
    np.testing.assert_array_equal(y.active_indices, expected[order])
    np.testing.assert_array_equal(y.eigenvalues, values[order])
    y.spectrum.check()
    assert y.nbytes - y.source.core.values.size * 24 < 40 * 40 + 64 * 40


@pytest.mark.parametrize(
    ("name", "turns"), [("z", 0.5), ("s", 0.25), ("sdg", 0.75), ("t", 0.125), ("cz", 0.5)]
)
def test_many_amplitudes_turn(name, turns):
    indices, values = _many()
    qubits = (7, 21)[: 2 if name == "cz" else 1]
    y = getattr(g, name)(qv.from_coordinates(indices, values, 2**40), *qubits)
    on = np.prod([_bit(indices, q) for q in qubits], axis=0)
    np.testing.assert_array_equal(y.active_indices, indices)
    np.testing.assert_allclose(y.eigenvalues, values * np.exp(2j * np.pi * turns * on), rtol=1e-14)


@pytest.mark.parametrize("q", [0, 3, 20, 39])
def test_many_amplitudes_mix_and_come_back(q):
    indices, values = _many()
    x = g.state(qv.from_coordinates(indices, values, 2**40))
    y = g.h(g.cx(g.h(x, q), (q + 1) % 40, q), q)
    np.testing.assert_allclose(np.linalg.norm(y), 1)
    z = g.h(g.cx(g.h(y, q), (q + 1) % 40, q), q)
    back = g.amplitudes(z, [format(i, "040b") for i in indices[:50]])
    np.testing.assert_allclose(back, values[:50], atol=1e-14)
    assert abs(g.fidelity(x, z) - 1) < 1e-12


def test_runs_stay_within_the_memory_budget():
    """Of few amplitudes, and of more than a run may compute."""
    circuit = g.Circuit(30)
    for q in range(15):
        circuit.ry(0.1 + 0.2 * q, q).cx(q, q + 15).ry(0.3, q).cx(q + 15, q)
    with qv.options(memory_budget=2**16), pytest.raises(qv.MaterializationError):
        g.run(circuit)
    ghz = g.Circuit(60).h(0)
    for q in range(59):
        ghz.cx(q, q + 1)
    with qv.options(memory_budget=2**10):
        assert g.run(ghz).source.nactive == 2


def test_a_run_of_more_amplitudes_than_a_kernel_takes():
    circuit = g.Circuit(16)
    for q in range(16):
        circuit.ry(0.1 + 0.2 * q, q)
    for q in range(15):
        circuit.cx(q, q + 1).rx(0.3, q + 1)
    x = g.zero_state(16)
    one = x
    for entry in circuit:
        one = g.run(g.Circuit(16).append(entry.operation), one)
    np.testing.assert_allclose(np.asarray(g.run(circuit)), np.asarray(one), atol=1e-14)
    # As the start of another run.
    again = g.run(circuit.inverse(), g.reverse_qubits(g.reverse_qubits(one)))
    np.testing.assert_allclose(g.fidelity(again, x), 1, atol=1e-12)


def test_steady_growth_is_refused_early():
    """Of states with low entanglement, that are sparse in no product basis."""
    ring = g.Circuit(40)
    for q in range(40):
        ring.h(q)
    for q in range(40):
        ring.rzz(0.7, q, (q + 1) % 40)
    for q in range(40):
        ring.rx(0.4, q)
    r = np.random.default_rng(0)
    layers = g.Circuit(40)
    for _ in range(2):
        for q in range(40):
            layers.ry(float(r.uniform(0, 3)), q)
        for q in range(39):
            layers.cz(q, q + 1)
    for circuit in (ring, layers):
        with (
            qv.options(memory_budget=2**33),
            pytest.raises(qv.MaterializationError, match="matrix product states"),
        ):
            g.run(circuit)


@pytest.mark.parametrize("n", [40, 100])
def test_steady_growth_by_gates_that_come_one_by_one(n):
    """Nothing says where they end, as a circuit does."""
    states = [g.ry(g.zero_state(n), 0.9, range(n))]

    def chain():
        for q in range(n - 1):
            states.append(g.ry(g.cz(states[-1], q, q + 1), 0.2, q))

    with (
        qv.options(memory_budget=2**33),
        pytest.raises(qv.MaterializationError, match="collect the gates in a circuit"),
    ):
        chain()
    np.testing.assert_allclose(g.probabilities(states[-1], n - 1)[1], np.sin(0.45) ** 2)


def test_growth_that_ends_is_not_refused():
    """A register of 18 qubits that many others are computed from."""
    circuit = g.Circuit(40)
    for q in range(18):
        circuit.ry(0.3 + 0.1 * q, q)
    for q in range(17):
        circuit.cx(q, q + 1).ry(0.2, q + 1)
    for q in range(18, 40):
        circuit.cx(q % 18, q)
    x = g.run(circuit)
    assert x.source.nactive == 2**18
    np.testing.assert_allclose(np.linalg.norm(x), 1)
