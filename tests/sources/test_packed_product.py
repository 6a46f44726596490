"""Products and other ufuncs of packed arrays that are over the budget unpacked: page by page."""

import operator
import pickle
import tracemalloc

import numpy as np
import pytest

import qvarray as qv

# Less than the coefficients take, and more than the pages do.
BUDGET = 6 * 2**20


def field(seed, shape=(768, 1024)):
    noise = np.random.default_rng(seed).standard_normal(shape)
    return np.cumsum(np.cumsum(noise, 0), 1) / 50


def encoded(samples):
    return qv.encode(samples, "blocked(cosine, 8)", tol=1e-3, storage="int16")


@pytest.fixture(scope="module")
def pair():
    a, b = field(0), field(1)
    x, y = encoded(a), encoded(b)
    dense = x.todense(), y.todense()
    qv.clear_caches()
    return (a, b), dense, (x, y)


CALLS = [
    np.multiply,
    lambda x, y: x * y + x - 1,
    lambda x, y: (x * y)[3:9, 5:30],
    lambda x, y: (x * y)[[3, 300, 5], [7, 7, 8]],
    lambda x, y: (x * y)[7, 9],
    lambda x, y: np.sum(x * y, axis=0),
    lambda x, y: np.max(x * y, axis=1),
    lambda x, y: np.max(x),
    lambda x, y: np.argmin(x * y),
    lambda x, y: np.std(x * y),
    lambda x, y: np.where(x > y, x, y),
    lambda x, y: np.hypot(x, y) / (1 + np.square(y)),
    lambda x, y: x * np.arange(1024.0),
]


@pytest.mark.parametrize("call", CALLS)
def test_elements_are_those_of_numpy(pair, call):
    _, dense, packed = pair
    expected = call(*dense)
    with qv.options(memory_budget=BUDGET):
        got = call(*packed)
    np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("kind", ["both", "left", "right", "vectors"])
def test_matrix_products(pair, kind):
    (a, b), (da, db), (x, y) = pair
    narrow = field(2, (1024, 64))
    z = encoded(narrow)
    m = np.random.default_rng(0).standard_normal((768, 20))
    calls = {
        "both": (operator.matmul, (x, z)),
        "left": (lambda x, y: x @ np.resize(m[:, 0], 1024), (x, y)),
        "right": (lambda x, y: m.T @ y, (x, y)),
        "vectors": (lambda x, y: m[:, 1] @ y, (x, y)),
    }
    call, packed = calls[kind]
    dense, exact = (da, db), (a, b)
    if kind == "both":
        dense, exact = (da, z.todense()), (a, narrow)
    with qv.options(memory_budget=BUDGET):
        got = call(*packed)
    np.testing.assert_allclose(np.asarray(got), call(*dense), rtol=1e-10, atol=1e-7)
    assert np.linalg.norm(np.asarray(got) - call(*exact)) <= qv.error_bound(got)


def test_bounds_are_carried(pair):
    (a, b), _, (x, y) = pair
    with qv.options(memory_budget=BUDGET):
        product = x * y
        assert product.nbytes == x.nbytes + y.nbytes
        assert (x * x).nbytes == x.nbytes
        assert qv.error_bound(product) < np.inf
    assert np.linalg.norm(np.asarray(product) - a * b) <= qv.error_bound(product)
    again = pickle.loads(pickle.dumps(product))
    np.testing.assert_array_equal(again[:3].todense(), product[:3].todense())


def test_no_dense_array(pair):
    _, (da, db), (x, y) = pair
    with qv.options(memory_budget=BUDGET):
        float(np.sum(x[:8] * y[:8]))
        qv.clear_caches()
        tracemalloc.start()
        try:
            total = np.sum(np.exp(x * y / 1e4))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert np.isclose(total, np.sum(np.exp(da * db / 1e4)))
    assert peak < 10 * 2**20  # some pages of 1 MiB in two threads, and what they are unpacked from


def test_a_matrix_over_the_budget_is_refused(pair):
    x = pair[2][0]
    with qv.options(memory_budget=BUDGET), pytest.raises(qv.MaterializationError, match="budget"):
        x.T @ x
