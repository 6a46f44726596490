"""Every gate against its matrix, on every choice of qubits; identities; bad input."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from . import plain

g = qv.gates
CLIFFORD = ("x", "y", "z", "h", "s", "sdg", "sx", "cx", "cy", "cz", "swap", "iswap", "ecr")


@pytest.mark.parametrize("kind", ["one", "few", "all"])
@pytest.mark.parametrize("name", plain.MATRICES)
def test_matrices(name, kind):
    rng = np.random.default_rng(0)
    count, angles, matrix = plain.MATRICES[name]
    for n in {count, 4} if kind == "all" else {4}:
        for qubits in permutations(range(n), count):
            params = rng.uniform(-7, 7, angles).tolist()
            v = plain.vectors(n, rng, kind)
            for x in (v, qv.asarray(v).reshape((2,) * n), qv.asarray(v).to_basis("walsh")):
                y = getattr(g, name)(x, *params, *qubits)
                assert y.shape == x.shape
                assert y.dtype == np.complex128
                y.spectrum.check()
                expected = plain.apply(v, matrix(*params), qubits)
                np.testing.assert_allclose(y.todense().ravel(), expected, atol=1e-14)
                assert abs(np.linalg.norm(y) - 1) < 1e-13


@pytest.mark.parametrize("n", [2, 3, 6])
def test_many_controls(n):
    rng = np.random.default_rng(n)
    for kind in ("one", "few", "all"):
        v = plain.vectors(n, rng, kind)
        order = rng.permutation(n).tolist()
        y = g.mcx(v, order[:-1], order[-1])
        z = g.mcp(v, 0.3, order[:-1], order[-1])
        flip, turn = plain.controlled(plain.X, n - 1), plain.controlled(plain.p(0.3), n - 1)
        np.testing.assert_allclose(y.todense(), plain.apply(v, flip, order), atol=1e-14)
        np.testing.assert_allclose(z.todense(), plain.apply(v, turn, order), atol=1e-14)


@settings(max_examples=120)
@given(st.data(), st.integers(1, 6), st.sampled_from(["one", "few", "all"]))
def test_random_circuits(data, n, kind):
    names = [name for name, (count, _, _) in plain.MATRICES.items() if count <= n]
    if data.draw(st.booleans()):
        names = [name for name in names if name in (*CLIFFORD, "t", "ccx", "ccz")]
    v = plain.vectors(n, np.random.default_rng(n), kind)
    x = g.state(v)
    for name, params, qubits in data.draw(plain.steps(n, names)):
        x = getattr(g, name)(x, *params, *qubits)
        v = plain.apply(v, plain.MATRICES[name][2](*params), qubits)
        if data.draw(st.integers(0, 3)) == 0:
            x.spectrum.check()
    element = x[0]
    np.testing.assert_allclose(x.todense(), v, atol=1e-13)
    np.testing.assert_allclose(element, v[0], atol=1e-13)
    assert abs(np.linalg.norm(x) - 1) < 1e-13


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("h0 x0 h0", "z0"),
        ("h0 z0 h0", "x0"),
        ("h1 cz01 h1", "cx01"),
        ("cx01 cx10 cx01", "swap01"),
        ("s0 s0", "z0"),
        ("t0 t0", "s0"),
        ("sx0 sx0", "x0"),
        ("h2 ccz012 h2", "ccx012"),
        ("h0 h1 cx01 h0 h1", "cx10"),
        ("sdg1 cx01 s1", "cy01"),
        ("iswap01 iswap01", "z0 z1"),
        ("ecr01 ecr01", ""),
    ],
)
def test_identities(left, right):
    def run(text, x):
        for word in text.split():
            name = word.rstrip("012")
            x = getattr(g, name)(x, *map(int, word[len(name) :]))
        return x

    for kind in ("one", "few", "all"):
        v = plain.vectors(3, np.random.default_rng(1), kind)
        one, other = run(left, g.state(v)), run(right, g.state(v))
        np.testing.assert_allclose(one.todense(), other.todense(), atol=1e-14)


def test_gates_stay_parameters():
    x = qv.from_coordinates([5, 2**39 + 1], [0.6, 0.8], 2**40)
    y = x
    for name in ("h", "s", "t", "x", "z"):
        y = getattr(g, name)(y, 3)
    y = g.cx(g.swap(g.cz(y, 1, 2), 4, 5), 7, 0)
    assert y.source.core.values is g.state(x).source.core.values or y.source.nactive == 2
    assert y.nbytes < 2 * 24 + 40 * 40 // 8 + 64 * 40 + 1000
    # What is constant is no control: the qubit is on its own.
    assert g.ch(g.basis_state("1" * 60), 3, 7).source.nactive == 1


def test_what_was_given_is_not_changed():
    x = g.h(g.zero_state(5), 0)
    before = x.todense()
    g.cx(x, 0, 1)
    g.rx(x, 0.3, 0)
    g.measure(x, 0, outcome="1")
    np.testing.assert_array_equal(x.todense(), before)
    v = np.ones(4) / 2
    y = g.x(v, 0)
    v[0] = 7
    np.testing.assert_array_equal(y.todense(), np.ones(4) / 2)


def test_other_bases_and_fill_values():
    rng = np.random.default_rng(0)
    v = rng.standard_normal(16)
    for basis in ("haar", "fourier", "cosine", "walsh"):
        y = g.h(qv.encode(v, basis), 2)
        np.testing.assert_allclose(y.todense(), plain.apply(v, plain.H, [2]), atol=1e-14)
    y = g.x(qv.array(np.full(16, 0.25), fill_value=0.25), 0)
    np.testing.assert_allclose(y.todense(), np.full(16, 0.25))


def test_numpy_reads():
    x = g.cx(g.h(g.t(g.h(g.zero_state(3), 0), 0), 1), 1, 2)
    v = np.asarray(x)
    np.testing.assert_allclose(np.vdot(x, x), 1)
    np.testing.assert_allclose((np.abs(x) ** 2).todense(), np.abs(v) ** 2)
    np.testing.assert_allclose(x[[1, 5]].todense(), v[[1, 5]])
    np.testing.assert_allclose(x[2:6].todense(), v[2:6])
    np.testing.assert_allclose((x + x).todense(), 2 * v)
    x[3] = 0.5
    assert x[3] == 0.5
    assert str(g.h(g.zero_state(3), 0))
    assert "state of 3 qubits" in repr(g.h(g.zero_state(3), 0))


def test_walsh_axes_where_the_standard_basis_is_too_large():
    x = g.zero_state(40)
    for q in range(40):
        x = g.h(x, q)
    assert str(x.bases[0]) == "walsh"
    assert abs(x[12345] * 2**20 - 1) < 1e-12
    y = g.state(qv.from_coordinates([3], [1.0], 2**40).reshape((2,) * 40))
    for q in range(30):
        y = g.h(y, q)
    assert [str(basis) for basis in y.bases] == ["walsh"] * 30 + ["standard"] * 10
    z = g.zero_state(60)
    for q in range(60):
        z = g.ry(z, 0.1 + q, q)
    with qv.options(memory_budget=2**20), pytest.raises(qv.MaterializationError, match="gates"):
        z.spectrum  # noqa: B018
    expected = np.prod(np.cos((0.1 + np.arange(60)) / 2))
    np.testing.assert_allclose(z[0], expected, rtol=1e-12)


@given(st.data())
@settings(max_examples=30)
def test_cutoff_is_counted(data):
    steps = data.draw(plain.steps(4, ("ry", "cx", "crx", "ccx", "rzz", "h")))
    exact, x = g.zero_state(4), g.zero_state(4, cutoff=0.2)
    for name, params, qubits in steps:
        exact = getattr(g, name)(exact, *params, *qubits)
        x = getattr(g, name)(x, *params, *qubits)
    gap = np.linalg.norm(x.todense() - exact.todense())
    assert gap <= x.recovery_error * (1 + 1e-9) + 1e-13


BAD = [
    ("out of range", lambda: g.h(g.zero_state(3), 3)),
    ("out of range", lambda: g.h(g.zero_state(3), -1)),
    ("repeated", lambda: g.cx(g.zero_state(3), 1, 1)),
    ("repeated", lambda: g.mcx(g.zero_state(3), [0, 1], 1)),
    ("an integer", lambda: g.x(g.zero_state(3), 0.5)),
    ("finite", lambda: g.rx(g.zero_state(3), np.inf, 0)),
    ("finite", lambda: g.p(g.zero_state(3), np.nan, 0)),
    ("4096", lambda: g.zero_state(4097)),
    ("4096", lambda: g.zero_state(0)),
    ("4096", lambda: g.basis_state("0" * 4097)),
    ("shape", lambda: g.h(np.ones(3), 0)),
    ("shape", lambda: g.h(np.ones((4, 2)), 0)),
    ("shape", lambda: g.h(np.ones(1), 0)),
    ("characters", lambda: g.basis_state("012")),
    ("bits", lambda: g.from_dict({"00": 1, "000": 1})),
    ("at least one", lambda: g.from_dict({})),
    ("finite", lambda: g.from_dict({"0": np.nan})),
    ("cutoff", lambda: g.zero_state(2, cutoff=-1)),
]


@pytest.mark.parametrize(("match", "call"), BAD)
def test_bad_input(match, call):
    with pytest.raises(ValueError, match=match):
        call()


def test_a_refused_gate_leaves_the_state():
    x = g.cx(g.h(g.zero_state(3), 0), 0, 1)
    before = g.to_dict(x)
    for call in (
        lambda: g.cx(x, 0, 0),
        lambda: g.unitary(x, [[1, 1], [0, 1]], 0),
        lambda: g.permutation(x, lambda r: r * 0, [0, 1]),
        lambda: g.phase(x, lambda r: r * np.nan, [0]),
        lambda: g.measure(x, [0, 1], outcome="01"),
    ):
        with pytest.raises(ValueError, match=r"repeated|unitary|bijection|finite|zero"):
            call()
        assert g.to_dict(x) == before


def test_dicts_and_the_order_of_qubits():
    amplitudes = {"001": 0.6j, "110": -0.8 + 0j}
    x = g.from_dict(amplitudes)
    assert g.to_dict(x) == amplitudes
    assert x[1] == 0.6j
    assert x.reshape(2, 2, 2)[1, 1, 0] == -0.8
    assert g.to_dict(g.reverse_qubits(x)) == {"011": -0.8 + 0j, "100": 0.6j}
    # The global phase is kept.
    y = g.rz(g.from_dict({"1": 1}), 0.4, 0)
    np.testing.assert_allclose(y.todense()[1], np.exp(0.2j))
