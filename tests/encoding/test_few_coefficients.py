"""Arrays that store few coefficients: those are encoded, exactly where they can be, at any size."""

import numpy as np
import pytest

import qvarray as qv

from ..accuracy.distances import ROUNDS, l2, widened
from ..huge import peak_of

_DTYPES = ["f2", "f4", "f8", "c8", "c16", "g", "i4", "u8", "i1", "?"]
_BASES = ["standard", "walsh", "fourier", "cosine", "haar", "blocked(cosine, 4)"]
_STORAGES = [None, None, "int8", "int16", "float32", "float16"]
_TOLERANCES = [None, 0.5, 0.1, 1e-2, 1e-3, 1e-5]
_SPECTRAL = ["walsh", "fourier", "cosine", "haar"]


def _array(rng):
    """A few coefficients, in any basis, of any scale; at times with a fill value."""
    shape = tuple(int(n) for n in rng.choice([1, 8, 32, 256], size=rng.integers(1, 3)))
    dtype, basis = np.dtype(rng.choice(_DTYPES)), str(rng.choice(_BASES))
    if dtype.kind not in "fc":
        basis = "standard"
    size = int(np.prod(shape))
    count = int(rng.integers(0, max(size // 20, 1) + 1))
    where = np.sort(rng.choice(size, min(count, 40), replace=False))
    values = rng.standard_normal(where.size) * 10.0 ** rng.integers(-3, 2)
    if dtype.kind == "c":
        values = values + 1j * rng.standard_normal(where.size)
    elif basis == "fourier":
        where, values = where[where == 0], values[where == 0]
    fill = int(rng.integers(0, 2)) if basis == "standard" else 0
    with np.errstate(invalid="ignore"):
        values = values.astype(dtype)
    x = qv.from_eigenvalues(values, where, shape, basis=basis, dtype=dtype, fill_value=fill)
    if dtype.kind in "fc" and not fill:
        x = x * dtype.type(2.0 ** rng.integers(-8, 8))
    return x


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(2))
def test_bounds_hold(seed):
    rng = np.random.default_rng(seed)
    for _ in range(2 * ROUNDS):
        x = _array(rng)
        try:
            _check(rng, x)
        except AssertionError as error:
            error.add_note(f"of {x!r}, {x.eigenvalues!r} at {x.active_indices!r}")
            raise


def _check(rng, x):
    """Encode an array somehow; what comes of it is within its bound, and that in the tolerance."""
    basis, storage = str(rng.choice([*_BASES, "auto", "auto"])), rng.choice(_STORAGES)
    tol = rng.choice(_TOLERANCES)
    most = int(rng.integers(0, 9)) if rng.random() < 0.2 else None
    try:
        y = qv.encode(x, basis, tol=tol, storage=storage, max_active=most)
    except ValueError as error:
        known = ("tol", "storage", "max_active", "overflow", "axis of length")
        assert any(word in str(error) for word in known)  # noqa: PT017
        return
    assert y.shape == x.shape
    assert y.dtype == x.dtype or (x.dtype.kind not in "fc" and y.dtype == np.float64)
    settled = y.source.settle()
    assert most is None or np.count_nonzero(settled.eigenvalues != settled.fill_value) <= most
    off, size = l2(widened(y.todense()) - widened(x.todense())), l2(x.todense())
    assert off <= qv.error_bound(y)
    assert not size or off / size <= y.recovery_error
    assert tol is None or y.recovery_error <= tol


@pytest.mark.parametrize("basis", ["standard", *_SPECTRAL])
@pytest.mark.parametrize("storage", [None, "int8", "int16", "float32", "float16"])
def test_huge_arrays_keep_their_bases(basis, storage):
    rng = np.random.default_rng(0)
    where = np.unique(rng.integers(0, 2**40, 50))
    dtype = np.complex128 if basis == "fourier" else np.float64
    values = (np.exp(rng.standard_normal(where.size))).astype(dtype)
    x = qv.from_eigenvalues(values, where, 2**40, basis=basis)
    y, peak = peak_of(lambda: qv.encode(x, tol=1e-2, storage=storage))
    assert peak < 1 << 20
    assert y.bases == x.bases
    settled = y.to_basis(basis)
    kept = np.isin(where, settled.active_indices)
    coefficients = np.zeros(where.size, dtype)
    coefficients[kept] = settled.eigenvalues
    off = np.linalg.norm(coefficients - values) / np.linalg.norm(values)
    assert off <= y.recovery_error <= 1e-2
    assert settled.active_indices.size == kept.sum()


def test_what_stays_is_exact():
    x = qv.from_eigenvalues([1.5, 2.5, 1e-9], [7, 2**30, 2**39], 2**40, basis="walsh")
    same = qv.encode(x)
    assert same.recovery_error == 0.0
    np.testing.assert_array_equal(same.eigenvalues, x.eigenvalues, strict=True)
    fewer = qv.encode(x, tol=1e-6)
    np.testing.assert_array_equal(fewer.eigenvalues, [1.5, 2.5], strict=True)
    assert 1e-9 / np.hypot(1.5, 2.5) <= fewer.recovery_error <= 1e-6


def test_fill_values_and_operators():
    x = qv.from_eigenvalues([5.0, 3.001], [7, 2**39], 2**40, fill_value=3.0)
    y = qv.encode(x, tol=1e-9)
    assert (y.nactive, y[7], y[2**39]) == (1, 5.0, 3.0)
    a = qv.operator([1e-9, 7.0], [3, 9], 2**30, basis="walsh")
    b = qv.encode(a, tol=1e-3)
    assert b.nactive == 1
    assert b.recovery_error <= 1e-3


def test_huge_arrays_in_other_bases():
    # One sample is log2(n) + 1 waves; those of samples that are alike cancel.
    x = qv.from_eigenvalues(np.ones(2**10), 2**30 + np.arange(2**10), 2**40)
    y = qv.encode(x, "haar")
    assert y.nactive == 31
    assert y.recovery_error < 1e-12
    np.testing.assert_allclose(y[2**30 - 2 : 2**30 + 2].todense(), [0, 0, 1, 1], atol=1e-12)
    blocks = qv.encode(x, "blocked(cosine, 8)")
    assert blocks.nactive == 2**7
    with pytest.raises(qv.MaterializationError):
        qv.encode(x, "cosine")


def test_elements_that_are_not_finite():
    x = qv.from_eigenvalues([np.inf, 1.0], [3, 2**30], 2**40)
    assert np.isinf(qv.encode(x, tol=0.1)[3])
    with pytest.raises(ValueError, match="finite"):
        qv.encode(x, max_active=1)
    with pytest.raises(ValueError, match="finite"):
        qv.encode(x, tol=0.1, storage="int8")
    with pytest.raises(ValueError, match="finite"):
        qv.encode(x, "haar")


def test_packed_arrays_are_encoded_again():
    x = qv.encode(qv.from_eigenvalues([1.0, 0.5, 1e-5], [3, 9, 2**30], 2**40), tol=1e-3)
    for storage in ("int8", "float16"):
        packed = qv.encode(x, tol=1e-3, storage=storage)
        again = qv.encode(packed, tol=1e-3, storage=storage)
        assert again.recovery_error >= packed.recovery_error
        np.testing.assert_allclose(again[[3, 9]].todense(), [1.0, 0.5], rtol=5e-3)
