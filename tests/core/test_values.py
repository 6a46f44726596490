"""Decisions by values alone: whether coefficients pay as sparse ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvarray.core.values import pays_sparse, stores_all


@given(
    st.integers(1 << 15, 1 << 17),
    st.floats(0.0, 1.0),
    st.sampled_from([np.float64, np.float32, np.complex128, np.int64]),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_a_sample_decides_as_counting_does(n, share, dtype, in_one_block, seed):
    rng = np.random.default_rng(seed)
    values = np.zeros(n, dtype)
    count = int(n * share)
    values[
        rng.integers(n - count + 1) + np.arange(count)
        if in_one_block
        else rng.permutation(n)[:count]
    ] = 3
    assert stores_all(values, n) == (not pays_sparse(count, n, values.dtype))


@pytest.mark.parametrize("period", [2, 3, 4, 7, 64, 1000, 4096])
def test_no_period_deceives_a_sample(period):
    for n in (1 << 16, 1 << 20, 3 * 2**15 + 7):
        values = np.zeros(n)
        values[::period] = 1.0
        assert not stores_all(values, n)
