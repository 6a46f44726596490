"""Sorting kernels against plain NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvarray.kernels import radix_sort

SIZES = [0, 1, 2, 48, 49, 100, 4095, 4096, 5000, 70_000]
TOPS = [1, 2, 255, 256, 2**20, 2**31 - 1, 2**34, 2**46, 2**47, 2**63 - 1]


@given(st.data())
def test_argsort(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    k = data.draw(st.sampled_from(SIZES))
    top = data.draw(st.sampled_from(TOPS))
    dtypes = [np.int64] if top > 2**31 else [np.int32, np.int64]
    keys = rng.integers(0, top, k, dtype=np.int64).astype(data.draw(st.sampled_from(dtypes)))
    if k and data.draw(st.booleans()):
        keys[rng.integers(k)] = top - 1
    shape = data.draw(st.sampled_from(["random", "sorted", "reversed", "few", "digit"]))
    if shape == "sorted":
        keys.sort()
    elif shape == "reversed":
        keys = np.sort(keys)[::-1].copy()
    elif shape == "few":
        keys = keys[rng.integers(0, max(1, k // 50), k)] if k else keys
    elif shape == "digit":  # all have one and the same digit in the middle
        keys &= ~keys.dtype.type(0x3FF00)
    before = keys.copy()
    order = radix_sort.argsort(keys)
    assert order.dtype == np.intp
    np.testing.assert_array_equal(order, np.argsort(keys, kind="stable"))
    ordered, again = radix_sort.sorted_order(keys)
    assert ordered.dtype == keys.dtype
    np.testing.assert_array_equal(ordered, np.sort(keys))
    np.testing.assert_array_equal(again, order)
    np.testing.assert_array_equal(keys, before)
    starts = radix_sort.run_starts(ordered)
    np.testing.assert_array_equal(starts, np.unique(ordered, return_index=True)[1])


@pytest.mark.parametrize("k", [0, 1, 2, 2047, 2048, 5000])
@pytest.mark.parametrize("shape", [(7,), (3, 5), (100, 1, 200), (2**31, 2**31), (1,) * 4])
def test_linearised(k, shape):
    rng = np.random.default_rng(k)
    coords = np.stack([rng.integers(0, n, k) for n in shape])
    out, inside, increase = radix_sort.linearised(coords, shape)
    wanted = np.ravel_multi_index(tuple(coords), shape)
    np.testing.assert_array_equal(out, wanted)
    assert inside
    assert increase == bool(np.all(wanted[1:] > wanted[:-1]))
    unique = np.unique(wanted)
    coords = np.stack(np.unravel_index(unique, shape))
    assert radix_sort.linearised(coords, shape)[1:] == (True, True)
    for axis, n in enumerate(shape if k else ()):
        for bad in (-1, n, np.iinfo(np.int64).min, np.iinfo(np.int64).max):
            wrong = coords.copy()
            wrong[axis, rng.integers(coords.shape[1])] = bad
            assert not radix_sort.linearised(wrong, shape)[1]
