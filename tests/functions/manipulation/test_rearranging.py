"""Elements and axes that are moved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
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


MOVES = [
    np.transpose,
    lambda x: np.moveaxis(x, 0, 39),
    lambda x: np.flip(x, (0, 3)),
    lambda x: np.swapaxes(x, 0, 39),
    lambda x: np.rollaxis(x, 3),
    np.rot90,
    lambda x: np.expand_dims(x, (0, 7)),
    lambda x: np.squeeze(x[None]),
]


@pytest.mark.parametrize("move", MOVES)
def test_as_many_axes_as_qubits(move):
    # An ndarray has as many axes, most of them of length 1.
    rng = np.random.default_rng(0)
    some = np.sort(rng.choice(40, 8, replace=False))
    shape = tuple(2 if axis in some else 1 for axis in range(40))
    dense = rng.standard_normal(shape)
    check(move, (dense, qv.asarray(dense)))
    where = tuple(int(i) for i in rng.integers(0, 2, 40))
    x = qv.zeros((2,) * 40)
    x[where] = 7.0
    moved = move(x)
    assert (moved.nactive, moved.sum(), moved.size) == (1, 7, 2**40)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.multiply.outer(x, x),
        lambda x: x[(None,) * 40],
        lambda x: np.expand_dims(x, tuple(range(40))),
        lambda x: x.reshape((1,) * 70),
        lambda x: np.ones_like(x, shape=(1,) * 65),
        lambda x: np.broadcast_to(x, (1,) * 65),
        lambda x: x.reshape((1,) * 64)[None],
        lambda x: np.kron(x, x),
        lambda x: np.tensordot(x, x, 0),
        lambda x: x.reshape((1,) * 64),
    ],
)
def test_more_axes_than_numpy_has(call):
    x = np.ones((1,) * 40)
    check(call, (x, qv.asarray(x)))
