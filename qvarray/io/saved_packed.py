"""Packed arrays in files: their integers in bands of frequencies or in bits; lists of values."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..core.budget import fits_budget
from ..core.error_bound import Bands, ErrorBound
from ..core.values import Array, require_size
from ..sources.bitpacked import Bits, Listed
from ..sources.packed import Encoded, Packed
from ..sources.packed_squares import Products, products
from ..sources.packed_sum import PackedSum, has_constants
from ..sources.quantize import KINDS, Kind
from .bands import ByActivity, Order, cuts, orders_of, transpose
from .fields import Fields
from .kinds import Entry, Packer, described, reads, writes
from .saved_spectra import attributes

#: Bytes for each integer that is packed again: as int32 in two orders, and in bits.
_PACKING = 16
#: Bytes for each byte of the codes of packed integers while they are checked.
_CHECKING = 6
_LARGEST_EXPONENT = 1 << 14
#: The same, where blocks are sorted by their frequencies.
_ORDERING = 32
#: Bytes for each integer that is not zero: its place in two orders, and meanwhile.
_PLACING = 40
#: How many times as many integers as bytes there may be for all of them to be looked at.
_SPARSE = 1 << 10


@writes(Packed, "packed")
def _write_packed(packer: Packer, packed: Packed) -> Entry:
    store, escapes = packed.store, packed.escapes
    is_integer = packed.kind.startswith("int") and packer.codec != "plain"
    # Where there are few among many, a list of them is as short.
    is_looked_at = store.size <= _SPARSE * store.nbytes and fits_budget(store.size * _ORDERING)
    parts: Entry
    if is_integer and is_looked_at:
        parts = {"store": _banded_entry(packer, packed), "escapes": None}
    else:
        parts = {
            "store": _listed_entry(packer, store)
            if isinstance(store, Listed)
            else _bits_entry(packer, store),
            "escapes": None if escapes is None else _listed_entry(packer, escapes),
        }
    return {
        **described(packed.shape, packed.dtype, packed.bases, packed.error),
        "storage": packed.kind,
        "step": packed.step.hex(),
        "exponent": packed.exponent,
        "lost": None if packed.bands is None else _lost_entry(packer, packed.bands),
        **parts,
    }


def _lost_entry(packer: Packer, bands: Bands) -> Entry:
    units = bands.inner_unit, bands.square_unit, bands.mode_unit, bands.mode_off
    return {
        "bands": packer.array(np.concatenate([bands.inner, bands.square])),
        "modes": packer.array(bands.modes),
        "units": [unit.hex() for unit in units],
    }


def _read_lost(fields: Fields, error: ErrorBound | None) -> ErrorBound:
    """Return an error bound with what is known by bands of frequencies."""
    bands, modes = fields.array("bands", "f"), fields.array("modes", "i")
    fields.require(bands.dtype == np.float16, "bands", f"their dtype is {bands.dtype}")
    fields.require(modes.dtype == np.int8, "modes", f"their dtype is {modes.dtype}")
    inner, square = bands[: bands.size // 2], bands[(bands.size + 1) // 2 :]
    fields.require(inner.size + square.size == bands.size, "bands", "one is left over")
    are_numbers = np.isfinite(bands).all() and (square >= 0).all()
    fields.require(are_numbers, "bands", "one is not finite, or is a negative sum of squares")
    units = fields.numbers("units", 4)
    # That of the modes has the sign of what the array was multiplied by.
    fields.require(min(*units[:2], units[3]) >= 0.0, "units", "one is negative")
    fields.locate("units")
    if error is None or error.known is None:
        raise ValueError("nothing else is known of the error")
    known = error.known._replace(bands=Bands(inner, square, modes, *units))
    return ErrorBound(error.absolute, error.reference, known)


@writes(PackedSum, "packed sum", lambda made: made.terms)
def _write_sum(packer: Packer, made: PackedSum) -> Entry:
    return {
        "terms": [packer.entry(term) for term in made.terms],
        "shift": made.shift.hex(),
        "absolute": made.absolute_error.hex(),
    }


@reads("packed sum")
def _read_sum(fields: Fields) -> PackedSum:
    terms = fields.values("terms")
    are_packed = terms and all(isinstance(term, Packed) for term in terms)
    fields.require(are_packed, "terms", "not packed arrays")
    kinds = {(term.shape, term.dtype, term.bases) for term in terms}
    fields.require(len(kinds) == 1, "terms", "of several shapes, dtypes or bases")
    shift, absolute = fields.number("shift"), fields.number("absolute", is_finite=False)
    fields.require(absolute >= 0, "absolute", f"a bound of {absolute}")
    has_constant = has_constants(terms[0].shape, terms[0].bases)
    fields.require(not shift or has_constant, "shift", "its basis has no constant")
    return PackedSum(tuple(terms), shift, absolute)


@writes(Products, "packed product", lambda made: made.factors)
def _write_product(packer: Packer, made: Products) -> Entry:
    return {"factors": [packer.entry(factor) for factor in made.factors]}


@reads("packed product")
def _read_product(fields: Fields) -> Products:
    factors = fields.values("factors")
    are_packed = all(isinstance(factor, Encoded) for factor in factors)
    fields.require(are_packed and 0 < len(factors) < 3, "factors", "not one or two packed arrays")
    made = products(np.square if len(factors) == 1 else np.multiply, factors)
    fields.require(made is not None, "factors", "of two shapes, dtypes or bases, or not real")
    assert made is not None
    return made


def _bits_entry(packer: Packer, bits: Bits) -> Entry:
    codes, data = packer.array(bits.codes), packer.array(bits.data)
    return {"form": "bits", "group": bits.group, "codes": codes, "data": data}


def _banded_entry(packer: Packer, packed: Packed) -> Entry:
    store = packed.store
    values = store.read(0, store.size)
    if packed.escapes is not None:
        # Where there is one, the other is 0.
        values = values + packed.escapes.read(0, store.size)
    tried = []
    for order in orders_of(packed.scan):
        ordered = order.forward(values)
        positions = np.flatnonzero(ordered != 0)
        some = ordered[positions]
        ends, bits = cuts(positions, some, order)
        tried.append((bits, order, positions, some, ends))
    _, order, positions, values, ends = min(tried, key=lambda found: found[0])
    gaps = np.diff(positions, prepend=-1) - 1
    bands = [
        {
            "gaps": _narrow(packer, gaps[start:stop], False),
            "values": _narrow(packer, values[start:stop], True),
        }
        for start, stop in pairwise(ends)
    ]
    by_activity: Entry = {"order": "activity"} if isinstance(order, ByActivity) else {}
    if isinstance(store, Bits):
        return {"form": "bits", "group": store.group, **by_activity, "bands": bands}
    return {"form": "listed", **by_activity, "bands": bands}


def _narrow(packer: Packer, values: Array, is_signed: bool) -> Entry:
    """Write integers as the smallest that hold them."""
    least, most = int(values.min(initial=0)), int(values.max(initial=0))
    width = np.min_scalar_type(min(least, -1 - most) if is_signed else most)
    return packer.array(values.astype(width))


def _listed_entry(packer: Packer, listed: Listed) -> Entry:
    return {
        "form": "listed",
        "how": listed.how,
        "where": packer.array(listed.where),
        "values": packer.array(listed.values),
    }


def _turned_back(values: Array, block: int) -> Array:
    """Put numbers that are by their place in their block into the order of blocks."""
    if block > values.size:
        # Not one block is whole, of whatever length a file says that they are.
        return values
    whole = values.size // block * block
    out = np.empty_like(values)
    transpose(values[:whole].reshape(block, -1), out[:whole].reshape(-1, block))
    out[whole:] = values[whole:]
    return out


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
    if inner.has("bands"):
        fields.require(is_integer, "store", f"{kind} in bands")
        fields.reader.take(_ORDERING * size)
        order: Order | ByActivity = Order(blank.scan)
        if inner.has("order"):
            inner.choice("order", ("activity",))
            fields.require(blank.scan.size > 0, "order", "of no numbers")
            order = ByActivity(blank.scan)
        store, escapes = _read_bands(inner, order, kind)
    elif inner.choice("form", ("listed", "bits")) == "listed":
        store = _read_listed(inner, size, (kind,))
    else:
        fields.require(is_integer, "store", f"{kind} in bits")
        store = _read_bits(inner, size)
    error = _read_lost(fields.inner("lost"), blank.error) if fields.has("lost") else blank.error
    return blank.replace(store=store, escapes=escapes, error=error)


def _read_bands(
    fields: Fields, order: Order | ByActivity, kind: Kind
) -> tuple[Bits | Listed, Listed | None]:
    """Return integers, and those that are too large for their kind."""
    gaps, values = [], []
    for band in fields.entries("bands"):
        gaps.append(band.array("gaps", "u"))
        numbers = band.array("values", "i", gaps[-1].size)
        band.require(numbers.dtype.itemsize <= 4, "values", "integers of more than 32 bits")
        values.append(numbers)
        fields.reader.take(_PLACING * gaps[-1].size)
    fields.locate("bands")
    positions = np.concatenate(gaps, dtype=np.int64) if gaps else np.zeros(0, np.int64)
    if positions.size and not 0 <= int(positions.min()) <= int(positions.max()) < order.size:
        raise ValueError(f"a place is not below {order.size}")
    # Each distance fits, so that the first place to pass the largest integer is negative.
    positions = np.cumsum(positions + 1) - 1
    if positions.size and (int(positions.min()) < 0 or int(positions[-1]) >= order.size):
        raise ValueError(f"a place is not below {order.size}")
    numbers = np.concatenate([np.zeros(0, np.int32), *values])
    places = order.places(positions, numbers)
    info, escapes = np.iinfo(kind), None
    is_large = (numbers < info.min) | (numbers > info.max)
    if is_large.any():
        large = numbers[is_large]
        fits = int(np.abs(large.astype(np.int64)).max()) < 1 << 15
        escapes = _in_order(order.size, places[is_large], large.astype("i2" if fits else "i4"))
        places, numbers = places[~is_large], numbers[~is_large]
    if fields.choice("form", ("listed", "bits")) == "listed":
        return _in_order(order.size, places, numbers.astype(kind)), escapes
    group = fields.integer("group")
    fields.require(group in (8, 16, 32), "group", f"groups of {group}")
    return Bits.at(order.size, places, numbers, group), escapes


def _in_order(size: int, places: Array, values: Array) -> Listed:
    """List values by their places, of which none repeats."""
    first = np.argsort(places)
    return Listed.at(size, places[first], values[first])


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
