"""Everyday calls of few elements: 20 of 131072, 1000 of 300 x 300; beside csr's, and NumPy's of 64.

``python -m benchmarks.small_calls`` prints the table, the dearest beside csr first.
"""

import sys
import time

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

import qvarray as qv

from .common import SEED, Measured, sorted_indices

N, K = 131072, 20


class Operands:
    """What the calls are of: vectors x and y, matrices X and Y, a dense vector v.

    Parameters
    ----------
    subject : str
        "qvarray", "csr" (a vector is a matrix of one row), or "numpy" (64 elements, 8 x 8).
    """

    def __init__(self, subject):
        rng = np.random.default_rng(SEED)
        at = [sorted_indices(rng, K, N) for _ in range(2)]
        values = [rng.standard_normal(K) for _ in range(2)]
        coords = [rng.integers(0, 300, (2, 1000)) for _ in range(2)]
        entries = [rng.standard_normal(1000) for _ in range(2)]
        self.v = rng.standard_normal(300)
        self.mask = np.arange(300) % 3 == 0
        self.rows = np.arange(0, 300, 10)
        if subject == "qvarray":
            self.x, self.y = (qv.from_eigenvalues(*one, N) for one in zip(values, at, strict=True))
            self.X, self.Y = (
                qv.from_coordinates(*one, (300, 300)) for one in zip(coords, entries, strict=True)
            )
        elif subject == "csr":
            self.x, self.y = (
                scipy.sparse.coo_array((value, (np.zeros(K, int), where)), (1, N)).tocsr()
                for value, where in zip(values, at, strict=True)
            )
            self.X, self.Y = (
                scipy.sparse.coo_array((value, tuple(where)), (300, 300)).tocsr()
                for value, where in zip(entries, coords, strict=True)
            )
        else:
            self.x, self.y = rng.standard_normal((2, 64))
            self.X, self.Y = rng.standard_normal((2, 8, 8))
            self.v, self.mask = self.v[:8], self.mask[:8]
            self.rows = np.array([0, 3, 5])
        if subject != "csr":
            self.x_mask, self.X_mask = self.x > 0, self.X > 1
        self.written = self.X.copy()
        self.written_row = self.x.copy()


def _assign(o, key, value):
    o.written[key] = value


def _assign_vector(o, key, value):
    o.written_row[key] = value


#: Calls by their names: of our arrays and NumPy's, and csr's for the same job (None: it has none).
CALLS = {
    "x + y": (lambda o: o.x + o.y,) * 2,
    "x * y": (lambda o: o.x * o.y, lambda o: o.x.multiply(o.y)),
    "np.maximum(x, y)": (lambda o: np.maximum(o.x, o.y), lambda o: o.x.maximum(o.y)),
    "x > y": (lambda o: o.x > o.y,) * 2,
    "2 * x": (lambda o: 2 * o.x,) * 2,
    "-x": (lambda o: -o.x,) * 2,
    "abs(x)": (lambda o: abs(o.x),) * 2,
    "np.sin(x)": (lambda o: np.sin(o.x), lambda o: o.x.sin()),
    "x > 0": (lambda o: o.x > 0,) * 2,
    "x ** 2": (lambda o: o.x**2, lambda o: o.x.power(2)),
    "np.sum(x)": (lambda o: np.sum(o.x), lambda o: o.x.sum()),
    "x.max()": (lambda o: o.x.max(),) * 2,
    "x.any()": (lambda o: o.x.any(), lambda o: o.x.count_nonzero() > 0),
    "x.mean()": (lambda o: o.x.mean(),) * 2,
    "np.std(x)": (lambda o: np.std(o.x), None),
    "np.linalg.norm(x)": (
        lambda o: np.linalg.norm(o.x),
        lambda o: scipy.sparse.linalg.norm(o.x),
    ),
    "x.argmax()": (lambda o: o.x.argmax(),) * 2,
    "np.count_nonzero(x)": (lambda o: np.count_nonzero(o.x), lambda o: o.x.count_nonzero()),
    "np.nonzero(x)": (lambda o: np.nonzero(o.x), lambda o: o.x.nonzero()),
    "np.median(x)": (lambda o: np.median(o.x), None),
    "np.unique(x)": (lambda o: np.unique(o.x), None),
    "np.sort(x)": (lambda o: np.sort(o.x), None),
    "np.vdot(x, y)": (lambda o: np.vdot(o.x, o.y), lambda o: (o.x @ o.y.T)[0, 0]),
    "np.where(x > 0, x, y)": (lambda o: np.where(o.x_mask, o.x, o.y), None),
    "np.clip(x, 0, 1)": (lambda o: np.clip(o.x, 0, 1), None),
    "np.allclose(x, y)": (lambda o: np.allclose(o.x, o.y), None),
    "np.array_equal(x, y)": (
        lambda o: np.array_equal(o.x, o.y),
        lambda o: (o.x != o.y).nnz == 0,
    ),
    "x @ y": (lambda o: o.x @ o.y, lambda o: (o.x @ o.y.T)[0, 0]),
    "np.concatenate([x, y])": (
        lambda o: np.concatenate([o.x, o.y]),
        lambda o: scipy.sparse.hstack([o.x, o.y], "csr"),
    ),
    "np.stack([x, y])": (
        lambda o: np.stack([o.x, o.y]),
        lambda o: scipy.sparse.vstack([o.x, o.y], "csr"),
    ),
    "np.roll(x, 3)": (lambda o: np.roll(o.x, 3), None),
    "x[3]": (lambda o: o.x[3], lambda o: o.x[0, 3]),
    "x[3:40]": (lambda o: o.x[3:40], lambda o: o.x[:, 3:40]),
    "x[x > 0]": (lambda o: o.x[o.x_mask], None),
    "x[3] = 1.0": (lambda o: _assign_vector(o, 3, 1.0), None),
    "x[x > 0] = 5": (lambda o: _assign_vector(o, o.x_mask, 5.0), None),
    "x.reshape(2, -1)": (lambda o: o.x.reshape(2, -1), lambda o: o.x.reshape(2, -1)),
    "x[None]": (lambda o: o.x[None], None),
    "x.astype('f4')": (lambda o: o.x.astype("f4"),) * 2,
    "x.copy()": (lambda o: o.x.copy(),) * 2,
    "str(x)": (lambda o: str(o.x),) * 2,
    "repr(x)": (lambda o: repr(o.x),) * 2,
    "zeros": (lambda o: np.zeros_like(o.x), lambda o: scipy.sparse.csr_array((1, N))),
    "qv.zeros": (lambda o: qv.zeros(N), lambda o: scipy.sparse.csr_array((1, N))),
    "X + Y": (lambda o: o.X + o.Y,) * 2,
    "X * v": (lambda o: o.X * o.v, lambda o: o.X.multiply(o.v)),
    "X @ v": (lambda o: o.X @ o.v,) * 2,
    "X @ Y": (lambda o: o.X @ o.Y,) * 2,
    "X.T": (lambda o: o.X.T,) * 2,
    "X.sum(axis=0)": (lambda o: o.X.sum(axis=0),) * 2,
    "X.sum(axis=1)": (lambda o: o.X.sum(axis=1),) * 2,
    "X.max(axis=1)": (lambda o: o.X.max(axis=1),) * 2,
    "X[3]": (lambda o: o.X[3], lambda o: o.X[[3]]),
    "X[[1, 2]]": (lambda o: o.X[[1, 2]],) * 2,
    "X[:, 3]": (lambda o: o.X[:, 3], lambda o: o.X[:, [3]]),
    "X[rows]": (lambda o: o.X[o.rows],) * 2,
    "X[X > 1]": (lambda o: o.X[o.X_mask], None),
    "X[3, [1, 5]] = 1": (lambda o: _assign(o, (3, [1, 5]), 1.0), None),
    "np.einsum('ij,ij->i')": (
        lambda o: np.einsum("ij,ij->i", o.X, o.Y),
        lambda o: o.X.multiply(o.Y).sum(axis=1),
    ),
    "np.diagonal(X)": (lambda o: np.diagonal(o.X), lambda o: o.X.diagonal()),
}


class SmallCalls(Measured):
    """An everyday call of few elements."""

    param_names = ("subject", "call")
    params = (("qvarray", "csr", "numpy"), tuple(CALLS))

    def _of(self, subject, call):
        function = CALLS[call][subject == "csr"]
        if function is None:
            raise NotImplementedError
        operands = Operands(subject)
        return lambda: function(operands)

    def qvarray(self, call):
        return self._of("qvarray", call)

    def csr(self, call):
        return self._of("csr", call)

    def numpy(self, call):
        return self._of("numpy", call)


def shortest(call, seconds=0.004, rounds=9):
    """Microseconds of processor that a call takes, at the least."""
    for _ in range(3):
        call()
    begin = time.process_time()
    for _ in range(10):
        call()
    number = max(1, int(seconds / max((time.process_time() - begin) / 10, 1e-7)))
    best = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        for _ in range(number):
            call()
        best = min(best, (time.process_time() - begin) / number)
    return best * 1e6


def table(names):
    """Print microseconds of ours, csr's and NumPy's, and what ours is of csr's."""
    subjects = ("qvarray", "csr", "numpy")
    benchmark = SmallCalls()
    rows = []
    for name in names:
        times = []
        for subject in subjects:
            try:
                times.append(shortest(getattr(benchmark, subject)(name)))
            except NotImplementedError:
                times.append(float("nan"))
        rows.append((times[0] / times[1], name, *times))
    rows.sort(key=lambda row: (row[0] != row[0], -row[0] if row[0] == row[0] else -row[2]))
    print(f"{'call':26s}{'ours':>9s}{'csr':>9s}{'numpy':>9s}{'ours/csr':>10s}")
    for ratio, name, *times in rows:
        shown = "".join(f"{one:9.2f}" if one == one else f"{'':9s}" for one in times)
        print(f"{name:26s}{shown}" + (f"{ratio:10.2f}" if ratio == ratio else ""))


if __name__ == "__main__":
    table([name for name in CALLS if all(part in name for part in sys.argv[1:])])
