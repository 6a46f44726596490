"""Time and memory against the number of active elements, k, and against the length, N.

On a graph with logarithmic axes the slope can be read off: 1 where the cost is proportional to k, 0
where it does not depend on N.
"""

import numpy as np

import qvarray as qv

from .common import Measured, require, sorted_indices

MOST_DENSE = 2**24


class WithActive(Measured):
    """k active elements of 2**40, in the standard basis."""

    param_names = ("subject", "job", "k")
    params = (
        ("qvarray", "sparse"),
        ("add", "multiply", "exp2", "sum", "slice", "construct"),
        (10**2, 10**3, 10**4, 10**5, 10**6),
    )
    n = 2**40

    def calls(self, make, k):
        a, b = (sorted_indices(self.rng, k, self.n) for _ in "ab")
        values = self.rng.standard_normal(k)
        x, y = make(a, values), make(b, values)
        order = self.rng.permutation(k)
        mixed, mixed_values = a[order], values[order]
        return {
            "add": lambda: np.add(x, y),
            "multiply": lambda: np.multiply(x, y),
            "exp2": lambda: np.exp2(x),
            "sum": lambda: np.sum(x),
            "slice": lambda: x[self.n // 8 : self.n // 2 : 3],
            "construct": lambda: make(mixed, mixed_values),
        }

    def qvarray(self, job, k):
        return self.calls(lambda where, values: qv.from_coordinates(where, values, self.n), k)[job]

    def sparse(self, job, k):
        COO = require("sparse").COO
        return self.calls(lambda where, values: COO(where[None], values, (self.n,)), k)[job]


class WithLength(Measured):
    """1000 eigenvalues of N; NumPy has all elements, up to 2**24."""

    param_names = ("subject", "job", "N")
    params = (
        ("qvarray", "numpy"),
        ("add", "element", "slice", "sum", "var", "fft", "operator", "state"),
        tuple(2**bits for bits in (17, 20, 24, 30, 40, 50, 60)),
    )
    k = 1000

    def array(self, n, basis):
        indices = sorted_indices(self.rng, self.k, n)
        return qv.from_eigenvalues(self.rng.standard_normal(self.k), indices, n, basis=basis)

    def qvarray(self, job, n):
        x, y = (self.array(n, "walsh") for _ in "xy")
        z = qv.from_coordinates(sorted_indices(self.rng, self.k, n), np.ones(self.k), n)
        A = qv.operator(np.ones(self.k), sorted_indices(self.rng, self.k, n), n, basis="walsh")
        return {
            "add": lambda: x + y,
            "element": lambda: x[n // 3],
            "slice": lambda: x[n // 8 : n // 4],
            "sum": lambda: np.sum(z),
            "var": lambda: np.var(x),
            "fft": lambda: np.fft.fft(z),
            "operator": lambda: A @ x,
            "state": lambda: qv.gates.cx(z * self.k**-0.5, 0, 3)[n // 3],
        }[job]

    def numpy(self, job, n):
        if n > MOST_DENSE:
            raise NotImplementedError
        x, y = self.rng.standard_normal((2, n))
        calls = {
            "add": lambda: x + y,
            "element": lambda: x[n // 3],
            "slice": lambda: x[n // 8 : n // 4].copy(),
            "sum": lambda: np.sum(x),
            "var": lambda: np.var(x),
            "fft": lambda: np.fft.fft(x),
        }
        if job not in calls:
            raise NotImplementedError
        return calls[job]
