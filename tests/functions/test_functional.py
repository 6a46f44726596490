"""Functions applied along axes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import assert_same, check, spectral_twins, twins

LINES = [
    np.sum,
    lambda line: line.max() + 0.0,  # which of two zeros it is, depends on the order
    lambda line: line * 2,
    lambda line: line[:2],
    lambda line: [line[0], 3],
    lambda line: np.outer(line, [1, 2]),
    lambda line: line[:0],
    lambda line: np.asarray(line).mean() if line.size else 0.5,
]


@pytest.mark.parametrize("which", range(len(LINES)))
@given(pair=twins([np.dtype(int), np.dtype(bool), np.dtype(np.float32)]), data=st.data())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_along_an_axis(which, pair, data):
    axis = data.draw(st.integers(-pair[0].ndim - 1, pair[0].ndim))
    check(lambda x: np.apply_along_axis(LINES[which], axis, x), pair)


@given(spectral_twins(), st.data())
def test_along_an_axis_in_any_basis(pair, data):
    axis = data.draw(st.integers(-pair[0].ndim, pair[0].ndim - 1))
    loose = {"rounding": 64, "scale": 64.0}
    check(lambda x: np.apply_along_axis(lambda line: line * 2, axis, x), pair, **loose)
    check(lambda x: np.apply_along_axis(np.add, axis, x, 3.0), pair, **loose)
    check(lambda x: np.apply_along_axis(np.sum, axis, x, keepdims=True), pair, **loose)


def test_along_long_lines():
    x = qv.from_coordinates([[0, 2], [5, 2**50]], [3.0, 4.0], (3, 2**52))
    seen = []

    def total(line):
        seen.append((type(line), line.shape))
        return line.sum()

    got = np.apply_along_axis(total, 1, x)
    assert set(seen) == {(qv.VirtualQArray, (2**52,))}
    assert_same(np.array([3.0, 0.0, 4.0]), got)
    with pytest.raises(qv.MaterializationError):
        np.apply_along_axis(np.sum, 0, x)
    with pytest.raises(qv.MaterializationError):
        np.apply_along_axis(lambda line: line, 1, x)


def test_many_lines_and_rows_are_refused_by_their_time():
    x = qv.from_eigenvalues([2.0, 3.0], [0, 5], (2**20, 2**20), basis="cosine")
    with qv.options(max_seconds=0.1):
        with pytest.raises(qv.TimeLimitError, match="for 1048576 lines"):
            np.apply_along_axis(lambda line: 3, 0, x)
        with pytest.raises(qv.TimeLimitError, match="1048576 rows"):
            np.stack(x)
        assert next(iter(x)).shape == (2**20,)


def test_along_an_axis_of_a_lossy_array():
    noisy = qv.encode(np.random.default_rng(0).random((4, 16)), tol=0.3, basis="cosine")
    assert np.apply_along_axis(np.max, 1, noisy).recovery_error == float("inf")


@given(twins([np.dtype(int), np.dtype(np.uint8), np.dtype(bool)]), st.data())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_over_axes(pair, data):
    ndim = pair[0].ndim
    one = st.integers(-ndim - 1, ndim)
    axes = data.draw(one | st.lists(one, max_size=3) | st.lists(one, max_size=3).map(tuple))
    check(lambda x: np.apply_over_axes(np.sum, x, axes), pair)
    check(lambda x: np.apply_over_axes(lambda a, axis: a * 2, x, axes), pair)
    check(lambda x: np.apply_over_axes(lambda a, axis: a.sum(), x, axes), pair)


def test_over_long_axes():
    x = qv.from_coordinates([[0, 2], [5, 2**50]], [3.0, 4.0], (2**8, 2**52))
    got = np.apply_over_axes(np.sum, x, 1)
    assert got.shape == (2**8, 1)
    assert got[2, 0] == 4.0
    assert np.apply_over_axes(np.sum, x, (0, 1))[0, 0] == 7.0
