"""Probabilities, samples, measurements and the rest against dense vectors."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from . import plain

g = qv.gates


@st.composite
def states(draw, n=None):
    """A state and its vector, frames and all."""
    n = draw(st.integers(2, 5)) if n is None else n
    names = [name for name, (count, _, _) in plain.MATRICES.items() if count <= n]
    kind = draw(st.sampled_from(["one", "few", "all"]))
    v = plain.vectors(n, np.random.default_rng(draw(st.integers(0, 9))), kind)
    x = g.state(v)
    for name, params, qubits in draw(plain.steps(n, names, 9)):
        x = getattr(g, name)(x, *params, *qubits)
        v = plain.apply(v, plain.MATRICES[name][2](*params), qubits)
    return x, v


def some_qubits(data, n):
    order = data.draw(st.permutations(range(n)))
    return order[: data.draw(st.integers(1, n))]


def close(a, b):
    np.testing.assert_allclose(a, b, atol=1e-12)


@settings(max_examples=80)
@given(st.data(), states())
def test_of_some_qubits(data, pair):
    x, v = pair
    n = v.size.bit_length() - 1
    qubits = some_qubits(data, n)
    parts = plain.as_matrix(v, qubits)
    rho = parts @ parts.conj().T
    close(g.probabilities(x, qubits).ravel(), np.diag(rho).real)
    close(g.density_matrix(x, qubits), rho)
    rest = [q for q in range(n) if q not in qubits]
    if rest:
        other = plain.as_matrix(v, rest)
        close(g.partial_trace(x, qubits), other @ other.conj().T)
    chances = np.linalg.eigvalsh(rho)
    chances = chances[chances > 1e-14]
    close(g.entropy(x, qubits), -(chances * np.log2(chances)).sum())
    bits, y = g.measure(x, qubits, np.random.default_rng(0))
    kept = np.where(np.arange(len(parts))[:, None] == int(bits, 2), parts, 0)
    close(plain.as_matrix(y.todense(), qubits), kept / np.linalg.norm(kept))
    again, z = g.measure(y, qubits, outcome=bits)
    assert again == bits
    close(z.todense(), y.todense())


@settings(max_examples=60)
@given(st.data(), states(3), states(3))
def test_of_the_whole(data, pair, other):
    (x, v), (y, w) = pair, other
    close(g.overlap(x, y), np.vdot(v, w))
    close(np.vdot(x, y), np.vdot(v, w))
    close(g.fidelity(x, y), abs(np.vdot(v, w)) ** 2)
    strings = data.draw(st.lists(st.text("IXYZ", min_size=3, max_size=3), min_size=1, max_size=3))
    matrices = [reduce(np.kron, [plain.PAULIS[c] for c in text]) for text in strings]
    values = [np.vdot(v, matrix @ v).real for matrix in matrices]
    close(g.expectation(x, strings[0]), values[0])
    close(g.expectation(x, [(text, 0.5) for text in strings]), 0.5 * sum(values))
    close(g.amplitudes(x, [format(i, "03b") for i in range(8)]), v)
    largest = g.top(x, 3)
    close([abs(a) for a in largest.values()], np.sort(abs(v))[::-1][: len(largest)])
    for bits, a in largest.items():
        close(a, v[int(bits, 2)])
    close(list(g.to_dict(x).values()), [a for a in v if abs(a) > 1e-13])


@settings(max_examples=20)
@given(states())
def test_samples(pair):
    x, v = pair
    drawn = g.sample(x, 4000, np.random.default_rng(3))
    assert drawn.dtype == np.int64
    close(drawn, g.sample(x, 4000, np.random.default_rng(3)))
    often = np.bincount(drawn, minlength=v.size) / 4000
    assert np.abs(often - np.abs(v) ** 2).max() < 0.05
    one = g.sample(x, 2000, np.random.default_rng(4), 1)
    assert abs(one.mean() - g.probabilities(x, 1)[1]) < 0.06


def test_of_sixty_qubits_each_on_its_own():
    angles = 0.05 * np.arange(60)
    x = g.zero_state(60)
    for q, angle in enumerate(angles):
        x = g.ry(x, angle, q)
    ones = np.sin(angles / 2) ** 2
    with qv.options(memory_budget=2**22):
        close([g.probabilities(x, q)[1] for q in range(60)], ones)
        drawn = g.sample(x, 3000, np.random.default_rng(0))
        found = (drawn[:, None] >> np.arange(59, -1, -1) & 1).mean(axis=0)
        assert np.abs(found - ones).max() < 0.05
        close(g.expectation(x, "Z" * 60), np.prod(np.cos(angles)))
        close(g.expectation(x, "I" * 59 + "X"), np.sin(angles[-1]))
        close(g.fidelity(x, x), 1)
        close(g.overlap(g.zero_state(60), x), np.prod(np.cos(angles / 2)))
        (bits,) = g.top(x, 1)
        assert bits == "".join(str(int(p > 0.5)) for p in ones)
        found_bits, y = g.measure(x, range(60), np.random.default_rng(1))
        assert g.top(y, 2).keys() == {found_bits}
        assert g.entropy(x, range(30)) == 0


def test_entangled_states_in_walsh_frames():
    # Even parity of 59 qubits: two amplitudes in frames, 2**58 without.
    x = g.zero_state(60)
    for q in range(59):
        x = g.h(x, q)
    for q in range(59):
        x = g.cx(x, q, 59)
    assert x.source.nactive == 2
    with qv.options(memory_budget=2**22):
        close(g.probabilities(x, 59), [0.5, 0.5])
        close(g.expectation(x, "Z" * 60), 1)
        close(g.expectation(x, "X" * 60), 1)
        close(g.entropy(x, range(10)), 1)
        drawn = g.sample(x, 20, np.random.default_rng(0))
        assert all(int(one).bit_count() % 2 == 0 for one in drawn)
        assert len(set(drawn.tolist())) > 15
        bits, y = g.measure(x, 59, np.random.default_rng(0))
        assert y.source.nactive <= 4
        close(g.amplitudes(y, "0" * 59 + bits) * 2**29, 1 if bits == "0" else 0)


@pytest.mark.parametrize(
    ("match", "call"),
    [
        ("probability zero", lambda x: g.measure(x, 0, outcome="1")),
        ("characters", lambda x: g.measure(x, 0, outcome="2")),
        ("bits", lambda x: g.measure(x, 0, outcome="01")),
        ("generator", lambda x: g.measure(x, 0)),
        ("out of range", lambda x: g.measure(x, 2, outcome="1")),
        ("repeated", lambda x: g.measure(x, [1, 1], outcome="11")),
        ("out of range", lambda x: g.probabilities(x, 2)),
        ("out of range", lambda x: g.sample(x, 1, np.random.default_rng(), 5)),
        ("negative", lambda x: g.sample(x, -1, np.random.default_rng())),
        ("out of range", lambda x: g.density_matrix(x, 7)),
        ("out of range", lambda x: g.partial_trace(x, 7)),
        ("repeated", lambda x: g.entropy(x, [0, 0])),
        ("IXYZ", lambda x: g.expectation(x, "XQ")),
        ("IXYZ", lambda x: g.expectation(x, "X")),
        ("of 3", lambda x: g.fidelity(x, g.zero_state(3))),
        ("negative", lambda x: g.top(x, -1)),
        ("bits", lambda x: g.amplitudes(x, "0")),
        ("normalised", lambda x: g.measure(2 * x, 0, outcome="0")),
        ("normalised", lambda x: g.sample(2 * x, 1, np.random.default_rng())),
        ("normalised", lambda x: g.probabilities(0 * x, 0)),
        ("normalised", lambda x: g.fidelity(x, 2 * x)),
        ("normalised", lambda x: g.expectation(2 * x, "XX")),
        ("normalised", lambda x: g.entropy(2 * x, 0)),
    ],
)
def test_bad_input(match, call):
    x = g.basis_state("01")
    with pytest.raises(ValueError, match=match):
        call(x)
    assert g.to_dict(x) == {"01": 1}


@pytest.mark.parametrize(
    ("match", "call"),
    [
        ("not unitary", lambda x: g.unitary(x, [[1, 1], [1, 1]], 0)),
        ("rows", lambda x: g.unitary(x, np.eye(4), 0)),
        ("1 to 4", lambda x: g.unitary(g.zero_state(5), np.eye(32), range(5))),
        ("repeated", lambda x: g.unitary(x, np.eye(4), [0, 0])),
        ("two indices", lambda x: g.permutation(x, lambda r: 0 * r, [0, 1])),
        ("leaves", lambda x: g.permutation(x, lambda r: r + 4, [0, 1])),
        ("leaves", lambda x: g.permutation(x, lambda r: r - 4, [0, 1])),
        ("integers", lambda x: g.permutation(x, lambda r: r / 2, [0, 1])),
        ("registers", lambda x: g.permutation(x, lambda a, b: (a,), [[0], [1]])),
        ("repeated", lambda x: g.permutation(x, lambda a, b: (a, b), [[0], [0]])),
        ("finite", lambda x: g.phase(x, lambda r: r * np.inf, [1])),
        ("out of range", lambda x: g.phase_oracle(x, lambda r: r, [2])),
        ("leaves", lambda x: g.oracle(x, lambda r: r + 9, [0], [1])),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_bad_transformations(match, call):
    x = g.h(g.basis_state("01"), 0)
    before = g.to_dict(x)
    with pytest.raises(ValueError, match=match):
        call(x)
    assert g.to_dict(x) == before
