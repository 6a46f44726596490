"""Operators and evolutions."""

import tracemalloc

import numpy as np

import qvarray as qv

from .common import Measured, require, sorted_indices


class Product(Measured):
    """``A @ x`` of 1000 eigenvalues each; the peers are a dense matrix, and hand-written NumPy."""

    param_names = ("subject", "basis", "n")
    params = (("qvarray", "numpy", "dense"), ("standard", "walsh", "fourier"), (2**12, 2**40))

    def operands(self, n):
        return [(self.rng.standard_normal(1000), sorted_indices(self.rng, 1000, n)) for _ in "Ax"]

    def qvarray(self, basis, n):
        of_a, of_x = self.operands(n)
        A = qv.operator(*of_a, n, basis=basis)
        x = qv.from_eigenvalues(*of_x, n, basis=basis)
        return lambda: A @ x

    def numpy(self, basis, n):
        (va, ia), (vx, ix) = self.operands(n)

        def product():
            common, at_a, at_x = np.intersect1d(ia, ix, assume_unique=True, return_indices=True)
            return common, va[at_a] * vx[at_x]

        return product

    def dense(self, basis, n):
        if n > 2**12:
            raise NotImplementedError
        A = self.rng.standard_normal((n, n))
        x = self.rng.standard_normal(n)
        if basis == "fourier":
            A, x = A.astype(complex), x.astype(complex)
        return lambda: A @ x


class PseudoInverse(Measured):
    """``np.linalg.pinv(A)`` of 200 eigenvalues; the peer is NumPy on a dense matrix."""

    param_names = ("subject", "basis", "n")
    params = (("qvarray", "dense"), ("standard", "walsh", "fourier"), (2**9, 2**40))

    def operator(self, basis, n):
        values = self.rng.standard_normal(200)
        return qv.operator(values, sorted_indices(self.rng, 200, n), n, basis=basis)

    def qvarray(self, basis, n):
        A = self.operator(basis, n)
        return lambda: np.linalg.pinv(A)

    def dense(self, basis, n):
        if n > 2**9:
            raise NotImplementedError
        A = self.operator(basis, n).todense()
        return lambda: np.linalg.pinv(A)


class Heat(Measured):
    """10**6 steps of the heat equation on a circle of 2**30 points, 1000 modes.

    The peer is the same formula in NumPy, written by hand.
    """

    param_names = ("subject", "by")
    params = (("qvarray", "numpy"), ("matrix_power", "expm"))
    n, steps, rate = 2**30, 10**6, 0.25

    def modes(self):
        half = sorted_indices(self.rng, 500, 2**16) + 1
        values = self.rng.standard_normal(500) + 1j * self.rng.standard_normal(500)
        indices = np.concatenate([half, self.n - half])
        return np.concatenate([values, values.conj()]), indices

    def qvarray(self, by):
        u = qv.from_eigenvalues(*self.modes(), self.n, basis="fourier", dtype=float)
        if by == "expm":
            return lambda: qv.linalg.expm(self.rate * self.steps * qv.laplacian(self.n)) @ u

        def evolve():
            A = qv.identity(self.n) + self.rate * qv.laplacian(self.n)
            return np.linalg.matrix_power(A, self.steps) @ u

        return evolve

    def numpy(self, by):
        values, indices = self.modes()

        def evolve():
            rates = -4 * self.rate * np.sin(np.pi * indices / self.n) ** 2
            if by == "expm":
                return values * np.exp(self.steps * rates)
            return values * (1 + rates) ** self.steps

        return evolve


class HeatBytes:
    """The most bytes that `Heat` allocates at once."""

    param_names = ("subject", "by")
    params = Heat.params

    def setup(self, subject, by):
        heat = Heat()
        heat.setup(subject, by)
        tracemalloc.start()
        heat.call()
        self.peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    def track_peak(self, *_):
        return self.peak

    track_peak.unit = "bytes"


class Algebra(Measured):
    """Operators and vectors of 10**4 eigenvalues at 2**40; the peer is NumPy on the eigenvalues."""

    param_names = ("subject", "work", "basis")
    params = (
        ("qvarray", "numpy"),
        ("A @ B @ x", "solve", "var", "inv", "svdvals", "eigh", "expm"),
        ("standard", "walsh", "fourier", "cosine"),
    )
    n, k = 2**40, 10_000

    def operands(self):
        indices = sorted_indices(self.rng, self.k, self.n)
        return indices, [self.rng.uniform(1, 2, self.k) for _ in "ABx"]

    def qvarray(self, work, basis):
        indices, (a, b, x) = self.operands()
        A, B = (qv.operator(values, indices, self.n, basis=basis) for values in (a, b))
        x = qv.from_eigenvalues(x, indices, self.n, basis=basis)
        whole = qv.identity(self.n) + A
        return {
            "A @ B @ x": lambda: A @ B @ x,
            "solve": lambda: np.linalg.solve(whole, x),
            "var": lambda: np.var(x),
            "inv": lambda: np.linalg.inv(whole),
            "svdvals": lambda: np.linalg.svdvals(whole),
            "eigh": lambda: np.linalg.eigh(whole),
            "expm": lambda: qv.linalg.expm(A),
        }[work]

    def numpy(self, work, basis):
        _, (a, b, x) = self.operands()
        return {
            "A @ B @ x": lambda: a * (b * x),
            "solve": lambda: x / (1 + a),
            "var": lambda: np.dot(x, x),
            "inv": lambda: 1 / (1 + a),
            "svdvals": lambda: np.sort(np.abs(1 + a))[::-1],
            "eigh": lambda: np.argsort(1 + a),
            "expm": lambda: np.exp(a),
        }[work]


class Toeplitz(Measured):
    """``T @ x``; the peer is ``scipy.linalg.matmul_toeplitz``."""

    param_names = ("subject", "n", "active")
    params = (("qvarray", "scipy"), (2**12, 2**18), ("few", "all"))

    def column(self, n, active):
        c = self.rng.standard_normal(n)
        if active == "few":
            c[8:] = 0
        return c, self.rng.standard_normal(n)

    def qvarray(self, n, active):
        c, x = self.column(n, active)
        T, x = qv.toeplitz(c), qv.asarray(x)
        return lambda: T @ x

    def scipy(self, n, active):
        c, x = self.column(n, active)
        linalg = require("scipy.linalg")
        return lambda: linalg.matmul_toeplitz(c, x)


class Evolution(Measured):
    """The AND/OR evolution and its reversal; the peer is dense NumPy."""

    param_names = ("subject", "direction", "mode", "n")
    params = (
        ("qvarray", "numpy"),
        ("apply", "reverse"),
        ("project", "residual", "unitary"),
        (2**17, 2**40),
    )

    def vector(self, n):
        if n <= 2**17:
            return self.rng.standard_normal(n)
        return qv.from_eigenvalues(np.ones(1000), np.arange(1000), n, basis="walsh")

    def qvarray(self, direction, mode, n):
        x = self.vector(n)
        if direction == "apply":
            return lambda: qv.apply_evolving_and_or(x, mode=mode)
        y = qv.apply_evolving_and_or(x, mode=mode)
        return lambda: qv.reverse_evolving_and_or(y)

    def numpy(self, direction, mode, n):
        if n > 2**17:
            raise NotImplementedError
        A = qv.gates.and_or_operator(n)
        diagonal = np.zeros(n)
        diagonal[A.active_indices] = A.eigenvalues
        x = self.vector(n)
        if mode == "unitary":
            if direction == "apply":
                return lambda: np.exp(-1j * diagonal) * x
            y = np.exp(-1j * diagonal) * x
            return lambda: np.exp(1j * diagonal) * y
        if direction == "apply":
            if mode == "project":
                return lambda: diagonal * x
            return lambda: (diagonal * x, np.where(diagonal == 0, x, 0))
        y, active = diagonal * x, diagonal != 0
        rest = np.zeros(n) if mode == "project" else np.where(active, 0, x)
        return lambda: np.divide(y, diagonal, out=rest.copy(), where=active)
