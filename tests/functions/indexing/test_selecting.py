"""Elements picked and written by positions along an axis."""

import numpy as np
import pytest

import qvarray as qv
from tests.twin import check

INDICES = [
    (np.array([[0, 1, 2, 3], [3, 2, 1, 0], [0, 0, 0, 0]]), 1),
    (np.array([[0, 0, 0, 0]]), 0),
    (np.zeros((0, 4), int), 0),
    (np.zeros((1, 0), int), 1),
    (np.zeros((0, 2), int), 1),
    (np.zeros((2, 3), int), 1),
]


@pytest.mark.parametrize(("indices", "axis"), INDICES)
@pytest.mark.parametrize("rows", [1, 3])
def test_positions_along_an_axis_are_broadcast_against_the_others(indices, axis, rows):
    x = np.arange(1.0, 4 * rows + 1).reshape(rows, 4)
    check(lambda a: np.take_along_axis(a, indices, axis), (x, qv.array(x)))

    def put(a):
        out = a.copy()
        np.put_along_axis(out, indices, -1.0, axis)
        return out

    check(put, (x, qv.array(x)))
