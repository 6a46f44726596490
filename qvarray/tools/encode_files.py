"""``qvarray encode``: fields in files to encoded ones, what they take and how far they are off."""

from __future__ import annotations

import os
from math import prod, sqrt
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from ..core.values import Array
from ..encoding.out_of_core import is_piecewise
from ..interop.zarr_arrays import Settings, Sliced, encoding_of, piece_of, written
from ..io.chunks import ChunkCode
from ..io.container import save
from ..io.missing import missing_of
from ..runtime.extras import require
from ..runtime.units import memory
from .field_files import Contents, Variable, fields_of, is_zarr
from .progress import progress_of


class _Found:
    """Statistics of what was encoded, and of its errors, over the elements that are not missing."""

    def __init__(self, missing: float | None) -> None:
        self._missing = missing
        self._count = 0
        self._mean: Any = 0.0
        self._spread = 0.0
        self._energy = 0.0
        self._error = 0.0
        self._largest = 0.0
        #: A bound relative to the norm, where nothing was decoded.
        self.bound: float | None = None

    def add(self, x: Array, encoded: Array) -> None:
        known = ~missing_of(x, self._missing)
        values = x[known].astype(np.result_type(x.dtype, np.float64))
        if not values.size:
            return
        error = np.abs(encoded[known] - values)
        mean = values.mean()
        total = self._count + values.size
        # Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm", 1979.
        shift = abs(mean - self._mean) ** 2 * self._count * values.size / total
        self._spread += float(np.sum(np.abs(values - mean) ** 2)) + float(shift)
        self._mean += (mean - self._mean) * (values.size / total)
        self._count = total
        self._energy += float(np.sum(np.abs(values) ** 2))
        self._error += float(np.sum(error**2))
        self._largest = max(self._largest, float(error.max()))

    def __str__(self) -> str:
        if self.bound is not None:
            return f"at most {self.bound:.2g} of the norm"
        if not self._count:
            return "of no element"
        error = sqrt(self._error / self._count)
        parts = [f"{self._largest:.3g} at most, {error:.3g} in root mean square"]
        for what, square in (("standard deviation", self._spread), ("norm", self._energy)):
            if square:
                parts.append(f"{error / sqrt(square / self._count):.2g} of the {what}")
        return ", ".join(parts)


def encode_files(
    source: Path,
    target: Path,
    settings: Settings,
    *,
    variable: str | None = None,
    chunks: tuple[int, ...] | None = None,
    overwrite: bool = False,
) -> None:
    """Encode the variables of a file into a store of zarr, or one of them into a file of `save`.

    Prints a line for each: its sizes, the ratio, and the error that was achieved.

    Parameters
    ----------
    source, target : Path
        The target is a store of zarr where its name ends in ``.zarr``.
    settings : dict
        As of `EncodedCodec`.
    variable : str, optional
        The only one to encode.
    chunks : tuple of int, optional
    overwrite : bool

    Raises
    ------
    OSError, ValueError, TypeError, MemoryError
        For what cannot be read, encoded or written. A file that is there is left as it is.
    """
    code = ChunkCode(**settings)
    if not is_zarr(target):
        if chunks is not None:
            raise ValueError("only a store of zarr has chunks: name it *.zarr")
        if target.exists() and not overwrite:
            raise FileExistsError(f"there is a file {target} already: --overwrite replaces it")
    with fields_of(source, variable) as contents:
        fields = contents.fields
        if len(fields) > 1 and not is_zarr(target):
            raise ValueError(
                f"{source} has {', '.join(sorted(fields))}: choose one, or write to *.zarr"
            )
        for name, x in fields.items():
            begin = perf_counter()
            found = _Found(code.number)
            if is_zarr(target):
                took = _to_store(x, name, target, settings, chunks, overwrite, found)
            else:
                took = _to_file(x, target, code, found)
            dtype = x.stored if isinstance(x, Variable) else cast("Array", x).dtype
            size = prod(x.shape) * dtype.itemsize
            print(
                f"{name or source.name}: {' x '.join(map(str, x.shape))} {dtype}, "
                f"{memory(size)} to {memory(took)}, {size / max(took, 1):.1f} times smaller, "
                f"in {perf_counter() - begin:.1f} s; error {found}"
            )
        if is_zarr(target):
            _copy_what_is_said(contents, target)


def _to_store(
    x: Sliced,
    name: str,
    target: Path,
    settings: Settings,
    chunks: tuple[int, ...] | None,
    overwrite: bool,
    found: _Found,
) -> int:
    """Encode an array into a store; return the bytes of its chunks."""
    store = encoding_of(x, str(target), name, chunks, overwrite, settings)
    with progress_of(len(store.missing()), "chunk") as bar:
        bar.set_description(name or target.name)
        for chunk in written(x, store):
            found.add(chunk.piece, np.asarray(chunk.encoded))
            bar.update()
    if isinstance(x, Variable):
        store.array.attrs.update(x.attributes)
    return int(store.array.nbytes_stored())


def _copy_what_is_said(contents: Contents, target: Path) -> None:
    """Write the coordinates of fields into the store as they are, and the attributes of all."""
    if not contents.coordinates and not contents.attributes:
        return
    group = require("zarr", "zarr").open_group(target, mode="a", zarr_format=3)
    group.attrs.update(contents.attributes)
    for name, x in contents.coordinates.items():
        group.create_array(
            name,
            data=np.ma.filled(x[:], np.nan) if x.dtype.kind in "fc" else np.ma.getdata(x[:]),
            dimension_names=x.dims,
            attributes=x.attributes,
            overwrite=True,
        )


def _to_file(x: Sliced, target: Path, code: ChunkCode, found: _Found) -> int:
    """Encode an array into one file; return its bytes."""
    if is_piecewise(x):
        encoded = code.field(cast("ArrayLike", x))
        found.bound = encoded.recovery_error
    else:
        dense = piece_of(x, (slice(None),) * len(x.shape))
        encoded = code.encoded(dense)
        found.add(dense, np.asarray(encoded))
    save(target, encoded, compression=code.compression)
    return os.stat(target).st_size
