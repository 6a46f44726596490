"""Masked arrays keep their masks in operators and ufuncs, and are refused elsewhere."""

import numpy as np
import pytest

import qvarray as qv

MASKED = np.ma.masked_array([1.0, 2.0, 3.0], [False, True, False])


@pytest.mark.parametrize(
    "call",
    [
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


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x * MASKED,
        lambda x: MASKED * x,
        lambda x: x == MASKED,
        lambda x: np.add(x, MASKED),
        lambda x: np.add(MASKED, x),
        lambda x: np.subtract.outer(x, MASKED),
    ],
)
def test_masks_are_kept(call):
    x = np.array([1.0, 0.0, 2.0])
    expected, got = call(x), call(qv.asarray(x))
    assert type(got) is np.ma.MaskedArray
    np.testing.assert_array_equal(got.mask, expected.mask)
    np.testing.assert_array_equal(got.filled(7), expected.filled(7), strict=True)


def test_data_and_filled_are_taken():
    x = qv.asarray([1.0, 0.0, 2.0])
    np.testing.assert_array_equal(x * MASKED.filled(0.0), [1.0, 0.0, 6.0])
    np.testing.assert_array_equal(qv.asarray(MASKED.data), [1.0, 2.0, 3.0])
