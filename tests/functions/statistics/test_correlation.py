"""Weighted averages, covariances and correlations, against NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...huge import sparse_array
from ...twin import DTYPES, arrays, check, shapes, spectral_twins, twins
from ..math.test_reductions import axes_of, check_sums, limits, tame, tame_twins

pytestmark = pytest.mark.filterwarnings(
    "ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning"
)

N = 2**40
WIDE = [dtype for dtype in DTYPES if dtype.name not in ("longdouble", "clongdouble")]


@st.composite
def loads(draw, shape):
    """Weights: small numbers, seldom all of them 0."""
    x = np.abs(tame(draw(arrays([np.dtype(float), np.dtype(int)], st.just(shape)))))
    x = np.where(x > 9, 2, x) + draw(st.sampled_from([0, 0.5, 1, 1]))
    return x, qv.array(x)


@given(tame_twins(), st.booleans(), st.booleans(), st.data())
def test_average(pair, returned, keepdims, data):
    x = pair[0]
    axis = data.draw(axes_of(x.ndim))
    loose = {**limits(x), "rounding": 1024}
    check_sums(lambda x: np.average(x, axis, keepdims=keepdims), pair, **loose)
    if x.size:
        check(lambda x: np.average(x, axis, returned=True), pair, **loose)
    load = data.draw(loads(x.shape))
    check_sums(lambda x, w: np.average(x, axis, w, keepdims=keepdims), pair, load, **loose)
    check_sums(lambda x: np.average(x, axis, weights=load[0]), pair, **loose)
    check_sums(lambda w: np.average(x, axis, weights=w), load, **loose)
    chosen = (axis,) if isinstance(axis, int) else axis
    try:
        shape = tuple(x.shape[one] for one in chosen or ())
    except IndexError:
        shape = (2,)
    load = data.draw(loads(shape))
    check_sums(lambda x, w: np.average(x, axis, w), pair, load, **loose)
    check_sums(lambda x: np.average(x, axis, load[0], keepdims=keepdims), pair, **loose)


def variables(shape):
    return twins(WIDE, shape, tame)


@given(st.data(), st.booleans(), st.booleans(), st.sampled_from([None, 0, 1, 2, 0.5]))
def test_cov(data, rowvar, bias, ddof):
    rows, n = data.draw(st.integers(0, 4)), data.draw(st.integers(0, 9))
    shape = (rows, n) if rowvar else (n, rows)
    pair = data.draw(variables(st.just(shape) | st.just((n,)) | shapes(4, 3)))
    loose = {"rounding": 1e4, "scale": 100.0}
    check_sums(lambda x: np.cov(x, rowvar=rowvar, bias=bias, ddof=ddof), pair, **loose)
    check_sums(lambda x: np.cov(x, dtype=np.complex128), pair, **loose)
    if pair[0].ndim == 3:
        return
    other = data.draw(variables(st.just((n,)) | st.just(shape)))
    check_sums(lambda x, y: np.cov(x, y, rowvar), pair, other, **loose)
    check_sums(lambda x: np.cov(x, other[0], rowvar, bias), pair, **loose)
    check_sums(lambda y: np.cov(pair[0], y, rowvar, bias), other, **loose)


@given(st.data(), st.sampled_from([None, 0, 1]))
def test_weights_of_observations(data, ddof):
    n = data.draw(st.integers(1, 9))
    pair = data.draw(variables(st.just((3, n)) | st.just((n,))))
    one, other = data.draw(loads((n,))), data.draw(loads((n,)))
    whole = np.ceil(one[0]).astype(int)
    whole = whole, qv.array(whole)
    loose = {"rounding": 1e5, "scale": 100.0}
    check_sums(lambda x, w: np.cov(x, ddof=ddof, aweights=w), pair, one, **loose)
    check_sums(lambda x, w: np.cov(x, ddof=ddof, fweights=w), pair, whole, **loose)
    check_sums(
        lambda x, f, a: np.cov(x, ddof=ddof, fweights=f, aweights=a), pair, whole, other, **loose
    )
    check_sums(lambda x: np.cov(x, fweights=whole[0], aweights=other[0]), pair, **loose)
    for bad in (np.ones(n + 1), -np.ones(n), np.ones((n, 1)), np.full(n, 0.5), np.zeros(n)):
        check_sums(lambda x, w=bad: np.cov(x, fweights=w), pair, **loose)
        check_sums(lambda x, w=bad: np.cov(x, aweights=w), pair, **loose)


@given(st.data(), st.booleans())
def test_corrcoef(data, rowvar):
    shape = data.draw(st.tuples(st.integers(0, 4), st.integers(2, 9)))
    shape = shape if rowvar else shape[::-1]
    x = tame(data.draw(arrays(WIDE, st.just(shape)))) * 1.0
    # Far from constant, so that little is lost.
    x = x + np.arange(x.size).reshape(x.shape) ** 2 % 7
    pair = x, qv.array(x)
    check_sums(lambda x: np.corrcoef(x, rowvar=rowvar), pair, rounding=1e3)
    if x.size:
        check_sums(lambda x: np.corrcoef(x, x[::-1] ** 2, rowvar), pair, rounding=1e4)
        check_sums(lambda x: np.corrcoef(x.ravel()[:2] if 0 else x[0]), pair, rounding=1e3)


@given(spectral_twins())
def test_in_any_basis(pair):
    loose = {"rounding": 1e4, "scale": float(np.abs(pair[0]).sum()) * 10 + 1}
    if pair[0].ndim < 3:
        check_sums(np.cov, pair, **loose)
    check_sums(lambda x: np.average(x, 0), pair, **loose)
    load = np.arange(1.0, pair[0].shape[0] + 1)
    check_sums(lambda x: np.average(x, 0, load), pair, **loose)
    check_sums(lambda x: np.average(np.exp(x), 0, load), pair, **loose)


def test_correlate_and_convolve_are_dense():
    x = np.arange(5.0)
    check(lambda x: np.correlate(x, x, "full"), (x, qv.array(x)))
    check(lambda x: np.convolve(x, [1, 2]), (x, qv.array(x)))


@pytest.fixture(scope="module")
def large():
    return sparse_array(N, seed=5)


def test_what_cannot_be_materialised(large):
    values = large.eigenvalues
    x = qv.VirtualQArray(large.spectrum.replace(shape=(4, N // 4), bases=large.bases * 2))
    row, n = x.spectrum.coordinates()[0], N // 4
    got = np.cov(x)
    for i in range(4):
        mine = values[row == i]
        assert got[i, i] == pytest.approx(np.sum(mine**2) / n, rel=1e-6)
    # A shift changes nothing, however large it is compared to the variance.
    shifted = np.cov(x + 2.0**10)
    np.testing.assert_allclose(np.diag(shifted.todense()), np.diag(got.todense()), rtol=1e-9)
    assert np.corrcoef(x, -x)[0, 4] == pytest.approx(-1.0)
    load = np.where(large != 0, 3.0, 1.0)
    expected = np.sum(values * 3) / (N + 2 * values.size)
    assert np.average(large, weights=load) == pytest.approx(expected, rel=1e-9)
    got, total = np.average(x, 0, [1, 2, 3, 4], returned=True)
    assert (got.shape, total.shape) == ((n,), (n,))
    assert total[7] == 10
    assert got.nactive <= values.size
    many = qv.VirtualQArray(load.spectrum.replace(shape=(4, n), bases=load.bases * 2))[0]
    assert np.cov(x, aweights=many).shape == (4, 4)
    columns = qv.VirtualQArray(large.spectrum.replace(shape=(n, 4), bases=large.bases * 2))
    assert np.cov(columns, rowvar=False).shape == (4, 4)
