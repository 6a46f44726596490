"""Elements inserted, removed and repeated to another size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import check, elements, shapes, twins

from ..large import huge

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")

SMALL = st.sampled_from([np.dtype(name) for name in ["bool", "int8", "int64", "float64"]])
LARGE = 2**40
_INDICES = st.one_of(
    st.integers(-7, 7),
    st.lists(st.integers(-6, 6), max_size=5),
    st.lists(st.integers(-6, 6), max_size=5).map(lambda one: np.array(one, int)),
    st.lists(st.integers(-6, 6), max_size=5).map(lambda one: np.array(one, float)),
    st.lists(st.booleans(), max_size=6).map(lambda one: np.array(one, bool)),
    st.slices(6),
    st.just([[0, 1]]),
    st.just(True),
)


@given(twins(), _INDICES, st.data())
def test_delete(pair, obj, data):
    axis = data.draw(st.none() | st.integers(-pair[0].ndim - 1, pair[0].ndim))
    check(lambda x: np.delete(x, obj, axis), pair)


@given(twins(), st.data())
def test_delete_by_a_virtual_mask(pair, data):
    for mask in (pair[0].ravel() == 0, pair[0].ravel() != 0):
        for fill in (False, True):
            twin = (mask, qv.array(mask, fill_value=fill))
            check(lambda x, m: np.delete(x, m), pair, twin)


@given(twins(), _INDICES, st.data())
def test_insert(pair, obj, data):
    x = pair[0]
    axis = data.draw(st.none() | st.integers(-x.ndim - 1, x.ndim))
    dtype = data.draw(SMALL)
    values = data.draw(
        st.one_of(
            elements(dtype),
            st.sampled_from([2, 1.5, -1, 2j, 1000, True]),
            st.lists(elements(dtype), max_size=4),
            twins([dtype], st.just(x.shape)),
            twins([dtype], shapes(3, 2)),
        )
    )
    if isinstance(values, tuple):
        check(lambda a, v: np.insert(a, obj, v, axis), pair, values)
    else:
        check(lambda a: np.insert(a, obj, values, axis), pair)


def held(block, dtype):
    """A block whose elements integers hold: of others, NumPy's casts differ from loop to loop."""
    if dtype.kind not in "iu" or block.dtype.kind not in "fc":
        return block
    with np.errstate(invalid="ignore"):
        fits = (block.real >= (0 if dtype.kind == "u" else -100)) & (block.real <= 100)
    return np.where(fits, block, block.dtype.type(0))


@given(twins(shape=shapes(4, 3)), st.data())
def test_insert_what_fits(pair, data):
    x = pair[0]
    if not x.ndim:
        return
    axis = data.draw(st.integers(0, x.ndim - 1))
    n = x.shape[axis]
    count = data.draw(st.integers(0, 3))
    places = data.draw(st.lists(st.integers(-n, n), min_size=count, max_size=count))
    shape = list(x.shape)
    shape[axis] = data.draw(st.sampled_from([1, count]))
    block = data.draw(twins(shape=st.just(tuple(shape)), change=lambda b: held(b, x.dtype)))
    check(lambda a, v: np.insert(a, places, v, axis), pair, block)
    if count:
        check(lambda a, v: np.insert(a, places[0], v, axis), pair, block)
        check(lambda a, v: np.insert(a, places[0], v[0], axis), pair, block)


@given(twins(), st.sampled_from(["fb", "f", "b", "FB", "x"]), st.data())
def test_trim_zeros(pair, trim, data):
    x = pair[0]
    axis = data.draw(st.none() | st.integers(-x.ndim - 1, x.ndim) | st.just(()))
    check(lambda a: np.trim_zeros(a, trim, axis), pair)


@given(st.lists(st.booleans(), min_size=9, max_size=9), st.sampled_from([0.0, 2.0, -0.0]))
def test_trim_zeros_with_few_zeros(zeros, fill):
    x = np.where(np.reshape(zeros, (3, 3)), 0.0, 2.0)
    x = np.pad(x, 3, constant_values=2.0)
    x[0] = 0
    x[:, -1] = 0
    check(np.trim_zeros, (x, qv.array(x, fill_value=fill)))
    check(lambda a: np.trim_zeros(a, "b", 1), (x, qv.array(x, fill_value=fill)))


def test_inserted_and_removed_beyond_memory():
    x = huge((LARGE,), fill=1.0)
    at = int(x.active_indices[100])
    got = np.insert(x, [at, at + 1], [7.0, 8.0])
    assert [got[at + i] for i in range(3)] == [7.0, 110.0, 8.0]
    with pytest.raises(MemoryError):
        np.insert(x, slice(None), 1.0)
    assert np.insert(huge((2**20, 2**20)), 3, 0.0, axis=1).nactive == 10_000
    got = np.delete(x, [at - 1, 5])
    assert got.shape == (LARGE - 2,)
    assert got[at - 2] == 110.0
    assert np.delete(x, slice(None, None, 2)).shape == (LARGE // 2,)
    odd = x.active_indices[x.active_indices % 2 == 1]
    assert np.array_equal(np.delete(x, slice(None, None, 2)).active_indices, odd // 2)
    assert np.delete(x, slice(None, 10, -3)).nactive == pytest.approx(2 / 3 * x.nactive, rel=0.1)
    mask = x == 110.0
    assert np.delete(x, mask).nactive == x.nactive - 1
    assert np.delete(huge((2**20, 2**20)), 3, axis=1).shape == (2**20, 2**20 - 1)


def test_trim_zeros_beyond_memory():
    x = huge((2**20, 2**20), 100)
    rows, columns = x.spectrum.coordinates()
    got = np.trim_zeros(x)
    assert got.shape == (np.ptp(rows) + 1, np.ptp(columns) + 1)
    assert np.trim_zeros(huge((LARGE,), fill=3.0)).shape == (LARGE,)


SIZES = shapes(4, 3)


@given(
    twins(shape=SIZES),
    st.one_of(
        st.integers(-1, 30),
        st.lists(st.integers(0, 6), max_size=3),
        st.sampled_from([1.5, (2, -1)]),
    ),
)
def test_resize(pair, shape):
    check(lambda x: np.resize(x, shape), pair)
