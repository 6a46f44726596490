"""Sums of products of packed integers, beside NumPy's of the integers themselves."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qvarray.kernels.packed_sums import Products
from qvarray.sources.bitpacked import Bits


def integers(seed, size, spread):
    rng = np.random.default_rng(seed)
    numbers = np.rint(rng.standard_cauchy(size) * spread).clip(-(2**15), 2**15 - 1)
    numbers[rng.random(size) < rng.random()] = 0
    return numbers.astype(np.int32)


def packed(numbers, group):
    return Bits.of(numbers, (group,)).groups


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 99),
    st.integers(1, 9000),
    st.tuples(*[st.sampled_from([8, 16, 32])] * 2),
    st.sampled_from([0.01, 0.5, 20.0, 9000.0]),
    st.lists(st.integers(0, 9000), max_size=3),
)
def test_sums_are_those_of_the_integers(seed, size, groups, spread, cuts):
    pair = [integers(seed + i, size, spread) for i in (0, 100)]
    one, two = (packed(x, group) for x, group in zip(pair, groups, strict=True))
    of_one, of_both = Products((one,)), Products((one, two))
    is_left_out = np.random.default_rng(seed).random(size) < 0.05
    ends = [0, *sorted(cut for cut in cuts if cut < size), size]
    low = []
    for begin, end in pairwise(ends):
        places = begin + np.flatnonzero(is_left_out[begin:end])
        low.append(of_both.read(begin, end, places))
        np.testing.assert_array_equal(of_one.read(begin, end, places)[0], low[-1][0])
    np.testing.assert_array_equal(np.concatenate(low, axis=1), np.stack(pair)[:, is_left_out])
    a, b = (x[~is_left_out].astype(np.int64) for x in pair)
    assert of_one.sums == [[a @ a]]
    assert of_both.sums == [[a @ a, a @ b], [a @ b, b @ b]]


@pytest.mark.parametrize("width", range(2, 17))
def test_every_width(width):
    numbers = np.array([-(2 ** (width - 1)), 2 ** (width - 1) - 1] * 32, np.int32)
    found = Products((packed(numbers, 16),))
    everywhere = np.arange(64)
    np.testing.assert_array_equal(found.read(0, 64, everywhere)[0], numbers)
    assert found.sums == [[0]]
