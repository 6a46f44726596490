"""Sums, extremes and where they are, averages and variances, with all of their arguments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...huge import sparse_array
from ...twin import BASES, DTYPES, FLOATS, arrays, check, spectral_twins, twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

N = 2**40
SUMS = [np.sum, np.prod, np.mean, np.var, np.std]
EXTREMES = [np.max, np.min, np.amax, np.amin, np.ptp]
TRUTHS = [np.any, np.all]
PLACES = [np.argmax, np.argmin]


def tame(x):
    """Small numbers, of whose sums the order hardly matters; infinities and NaN stay."""
    if x.dtype.kind not in "fc":
        return x
    with np.errstate(all="ignore"):
        size = np.abs(x)
        return np.where((size < 10) & (size > 0.1), x, 0).astype(x.dtype)


def one_sign_of_zero(x):
    return np.where(x == 0, x.dtype.type(0), x)


def tame_twins(shape=None, dtypes=DTYPES):
    return twins(dtypes, shape, tame)


@st.composite
def axes_of(draw, ndim):
    one = st.integers(-ndim - 1, ndim)
    several = st.lists(st.integers(-ndim, max(ndim - 1, 0)), max_size=3).map(tuple)
    return draw(st.none() | one | several)


@st.composite
def masks(draw, shape):
    mask = draw(arrays([np.dtype(bool)], st.just(shape)))
    cut = draw(st.integers(0, mask.ndim))
    mask = mask[(0,) * cut] if 0 not in mask.shape[:cut] else mask
    mask = mask | draw(st.booleans())
    return np.asarray(mask), qv.array(mask)


def limits(x):
    """Rounding where there is any, relative to numbers as large as those of the array."""
    if x.dtype.kind not in "fc":
        return {"rounding": 64, "scale": float(np.sum(np.abs(x.astype(float)))) + 1.0}
    return {"rounding": 256, "scale": 100.0 * max(x.size, 1)}


def check_sums(call, *pairs, **loose):
    """As `check`, where numbers over no elements may be NaN or infinite."""

    def finite(*operands):
        got = call(*operands)
        if isinstance(got, np.inexact):
            return bool(np.isnan(got)), got if np.isfinite(got) else got.dtype.type(0)
        if isinstance(got, (np.ndarray, qv.VirtualQArray)) and got.dtype.kind in "fc":
            return np.isnan(got), np.where(np.isfinite(got), got, got.dtype.type(0))
        return got

    check(finite, *pairs, **loose)


def into(function):
    """A call that writes to an output, and tells what is there then."""

    def call(x, out, **kwargs):
        out = out.copy()
        got = function(x, out=out, **kwargs)
        now = qv.asarray(out).todense()
        now[~np.isfinite(now)] = 77
        return got is out, qv.array(now) if isinstance(x, qv.VirtualQArray) else now

    return call


@pytest.mark.parametrize("function", SUMS, ids=lambda f: f.__name__)
@given(pair=tame_twins(), keepdims=st.booleans(), data=st.data())
def test_sums(function, pair, keepdims, data):
    x = pair[0]
    axis = data.draw(axes_of(x.ndim))
    if function is np.prod:
        x = np.where(np.abs(x) > 2, 1, x).astype(x.dtype)
        pair = (
            x,
            qv.array(x, fill_value=pair[1].fill_value if np.abs(pair[1].fill_value) <= 2 else 0),
        )
    loose = limits(x)
    # What becomes of NaN as an integer hangs on the processor.
    dtype = data.draw(st.sampled_from(DTYPES if function in (np.sum, np.prod) else FLOATS))
    if x.dtype.kind == "c" and dtype.kind != "c":
        dtype = np.dtype(complex)
    check_sums(lambda x: function(x, axis=axis, keepdims=keepdims), pair, **loose)
    check_sums(lambda x: function(x, axis, dtype), pair, **{**loose, "rounding": 1024})
    mask = data.draw(masks(x.shape))
    check_sums(lambda x, m: function(x, axis, where=m, keepdims=keepdims), pair, mask, **loose)
    check_sums(lambda x: function(x, axis, where=mask[0]), pair, **loose)
    check_sums(lambda x: function(x, where=[1, 0]), pair, **loose)


def test_averages_as_integers():
    x = np.arange(40).reshape(5, 8) % 7 * (np.arange(8) == 3)
    pair = x, qv.array(x)
    for function in (np.mean, np.var, np.std):
        for axis in (None, 0, 1):
            check(lambda x, f=function, a=axis: f(x, a, int), pair)
            check(lambda x, f=function, a=axis: f(x * 0.7, a, np.int8), pair)


@given(tame_twins(), st.sampled_from([0, 3, -1.5]), st.data())
def test_initial_values(pair, initial, data):
    axis = data.draw(axes_of(pair[0].ndim))
    mask = data.draw(masks(pair[0].shape))
    for function in (np.sum, np.max, np.amin):
        check(lambda x, f=function: f(x, axis, initial=initial), pair, **limits(pair[0]))
        check(
            lambda x, m, f=function: f(x, axis, initial=initial, where=m),
            pair,
            mask,
            **limits(pair[0]),
        )
    check(lambda x, m: np.max(x, axis, where=m), pair, mask)


@given(tame_twins(), st.integers(0, 2), st.data())
def test_degrees_of_freedom(pair, ddof, data):
    axis = data.draw(axes_of(pair[0].ndim))
    loose = limits(pair[0])
    for function in (np.var, np.std):
        check_sums(lambda x, f=function: f(x, axis, ddof=ddof), pair, **loose)
        check_sums(lambda x, f=function: f(x, axis, correction=ddof), pair, **loose)
        check_sums(lambda x, f=function: f(x, axis, ddof=1, correction=ddof), pair, **loose)
        check_sums(lambda x, f=function: f(x, axis, mean=0.5), pair, **loose)

    def with_mean(x):
        return np.var(x, axis, mean=np.mean(x, axis, keepdims=True))

    check_sums(with_mean, pair, **loose)


@pytest.mark.parametrize("function", [*EXTREMES, *TRUTHS], ids=lambda f: f.__name__)
@given(pair=twins(change=one_sign_of_zero), keepdims=st.booleans(), data=st.data())
def test_extremes_and_truths(function, pair, keepdims, data):
    axis = data.draw(axes_of(pair[0].ndim))
    check(lambda x: function(x, axis, keepdims=keepdims), pair)
    if function in TRUTHS:
        mask = data.draw(masks(pair[0].shape))
        check(lambda x, m: function(x, axis, where=m), pair, mask)


@pytest.mark.parametrize("function", PLACES, ids=lambda f: f.__name__)
@given(pair=twins(), keepdims=st.booleans(), data=st.data())
def test_where_extremes_are(function, pair, keepdims, data):
    axis = data.draw(st.none() | st.integers(-pair[0].ndim - 1, pair[0].ndim))
    check(lambda x: function(x, axis, keepdims=keepdims), pair)
    check(lambda x: function(x, axis), pair)


@pytest.mark.parametrize("function", PLACES, ids=lambda f: f.__name__)
@given(values=st.lists(st.sampled_from([0, 1, -1, 2, np.nan, np.inf]), max_size=9), data=st.data())
def test_where_extremes_of_sparse_lines_are(function, values, data):
    dtype = data.draw(st.sampled_from([np.dtype(float), np.dtype(complex), np.dtype("f2")]))
    fill = data.draw(st.sampled_from([0, 1, -1, 2, np.nan, np.inf]))
    x = np.full((4, 16, 3), fill, dtype)
    at = data.draw(st.lists(st.integers(0, x.size - 1), min_size=9, max_size=9, unique=True))
    x.ravel()[sorted(at)[: len(values)]] = values
    if data.draw(st.booleans()):
        x[1, :, 1] = 1
    pair = x, qv.array(x, fill_value=fill)
    assert pair[1].active_indices is not None
    for axis in (None, 0, 1, 2):
        check(lambda x, a=axis: function(x, a), pair)


@given(tame_twins(), st.sampled_from(DTYPES), st.data())
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_outputs(pair, dtype, data):
    x = pair[0]
    if x.dtype.kind == "c" and dtype.kind != "c":
        dtype = np.dtype(complex)
    axis = data.draw(st.none() | st.integers(-x.ndim, max(x.ndim - 1, 0)))
    function = data.draw(st.sampled_from([*SUMS, *EXTREMES, *TRUTHS, *PLACES]))
    if dtype.kind in "biu" and x.dtype.kind in "fc":
        x = np.asarray(np.round(x))
        pair = x, qv.array(x)
    try:
        shape = np.max(np.ones(tuple(max(n, 1) for n in x.shape)), axis).shape
    except np.exceptions.AxisError:
        shape = ()
    if data.draw(st.integers(0, 9)) == 0:
        shape = (*shape, 2)
    loose = limits(x) if function in SUMS else {}
    out = np.zeros(shape, dtype)
    check(lambda x, o: into(function)(x, o, axis=axis), pair, (out, qv.array(out)), **loose)
    check(lambda x: into(function)(x, out, axis=axis), pair, **loose)


@given(spectral_twins(), st.data())
def test_places_in_any_basis(pair, data):
    x, y = pair[0].real, pair[1].real
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    for find in PLACES:
        for call in (lambda x: x, lambda x: np.exp(x)):
            at = find(call(y), axis)
            expected = find(call(x), axis)
            assert np.shape(at) == np.shape(expected)
            got = np.take_along_axis(call(x), np.expand_dims(np.asarray(at), axis), axis)
            best = (np.max if find is np.argmax else np.min)(call(x), axis, keepdims=True)
            np.testing.assert_allclose(got, best, rtol=0, atol=1e-12)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("shape", [(2**10, 2**9), (3, 2**17)])
def test_places_over_several_pages(basis, shape):
    if basis in ("walsh", "haar"):
        shape = (2 ** (shape[0] - 1).bit_length(), shape[1])
    rng = np.random.default_rng(0)
    size = shape[0] * shape[1]
    y = qv.from_eigenvalues(
        rng.standard_normal(64) * 100, rng.choice(size, 64, False), shape, basis=basis
    ).real
    z = np.round(np.abs(np.sin(y)), 2)
    x = z.todense()
    for axis in (0, 1):
        for find in PLACES:
            np.testing.assert_array_equal(find(z, axis).todense(), find(x, axis))


def test_nan_in_an_expression_comes_first():
    x = qv.from_eigenvalues([1.0, 2.0], [0, 5], (512, 512), basis="walsh")
    y = np.sqrt(x - 2.0**-9)
    expected = np.argmax(y.todense(), 1)
    np.testing.assert_array_equal(np.argmax(y, 1).todense(), expected)


@pytest.fixture(scope="module")
def large():
    return sparse_array(N, seed=5)


def shaped(x, *shape):
    return qv.VirtualQArray(x.spectrum.replace(shape=shape, bases=x.bases * len(shape)))


def test_what_cannot_be_materialised(large):
    values = large.eigenvalues
    x = shaped(large, 2**20, 2**20)
    rows = x.spectrum.coordinates()[0]
    for function in (np.var, np.std, np.mean, np.sum, np.amax, np.argmax, np.argmin):
        for axis in (0, 1):
            got = function(x, axis)
            got.spectrum.check()
            assert got.shape == (2**20,)
            assert got.nbytes <= 2 * large.nbytes
    row = int(rows[17])
    mine = values[rows == row]
    n = 2.0**20
    mean = mine.sum() / n
    expected = (((mine - mean) ** 2).sum() + (n - mine.size) * mean**2) / n
    assert np.var(x, 1)[row] == pytest.approx(expected, rel=1e-12)
    assert np.mean(x, 1)[row] == pytest.approx(mean, rel=1e-12)
    column = int(x.spectrum.coordinates()[1][rows == row][mine.argmin()])
    assert np.argmin(x, 1)[row] == column
    assert np.var(large) == pytest.approx((values**2).sum() / N - (values.sum() / N) ** 2)
    total = np.sum(large, where=large > 0)
    assert total == pytest.approx(values[values > 0].sum(), rel=1e-12)
    assert np.max(large, where=large < 0, initial=-9.0) == values[values < 0].max()
    out = np.zeros(4, np.float32)
    assert np.var(shaped(large, 4, N // 4), 1, out=out) is out
    np.testing.assert_allclose(out, np.var(shaped(large, 4, N // 4), 1).todense(), rtol=1e-6)
    assert np.mean(x, (0, 1), keepdims=True).shape == (1, 1)
    place = np.argmax(shaped(large, 4, N // 4), 1)
    assert large[2 * (N // 4) + place[2]] == values[(large.active_indices >> 38) == 2].max()


def test_means_of_nothing_are_not_allocated():
    x = qv.array(np.zeros((1, 0)))
    x = qv.VirtualQArray(x.spectrum.replace(shape=(N, 0)))
    with pytest.warns(RuntimeWarning, match="empty slice"):
        got = np.mean(x, 1)
    assert got.shape == (N,)
    assert np.isnan(got[5])
