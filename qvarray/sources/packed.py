"""`Packed`: eigenvalues in few bits, quantised, as an array that is ready to compute on."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import frexp, isfinite, prod
from typing import Any, ClassVar

import numpy as np

from ..bases import STANDARD, Basis
from ..core.budget import fits_budget, over_limit, require_budget
from ..core.error_bound import Bands, ErrorBound
from ..core.source import AxisKey, Source
from ..core.spectrum import Spectrum, compact, require_finite, whole
from ..core.values import MAX_SIZE, Array
from ..indexing.keys import along_axes, linear_position, shifted
from ..indexing.select import select
from ..ops.basis_change import coefficient_dtype, gather_sums, norm
from ..options import options
from ..runtime.caches import cleared
from ..runtime.locks import Lockable
from .bitpacked import Bits, Listed
from .quantize import Kind, Quantised
from .scan_order import Scan

# Numbers up to which their order is remembered, with what it says of constants.
_SMALL = 1 << 13
# Coefficients that are unpacked at a time.
_CHUNK = 1 << 18
# Bytes for each of them meanwhile, for each that is not zero, and for each that is listed.
_UNPACKING = 16
_FOUND = 28
_LISTING = 80
# Coefficients for each that may not be zero, from which on those are few.
_FEW = 16
_INSTEAD = "index a part of it, or raise the budget"


def _stored(
    size: int, places: Array | None, values: Array, kind: Kind
) -> tuple[Bits | Listed, Listed | None]:
    """Return quantised coefficients in the smallest form, and those too large for a kind.

    Parameters
    ----------
    size : int
        Of the sequence.
    places : ndarray of int64, shape (k,), or None
        Where the values are in it, sorted; elsewhere it is 0. None: there is a value everywhere.
    values : ndarray, shape (k,)
    """

    def listed(some: Array) -> Listed:
        if places is None:
            return Listed.of(some)
        used = np.flatnonzero(some)
        return Listed.at(size, places[used], some[used])

    if kind in ("float32", "float16"):
        return listed(values), None
    dtype = np.dtype(kind)
    info = np.iinfo(dtype)
    escapes = None
    least, most = int(values.min(initial=0)), int(values.max(initial=0))
    if least < info.min or most > info.max:
        large = (values < info.min) | (values > info.max)
        fits = max(-least, most) < 2**15
        escapes = listed(np.where(large, values, 0).astype(np.int16 if fits else np.int32))
        values = np.where(large, 0, values)
    if places is not None:
        return listed(values.astype(dtype)), escapes
    bits = Bits.of(values)
    # A list takes no less than its values, and a byte or a bit for where each of them is.
    count = int(np.count_nonzero(values))
    if bits.nbytes <= count * dtype.itemsize + min(count, values.size // 8):
        return bits, escapes
    small = listed(values.astype(dtype))
    return (bits if bits.nbytes < small.nbytes else small), escapes


class _Cache(Lockable):
    """What arrays computed with of late were unpacked to, up to some bytes in all.

    As zfp keeps a few blocks of its arrays decoded: Lindstrom, "Fixed-Rate Compressed
    Floating-Point Arrays", IEEE Trans. Vis. Comput. Graph. 20 (2014).
    """

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[weakref.ref[Source], Spectrum] = {}

    def get(self, packed: Source) -> Spectrum | None:
        with self.lock:
            key = weakref.ref(packed)
            found = self.held.pop(key, None)
            if found is not None:
                self.held[weakref.ref(packed, self.forget)] = found
            return found

    def put(self, packed: Source, spectrum: Spectrum) -> None:
        most = options.unpacked_bytes
        if not fits_budget(16 * spectrum.nbytes) or spectrum.nbytes > most:
            return
        with self.lock:
            self.held[weakref.ref(packed, self.forget)] = spectrum
            # The first are those that were not used for longest.
            while sum(spectrum.nbytes for spectrum in list(self.held.values())) > most:
                self.held.pop(next(iter(list(self.held))), None)

    def forget(self, key: weakref.ref[Source]) -> None:
        # Without the lock: at the end of the process, or at any time in a collection of garbage.
        self.held.pop(key, None)

    def clear(self) -> None:
        with self.lock:
            self.held.clear()


#: Spectra of arrays that store less.
UNPACKED = _Cache()
cleared(UNPACKED.clear)


class Encoded(Source):
    """An array of which `Packed` arrays in the same bases tell the coefficients. Immutable.

    Attributes
    ----------
    dtype : numpy.dtype
        Floating or complex.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    bases: tuple[Basis, ...]
    #: How often its numbers were read without being unpacked for longer.
    reads: int
    #: Where they were computed: the sum of all elements, of their squares, and of their squared
    #: distances from the mean.
    total: complex | None
    square: float | None
    away: float | None
    #: The array that a product was summed with last, less the means, and that sum.
    paired: tuple[weakref.ref[Source], float] | None
    #: The rows of blocks that a page was read from last, unpacked, and which they are.
    recent: tuple[range, Spectrum] | None

    elsewhere: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("at", "matmul", "pages", "read", "rmatmul"), "sources.packed_product"),
        **dict.fromkeys(("deviation", "inner", "summed"), "sources.packed_statistics"),
        "combined": "sources.packed_sum",
        "uncertainty": "sources.packed_uncertainty",
        "unclosed": "sources.packed_product",
    }

    __slots__ = (
        "__weakref__",
        "away",
        "bases",
        "dtype",
        "paired",
        "reads",
        "recent",
        "shape",
        "square",
        "total",
    )

    def forget(self) -> None:
        """Know nothing of what may be computed."""
        self.reads = 0
        self.total = self.square = self.away = self.paired = self.recent = None

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        # In a copy or a pickle, no part was read before, and no other array was seen.
        states: Any = super().__getstate__()
        return None, {**states[1], "recent": None, "paired": None}

    @property
    def terms(self) -> tuple[Packed, ...]:
        """What it is the sum of."""
        raise NotImplementedError

    @property
    def shift(self) -> float:
        """A number that is added to every element."""
        return 0.0

    @property
    def is_complex(self) -> bool:
        """Whether coefficients are complex: two numbers each."""
        return coefficient_dtype(self.bases, self.dtype).kind == "c"

    @property
    def scan(self) -> Scan:
        return scan_of(self.shape, self.bases, self.is_complex)

    @property
    def coefficient_dtype(self) -> np.dtype[Any]:
        standard = all(basis is STANDARD for basis in self.bases)
        return self.dtype if standard else coefficient_dtype(self.bases, self.dtype)

    def rows(self, shape: tuple[int, ...], bases: tuple[Basis, ...], rows: range) -> Spectrum:
        """Return some rows of blocks as an array of their own."""
        raise NotImplementedError

    def settle(self) -> Spectrum:
        """Return all coefficients, unpacked; remembered for a while. O(N)."""
        found = UNPACKED.get(self)
        if found is None:
            found = self.rows(self.shape, self.bases, range(self.scan.shape[0]))
            UNPACKED.put(self, found)
        return found

    def norm_bound(self) -> float:
        square: Any = self.inner(self)
        return self.settle().norm_bound() if square is None else float(abs(square)) ** 0.5

    def item(self, position: int) -> Any:
        return self.part(along_axes(position, self.shape))

    def part(self, key: Sequence[AxisKey]) -> Any:
        """Return what a basic key names, from the rows of blocks that hold it: as `select`."""
        slab, local = self._slab(key)
        if all(isinstance(wanted, int) for wanted in key):
            return slab.item(linear_position(local, slab.shape))
        return select(slab, local)

    def _slab(self, key: Sequence[AxisKey]) -> tuple[Spectrum, list[AxisKey]]:
        """Return the rows of blocks that hold a part, and the key that names it among them."""
        first = next((i for i, wanted in enumerate(key) if wanted is not None), None)
        if first is None or not self.size:
            return self.settle(), list(key)
        wanted: Any = key[first]
        rows = range(wanted, wanted + 1) if isinstance(wanted, int) else wanted
        cover = self.scan.cover(rows if len(rows) else range(1))
        slab = self.unpacked_rows(cover)
        if isinstance(wanted, int):
            wanted -= cover.start
        elif len(wanted):
            wanted = shifted(wanted, -cover.start)
        return slab, [*key[:first], wanted, *key[first + 1 :]]

    def unpacked_rows(self, cover: range) -> Spectrum:
        """Return some rows of blocks as an array of their own, perhaps those of the last page."""
        recent = self.recent
        if recent is not None and recent[0] == cover:
            return recent[1]
        closed = self.bases[0].restrict(self.shape[0], cover, np.zeros(0, np.int64))
        assert closed is not None
        return self.rows((len(cover), *self.shape[1:]), (closed.basis, *self.bases[1:]), cover)


class Packed(Encoded):
    """An array whose eigenvalues are stored in few bits. Immutable.

    Attributes
    ----------
    dtype : numpy.dtype
        Floating or complex.
    kind : {"float32", "float16", "int16", "int8"}
    step : float
        What stored numbers are multiples of, in units of ``2 ** exponent``.
    store : Bits or Listed
        The coefficients in the order of `Scan`.
    escapes : Listed or None
        Those that are too large for the kind.
    error : ErrorBound or None
    """

    error: ErrorBound | None

    __slots__ = (
        "error",
        "escapes",
        "exponent",
        "kind",
        "step",
        "store",
    )

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        bases: tuple[Basis, ...],
        kind: Kind,
        step: float,
        exponent: int,
        store: Bits | Listed,
        escapes: Listed | None,
        error: ErrorBound | None,
    ) -> None:
        self.forget()
        self.shape = shape
        self.dtype = dtype
        self.bases = bases
        self.kind = kind
        self.step = step
        self.exponent = exponent
        self.store = store
        self.escapes = escapes
        self.error = error

    @property
    def terms(self) -> tuple[Packed, ...]:
        return (self,)

    @property
    def nbytes(self) -> int:
        """Bytes stored: the numbers, where they are, the step, and what is known of the error."""
        known = None if self.error is None else self.error.known
        bands = 0 if known is None or known.bands is None else known.bands.nbytes
        return sum(store.nbytes for store in self.stores) + bands + 8

    @property
    def stores(self) -> tuple[Bits | Listed, ...]:
        """What holds the numbers, whose sum they are: those that are kept aside are 0 elsewhere."""
        return (self.store,) if self.escapes is None else (self.store, self.escapes)

    @property
    def label(self) -> str:
        names = ", ".join(str(basis) for basis in dict.fromkeys(self.bases)) or "standard"
        return f"packed as {self.kind} in {names}"

    @property
    def kept_error(self) -> ErrorBound | None:
        return self.error

    @property
    def bands(self) -> Bands | None:
        """What is known of what was lost, by bands of frequencies."""
        known = None if self.error is None else self.error.known
        return None if known is None else known.by_bands

    def _numbers(self, rows: range, scan: Scan) -> Array:
        """Return the stored numbers of some rows of blocks, of every position in C order."""
        numbers = self.numbers(rows.start * scan.width, rows.stop * scan.width)
        return scan.coefficients(numbers, rows).reshape(-1)

    def numbers(self, begin: int, end: int) -> Array:
        """Return the stored numbers of a part of the sequence. Not to be written to."""
        numbers = self.store.read(begin, end)
        return self._escaped(numbers.astype(np.int32), begin) if self.escapes else numbers

    def doubles(self, begin: int, end: int) -> Array:
        """Return the stored numbers of a part of the sequence as float64, to be written to."""
        return self._escaped(self.store.read(begin, end, np.float64), begin)

    def _escaped(self, numbers: Array, begin: int) -> Array:
        """Write those that are too large for the kind among other numbers."""
        if self.escapes is not None and self.escapes.values.size:
            places, values = self.escapes.within(begin, begin + numbers.size)
            numbers[places - begin] += values
        return numbers

    def _rows(self, rows: range, scan: Scan) -> tuple[Array, Array]:
        """Return where coefficients of some rows of blocks are, in C order, and what they are."""
        flat = self._numbers(rows, scan)
        # NumPy finds what is true several times as fast as what is not zero.
        if self.is_complex:
            flat = flat.reshape(-1, 2)
            where = np.flatnonzero((flat != 0).any(axis=1))
        else:
            where = np.flatnonzero(flat != 0)
        require_budget(_UNPACKING * flat.shape[0] + _FOUND * where.size, _INSTEAD)
        values = self._scaled(flat[where])
        if self.is_complex:
            values = values.view(np.complex128).reshape(-1)
        return where, values.astype(self.coefficient_dtype, copy=False)

    def _all(self, rows: range, scan: Scan) -> Array:
        """Return a coefficient for every position of some rows of blocks, in C order."""
        parts = 2 if self.is_complex else 1
        out = np.empty(len(rows) * scan.width // parts, self.coefficient_dtype)
        numbers = out.view(out.real.dtype)
        for part in _chunks(rows, scan):
            begin, end = ((row - rows.start) * scan.width for row in (part.start, part.stop))
            numbers[begin:end] = self._scaled(self._numbers(part, scan))
        return out

    def _scaled(self, numbers: Array) -> Array:
        """Return what stored numbers stand for."""
        values: Array = numbers.astype(np.float64) * self.step
        return np.ldexp(values, self.exponent) if self.exponent else values

    def _listed(self, rows: range, scan: Scan) -> tuple[Array, Array]:
        """Return as `_found`, of few that may not be zero. O(k log k)."""
        begin, end = rows.start * scan.width, rows.stop * scan.width
        require_budget(_LISTING * sum(store.most for store in self.stores), _INSTEAD)
        parts = [
            store.within(begin, end) if isinstance(store, Listed) else store.found()
            for store in self.stores
        ]
        where = np.concatenate([scan.positions(places) for places, _ in parts])
        where -= begin
        values = np.concatenate([self._scaled(numbers) for _, numbers in parts])
        if self.is_complex:
            pairs = np.zeros((values.size, 2))
            pairs[np.arange(values.size), where & 1] = values
            where, values = where >> 1, pairs.view(np.complex128).reshape(-1)
        where, values = gather_sums(where, values)
        active = values != 0
        return values[active].astype(self.coefficient_dtype, copy=False), where[active]

    def rows(self, shape: tuple[int, ...], bases: tuple[Basis, ...], rows: range) -> Spectrum:
        """Return some rows of blocks as an array of their own."""
        scan, store = self.scan, self.store
        indices: Array | None = None
        is_list = isinstance(store, Listed) and store.how == "gaps"
        # Those of packed groups are not found in a part.
        is_whole = len(rows) == scan.shape[0] and isinstance(store, Bits)
        if is_list or (is_whole and store.most * _FEW <= scan.size):
            values, indices = self._listed(rows, scan)
        elif fits_budget(2 * len(rows) * scan.width * _UNPACKING):
            values = self._all(rows, scan)
        else:
            values, indices = self._found(rows, scan)
        error = self.error
        if error is not None and len(rows) < scan.shape[0]:
            error = ErrorBound.of(error.absolute, norm(values))
        if indices is None:
            if bases != (STANDARD,) * len(bases):
                require_finite(values, bases)
            return whole(shape, self.dtype, bases, values, error)
        zero = self.dtype.type(0)
        return compact(shape, self.dtype, bases, values, indices, zero, error=error, dropped=True)

    def _found(self, rows: range, scan: Scan) -> tuple[Array, Array]:
        """Return the coefficients of some rows that are not zero, and where: chunk by chunk."""
        inner = prod(self.shape[1:])
        kept, places, taken = [], [], 0
        for part in _chunks(rows, scan):
            require_budget(taken + _UNPACKING * len(part) * scan.width, _INSTEAD)
            where, some = self._rows(part, scan)
            kept.append(some)
            places.append(where + (part.start - rows.start) * inner)
            taken += 2 * (some.nbytes + where.nbytes)
        return np.concatenate(kept), np.concatenate(places)

    def replace(self, **changes: Any) -> Packed:
        """Return a copy with some attributes changed."""
        names = ("shape", "dtype", "bases", *Packed.__slots__)
        return Packed(**{**{name: getattr(self, name) for name in names}, **changes})

    def scaled(self, factor: float) -> Packed | None:
        """Return the array times a real number, if that only changes the step. O(1)."""
        fraction, power = frexp(factor)
        step = self.step * fraction
        if not isfinite(factor) or factor == 0.0 or abs(self.exponent + power) > 900:
            return None
        error = self.error
        if error is not None:
            absolute, reference, _ = error.scaled(abs(factor))
            info, size = np.finfo(self.dtype), 2.0 * (reference + absolute)
            # Elements that overflow, or lose digits near zero, are not those of the step.
            least = float(self.size) ** 0.5 * float(info.tiny)
            if not least < size * float(info.eps) or not size < float(info.max):
                return None
            if abs(fraction) != 0.5:
                # The product of the steps is rounded.
                absolute += float(info.eps) * size
            known = None if error.known is None else error.known.scaled(factor)
            error = ErrorBound(absolute, reference, known)
        shape, dtype, bases = self.shape, self.dtype, self.bases
        power += self.exponent
        return Packed(shape, dtype, bases, self.kind, step, power, self.store, self.escapes, error)


def _chunks(rows: range, scan: Scan) -> Iterator[range]:
    """Return some rows of blocks in the parts that are unpacked at a time."""
    for part in scan.rows(_CHUNK):
        low, high = max(part.start, rows.start), min(part.stop, rows.stop)
        if low < high:
            yield range(low, high)


def of_one(total: np.generic, ndim: int) -> Spectrum:
    """Return a number as an array of one element."""
    zero = total.dtype.type(0)
    return Spectrum((1,) * ndim, total.dtype, (STANDARD,) * ndim, np.array([total]), None, zero)


@lru_cache(maxsize=16)
def scan_of(shape: tuple[int, ...], bases: tuple[Basis, ...], is_complex: bool) -> Scan:
    """Return the order of the numbers of an array: two for each complex coefficient."""
    if is_complex:
        shape, bases = (*shape, 2), (*bases, STANDARD)
    return _small_scan(shape, bases) if prod(shape) <= _SMALL else Scan(shape, bases)


@lru_cache(maxsize=64)
def _small_scan(shape: tuple[int, ...], bases: tuple[Basis, ...]) -> Scan:
    return Scan(shape, bases)


cleared(_small_scan.cache_clear)


cleared(scan_of.cache_clear)


def sequence(scan: Scan, coefficients: Array, rows: range | None = None) -> Array:
    """Return coefficients, or some rows of them, as float64 in the order of a scan."""
    if coefficients.dtype.kind == "c":
        pairs = np.ascontiguousarray(coefficients.astype(np.complex128, copy=False))
        coefficients = pairs.view(np.float64).reshape(*pairs.shape, 2)
    coefficients = coefficients.astype(np.float64, copy=False)
    return scan.sequence(coefficients.reshape(-1, *scan.shape[1:]), rows)


def packed(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    bases: tuple[Basis, ...],
    kind: Kind,
    quantised: Quantised,
    exponent: int,
    error: ErrorBound | None,
) -> Packed:
    """Return an array of quantised coefficients, given in the order of its scan. O(N)."""
    store, escapes = _stored(quantised.values.size, None, quantised.values, kind)
    return Packed(shape, dtype, bases, kind, quantised.step, exponent, store, escapes, error)


def packed_listed(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    bases: tuple[Basis, ...],
    kind: Kind,
    quantised: Quantised,
    indices: Array,
    exponent: int,
    error: ErrorBound | None,
) -> Packed:
    """Return an array of few quantised coefficients, given at sorted C-order indices. O(k log k).

    Complex ones are pairs of numbers.

    Raises MaterializationError where the numbers have more than 2**63 - 1 places.
    """
    values, is_complex = quantised.values, coefficient_dtype(bases, dtype).kind == "c"
    scan = scan_of(shape, bases, is_complex)
    if scan.size > MAX_SIZE:
        raise over_limit(scan.size, MAX_SIZE, "keep its coefficients, with storage=None")
    if is_complex:
        indices = (2 * indices.astype(np.int64)[:, None] + np.arange(2)).reshape(-1)
    places = scan.places(indices.astype(np.int64, copy=False))
    order = np.argsort(places)
    store, escapes = _stored(scan.size, places[order], values[order], kind)
    return Packed(shape, dtype, bases, kind, quantised.step, exponent, store, escapes, error)
