"""Cumulative sums, differences, gradients and areas, against NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...huge import sparse_array
from ...twin import DTYPES, FLOATS, check, shapes, spectral_twins, twins
from .test_reductions import into, limits, tame_twins

pytestmark = pytest.mark.filterwarnings(
    "ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning"
)

N = 2**40


def axes(ndim):
    return st.none() | st.integers(-ndim - 1, ndim)


@given(twins(), st.sampled_from(DTYPES), st.data())
def test_cumulative_sums(pair, dtype, data):
    axis = data.draw(axes(pair[0].ndim))
    for function in (np.cumsum, np.cumprod):
        check(lambda x, f=function: f(x, axis), pair)
        check(lambda x, f=function: f(x), pair)
        check(lambda x, f=function: f(x, axis, complex), pair)
    for cumulative in (np.cumulative_sum, np.cumulative_prod):
        for first in (False, True):
            check(lambda x, f=cumulative, i=first: f(x, axis=axis, include_initial=i), pair)
        check(lambda x, f=cumulative: f(x, axis=axis, dtype=complex, include_initial=True), pair)


@given(tame_twins(), st.sampled_from(DTYPES), st.data())
def test_outputs(pair, dtype, data):
    x = pair[0]
    if x.dtype.kind == "c" and dtype.kind != "c":
        dtype = np.dtype(complex)
    if dtype.kind in "biu" and x.dtype.kind in "fc":
        dtype = np.dtype(np.float32)
    axis = data.draw(axes(x.ndim))
    shape = (x.size,) if axis is None or not x.ndim else x.shape
    out = np.zeros(shape, dtype)
    for function in (np.cumsum, np.cumprod, np.cumulative_sum):
        call = into(function)
        check(lambda x, o, f=call: f(x, o, axis=axis), pair, (out, qv.array(out)), **limits(x))
        check(lambda x, f=call: f(x, out, axis=axis), pair, **limits(x))
    if x.ndim:
        out = np.zeros((*x.shape[:-1], x.shape[-1] + 1), dtype)

        def call(x, out):
            return into(np.cumulative_sum)(x, out, axis=-1, include_initial=True)

        check(call, pair, (out, qv.array(out)), **limits(x))
        check(lambda x: call(x, out), pair, **limits(x))


def test_outputs_of_another_shape_are_refused():
    # NumPy itself writes out of bounds here.
    x = qv.array(np.arange(6.0).reshape(2, 3))
    with pytest.raises(ValueError, match="shape"):
        np.cumsum(x, 0, out=np.zeros((7, 7)))
    with pytest.raises(TypeError):
        np.cumsum(x, 0, out=3)


@given(twins(), st.integers(-1, 3), st.data())
def test_diff(pair, n, data):
    x = pair[0]
    axis = data.draw(st.integers(-x.ndim - 1, x.ndim))
    check(lambda x: np.diff(x, n, axis), pair)
    check(lambda x: np.diff(x), pair)
    shape = list(x.shape)
    if -x.ndim <= axis < x.ndim:
        shape[axis] = data.draw(st.integers(0, 3))
    ends = data.draw(twins(shape=st.just(tuple(shape)) | shapes(2, 2)))
    check(lambda x, e: np.diff(x, n, axis, prepend=e), pair, ends)
    check(lambda x, e: np.diff(x, 1, axis, append=e, prepend=3), pair, ends)
    check(lambda x, e: np.diff(e[0], 1, axis, append=x), pair, ends)


@given(twins(), twins(shape=shapes(3, 2)))
def test_ediff1d(pair, ends):
    check(np.ediff1d, pair)
    check(lambda x, e: np.ediff1d(x, e), pair, ends)
    check(lambda x, e: np.ediff1d(x, to_begin=e, to_end=[1, 2]), pair, ends)
    check(lambda x: np.ediff1d(x, 0.5, -1), pair)


@given(twins(), st.integers(1, 3), st.data())
def test_gradient(pair, order, data):
    x = pair[0]
    axis = data.draw(axes(x.ndim) | st.just((0, -1)))
    check(lambda x: np.gradient(x, edge_order=order), pair)
    check(lambda x: np.gradient(x, 0.5, axis=axis, edge_order=order), pair)
    if x.ndim:
        places = np.cumsum(np.arange(1, x.shape[-1] + 1))
        check(lambda x: np.gradient(x, places, axis=-1, edge_order=order), pair)
        check(lambda x: np.gradient(x, places * 0.3, axis=-1, edge_order=order), pair)
        check(lambda x: np.gradient(x, np.arange(x.shape[0]), axis=0, edge_order=order), pair)
    check(lambda x: np.gradient(x, 1, 2.0, edge_order=order), pair)
    check(lambda x: np.gradient(x, [[1, 2]]), pair)


@given(tame_twins(), st.data())
def test_trapezoid(pair, data):
    x = pair[0]
    axis = data.draw(st.integers(-x.ndim - 1, x.ndim))
    loose = limits(x)
    check(lambda x: np.trapezoid(x, dx=0.5, axis=axis), pair, **loose)
    n = x.shape[axis] if -x.ndim <= axis < x.ndim else 3
    places = np.arange(n) ** 2 / 2
    check(lambda x: np.trapezoid(x, places, axis=axis), pair, **loose)
    check(lambda x, p: np.trapezoid(x, p, axis=axis), pair, (places, qv.array(places)), **loose)
    check(lambda x: np.trapezoid(x, x, axis=axis), pair, **{**loose, "rounding": 1e4})


@given(spectral_twins(), st.data())
def test_in_any_basis(pair, data):
    axis = data.draw(st.integers(-pair[0].ndim, pair[0].ndim - 1))
    loose = {"rounding": 1e4, "scale": float(np.abs(pair[0]).sum()) + 1}
    for call in (lambda x: x, np.exp):
        check(lambda x, c=call: np.cumsum(c(x), axis), pair, **loose)
        check(lambda x, c=call: np.cumsum(c(x)), pair, **loose)
        check(lambda x, c=call: np.diff(c(x), 1, axis), pair, **loose)
        check(lambda x, c=call: np.ediff1d(c(x)), pair, **loose)
        check(lambda x, c=call: np.gradient(c(x), axis=axis), pair, **loose)
        check(lambda x, c=call: np.trapezoid(c(x), axis=axis), pair, **loose)


@given(twins(FLOATS))
def test_first_and_last_samples_keep_their_signs(pair):
    check(lambda x: np.gradient(-x), pair)
    check(lambda x: np.diff(-x, append=-np.zeros((), x.dtype)), pair)
    if pair[0].dtype.kind == "f":
        check(lambda x: np.diff(-x, append=-0.0), pair)
    else:
        # Its imaginary part is 0.0, so that zeros of both signs are not stored on the way.
        check(lambda x: np.diff(-x, append=-0.0) + 0.0, pair)


@pytest.fixture(scope="module")
def large():
    return sparse_array(N, seed=5)


def test_what_cannot_be_materialised(large):
    where, values = large.active_indices, large.eigenvalues
    rows = qv.VirtualQArray(large.spectrum.replace(shape=(N // 4, 4), bases=large.bases * 2))
    for call, shape in (
        (np.diff, (N - 1,)),
        (lambda x: np.diff(x, 2), (N - 2,)),
        (np.ediff1d, (N - 1,)),
        (np.gradient, (N,)),
        (lambda x: np.gradient(x, 0.5, edge_order=2), (N,)),
        (lambda x: np.diff(x, prepend=0, append=[1.0]), (N + 1,)),
    ):
        got = call(large)
        got.spectrum.check()
        assert got.shape == shape
        assert got.nactive <= 3 * values.size + 4
    at = int(where[100])
    assert np.diff(large)[at - 1] == values[100]
    assert np.diff(large)[at] == -values[100]
    assert np.gradient(large)[at - 1] == values[100] / 2
    assert np.trapezoid(large) == pytest.approx(values.sum(), rel=1e-9)
    assert np.trapezoid(rows, axis=0).todense() == pytest.approx(
        [values[where % 4 == i].sum() for i in range(4)], rel=1e-9
    )
    got = np.cumsum(rows, 1)
    got.spectrum.check()
    assert got.nactive <= 4 * values.size
    assert got[at // 4, 3] == values[where // 4 == at // 4].sum()
    assert np.cumulative_sum(rows, axis=1, include_initial=True).shape == (N // 4, 5)
    assert np.cumprod(rows, axis=1).nactive <= 4 * values.size  # some are -0.0
    assert [one.shape for one in np.gradient(rows)] == [rows.shape] * 2
    with pytest.raises(MemoryError):
        np.cumsum(large)
