"""Arrays repeated, rolled and padded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import SPECTRAL, assert_same, check, shapes, spectral_twins, twins

from ..large import huge

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

LARGE = 2**40
SIZES = shapes(4, 3)


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
