"""The algebra of slices, against the library ndindex."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.indexing.keys import as_slice, basic_key

ndindex = pytest.importorskip("ndindex")

BOUNDS = st.none() | st.integers(-12, 12)
SLICES = st.builds(slice, BOUNDS, BOUNDS, st.none() | st.integers(-5, 5).filter(bool))
PARTS = SLICES | st.integers(-4, 3) | st.just(Ellipsis) | st.none()
HUGE = 2**40


@given(SLICES, st.integers(0, 9))
def test_positions_of_a_slice(key, n):
    (positions,) = basic_key(key, (n,))
    reduced = ndindex.Slice(key).reduce(n).raw
    assert list(positions) == list(range(n))[reduced]
    assert len(positions) == len(ndindex.Slice(key).reduce(n))
    assert list(range(n))[as_slice(positions)] == list(positions)


@given(st.lists(PARTS, max_size=4), st.lists(st.integers(4, 6), min_size=1, max_size=3))
def test_shapes(parts, shape):
    key = tuple(parts)
    x = qv.zeros(tuple(shape))
    try:
        expected = ndindex.ndindex(key).newshape(tuple(shape))
    except IndexError:
        with pytest.raises(IndexError):
            x[key]
        return
    assert np.shape(x[key]) == expected


@given(SLICES, SLICES, st.integers(0, 30))
def test_slices_of_slices(first, second, n):
    x = qv.from_coordinates(np.arange(n), np.arange(1.0, n + 1), n) if n else qv.zeros(0)
    y = x[first][second]
    inner = ndindex.Slice(first).reduce(n).raw
    assert y.todense().tolist() == np.arange(1.0, n + 1)[inner][second].tolist()
    both = range(HUGE)[first][second]
    ours = qv.from_coordinates([5], [1.0], HUGE)[first][second]
    assert ours.shape == (len(both),)
    assert ours.nnz == (5 in both)
