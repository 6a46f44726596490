"""Packed arrays in files: their integers in bits, or by their place in a block; lists of values."""

from __future__ import annotations

import numpy as np

from ..core.budget import fits_budget
from ..core.values import Array, require_size
from ..sources.bitpacked import Bits, Listed
from ..sources.packed import Packed
from ..sources.packed_sum import PackedSum
from ..sources.quantize import KINDS
from .fields import Fields
from .kinds import Entry, Packer, described, reads, writes
from .saved_spectra import attributes

__all__: list[str] = []

#: Bytes for each integer that is packed again: as int32 in two orders, and in bits.
_PACKING = 16
#: Bytes for each byte of the codes of packed integers while they are checked.
_CHECKING = 6
_LARGEST_EXPONENT = 1 << 14
#: Rows and columns of what is transposed at a time.
_TILE = 512


@writes(Packed, "packed")
def _write_packed(packer: Packer, packed: Packed) -> Entry:
    store, escapes = packed.store, packed.escapes
    return {
        **described(packed.shape, packed.dtype, packed.bases, packed.error),
        "storage": packed.kind,
        "step": packed.step.hex(),
        "exponent": packed.exponent,
        "store": _listed_entry(packer, store)
        if isinstance(store, Listed)
        else _bits_entry(packer, packed, store),
        "escapes": None if escapes is None else _listed_entry(packer, escapes),
    }


def _listed_entry(packer: Packer, listed: Listed) -> Entry:
    return {
        "form": "listed",
        "how": listed.how,
        "where": packer.array(listed.where),
        "values": packer.array(listed.values),
    }


def _turned(values: Array, block: int) -> Array:
    """Order the numbers of a scan by their place in their block: like numbers become neighbours."""
    return _transposed(values, values.size // block, block)


def _turned_back(values: Array, block: int) -> Array:
    return _transposed(values, block, values.size // block)


def _transposed(values: Array, rows: int, columns: int) -> Array:
    """Transpose a matrix of numbers; what is behind it stays there."""
    whole = rows * columns
    out = np.empty_like(values)
    matrix, turned = values[:whole].reshape(rows, columns), out[:whole].reshape(columns, rows)
    for i in range(0, rows, _TILE):
        for j in range(0, columns, _TILE):
            # A copy has its rows side by side, where the cache holds them all.
            turned[j : j + _TILE, i : i + _TILE] = matrix[i : i + _TILE, j : j + _TILE].copy().T
    out[whole:] = values[whole:]
    return out


def _bits_entry(packer: Packer, packed: Packed, bits: Bits) -> Entry:
    entry = {"form": "bits", "group": bits.group}
    if packer.codec == "raw" or not fits_budget(bits.size * _PACKING):
        return {**entry, "codes": packer.array(bits.codes), "data": packer.array(bits.data)}
    block = packed.scan.block
    values = _turned(bits.read(0, bits.size), block)
    width = np.min_scalar_type(-1 - int(np.abs(values).max(initial=0)))
    return {**entry, "block": block, "turned": packer.array(values.astype(width))}


@reads("packed")
def _read_packed(fields: Fields) -> Packed:
    common = attributes(fields)
    fields.locate("shape")
    require_size(common["shape"])
    is_float = common["dtype"].kind in "fc"
    fields.require(is_float, "dtype", f"packed elements of dtype {common['dtype']}")
    # One of KINDS, whose types `choice` does not know.
    kind = next(name for name in KINDS if name == fields.choice("storage", KINDS))
    step = fields.number("step")
    exponent = fields.integer("exponent", -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
    blank = Packed(
        **common,
        kind=kind,
        step=step,
        exponent=exponent,
        store=Listed(0, "all", np.zeros(0, np.uint8), np.zeros(0)),
        escapes=None,
    )
    size, inner = blank.scan.size, fields.inner("store")
    is_integer = kind.startswith("int")
    escapes = None
    if fields.has("escapes"):
        fields.require(is_integer, "escapes", f"{kind} has no numbers that escape")
        escapes = _read_listed(fields.inner("escapes"), size, ("int16", "int32"))
    store: Bits | Listed
    if inner.choice("form", ("listed", "bits")) == "listed":
        store = _read_listed(inner, size, (kind,))
    else:
        fields.require(is_integer, "store", f"{kind} in bits")
        store = _read_bits(inner, size)
    return blank.replace(store=store, escapes=escapes)


@writes(PackedSum, "packed_sum", lambda total: total.terms)
def _write_sum(packer: Packer, total: PackedSum) -> Entry:
    return {
        "terms": [packer.value(term) for term in total.terms],
        "shift": float(total.shift).hex(),
        "bound": float(total.absolute_error).hex(),
    }


@reads("packed_sum")
def _read_sum(fields: Fields) -> PackedSum:
    terms = fields.values("terms")
    of_one_space = bool(terms) and all(
        isinstance(term, Packed)
        and (term.shape, term.dtype, term.bases) == (terms[0].shape, terms[0].dtype, terms[0].bases)
        for term in terms
    )
    fields.require(of_one_space, "terms", "not packed arrays of one shape, dtype and bases")
    shift, bound = fields.number("shift"), fields.number("bound", is_finite=False)
    along = zip(terms[0].bases, terms[0].shape, strict=True)
    has_constant = not any(basis.is_standard and n > 1 for basis, n in along)
    fields.require(not shift or has_constant, "shift", "along an axis in the standard basis")
    fields.require(bound >= 0.0, "bound", "it is negative, or no number")
    return PackedSum(tuple(terms), shift, bound)


def _read_listed(fields: Fields, size: int, dtypes: tuple[str, ...]) -> Listed:
    how = fields.choice("how", ("all", "mask", "gaps"))
    where, values = fields.array("where", "u"), fields.array("values")
    fields.require(values.dtype.name in dtypes, "values", f"their dtype is {values.dtype}")
    out = Listed(size, how, where, values)
    if how == "gaps":
        fields.reader.take(9 * where.size)
    fields.locate("where")
    out.check()
    return out


def _read_bits(fields: Fields, size: int) -> Bits:
    group = fields.integer("group")
    fields.require(group in (8, 16, 32), "group", f"groups of {group}")
    if fields.has("codes"):
        bits = Bits(size, group, fields.array("codes", "u"), fields.array("data", "u"))
        for name, part in (("codes", bits.codes), ("data", bits.data)):
            fields.require(part.dtype == np.uint8, name, f"their dtype is {part.dtype}")
        fields.reader.take(_CHECKING * bits.codes.size)
    elif fields.has("turned"):
        turned = fields.array("turned", "i", size)
        fields.require(turned.dtype.itemsize <= 2, "turned", "integers of more than 16 bits")
        fields.reader.take(_PACKING * turned.size)
        values = _turned_back(turned, fields.integer("block", 1)).astype(np.int32)
        bits = Bits.of(values, (group,))
    else:
        small, others = fields.array("small", "i", size), fields.array("large", "i")
        fields.require(others.dtype.itemsize <= 2, "large", "integers of more than 16 bits")
        fields.reader.take(_PACKING * small.size)
        values = small.astype(np.int32)
        large, block = values == -128, fields.integer("block", 1)
        fits = np.count_nonzero(large) == others.size
        fields.require(fits, "large", "it has not the integers that are missing in small")
        values[large] = others
        bits = Bits.of(_turned_back(values, block), (group,))
    fields.locate(next(name for name in ("data", "turned", "small") if fields.has(name)))
    bits.check()
    return bits
