"""Fields in files: variables of npy, npz, NetCDF, HDF5 and zarr, opened and not read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile

import numpy as np

from ..interop.zarr_arrays import Sliced
from ..runtime.extras import require

_NUMPY, _ZIP, _HDF, _CLASSIC = b"\x93NUMPY", b"PK\x03\x04", b"\x89HDF", b"CDF"


def is_zarr(path: Path) -> bool:
    """Tell whether a path is that of a store of zarr, by its name or by what is there."""
    names = ("zarr.json", ".zarray", ".zgroup")
    return path.suffix == ".zarr" or any((path / name).exists() for name in names)


@contextmanager
def fields_of(path: Path, variable: str | None = None) -> Iterator[dict[str, Sliced]]:
    """Open what a file holds, until the context ends.

    Raises OSError for a file that is not there, or cannot be read; ValueError for one that is none
    of these, or that has no such variable; MissingExtraError where what reads it is not installed.

    `variable`: the one that is wanted; else all that are numbers and have axes of their own.

    Yields
    ------
    dict
        Arrays by their names; of a file that has one without a name, by an empty one.
    """
    with ExitStack() as files:
        yield _chosen(path, _opened(path, files), variable)


def _chosen(path: Path, found: dict[str, Sliced], variable: str | None) -> dict[str, Sliced]:
    """Return the variable that is wanted, or all that are numbers and no coordinates."""
    if variable is not None:
        if variable not in found:
            known = ", ".join(sorted(found)) or "one that has no name"
            raise ValueError(f"{path} has no variable {variable!r}; it has {known}")
        return {variable: found[variable]}
    # One axis that has the name of the variable is one of coordinates.
    kept = {
        name: x
        for name, x in found.items()
        if getattr(x, "dtype", np.dtype(object)).kind in "biufc"
        and (len(x.shape) > 1 or (len(x.shape) == 1 and not _is_coordinate(name, x)))
    }
    if not kept:
        raise ValueError(f"{path} has no variable of numbers that is no coordinate")
    return kept


def _is_coordinate(name: str, x: Any) -> bool:  # noqa: ANN401  of any library
    dimensions = getattr(x, "dimensions", None)
    if dimensions is None and hasattr(x, "attrs"):
        return x.attrs.get("CLASS") == b"DIMENSION_SCALE"
    return dimensions == (name,)


def _opened(path: Path, files: ExitStack) -> dict[str, Sliced]:
    if path.is_dir():
        if not is_zarr(path):
            raise ValueError(f"{path} is a folder, and no store of zarr")
        return _of_zarr(path)
    with open(path, "rb") as file:
        begin = file.read(8)
    if begin.startswith((_NUMPY, _ZIP)):
        try:
            found = np.load(path, mmap_mode="r")
            if isinstance(found, np.ndarray):
                return {"": found}
            return dict(files.enter_context(found))
        except (ValueError, BadZipFile) as error:
            raise ValueError(f"{path} is damaged, or not of numbers: {error}") from None
    if begin.startswith((_HDF, _CLASSIC)):
        return _of_netcdf(path, begin.startswith(_CLASSIC), files)
    raise ValueError(f"{path} is no file of NumPy, NetCDF, HDF5 or zarr: it begins with {begin!r}")


def _of_zarr(path: Path) -> dict[str, Sliced]:
    zarr: Any = require("zarr", "zarr")
    import_module("qvarray.zarr")  # where it is not installed, nothing else registers its codec
    try:
        found = zarr.open(path, mode="r")
    except FileNotFoundError:
        raise ValueError(f"{path} is no store of zarr") from None
    if isinstance(found, zarr.Array):
        return {"": cast("Sliced", found)}
    return dict(found.arrays())


def _of_netcdf(path: Path, is_classic: bool, files: ExitStack) -> dict[str, Sliced]:
    """Open a file by netCDF4; by h5py where only that is installed, and can."""
    try:
        library: Any = import_module("netCDF4")
    except ImportError:
        library = None
    if library is not None or is_classic:
        library = library or require("netCDF4", "zarr")
        return dict(files.enter_context(library.Dataset(path)).variables)
    h5py: Any = require("h5py", "zarr")
    found: dict[str, Sliced] = {}

    def keep(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = cast("Sliced", item)

    files.enter_context(h5py.File(path)).visititems(keep)
    return found
