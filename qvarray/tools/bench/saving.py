"""Jobs with files: a million positions and values are written and read by each library."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...array.virtual_array import VirtualQArray
from ...creation.arrays import from_coordinates
from ...io.container import load, save
from .timing import Call, Entry, Modules, Rng


def _files_of_many(rng: Rng, modules: Modules) -> dict[str, tuple[Call, Call]]:
    """Return what writes 10**6 positions and values with each library, and what reads them."""
    n = 10**12
    drawn = np.unique(rng.integers(0, n, 10**6))
    x = from_coordinates(drawn, rng.standard_normal(drawn.size).round(4), n)
    # Zeros are not stored.
    positions, values = x.active_indices, x.eigenvalues
    assert positions is not None

    def own() -> bytes:
        file = io.BytesIO()
        save(file, x)
        return file.getvalue()

    def loaded(data: bytes) -> VirtualQArray:
        return load(io.BytesIO(data))

    def npz() -> bytes:
        file = io.BytesIO()
        np.savez_compressed(file, positions=positions, values=values)
        return file.getvalue()

    def npz_loaded(data: bytes) -> list[NDArray[Any]]:
        with np.load(io.BytesIO(data)) as file:
            return [file["positions"], file["values"]]

    calls: dict[str, tuple[Call, Call]] = {"qvarray": (own, loaded), "numpy": (npz, npz_loaded)}
    if "blosc2" in modules:
        blosc2 = modules["blosc2"]
        calls["blosc2"] = (
            lambda: [blosc2.pack_array2(part) for part in (positions, values)],
            lambda data: [blosc2.unpack_array2(part) for part in data],
        )
    return calls


def _both(x: VirtualQArray | list[NDArray[Any]]) -> NDArray[Any]:
    """Return positions and values, of what was loaded."""
    if isinstance(x, VirtualQArray):
        indices = x.active_indices
        assert indices is not None
        return np.stack([indices, x.eigenvalues])
    return np.stack(x)


def _length(data: bytes | list[bytes]) -> int:
    return len(data) if isinstance(data, bytes) else sum(map(len, data))


def save_many(rng: Rng, modules: Modules) -> dict[str, Entry]:
    """Return what writes them."""
    calls = _files_of_many(rng, modules)
    return {
        library: Entry(write, _length, lambda data, read=read: _both(read(data)))  # type: ignore[misc]
        for library, (write, read) in calls.items()
    }


def load_many(rng: Rng, modules: Modules) -> dict[str, Entry]:
    """Return what reads them."""
    entries = {}
    for library, (write, read) in _files_of_many(rng, modules).items():
        data = write()
        entries[library] = Entry(partial(read, data), _length(data), _both)
    return entries
