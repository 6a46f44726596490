"""Elements moved round."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin import check, shapes, twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

SIZES = shapes(4, 3)


def axes(x, data):
    return data.draw(st.none() | st.integers(-x.ndim - 1, x.ndim))


@given(twins(shape=SIZES), st.data())
def test_roll(pair, data):
    shift = st.integers(-9, 9) | st.sampled_from([2**70, 1.7])
    many = st.lists(shift, max_size=3)
    ndim = pair[0].ndim
    far, one = data.draw(shift | many), axes(pair[0], data)
    axis = data.draw(st.lists(st.integers(-ndim - 1, ndim), max_size=3))
    check(lambda x: np.roll(x, far), pair)
    check(lambda x: np.roll(x, far, one), pair)
    check(lambda x: np.roll(x, far, tuple(axis)), pair)
    if ndim:
        axis = data.draw(st.lists(st.integers(-ndim, ndim - 1), min_size=1, max_size=3))
        shifts = data.draw(st.lists(shift, min_size=len(axis), max_size=len(axis)))
        check(lambda x: np.roll(x, shifts, axis), pair)
