"""Transposed arrays: as NumPy's, and no coefficient moved before an operand has to be sorted."""

import copy
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.sources.permuted import Permuted

from ..huge import sparse_array
from ..twin import DTYPES, arrays, check, keys, sided, spectral_twins, with_fill

N = 10**6
WIDE = [np.dtype(name) for name in ("bool", "int8", "uint64", "float64", "complex128")]
UFUNCS = [np.add, np.subtract, np.maximum, np.less, np.arctan2, np.divmod]


@st.composite
def permuted(draw, dtypes=DTYPES, least=2, shape=None):
    """An ndarray with its axes in another order, and an array of ours that has that for a label."""
    sides = st.lists(st.sampled_from([1, 2, 3, 5]), min_size=least, max_size=4)
    shape = draw(sides) if shape is None else shape
    x, twin = with_fill(draw, draw(arrays(dtypes, st.just(tuple(shape)))))
    axes = tuple(draw(st.permutations(range(x.ndim))))
    return x.transpose(axes), twin.transpose(axes)


def tamed(x):
    """An array without zeros of two signs, NaNs of many kinds, and sums that overflow."""
    x = sided(np.array(x))
    if x.dtype.kind in "fc":
        for each in (x.real, x.imag) if x.dtype.kind == "c" else (x,):
            each[np.isfinite(each) & (np.abs(each) > 1e100)] = 1
    return x


def numbers(pair):
    """A pair of tamed arrays."""
    x, y = pair
    x = tamed(x)
    axes = y.source.axes if isinstance(y.source, Permuted) else tuple(range(x.ndim))
    inner = np.ascontiguousarray(x.transpose(np.argsort(axes)))
    return x, qv.array(inner).transpose(axes)


@given(permuted(), st.data())
def test_parts(pair, data):
    x = pair[0]
    key = data.draw(keys(x.shape))
    order = tuple(data.draw(st.permutations(range(x.ndim))))
    positions = data.draw(st.lists(st.integers(0, x.shape[0] - 1), max_size=4))
    check(lambda x: x[key], pair)
    check(lambda x: x.T, pair)
    check(lambda x: x.transpose(order), pair)
    check(lambda x: x.transpose(order)[..., None, ::-1], pair)
    check(lambda x: x[None, (0,) * x.ndim], pair)
    check(lambda x: x.reshape(-1), pair)
    check(lambda x: x.flat[x.size // 2], pair)
    check(lambda x: x[np.array(positions, int)], pair)
    check(lambda x: x[(-1,) * x.ndim], pair)
    check(lambda x: np.flip(x), pair)
    check(lambda x: x.copy(), pair)
    check(lambda x: x.conj().T, pair)
    check(lambda x: x.astype(np.complex128, order="C"), pair)
    check(lambda x: x.mT.swapaxes(0, -1), pair)


@given(permuted(WIDE), st.data())
def test_reductions(pair, data):
    x, y = numbers(pair)
    ndim = x.ndim
    axis = data.draw(
        st.none()
        | st.integers(-ndim, ndim)
        | st.lists(st.integers(-ndim, ndim - 1), max_size=ndim).map(tuple)
    )
    keepdims = data.draw(st.booleans())
    scale = float(np.linalg.norm(np.nan_to_num(x.astype(complex), posinf=1, neginf=1))) + 1
    for name in ("sum", "max", "any", "all", "mean"):
        check(
            lambda x, name=name: getattr(x, name)(axis=axis, keepdims=keepdims),
            (x, y),
            rounding=1000,
            scale=scale,
        )
    check(lambda x: np.subtract.reduce(x, axis=axis), (x, y), rounding=1000, scale=scale)
    check(lambda x: np.add.reduce(x, axis, initial=3), (x, y), rounding=1000, scale=scale)
    check(lambda x: x.sum(axis=0, where=x > 0), (x, y), rounding=1000, scale=scale)
    check(lambda x: np.argmax(x), (x, y))


@given(permuted(least=1), st.data())
def test_elementwise(pair, data):
    x = pair[0]
    ufunc = data.draw(st.sampled_from(UFUNCS))
    others = [pair]
    axes = pair[1].source.axes if isinstance(pair[1].source, Permuted) else tuple(range(x.ndim))
    inner = tuple(x.shape[axis] for axis in np.argsort(axes))
    same = with_fill(data.draw, data.draw(arrays(DTYPES, st.just(inner))))
    others.append(tuple(one.transpose(axes) for one in same))
    others.append(with_fill(data.draw, data.draw(arrays(DTYPES, st.just(x.shape)))))
    row = data.draw(arrays(DTYPES, st.just(x.shape[-1:])))
    others.extend([(row, row), (row, qv.asarray(row)), (row[0], row[0])])
    other = data.draw(st.sampled_from(others))
    check(ufunc, pair, other)
    check(ufunc, other, pair)
    check(lambda x: np.multiply(x, 2), pair)
    check(np.isnan, pair)


@given(permuted(WIDE, shape=(3, 5)), st.data())
def test_products(pair, data):
    x, y = numbers(pair)
    m, n = x.shape
    other = data.draw(
        st.sampled_from([(n,), (n, 1), (n, 4), (2, n, 3)]).flatmap(
            lambda shape: arrays(WIDE, st.just(shape))
        )
    )
    other = tamed(other)
    check(np.matmul, (x, y), (other, qv.asarray(other)), rounding=1000, scale=_scale(x, other))
    check(np.matmul, (x, y), (other, other), rounding=1000, scale=_scale(x, other))
    left = np.ascontiguousarray(np.resize(other, (2, m)))
    check(np.matmul, (left, left), (x, y), rounding=1000, scale=_scale(x, left))
    check(np.matmul, (left[0], left[0]), (x, y), rounding=1000, scale=_scale(x, left))
    check(lambda x: x @ x.T, (x, y), rounding=1000, scale=_scale(x, x))


def _scale(*operands):
    return float(
        np.prod(
            [
                np.linalg.norm(np.nan_to_num(x.astype(complex), posinf=1, neginf=1)) + 1
                for x in operands
            ]
        )
    )


@given(spectral_twins())
def test_other_bases(twin):
    x, y = twin[:2]
    y = y.reshape(1, -1) if y.ndim == 1 else y
    x = x.reshape(y.shape)
    scale = float(np.linalg.norm(x)) + 1
    check(lambda x: x.T, (x, y), rounding=1000, scale=scale)
    check(lambda x: 2 * x.T, (x, y), rounding=1000, scale=scale)
    check(lambda x: x.T + x.T, (x, y), rounding=1000, scale=scale)
    check(lambda x: x.T.sum(axis=0), (x, y), rounding=1000, scale=scale * x.size)
    check(lambda x: x.T[0], (x, y), rounding=1000, scale=scale)


def test_nothing_is_moved():
    x = sparse_array((N, N, N), fill=3.0, seed=1)
    turned = x.transpose(2, 0, 1)
    inner = x.source
    for y in (turned, turned.copy(), pickle.loads(pickle.dumps(turned)), copy.copy(turned)):
        assert isinstance(y.source, Permuted)
        assert y.nbytes == x.nbytes
    assert turned.source.unpermuted is inner
    assert turned.transpose(1, 2, 0).source is inner
    assert (2 * turned).transpose(1, 2, 0).source.active_indices is inner.active_indices
    sums = turned.sum(axis=(0, 2))
    assert np.array_equal(sums.eigenvalues, x.sum(axis=(2, 1)).eigenvalues)
    assert np.array_equal((turned + turned).T.mT.source.settle().eigenvalues.size, x.nactive)
    position = tuple(int(axis[77]) for axis in inner.coordinates())
    assert turned[position[2], position[0], position[1]] == x[position]
    assert not turned.source.is_sorted
    assert turned.active_indices.size == x.nactive
    assert turned.source.is_sorted
    assert turned.source.settle() is turned.source.settle()


def test_the_smaller_one_is_sorted():
    large, small = sparse_array((N, N), seed=1).T, sparse_array((N, N), 100, seed=2)
    total = large + small
    assert not large.source.is_sorted
    assert isinstance(total.source, Permuted)
    expected = large.copy().source.settle().nactive + small.nactive
    assert total.nactive == expected
    small = small.T
    total = small + large.T
    assert small.source.is_sorted
    assert total.source.standard is total.source


def test_rows_and_columns_are_summed_alike():
    x = sparse_array((N, N), seed=3)
    v = np.random.default_rng(0).standard_normal(N)
    assert np.array_equal(x.T.sum(axis=1).todense(), x.sum(axis=0).todense())
    assert np.array_equal((x.T @ v).todense(), (v @ x).todense())
    assert np.array_equal((v @ x.T).todense(), (x @ v).todense())


def test_views_see_what_is_written():
    x = qv.from_coordinates([[0, 1], [2, 0]], [1.0, 2.0], (3, 4))
    y, z = x.T, x.T.T
    x[1, 3] = 5.0
    assert y[3, 1] == z[1, 3] == 5.0
    y[0, 0] = 7.0
    y.sum(axis=0)
    assert x[0, 0] == z[0, 0] == 7.0
    y += 1
    assert np.array_equal(x.todense(), y.todense().T)
    w = (2 * y).copy()
    w[0, 0] = 1.0
    assert w[0, 0] == 1.0
    assert y[0, 0] == 8.0


def test_threads_sort_one_array():
    x = sparse_array((N, N), seed=5).T
    found = []
    threads = [threading.Thread(target=lambda: found.append(x.active_indices)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(one, found[0]) for one in found)


def test_files_and_refusals(tmp_path):
    x = sparse_array((N, N), seed=7).T
    qv.save(tmp_path / "x.qva", x)
    assert np.array_equal(qv.load(tmp_path / "x.qva").active_indices, x.active_indices)
    with pytest.raises(ValueError, match="axes don't match array"):
        x.transpose(0)
    with pytest.raises(np.exceptions.AxisError):
        x.transpose(0, 2)
    with pytest.raises(ValueError, match="repeated axis"):
        x.transpose(0, 0)
