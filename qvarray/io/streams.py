"""Streams of bytes in a file: coded by the shortest of four codes, decoded, and counted."""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.budget import require_budget
from ..core.values import Array

__all__ = [
    "DECODING",
    "INSTEAD",
    "Reader",
    "Stream",
    "Writer",
    "as_dtype",
    "as_integer",
    "decoded",
    "decompressed",
    "little_endian",
]

#: Whether a long double is one of 80 bits in more bytes than these.
_IS_PADDED = np.finfo(np.longdouble).nmant == 63
_OF_EXTENDED = 10

#: Arrays as long as a stream that reading it takes: what is decoded, and the array.
DECODING = 2
#: What to do where the memory budget is too small.
INSTEAD = "raise the budget"

# Small integers, mostly zeros, without any structure of bytes or words.
_LZMA: list[dict[str, Any]] = [
    {
        "id": lzma.FILTER_LZMA2,
        "preset": 9 | lzma.PRESET_EXTREME,
        "dict_size": 1 << 22,
        "lc": 0,
        "lp": 0,
        "pb": 0,
    }
]
_DECODERS: dict[str, Callable[[], Any]] = {
    "deflate": zlib.decompressobj,
    "bzip2": bz2.BZ2Decompressor,
    "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_LZMA),
}
# Streams that are longer are only deflated: the others take a second for each of their megabytes.
_LONG = 1 << 24


class Stream(NamedTuple):
    """Bytes in a file: how they are coded, their lengths, and the CRC-32 of what they stand for."""

    codec: str
    length: int
    stored: int
    checksum: int


def _coded(data: bytes) -> tuple[Stream, bytes]:
    """Code bytes in the shortest of the codes."""
    forms = {"raw": data, "deflate": zlib.compress(data, 9)}
    if len(data) <= _LONG:
        forms["bzip2"] = bz2.compress(data, 9)
        forms["lzma"] = lzma.compress(data, format=lzma.FORMAT_RAW, filters=_LZMA)
    codec = min(forms, key=lambda name: len(forms[name]))
    return Stream(codec, len(data), len(forms[codec]), zlib.crc32(data)), forms[codec]


def decoded(stream: Stream, data: bytes | memoryview) -> bytes | memoryview:
    """Decode a stream; never to more bytes than it says, and from all of its own."""
    try:
        out = data if stream.codec == "raw" else decompressed(stream.codec, data, stream.length)
    except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
        raise ValueError(f"a stream is damaged: {error}") from None
    if len(out) != stream.length or zlib.crc32(out) != stream.checksum:
        raise ValueError("a stream is damaged: its checksum does not fit")
    return out


def decompressed(codec: str, data: bytes | memoryview, length: int) -> bytes:
    """Decompress at most ``length + 1`` bytes; raise ValueError unless they are all of `data`."""
    if codec not in _DECODERS:
        raise ValueError(f"unknown code {codec!r}")
    decoder = _DECODERS[codec]()
    out: bytes = decoder.decompress(data, length + 1)
    if not decoder.eof or decoder.unused_data:
        raise ValueError("a stream is damaged: it does not end where it should")
    return out


def little_endian(values: Array) -> NDArray[np.uint8]:
    """Return the bytes of numbers, lowest first, shape (n, itemsize): zeros where none has any."""
    plain = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<"), copy=False))
    out = plain.view(np.uint8).reshape(-1, plain.dtype.itemsize)
    if plain.dtype.char in "gG" and _IS_PADDED:
        # What lies between them may be anything.
        out = out.reshape(-1, np.dtype(np.longdouble).itemsize).copy()
        out[:, _OF_EXTENDED:] = 0
    return out.reshape(-1, plain.dtype.itemsize)


class Writer:
    """Arrays as streams, and what a header says of each."""

    def __init__(self, first: int = 0) -> None:
        self.first = first
        self.streams: list[Stream] = []
        self.parts: list[bytes] = []

    def array(self, values: Array) -> dict[str, Any]:
        """Describe an array, whose bytes are stored by their significance, for the header."""
        stream, data = _coded(little_endian(values).T.tobytes())
        self.streams.append(stream)
        self.parts.append(data)
        dtype = values.dtype.newbyteorder("<")
        return {"at": self.first + len(self.streams) - 1, "dtype": dtype.str}

    def shortest(self, entry: dict[str, Any], forms: list[dict[str, Array]]) -> dict[str, Any]:
        """Add to an entry the arrays of that form which takes the fewest bytes."""
        best: tuple[int, Writer, dict[str, Any]] | None = None
        for arrays in forms:
            writer = Writer(len(self.streams))
            entries = {name: writer.array(values) for name, values in arrays.items()}
            length = sum(map(len, writer.parts))
            if best is None or length < best[0]:
                best = length, writer, entries
        assert best is not None
        self.streams += best[1].streams
        self.parts += best[1].parts
        return {**entry, **best[2]}


class Reader:
    """The arrays of a file, where in it is read, and how many bytes of the memory budget are taken.

    Parameters
    ----------
    streams : list of Stream
    data : bytes-like
        All streams, one after the other.
    start, header_byte : int
        The bytes of the file that they and the header begin at.
    """

    def __init__(
        self, streams: list[Stream], data: bytes | bytearray, start: int, header_byte: int
    ) -> None:
        self.streams = streams
        self.starts = [0]
        for stream in streams:
            self.starts.append(self.starts[-1] + stream.stored)
        self.data = memoryview(data)
        self.start = start
        #: What is being read: a byte of the file, and words for it, or a field of the header.
        self.byte = header_byte
        self.where = "the header"
        self.field: tuple[Any, str] | None = None
        self.taken = len(data)
        #: What was read so far of the header's list of nodes.
        self.nodes: list[Any] = []
        #: What was made of entries of the header, by their ids.
        self.done: dict[int, Any] = {}

    def take(self, nbytes: int) -> None:
        """Count bytes that are about to be allocated; raise where all of them pass the budget."""
        self.taken += nbytes
        require_budget(self.taken, INSTEAD)

    def place(self) -> str:
        """Say what is being read: the byte of the file, and which field of the header."""
        where, byte = self.where, self.byte
        if self.field is not None:
            where, number = self.field[0].place(self.field[1])
            if number is not None and 0 <= number < len(self.streams):
                byte = self.start + self.starts[number]
        return f"at byte {byte}, {where}"

    def array(self, number: int, dtype: np.dtype[Any]) -> Array:
        """Decode an array, whose stream may have been used before: each use makes a new one."""
        if not 0 <= number < len(self.streams):
            raise ValueError(f"there is no stream {number}")
        stream = self.streams[number]
        if stream.length % dtype.itemsize:
            raise ValueError(f"{stream.length} bytes are no whole number of {dtype}")
        self.take(DECODING * stream.length)
        raw = decoded(stream, self.data[self.starts[number] : self.starts[number + 1]])
        planes = np.frombuffer(raw, np.uint8).reshape(dtype.itemsize, -1)
        values = np.array(planes.T, order="C").reshape(-1).view(dtype)
        return values.astype(dtype.newbyteorder("="), copy=False)


def as_integer(value: object) -> int:
    """Check that a value of a header is an integer."""
    if type(value) is not int:
        raise ValueError(f"not an integer: {value!r}")
    return value


@lru_cache(maxsize=64)
def as_dtype(name: object) -> np.dtype[Any]:
    """Check that a value of a header names a dtype of numbers or dates."""
    kinds = r"[<>|]?([biufc]\d{1,2}|[mM]8(\[\d{0,9}[a-zA-Z]{1,2}\])?)"
    if not isinstance(name, str) or not re.fullmatch(kinds, name):
        raise ValueError(f"not a dtype of numbers: {name!r}")
    return np.dtype(name)
