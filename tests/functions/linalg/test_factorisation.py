"""Sparse matrices that are solved with and inverted by their factors: NumPy is the oracle."""

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

import qvarray as qv
from qvarray.functions.linalg import factorisation
from tests.twin import check

KINDS = ["int32", "float32", "float64", "complex64", "complex128"]


def stencil(shape, dtype=float):
    """Return the matrix of second differences of a grid of one, two or three axes, closed by 0."""
    out: Any = sp.csr_array((1, 1), dtype=dtype)
    for n in shape:
        line = sp.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(n, n))
        out = sp.kron(out, sp.eye_array(n)) + sp.kron(sp.eye_array(out.shape[0]), line)
    return out.tocsr().astype(dtype)


def regular(n, seed, dtype, dominated):
    """Return a sparse matrix that is far from singular: rows that need exchanges, or not."""
    rng = np.random.default_rng(seed)
    noise = sp.random_array((n, n), density=1 / n, random_state=seed).toarray()
    if np.dtype(dtype).kind == "c":
        noise = noise + 1j * sp.random_array((n, n), density=1 / n, random_state=seed).toarray()
    noise *= 5
    place = np.arange(n) if dominated else rng.permutation(n)
    noise[np.arange(n), place] += 20 * rng.choice([-1, 1], n)
    return noise.astype(dtype)


@pytest.mark.parametrize("dominated", [True, False])
@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize(("n", "columns"), [(65, 0), (100, 3), (200, 1)])
def test_against_numpy(monkeypatch, n, columns, dtype, dominated):
    monkeypatch.setattr(factorisation, "_SHARE", 1.0)
    monkeypatch.setattr(factorisation, "_SMALL_BLOCKS", 0)
    dense = regular(n, n, dtype, dominated)
    x = qv.asarray(dense)
    assert isinstance(factorisation.parts_of(x), factorisation.Factors)
    rng = np.random.default_rng(n)
    loose = {"rounding": 1e4}
    right = rng.standard_normal((n, columns) if columns else n)
    check(lambda a: np.linalg.solve(a, right), (dense, x), **loose)
    check(lambda a: np.linalg.solve(a, right + 1j), (dense, x), **loose)
    check(lambda b: np.linalg.solve(dense, b), (right, qv.asarray(right)), **loose)
    wide = np.zeros((n, 40))
    wide[rng.integers(0, n, 3), rng.integers(0, 40, 3)] = 1
    check(lambda a: np.linalg.solve(a, wide), (dense, x), **loose)
    few = np.linalg.solve(x, qv.asarray(wide))
    assert np.allclose(few, np.linalg.solve(dense, wide), atol=1e-5)
    check(np.linalg.inv, (dense, x), **loose)
    found, expected = np.linalg.slogdet(x), np.linalg.slogdet(dense)
    assert type(found) is type(expected)
    assert found.logabsdet == pytest.approx(expected.logabsdet, rel=1e-4)
    assert found.sign == pytest.approx(expected.sign, abs=1e-3)
    assert found.sign.dtype == expected.sign.dtype


def test_columns_of_zeros_stay():
    x = qv.asarray(stencil([100]))
    b = qv.from_coordinates([[3, 5], [10, 999]], [1.0, 2.0], (100, 10**6))
    out = np.linalg.solve(x, b)
    assert out.shape == b.shape
    assert out.nactive <= 200
    assert np.allclose((x @ out[:, 999]).todense(), np.eye(100)[5] * 2)
    none = np.linalg.solve(x, qv.zeros((100, 7)))
    assert none.shape == (100, 7)
    assert none.nactive == 0


@pytest.mark.parametrize("call", [np.linalg.inv, lambda a: np.linalg.solve(a, np.ones(len(a)))])
def test_singular(call):
    dense = stencil([100]).toarray()
    dense[0, 0] = dense[-1, -1] = 1  # constants have no second difference
    for a in (dense, qv.asarray(dense)):
        with pytest.raises(np.linalg.LinAlgError, match="Singular matrix"):
            call(a)
        assert np.linalg.det(a) == 0
        assert tuple(np.linalg.slogdet(a)) == (0, -np.inf)


@pytest.mark.parametrize("shape", [(10**5,), (150, 150)])
def test_stencils_of_many_unknowns(shape):
    a = stencil(shape)
    x, n = qv.asarray(a), a.shape[0]
    b = np.random.default_rng(0).standard_normal(n)
    u = np.linalg.solve(x, b)
    assert np.allclose(a @ np.asarray(u), b)
    sign, logarithm = np.linalg.slogdet(x)
    # The eigenvalues are known: 2 - 2 cos, and their sums.
    lines = [2 - 2 * np.cos(np.pi * np.arange(1, m + 1) / (m + 1)) for m in shape]
    values = lines[0] if len(lines) == 1 else np.add.outer(*lines)
    assert sign == 1
    assert logarithm == pytest.approx(np.log(values).sum())


def test_what_fills_up_is_refused():
    x = qv.asarray(stencil((30, 30, 30)))
    b = np.ones(x.shape[0])
    with qv.options(memory_budget=2**27), pytest.raises(qv.MaterializationError, match="cg or gm"):
        np.linalg.solve(x, b)
    huge = qv.asarray(stencil([10**5]))
    with qv.options(memory_budget=2**30), pytest.raises(qv.MaterializationError, match="columns"):
        np.linalg.inv(huge)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda a, _: a @ a, ValueError, "size 1000000 is different from 500000"),
        (lambda a, _: a @ np.ones(3), ValueError, "size 3 is different from 500000"),
        (lambda a, _: np.linalg.inv(a), np.linalg.LinAlgError, "must be square"),
        (lambda a, _: np.linalg.det(a), np.linalg.LinAlgError, "must be square"),
        (lambda a, _: np.linalg.eigh(a), np.linalg.LinAlgError, "must be square"),
        (lambda a, _: np.linalg.cholesky(a), np.linalg.LinAlgError, "must be square"),
        (lambda a, _: np.linalg.solve(a, a), np.linalg.LinAlgError, "must be square"),
        (lambda a, _: np.linalg.inv(a[0]), np.linalg.LinAlgError, "1-dimensional array given"),
        (lambda _, b: np.linalg.solve(b, np.ones(7)), ValueError, "size 7 is different"),
        (lambda _, b: np.linalg.solve(b, np.ones((7, 2))), ValueError, "size 7 is different"),
        (lambda _, b: np.linalg.lstsq(b, np.ones(7)), np.linalg.LinAlgError, "Incompatible"),
        (lambda a, _: np.einsum("ij,jk", a, a), ValueError, "1000000,500000"),
        (lambda a, _: np.einsum("ij,ij->ij", a, a.T), ValueError, "500000,1000000"),
    ],
)
def test_shapes_come_before_the_budget(call, error, words):
    a = qv.from_coordinates([[1], [2]], [1.0], (10**6, 500_000))
    b = qv.from_coordinates([[1], [2]], [1.0], (10**6, 10**6))
    with qv.options(memory_budget=2**24), pytest.raises(error, match=words):
        call(a, b)


@pytest.mark.parametrize(
    "call",
    [
        lambda a: np.linalg.solve(a + 1, b=a),
        lambda a: np.linalg.solve(a=a + 1, b=a),
        lambda a: np.linalg.lstsq(a + 1, b=a),
    ],
)
def test_operands_by_name_are_refused_by_the_budget(call):
    a = qv.zeros((10**6, 10**6))
    with qv.options(memory_budget=2**24), pytest.raises(qv.MaterializationError):
        call(a)


def test_what_is_no_matrix_is_refused_before_the_budget():
    a = qv.zeros((10**6, 10**6))
    with qv.options(memory_budget=2**24), pytest.raises(np.linalg.LinAlgError, match="0-dim"):
        np.linalg.lstsq(a + 1, 3.0)
