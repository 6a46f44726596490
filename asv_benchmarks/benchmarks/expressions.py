"""Expressions that are reduced page by page, and peers that fuse or split loops."""

import numpy as np

import qvarray as qv

from .common import Measured, require, sorted_indices
from .spectral import few_eigenvalues

PEERS = ("qvarray", "numpy", "numexpr", "dask", "blosc2")

FORMULAS = {
    "exp_sum": lambda np, x: np.exp(-x * x).sum(),
    "sin_cos_mean": lambda np, x: (np.sin(x) ** 2 + np.cos(x) ** 2).mean(),
}


class Reduced(Measured):
    """A formula of n elements, 1000 eigenvalues in the walsh basis, to a number.

    The peers are given the elements as they store them, in memory.
    """

    param_names = ("subject", "formula", "n")
    params = (PEERS, tuple(FORMULAS), (2**22, 2**24))

    def array(self, n):
        x, _, _ = few_eigenvalues(self.rng, "walsh", n)
        return x * (n / 1000) ** 0.5  # elements of variance 1

    def qvarray(self, formula, n):
        x = self.array(n)
        return lambda: FORMULAS[formula](np, x)

    def numpy(self, formula, n):
        x = self.array(n).todense()
        return lambda: FORMULAS[formula](np, x)

    def numexpr(self, formula, n):
        evaluate = require("numexpr").evaluate
        x = {"x": self.array(n).todense()}
        if formula == "exp_sum":
            return lambda: evaluate("sum(exp(-x * x))", x)
        return lambda: evaluate("sum(sin(x) ** 2 + cos(x) ** 2)", x) / x["x"].size

    def dask(self, formula, n):
        x = require("dask.array").from_array(self.array(n).todense(), chunks=2**20)
        return lambda: FORMULAS[formula](np, x).compute()

    def blosc2(self, formula, n):
        blosc2 = require("blosc2")
        x = blosc2.asarray(self.array(n).todense())
        return lambda: FORMULAS[formula](blosc2, x)


def waves(rng, basis, n):
    """Real samples of 1000 functions of a basis, or what they are in memory."""
    if basis == "standard":
        return qv.asarray(few_eigenvalues(rng, "cosine", n)[0].todense())
    if basis != "fourier":
        return few_eigenvalues(rng, basis, n)[0]
    half = 1 + sorted_indices(rng, 500, n // 2 - 1)
    values = rng.standard_normal(500) + 1j * rng.standard_normal(500)
    return qv.from_eigenvalues(
        np.concatenate([values, values[::-1].conj()]),
        np.concatenate([half, n - half[::-1]]),
        n,
        basis="fourier",
        dtype=float,
    )


class InOtherBases(Reduced):
    """The same of 2**22 elements, 1000 eigenvalues in other bases."""

    param_names = ("subject", "formula", "basis")
    params = (PEERS, tuple(FORMULAS), ("standard", "haar", "cosine", "fourier"))

    def array(self, basis):
        n = 2**22
        return waves(self.rng, basis, n) * (n / 1000) ** 0.5


class Larger(Reduced):
    """The same of 2**28 elements, 2 GiB."""

    params = (("qvarray", "blosc2", "numexpr", "dask"), tuple(FORMULAS), (2**28,))
    timeout = 600


class OverAnAxis(Measured):
    """``exp(-x * x)`` summed over one axis of a matrix of n by n, 1000 eigenvalues."""

    param_names = ("subject", "axis", "n")
    params = (("qvarray", "numpy"), (0, 1), (2**11, 2**12))

    def array(self, n):
        _, values, indices = few_eigenvalues(self.rng, "walsh", n * n)
        return qv.from_eigenvalues(values, indices, (n, n), basis="walsh") * (n / 1000**0.5)

    def qvarray(self, axis, n):
        x = self.array(n)
        return lambda: np.exp(-x * x).sum(axis)

    def numpy(self, axis, n):
        x = self.array(n).todense()
        return lambda: np.exp(-x * x).sum(axis)
