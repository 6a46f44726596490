"""Files that are changed at random, with checksums that fit: what `load` must answer or refuse.

``python -m tests.io.mutations COUNT SEED`` makes that many, and says what became of them.
"""

from __future__ import annotations

import json
import random
import struct
import sys
import time
import tracemalloc
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import numpy as np

import qvarray as qv
from qvarray.io.codecs import Stream, decoded, little_endian

from .golden import DATA

__all__ = ["campaign", "parts_of", "put_together"]

BUDGET = 1 << 22
#: What loading may take beside the budget: the header, as objects of Python.
_BESIDE = 1 << 21
#: Arrays of up to so many elements are looked at as a whole.
_ALL = 1 << 12
#: Expressions of more are not summed: their pages would be walked over for minutes.
_WALK = 1 << 18

#: What calls may raise, as NumPy may: for a number that a function does not take, an overflow, or
#: expressions that are deeper than Python's stack.
_REFUSED = (ValueError, TypeError, ArithmeticError, RecursionError, qv.MaterializationError)

_NUMBERS = [
    0, 1, -1, 2, 3, 7, 8, 12, 16, 31, 32, 48, 63, 64, 255, 256, 512, 2**15, 2**16, 2**24, 2**28,
    2**31 - 1, 2**31, 2**32, 2**40, 2**53, 2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**64, 10**30,
]  # fmt: skip
_WORDS = [
    "", "x", "gaps", "mask", "all", "spectrum", "packed", "ufunc", "call", "state", "node", "none",
    "text", "list", "add", "exp", "where", "choose", "divmod", "matmul", "load", "raw", "deflate",
    "0x1p+3", "-0x1p-3", "inf", "nan", "<f8", "<i8", "<u8", "|u1", "|i1", "<c16", "<f4", "<i2",
    "|b1", "walsh", "standard", "fourier", "cosine", "haar", "blocked(cosine, 8)", "kron(walsh, 2)",
    "constant", "int8", "float32", "project", "unitary", "float", "int", "7", "123456789012",
]  # fmt: skip


def parts_of(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return the header of a file, and its streams decoded, by the significance of their bytes."""
    header, stored = stored_of(data)
    dtypes = {
        entry["at"]: entry["dtype"]
        for node, name in _places(header)
        if isinstance(entry := node[name], dict) and "at" in entry
    }
    streams = []
    for number, (one, kept) in enumerate(zip(header["streams"], stored, strict=True)):
        values = decoded(Stream(*one), kept, np.dtype(dtypes.get(number, "|u1")))
        streams.append(little_endian(values).T.tobytes())
    return header, streams


def stored_of(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return the header of a file, and its streams as they are stored."""
    short, _, _ = struct.unpack("<III", data[8:20])
    header = json.loads(zlib.decompress(data[20 : 20 + short]))
    streams, begin = [], 20 + short
    for _, _, stored, _ in header["streams"]:
        streams.append(data[begin : begin + stored])
        begin += stored
    return header, streams


def put_together(header: dict[str, Any], streams: list[bytes]) -> bytes:
    """Return a file whose checksums fit, its streams as they are."""
    listed = [["raw", len(one), len(one), zlib.crc32(one)] for one in streams]
    return _file({**header, "streams": header.get("streams", listed)}, streams)


def _file(header: dict[str, Any], streams: list[bytes]) -> bytes:
    text = json.dumps(header).encode()
    short = zlib.compress(text, 1)
    head = struct.pack("<III", len(short), len(text), zlib.crc32(short))
    return b"".join([b"QVARRAY1", head, short, *streams])


#: Bytes of pcodec's version, and of what its table has of a piece, whose last four are a checksum.
_VERSION, _ROW = 2, 12


def resummed(stored: bytes) -> tuple[bytes, int]:
    """Return a stream of pcodec, of one piece, with checksums that fit."""
    out = bytearray(stored)
    begin = _VERSION + _ROW
    if len(out) >= begin:
        out[begin - 4 : begin] = struct.pack("<I", zlib.crc32(out[begin:]))
    return bytes(out), zlib.crc32(out[:begin])


# -- changes --------------------------------------------------------------------------------------


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every field of a header, as what has it and its name."""
    items = list(node.items() if isinstance(node, dict) else enumerate(node))
    for name, value in items:
        yield node, name
        if isinstance(value, (dict, list)):
            yield from _places(value)


def _value(rng: random.Random, old: Any, others: list[Any]) -> Any:
    kind = rng.randrange(8)
    if kind == 0 and type(old) is int:
        return old + rng.choice([-2, -1, 1, 2, 64, -64])
    if kind < 3:
        return rng.choice(_NUMBERS) * rng.choice([1, 1, 1, -1])
    if kind < 5:
        return rng.choice(_WORDS)
    if kind == 5:
        return rng.choice([None, True, False, [], {}, 0.5, [1], ["<f8", "00"], [2, 2]])
    return rng.choice(others)


def _changed_bytes(rng: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        kind = rng.randrange(6)
        at = rng.randrange(len(out)) if out else 0
        if kind == 0:
            del out[at : at + rng.choice([1, 2, 8, 100])]
        elif kind == 1:
            out[at:at] = bytes(rng.choice([1, 4, 8, 64]))
        elif out:
            out[at] = rng.choice([0, 1, 127, 128, 255, rng.randrange(256), out[at] ^ 1])
    return bytes(out)


def _mutated(rng: random.Random, files: list[bytes], parsed: list[Any]) -> bytes:
    number = rng.randrange(len(files))
    kind = rng.random()
    if kind < 0.1:
        return _changed_bytes(rng, files[number])
    if kind < 0.4 and any(codec == "pcodec" for codec, *_ in parsed[number][0]["streams"]):
        return _recoded(rng, files[number])
    header, streams = json.loads(json.dumps(parsed[number][0])), list(parsed[number][1])
    if rng.random() < 0.9:
        del header["streams"]
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if streams and rng.random() < 0.4:
            place = rng.randrange(len(streams))
            streams[place] = _changed_bytes(rng, streams[place])
            continue
        places = list(_places(header))
        if not places:
            break
        other = json.loads(json.dumps(rng.choice(parsed)[0])) if rng.random() < 0.3 else header
        node, name = rng.choice(places)
        values = [where[key] for where, key in _places(other)]
        if rng.random() < 0.1 and isinstance(node, dict):
            del node[name]
        else:
            node[name] = json.loads(json.dumps(_value(rng, node[name], values)))
    return put_together(header, streams)


def _recoded(rng: random.Random, data: bytes) -> bytes:
    """Change what pcodec wrote, or its lengths, and let the checksums fit."""
    header, stored = stored_of(data)
    places = [at for at, (codec, *_) in enumerate(header["streams"]) if codec == "pcodec"]
    at = rng.choice(places)
    changed = bytearray(_changed_bytes(rng, stored[at]))
    if rng.random() < 0.5 and len(changed) > _VERSION + _ROW + 8:
        # Where it says how the numbers are coded.
        changed[_VERSION + _ROW + rng.randrange(8)] = rng.randrange(256)
    if rng.random() < 0.8:
        # Its length is the one that its table has.
        meta = struct.unpack("<I", (changed + bytes(8))[_VERSION : _VERSION + 4])[0]
        page = max(0, len(changed) - _VERSION - _ROW - meta)
        changed[_VERSION + 4 : _VERSION + 8] = struct.pack("<I", page)
    stored[at], checksum = resummed(bytes(changed))
    codec, length, _, _ = header["streams"][at]
    if rng.random() < 0.2:
        length = max(0, length + rng.choice([-8, 8, 64, 2**20, -length + 8]))
    header["streams"][at] = [codec, length, len(stored[at]), checksum]
    return _file(header, stored)


# -- what must hold -------------------------------------------------------------------------------


def _calls(y: qv.VirtualQArray, rng: random.Random) -> Iterator[Callable[[], Any]]:
    """What is done with an array that was loaded."""
    yield lambda: repr(y)
    yield lambda: y.nbytes
    yield lambda: y.spectrum.check()
    if y.size:
        yield lambda: y[tuple(rng.randrange(n) for n in y.shape)]
    if not y.source.is_paged or y.size <= _WALK:
        yield lambda: np.sum(y)
    yield lambda: y + 1
    if y.ndim:
        yield lambda: y[..., :3]
    if y.ndim == 2 and y.shape[1]:
        yield lambda: y @ qv.from_eigenvalues([1.0], [0], y.shape[1], basis="standard")
    if y.shape == (2,) * y.ndim and y.ndim:
        yield lambda: qv.gates.h(qv.gates.cx(y, 0, y.ndim - 1), 0).source.at(np.arange(2))


def _agrees(y: qv.VirtualQArray) -> None:
    """An array is the same however it is read."""
    dense = y.todense()
    if not np.isfinite(dense).all():
        return
    found = y.source.at(np.arange(y.size)).reshape(y.shape)
    # Squares of larger ones overflow, in files as elsewhere.
    size = max(float(np.abs(one).astype(float).sum()) for one in (dense, found))
    if size < 1e100:
        # Numbers below the smallest normal one have no digits to agree in.
        atol = 1e-6 * size + np.finfo(float).tiny
        assert np.allclose(found, dense, rtol=1e-6, atol=atol), "elements differ"
        if dense.dtype.kind in "fc" and dense.dtype.itemsize > 7:
            assert np.allclose(np.sum(y), np.sum(dense), rtol=1e-6, atol=atol), "sums differ"


def _result(data: bytes, rng: random.Random, is_traced: bool) -> str:
    """Load a file and use what comes; return what became of it."""
    if is_traced:
        tracemalloc.start()
    try:
        y = qv.load(BytesIO(data))
    except qv.MaterializationError:
        return "over the budget"
    except ValueError as error:
        words = str(error)
        said = "qvarray" in words and ("at byte" in words or "version" in words)
        return "refused" if said else f"refused without a place: {words}"
    finally:
        if is_traced:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < BUDGET + _BESIDE, f"load took {peak} bytes"
    refused = 0
    for call in _calls(y, rng):
        try:
            call()
        except _REFUSED:
            refused += 1
    if y.size <= _ALL and y.source.error is None:
        try:
            _agrees(y)
        except _REFUSED:
            refused += 1
    return "read, with calls refused" if refused else "read"


def campaign(count: int, seed: int, slow: float = float("inf")) -> Counter[str]:
    """Change, load and use some files; raise AssertionError with the file where that goes wrong.

    Parameters
    ----------
    count, seed : int
    slow : float
        Seconds after which a file is counted as slow.
    """
    rng = random.Random(seed)
    files = [path.read_bytes() for path in sorted(DATA.glob("*.qv"))]
    parsed = [parts_of(data) for data in files]
    counts: Counter[str] = Counter()
    with qv.options(memory_budget=BUDGET), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(count):
            data = _mutated(rng, files, parsed)
            begin = time.perf_counter()
            try:
                counts[_result(data, rng, number % 16 == 0)] += 1
            except Exception as error:
                raise AssertionError(f"{type(error).__name__}: {error}: {data.hex()}") from error
            if time.perf_counter() - begin > slow:
                counts["slow"] += 1
                print("slow", round(time.perf_counter() - begin, 1), data.hex(), file=sys.stderr)
    return counts


if __name__ == "__main__":
    print(dict(campaign(int(sys.argv[1]), int(sys.argv[2]), 10.0)))
