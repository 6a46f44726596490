"""Arrays of the package sparse: converted from and to, and as operands, fill values kept."""

import operator
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..twin import DTYPES, arrays

sparse = pytest.importorskip("sparse")
same = np.testing.assert_array_equal
NUMBERS = [dtype for dtype in DTYPES if dtype.kind in "biufc" and dtype.itemsize < 16]


def coo(dense, fill):
    """Make a COO by hand: the package's own conversions do not know NaN as a fill value."""
    kept = ~((dense == fill) | ((dense != dense) & (fill != fill)))
    return sparse.COO(
        np.argwhere(kept).T.reshape(dense.ndim, -1), dense[kept], dense.shape, fill_value=fill
    )


@given(arrays(NUMBERS), st.data())
def test_from_and_to(dense, data):
    fill = data.draw(st.sampled_from([dense.dtype.type(0), dense.dtype.type(1)]))
    if not dense.ndim:
        return
    a = coo(dense, fill)
    for x in (qv.from_sparse(a), qv.asarray(a)):
        x.spectrum.check()
        assert x.fill_value == fill or x.spectrum.active_indices is None
        np.testing.assert_array_equal(np.asarray(x), a.todense(), strict=True)
    x = qv.asarray(dense, fill_value=fill)
    back = qv.to_sparse(x)
    assert back.dtype == dense.dtype
    np.testing.assert_array_equal(back.todense(), x.todense(), strict=True)


@pytest.mark.parametrize("name", ["coo", "gcxs", "dok"])
def test_from_every_format(name):
    rng = np.random.default_rng(0)
    dense = rng.standard_normal((4, 5, 3)) * (rng.random((4, 5, 3)) < 0.3)
    a = sparse.COO.from_numpy(dense).asformat(name)
    same(np.asarray(qv.asarray(a)), dense)
    same(np.asarray(qv.encode(a)), dense)


def test_huge():
    n = 2**30
    a = sparse.COO([[3, 2**29], [5, 7]], [1.0, 2.0], (n, n), fill_value=1.5)
    x = qv.asarray(a)
    assert (x.nactive, x.fill_value, x[3, 5], x[3, 6]) == (2, 1.5, 1.0, 1.5)
    total = x + a
    assert (total.nactive, total.fill_value, total[2**29, 7]) == (2, 3.0, 4.0)
    assert (a * x)[0, 0] == 2.25
    assert qv.to_sparse(total).fill_value == 3.0
    v = qv.from_eigenvalues([2.0], [7], n)
    zero = sparse.COO([[3, 2**29], [5, 7]], [1.0, 2.0], (n, n))
    assert (qv.asarray(zero) @ v)[2**29] == 4
    assert (v @ zero.T)[2**29] == 4
    assert np.concatenate([x, a]).nactive == 4
    assert np.where(x > 1, a, x).nactive == 2


def test_operators():
    rng = np.random.default_rng(0)
    dense, other = rng.standard_normal((2, 4, 4)) * (rng.random((2, 4, 4)) < 0.5)
    x, a = qv.asarray(dense), coo(other, 0.0)
    for call in (
        np.add,
        np.subtract,
        np.multiply,
        np.maximum,
        np.hypot,
        np.equal,
        np.less,
        lambda x, a: x @ a,
        np.dot,
        np.kron,
        lambda x, a: np.vstack([x, a]),
        lambda x, a: np.einsum("ij,kj", x, a),
    ):
        got = call(x, a)
        assert type(got) is qv.VirtualQArray
        np.testing.assert_allclose(np.asarray(got), call(dense, other))
    for call in (np.add, np.multiply, np.less, np.not_equal, operator.matmul):
        for left in (a, a.asformat("gcxs")):
            got = call(left, x)
            assert type(got) is qv.VirtualQArray
            np.testing.assert_allclose(np.asarray(got), call(other, dense))
    y = qv.asarray(dense)
    y += a
    same(np.asarray(y), dense + other)


@pytest.mark.parametrize(("one", "other"), [(1, 1), (1, 2), (2, 1), (3, 1), (3, 3), (3, 2)])
def test_products_of_any_number_of_axes(one, other):
    rng = np.random.default_rng(0)
    dense, right = (rng.integers(-1, 2, (4,) * ndim).astype(float) for ndim in (one, other))
    same(np.asarray(coo(dense, 0.0) @ qv.asarray(right)), dense @ right)
    same(np.asarray(coo(dense, 0.0) @ qv.asarray(right + 3.0, fill_value=3.0)), dense @ (right + 3))


def test_what_sparse_does_not_take_is_named():
    x = qv.from_coordinates([[0], [1]], [2.0], (2**30, 2**30))
    a = qv.to_sparse(x)
    assert (a @ x).nactive == 0
    for call in (
        np.matmul,
        np.dot,
        sparse.matmul,
        sparse.dot,
        lambda a, x: sparse.tensordot(a, x, 1),
    ):
        with pytest.raises(NotImplementedError, match=r"qvarray\.asarray\(c\) @ x"):
            call(a, x)
    with pytest.raises(TypeError, match=r"qvarray\.to_sparse\(x\)"):
        sparse.COO(x)


def test_bad_input(monkeypatch):
    with pytest.raises(TypeError, match="got ndarray"):
        qv.from_sparse(np.eye(2))
    monkeypatch.setitem(sys.modules, "sparse", None)
    with pytest.raises(qv.MissingExtraError, match=r"qvarray\[sparse\]"):
        qv.to_sparse(np.eye(2))


def test_the_other_byte_order():
    x = qv.from_coordinates([[0, 1], [1, 2]], [3.0, 4.0], (5, 5)).astype(">f8")
    assert np.array_equal(qv.to_sparse(x) @ np.ones(5), np.asarray(x) @ np.ones(5))
