"""Infinities, NaN and numbers near the ends of a dtype, in bases and in sums of products."""

import pickle
import warnings

import numpy as np
import pytest

import qvarray as qv

from ..accuracy.distances import ROUNDS
from ..twin import SPECTRAL

_ODD = [np.nan, np.inf, -np.inf]


@pytest.mark.parametrize("basis", [*SPECTRAL, "blocked(cosine, 4)", "kron(haar, 2, walsh, 4)"])
def test_eigenvalues_that_are_not_finite_are_refused(basis):
    for value in _ODD:
        with pytest.raises(ValueError, match=r"at index 3 is not finite; only basis='standard'"):
            qv.from_eigenvalues([1.0, value], [0, 3], 8, basis=basis)
        with pytest.raises(ValueError, match="not finite"):
            qv.operator([1.0, value], [0, 3], 8, basis=basis)
        with pytest.raises(ValueError, match="fill_value"):
            qv.operator([1.0], [0], 8, basis=basis, fill_value=value)
        with pytest.raises(ValueError, match="not finite"):
            qv.array([1.0, value, 0, 0, 0, 0, 0, 0]).to_basis(basis)
    x = qv.from_eigenvalues([1.0, np.nan], [0, 3], 8)
    assert np.isnan(x.sum())
    assert np.isnan(qv.operator([np.nan], [3], 8)[3, 3])
    with pytest.raises(ValueError, match="finite"):
        qv.circulant([1.0, np.nan, 0.0])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("basis", SPECTRAL)
def test_what_overflows_is_as_dense(basis):
    """Where coefficients do not fit a dtype, elements are computed."""
    real = float if basis == "fourier" else None
    x = qv.from_eigenvalues([1e308], [0], 8, basis=basis, dtype=real)
    A = qv.operator([1e200], [0], 8, basis=basis, dtype=real)
    dense, matrix = x.todense(), A.todense()
    for call in (
        lambda x, A: x * np.inf,
        lambda x, A: x / 0,
        lambda x, A: x * 10,
        lambda x, A: x + x + x + x,
        lambda x, A: (x + x + x + x).sum(),
        lambda x, A: np.kron(x, x),
        lambda x, A: A @ A,
        lambda x, A: np.var(x),
        lambda x, A: np.std(x),
        lambda x, A: pickle.loads(pickle.dumps(x * np.inf)),
        lambda x, A: (x / 1e271).astype(np.float32),
    ):
        expected, got = np.asarray(call(dense, matrix)), np.asarray(call(x, A))
        finite = np.isfinite(expected)
        np.testing.assert_array_equal(np.isfinite(got), finite)
        np.testing.assert_allclose(got[finite], expected[finite], rtol=1e-6, atol=1e290)
        np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))


def _numbers(rng, dtype, n):
    odd = [0, 0, 0, 1, -1, 2.5, np.nan, np.inf, -np.inf, 1e200, 5e-324]
    x = rng.choice(odd, n).astype(complex)
    if rng.random() < 0.7:
        x = x + 1j * rng.choice(odd, n)
    return (x if dtype in "FD" else x.real).astype(dtype)


def _outcome(call, *args):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = np.asarray(call(*args))
    return result, {str(one.message).split(" encountered in ")[0] for one in caught}


def test_sums_of_products_with_infinities():
    """As BLAS and einsum have them: what is left of infinities, and what is warned of."""
    rng = np.random.default_rng(0)
    calls = [
        np.dot,
        np.vdot,
        np.inner,
        lambda a, b: np.einsum("i,i", a, b),
        lambda a, b: np.einsum("i,i->i", a, b),
        lambda a, b: np.einsum("i,j->ij", a, b),
        lambda a, b: np.einsum("i->", a),
        lambda a, b: np.einsum("ij,jk->ik", a.reshape(2, -1), b.reshape(-1, 2)),
        lambda a, b: np.einsum("ij,j->i", a.reshape(2, -1), b[: b.size // 2]),
        lambda a, b: np.dot(a.reshape(2, -1), b.reshape(-1, 2)),
    ]
    for _ in range(ROUNDS):
        n, dtype = int(rng.choice([2, 4, 6, 40])), rng.choice(list("fdFD"))
        with np.errstate(all="ignore"):
            a, b = _numbers(rng, dtype, n), _numbers(rng, dtype, n)
        for call in calls:
            expected, warned = _outcome(call, a, b)
            got, got_warned = _outcome(call, qv.array(a), qv.array(b))
            assert got_warned == warned
            if not (np.isfinite(expected).all() and np.isfinite(got).all()):
                np.testing.assert_array_equal(got, expected)
