"""Different integers of a list, and which each is of: as np.unique has them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qvarray.core.runs import distinct, ranked

KEYS = arrays(
    st.sampled_from([np.int32, np.int64]), st.integers(0, 200), elements=st.integers(0, 2**20)
)


@given(KEYS, st.booleans(), st.integers(1, 2**20))
def test_as_numpy(keys, is_sorted, modulus):
    keys %= keys.dtype.type(modulus)
    if is_sorted:
        keys.sort()
    expected, which = np.unique(keys, return_inverse=True)
    np.testing.assert_array_equal(distinct(keys), expected, strict=True)
    found, places = ranked(keys)
    np.testing.assert_array_equal(found, expected, strict=True)
    np.testing.assert_array_equal(places, which, strict=True)


@given(arrays(np.int64, st.integers(0, 50), elements=st.integers(-9, 9)))
def test_negative_numbers(keys):
    np.testing.assert_array_equal(distinct(keys), np.unique(keys), strict=True)
