"""Rows of sparse matrices: found by a pointer, gathered in any order, and looked up in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvarray.kernels import row_pointer

DTYPES = ["int8", "uint16", "float32", "float64", "complex128", "longdouble", "clongdouble"]


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.data(),
    st.sampled_from(DTYPES),
    st.sampled_from([np.int32, np.int64]),
)
def test_rows(rows, n, data, dtype, index):
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=rows * n, max_size=rows * n)))
    indices = np.flatnonzero(mask).astype(index)
    values = np.arange(1, indices.size + 1).astype(dtype)
    dense = np.zeros(rows * n, dtype)
    dense[indices] = values
    starts = row_pointer.row_starts(indices, rows, n)
    assert np.array_equal(starts, indices.searchsorted(np.arange(rows + 1) * n))
    same, columns = row_pointer.csr(indices, rows, n, np.int32)
    assert np.array_equal(same, starts)
    assert np.array_equal(columns, indices % n)
    wanted = np.array(data.draw(st.lists(st.integers(0, rows - 1), max_size=6)), np.int64)
    bounds = starts.take(wanted), starts.take(wanted + 1)
    targets, found = row_pointer.gathered(indices, values, bounds, wanted, n, np.dtype(np.int32))
    expected = dense.reshape(rows, n)[wanted].reshape(-1)
    assert np.array_equal(targets, np.flatnonzero(expected))
    assert np.array_equal(found, expected[targets])
    assert found.dtype == values.dtype
    columns = np.empty(indices.size, np.int64)
    numbers, lists = row_pointer.row_lists(indices, n, columns)
    assert np.array_equal(numbers, np.unique(indices // n))
    assert np.array_equal(np.repeat(numbers, np.diff(lists)) * n + columns, indices)
    positions = np.arange(rows * n)[::-1].copy()
    places = row_pointer.looked_up(indices, starts, positions, n)
    assert np.array_equal(places >= 0, mask[positions])
    assert np.array_equal(indices[places[places >= 0]], positions[mask[positions]])


@pytest.mark.parametrize("n", [1, 7])
def test_rows_without_entries(n):
    none = np.empty(0, np.int64)
    assert np.array_equal(row_pointer.row_starts(none, 3, n), [0, 0, 0, 0])
