"""Arrays in a basis: elements, slices, encoding, synthesis."""

import numpy as np
import scipy.fft

import qvarray as qv

from .common import Measured, require, sorted_indices

BASES = ("walsh", "fourier", "cosine", "haar")


def few_eigenvalues(rng, basis, n, k=1000):
    """The array, and its eigenvalues and active indices."""
    values = rng.standard_normal(k)
    indices = sorted_indices(rng, k, n)
    return qv.from_eigenvalues(values, indices, n, basis=basis), values, indices


def transform(basis, x, inverse=False):
    """The transform of a vector by the library that is best at it, as a call."""
    if basis in ("fourier", "cosine"):
        names = {"fourier": ("fft", "ifft"), "cosine": ("dct", "idct")}[basis]
        function = getattr(scipy.fft, names[inverse])
        return lambda: function(x, norm="ortho")
    if basis == "haar":
        pywt = require("pywt")
        if inverse:
            parts = pywt.wavedec(x, "haar")
            return lambda: pywt.waverec(parts, "haar")
        return lambda: pywt.wavedec(x, "haar")
    if basis == "walsh":
        fht = require("fht_cpu").fht
        return lambda: fht(x, inplace=False)
    raise NotImplementedError


class Element(Measured):
    """One element of 2**40, from 1000 eigenvalues; the peer is the formula written in NumPy."""

    param_names = ("subject", "basis")
    params = (("qvarray", "numpy"), BASES)
    n = 2**40
    position = 123_456_789_012

    def qvarray(self, basis):
        x, _, _ = few_eigenvalues(self.rng, basis, self.n)
        return lambda: x[self.position]

    def numpy(self, basis):
        _, values, indices = few_eigenvalues(self.rng, basis, self.n)
        formula = getattr(self, f"formula_{basis}")
        k, p, n = indices.astype(np.uint64), np.uint64(self.position), np.uint64(self.n)
        return lambda: formula(p, k, n) @ values

    # n divides 2**64, so that products modulo n are exact in uint64.

    def formula_walsh(self, p, k, n):
        return (1.0 - 2.0 * (np.bitwise_count(p & k) & 1)) / np.sqrt(float(n))

    def formula_fourier(self, p, k, n):
        return np.exp(2j * np.pi * ((p * k) % n) / float(n)) / np.sqrt(float(n))

    def formula_cosine(self, p, k, n):
        turns = ((np.uint64(2) * p + np.uint64(1)) * k) % (np.uint64(4) * n)
        scale = np.where(k == 0, 1.0, 2.0) / float(n)
        return np.sqrt(scale) * np.cos(np.pi * turns / (2 * float(n)))

    def formula_haar(self, p, k, n):
        level = np.frexp(k.astype(float))[1] - 1
        block = np.ldexp(float(n), -np.maximum(level, 0))
        where = float(p) / block - (k.astype(float) - np.ldexp(1.0, level))
        sign = np.where(where < 0.5, 1.0, -1.0) * ((where >= 0) & (where < 1))
        return np.where(k == 0, 1.0, sign) / np.sqrt(block)


class Page(Measured):
    """1000 elements of 2**20, from 1000 eigenvalues; the peer computes all, and slices."""

    param_names = ("subject", "basis")
    params = (("qvarray", "whole"), BASES)

    def qvarray(self, basis):
        x, _, _ = few_eigenvalues(self.rng, basis, 2**20)
        return lambda: x[5001:6001].todense()

    def whole(self, basis):
        x, _, _ = few_eigenvalues(self.rng, basis, 2**20)
        return lambda: x.todense()[5001:6001]


class ClosedSlice(Measured):
    """A slice that stays in the basis, of 2**20 or 2**40 elements; the peer computes all."""

    param_names = ("subject", "basis", "n")
    params = (("qvarray", "whole"), BASES, (2**20, 2**40))

    def operands(self, basis, n):
        x, _, _ = few_eigenvalues(self.rng, basis, n)
        if basis == "fourier":
            return x, slice(1, None, 8)
        return x, slice(None, None, -1) if basis == "cosine" else slice(n // 8, n // 4)

    def qvarray(self, basis, n):
        x, key = self.operands(basis, n)
        return lambda: x[key]

    def whole(self, basis, n):
        if n > 2**20:
            raise NotImplementedError
        x, key = self.operands(basis, n)
        return lambda: x.todense()[key]


class Synthesis(Measured):
    """All of 2**20 elements from 1000 eigenvalues; the peer is the bare transform."""

    param_names = ("subject", "basis")
    params = (("qvarray", "transform"), BASES)

    def qvarray(self, basis):
        x, _, _ = few_eigenvalues(self.rng, basis, 2**20)
        return x.todense

    def transform(self, basis):
        return transform(basis, self.rng.standard_normal(2**20), inverse=True)


class Encode(Measured):
    """2**16 samples at a relative error of 1e-2; the peer is the bare transform."""

    param_names = ("subject", "basis")
    params = (("qvarray", "transform"), (*BASES, "standard", "auto"))

    def samples(self):
        t = np.linspace(0, 1, 2**16)
        return np.exp(-4 * t) * np.sin(40 * t) + 1e-4 * self.rng.standard_normal(t.size)

    def qvarray(self, basis):
        x = self.samples()
        return lambda: qv.encode(x, basis, tol=1e-2)

    def transform(self, basis):
        return transform(basis, self.samples())
