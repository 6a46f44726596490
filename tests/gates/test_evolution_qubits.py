"""The AND/OR evolution on chosen qubits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from . import plain
from .random_circuits import random_circuit

g = qv.gates
FOUR = g.and_or_operator(4)


@settings(max_examples=40)
@given(st.data(), st.sampled_from(["project", "residual", "unitary"]), st.booleans())
def test_against_a_diagonal_matrix(data, mode, is_state):
    n, m = 5, data.draw(st.integers(1, 3))
    qubits = data.draw(st.permutations(range(n)))[:m]
    v = plain.vectors(
        n, np.random.default_rng(m), data.draw(st.sampled_from(["one", "few", "all"]))
    )
    x = g.h(g.h(v, 0), 0) if is_state else qv.asarray(v)
    factors = np.diag(g.and_or_operator(2**m).todense())
    if mode == "unitary":
        factors = np.exp(-0.7j * factors)
    y = qv.apply_evolving_and_or(x, mode=mode, t=0.7, qubits=qubits)
    assert y.shape == x.shape
    y.spectrum.check()
    expected = plain.apply(v, np.diag(factors), qubits)
    np.testing.assert_allclose(y.todense(), expected, atol=1e-14)
    back = qv.reverse_evolving_and_or(y).todense()
    if mode == "project":
        on = plain.apply(np.ones(2**n), np.diag(factors != 0), qubits).real != 0
        np.testing.assert_array_equal(back, np.where(on, v, 0))
    else:
        np.testing.assert_array_equal(back, x.todense())


def test_on_sixty_qubits():
    x = qv.from_coordinates([3, 2**59 + 1], [0.6, 0.8], 2**60).reshape((2,) * 60)
    with qv.options(memory_budget=2**16):
        y = qv.apply_evolving_and_or(x, qubits=[58, 59])
        np.testing.assert_allclose(y.eigenvalues, [1.2, 0.8 * 0.12709036])
        A = qv.operator([2.0], [1], 2)
        z = qv.apply_evolving_and_or(x, mode="residual", operator=A, qubits=0)
        np.testing.assert_array_equal(z.eigenvalues, [1.6])
        assert qv.reverse_evolving_and_or(z).source is x.source
    assert "qubits evolved" in repr(y)
    assert y.nbytes == g.and_or_operator(4).nbytes + 2 * 16


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.sampled_from(["project", "residual", "unitary"]), st.booleans())
def test_wide_states_as_arrays(seed, mode, is_given):
    r = np.random.default_rng(seed)
    n, m = 5, int(r.integers(1, 4))
    circuit = random_circuit(r, n, 20)
    where, qubits = np.sort(r.choice(70, n, replace=False)), r.permutation(n)[:m]
    wide = g.Circuit(70).compose(circuit, where.tolist())
    A = qv.operator(r.normal(size=2), r.choice(2**m, 2, replace=False), 2**m) if is_given else None
    x, narrow = g.run(wide), g.run(circuit)
    options = {"mode": mode, "t": 0.7, "operator": A}
    y = qv.apply_evolving_and_or(x, qubits=where[qubits].tolist(), **options)
    z = qv.apply_evolving_and_or(narrow, qubits=qubits.tolist(), **options)
    strings = [format(i, "05b") for i in range(32)]

    def read(state):
        bits = np.full((32, 70), "0")
        bits[:, where] = [[*text] for text in strings]
        return g.amplitudes(state, ["".join(row) for row in bits])

    np.testing.assert_allclose(read(y), z.todense().reshape(-1), atol=1e-12)
    back = qv.reverse_evolving_and_or(y)
    expected = qv.reverse_evolving_and_or(z).todense().reshape(-1)
    np.testing.assert_allclose(read(back), expected, atol=1e-12)
    assert mode == "project" or back is x
    # Gates after it are on what it gave; that is no longer what was evolved.
    after = g.x(y, int(where[0]))
    np.testing.assert_allclose(read(g.x(after, int(where[0]))), read(y), atol=1e-12)
    with pytest.raises(TypeError, match="nothing to reverse"):
        qv.reverse_evolving_and_or(after)


def test_wide_states_stay_sparse():
    """A projection of a register in a superposition of all its values leaves twenty of them."""
    x = g.run(g.Circuit(300).h(range(60)).x(299))
    y = qv.apply_evolving_and_or(x, qubits=range(40))
    assert y.nactive == 20
    bits = "0" * 38 + "11" + "0" * 259 + "1"
    np.testing.assert_allclose(g.amplitudes(y, bits), [2.0 / 2**30])
    whole = qv.apply_evolving_and_or(y, qubits=range(238, 300), mode="unitary", t=1.0)
    assert qv.reverse_evolving_and_or(whole) is y
    with qv.options(memory_budget=2**20), pytest.raises(MemoryError):
        qv.apply_evolving_and_or(x, qubits=range(40), mode="unitary")


@pytest.mark.parametrize(
    ("match", "call"),
    [
        ("out of range", lambda x: qv.apply_evolving_and_or(x, qubits=[3])),
        ("repeated", lambda x: qv.apply_evolving_and_or(x, qubits=[0, 0])),
        ("shape", lambda x: qv.apply_evolving_and_or(np.ones(3), qubits=0)),
        (
            "length 2",
            lambda x: qv.apply_evolving_and_or(x, qubits=0, operator=g.and_or_operator(4)),
        ),
        ("finite", lambda x: qv.apply_evolving_and_or(x, mode="unitary", t=np.nan, qubits=0)),
    ],
)
def test_bad_input(match, call):
    with pytest.raises(ValueError, match=match):
        call(g.zero_state(2))


@pytest.mark.parametrize("mode", ["project", "residual", "unitary"])
def test_groups_of_qubits_as_arrays(mode):
    circuit = random_circuit(np.random.default_rng(1), 6, 12).ry(0.3, range(6))
    x, z = g.run(circuit, method="product"), g.run(circuit)
    y = qv.apply_evolving_and_or(x, mode=mode, qubits=[4, 0, 2])
    expected = qv.apply_evolving_and_or(z, mode=mode, qubits=[4, 0, 2])
    strings = [format(i, "06b") for i in range(64)]
    for own, its in (
        (y, expected),
        (qv.reverse_evolving_and_or(y), qv.reverse_evolving_and_or(expected)),
        (g.cx(y, 1, 4), g.cx(g.state(expected), 1, 4)),
    ):
        np.testing.assert_allclose(g.amplitudes(own, strings), its.todense().ravel(), atol=1e-12)
    with pytest.raises(TypeError, match="nothing to reverse"):
        qv.reverse_evolving_and_or(x)


@pytest.mark.parametrize(
    ("match", "arguments"),
    [
        ("qubits=", {}),
        ("62", {"qubits": range(63)}),
        ("out of range", {"qubits": 100}),
        ("repeated", {"qubits": [0, 0]}),
        ("length 2", {"qubits": 0, "operator": FOUR}),
        ("finite", {"qubits": 0, "mode": "unitary", "t": np.inf}),
        ("mode", {"qubits": 0, "mode": "both"}),
    ],
)
def test_bad_input_with_states_that_are_no_arrays(match, arguments):
    for x in (g.zero_state(100), g.run(g.Circuit(100), method="product")):
        with pytest.raises(ValueError, match=match):
            qv.apply_evolving_and_or(x, **arguments)
