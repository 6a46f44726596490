"""Arrays from existing data: conversions, and what is read from elsewhere."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import DTYPES, FLOATS, assert_same, check, twins

ORDERS = st.sampled_from(["C", "F", "A", "K", "Q"])
LIKE = qv.asarray([0.0])


def same_outcome(call, like_call):
    """The call with ``like=`` makes a VirtualQArray of what the one without makes, or refuses."""
    check(lambda make: make(), (call, like_call))


@given(twins(), st.data())
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
def test_conversions_of_virtual_arrays(pair, data):
    kinds = DTYPES if pair[0].dtype.kind in "biu" else FLOATS
    dtype = data.draw(st.none() | st.sampled_from(kinds))
    copy = data.draw(st.sampled_from([None, True, False]))
    # An order in memory is nothing that a copy would be needed for.
    order = data.draw(ORDERS) if copy is not False else None
    ndmin = data.draw(st.integers(0, 4))
    check(
        lambda x: np.asarray(x, dtype, order, copy=copy, like=LIKE if x is pair[1] else None), pair
    )
    check(lambda x: np.asanyarray(x, dtype, like=LIKE if x is pair[1] else None), pair)
    check(
        lambda x: np.array(x, dtype, copy=copy, ndmin=ndmin, like=LIKE if x is pair[1] else None),
        pair,
    )
    check(lambda x: np.ascontiguousarray(x, dtype, like=LIKE if x is pair[1] else None), pair)
    check(lambda x: np.asfortranarray(x, dtype, like=LIKE if x is pair[1] else None), pair)
    for wanted in (None, "C", ["F", "W"], ["C", "F"], "E", ["?"]):
        check(
            lambda x, w=wanted: np.require(x, dtype, w, like=LIKE if x is pair[1] else None), pair
        )


def test_conversions_copy_where_asked():
    x = qv.asarray([1.0, 0.0, 2.0])
    assert np.asarray(x, like=x) is x
    assert np.array(x, copy=None, like=x) is x
    for y in (np.array(x, like=x), np.asarray(x, copy=True, like=x)):
        y[0] = 5.0
        assert y is not x
    assert x[0] == 1.0
    for copy in (np.array, np.asarray):
        with pytest.raises(ValueError, match="copy"):
            copy([1.0], copy=False, like=x)
    one = np.arange(3.0)
    y = np.asarray(one, like=x)
    one[:] = 7
    assert_same(np.arange(3.0), y)


@given(st.lists(twins(shape=st.just((3, 1))), min_size=1, max_size=3), st.booleans())
def test_conversions_of_lists_of_arrays(pairs, mixed):
    xs, ys = ([pair[i] for pair in pairs] for i in range(2))
    ys = [*ys, xs[0]] if mixed else ys
    xs = [*xs, xs[0]] if mixed else xs
    same_outcome(lambda: np.array(xs), lambda: np.array(ys, like=LIKE))
    same_outcome(lambda: np.asarray([*xs, 0]), lambda: np.asarray([*ys, 0], like=LIKE))


def test_conversions_of_lists_of_what_cannot_be_materialised():
    x = qv.from_coordinates([[3], [4]], [5.0], (2**20, 2**40))
    for both in (np.array([x, x], like=x), qv.asarray((x, x)), qv.concat([[x], [x]])):
        assert both.shape == (2, 2**20, 2**40)
        assert both[1, 3, 4] == 5
        assert both.nactive == 2


@given(st.lists(st.integers(-3, 3) | st.floats(-1, 1), max_size=5), st.integers(0, 3))
def test_conversions_of_lists(values, ndmin):
    for make in (np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.require):
        same_outcome(lambda m=make: m(values), lambda m=make: m(values, like=LIKE))
    same_outcome(
        lambda: np.array(values, ndmin=ndmin), lambda: np.array(values, ndmin=ndmin, like=LIKE)
    )
    same_outcome(lambda: np.array([[1], [1, 2]]), lambda: np.array([[1], [1, 2]], like=LIKE))
    with pytest.raises(TypeError):
        np.array(["a"], like=LIKE)


def test_from_elsewhere(tmp_path):
    rows = ["1 2", "3 4"]
    data = np.arange(5, dtype=np.int16).tobytes()
    path = tmp_path / "numbers"
    path.write_bytes(data)
    calls = [
        lambda **like: np.fromiter(iter([0, 3, 0]), float, **like),
        lambda **like: np.fromiter(range(9), "i2", count=4, **like),
        lambda **like: np.fromiter(range(2), "i2", count=4, **like),
        lambda **like: np.frombuffer(data, np.int16, 2, 4, **like),
        lambda **like: np.frombuffer(data, np.int32, **like),
        lambda **like: np.fromfile(path, np.int16, **like),
        lambda **like: np.fromstring("1 2 3", sep=" ", **like),
        lambda **like: np.loadtxt(rows, **like),
        lambda **like: np.loadtxt(rows, int, ndmin=2, usecols=0, **like),
        lambda **like: np.loadtxt(["1 a"], **like),
        lambda **like: np.genfromtxt(rows, **like),
        lambda **like: np.genfromtxt(["1,,2"], delimiter=",", filling_values=7, **like),
        lambda **like: np.fromfunction(lambda i, j: i - j, (2, 3), **like),
        lambda **like: np.fromfunction(lambda i, by: i * by, (4,), dtype=int, by=3, **like),
        lambda **like: np.fromfunction(lambda i: 7, (4,), **like),
        lambda **like: np.fromfunction(lambda i: i, 4, **like),
    ]
    for call in calls:
        same_outcome(call, lambda c=call: c(like=LIKE))
    for refused in (
        lambda: np.genfromtxt(rows, usemask=True, like=LIKE),
        lambda: np.loadtxt(["1 a"], dtype="i4,U3", like=LIKE),
    ):
        with pytest.raises(TypeError):
            refused()
    unpacked = np.genfromtxt(io.StringIO("1 2\n3 4"), unpack=True, like=LIKE)
    assert_same(np.array([[1.0, 3.0], [2.0, 4.0]]), unpacked)
