"""Medians and quantiles: NumPy is the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...calls import QUANTILE_METHODS
from ...huge import sparse_array
from ...twin import DTYPES, check, shapes, sided, spectral_twins, twins

REAL = [dtype for dtype in DTYPES if dtype.kind != "c"]
QUANTILES = {np.quantile: 1, np.percentile: 100, np.nanquantile: 1, np.nanpercentile: 100}
MEDIANS = [np.median, np.nanmedian]
N = 2**40

by_name = pytest.mark.parametrize("function", QUANTILES, ids=lambda function: function.__name__)
by_median = pytest.mark.parametrize("function", MEDIANS, ids=lambda function: function.__name__)


def samples(dtypes=REAL, shape=None):
    return twins(dtypes, shape, sided)


@st.composite
def axes_of(draw, ndim):
    one = st.integers(-ndim - 1, ndim)
    return draw(st.none() | one | st.lists(one, max_size=3).map(tuple))


probabilities = st.floats(0, 1) | st.sampled_from([0, 0.25, 0.5, 0.75, 1, 0.1, 1 / 3])


@st.composite
def orders(draw):
    """What is asked for: Python numbers, NumPy scalars, lists, arrays of several dtypes."""
    q = draw(probabilities | st.lists(probabilities, max_size=3))
    kind = draw(st.sampled_from([None, float, np.float32, np.float16, np.longdouble]))
    if kind is not None:
        return np.asarray(q, kind)
    return draw(st.sampled_from([q, [[0.25, 0.5], [0, 1]], np.float64(0.3), True, 1, 0]))


@by_median
@given(pair=samples(DTYPES), data=st.data(), keepdims=st.booleans())
def test_median(function, pair, data, keepdims):
    axis = data.draw(axes_of(pair[0].ndim))
    check(lambda x: function(x, axis, keepdims=keepdims), pair)
    check(lambda x: function(x.copy(), axis, None, True), pair)
    check(function, pair)


@by_median
@given(pair=samples([np.dtype("float16"), np.dtype(float)], shape=st.just((2, 601))))
def test_median_of_long_lines(function, pair):
    check(lambda x: function(x, axis=1), pair)
    check(lambda x: function(x, axis=0), pair)


@by_name
@given(
    pair=samples(),
    data=st.data(),
    q=orders(),
    method=st.sampled_from(QUANTILE_METHODS),
    keep=st.booleans(),
)
def test_quantiles(function, pair, data, q, method, keep):
    if pair[0].dtype.kind == "i":
        # NumPy tells of an overflow of integers, or does not, as it computes with scalars or not.
        x = pair[0] // 2
        pair = x, qv.array(x, fill_value=pair[1].fill_value // 2)
    axis = data.draw(axes_of(pair[0].ndim))
    scale = QUANTILES[function]
    q = np.asarray(q)[()] * scale if scale != 1 and not isinstance(q, (int, float)) else q
    q = q * scale if isinstance(q, (int, float)) and q is not True else q
    check(lambda x: function(x, q, axis, method=method, keepdims=keep), pair)
    check(lambda x: function(x, q, axis=axis), pair)


@by_name
@given(pair=samples(), q=st.sampled_from([-0.1, 101, np.nan, "a", [0.1, 1e9], [[[0.5]]], 1j]))
def test_quantiles_refuse_what_numpy_refuses(function, pair, q):
    check(lambda x: function(x, q), pair)
    check(lambda x: function(x, q, axis=0), pair)
    check(lambda x: function(x, 0.5, method="best"), pair)
    check(lambda x: function(x, 0.5, method="hazen", weights=np.ones(x.shape)), pair)


@by_name
def test_quantiles_are_of_real_numbers(function):
    check(lambda x: function(x, 0.5), (np.ones(9, complex), qv.array(np.ones(9, complex))))


@by_name
@given(pair=samples([np.dtype(float), np.dtype(np.int8)]), data=st.data(), q=probabilities)
def test_weighted_quantiles(function, pair, data, q):
    x = pair[0]
    axis = data.draw(axes_of(x.ndim))
    weights = data.draw(st.lists(st.integers(0, 3), min_size=x.size, max_size=x.size))
    weights = np.array(weights, float).reshape(x.shape)
    if weights.size and axis is None and data.draw(st.booleans()):
        weights = weights.ravel()
    q *= QUANTILES[function]
    pairs = [pair, (weights, qv.array(weights))]
    check(lambda a, w: function(a, q, axis, method="inverted_cdf", weights=w), *pairs)
    check(lambda a, w: function(x, q, axis, method="inverted_cdf", weights=w), *pairs)


OUT = st.sampled_from([np.dtype(name) for name in ["float64", "float32", "int64", "complex128"]])


@pytest.mark.parametrize("virtual", [False, True])
@given(pair=samples([np.dtype(float), np.dtype(np.int16)]), kind=OUT, data=st.data())
def test_outputs(virtual, pair, kind, data):
    x, y = pair
    axis = data.draw(axes_of(x.ndim))
    keepdims = data.draw(st.booleans())
    try:
        shape = np.shape(np.sum(x, axis, keepdims=keepdims))
    except Exception:
        shape = (3,)
    shape = data.draw(st.sampled_from([shape, shape, shape, (2, *shape)]))
    for call in [
        lambda a, out: np.median(a, axis, out, keepdims=keepdims),
        lambda a, out: np.nanmedian(a, axis, out, keepdims=keepdims),
        lambda a, out: np.quantile(a, 0.4, axis, out, keepdims=keepdims),
        lambda a, out: np.nanpercentile(a, 40, axis, out, keepdims=keepdims),
    ]:
        one = np.full(shape, 7, kind)
        other = qv.array(one) if virtual else one.copy()

        def run(a, out, call=call):
            result = call(a, out)
            assert result is out
            return np.asarray(result).copy()

        def ours(a, out, run=run):
            return qv.array(run(a, out))

        try:
            expected = run(x, one)
        except Exception as error:
            with pytest.raises(type(error)):
                run(y, other)
            continue
        np.testing.assert_array_equal(run(y, other), expected, strict=True)


def test_outputs_of_ndarrays():
    out = qv.array(np.zeros(3))
    x = np.arange(12.0).reshape(4, 3)
    assert np.median(x, 0, out) is out
    np.testing.assert_array_equal(out.todense(), np.median(x, 0))
    assert out.recovery_error == 0.0


@given(pair=spectral_twins())
def test_spectral_arrays(pair):
    check(lambda x: np.median(x, 0), (pair[1].todense(), pair[1]))


def by_definition(x, p):
    """The order statistic of rank p, from counts."""
    values, n = np.sort(x.eigenvalues), x.size - x.nactive
    below = int(np.sum(values < x.fill_value))
    return values[p] if p < below else x.fill_value if p < below + n else values[p - n]


@pytest.mark.parametrize("fill", [0.0, -0.5, 2.0])
def test_quantiles_of_a_huge_array(fill):
    x = sparse_array(N, fill=fill, seed=3)
    assert np.median(x) == fill
    assert type(np.median(x)) is np.float64
    ranks = np.array([0, 1, 500, 2000, N // 2, N - 2000, N - 5, N - 1])
    for method in ("lower", "linear", "midpoint"):
        got = np.quantile(x, ranks / (N - 1), method=method)
        position = (N - 1) * (ranks / (N - 1))
        low = [by_definition(x, p) for p in np.floor(position).astype(int)]
        high = [by_definition(x, p) for p in np.ceil(position).astype(int)]
        part = {"lower": 0, "linear": position % 1, "midpoint": 0.5}[method]
        expected = low + (np.array(high) - low) * part
        np.testing.assert_allclose(got.todense(), expected, rtol=1e-14)
    assert np.percentile(x, 100) == x.eigenvalues.max()


def test_quantiles_of_a_huge_array_with_nans():
    x = sparse_array(N, fill=np.nan, seed=3)
    assert np.isnan(np.median(x))
    values = x.eigenvalues
    assert np.nanmedian(x) == np.median(values)
    for method in QUANTILE_METHODS:
        q = [0.1, 0.55, 1.0]
        got = np.nanquantile(x, q, method=method).todense()
        np.testing.assert_array_equal(got, np.quantile(values, q, method=method))


def test_quantiles_along_the_axes_of_a_huge_array():
    shape = (2**20, 2**10, 2**20)
    flat = sparse_array(2**50, fill=0.25, seed=3)
    where = np.unravel_index(flat.active_indices, shape)
    x = qv.from_coordinates(where, flat.eigenvalues, shape, fill_value=0.25)
    for axis in (0, 1, 2, (0, 2), (1, 2)):
        got = np.quantile(x, [0.0, 0.3, 1.0], axis)
        got.spectrum.check()
        kept = [a for a in range(3) if axis != a and not (isinstance(axis, tuple) and a in axis)]
        assert got.shape == (3, *(shape[a] for a in kept))
        # The extremes of a line, and its fill value in between.
        entries = flat.eigenvalues[np.all([where[a] == where[a][77] for a in kept], axis=0)]
        place = tuple(where[a][77] for a in kept)
        assert got[(0, *place)] == min(0.25, entries.min())
        assert got[(1, *place)] == 0.25
        assert got[(2, *place)] == max(0.25, entries.max())
        medians = np.median(x, axis, keepdims=True)
        assert medians.shape == tuple(n if a in kept else 1 for a, n in enumerate(shape))
        assert np.all(np.equal(medians, 0.25))


def test_quantiles_of_lines_without_entries_may_differ():
    x = np.full((3, 4), -0.0)
    x[1, 2] = 3
    y = qv.array(x, fill_value=-0.0)
    check(lambda a: np.quantile(a, [0.1, 0.5, 0.8], axis=1), (x, y))


def test_a_lossy_array_has_quantiles_of_unknown_error():
    x = qv.encode(np.eye(64) + 1e-3, basis="standard", tol=0.1)
    assert x.recovery_error > 0
    assert np.median(x, axis=0).recovery_error == np.inf


@given(shape=shapes(), q=probabilities)
def test_constants(shape, q):
    x = np.full(shape, 2.5)
    y = qv.array(x, fill_value=2.5)
    assert not x.size or y.nactive == 0
    check(lambda a: np.quantile(a, q, axis=-1), (x, y))
