"""Operators that are diagonal in a basis."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..twin import BASES, DTYPES, check, dense_by_definition, twins

_ROUNDING = 100.0


@st.composite
def operators(draw, n=None, basis=None):
    basis = draw(st.sampled_from(BASES)) if basis is None else basis
    n = 2 ** draw(st.integers(0, 4)) if n is None else n
    k = draw(st.integers(0, n))
    indices = draw(st.lists(st.integers(0, n - 1), min_size=k, max_size=k, unique=True))
    values = draw(st.lists(st.sampled_from([0.5, -1, 2, 3 + 1j, 0.125j]), min_size=k, max_size=k))
    return qv.operator(np.array(values, complex), indices, n, basis=basis)


@given(operators())
def test_the_formula(A):
    A.spectrum.check()
    expected = dense_by_definition(A)
    np.testing.assert_allclose(A.todense(), expected, atol=1e-14)
    for part in (A.T, A.real, A.imag, np.conjugate(A), 2 * A - A):
        part.spectrum.check()
        assert part.spectrum.diagonal
    np.testing.assert_allclose(A.T.todense(), expected.T, atol=1e-14)
    np.testing.assert_allclose(A.real.todense(), expected.real, atol=1e-14)
    np.testing.assert_allclose(A.imag.todense(), expected.imag, atol=1e-14)
    np.testing.assert_allclose((2 * A - A).todense(), expected, atol=1e-14)
    for key in [
        0,
        (0, 0),
        slice(0, 1),
        (slice(None), 0),
        (slice(None, None, -1), slice(0, 3)),
        None,
    ]:
        # Elements that cancel round in the oracle too.
        scale = float(np.linalg.norm(expected))
        check(lambda x, key=key: x[key], (expected, A), rounding=_ROUNDING, scale=scale)
    for basis in ("standard", "cosine"):
        moved = A.to_basis(basis)
        assert not (moved.spectrum.diagonal and A.nactive) or basis == A.bases[0].name
        np.testing.assert_allclose(moved.todense(), expected, atol=1e-13)


@given(st.data(), operators(), st.integers(0, 3))
def test_products(data, A, columns):
    n, name = A.shape[0], A.bases[0].name
    rng = np.random.default_rng(n)
    B = data.draw(operators(n, name))
    x = rng.standard_normal(n)
    X = rng.standard_normal((n, columns + 1))
    dense = dense_by_definition(A)
    vectors = [
        (x, qv.encode(x, name)),
        (X, qv.encode(X, (name, "standard"))),
        (X, qv.encode(X, (name, "cosine"))),
        (dense_by_definition(B), B),
    ]
    last = (x, qv.asarray(x).to_basis(A.bases[1]))
    products = [(operator.matmul, (dense, A), pair) for pair in vectors]
    for call, one, other in [
        *products,
        (np.matvec, (dense, A), (x, qv.encode(x, name))),
        (np.vecmat, last, (dense, A)),
        (operator.matmul, last, (dense, A)),
        (operator.matmul, (X.T, qv.asarray(X.T)), (dense, A)),
    ]:
        size = np.linalg.norm(one[0]) * np.linalg.norm(other[0])
        check(call, one, other, rounding=_ROUNDING, scale=size)


@given(operators())
def test_pinv(A):
    for kwargs in ({}, {"rcond": 0.3}, {"rtol": 0.3}, {"rtol": None}, {"hermitian": False}):
        dense = dense_by_definition(A)
        got = np.linalg.pinv(A, **kwargs)
        assert got.spectrum.diagonal
        expected = np.linalg.pinv(dense, **kwargs)
        np.testing.assert_allclose(got.todense(), expected, atol=1e-12)
        assert got.dtype == expected.dtype


@given(twins(DTYPES[1:9] + DTYPES[10:12], shape=st.sampled_from([(2, 3), (3, 3), (3,), (0, 2)])))
def test_pinv_of_other_arrays(pair):
    x, y = pair
    if np.isfinite(x).all() and np.abs(x.astype(float)).max(initial=0) < 1e6:
        check(np.linalg.pinv, (x, y), rounding=1e4)


@pytest.mark.parametrize("basis", BASES)
def test_at_a_size_that_cannot_be_materialised(basis):
    n = 2**40
    rng = np.random.default_rng(0)
    indices = np.sort(rng.choice(n, 10_000, False))
    A = qv.operator(rng.uniform(1, 2, 10_000), indices, n, basis=basis)
    assert A.shape == (n, n)
    assert A.size == 2**80
    x = qv.from_eigenvalues(rng.standard_normal(100), indices[:100], n, basis=basis)
    y = A @ x
    assert np.array_equal(y.eigenvalues, A.eigenvalues[:100] * x.eigenvalues)
    back = np.linalg.pinv(A) @ y
    np.testing.assert_allclose(back.eigenvalues, x.eigenvalues, rtol=1e-15)
    assert ((A @ A) @ x).nactive == 100
    assert A[5, 7:9].shape == (2,)
    assert A[3].shape == (n,)
    with pytest.raises(qv.MaterializationError):
        A.todense()
    with pytest.raises(ValueError, match="mismatch in its core dimension 0"):
        A @ x.to_basis(x.bases)[: 2**39]


def test_dtypes():
    assert qv.operator([1, 2], [0, 1], 2).dtype == np.int64
    assert qv.operator([1, 2], [0, 1], 2, basis="walsh").dtype == np.float64
    assert qv.operator([1.0, 2], [0, 1], 2, basis="fourier").dtype == np.complex128
    circulant = qv.operator([1.0, 2, 2], [0, 1, 3], 4, basis="fourier", dtype=float)
    assert circulant.dtype == float
    np.testing.assert_allclose(circulant.todense(), dense_by_definition(circulant), atol=1e-15)
    dense = circulant.todense()
    np.testing.assert_allclose(np.roll(dense[0], 1), dense[1], atol=1e-15)
    with pytest.raises(ValueError, match="conjugate"):
        qv.operator([1.0, 2j], [0, 1], 4, basis="fourier", dtype=float)


def test_infinite_values_spread_as_in_a_dense_product():
    A = qv.operator([1.0], [0], 3)
    x = qv.asarray([1.0, np.inf, 0.0])
    with np.errstate(invalid="ignore"):
        expected = np.diag([1.0, 0, 0]) @ x.todense()
        np.testing.assert_array_equal((A @ x).todense(), expected)


def test_error_bounds_pass_through_an_operator():
    rng = np.random.default_rng(0)
    samples = np.cumsum(rng.standard_normal(256))
    A = qv.operator(rng.standard_normal(256), None, 256, basis="cosine")
    x = qv.encode(samples, "cosine", tol=0.05)
    y = A @ x
    true = np.linalg.norm(A.todense() @ samples - y.todense())
    assert true <= y.recovery_error * np.linalg.norm(A.todense() @ samples)
