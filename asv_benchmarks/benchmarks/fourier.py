"""Transforms and convolutions of few eigenvalues."""

import numpy as np
import scipy.fft
import scipy.signal

import qvarray as qv

from .common import Measured, sorted_indices


def few(rng, n, k, basis="standard"):
    """The array of k complex eigenvalues."""
    values = rng.standard_normal(k) + 1j * rng.standard_normal(k)
    return qv.from_eigenvalues(values, sorted_indices(rng, k, n), n, basis=basis, dtype=complex)


class Fourier(Measured):
    """``np.fft.fft(x)`` of 10**4 eigenvalues; the peers transform all elements."""

    param_names = ("subject", "basis", "n")
    params = (
        ("qvarray", "numpy", "scipy"),
        ("standard", "fourier", "conj(fourier)"),
        (2**20, 2**40),
    )

    def qvarray(self, basis, n):
        x = few(self.rng, n, 10**4, basis)
        return lambda: np.fft.fft(x)

    def samples(self, basis, n):
        if n > 2**20:
            raise NotImplementedError
        return few(self.rng, n, 10**4, basis).todense()

    def numpy(self, basis, n):
        x = self.samples(basis, n)
        return lambda: np.fft.fft(x)

    def scipy(self, basis, n):
        x = self.samples(basis, n)
        return lambda: scipy.fft.fft(x)


class Cosine(Measured):
    """``dct(x)`` of 10**4 eigenvalues in the cosine basis; the peer transforms all elements."""

    param_names = ("subject", "n")
    params = (("qvarray", "scipy"), (2**20, 2**40))

    def operand(self, n):
        indices = sorted_indices(self.rng, 10**4, n)
        return qv.from_eigenvalues(self.rng.standard_normal(10**4), indices, n, basis="cosine")

    def qvarray(self, n):
        x = self.operand(n)
        return lambda: qv.dct(x)

    def scipy(self, n):
        if n > 2**20:
            raise NotImplementedError
        x = self.operand(n).todense()
        return lambda: scipy.fft.dct(x)


class Convolution(Measured):
    """``np.convolve(x, y)`` of 300 elements each; the peers have all elements."""

    param_names = ("subject", "n")
    params = (("qvarray", "scipy"), (2**20, 2**40))

    def qvarray(self, n):
        x, y = few(self.rng, n, 300), few(self.rng, n, 300)
        return lambda: np.convolve(x, y)

    def scipy(self, n):
        if n > 2**20:
            raise NotImplementedError
        x, y = (few(self.rng, n, 300).todense() for _ in "xy")
        return lambda: scipy.signal.fftconvolve(x, y)


class Circular(Measured):
    """The circular convolution of 10**4 waves each; the peer is NumPy on all elements."""

    param_names = ("subject", "n")
    params = (("qvarray", "numpy"), (2**20, 2**40))

    def qvarray(self, n):
        x, y = (few(self.rng, n, 10**4, "fourier") for _ in "xy")
        return lambda: qv.circular_convolve(x, y)

    def numpy(self, n):
        if n > 2**20:
            raise NotImplementedError
        x, y = (few(self.rng, n, 10**4, "fourier").todense() for _ in "xy")
        return lambda: np.fft.ifft(np.fft.fft(x) * np.fft.fft(y))
