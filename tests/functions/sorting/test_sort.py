"""Sorting: NumPy is the oracle, bit for bit where it defines the order of equal elements."""

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.functions.sorting.sort import order_of

from ...huge import active, sparse_array
from ...twin import assert_same, check, densified, keys, sided, spectral_twins, twins

N = 2**40
KINDS = [None, "quicksort", "heapsort", "mergesort", "stable"]


def axes(x):
    return st.none() | st.integers(-x.ndim - 1, x.ndim)


@given(pair=twins(), data=st.data(), kind=st.sampled_from(["stable", "mergesort"]))
def test_stable_sort_is_equal_bit_for_bit(pair, data, kind):
    axis = data.draw(axes(pair[0]))
    check(lambda x: np.sort(x, axis, kind=kind), pair)
    check(lambda x: np.sort(x, axis, stable=True), pair)


@given(pair=twins(change=sided), data=st.data(), kind=st.sampled_from(KINDS))
def test_sort(pair, data, kind):
    axis = data.draw(axes(pair[0]))
    check(lambda x: np.sort(x, axis, kind), pair)
    check(np.sort, pair)


@given(pair=spectral_twins())
def test_sort_of_spectral_arrays(pair):
    # Samples that are equal but for rounding come in any order, and so do complex ones.
    x, y = pair if pair[0].dtype.kind == "f" else (pair[1].todense(), pair[1])
    check(lambda a: np.sort(a, axis=None), (x, y), rounding=16 if x is pair[0] else 0)


@given(
    pair=twins(),
    kind=st.sampled_from([*KINDS, "bubble", 3]),
    order=st.sampled_from([None, "f0", ["a", "b"]]),
    stable=st.sampled_from([None, True, False, 1, "x"]),
)
def test_sort_refuses_what_numpy_refuses(pair, kind, order, stable):
    pair = sided(pair[0]), qv.array(sided(pair[0]))
    check(lambda x: np.sort(x, -1, kind, order, stable=stable), pair)
    check(lambda x: np.argsort(x, -1, kind, order, stable=stable), pair)


@given(
    pair=twins(change=sided),
    data=st.data(),
    descending=st.sampled_from([True, True, False, None, 1, "x"]),
    stable=st.sampled_from([None, True]),
)
def test_descending(pair, data, descending, stable):
    """From NumPy 2.5 on; others refuse it."""
    axis = data.draw(axes(pair[0]))
    options = {"descending": descending, "stable": stable}
    order: Any = {"descending": descending, "stable": True}
    check(lambda x: np.sort(x, axis, **options), pair)
    check(lambda x: np.sort(x, axis, "heapsort", **options), pair)
    check(lambda x: np.argsort(x, axis, **order), pair)
    check(lambda x: x.argsort(axis, descending=descending, stable=True), pair)

    def in_place(x):
        x = x.copy()
        x.sort(-1, **options)
        return x

    check(in_place, pair)


@given(pair=twins(), data=st.data())
def test_stable_descending_sort_is_equal_bit_for_bit(pair, data):
    axis = data.draw(axes(pair[0]))
    check(lambda x: np.sort(x, axis, stable=True, descending=True), pair)


def test_descending_sort_of_a_huge_array():
    x = qv.from_coordinates([[1, 5, 2**39]], [2.0, -1.0, 7.0], (N,))
    if "descending" not in inspect.signature(np.sort).parameters:
        with pytest.raises(TypeError):
            np.sort(x, descending=True)
        return
    y = np.sort(x, descending=True)
    assert [y[i] for i in (0, 1, 2, N - 2, N - 1)] == [7, 2, 0, 0, -1]
    assert y.nactive == 3


def stable_order(x, largest):
    """The positions that sort a line; of equal elements, in either order, the first ones first."""
    if not largest:
        return np.argsort(x, kind="stable")
    return x.size - 1 - np.argsort(x[::-1], kind="stable")[::-1]


def assert_partitioned(x, kth, axis):
    """The contract of a partition, by sorting."""
    if axis is None:
        x, axis = x.ravel(), 0
    x = np.moveaxis(x, axis, -1)
    whole = np.sort(x, axis=-1)
    for k in np.atleast_1d(kth):
        k %= x.shape[-1]
        np.testing.assert_array_equal(x[..., k], whole[..., k])
        for half in (slice(None, k), slice(k, None)):
            np.testing.assert_array_equal(np.sort(x[..., half], -1), whole[..., half])


@given(pair=twins(change=sided), data=st.data())
def test_partition(pair, data):
    x, y = pair
    axis = data.draw(axes(x))
    one = st.integers(-6, 6)
    kth = data.draw(one | st.lists(one, max_size=3) | st.sampled_from([1.5, [[0]], "a", True]))
    try:
        expected = np.partition(x, kth, axis)
    except Exception as error:
        with pytest.raises(type(error)):
            np.partition(y, kth, axis)
        return
    got = np.partition(y, kth, axis)
    assert isinstance(got, qv.VirtualQArray)
    assert got.dtype == x.dtype
    got = densified(got)
    assert got.shape == expected.shape
    if got.size and np.asarray(kth).size:
        assert_partitioned(got, np.asarray(kth, np.intp), axis)
    np.testing.assert_array_equal(np.sort(got, axis), np.sort(x, axis))
    if (
        np.asarray(kth).size
        and x.size
        and y.spectrum.active_indices is None
        and not y.recovery_error
    ):
        # One algorithm for both: the partition is where the positions of its own point at.
        positions = densified(np.argpartition(y, kth, axis))
        flat, along = (x.ravel(), 0) if axis is None else (x, axis)
        np.testing.assert_array_equal(got, np.take_along_axis(flat, positions, along))


def test_partition_refuses_what_numpy_refuses():
    x = np.zeros(4)
    for function in (np.partition, np.argpartition):
        for options in [("introselect", None), ("quick", None), ("introselect", "f0")]:
            check(lambda a, f=function, o=options: f(a, 1, -1, *o), (x, qv.array(x)))


@given(pair=twins(), data=st.data(), kind=st.sampled_from(KINDS))
def test_argsort(pair, data, kind):
    axis = data.draw(axes(pair[0]))
    check(lambda x: np.argsort(x, axis, kind), pair)
    check(np.argsort, pair)


@given(pair=twins(), data=st.data())
def test_parts_of_stable_positions(pair, data):
    """They are computed when they are asked for: any part, in any form, is that of the whole."""
    x, y = pair
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1) if x.ndim else st.none())
    expected, got = np.argsort(x, axis, stable=True), np.argsort(y, axis, stable=True)
    assert_same(expected, got)
    key = data.draw(keys(expected.shape))
    check(lambda order: order[key], (expected, got))
    check(lambda order: order.T[..., None] + 1, (expected, got))
    check(lambda order: order.sum(), (expected, got))
    places = np.arange(expected.size)
    np.testing.assert_array_equal(got.source.at(places), expected.ravel())


@given(pair=twins(), data=st.data(), largest=st.booleans())
def test_lazy_positions_in_either_order(pair, data, largest):
    x, y = pair[0].ravel(), pair[1].ravel()
    lazy = order_of(y, 0, descending=largest)
    if lazy is None:
        assert y.active_indices is None
        return
    assert y.active_indices is not None
    expected = stable_order(x, largest)
    assert_same(expected, lazy)
    assert lazy.nbytes <= 8 * (4 * y.nactive + 6)


def test_positions_of_a_long_array_are_those_of_numpy_but_for_ties():
    rng = np.random.default_rng(0)
    x = np.zeros(2**18)
    x[rng.integers(0, x.size, 500)] = rng.integers(-3, 4, 500)
    y = qv.array(x)
    for got in (np.argsort(y), np.argpartition(y, [7, -7]), y.argsort(), y.argpartition(-1)):
        assert np.array_equal(got.todense(), np.argsort(x, kind="stable"))
    for kth in (x.size, [0, -x.size - 1], 1.5):
        with pytest.raises((ValueError, TypeError)):
            np.argpartition(y, kth)


@given(pair=twins(), data=st.data(), kth=st.integers(-3, 3))
def test_argpartition(pair, data, kth):
    axis = data.draw(axes(pair[0]))
    check(lambda x: np.argpartition(x, kth, axis), pair)


@given(shape=st.tuples(st.integers(0, 3), st.integers(0, 6)), data=st.data())
def test_lexsort(shape, data):
    one, other = (data.draw(twins(shape=st.just(shape))) for _ in range(2))
    axis = data.draw(st.integers(-3, 2))
    check(lambda x: np.lexsort(x, axis), one)
    check(lambda x, y: np.lexsort((x, y), axis), one, other)
    check(lambda x, y: np.lexsort((x, y)), one, (other[0], other[0]))


@given(pair=twins(change=sided))
def test_sort_complex(pair):
    check(np.sort_complex, pair)


@pytest.mark.parametrize("fill", [0.0, 0.25, -np.inf, np.inf, np.nan])
def test_sort_of_a_huge_array(fill):
    x = sparse_array(N, fill=fill, seed=1)
    y = np.sort(x)
    values = np.sort(x.eigenvalues)
    below = 0 if fill == -np.inf else values.size if fill != fill else (values < fill).sum()
    assert y.nbytes == x.nbytes
    y.spectrum.check()
    np.testing.assert_array_equal(y.eigenvalues, values)
    np.testing.assert_array_equal(y.active_indices[:below], np.arange(below))
    above = values.size - below
    np.testing.assert_array_equal(y.active_indices[below:], np.arange(N - above, N))
    assert np.array_equal(np.partition(x, [3, N // 2]).eigenvalues, values)


def test_sort_along_the_axes_of_a_huge_array():
    shape = (2**20, 2**10, 2**20)
    x = sparse_array(2**50, seed=1)
    where = active(x)
    x = qv.from_coordinates(np.unravel_index(where, shape), x.eigenvalues, shape)
    for axis in range(3):
        y = np.sort(x, axis)
        y.spectrum.check()
        assert y.nactive == x.nactive
        line = np.unravel_index(where[17], shape)
        key = tuple(slice(None) if a == axis else i for a, i in enumerate(line))
        np.testing.assert_array_equal(y[key].todense(), np.sort(x[key].todense()))
    flat = np.sort(x, axis=None)
    assert flat.shape == (2**50,)
    np.testing.assert_array_equal(flat.eigenvalues, np.sort(x.eigenvalues))


@pytest.mark.parametrize("fill", [0.0, 0.25, -np.inf, np.inf, np.nan])
def test_positions_of_a_huge_array(fill):
    x = sparse_array(N, fill=fill, seed=1)
    order = active(x)[np.argsort(x.eigenvalues, kind="stable")]
    below = int((x.eigenvalues < fill).sum()) if fill == fill else x.nactive
    above = x.nactive - below
    with qv.options(memory_budget=2**20):
        for got in (np.argsort(x), np.argsort(x, kind="stable"), np.argpartition(x, [3, -3])):
            assert got.shape == (N,)
            assert got.dtype == np.intp
            assert np.array_equal(got[:below].todense(), order[:below])
            assert np.array_equal(got[N - above :].todense(), order[below:])
            # Between them are all others, in their order.
            middle = got[below : below + 3000].todense()
            first = np.setdiff1d(np.arange(4000 + x.nactive), x.active_indices)[: middle.size]
            assert np.array_equal(middle, first)
            np.testing.assert_array_equal(x[got[::-1][:5]], np.sort(x)[::-1][:5])
            assert np.array_equal((got + 1)[-2:].todense(), got[-2:].todense() + 1)
        with pytest.raises(qv.MaterializationError):
            np.argsort(x).todense()


def test_positions_along_the_axes_of_a_huge_array():
    shape = (2**20, 2**10, 2**20)
    x = sparse_array(2**50, seed=1)
    where = np.unravel_index(x.active_indices, shape)
    x = qv.from_coordinates(where, x.eigenvalues, shape)
    for axis in range(3):
        line = [index[17] for index in where]
        key = tuple(slice(None) if a == axis else i for a, i in enumerate(line))
        got, expected = np.argsort(x, axis)[key], np.argsort(x[key].todense(), stable=True)
        assert np.array_equal(got.todense(), expected)


def test_positions_of_what_is_not_sparse_are_over_the_budget():
    waves = qv.from_eigenvalues([1.0, 2.0], [3, 5], N, basis="cosine")
    sparse = sparse_array(N, seed=1)
    for call in (np.argsort, lambda a: np.argpartition(a, 3), lambda a: np.lexsort((a,))):
        with pytest.raises(qv.MaterializationError):
            call(waves)
    with pytest.raises(qv.MaterializationError):
        np.lexsort((sparse,))


def test_zeros_of_a_huge_array_keep_their_order():
    x = qv.from_coordinates([[0, 5, 7, 2**50 - 1]], [-0.0, 1.0, -0.0, -1.0], (2**50,))
    y = np.sort(x, kind="stable")
    # Ahead of them: -1.0; the first -0.0 leads the zeros, five zeros are between it and the next.
    np.testing.assert_array_equal(y.active_indices, [0, 1, 7, 2**50 - 1])
    np.testing.assert_array_equal(np.signbit(y.eigenvalues), [True, True, True, False])


@given(pair=twins(dtypes=[np.dtype(float)]))
def test_a_bound_on_the_error_is_kept(pair):
    x = np.nan_to_num(pair[0], posinf=1, neginf=1).clip(-5, 5)
    y = qv.encode(x, basis="standard", tol=0.5) if x.size and x.ndim else qv.array(x)
    got = np.sort(y, axis=None)
    assert got.recovery_error == y.recovery_error
    gap = np.linalg.norm(got.todense() - np.sort(x, axis=None))
    assert gap <= y.recovery_error * np.linalg.norm(x) * (1 + 1e-12) + 1e-300


def test_operators():
    x = qv.operator([1.0, -2.0], [0, 3], 5, basis="standard")
    check(lambda a: np.sort(a, axis=0), (x.todense(), x))
