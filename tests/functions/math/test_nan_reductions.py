"""Functions that take no notice of NaN, against NumPy; and beyond what fits in memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...huge import sparse_array
from ...twin import DTYPES, FLOATS, arrays, check, spectral_twins, with_fill
from .test_reductions import axes_of, check_sums, into, limits, masks, one_sign_of_zero, tame

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning"),
]

N = 2**40
EXTREMES = [np.nanmax, np.nanmin]
PLACES = [np.nanargmax, np.nanargmin]
AVERAGES = [np.nanmean, np.nanvar, np.nanstd]
SUMS = [np.nansum, np.nanprod, *AVERAGES]


@st.composite
def holed_twins(draw, dtypes=DTYPES):
    """Small numbers, and more NaNs than usual."""
    x = tame(draw(arrays(dtypes)))
    if x.dtype.kind in "fc":
        holes = draw(arrays([np.dtype(bool)], st.just(x.shape)))
        x = np.where(holes, x.dtype.type(np.nan), x)
    return with_fill(draw, x)


@pytest.mark.parametrize("function", SUMS, ids=lambda f: f.__name__)
@given(pair=holed_twins(), keepdims=st.booleans(), data=st.data())
def test_sums(function, pair, keepdims, data):
    x = pair[0]
    if function is np.nanprod:
        x = np.where(np.abs(x) > 2, 1, x).astype(x.dtype)
        pair = x, qv.array(x)
    axis = data.draw(axes_of(x.ndim))
    loose = limits(np.nan_to_num(x))
    check_sums(lambda x: function(x, axis, keepdims=keepdims), pair, **loose)
    dtype = data.draw(st.sampled_from(DTYPES if function in SUMS[:2] else FLOATS))
    check_sums(lambda x: function(x, axis, dtype), pair, **{**loose, "rounding": 1024})
    mask = data.draw(masks(x.shape))
    check_sums(lambda x, m: function(x, axis, where=m, keepdims=keepdims), pair, mask, **loose)


@pytest.mark.parametrize("function", AVERAGES, ids=lambda f: f.__name__)
@given(pair=holed_twins(FLOATS))
def test_warnings_of_averages(function, pair):
    x = np.where(np.isnan(pair[0]), pair[0], 0)
    check(lambda x: function(x, 0), (x, qv.array(x)))
    check(lambda x: function(x, -1), (x, qv.array(x, fill_value=np.nan)))
    check(function, (x, qv.array(x)))


@pytest.mark.parametrize("function", EXTREMES, ids=lambda f: f.__name__)
@given(x=arrays(), keepdims=st.booleans(), data=st.data())
def test_extremes(function, x, keepdims, data):
    x = one_sign_of_zero(x)
    pair = x, qv.array(x, fill_value=x.ravel()[0] if x.size else 0)
    axis = data.draw(axes_of(x.ndim))
    mask = data.draw(masks(x.shape))
    check(lambda x: function(x, axis, keepdims=keepdims), pair)
    check(lambda x: function(x, axis, initial=1, keepdims=keepdims), pair)
    check(lambda x, m: function(x, axis, initial=1, where=m), pair, mask)
    check(lambda x, m: function(x, axis, where=m), pair, mask)


@pytest.mark.parametrize("function", PLACES, ids=lambda f: f.__name__)
@given(pair=holed_twins(), keepdims=st.booleans(), data=st.data())
def test_places(function, pair, keepdims, data):
    axis = data.draw(st.none() | st.integers(-pair[0].ndim - 1, pair[0].ndim))
    check(lambda x: function(x, axis, keepdims=keepdims), pair)


@given(holed_twins(), st.data())
def test_cumulative_sums(pair, data):
    axis = data.draw(st.none() | st.integers(-pair[0].ndim - 1, pair[0].ndim))
    for function in (np.nancumsum, np.nancumprod):
        check(lambda x, f=function: f(x, axis), pair)
        check(lambda x, f=function: f(x, axis, complex), pair)


@given(holed_twins(), st.integers(0, 2), st.data())
def test_degrees_of_freedom(pair, ddof, data):
    axis = data.draw(axes_of(pair[0].ndim))
    loose = limits(np.nan_to_num(pair[0]))
    for function in (np.nanvar, np.nanstd):
        check_sums(lambda x, f=function: f(x, axis, ddof=ddof), pair, **loose)
        check_sums(lambda x, f=function: f(x, axis, correction=ddof), pair, **loose)
        check_sums(lambda x, f=function: f(x, axis, ddof=1, correction=ddof), pair, **loose)
        check_sums(lambda x, f=function: f(x, axis, mean=0.5), pair, **loose)


@given(holed_twins(), st.sampled_from(DTYPES), st.data())
def test_outputs(pair, dtype, data):
    x = pair[0]
    if x.dtype.kind == "c" and dtype.kind != "c":
        dtype = np.dtype(complex)
    if dtype.kind in "biu" and x.dtype.kind in "fc":
        dtype = np.dtype(np.float32)
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1)) if x.ndim else None
    function = data.draw(st.sampled_from([*SUMS, *EXTREMES]))
    shape = np.max(np.ones(tuple(max(n, 1) for n in x.shape)), axis).shape
    out = np.zeros(shape, dtype)
    loose = {**limits(np.nan_to_num(x)), "rounding": 1024} if function in SUMS else {}
    check(lambda x, o: into(function)(x, o, axis=axis), pair, (out, qv.array(out)), **loose)
    check(lambda x: into(function)(x, out, axis=axis), pair, **loose)


@given(spectral_twins())
def test_in_any_basis(pair):
    pair = pair[0].real, pair[1].real
    loose = {"rounding": 1e4, "scale": float(np.abs(pair[0]).sum()) + 10}
    for function in (np.nansum, np.nanmax, np.nanmean, np.nanvar, np.nanstd):
        check_sums(lambda x, f=function: f(np.sqrt(x + 0.11)), pair, **loose)
        check_sums(lambda x, f=function: f(np.exp(x), 0), pair, **loose)


@pytest.fixture(scope="module")
def large():
    return sparse_array(
        N,
        seed=5,
        values=lambda rng, k: np.where(np.arange(k) % 3, rng.standard_normal(k), np.nan),
    )


def test_what_cannot_be_materialised(large):
    values = large.eigenvalues
    known = values[~np.isnan(values)]
    n = N - (values.size - known.size)
    assert np.nansum(large) == pytest.approx(known.sum(), rel=1e-12)
    assert np.nanprod(large) == 0
    assert np.nanmax(large) == known.max()
    assert np.nanmin(large) == known.min()
    assert np.nanmean(large) == pytest.approx(known.sum() / n, rel=1e-12)
    assert np.nanvar(large) == pytest.approx((known**2).sum() / n, rel=1e-9)
    assert large[int(np.nanargmax(large))] == known.max()
    rows = qv.VirtualQArray(large.spectrum.replace(shape=(4, N // 4), bases=large.bases * 2))
    for function in (np.nansum, np.nanmax, np.nanmean, np.nanargmin, np.nanvar, np.nanstd):
        for axis in (0, 1):
            got = function(rows, axis)
            got.spectrum.check()
            assert got.shape == ((N // 4,) if axis == 0 else (4,))
            assert got.nbytes <= 4 * large.nbytes
    nothing = qv.from_coordinates([[5]], [1.0], N, fill_value=np.nan)
    assert np.nanmean(nothing) == 1.0
    assert np.nanvar(nothing) == 0.0
    assert np.nanargmin(nothing) == 5
    empty = qv.from_coordinates([[5]], [np.nan], N, fill_value=np.nan)
    with pytest.warns(RuntimeWarning, match="Mean of empty slice"):
        assert np.isnan(np.nanmean(empty))
    with pytest.raises(ValueError, match="All-NaN"):
        np.nanargmax(empty)
