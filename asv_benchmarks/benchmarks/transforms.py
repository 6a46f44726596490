"""Changes of basis of data all of which is active, as a user calls them, and expressions of waves.

The peers of transforms are the best libraries there are: fht-cpu, SciPy, PyWavelets.
"""

import numpy as np
import scipy.fft

import qvarray as qv

from .common import Measured, require, sorted_indices

_N = 2**20


class ToBasis(Measured):
    """``x.to_basis(basis)`` of 2**20 real samples, and the way back to an ndarray."""

    param_names = ("subject", "basis", "way")
    params = (
        ("qvarray", "library"),
        ("walsh", "fourier", "cosine", "haar", "hartley"),
        ("there", "back"),
    )

    def qvarray(self, basis, way):
        x = qv.asarray(self.rng.standard_normal(_N))
        if way == "there":
            return lambda: x.to_basis(basis)
        y = x.to_basis(basis)
        return lambda: np.asarray(y)

    def library(self, basis, way):
        x = self.rng.standard_normal(_N)
        if basis == "walsh":
            fht = require("fht_cpu").fht
            return lambda: fht(x, inplace=False)
        if basis == "haar":
            pywt = require("pywt")
            if way == "there":
                return lambda: np.concatenate(pywt.wavedec(x, "haar"))
            coefficients = pywt.wavedec(x, "haar")
            return lambda: pywt.waverec(coefficients, "haar")
        if basis == "cosine":
            transform = scipy.fft.dct if way == "there" else scipy.fft.idct
            return lambda: transform(x, norm="ortho")
        if way == "there":
            return lambda: scipy.fft.rfft(x, norm="ortho")
        half = scipy.fft.rfft(x, norm="ortho")
        return lambda: scipy.fft.irfft(half, _N, norm="ortho")


class ToBasisOfImage(Measured):
    """``x.to_basis(basis)`` of 1024 by 1024 real samples, along both axes."""

    param_names = ("subject", "basis")
    params = (("qvarray", "scipy"), ("fourier", "cosine"))

    def qvarray(self, basis):
        x = qv.asarray(self.rng.standard_normal((1024, 1024)))
        return lambda: x.to_basis(basis)

    def scipy(self, basis):
        x = self.rng.standard_normal((1024, 1024))
        transform = scipy.fft.rfft2 if basis == "fourier" else scipy.fft.dctn
        return lambda: transform(x, norm="ortho")


class DenseWalsh(Measured):
    """``qv.fwht`` of an ndarray of 2**20."""

    param_names = ("subject",)
    params = (("qvarray", "library"),)

    def qvarray(self):
        x = self.rng.standard_normal(_N)
        return lambda: qv.fwht(x)

    def library(self):
        x = self.rng.standard_normal(_N)
        fht = require("fht_cpu").fht
        return lambda: fht(x, inplace=False)


FORMULAS = {
    "exp_sum": lambda np, x: np.exp(-x * x).sum(),
    "sin_cos_mean": lambda np, x: (np.sin(x) ** 2 + np.cos(x) ** 2).mean(),
}


class Waves(Measured):
    """A formula of 2**26 elements, 1000 eigenvalues in a basis, or all in the standard one.

    The peers are given the elements, in memory.
    """

    param_names = ("subject", "formula", "basis")
    params = (
        ("qvarray", "numpy", "dask", "numexpr", "blosc2"),
        tuple(FORMULAS),
        ("standard", "walsh", "fourier", "cosine", "haar"),
    )
    timeout = 600
    n = 2**26

    def array(self, basis):
        n = self.n
        if basis == "standard":
            return qv.asarray(self.rng.standard_normal(n))
        values = self.rng.standard_normal(1000) * (n / 1000) ** 0.5
        if basis != "fourier":
            indices = sorted_indices(self.rng, 1000, n)
            return qv.from_eigenvalues(values, indices, n, basis=basis)
        half = sorted_indices(self.rng, 500, n // 2 - 1) + 1
        waves = values[:500] + 1j * values[500:]
        return qv.from_eigenvalues(
            np.concatenate([waves, waves[::-1].conj()]) * 0.5**0.5,
            np.concatenate([half, n - half[::-1]]),
            n,
            basis="fourier",
            dtype=float,
        )

    def qvarray(self, formula, basis):
        x = self.array(basis)
        return lambda: FORMULAS[formula](np, x)

    def samples(self, basis):
        if basis != "standard":
            raise NotImplementedError  # elements are elements
        return self.rng.standard_normal(self.n)

    def numpy(self, formula, basis):
        x = self.samples(basis)
        return lambda: FORMULAS[formula](np, x)

    def dask(self, formula, basis):
        x = require("dask.array").from_array(self.samples(basis), chunks=2**20)
        return lambda: FORMULAS[formula](np, x).compute()

    def numexpr(self, formula, basis):
        evaluate, x = require("numexpr").evaluate, {"x": self.samples(basis)}
        if formula == "exp_sum":
            return lambda: evaluate("sum(exp(-x * x))", x)
        return lambda: evaluate("sum(sin(x) ** 2 + cos(x) ** 2)", x) / self.n

    def blosc2(self, formula, basis):
        blosc2 = require("blosc2")
        x = blosc2.asarray(self.samples(basis))
        return lambda: FORMULAS[formula](blosc2, x)
