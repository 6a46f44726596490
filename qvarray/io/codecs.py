"""Codes of streams in files: pcodec for numbers; deflate, bzip2, LZMA or none for their bytes."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pcodec import ChunkConfig, PagingSpec, wrapped

from ..core.values import Array
from ..kernels import threads

#: The codes that `save` knows, by their names there, and their names in files.
COMPRESSIONS = {
    "pcodec": "pcodec",
    "deflate": "deflate",
    "bzip2": "bzip2",
    "lzma": "lzma",
    "none": "plain",
}

#: Whether a long double is one of 80 bits in more bytes than these.
_IS_PADDED = np.finfo(np.longdouble).nmant == 63
_OF_EXTENDED = 10


class Stream(NamedTuple):
    """Bytes in a file: how they are coded, their lengths, and a CRC-32.

    The checksum is that of the bytes that they stand for; with pcodec, of its version and table of
    pieces, which has the checksum of each.
    """

    codec: str
    length: int
    stored: int
    checksum: int


# -- bytes by their significance ------------------------------------------------------------------

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
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "deflate": lambda data: zlib.compress(data, 9),
    "bzip2": lambda data: bz2.compress(data, 9),
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_RAW, filters=_LZMA),
}
_DECODERS: dict[str, Callable[[], Any]] = {
    "deflate": zlib.decompressobj,
    "bzip2": bz2.BZ2Decompressor,
    "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_LZMA),
}


def little_endian(values: Array) -> NDArray[np.uint8]:
    """Return the bytes of numbers, lowest first, shape (n, itemsize): zeros where none has any."""
    plain = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<"), copy=False))
    out = plain.view(np.uint8).reshape(-1, plain.dtype.itemsize)
    if plain.dtype.char in "gG" and _IS_PADDED:
        # What lies between them may be anything.
        out = out.reshape(-1, np.dtype(np.longdouble).itemsize).copy()
        out[:, _OF_EXTENDED:] = 0
    return out.reshape(-1, plain.dtype.itemsize)


def decompressed(codec: str, data: bytes | memoryview, length: int) -> bytes:
    """Decompress at most ``length + 1`` bytes; raise ValueError unless they are all of `data`."""
    if codec not in _DECODERS:
        raise ValueError(f"unknown code {codec!r}")
    decoder = _DECODERS[codec]()
    out: bytes = decoder.decompress(data, length + 1)
    if not decoder.eof or decoder.unused_data:
        raise ValueError("a stream is damaged: it does not end where it should")
    return out


# -- numbers --------------------------------------------------------------------------------------

#: Numbers that are coded together, and that a thread takes at a time.
_PIECE = 1 << 18
_LEVEL = 6
_CONFIG = ChunkConfig(
    compression_level=_LEVEL,
    paging_spec=PagingSpec.equal_pages_up_to(_PIECE),
    enable_8_bit=True,
)
#: Bytes of the version of pcodec's format, which comes first.
_VERSION = 2
#: What the table has for each piece: the lengths of its metadata and of its numbers, and the CRC-32
#: of both.
_ROW = struct.Struct("<III")
#: What pcodec makes of a kind of dtype, and of how many numbers one of that is.
_MADE_OF = {
    "b": ("u", 1),
    "u": ("u", 1),
    "i": ("i", 1),
    "f": ("f", 1),
    "c": ("f", 2),
    "m": ("i", 1),
    "M": ("i", 1),
}
_WIDEST = 8
#: Modes of pcodec, and a kind of its differences, as its format numbers them.
_CLASSIC, _INT_MULT, _FLOAT_MULT, _FLOAT_QUANT, _DICTIONARY = range(5)
_LOOKBACK = 2


def _number_of(dtype: np.dtype[Any]) -> tuple[np.dtype[Any], int] | None:
    """Return what pcodec takes elements of a dtype as, and how many for each; None for none."""
    kind, parts = _MADE_OF[dtype.kind]
    if dtype.itemsize > _WIDEST * parts:
        return None
    return np.dtype(f"{kind}{dtype.itemsize // parts}"), parts


def _pieces(size: int) -> list[tuple[int, int, int]]:
    """Return the number of each piece, and where in the numbers it begins and ends."""
    return [
        (place, start, min(size, start + _PIECE))
        for place, start in enumerate(range(0, size, _PIECE))
    ]


def _packed(values: Array, number: np.dtype[Any], parts: int) -> tuple[bytes, bytes]:
    """Code numbers, real parts before imaginary ones; return the head alone, too."""
    native = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("="), copy=False))
    numbers = np.ascontiguousarray(native.view(number).reshape(-1, parts).T).reshape(-1)
    file = wrapped.FileCompressor()
    pieces = _pieces(numbers.size)
    rows, written = [b""] * len(pieces), [b""] * len(pieces)

    def write(place: int, start: int, stop: int) -> None:
        chunk = file.chunk_compressor(numbers[start:stop], _CONFIG)
        meta, page = chunk.write_meta(), chunk.write_page(0)
        written[place] = meta + page
        rows[place] = _ROW.pack(len(meta), len(page), zlib.crc32(written[place]))

    threads.run(write, pieces)
    head = file.write_header() + b"".join(rows)
    return head, b"".join([head, *written])


def _unpacked(data: memoryview, dtype: np.dtype[Any], length: int, checksum: int) -> Array:
    """Decode what `_packed` made, into memory of the length that is stated."""
    found = _number_of(dtype)
    if found is None:
        raise ValueError(f"{dtype} is no dtype for pcodec")
    number, parts = found
    size = length // number.itemsize
    begin = _VERSION + _ROW.size * -(-size // _PIECE)
    if len(data) < begin:
        raise ValueError("a stream is damaged: it ends too early")
    _check_sum(data[:begin], checksum)
    rows = list(_ROW.iter_unpack(data[_VERSION:begin]))
    cuts = list(accumulate((meta + page for meta, page, _ in rows), initial=begin))
    if cuts[-1] != len(data):
        raise ValueError("a stream is damaged: it does not end where it should")
    numbers = np.empty(size, number)
    file = _answer(wrapped.FileDecompressor.new, bytes(data[:_VERSION]))[0]
    name = f"{number.kind}{8 * number.itemsize}"

    def read(place: int, start: int, stop: int) -> None:
        long, short, checksum = rows[place]
        piece = data[cuts[place] : cuts[place + 1]]
        _check_sum(piece, checksum)
        meta, page, to = bytes(piece[:long]), bytes(piece[long:]), numbers[start:stop]
        _check_tables(meta, number.itemsize)
        chunk, used = _answer(file.chunk_decompressor, meta, name)
        progress, more = _answer(chunk.read_page_into, page, to.size, to)
        if progress.n_processed != to.size or (used, more) != (long, short):
            raise ValueError("a stream is damaged: it does not end where it should")

    threads.run(read, _pieces(size))
    values: Array = np.ascontiguousarray(numbers.reshape(parts, -1).T).reshape(-1)
    return values.view(dtype.newbyteorder("="))


def _check_tables(meta: bytes, itemsize: int) -> None:
    """Refuse tables that pcodec would make before it reads on, however few numbers there are."""
    mode = meta[0] & 15 if meta else _CLASSIC
    if mode == _DICTIONARY:
        raise ValueError("a stream is damaged: nothing is written with a dictionary")
    skipped = {_INT_MULT: itemsize, _FLOAT_MULT: itemsize, _FLOAT_QUANT: 1}.get(mode, 0)
    delta = int.from_bytes(meta[skipped : skipped + 2], "little") >> 4
    if delta & 15 == _LOOKBACK and 2 << (delta >> 4 & 31) > _PIECE:
        raise ValueError("a stream is damaged: it looks back behind its beginning")


def _answer(call: Callable[..., Any], *arguments: Any) -> Any:
    """Return what pcodec answers; what it raises for data that it did not write is a ValueError."""
    try:
        return call(*arguments)
    except RuntimeError as error:
        raise ValueError(f"a stream is damaged: {error}") from None
    except BaseException as error:
        # What Rust calls a panic is none of Python's exceptions.
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("a stream is damaged: pcodec cannot read it") from None


# -- streams --------------------------------------------------------------------------------------


#: Bytes of streams that are deflated too, which takes no time: lists of masks are shorter then.
_SHORT = 1 << 11


def coded(values: Array, codec: str) -> tuple[Stream, bytes | memoryview]:
    """Code numbers, or leave them as they are, in their own memory, where that is shorter.

    Parameters
    ----------
    values : ndarray, shape (n,)
    codec : str
        One of the names in files. In place of pcodec it may be deflate: for few numbers where that
        is shorter, and for those that pcodec does not take.
    """
    length = values.size * values.dtype.itemsize
    numbers = _number_of(values.dtype) if codec == "pcodec" else None
    forms: list[tuple[Stream, bytes | memoryview]] = []
    if numbers is not None:
        head, data = _packed(values, *numbers)
        forms.append((Stream(codec, length, len(data), zlib.crc32(head)), data))
    if not forms or length <= max(_SHORT, forms[0][0].stored):
        little = little_endian(values)
        names = {codec} & _ENCODERS.keys()
        if codec == "pcodec" and (not forms or length <= _SHORT):
            names = {"deflate"}
        for name in names:
            planes = little.T.tobytes()
            data = _ENCODERS[name](planes)
            forms.append((Stream(name, length, len(data), zlib.crc32(planes)), data))
        if not forms or length < min(stream.stored for stream, _ in forms):
            plain = little.reshape(-1).data
            forms.append((Stream("plain", length, length, zlib.crc32(plain)), plain))
    return min(forms, key=lambda form: form[0].stored)


def decoded(stream: Stream, data: bytes | memoryview, dtype: np.dtype[Any]) -> Array:
    """Decode a stream as numbers of a dtype; never to more than it says, and from all of its own.

    Raises
    ------
    ValueError
        For a stream that is damaged, or that holds something else.
    """
    if stream.codec == "pcodec":
        return _unpacked(memoryview(data), dtype, stream.length, stream.checksum)
    is_plain = stream.codec == "plain"
    try:
        # Older files have bytes by their significance that are not compressed, too.
        is_kept = is_plain or stream.codec == "raw"
        out = data if is_kept else decompressed(stream.codec, data, stream.length)
    except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
        raise ValueError(f"a stream is damaged: {error}") from None
    if len(out) != stream.length:
        raise ValueError("a stream is damaged: its length is not the one that is stated")
    _check_sum(out, stream.checksum)
    numbers = np.frombuffer(out, np.uint8)
    numbers = numbers if is_plain else numbers.reshape(dtype.itemsize, -1).T
    values: Array = np.array(numbers, order="C").reshape(-1).view(dtype)
    return values.astype(dtype.newbyteorder("="), copy=False)


def _check_sum(data: bytes | memoryview, checksum: int) -> None:
    if zlib.crc32(data) != checksum:
        raise ValueError("a stream is damaged: its checksum does not fit")
