"""The evolving AND/OR transformation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..twin import BASES, assert_same, twins

_TABLE = {3: 2.0, 1: 0.12709036, 2: 0.12456536, 63: -0.10354713} | dict.fromkeys(
    [4, 0, 6, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17], 0.09837522
)
_VECTORS = st.sampled_from([(n,) for n in (0, 1, 2, 5, 29, 30, 63, 64, 65, 130)])


def reference(n):
    out = np.zeros(n)
    for index, value in _TABLE.items():
        if index < n:
            out[index] = value
    return out


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 29, 30, 63, 64, 100])
def test_the_reference_operator(n):
    A = qv.gates.and_or_operator(n)
    np.testing.assert_array_equal(A.todense(), np.diag(reference(n)))
    assert A.nactive == sum(index < n for index in _TABLE)


def test_and_plus_or_on_two_bits():
    A = qv.gates.and_or_operator(4, [0, 1, 1, 2], [0, 1, 2, 3])
    bits = [(a & b) + (a | b) for a in (0, 1) for b in (0, 1)]
    np.testing.assert_array_equal(A.todense(), np.diag(bits))
    assert qv.gates.and_or_operator(2, [5.0, 7.0], [1, 9]).nactive == 1


@given(twins(shape=_VECTORS))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_project(pair):
    x, y = pair
    factors = reference(x.size)
    for given_x in (x, y):
        z = qv.apply_evolving_and_or(given_x)
        on = factors != 0
        expected = np.where(on, factors * x, 0)
        np.testing.assert_array_equal(z.todense(), expected)
        assert z.dtype == expected.dtype
        back = qv.reverse_evolving_and_or(z)
        assert_same(np.where(on, x, x.dtype.type(0)), back)


@given(twins(shape=_VECTORS), st.floats(-10, 10))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_residual_and_unitary_reverse_bit_for_bit(pair, t):
    x, y = pair
    factors = reference(x.size)
    for given_x in (x, y):
        z = qv.apply_evolving_and_or(given_x, mode="residual")
        assert_same(x, qv.reverse_evolving_and_or(z))
        np.testing.assert_array_equal(z.todense(), np.where(factors != 0, factors * x, 0))
        u = qv.apply_evolving_and_or(given_x, mode="unitary", t=t)
        assert_same(x, qv.reverse_evolving_and_or(u))
        phases = np.exp(-1j * t * factors)
        assert u.dtype == (x * phases).dtype
        twice = qv.apply_evolving_and_or(u, mode="residual")
        assert qv.reverse_evolving_and_or(twice).source is u.source


@pytest.mark.parametrize("basis", BASES)
def test_unitary_values(basis):
    x = qv.encode(np.random.default_rng(0).standard_normal(128), basis)
    u = qv.apply_evolving_and_or(x, mode="unitary", t=0.7)
    expected = x.todense() * np.exp(-0.7j * reference(128))
    np.testing.assert_allclose(u.todense(), expected, atol=1e-14)
    np.testing.assert_allclose([u[i] for i in (0, 3, 70, -1)], expected[[0, 3, 70, -1]], atol=1e-14)
    assert abs(np.linalg.norm(u.todense()) - np.linalg.norm(x.todense())) < 1e-12
    back = qv.reverse_evolving_and_or(u)
    np.testing.assert_array_equal(back.eigenvalues, x.eigenvalues)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("mode", ["project", "residual", "unitary"])
def test_at_a_size_that_cannot_be_materialised(basis, mode):
    x = qv.from_eigenvalues([1.0, 2.0, -3.0], [0, 5, 2**39], 2**40, basis=basis)
    y = qv.apply_evolving_and_or(x, mode=mode)
    back = qv.reverse_evolving_and_or(y)
    if mode == "project":
        assert np.isclose(back[3], x[3], rtol=1e-14)
        assert y[3] == 2.0 * back[3]
        assert back[7] == 0
        assert y.nbytes == 20 * (8 + 8 + x.itemsize)
    else:
        assert back.source is x.source
        assert y.nbytes == x.nbytes + 20 * 16
        assert np.isclose(y[3], x[3] * (2 if mode == "residual" else np.exp(-2j)))
    assert "stored=" in repr(y)
    assert str(y)


def test_stored_bytes():
    y = qv.apply_evolving_and_or(np.ones(131072))
    assert y.nbytes == 400
    assert y.virtual_nbytes == 2**20


def test_what_was_given_may_change_afterwards():
    x = np.ones(100)
    ys = [qv.apply_evolving_and_or(x, mode=mode) for mode in ("project", "residual", "unitary")]
    x[:] = 5
    for y in ys:
        assert qv.reverse_evolving_and_or(y)[3] == 1


def test_another_operator():
    A = qv.operator([2.0, 4.0], [1, 2], 3)
    y = qv.apply_evolving_and_or([1.0, 2.0, 3.0], operator=A)
    assert y.todense().tolist() == [0, 4, 12]
    assert qv.reverse_evolving_and_or(y).todense().tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (ValueError, "'sideways'", lambda: qv.apply_evolving_and_or([1.0], mode="sideways")),
        (ValueError, r"\(1, 1\)", lambda: qv.apply_evolving_and_or([[1.0]])),
        (TypeError, "<U1", lambda: qv.apply_evolving_and_or(["a"])),
        (ValueError, "inf", lambda: qv.apply_evolving_and_or([1.0], mode="unitary", t=np.inf)),
        (
            ValueError,
            "length 1",
            lambda: qv.apply_evolving_and_or([1.0], operator=qv.operator([1.0], [0], 2)),
        ),
        (
            ValueError,
            "standard",
            lambda: qv.apply_evolving_and_or(
                [1.0, 2.0], operator=qv.operator([1.0], [0], 2, basis="walsh")
            ),
        ),
        (TypeError, "ndarray", lambda: qv.reverse_evolving_and_or(np.ones(3))),
        (TypeError, "pinv", lambda: qv.reverse_evolving_and_or(qv.asarray([1.0]))),
        (ValueError, "both", lambda: qv.gates.and_or_operator(4, [1.0])),
        (ValueError, "negative", lambda: qv.gates.and_or_operator(-1)),
        (ValueError, "2 eigenvalues", lambda: qv.gates.and_or_operator(4, [1.0, 2.0], [1])),
        (IndexError, "-1", lambda: qv.gates.and_or_operator(4, [1.0], [-1])),
    ],
)
def test_bad_input(error, match, call):
    with pytest.raises(error, match=match):
        call()
