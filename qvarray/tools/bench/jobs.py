"""The jobs that are compared: each makes the same operands for every library."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.fft
import scipy.linalg
import scipy.sparse
from numpy.typing import NDArray

from ... import gates
from ...array.virtual_array import VirtualQArray
from ...creation.arrays import asarray, from_eigenvalues
from ...creation.operators import identity, laplacian
from ...encoding.encode import encode
from ...functions.fft.walsh_cosine import fwht
from ...io.container import load, save
from .field_jobs import FIELD_JOBS
from .saving import load_many, save_many
from .sparse_jobs import (
    construct,
    drawn,
    elements,
    on_sparse,
    rows_permuted,
    sparse_of,
    stencil_squared,
    stored,
    times_columns,
    times_vector,
)
from .timing import Call, Entry, Job, Modules, Rng

_COMPLEX_ERROR = 1e-9


def _save(rng: Rng, modules: Modules) -> dict[str, Entry]:
    made = sparse_of(rng, modules, 10**4, (1024, 1024))

    def written(function: Call) -> Callable[[], io.BytesIO]:
        def call() -> io.BytesIO:
            file = io.BytesIO()
            function(file)
            return file

        return call

    def size(file: io.BytesIO) -> int:
        return len(file.getbuffer())

    def read(function: Call) -> Call:
        return lambda file: elements(function(io.BytesIO(file.getvalue())))

    return {
        "qvarray": Entry(written(lambda f: save(f, made["qvarray"])), size, read(load)),
        "numpy": Entry(written(lambda f: np.save(f, made["numpy"])), size, read(np.load)),
        "scipy": Entry(
            written(lambda f: scipy.sparse.save_npz(f, made["scipy"])),
            size,
            read(scipy.sparse.load_npz),
        ),
    }


# -- dense arrays ---------------------------------------------------------------------------


def _add_dense(rng: Rng, modules: Modules) -> dict[str, Entry]:
    x, y = (rng.standard_normal(2**20) for _ in range(2))
    own = asarray(x), asarray(y)
    entries = {
        "qvarray": Entry(lambda: own[0] + own[1], 2 * own[0].nbytes, elements),
        "numpy": Entry(lambda: x + y, 2 * x.nbytes),
    }
    if "numexpr" in modules:
        evaluate = modules["numexpr"].evaluate
        # Operands of its own, so that none finds its own in the cache more often than others.
        names = {"x": x.copy(), "y": y.copy()}
        entries["numexpr"] = Entry(lambda: evaluate("x + y", names), 2 * x.nbytes)
    return entries


def _transform(
    own: Call, others: Callable[[Modules, NDArray[Any]], dict[str, Call]], scale: float = 1.0
) -> Callable[[Rng, Modules], dict[str, Entry]]:
    """Make entries that transform 2**20 samples."""

    def make(rng: Rng, modules: Modules) -> dict[str, Entry]:
        x = rng.standard_normal(2**20)
        held = asarray(x)
        entries = {"qvarray": Entry(lambda: own(held), held.nbytes, elements)}
        for library, call in others(modules, x).items():
            entries[library] = Entry(call, x.nbytes, lambda y: np.asarray(y) * scale)
        return entries

    return make


def _butterflies(x: NDArray[Any]) -> NDArray[Any]:
    """Apply the Walsh-Hadamard transform as it is written in NumPy."""
    n, width = x.size, 1
    while width < n:
        pairs = x.reshape(-1, 2, width)
        x = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], 1).reshape(n)
        width *= 2
    return x


def _walsh_peers(modules: Modules, x: NDArray[Any]) -> dict[str, Call]:
    peers: dict[str, Call] = {"numpy": lambda: _butterflies(x)}
    if "fht-cpu" in modules:
        fht = modules["fht-cpu"].fht
        peers["fht-cpu"] = lambda: fht(x, inplace=False)
    return peers


def _haar_peers(modules: Modules, x: NDArray[Any]) -> dict[str, Call]:
    if "PyWavelets" not in modules:
        return {}
    wavedec = modules["PyWavelets"].wavedec
    return {"PyWavelets": lambda: np.concatenate(wavedec(x, "haar"))}


def _fourier_peers(_: Modules, x: NDArray[Any]) -> dict[str, Call]:
    return {"numpy": lambda: np.fft.fft(x), "scipy": lambda: scipy.fft.fft(x)}


def _to_and_back(basis: str, there: Call, back: Call) -> Callable[[Rng, Modules], dict[str, Entry]]:
    """Make entries that take 2**20 samples to a basis, and to an ndarray again."""

    def make(rng: Rng, _: Modules) -> dict[str, Entry]:
        x = rng.standard_normal(2**20)
        held = asarray(x)
        return {
            "qvarray": Entry(lambda: held.to_basis(basis), x.nbytes, elements),
            "scipy": Entry(lambda: there(x), x.nbytes, back),
        }

    return make


# -- arrays in a basis ----------------------------------------------------------------------


def _waves(rng: Rng, n: int, k: int, basis: str) -> VirtualQArray:
    indices = drawn(rng, k, n)
    return from_eigenvalues(rng.standard_normal(k), indices, n, basis=basis)


def _few_waves(rng: Rng, _: Modules) -> dict[str, Entry]:
    x = _waves(rng, 2**20, 1000, "fourier")
    samples = x.todense()
    return {
        "qvarray": Entry(lambda: np.fft.fft(x), x.nbytes, elements),
        "numpy": Entry(lambda: np.fft.fft(samples), samples.nbytes),
        "scipy": Entry(lambda: scipy.fft.fft(samples), samples.nbytes),
    }


def _expression(rng: Rng, modules: Modules) -> dict[str, Entry]:
    n = 2**24
    x = _waves(rng, n, 1000, "walsh") * (n / 1000) ** 0.5
    samples = x.todense()
    entries = {
        "qvarray": Entry(lambda: np.exp(-x * x).sum(), x.nbytes),
        "numpy": Entry(lambda: np.exp(-samples * samples).sum(), samples.nbytes),
    }
    if "numexpr" in modules:
        evaluate = modules["numexpr"].evaluate
        entries["numexpr"] = Entry(
            lambda: evaluate("sum(exp(-x * x))", {"x": samples}), samples.nbytes
        )
    if "blosc2" in modules:
        blosc2 = modules["blosc2"]
        packed = blosc2.asarray(samples)
        entries["blosc2"] = Entry(
            lambda: blosc2.exp(-packed * packed).sum(), int(packed.schunk.cbytes)
        )
    if "dask" in modules:
        lazy = modules["dask"].from_array(samples, chunks=2**20)
        entries["dask"] = Entry(lambda: np.exp(-lazy * lazy).sum().compute(), samples.nbytes)
    return entries


def _trigonometric(rng: Rng, modules: Modules) -> dict[str, Entry]:
    n = 2**22
    x = _waves(rng, n, 1000, "cosine") * (n / 1000) ** 0.5
    samples = x.todense()
    entries = {
        "qvarray": Entry(lambda: (np.sin(x) ** 2 + np.cos(x) ** 2).mean(), x.nbytes),
        "numpy": Entry(lambda: (np.sin(samples) ** 2 + np.cos(samples) ** 2).mean(), x.size * 8),
    }
    if "numexpr" in modules:
        evaluate = modules["numexpr"].evaluate
        formula = "sum(sin(x) ** 2 + cos(x) ** 2)"
        entries["numexpr"] = Entry(lambda: evaluate(formula, {"x": samples}) / n, samples.nbytes)
    if "dask" in modules:
        lazy = modules["dask"].from_array(samples, chunks=2**20)
        entries["dask"] = Entry(
            lambda: (np.sin(lazy) ** 2 + np.cos(lazy) ** 2).mean().compute(), samples.nbytes
        )
    return entries


def _circulant(rng: Rng, _: Modules) -> dict[str, Entry]:
    """Solve with I - L/4, a step back of the heat equation's kind, for 1000 waves."""
    n = 2**20
    half = drawn(rng, 500, n // 2 - 1) + 1
    values = rng.standard_normal(500) + 1j * rng.standard_normal(500)
    b = from_eigenvalues(
        np.concatenate([values, values[::-1].conj()]),
        np.concatenate([half, n - half[::-1]]),
        n,
        basis="fourier",
        dtype=float,
    )
    A = identity(n) - 0.25 * laplacian(n)
    samples, column = b.todense(), np.zeros(n)
    column[[0, 1, -1]] = 1.5, -0.25, -0.25

    def divided() -> NDArray[Any]:
        return np.fft.irfft(np.fft.rfft(samples) / np.fft.rfft(column), n)

    held = samples.nbytes + column.nbytes
    return {
        "qvarray": Entry(lambda: np.linalg.solve(A, b), b.nbytes + A.nbytes, elements),
        "numpy": Entry(divided, held),
        "scipy": Entry(lambda: scipy.linalg.solve_circulant(column, samples), held),
    }


# -- compression ----------------------------------------------------------------------------


def _field(rng: Rng) -> NDArray[Any]:
    """Make something like an elevation model: waves of all lengths, long ones higher."""
    n = 512
    waves = np.arange(1.0, n + 1)
    heights = rng.standard_normal((n, n)) / np.hypot(waves[:, None], waves) ** 1.8
    out: NDArray[Any] = scipy.fft.idctn(heights, norm="ortho")
    return out


def _encode(rng: Rng, modules: Modules) -> dict[str, Entry]:
    """Encode within an L2 error of the samples; zfp at the tolerance that just keeps it."""
    x, tol = _field(rng), 1e-2
    if "zfpy" not in modules:
        return {}
    zfpy = modules["zfpy"]

    def decoded(packed: bytes) -> NDArray[Any]:
        return np.asarray(zfpy.decompress_numpy(packed))

    error = tol * float(np.linalg.norm(x))
    low, high = 1e-9, float(np.abs(x).max())
    for _ in range(24):
        middle = (low * high) ** 0.5
        back = decoded(zfpy.compress_numpy(x, tolerance=middle))
        low, high = (middle, high) if np.linalg.norm(back - x) <= error else (low, middle)
    return {
        "qvarray": Entry(lambda: encode(x, tol=tol, storage="int8"), stored, elements),
        "zfpy": Entry(lambda: zfpy.compress_numpy(x, tolerance=low), len, decoded),
    }


# -- quantum states -------------------------------------------------------------------------

_QUBITS = 16


def _program(rng: Rng) -> list[tuple[str, tuple[int, ...]]]:
    steps = []
    for name in rng.choice(["h", "t", "x", "cx", "cz", "swap"], 60).tolist():
        count = 2 if name in ("cx", "cz", "swap") else 1
        steps.append((name, tuple(rng.permutation(_QUBITS)[:count].tolist())))
    return steps


_MATRICES = {
    "h": np.array([[1, 1], [1, -1]]) / 2**0.5,
    "t": np.diag([1, np.exp(0.25j * np.pi)]),
    "x": np.array([[0, 1], [1, 0]]),
    "cx": np.eye(4)[[0, 1, 3, 2]],
    "cz": np.diag([1, 1, 1, -1]),
    "swap": np.eye(4)[[0, 2, 1, 3]],
}


def _circuit(rng: Rng, modules: Modules) -> dict[str, Entry]:
    steps = _program(rng)

    def ours() -> NDArray[Any]:
        circuit = gates.Circuit(_QUBITS)
        for name, qubits in steps:
            getattr(circuit, name)(*qubits)
        return gates.run(circuit).todense()

    def dense() -> NDArray[Any]:
        x = np.zeros((2,) * _QUBITS, complex)
        x[(0,) * _QUBITS] = 1
        for name, qubits in steps:
            count = len(qubits)
            matrix = _MATRICES[name].reshape((2,) * 2 * count)
            x = np.tensordot(matrix, x, (range(count, 2 * count), qubits))
            x = np.moveaxis(x, range(count), qubits)
        return x.ravel()

    def phaseless(x: NDArray[Any]) -> NDArray[Any]:
        """Take off the global phase, which the libraries' T gates leave different."""
        first = x[np.flatnonzero(np.abs(x) > 1e-6)[0]]
        return x * (abs(first) / first)

    held = 16 * 2**_QUBITS
    entries = {"qvarray": Entry(ours, stored, phaseless), "numpy": Entry(dense, held, phaseless)}
    if "qblaze" in modules:
        simulator = modules["qblaze"].Simulator

        def theirs() -> NDArray[Any]:
            state = simulator(qubit_count=_QUBITS)
            for name, qubits in steps:
                getattr(state, name)(*qubits)
            out = np.zeros(2**_QUBITS, complex)
            state.copy_amplitudes(out)
            return out

        def in_our_order(x: NDArray[Any]) -> NDArray[Any]:
            # Its qubit 0 is the last bit of an index, ours the first.
            return phaseless(x.reshape((2,) * _QUBITS).transpose().ravel())

        entries["qblaze"] = Entry(theirs, held, in_our_order)
    return entries


def _scale(function: Call) -> dict[str, Call]:
    return {"scipy": function}


JOBS = (
    Job(
        "add_20",
        "x + y, 20 entries of 2**17",
        on_sparse(20, (1, 2**17), np.add, _scale(lambda x, y: x + y), 2),
    ),
    Job(
        "add_1e4",
        "x + y, 10**4 entries of 2**20",
        on_sparse(10**4, (2**10, 2**10), np.add, _scale(lambda x, y: x + y), 2),
    ),
    Job(
        "multiply_1e4",
        "x * y, 10**4 entries of 2**20",
        on_sparse(10**4, (2**10, 2**10), np.multiply, _scale(lambda x, y: x.multiply(y)), 2),
    ),
    Job(
        "add_1e6",
        "x + y, 10**6 entries of 2**24",
        on_sparse(10**6, (2**12, 2**12), np.add, _scale(lambda x, y: x + y), 2),
    ),
    Job(
        "multiply_1e6",
        "x * y, 10**6 entries of 2**24",
        on_sparse(10**6, (2**12, 2**12), np.multiply, _scale(lambda x, y: x.multiply(y)), 2),
    ),
    Job(
        "add_dense",
        "x + y, all of 2**20 elements",
        _add_dense,
        reason="It is the same call of NumPy's, of arrays that lie elsewhere.",
    ),
    Job(
        "element",
        "x[i, j], 10**4 entries of 2**20",
        on_sparse(10**4, (2**10, 2**10), lambda x: x[511, 77]),
        reason="An element is found by a search among indices, from five calls of Python; NumPy "
        "reads it where it is, in C.",
    ),
    Job(
        "slice",
        "x[100:900, 5:500], 10**4 entries of 2**20",
        on_sparse(
            10**4,
            (2**10, 2**10),
            lambda x: x[100:900, 5:500],
            {"numpy": lambda x: x[100:900, 5:500].copy()},
        ),
    ),
    Job(
        "sum_20",
        "x.sum(), 20 entries of 2**17",
        on_sparse(20, (1, 2**17), lambda x: x.sum()),
    ),
    Job(
        "max_1e6",
        "x.max(), 10**6 entries of 2**24",
        on_sparse(10**6, (2**12, 2**12), lambda x: x.max()),
    ),
    Job(
        "sum_axis",
        "x.sum(0), 10**6 entries of 2**24",
        on_sparse(10**6, (2**12, 2**12), lambda x: x.sum(axis=0)),
    ),
    Job("matrix_vector", "A @ x, 10**6 entries of 2**24", times_vector),
    Job(
        "matrix_columns",
        "A @ 16 columns, 10**6 entries of 2**24",
        times_columns,
        reason="Both wait for the memory; whether all entries are finite is asked besides.",
    ),
    Job("rows_permuted", "A[order], 10**6 entries of 2**24", rows_permuted),
    Job(
        "transposed_sum",
        "A.T.sum(1), 10**6 entries of 2**24",
        on_sparse(10**6, (2**12, 2**12), lambda x: x.T.sum(axis=1)),
    ),
    Job("stencil_squared", "A @ A, a stencil's of 160000 x 160000", stencil_squared),
    Job(
        "matrix_matrix",
        "A @ B, 2 * 10**4 entries of 1000 x 1000",
        on_sparse(2 * 10**4, (1000, 1000), lambda a, b: a @ b, arrays=2),
    ),
    Job("construct", "a matrix from 10**6 coordinates in no order", construct),
    Job("save", "10**4 entries of 2**20 to a file", _save),
    Job("save_1e6", "10**6 entries of 10**12, of four digits, to a file", save_many),
    Job(
        "load_1e6",
        "10**6 entries of 10**12, of four digits, from a file",
        load_many,
        reason="The file has half as many bytes, and checksums that are tested.",
    ),
    Job("walsh", "Walsh transform of 2**20 samples", _transform(fwht, _walsh_peers)),
    Job(
        "haar",
        "Haar wavelets of 2**20 samples",
        _transform(lambda x: x.to_basis("haar").eigenvalues, _haar_peers),
    ),
    Job(
        "to_fourier",
        "2**20 real samples to the fourier basis",
        _to_and_back(
            "fourier",
            lambda x: scipy.fft.rfft(x, norm="ortho"),
            lambda y: scipy.fft.irfft(y, 2**20, norm="ortho"),
        ),
    ),
    Job(
        "to_cosine",
        "2**20 samples to the cosine basis",
        _to_and_back(
            "cosine",
            lambda x: scipy.fft.dct(x, norm="ortho"),
            lambda y: scipy.fft.idct(y, norm="ortho"),
        ),
    ),
    Job("fft", "np.fft.fft(x) of 2**20 samples", _transform(np.fft.fft, _fourier_peers)),
    Job("fft_waves", "np.fft.fft(x) of 1000 waves, 2**20 samples", _few_waves),
    Job("expression", "exp(-x * x).sum(), 1000 eigenvalues of 2**24", _expression),
    Job(
        "trigonometric",
        "(sin(x)**2 + cos(x)**2).mean(), 1000 waves of 2**22",
        _trigonometric,
        reason="Samples are computed from the waves, in one page of memory; they are there in the "
        "memory of the peers.",
    ),
    Job("circulant", "solve(A, b), A circulant, 1000 waves of 2**20", _circulant),
    Job(
        "encode",
        "a field of 2**18 samples at an error of 1e-2",
        _encode,
        3e-2,
        reason="Bases are tried on parts of the field before one is taken: that is what makes it "
        "smaller.",
    ),
    *FIELD_JOBS,
    Job(
        "circuit",
        f"60 gates on {_QUBITS} qubits, all amplitudes",
        _circuit,
        _COMPLEX_ERROR,
        reason="Reading all amplitudes takes three quarters: it turns back the frames of 7 qubits.",
    ),
)
