"""Arrays that repeat along axes: as NumPy's broadcast arrays, and nothing of them spelt out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.core.pages import PAGE
from qvarray.core.source import Source
from qvarray.sources.repeated import Repeated, repeated

from ..huge import sparse_array
from ..twin import DTYPES, FLOATS, arrays, check, keys, sided, with_fill

N = 10**6
SIDES = st.sampled_from([1, 2, 5])
WIDE = [np.dtype(name) for name in ("bool", "int8", "uint64", "float64", "complex128")]


@st.composite
def repeating(draw, dtypes=DTYPES, shape=None):
    """An ndarray that NumPy broadcast, and an array of ours that repeats, however small it is."""
    whole = draw(st.lists(SIDES, min_size=1, max_size=3)) if shape is None else shape
    part = tuple(1 if draw(st.booleans()) else n for n in whole)
    x, twin = with_fill(draw, draw(arrays(dtypes, st.just(part))))
    source = Repeated(twin.spectrum, tuple(whole))
    return np.broadcast_to(x, whole), qv.VirtualQArray(source)


@st.composite
def sorted_out(draw, dtypes=WIDE):
    """As `repeating`, without zeros of two signs, NaNs of many kinds, and sums that overflow."""
    x, y = draw(repeating(dtypes))
    part = sided(np.array(x[tuple(slice(n) for n in y.source.unrepeated.shape)]))
    if part.dtype.kind in "fc":
        for each in (part.real, part.imag) if part.dtype.kind == "c" else (part,):
            each[np.isfinite(each) & (np.abs(each) > 1e300)] = 1
    spectrum = qv.array(part).spectrum
    return np.broadcast_to(part, x.shape), qv.VirtualQArray(Repeated(spectrum, x.shape))


@given(repeating(), st.data())
def test_parts(pair, data):
    key = data.draw(keys(pair[0].shape))
    check(lambda x: x[key], pair)
    check(lambda x: x.T, pair)
    check(lambda x: x[..., None][::-1], pair)
    check(lambda x: x.reshape(-1), pair)
    check(lambda x: np.broadcast_to(x, (2, *x.shape)), pair)
    positions = data.draw(st.lists(st.integers(0, pair[0].shape[0] - 1), max_size=4))
    check(lambda x: x[np.array(positions, int)], pair)
    check(lambda x: x.copy(), pair)
    check(lambda x: x.conj(), pair)


@given(sorted_out(), st.data())
def test_reductions(pair, data):
    ndim = pair[0].ndim
    axis = data.draw(st.none() | st.integers(-ndim, ndim - 1))
    keepdims = data.draw(st.booleans())
    finite = np.nan_to_num(pair[0].astype(complex), posinf=0.0, neginf=0.0)
    size = float(np.abs([finite.real, finite.imag]).max()) * finite.size
    for reduce in (np.sum, np.max, np.min, np.any, np.all, np.mean, np.count_nonzero):
        check(
            lambda x: reduce(x, axis=axis, keepdims=keepdims),  # noqa: B023
            pair,
            rounding=16.0,
            scale=min(size, 1e290),
        )
    check(lambda x: np.max(x, axis=axis, initial=2), pair)
    check(lambda x: np.bitwise_xor.reduce(x, axis=axis), pair)


@given(st.data(), st.lists(SIDES, min_size=1, max_size=3))
def test_operands(data, shape):
    x, y = data.draw(repeating(FLOATS, shape)), data.draw(repeating(FLOATS, shape))
    full = with_fill(data.draw, data.draw(arrays(FLOATS, st.just(tuple(shape)))))
    plain = x[0], np.array(x[0])
    for ufunc in (np.add, np.multiply, np.divide, np.less):
        for operands in ((x, y), (full, x), (x, full), (plain, full), (x, plain)):
            check(ufunc, *operands)
    check(lambda x: -x, x)
    check(lambda x: 2 * x + 1, x)
    check(lambda x, y: np.where(x != 0, y, -y), x, full)
    check(lambda x, y: np.where(x != 0, y, x), full, x)

    def into(x, y):
        out = np.zeros_like(y)
        return np.add(x, y, out=out, casting="unsafe")

    def masked(x, y):
        out = y.copy()
        np.negative(y, out=out, where=x != 0)
        return out

    check(into, x, full)
    check(masked, x, full)


@given(repeating(FLOATS))
def test_ufuncs_of_several_results(pair):
    if pair[0].dtype.kind == "f":
        check(lambda x: np.modf(x)[0], pair)
        check(lambda x: np.frexp(x)[1], pair)


@given(repeating([np.dtype(float)]))
def test_writes_to_a_copy(pair):
    def written(x):
        y = x.copy()
        y[0] = 7
        y[..., -1] *= 2
        return y

    check(written, pair)


def test_few_elements_are_stored():
    x = qv.asarray(np.arange(6.0))
    assert type(np.broadcast_to(x, (4, 6)).source).__name__ == "Spectrum"
    assert type(np.broadcast_to(x, (PAGE, 6)).source) is Repeated
    again = repeated(np.broadcast_to(x, (PAGE, 6)).source, (2, PAGE, 6))
    assert again.unrepeated.shape == (1, 1, 6)
    assert isinstance(again, Source)


@pytest.fixture(scope="module")
def vector():
    return sparse_array(10**8, 10**5)


def test_views_of_any_size(vector):
    wide, tall = np.broadcast_to(vector, (N, 10**8)), np.broadcast_to(vector[:, None], (10**8, N))
    assert wide.source.nbytes == tall.source.nbytes == vector.nbytes
    place = int(vector.source.indices()[7])
    assert wide[12345, place] == tall[place, 12345] == vector[place]
    assert wide[17].nactive == vector.nactive
    assert wide[:, place].nactive == 0
    assert wide[5, place] == wide.T[place, 5]
    assert wide.T.source.nbytes == vector.nbytes
    assert not wide.flags.writeable


def test_reductions_of_any_size(vector):
    x = np.broadcast_to(vector, (N, 10**8))
    np.testing.assert_allclose(float(x.sum()), float(vector.sum()) * N)
    assert x.max() == vector.max()
    assert np.count_nonzero(x) == vector.nactive * N
    assert x.sum(0).nactive == vector.nactive
    np.testing.assert_allclose(float(x.sum(1)[3]), float(vector.sum()))
    assert (x > 100).any() == (vector > 100).any()


def test_what_is_not_sparse_is_refused(vector):
    with pytest.raises(qv.MaterializationError):
        np.broadcast_to(vector, (N, 10**8)).todense()
    with pytest.raises(qv.MaterializationError):
        np.add(vector[:, None], vector[:N])


def test_operands_of_any_size():
    dense = np.random.default_rng(1).standard_normal(N)
    x, v = sparse_array((N, N)), qv.asarray(dense)
    i, j = (int(along[7]) for along in x.source.coordinates())
    for row in (np.broadcast_to(v, x.shape), np.broadcast_to(dense, x.shape)):
        assert (x * row).nactive == x.nactive
        assert (x * row)[i, j] == x[i, j] * dense[j]
        assert (x * row.T)[i, j] == x[i, j] * dense[i]
        assert (x / row)[i, j] == x[i, j] / dense[j]
    positive = np.broadcast_to(v > 0, x.shape)
    assert np.where(positive, x, -x)[i, j] == x[i, j] * np.sign(dense[j])
    assert (positive.T * 2 + 1).source.nbytes <= 8 * N


def test_grids_of_any_size():
    x, y = qv.arange(N), sparse_array(2 * N, 100)
    first, second = np.meshgrid(x, y)
    assert first.shape == second.shape == (2 * N, N)
    assert first[5, 17] == 17
    place = int(y.source.indices()[3])
    assert second[place, 9] == y[place]
    assert np.meshgrid(x, y, indexing="ij")[0][17, 5] == 17
    assert first.flags.writeable
    assert not np.meshgrid(x, y, copy=False)[0].flags.writeable
    assert [grid.shape for grid in np.meshgrid(x, y, sparse=True)] == [(1, N), (2 * N, 1)]
    assert (second * sparse_array((2 * N, N))).nactive <= 10_000
