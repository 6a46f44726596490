"""Ufuncs on twins."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import overrides

import qvarray as qv

from .twin import BASES, arrays, check, shapes, spectral_twins, twins

UFUNCS = sorted(overrides.get_overridable_numpy_ufuncs(), key=lambda ufunc: ufunc.__name__)
ELEMENTWISE = [ufunc for ufunc in UFUNCS if ufunc.signature is None]


@st.composite
def pairs(draw, count):
    shape = st.just(draw(shapes(4, 2)))
    return [draw(twins(shape=shape)) for _ in range(count)]


@pytest.mark.parametrize("ufunc", ELEMENTWISE, ids=lambda ufunc: ufunc.__name__)
@given(data=st.data())
def test_arrays_of_one_shape(ufunc, data):
    check(ufunc, *data.draw(pairs(ufunc.nin)))


@given(twins(), st.sampled_from([2, -1.5, 0, True, 1j, np.float32(3), np.int8(2), np.nan]))
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
    for call in (operator.add, operator.mul, operator.truediv, operator.lt, operator.eq):
        check(call, *both)
    check(operator.neg, both[0])
    check(abs, both[0])


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
        np.add.reduce(x)


def test_zeros_keep_their_sign_and_nan_is_not_lost():
    x = qv.asarray(np.array([0.0, -0.0, 0.0, 0.0, 1.0] + [0.0] * 20))
    assert x.nactive == 2
    assert np.signbit(x[1])
    with pytest.warns(RuntimeWarning, match="invalid") as caught:
        y = x * np.inf
    assert len(caught) == 1
    assert np.isnan(y.fill_value)
    assert y.nactive == 1


def test_nothing_is_written_to_a_virtual_array():
    x = qv.asarray(np.zeros(4))
    for call in (
        lambda: np.add(x, 1, out=x),
        lambda: np.add.at(x, [0], 1),
        lambda: np.copyto(x, 1),
        lambda: np.put(x, [0], 1),
    ):
        with pytest.raises((TypeError, ValueError)):
            call()
    assert not x.todense().any()
