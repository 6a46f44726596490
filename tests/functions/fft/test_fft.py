"""Fourier transforms of few coefficients, also of arrays so small that NumPy would do them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.functions.fft import fft

from ...calls import CALLS
from ...huge import complex_normal, normal, sparse_array
from ...twin import check, spectral_twins
from ..test_every_function import Draws, compare

N = 2**40
ONE = [np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft, np.fft.hfft, np.fft.ihfft]
SEVERAL = [
    np.fft.fftn, np.fft.ifftn, np.fft.fft2, np.fft.ifft2,
    np.fft.rfftn, np.fft.rfft2, np.fft.irfftn, np.fft.irfft2,
]  # fmt: skip
SHIFTS = [np.fft.fftshift, np.fft.ifftshift]
NORMS = [None, "backward", "ortho", "forward"]


@pytest.fixture
def closed(monkeypatch):
    """Every array is transformed on its coefficients, however few elements it has."""
    monkeypatch.setattr(fft, "FEW", -1)
    monkeypatch.setattr(fft, "pays_dense", lambda spectrum, axes, size: False)


def identity(function):
    return function.__name__


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("bases", [(), ["fourier"]], ids=str)
@pytest.mark.parametrize("function", [*ONE, *SEVERAL, *SHIFTS], ids=identity)
def test_calls_on_coefficients(function, bases, closed):
    calls = CALLS[function]

    @settings(max_examples=3, deadline=None)
    @given(st.data())
    def run(data):
        draws = Draws(data.draw, bases)
        for call in calls.calls:
            compare(call, draws, rounding=2.0**10, scale=64.0)

    run()


@pytest.mark.parametrize("function", ONE, ids=identity)
def test_axes_in_any_basis(function, closed):
    @settings(max_examples=30, deadline=None)
    @given(spectral_twins(), st.data())
    def run(pair, data):
        if function in (np.fft.rfft, np.fft.ihfft):
            pair = pair[0].real, pair[1].real
        axis = data.draw(st.integers(-1, pair[0].ndim - 1))
        n = data.draw(st.none() | st.integers(0, 12))
        norm = data.draw(st.sampled_from(NORMS))
        check(lambda x: function(x, n, axis, norm), pair, rounding=2.0**10, scale=256.0)

    run()


@pytest.mark.parametrize("function", SEVERAL, ids=identity)
def test_several_axes_in_any_basis(function, closed):
    @settings(max_examples=20, deadline=None)
    @given(spectral_twins(), st.data())
    def run(pair, data):
        if function in (np.fft.rfftn, np.fft.rfft2):
            pair = pair[0].real, pair[1].real
        dims = pair[0].ndim
        axes = data.draw(st.lists(st.integers(-dims, dims), max_size=3))
        s = data.draw(
            st.none() | st.lists(st.integers(-1, 7), min_size=len(axes), max_size=len(axes))
        )
        norm = data.draw(st.sampled_from(NORMS))
        check(lambda x: function(x, s, axes, norm), pair, rounding=2.0**10, scale=1024.0)

    run()


def made(basis="standard", dtype=complex, shape=N):
    values = complex_normal if dtype is complex else normal
    return sparse_array(shape, 1000, basis=basis, seed=1, values=values, dtype=dtype)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("basis", ["standard", "fourier", "conj(fourier)"])
def test_there_and_back_at_a_size_that_cannot_be_materialised(basis, norm):
    x = made(basis)
    with qv.options(memory_budget=2**18):
        for there, back in [(np.fft.fft, np.fft.ifft), (np.fft.ifft, np.fft.fft)]:
            y = back(there(x, norm=norm), norm=norm).to_basis(basis)
            assert np.array_equal(y.active_indices, x.active_indices)
            np.testing.assert_allclose(y.eigenvalues, x.eigenvalues, rtol=1e-15)


def test_elements_at_a_size_that_cannot_be_materialised():
    x = made()
    where = np.array([0, 1, 12345, N // 2, N - 1])
    turns = np.multiply.outer(where.astype(object), x.active_indices.astype(object)) % N
    waves = np.exp(-2j * np.pi * turns.astype(float) / N)
    with qv.options(memory_budget=2**18):
        for call, matrix, factor in [
            (np.fft.fft, waves, 1),
            (np.fft.ifft, waves.conj(), 1 / N),
        ]:
            got = np.asarray(call(x)[where])
            expected = matrix @ x.eigenvalues * factor
            np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-10 * abs(factor))
        real = x.real
        half = np.fft.rfft(real)
        assert half.shape == (N // 2 + 1,)
        np.testing.assert_allclose(half[12345], waves[2] @ real.eigenvalues, rtol=1e-10)
        back = np.fft.irfft(half)
        assert back.dtype == float
        np.testing.assert_allclose(back.eigenvalues, real.eigenvalues, rtol=1e-15)


def test_a_fill_value_is_a_peak_at_frequency_zero():
    x = made(dtype=float) + 3.0
    with qv.options(memory_budget=2**18):
        y = np.fft.fft(x)
        np.testing.assert_allclose(y[0], np.sum(x), rtol=1e-12)
        np.testing.assert_allclose(y[5], np.fft.fft(x - 3.0)[5], rtol=1e-9)


def test_several_axes_at_a_size_that_cannot_be_materialised():
    x = made(shape=(2**20, 2**10, 2**12))
    with qv.options(memory_budget=2**18):
        y = np.fft.fftn(x, axes=(0, 2))
        assert [str(one) for one in y.bases] == ["conj(fourier)", "standard", "conj(fourier)"]
        z = np.fft.ifftn(y, axes=(0, 2))
        np.testing.assert_allclose(z.eigenvalues, x.eigenvalues, rtol=1e-14)
        assert np.fft.rfftn(x.real, axes=(1,)).shape == (2**20, 513, 2**12)
        assert np.fft.irfftn(x, s=(2**20, 7), axes=(0, 1)).shape == (2**20, 7, 2**12)
        assert np.fft.fftshift(y).nactive == y.nactive


def test_what_is_not_finite_is_left_to_numpy(closed):
    x = qv.array(np.array([1.0, np.inf, 0, 0, np.nan, 0, 0, 0, 0, 0]))
    with np.errstate(invalid="ignore"):
        assert np.isnan(np.asarray(np.fft.fft(x))).all()
    large = qv.from_eigenvalues([np.inf], [3], N)
    with pytest.raises(qv.MaterializationError):
        np.fft.fft(large)


def test_errors_of_large_arrays_are_those_of_numpy():
    x = made()
    for call in (
        lambda x: np.fft.fft(x, axis=1),
        lambda x: np.fft.fft(x, 0),
        lambda x: np.fft.fft(x, norm="none of these"),
        lambda x: np.fft.rfft(x),
        lambda x: np.fft.fftn(x, axes=(0, 1)),
        lambda x: np.fft.fftn(x, s=(1, 2), axes=(0,)),
        lambda x: np.fft.fft(x, out=3),
        lambda x: np.fft.fft(x, out=np.zeros(3)),
    ):
        try:
            call(np.ones(4, complex))
        except Exception as error:
            with pytest.raises(type(error)):
                call(x)
        else:
            raise AssertionError("NumPy raises no exception")


def test_bounds_of_errors(closed):
    x = np.exp(-(np.linspace(-3, 3, 64) ** 2))
    for basis in ("fourier", "cosine", "haar"):
        y = qv.encode(x, basis, tol=1e-2)
        for call in (np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft, np.fft.hfft):
            got, expected = call(y), call(x)
            error = np.linalg.norm(np.asarray(got) - expected) / np.linalg.norm(expected)
            assert error <= got.recovery_error


def test_half_of_the_frequencies_of_an_array_with_a_fill_value():
    x = made(dtype=float) + 3.0
    with qv.options(memory_budget=2**18):
        half = np.fft.rfft(x)
        np.testing.assert_allclose(half[7], np.fft.fft(x)[7], rtol=1e-9)
        with pytest.raises(TypeError):
            np.fft.rfft(made(), np.int64(N))


@pytest.mark.parametrize("function", ONE, ids=identity)
def test_the_first_of_many_samples(function):
    dense = np.arange(1.0, 7)
    for x in (
        qv.from_eigenvalues(dense, range(6), N),
        np.exp(made(dtype=float)) - 1 + qv.from_eigenvalues(dense, range(6), N),
    ):
        with qv.options(memory_budget=2**18):
            got = np.asarray(function(x, 10))
        expected = function(np.asarray(x[:10]), 10)
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)


def test_the_first_of_many_samples_along_several_axes():
    x = made(shape=(2**20, 2**20)) + 1
    for function in (np.fft.fftn, np.fft.irfftn):
        with qv.options(memory_budget=2**18):
            got = np.asarray(function(x, (4, 6), (1, 0)))
        expected = function(np.asarray(x[:6, :4]), (4, 6), (1, 0))
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", [np.float16, np.float32, float, np.longdouble, np.int16, complex])
@pytest.mark.parametrize("function", ONE + SEVERAL, ids=identity)
def test_dense_arrays_in_any_dtype(function, dtype, monkeypatch):
    monkeypatch.setattr(fft, "FEW", 8)
    a = (np.random.default_rng(5).standard_normal((6, 9)) * 50).astype(dtype)
    if dtype is complex and function in fft._REAL:
        with pytest.raises(TypeError):
            function(qv.asarray(a))
        return
    several = function in SEVERAL
    for norm in NORMS:
        for length in (None, (3, 8) if several else 13):
            expected = function(a, length, norm=norm)
            found = function(qv.asarray(a), length, norm=norm)
            assert found.dtype == expected.dtype
            tolerance = 30 * np.finfo(expected.dtype).eps * np.linalg.norm(expected.astype("D"))
            np.testing.assert_allclose(found.todense(), expected, rtol=0, atol=tolerance)
