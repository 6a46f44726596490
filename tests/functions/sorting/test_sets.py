"""Unique elements and sets: NumPy is the oracle, bit for bit where it defines which is kept."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...huge import sparse_array
from ...twin import DTYPES, assert_same, check, densified, sided, spectral_twins, twins

N = 2**40
FLAGS = st.tuples(st.booleans(), st.booleans(), st.booleans())


def members(dtypes=DTYPES):
    return twins(dtypes, change=sided)


@given(pair=twins(), inverse=st.booleans(), counts=st.booleans(), equal_nan=st.booleans())
def test_first_elements_are_equal_bit_for_bit(pair, inverse, counts, equal_nan):
    check(lambda x: np.unique(x, True, inverse, counts, equal_nan=equal_nan), pair)


@given(pair=members(), flags=FLAGS, equal_nan=st.booleans(), data=st.data())
def test_unique(pair, flags, equal_nan, data):
    some = pair if flags[0] or equal_nan or not flags[1] else without_nans(pair)
    check(lambda x: np.unique(x, *flags, equal_nan=equal_nan), some)
    check(np.unique, pair)
    axis = data.draw(st.integers(-pair[0].ndim - 1, pair[0].ndim))
    check(lambda x: np.unique(x, *flags, axis=axis, equal_nan=equal_nan), some)


@given(pair=twins(shape=st.tuples(st.integers(1, 9), st.integers(1, 2))), axis=st.integers(0, 1))
def test_unique_rows(pair, axis):
    check(lambda x: np.unique(x, True, True, True, axis), pair)


def without_nans(pair):
    """No order of NaNs is defined where the first of them is not asked for."""
    x = np.where(np.isnan(pair[0]), pair[0].dtype.type(1), pair[0])
    return x, qv.array(x, fill_value=x.ravel()[0] if x.size else 0)


@given(pair=members())
def test_standard_functions(pair):
    for function in (np.unique_all, np.unique_counts):
        check(function, pair)
        assert type(function(pair[1])) is type(function(pair[0]))
    check(np.unique_inverse, without_nans(pair))
    assert type(np.unique_inverse(pair[1])) is type(np.unique_inverse(pair[0]))


@given(pair=members())
def test_unique_values_come_in_any_order(pair):
    x, y = pair
    got, expected = np.unique_values(y), np.unique_values(x)
    assert_same(np.sort(expected), qv.array(np.sort(densified(got))))
    if "sorted" in inspect.signature(np.unique).parameters:
        got, expected = np.unique(y, sorted=False), np.unique(x, sorted=False)
        assert_same(np.sort(expected), qv.array(np.sort(densified(got))))


@given(pair=spectral_twins())
def test_spectral_arrays(pair):
    check(lambda x: np.unique(x, True, True, True), (pair[1].todense(), pair[1]))


# Whether NumPy's cast of a float16 NaN warns depends on where in memory it is.
WIDE = [dtype for dtype in DTYPES if dtype != np.float16]


@given(one=members(WIDE), other=members(WIDE))
def test_sets(one, other):
    for pairs in [(one, other), (one, (other[0], other[0])), ((one[0], one[0]), other)]:
        for function in (np.union1d, np.setdiff1d, np.setxor1d, np.intersect1d):
            check(function, *pairs)


@given(one=twins(), other=twins())
def test_intersection_with_indices(one, other):
    for pairs in [(one, other), (one, (other[0], other[0])), ((one[0], one[0]), other)]:
        check(lambda x, y: np.intersect1d(x, y, return_indices=True), *pairs)


@given(data=st.data())
def test_sets_that_are_unique_already(data):
    pairs = []
    for _ in range(2):
        x = np.array(data.draw(st.lists(st.integers(-4, 4), unique=True)), int)
        pairs.append((x, qv.array(x, fill_value=data.draw(st.integers(-4, 4)))))
    for function in (np.setdiff1d, np.setxor1d, np.intersect1d):
        check(lambda x, y, function=function: function(x, y, True), *pairs)
    check(lambda x, y: np.intersect1d(x, y, True, True), *pairs)


def huge(fill=0.0, seed=3):
    """Many elements of few different values."""
    return sparse_array(N, fill=fill, seed=seed, values=lambda rng, k: rng.integers(-50, 50, k) / 4)


@pytest.mark.parametrize("fill", [0.0, 0.25, 3.125, -np.inf, np.nan])
def test_unique_of_a_huge_array(fill):
    x = huge(fill)
    u, index, inverse, counts = np.unique(x, True, True, True)
    values, where = x.eigenvalues, x.active_indices
    expected = np.unique(np.append(values, fill))
    np.testing.assert_array_equal(u.todense(), expected)
    at = int(np.searchsorted(expected, fill))
    first = [0 if i == at else where[np.argmax(values == v)] for i, v in enumerate(expected)]
    np.testing.assert_array_equal(index.todense(), first)
    many = [(values == v).sum() + (i == at) * (N - x.nactive) for i, v in enumerate(expected)]
    np.testing.assert_array_equal(counts.todense(), many)
    inverse.spectrum.check()
    assert inverse.shape == (N,)
    assert inverse.fill_value == at
    np.testing.assert_array_equal(
        inverse.spectrum.eigenvalues, np.searchsorted(expected, values)[values != fill]
    )


def test_every_nan_of_a_huge_array_is_unique():
    x = huge(np.nan)
    values, counts = np.unique_counts(x)
    expected, many = np.unique(x.eigenvalues, return_counts=True)
    for one, entries, fill in [(values, expected, np.nan), (counts, many, 1)]:
        one.spectrum.check()
        assert one.shape == (expected.size + N - x.nactive,)
        np.testing.assert_equal(one.fill_value, fill)
        np.testing.assert_array_equal(one[: expected.size].todense(), entries)
    assert np.unique_values(x).shape == values.shape
    with pytest.raises(qv.MaterializationError):
        np.unique_all(x)


def test_rows_of_a_huge_array():
    x = qv.from_coordinates([[5, 2**40, 7], [1, 1, 0]], [3.0, 3.0, -1.0], (2**41, 2))
    for axis, y in [
        (0, x),
        (1, qv.from_coordinates([[1, 1, 0], [5, 2**40, 7]], [3.0, 3.0, -1.0], (2, 2**41))),
    ]:
        u, index, inverse, counts = np.unique(y, True, True, True, axis=axis)
        rows = np.array([[-1.0, 0], [0, 0], [0, 3]])
        np.testing.assert_array_equal(u.todense(), rows if axis == 0 else rows.T)
        np.testing.assert_array_equal(index.todense(), [7, 0, 5])
        np.testing.assert_array_equal(counts.todense(), [1, 2**41 - 3, 2])
        assert inverse.shape == (2**41,)
        assert (inverse[0], inverse[5], inverse[7], inverse[2**40]) == (1, 2, 0, 2)


def test_sets_of_huge_arrays():
    x, y = huge(0.0), huge(0.125, seed=8)
    one = np.unique(np.append(x.eigenvalues, 0.0))
    other = np.unique(np.append(y.eigenvalues, 0.125))
    for function in (np.union1d, np.setdiff1d, np.setxor1d, np.intersect1d):
        np.testing.assert_array_equal(function(x, y).todense(), function(one, other))
        np.testing.assert_array_equal(function(x, other).todense(), function(one, other))
    common, in_x, in_y = np.intersect1d(x, y, return_indices=True)
    for value, i, j in zip(common.todense(), in_x.todense(), in_y.todense(), strict=True):
        assert x[int(i)] == y[int(j)] == value


def test_unique_of_a_lossy_array_is_of_unknown_error():
    x = qv.encode(np.eye(64) + 1e-3, basis="standard", tol=0.1)
    for one in np.unique(x, True, True, True):
        assert one.recovery_error == np.inf
    assert np.union1d(x, [1.0]).recovery_error == np.inf
