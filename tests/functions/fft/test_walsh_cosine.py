"""Walsh-Hadamard and cosine transforms, convolutions, and the backend of ``scipy.fft``."""

import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.functions.fft import fft, walsh_cosine
from qvarray.functions.math import convolution

from ...calls import CALLS
from ...huge import sparse_array
from ...twin import FLOATS, assert_same, check, matrix, spectral_twins, twins
from ..test_every_function import Draws, compare

N = 2**40
NORMS = [None, "backward", "ortho", "forward"]


@pytest.fixture(params=["closed", "dense"])
def either(request, monkeypatch):
    """With all arrays transformed on their coefficients, and with small ones transformed whole."""
    if request.param == "closed":
        for module in (fft, walsh_cosine):
            monkeypatch.setattr(module, "FEW", -1)
        monkeypatch.setattr(walsh_cosine, "pays_dense", lambda *_: False)


def made(basis="standard", seed=0, dtype=float, shape=N, k=100):
    return sparse_array(shape, k, basis=basis, seed=seed, dtype=dtype)


def hadamard(x, axis, norm, inverse):
    n = x.shape[axis]
    scale = {None: 1, "backward": 1, "ortho": n**-0.5, "forward": 1 / n}[norm]
    scale = 1 / (scale * n) if inverse else scale
    return np.moveaxis(np.moveaxis(x, axis, -1) @ matrix("walsh", n) * n**0.5 * scale, -1, axis)


@pytest.mark.parametrize("inverse", [False, True])
def test_walsh_hadamard(inverse, either):
    call = qv.ifwht if inverse else qv.fwht

    @settings(max_examples=60, deadline=None)
    @given(spectral_twins(["standard", "walsh", "haar"]), st.data())
    def run(pair, data):
        x, y = pair
        axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
        norm = data.draw(st.sampled_from(NORMS))
        lengths = [n & (n - 1) for n in x.shape]
        if lengths[axis]:
            with pytest.raises(ValueError, match=r"2\*\*|power"):
                call(y, axis, norm)
            return
        got = call(y, axis, norm)
        got.spectrum.check()
        assert_same(hadamard(x, axis, norm, inverse), got, rounding=256, scale=64.0)

    run()


@pytest.mark.parametrize("dtype", [*FLOATS, np.dtype("int8"), np.dtype("bool")], ids=str)
def test_walsh_hadamard_of_any_dtype(dtype, either):
    x = np.array([[1, 0, 0, 2], [0, 0, 0, 0]]).astype(dtype)
    expected = hadamard(x.astype(np.result_type(dtype, np.float32)), 1, None, False)
    for fill in (0, 1):
        got = qv.fwht(qv.array(x, fill_value=fill))
        got.spectrum.check()
        assert got.dtype == (dtype if dtype.kind in "fc" else np.float64)
        np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-6, atol=1e-6)


def test_walsh_hadamard_there_and_back():
    for basis in ("standard", "walsh"):
        x = made(basis)
        with qv.options(memory_budget=2**16):
            for norm in NORMS:
                y = qv.ifwht(qv.fwht(x, norm=norm), norm=norm)
                assert y.bases == x.bases
                assert np.array_equal(y.eigenvalues, x.eigenvalues)
    with pytest.raises(ValueError, match="norm"):
        qv.fwht(x, norm="none of these")
    with pytest.raises(np.exceptions.AxisError):
        qv.fwht(x, 1)


def test_what_is_not_finite_is_transformed_whole():
    x = qv.array([np.inf, 1.0, 0.0, 0.0])
    with np.errstate(invalid="ignore"):
        assert not np.isfinite(np.asarray(qv.fwht(x))).any()
    with pytest.raises(qv.MaterializationError):
        qv.fwht(qv.from_eigenvalues([np.inf], [0], N))


@pytest.mark.parametrize("name", ["dct", "idct"])
def test_cosine(name, either):
    @settings(max_examples=80, deadline=None)
    @given(spectral_twins(["standard", "cosine", "haar", "fourier"]) | twins(FLOATS), st.data())
    def run(pair, data):
        if not np.isfinite(pair[0]).all() or not np.all(abs(pair[0]) < 100):
            return
        axis = data.draw(st.integers(-1, max(0, pair[0].ndim - 1)))
        kind = data.draw(st.sampled_from([2, 3, 2, 3, 1, 4, 5]))
        n = data.draw(st.none() | st.integers(0, 9))
        norm = data.draw(st.sampled_from([*NORMS, "none of these"]))

        def call(x):
            module = qv if isinstance(x, qv.VirtualQArray) else scipy.fft
            return getattr(module, name)(x, kind, n, axis, norm)

        check(call, pair, rounding=2.0**10, scale=1024.0)

    run()


def test_cosine_at_a_size_that_cannot_be_materialised():
    with qv.options(memory_budget=2**16):
        for norm in NORMS:
            x = made("cosine")
            y = qv.idct(qv.dct(x, norm=norm), norm=norm)
            assert y.bases == x.bases
            np.testing.assert_allclose(y.eigenvalues, x.eigenvalues, rtol=1e-14)
            x = made()
            y = qv.idct(qv.dct(x, 3, norm=norm), 3, norm=norm)
            assert y.bases == x.bases
            np.testing.assert_allclose(y.eigenvalues, x.eigenvalues, rtol=1e-14)
        with pytest.raises(qv.MaterializationError):
            qv.dct(made())
        x = qv.from_eigenvalues([1.0, 2.0], [0, 3], N)
        for kind in (1, 2, 3, 4):
            np.testing.assert_allclose(
                np.asarray(qv.dct(x, kind, 5)), scipy.fft.dct([1.0, 0, 0, 2, 0], kind), atol=1e-14
            )
    for name in ("dct", "idct"):
        expected = getattr(scipy.fft, name)([1, 2, 3], norm="ortho")
        assert_same(expected, getattr(qv, name)([1, 2, 3], norm="ortho"), rounding=16)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", [np.convolve, np.correlate], ids=lambda f: f.__name__)
def test_linear_convolution(function, monkeypatch):
    monkeypatch.setattr(convolution, "WORTH", 0)
    calls = CALLS[function]

    @settings(max_examples=60)
    @given(st.data())
    def run(data):
        draws = Draws(data.draw)
        for call in calls.calls:
            compare(call, draws, rounding=calls.rounding, scale=calls.scale)

    run()


def test_linear_convolution_at_a_size_that_cannot_be_materialised():
    x, y = made(), made(seed=1, shape=2**30)
    with qv.options(memory_budget=2**22):
        z = np.convolve(x, y)
        assert z.shape == (N + 2**30 - 1,)
        np.testing.assert_allclose(np.sum(z), np.sum(x) * np.sum(y), rtol=1e-10)
        assert np.convolve(x, y, "same").shape == (N,)
        assert np.convolve(x, y, "valid").shape == (N - 2**30 + 1,)
        peak = np.correlate(x, x, "full")
        np.testing.assert_allclose(peak[N - 1], np.vdot(x, x), rtol=1e-12)
    with pytest.raises(ValueError, match="deep"):
        np.convolve(x, made(shape=(2**20, 2**20)))
    with pytest.raises(ValueError, match="mode"):
        np.convolve(x, y, "none of these")


@settings(max_examples=80, deadline=None)
@given(spectral_twins(["standard", "fourier", "cosine"]), st.data())
def test_circular_convolution(pair, data):
    x, y = pair
    shift = data.draw(st.integers(0, 8))
    other, twin = np.roll(x, shift) + 1, np.roll(y, shift) + 1
    for b, c in ((x, y), (other, twin)):
        product = np.fft.ifftn(np.fft.fftn(x) * np.fft.fftn(b))
        expected = product.real if np.result_type(x, b).kind == "f" else product
        got = qv.circular_convolve(y, c)
        assert_same(expected, got, rounding=2.0**12, scale=1024.0)


@settings(max_examples=80, deadline=None)
@given(spectral_twins(["walsh", "haar"]), st.data())
def test_dyadic_convolution(pair, data):
    x, y = pair
    twin = data.draw(st.sampled_from([y, qv.array(x), qv.array(np.flip(x))]))
    there, here = np.asarray(twin), x
    for axis in range(x.ndim):
        there, here = hadamard(there, axis, None, False), hadamard(here, axis, None, False)
    expected = there * here
    for axis in range(x.ndim):
        expected = hadamard(expected, axis, None, True)
    assert_same(expected, qv.dyadic_convolve(y, twin), rounding=2.0**12, scale=1024.0)


def test_convolutions_at_a_size_that_cannot_be_materialised():
    with qv.options(memory_budget=2**22):
        for call, basis in ((qv.circular_convolve, "fourier"), (qv.dyadic_convolve, "walsh")):
            x, y = made(basis, 0, complex), made(basis, 0, complex) * 2
            z = call(x, y)
            assert z.bases == x.bases
            np.testing.assert_allclose(
                z.eigenvalues, x.eigenvalues * y.eigenvalues * 2.0**20, rtol=1e-13
            )
            x, y = made(), made(seed=1)
            np.testing.assert_allclose(np.sum(call(x, y)), np.sum(x) * np.sum(y), rtol=1e-10)
    with pytest.raises(ValueError, match="one shape"):
        qv.circular_convolve([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match=r"2\*\*|power"):
        qv.dyadic_convolve([1, 2, 3], [1, 2, 3])
    assert qv.circular_convolve([True, False], [True, True]).dtype == float


@pytest.mark.parametrize("dtype", ["float16", "float32", "complex128", "int8"])
def test_backend_of_scipy(dtype):
    x = np.array([[1, 0, 2, 0], [0, 3, 0, 0]]).astype(dtype)
    y = qv.array(x)
    calls = [
        lambda a: scipy.fft.fft(a, 3, 0, "ortho", True, 1),
        lambda a: scipy.fft.ifft(a, workers=1),
        lambda a: scipy.fft.irfft(a, n=5),
        lambda a: scipy.fft.hfft(a),
        lambda a: scipy.fft.fftn(a, (2,), workers=1),
        lambda a: scipy.fft.ifft2(a, s=(3, 2)),
        lambda a: scipy.fft.irfftn(a, None, (0, 1), "forward"),
        lambda a: scipy.fft.dct(a, 3, norm="ortho"),
        lambda a: scipy.fft.idct(a, 2, 3, 0),
        lambda a: scipy.fft.fftshift(a, 1),
    ]
    if dtype != "complex128":
        calls += [lambda a: scipy.fft.rfft(a), lambda a: scipy.fft.rfftn(a, axes=(1,))]
    for call in calls:
        expected = call(x)
        with scipy.fft.set_backend(qv.fft.backend, only=True):
            got = call(y)
        assert isinstance(got, qv.VirtualQArray)
        assert_same(expected, got, rounding=64, scale=16.0)
    with scipy.fft.set_backend(qv.fft.backend):
        assert_same(scipy.fft.dst(x), scipy.fft.dst(y), rounding=64, scale=16.0)
        expected = scipy.fft.dct(x, 2, norm="ortho", orthogonalize=False)
        got = scipy.fft.dct(y, 2, norm="ortho", orthogonalize=False)
        assert_same(expected, got, rounding=64, scale=16.0)
        assert type(scipy.fft.fft(x)) is np.ndarray


def test_backend_of_scipy_at_a_size_that_cannot_be_materialised():
    x = made()
    with scipy.fft.set_backend(qv.fft.backend, only=True), qv.options(memory_budget=2**16):
        assert scipy.fft.fft(x).nactive == x.nactive
        assert scipy.fft.dct(x, 3).nactive == x.nactive
        part = np.fft.fft(x)[: 2**8]
        np.testing.assert_allclose(np.asarray(part)[5], np.fft.fft(x)[5])
