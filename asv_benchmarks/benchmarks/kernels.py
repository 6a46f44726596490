"""The kernels, on plain ndarrays."""

import numpy as np

from qvarray import kernels

from .common import Measured, Timed, require, sorted_indices


class Merge(Timed):
    """Two sorted lists of k unique indices."""

    param_names = ("subject", "operation", "k")
    params = (("qvarray", "numpy"), ("union", "intersection"), (10**4, 10**6))

    def operands(self, k):
        return [sorted_indices(self.rng, k, 4 * k) for _ in range(2)]

    def qvarray(self, operation, k):
        a, b = self.operands(k)
        kernel = getattr(kernels.merge, operation)
        return lambda: kernel(a, b)

    def numpy(self, operation, k):
        a, b = self.operands(k)
        if operation == "union":
            return lambda: np.union1d(a, b)
        return lambda: np.intersect1d(a, b, assume_unique=True, return_indices=True)


class Argsort(Timed):
    param_names = ("subject", "k")
    params = (("qvarray", "numpy"), (10**4, 10**6))

    def keys(self, k):
        return self.rng.integers(0, 2**40, k)

    def qvarray(self, k):
        keys = self.keys(k)
        return lambda: kernels.sort.argsort(keys)

    def numpy(self, k):
        keys = self.keys(k)
        return lambda: np.argsort(keys)


class WalshTransform(Measured):
    """In place. fht-cpu does not normalise, so it is given zeros: the rest would overflow."""

    param_names = ("subject", "n")
    params = (("qvarray", "fht_cpu", "copy"), (2**16, 2**20, 2**24))

    def qvarray(self, n):
        a = self.rng.standard_normal(n)
        return lambda: kernels.walsh.walsh(a, 0)

    def fht_cpu(self, n):
        fht = require("fht_cpu").fht
        a = np.zeros(n)
        return lambda: fht(a)

    def copy(self, n):
        a = self.rng.standard_normal(n)
        out = np.empty_like(a)
        return lambda: np.copyto(out, a)


class HaarTransform(Measured):
    """In place; PyWavelets into new arrays."""

    param_names = ("subject", "n")
    params = (("qvarray", "pywt"), (2**16, 2**20, 2**24))

    def qvarray(self, n):
        a = self.rng.standard_normal(n)
        return lambda: kernels.haar.haar(a, 0)

    def pywt(self, n):
        wavedec = require("pywt").wavedec
        a = self.rng.standard_normal(n)
        return lambda: wavedec(a, "haar")
