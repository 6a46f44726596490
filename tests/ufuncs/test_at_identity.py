"""``ufunc.at`` with sparse values: what adds nothing is not added."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

UFUNCS = [(np.add, 0), (np.subtract, 0), (np.multiply, 1), (np.bitwise_or, 0), (np.maximum, 0)]


@given(
    st.sampled_from(UFUNCS),
    st.lists(st.tuples(st.integers(-7, 6), st.integers(-4, 9)), min_size=1, max_size=40),
    st.sampled_from([0.0, -0.0, 5.0]),
    st.sampled_from(["int64", "float64", "complex128"]),
)
def test_against_numpy(pair, updates, target, dtype):
    ufunc, fill = pair
    if ufunc is np.bitwise_or:
        dtype = "int64"
    if ufunc is np.maximum and dtype == "complex128":
        dtype = "float64"
    indices = np.array([i for i, _ in updates])
    values = np.array([v if v > 0 else fill for _, v in updates], dtype)
    x = qv.asarray(np.pad(values, (0, 200), constant_values=fill), fill_value=fill)
    key = np.pad(indices, (0, 200), mode="wrap")
    expected = np.full(7, target, dtype)
    ufunc.at(expected, key, x.todense())
    for array in (np.full(7, target, dtype), qv.asarray(np.full(7, target, dtype))):
        ufunc.at(array, key, x)
        found = np.asarray(array)
        assert np.array_equal(found, expected)
        assert np.array_equal(np.signbit(found.real), np.signbit(expected.real))
    both = np.full((7, 7), target, dtype)
    ufunc.at(both, (key, key), x)
    assert np.array_equal(np.diag(both), expected)


KEYS = [
    np.array([2, 0, 2]),
    (np.array([-1, 3]),),
    (slice(None, None, -2), np.array([1, 1, -4])),
    (np.array([[0], [2]]), np.array([3, 3])),
    (np.array([0, 3]), slice(1, None), np.array([1, 1])),
    (Ellipsis, np.array([1, 0, 1])),
    (2, slice(None), np.array([1, 1])),
    np.array([True, False, True, True, False]),
    (None, np.array([4, 4]), Ellipsis),
    np.zeros(0, int),
]


@given(
    st.sampled_from([np.add, np.subtract, np.multiply]),
    st.sampled_from(KEYS),
    st.sampled_from([0.0, -0.0, 3.0]),
    st.integers(0, 2**32 - 1),
)
def test_keys_of_rows_and_of_some_axes(ufunc, key, target, seed):
    rng = np.random.default_rng(seed)
    same = float(ufunc is np.multiply)
    expected = np.full((5, 4, 2), target)
    shape = expected[key].shape
    dense = np.where(rng.random(shape) < 0.2, rng.integers(1, 9, shape), same)
    positions = np.nonzero(dense != same)
    x = qv.from_coordinates(np.array(positions), dense[positions], shape, fill_value=same)
    arrays = expected.copy(), qv.asarray(expected)
    ufunc.at(expected, key, dense)
    for array in arrays:
        ufunc.at(array, key, x)
        assert np.array_equal(np.asarray(array), expected)


def test_rows_that_do_not_fit_in_memory():
    n = 10**12
    rows = np.arange(1000) // 2
    x = qv.from_coordinates([np.arange(1000), np.arange(1000) // 2 * 7], np.ones(1000), (1000, n))
    for key in (rows, (rows, slice(None)), (Ellipsis, rows, slice(None))):
        counts = qv.zeros((10**4, n))
        np.add.at(counts, key, x)
        assert counts.nactive == 500
        assert counts[3, 21] == 2


@pytest.mark.parametrize("bad", [7, -8])
def test_indices_of_zeros_are_checked(bad):
    x = qv.from_coordinates([0], [1.0], 100)
    key = np.zeros(100, int)
    key[50] = bad
    for target in (np.zeros(7), qv.zeros(7)):
        with pytest.raises(
            IndexError, match=f"index {bad} is out of bounds for axis 0 with size 7"
        ):
            np.add.at(target, key, x)
        assert not np.any(np.asarray(target))


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 3)])
@pytest.mark.parametrize("stored", [True, False])
def test_operands_are_broadcast_to_indices_of_several_axes(shape, stored):
    x = np.arange(27) if stored else np.zeros(1000, int)
    where, values = np.arange(9).reshape(3, 3) % 5, np.full(shape, 7)
    values[..., 0] = 3
    expected = x.copy()
    np.add.at(expected, where.ravel(), np.broadcast_to(values, (3, 3)).ravel())
    for operand in (values, qv.array(values)):
        y = qv.array(x)
        np.add.at(y, where, operand)
        np.testing.assert_array_equal(np.asarray(y), expected)


@pytest.mark.parametrize("ufunc", [np.add, np.subtract])
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("virtual", [True, False])
def test_signs_of_zeros_are_numpys(ufunc, dtype, sign, virtual):
    x = np.full(64, -0.0, dtype)
    x[::3] = 0.0
    expected, where = x.copy(), np.arange(64) % 40
    operand = qv.zeros(64, dtype=dtype) * sign
    ufunc.at(expected, where, np.asarray(operand))
    y = qv.array(x) if virtual else x.copy()
    ufunc.at(y, where, operand)
    y = np.asarray(y)
    np.testing.assert_array_equal(np.signbit(y.real), np.signbit(expected.real))
    np.testing.assert_array_equal(np.signbit(y.imag), np.signbit(expected.imag))


def test_a_complex_infinity_times_one_is_numpys():
    x = np.full(64, complex(np.inf, 0.0))
    expected = x.copy()
    with np.errstate(invalid="ignore"):
        np.multiply.at(expected, np.arange(64), np.ones(64))
        np.multiply.at(x, np.arange(64), qv.ones(64))
    np.testing.assert_array_equal(x, expected)
