"""States of many Clifford gates and few others: each of the others doubles the amplitudes once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray import gates as g
from qvarray.gates.single_qubit import IDENTITY, diagonal_parts, is_diagonal, product

from . import plain
from .alike import close

CLIFFORD = ("h", "h", "s", "sx", "cx", "cz", "swap")
OTHERS = ("t", "rx", "ry", "u", "cp", "rzz", "cry", "ccx", "cswap")


def circuit_of(r, n, size, others, names=OTHERS):
    """Clifford gates, and at random places some that are none."""
    circuit, places = g.Circuit(n), set(r.choice(size, others, replace=False).tolist())
    for place in range(size):
        name = str(r.choice(names if place in places else CLIFFORD))
        width, count, _ = plain.MATRICES[name]
        angles = r.uniform(-3, 3, count).tolist()
        circuit.append(name, *angles, *r.permutation(n)[:width].tolist())
    return circuit


@settings(max_examples=80)
@given(st.integers(0, 10**6), st.integers(3, 8), st.integers(0, 12))
def test_other_gates_after_a_layer(seed, n, others):
    """One by one, as gates on their own are applied."""
    x = g.zero_state(n)
    vector = np.asarray(x).copy()
    for entry in circuit_of(np.random.default_rng(seed), n, 80, others):
        name, qubits, params, _ = entry.operation
        x = getattr(g, name)(x, *params, *qubits)
        vector = plain.apply(vector, plain.MATRICES[name][2](*params), qubits)
    close(np.asarray(x), vector)
    close(x.source.at(np.arange(2**n)), vector)


@pytest.mark.parametrize("n", [20, 30, 40])
@pytest.mark.parametrize("method", ["sparse", "auto"])
def test_few_amplitudes_of_many_qubits(n, method):
    """They are held, read, and undone, where the array would have 2**n."""
    circuit = circuit_of(np.random.default_rng(n), n, 600, 10, ("t", "ry"))
    x = g.run(circuit, method=method)
    assert x.source.core.values.size <= 2**12
    close(g.amplitudes(g.run(circuit.inverse(), x), "0" * n), [1])
    some = [0, n // 2, n - 1]
    chances = g.probabilities(x, some).ravel()
    drawn = np.bincount(g.sample(x, 4000, 1, some), minlength=8) / 4000
    np.testing.assert_allclose(drawn, chances, atol=0.06)
    bits, after = g.measure(x, range(n), 0)
    close(np.abs(g.amplitudes(after, bits)), [1])


@pytest.mark.parametrize("n", [30, 40])
def test_growth_by_many_other_gates_is_refused(n):
    """Each doubles, and there are too many left."""
    circuit = circuit_of(np.random.default_rng(0), n, 1000, 100, ("t",))
    with qv.options(memory_budget=2**33), pytest.raises(qv.MaterializationError, match="doubles"):
        g.run(circuit)


@given(st.integers(0, 10**6))
def test_parts_of_a_matrix(seed):
    r = np.random.default_rng(seed)
    choice = np.pi / 4 * r.integers(-8, 8, 3) if seed % 2 else r.uniform(-4, 4, 3)
    u = tuple((np.exp(1j * r.uniform(0, 6)) * plain.MATRICES["u"][2](*choice)).ravel().tolist())
    whole = IDENTITY
    for part in diagonal_parts(u):
        whole = product(part, whole)
    close(whole, u)
    assert sum(is_diagonal(part) for part in diagonal_parts(u)) <= 3


def test_states_that_begin_with_many_amplitudes_are_no_growing_ones():
    rng = np.random.default_rng(0)
    places = np.sort(rng.choice(2**40, 2**18, replace=False))
    values = rng.standard_normal(places.size) + 1j * rng.standard_normal(places.size)
    x = qv.from_coordinates(places, values / np.linalg.norm(values), 2**40)
    circuit = qv.gates.Circuit(40)
    for name in rng.choice(["h", "s", "x", "cx", "cz", "swap"], 200).tolist():
        count = 1 + (name in ("cx", "cz", "swap"))
        circuit.append(name, *rng.permutation(40)[:count].tolist())
    y = qv.gates.run(circuit.inverse(), qv.gates.run(circuit, x))
    np.testing.assert_allclose(y[places[:5]].todense(), x[places[:5]].todense(), atol=1e-12)
