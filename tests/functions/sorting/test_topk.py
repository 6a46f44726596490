"""The k largest or smallest elements: a stable sort by NumPy is the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...huge import active, sparse_array
from ...twin import assert_same, spectral_twins, twins
from .test_sort import stable_order

N = 2**40


def by_sorting(x, k, axis, largest):
    """Values and positions of the first k along an axis, from a stable sort of each line."""
    if axis is None:
        x, axis = x.ravel(), 0
    lines = np.moveaxis(x, axis, -1)
    order = np.empty((*lines.shape[:-1], k), np.intp)
    for line in np.ndindex(lines.shape[:-1]):
        order[line] = stable_order(lines[line], largest)[:k]
    order = np.moveaxis(order, -1, axis)
    return np.take_along_axis(x, order, axis), order


@given(pair=twins(), data=st.data(), largest=st.booleans())
def test_topk(pair, data, largest):
    x, y = pair
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1) if x.ndim else st.none())
    n = x.size if axis is None else x.shape[axis]
    k = data.draw(st.integers(0, n))
    values, indices = by_sorting(x, k, axis, largest)
    for given_ in (x, y, qv.array(x)):
        got = qv.topk(given_, k, axis, largest=largest)
        assert_same(indices, got.indices)
        assert_same(values, got.values)
    for wrong in (-1, n + 1):
        with pytest.raises(ValueError, match="out of bounds"):
            qv.topk(y, wrong, axis)


@given(pair=spectral_twins(), largest=st.booleans())
def test_topk_of_spectral_arrays(pair, largest):
    x = pair[1].todense()
    values, indices = by_sorting(x, min(3, x.size), None, largest)
    got = qv.topk(pair[1], min(3, x.size), None, largest=largest)
    assert_same(indices, got.indices)
    assert_same(values, got.values)


def test_arguments():
    x = qv.asarray([3, 1, 2])
    assert qv.topk(x, np.int8(2), sorted=False).values.tolist() == [3, 2]
    assert qv.topk([True, False], 1, largest=False).indices.tolist() == [1]
    with pytest.raises(TypeError):
        qv.topk(x, 1.5)
    with pytest.raises(np.exceptions.AxisError):
        qv.topk(x, 1, axis=1)
    with pytest.raises(TypeError, match="numbers, bool or dates"):
        qv.topk(["a"], 1)


def test_all_elements_of_a_long_array():
    x = np.random.default_rng(0).integers(0, 50, (3, 10**4)).astype(float)
    x[:, ::100] = np.nan
    for largest in (True, False):
        values, indices = by_sorting(x, 150, -1, largest)
        got = qv.topk(x, 150, largest=largest)
        assert np.array_equal(got.indices.todense(), indices)
        assert np.array_equal(got.values.todense(), values, equal_nan=True)


@pytest.mark.parametrize("largest", [True, False])
def test_topk_of_a_huge_array(largest):
    x = sparse_array(N, seed=3)
    order = stable_order(x.eigenvalues, largest)[:20]
    with qv.options(memory_budget=2**20):
        values, indices = qv.topk(x, 20, largest=largest)
        assert np.array_equal(values.todense(), x.eigenvalues[order])
        assert np.array_equal(indices.todense(), active(x)[order])
        # Beyond the active ones on that side come the others.
        every = qv.topk(x, N // 2, largest=largest)
        assert every.values.nactive < x.nactive
        assert every.indices.shape == (N // 2,)
        matrix = x.reshape(2**20, 2**20)
        rows = qv.topk(matrix, 2, axis=0, largest=largest)
        assert rows.values.shape == rows.indices.shape == (2, 2**20)
        column = int(active(x)[order[0]] % 2**20)
        assert rows.values[0, column] == x.eigenvalues[order[0]]
        assert rows.indices[0, column] == active(x)[order[0]] // 2**20


def test_elements_that_are_not_exact():
    x = qv.encode(np.cos(np.arange(64) / 5), tol=1e-3)
    got = qv.topk(x, 3)
    assert got.values.recovery_error == got.indices.recovery_error == np.inf
    assert np.array_equal(got.values.todense(), np.sort(x.todense())[::-1][:3])
