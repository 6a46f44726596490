"""Sums, extremes, averages and variances, with all of their arguments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...huge import sparse_array
from ...twin import DTYPES, FLOATS, arrays, assert_same, check, twins

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


@pytest.mark.parametrize("function", [np.var, np.std, np.nanvar, np.nanstd])
def test_deviations_of_lines_of_fill_values(function):
    x = np.full((4, 3), 2.0)
    x[0], x[2, 1] = [3, 2, 0], np.nan
    y = qv.array(x, fill_value=2)
    for axis in (0, 1):
        check(lambda x, a=axis: function(x, a), (x, y), rounding=8)


@pytest.mark.parametrize("function", [*EXTREMES, *TRUTHS], ids=lambda f: f.__name__)
@given(pair=twins(change=one_sign_of_zero), keepdims=st.booleans(), data=st.data())
def test_extremes_and_truths(function, pair, keepdims, data):
    axis = data.draw(axes_of(pair[0].ndim))
    check(lambda x: function(x, axis, keepdims=keepdims), pair)
    if function in TRUTHS:
        mask = data.draw(masks(pair[0].shape))
        check(lambda x, m: function(x, axis, where=m), pair, mask)


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


@pytest.mark.parametrize("fill", [0.0, -0.0, 1.0, -0.5, np.inf, np.nan])
def test_everything_of_a_huge_array_is_its_entries_and_its_fill(fill):
    values = np.array([2.0, -3.0, 0.0, 7.5])
    x = qv.from_coordinates([3, 2**20, 2**39, N - 1], values, N, fill_value=fill)
    few = np.append(values, fill)
    assert_same(few.max(), x.max())
    assert_same(few.min(), x.min())
    assert_same(np.fmax.reduce(few), np.fmax.reduce(x))
    assert_same(few.all(), x.all())
    assert_same(few.any(), x.any())
    total = values.sum() + (fill * (N - 4) if fill else 0.0)
    assert_same(total, x.sum(), rounding=4)
    assert_same(total / N, x.mean(), rounding=4)
    assert np.count_nonzero(x) == 3 + (N - 4 if fill else 0)
    if np.isfinite(fill):
        squares = np.square(values - total / N).sum() + (N - 4) * (fill - total / N) ** 2
        assert_same(np.sqrt(squares / N), x.std(), rounding=64)


def test_the_norm_of_many_values_is_that_of_their_pieces():
    values = np.random.default_rng(3).standard_normal(3 * 2**13 + 5)
    x = qv.from_coordinates(np.arange(values.size) * 5, values, 2**40)
    for scale in (1.0, 1j):
        assert_same(np.linalg.norm(values * scale), np.linalg.norm(x * scale), rounding=16)
    assert np.linalg.norm(x[:0]) == 0.0
