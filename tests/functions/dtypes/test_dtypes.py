"""Data types, positions in C or Fortran order, and functions applied along axes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.huge import sparse_array
from tests.twin import DTYPES, assert_same, check, shapes, spectral_twins, twins

ANY_TWINS = twins() | spectral_twins()
ROUNDED_ALIKE = [np.dtype(name) for name in ("f2", "f4", "f8", "c8", "c16")]
INTEGERS = [dtype for dtype in DTYPES if dtype.kind in "iu"]
SCALARS = st.sampled_from([1, 2.5, 1j, True, np.int8(3), np.float32(1), 10**30])


@given(ANY_TWINS, ANY_TWINS, SCALARS, st.sampled_from(DTYPES))
def test_dtypes_of_several(pair, other, scalar, dtype):
    check(lambda x, y: np.result_type(x, y), pair, other)
    check(lambda x, y: np.result_type(scalar, y, dtype, x), pair, other)
    check(lambda x, y: np.result_type(x, np.zeros(1, np.float32), "i2"), pair, other)
    check(lambda x, y: np.common_type(x, y), pair, other)
    check(lambda x, y: np.common_type(np.zeros(1, dtype), x), pair, other)


@given(ANY_TWINS, st.sampled_from([*DTYPES, "S3", "nonsense", None, float]))
def test_casts(pair, dtype):
    for casting in ("no", "equiv", "safe", "same_kind", "unsafe", "nonsense"):
        check(lambda x, c=casting: np.can_cast(x, dtype, c), pair)
    check(lambda x: np.can_cast(x, x.dtype), pair)
    check(np.min_scalar_type, pair)


@given(twins(shape=st.just(())))
def test_min_scalar_type_of_no_dimensions(pair):
    check(np.min_scalar_type, pair)


@given(ANY_TWINS, st.sampled_from([*DTYPES, None, "nonsense"]), st.booleans())
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
def test_astype(pair, dtype, copy):
    if pair[0].dtype.kind in "fc" and dtype in INTEGERS:
        return  # NumPy leaves it to the processor what becomes of NaN
    loose = {"rounding": 64, "scale": 8.0} if not pair[1].spectrum.is_standard else {}
    if loose and dtype not in (None, "nonsense", *ROUNDED_ALIKE):
        return  # rounding errors are those of float64, and may truncate to another integer
    check(lambda x: np.astype(x, dtype, copy=copy), pair, **loose)
    check(lambda x: np.astype(x, float, device="gpu"), pair)
    x = pair[1]
    assert (np.astype(x, x.dtype, copy=copy) is x) is not copy


def test_types_of_what_cannot_be_materialised(large):
    assert np.result_type(large, np.float32) == np.dtype(float)
    assert np.can_cast(large, np.complex64) is np.can_cast(float, np.complex64)
    assert np.min_scalar_type(large) == np.dtype(float)
    assert np.common_type(large) is np.float64
    assert np.astype(large, np.float32).nactive == large.nactive


@pytest.fixture(scope="module")
def large():
    return sparse_array((2**30, 2**30), values=lambda rng, k: rng.random(k))


DIMS = shapes(5).map(list) | st.integers(0, 6) | st.sampled_from([(2**31, 2**31), (2**40, 2**40)])
MODES = st.sampled_from(["raise", "wrap", "clip"])


@given(twins(INTEGERS), twins(INTEGERS), DIMS, MODES, MODES, st.sampled_from(["C", "F", "A"]))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_positions_of_indices(pair, other, dims, mode, second, order):
    check(lambda x, y: np.ravel_multi_index((x, y), dims, mode, order), pair, other)
    check(lambda x, y: np.ravel_multi_index([x], dims, (mode,), order), pair, other)
    check(lambda x, y: np.ravel_multi_index((x, y), (3, 4), (mode, second), order), pair, other)
    check(lambda x, y: np.ravel_multi_index((1, y, [0]), (2, 3, 4), mode), pair, other)
    check(lambda x, y: np.ravel_multi_index(x, (2, 3), mode), pair, other)


@given(twins(), MODES)
def test_positions_of_any_type(pair, mode):
    check(lambda x: np.ravel_multi_index((x, x), (3, 4), mode), pair)
    check(lambda x: np.unravel_index(x, (3, 4)), pair)


@given(twins(INTEGERS), DIMS | st.sampled_from([(), (2.5,), (-1, 2)]), st.sampled_from("CFA"))
def test_indices_of_positions(pair, dims, order):
    check(lambda x: np.unravel_index(x, dims, order), pair)


@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from("CF"), st.data())
def test_positions_and_back(n, m, order, data):
    where = data.draw(st.lists(st.integers(0, n * m - 1) | st.just(0), max_size=9))
    positions = np.array(where, np.int64)
    pair = positions, qv.array(positions)
    check(lambda x: np.unravel_index(x, (n, m), order), pair)
    x, y = np.unravel_index(pair[1], (n, m), order)
    assert_same(positions, np.ravel_multi_index((x, y), (n, m), order=order))


def test_positions_that_cannot_be_materialised():
    at, values = [5, 2**40], [2**30 + 7, 2**59]
    positions = qv.from_coordinates([at], values, 2**41)
    rows, columns = np.unravel_index(positions, (2**30, 2**30))
    assert rows.shape == (2**41,)
    assert [rows[i] for i in at] == [1, 2**29]
    assert [columns[i] for i in at] == [7, 0]
    back = np.ravel_multi_index((rows, columns), (2**30, 2**30))
    assert [back[i] for i in (0, *at)] == [0, *values]
    with pytest.raises(ValueError, match="invalid entry"):
        np.ravel_multi_index((rows, columns), (2**30, 7))
    with pytest.raises(ValueError, match="out of bounds"):
        np.unravel_index(positions, 2**59)


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
