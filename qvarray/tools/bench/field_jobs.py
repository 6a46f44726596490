"""Files of fields that other packages ship, at equal error: ours beside SZ3, SPERR and zfp."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...encoding.encode import encode
from ...io.container import load, save
from .timing import Entry, Job, Modules, Rng

Samples = NDArray[np.float64]

#: Steps in which the tolerance of a peer is searched for, from 32 times too small to 32 too large.
_STEPS = 11
_FAR = 5.0


def _of_module(module: str, name: str) -> ArrayLike:
    samples: ArrayLike = getattr(import_module(module), name)()
    return samples


def _of_matplotlib(file: str, name: str) -> ArrayLike:
    sample = import_module("matplotlib.cbook").get_sample_data(file)
    if not name:
        with sample:
            return np.frombuffer(sample.read(), np.uint16).reshape(256, 256)
    samples: ArrayLike = sample[name]
    return samples


_FIELDS: dict[str, Callable[[], ArrayLike]] = {
    "ecg": partial(_of_module, "pywt.data", "ecg"),
    "camera": partial(_of_module, "pywt.data", "camera"),
    "ascent": partial(_of_module, "pywt.data", "ascent"),
    "elevation": partial(_of_matplotlib, "jacksboro_fault_dem.npz", "elevation"),
    "topobathy": partial(_of_matplotlib, "topobathy.npz", "topo"),
    "mri": partial(_of_matplotlib, "s1045.ima.gz", ""),
    **{
        name: partial(_of_module, "skimage.data", name)
        for name in ("moon", "brick", "grass", "gravel", "coins")
    },
}


def _saved(x: Samples, tol: float) -> bytes:
    file = io.BytesIO()
    save(file, encode(x, tol=tol))
    return file.getvalue()


def _loaded(data: bytes) -> Samples:
    return np.asarray(load(io.BytesIO(data)))


def _filtered(h5py: ModuleType, make: Callable[..., Any], x: Samples, tolerance: float) -> bytes:
    """Write a file of one chunk, coded by a filter of HDF5."""
    file = io.BytesIO()
    with h5py.File(file, "w") as out:
        out.create_dataset("x", data=x, chunks=x.shape, **make(absolute=tolerance))
    return file.getvalue()


def _read(h5py: ModuleType, data: bytes) -> Samples:
    with h5py.File(io.BytesIO(data), "r") as file:
        return np.asarray(file["x"][...])


def _chunk(h5py: ModuleType, data: bytes) -> int:
    """Return the bytes of the chunk alone."""
    with h5py.File(io.BytesIO(data), "r") as file:
        return int(file["x"].id.get_storage_size())


def _at_error(
    coded: Callable[[float], bytes], decoded: Callable[[bytes], Samples], x: Samples, error: float
) -> float:
    """Find the largest tolerance of a peer that keeps an L2 error."""
    guess = error / x.size**0.5
    low, high = guess * 2.0**-_FAR, guess * 2.0**_FAR
    for _ in range(_STEPS):
        middle = (low * high) ** 0.5
        off = float(np.linalg.norm(decoded(coded(middle)) - x))
        low, high = (middle, high) if off <= error else (low, middle)
    return low


def _compared(field: str, tol: float, _: Rng, modules: Modules) -> dict[str, Entry]:
    """Encode a field and save it; the peers at the tolerance that just keeps our error."""
    peers: dict[str, tuple[Any, Any, Any]] = {}
    if "zfpy" in modules:
        zfpy = modules["zfpy"]
        peers["zfpy"] = (
            lambda x, tolerance: zfpy.compress_numpy(x, tolerance=tolerance),
            zfpy.decompress_numpy,
            len,
        )
    if "hdf5plugin" in modules:
        h5py, filters = import_module("h5py"), modules["hdf5plugin"]
        for name, make in (("SZ3", filters.SZ3), ("SPERR", filters.Sperr)):
            peers[name] = (
                partial(_filtered, h5py, make),
                partial(_read, h5py),
                partial(_chunk, h5py),
            )
    try:
        x = np.ascontiguousarray(_FIELDS[field](), np.float64)
    except ImportError:
        return {}
    error = float(np.linalg.norm(_loaded(_saved(x, tol)) - x))
    entries = {"qvarray": Entry(lambda: _saved(x, tol), len, _loaded)}
    for name, (code, decode, size) in peers.items():
        if name == "SPERR" and x.ndim < 2:
            continue
        tolerance = _at_error(partial(code, x), decode, x, error)
        entries[name] = Entry(partial(code, x, tolerance), size, decode)
    return entries


FIELD_JOBS = tuple(
    Job(f"field_{name}_{tol:g}", f"{name} to a file at an error of {tol:g}",
        partial(_compared, name, tol), 3.0 * tol)
    for name in _FIELDS
    for tol in (1e-2, 1e-3)
)  # fmt: skip
