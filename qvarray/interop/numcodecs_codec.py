"""`Encoded`: files of encoded arrays as a codec of numcodecs, for zarr's format 2 and others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, cast

import numpy as np
from numcodecs.abc import Codec
from numcodecs.compat import ensure_bytes, ndarray_copy
from numcodecs.registry import register_codec
from numpy.typing import ArrayLike

from ..bases import Basis
from ..core.values import Array
from ..encoding.attempts import Storage
from ..encoding.goals import Reference
from ..io.chunks import ChunkCode, Missing


class Encoded(Codec):  # type: ignore[misc]  # which has no types
    """Encode arrays as few eigenvalues at a tolerance.

    The parameters, and the bytes, are those of `EncodedCodec`. The array that is given has the
    shape in which its elements are correlated: bytes are refused. One in Fortran's order is decoded
    as its transpose, as codecs of numcodecs do, and has the bases of that.

    Raises
    ------
    ValueError, TypeError
        As by `EncodedCodec`.

    Examples
    --------
    >>> import numpy as np
    >>> from qvarray.zarr import Encoded
    >>> codec = Encoded(max_abs=1e-3)
    >>> wave = np.cos(np.linspace(0, 30, 2**14)).reshape(128, 128)
    >>> data = codec.encode(wave)
    >>> len(data) < wave.nbytes / 16
    True
    >>> bool(np.abs(codec.decode(data) - wave).max() <= 1e-3)
    True
    """

    codec_id = "qvarray.encoded"

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
        self._code = ChunkCode(
            tol, relative_to, max_abs, ratio, basis, storage, missing, compression
        )

    def get_config(self) -> dict[str, Any]:
        """Describe the codec for the metadata of an array."""
        return {"id": self.codec_id, **self._code.to_dict()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the codec that the metadata of an array describe."""
        codec = cls.__new__(cls)
        codec._code = ChunkCode.from_dict(config)
        return codec

    def encode(self, buf: ArrayLike) -> bytes:
        """Return the file of an array; of its transpose where that is what lies in memory."""
        x = np.asarray(buf)
        return self._code.written(self._code.encoded(x.T if x.flags.fnc else x))

    def decode(self, buf: bytes | Array, out: Array | None = None) -> Array:
        """Return the array of a file, or write it into a buffer."""
        found = np.asarray(self._code.loaded(ensure_bytes(buf)))
        return found if out is None else cast("Array", ndarray_copy(found, out))


register_codec(Encoded)
