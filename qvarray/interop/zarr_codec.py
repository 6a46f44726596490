"""`EncodedCodec`: chunks of zarr, format 3, as files of encoded arrays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
from zarr.abc.codec import (
    ArrayBytesCodec,
    ArrayBytesCodecPartialDecodeMixin,
    ArrayBytesCodecPartialEncodeMixin,
)
from zarr.registry import register_codec

from ..array.virtual_array import VirtualQArray
from ..bases import Basis
from ..core.error_bound import ErrorBound
from ..core.values import Array, Scalar
from ..encoding.attempts import Storage
from ..encoding.goals import Reference
from ..io.chunks import ChunkCode, Missing, bound_of
from ..io.missing import equals

if TYPE_CHECKING:
    from zarr.abc.store import ByteGetter, ByteSetter
    from zarr.core.array_spec import ArraySpec
    from zarr.core.buffer import Buffer, NDBuffer
    from zarr.core.chunk_grids import ChunkGrid
    from zarr.core.common import JSON
    from zarr.core.dtype import ZDType
    from zarr.core.indexing import SelectorTuple

#: The name of the codec in the metadata of arrays.
NAME = "qvarray.encoded"


def of_chunk(where: object, error: Exception) -> Exception:
    """Return the same error, with the chunk that it is of in front."""
    try:
        return type(error)(f"chunk {where}: {error}")
    except TypeError:  # which asks for more than a message
        error.add_note(f"chunk {where}")
        return error


@dataclass(frozen=True, init=False)
class EncodedCodec(
    ArrayBytesCodec, ArrayBytesCodecPartialDecodeMixin, ArrayBytesCodecPartialEncodeMixin
):
    """Encode chunks of zarr arrays as few eigenvalues at a tolerance.

    It is the ``serializer`` of an array in format 3, of floating-point or complex numbers. It is
    found by its name where qvarray is installed: readers of zarr need not import it.

    Parameters
    ----------
    tol : float, optional
        The root-mean-square error that is allowed in each chunk, relative to what `relative_to`
        says of the chunk, and so in the whole array. None, where no other goal is given, means
        lossless, to rounding.
    relative_to : {"norm", "std", "range"}
        As in `encode`.
    max_abs : float, optional
        Instead of `tol`: no element is off by more.
    ratio : float, optional
        Instead of `tol`: the smallest error with the bytes of a chunk divided by that.
    basis : str or Basis, or a sequence of one for each axis
        As in `encode`.
    storage : {"float64", "float32", "float16", "int16", "int8"}, optional
        As in `encode`.
    missing : {"refuse", "keep"} or float
        What is done with NaN and infinities: refused, or kept exactly. A number is kept, too,
        where it is an element: 1e20, if that means that there is none.
    compression : {"pcodec", "deflate", "bzip2", "lzma", "none"}
        As in `save`. With ``"none"`` chunks are larger and read faster.

    Raises
    ------
    ValueError, TypeError
        For goals and names that `encode` does not take. Where chunks are written: for elements that
        are missing and may not, and for goals that cannot be reached; nothing is written then.
        Where they are read: for chunks that are damaged, or hold another shape or dtype.

    See Also
    --------
    qvarray.open_zarr, qvarray.to_zarr

    Notes
    -----
    Create the array with ``compressors=None``: chunks are compressed already, and only then are
    single elements read without decoding all of a chunk, and are errors told with the place of the
    chunk.

    A chunk of which a part is written is decoded and encoded again, with the error of both. Write
    whole chunks. At the end of an axis, the part of a chunk that is padding is not encoded.

    Examples
    --------
    >>> import numpy as np, zarr
    >>> from qvarray.zarr import EncodedCodec
    >>> field = 280 + np.cumsum(np.cumsum(np.ones((300, 200)), axis=0) % 7, axis=1) / 100
    >>> z = zarr.create_array(
    ...     {},
    ...     shape=field.shape,
    ...     dtype=field.dtype,
    ...     chunks=(128, 128),
    ...     serializer=EncodedCodec(tol=1e-2, relative_to="std"),
    ...     compressors=None,
    ... )
    >>> z[:] = field
    >>> bool(np.std(z[:] - field) <= 1e-2 * np.std(field))
    True
    """

    code: ChunkCode
    is_fixed_size = False

    def __init__(
        self,
        *,
        tol: float | None = None,
        relative_to: Reference = "norm",
        max_abs: float | None = None,
        ratio: float | None = None,
        basis: str | Basis | Sequence[str | Basis] = "auto",
        storage: Storage | None = None,
        missing: Missing = "refuse",
        compression: str = "pcodec",
    ) -> None:
        code = ChunkCode(tol, relative_to, max_abs, ratio, basis, storage, missing, compression)
        object.__setattr__(self, "code", code)

    @classmethod
    def from_dict(cls, data: dict[str, JSON]) -> Self:
        """Return the codec that the metadata of an array describe."""
        codec = cls.__new__(cls)
        object.__setattr__(
            codec,
            "code",
            ChunkCode.from_dict(cast("dict[str, Any]", data.get("configuration", {}))),
        )
        return codec

    def to_dict(self) -> dict[str, JSON]:
        """Describe the codec for the metadata of an array."""
        return {"name": NAME, "configuration": self.code.to_dict()}

    def validate(
        self, *, shape: tuple[int, ...], dtype: ZDType[Any, Any], chunk_grid: ChunkGrid
    ) -> None:
        """Refuse an array whose chunks cannot be encoded."""
        self.code.check(getattr(chunk_grid, "chunk_shape", shape), dtype.to_native_dtype())

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: ArraySpec) -> int:
        """Refuse to say how long a chunk will be."""
        raise NotImplementedError("how long a chunk becomes depends on its elements")

    # -- whole chunks ---------------------------------------------------------------------------

    def _read(self, data: Buffer, spec: ArraySpec) -> VirtualQArray:
        return self.code.read(data.to_bytes(), spec.shape, spec.dtype.to_native_dtype())

    def _written(self, x: Array, spec: ArraySpec, inherited: ErrorBound | None = None) -> Buffer:
        found = self.code.encoded(x, _fill_value(spec), inherited)
        return spec.prototype.buffer.from_bytes(self.code.written(found))

    def _decoded(self, data: Buffer, spec: ArraySpec) -> NDBuffer:
        out = self.code.decoded(self._read(data, spec), spec.shape, _fill_value(spec))
        return _as_buffer(out, spec)

    async def _decode_single(self, chunk_bytes: Buffer, chunk_spec: ArraySpec) -> NDBuffer:
        return await asyncio.to_thread(self._decoded, chunk_bytes, chunk_spec)

    async def _encode_single(self, chunk_array: NDBuffer, chunk_spec: ArraySpec) -> Buffer:
        return await asyncio.to_thread(self._written, chunk_array.as_numpy_array(), chunk_spec)

    # -- parts of them --------------------------------------------------------------------------

    def _part(self, data: Buffer, selection: SelectorTuple, spec: ArraySpec) -> NDBuffer:
        x = self._read(data, spec)
        keys = selection if isinstance(selection, tuple) else (selection,)
        if x.shape == spec.shape and all(isinstance(key, (int, slice)) for key in keys):
            out = np.asarray(x[keys])
        else:
            out = np.asarray(self.code.decoded(x, spec.shape, _fill_value(spec))[selection])
        return _as_buffer(out, spec)

    def _changed(
        self, data: Buffer | None, values: NDBuffer, selection: SelectorTuple, spec: ArraySpec
    ) -> Buffer | None:
        """Return the bytes of a chunk with other values in a part; None where all is the fill."""
        fill_value, inherited = _fill_value(spec), None
        given = values.as_numpy_array()
        was = None if data is None else self._read(data, spec)
        if was is None or _is_all(selection, was.shape):
            x = np.full(spec.shape, fill_value, spec.dtype.to_native_dtype())
        else:
            x, inherited = self.code.decoded(was, spec.shape, fill_value), bound_of(was)
        place = x[selection]
        # Axes of which one line is selected may be gone from what is written there.
        x[selection] = given.reshape(place.shape) if given.size == place.size else given
        if not spec.config.write_empty_chunks and equals(x, fill_value).all():
            return None
        return self._written(x, spec, inherited)

    async def _decode_partial_single(
        self, byte_getter: ByteGetter, selection: SelectorTuple, chunk_spec: ArraySpec
    ) -> NDBuffer | None:
        data = await byte_getter.get(prototype=chunk_spec.prototype)
        if data is None:
            return None
        try:
            return await asyncio.to_thread(self._part, data, selection, chunk_spec)
        except (ValueError, TypeError, MemoryError) as error:
            raise of_chunk(_place(byte_getter), error) from error

    async def _encode_partial_single(
        self,
        byte_setter: ByteSetter,
        chunk_array: NDBuffer,
        selection: SelectorTuple,
        chunk_spec: ArraySpec,
    ) -> None:
        data = None
        try:
            if not _is_all(selection, chunk_spec.shape):
                data = await byte_setter.get(prototype=chunk_spec.prototype)
            out = await asyncio.to_thread(self._changed, data, chunk_array, selection, chunk_spec)
        except (ValueError, TypeError, MemoryError) as error:
            raise of_chunk(_place(byte_setter), error) from error
        if out is not None:
            await byte_setter.set(out)
        else:
            await byte_setter.delete()


def _as_buffer(x: Array, spec: ArraySpec) -> NDBuffer:
    return spec.prototype.nd_buffer.from_ndarray_like(cast("Any", x))


def _fill_value(spec: ArraySpec) -> Scalar:
    """Return what elements are that were never written."""
    given: Any = (
        spec.dtype.to_native_dtype().type(0) if spec.fill_value is None else spec.fill_value
    )
    return cast("Scalar", given)


def _place(at: object) -> object:
    """Return the place of a chunk: in a store, or in a shard."""
    return getattr(at, "chunk_coords", at)


def _is_all(selection: SelectorTuple, shape: Sequence[int]) -> bool:
    """Tell whether a selection has all of an array of that shape in it, in its order."""
    keys = selection if isinstance(selection, tuple) else (selection,)
    return len(keys) == len(shape) and all(
        isinstance(key, slice) and key.indices(n) == (0, n, 1)
        for key, n in zip(keys, shape, strict=True)
    )


register_codec(NAME, EncodedCodec)
