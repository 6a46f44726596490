"""``numpy.linalg``: NumPy is the oracle."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import BASES, DTYPES, check, dense_by_definition, twins

from ...creation.test_operators import operators
from .test_products import plain, tame

NUMBERS = [np.dtype(kind) for kind in ("bool", "int16", "float32", "float64", "complex128")]
_ROUNDING = 1e3


@st.composite
def well_conditioned(draw):
    """Operators of any basis; and some without eigenvalues."""
    A = draw(operators(n=draw(st.sampled_from([1, 2, 8, 16]))))
    if draw(st.booleans()):
        n = A.shape[0]
        rng = np.random.default_rng(draw(st.integers(0, 99)))
        values = rng.uniform(1, 2, n) * rng.choice([-1, 1], n)
        values = values.astype(draw(st.sampled_from([float, complex])))
        A = qv.operator(values, None, n, basis=A.bases[0])
    return A


@given(well_conditioned(), st.data())
def test_operators(A, data):
    x = dense_by_definition(A)
    loose = {"rounding": _ROUNDING, "scale": 10.0}
    singular = np.count_nonzero(A.eigenvalues) < A.shape[0]
    for call in (np.linalg.inv, lambda y: np.linalg.solve(y, np.ones((len(y), 2)))):
        if singular:
            with pytest.raises(np.linalg.LinAlgError):
                call(A)
        else:
            check(call, (x, A), **loose)
    size = {"rounding": _ROUNDING, "scale": 5.0 ** A.shape[0]}
    check(np.linalg.det, (x, A), **size)
    if singular:
        assert np.linalg.det(A) == 0
        assert tuple(np.linalg.slogdet(A)) == (0, -np.inf)
        assert type(np.linalg.slogdet(A)) is type(np.linalg.slogdet(x))
    else:
        check(np.linalg.slogdet, (x, A), **loose)
    check(np.linalg.svdvals, (x, A), **loose)
    check(lambda y: np.linalg.svd(y, compute_uv=False), (x, A), **loose)
    check(np.linalg.matrix_rank, (x, A))
    check(lambda y: np.linalg.matrix_rank(y, tol=0.7), (x, A))
    check(lambda y: np.linalg.matrix_rank(y, rtol=0.3), (x, A))
    for order in (None, 1, -1, 2, -2, np.inf, -np.inf, "fro", "nuc", "x", 7):
        check(lambda y, p=order: np.linalg.norm(y, p), (x, A), **loose)
        if not singular:
            check(lambda y, p=order: np.linalg.cond(y, p), (x, A), rounding=_ROUNDING, scale=1e3)
    if singular:
        assert np.linalg.cond(A) == np.linalg.cond(A, 1) == np.inf
    for n in (1, 2, 3, 0):
        check(lambda y, n=n: np.linalg.matrix_power(y, n), (x, A), rounding=1e5, scale=100.0)
    for n in (-1, -2):
        if not singular:
            check(lambda y, n=n: np.linalg.matrix_power(y, n), (x, A), rounding=1e5, scale=100.0)
    with pytest.raises(TypeError):
        np.linalg.matrix_power(A, 1.5)


def _sorted(values):
    return np.sort_complex(np.round(np.asarray(values) + 0.0, 10))


@given(well_conditioned())
def test_eigenvalues_of_operators(A):
    x = dense_by_definition(A)
    got = np.linalg.eigvals(A)
    expected = np.linalg.eigvals(x)
    np.testing.assert_allclose(_sorted(got), _sorted(expected), atol=1e-9)
    w, v = np.linalg.eig(A)
    np.testing.assert_allclose(x @ np.asarray(v), np.asarray(v) * np.asarray(w), atol=1e-9)
    if A.dtype.kind != "c" or not A.eigenvalues.imag.any():
        loose = {"rounding": _ROUNDING, "scale": 10.0}
        check(np.linalg.eigvalsh, (x, A), **loose)
        check(lambda y: np.linalg.eigvalsh(y, "u"), (x, A), **loose)
        w, v = np.linalg.eigh(A)
        of_dense = np.linalg.eigh(x)
        assert (w.dtype, v.dtype) == (of_dense[0].dtype, of_dense[1].dtype)
        v = np.asarray(v)
        np.testing.assert_allclose(x @ v, v * np.asarray(w), atol=1e-9)
        np.testing.assert_allclose(v.conj().T @ v, np.eye(len(v)), atol=1e-9)
    check(lambda y: np.linalg.eigvalsh(y, "X"), (x, A))


@given(st.data(), st.sampled_from([(3, 3), (2, 4), (0, 0), (0, 2), (2, 3, 3), (3,), (6, 6)]))
def test_sparse_matrices(data, shape):
    x, y = tame(data.draw(twins(NUMBERS, st.just(shape))))
    loose = {"rounding": 1e4, "scale": max(1.0, float(np.abs(x).sum(dtype=float)) ** 3)}
    check(np.linalg.svdvals, (x, y), **loose)
    check(lambda z: np.linalg.svd(z, compute_uv=False), (x, y), **loose)
    check(np.linalg.matrix_rank, (x, y))
    for order in (2, "nuc", -2):
        check(lambda z, p=order: np.linalg.norm(z, p, (-2, -1)), (x, y), **loose)
    assume(x.dtype.kind != "b")
    check(np.linalg.det, (x, y), **loose)
    for n in (0, 1, 3, 1.5):
        check(lambda z, n=n: np.linalg.matrix_power(z, n), (x, y), **loose)
    square = len(shape) == 2 and shape[0] == shape[1] != 0
    if square and min(np.count_nonzero(x, 0).min(), np.count_nonzero(x, 1).min()) == 0:
        check(np.linalg.inv, (x, y))
        check(lambda z: np.linalg.solve(z, np.ones(len(z))), (x, y))
        check(np.linalg.slogdet, (x, y))
        check(lambda z: np.linalg.matrix_power(z, -1), (x, y))


@given(st.sampled_from(DTYPES))
def test_dtypes(dtype):
    A = qv.operator(np.ones(4, dtype), None, 4)
    x = np.eye(4, dtype=dtype)
    for call in (
        np.linalg.inv,
        np.linalg.pinv,
        np.linalg.det,
        np.linalg.slogdet,
        np.linalg.eigvals,
        np.linalg.eigvalsh,
        np.linalg.svdvals,
        np.linalg.cond,
        np.linalg.norm,
        np.linalg.matrix_rank,
        lambda y: np.linalg.solve(y, np.ones(4, np.float32)),
        lambda y: np.linalg.matrix_power(y, 3),
        lambda y: np.linalg.norm(y, 2),
    ):
        check(call, (x, A), rounding=8.0)
        check(call, (x, qv.asarray(x)), rounding=8.0)


@given(plain((3, 3), [np.dtype(float)]))
def test_what_numpy_decomposes(pair):
    def fine(x):
        return x + 20 * np.eye(3)

    for call in (
        lambda x: np.linalg.qr(fine(x)),
        lambda x: np.linalg.cholesky(fine(x) @ fine(x).T),
        lambda x: np.linalg.lstsq(fine(x), np.ones(3))[0],
        lambda x: np.linalg.tensorsolve(fine(x), np.ones(3)),
        lambda x: np.linalg.tensorinv(fine(x), ind=1),
        lambda x: np.linalg.inv(fine(x)),
        lambda x: np.linalg.slogdet(fine(x)),
        lambda x: np.linalg.svd(fine(x), hermitian=False)[1],
    ):
        check(call, pair, rounding=_ROUNDING, scale=1e3)


@pytest.mark.parametrize("basis", BASES)
def test_operators_at_a_size_that_cannot_be_materialised(basis):
    n, k = 2**40, 10_000
    rng = np.random.default_rng(0)
    indices = np.sort(rng.choice(n, k, False))
    values = rng.uniform(1, 2, k) * rng.choice([-1, 1], k)
    A = qv.operator(values, indices, n, basis=basis)
    size = np.sort(np.abs(values))[::-1]
    assert np.linalg.det(A) == 0
    assert np.linalg.slogdet(A).logabsdet == -np.inf
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.inv(A)
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.matrix_power(A, -2)
    assert np.array_equal(np.linalg.eigvals(A).active_indices, indices)
    w = np.linalg.eigvalsh(A)
    assert np.array_equal(w.eigenvalues, np.sort(values))
    assert w[0] == values.min()
    assert w[n - 1] == values.max()
    assert w[n // 2] == 0
    assert np.array_equal(np.linalg.svdvals(A).eigenvalues, size)
    assert np.linalg.cond(A) == np.inf
    assert np.linalg.matrix_rank(A) == k
    assert np.linalg.norm(A, 2) == size[0]
    assert np.linalg.norm(A, -2) == 0
    assert np.linalg.norm(A, "nuc") == pytest.approx(size.sum())
    assert np.linalg.norm(A) == pytest.approx(np.linalg.norm(size))
    cubed = np.linalg.matrix_power(A, 3)
    assert np.array_equal(cubed.eigenvalues, A.eigenvalues**3)
    x = qv.from_eigenvalues(values, indices, n, basis=basis)
    np.testing.assert_allclose((cubed @ x).eigenvalues, A.eigenvalues**4)
    with pytest.raises(qv.MaterializationError):
        np.linalg.qr(A)


def test_sparse_arrays_at_a_size_that_cannot_be_materialised():
    n, k = 2**30, 10_000
    rng = np.random.default_rng(0)
    rows, columns = (np.sort(rng.choice(n, k, False)) for _ in range(2))
    values = rng.standard_normal(k)
    a = qv.from_coordinates([rows, columns], values, (n, n))
    size = np.sort(np.abs(values))[::-1]
    assert np.linalg.norm(a) == pytest.approx(np.linalg.norm(size))
    for order in (1, np.inf, 2):
        assert np.linalg.norm(a, order) == size[0]
    for order in (-1, -np.inf, -2):
        assert np.linalg.norm(a, order) == 0
    assert np.linalg.norm(a, "nuc") == pytest.approx(size.sum())
    assert np.array_equal(np.linalg.norm(a, axis=0).active_indices, columns)
    assert np.array_equal(np.linalg.norm(a, 3, axis=1).active_indices, rows)
    assert np.linalg.vector_norm(a, ord=1) == pytest.approx(size.sum())
    assert np.linalg.matrix_norm(a) == np.linalg.norm(a)
    assert np.array_equal(np.linalg.svdvals(a).eigenvalues, size)
    assert np.linalg.matrix_rank(a, tol=0) == k
    assert np.linalg.det(a) == 0
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.inv(a)
    corner = qv.from_coordinates([[5, 5, n - 1, n - 1], [3, 9, 3, 9]], [1.0, 2, 3, 4], (n, n))
    assert np.linalg.norm(corner, 2) == np.linalg.norm([[1.0, 2], [3, 4]], 2)
    assert np.linalg.matrix_rank(corner, tol=1e-9) == 2


@pytest.mark.parametrize("rcond", [-1, None, 1e-3])
def test_rank_at_the_cutoff_of_rounding(rcond):
    """Columns that depend on each other, of blocks that are small: the rank is LAPACK's."""
    a = np.zeros((6, 4))
    a[[2, 5], 2] = 1, 4
    a[[1, 3, 4], 0] = 1, 1, 2
    a[[1, 4], 1] = 2, 1
    a[[3, 4], 3] = 2, 3
    b = np.array([1.0, 0, 0, 0, 0, 0])
    assert np.linalg.lstsq(qv.array(a), b, rcond)[2] == np.linalg.lstsq(a, b, rcond)[2]


@pytest.mark.parametrize("shape", [(3000, 2), (2, 3000)])
def test_square_factors_of_long_matrices_are_asked_for(shape):
    a = np.random.default_rng(0).standard_normal(shape)
    x = qv.asarray(a)
    with qv.options(memory_budget="1MB"):
        with pytest.raises(qv.MaterializationError, match="full_matrices=False"):
            np.linalg.svd(x)
        u, s, v = np.linalg.svd(x, full_matrices=False)
        if shape[0] > shape[1]:
            with pytest.raises(qv.MaterializationError, match="reduced"):
                np.linalg.qr(x, "complete")
        q, r = np.linalg.qr(x)
    np.testing.assert_allclose(np.asarray(u * s) @ np.asarray(v), a, atol=1e-12)
    np.testing.assert_allclose(np.asarray(q) @ np.asarray(r), a, atol=1e-12)
