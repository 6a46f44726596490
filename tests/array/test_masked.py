"""Masked arrays are refused: their masks would be lost."""

import numpy as np
import pytest

import qvarray as qv

MASKED = np.ma.masked_array([1.0, 2.0, 3.0], [False, True, False])


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x * MASKED,
        lambda x: np.add(x, MASKED),
        lambda x: np.add(MASKED, x),
        lambda x: np.subtract.outer(x, MASKED),
        lambda x: np.concatenate([x, MASKED]),
        lambda x: np.dot(x, MASKED),
        lambda x: np.where(MASKED, x, 0),
        lambda _: qv.asarray(MASKED),
        lambda _: qv.array(MASKED),
        lambda _: qv.encode(MASKED, tol=1e-3),
    ],
)
def test_refused(call):
    x = qv.asarray([1.0, 0.0, 2.0])
    with pytest.raises(TypeError):
        call(x)
    np.testing.assert_array_equal(x, [1.0, 0.0, 2.0])


def test_data_and_filled_are_taken():
    x = qv.asarray([1.0, 0.0, 2.0])
    np.testing.assert_array_equal(x * MASKED.filled(0.0), [1.0, 0.0, 6.0])
    np.testing.assert_array_equal(qv.asarray(MASKED.data), [1.0, 2.0, 3.0])
