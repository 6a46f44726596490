"""The operands of the jobs that are compared, as each library has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from ...creation.arrays import from_coordinates
from .timing import Entry

__all__ = [
    "Call",
    "Modules",
    "Rng",
    "dense",
    "on_sparse",
    "positions_of",
    "sparse_operands",
    "stored",
]

Rng = np.random.Generator
Modules = Mapping[str, Any]
Call = Callable[..., Any]


def dense(x: object) -> NDArray[Any]:
    """Return the elements of whatever a library gave."""
    for name in ("todense", "toarray"):
        if hasattr(x, name):
            return np.asarray(getattr(x, name)())
    return np.asarray(x)


def stored(x: object) -> int:
    """Count the bytes of an array of any of the libraries."""
    if isinstance(x, scipy.sparse.csr_array):
        return int(x.data.nbytes + x.indices.nbytes + x.indptr.nbytes)
    return int(getattr(x, "cbytes" if hasattr(x, "cbytes") else "nbytes"))


def positions_of(rng: Rng, k: int, n: int) -> NDArray[np.int64]:
    """Draw positions, sorted and unique: one in each of k equal parts."""
    edges = np.linspace(0, n, k + 1).astype(np.int64)
    found: NDArray[np.int64] = edges[:-1] + (rng.random(k) * np.diff(edges)).astype(np.int64)
    return found


def sparse_operands(rng: Rng, modules: Modules, k: int, shape: tuple[int, int]) -> dict[str, Any]:
    """Make a matrix with k entries, as each library has it."""
    positions = positions_of(rng, k, shape[0] * shape[1])
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
        operands = [sparse_operands(rng, modules, k, shape) for _ in range(arrays)]
        entries = {}
        for library in operands[0]:
            own = [operand[library] for operand in operands]
            chosen = (others or {}).get(library, function)
            entries[library] = Entry(partial(chosen, *own), sum(map(stored, own)), dense)
        return entries

    return make
