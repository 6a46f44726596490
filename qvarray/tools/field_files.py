"""Fields in files: variables of npy, npz, NetCDF, HDF5 and zarr, opened and not read."""

from __future__ import annotations

from base64 import standard_b64decode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from struct import unpack
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np

from ..core.values import Array
from ..interop.zarr_arrays import Sliced
from ..runtime.extras import require

_NUMPY, _ZIP, _HDF, _CLASSIC = b"\x93NUMPY", b"PK\x03\x04", b"\x89HDF", b"CDF"
#: Attributes that say how numbers are packed: what is read is unpacked.
_PACKING = frozenset({"scale_factor", "add_offset", "_FillValue", "missing_value", "_Unsigned"})
#: How an axis that has no variable of its own begins its name in the HDF5 of NetCDF.
_NO_VARIABLE = "This is a netCDF dimension but not a netCDF variable"


def is_zarr(path: Path) -> bool:
    """Tell whether a path is that of a store of zarr, by its name or by what is there."""
    names = ("zarr.json", ".zarray", ".zgroup")
    return path.suffix == ".zarr" or any((path / name).exists() for name in names)


class Variable:
    """A variable of a file, with the names of its axes and what the file says of it.

    Parameters
    ----------
    of : object
        Of h5py, netCDF4 or zarr.
    dims : tuple of str or None
    attributes : mapping
    is_packed : bool
        Whether `of` gives numbers as the file has them, packed by the conventions of NetCDF.
    """

    def __init__(
        self,
        of: Any,  # noqa: ANN401  of any library
        dims: tuple[str, ...] | None,
        attributes: Mapping[str, Any],
        is_packed: bool = True,
    ) -> None:
        self._of = of
        self.dims = dims
        self.shape: tuple[int, ...] = tuple(of.shape)
        #: Of the numbers in the file; `dtype` is that of what is read.
        self.stored: np.dtype[Any] = np.dtype(of.dtype)
        self.chunks = getattr(of, "chunks", None)
        said = {name: value for name, value in attributes.items() if name not in _PACKING}
        self.attributes = _as_json(said)
        packing = {name: attributes[name] for name in _PACKING & set(attributes)}
        is_number = self.stored.kind in "biufc"
        self._packing: dict[str, Any] = packing if is_packed and is_number else {}
        is_scaled = is_number and not {"scale_factor", "add_offset"}.isdisjoint(packing)
        self.dtype = np.dtype(np.float64) if is_scaled else self.stored

    def __getitem__(self, key: tuple[slice, ...] | slice) -> Array:
        """Read a part, unpacked; NaN, or masked, where a value is missing."""
        piece = np.ma.asanyarray(self._of[key])
        for name in ("_FillValue", "missing_value"):
            if name in self._packing:
                missing = np.ravel(self._packing[name])
                piece = np.ma.masked_where(np.isin(piece, missing), piece)
        if piece.dtype.kind == "i" and _plain(self._packing.get("_Unsigned")) == "true":
            piece = piece.view(piece.dtype.str.replace("i", "u"))
        scale, offset = (
            np.ravel(self._packing.get(name, same))[0]
            for name, same in (("scale_factor", 1), ("add_offset", 0))
        )
        if scale != 1 or offset != 0:
            piece = piece * np.float64(scale) + np.float64(offset)
        return piece if np.ma.is_masked(piece) else piece.data


def _as_json(attributes: Mapping[str, object]) -> dict[str, Any]:
    """Return the attributes that JSON has."""
    found = {name: _plain(value) for name, value in attributes.items()}
    return {name: value for name, value in found.items() if value is not None}


def _plain(value: object) -> object:
    """Return an attribute as JSON has it; None for what JSON has not."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    many = value if isinstance(value, list) else [value]
    return value if all(isinstance(one, (str, int, float)) for one in many) else None


class Contents(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    fields : dict
        Arrays by their names; of a file that has one without a name, by an empty one.
    coordinates : dict
        The variables of the places along axes of these.
    attributes : dict
    """

    fields: dict[str, Sliced]
    coordinates: dict[str, Variable]
    attributes: dict[str, Any]


@contextmanager
def fields_of(path: Path, variable: str | None = None) -> Iterator[Contents]:
    """Open what a file holds, until the context ends.

    `variable`: the one that is wanted; else all that are numbers and have axes of their own.

    Yields
    ------
    Contents

    Raises
    ------
    OSError
        For a file that is not there, or cannot be read.
    ValueError
        For one that is none of these, or that has no such variable.
    MissingExtraError
        Where what reads it is not installed.
    """
    with ExitStack() as files:
        found, attributes = _opened(path, files)
        fields = _chosen(path, found, variable)
        along = {
            name.rpartition("/")[0] + "/" + dim
            for name, x in fields.items()
            for dim in getattr(x, "dims", None) or ()
        }
        coordinates = {
            name: x
            for name, x in found.items()
            if isinstance(x, Variable)
            and x.stored.kind in "biufc"
            and name not in fields
            and _is_coordinate(name, x)
            and (name if "/" in name else "/" + name) in along
        }
        yield Contents(fields, coordinates, _as_json(attributes))


def _chosen(path: Path, found: dict[str, Sliced], variable: str | None) -> dict[str, Sliced]:
    """Return the variable that is wanted, or all that are numbers and no coordinates."""
    if variable is not None:
        if variable not in found:
            known = ", ".join(sorted(found)) or "one that has no name"
            raise ValueError(f"{path} has no variable {variable!r}; it has {known}")
        return {variable: found[variable]}
    kept = {
        name: x
        for name, x in found.items()
        if getattr(x, "dtype", np.dtype(object)).kind in "biufc"
        and len(x.shape)
        and not _is_coordinate(name, x)
    }
    if not kept:
        raise ValueError(f"{path} has no variable of numbers that is no coordinate")
    return kept


def _is_coordinate(name: str, x: Sliced) -> bool:
    """Tell whether a variable of one axis has the name of that."""
    return getattr(x, "dims", None) == (name.rpartition("/")[2],)


def _opened(path: Path, files: ExitStack) -> tuple[dict[str, Sliced], Mapping[str, Any]]:
    """Return the variables of a file, and its attributes."""
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
                return {"": found}, {}
            return dict(files.enter_context(found)), {}
        except (ValueError, BadZipFile) as error:
            raise ValueError(f"{path} is damaged, or not of numbers: {error}") from None
    if begin.startswith((_HDF, _CLASSIC)):
        return _of_netcdf(path, begin.startswith(_CLASSIC), files)
    raise ValueError(f"{path} is no file of NumPy, NetCDF, HDF5 or zarr: it begins with {begin!r}")


def _of_zarr(path: Path) -> tuple[dict[str, Sliced], Mapping[str, Any]]:
    zarr: Any = require("zarr", "zarr")
    import_module("qvarray.zarr")  # where it is not installed, nothing else registers its codec
    try:
        found = zarr.open(path, mode="r")
    except FileNotFoundError:
        raise ValueError(f"{path} is no store of zarr") from None

    def variable(x: Any) -> Variable:  # noqa: ANN401  an array of zarr
        attributes = dict(x.attrs)
        old = attributes.pop("_ARRAY_DIMENSIONS", None)  # as xarray writes format 2
        if old and x.fill_value is not None:
            attributes["_FillValue"] = x.fill_value
        filled = attributes.get("_FillValue")
        if isinstance(filled, str):  # as xarray writes floating-point numbers in format 3
            is_coded = x.dtype.kind == "f" and len(filled) == 12
            (number,) = unpack("<d", standard_b64decode(filled)) if is_coded else (np.nan,)
            attributes["_FillValue"] = number
        names = getattr(x.metadata, "dimension_names", None) or old
        return Variable(x, tuple(names) if names and all(names) else None, attributes)

    if isinstance(found, zarr.Array):
        return {"": variable(found)}, {}
    arrays: dict[str, Sliced] = {
        name: variable(x) for name, x in found.members(max_depth=None) if isinstance(x, zarr.Array)
    }
    return arrays, dict(found.attrs)


def _of_netcdf(
    path: Path, is_classic: bool, files: ExitStack
) -> tuple[dict[str, Sliced], Mapping[str, Any]]:
    """Open a file by netCDF4; by h5py where only that is installed."""
    try:
        library: Any = import_module("netCDF4")
    except ImportError:
        library = None
    found: dict[str, Sliced] = {}
    if library is not None or is_classic:
        library = library or require("netCDF4", "zarr")
        root = files.enter_context(library.Dataset(path))
        groups = [root]
        for group in groups:
            groups += group.groups.values()
            prefix = "" if group is root else group.path.lstrip("/") + "/"
            for name, x in group.variables.items():
                said = {key: x.getncattr(key) for key in x.ncattrs()}
                found[prefix + name] = Variable(x, x.dimensions, said, is_packed=False)
        return found, {key: root.getncattr(key) for key in root.ncattrs()}
    h5py: Any = require("h5py", "zarr")

    def keep(name: str, item: Any) -> None:  # noqa: ANN401  of h5py
        if not isinstance(item, h5py.Dataset) or item.shape is None:
            return
        said = dict(item.attrs)
        is_scale = _plain(said.get("CLASS")) == "DIMENSION_SCALE"
        if not (is_scale and str(_plain(said.get("NAME"))).startswith(_NO_VARIABLE)):
            if is_scale:
                names = [name.rpartition("/")[2]]
            else:
                names = [
                    axis[0].name.rpartition("/")[2] if len(axis) else axis.label
                    for axis in item.dims
                ]
            own = {key: said[key] for key in said if not key.startswith("_Netcdf4")}
            of_scales = ("CLASS", "NAME") if is_scale else ()
            for key in (*of_scales, "DIMENSION_LIST", "REFERENCE_LIST"):
                own.pop(key, None)
            found[name] = Variable(item, tuple(names) if all(names) else None, own)

    file = files.enter_context(h5py.File(path))
    file.visititems(keep)
    return found, {key: file.attrs[key] for key in file.attrs if not key.startswith("_NC")}
