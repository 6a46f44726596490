"""Sparse arrays with arrays in other bases: computed where something is active, and there alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from ..twin import BASES, DTYPES, SPECTRAL, arrays, check, spectral_twins, with_fill

Call = Callable[[Any, Any], Any]

#: Of a sparse array of numbers and another array: closed where the fill value is 0.
_CLOSED: list[Call] = [
    lambda x, w: x * w,
    lambda x, w: w * x,
    lambda x, w: np.multiply(w, x, dtype=complex),
    lambda x, w: x * np.sin(w) * w,
    lambda x, w: (x != 0) & (w > 0.3137),
    lambda x, w: np.logical_and(w > 0.3137, x),
    lambda x, w: np.where(x != 0, w, 0),
    lambda x, w: np.where(x == 0, 2.5, w),
    lambda x, w: np.add(w, w, out=np.zeros_like(x, dtype=w.dtype), where=x != 0),
    lambda x, w: np.where(x != 0, w * 1j, 0),
    lambda x, w: np.minimum(np.where(x != 0, 1.0, -np.inf), w),
]
#: Of which results differ where nothing is active, or are not known to be one.
_OPEN: list[Call] = [
    lambda x, w: x + w,
    lambda x, w: np.maximum(x, w),
    lambda x, w: np.where(x == 0, w, 1),
    lambda x, w: np.add(w, x, out=np.ones_like(x, dtype=np.result_type(x, w)), where=w > 0.3137),
    lambda x, w: np.hypot(x, w),
    lambda x, w: x / w,
]
_REDUCED: list[Call] = [
    lambda x, w: np.sum(w, where=x != 0),
    lambda x, w: np.mean(w, where=x != 0),
    lambda x, w: np.max(w, where=x != 0, initial=-1),
    lambda x, w: np.count_nonzero(np.abs(x * w) > 0.3137),
    lambda x, w: np.any(w > 1.137, where=x == 0),
    lambda x, w: np.sum(w, axis=0, where=x != 0),
]


def _waves(n: int, basis: str) -> qv.VirtualQArray:
    """Real samples of size 1, of an array that cannot be materialised."""
    scale = n**0.5
    indices = [0, 0x55] if basis != "fourier" else [0, 0x55, n - 0x55]
    values = [scale, scale / 2, scale / 2][: len(indices)]
    return qv.from_eigenvalues(values, indices, n, basis=basis, dtype=float)


def _sizes(x: Any, w: Any) -> float:
    finite = np.abs(x[np.isfinite(x)].astype(complex)) if x.size else np.zeros(0)
    return float((1 + np.sum(finite)) * (1 + np.linalg.norm(w.ravel())))


@pytest.mark.parametrize("call", [*_CLOSED, *_OPEN, *_REDUCED])
@settings(max_examples=30)
@given(data=st.data())
def test_twins(call: Call, data: Any) -> None:
    w = data.draw(spectral_twins())
    x = with_fill(data.draw, data.draw(arrays(DTYPES[:10] + DTYPES[11:12], st.just(w[0].shape))))
    with np.errstate(all="ignore"):
        check(call, x, w, rounding=500, scale=_sizes(x[0], w[0]))


@pytest.mark.parametrize("basis", SPECTRAL)
@pytest.mark.parametrize("call", _CLOSED)
def test_as_many_elements_as_are_active(call: Call, basis: str) -> None:
    n, places = 2**50, np.array([3, 2**30, 2**49])
    x = qv.from_coordinates(places, [1.0, -2.0, 3.0], n)
    w = _waves(n, basis)
    few, samples = np.array([1.0, -2.0, 3.0]), np.asarray(w[places])
    result = call(x, w)
    assert result.nactive <= 3
    np.testing.assert_allclose(result[places], call(few, samples), rtol=1e-9, atol=1e-9)
    assert result[12345] == call(np.zeros(1), np.ones(1))[0]


@pytest.mark.parametrize("basis", SPECTRAL)
def test_masked_reductions_of_what_cannot_be_materialised(basis: str) -> None:
    n, places = 2**50, np.array([3, 2**30, 2**49])
    mask = qv.from_coordinates(places, [True] * 3, n)
    w = _waves(n, basis)
    samples = np.asarray(w[places])
    assert np.isclose(np.sum(w, where=mask), samples.sum())
    assert np.isclose(np.mean(w, where=mask), samples.mean())
    assert np.max(w, where=mask, initial=-9) == samples.max()
    assert np.count_nonzero(np.where(mask, w, 0)) == np.count_nonzero(samples)


def test_elements_that_may_not_be_finite_are_all_computed() -> None:
    x = qv.from_coordinates([3], [1.0], 2**20)
    w = qv.from_eigenvalues([1e300, 1e308], [0, 5], 2**20, basis="walsh")
    with np.errstate(all="ignore"):
        grown = np.exp(w)
        result = grown * x
        assert np.isnan(np.sum(result))
        assert np.isnan(result.todense()).any()


def test_rows_that_broadcast() -> None:
    x = qv.from_coordinates([[3, 2**20], [5, 2**29]], [1.0, 2.0], (2**30, 2**30))
    w = qv.from_eigenvalues([2.0**15, 2.0**14], [0, 1], 2**30, basis="walsh")
    result = x * w * w[:, None]
    assert result.nactive == 2
    assert float(result.sum()) == 1.0 * float(w[5] * w[3]) + 2.0 * float(w[2**29] * w[2**20])


def test_many_active_elements_are_computed_by_pages() -> None:
    n = 2**16
    x = np.zeros(n)
    x[::4] = 1.0
    w = qv.from_eigenvalues(np.ones(5000), np.arange(5000), n, basis="cosine")
    result = qv.asarray(x) * w
    np.testing.assert_allclose(result.todense(), x * w.todense(), atol=1e-10)


def test_bounds_of_lossy_arrays_are_kept() -> None:
    rng = np.random.default_rng(0)
    dense = np.cumsum(rng.standard_normal(4096))
    e = qv.encode(dense, tol=1e-2)
    mask = np.zeros(4096)
    mask[::500] = 2.0
    result = qv.asarray(mask) * e
    off = np.linalg.norm(result.todense() - mask * dense)
    size = np.linalg.norm(mask * dense)
    assert off > 0
    assert result.recovery_error == np.inf or off <= result.recovery_error * size * 1.01


@pytest.mark.parametrize("basis", BASES)
def test_dtypes_are_numpys(basis: str) -> None:
    w = qv.from_eigenvalues([1.0], [0], 8, basis=basis, dtype=np.float32)
    for dtype in ("bool", "int8", "float16", "float64", "complex64"):
        x = qv.from_coordinates([2], np.ones(1, dtype), 8)
        expected = x.todense() * w.todense()
        assert (x * w).dtype == expected.dtype
        np.testing.assert_allclose((x * w).todense(), expected, rtol=1e-3)


_PRODUCTS: list[Callable[[Any, Any, Any], Any]] = [
    lambda x, w, v: x @ w,
    lambda x, w, v: w @ x.T,
    lambda x, w, v: v @ w,
    lambda x, w, v: w.T @ v,
    lambda x, w, v: np.tensordot(x, w, (1, 0)),
    lambda x, w, v: np.tensordot(w, x, ((0, 1), (1, 0))),
    lambda x, w, v: np.tensordot(w[0], x[:, 0], 1),
    lambda x, w, v: np.einsum("i,i", w[0], x[:, 0]),
    lambda x, w, v: np.einsum("i,ij,j->", v, w, w[0]),
    lambda x, w, v: x @ w @ x,
]


@pytest.mark.parametrize("bases", [(basis, other) for basis in BASES for other in SPECTRAL])
@pytest.mark.parametrize("product", _PRODUCTS)
def test_products_with_sparse_matrices(
    product: Callable[[Any, Any, Any], Any], bases: tuple[str, str]
) -> None:
    rng = np.random.default_rng(0)
    n, k = 64, 7
    places = np.sort(rng.choice(n * n, k, replace=False))
    w = qv.from_eigenvalues(rng.standard_normal(k), places, (n, n), basis=bases)
    x, v = np.zeros((n, n)), np.zeros(n)
    x[[3, 7, 3], [5, 60, 0]], v[[3, 5]] = [1.0, 2.0, -1.0], [0.5, 3.0]
    check(product, (x, qv.asarray(x)), (w.todense(), w), (v, qv.asarray(v)), rounding=500, scale=50)


@pytest.mark.parametrize("basis", SPECTRAL)
def test_products_of_what_cannot_be_materialised(basis: str) -> None:
    n = 2**30
    x = qv.from_coordinates([[3, 5], [7, 2**29]], [1.0, 2.0], (n, n))
    w = qv.from_eigenvalues([2.0**30, 2.0**30, 2.0**29], [0, 9 * n, 4], (n, n), basis=basis)
    result = x @ w
    assert result.nactive <= 4
    part = x[:8, [7, 2**29]].todense() @ w[[7, 2**29], :9].todense()
    np.testing.assert_allclose(result[:8, :9].todense(), part, rtol=1e-9, atol=1e-9)
    total = x[3, 7] * w[7, 3] + x[5, 2**29] * w[2**29, 5]
    np.testing.assert_allclose(np.tensordot(x, w, ((0, 1), (1, 0)))[()], total, rtol=1e-9)
