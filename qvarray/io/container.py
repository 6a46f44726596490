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
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from math import isfinite, prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..bases import as_basis
from ..core.budget import fits_budget, require_budget
from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import ELEMENT_KINDS, Array, Scalar, element_dtype, index_dtype, require_size
from ..creation.arrays import asarray
from ..sources.bitpacked import Bits, Listed
from ..sources.expression import Expression
from ..sources.packed import Packed
from ..sources.quantize import KINDS
from .streams import (
    DECODING,
    INSTEAD,
    Reader,
    Stream,
    Writer,
    as_dtype,
    as_integer,
    decoded,
    decompressed,
)

__all__ = ["MAGIC", "load", "save"]

#: What a header says of an array.
Entry = dict[str, Any]


class SupportsRead(Protocol):
    """A file that is open for reading bytes."""

    def read(self, size: int, /) -> bytes: ...


class SupportsWrite(Protocol):
    """A file that is open for writing bytes."""

    def write(self, data: bytes, /) -> object: ...


MAGIC = b"QVARRAY1"

_HEAD = struct.Struct("<III")
#: Bytes of a header, as it is and deflated.
_LONGEST_HEADER = 1 << 22
_LONGEST_NAME = 200
#: Bytes for each integer that is packed again: as int32 in two orders, and in bits.
_PACKING = 16
#: Bytes for each byte of the codes of packed integers while they are checked.
_CHECKING = 6


def _number(text: object) -> float:
    if not isinstance(text, str) or len(text) > _LONGEST_NAME:
        raise ValueError(f"not a number: {text!r}")
    return float.fromhex(text)


def _bound(entry: list[str] | None) -> ErrorBound | None:
    if entry is None:
        return None
    absolute, reference = map(_number, entry)
    if not (absolute >= 0.0 and reference >= 0.0):
        raise ValueError("an error bound is negative")
    return ErrorBound(absolute, reference)


def _bound_entry(error: ErrorBound | None) -> list[str] | None:
    return None if error is None else [float(part).hex() for part in error]


def _scalar_entry(value: Scalar | np.generic) -> list[str]:
    scalar = np.asarray(value)
    return [scalar.dtype.str, scalar.tobytes().hex()]


def _scalar(entry: list[str]) -> Any:
    dtype = as_dtype(entry[0])
    raw = bytes.fromhex(entry[1])
    if len(raw) != dtype.itemsize:
        raise ValueError("a number is cut off")
    return np.frombuffer(raw, dtype).astype(dtype.newbyteorder("="))[0]


# -- the kinds of arrays --------------------------------------------------------------------------


def _entry(writer: Writer, source: Source) -> Entry:
    """Describe an array for the header; write its streams."""
    if isinstance(source, Packed):
        return _packed_entry(writer, source)
    node = source.express()
    if isinstance(node, Expression):
        entry = _expression_entry(writer, node)
        if entry is not None:
            return entry
    return _spectrum_entry(writer, node.settle())


def _common(source: Spectrum | Packed) -> Entry:
    return {
        "shape": list(source.shape),
        "dtype": source.dtype.str,
        "bases": [basis.name for basis in source.bases],
        "error": _bound_entry(source.error),
    }


def _shape_of(entry: Entry) -> Entry:
    """Check the attributes that arrays of coefficients have."""
    shape = tuple(map(as_integer, entry["shape"]))
    if any(n < 0 for n in shape) or len(shape) > 64:
        raise ValueError(f"not a shape: {shape}")
    names = entry["bases"]
    if not all(isinstance(name, str) and len(name) <= _LONGEST_NAME for name in names):
        raise ValueError("not a name of a basis")
    bases = tuple(as_basis(name) for name in names)
    for basis, n in zip(bases, shape, strict=True):
        basis.check_length(n)
    return {
        "shape": shape,
        "dtype": element_dtype(as_dtype(entry["dtype"])),
        "bases": bases,
        "error": _bound(entry["error"]),
    }


def _spectrum_entry(writer: Writer, spectrum: Spectrum) -> Entry:
    indices = spectrum.active_indices
    gaps = None if indices is None else np.diff(indices, prepend=indices.dtype.type(0))
    return {
        "kind": "spectrum",
        **_common(spectrum),
        "values": writer.array(spectrum.eigenvalues),
        "gaps": None if gaps is None else writer.array(gaps),
        "fill": _scalar_entry(spectrum.fill_value),
        "diagonal": spectrum.diagonal,
    }


def _spectrum(reader: Reader, entry: Entry) -> Spectrum:
    values = reader.array(entry["values"])
    gaps = None if entry["gaps"] is None else reader.array(entry["gaps"])
    fill, diagonal = _scalar(entry["fill"]), entry["diagonal"] is True
    common = _shape_of(entry)
    shape, dtype, bases = common["shape"], common["dtype"], common["bases"]
    if diagonal and (len(shape) != 2 or shape[0] != shape[1] or bases[1] != bases[0].conjugate):
        raise ValueError("not the shape of an operator")
    space = shape[:1] if diagonal else shape
    require_size(space)
    indices = None if gaps is None else _indices(reader, gaps, prod(space))
    out = Spectrum(
        shape, dtype, bases, values, indices, fill, diagonal=diagonal, error=common["error"]
    )
    whole = out.space if indices is None else indices.size
    proper = (
        values.size == whole
        and fill.dtype == dtype
        and (out.is_standard or fill == 0)
        and (values.dtype == dtype if out.is_standard else values.dtype.kind in "fc")
        and (out.is_standard or diagonal or dtype.kind in "fc")
    )
    if not proper:
        raise ValueError("eigenvalues, indices and shape do not fit together")
    return out


def _indices(reader: Reader, gaps: Array, space: int) -> Array:
    """Sum up the distances of sorted indices in ``range(space)``: [1, 2] to [1, 3]."""
    dtype = index_dtype(space)
    reader.take(gaps.size * (dtype.itemsize + 1))
    if gaps.dtype.kind not in "iu":
        raise ValueError("indices that are no integers")
    indices = np.cumsum(gaps, dtype=dtype)
    # Each distance fits, so that the first index to pass the largest integer is negative.
    if gaps.size and not (
        gaps[0] >= 0
        and gaps[1:].all()
        and gaps.min() >= 0
        and int(gaps.max()) < space
        and indices.min() >= 0
        and int(indices[-1]) < space
    ):
        raise ValueError("eigenvalues, indices and shape do not fit together")
    return indices


def _listed_entry(writer: Writer, listed: Listed) -> Entry:
    return {
        "form": "listed",
        "how": listed.how,
        "where": writer.array(listed.where),
        "values": writer.array(listed.values),
    }


def _turned(values: Array, block: int) -> Array:
    """Order the numbers of a scan by their place in their block: like numbers become neighbours."""
    whole = values.size - values.size % block
    return np.concatenate([values[:whole].reshape(-1, block).T.reshape(-1), values[whole:]])


def _turned_back(values: Array, block: int) -> Array:
    whole = values.size - values.size % block
    return np.concatenate([values[:whole].reshape(block, -1).T.reshape(-1), values[whole:]])


def _bits_entry(writer: Writer, packed: Packed, bits: Bits) -> Entry:
    plain: dict[str, Array] = {"codes": bits.codes, "data": bits.data}
    if not fits_budget(bits.size * 16):
        return writer.shortest({"form": "bits", "group": bits.group}, [plain])
    block = packed.scan.block
    values = _turned(bits.read(0, bits.size), block)
    large = np.abs(values) > 127
    small = np.where(large, -128, values).astype(np.int8)
    turned: dict[str, Array] = {"small": small, "large": values[large].astype(np.int16)}
    return writer.shortest({"form": "bits", "group": bits.group, "block": block}, [plain, turned])


def _packed_entry(writer: Writer, packed: Packed) -> Entry:
    store, escapes = packed.store, packed.escapes
    return {
        "kind": "packed",
        **_common(packed),
        "storage": packed.kind,
        "step": packed.step.hex(),
        "exponent": packed.exponent,
        "store": _listed_entry(writer, store)
        if isinstance(store, Listed)
        else _bits_entry(writer, packed, store),
        "escapes": None if escapes is None else _listed_entry(writer, escapes),
    }


def _listed(reader: Reader, entry: Entry, size: int, kinds: tuple[str, ...]) -> Listed:
    how = entry["how"]
    if entry["form"] != "listed" or how not in ("all", "mask", "gaps"):
        raise ValueError("not a list of values")
    out = Listed(size, how, reader.array(entry["where"]), reader.array(entry["values"]))
    if out.where.dtype.kind != "u" or out.values.dtype.name not in kinds:
        raise ValueError("values or places of another dtype than they should have")
    if how == "all" and out.values.size != size:
        raise ValueError("values and their places do not fit together")
    reader.take(out.places_nbytes)
    out.check()
    return out


def _bits(reader: Reader, entry: Entry, size: int) -> Bits:
    group = as_integer(entry["group"])
    if group not in (8, 16, 32):
        raise ValueError(f"groups of {group}")
    if entry["form"] != "bits":
        raise ValueError(f"unknown form {entry['form']!r}")
    if "codes" in entry:
        bits = Bits(size, group, reader.array(entry["codes"]), reader.array(entry["data"]))
        if bits.codes.dtype != np.uint8 or bits.data.dtype != np.uint8:
            raise ValueError("packed integers of another dtype than bytes")
        reader.take(_CHECKING * bits.codes.size)
    else:
        small, others = reader.array(entry["small"]), reader.array(entry["large"])
        reader.take(_PACKING * small.size)
        values = small.astype(np.int32)
        large, block = values == -128, as_integer(entry["block"])
        if values.size != size or np.count_nonzero(large) != others.size or block < 1:
            raise ValueError("packed integers are cut off")
        if others.dtype.kind != "i" or others.dtype.itemsize > 2:
            raise ValueError("packed integers of more than 16 bits")
        values[large] = others
        bits = Bits.of(_turned_back(values, block), (group,))
    bits.check()
    return bits


def _packed(reader: Reader, entry: Entry) -> Packed:
    common = _shape_of(entry)
    require_size(common["shape"])
    kind, step, exponent = entry["storage"], _number(entry["step"]), as_integer(entry["exponent"])
    if kind not in KINDS or not isfinite(step) or abs(exponent) > 1 << 14:
        raise ValueError("not a way to store eigenvalues")
    if common["dtype"].kind not in "fc":
        raise ValueError(f"packed elements of dtype {common['dtype']}")
    blank = Packed(
        **common,
        kind=kind,
        step=step,
        exponent=exponent,
        store=Listed(0, "all", np.zeros(0, np.uint8), np.zeros(0)),
        escapes=None,
    )
    size, store = blank.scan.size, entry["store"]
    is_list = store["form"] == "listed"
    if not is_list and not kind.startswith("int"):
        raise ValueError("packed integers that are none")
    escapes = None
    if entry["escapes"] is not None:
        escapes = _listed(reader, entry["escapes"], size, ("int16", "int32"))
    return Packed(
        **common,
        kind=kind,
        step=step,
        exponent=exponent,
        store=_listed(reader, store, size, (kind,)) if is_list else _bits(reader, store, size),
        escapes=escapes,
    )


def _expression_entry(writer: Writer, node: Expression) -> dict[str, Any] | None:
    """Describe an expression of NumPy's own ufuncs without keyword arguments; None for others."""
    name = node.ufunc.__name__
    begun = len(writer.streams)
    if getattr(np, name, None) is not node.ufunc or node.kwargs:
        return None
    operands: list[Any] = []
    for operand in node.operands:
        if isinstance(operand, Spectrum):
            operands.append(_spectrum_entry(writer, operand))
        elif isinstance(operand, Expression):
            entry = _expression_entry(writer, operand)
            if entry is None:
                break
            operands.append(entry)
        elif isinstance(operand, np.generic) and operand.dtype.kind in ELEMENT_KINDS:
            operands.append({"kind": "scalar", "value": _scalar_entry(operand)})
        elif isinstance(operand, (bool, int, float)):
            # The types of Python: NumPy finds the dtype of the result by them.
            text = operand.hex() if isinstance(operand, float) else str(int(operand))
            operands.append({"kind": type(operand).__name__, "value": text})
        else:
            break
    if len(operands) < len(node.operands):
        del writer.streams[begun:], writer.parts[begun:]
        return None
    return {"kind": "ufunc", "name": name, "which": node.which, "operands": operands}


def _expression(reader: Reader, entry: Entry) -> Source:
    ufunc = getattr(np, entry["name"], None) if isinstance(entry["name"], str) else None
    if not isinstance(ufunc, np.ufunc) or ufunc.signature is not None:
        raise ValueError(f"not a ufunc: {entry['name']!r}")
    operands = [_operand(reader, operand) for operand in entry["operands"]]
    which = as_integer(entry["which"])
    if len(operands) != ufunc.nin or not 0 <= which < ufunc.nout:
        raise ValueError(f"not a call of {ufunc.__name__}")
    wrapped = [VirtualQArray(x) if isinstance(x, Source) else x for x in operands]
    out: Any = ufunc(*wrapped)
    out = out[which] if isinstance(out, tuple) else out
    node = asarray(out).source.express()
    if isinstance(node, Spectrum):  # computed at once
        reader.take(node.nbytes)
    return node


def _operand(reader: Reader, entry: Entry) -> Any:
    kind = entry["kind"]
    if kind == "scalar":
        return _scalar(entry["value"])
    if kind == "float":
        return _number(entry["value"])
    if kind in ("int", "bool"):
        if not re.fullmatch(r"-?\d{1,40}", entry["value"]):
            raise ValueError("not an integer")
        value = int(entry["value"])
        return bool(value) if kind == "bool" else value
    return _KINDS[kind](reader, entry)


_KINDS: dict[str, Callable[[Reader, Any], Any]] = {
    "spectrum": _spectrum,
    "packed": _packed,
    "ufunc": _expression,
}


# -- files ----------------------------------------------------------------------------------------


def _file(writer: Writer, root: Entry) -> bytes:
    """Put a file together: its head, its header and its streams."""
    header = {"root": root, "streams": [list(stream) for stream in writer.streams]}
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    if len(text) > _LONGEST_HEADER:
        raise ValueError("the expression is too large to be saved; save its compute()")
    short = zlib.compress(text, 9)
    head = _HEAD.pack(len(short), len(text), zlib.crc32(short))
    return b"".join([MAGIC, head, short, *writer.parts])


def save(file: str | os.PathLike[str] | SupportsWrite, x: ArrayLike) -> None:
    """Write an array to a file, as what is stored of it.

    Parameters
    ----------
    file : str, path, or binary file object
        A path is written beside its place and then moved there: no half of a file is left.
    x : VirtualQArray or array_like

    Raises
    ------
    MaterializationError
        For an expression with functions other than NumPy's ufuncs, whose elements are over the
        memory budget: all others are saved as expressions.
    TypeError
        For elements that are not numbers.

    See Also
    --------
    load

    Notes
    -----
    Streams are coded by deflate, bzip2 or LZMA, whichever is shortest; eigenvalues that are
    packed as integers in the order of their frequencies.

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
    writer = Writer()
    data = _file(writer, _entry(writer, asarray(x).source))
    if hasattr(file, "write"):
        file.write(data)
        return
    path = os.fspath(file)
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o666 & ~umask)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def load(file: str | os.PathLike[str] | SupportsRead) -> VirtualQArray:
    """Read an array that `save` wrote.

    Parameters
    ----------
    file : str, path, or binary file object

    Raises
    ------
    ValueError
        For a file that is not one of these, is cut off or damaged, or says what cannot be.
    MaterializationError
        Where what is read, and what is made of it, is over the memory budget.

    See Also
    --------
    save
    """
    if not hasattr(file, "read"):
        with open(file, "rb") as opened:
            return load(opened)
    head = file.read(len(MAGIC) + _HEAD.size)
    if len(head) < len(MAGIC) + _HEAD.size or not head.startswith(MAGIC):
        raise ValueError("not a file of qvarray.save, or cut off")
    short, long, checksum = _HEAD.unpack(head[len(MAGIC) :])
    if short > _LONGEST_HEADER or long > _LONGEST_HEADER:
        raise ValueError("not a file of qvarray.save: its header is too long")
    text = decoded(Stream("raw", short, short, checksum), file.read(short))
    try:
        plain = decompressed("deflate", text, long)
        if len(plain) != long:
            raise ValueError("its header has not the length that it states")
        header = json.loads(plain)
        streams = [Stream(*entry) for entry in header["streams"]]
        for stream in streams:
            if min(map(as_integer, stream[1:])) < 0:
                raise ValueError("a stream of negative length")
        # What each use of a stream takes, and what is made of it, is counted when it comes to that.
        require_budget(sum(DECODING * stream.length + stream.stored for stream in streams), INSTEAD)
        wanted = sum(stream.stored for stream in streams)
        data = file.read(wanted)
        if len(data) != wanted:
            raise ValueError(f"it is cut off: {wanted - len(data)} bytes are missing")
        return VirtualQArray(_KINDS[header["root"]["kind"]](Reader(streams, data), header["root"]))
    except MemoryError:
        raise
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
        zlib.error,
    ) as error:
        raise ValueError(f"not a file that qvarray.load understands: {error}") from None
