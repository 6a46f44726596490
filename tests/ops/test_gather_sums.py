"""Sums of values at equal indices: where few are out of order, those alone are sorted."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qvarray.ops import basis_change
from qvarray.ops.basis_change import gather_sums


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.sampled_from([3, 50, 2**40]))
def test_as_numpy(seed, size, most):
    rng = np.random.default_rng(seed)
    for disorder in (0, 1, 3, size):
        indices = np.sort(rng.integers(0, most, size))
        for i in rng.integers(0, max(size - 1, 1), disorder):
            indices[i : i + 2] = indices[i : i + 2][::-1].copy()
        values = rng.integers(-9, 9, size).astype(float)
        expected, where = np.unique(indices, return_inverse=True)
        given_before = indices.copy(), values.copy()
        for few in (basis_change._MANY, 1):
            before, basis_change._MANY = basis_change._MANY, few
            try:
                found, sums = gather_sums(indices, values)
            finally:
                basis_change._MANY = before
            np.testing.assert_array_equal(found, expected)
            np.testing.assert_array_equal(sums, np.bincount(where, values))
        np.testing.assert_array_equal(indices, given_before[0])
        np.testing.assert_array_equal(values, given_before[1])
