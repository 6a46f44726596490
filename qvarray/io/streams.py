"""Streams of a file: arrays that are written as such, read from them, and counted."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np

from ..core.budget import require_budget
from ..core.values import Array
from .codecs import Stream, coded, decoded

#: Arrays as long as a stream that reading it takes: what is decoded, and the array.
DECODING = 2
#: What to do where the memory budget is too small.
INSTEAD = "raise the budget"


class Writer:
    """Arrays as streams, and what a header says of each."""

    def __init__(self, codec: str) -> None:
        self.codec = codec
        self.streams: list[Stream] = []
        self.parts: list[bytes | memoryview] = []

    def array(self, values: Array) -> dict[str, Any]:
        """Write an array as a stream, and describe it for the header."""
        stream, data = coded(values, self.codec)
        self.streams.append(stream)
        self.parts.append(data)
        dtype = values.dtype.newbyteorder("<")
        return {"at": len(self.streams) - 1, "dtype": dtype.str}


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

    def __init__(self, streams: list[Stream], data: bytes, start: int, header_byte: int) -> None:
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
        return decoded(stream, self.data[self.starts[number] : self.starts[number + 1]], dtype)


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
