"""Histograms and counts, bit for bit as NumPy's; and beyond what fits in memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...huge import sparse_array
from ...twin import BASES, DTYPES, arrays, assert_same, check, shapes, with_fill

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

N = 2**40
RULES = ["auto", "doane", "fd", "rice", "scott", "sqrt", "stone", "sturges"]
REAL = [dtype for dtype in DTYPES if dtype.kind != "c" and dtype != np.longdouble]


def tame(x):
    with np.errstate(all="ignore"):
        return np.where(np.abs(x.astype(float)) < 1e4, x, 1).astype(x.dtype)


@st.composite
def samples(draw, dtypes=REAL, shape=None):
    """Numbers, most of them one and the same; some outside of any range."""
    x = draw(arrays(dtypes, shape))
    if draw(st.integers(0, 3)):
        x = tame(x)
    return with_fill(draw, x)


bins_of = st.integers(-1, 12) | st.sampled_from(
    [[0, 1, 2], [-5.0, 0, 0.5, 3, 9], [3, 1], [0, 0, 1], [1], [], [[1, 2]], 2.5, None, "nothing"]
)
ranges = st.none() | st.sampled_from([(0, 5), (-3, 3.5), (1, 1), (2, 1), (0, np.nan), (-0.5, 100)])


@given(samples(), bins_of, ranges, st.booleans())
def test_histogram(pair, bins, ends, density):
    check(lambda x: np.histogram(x, bins, ends, density), pair)
    check(lambda x: np.histogram_bin_edges(x, bins, ends), pair)
    check(lambda x: np.histogram(x), pair)
    edges = np.array([-1.0, 0, 2, 7])
    check(lambda x, e: np.histogram(x, e), pair, (edges, qv.array(edges)))


@given(samples(), st.sampled_from(RULES), st.none() | st.sampled_from([(0, 5), (-3, 3.5), (1, 1)]))
def test_rules_for_bins(pair, rule, ends):
    check(lambda x: np.histogram(x, rule, ends), pair)
    check(lambda x: np.histogram_bin_edges(x, rule, ends), pair)
    check(lambda x: np.histogram(x, rule, weights=x), pair)


@given(st.data(), bins_of, ranges, st.booleans())
def test_weights(data, bins, ends, density):
    pair = data.draw(samples())
    whole = [dtype for dtype in DTYPES if dtype.kind in "iu"]
    shape = st.just(pair[0].shape) if data.draw(st.integers(0, 9)) else shapes(3)
    load = data.draw(arrays(whole, shape)) % 50
    weights = load, qv.array(load)
    check(lambda x, w: np.histogram(x, bins, ends, density, w), pair, weights)
    check(lambda x: np.histogram(x, bins, ends, weights=load * 0.5), pair)
    check(lambda x: np.histogram(x, bins, ends, weights=load * (0.5 + 1j)), pair)
    check(lambda w: np.histogram(pair[0], bins, ends, weights=w), weights)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "bool", "float16", "float32", "complex64"])
def test_weights_of_few_bits(dtype):
    x = np.zeros(400)
    x[7] = 2
    load = np.full(400, 3).astype(dtype)
    pairs = (x, qv.array(x)), (load, qv.array(load, fill_value=load[0]))
    check(lambda x, w: np.histogram(x, 3, weights=w), *pairs)


@given(st.data(), st.booleans())
def test_points(data, density):
    dims = data.draw(st.integers(1, 3))
    n = data.draw(st.integers(0, 12))
    columns = [data.draw(samples(shape=st.just((n,)))) for _ in range(dims)]
    columns = [(tame(x), qv.array(tame(x))) for x, _ in columns]
    one = st.integers(0, 4) | st.sampled_from([[0, 1, 2], [-5.0, 0, 0.5, 3], [3, 1], 1.5])
    bins = data.draw(one.filter(np.isscalar) | st.lists(one, min_size=dims, max_size=dims))
    ends = data.draw(st.none() | st.lists(ranges, min_size=dims, max_size=dims) | st.just([(0, 1)]))
    load = np.arange(n) % 3
    check(lambda *xs: np.histogramdd(xs, bins, ends, density), *columns)
    check(lambda *xs: np.histogramdd(list(xs), bins, ends, weights=load), *columns)
    x = np.stack([tame(x).astype(float) for x, _ in columns], axis=1)
    check(lambda x: np.histogramdd(x, bins, ends), (x, qv.array(x)))
    if dims == 2:
        check(lambda x, y: np.histogram2d(x, y, bins, ends, density), *columns)
        check(lambda x, y: np.histogram2d(x, y, [-1, 0, 1, 5]), *columns)
        check(lambda x, y: np.histogram2d(x, y[:-1]), *columns)


@given(st.data(), st.sampled_from([0, 1, 9, -1, None, 2.5]))
def test_bincount(data, least):
    x = data.draw(arrays(DTYPES, shapes(6, 2) | st.tuples(st.integers(0, 30))))
    if x.dtype.kind in "iu":
        x = x % 60 if data.draw(st.integers(0, 5)) else np.where(np.abs(x) > 99, 5, x)
    fill = x.ravel()[0] if x.size else 0
    pair = x, qv.array(x, fill_value=fill)
    check(lambda x: np.bincount(x, minlength=least), pair)
    load = data.draw(arrays(DTYPES, st.just(x.shape) | st.just((3,))))
    load = np.where(np.abs(load) < 50, np.round(load), 0).astype(load.dtype)
    if not x.ndim:
        return
    check(lambda x, w: np.bincount(x, w, least), pair, (load, qv.array(load)))
    check(lambda x: np.bincount(x, load), pair)
    check(lambda w: np.bincount(np.arange(w.size), w), (load, qv.array(load)))


@pytest.mark.parametrize("basis", BASES)
def test_page_by_page(basis):
    rng = np.random.default_rng(0)
    n = 2**18
    x = qv.from_eigenvalues(
        rng.standard_normal(9) * 99, rng.choice(n, 9, False), n, basis=basis
    ).real
    for y in (x, np.round(np.sin(x), 3)):
        for bins in (7, [-1, -0.5, 0.3, 2]):
            counts, edges = np.histogram(y, bins)
            expected = np.histogram(y.todense(), edges.todense())[0]
            # Elements at an edge may be rounded to either side.
            away = np.abs(y.todense()[:, None] - edges.todense()).min(axis=1)
            near = np.count_nonzero(away < 1e-13) if y is x else 0
            assert np.abs(counts.todense() - expected).sum() <= 2 * near
            assert counts.todense().sum() == (n if bins == 7 else expected.sum())


@pytest.fixture(scope="module")
def large():
    return sparse_array(N, seed=5)


def test_what_cannot_be_materialised(large):
    values = large.eigenvalues
    missing = N - values.size
    n, edges = np.histogram(large, 50)
    expected, same = np.histogram(values, 50)
    expected[np.searchsorted(same, 0.0, "right") - 1] += missing
    assert_same(expected, n)
    assert_same(same, edges)
    assert np.histogram(large, [-1, 0, 1], density=True)[0].todense().tolist() == pytest.approx(
        [np.sum((values >= -1) & (values < 0)) / N, 1 - np.sum(np.abs(values) >= 1) / N], rel=1e-6
    )
    for rule in ("sqrt", "sturges", "rice", "scott"):
        got = np.histogram_bin_edges(large, rule, (-1e-6, 1e-6))
        assert got[-1] == 1e-6
    with pytest.raises(MemoryError):
        np.histogram_bin_edges(large * 1e-12, "scott", (-1, 1))
    assert np.histogram(large, "sturges")[0].todense().sum() == N
    sums = np.histogram(large, [-1, 0, 1], weights=np.where(large == 0, 2, 0))[0]
    assert sums.todense().tolist() == [0, 2 * missing]
    hist, one, other = np.histogram2d(large, large > 1, [4, 2])
    assert hist.todense().sum() == N
    assert hist.todense()[:, 1].sum() == (values > 1).sum()
    assert (len(one), len(other)) == (5, 3)
    hist = np.histogramdd([large, large, large], 3)[0].todense()
    assert [hist.sum(), np.count_nonzero(hist)] == [N, 3]


def test_counts_of_what_cannot_be_materialised(large):
    x = (large * large * 1e9).astype(np.int64)
    got = np.bincount(x)
    got.spectrum.check()
    assert got.shape == (int(x.eigenvalues.max()) + 1,)
    assert got[0] == N - np.count_nonzero(x.eigenvalues)
    assert got.sum() == N
    assert np.bincount(x, minlength=2**45).shape == (2**45,)
    ones = qv.from_coordinates([[5, 9]], [2.0, 3.0], N, fill_value=0.5)
    assert np.bincount(qv.from_coordinates([[9]], [7], N), ones).sum() == 0.5 * N + 4


def test_more_boxes_than_an_array_has_elements():
    for make in (np.ones, qv.ones):
        for shape, bins in (((1, 10), 2**10), ((2, 70), 1)):
            with pytest.raises(ValueError, match=r"maximum|too big"):
                np.histogramdd(make(shape), bins=bins)
    with pytest.raises(ValueError, match="maximum"):
        np.histogramdd(qv.zeros((2**30, 2**30)), 2)
