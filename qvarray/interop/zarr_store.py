"""`EncodedStore`: the chunks of a zarr array as what they hold, read and written undecoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr
from zarr.abc.store import RangeByteRequest, SuffixByteRequest
from zarr.codecs import BytesCodec, ShardingCodec
from zarr.core.buffer import Buffer, default_buffer_prototype
from zarr.core.sync import sync
from zarr.errors import ContainsArrayError

from ..array.virtual_array import VirtualQArray
from ..core.values import Array, Scalar
from ..functions.creation.from_shape_or_value import filled
from .zarr_codec import EncodedCodec, of_chunk

if TYPE_CHECKING:
    from zarr.core.array_spec import ArraySpec
    from zarr.storage import StoreLike, StorePath

#: The attribute of an array of which some chunks are still missing.
_UNFINISHED = "qvarray_unfinished"
#: What an index of a shard has for a chunk that is not there.
_NONE = 2**64 - 1
#: Elements of a chunk, where nothing else is said.
_ELEMENTS = 1 << 19


def default_chunks(shape: Sequence[int]) -> tuple[int, ...]:
    """Return chunks of half a million elements or less, whose sides differ by a factor of 2.

    Examples
    --------
    >>> default_chunks((2048, 512, 512)), default_chunks((100, 0))
    ((64, 64, 128), (100, 1))
    """
    chunks = [max(n, 1) for n in shape]
    while prod(chunks) > _ELEMENTS:
        longest = chunks.index(max(chunks))
        chunks[longest] = -(-chunks[longest] // 2)
    return tuple(chunks)


class _Shards:
    """Where chunks are in the shards of an array, by the index of each: zarr's format 3."""

    def __init__(self, codec: ShardingCodec, shards: tuple[int, ...] | None) -> None:
        assert shards is not None
        self._counts = tuple(
            whole // each for whole, each in zip(shards, codec.chunk_shape, strict=True)
        )
        self._at_end = codec.index_location.value == "end"
        numbers, *checks = codec.index_codecs
        if not isinstance(numbers, BytesCodec):
            raise ValueError(f"an index of shards by {type(numbers).__name__} is not read")
        self._dtype = ">u8" if getattr(numbers.endian, "value", "little") == "big" else "<u8"
        self._checks = checks

    def place(self, place: Sequence[int]) -> tuple[int, ...]:
        """Return the place of the shard of a chunk."""
        return tuple(i // count for i, count in zip(place, self._counts, strict=True))

    def get(self, where: StorePath, place: Sequence[int], spec: ArraySpec) -> Buffer | None:
        """Return the bytes of a chunk; None for one that is not there.

        Raises
        ------
        ValueError
            Where the index of the shard is damaged.
        """
        prototype = default_buffer_prototype()
        # Two numbers for each chunk, and what the checks add.
        size = 16 * prod(self._counts)
        for check in self._checks:
            size = check.compute_encoded_size(size, spec)
        wanted: Any = SuffixByteRequest(size) if self._at_end else RangeByteRequest(0, size)
        index: Any = sync(where.get(prototype=prototype, byte_range=wanted))
        if index is None:
            return None
        if len(index) != size:
            raise ValueError(f"the shard has {len(index)} bytes, fewer than its index")
        for check in reversed(self._checks):
            (index,) = sync(check.decode([(index, spec)]))
        local = tuple(i % count for i, count in zip(place, self._counts, strict=True))
        table = np.frombuffer(index.to_bytes(), self._dtype).reshape(*self._counts, 2)
        start, length = (int(number) for number in table[local])
        if (start, length) == (_NONE, _NONE):
            return None
        part = RangeByteRequest(start, start + length)
        return sync(where.get(prototype=prototype, byte_range=part))


class EncodedStore:
    """An array of zarr whose chunks an `EncodedCodec` writes, of zarr's format 3.

    Parameters
    ----------
    array : zarr.Array

    Raises
    ------
    ValueError
        For an array with another codec.
    """

    def __init__(self, array: zarr.Array[Any]) -> None:
        self.array = array
        metadata: Any = array.metadata
        codecs = getattr(metadata, "codecs", ())
        first = codecs[0] if codecs else None
        self._shards = _Shards(first, array.shards) if isinstance(first, ShardingCodec) else None
        if isinstance(first, ShardingCodec):
            codecs = first.codecs
            first = codecs[0]
        if not isinstance(first, EncodedCodec):
            name = type(first).__name__ if codecs else "none of format 3"
            raise ValueError(
                f"{array.store_path} is no array of encoded chunks: its codec is {name}. "
                "dask.array.from_zarr reads it"
            )
        self.codec = first
        self._after = codecs[1:]
        self.shape: tuple[int, ...] = array.shape
        self.chunks: tuple[int, ...] = array.chunks
        self.dtype: np.dtype[Any] = array.dtype
        zero = self.dtype.type(0)
        self.fill_value: Scalar = zero if array.fill_value is None else array.fill_value

    @classmethod
    def opened(cls, store: StoreLike, path: str) -> EncodedStore:
        """Open what is there, as it is.

        Raises
        ------
        ValueError
            Where it has other chunks, or is half written.
        FileNotFoundError
            Where nothing is there.
        """
        found = cls(zarr.open_array(store, path=path, mode="r", zarr_format=3))
        if found.array.attrs.get(_UNFINISHED):
            there = sum(map(found.has, found.places()))
            raise ValueError(
                f"{found.array.store_path} is half written: {there} of {prod(found.grid)} chunks "
                "are there. Call to_zarr again with the same arguments: it goes on"
            )
        return found

    @classmethod
    def created(
        cls,
        store: StoreLike,
        path: str,
        *,
        shape: tuple[int, ...],
        chunks: tuple[int, ...],
        dtype: np.dtype[Any],
        codec: EncodedCodec,
        dimension_names: Sequence[str] | None,
        overwrite: bool,
    ) -> EncodedStore:
        """Create an array that is unfinished, or go on with one that is just so.

        Raises
        ------
        FileExistsError
            Where another array is there, or one that is finished.
        """
        codec.code.check(chunks, dtype)

        def created(overwrite: bool) -> EncodedStore:
            return cls(
                zarr.create_array(
                    store,
                    name=path or None,
                    shape=shape,
                    chunks=chunks,
                    dtype=dtype,
                    serializer=codec,
                    compressors=None,
                    fill_value=np.nan,
                    attributes={_UNFINISHED: True},
                    dimension_names=dimension_names,
                    overwrite=overwrite,
                )
            )

        try:
            return created(overwrite)
        except ContainsArrayError:
            array = zarr.open_array(store, path=path, mode="r+")
        if array.attrs.get(_UNFINISHED):
            there = cls(array)
            found = array.shape, array.chunks, array.dtype, there.codec
            if found == (shape, chunks, dtype, codec):
                return there
            if not any(map(there.has, there.places())):
                return created(True)
        raise FileExistsError(
            f"there is an array in {array.store_path} that is finished, or half of another: "
            "overwrite=True replaces it"
        )

    def finish(self) -> None:
        """Say that all chunks are there."""
        attributes = {k: v for k, v in self.array.attrs.asdict().items() if k != _UNFINISHED}
        self.array.attrs.put(attributes)

    # -- chunks ---------------------------------------------------------------------------------

    @property
    def grid(self) -> tuple[int, ...]:
        """The number of chunks along each axis."""
        return tuple(-(-n // most) for n, most in zip(self.shape, self.chunks, strict=True))

    def places(self) -> Iterator[tuple[int, ...]]:
        """Go over the chunks: their places in the grid."""
        return product(*map(range, self.grid))

    def missing(self) -> list[tuple[int, ...]]:
        """List the chunks that are not there, or not whole."""
        return [place for place in self.places() if not self.has(place)]

    def key(self, place: Sequence[int]) -> tuple[slice, ...]:
        """Return the part of the array that a chunk is."""
        return tuple(
            slice(i * most, min(n, (i + 1) * most))
            for i, most, n in zip(place, self.chunks, self.shape, strict=True)
        )

    def where(self, place: Sequence[int]) -> StorePath:
        """Return the place of a chunk in the store, or of the shard that it is part of."""
        metadata: Any = self.array.metadata
        if self._shards is not None:
            place = self._shards.place(place)
        return self.array.store_path / metadata.encode_chunk_key(tuple(place))

    def has(self, place: Sequence[int]) -> bool:
        """Tell whether a chunk is there, whole."""
        try:
            return self.get(place) is not None
        except ValueError:
            return False

    def get(self, place: Sequence[int]) -> VirtualQArray | None:
        """Return what a chunk holds, without padding; None for one that is not there.

        Raises
        ------
        ValueError
            Where it is damaged or holds something else, with its place.
        """
        where = self.where(place)
        try:
            if self._shards is not None:
                data = self._shards.get(where, place, self._spec(place))
            else:
                data = sync(where.get(prototype=default_buffer_prototype()))
            if data is None:
                return None
            if self._after:
                spec = self._spec(place)
                for codec in reversed(self._after):
                    (data,) = sync(codec.decode([(data, spec)]))
            return self.codec.code.read(data.to_bytes(), self.chunks, self.dtype)
        except (ValueError, MemoryError) as error:
            raise of_chunk(where, error) from error

    def _spec(self, place: Sequence[int]) -> ArraySpec:
        """Return what zarr's other codecs are told."""
        metadata: Any = self.array.metadata
        config: Any = self.array._async_array.config
        found: ArraySpec = metadata.get_chunk_spec(tuple(place), config, default_buffer_prototype())
        return found

    def block(self, place: Sequence[int]) -> VirtualQArray:
        """Return the part of the array that a chunk is, not decoded."""
        shape = tuple(key.stop - key.start for key in self.key(place))
        found = self.get(place)
        if found is None:
            return filled(shape, self.fill_value, self.dtype)
        if found.shape == shape:
            return found
        found = found[tuple(map(slice, shape))]
        widths = [(0, n - few) for n, few in zip(shape, found.shape, strict=True)]
        padded: Any = np.pad(found, widths, constant_values=self.fill_value)
        return padded

    def put(self, place: Sequence[int], x: Array) -> VirtualQArray:
        """Encode a part of the array and write it whole; return what it holds.

        Raises
        ------
        ValueError, TypeError
            Where it cannot be encoded, with its place; nothing is written then.
        """
        where = self.where(place)
        try:
            found = self.codec.code.encoded(x)
            data = self.codec.code.written(found)
        except (ValueError, TypeError, MemoryError) as error:
            raise of_chunk(where, error) from error
        sync(where.set(default_buffer_prototype().buffer.from_bytes(data)))
        return found
