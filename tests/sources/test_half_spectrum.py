"""Halves of spectra: real data in a complex basis, of which the other half follows."""

import copy
import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.sources.half_spectrum import HalfSpectrum

from ..twin import assert_same, check, matrix

ROUNDING = 500.0
HALVED = ["fourier", "conj(fourier)"]
REAL = [np.float64, np.float32, np.float16, np.longdouble, np.int64, np.bool_]

CALLS = [
    lambda x: -x,
    lambda x: 3 * x,
    lambda x: x / 2,
    lambda x: 2 / (x + 20),
    lambda x: x + x,
    lambda x: x - 2 * x,
    lambda x: x * x,
    np.exp,
    np.sum,
    np.mean,
    np.var,
    np.linalg.norm,
    lambda x: x[::-1],
    lambda x: x[..., 1:],
    lambda x: x.reshape(-1)[0],
    lambda x: np.roll(x, 1, 0),
    lambda x: np.stack([x, x]),
    lambda x: np.concatenate([x, 2 * x]),
    lambda x: x.T,
    lambda x: x.astype(np.float32).sum(),
    lambda x: np.tensordot(x, x, x.ndim),
    lambda x: np.fft.fft(x, axis=0),
    lambda x: np.fft.rfft(x, axis=-1),
    lambda x: x + 1j,
]


@st.composite
def halves(draw, dtypes=REAL):
    """Real data with an axis that is halved, and it as an array in some bases."""
    dims = draw(st.integers(1, 3))
    names = draw(
        st.lists(
            st.sampled_from([*HALVED, "cosine", "standard", "walsh"]), min_size=dims, max_size=dims
        )
    )
    names[draw(st.integers(0, dims - 1))] = draw(st.sampled_from(HALVED))
    shape = [draw(st.sampled_from([2, 4] if name == "walsh" else range(2, 8))) for name in names]
    seed = draw(st.integers(0, 1000))
    x = np.random.default_rng(seed).standard_normal(shape) * 5 + 1
    x = x.astype(draw(st.sampled_from(dtypes)))
    return x, qv.asarray(x).to_basis(names)


@given(halves())
def test_samples_come_back(pair):
    x, y = pair
    wide = x.astype(y.dtype)
    assert_same(wide, y, ROUNDING)
    assert_same(wide, y.to_basis("standard"), ROUNDING)
    assert_same(wide, y.to_basis("cosine"), ROUNDING)
    eps = np.finfo(np.asarray(y.eigenvalues).real.dtype).eps
    off = np.linalg.norm((y.todense() - wide).astype(float).ravel())
    rounded = np.finfo(y.dtype).eps * np.linalg.norm(wide.astype(float).ravel())
    assert off <= y.recovery_error * np.linalg.norm(wide.astype(float).ravel()) + rounded
    assert 0 < y.recovery_error < 1000 * eps


@given(halves([np.float64]))
def test_the_other_half_is_what_the_definition_says(pair):
    x, y = pair
    expected = x.astype(complex)
    for axis, basis in enumerate(y.bases):
        m = np.conj(matrix("fourier" if "fourier" in basis.name else basis.name, x.shape[axis])).T
        m = m.conj() if basis.name == "conj(fourier)" else m
        expected = np.moveaxis(np.tensordot(m, expected, (1, axis)), 0, axis)
    y.spectrum.check()
    np.testing.assert_allclose(y.eigenvalues.reshape(x.shape), expected, atol=1e-12)
    assert y.nactive == x.size
    np.testing.assert_allclose(y.source.norm_bound(), np.linalg.norm(x.ravel()))


@given(halves([np.float64, np.float32]), st.sampled_from(CALLS))
def test_calls(pair, call):
    check(call, pair, rounding=4 * ROUNDING, scale=300.0)


@given(halves([np.float64, np.float32]))
def test_multiples_and_sums_stay_halves(pair):
    x, y = pair
    if not isinstance(y.source, HalfSpectrum):
        return  # few coefficients
    for call in (lambda x: -x, lambda x: 3 * x, lambda x: x / 2, lambda x: x + x):
        z = call(y)
        assert isinstance(z.source, HalfSpectrum)
        assert z.nbytes == y.nbytes
        assert_same(call(x), z, ROUNDING)
        away = np.linalg.norm((call(x) - z.todense()).ravel())
        assert away <= 2 * z.recovery_error * np.linalg.norm(call(x).ravel())
    assert (y * np.inf).bases != y.bases
    assert (y * 1j).dtype.kind == "c"


@given(halves([np.float64]))
def test_copies_and_files(pair):
    _, y = pair
    file = io.BytesIO()
    qv.save(file, y)
    file.seek(0)
    for z in (copy.deepcopy(y), pickle.loads(pickle.dumps(y)), qv.load(file)):
        assert type(z.source) is type(y.source)
        assert (repr(z), z.nbytes, z.recovery_error) == (repr(y), y.nbytes, y.recovery_error)
        assert np.array_equal(z.eigenvalues, y.eigenvalues)


@pytest.mark.parametrize("n", [10**3, 10**3 + 1])
def test_as_many_numbers_as_samples(n):
    x = np.random.default_rng(0).standard_normal(n)
    y = qv.asarray(x).to_basis("fourier")
    assert y.nbytes <= x.nbytes + 16
    assert_same(np.fft.rfft(x), np.fft.rfft(y), ROUNDING)
    y[3] = 7.0
    x[3] = 7.0
    assert_same(x, y, ROUNDING)


def test_operators_are_as_closed_as_ever():
    x = np.random.default_rng(0).standard_normal(64)
    y, a = qv.asarray(x).to_basis("fourier"), qv.circulant([2.0, -1.0] + [0.0] * 61 + [-1.0])
    z = a @ y
    assert z.bases == y.bases
    np.testing.assert_allclose(np.asarray(z), np.asarray(a) @ x, atol=1e-12)
    shifted = np.roll(y, 5)
    assert shifted.bases == y.bases
    np.testing.assert_allclose(np.asarray(shifted), np.roll(x, 5), atol=1e-12)


def test_what_is_not_finite_or_sparse_is_as_before():
    with pytest.raises(ValueError, match="not finite"):
        qv.asarray([1.0, np.inf, 2.0]).to_basis("fourier")
    wave = np.cos(np.arange(64) * np.pi / 8)
    assert qv.asarray(np.ones(64)).to_basis("fourier").nactive == 1
    assert_same(wave, qv.asarray(wave).to_basis("fourier"), ROUNDING)
    large = np.full(64, 1e308) * np.where(np.arange(64) % 3, 1, -1)
    with pytest.raises(OverflowError):
        qv.asarray(large).to_basis("fourier")
