"""Keys of ``x.flat``: what NumPy's newest iterators take and refuse; older ones crash on some."""

import numpy as np
import pytest

import qvarray as qv

DENSE = np.array([[4, 0, 6], [0, 8, 0]])


@pytest.mark.parametrize(
    ("key", "places"),
    [
        (True, 0),
        (False, []),
        (np.array(True), 0),
        ((), [0, 1, 2, 3, 4, 5]),
        ((1,), 1),
        (([0, 4],), [0, 4]),
        ((slice(1, 3),), [1, 2]),
        ([True, 1], [1, 1]),
        ([], []),
        (np.array([[4, 0]]), [[4, 0]]),
        (DENSE.ravel() > 4, [2, 4]),
    ],
)
def test_taken(key, places):
    expected = DENSE.ravel()[np.array(places, int)]
    np.testing.assert_array_equal(qv.array(DENSE).flat[key], expected, strict=True)
    if isinstance(key, tuple) and not key:
        return
    x, y = qv.array(DENSE), DENSE.copy()
    x.flat[key] = 7
    y.reshape(-1)[np.array(places, int)] = 7
    np.testing.assert_array_equal(np.asarray(x), y)


@pytest.mark.parametrize(
    ("key", "match"),
    [
        (None, "only integers"),
        ((None,), "only integers"),
        ((1, 2), "too many indices for flat iterator"),
        ([True, False], "boolean indices for iterators"),
        (np.True_, "boolean indices for iterators"),
        ((True,), "boolean indices for iterators"),
        (np.zeros(5, bool), "did not match indexed flat iterator"),
        (6, "out of bounds"),
        ([0, 6], "out of bounds"),
    ],
)
def test_refused(key, match):
    x = qv.array(DENSE)
    with pytest.raises(IndexError, match=match):
        _ = x.flat[key]
    with pytest.raises(IndexError, match=match):
        x.flat[key] = 7
    np.testing.assert_array_equal(np.asarray(x), DENSE)


@pytest.mark.parametrize("key", [(), (...,)])
def test_empty_keys_are_not_assigned_to(key):
    with pytest.raises(IndexError, match="0-D index"):
        qv.array(DENSE).flat[key] = 7
