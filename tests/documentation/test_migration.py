"""The tables of the pages on migration: nothing is left out, and what they say is so."""

import warnings

import numpy as np
import pytest
import scipy.sparse
import sparse
import sparse_table

import qvarray as qv

A = np.zeros((3, 4))
A[[0, 1, 2], [1, 0, 3]] = [1.0, -2.5, 3.0]


def names():
    s = sparse.COO.from_numpy(A)
    m = scipy.sparse.coo_array(A)
    coords, data, shape = s.coords, s.data, s.shape
    return globals() | {"s": s, "x": qv.asarray(A), "a": A, "m": m} | locals()


def dense(array):
    for how in ("todense", "toarray"):
        if hasattr(array, how):
            return np.asarray(getattr(array, how)())
    return np.asarray(array)


def test_every_name_of_sparse_is_in_a_table():
    functions, shared = sparse_table.same()
    listed = functions.keys() | sparse_table.FUNCTIONS.keys()
    assert set(sparse.__all__) <= listed
    assert sparse_table.attributes() <= set(shared) | sparse_table.ARRAYS.keys()
    assert len(list(sparse_table.differing())) > 40


@pytest.mark.parametrize("row", sparse_table.differing(), ids=lambda row: row.theirs)
def test_both_columns_give_the_same(row):
    assert row.ours or row.note
    if row.theirs.startswith(("sparse.load_npz", "sparse.save_npz")):
        return
    theirs = eval(row.theirs, names())
    if row.ours:
        np.testing.assert_array_equal(dense(theirs), dense(eval(row.ours, names())))


#: Of the same name, and another type: ours has Python floats, as the array API says.
OTHER_TYPES = {"finfo"}


def test_functions_of_the_same_name_are_the_same_functions():
    functions, _ = sparse_table.same()
    space, compared = names(), 0
    for name, full in functions.items():
        if name in OTHER_TYPES:
            continue
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                theirs = eval(f"sparse.{name}(s)", space)
        except (TypeError, ValueError, AttributeError, RuntimeError):
            continue
        if isinstance(theirs, (tuple, list, type, np.dtype, np.generic)):
            continue
        with np.errstate(all="ignore"):
            ours = eval(f"{full}(x)", space)
        np.testing.assert_array_equal(dense(theirs), dense(ours), err_msg=name)
        compared += 1
    assert compared > 60
