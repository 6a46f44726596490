"""Diagonal arrays whose inactive eigenvalues are not 0, and whose bases are two different ones."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.bases import as_basis
from qvarray.core.spectrum import compact
from qvarray.ops.basis_change import coefficient_dtype

from ..twin import BASES, assert_same, check, dense_by_definition

_LOOSE = {"rounding": 1e3, "scale": 20.0}


def made(bases, n, values, indices, fill, dtype):
    bases = tuple(map(as_basis, bases))
    order = np.argsort(indices)
    values = np.asarray(values)[order].astype(coefficient_dtype(bases, dtype))
    indices = np.asarray(indices, np.int64)[order]
    fill = dtype.type(fill)
    spectrum = compact((n, n), dtype, bases, values, indices, fill, diagonal=True)
    spectrum.check()
    return qv.VirtualQArray(spectrum)


@st.composite
def diagonals(draw, n=None, basis=None, operators=True):
    n = 2 ** draw(st.integers(0, 4)) if n is None else n
    one = draw(st.sampled_from(BASES)) if basis is None else basis
    other = as_basis(one).conjugate.name
    if not operators:
        other = draw(st.sampled_from(["standard", *BASES]))
        one, other = draw(st.permutations([one, other]))
    is_complex = as_basis(one).is_complex or as_basis(other).is_complex or draw(st.booleans())
    dtype = np.dtype(complex if is_complex else float)
    k = draw(st.integers(0, min(n, 4)))
    indices = draw(st.lists(st.integers(0, n - 1), min_size=k, max_size=k, unique=True))
    numbers = [0.5, -1, 2, 0, 0.125]
    values = np.array(draw(st.lists(st.sampled_from(numbers), min_size=k, max_size=k)), complex)
    if is_complex:
        values *= draw(st.sampled_from([1, 1j, 0.6 + 0.8j]))
    values = values if is_complex else values.real
    fill = draw(st.sampled_from([1, -0.5, 2, 0]))
    y = made((one, other), n, values, indices, fill, dtype)
    if operators:
        same = qv.operator(values, indices, n, basis=one, dtype=dtype, fill_value=fill)
        np.testing.assert_array_equal(same.todense(), y.todense())
    return dense_by_definition(y), y


KEYS = [
    0,
    (0, 0),
    (-1, 0),
    slice(0, 1),
    (slice(None), 0),
    (0, slice(None, None, -1)),
    (slice(None, None, -1), slice(0, 3)),
    (slice(None, None, 2), slice(None, None, 3)),
    (slice(1, None), slice(None, -1)),
    (slice(None), slice(None)),
    (slice(0, 0), slice(None)),
    None,
    (slice(None), None, 0),
    ([0, -1, 0], [0, 0, -1]),
    ([0, -1],),
    (slice(None), [0, -1]),
]


@given(st.booleans().flatmap(lambda one: diagonals(operators=one)), st.sampled_from(KEYS))
def test_elements(pair, key):
    x, y = pair
    assert_same(x, y, **_LOOSE)
    check(lambda a: a[key], pair, **_LOOSE)
    check(lambda a: a.T, pair, **_LOOSE)
    check(np.conjugate, pair, **_LOOSE)
    check(lambda a: (a.real, a.imag), pair, **_LOOSE)
    check(lambda a: np.diagonal(a), pair, **_LOOSE)
    check(lambda a: np.diagonal(a, 1), pair, **_LOOSE)
    check(lambda a: (np.diag(a), np.diag(a, -1)), pair, **_LOOSE)
    check(np.trace, pair, **_LOOSE)
    check(lambda a: (np.tril(a), np.triu(a, 1)), pair, **_LOOSE)
    check(lambda a: a.reshape(-1), pair, **_LOOSE)
    check(lambda a: a.astype(complex), pair, **_LOOSE)
    check(lambda a: np.kron(a, np.eye(2)), pair, **_LOOSE)
    check(lambda a: np.concatenate([a, a]), pair, **_LOOSE)
    check(lambda a: np.tile(a, 2), pair, **_LOOSE)
    check(lambda a: np.einsum("ii", a), pair, **_LOOSE)
    check(lambda a: np.array_equal(a, a + 1), pair)


@given(st.booleans().flatmap(lambda one: diagonals(operators=one)))
def test_reductions(pair):
    for axis in (None, 0, 1, (0, 1)):
        for keepdims in (False, True):
            check(lambda a, i=axis, k=keepdims: np.sum(a, i, keepdims=k), pair, **_LOOSE)
        check(lambda a, i=axis: np.mean(a, i), pair, **_LOOSE)
        check(lambda a, i=axis: np.var(a, i), pair, rounding=1e4, scale=100.0)
    check(lambda a: np.max(np.abs(a)), pair, **_LOOSE)
    for order in (None, 1, -1, 2, -2, np.inf, -np.inf, "fro", "nuc"):
        check(lambda a, p=order: np.linalg.norm(a, p), pair, **_LOOSE)
    check(lambda a: np.linalg.norm(a, axis=0), pair, **_LOOSE)
    check(lambda a: np.vdot(a, a), pair, **_LOOSE)


@given(st.data(), st.sampled_from(BASES), st.integers(0, 3))
def test_arithmetic(data, basis, e):
    n = 2**e
    a, b = (data.draw(diagonals(n, basis)) for _ in range(2))
    other = data.draw(diagonals(n))
    identity = (np.eye(n), qv.identity(n))
    for pair in (b, other, identity):
        check(operator.add, a, pair, **_LOOSE)
        check(operator.sub, pair, a, **_LOOSE)
        check(operator.matmul, a, pair, **_LOOSE)
        check(operator.matmul, pair, a, **_LOOSE)
        check(operator.mul, pair, a, **_LOOSE)
    assert (a[1] + b[1]).spectrum.diagonal or a[1].dtype != b[1].dtype
    assert (identity[1] - a[1]).spectrum.diagonal
    assert (identity[1] @ a[1]).spectrum.diagonal
    for call in (
        operator.neg,
        lambda x: 2 * x,
        lambda x: x / 4,
        lambda x: x * np.float64(3),
        lambda x: 0 * x,
    ):
        check(call, a, **_LOOSE)
        assert call(a[1]).spectrum.diagonal
    check(lambda x: x + 1, a, **_LOOSE)
    check(lambda x: x * x, a, **_LOOSE)


@given(st.data(), st.booleans())
def test_products_with_arrays(data, operators):
    x, y = data.draw(diagonals(operators=operators))
    n = x.shape[0]
    rng = np.random.default_rng(n)
    v, m = rng.standard_normal(n), rng.standard_normal((n, 3))
    sparse = np.where(np.arange(n) % 3, 0, v)
    name = data.draw(st.sampled_from(BASES))
    scale = {"rounding": 1e3, "scale": 50.0}
    for pair in [
        (v, qv.encode(v, name)),
        (sparse, qv.array(sparse)),
        (m, qv.encode(m, (name, "standard"))),
        (sparse + 1, qv.array(sparse + 1, fill_value=1)),
        (np.ones(n), qv.array(np.ones(n), fill_value=1)),
        (m, m),
    ]:
        check(operator.matmul, (x, y), pair, **scale)
        check(operator.matmul, (pair[0].T, pair[1].T), (x, y), **scale)
    z, w = data.draw(diagonals(n, operators=False))
    check(operator.matmul, (x, y), (z, w), **scale)


@given(diagonals(), st.data())
def test_linear_algebra(pair, data):
    x, y = pair
    n = x.shape[0]
    regular = np.linalg.matrix_rank(x) == n
    size = {"rounding": 1e3, "scale": 1e3}
    check(np.linalg.svdvals, pair, **size)
    check(np.linalg.pinv, pair, **size)
    check(np.linalg.matrix_rank, pair)
    check(np.linalg.det, pair, rounding=1e3, scale=2.0**n)
    assert np.linalg.cond(y) == pytest.approx(np.linalg.cond(x)) if regular else True
    b = np.arange(n) + 1.0
    for rhs in (b, np.stack([b, b], 1)):
        got = np.linalg.lstsq(y, rhs)
        expected = np.linalg.lstsq(x, rhs)
        for one, other in zip(got, expected, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-10)
            assert np.asarray(one).dtype == np.asarray(other).dtype
    if regular:
        check(np.linalg.inv, pair, **size)
        check(lambda a: np.linalg.solve(a, b), pair, rounding=1e3, scale=1e4)
        check(np.linalg.slogdet, pair, **size)
    else:
        for call in (np.linalg.inv, lambda a: np.linalg.solve(a, b)):
            with pytest.raises(np.linalg.LinAlgError):
                call(y)
    for power in (0, 1, 3, -2) if regular else (0, 2):
        check(lambda a, p=power: np.linalg.matrix_power(a, p), pair, **size)
    w, v = np.linalg.eig(y)
    np.testing.assert_allclose(x @ np.asarray(v), np.asarray(v) * np.asarray(w), atol=1e-10)
    if not np.iscomplexobj(x) or not y.eigenvalues.imag.any():
        check(np.linalg.eigvalsh, pair, **size)
        w, v = (np.asarray(one) for one in np.linalg.eigh(y))
        np.testing.assert_allclose(x @ v, v * w, atol=1e-10)
    u, s, vh = (np.asarray(one) for one in np.linalg.svd(y))
    np.testing.assert_allclose((u * s) @ vh, x, atol=1e-10)
    np.testing.assert_allclose(u.conj().T @ u, np.eye(n), atol=1e-10)
    np.testing.assert_allclose(vh @ vh.conj().T, np.eye(n), atol=1e-10)


@pytest.mark.parametrize("basis", BASES)
def test_at_a_size_that_cannot_be_materialised(basis):
    n = 2**40
    with qv.options(memory_budget=2**16):
        few = qv.operator([3.0, 1.0, -0.5], [2, 7, 2**39], n, basis=basis)
        A = qv.identity(n) + few
        assert A.nactive == 3
        assert A.fill_value == 1
        x = qv.from_eigenvalues([1.0, 2.0, 4.0], [1, 2, 2**39], n, basis=basis)
        y = A @ x
        assert y.eigenvalues.tolist() == [1.0, 8.0, 2.0]
        np.testing.assert_allclose(np.linalg.solve(A, y).eigenvalues, [1, 2, 4])
        np.testing.assert_allclose((np.linalg.inv(A) @ y).eigenvalues, [1, 2, 4])
        np.testing.assert_allclose((np.linalg.pinv(A) @ y).eigenvalues, [1, 2, 4])
        assert np.linalg.det(A) == 4.0 * 2.0 * 0.5
        assert np.linalg.slogdet(A).logabsdet == pytest.approx(np.log(4.0))
        assert np.linalg.matrix_rank(A) == n
        assert np.linalg.cond(A) == 8.0
        assert np.linalg.norm(A, 2) == 4.0
        assert np.linalg.norm(A, "nuc") == pytest.approx(n + 3.5)
        assert np.linalg.norm(A) == pytest.approx(np.sqrt(n))
        assert np.trace(A) == n + 3.5
        assert A.sum() == pytest.approx(n)
        sizes = np.linalg.svdvals(A)
        assert sizes[:4].todense().tolist() == [4.0, 2.0, 1.0, 1.0]
        assert sizes[n - 1] == 0.5
        w = np.linalg.eigvalsh(A)
        assert w[:2].todense().tolist() == [0.5, 1.0]
        assert w[-3:].todense().tolist() == [1.0, 2.0, 4.0]
        w, v = np.linalg.eig(A)
        back = v @ (w * (np.conjugate(v).T @ x))
        np.testing.assert_allclose(back.eigenvalues, y.eigenvalues)
        assert back.bases == x.bases
        assert (np.linalg.matrix_power(A, 50) @ x).eigenvalues[0] == 1.0
        assert (np.linalg.matrix_power(A, 0) @ x).eigenvalues.tolist() == [1.0, 2.0, 4.0]
        x2, residuals, rank, _ = np.linalg.lstsq(A, y)
        np.testing.assert_allclose(x2.eigenvalues, [1, 2, 4])
        assert (residuals.shape, rank) == ((0,), n)
        with pytest.raises(np.linalg.LinAlgError):
            np.linalg.inv(A - qv.identity(n))
        assert A[5, 7:9].shape == (2,)
        element = A[5, 5]
        assert element == pytest.approx(1.0, abs=1e-11)
        with pytest.raises(qv.MaterializationError):
            A.todense()


@pytest.mark.parametrize("basis", BASES)
def test_sorted_vectors_at_a_size_that_cannot_be_materialised(basis):
    n = 2**40
    values = [-3.0, 2.0, 0.5, -0.25, 4.0]
    indices = [1, n - 1, 0, 17, n - 2]
    x = qv.from_eigenvalues([1.0, 2.0, 4.0, 8.0], [1, 17, 1000, n - 1], n, basis=basis)
    dtype = complex if basis == "fourier" else float
    with qv.options(memory_budget=2**16):
        for A in (
            qv.operator(values, indices, n, basis=basis, dtype=dtype),
            qv.identity(n, dtype) + qv.operator(values, indices, n, basis=basis, dtype=dtype),
        ):
            w, v = np.linalg.eigh(A)
            y = np.conjugate(v).T @ x
            np.testing.assert_allclose(np.linalg.norm(y), np.linalg.norm(x))
            back = v @ (w * y)
            np.testing.assert_allclose((A @ x - back).eigenvalues, 0, atol=1e-12)
            assert back.bases == x.bases
            first = v @ qv.from_coordinates([0], [1.0], n)
            np.testing.assert_allclose((A @ first).eigenvalues, w[0] * first.eigenvalues)
            u, s, vh = np.linalg.svd(A)
            back = u @ (s * (vh @ x))
            np.testing.assert_allclose((A @ x - back).eigenvalues, 0, atol=1e-12)
            assert v.nbytes < 1000
            with pytest.raises(qv.MaterializationError):
                v.todense()


def test_products_of_matrices_in_bases_that_meet():
    n = 2**31
    with qv.options(memory_budget=2**16):
        for one, other in [("walsh", "walsh"), ("cosine", "cosine"), ("fourier", "conj(fourier)")]:
            a = qv.from_eigenvalues([1.0, 2.0], [5, 7 * n + 9], (n, n), basis=("haar", one))
            b = qv.from_eigenvalues(
                [4.0, 8.0], [5 * n + 1, 9 * n + 3], (n, n), basis=(as_basis(other), "cosine")
            )
            c = a @ b
            assert c.eigenvalues.tolist() == [4.0, 16.0]
            assert c.active_indices.tolist() == [1, 7 * n + 3]
            assert [basis.name for basis in c.bases] == ["haar", "cosine"]
            apart = qv.from_eigenvalues([1.0], [0], (n, n), basis=("haar", "cosine"))
            with pytest.raises(qv.MaterializationError, match="do not meet"):
                a @ apart


def test_bad_input():
    with pytest.raises(ValueError, match="fill_value"):
        qv.operator([1, 2], [0, 1], 4, fill_value=0.5)
    with pytest.raises(ValueError, match="fill_value"):
        qv.operator([1.0], [0], 4, basis="fourier", dtype=float, fill_value=1j)
    assert qv.operator([1.0, 2.0], None, 2, fill_value=3.0).fill_value == 0
