"""`warmup`: every kernel compiled, and kept where Numba caches."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from .. import gates, kernels
from ..array.virtual_array import VirtualQArray
from ..bases import blocked
from ..creation.arrays import from_coordinates, from_eigenvalues
from ..encoding.encode import encode
from ..sources.bitpacked import Bits
from .progress import progress_of

#: For each width that values are moved in; what most programs use comes first.
_DTYPES = tuple(np.dtype(name) for name in ("float64", "bool", "complex128", "float32", "int16"))
_FLOATS = tuple(np.dtype(name) for name in ("float64", "complex128", "float32", "complex64"))
_NUMBERS = tuple(np.dtype(name) for name in ("float64", "int64", "complex128"))
_INDICES = tuple(np.dtype(name) for name in ("int32", "int64"))
#: Indices of both types.
_SHAPES = ((512, 512), (2**20, 2**20))


class Warm(NamedTuple):
    """What was done.

    Attributes
    ----------
    calls : int
        How many were made.
    seconds : float
        What they took.
    cache : str or None
        The folder where compiled kernels are kept; None where there is none.
    problem : str or None
        Why not all of them could be written; None where they could.
    """

    calls: int
    seconds: float
    cache: str | None
    problem: str | None


def _sparse(dtype: np.dtype[Any], shape: tuple[int, ...], seed: int) -> VirtualQArray:
    rng = np.random.default_rng(seed)
    coords = np.stack([rng.permutation(min(n, 4096))[:100] for n in shape])
    return from_coordinates(coords, np.ones(100, dtype), shape)


def _elements(dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    x, y = _sparse(dtype, shape, 0), _sparse(dtype, shape, 1)
    for ufunc in (np.add, np.multiply):
        ufunc(x, y)
    np.equal(x, y)
    np.sum(x, 0)
    np.sum(x, 1)
    np.sort(x, 0)
    np.unique(x)
    parts: list[Any] = [x[::3, ::-2], x.T, np.concatenate([x, y], 1), np.roll(x, 3, 1)]
    parts.append(x[[3, 1, 250]])
    for part in parts:
        assert part.spectrum


def _products(dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    x, y = _sparse(dtype, shape, 0), _sparse(dtype, shape, 1)
    np.matmul(x, y)
    if shape[1] <= _SHAPES[0][1]:
        np.matmul(x, np.ones(shape[1], dtype))
        np.matmul(np.ones(shape[0], dtype), x)
        np.matmul(x, np.ones((shape[1], 2), dtype))


def _lists(index: np.dtype[Any], other: np.dtype[Any]) -> None:
    """Call kernels on lists of indices, also those that only large arrays need."""
    few = np.arange(10, dtype=index)
    many = np.arange(1000, dtype=index)[::-1].copy()
    merge, segments, sort = kernels.merge_sorted, kernels.rows_columns, kernels.radix_sort
    merge.union(few, few)
    merge.intersection(few, few)
    merge.cut(few, few, 0, 0, 5)
    kernels.row_pointer.row_lists(few, 5, np.empty(few.size, other))
    segments.column_counts(few, 5)
    segments.restricted(few, (5, 5), [range(4, 0, -2), range(3)], other)
    segments.restricted(few, (25,), [range(0, 25, 6)], other)
    for keys in (few, many, many.astype(np.int64) << 50):
        sort.argsort(keys)


def _multiplications(index: np.dtype[Any], dtype: np.dtype[Any]) -> None:
    """Call kernels for products of sparse matrices, and with dense ones."""
    indices, values = np.arange(0, 16, 3, dtype=index), np.ones(6, dtype)
    line, lines = np.ones(4, dtype), np.ones((4, 4), dtype)
    product = kernels.sparse_matmul
    dense = kernels.dense_lines
    dense.sparse_vector(indices, values, 4, line)
    dense.sparse_vector(np.arange(16, dtype=index), np.ones(16, dtype), 1, np.ones(16, dtype))
    for each in (line, lines):
        dense.vector_sparse(each, indices, values, 4)
    dense.sparse_columns(lines, indices, values, 4)
    dense.is_finite(np.ones(2))
    product.sparse_dense(indices, values, 4, 4, lines)
    product.plan(indices.astype(np.int64) << 40, indices.astype(np.int64) << 40, 1, 4, 2**44, 2**44)
    kernels.rows_columns.column_sums(indices, values, 4)
    kernels.rows_columns.row_sums(indices, values, 4, 4)


def _rows(index: np.dtype[Any]) -> None:
    """Call kernels that gather rows, and multiply them, for values of all sizes."""
    indices, rows, product = np.arange(0, 16, 3, dtype=index), np.arange(4), kernels.sparse_matmul
    starts = kernels.row_pointer.row_starts(indices, 4, 4)
    kernels.row_pointer.looked_up(indices, starts, rows, 4)
    kernels.elimination.factor_size(starts, (indices % 4).astype(starts.dtype), 4)
    meeting = product.plan(indices, indices, 1, 4, 4, 4)
    for kind in _INDICES:
        for dtype in (bool, np.float32, np.float64, np.complex128):
            values = np.ones(6, dtype)
            kernels.row_pointer.gathered(indices, values, (starts[:4], starts[1:]), rows, 4, kind)
        for name in ("int64", "float64", "complex128"):
            values = np.ones(6, name)
            product.sparse_sparse(meeting, values, values, kind, meeting.products)


def _transforms(name: str, dtype: np.dtype[Any]) -> None:
    x = from_eigenvalues(np.ones(3, dtype), [0, 3, 9], 4096, basis=name)
    x.to_basis("standard").to_basis(name)
    x[100:200].todense()
    assert x[7] is not None
    if name == "walsh":
        # As large arrays are.
        kernels.walsh.walsh(np.ones(2**14, dtype), 0, workers=2)


def _waves(name: str) -> None:
    x = from_eigenvalues([1.0, 1.0], [0, 3], 2**40, basis=name, dtype=complex)
    assert x[12345] is not None
    x[1000:1064].todense()
    for dtype in (float, complex):
        x = from_eigenvalues([1.0, 1.0], [3, 4093], 4096, basis=name, dtype=dtype)
        np.sin(x).sum()


def _packed(storage: str) -> None:
    samples = np.sin(np.arange(4096.0) / 50).reshape(64, 64)
    packed = encode(samples, blocked("cosine", 8), tol=1e-2, storage=storage)  # type: ignore[arg-type]
    Bits.at(64, np.arange(3), np.ones(3, np.int32), 16).read(0, 64, np.float64)
    encode(samples, tol=1e-2)  # in bases that are chosen
    packed.std()  # before it is unpacked, and that remembered
    packed.todense()


def _states() -> None:
    x = gates.state(np.full(64, 0.125))
    for q in range(6):
        x = gates.ry(gates.cx(gates.t(x, q), q, (q + 1) % 6), 0.3, q)
    x = gates.ccx(gates.h(gates.swap(x, 0, 3), 2), 0, 1, 2)
    gates.probabilities(x, [0, 1])
    assert x[5] is not None
    circuit = gates.Circuit(4)
    for q in range(4):
        circuit.h(q).cx(q, (q + 1) % 4).t(q).swap(q, (q + 2) % 4)
    gates.run(circuit)
    swap = (0j, 1 + 0j, 1 + 0j, 0j)
    # The last are as many as two threads share, of one block that both work on.
    for bits in (10, 15):
        indices, amplitudes = np.arange(1 << bits), np.ones(1 << bits, complex)
        kernels.xor_maps.flipped(indices, amplitudes, 14, 2**14, mask=1)
        kernels.pair_matrix.mixed(indices, amplitudes, 14, swap)
    kernels.affine_maps.turn(indices, amplitudes, 1, 1, 0, 1, 1j)
    kernels.affine_maps.rotate_dense(amplitudes, 1, swap)


def _subjects() -> list[list[Callable[[], None]]]:
    """Return what to call, by subject: no two compile many of the same kernels.

    Every second takes as long together as the others, for two processes.
    """
    return [
        [partial(_elements, dtype, shape) for dtype in _DTYPES for shape in _SHAPES],
        [_states],
        [
            *(
                partial(_products, dtype, shape)
                for dtype in (*_FLOATS, np.dtype(bool))
                for shape in _SHAPES
            ),
            *(partial(_lists, index, other) for index in _INDICES for other in _INDICES),
            *(partial(_rows, index) for index in _INDICES),
            *(partial(_multiplications, index, kind) for index in _INDICES for kind in _NUMBERS),
        ],
        [
            *(partial(_transforms, name, dtype) for name in ("walsh", "haar") for dtype in _FLOATS),
            *(partial(_waves, name) for name in ("fourier", "cosine")),
            *(partial(_packed, storage) for storage in ("int8", "int16")),
        ],
    ]


def _helped(parts: int) -> list[subprocess.Popen[bytes]]:
    """Start processes that compile all parts but the first: Numba compiles in one thread at a time.

    They write to the cache, which this process reads when they have ended.
    """
    if _cache() is None or not os.path.basename(sys.executable or "").startswith("python"):
        return []
    nowhere = subprocess.DEVNULL
    started = []
    for part in range(1, parts):
        code = f"from qvarray.tools.warmup import _compile; _compile({part}, {parts})"
        with suppress(OSError):
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", code], stdin=nowhere, stdout=nowhere, stderr=nowhere
            )
            started.append(process)
    return started


def _after(
    helpers: list[subprocess.Popen[bytes]], tasks: list[Callable[[], None]]
) -> Iterator[Callable[[], None]]:
    """Return tasks, when all helpers have ended."""
    for helper in helpers:
        helper.wait()
    yield from tasks


def _compile(part: int, parts: int) -> None:
    """Call what one part has to, in a process that helps."""
    with np.errstate(all="ignore"):
        for subject in _subjects()[part::parts]:
            for task in subject:
                task()


def _cache() -> str | None:
    """Find where Numba keeps what it compiled."""
    if kernels.jit.is_interpreted():
        return None
    path = kernels.merge_sorted._drop.stats.cache_path
    return None if path is None else os.fspath(path)


def warmup(progress: bool = False) -> Warm:
    """Compile every kernel for the usual dtypes, so that no later call has to.

    Where there is a cache, other processes compile a part of them, one on each processor.

    Parameters
    ----------
    progress : bool
        Show a progress bar on a terminal, else a line every ten seconds.

    Returns
    -------
    Warm
        How many calls were made, the time that they took, in seconds, the folder in which the
        compiled kernels are kept, and why not all of them could be written. Where no folder can be
        written to it is None. What was not written every process compiles when it uses it.

    Examples
    --------
    >>> import qvarray as qv
    >>> done = qv.warmup()
    >>> done.calls > 20
    True
    """
    subjects = _subjects()
    # Not `workers`: compiling takes longer than what else a core happens to do now.
    parts = min(kernels.threads.cores(), len(subjects))
    tasks = [*chain(*subjects[::parts])]
    others = [task for place, subject in enumerate(subjects) if place % parts for task in subject]
    begin = perf_counter()
    helpers = _helped(parts)
    try:
        with (
            np.errstate(all="ignore"),
            progress_of(len(tasks) + len(others), "call", progress) as bar,
        ):
            for task in chain(tasks, _after(helpers, others)):
                task()
                bar.update()
    finally:
        for helper in helpers:
            helper.kill()
            helper.wait()
    return Warm(len(tasks) + len(others), perf_counter() - begin, _cache(), kernels.jit.problem())
