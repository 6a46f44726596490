"""Arrays that store all elements: NumPy's results bit for bit, from the memory they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import qvarray as qv

from ..huge import peak_of

_N = 600


def _matrix(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((_N, _N))


def _peak(call: Callable[[], Any]) -> int:
    """Return the bytes that a call allocates at most; the first one loads what it needs."""
    call()
    return peak_of(call)[1]


_PRODUCTS: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x @ y,
    lambda x, y: x.T @ y,
    lambda x, y: x @ y.T,
    lambda x, y: x.T @ y[0],
    lambda x, y: y[0] @ x.T,
    lambda x, y: x.reshape(6, 100, _N).transpose(0, 2, 1) @ y.reshape(6, 100, _N),
    lambda x, y: x[:7].T @ x[:7],
]


@pytest.mark.parametrize("product", _PRODUCTS)
@pytest.mark.parametrize("dtype", [np.float64, np.complex64, np.int16, np.bool])
def test_products_are_bit_for_bit_numpys(product: Callable[[Any, Any], Any], dtype: Any) -> None:
    x, y = _matrix(0).astype(dtype), _matrix(1).astype(dtype)
    if x.dtype.kind == "f":
        x[3, 5], y[5, 0] = np.inf, np.nan
    expected = product(x, y)
    result = product(qv.asarray(x), qv.asarray(y))
    assert result.dtype == expected.dtype
    np.testing.assert_array_equal(np.asarray(result), expected, strict=True)


def test_a_transposed_matrix_is_multiplied_where_it_lies() -> None:
    x, v = qv.asarray(_matrix(0)), np.ones(_N)
    assert _peak(lambda: x.T @ v) < x.nbytes / 10


def test_a_variance_needs_one_array_beside_its_argument() -> None:
    x = qv.asarray(_matrix(0))
    assert _peak(x.var) < 1.1 * x.nbytes


def test_a_range_is_made_once() -> None:
    assert _peak(lambda: qv.arange(10**6)) < 1.1 * 8 * 10**6
