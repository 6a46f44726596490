"""Products of states of groups of qubits: against arrays, and against matrix products of Aer."""

import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray import gates as g

from .alike import assert_alike, close
from .random_circuits import random_circuit


def grouped(seed, n, sizes, layers=3):
    """A circuit that is dense on groups of some sizes, of qubits that are drawn."""
    r = np.random.default_rng(seed)
    circuit, qubits = g.Circuit(n), r.permutation(n)
    parts = np.split(qubits, np.cumsum(r.choice(sizes, n)))
    groups = [part.tolist() for part in parts if part.size]
    for _ in range(layers):
        circuit.u(*r.uniform(-3, 3, (3, n)), range(n))
        for part in groups:
            if len(part) > 1:
                circuit.cz(part[:-1], part[1:]).rxx(0.7, part[0], part[-1])
    return circuit, groups


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_readouts(seed):
    r = np.random.default_rng(seed)
    n = 5
    circuit = random_circuit(r, n, 8)
    begin = g.run(random_circuit(r, n, 4))
    x = g.run(circuit, begin, method="product")
    assert isinstance(x, g.ProductState)
    assert_alike(x, g.run(circuit, begin), seed)


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_gates_that_come_one_by_one(seed):
    r = np.random.default_rng(seed)
    circuit = random_circuit(r, 5, 12)
    x = g.run(g.Circuit(5), method="product")
    matrix = np.linalg.qr(r.normal(size=(4, 4)))[0]
    for entry in circuit:
        x = getattr(g, entry.operation.name)(x, *entry.operation.params, *entry.qubits)
    x = g.cx(g.unitary(x, matrix, [3, 1]), [0, 1], [2, 4])
    y = g.cx(g.unitary(g.run(circuit), matrix, [3, 1]), [0, 1], [2, 4])
    strings = [format(i, "05b") for i in range(32)]
    close(g.amplitudes(x, strings), np.asarray(y))


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from([7, 70]))
def test_groups_are_the_smallest(seed, n):
    """Whatever gates have joined them: as many as are entangled, in any frames."""
    circuit, groups = grouped(seed, 7, [1, 2, 3])
    wide = g.Circuit(n).compose(circuit, range(n - 7, n))
    x = g.ProductState.of(g.run(wide))
    expected = [{q + n - 7 for q in part} for part in groups] + [{q} for q in range(n - 7)]
    assert sorted(map(sorted, x.groups)) == sorted(map(sorted, expected))
    texts = ["0" * (n - 7) + format(i, "07b") for i in range(0, 128, 5)]
    close(g.amplitudes(x, texts), g.amplitudes(g.run(wide), texts))


def test_entangled_qubits_of_which_no_two_are_correlated():
    """A graph state on a ring of five: each two are mixed, all five are pure."""
    circuit = g.Circuit(8).h(range(5)).cz(range(5), [1, 2, 3, 4, 0]).ry(0.3, range(8)).cx(5, 6)
    x = g.ProductState.of(g.run(circuit))
    assert sorted(x.groups) == [(0, 1, 2, 3, 4), (5, 6), (7,)]


def test_groups_are_joined_and_separated():
    circuit = g.Circuit(60)
    for q in range(0, 60, 2):
        circuit.ry(0.3 + q, q).cx(q, q + 1).ry(0.2, [q, q + 1])
    x = g.run(circuit, method="product")
    assert len(x.groups) == 30
    # Matrices on pairs that wait, and each double the amplitudes, are not begun.
    with qv.options(memory_budget=2**33), pytest.raises(qv.MaterializationError, match="product"):
        g.run(circuit)
    y = g.cz(x, 1, 2)
    assert (0, 1, 2, 3) in y.groups
    assert len(g.cz(g.cz(y, 1, 2), 3, 4).groups) == 29
    bits, z = g.measure(y, [0, 2], 3)
    assert bits == g.measure(y, [0, 2], outcome=bits)[0]
    assert len(g.cz(z, 1, 58).groups) == 31
    np.testing.assert_allclose(g.fidelity(x, g.cz(y, 1, 2)), 1, atol=1e-12)
    assert g.to_dict(pickle.loads(pickle.dumps(g.run(g.Circuit(70), method="product"))))


def test_more_groups_than_numbers_have_powers(monkeypatch):
    n = 2100
    x = g.run(g.Circuit(n).ry(0.3, range(n)).cx(range(0, n, 2), range(1, n, 2)), method="product")
    np.testing.assert_allclose(g.fidelity(x, x), 1)
    with pytest.raises(qv.MaterializationError):
        g.run(g.Circuit(n).cx(range(1, n - 1, 2), range(2, n, 2)), x)
    chain = g.Circuit(n).ry(0.3, range(n)).cz(range(n - 1), range(1, n)).ry(0.4, range(n))
    monkeypatch.setattr("qvarray.gates.wide_state._LOOK_AT", 1 << 10)
    with pytest.raises(qv.MaterializationError, match="doubles every"):
        g.run(chain)


def test_measurements_and_conditions():
    """As often as with amplitudes; a bit that is written twice, and asked in between."""
    circuit = g.Circuit(6, 4).ry(0.9, range(6)).cx([0, 2], [1, 3]).ry(0.4, range(6))
    circuit.measure([1, 2], [0, 1]).x(4, condition=([0, 1], 1)).reset(0)
    circuit.measure(4, 0).cx(0, 5, condition=(0, 1)).barrier().h(5).cx(5, 3)
    circuit.measure([5, 3], [2, 3])
    shots = 4000
    exact, found = (g.run_shots(circuit, shots, 5, method=m) for m in ("sparse", "product"))
    for bits in exact.keys() | found.keys():
        assert abs(exact.get(bits, 0) - found.get(bits, 0)) < 0.04 * shots
    x, bits = g.run_with_bits(circuit, rng=8, method="product")
    assert g.measure(x, [5, 3], outcome=bits[2:])[0] == bits[2:]
    noisy = g.run_shots(circuit, 500, 2, method="product", noise={"cx": {"XI": 0.1}})
    assert sum(noisy.values()) == 500


@pytest.mark.parametrize(("n", "seed"), [(40, 0), (200, 1)])
def test_against_matrix_products(n, seed):
    pytest.importorskip("qiskit_aer")
    circuit, groups = grouped(seed, n, [1, 2, 5, 8])
    with pytest.warns(UserWarning, match="states of groups of qubits") as caught:
        x, _ = g.run_with_bits(circuit, method="auto")
    assert caught[0].filename == __file__
    assert sorted(map(sorted, x.groups)) == sorted(map(sorted, groups))
    # Aer's qubits are close to each other where the groups are.
    order = [q for part in groups for q in part]
    near = g.Circuit(n).compose(circuit, np.argsort(order).tolist())
    y = g.run(near, method="mps")
    r = np.random.default_rng(seed)
    texts = [*g.top(x, 5)] + ["".join(map(str, row)) for row in r.integers(0, 2, (5, n))]
    found = g.amplitudes(x, texts)
    expected = g.amplitudes(y, ["".join(text[q] for q in order) for text in texts])
    turn = np.vdot(expected, found) / np.linalg.norm(found) / np.linalg.norm(expected)
    np.testing.assert_allclose(abs(turn), 1, atol=1e-9)
    np.testing.assert_allclose(found, expected * turn, rtol=1e-7)
    for _ in range(3):
        pauli = ["I"] * n
        for q in r.choice(n, 4):
            pauli[q] = r.choice([*"XYZ"])
        own = g.expectation(x, "".join(pauli))
        np.testing.assert_allclose(
            own, g.expectation(y, "".join(pauli[q] for q in order)), atol=1e-9
        )


def test_what_is_taken_is_said():
    circuit, _ = grouped(0, 60, [10])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(g.run(circuit[:60], method="auto"), qv.VirtualQArray)
    with pytest.raises(qv.MaterializationError, match="'product'"):
        g.run(circuit)
    with pytest.warns(UserWarning, match=r"groups of qubits that are not entangled.*2\*\*"):
        counts = g.run_shots(circuit.measure_all(), 10, 0, method="auto")
    assert sum(counts.values()) == 10


def test_bad_input():
    x = g.run(g.Circuit(70).ry(0.3, range(70)), method="product")
    for call in (
        lambda: g.x(x, 70),
        lambda: g.cx(x, 3, 3),
        lambda: g.probabilities(x, [70]),
        lambda: g.density_matrix(x, [0, 0]),
        lambda: g.measure(g.run(g.Circuit(3), method="product"), 0, outcome="1"),
        lambda: g.overlap(x, g.zero_state(69)),
        lambda: g.overlap(x, g.run(g.Circuit(69), method="product")),
        lambda: g.amplitudes(x, "0"),
        lambda: g.sample(x, -1, 0),
        lambda: g.run(g.Circuit(1), method="dense"),
        lambda: g.run(g.Circuit(1, 1).measure(0, 0), method="product"),
        lambda: g.run(g.Circuit(1), x),
    ):
        with pytest.raises(ValueError):  # noqa: PT011  each says its own
            call()
    with pytest.raises(TypeError, match="no array"):
        np.asarray(x)
    with pytest.raises(qv.MaterializationError):
        g.to_dict(x)
    with pytest.raises(qv.MaterializationError):
        g.probabilities(x, range(60))
    with pytest.raises(TypeError, match="not known"):
        g.observables.pauli_times(x, [("Z" * 70, 1.0)])
