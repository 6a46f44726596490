"""`to_zarr` and `open_zarr`: arrays encoded into zarr piece by piece, and computed on there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypedDict, Unpack
from uuid import uuid4

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..bases import Basis
from ..core.values import Array
from ..creation.arrays import asarray
from ..encoding.attempts import Storage
from ..encoding.goals import Reference
from ..encoding.out_of_core import require_whole
from ..io.chunks import Missing
from ..runtime.extras import require
from .dask import register

if TYPE_CHECKING:
    import dask.array
    import zarr
    from zarr.storage import StoreLike

    from .zarr_store import EncodedStore

#: Integers of at most that many bytes are exact in single precision.
_SHORT = 2
#: Elements of chunks that are taken over from what is encoded.
_FEWEST, _MOST = 1 << 12, 1 << 22


class Sliced(Protocol):
    """What has elements that are read in pieces."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __getitem__(self, key: tuple[slice, ...], /) -> Any: ...  # noqa: ANN401


class Settings(TypedDict, total=False):
    """What `EncodedCodec` takes."""

    tol: float | None
    relative_to: Reference
    max_abs: float | None
    ratio: float | None
    basis: str | Basis | Sequence[str | Basis]
    storage: Storage | None
    missing: Missing
    compression: str


class Chunk(NamedTuple):
    """A chunk that was written: which part of the array it is, and what it holds."""

    key: tuple[slice, ...]
    piece: Array
    encoded: VirtualQArray


def to_zarr(
    x: Sliced,
    store: StoreLike,
    *,
    path: str = "",
    chunks: Sequence[int] | None = None,
    overwrite: bool = False,
    **settings: Unpack[Settings],
) -> zarr.Array[Any]:
    """Encode an array into a zarr array, one chunk after the other.

    Parameters
    ----------
    x : array
        Of dask, whose blocks are encoded where they are computed; or any other with a shape and
        slices: an ndarray, an ``np.memmap``, a dataset of h5py, a variable of netCDF4 or xarray. It
        is never in memory as a whole. Integers become floating-point numbers.
    store : path, mapping or store of zarr
    path : str, optional
        Of the array in the store.
    chunks : sequence of int, optional
        By default those of `x`, where it has any of one size, of 4096 to 4 million elements; else
        half a million elements.
    overwrite : bool
        Replace what is there.
    **settings
        `tol`, `relative_to`, `max_abs`, `ratio`, `basis`, `storage`, `missing` and `compression`,
        as in ``qvarray.zarr.EncodedCodec``. Goals hold for each chunk, and so for the whole.

    Returns
    -------
    zarr.Array

    Raises
    ------
    MissingExtraError
        Where zarr is not installed.
    FileExistsError
        Where an array is there that is finished, or is another one, without `overwrite`.
    ValueError, TypeError
        As by `qvarray.zarr.EncodedCodec`, with the chunk that cannot be encoded.

    See Also
    --------
    open_zarr

    Notes
    -----
    Chunks are written whole. After a kill, the same call goes on where it was: chunks that are
    there and are not damaged are left. Whether `x` is the same is not looked at. Elements that were
    never written are NaN.

    O(N log N), and the memory of one chunk for each thread.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = np.add.outer(np.sin(np.arange(300) / 30), np.cos(np.arange(500) / 50))
    >>> store = {}
    >>> z = qv.to_zarr(x, store, chunks=(100, 250), max_abs=1e-3)
    >>> z.nbytes_stored() < x.nbytes / 50
    True
    >>> bool(np.abs(z[:] - x).max() <= 1e-3)
    True
    """
    target = encoding_of(x, store, path, chunks, overwrite, settings)
    if hasattr(x, "__dask_graph__") and hasattr(x, "to_delayed"):
        dask: Any = require("dask", "zarr")
        lazy: Any = x
        blocks = lazy.rechunk(target.chunks).to_delayed()
        put = dask.delayed(_put, pure=False)
        dask.compute(*[put(target, place, blocks[place]) for place in target.missing()])
        target.finish()
    else:
        for _ in written(x, target):
            pass
    return target.array


def written(x: Sliced, target: EncodedStore) -> Iterator[Chunk]:
    """Write the chunks that are missing, one at a time, and then say that all are there."""
    for place in target.missing():
        key = target.key(place)
        piece = piece_of(x, key)
        yield Chunk(key, piece, target.put(place, piece))
    target.finish()


def encoding_of(
    x: Sliced,
    store: StoreLike,
    path: str,
    chunks: Sequence[int] | None,
    overwrite: bool,
    settings: Settings,
) -> EncodedStore:
    """Create the array that `to_zarr` writes, or open one that is unfinished."""
    require("zarr", "zarr")
    from .zarr_codec import EncodedCodec
    from .zarr_store import EncodedStore, default_chunks

    if isinstance(x, np.memmap):
        require_whole(x)
    shape = tuple(x.shape)
    if chunks is None:
        chunks = _own_chunks(x) or default_chunks(shape)
    if len(chunks) != len(shape):
        raise ValueError(f"chunks {tuple(chunks)} for an array of {len(shape)} dimensions")
    dtype = piece_of(x, (slice(0, 1),) * len(shape)).dtype
    return EncodedStore.created(
        store,
        path,
        shape=shape,
        chunks=tuple(chunks),
        dtype=dtype,
        codec=EncodedCodec(**settings),
        dimension_names=_names_of_axes(x),
        overwrite=overwrite,
    )


def _names_of_axes(x: Sliced) -> tuple[str, ...] | None:
    """Return what xarray or netCDF4 calls the axes."""
    for attribute in ("dims", "dimensions"):
        names = getattr(x, attribute, None)
        if isinstance(names, tuple) and all(isinstance(name, str) for name in names):
            return names
    return None


def _own_chunks(x: Sliced) -> tuple[int, ...] | None:
    """Return the size of the chunks in which an array is kept, where that is one and no odd one."""
    chunks = getattr(x, "chunks", None)
    if not isinstance(chunks, tuple) or len(chunks) != len(x.shape):
        return None
    # Those of dask are lists of sizes.
    lists = [along if isinstance(along, tuple) else (along,) for along in chunks]
    first = tuple(max(1, along[0]) if along else 1 for along in lists)
    is_regular = all(
        set(along[:-1]) <= {most} and along[-1:] <= (most,)
        for along, most in zip(lists, first, strict=True)
    )
    return first if is_regular and _FEWEST <= prod(first) <= _MOST else None


def piece_of(x: Sliced, key: tuple[slice, ...]) -> Array:
    """Return a part of an array as numbers that are encoded; NaN where it is masked."""
    piece = x[key]
    piece = getattr(piece, "data", piece) if hasattr(piece, "dims") else piece
    if hasattr(piece, "compute"):
        piece = piece.compute()
    if isinstance(piece, np.ma.MaskedArray):
        masked: Any = piece.astype(_floating(piece.dtype))
        piece = masked.filled(np.nan)
    found = np.asarray(piece)
    return found.astype(_floating(found.dtype), copy=False)


def _floating(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype in which elements are stored."""
    if dtype.kind in "biu":
        return np.dtype(np.float32 if dtype.itemsize <= _SHORT else np.float64)
    return dtype.newbyteorder("=")


def _put(target: EncodedStore, place: tuple[int, ...], piece: Any) -> None:  # noqa: ANN401
    whole = tuple(slice(0, n) for n in np.shape(piece))
    target.put(place, piece_of(piece, whole))


def open_zarr(store: StoreLike, *, path: str = "") -> dask.array.Array:
    """Open a zarr array of encoded chunks as a dask array that computes on coefficients.

    Parameters
    ----------
    store : path, mapping or store of zarr
    path : str, optional
        Of the array in the store.

    Returns
    -------
    dask.array.Array
        Its blocks are the chunks, as virtual arrays: nothing is decoded that is not asked for.
        Sums, means, variances, norms and inner products are those of the coefficients.

    Raises
    ------
    MissingExtraError
        Where zarr or dask is not installed.
    ValueError
        For an array with another codec, and one that is half written. Where blocks are computed:
        for chunks that are damaged, with the place.

    See Also
    --------
    to_zarr

    Notes
    -----
    A task for each chunk, which reads its bytes: 20 ns for each coefficient that is stored.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = np.add.outer(np.sin(np.arange(300) / 30), np.cos(np.arange(500) / 50))
    >>> store = {}
    >>> z = qv.to_zarr(x, store, chunks=(100, 250), max_abs=1e-3)
    >>> d = qv.open_zarr(store)
    >>> d.numblocks, type(d.blocks[0, 0].compute())
    ((3, 2), <class 'qvarray.array.virtual_array.VirtualQArray'>)
    >>> bool(abs(d.var().compute() - x.var()) < 1e-3)
    True
    """
    require("zarr", "zarr")
    dask_array = require("dask.array", "zarr")
    from .zarr_store import EncodedStore

    register()
    found = EncodedStore.opened(store, path)
    blocks = tuple(
        tuple(min(most, n - start) for start in range(0, n, most)) or (0,)
        for n, most in zip(found.shape, found.chunks, strict=True)
    )
    if not prod(found.shape):
        return dask_array.zeros(found.shape, dtype=found.dtype, chunks=blocks)
    return dask_array.map_blocks(
        _block,
        opened=found,
        chunks=blocks,
        dtype=found.dtype,
        meta=asarray(np.zeros((0,) * len(found.shape), found.dtype)),
        token=uuid4().hex,
    )


def _block(opened: EncodedStore, block_id: tuple[int, ...]) -> VirtualQArray:
    return opened.block(block_id)
