"""Arrays in the standard basis: making them, reading them, ufuncs."""

import numpy as np
import scipy.sparse

import qvarray as qv

from .common import SEED, Measured, require, sorted_indices

PEERS = ("qvarray", "numpy", "sparse", "scipy")
FORMULAS = {
    "x + y": lambda x, y: x + y,
    "2 * x": lambda x, y: 2 * x,
    "abs(x)": lambda x, y: abs(x),
    "x > 0": lambda x, y: x > 0,
    "-x": lambda x, y: -x,
}


class _Operands:
    """Vectors with k active elements of n, as each subject has them."""

    def parts(self, k, n):
        return sorted_indices(self.rng, k, n), self.rng.standard_normal(k)

    def make(self, subject, k, n):
        indices, values = self.parts(k, n)
        if subject == "qvarray":
            return qv.from_coordinates(indices, values, n)
        if subject == "sparse":
            return require("sparse").COO(indices[None], values, (n,), sorted=True)
        if subject == "scipy":
            indptr = np.array([0, k], indices.dtype)
            return scipy.sparse.csr_array((values, indices, indptr), shape=(1, n))
        if n > 2**24:
            raise NotImplementedError
        out = np.zeros(n)
        out[indices] = values
        return out


class Binary(_Operands, Measured):
    """A ufunc of two arrays of k active elements of n each."""

    param_names = ("subject", "ufunc", "k_n")
    params = (
        (*PEERS, "numpy_64"),
        ("add", "subtract", "multiply", "maximum", "greater"),
        ((20, 2**17), (10**4, 2**40), (10**6, 2**40)),
    )

    def operands(self, subject, k_n):
        return [self.make(subject, *k_n) for _ in range(2)]

    def qvarray(self, ufunc, k_n, subject="qvarray"):
        a, b = self.operands(subject, k_n)
        function = getattr(np, ufunc)
        return lambda: function(a, b)

    def numpy(self, ufunc, k_n):
        return self.qvarray(ufunc, k_n, "numpy")

    def sparse(self, ufunc, k_n):
        return self.qvarray(ufunc, k_n, "sparse")

    def scipy(self, ufunc, k_n):
        a, b = self.operands("scipy", k_n)
        calls = {
            "add": lambda: a + b,
            "subtract": lambda: a - b,
            "multiply": lambda: a.multiply(b),
            "maximum": lambda: a.maximum(b),
            "greater": lambda: a > b,
        }
        return calls[ufunc]

    def numpy_64(self, ufunc, k_n):
        if k_n != (20, 2**17):
            raise NotImplementedError
        a, b = self.rng.standard_normal((2, 64))
        function = getattr(np, ufunc)
        return lambda: function(a, b)


class Overhead(_Operands, Measured):
    """What is written with operators, of 20 active elements of 2**17."""

    param_names = ("subject", "formula")
    params = (PEERS, tuple(FORMULAS))

    def qvarray(self, formula, subject="qvarray"):
        x, y = (self.make(subject, 20, 2**17) for _ in "xy")
        function = FORMULAS[formula]
        return lambda: function(x, y)

    def numpy(self, formula):
        return self.qvarray(formula, "numpy")

    def sparse(self, formula):
        return self.qvarray(formula, "sparse")

    def scipy(self, formula):
        return self.qvarray(formula, "scipy")


class BytesAnEntry:
    """Bytes that a matrix of 10**6 entries takes, by the entry."""

    param_names = ("subject", "n")
    params = (("qvarray", "sparse", "scipy"), (2**15, 2**17))
    k = 10**6

    def setup(self, subject, n):
        rng = np.random.default_rng(SEED)
        coords = np.stack(np.divmod(sorted_indices(rng, self.k, n * n), n))
        values = rng.standard_normal(self.k)
        if subject == "qvarray":
            self.nbytes = qv.from_coordinates(coords, values, (n, n)).nbytes
        elif subject == "sparse":
            self.nbytes = require("sparse").COO(coords, values, (n, n)).nbytes
        else:
            x = scipy.sparse.coo_array((values, tuple(coords)), (n, n)).tocsr()
            self.nbytes = x.data.nbytes + x.indices.nbytes + x.indptr.nbytes

    def track_bytes(self, *_):
        return self.nbytes / self.k

    track_bytes.unit = "bytes"


class Reduction(Measured):
    """A reduction over an axis of a matrix of 10**6 active elements."""

    param_names = ("subject", "function", "axis", "shape")
    params = (
        ("qvarray", "sparse", "scipy"),
        ("sum", "max", "mean"),
        (0, 1, None),
        ((2**12, 2**12), (2**17, 2**17)),
    )
    k = 10**6

    def operands(self, shape):
        rows, n = shape
        positions = sorted_indices(self.rng, self.k, rows * n)
        return np.divmod(positions, n), self.rng.standard_normal(self.k)

    def qvarray(self, function, axis, shape):
        coords, values = self.operands(shape)
        x = qv.from_coordinates(np.stack(coords), values, shape)
        reduce = getattr(np, function)
        return lambda: reduce(x, axis=axis)

    def sparse(self, function, axis, shape):
        coords, values = self.operands(shape)
        x = require("sparse").COO(np.stack(coords), values, shape, sorted=True)
        return lambda: getattr(x, function)(axis=axis)

    def scipy(self, function, axis, shape):
        coords, values = self.operands(shape)
        x = scipy.sparse.coo_array((values, coords), shape).tocsr()
        return lambda: getattr(x, function)(axis=axis)


class Read(_Operands, Measured):
    """An element, and parts, of an array of 20 active elements."""

    param_names = ("subject", "key", "n")
    params = (PEERS, ("5", "3:40", "100:100000:7"), (2**17, 2**40))

    def qvarray(self, key, n, subject="qvarray"):
        x = self.make(subject, 20, n)
        parts = [int(part) for part in key.split(":")]
        index = slice(*parts) if len(parts) > 1 else parts[0]
        if subject == "scipy":
            index = (0, index)
        return lambda: x[index]

    def numpy(self, key, n):
        return self.qvarray(key, n, "numpy")

    def sparse(self, key, n):
        return self.qvarray(key, n, "sparse")

    def scipy(self, key, n):
        return self.qvarray(key, n, "scipy")


class FromCoordinates(Measured):
    """A matrix from k coordinates in no order."""

    param_names = ("subject", "k")
    params = (("qvarray", "sparse", "scipy"), (20, 10**6))
    shape = (2**15, 2**15)

    def operands(self, k):
        return self.rng.integers(0, self.shape[0], (2, k)), self.rng.standard_normal(k)

    def qvarray(self, k):
        coords, values = self.operands(k)
        return lambda: qv.from_coordinates(coords, values, self.shape)

    def sparse(self, k):
        COO = require("sparse").COO
        coords, values = self.operands(k)
        return lambda: COO(coords, values, self.shape)

    def scipy(self, k):
        coords, values = self.operands(k)
        return lambda: scipy.sparse.coo_array((values, tuple(coords)), self.shape).tocsr()


class ToDense(_Operands, Measured):
    """All elements as an ndarray; the peer in NumPy scatters into zeros."""

    param_names = ("subject", "k_n")
    params = (PEERS, ((20, 2**17), (10**6, 2**22)))

    def qvarray(self, k_n):
        return self.make("qvarray", *k_n).todense

    def sparse(self, k_n):
        return self.make("sparse", *k_n).todense

    def scipy(self, k_n):
        return self.make("scipy", *k_n).toarray

    def numpy(self, k_n):
        k, n = k_n
        indices, values = self.parts(k, n)

        def scatter():
            out = np.zeros(n)
            out[indices] = values
            return out

        return scatter
