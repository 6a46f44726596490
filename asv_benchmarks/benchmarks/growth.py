"""What must not grow: writes in loops, views of views, expressions of many steps, long lines."""

import numpy as np
import scipy.sparse

import qvarray as qv

from .common import SEED, Measured, require, sorted_indices

SIZES = (10**3, 10**4, 10**5, 10**6)


def _matrix(k, n=2**15):
    """Row and column of k entries, and their values."""
    rng = np.random.default_rng(SEED)
    return np.divmod(sorted_indices(rng, k, n * n), n), rng.standard_normal(k), n


WRITES = {
    "four elements": lambda x, i, row: x.__setitem__((i, slice(i, i + 4)), 1.0),
    "64 elements": lambda x, i, row: x.__setitem__((i, slice(i, i + 64)), row),
    "a list": lambda x, i, row: x.__setitem__(([i, i + 1], [i, i + 9]), 2.0),
    "np.add.at": lambda x, i, row: np.add.at(x, ([i], [i + 2]), 1.0),
}


class Writes(Measured):
    """A hundred writes of some elements to a matrix of k entries, reading one after each."""

    param_names = ("subject", "write", "k")
    params = (("qvarray", "scipy_lil", "sparse_dok"), tuple(WRITES), SIZES)

    def _loop(self, x, write):
        one, row = WRITES[write], np.arange(1.0, 65.0)

        def call():
            for i in range(100):
                one(x, i, row)
                x[i, i]

        return call

    def qvarray(self, write, k):
        where, values, n = _matrix(k)
        return self._loop(qv.from_coordinates(np.array(where), values, (n, n)), write)

    def scipy_lil(self, write, k):
        if write == "np.add.at":
            raise NotImplementedError
        where, values, n = _matrix(k)
        return self._loop(scipy.sparse.coo_array((values, where), (n, n)).tolil(), write)

    def sparse_dok(self, write, k):
        if write == "np.add.at" or k > 10**5:
            raise NotImplementedError
        where, values, n = _matrix(k)
        sparse = require("sparse")
        return self._loop(sparse.DOK.from_coo(sparse.COO(np.array(where), values, (n, n))), write)


class DenseWrites(Measured):
    """A hundred rows of 100 elements written to an array that is stored in full."""

    param_names = ("subject", "n")
    params = (("qvarray", "numpy"), (10**5, 10**6, 10**7))

    def _loop(self, x):
        row = np.arange(100.0)

        def call():
            for i in range(100):
                x[i] = row
                x[i + 1] += 1.0

        return call

    def qvarray(self, n):
        return self._loop(qv.asarray(np.ones((n // 100, 100))))

    def numpy(self, n):
        return self._loop(np.ones((n // 100, 100)))


class Views(Measured):
    """Views of views, and the window of the last."""

    param_names = ("subject", "depth")
    params = (("qvarray", "numpy"), (100, 1000, 10_000))

    def _chain(self, x, depth):
        def call():
            y = x
            for _ in range(depth // 2):
                y = y.reshape(64, 64).reshape(-1)
            return y.flags

        return call

    def qvarray(self, depth):
        return self._chain(qv.from_coordinates([5], [1.0], 4096), depth)

    def numpy(self, depth):
        return self._chain(np.zeros(4096), depth)


QUESTIONS = {
    "element": lambda u: u[7],
    "part": lambda u: np.asarray(u[3:9]),
    "transposed": lambda u: np.asarray(u[None].T),
    "sum": np.sum,
    "text": str,
}


class Steps(Measured):
    """Steps ``u - 0.1 * sin(u)`` in another basis, and what is asked of the last."""

    param_names = ("subject", "question", "steps")
    params = (("qvarray", "numpy"), tuple(QUESTIONS), (10, 100, 1000))

    def _asked(self, u, question, steps):
        def call():
            v = u
            for _ in range(steps):
                v = v - 0.1 * np.sin(v)
            return QUESTIONS[question](v)

        return call

    def qvarray(self, question, steps):
        u = qv.from_eigenvalues([4.0, 1.0], [0, 3], 64, basis="walsh")
        return self._asked(u, question, steps)

    def numpy(self, question, steps):
        u = qv.from_eigenvalues([4.0, 1.0], [0, 3], 64, basis="walsh").todense()
        return self._asked(u, question, steps)


class LongLines(Measured):
    """Sums along the rows of a matrix with one full row and two entries in all others."""

    param_names = ("subject", "n")
    params = (("qvarray", "numpy"), (10**3, 10**4, 10**5))

    def qvarray(self, n):
        d = np.arange(1, n - 1)
        rows, columns = np.r_[np.zeros(n, int), d, d], np.r_[np.arange(n), d, d + 1]
        values = np.r_[np.ones(n), np.ones(n - 2), -np.ones(n - 2)]
        x = qv.from_coordinates([rows, columns], values, (n, n))
        return lambda: np.cumsum(x, axis=1)

    def numpy(self, n):
        if n > 10**4:
            raise NotImplementedError
        x = self.qvarray(n)().todense()
        return lambda: np.cumsum(x, axis=1)
