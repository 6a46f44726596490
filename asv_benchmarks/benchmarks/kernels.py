"""The kernels, on plain ndarrays."""

import numpy as np

from qvarray import kernels
from qvarray.bases import as_basis

from .common import Measured, require, sorted_indices


class Merge(Measured):
    """Two sorted lists of k unique indices."""

    param_names = ("subject", "operation", "k")
    params = (("qvarray", "numpy"), ("union", "intersection"), (10**4, 10**6))

    def operands(self, k):
        return [sorted_indices(self.rng, k, 4 * k) for _ in range(2)]

    def qvarray(self, operation, k):
        a, b = self.operands(k)
        kernel = getattr(kernels.merge_sorted, operation)
        return lambda: kernel(a, b)

    def numpy(self, operation, k):
        a, b = self.operands(k)
        if operation == "union":
            return lambda: np.union1d(a, b)
        return lambda: np.intersect1d(a, b, assume_unique=True, return_indices=True)


class Spread(Measured):
    """Two sorted lists of k indices, with the values of both at all of them."""

    param_names = ("subject", "dtype", "k")
    params = (("qvarray", "numpy"), ("float32", "float64", "complex128"), (10**4, 10**6))

    def operands(self, dtype, k):
        indices = [sorted_indices(self.rng, k, 4 * k) for _ in range(2)]
        return indices, [self.rng.standard_normal(k).astype(dtype) for _ in range(2)]

    def qvarray(self, dtype, k):
        (a, b), (va, vb) = self.operands(dtype, k)
        zero = va.dtype.type(0)
        return lambda: kernels.merge_sorted.spread(a, va, zero, b, vb, zero, 4 * k)

    def numpy(self, dtype, k):
        (a, b), (va, vb) = self.operands(dtype, k)

        def spread():
            merged = np.union1d(a, b)
            out_a, out_b = np.zeros((2, merged.size + 1), dtype)
            out_a[merged.searchsorted(a)] = va
            out_b[merged.searchsorted(b)] = vb
            return merged, out_a, out_b

        return spread


class Drop(Measured):
    """The entries that are not zero, of k of which some are."""

    param_names = ("subject", "zeros", "k")
    params = (("qvarray", "numpy"), ("none", "one", "half"), (10**4, 10**6))

    def operands(self, zeros, k):
        values = self.rng.standard_normal(k)
        if zeros != "none":
            values[self.rng.permutation(k)[: 1 if zeros == "one" else k // 2]] = 0
        return sorted_indices(self.rng, k, 4 * k), values

    def qvarray(self, zeros, k):
        indices, values = self.operands(zeros, k)
        return lambda: kernels.merge_sorted.drop(indices, values, 0.0)

    def numpy(self, zeros, k):
        indices, values = self.operands(zeros, k)

        def drop():
            keep = values != 0
            return indices[keep], values[keep]

        return drop


class Segments(Measured):
    """Sums and counts over the rows and columns of a square matrix of k entries."""

    param_names = ("subject", "kernel", "k_n")
    params = (
        ("qvarray", "numpy"),
        ("row_sums", "column_sums", "column_counts"),
        ((10**4, 2**10), (10**6, 2**12), (10**6, 2**17)),
    )

    def operands(self, k_n):
        k, n = k_n
        return sorted_indices(self.rng, k, n * n), self.rng.standard_normal(k), n

    def qvarray(self, kernel, k_n):
        indices, values, n = self.operands(k_n)
        if kernel == "row_sums":
            return lambda: kernels.rows_columns.row_sums(indices, values, n, n)
        if kernel == "column_sums":
            return lambda: kernels.rows_columns.column_sums(indices, values, n)
        return lambda: kernels.rows_columns.column_counts(indices, n)

    def numpy(self, kernel, k_n):
        indices, values, n = self.operands(k_n)

        def row_sums():
            rows = indices // n
            begins = np.flatnonzero(np.diff(rows, prepend=-1))
            counts = np.diff(begins, append=rows.size)
            return rows[begins], counts, np.add.reduceat(values, begins)

        if kernel == "row_sums":
            return row_sums
        if kernel == "column_sums":
            return lambda: np.bincount(indices % n, values, n)
        return lambda: np.bincount(indices % n, minlength=n)


class Argsort(Measured):
    param_names = ("subject", "k")
    params = (("qvarray", "numpy"), (10**4, 10**6))

    def keys(self, k):
        return self.rng.integers(0, 2**40, k)

    def qvarray(self, k):
        keys = self.keys(k)
        return lambda: kernels.radix_sort.argsort(keys)

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


class WaveletTransform(Measured):
    """Filters of eight taps, all levels, into new arrays."""

    param_names = ("subject", "n")
    params = (("qvarray", "pywt"), (2**16, 2**20))

    def qvarray(self, n):
        basis, a = as_basis("db4"), self.rng.standard_normal(n)
        return lambda: basis.analyse(a, 0)

    def pywt(self, n):
        wavedec = require("pywt").wavedec
        a = self.rng.standard_normal(n)
        return lambda: wavedec(a, "db4", mode="periodization")
