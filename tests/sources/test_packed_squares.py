"""Products of packed arrays: sums from packed coefficients, and everything else as NumPy has it."""

import io
import pickle

import numpy as np
import pytest

import qvarray as qv
from qvarray.sources.packed_squares import Products

BASES = ["cosine", "blocked(cosine, 8)", "haar", "walsh"]


def fields(few):
    x, y = np.meshgrid(np.linspace(0, 3, 64), np.linspace(0, 5, 64))
    smooth = 3 + np.sin(x + y), 2 + np.cos(2 * x - y)
    noise = np.random.default_rng(0).standard_normal((2, 64, 64))
    return smooth if few else tuple(noise + smooth)


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("basis", BASES)
def test_sums_are_those_of_the_elements(few, basis):
    a, b = (qv.encode(x, basis, tol=1e-2, storage="int8") for x in fields(few))
    dense = np.asarray(a), np.asarray(b)
    shifted = a - 2.5
    for got, expected in (
        (a * b, dense[0] * dense[1]),
        (a**2, dense[0] ** 2),
        (shifted * shifted, (dense[0] - 2.5) ** 2),
        (shifted * b, (dense[0] - 2.5) * dense[1]),
        ((a - b) ** 2, (dense[0] - dense[1]) ** 2),
    ):
        assert type(got.source) is Products
        np.testing.assert_allclose(got.sum(), expected.sum(), rtol=1e-12)
        np.testing.assert_allclose(got.mean(), expected.mean(), rtol=1e-12)
        np.testing.assert_allclose(got.sum(axis=0), expected.sum(axis=0), rtol=1e-10)
        np.testing.assert_allclose(np.asarray(got), expected, atol=1e-12)
        np.testing.assert_allclose(got.sum(), expected.sum(), rtol=1e-12)


def test_the_bound_of_a_sum_holds():
    x, y = fields(False)
    a, b = (qv.encode(z, "cosine", tol=1e-2, storage="int8") for z in (x, y))
    exact = np.sum(x * y)
    total = np.sum(a * b, keepdims=True)
    assert total.shape == (1, 1)
    assert abs(total.item() - exact) <= qv.error_bound(total) < 0.1 * exact
    with qv.error_bounds() as bounds:
        number = np.sum(a * b)
    assert abs(number - exact) <= bounds.last <= qv.error_bound(total)
    assert np.linalg.norm(np.asarray(a * b) - x * y) <= qv.error_bound(a * b) < np.inf


def test_other_uses_are_those_of_an_expression():
    a, b = (qv.encode(x, "cosine", tol=1e-2, storage="int8") for x in fields(False))
    dense = np.asarray(a) * np.asarray(b)
    x = a * b
    size = len(pickle.dumps(x))
    np.asarray(x)
    assert len(pickle.dumps(x)) <= size + 64
    file = io.BytesIO()
    qv.save(file, x)
    file.seek(0)
    for got in (x, pickle.loads(pickle.dumps(x)), qv.load(file), +x):
        np.testing.assert_allclose(np.asarray(got), dense, atol=1e-12)
    np.testing.assert_allclose(x[3:5, 7], dense[3:5, 7], atol=1e-12)
    np.testing.assert_allclose(np.asarray(x.T), dense.T, atol=1e-12)
    np.testing.assert_allclose(np.sqrt(np.abs(x)).max(), np.sqrt(np.abs(dense)).max())
    x[0, 0] = 7
    assert x[0, 0] == 7
    other = qv.encode(fields(True)[0], "haar", tol=1e-2, storage="int8")
    np.testing.assert_allclose(np.asarray(a * other), np.asarray(a) * np.asarray(other), atol=1e-12)


def test_a_product_keeps_its_factors_as_they_were():
    a, b = (qv.encode(x, "cosine", tol=1e-2, storage="int8") for x in fields(False))
    dense = np.asarray(a) * np.asarray(b)
    x = a * b
    a[0, 0] = 100
    b += 1
    np.testing.assert_allclose(x.sum(), dense.sum())
    np.testing.assert_allclose(np.asarray(x), dense, atol=1e-12)
