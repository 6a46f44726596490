"""`save` and `load`: arrays in files, as what is stored of them, entropy-coded.

A file is ``MAGIC``, the lengths of the header as it is and as it was before it was deflated, its
CRC-32, the header, and then the streams that it lists. The header is JSON; nothing in a file is
executed, and nothing is allocated that the memory budget does not allow.
"""

from __future__ import annotations

import json
import os
import re
import struct
import zlib
from typing import Any, cast

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.source import Source
from ..creation.arrays import asarray
from . import (  # noqa: F401  their kinds
    saved_expressions,
    saved_halves,
    saved_maps,
    saved_packed,
    saved_spectra,
)
from .codecs import COMPRESSIONS, Stream, decompressed
from .fields import Fields
from .kinds import Entry, Packer
from .paths import SupportsRead, SupportsWrite, read_up_to, replace_file, write_all
from .streams import DECODING, INSTEAD, Reader, as_integer

MAGIC = b"QVARRAY1"

_HEAD = struct.Struct("<III")
_HEADER_BYTE = len(MAGIC) + _HEAD.size
#: Bytes of a header, as it is and deflated.
_LONGEST_HEADER = 1 << 22

#: What a header that is not as it should be makes Python raise.
_REFUSED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)


def _file(source: Source, codec: str) -> list[bytes | memoryview]:
    """Return the parts of a file: its head, its header and its streams."""
    packer = Packer(codec)
    root = packer.root(source)
    nodes = {"nodes": packer.nodes} if packer.nodes else {}
    header = {**nodes, "root": root, "streams": [list(stream) for stream in packer.streams]}
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    if len(text) > _LONGEST_HEADER:
        raise ValueError("the expression is too large to be saved; save its compute()")
    short = zlib.compress(text, 9)
    head = _HEAD.pack(len(short), len(text), zlib.crc32(short))
    return [b"".join([MAGIC, head, short]), *packer.parts]


def save(
    file: str | os.PathLike[str] | SupportsWrite, x: ArrayLike, *, compression: str = "pcodec"
) -> None:
    """Write an array to a file, as what is stored of it.

    Parameters
    ----------
    file : str, path, or binary file object
        A path is written beside its place and then moved there: no half of a file is left. Links
        are followed, and the mode of a file that is there is kept.
    x : VirtualQArray or array_like
    compression : {"pcodec", "deflate", "bzip2", "lzma", "none"}, optional
        How numbers are coded. The default is the fastest and, for most of them, the shortest;
        what it does not take (long double) is deflated. The others code bytes, which programs
        without pcodec read.

    Raises
    ------
    MaterializationError
        For an expression with functions of your own, whose elements are over the memory budget:
        all others are saved as expressions.
    OSError
        For a path that leads to something other than a file, such as a device or a pipe (open it,
        and save to the stream), or that cannot be written.
    TypeError
        For elements that are not numbers.
    ValueError
        For another `compression`.

    See Also
    --------
    load

    Notes
    -----
    O(k log k) for k numbers that are stored: 20 to 40 ns for each with pcodec, which two threads
    share. Indices are stored by their distances, and eigenvalues that are packed as integers in
    bands of like frequencies.
    Expressions, operators, states of qubits and arrays that are packed come back as what they are.

    Examples
    --------
    >>> import io, numpy as np, qvarray as qv
    >>> x = qv.from_eigenvalues([1.0, 0.5], [0, 3], 2**40, basis="walsh")
    >>> file = io.BytesIO()
    >>> qv.save(file, x)
    >>> len(file.getvalue()) < 500
    True
    >>> qv.load(io.BytesIO(file.getvalue()))
    <VirtualQArray shape=(1099511627776,), dtype=float64, basis=walsh, active=2, stored=32 B, \
virtual=8.0 TiB>
    """
    if compression not in COMPRESSIONS:
        known = ", ".join(map(repr, COMPRESSIONS))
        raise ValueError(f"compression is {compression!r}, which is none of {known}")
    parts = _file(asarray(x).source, COMPRESSIONS[compression])
    if hasattr(file, "write"):
        write_all(cast("SupportsWrite", file), parts)
    else:
        replace_file(file, parts)


def load(file: str | os.PathLike[str] | SupportsRead) -> VirtualQArray:
    """Read an array that `save` wrote.

    Parameters
    ----------
    file : str, path, or binary file object
        It is read to the end of the array, and no further.

    Raises
    ------
    ValueError
        For a file that is not one of these, is cut off or damaged, or says what cannot be; the
        message has the byte and the cause.
    MaterializationError
        Where what is read, and what is made of it, is over the memory budget.

    See Also
    --------
    save

    Notes
    -----
    O(k log k) for k numbers that are stored.

    Examples
    --------
    >>> import io, qvarray as qv
    >>> qv.load(io.BytesIO(b"QVARRAY1"))
    Traceback (most recent call last):
        ...
    ValueError: not a file of qvarray.save, or cut off: at byte 8, the head ends too early
    """
    if hasattr(file, "read"):
        return VirtualQArray(_loaded(cast("SupportsRead", file)))
    with open(file, "rb") as opened:
        return VirtualQArray(_loaded(opened))


def _loaded(file: SupportsRead) -> Source:
    """Return what a file holds."""
    long, text = _read_header(file)
    reader = Reader([], b"", _HEADER_BYTE + len(text), _HEADER_BYTE)
    try:
        plain = decompressed("deflate", text, long)
        if len(plain) != long:
            raise ValueError("it has not the length that it states")
        header = json.loads(plain)
        reader.where = "streams"
        streams = [Stream(*entry) for entry in header["streams"]]
        for stream in streams:
            if min(map(as_integer, stream[1:])) < 0:
                raise ValueError("a stream of negative length")
        # What each use of a stream takes, and what is made of it, is counted when it comes to that.
        require_budget(sum(DECODING * stream.length + stream.stored for stream in streams), INSTEAD)
        wanted = sum(stream.stored for stream in streams)
        data = read_up_to(file, wanted)
        if len(data) != wanted:
            reader.byte = reader.start + len(data)
            raise ValueError(f"it is cut off: {wanted - len(data)} bytes are missing")
        reader = Reader(streams, data, reader.start, _HEADER_BYTE)
        return _source(reader, header)
    except MemoryError:
        raise
    except _REFUSED as error:
        raise ValueError(
            f"not a file that qvarray.load understands: {reader.place()}: {error}"
        ) from None


def _read_header(file: SupportsRead) -> tuple[int, bytes]:
    """Return the length of a header, and the header deflated, whose checksum is right."""
    head = read_up_to(file, _HEADER_BYTE)
    known = head[: len(MAGIC)]
    if re.fullmatch(rb"QVARRAY[0-9]", known) and known != MAGIC:
        raise ValueError(
            f"a file of qvarray.save in version {known[-1:].decode()} of the format: this "
            f"qvarray reads version {MAGIC[-1:].decode()}; a newer one may read it"
        )
    if not MAGIC.startswith(known):
        raise ValueError("not a file of qvarray.save: at byte 0, it begins with something else")
    if len(head) < _HEADER_BYTE:
        raise ValueError(
            f"not a file of qvarray.save, or cut off: at byte {len(head)}, the head ends too early"
        )
    short, long, checksum = _HEAD.unpack(head[len(MAGIC) :])
    if short > _LONGEST_HEADER or long > _LONGEST_HEADER:
        raise ValueError(
            f"not a file of qvarray.save: at byte {len(MAGIC)}, its header is longer than "
            f"{_LONGEST_HEADER} bytes"
        )
    text = read_up_to(file, short)
    if len(text) != short or zlib.crc32(text) != checksum:
        raise ValueError(
            f"not a file of qvarray.save: at byte {_HEADER_BYTE}, its header is damaged: its "
            "checksum does not fit"
        )
    return long, text


def _source(reader: Reader, header: Entry) -> Source:
    """Return what the header describes."""
    for place, entry in enumerate(header.get("nodes", ())):
        reader.nodes.append(_inside_out(reader, entry, f"nodes[{place}]"))
    found = _inside_out(reader, header["root"], "root")
    if not isinstance(found, Source):
        raise ValueError("it is no array")
    return found


def _inside_out(reader: Reader, root: object, where: str) -> object:
    """Read an entry, after those in it, however deep they lie in each other."""
    todo: list[tuple[Any, str]] = [(root, where)]
    order = []
    while todo:
        entry, name = todo.pop()
        order.append((entry, name))
        inner = entry.get("operands") if isinstance(entry, dict) else None
        for number, operand in enumerate(inner if isinstance(inner, list) else ()):
            if isinstance(operand, dict) and "operands" in operand:
                todo.append((operand, f"{name}.operands[{number}]"))
    for entry, name in reversed(order):
        reader.done[id(entry)] = Fields(reader, entry, name).decoded()
    return reader.done[id(root)]
