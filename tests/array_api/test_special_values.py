"""Where the standard asks for other values or types than NumPy gives."""

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import DTYPES, assert_same, twins

inf, nan = np.inf, np.nan

#: A pair and its ``floor_divide``: infinity over a finite number is NaN in NumPy.
OVER_INFINITY = [
    (inf, 2.0, inf),
    (inf, -2.0, -inf),
    (-inf, 2.0, -inf),
    (-inf, -2.0, inf),
    (inf, 0.0, inf),
    (inf, -0.0, -inf),
    (-inf, 0.0, -inf),
    (-inf, -0.0, inf),
    (2.0, inf, 0.0),
    (2.0, -inf, -1.0),
    (-2.0, inf, -1.0),
    (-2.0, -inf, 0.0),
    (2.0, 0.0, inf),
    (-2.0, 0.0, -inf),
    (2.0, -0.0, -inf),
    (0.0, 2.0, 0.0),
    (0.0, -2.0, -0.0),
    (-0.0, 2.0, -0.0),
    (0.0, 0.0, nan),
    (inf, inf, nan),
    (-inf, inf, nan),
    (nan, 1.0, nan),
    (1.0, nan, nan),
    (7.5, 2.0, 3.0),
    (-7.5, 2.0, -4.0),
]

#: ``expm1`` of complex numbers, as C99 has ``exp``; those of negative imaginary parts follow.
EXPM1 = [
    (complex(0.0, 0.0), complex(0.0, 0.0)),
    (complex(-0.0, 0.0), complex(-0.0, 0.0)),
    (complex(1.0, inf), complex(nan, nan)),
    (complex(1.0, nan), complex(nan, nan)),
    (complex(inf, 0.0), complex(inf, 0.0)),
    (complex(-inf, 0.0), complex(-1.0, 0.0)),
    (complex(-inf, 2.0), complex(-1.0, 0.0)),
    (complex(inf, 2.0), complex(-inf, inf)),
    (complex(-inf, inf), complex(-1.0, 0.0)),
    (complex(inf, inf), complex(inf, nan)),
    (complex(-inf, nan), complex(-1.0, 0.0)),
    (complex(inf, nan), complex(inf, nan)),
    (complex(nan, 0.0), complex(nan, 0.0)),
    (complex(nan, 2.0), complex(nan, nan)),
    (complex(nan, nan), complex(nan, nan)),
]


def same_parts(expected, got):
    for one, other in ((expected.real, got.real), (expected.imag, got.imag)):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floor_divide(dtype):
    x1, x2, expected = np.array(OVER_INFINITY, dtype).T
    with np.errstate(all="ignore"):
        for a, b in ((x1, x2), (qv.asarray(x1), x2), (qv.asarray(x1), qv.asarray(x2))):
            got = qv.floor_divide(a, b)
            assert got.dtype == dtype
            np.testing.assert_array_equal(got.todense(), expected)
            zeros = expected == 0
            assert np.array_equal(np.signbit(got.todense()[zeros]), np.signbit(expected[zeros]))
        for one, other, result in OVER_INFINITY:
            np.testing.assert_array_equal(qv.floor_divide(qv.asarray(one), other), result)
            np.testing.assert_array_equal(qv.floor_divide(one, qv.asarray(other)), result)
            np.testing.assert_array_equal(qv.floor_divide(one, other), result)


def test_floor_divide_warns_of_what_has_no_value():
    assert qv.floor_divide(qv.asarray([inf, 4.0]), 2.0).todense().tolist() == [inf, 2.0]
    with pytest.warns(RuntimeWarning, match="invalid"):
        qv.floor_divide(qv.asarray([inf]), qv.asarray([inf]))
    # NumPy's own function is as it was.
    with np.errstate(invalid="ignore"):
        assert np.isnan(np.floor_divide(qv.asarray([inf]), 2.0)[0])
        out = qv.empty(1)
        assert qv.floor_divide(qv.asarray([inf]), 2.0, out=out) is out


@given(pair=twins([np.dtype(float), np.dtype("float32"), np.dtype("int8")]), data=st.data())
@pytest.mark.filterwarnings("ignore")
def test_floor_divide_of_any_arrays(pair, data):
    x, y = pair
    divisor = data.draw(st.sampled_from([1.0, -2.0, 0.5, inf, -inf, 3]))
    with np.errstate(all="ignore"):
        expected = np.floor_divide(x, divisor)
        if np.isfinite(divisor):
            expected = np.where(np.isinf(x), np.asarray(x * divisor, expected.dtype), expected)
        assert_same(np.asarray(expected), qv.floor_divide(y, divisor))


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_expm1(dtype):
    x, expected = np.array(EXPM1, dtype).T
    with np.errstate(all="ignore"):
        for a in (x, qv.asarray(x), qv.array(x, fill_value=x[5])):
            got = qv.expm1(a)
            assert got.dtype == dtype
            same_parts(expected, got.todense())
            same_parts(expected.conj(), qv.expm1(qv.asarray(x.conj())).todense())
    small = qv.expm1(qv.asarray([1e-20 + 0j, complex(inf, 0)]))
    assert small.todense()[0] == 1e-20


def test_expm1_stays_sparse():
    x = qv.from_coordinates([[3, 2**39]], [complex(inf, 0), 1j], (2**40,))
    got = qv.expm1(x)
    assert got.nactive == 2
    assert got[3] == complex(inf, 0)
    assert qv.expm1(qv.asarray([0.0, -inf])).todense().tolist() == [0.0, -1.0]


@given(pair=twins(), low=st.none() | st.integers(0, 2), high=st.none() | st.integers(1, 3))
@pytest.mark.filterwarnings("ignore")
def test_clip(pair, low, high):
    x, y = pair
    if x.dtype.kind == "b" and low is high:
        return  # which NumPy refuses
    expected = np.asarray(np.clip(x, low, high))
    assert_same(expected, qv.clip(y, low, high))
    assert_same(expected, qv.clip(y, low, max=high))
    assert_same(expected, qv.clip(y, min=low, max=high))
    assert_same(expected, qv.clip(x, low, high))
    assert_same(np.asarray(np.clip(x, 0, 1)), qv.clip(y, a_min=0, a_max=1))


def test_clip_writes_to_an_output():
    out = qv.empty(3)
    assert qv.clip(qv.asarray([1.0, 5.0, 9.0]), 2, 6, out) is out
    assert out.tolist() == [2.0, 5.0, 6.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_limits_are_numbers_of_python(dtype):
    limits, expected = qv.finfo(dtype), np.finfo(dtype)
    for name in ("eps", "max", "min", "smallest_normal"):
        assert type(getattr(limits, name)) is float
        assert getattr(limits, name) == getattr(expected, name)
    assert type(limits.bits) is int
    assert limits.dtype == expected.dtype
    assert isinstance(limits.dtype, np.dtype)
    assert limits.tiny == expected.tiny
    assert repr(limits) == repr(expected)
    assert pickle.loads(pickle.dumps(limits)).eps == limits.eps
    assert qv.finfo(qv.ones(3, dtype=dtype)).max == limits.max
    with pytest.raises(AttributeError):
        _ = limits.nothing
    for number in (qv.iinfo(np.int8).max, qv.iinfo(np.int8).min, qv.iinfo(np.int8).bits):
        assert type(number) is int


def test_limits_of_long_numbers_are_not_rounded():
    assert qv.finfo(np.longdouble).max == np.finfo(np.longdouble).max < inf
    with pytest.raises(ValueError, match="not inexact"):
        qv.finfo(np.int8)


def test_lists_of_arrays():
    x, y = qv.arange(3), qv.arange(2)
    for got, expected in (
        (qv.meshgrid(x, y), np.meshgrid(np.arange(3), np.arange(2))),
        (qv.meshgrid(x, y, indexing="ij"), np.meshgrid(np.arange(3), np.arange(2), indexing="ij")),
        (qv.meshgrid(), np.meshgrid()),
        (qv.broadcast_arrays(x, y[:, None]), np.broadcast_arrays(np.arange(3), [[0], [1]])),
    ):
        assert type(got) is list
        assert_same(list(expected), got)
    assert type(qv.unstack(x)) is tuple


EMPTY = [((0,), None), ((0,), 0), ((3, 0), 1), ((0, 3), 0), ((3, 0), 0), ((2, 0, 3), -2)]


@pytest.mark.parametrize(("shape", "axis"), EMPTY)
def test_cumulative_functions_of_nothing(shape, axis):
    for dtype, initial in itertools.product(DTYPES, [False, True]):
        x, y = np.zeros(shape, dtype), qv.zeros(shape, dtype=dtype)
        options = {"axis": axis, "include_initial": initial}
        for name in ("cumulative_sum", "cumulative_prod"):
            expected = getattr(np, name)(x, **options)
            assert_same(expected, getattr(np, name)(y, **options))
            assert_same(expected, getattr(qv, name)(y, **options))
        for function in (np.cumsum, np.nancumprod):
            assert_same(function(x, axis), function(y, axis))
        assert_same(np.maximum.accumulate(x, axis or 0), np.maximum.accumulate(y, axis or 0))


def test_cumulative_sum_of_a_vast_array_of_nothing():
    vast = qv.zeros((2**40, 0))
    assert qv.cumulative_sum(vast, axis=1, include_initial=True).shape == (2**40, 1)


def test_the_largest_of_a_vast_array_come_first():
    x = qv.from_coordinates([[1, 5, 2**39]], [2.0, -1.0, 7.0], (2**40,))
    order = qv.argsort(x, descending=True)
    assert order[:4].todense().tolist() == [2**39, 1, 0, 2]
    assert order[-1] == 5
