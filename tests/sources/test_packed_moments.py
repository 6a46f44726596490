"""Sums and products of packed arrays, beside those of their elements in extended precision."""

import numpy as np
import pytest

import qvarray as qv
from qvarray.sources.packed_moments import moments

EXTENDED = np.longdouble


def field(seed, shape):
    rng = np.random.default_rng(seed)
    x = sum(
        np.cos(np.arange(n) / 7 + seed).reshape([-1] + [1] * i) for i, n in enumerate(shape[::-1])
    )
    return 5 + x + 0.2 * rng.standard_normal(shape)


def measured(x, y):
    a, b = (np.asarray(z).astype(np.clongdouble).ravel() for z in (x, y))
    totals = a.sum(), b.sum()
    a, b = a - a.mean(), b - b.mean()
    pairs = ((a, a), (a, b), (b, b))
    return totals, [float((u.conj() * v).sum().real) for u, v in pairs]


def check(x, y):
    found = moments(x.source, y.source)
    (first, second), away = measured(x, y)
    size = np.linalg.norm(np.asarray(x)) + np.linalg.norm(np.asarray(y))
    assert abs(found.first - first) <= 1e-13 * size * x.size**0.5
    assert abs(found.second - second) <= 1e-13 * size * x.size**0.5
    # Of a constant, what is left is what its elements are rounded by.
    atol = max(1e-13 * max(away), (4e-16 * size) ** 2)
    np.testing.assert_allclose(found.away, away, rtol=1e-11, atol=atol)


@pytest.mark.parametrize(
    ("shape", "basis"),
    [
        ((72, 50), "blocked(cosine, 8)"),
        ((5000,), "blocked(cosine, 8)"),
        ((40, 40), "cosine"),
        ((64, 64), "haar"),
        ((64, 64), "walsh"),
        ((30, 70), "standard"),
        ((60, 60), "fourier"),
        ((9, 31, 33), ("standard", "blocked(cosine, 4)", "cosine")),
    ],
)
@pytest.mark.parametrize("tol", [0.3, 1e-2, 1e-4])
def test_moments_are_those_of_the_elements(shape, basis, tol):
    a, b = (qv.encode(field(i, shape), basis, tol=tol, storage="int8") for i in (0, 1))
    c = qv.encode(field(2, shape), basis, tol=tol / 3, storage="int16")
    check(a, a)
    check(a, b)
    for x in (a - b, a - c, 2.5 * a, a + b - c):
        if hasattr(x.source, "terms"):
            check(x, x)
            check(x, b)


def test_complex_arrays():
    x = field(0, (40, 30)) + 1j * field(1, (40, 30))
    for basis in ("blocked(cosine, 8)", "fourier"):
        a = qv.encode(x, basis, tol=1e-2, storage="int16")
        check(a, a)
        dense = np.asarray(a)
        np.testing.assert_allclose(np.var(a), np.var(dense), rtol=1e-12)
        np.testing.assert_allclose(np.mean(a), np.mean(dense), rtol=1e-12)


def test_what_differs_by_little_is_not_lost():
    x = 1e6 + field(0, (64, 64))
    a, b = (qv.encode(x, "cosine", tol=tol, storage="int16") for tol in (1e-8, 1.1e-8))
    small = a - b
    exact = np.asarray(a).astype(EXTENDED) - np.asarray(b).astype(EXTENDED)
    size = float(np.sqrt((exact**2).sum()))
    # The elements themselves are rounded: by some 1e-10 each.
    assert abs(np.linalg.norm(small) - size) <= 1e-7
    np.testing.assert_allclose(np.var(a), np.var(np.asarray(a)), rtol=1e-8)


def test_numbers_that_are_known_are_not_read_again():
    x = qv.encode(field(0, (64, 64)), "blocked(cosine, 8)", tol=1e-2, storage="int8")
    variance = np.var(x)
    reads = x.source.reads
    assert [np.var(x) for _ in range(20)] == [variance] * 20
    assert x.source.reads == reads
    np.testing.assert_allclose(np.var(x - 3.0), variance, rtol=1e-14)
