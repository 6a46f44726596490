"""Every basis: elements, pages, all samples, coefficients and inner products."""

import numpy as np

import qvarray as qv

from .common import Measured, sorted_indices
from .spectral import transform

BASES = (
    "standard",
    "walsh",
    "fourier",
    "cosine",
    "haar",
    "constant",
    "blocked(cosine, 8)",
    "kron(cosine, 1024, haar, 1024)",
    "walsh(5)",
)


class Basis(Measured):
    """2**20 samples of 1000 eigenvalues.

    The peer has the samples as an ndarray; where the work is a transform, it is the bare one of
    the library that is best at it, if there is one.
    """

    param_names = ("subject", "work", "basis")
    params = (
        ("qvarray", "numpy"),
        ("element", "page", "synthesis", "analysis", "inner"),
        BASES,
    )
    n, k = 2**20, 1000

    def array(self, basis):
        indices = sorted_indices(self.rng, self.k, self.n)
        return qv.from_eigenvalues(self.rng.standard_normal(self.k), indices, self.n, basis=basis)

    def qvarray(self, work, basis):
        x, y = self.array(basis), self.array(basis)
        if work == "analysis":
            samples = qv.asarray(x.todense())
            return lambda: samples.to_basis(basis)
        return {
            "element": lambda: x[12345],
            "page": lambda: x[5001:6001].todense(),
            "synthesis": x.todense,
            "inner": lambda: np.vdot(x, y),
        }[work]

    def numpy(self, work, basis):
        x, y = self.array(basis).todense(), self.array(basis).todense()
        if work in ("synthesis", "analysis"):
            return transform(basis, x, work == "synthesis")
        return {
            "element": lambda: x[12345],
            "page": lambda: x[5001:6001].copy(),
            "inner": lambda: np.vdot(x, y),
        }[work]
