"""Series and DataFrames of pandas, there and back."""

import operator
import sys

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

pd = pytest.importorskip("pandas")


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcde"), st.integers(0, 9)), st.integers(1, 9), max_size=20
    ),
    st.sampled_from([0, 7]),
)
def test_series_there_and_back(entries, fill):
    index = pd.MultiIndex.from_tuples(list(entries), names=["l", "n"]) if entries else None
    s = pd.Series(list(entries.values()), index, dtype=np.int64)
    x, labels = qv.from_pandas(s, fill_value=fill)
    assert x.dtype == np.int64
    if entries:
        dense = s.unstack(fill_value=fill).sort_index().sort_index(axis=1)
        assert np.array_equal(x.todense(), dense.to_numpy())
        assert [list(each) for each in labels] == [list(dense.index), list(dense.columns)]
        assert x.fill_value == fill or x.nactive == x.size
        back = qv.to_pandas(x, labels, names=["l", "n"])
        assert back.equals(s[s != x.fill_value].sort_index())


def test_as_xarray_does():
    xr = pytest.importorskip("xarray")
    index = pd.MultiIndex.from_tuples([("b", 1), ("a", 2)], names=["l", "n"])
    s = pd.Series([1.0, 2.0], index)
    x, labels = qv.from_pandas(s, fill_value=np.nan)
    field = xr.DataArray(x, coords=dict(zip(["l", "n"], labels, strict=True)), dims=["l", "n"])
    assert field.copy(data=x.todense()).equals(xr.DataArray.from_series(s))


def test_one_axis_and_huge_ones():
    x, (labels,) = qv.from_pandas(pd.Series([1.5, 2.5], ["b", "a"]))
    assert list(labels) == ["a", "b"]
    assert x.todense().tolist() == [2.5, 1.5]
    huge = qv.from_coordinates([[0, 2**39], [5, 7]], [1.0, 2.0], (2**40, 2**20), fill_value=3.0)
    s = qv.to_pandas(huge, names=["row", "column"])
    assert s.to_dict() == {(0, 5): 1.0, (2**39, 7): 2.0}
    assert qv.to_pandas(huge[0]).to_dict() == {5: 1.0}
    wave = qv.from_eigenvalues([1.0], [0], 4, basis="haar")
    assert np.allclose(qv.to_pandas(wave), [0.5] * 4)


def test_frames():
    a = sp.random_array((20, 30), density=0.1, random_state=0, format="csr")
    frame = pd.DataFrame.sparse.from_spmatrix(
        sp.csr_matrix(a), columns=[f"c{i}" for i in range(30)]
    )
    x, (rows, columns) = qv.from_pandas(frame)
    assert np.array_equal(x.todense(), a.toarray())
    assert x.nactive == a.nnz
    assert (len(np.asarray(rows)), np.asarray(columns)[3]) == (20, "c3")
    assert np.array_equal(qv.from_pandas(frame.sparse.to_dense()).array.todense(), a.toarray())


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (pd.Series([1, 2], ["a", "a"]), ValueError, r"\('a',\) are duplicated"),
        (pd.Series([1, 2], ["a", None]), ValueError, "level 0 .* no label at position 1"),
        (pd.Series(["x", "y"]), TypeError, "such as 'x'"),
        (pd.Series([1, None], dtype=object), TypeError, "such as None"),
        ([1, 2], TypeError, "takes a Series or a DataFrame, got list"),
    ],
)
def test_what_is_refused(given, error, words):
    with pytest.raises(error, match=words):
        qv.from_pandas(given)


def test_duplicates_are_added_up_where_asked():
    s = pd.Series([1, 2], ["a", "a"])
    assert qv.from_pandas(s, sum_duplicates=True).array.todense().tolist() == [3]


def test_labels_that_do_not_fit():
    x = qv.from_coordinates([[0], [1]], [1.0], (2, 2))
    with pytest.raises(ValueError, match=r"labels\[0\]: 'a' is there more than once"):
        qv.to_pandas(x, [["a", "a"], None])
    with pytest.raises(ValueError, match=r"labels\[1\] has 3 labels for an axis of length 2"):
        qv.to_pandas(x, [None, [1, 2, 3]])
    with pytest.raises(ValueError, match="labels for 1 axes, but the array has 2"):
        qv.to_pandas(x, [None])
    with pytest.raises(ValueError, match="at least one axis"):
        qv.to_pandas(3.0)


def test_without_pandas(monkeypatch):
    s = pd.Series([1])
    monkeypatch.setitem(sys.modules, "pandas", None)
    for call in (
        lambda: qv.from_pandas(s),
        lambda: qv.to_pandas([1]),
        lambda: qv.read_coordinates("a.csv"),
    ):
        with pytest.raises(qv.MissingExtraError, match=r'pip install "qvarray\[tables\]"'):
            call()


@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.parametrize(
    "call",
    [operator.add, operator.truediv, operator.pow, operator.lt, operator.eq, np.add, np.maximum],
)
def test_operators_of_frames_are_those_with_an_ndarray(call, reflected):
    dense = np.array([[0.0, 2.0, 0.0], [3.0, 0.0, 1.0]])
    frame = pd.DataFrame(dense + 1, columns=list("abc"))
    for table, elements in ((frame, dense), (frame["a"], dense[:, 1])):
        pairs = [(table, elements), (table, qv.asarray(elements))]
        expected, got = (call(*(pair[::-1] if reflected else pair)) for pair in pairs)
        assert type(got) is type(expected)
        assert got.equals(expected)
