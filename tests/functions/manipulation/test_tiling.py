"""Arrays repeated, rolled and padded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from tests.huge import ascending, sparse_array
from tests.twin import SPECTRAL, assert_same, check, shapes, spectral_twins, twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

LARGE = 2**40
SIZES = shapes(4, 3)


def huge(shape, nactive=10_000, fill=0.0):
    return sparse_array(shape, nactive, fill=fill, seed=7, values=ascending)


def axes(x, data):
    return data.draw(st.none() | st.integers(-x.ndim - 1, x.ndim))


@given(
    twins(shape=SIZES),
    st.one_of(
        st.integers(-1, 3),
        st.lists(st.integers(0, 3), max_size=4),
        st.lists(st.integers(-1, 2), max_size=4),
        st.just((1, 1)),
        st.just(1.5),
        st.just([True, 2]),
    ),
)
def test_tile(pair, reps):
    check(lambda x: np.tile(x, reps), pair)


@given(
    twins(shape=SIZES),
    st.one_of(
        st.integers(-1, 3),
        st.lists(st.integers(0, 3), max_size=5),
        st.sampled_from(
            [1.5, [1.0], [[1, 2]], [2], np.uint64(2), True, np.array(2), "1", 1j, np.array(1.5)]
        ),
    ),
    st.data(),
)
def test_repeat(pair, repeats, data):
    x = pair[0]
    axis = axes(x, data)
    check(lambda a: np.repeat(a, repeats, axis), pair)
    if axis is not None and -x.ndim <= axis < x.ndim:
        n = x.shape[axis]
        counts = data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n))
        check(lambda a: np.repeat(a, counts, axis), pair)
        counts = np.abs(np.array(counts, int))
        check(lambda a, b: np.repeat(a, b, axis), pair, (counts, qv.array(counts)))


@given(twins(shape=SIZES), st.data())
def test_roll(pair, data):
    shift = st.integers(-9, 9) | st.sampled_from([2**70, 1.7])
    many = st.lists(shift, max_size=3)
    ndim = pair[0].ndim
    far, one = data.draw(shift | many), axes(pair[0], data)
    axis = data.draw(st.lists(st.integers(-ndim - 1, ndim), max_size=3))
    check(lambda x: np.roll(x, far), pair)
    check(lambda x: np.roll(x, far, one), pair)
    check(lambda x: np.roll(x, far, tuple(axis)), pair)
    if ndim:
        axis = data.draw(st.lists(st.integers(-ndim, ndim - 1), min_size=1, max_size=3))
        shifts = data.draw(st.lists(shift, min_size=len(axis), max_size=len(axis)))
        check(lambda x: np.roll(x, shifts, axis), pair)


@given(
    twins(shape=SIZES),
    st.one_of(
        st.integers(-1, 30),
        st.lists(st.integers(0, 6), max_size=3),
        st.sampled_from([1.5, (2, -1)]),
    ),
)
def test_resize(pair, shape):
    check(lambda x: np.resize(x, shape), pair)


def widths(ndim):
    width = st.integers(0, 4)
    pair = st.tuples(width, width)
    each = st.lists(pair, min_size=ndim, max_size=ndim)
    odd = st.sampled_from(
        [-1, 1.5, (1, -2), [[1], [2]], np.uint8(1), {0: 2}, {-1: (1, 2)}, {0: [1, 2]}, {5: 1}, []]
    )
    return st.one_of(width, pair, each, each, each, odd)


@given(twins(shape=SIZES), st.data())
def test_pad_with_constants(pair, data):
    x = pair[0]
    width = data.draw(widths(x.ndim))
    check(lambda a: np.pad(a, width), pair)
    value = st.sampled_from([0, 1, -0.0, 2.5, np.nan, 300, 1j, np.float64(2.5), True])
    values = data.draw(
        value
        | st.tuples(value, value)
        | st.lists(st.tuples(value, value), min_size=x.ndim, max_size=x.ndim)
    )
    check(lambda a: np.pad(a, width, constant_values=values), pair)
    if x.size:
        fill = x.ravel()[0]
        check(lambda a: np.pad(a, width, "constant", constant_values=fill), pair)


@pytest.mark.parametrize("mode", ["edge", "wrap", "reflect", "symmetric"])
@given(pair=twins(shape=SIZES), data=st.data())
def test_pad_with_elements(mode, pair, data):
    width = data.draw(widths(pair[0].ndim))
    check(lambda a: np.pad(a, width, mode), pair)
    if mode in ("reflect", "symmetric"):
        check(lambda a: np.pad(a, width, mode, reflect_type="even"), pair)
        check(lambda a: np.pad(a, width, mode, reflect_type="odd"), pair)


@pytest.mark.parametrize("mode", ["edge", "wrap", "reflect", "symmetric"])
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_long_pads(mode, n):
    x = np.zeros((n, 40))
    x[:, 7] = np.arange(n) + 1
    for before in range(12):
        for after in (0, 1, 5, 11):
            width = [(before, after), (3, 2)]
            check(lambda a, w=width: np.pad(a, w, mode), (x, qv.array(x)))
            assert np.pad(qv.array(x), width, mode).nactive < x.size


@pytest.mark.parametrize("mode", ["maximum", "minimum", "mean", "median", "linear_ramp"])
@given(pair=twins([np.dtype(t) for t in ("bool", "int8", "int64")], shape=SIZES), data=st.data())
@settings(max_examples=40)
def test_pad_with_statistics(mode, pair, data):
    width = data.draw(widths(pair[0].ndim))
    check(lambda a: np.pad(a, width, mode), pair)
    if mode == "linear_ramp":
        check(lambda a: np.pad(a, width, mode, end_values=3), pair)
    else:
        length = data.draw(widths(pair[0].ndim) | st.none())
        check(lambda a: np.pad(a, width, mode, stat_length=length), pair)


@given(twins([np.dtype("f8")], shape=SIZES), st.integers(0, 3))
def test_pad_with_extrema_of_floats(pair, width):
    x = np.where(pair[0] == 0, 0.0, pair[0])
    for fill in (0.0, *x.ravel()[:2]):
        twin = (x, qv.array(x, fill_value=fill))
        check(lambda a: np.pad(a, width, "maximum"), twin)
        check(lambda a: np.pad(a, width, "minimum", stat_length=2), twin)


def test_pad_by_a_function_and_wrong_arguments():
    pair = (np.ones((2, 3)), qv.array(np.ones((2, 3))))

    def put(vector, width, axis, kwargs):
        vector[: width[0]] = axis + kwargs.get("more", 0)

    check(lambda a: np.pad(a, 2, put, more=3), pair)
    check(lambda a: np.pad(a, 2, "nothing"), pair)
    check(lambda a: np.pad(a, 2, "edge", constant_values=2), pair)
    check(lambda a: np.pad(a, 2, "constant", stat_length=2), pair)
    check(lambda a: np.pad(a, 2, "maximum", stat_length=0), pair)
    check(lambda a: np.pad(a, [1, 2, 3]), pair)
    assert np.pad(pair[1], 1, "empty").shape == (4, 5)
    assert np.array_equal(np.pad(pair[1], 1, "empty")[1:-1, 1:-1], pair[0])


@given(spectral_twins(), st.data())
def test_in_any_bases(pair, data):
    x, twin = pair
    loose = {"rounding": 128, "scale": 32.0}
    axis = data.draw(st.integers(0, x.ndim - 1))
    times = data.draw(st.integers(0, 4))
    check(lambda a: np.repeat(a, times, axis), pair, **loose)
    check(lambda a: np.tile(a, times), pair, **loose)
    shift = data.draw(st.integers(-20, 20))
    check(lambda a: np.roll(a, shift, axis), pair, **loose)
    check(lambda a: np.roll(a, shift), pair, **loose)
    check(lambda a: np.roll(a, (shift, 1), (axis, 0)), pair, **loose)
    check(lambda a: np.resize(a, (5, times)), pair, **loose)
    for mode in ("constant", "edge", "wrap", "symmetric", "reflect"):
        check(lambda a, m=mode: np.pad(a, [(times, 1)], m), pair, **loose)
    check(lambda a: np.pad(a, 1, constant_values=2), pair, **loose)
    check(lambda a: np.repeat(a, np.arange(x.shape[axis]) % 3, axis), pair, **loose)
    assert twin.nactive <= 12


@pytest.mark.parametrize("name", SPECTRAL)
def test_functions_that_stay_one(name):
    y = qv.from_eigenvalues([1.0, 0.5, 0.5], [0, 1, 7], 8, basis=name)
    x = y.todense()
    loose = {"rounding": 64, "scale": 8.0}
    if name in ("fourier", "walsh"):
        got = np.tile(y, 4)
        assert got.bases == y.bases
        assert got.nactive == 3
        assert_same(np.tile(x, 4), got, **loose)
    if name in ("haar", "walsh"):
        got = np.repeat(y, 4)
        assert got.bases == y.bases
        assert got.nactive == 3
        assert_same(np.repeat(x, 4), got, **loose)
    if name == "fourier":
        got = np.roll(y, 3)
        assert got.bases == y.bases
        assert_same(np.roll(x, 3), got, **loose)
    operator = qv.operator([1.0, 0.5, 0.5], [0, 1, 7], 8, basis=name)
    dense = operator.todense()
    assert_same(np.roll(dense, 3, 0), np.roll(operator, 3, 0), **loose)
    assert_same(np.tile(dense, (2, 1)), np.tile(operator, (2, 1)), **loose)


@pytest.mark.parametrize("dtype", ["complex64", "clongdouble", "float32"])
def test_phases_in_every_precision(dtype):
    y = qv.from_eigenvalues(np.array([1, 0.5, 0.5], dtype), [0, 1, 7], 8, basis="fourier")
    got = np.roll(y, 3)
    assert got.eigenvalues.dtype == y.eigenvalues.dtype
    assert_same(np.roll(y.todense(), 3), got, rounding=64, scale=4.0)


def test_beyond_memory():
    x = huge((LARGE,), fill=2.0)
    at = int(x.active_indices[5])
    got = np.tile(x, 3)
    assert got.nactive == 30_000
    assert got[2 * LARGE + at] == 15.0
    got = np.repeat(x, 3)
    assert [got[3 * at + i] for i in range(3)] == [15.0] * 3
    assert np.roll(x, 2**39)[(at + 2**39) % LARGE] == 15.0
    square = huge((2**20, 2**20))
    row, column = (int(one[5]) for one in square.spectrum.coordinates())
    assert np.roll(square, (3, -5), (0, 1))[(row + 3) % 2**20, (column - 5) % 2**20] == 15.0
    assert np.roll(square, 7).nactive == 10_000
    assert np.resize(x, (2, LARGE + 1))[1, at - 1] == 15.0
    assert np.resize(x, (10, 10)).shape == (10, 10)
    counts = np.ones(2**20, int)
    counts[row] = 2
    got = np.repeat(square, counts, 0)
    assert got[row, column] == got[row + 1, column] == 15.0
    with pytest.raises(MemoryError):
        np.repeat(x, 2**22)
    with pytest.raises(ValueError, match="too big"):
        np.tile(x, 2**30)


def test_pads_beyond_memory():
    x = huge((LARGE,), fill=2.0)
    at = int(x.active_indices[5])
    assert np.pad(x, 3)[at + 3] == 15.0
    assert np.pad(x, 3)[0] == 0.0
    assert np.pad(x, LARGE, constant_values=2.0)[at + LARGE] == 15.0
    assert np.pad(x, LARGE, "wrap")[at] == 15.0
    assert np.pad(x, LARGE, "symmetric")[LARGE - 1 - at] == 15.0
    assert np.pad(x, LARGE - 1, "reflect")[LARGE - 1 - at] == 15.0
    assert np.pad(x, LARGE, "edge").nactive == 10_000
    assert np.pad(x, 3, "maximum")[0] == 10_009.0
    square = huge((2**20, 2**20))
    assert np.pad(square, 2**19, "reflect").shape == (2**21, 2**21)
    assert np.pad(square, 5, "minimum").shape == (2**20 + 10, 2**20 + 10)


def test_bounds_of_lossy_arrays():
    smooth = np.cos(np.linspace(0, 3, 64)) + 1e-3 * np.arange(64) % 0.01
    lossy = qv.encode(smooth, tol=1e-2)
    for call in (
        lambda x: np.tile(x, 3),
        lambda x: np.repeat(x, 2),
        lambda x: np.roll(x, 5),
        lambda x: np.pad(x, 5, "edge"),
        lambda x: np.resize(x, 100),
    ):
        exact, got = call(smooth), call(lossy)
        off = np.linalg.norm(got.todense() - exact) / np.linalg.norm(exact)
        assert 0 < off <= got.recovery_error < 0.2
