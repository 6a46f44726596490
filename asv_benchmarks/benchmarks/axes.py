"""Sparse matrices transposed, their rows and columns taken in any order, and multiplied."""

import numpy as np
import scipy.sparse
from scipy.sparse.linalg import LinearOperator, svds

import qvarray as qv

from .common import Measured

PEERS = ("qvarray", "scipy")
N = 10**5
K = 10**6
SIDE = 400


def _random(rng):
    """A csr array of 10**6 entries."""
    rows, columns = rng.integers(0, N, (2, K))
    return scipy.sparse.coo_array((rng.standard_normal(K), (rows, columns)), (N, N)).tocsr()


def _stencil():
    """The Laplacian of a square of 400 x 400 points, as a csr array."""
    line = scipy.sparse.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(SIDE, SIDE))
    one = scipy.sparse.eye_array(SIDE)
    return (scipy.sparse.kron(line, one) + scipy.sparse.kron(one, line)).tocsr()


def _ours(csr):
    coo = csr.tocoo()
    return qv.from_coordinates(np.array(coo.coords), coo.data, csr.shape)


class _OfBoth:
    def qvarray(self, name):
        return self.calls(_ours, np.concatenate)[name]

    def scipy(self, name):
        return self.calls(lambda csr: csr, lambda pair, axis: scipy.sparse.hstack(pair, "csr"))[
            name
        ]


class Axes(_OfBoth, Measured):
    """The axes of a matrix of 10**6 entries in another order, and its rows."""

    param_names = ("subject", "call")
    names = ("T", "T.sum(1)", "T @ d", "x + x.T.T", "x + x.T", "2 * x.T", "permutation")
    names += ("1000 rows", "1000 points", "flip", "concatenate 1", "column", "mask of rows")
    params = (PEERS, names)

    def calls(self, made, joined):
        x = made(_random(self.rng))
        d = self.rng.standard_normal(N)
        order, mask = self.rng.permutation(N), self.rng.random(N) < 0.5
        some, (rows, columns) = self.rng.integers(0, N, 1000), self.rng.integers(0, N, (2, 1000))
        calls = (
            lambda: x.T,
            lambda: x.T.sum(axis=1),
            lambda: x.T @ d,
            lambda: x + x.T.T,
            lambda: x + x.T,
            lambda: 2 * x.T,
            lambda: x[order],
            lambda: x[some],
            lambda: x[rows, columns],
            lambda: x[::-1],
            lambda: joined([x, x], axis=1),
            lambda: x[:, 77],
            lambda: x[mask],
        )
        return dict(zip(self.names, calls, strict=True))


class Products(_OfBoth, Measured):
    """Products of a matrix at random positions, and of a stencil's, with both and with vectors."""

    param_names = ("subject", "call")
    names = ("random @ random", "random @ d", "d @ random", "random @ 16")
    names += ("stencil @ stencil", "stencil @ d", "stencil.T @ d", "stencil @ 8")
    params = (PEERS, names)

    def calls(self, made, _):
        x, a = made(_random(self.rng)), made(_stencil())
        d, e = self.rng.standard_normal(N), self.rng.standard_normal(SIDE**2)
        d16, e8 = self.rng.standard_normal((N, 16)), self.rng.standard_normal((SIDE**2, 8))
        calls = (
            lambda: x @ x,
            lambda: x @ d,
            lambda: d @ x,
            lambda: x @ d16,
            lambda: a @ a,
            lambda: a @ e,
            lambda: a.T @ e,
            lambda: a @ e8,
        )
        return dict(zip(self.names, calls, strict=True))


class SingularValues(Measured):
    """Five singular values of a matrix of 10**6 entries, by SciPy, from products with vectors."""

    param_names = ("subject",)
    params = (PEERS,)

    def found(self, x):
        operator = LinearOperator(
            (N, N),
            matvec=lambda v: np.asarray(x @ v.ravel()),
            rmatvec=lambda u: np.asarray(x.T @ u.ravel()),
            dtype=float,
        )
        return lambda: svds(operator, 5, random_state=0, return_singular_vectors=False)

    def qvarray(self):
        return self.found(_ours(_random(self.rng)))

    def scipy(self):
        return self.found(_random(self.rng))
