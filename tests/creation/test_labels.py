"""Arrays from labels instead of positions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

LABELS = st.sampled_from(
    [["tea", "ink", "rye"], [3, -1, 7], [0.5, -2.0, 1e9], list(np.array(["2024", "1999"], "M8[Y]"))]
)


@given(LABELS, LABELS, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1))
def test_labels(first, second, pairs):
    rows = [first[i % len(first)] for i, _ in pairs]
    columns = [second[j % len(second)] for _, j in pairs]
    values = np.arange(1.0, len(pairs) + 1)
    x, (down, across) = qv.from_coordinates([rows, columns], values, labels=True)
    expected = np.zeros((len(set(rows)), len(set(columns))))
    found, i = np.unique(np.asarray(rows), return_inverse=True)
    others, j = np.unique(np.asarray(columns), return_inverse=True)
    np.add.at(expected, (i, j), values)
    assert np.array_equal(x.todense(), expected)
    assert np.array_equal(down, found)
    assert np.array_equal(across, others)
    given_labels = list(reversed(found.tolist()))
    y, (same, _) = qv.from_coordinates([rows, columns], values, labels=[given_labels, None])
    if found.dtype.kind != "M":
        assert same == given_labels
        assert np.array_equal(y.todense(), expected[::-1])


def test_one_axis():
    x, (labels,) = qv.from_coordinates(["b", "a", "b"], [1, 2, 4], labels=True)
    assert labels.tolist() == ["a", "b"]
    assert x.todense().tolist() == [2, 5]
    huge = qv.from_coordinates(
        [["a"], ["b"]], 1.0, labels=[["a"], [f"{i}" for i in range(9)] + ["b"]]
    )
    assert huge.array.shape == (1, 10)


@pytest.mark.parametrize(
    ("coords", "how", "error", "words"),
    [
        ([["a", "b"], [1]], {"labels": True}, ValueError, "not as many of each"),
        ([["a", None]], {"labels": True}, ValueError, "position 1 is missing"),
        ([["a", 1]], {"labels": True}, TypeError, r"coords\[0\]: labels must .* order"),
        ([[1.0, np.nan]], {"labels": True}, ValueError, "position 1 is missing"),
        ([["a", "b"]], {"labels": [["a", "a"]]}, ValueError, "'a' is there more than once"),
        ([["a", "b"]], {"labels": [["a", "c"]]}, ValueError, "'b' is not among the labels"),
        ([["a", "b"]], {"labels": [[["a"]]]}, ValueError, r"labels\[0\] must be 1-D"),
        ([["a", "a"]], {"labels": True, "sum_duplicates": False}, ValueError, r"\('a',\) are dup"),
        ([["a", "b"]], {"labels": True, "shape": 2}, TypeError, "shape must be left out"),
        ([[1, 2]], {}, TypeError, "needs a shape, or labels=True"),
        ([], {"labels": True}, ValueError, "labels for each axis, got none"),
        ([["a", "b"]], {"shape": 3}, TypeError, "labels=True takes them as labels"),
    ],
)
def test_what_is_refused(coords, how, error, words):
    with pytest.raises(error, match=words):
        qv.from_coordinates(coords, [1.0, 2.0], **how)


def test_dates_are_compared_in_one_unit():
    ns, ps = np.array([1000, 2000], "M8[ns]"), np.array([1000, 2000], "M8[ps]")
    with pytest.raises(ValueError, match="not among the labels"):
        qv.from_coordinates([ns], [1.0, 2.0], labels=[ps])
    with pytest.raises(ValueError, match="not among labels of int64"):
        qv.from_coordinates([ns], [1.0, 2.0], labels=[[1000, 2000]])
    day = np.array(["2020-01-02", "2020-01-01"], "M8[D]")
    x = qv.from_coordinates([day], [1.0, 2.0], labels=[day.astype("M8[us]")]).array
    assert x.tolist() == [1.0, 2.0]


def test_different_labels_stay_different():
    large = [2**53, 2**53 + 1, 0.5]
    x, (labels,) = qv.from_coordinates([large], [1.0, 2.0, 3.0], labels=True)
    assert (x.tolist(), list(labels)) == ([3.0, 1.0, 2.0], [0.5, 2**53, 2**53 + 1])
    with pytest.raises(TypeError, match="order"):
        qv.from_coordinates([["1", 1]], [1.0, 2.0], labels=True)
    for lost in (None, np.nan):
        with pytest.raises(ValueError, match="position 1 is missing"):
            qv.from_coordinates([["a", lost]], [1.0, 2.0], labels=True)
