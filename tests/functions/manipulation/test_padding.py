"""Arrays padded at the ends of their axes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import check, shapes, twins

from ..large import huge

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

LARGE = 2**40
SIZES = shapes(4, 3)


def widths(ndim):
    width = st.integers(0, 4)
    pair = st.tuples(width, width)
    each = st.lists(pair, min_size=ndim, max_size=ndim)
    odd = st.sampled_from(
        [-1, 1.5, (1, -2), [[1], [2]], np.uint8(1), {0: 2}, {-1: (1, 2)}, {0: [1, 2]}, {5: 1}, []]
    )
    return st.one_of(width, pair, each, each, each, odd)


@given(twins(shape=SIZES), st.data())
def test_pad_with_constants(pair, data):
    x = pair[0]
    width = data.draw(widths(x.ndim))
    check(lambda a: np.pad(a, width), pair)
    value = st.sampled_from([0, 1, -0.0, 2.5, np.nan, 300, 1j, np.float64(2.5), True])
    values = data.draw(
        value
        | st.tuples(value, value)
        | st.lists(st.tuples(value, value), min_size=x.ndim, max_size=x.ndim)
    )
    check(lambda a: np.pad(a, width, constant_values=values), pair)
    if x.size:
        fill = x.ravel()[0]
        check(lambda a: np.pad(a, width, "constant", constant_values=fill), pair)


@pytest.mark.parametrize("mode", ["edge", "wrap", "reflect", "symmetric"])
@given(pair=twins(shape=SIZES), data=st.data())
def test_pad_with_elements(mode, pair, data):
    width = data.draw(widths(pair[0].ndim))
    check(lambda a: np.pad(a, width, mode), pair)
    if mode in ("reflect", "symmetric"):
        check(lambda a: np.pad(a, width, mode, reflect_type="even"), pair)
        check(lambda a: np.pad(a, width, mode, reflect_type="odd"), pair)


@pytest.mark.parametrize("mode", ["edge", "wrap", "reflect", "symmetric"])
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_long_pads(mode, n):
    x = np.zeros((n, 40))
    x[:, 7] = np.arange(n) + 1
    for before in range(12):
        for after in (0, 1, 5, 11):
            width = [(before, after), (3, 2)]
            check(lambda a, w=width: np.pad(a, w, mode), (x, qv.array(x)))
            assert np.pad(qv.array(x), width, mode).nactive < x.size


@pytest.mark.parametrize("mode", ["maximum", "minimum", "mean", "median", "linear_ramp"])
@given(pair=twins([np.dtype(t) for t in ("bool", "int8", "int64")], shape=SIZES), data=st.data())
@settings(max_examples=40)
def test_pad_with_statistics(mode, pair, data):
    width = data.draw(widths(pair[0].ndim))
    check(lambda a: np.pad(a, width, mode), pair)
    if mode == "linear_ramp":
        check(lambda a: np.pad(a, width, mode, end_values=3), pair)
    else:
        length = data.draw(widths(pair[0].ndim) | st.none())
        check(lambda a: np.pad(a, width, mode, stat_length=length), pair)


@given(twins([np.dtype("f8")], shape=SIZES), st.integers(0, 3))
def test_pad_with_extrema_of_floats(pair, width):
    x = np.where(pair[0] == 0, 0.0, pair[0])
    for fill in (0.0, *x.ravel()[:2]):
        twin = (x, qv.array(x, fill_value=fill))
        check(lambda a: np.pad(a, width, "maximum"), twin)
        check(lambda a: np.pad(a, width, "minimum", stat_length=2), twin)


def test_pad_by_a_function_and_wrong_arguments():
    pair = (np.ones((2, 3)), qv.array(np.ones((2, 3))))

    def put(vector, width, axis, kwargs):
        vector[: width[0]] = axis + kwargs.get("more", 0)

    check(lambda a: np.pad(a, 2, put, more=3), pair)
    check(lambda a: np.pad(a, 2, "nothing"), pair)
    check(lambda a: np.pad(a, 2, "edge", constant_values=2), pair)
    check(lambda a: np.pad(a, 2, "constant", stat_length=2), pair)
    check(lambda a: np.pad(a, 2, "maximum", stat_length=0), pair)
    check(lambda a: np.pad(a, [1, 2, 3]), pair)
    assert np.pad(pair[1], 1, "empty").shape == (4, 5)
    assert np.array_equal(np.pad(pair[1], 1, "empty")[1:-1, 1:-1], pair[0])


def test_pads_beyond_memory():
    x = huge((LARGE,), fill=2.0)
    at = int(x.active_indices[5])
    assert np.pad(x, 3)[at + 3] == 15.0
    assert np.pad(x, 3)[0] == 0.0
    assert np.pad(x, LARGE, constant_values=2.0)[at + LARGE] == 15.0
    assert np.pad(x, LARGE, "wrap")[at] == 15.0
    assert np.pad(x, LARGE, "symmetric")[LARGE - 1 - at] == 15.0
    assert np.pad(x, LARGE - 1, "reflect")[LARGE - 1 - at] == 15.0
    assert np.pad(x, LARGE, "edge").nactive == 10_000
    assert np.pad(x, 3, "maximum")[0] == 10_009.0
    square = huge((2**20, 2**20))
    assert np.pad(square, 2**19, "reflect").shape == (2**21, 2**21)
    assert np.pad(square, 5, "minimum").shape == (2**20 + 10, 2**20 + 10)
