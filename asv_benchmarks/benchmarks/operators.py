"""Operators and evolutions."""

import numpy as np

import qvarray as qv

from .common import Measured, Timed, sorted_indices


class Product(Timed):
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


class PseudoInverse(Timed):
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
