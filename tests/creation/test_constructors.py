"""The operators that have a constructor: their matrices are the oracle."""

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.sources.diagonal_operator import Symbol

from ..sources.test_default_eigenvalues import diagonals
from ..twin import BASES, assert_same, check

_LOOSE = {"rounding": 1e4, "scale": 100.0}


def _second_differences(n, boundary):
    out = np.zeros((n, n))
    for i in range(n):
        for j in (i - 1, i + 1):
            if boundary == "periodic":
                j %= n
            elif not 0 <= j < n:
                j = i
            out[i, j] += 1
            out[i, i] -= 1
    return out


def _trigonometric(n, order):
    k = np.fft.fftfreq(n, 1 / n) if n else np.zeros(0)
    gains = (1j * k * 2 * np.pi / n) ** order
    if order % 2 and n % 2 == 0:
        gains[n // 2] = 0
    return np.fft.ifft(gains[:, None] * np.fft.fft(np.eye(n), axis=0), axis=0).real


def _haar_gains(n, gains):
    gains = np.concatenate([gains, np.zeros(n.bit_length() - len(gains))])
    x = np.eye(n)
    mean = np.broadcast_to(x.mean(0), (n, n))
    out = gains[0] * mean
    for level in range(n.bit_length() - 1):
        size = n >> (level + 1)
        fine = np.repeat(x.reshape(-1, size, n).mean(1), size, axis=0)
        out = out + gains[level + 1] * (fine - mean)
        mean = fine
    return out


@st.composite
def columns(draw, n=None):
    n = draw(st.integers(1, 9)) if n is None else n
    numbers = st.sampled_from([0, 0, 0, 1.5, -2, 0.25])
    c = np.array(draw(st.lists(numbers, min_size=n, max_size=n)), float)
    if draw(st.booleans()):
        c = c * (1 + 0.5j)
    fill = draw(st.sampled_from([0, 0, c[0]]))
    return c, qv.array(c, fill_value=fill)


@st.composite
def constructed(draw, n=None):
    """A matrix, and the operator."""
    kinds = ["circulant", "dyadic", "convolution", "laplacian", "derivative", "haar", "identity"]
    kind = draw(st.sampled_from(kinds))
    if n is None:
        n = 2 ** draw(st.integers(0, 3)) if kind in ("dyadic", "haar") else draw(st.integers(1, 9))
    index = np.arange(n)
    if kind == "circulant":
        c, y = draw(columns(n))
        return c[(index[:, None] - index) % n], qv.circulant(y)
    if kind == "dyadic":
        c, y = draw(columns(n))
        return c[index[:, None] ^ index], qv.dyadic(y)
    if kind == "convolution":
        c, y = draw(columns(draw(st.integers(1, n))))
        longer = np.zeros(n, c.dtype)
        longer[: c.size] = c
        return longer[(index[:, None] - index) % n], qv.convolution(y, n)
    if kind == "laplacian":
        boundary = draw(st.sampled_from(["periodic", "neumann"]))
        y = qv.laplacian(n, boundary, step=0.5)
        return 4 * _second_differences(n, boundary), y
    if kind == "derivative":
        order = draw(st.integers(0, 4))
        return _trigonometric(n, order), qv.derivative(n, order)
    if kind == "haar":
        gains = draw(st.lists(st.sampled_from([0.5, -1, 2]), max_size=n.bit_length()))
        return _haar_gains(n, gains), qv.haar_filter(gains, n)
    return np.eye(n), qv.identity(n, basis=draw(st.sampled_from(["standard", "cosine"])))


@given(constructed())
def test_matrices(pair):
    x, y = pair
    assert_same(x, y, **_LOOSE)
    for call in (
        lambda a: a.T,
        np.conjugate,
        lambda a: a[0],
        lambda a: a[-1, 0],
        operator.neg,
        lambda a: 2 * a,
        lambda a: a / 3,
        lambda a: a * np.complex128(1j),
        lambda a: a - a,
        lambda a: [2.0] * a,
        lambda a: a.copy(),
        lambda a: a.astype(complex),
        lambda a: a.real,
        lambda a: np.multiply(np.array(2.0), a),
        lambda a: a + np.eye(len(a)),
        lambda a: np.sum(a, 0),
        np.trace,
        lambda a: np.linalg.norm(a),
    ):
        check(call, pair, **_LOOSE)
    twice = pickle.loads(pickle.dumps(y)), copy.deepcopy(y)
    assert_same(x, twice[0], **_LOOSE)
    assert_same(x, twice[1], **_LOOSE)
    if isinstance(y.source, Symbol):
        assert isinstance((-y / 2).source, Symbol)
        assert isinstance(y.T.source, Symbol)
        assert isinstance(np.conjugate(y).T.source, Symbol)
        # What is known of the eigenvalues is true.
        values = y.source.eigenvalues_at(np.arange(len(x)))
        assert np.abs(values).max() <= y.source.node.largest() * (1 + 1e-12)


@given(st.data(), constructed())
def test_products(data, pair):
    x = pair[0]
    n = len(x)
    rng = np.random.default_rng(n)
    names = [one for one in BASES if one in ("standard", "fourier", "cosine") or n & (n - 1) == 0]
    name = data.draw(st.sampled_from(names))
    v, m = rng.standard_normal(n), rng.standard_normal((n, 2))
    z = v + 1j * v[::-1]
    sparse = np.where(np.arange(n) % 3, 0, v)
    loose = {"rounding": 1e4, "scale": float(np.abs(x).sum() * 10 + 100)}
    for other in [
        (v, qv.encode(v, name)),
        (z, qv.encode(z, name)),
        (sparse, qv.array(sparse)),
        (np.ones(n), qv.array(np.ones(n), fill_value=1)),
        (m, qv.encode(m, (name, "standard"))),
        (m, m),
        (v, v),
    ]:
        check(operator.matmul, pair, other, **loose)
        check(operator.matmul, (other[0].T, other[1].T), pair, **loose)
    check(np.dot, pair, (v, qv.encode(v, name)), **loose)
    check(lambda a, b: a.dot(b), pair, (sparse, qv.array(sparse)), **loose)
    check(lambda a, b: np.linalg.multi_dot([a, a, b]), pair, (v, v), rounding=1e4, scale=1e4)
    check(lambda a, b: a.T.conj() @ b, pair, (v, qv.encode(v, name)), **loose)


@given(st.data())
def test_operators_with_each_other(data):
    n = data.draw(st.sampled_from([1, 2, 4, 8]))
    one, other = data.draw(constructed(n)), data.draw(constructed(n))
    stored = data.draw(diagonals(n))
    for a, b in ((one, other), (one, stored), (stored, one), (one, one)):
        for call in (operator.matmul, operator.add, operator.sub):
            check(call, a, b, **_LOOSE)
        check(lambda p, q: p @ q.T, a, b, **_LOOSE)
        check(lambda p, q: np.conjugate(p).T @ q, a, b, **_LOOSE)


@given(constructed(), st.data())
def test_linear_algebra(pair, data):
    x, y = pair
    n = len(x)
    largest = float(np.abs(x).sum())
    for power in (0, 1, 3):
        scale = 10 * max(1.0, largest) ** power
        check(lambda a, p=power: np.linalg.matrix_power(a, p), pair, rounding=1e4, scale=scale)
    check(np.linalg.svdvals, pair, **_LOOSE)
    check(np.linalg.matrix_rank, pair)
    shifted = x + (largest + 1) * np.eye(n), y + (largest + 1) * qv.identity(n)
    check(np.linalg.inv, shifted, **_LOOSE)
    check(lambda a: np.linalg.solve(a, np.arange(n) + 1.0), shifted, **_LOOSE)
    check(lambda a: np.linalg.matrix_power(a, -2), shifted, **_LOOSE)
    check(np.linalg.slogdet, shifted, **_LOOSE)
    if np.linalg.matrix_rank(x) < n:
        values = np.sort(np.abs(np.linalg.eigvals(y)))
        if values[0] == 0:
            with pytest.raises(np.linalg.LinAlgError):
                np.linalg.inv(y)


@settings(max_examples=25)
@given(constructed() | diagonals())
def test_matrix_functions(pair):
    x, y = pair
    x, y = x / (1 + np.abs(x).sum()), y / (1 + np.abs(x).sum())
    loose = {"atol": 1e-10}
    n = len(x)

    def same(got, expected):
        np.testing.assert_allclose(np.asarray(got), expected, **loose)
        assert got.dtype == expected.dtype or got.dtype.kind == "c"

    same(qv.linalg.expm(y), scipy.linalg.expm(x))
    assert qv.linalg.expm(y).dtype == x.dtype
    shifted = x + 2 * np.eye(n), y + 2 * qv.identity(n)
    same(qv.linalg.logm(shifted[1]), scipy.linalg.logm(shifted[0]).astype(x.dtype))
    same(qv.linalg.sqrtm(shifted[1]), scipy.linalg.sqrtm(shifted[0]).astype(x.dtype))
    root = qv.linalg.sqrtm(shifted[1])
    np.testing.assert_allclose(np.asarray(root @ root), shifted[0], **loose)
    negative = qv.linalg.sqrtm(-shifted[1])
    assert negative.dtype.kind == "c"
    np.testing.assert_allclose(np.asarray(negative @ negative), -shifted[0], **loose)
    same(qv.linalg.funm(y, np.cos), scipy.linalg.cosm(x))
    same(qv.linalg.funm(y, lambda values: values**3), x @ x @ x)


def test_matrix_functions_of_other_arrays():
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 1, (4, 4)) + 4 * np.eye(4)
    functions: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
        (qv.linalg.expm, scipy.linalg.expm),
        (qv.linalg.logm, scipy.linalg.logm),
        (qv.linalg.sqrtm, scipy.linalg.sqrtm),
    ]
    for ours, theirs in functions:
        np.testing.assert_allclose(np.asarray(ours(x)), theirs(x), atol=1e-10)
        np.testing.assert_allclose(np.asarray(ours(qv.asarray(x))), theirs(x), atol=1e-10)
        # Two blocks, and an identity beyond them.
        large = np.eye(12)
        large[np.ix_([1, 5, 7, 8], [1, 5, 7, 8])] = x
        large[10, 10] = 3.0
        got = ours(qv.asarray(large))
        np.testing.assert_allclose(np.asarray(got), theirs(large), atol=1e-10)
        with pytest.raises(ValueError, match="square"):
            ours(np.ones((2, 3)))
    with pytest.raises(np.linalg.LinAlgError):
        qv.linalg.logm(qv.operator([1.0], [1], 4))
    with pytest.raises(np.linalg.LinAlgError):
        qv.linalg.logm(qv.laplacian(8))


@given(columns(), columns(), st.booleans(), st.data())
def test_toeplitz(c, r, has_row, data):
    if has_row:
        x = scipy.linalg.toeplitz(c[0], r[0])
        y = qv.toeplitz(c[1], r[1])
    else:
        x, y = scipy.linalg.toeplitz(c[0]), qv.toeplitz(c[1])
    pair = x, y
    assert_same(x, y, **_LOOSE)
    check(lambda a: a.T, pair, **_LOOSE)
    check(np.conjugate, pair, **_LOOSE)
    m, n = x.shape
    rng = np.random.default_rng(n)
    v, w = rng.standard_normal(n), rng.standard_normal((n, 2))
    u = rng.standard_normal(m)
    sparse = np.where(np.arange(n) % 3, 0, v)
    for other in [
        (v, qv.encode(v, "fourier")),
        (sparse, qv.array(sparse)),
        (w, w),
        (w, qv.encode(w, ("cosine", "standard"))),
        (np.ones(n), qv.array(np.ones(n), fill_value=1)),
        (np.arange(n), np.arange(n)),
    ]:
        check(operator.matmul, pair, other, **_LOOSE)
    check(operator.matmul, (u, u), pair, **_LOOSE)
    check(operator.matmul, (np.stack([u, u]), np.stack([u, u])), pair, **_LOOSE)
    for turned in (pair, (x.T, y.T)):
        check(operator.matmul, (turned[0].T, turned[1].T), turned, **_LOOSE)


@given(st.data())
def test_blocks(data):
    """Sparse matrices of several blocks, of rows and columns in any order."""
    n = data.draw(st.integers(5, 9))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = np.zeros((n, n))
    sizes: list[int] = []
    while sum(sizes) < n:
        sizes.append(int(rng.integers(1, min(3, n - sum(sizes)) + 1)))
    at = 0
    for size in sizes:
        block = rng.standard_normal((size, size)) + 3 * np.eye(size)
        x[at : at + size, at : at + size] = block
        at += size
    if data.draw(st.booleans()):
        x[0] = 0
    symmetric = x + x.T
    order = rng.permutation(n)
    same, turned = x[np.ix_(order, order)], x[order]
    loose = {"rounding": 1e5, "scale": 100.0}
    for one in (same, turned):
        pair = one, qv.array(one)
        check(np.linalg.det, pair, rounding=1e5, scale=1e4)
        check(np.linalg.pinv, pair, **loose)
        check(np.linalg.svdvals, pair, **loose)
        check(lambda a: np.linalg.lstsq(a, np.ones(n))[0], pair, **loose)
        check(np.linalg.inv, pair, **loose)
        check(lambda a: np.linalg.solve(a, np.arange(n)), pair, **loose)
        check(np.linalg.slogdet, pair, **loose)
    w, v = (np.asarray(part) for part in np.linalg.eig(qv.array(same)))
    np.testing.assert_allclose(same @ v, v * w, atol=1e-8)
    np.testing.assert_allclose(
        np.sort_complex(np.array(np.linalg.eigvals(qv.array(same)), complex).round(9)),
        np.sort_complex(np.linalg.eigvals(same).round(9)),
        atol=1e-8,
    )
    hermitian = symmetric[np.ix_(order, order)]
    check(np.linalg.eigvalsh, (hermitian, qv.array(hermitian)), **loose)
    w, v = (np.asarray(part) for part in np.linalg.eigh(qv.array(hermitian)))
    np.testing.assert_allclose(hermitian @ v, v * w, atol=1e-8)
    np.testing.assert_allclose(v.T @ v, np.eye(n), atol=1e-8)


def test_rectangles():
    rng = np.random.default_rng(0)
    x = np.zeros((9, 6))
    x[np.ix_([0, 4, 8], [1, 2])] = rng.standard_normal((3, 2))
    x[5, 5] = 2.0
    check(np.linalg.pinv, (x, qv.array(x)), rounding=1e4, scale=10.0)
    tall = np.zeros((9, 3))
    tall[np.ix_([0, 4, 8], [1, 2])] = rng.standard_normal((3, 2))
    tall[5, 0] = 2.0
    for a in (x, tall):
        for b in (np.arange(9.0), np.ones((9, 2)) * [1, 2]):
            got, expected = np.linalg.lstsq(qv.array(a), b), np.linalg.lstsq(a, b)
            for one, other in zip(got, expected, strict=True):
                np.testing.assert_allclose(np.asarray(one), other, atol=1e-10)
                assert np.asarray(one).dtype == np.asarray(other).dtype
                assert np.shape(one) == np.shape(other)


def test_at_a_size_that_cannot_be_materialised():
    n = 2**40
    with qv.options(memory_budget=2**16):
        for basis, A in [
            ("fourier", qv.laplacian(n)),
            ("cosine", qv.laplacian(n, "neumann")),
            ("fourier", qv.derivative(n, 2)),
            ("fourier", qv.circulant(qv.from_coordinates([0, 5], [1.0, -1.0], n))),
            ("walsh", qv.dyadic(qv.from_coordinates([0, 5], [1.0, -1.0], n))),
            ("haar", qv.haar_filter([1.0, 2.0, 4.0], n)),
            ("fourier", qv.convolution([0.25, 0.5, 0.25], n)),
        ]:
            x = qv.from_eigenvalues([1.0, 2.0, 4.0], [1, 2, 2**39], n, basis=basis)
            y = (qv.identity(n) - 0.125 * A) @ x
            assert y.bases == x.bases
            gains = A.source.eigenvalues_at(np.array([1, 2, 2**39]))
            kept = (1 - 0.125 * gains) * [1, 2, 4]
            np.testing.assert_allclose(y.eigenvalues, kept[kept != 0])
            w = np.linalg.matrix_power(qv.identity(n) - 0.125 * A, 3) @ x
            np.testing.assert_allclose(
                w.eigenvalues, ((1 - 0.125 * gains) ** 3 * [1, 2, 4])[kept != 0]
            )
            z = qv.linalg.expm(0.5 * A) @ x
            np.testing.assert_allclose(z.eigenvalues, np.exp(0.5 * gains) * [1, 2, 4])
            assert A.nbytes < 100
            with pytest.raises(qv.MaterializationError):
                A.todense()
            with pytest.raises(qv.MaterializationError):
                np.linalg.inv(A)
        # Implicit steps of the heat equation have no eigenvalue of 0.
        A = qv.identity(n) - 10.0 * qv.laplacian(n)
        x = qv.from_eigenvalues([1.0, 2.0], [1, 2**39], n, basis="fourier")
        y = np.linalg.solve(A, x)
        np.testing.assert_allclose((A @ y).eigenvalues, x.eigenvalues)
        assert (np.linalg.matrix_power(A, -3) @ x).nactive == 2
        few = qv.laplacian(n, modes=[1, 2**39])
        np.testing.assert_allclose((np.linalg.pinv(few) @ (few @ x)).eigenvalues[-1], 2.0)
        T = qv.toeplitz(
            qv.from_coordinates([0, 3], [2.0, 1.0], n), qv.from_coordinates([1], [-1.0], n)
        )
        e = qv.from_coordinates([0, 2**39], [1.0, 2.0], n)
        assert (T @ e).active_indices.tolist() == [0, 3, 2**39 - 1, 2**39, 2**39 + 3]
        assert (T @ e).eigenvalues.tolist() == [2.0, 1.0, -2.0, 4.0, 2.0]
        assert (e @ T).active_indices.tolist() == [0, 1, 2**39 - 3, 2**39, 2**39 + 1]
        walsh = qv.from_eigenvalues([1.0], [3], n, basis="walsh")
        with pytest.raises(qv.MaterializationError, match=r"fourier.*walsh"):
            qv.operator([1.0], [3], n, basis="fourier") @ walsh


def test_solvers_of_scipy():
    rng = np.random.default_rng(0)
    b = rng.standard_normal(64)
    for A in (
        qv.identity(64) - qv.laplacian(64),
        qv.operator(rng.uniform(1, 2, 64), None, 64, basis="walsh"),
        qv.toeplitz([4.0, 1.0, 0.5] + [0.0] * 61),
    ):
        x, info = scipy.sparse.linalg.cg(A, b, rtol=1e-10)
        assert info == 0
        np.testing.assert_allclose(np.asarray(A) @ x, b, atol=1e-8)
        x, info = scipy.sparse.linalg.gmres(A, b, rtol=1e-10)
        np.testing.assert_allclose(np.asarray(A) @ x, b, atol=1e-8)
        linear = scipy.sparse.linalg.aslinearoperator(A)
        w = scipy.sparse.linalg.eigsh(linear, 3, which="LM", return_eigenvectors=False)
        np.testing.assert_allclose(np.sort(w), np.linalg.eigvalsh(np.asarray(A))[-3:])
        # SciPy takes arrays of the array API standard as what they are from 1.18 on.
        np.testing.assert_allclose(np.asarray(linear.rmatvec(b)), np.asarray(A).T @ b, atol=1e-10)
        assert isinstance(A.rmatvec(b), np.ndarray)
        np.testing.assert_allclose(A.rmatvec(b), np.asarray(A).T @ b, atol=1e-10)
    D = qv.derivative(64)
    np.testing.assert_allclose(D.rmatvec(b), np.asarray(D).T @ b, atol=1e-10)


def test_modes():
    cases: list[tuple[Callable[..., Any], list[int], list[int]]] = [
        (qv.laplacian, [1, 3], [1, 3, 5, 7]),
        (qv.derivative, [4, 1], [1, 4, 7]),
        (lambda n, modes=None: qv.laplacian(n, "neumann", modes=modes), [5, 2], [2, 5]),
    ]
    for call, modes, kept in cases:
        few, every = call(8, modes=modes), call(8)
        values = np.zeros(8, every.spectrum.eigenvalues.dtype)
        values[kept] = every.spectrum.eigenvalues[kept]
        basis = every.bases[0]
        expected = qv.operator(values, None, 8, basis=basis, dtype=float)
        np.testing.assert_allclose(few.todense(), expected.todense(), atol=1e-12)


def test_bad_input():
    for call in (
        lambda: qv.laplacian(8, "dirichlet"),
        lambda: qv.laplacian(-1),
        lambda: qv.identity(2**63),
        lambda: qv.identity(12, basis="walsh"),
        lambda: qv.dyadic(np.ones(3)),
        lambda: qv.circulant(np.ones((2, 2))),
        lambda: qv.convolution(np.ones(4), 3),
        lambda: qv.toeplitz([]),
        lambda: qv.derivative(8, -1),
        lambda: qv.haar_filter([1.0] * 5, 8),
        lambda: qv.haar_filter([1.0], 12),
    ):
        with pytest.raises(ValueError):  # noqa: PT011  each has words of its own
            call()
    with pytest.raises(IndexError):
        qv.laplacian(8, modes=[8])
    with pytest.raises(TypeError):
        qv.laplacian(8, modes=[1.5])
    with pytest.raises(TypeError):
        qv.identity(2.5)
