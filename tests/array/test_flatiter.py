"""Keys of ``x.flat``: what NumPy's newest iterators take and refuse; older ones crash on some."""

import warnings

import numpy as np
import pytest

import qvarray as qv

DENSE = np.array([[4, 0, 6], [0, 8, 0]])


@pytest.mark.parametrize(
    ("key", "places"),
    [
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
    "key",
    [True, False, np.array(True), 1.0, 1.5, np.float64(2), [1.0, 2.0], ([1.5],), (1.0,), [1j],
     [[1.0], [5.9]], [6.0], "a", ["a"], [2**70], range(3), type],
    ids=repr,
)  # fmt: skip
def test_numpy_judges_keys_that_are_no_integers(key):
    """The result or error, and the warnings, of the installed NumPy."""
    outcomes = []
    for x in (qv.array(DENSE), DENSE.copy()):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            try:
                got = np.asarray(x.flat[key]).tolist()
                x.flat[key] = 7
            except (IndexError, ValueError, TypeError, OverflowError) as error:
                got = type(error)
        told = [(each.category, str(each.message)) for each in seen]
        outcomes.append((got, told, np.asarray(x).tolist()))
    if isinstance(key, np.ndarray) and outcomes[1][0] is ValueError:
        return  # before NumPy 2.4
    assert outcomes[0] == outcomes[1]


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
        (qv.zeros(5, bool), "did not match indexed flat iterator"),
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
