"""Large sparse arrays beside the sparse packages: two dtypes, parts, unsorted coordinates."""

import numpy as np
import scipy.sparse

import qvarray as qv

from .common import Measured, require, sorted_indices

PEERS = ("qvarray", "sparse", "scipy")
SHAPE = (10**5, 10**5)
KEYS = {
    "rows": np.s_[20_000:50_000],
    "columns": np.s_[:, 1000:30_000],
    "column": np.s_[:, 777],
    "steps": np.s_[::3, ::2],
    "row_steps": np.s_[::3],
    "upside_down": np.s_[::-1],
}


class _Matrices:
    """Matrices of 10**6 active elements of SHAPE, as each subject has them."""

    k = 10**6

    def make(self, subject, dtype="float64"):
        positions = sorted_indices(self.rng, self.k, SHAPE[0] * SHAPE[1])
        values = self.rng.integers(1, 100, self.k).astype(dtype)
        if subject == "qvarray":
            return qv.from_eigenvalues(values, positions, SHAPE)
        coords = np.divmod(positions, SHAPE[1])
        if subject == "sparse":
            COO = require("sparse").COO
            return COO(np.stack(coords), values, SHAPE, sorted=True, has_duplicates=False)
        return scipy.sparse.coo_array((values, coords), SHAPE).tocsr()


class Pair(_Matrices, Measured):
    """A ufunc of two matrices, of 10**4 and of 10**6 active elements each."""

    param_names = ("subject", "ufunc", "k")
    params = (PEERS, ("add", "subtract", "multiply", "maximum", "greater"), (10**4, 10**6))

    def qvarray(self, ufunc, k, subject="qvarray"):
        self.k = k
        a, b = (self.make(subject) for _ in "ab")
        function = getattr(np, ufunc)
        return lambda: function(a, b)

    def sparse(self, ufunc, k):
        return self.qvarray(ufunc, k, "sparse")

    def scipy(self, ufunc, k):
        self.k = k
        a, b = (self.make("scipy") for _ in "ab")
        return {
            "add": lambda: a + b,
            "subtract": lambda: a - b,
            "multiply": lambda: a.multiply(b),
            "maximum": lambda: a.maximum(b),
            "greater": lambda: a > b,
        }[ufunc]


class TwoDtypes(_Matrices, Measured):
    """A sum and a product of arrays whose elements are of two sizes."""

    param_names = ("subject", "ufunc", "dtypes")
    params = (
        PEERS,
        ("add", "multiply"),
        (("float64", "float32"), ("int32", "float64"), ("float32", "int32")),
    )

    def qvarray(self, ufunc, dtypes, subject="qvarray"):
        a, b = (self.make(subject, dtype) for dtype in dtypes)
        function = getattr(np, ufunc)
        return lambda: function(a, b)

    def sparse(self, ufunc, dtypes):
        return self.qvarray(ufunc, dtypes, "sparse")

    def scipy(self, ufunc, dtypes):
        a, b = (self.make("scipy", dtype) for dtype in dtypes)
        return (lambda: a + b) if ufunc == "add" else (lambda: a.multiply(b))


class Part(_Matrices, Measured):
    """Rows, columns, steps, and turning round."""

    param_names = ("subject", "key")
    params = (PEERS, tuple(KEYS))

    def qvarray(self, key, subject="qvarray"):
        x, index = self.make(subject), KEYS[key]
        return lambda: x[index]

    def sparse(self, key):
        return self.qvarray(key, "sparse")

    def scipy(self, key):
        return self.qvarray(key, "scipy")


class Coordinates(Measured):
    """A matrix from 10**6 coordinates: in no order, sorted, every other one a repetition."""

    param_names = ("subject", "kind")
    params = (PEERS, ("unsorted", "sorted", "repeated"))
    k = 10**6

    def operands(self, kind):
        coords = self.rng.integers(0, SHAPE[0], (2, self.k))
        if kind == "sorted":
            positions = sorted_indices(self.rng, self.k, SHAPE[0] * SHAPE[1])
            coords = np.stack(np.divmod(positions, SHAPE[1]))
        elif kind == "repeated":
            coords[:, self.k // 2 :] = coords[:, : self.k // 2]
        return coords, self.rng.standard_normal(self.k)

    def qvarray(self, kind):
        coords, values = self.operands(kind)
        return lambda: qv.from_coordinates(coords, values, SHAPE)

    def sparse(self, kind):
        COO = require("sparse").COO
        coords, values = self.operands(kind)
        return lambda: COO(coords, values, SHAPE)

    def scipy(self, kind):
        coords, values = self.operands(kind)
        return lambda: scipy.sparse.coo_array((values, tuple(coords)), SHAPE).tocsr()
