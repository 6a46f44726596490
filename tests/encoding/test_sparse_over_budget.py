"""Sparse arrays that are over the budget: encoded in the standard basis, by what they store."""

import numpy as np
import pytest
import scipy.sparse as sp

import qvarray as qv

rng = np.random.default_rng(0)
WHERE = rng.integers(0, 10**6, 10**4), rng.integers(0, 10**5, 10**4)
A = sp.coo_array((rng.random(10**4), WHERE), shape=(10**6, 10**5)).tocsr()
BUDGET = {"memory_budget": 2**26}


@pytest.mark.parametrize("tol", [None, 1e-3, 0.1, 0.5])
def test_within_the_tolerance(tol):
    x = qv.asarray(A)
    with qv.options(**BUDGET):
        y = qv.encode(A, tol=tol)
    lost = np.linalg.norm(x - y) / np.linalg.norm(x)
    assert lost <= y.recovery_error <= (tol or 0)
    left = np.sort(A.data)[: A.nnz - y.nactive + 1]
    assert np.linalg.norm(left) / np.linalg.norm(A.data) > (tol or 0)  # one more is too many


def test_the_largest_are_kept():
    with qv.options(**BUDGET):
        y = qv.encode(A, max_active=100)
        with pytest.raises(ValueError, match="max_active=100 leaves a relative error of"):
            qv.encode(A, max_active=100, tol=1e-3)
    assert np.array_equal(np.sort(y.eigenvalues), np.sort(A.data)[-100:])


def test_not_finite():
    x = qv.from_coordinates([[0], [1]], [np.inf], (10**6, 10**6))
    with qv.options(**BUDGET):
        assert qv.encode(x, tol=0.1).eigenvalues.tolist() == [np.inf]
        with pytest.raises(ValueError, match="elements that are all finite"):
            qv.encode(x, max_active=1)
