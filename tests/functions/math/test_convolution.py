"""Convolutions of a long sparse array, whose parts are summed one after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.functions.math import convolution


@pytest.fixture(autouse=True, scope="module")
def in_small_parts():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(convolution, "_CHUNK", 12)
        yield


@given(
    st.lists(st.integers(0, 2999), min_size=1, max_size=60, unique=True),
    st.lists(st.integers(0, 30), min_size=1, max_size=4, unique=True),
    st.sampled_from(["full", "same", "valid"]),
    st.sampled_from([np.convolve, np.correlate]),
    st.sampled_from([float, np.float16, np.int8, complex]),
)
def test_parts_are_the_whole(long, short, mode, function, dtype):
    a, v = np.zeros(3000, dtype), np.zeros(40, dtype)
    a[long], v[short] = np.arange(1, len(long) + 1), np.arange(1, len(short) + 1) * 3
    x = qv.from_coordinates(sorted(long), a[sorted(long)], 3000)
    y = qv.from_coordinates(sorted(short), v[sorted(short)], 40)
    for found, expected in (
        (function(x, y, mode), function(a, v, mode)),
        (function(y, x, mode), function(v, a, mode)),
    ):
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found.todense(), expected, rtol=1e-2 * (dtype is np.float16))


def test_lists_are_cut_at_gaps_only():
    longer = np.array([0, 1, 2, 50, 51, 100, 101, 102, 200, 300])
    cuts = convolution._cuts(longer, np.array([0, 5, 9]))
    assert (cuts[0], cuts[-1]) == (0, longer.size)
    assert len(cuts) > 2
    assert all(longer[cut] - longer[cut - 1] > 9 for cut in cuts[1:-1])
    assert convolution._cuts(np.arange(10**3), np.array([0, 5])) == [0, 10**3]


def test_at_a_size_that_cannot_be_materialised():
    at = np.arange(1, 10**4) * 10**7
    x = qv.from_coordinates(at, np.ones(at.size), 2**40)
    out = np.convolve(x, [1.0, -2.0, 1.0])
    assert out.nactive == 3 * at.size
    assert [out[at[77] + i] for i in range(-1, 4)] == [0.0, 1.0, -2.0, 1.0, 0.0]
