"""Arrays too large to be materialised, with eigenvalues at random positions."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

import qvarray as qv


def active(x: qv.VirtualQArray) -> np.ndarray:
    """Where the eigenvalues are, of an array that does not store all of them."""
    assert x.active_indices is not None
    return x.active_indices


def peak_of(call: Callable[[], Any]) -> tuple[Any, int]:
    """What a call returns, and the bytes that were allocated at most."""
    tracemalloc.start()
    try:
        return call(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


Draw = Callable[[np.random.Generator, int], np.ndarray]


def normal(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.standard_normal(count)


def complex_normal(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.standard_normal(count) + 1j * rng.standard_normal(count)


def ascending(_rng: np.random.Generator, count: int) -> np.ndarray:
    """Different numbers, in order, none of them a fill value."""
    return np.arange(10.0, count + 10)


def sparse_array(
    shape: int | Sequence[int],
    nactive: int = 10_000,
    *,
    basis: str | Sequence[str] = "standard",
    fill: Any = 0,
    seed: int = 0,
    values: Draw = normal,
    dtype: Any = None,
) -> qv.VirtualQArray:
    """An array of any size; `nactive` positions are drawn, and those drawn twice count once."""
    rng = np.random.default_rng(seed)
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    indices = np.unique(rng.integers(0, prod(sizes), nactive))
    drawn = values(rng, indices.size)
    return qv.from_eigenvalues(drawn, indices, sizes, basis=basis, dtype=dtype, fill_value=fill)
