"""What "auto" takes, that it says so, and that what was found before is kept."""

import itertools
import warnings
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray import gates as g
from qvarray.gates.matrix_products import MatrixProducts
from qvarray.gates.method_choice import Method
from qvarray.gates.outcomes import count_used

from .alike import close
from .random_circuits import random_circuit


def chains(n, size, layers=3, seed=0):
    """Dense on chains of neighbours, which nothing ties to each other."""
    r = np.random.default_rng(seed)
    circuit = g.Circuit(n)
    for _ in range(layers):
        circuit.u(*r.uniform(-3, 3, (3, n)), range(n))
        for q in range(0, n, size):
            circuit.cz(range(q, q + size - 1), range(q + 1, q + size))
    return circuit


def test_groups_are_run_before_amplitudes(monkeypatch):
    """Amplitudes are not tried where gates tie few qubits, of a thousand too."""
    for n in (44, 1000):
        with pytest.warns(UserWarning, match=rf"up to 4 of {n} qubits.*2\*\*{n} amp") as caught:
            x = g.run(chains(n, 4), method="auto")
        assert [len(caught), caught[0].filename] == [1, __file__]
        assert len(x.groups) == n // 4
        with pytest.warns(UserWarning, match="groups of qubits") as caught:
            counts = g.run_shots(chains(n, 4).measure_all(), 20, 0, method="auto")
        assert [len(caught), sum(counts.values())] == [1, 20]


@pytest.mark.parametrize("n", [40, 100])
def test_few_amplitudes_are_put_together(n):
    """What groups were run for is an array, or a wide state, where that has few amplitudes."""
    half = n // 2
    circuit = g.Circuit(n).ry([0.3, 0.5], [0, half]).cx([0, half], [1, half + 1])
    circuit.cx(range(1, half - 1), range(2, half)).cx(range(half + 1, n - 1), range(half + 2, n))
    circuit.t(range(n)).rz(0.2, range(n)).cx(n - 2, n - 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = g.run(circuit, method="auto")
        counts = g.run_shots(circuit.copy().measure_all(), 50, 1, method="auto")
    assert isinstance(x, qv.VirtualQArray if n < 63 else g.WideState)
    close(g.overlap(x, g.run(circuit)), 1)
    assert {bits[2 : half - 1] for bits in counts} <= {"0" * (half - 3), "1" * (half - 3)}


def test_clifford_gates_stay_in_amplitudes():
    """Of two graph states there is one amplitude, and a layer."""
    circuit = g.Circuit(60).h(range(60))
    for first in (0, 30):
        for step in (1, 7, 12):
            circuit.cz(range(first, first + 30 - step), range(first + step, first + 30))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = g.run(circuit, method="auto")
    assert x.source.layer is not None
    # Groups keep their layers where a gate joins them.
    y = g.run(circuit, method="product")
    for gate in (("cz", 3, 40), ("h", 3), ("cx", 29, 30), ("swap", 7, 50)):
        x, y = (getattr(g, gate[0])(z, *gate[1:]) for z in (x, y))
    assert len(y.groups) == 1
    rows = np.random.default_rng(0).integers(0, 2, (20, 60))
    texts = ["".join(map(str, row)) for row in rows]
    close(g.amplitudes(y, texts) * 2.0**30, g.amplitudes(x, texts) * 2.0**30)


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_layers_beside_each_other(seed):
    """Of Clifford gates on groups, in any order of their qubits."""
    r = np.random.default_rng(seed)
    n, circuit = 9, g.Circuit(9)
    order = r.permutation(n)
    for where in (order[:4], order[4:]):
        inner = random_circuit(r, n, 30, where, ("h", "x", "cx", "cz", "swap"))
        circuit.compose(inner.t(int(where[0])).h(where.tolist()))
        circuit.compose(random_circuit(r, n, 10, where, ("h", "x", "cx", "cz")))
    x = g.run(circuit, method="product")
    strings = [format(i, "09b") for i in range(512)]
    close(g.amplitudes(x, strings), np.asarray(g.run(circuit)))
    close(np.asarray(x.whole()), np.asarray(g.run(circuit)))


# -- what was found before is kept ----------------------------------------------------------


def refused_for_one_outcome(n=22):
    """Small where 0 is found of the first qubit, and over a budget of 4 MiB where 1 is."""
    r = np.random.default_rng(1)
    circuit = g.Circuit(n, 2).ry(0.9, 0).measure(0, 0)
    for _ in range(2):
        for q in range(1, n):
            circuit.ry(float(r.uniform(-3, 3)), q, condition=(0, 1))
        for q in range(1, n - 1):
            circuit.cz(q, q + 1, condition=(0, 1))
    return circuit.measure(1, 1)


def test_outcomes_are_as_often_as_they_are_likely():
    pytest.importorskip("qiskit_aer")
    circuit, chance = refused_for_one_outcome(), np.sin(0.45) ** 2
    found, alone = Counter[str](), Counter[str]()
    with qv.options(memory_budget=2**22), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(60):
            x, bits = g.run_with_bits(circuit, rng=seed, method="auto")
            assert isinstance(x, MatrixProducts) == (bits[0] == "1")
            found[bits[0]] += 1
            (own,) = g.run_shots(circuit, 1, seed, method="auto")
            alone[own[0]] += 1
        together = g.run_shots(circuit, 2000, 0, method="auto")
    ones = sum(often for bits, often in together.items() if bits[0] == "1")
    assert abs(ones / 2000 - chance) < 0.05
    for counts in (found, alone):
        assert abs(counts["1"] / 60 - chance) < 0.2
        assert counts["1"] > 3


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_the_same_numbers_find_the_same(seed):
    """Whatever holds the state, of bits that are asked for, written twice, and reset."""
    r = np.random.default_rng(seed)
    circuit = g.Circuit(6, 3)
    for _ in range(4):
        for entry in random_circuit(r, 6, 6):
            circuit.append(entry.operation)
        q, p = r.choice(6, 2, replace=False).tolist()
        b = int(r.integers(3))
        condition = None if r.random() < 0.5 else (int(r.integers(3)), 1)
        circuit.measure([q, p], [b, (b + 1) % 3], condition=condition)
        circuit.barrier().reset(p, condition=condition).x(q, condition=(b, 1))
    x, bits = g.run_with_bits(circuit, rng=seed)
    y, same = g.run_with_bits(circuit, rng=seed, method="product")
    assert same == bits
    close(g.fidelity(x, y), 1)


def test_numbers_that_were_used_find_the_same_again():
    """Those that are 0 and 1, by all that holds a state; others are left to Aer."""
    pytest.importorskip("qiskit_aer")
    circuit = g.Circuit(4, 4).ry([0.9, 1.4], [0, 1]).cx(0, 2).measure(0, 0).h(3, condition=(0, 1))
    circuit.measure(3, 1, condition=(0, 1)).reset(1).cx(3, 1).measure([1, 2], [2, 3])
    for seed in range(8):
        bits, rng = np.zeros(4, np.int64), np.random.default_rng(seed)
        draws = rng.random(5)
        x = Method("product", g.execution.on_amplitudes).run(
            circuit, g.ProductState.of(g.zero_state(4)), bits, draws, rng
        )
        unused = [draws[1]] if bits[0] == 0 else []
        np.testing.assert_array_equal(draws[(draws > 0) & (draws < 1)], unused)
        assert count_used(draws) == 5
        for begin in (g.zero_state(4), MatrixProducts.of(g.zero_state(4))):
            again = np.zeros(4, np.int64)
            y = Method("sparse", g.execution.on_amplitudes).run(circuit, begin, again, draws, rng)
            assert (again == bits).all()
            close(g.fidelity(x, y), 1)


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_groups_and_frames_as_matrix_products(seed):
    """Of groups between each other's qubits; and of a state that is dense but for its frames."""
    r = np.random.default_rng(seed)
    circuit, order = g.Circuit(7), r.permutation(7)
    for where in (order[:3], order[3:5], order[5:]):
        circuit.compose(random_circuit(r, 7, 8, where, ("h", "ry", "cx", "rxx", "u")))
    x = g.run(circuit)
    for y in (g.run(circuit, method="product").products(), MatrixProducts.of(x)):
        close(g.amplitudes(y, [format(i, "07b") for i in range(128)]), np.asarray(x))
    many = g.ry(g.zero_state(60), r.uniform(-3, 3, 60), range(60))
    assert MatrixProducts.of(many).bonds == 1
    close(g.expectation(MatrixProducts.of(many), "Z" * 60), g.expectation(many, "Z" * 60))


# -- gates that come one by one -------------------------------------------------------------


def turned_one_by_one(x, qubits):
    """Layers that make a register dense."""
    r = np.random.default_rng(0)
    for _ in range(2):
        for q in qubits:
            x = g.ry(x, float(r.uniform(-3, 3)), q)
        for p, q in itertools.pairwise(qubits):
            x = g.cz(x, p, q)
    return g.rx(x, 0.4, qubits)


@pytest.mark.parametrize("n", [40, 70])
@pytest.mark.parametrize("is_apart", [False, True])
def test_growth_ends_where_the_register_does(n, is_apart, monkeypatch):
    """Qubits that nothing has turned are not taken to be, of arrays, wide states and groups."""
    monkeypatch.setattr("qvarray.gates.growth._MANY", 1 << 8)
    zero = g.run(g.Circuit(n), method="product") if is_apart else g.zero_state(n)
    x = turned_one_by_one(zero, range(3, 14))
    np.testing.assert_allclose(g.fidelity(x, x), 1)
    with pytest.raises(qv.MaterializationError, match="collect the gates in a circuit"):
        turned_one_by_one(zero, range(n))
