"""Statistics on coefficients: variances, norms, covariances, comparisons; in every basis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..ops.test_closed import HUGE, huge
from ..twin import SPECTRAL, check, spectral_twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

SIDE = 2**20
BOTH = [*SPECTRAL, "blocked(cosine, 1024)"]


def partner(y, data):
    """Another array in the same bases, and its samples."""
    size = y.size
    k = data.draw(st.integers(0, min(size, 12)))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    indices = np.sort(rng.choice(size, k, False))
    z = qv.from_eigenvalues(rng.integers(-4, 5, k) / 2, indices, y.shape, basis=y.bases)
    return z.todense(), z


def some_axes(data, ndim):
    chosen = st.lists(st.integers(0, ndim - 1), min_size=1, max_size=ndim, unique=True)
    return data.draw(st.none() | st.integers(-ndim, ndim - 1) | chosen.map(tuple))


@given(spectral_twins(), st.data(), st.booleans())
def test_over_some_axes(pair, data, keepdims):
    x = pair[0]
    axis = some_axes(data, x.ndim)
    ddof = data.draw(st.sampled_from([0, 1, 0.5]))
    size = np.linalg.norm(x)
    kwargs = {"axis": axis, "keepdims": keepdims}
    if np.all(np.var(x, axis) < 1e300) and ddof < x.size:
        check(lambda x: np.var(x, ddof=0, **kwargs), pair, rounding=1000, scale=size**2)
    check(lambda x: np.linalg.vector_norm(x, **kwargs), pair, rounding=1000, scale=size)
    check(lambda x: np.mean(x, **kwargs), pair, rounding=1000, scale=size)
    check(lambda x: np.sum(x * x, **kwargs), pair, rounding=1000, scale=size**2)
    out = np.zeros_like(np.var(x, **kwargs))
    if out.ndim:
        into = qv.array(out)
        assert np.var(pair[1], out=into, **kwargs) is into
        np.testing.assert_allclose(into.todense(), np.var(x, **kwargs), atol=1e-12 * (1 + size**2))


@given(spectral_twins())
def test_small_deviations_lose_nothing(pair):
    x, y = pair
    # A large mean: what is left of the coefficients is as it was.
    large = y + 1e6
    if not isinstance(large.source, type(y.source)):
        return
    np.testing.assert_allclose(np.std(large), np.std(x), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(
        np.std(large, axis=0).todense() if y.ndim > 1 else np.std(large),
        np.std(x, axis=0),
        rtol=1e-6,
        atol=1e-8,
    )


@given(spectral_twins(), st.data())
def test_products(pair, data):
    other = partner(pair[1], data)
    scale = np.linalg.norm(pair[0]) * np.linalg.norm(other[0])
    if pair[0].ndim == 1:
        check(np.dot, pair, other, rounding=1000, scale=scale)
    axis = data.draw(st.integers(-1, pair[0].ndim - 1))
    check(np.vdot, pair, other, rounding=1000, scale=scale)
    check(lambda x, y: np.vecdot(x, y, axis=axis), pair, other, rounding=1000, scale=scale)
    check(lambda x, y: np.sum(x * y, axis=axis), pair, other, rounding=1000, scale=scale)


@given(spectral_twins(), st.data(), st.booleans(), st.booleans())
def test_covariances(pair, data, rowvar, bias):
    if pair[0].ndim > 2:
        pair = pair[0][0], pair[1][0]
    if pair[0].ndim == 0:
        return
    other = partner(pair[1], data) if pair[1].spectrum.active_indices is not None else pair
    scale = (np.linalg.norm(pair[0]) + np.linalg.norm(other[0])) ** 2
    check(lambda x: np.cov(x, rowvar=rowvar, bias=bias), pair, rounding=1000, scale=scale)
    check(lambda x, y: np.cov(x, y, rowvar, bias), pair, other, rounding=1000, scale=scale)
    check(lambda x: np.cov(x, ddof=0, dtype=complex), pair, rounding=1000, scale=scale)


@given(spectral_twins(), st.data())
def test_comparisons(pair, data):
    other = partner(pair[1], data)
    check(np.array_equal, pair, pair)
    check(np.array_equal, pair, other)
    check(np.array_equiv, pair, other)
    for rtol, atol in [(1e-5, 1e-8), (0.3, 1e-9), (0.0, 0.37), (0, 100)]:
        check(lambda x, y, r=rtol, a=atol: np.allclose(x, y, r, a), pair, pair)
        check(lambda x, y, r=rtol, a=atol: np.allclose(x, y, r, a), pair, other)
        near = pair[0] * (1 + 1e-3), pair[1] * (1 + 1e-3)
        check(lambda x, y, r=rtol, a=atol: np.allclose(x, y, r, a), pair, near)


@pytest.fixture
def little_memory():
    with qv.options(memory_budget=2**16):
        yield


@pytest.mark.parametrize("basis", SPECTRAL)
def test_statistics_of_huge_arrays(basis, little_memory):
    x, y = huge(basis, seed=1), huge(basis, seed=2)
    c, d = x.eigenvalues[1:], y.eigenvalues
    energy = np.sum(np.abs(c) ** 2)
    assert np.isclose(np.var(x), energy / HUGE)
    assert np.isclose(np.std(x, ddof=1), (energy / (HUGE - 1)) ** 0.5)
    assert np.isclose(np.var(x, keepdims=True).todense()[0], energy / HUGE)
    assert np.isclose(np.var(x, mean=np.mean(x, keepdims=True)), energy / HUGE)
    assert np.isclose(np.cov(x, bias=True).todense(), energy / HUGE)
    assert np.isclose(np.linalg.norm(y), np.linalg.norm(d))
    assert np.isclose(np.average(x, weights=x), np.vdot(np.conj(x), x) / x.sum())
    matrix = np.corrcoef(x, y).todense()
    np.testing.assert_allclose(np.diag(matrix), 1)
    assert abs(matrix[0, 1]) < 1
    assert np.isclose(np.corrcoef(x, 2 * x + 5 * x[0]).todense()[0, 1], 1)
    assert np.allclose(x, x.copy())
    assert np.allclose(x, x * (1 + 1e-12))
    assert not np.allclose(x, y)
    assert np.array_equal(x, x + 0)
    assert not np.array_equal(x, y)
    assert not np.array_equal(x, x * (1 + 1e-9))
    assert np.isclose((x * y).sum(), np.vdot(np.conj(x), y))


@pytest.mark.parametrize("other", ["standard", "same"])
@pytest.mark.parametrize("basis", BOTH)
def test_statistics_of_huge_matrices(basis, other, little_memory):
    bases = [basis, basis if other == "same" else other]
    x = huge(bases, (SIDE, SIDE), seed=1)
    small = x.size * 1e-9
    row = int(x.spectrum.coordinates()[0][-2]) if basis == "standard" else 5
    total = float(np.sum(np.abs(x.eigenvalues) ** 2))
    for call in (np.var, np.std, np.linalg.vector_norm, np.mean):
        for axis in (None, 0, 1, (0, 1)):
            out = call(x, axis=axis)
            assert np.shape(out) == ((SIDE,) if axis in (0, 1) else ())
    assert np.isclose(np.linalg.norm(x), total**0.5)
    norms = np.linalg.norm(x, axis=1)
    assert np.isclose(norms[row] ** 2, np.vdot(x[row], x[row]).real, atol=small)
    deviations = np.std(x, axis=1)
    assert np.isclose(deviations[row], np.std(x[row]), atol=1e-6)
    assert np.isclose(np.vecdot(x, x)[row], np.vdot(x[row], x[row]), atol=small)
    assert np.allclose(x, x * (1 + 1e-13))


@pytest.mark.parametrize("basis", BOTH)
def test_covariances_of_huge_rows(basis, little_memory):
    n = 2**30 if basis.startswith("blocked") else 2**38
    x = huge(["standard", basis], (4, n))
    out = np.cov(x, bias=True).todense()
    for i in range(4):
        assert np.isclose(out[i, i], np.var(x[i]))
    np.testing.assert_allclose(out, np.cov(x.T, rowvar=False, bias=True).todense())
    assert np.corrcoef(x).shape == (4, 4)
    y = huge([basis, basis], (4, n))
    assert np.isclose(np.cov(y, bias=True)[1, 1], np.var(y[1]))


@given(spectral_twins(), st.data())
def test_similarities(pair, data):
    x, y = pair
    other = partner(y, data)
    if not np.linalg.norm(x) or not np.linalg.norm(other[0]):
        return
    expected = np.vdot(x, other[0]) / (np.linalg.norm(x) * np.linalg.norm(other[0]))
    assert np.isclose(qv.cosine_similarity(y, other[1]), expected, atol=1e-12)
    assert np.isclose(qv.cosine_similarity(x, other[1]), expected, atol=1e-12)
    if x.dtype.kind == "c":
        with pytest.raises(TypeError, match="real"):
            qv.structural_similarity(y, other[1], 1.0)
        return
    m, n = x.mean(), other[0].mean()
    both = np.mean((x - m) * (other[0] - n))
    expected = (2 * m * n + 1e-4) / (m**2 + n**2 + 1e-4)
    expected *= (2 * both + 9e-4) / (x.var() + other[0].var() + 9e-4)
    assert np.isclose(qv.structural_similarity(y, other[1], 1.0), expected)
    assert np.isclose(qv.structural_similarity(x, other[1], 1.0), expected)
    assert np.isclose(qv.structural_similarity(y, y, 1.0), 1.0)


@pytest.mark.parametrize("basis", SPECTRAL)
def test_similarities_of_huge_arrays(basis, little_memory):
    x = huge(basis, seed=1)
    y = huge(basis, seed=2)
    assert np.isclose(qv.cosine_similarity(x, 3 * x), 1)
    assert abs(qv.cosine_similarity(x, y)) < 1
    if x.dtype.kind == "f":
        assert np.isclose(qv.structural_similarity(x, x, 1.0), 1)
        assert qv.structural_similarity(x, y, 1.0) < 1


def test_what_cannot_be_compared():
    for call in (qv.cosine_similarity, lambda x, y: qv.structural_similarity(x, y, 1)):
        with pytest.raises(ValueError, match="shape"):
            call(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match="without elements"):
        qv.structural_similarity(np.ones(0), np.ones(0), 1)


def test_bounds_are_not_forgotten():
    t = np.arange(64) / 64
    x = np.outer(np.exp(-t), np.cos(7 * t))
    y = qv.encode(x, tol=1e-2, basis="cosine")
    assert y.recovery_error > 0
    for out in (np.var(y, axis=0), np.linalg.norm(y, axis=1), np.vecdot(y, y), np.cov(y)):
        assert out.recovery_error > 0


@pytest.mark.parametrize("basis", ["walsh", "fourier", "cosine", "haar"])
def test_variances_of_many_rows(basis):
    rng = np.random.default_rng(7)
    x = rng.standard_normal((2048, 16))
    y = qv.asarray(x).to_basis(basis)
    assert y.nactive > 2000
    for function in (np.var, np.std, np.linalg.norm):
        got = function(y, axis=0)
        np.testing.assert_allclose(np.asarray(got), function(x, axis=0), rtol=1e-12)
