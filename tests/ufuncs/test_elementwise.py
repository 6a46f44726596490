"""Ufuncs on twins."""

import operator
from typing import Any

import numba
import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import overrides

import qvarray as qv

from ..twin import BASES, DATES, DTYPES, ELEMENTS, arrays, check, shapes, spectral_twins, twins

UFUNCS = sorted(overrides.get_overridable_numpy_ufuncs(), key=lambda ufunc: ufunc.__name__)
ELEMENTWISE = [ufunc for ufunc in UFUNCS if ufunc.signature is None]


@st.composite
def pairs(draw, count, dtypes=ELEMENTS):
    shape = st.just(draw(shapes(4, 2)))
    return [draw(twins(dtypes, shape=shape)) for _ in range(count)]


@pytest.mark.parametrize("ufunc", ELEMENTWISE, ids=lambda ufunc: ufunc.__name__)
@given(data=st.data())
def test_arrays_of_one_shape(ufunc, data):
    check(ufunc, *data.draw(pairs(ufunc.nin)))


@pytest.mark.parametrize("ufunc", ELEMENTWISE, ids=lambda ufunc: ufunc.__name__)
@settings(max_examples=30)
@given(data=st.data())
def test_dates(ufunc, data):
    check(ufunc, *data.draw(pairs(ufunc.nin, DATES)))
    if ufunc.nin == 2:
        numbers = [np.dtype("int64"), np.dtype("float64")]
        both = data.draw(twins(DATES)), data.draw(twins(numbers, st.just((1,))))
        check(ufunc, *both)
        check(ufunc, *reversed(both))


@given(twins(ELEMENTS), st.sampled_from([2, -1.5, 0, True, 1j, np.float32(3), np.int8(2), np.nan]))
def test_scalars(pair, scalar):
    for ufunc in (np.add, np.multiply, np.power, np.less, np.divmod, np.logical_and):
        check(lambda x, ufunc=ufunc: ufunc(x, scalar), pair)
        check(lambda x, ufunc=ufunc: ufunc(scalar, x), pair)


@given(twins(), arrays(shape=shapes(3, 2)))
def test_broadcasting_with_ndarrays(pair, other):
    for ufunc in (np.add, np.multiply, np.maximum):
        check(lambda x, ufunc=ufunc: ufunc(x, other), pair)
        check(lambda x, ufunc=ufunc: ufunc(other, x), pair)


@given(pairs(2))
def test_operators(both):
    for call in (operator.add, operator.mul, operator.truediv, operator.lt):
        check(call, *both)
    for call in (operator.eq, operator.ne):
        check(call, *both)
        check(lambda x, call=call: call(x, both[1][0]), both[0])
        other: Any
        for other in ("a", ["a"], ["a"] * 9, None, {}, np.zeros(1, "V4"), np.zeros(1, "i4, f8")):
            check(lambda x, call=call, other=other: call(x, other), both[0])
    check(operator.neg, both[0])
    check(abs, both[0])


def test_comparisons_without_a_loop_read_no_elements():
    days, numbers = qv.zeros((10**6, 10**6), "M8[D]"), qv.zeros((10**6, 1))
    assert (days == numbers).nactive == (numbers == days).nactive == 0
    assert (days != numbers).fill_value
    with pytest.raises(ValueError, match="broadcast"):
        days == numbers[:3]  # noqa: B015


@given(spectral_twins())
def test_linear_in_any_basis(pair):
    y = pair[1]
    for call in (
        lambda x: x + x,
        lambda x: x - 3 * x,
        lambda x: -x,
        lambda x: +x,
        lambda x: x * 2.5,
        lambda x: 1j * x,
        lambda x: x / 7,
        np.conjugate,
    ):
        check(call, pair, rounding=100)
        if y.nactive:
            assert call(y).bases == y.bases


@given(spectral_twins())
def test_not_linear_in_any_basis(pair):
    for call in (np.exp, np.sin, lambda x: x * x, lambda x: x + 1, abs, lambda x: 2 / (x * x + 1)):
        check(call, pair, rounding=500)


@pytest.mark.parametrize("basis", BASES)
def test_linear_at_a_size_that_cannot_be_materialised(basis):
    n = 2**60
    x = qv.from_eigenvalues([1.0, 2.0], [0, n - 1], n, basis=basis)
    y = qv.from_eigenvalues([4.0, -2.0], [5, n - 1], n, basis=basis)
    z = 2 * (x + y) - x / 2
    assert z.eigenvalues.tolist() == [1.5, 8.0, -1.0]
    assert z.active_indices.tolist() == [0, 5, n - 1]
    assert (x - x).nactive == 0


def test_elementwise_at_a_size_that_cannot_be_materialised():
    n = 2**60
    x = qv.from_eigenvalues([1.0, -2.0], [0, n - 1], n)
    assert np.exp(x).fill_value == 1
    assert np.exp(x)[5] == 1
    assert (x > 0)[n - 1] == False  # noqa: E712 a NumPy bool
    assert np.cos(x * np.pi)[0] == -1
    q, r = np.divmod(x, 2)
    assert (q[n - 1], r[0]) == (-1, 1)
    with pytest.raises(qv.MaterializationError):
        np.add.accumulate(x)


def test_zeros_keep_their_sign_and_nan_is_not_lost():
    x = qv.asarray(np.array([0.0, -0.0, 0.0, 0.0, 1.0] + [0.0] * 20))
    assert x.nactive == 2
    assert np.signbit(x[1])
    with pytest.warns(RuntimeWarning, match="invalid") as caught:
        y = x * np.inf
    assert len(caught) == 1
    assert np.isnan(y.fill_value)
    assert y.nactive == 1


@st.composite
def outputs(draw, count):
    shape = st.just(draw(shapes(4, 2)))
    return [draw(twins(shape=shape)) for _ in range(count + 1)]


def written(call):
    """`call` on copies, so that what it writes to can be compared and used again."""

    def run(*operands):
        operands = tuple(operand.copy() for operand in operands)
        result = call(*operands)
        return result is operands[-1], operands[-1]

    return run


@given(outputs(2), st.sampled_from(["same_kind", "unsafe", "no", "safe"]))
def test_out(operands, casting):
    for ufunc in (np.add, np.multiply, np.less, np.floor_divide):
        check(written(lambda a, b, out, f=ufunc: f(a, b, out=out, casting=casting)), *operands)
    check(written(lambda a, b, out: np.subtract(a, b, out)), *operands)
    check(written(lambda a, b, out: np.divmod(a, b, out=(None, out))[1]), *operands)


@given(outputs(3))
def test_where(operands):
    for ufunc in (np.add, np.divide, np.maximum):
        check(written(lambda a, b, c, out, f=ufunc: f(a, b, out=out, where=c != 0)), *operands)
        check(written(lambda a, b, c, out, f=ufunc: f(a, 2, out=out, where=False)), *operands)


@given(pairs(2))
def test_in_place(both):
    for call in (operator.iadd, operator.imul, operator.isub, operator.itruediv, operator.ipow):
        check(written(lambda b, a, f=call: f(a, b)), *both)


@given(twins(ELEMENTS), st.sampled_from([2, 0.5, -1, 1, 0, 3, 2.0, -2]))
def test_powers(pair, exponent):
    def in_place(x):
        x = x.copy()
        x **= exponent
        return x

    check(in_place, pair)
    check(lambda x: x**exponent, pair)


@given(twins(), st.sampled_from(["f4", "f8", "i8", "c16", "?"]))
def test_dtype(pair, dtype):
    for ufunc in (np.add, np.multiply, np.sqrt, np.negative):
        rest = () if ufunc.nin == 1 else (3,)
        check(lambda x, f=ufunc, rest=rest: f(x, *rest, dtype=dtype), pair)
        check(lambda x, f=ufunc, rest=rest: f(x, *rest, dtype=dtype, casting="unsafe"), pair)


@given(twins(shape=shapes(4, 3)), twins(shape=shapes(4, 3)))
def test_broadcasting(one, other):
    for ufunc in (np.add, np.multiply, np.greater):
        check(ufunc, one, other)


@given(pairs(2))
def test_ufuncs_of_other_makers(both):
    check(scipy.special.expit, both[0])
    check(scipy.special.xlogy, *both)


@pytest.mark.parametrize("ufunc", [np.matmul, np.vecdot, np.matvec, np.vecmat])
@given(data=st.data())
def test_generalised_ufuncs(ufunc, data):
    m, n = data.draw(st.integers(0, 4)), data.draw(st.integers(0, 4))
    small = [dtype for dtype in DTYPES if dtype.kind in "biu"]
    one = data.draw(twins(small, st.sampled_from([(n,), (m, n), (2, m, n)])))
    other = data.draw(twins(small, st.sampled_from([(n,), (n, m), (2, n, m)])))
    check(ufunc, one, other)
    out = qv.asarray(np.zeros((2, 2)))
    assert np.matmul(np.eye(2), qv.asarray(np.eye(2)), out=out) is out
    assert out.todense().tolist() == [[1, 0], [0, 1]]


def test_python_functions_as_ufuncs():
    x = np.array([[0, 3], [0, -1]])
    double = np.frompyfunc(lambda one: 2 * one, 1, 1)
    got = double(qv.asarray(x))
    assert got.dtype == object
    assert np.array_equal(got, double(x))
    twice = numba.vectorize(["float64(float64)"])(lambda one: 2 * one)
    check(twice, (x * 1.0, qv.asarray(x * 1.0)))


def test_broadcasting_at_a_size_that_cannot_be_materialised():
    x = qv.from_coordinates([[3, 2**39], [5, 999]], [2.0, 4.0], (2**40, 1000))
    row = np.arange(1000.0)
    y = x * row
    assert y.nactive == 2
    assert y[3, 5] == 10
    assert y[2**39, 999] == 3996
    with pytest.raises(qv.MaterializationError):
        x + row


def test_a_failed_call_leaves_the_output_as_it_was():
    x = qv.asarray([1.5, 0.0, 2.5])
    for call in (
        lambda: np.add(x, 1j, out=x),
        lambda: np.add(x, np.ones(4), out=x),
        lambda: np.add(np.ones((2, 3)), 1, out=x),
        lambda: np.add(x, "a", out=x),
        lambda: np.add(x, 1, out=x, casting="nonsense"),
        lambda: np.add.reduce(x, out=x),
        lambda: np.add.at(x, [7], 1.0),
    ):
        with pytest.raises((TypeError, ValueError, IndexError)):
            call()
        assert x.todense().tolist() == [1.5, 0.0, 2.5]


def test_types_that_know_us_have_their_say():
    class Other:
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return "theirs"

    assert np.add(qv.asarray([1.0]), Other()) == "theirs"
    assert operator.add(qv.asarray([1.0]), Other()) == "theirs"


def test_what_may_be_an_output_or_a_mask():
    x = np.array([1.0, 0.0, 4.0])
    pair = x, qv.asarray(x)
    out: Any
    for out in ([], (...,), ([],), "a"):
        for call in (
            lambda a, out=out: np.add(a, 2, out=out),
            lambda a, out=out: np.add.reduce(a, out=out),
            lambda a, out=out: np.vecdot(a, a, out=out),
        ):
            check(call, pair)
    for mask in ([0, 1, 1], (True, False, True), [1], np.array([0, 1, 1])):
        check(lambda a, mask=mask: np.add(a, 1, out=a.copy(), where=mask), pair)
        check(lambda a, mask=mask: np.add.reduce(a, where=mask), pair)
    for axis in (0, -1, np.int8(0), [0], (0,), 1.0, None):
        check(lambda a, axis=axis: np.vecdot(a, a, axis=axis), pair)


@pytest.mark.parametrize("basis", ["cosine", "fourier", "haar", "walsh"])
@pytest.mark.parametrize("size", [1.0, 1e300])
def test_spectra_tell_that_they_are_finite(basis, size):
    values = np.array([size, -size / 2])
    x = qv.from_eigenvalues(values, [0, 3], 64, basis=basis, dtype=complex)
    for ufunc in (np.isnan, np.isinf, np.isfinite):
        got = ufunc(x)
        np.testing.assert_array_equal(np.asarray(got), ufunc(np.asarray(x)))
        assert got.nactive == 0


def test_conditions_that_are_the_same_everywhere_keep_the_basis():
    x = qv.from_eigenvalues([1.0, 2.0], [0, 3], 2**10, basis="cosine")
    for chosen in (np.where(np.isnan(x), 0, x), np.where(np.isfinite(x), x, 0)):
        assert chosen.bases == x.bases
        assert chosen.dtype == x.dtype
        chosen[3] = 7.0
        assert x[3] != 7
    assert np.where(np.isnan(x), np.complex64(0), x).dtype == complex


def test_what_is_one_number_everywhere_is_that_number_for_an_array_in_a_basis():
    x = qv.from_eigenvalues([4.0, 2.0], [0, 5], (8, 16), basis="cosine")
    for f in (np.add, np.subtract, np.multiply, np.divide):
        got = f(x, qv.full((8, 16), 4.0))
        assert got.bases == x.bases
        np.testing.assert_allclose(np.asarray(got), f(np.asarray(x), 4.0), atol=1e-12)
    wide = x[None] + qv.full((3, 8, 16), 1.0)
    np.testing.assert_allclose(np.asarray(wide), np.asarray(x) + np.ones((3, 8, 16)))
    assert (x.astype("f4") * qv.full((8, 16), 4.0)).dtype == np.float64


def test_axes_of_length_1_in_front_are_no_other_space():
    x = qv.from_eigenvalues([4.0, 2.0], [0, 5], (1, 8, 16), basis=("standard", "cosine", "cosine"))
    y = qv.from_eigenvalues([1.0, 2.0], [0, 7], (8, 16), basis="cosine")
    for got, expected in ((x - y, np.asarray(x) - np.asarray(y)), (y * 1 + x, y + np.asarray(x))):
        assert got.bases == x.bases
        np.testing.assert_allclose(np.asarray(got), np.asarray(expected), atol=1e-12)


@pytest.mark.parametrize("ufunc", [np.divide, np.floor_divide, np.remainder, np.divmod])
def test_divisions_by_zeros_that_fill_rows_name_what_has_none(ufunc):
    x = qv.from_coordinates([[3, 5], [7, 2**19]], [1.0, 2.0], (2**20, 2**20))
    with qv.options(memory_budget=2**20):
        sums = x.sum(axis=1, keepdims=True)
        with pytest.raises(qv.MaterializationError, match=r"numpy\.maximum\(divisor, tiny\)"):
            ufunc(x, sums)
        assert ufunc(x, np.maximum(sums, 1e-300)) is not None
