"""Operands and jobs of sparse arrays that are compared, as each library has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from ...creation.arrays import from_coordinates
from .timing import Call, Entry, Modules, Rng


def elements(x: object) -> NDArray[Any]:
    """Return the elements of whatever a library gave."""
    for name in ("todense", "toarray"):
        if hasattr(x, name):
            return np.asarray(getattr(x, name)())
    return np.asarray(x)


def stored(x: Any) -> int:
    """Count the bytes of an array of any of the libraries."""
    if isinstance(x, scipy.sparse.csr_array):
        return int(x.data.nbytes + x.indices.nbytes + x.indptr.nbytes)
    return int(getattr(x, "cbytes", x.nbytes))


def drawn(rng: Rng, k: int, n: int) -> NDArray[np.int64]:
    """Draw positions, sorted and unique: one in each of k equal parts."""
    edges = np.linspace(0, n, k + 1).astype(np.int64)
    found: NDArray[np.int64] = edges[:-1] + (rng.random(k) * np.diff(edges)).astype(np.int64)
    return found


def sparse_of(rng: Rng, modules: Modules, k: int, shape: tuple[int, int]) -> dict[str, Any]:
    """Make a matrix with k entries, as each library has it."""
    positions = drawn(rng, k, shape[0] * shape[1])
    coords, values = np.stack(np.divmod(positions, shape[1])), rng.standard_normal(k)
    csr = scipy.sparse.coo_array((values, tuple(coords)), shape).tocsr()
    made = {"qvarray": from_coordinates(coords, values, shape), "numpy": csr.toarray()}
    made["scipy"] = csr
    if "sparse" in modules:
        made["sparse"] = modules["sparse"].COO(
            coords, values, shape, sorted=True, has_duplicates=False
        )
    return made


def on_sparse(
    k: int,
    shape: tuple[int, int],
    function: Call,
    others: Mapping[str, Call] | None = None,
    arrays: int = 1,
) -> Callable[[Rng, Modules], dict[str, Entry]]:
    """Make entries that call one function, or that of a library, with arrays of k entries each."""

    def make(rng: Rng, modules: Modules) -> dict[str, Entry]:
        operands = [sparse_of(rng, modules, k, shape) for _ in range(arrays)]
        entries = {}
        for library in operands[0]:
            own = [operand[library] for operand in operands]
            chosen = (others or {}).get(library, function)
            entries[library] = Entry(partial(chosen, *own), sum(map(stored, own)), elements)
        return entries

    return make


def times_vector(rng: Rng, modules: Modules) -> dict[str, Entry]:
    x = rng.standard_normal(4096)
    return on_sparse(10**6, (4096, 4096), lambda a: a @ x)(rng, modules)


def times_columns(rng: Rng, modules: Modules) -> dict[str, Entry]:
    x = rng.standard_normal((4096, 16))
    return on_sparse(10**6, (4096, 4096), lambda a: a @ x)(rng, modules)


def rows_permuted(rng: Rng, modules: Modules) -> dict[str, Entry]:
    order = rng.permutation(4096)
    return on_sparse(10**6, (4096, 4096), lambda a: a[order])(rng, modules)


def stencil_squared(rng: Rng, _: Modules) -> dict[str, Entry]:
    """Square the Laplacian of 400 x 400 points, which no dense matrix holds."""
    line = scipy.sparse.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(400, 400))
    identity = scipy.sparse.eye_array(400)
    csr = (scipy.sparse.kron(line, identity) + scipy.sparse.kron(identity, line)).tocsr()
    coo = csr.tocoo()
    x = from_coordinates(np.array(coo.coords), coo.data, csr.shape)
    vector = rng.standard_normal(csr.shape[0])

    def checked(product: Any) -> NDArray[Any]:
        return elements(product @ vector)

    return {
        "qvarray": Entry(lambda: x @ x, x.nbytes, checked),
        "scipy": Entry(lambda: csr @ csr, stored(csr), checked),
    }


def construct(rng: Rng, modules: Modules) -> dict[str, Entry]:
    shape, k = (4096, 4096), 10**6
    positions = rng.permutation(drawn(rng, k, shape[0] * shape[1]))
    coords, values = np.stack(np.divmod(positions, shape[1])), rng.standard_normal(k)

    def scatter() -> NDArray[Any]:
        out = np.zeros(shape)
        out[coords[0], coords[1]] = values
        return out

    def csr() -> scipy.sparse.csr_array:
        return scipy.sparse.coo_array((values, tuple(coords)), shape).tocsr()

    entries = {
        "qvarray": Entry(lambda: from_coordinates(coords, values, shape), stored, elements),
        "numpy": Entry(scatter, stored),
        "scipy": Entry(csr, stored, elements),
    }
    if "sparse" in modules:
        coo = modules["sparse"].COO
        entries["sparse"] = Entry(lambda: coo(coords, values, shape), stored, elements)
    return entries
