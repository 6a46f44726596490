"""The AND/OR evolution on chosen qubits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from . import plain

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
