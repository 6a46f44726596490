"""Large sparse matrices indexed, written, reshaped, joined, sorted and multiplied."""

import numpy as np
import scipy.sparse

import qvarray as qv

from .common import Measured, require

PEERS = ("qvarray", "sparse", "scipy")
N = 10**5
K = 10**6


class _Matrices:
    """Matrices of 10**6 active elements, as each subject has them."""

    def matrix(self, subject, k=K, n=N):
        rows, columns = self.rng.integers(0, n, (2, k))
        values = self.rng.standard_normal(k)
        csr = scipy.sparse.coo_array((values, (rows, columns)), shape=(n, n)).tocsr()
        if subject == "scipy":
            return csr
        coo = csr.tocoo()
        if subject == "sparse":
            return require("sparse").COO(np.array(coo.coords), coo.data, (n, n), sorted=True)
        return qv.from_coordinates(np.array(coo.coords), coo.data, (n, n))


class Part(_Matrices, Measured):
    """A part of a matrix, or the whole of it otherwise arranged."""

    param_names = ("subject", "part")
    params = (PEERS, ("rows", "steps", "mask", "fancy", "transpose", "reshape", "concatenate"))

    def calls(self, subject, part):
        x = self.matrix(subject)
        some = self.rng.integers(0, N, 10**4)
        if part == "mask" and subject != "qvarray":
            raise NotImplementedError
        mask = x > 0 if part == "mask" else None
        join = {
            "qvarray": lambda: np.concatenate([x, x]),
            "sparse": lambda: require("sparse").concatenate([x, x]),
            "scipy": lambda: scipy.sparse.vstack([x, x], format="csr"),
        }
        return {
            "rows": lambda: x[N // 4 : N // 2],
            "steps": lambda: x[::3, ::2],
            "mask": lambda: x[mask],
            "fancy": lambda: x[some],
            # The transpose of a csr array is a csc array: a relabelling.
            "transpose": lambda: x.T if subject != "scipy" else x.T.tocsr(),
            "reshape": lambda: x.reshape((N // 10, N * 10)),
            "concatenate": join[subject],
        }[part]

    def qvarray(self, part):
        return self.calls("qvarray", part)

    def sparse(self, part):
        return self.calls("sparse", part)

    def scipy(self, part):
        return self.calls("scipy", part)


class Product(_Matrices, Measured):
    """A product of a matrix with another, or with a dense vector."""

    param_names = ("subject", "other")
    params = (PEERS, ("matrix", "vector"))

    def calls(self, subject, other):
        x = self.matrix(subject)
        y = self.matrix(subject) if other == "matrix" else self.rng.standard_normal(N)
        return lambda: x @ y

    def qvarray(self, other):
        return self.calls("qvarray", other)

    def sparse(self, other):
        return self.calls("sparse", other)

    def scipy(self, other):
        return self.calls("scipy", other)


class Element(_Matrices, Measured):
    """A thousand elements read or written, one at a time."""

    param_names = ("subject", "access")
    params = (("qvarray", "sparse", "scipy", "scipy_lil"), ("read", "write"))

    def calls(self, subject, access, x):
        where = [(int(i), int(j)) for i, j in self.rng.integers(0, N, (1000, 2))]

        def read():
            for position in where:
                x[position]

        def write():
            for position in where:
                x[position] = 1.5
            return x.nactive if subject == "qvarray" else None

        return read if access == "read" else write

    def qvarray(self, access):
        return self.calls("qvarray", access, self.matrix("qvarray"))

    def sparse(self, access):
        if access == "write":
            raise NotImplementedError
        return self.calls("sparse", access, self.matrix("sparse"))

    def scipy(self, access):
        if access == "write":
            raise NotImplementedError
        return self.calls("scipy", access, self.matrix("scipy"))

    def scipy_lil(self, access):
        return self.calls("scipy_lil", access, self.matrix("scipy").tolil())


class Assignment(_Matrices, Measured):
    """Elements of a matrix of 10**4 rows set: rows, a column, single ones, and where a mask says.

    The peers work on a copy that is made before; lists of rows are scipy's way to write.
    """

    param_names = ("subject", "key")
    params = (("qvarray", "numpy", "scipy_lil"), ("rows", "column", "points", "mask"))
    n = 10**4

    def keys(self):
        some = self.rng.integers(0, self.n, (2, 1000))
        return {
            "rows": np.s_[100:200],
            "column": np.s_[:, 777],
            "points": (some[0], some[1]),
        }

    def qvarray(self, key):
        x = self.matrix("qvarray", 10**5, self.n)
        index = x > 1.0 if key == "mask" else self.keys()[key]

        def assign():
            x[index] = 1.5
            return x.nactive

        return assign

    def numpy(self, key):
        x = self.matrix("scipy", 10**5, self.n).toarray()
        index = x > 1.0 if key == "mask" else self.keys()[key]

        def assign():
            x[index] = 1.5

        return assign

    def scipy_lil(self, key):
        x = self.matrix("scipy", 10**5, self.n)
        if key == "mask":
            raise NotImplementedError
        x, index = x.tolil(), self.keys()[key]

        def assign():
            x[index] = 1.5

        return assign


class Huge(Measured):
    """Functions of an array of 10**4 active elements of 2**40: no peer can hold it."""

    param_names = ("subject", "function")
    params = (
        ("qvarray",),
        (
            "sort",
            "median",
            "unique",
            "histogram",
            "roll",
            "tile",
            "pad",
            "insert",
            "cumsum",
            "argmax",
            "nonzero",
            "where",
            "assign",
        ),
    )

    def qvarray(self, function):
        k, n = 10**4, 2**40
        x = qv.from_coordinates(self.rng.integers(0, n, (1, k)), self.rng.standard_normal(k), (n,))

        def assign():
            x[: n // 2 : 3] = 0
            return x

        return {
            "sort": lambda: np.sort(x),
            "median": lambda: np.median(x),
            "unique": lambda: np.unique(x, return_counts=True),
            "histogram": lambda: np.histogram(x, bins=50),
            "roll": lambda: np.roll(x, 12345),
            "tile": lambda: np.tile(x, 4),
            "pad": lambda: np.pad(x, 3),
            "insert": lambda: np.insert(x, 5, 1.0),
            # Sums that come back to zero: the result is as sparse as the array.
            "cumsum": lambda: np.cumsum(np.subtract(x, np.roll(x, 1))),
            "argmax": lambda: np.argmax(x),
            "nonzero": lambda: np.nonzero(x),
            "where": lambda: np.where(x > 0, x, -1.0),
            "assign": assign,
        }[function]
