"""Products whose coefficients are put off: closed where somebody asks, else page by page."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.core.spectrum import Spectrum
from qvarray.sources.closable import Closable
from qvarray.sources.plan import Plan

from ..huge import peak_of
from ..twin import SPECTRAL, assert_same

ROUNDING = 5000.0
N, K = 2**15, 100

CALLS: list[Callable[..., Any]] = [
    lambda x: x,
    lambda x: -x,
    lambda x: 2 * x,
    lambda x: x / 4,
    lambda x: x - 1,
    lambda x: x + x,
    lambda x: np.exp(-x),
    np.sum,
    np.max,
    np.mean,
    np.var,
    np.argmax,
    np.linalg.norm,
    lambda x: x[5],
    lambda x: x[7:70],
    lambda x: x[::-1],
    lambda x: np.roll(x, N // 2),
    lambda x: x.reshape(2, -1).sum(0),
    lambda x: (np.sqrt(x + 1) * x).sum(),
    lambda x: np.concatenate([x, x]),
    lambda x: np.add.reduce(x, initial=3.0),
    lambda x: x > 0.25,
    lambda x: x**2,
    lambda x: np.conj(x),
    lambda x: np.deg2rad(x),
]


def waves(seed, basis, k=K, n=N):
    rng = np.random.default_rng(seed)
    indices = np.sort(rng.choice(n, k, replace=False))
    values = rng.standard_normal(k) * (n / k) ** 0.5
    return qv.from_eigenvalues(values, indices, n, basis=basis)


def squares(x):
    return x * x, np.asarray(x) ** 2


@given(st.integers(0, 5), st.sampled_from(SPECTRAL), st.sampled_from(CALLS))
def test_calls(seed, basis, call):
    y, dense = squares(waves(seed, basis))
    if basis != "haar":
        assert isinstance(y.source, Closable)
    if dense.dtype.kind == "c" and call in (np.max, np.argmax):
        return
    with np.errstate(invalid="ignore"):
        if dense.dtype.kind == "c" and call is CALLS[-1]:
            with pytest.raises(TypeError):
                call(y)
            return
        assert_same(call(dense), call(y), ROUNDING, scale=float(np.linalg.norm(dense)))


@given(st.sampled_from(["walsh", "cosine", "hartley"]), st.integers(0, 5))
def test_the_coefficients_are_those_of_the_product(basis, seed):
    x, z = waves(seed, basis), waves(seed + 9, basis)
    for y, dense in (
        (x * z, np.asarray(x) * np.asarray(z)),
        (2 * (x * z) - x, 2 * (np.asarray(x) * np.asarray(z)) - np.asarray(x)),
    ):
        assert isinstance(y.source, Closable)
        assert y.bases == x.bases
        closed = y.spectrum
        closed.check()
        assert closed.bases == x.bases
        assert closed.nactive <= y.source.most
        assert_same(dense, qv.VirtualQArray(closed), ROUNDING)
        assert y.spectrum is closed
        again = pickle.loads(pickle.dumps(y))
        assert isinstance(again.source, Closable)
        assert again.nactive == y.nactive
        assert_same(dense, again, ROUNDING)


def test_few_coefficients_are_multiplied_at_once():
    x = waves(0, "walsh", 10)
    assert isinstance((x * x).source, Spectrum)
    assert isinstance((x**2).source, Spectrum)


def test_local_functions_are_multiplied_at_once():
    table = qv.from_eigenvalues(
        np.ones(2000), np.arange(2000) * 64, (2000, 64), basis=["standard", "cosine"]
    )
    assert isinstance((table * table).source, Spectrum)


def test_a_square_of_a_huge_array_takes_no_more_than_its_factors():
    n = 2**40
    rng = np.random.default_rng(0)
    indices = np.sort(rng.integers(0, n, 1000))
    x = qv.from_eigenvalues(rng.standard_normal(1000), indices, n, basis="walsh")
    (y, total, one), peak = peak_of(lambda: (y := x**2, (x * x).sum(), y[12345]))
    assert peak < 2**20
    np.testing.assert_allclose(total, np.sum(np.square(x.eigenvalues)))
    np.testing.assert_allclose(one, x[12345] ** 2)
    # By Parseval, on coefficients that are multiplied now.
    assert 10**5 < y.nactive < 10**6
    np.testing.assert_allclose(y.mean() * n, total)


def test_long_chains_are_closed_on_the_way():
    x = waves(0, "walsh")
    y, dense = squares(x)
    for _ in range(40):
        y, dense = y + x, dense + np.asarray(x)
    assert_same(dense, y, ROUNDING)
    assert y.bases == x.bases


def test_too_many_pairs_are_an_expression():
    x = waves(0, "walsh", 1000)
    y = (x * x) * (x * x)
    assert not isinstance(y.source, Closable)
    assert_same(np.asarray(x) ** 4, y, ROUNDING)


@pytest.mark.parametrize("basis", SPECTRAL)
@pytest.mark.parametrize("factor", [-1.0, 2.0, -0.5, 3.0])
def test_multiples_are_read_once(basis, factor):
    x = waves(0, basis)
    y = np.exp(factor * x) + x
    plan = Plan(y.source)
    leaves = [node for node, inputs in plan._steps if isinstance(node, Spectrum) and not inputs]
    assert len(leaves) == 1 + (factor == 3.0 and len(leaves) == 2)
    assert_same(np.exp(factor * np.asarray(x)) + np.asarray(x), y, ROUNDING)
