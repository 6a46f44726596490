"""Arrays of indices: of triangles, open meshes, and positions of several indices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import DTYPES, assert_same, check, shapes, twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")

SIZES = shapes(5, 3)
OFFSETS = st.integers(-6, 6)


@given(twins(shape=SIZES), OFFSETS)
def test_indices_from(pair, k):
    check(lambda x: np.tril_indices_from(x, k), pair)
    check(lambda x: np.triu_indices_from(x, k), pair)
    check(np.diag_indices_from, pair)
    square = (np.zeros((3, 3, 3)), qv.array(np.zeros((3, 3, 3))))
    check(np.diag_indices_from, square)


@given(st.lists(twins(shape=shapes(4, 2)), min_size=1, max_size=3))
def test_open_mesh(pairs):
    check(np.ix_, *pairs)
    check(lambda x: np.ix_(x, [True, False], []), pairs[0])


INTEGERS = [dtype for dtype in DTYPES if dtype.kind in "iu"]
DIMS = shapes(5).map(list) | st.integers(0, 6) | st.sampled_from([(2**31, 2**31), (2**40, 2**40)])
MODES = st.sampled_from(["raise", "wrap", "clip"])


@given(twins(INTEGERS), twins(INTEGERS), DIMS, MODES, MODES, st.sampled_from(["C", "F", "A"]))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_positions_of_indices(pair, other, dims, mode, second, order):
    check(lambda x, y: np.ravel_multi_index((x, y), dims, mode, order), pair, other)
    check(lambda x, y: np.ravel_multi_index([x], dims, (mode,), order), pair, other)
    check(lambda x, y: np.ravel_multi_index((x, y), (3, 4), (mode, second), order), pair, other)
    check(lambda x, y: np.ravel_multi_index((1, y, [0]), (2, 3, 4), mode), pair, other)
    check(lambda x, y: np.ravel_multi_index(x, (2, 3), mode), pair, other)


@given(twins(), MODES)
def test_positions_of_any_type(pair, mode):
    check(lambda x: np.ravel_multi_index((x, x), (3, 4), mode), pair)
    check(lambda x: np.unravel_index(x, (3, 4)), pair)


@given(twins(INTEGERS), DIMS | st.sampled_from([(), (2.5,), (-1, 2)]), st.sampled_from("CFA"))
def test_indices_of_positions(pair, dims, order):
    check(lambda x: np.unravel_index(x, dims, order), pair)


@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from("CF"), st.data())
def test_positions_and_back(n, m, order, data):
    where = data.draw(st.lists(st.integers(0, n * m - 1) | st.just(0), max_size=9))
    positions = np.array(where, np.int64)
    pair = positions, qv.array(positions)
    check(lambda x: np.unravel_index(x, (n, m), order), pair)
    x, y = np.unravel_index(pair[1], (n, m), order)
    assert_same(positions, np.ravel_multi_index((x, y), (n, m), order=order))


def test_positions_that_cannot_be_materialised():
    at, values = [5, 2**40], [2**30 + 7, 2**59]
    positions = qv.from_coordinates([at], values, 2**41)
    rows, columns = np.unravel_index(positions, (2**30, 2**30))
    assert rows.shape == (2**41,)
    assert [rows[i] for i in at] == [1, 2**29]
    assert [columns[i] for i in at] == [7, 0]
    back = np.ravel_multi_index((rows, columns), (2**30, 2**30))
    assert [back[i] for i in (0, *at)] == [0, *values]
    with pytest.raises(ValueError, match="invalid entry"):
        np.ravel_multi_index((rows, columns), (2**30, 7))
    with pytest.raises(ValueError, match="out of bounds"):
        np.unravel_index(positions, 2**59)
