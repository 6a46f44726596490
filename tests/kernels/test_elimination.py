"""The entries of a factor, counted before it is there, against elimination of places by hand."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from qvarray.kernels import elimination


def eliminated(pattern):
    """Count the places of a symmetric matrix's factor: each column links its rows."""
    filled = np.tril(pattern | pattern.T)
    np.fill_diagonal(filled, True)
    for j in range(len(filled)):
        below = np.flatnonzero(filled[:, j])
        filled[np.ix_(below, below)] = True
        filled = np.tril(filled)
    return int(filled.sum())


@given(st.integers(0, 12), st.integers(0, 999), st.sampled_from([np.int32, np.int64]))
def test_factor_size(n, seed, index):
    rng = np.random.default_rng(seed)
    pattern = rng.random((n, n)) < 1.5 / max(n, 1)
    rows = scipy.sparse.csr_array(pattern | pattern.T)
    starts, columns = rows.indptr.astype(index), rows.indices.astype(index)
    assert elimination.factor_size(starts, columns, n * n) == eliminated(pattern)
    if n > 2:
        full = scipy.sparse.csr_array(np.ones((n, n)))
        arrays = full.indptr.astype(index), full.indices.astype(index)
        assert elimination.factor_size(*arrays, n * n) == n * (n + 1) // 2
        assert elimination.factor_size(*arrays, n) > n


@pytest.mark.parametrize("n", [1, 10**5])
def test_long_chains(n):
    places = np.arange(n, dtype=np.int32)
    # Each row is linked with the one before: nothing fills.
    starts = np.concatenate([[0, 0], np.arange(1, n)]).astype(np.int32)[: n + 1]
    assert elimination.factor_size(starts, places, 3 * n) == max(2 * n - 1, 1)
