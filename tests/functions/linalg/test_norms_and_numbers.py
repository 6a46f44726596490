"""Norms and traces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import DTYPES, SPECTRAL, check, shapes, spectral_twins, twins

from .test_products import plain

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")

SIZES = shapes(5, 3)
OFFSETS = st.integers(-6, 6)
INTEGERS = [dtype for dtype in DTYPES if dtype.kind in "biu"]


@given(twins(INTEGERS, SIZES), st.data())
def test_trace(pair, data):
    ndim = pair[0].ndim
    axes = st.integers(-ndim - 1, ndim)
    one, other = data.draw(axes), data.draw(axes)
    k = data.draw(OFFSETS)
    check(lambda x: np.trace(x), pair)
    check(lambda x: np.trace(x, k, one, other), pair)
    check(lambda x: np.trace(x, k, one, other, dtype="int8"), pair)
    check(lambda x: np.trace(x, dtype=complex, offset=k), pair)
    check(lambda x: np.linalg.trace(x), pair)
    check(lambda x: np.linalg.trace(x, offset=k, dtype="f4"), pair)


def test_trace_into_an_output():
    pair = (np.arange(24).reshape(2, 3, 4), qv.array(np.arange(24).reshape(2, 3, 4)))

    def call(x, out):
        got = np.trace(x, 1, 1, 2, out=out)
        return got is out, np.asarray(out).tolist()

    check(call, pair, (np.zeros(2, int), np.zeros(2, int)))
    check(call, pair, (np.zeros(2, int), qv.array(np.zeros(2, int))))
    check(call, pair, (np.zeros(3, int), np.zeros(3, int)))
    check(lambda x: np.trace(x, 0, 1, 1), pair)
    check(lambda x: np.trace(x, out=[0]), pair)


ORDERS = [None, 1, -1, 2, -2, np.inf, -np.inf, 0, 3, 0.5, -3, "fro", "nuc", "f", "x"]
_ROUNDING = 1e3


def axes_of(ndim):
    one = st.integers(-ndim - 1, ndim)
    return st.none() | one | st.tuples(one) | st.tuples(one, one) | st.tuples(one, one, one)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(st.data(), st.sampled_from([(), (3,), (0,), (2, 3), (3, 3), (0, 2), (2, 0), (2, 3, 2)]))
def test_norms(data, shape):
    pair = data.draw(plain(shape))
    order, axis = data.draw(st.sampled_from(ORDERS)), data.draw(axes_of(len(shape)))
    keepdims = data.draw(st.booleans())
    wide = pair[0].dtype != np.float16
    size = float(np.abs(pair[0]).sum(dtype=float))
    loose = {"rounding": _ROUNDING if wide else 64, "scale": size}
    if order in (-3, 0.5, 3) and pair[0].size:
        loose["scale"] = 1e4

    def run(call):
        # So that the difference of two infinities is none.
        check(lambda x: np.minimum(call(x), 1e4), pair, **loose)

    run(lambda x: np.linalg.norm(x, order, axis, keepdims))
    run(lambda x: np.linalg.norm(x))
    run(lambda x: np.linalg.vector_norm(x, axis=axis, keepdims=keepdims, ord=order))
    if order is not None:
        run(lambda x: np.linalg.matrix_norm(x, keepdims=keepdims, ord=order))
    check(lambda x: np.linalg.matrix_norm(x), pair, **loose)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(twins([np.dtype(float), np.dtype(complex)], st.sampled_from([(3,), (2, 3)])), st.data())
def test_norms_of_what_is_not_finite(pair, data):
    order = data.draw(st.sampled_from([None, 1, np.inf, -np.inf]))
    axis = data.draw(st.sampled_from([None, 0, -1]))
    with np.errstate(all="ignore"):
        expected = np.asarray(np.linalg.norm(pair[0], order, axis))
        got = np.asarray(np.linalg.norm(pair[1], order, axis))
    odd = ~np.isfinite(expected)
    np.testing.assert_array_equal(got[odd], expected[odd])
    np.testing.assert_allclose(got[~odd], expected[~odd], rtol=1e-12)


@given(spectral_twins(), st.data())
def test_norms_in_any_bases(pair, data):
    order, axis = data.draw(st.sampled_from(ORDERS[:7])), data.draw(axes_of(pair[0].ndim))
    loose = {"rounding": _ROUNDING, "scale": max(float(np.abs(pair[0]).sum()), 1.0)}
    check(lambda x: np.linalg.norm(x, order, axis), pair, **loose)
    check(lambda x: np.linalg.vector_norm(x, axis=axis), pair, **loose)
    # An expression, page by page.
    check(lambda x: np.linalg.norm(np.cos(x), order, axis), pair, **loose)


def test_norms_of_spectral_arrays_at_a_size_that_cannot_be_materialised():
    n = 2**40
    for name in SPECTRAL:
        x = qv.from_eigenvalues([3.0, 4.0], [0, n - 1], (n,), basis=name)
        assert np.linalg.norm(x) == np.linalg.vector_norm(x) == 5.0
        lines = qv.from_eigenvalues([3.0, 4.0], [1, 9], (5, n), basis=("standard", name))
        assert np.linalg.norm(lines, axis=1).todense().tolist() == [5.0, 0, 0, 0, 0]
