"""`Packed`: eigenvalues in few bits, quantised, as an array that is ready to compute on."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, replace
from math import frexp, isfinite, prod, sqrt
from sys import float_info
from typing import Any, Literal

import numpy as np

from . import kernels
from .bases import STANDARD, Basis
from .paging import fits_budget
from .scan import Scan
from .selection import Key, select
from .spectrum import Array, ErrorBound, Spectrum, compact
from .transform import coefficient_dtype, norm

__all__ = [
    "GROUP",
    "KINDS",
    "LARGEST",
    "ROUND_UP",
    "Bits",
    "Kind",
    "Listed",
    "Packed",
    "Quantised",
    "packed",
    "quantise",
    "rounded",
    "scan_of",
    "sequence",
]

Kind = Literal["float32", "float16", "int16", "int8"]

#: How eigenvalues may be stored.
KINDS: tuple[Kind, ...] = ("float32", "float16", "int16", "int8")

#: Of coefficients below a step, those beyond ``1 - ROUND_UP`` are rounded up; the others cost more
#: bits than they save error (a deadzone: Sullivan, "Efficient scalar quantization of exponential
#: and Laplacian random variables", IEEE Trans. Inf. Theory 42 (1996)).
ROUND_UP = 0.4
#: Integers that a quantised coefficient may be.
LARGEST = 2**31 - 1
# Coefficients that are unpacked at a time.
_CHUNK = 1 << 18
_GROUPS = (8, 16, 32)
#: Parts of so many integers, or of multiples, may be joined.
GROUP = 2 * max(_GROUPS)


@dataclass(frozen=True, eq=False)
class Bits:
    """Integers in groups, each of as many bits as the largest of its group needs. Immutable.

    Attributes
    ----------
    size : int
        Number of integers.
    group : int
        Integers of a group, a multiple of 8.
    codes : ndarray of uint8
        The bits of each group less 1, or 0 for a group of zeros: two of them a byte.
    data : ndarray of uint8
        The groups, of ``bits * group / 8`` bytes each.
    """

    size: int
    group: int
    codes: Array
    data: Array

    @classmethod
    def of(cls, values: Array, groups: tuple[int, ...] = _GROUPS) -> Bits:
        """Integers of at most 16 bits, in groups of the length that takes the fewest bytes."""
        best: tuple[int, int, Array] | None = None
        for group in groups:
            widths = kernels.bits.widths(values, group)
            taken = int(widths.sum(dtype=np.int64)) * group // 8 + widths.size // 2
            if best is None or taken < best[0]:
                best = taken, group, widths
        assert best is not None
        _, group, widths = best
        codes: Array = widths - (widths > 0)
        codes = np.append(codes, np.uint8(0)) if codes.size % 2 else codes
        nibbles = codes[::2] | codes[1::2] << np.uint8(4)
        return cls(values.size, group, nibbles, kernels.bits.pack(values, group, widths))

    @classmethod
    def joined(cls, parts: list[Bits]) -> Bits:
        """Integers one after the other, in groups of one length.

        All but the last part have an even number of whole groups.
        """
        codes = np.concatenate([part.codes for part in parts])
        data = np.concatenate([part.data for part in parts])
        return cls(sum(part.size for part in parts), parts[0].group, codes, data)

    @property
    def nbytes(self) -> int:
        return self.codes.nbytes + self.data.nbytes

    def _widths(self) -> Array:
        codes = np.empty(2 * self.codes.size, np.uint8)
        codes[::2], codes[1::2] = self.codes & np.uint8(15), self.codes >> np.uint8(4)
        return (codes + (codes > 0))[: -(-self.size // self.group)]

    def read(self, begin: int, end: int) -> Array:
        """The integers in ``[begin, end)``. O(end - begin), and a look at every group's bits."""
        widths = self._widths()
        first, last = begin // self.group, -(-end // self.group)
        offset = int(widths[:first].sum(dtype=np.int64)) * (self.group // 8)
        count = min(self.size, last * self.group) - first * self.group
        out = kernels.bits.unpack(self.data[offset:], self.group, widths[first:last], count)
        return out[begin - first * self.group : end - first * self.group]

    def arrays(self) -> dict[str, Array]:
        return {"codes": self.codes, "data": self.data}

    def check(self) -> None:
        """Raise ValueError for what does not fit together."""
        groups = -(-self.size // self.group)
        whole = self.codes.size == -(-groups // 2)
        if not whole or int(self._widths().sum(dtype=np.int64)) * (self.group // 8) != (
            self.data.size
        ):
            raise ValueError("packed integers are cut off")


@dataclass(frozen=True, eq=False)
class Listed:
    """Values of which most are zero, and where the others are. Immutable.

    Attributes
    ----------
    size : int
    how : {"all", "mask", "gaps"}
        What `where` is: nothing, as all values are there; a bit for each position; or the
        distance of each value from the one before it.
    where : ndarray of unsigned integers
    values : ndarray
    """

    size: int
    how: str
    where: Array
    values: Array

    @classmethod
    def of(cls, values: Array) -> Listed:
        """The form that takes the fewest bytes."""
        places = np.flatnonzero(values)
        return cls.at(values.size, places, values[places])

    @classmethod
    def at(cls, size: int, places: Array, values: Array) -> Listed:
        """From the sorted places of the values that are not zero, in the smallest form."""
        gaps = np.diff(places, prepend=0)
        kind = np.min_scalar_type(int(gaps.max(initial=0)))
        mask = -(-size // 8)
        least = min(places.size * kind.itemsize, mask)
        if least + values.nbytes >= size * values.itemsize:
            out = np.zeros(size, values.dtype)
            out[places] = values
            return cls(size, "all", np.zeros(0, np.uint8), out)
        if places.size * kind.itemsize <= mask:
            return cls(size, "gaps", gaps.astype(kind), values)
        bits = np.zeros(size, np.bool_)
        bits[places] = True
        return cls(size, "mask", np.packbits(bits), values)

    @property
    def nbytes(self) -> int:
        return self.where.nbytes + self.values.nbytes

    @property
    def places_nbytes(self) -> int:
        """What `places` takes."""
        return 9 * (8 * self.where.size if self.how == "mask" else self.values.size)

    def places(self) -> Array:
        """Where the values are. O(n) for a mask, else O(k)."""
        if self.how == "all":
            return np.arange(self.size)
        if self.how == "mask":
            return np.flatnonzero(np.unpackbits(self.where, count=self.size))
        return np.cumsum(self.where, dtype=np.int64)

    def read(self, begin: int, end: int) -> Array:
        """The values in ``[begin, end)``."""
        if self.how == "all":
            return self.values[begin:end]
        places = self.places()
        low, high = np.searchsorted(places, (begin, end))
        out = np.zeros(end - begin, self.values.dtype)
        out[places[low:high] - begin] = self.values[low:high]
        return out

    def arrays(self) -> dict[str, Array]:
        return {"where": self.where, "values": self.values}

    def check(self) -> None:
        """Raise ValueError for what does not fit together."""
        if self.how == "mask" and self.where.size != -(-self.size // 8):
            raise ValueError("a mask is cut off")
        places = self.places()
        if places.size != self.values.size or (
            places.size and not (places[0] >= 0 and places[-1] < self.size)
        ):
            raise ValueError("values and their places do not fit together")
        if self.how == "gaps" and not self.where[1:].all():
            raise ValueError("places repeat")


@dataclass(frozen=True, eq=False)
class Quantised:
    """Coefficients as stored numbers times a step.

    Attributes
    ----------
    values : ndarray
        Of the kind of storage; int64 for those of integers.
    step : float
    error : float
        L2 norm of what that loses, an upper bound.
    """

    values: Array
    step: float
    error: float


def _lost(coefficients: Array, stored: Array, step: float) -> float:
    return float(np.sqrt(np.sum(np.square(coefficients - stored * step))))


def _slack(coefficients: Array) -> float:
    """How much larger a sum of that many squares may be than its floating-point value."""
    return 1.0 + coefficients.size * float(np.finfo(np.float64).eps)


def rounded(coefficients: Array, step: float) -> Array:
    """Multiples of a step, as floats."""
    out = coefficients / step
    small = np.abs(out) < 1.0 - ROUND_UP
    np.rint(out, out=out)
    out[small] = 0.0
    return out


def _integers(coefficients: Array, budget: float) -> Quantised | None:
    """With the largest step that keeps the error within `budget`."""
    slack = _slack(coefficients)
    budget /= slack
    largest = float(np.abs(coefficients).max(initial=0.0))
    total = float(np.sqrt(np.sum(np.square(coefficients))))
    if total <= budget:
        return Quantised(np.zeros(coefficients.shape, np.int64), 1.0, total * slack)
    # With this step no error is too large, with the other one everything is rounded away.
    low = budget / ((1.0 - ROUND_UP) * sqrt(coefficients.size))
    if not largest / LARGEST <= low:
        return None
    high = largest / ROUND_UP
    step = min(low * sqrt(12.0) * (1.0 - ROUND_UP), high)
    for _ in range(40):
        error = _lost(coefficients, rounded(coefficients, step), step)
        if error <= budget:
            low = step
        else:
            high = step
        if high <= 1.002 * low or 0.998 * budget <= error <= budget:
            break
        # The error grows as the step does, or slower.
        guess = step * (0.999 * budget / error) if error else high
        step = guess if low < guess < high else sqrt(low * high)
    values = rounded(coefficients, low)
    return Quantised(values.astype(np.int64), low, _lost(coefficients, values, low) * slack)


def _floats(coefficients: Array, budget: float | None, kind: Kind) -> Quantised | None:
    """In a narrow floating dtype, without the smallest that the budget allows to leave out."""
    slack = _slack(coefficients)
    dtype = np.dtype(kind)
    largest = float(np.abs(coefficients).max(initial=0.0))
    # The largest becomes a half of what the dtype can hold, by a power of two.
    shift = int(np.frexp(largest)[1]) - int(np.frexp(float(np.finfo(dtype).max))[1]) + 1
    step = float(np.ldexp(1.0, shift)) if largest else 1.0
    values = (coefficients / step).astype(dtype)
    rounding = _lost(coefficients, values.astype(np.float64), step) * slack
    if budget is None:
        return Quantised(values, step, rounding)
    if rounding > budget:
        return None
    energies = np.square(coefficients)
    order = np.argsort(energies, kind="stable")
    tail = np.cumsum(energies[order])
    room = (budget * budget - rounding * rounding) / slack**2
    values[order[: int(np.searchsorted(tail, room, "right"))]] = 0
    error = _lost(coefficients, values.astype(np.float64), step) * slack
    return Quantised(values, step, min(error, budget))


def quantise(coefficients: Array, kind: Kind, budget: float | None) -> Quantised | None:
    """Coefficients as numbers of some kind, with an L2 error of at most `budget`.

    Parameters
    ----------
    coefficients : ndarray of float64, shape (n,)
    kind : {"float32", "float16", "int16", "int8"}
    budget : float or None
        None for the error that rounding to a floating `kind` makes.

    Returns
    -------
    Quantised or None
        None where that kind cannot meet the budget. In integers, every coefficient is a multiple
        of one step, the largest that meets it: by Parseval's theorem the error is known exactly.
    """
    if kind in ("float32", "float16"):
        return _floats(coefficients, budget, kind)
    return None if budget is None else _integers(coefficients, budget)


def _stored(values: Array, kind: Kind) -> tuple[Bits | Listed, Listed | None]:
    """Quantised coefficients in the smallest form, and those too large for integers of a kind."""
    if kind in ("float32", "float16"):
        return Listed.of(values), None
    dtype = np.dtype(kind)
    info = np.iinfo(dtype)
    large = (values < info.min) | (values > info.max)
    escapes = None
    if large.any():
        fits = np.abs(values).max() < 2**15
        escapes = Listed.of(np.where(large, values, 0).astype(np.int16 if fits else np.int32))
        values = np.where(large, 0, values)
    listed = Listed.of(values.astype(dtype))
    bits = Bits.of(values)
    return (bits if bits.nbytes < listed.nbytes else listed), escapes


class _Settled:
    """What arrays computed with of late were unpacked to, up to some bytes in all.

    As zfp keeps a few blocks of its arrays decoded: Lindstrom, "Fixed-Rate Compressed
    Floating-Point Arrays", IEEE Trans. Vis. Comput. Graph. 20 (2014).
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.held: dict[weakref.ref[Packed], Spectrum] = {}
        # Reentrant: a collection of garbage may forget an array at any time.
        self.lock = threading.RLock()

    def get(self, packed: Packed) -> Spectrum | None:
        with self.lock:
            key = weakref.ref(packed)
            found = self.held.pop(key, None)
            if found is not None:
                self.held[weakref.ref(packed, self.forget)] = found
            return found

    def put(self, packed: Packed, spectrum: Spectrum) -> None:
        if not fits_budget(16 * spectrum.nbytes) or spectrum.nbytes > self.most:
            return
        with self.lock:
            self.held[weakref.ref(packed, self.forget)] = spectrum
            # The first are those that were not used for longest.
            while sum(one.nbytes for one in self.held.values()) > self.most:
                del self.held[next(iter(self.held))]

    def forget(self, key: weakref.ref[Packed]) -> None:
        with self.lock:
            self.held.pop(key, None)


_SETTLED = _Settled(1 << 26)


@dataclass(frozen=True, eq=False)
class Packed:
    """An array whose eigenvalues are stored in few bits. Immutable; a `Deferred`.

    Attributes
    ----------
    shape : tuple of int
    dtype : numpy.dtype
        Floating or complex.
    bases : tuple of Basis
    kind : {"float32", "float16", "int16", "int8"}
    step : float
        What stored numbers are multiples of, in units of ``2 ** exponent``.
    exponent : int
    store : Bits or Listed
        The coefficients in the order of `Scan`.
    escapes : Listed or None
        Those that are too large for the kind.
    error : ErrorBound or None
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    bases: tuple[Basis, ...]
    kind: Kind
    step: float
    exponent: int
    store: Bits | Listed
    escapes: Listed | None
    error: ErrorBound | None

    @property
    def nbytes(self) -> int:
        """Bytes stored: the numbers, where they are, and the step."""
        escapes = 0 if self.escapes is None else self.escapes.nbytes
        return self.store.nbytes + escapes + 8

    @property
    def label(self) -> str:
        return f"packed as {self.kind}"

    @property
    def is_complex(self) -> bool:
        """Whether coefficients are complex: two numbers each."""
        return coefficient_dtype(self.bases, self.dtype).kind == "c"

    @property
    def scan(self) -> Scan:
        return scan_of(self.shape, self.bases, self.is_complex)

    def _rows(self, rows: range, scan: Scan) -> tuple[Array, Array]:
        """Where coefficients of some rows of blocks are, in C order, and what they are."""
        begin, end = rows.start * scan.width, rows.stop * scan.width
        numbers = self.store.read(begin, end)
        if self.escapes is not None and self.escapes.values.size:
            numbers = numbers + self.escapes.read(begin, end)
        flat: Array = scan.coefficients(numbers, rows).reshape(-1)
        # NumPy finds what is true several times as fast as what is not zero.
        if self.is_complex:
            flat = flat.reshape(-1, 2)
            where = np.flatnonzero((flat != 0).any(axis=1))
        else:
            where = np.flatnonzero(flat != 0)
        values: Array = flat[where].astype(np.float64) * self.step
        if self.exponent:
            values = np.ldexp(values, self.exponent)
        if self.is_complex:
            values = values.view(np.complex128).reshape(-1)
        standard = all(basis is STANDARD for basis in self.bases)
        dtype = self.dtype if standard else coefficient_dtype(self.bases, self.dtype)
        return where, values.astype(dtype, copy=False)

    def _spectrum(self, shape: tuple[int, ...], bases: tuple[Basis, ...], rows: range) -> Spectrum:
        """The rows as an array of their own."""
        scan = self.scan
        inner = prod(self.shape[1:])
        kept, places = [np.zeros(0, coefficient_dtype(bases, self.dtype))], [np.zeros(0, np.int64)]
        for part in scan.rows(_CHUNK):
            low, high = max(part.start, rows.start), min(part.stop, rows.stop)
            if low < high:
                where, some = self._rows(range(low, high), scan)
                kept.append(some)
                places.append(where + (low - rows.start) * inner)
        zero = self.dtype.type(0)
        values = kept[1] if len(kept) == 2 else np.concatenate(kept)
        indices = places[1] if len(places) == 2 else np.concatenate(places)
        error = self.error
        if error is not None and len(rows) < scan.shape[0]:
            error = ErrorBound(error.absolute, max(0.0, norm(values) - error.absolute))
        return compact(shape, self.dtype, bases, values, indices, zero, error=error, dropped=True)

    def replace(self, **changes: Any) -> Packed:
        """A copy with some attributes changed."""
        return replace(self, **changes)

    def settle(self) -> Spectrum:
        """All coefficients, spelled out; remembered for a while. O(N)."""
        found = _SETTLED.get(self)
        if found is None:
            found = self._spectrum(self.shape, self.bases, range(self.scan.shape[0]))
            _SETTLED.put(self, found)
        return found

    def express(self) -> Spectrum:
        return self.settle()

    def part(self, key: list[Key]) -> Any:
        """What a basic key names, from the rows of blocks that hold it: as `selection.select`."""
        first = next((at for at, one in enumerate(key) if one is not None), None)
        if first is None or not self.shape or not prod(self.shape):
            return select(self.settle(), key)
        wanted: Any = key[first]
        rows = range(wanted, wanted + 1) if isinstance(wanted, int) else wanted
        cover = self.scan.cover(rows if len(rows) else range(1))
        n, shift = self.shape[0], cover.start
        closed = self.bases[0].restrict(n, cover, np.zeros(0, np.int64))
        assert closed is not None
        local = (
            wanted - shift
            if isinstance(wanted, int)
            else range(wanted.start - shift, wanted.stop - shift, wanted.step)
            if len(wanted)
            else wanted
        )
        slab = self._spectrum((len(cover), *self.shape[1:]), (closed.basis, *self.bases[1:]), cover)
        return select(slab, [*key[:first], local, *key[first + 1 :]])

    def scaled(self, factor: float) -> Packed | None:
        """The array times a real number, if that only changes the step. O(1)."""
        fraction, power = frexp(factor)
        step = self.step * fraction
        if not isfinite(factor) or factor == 0.0 or abs(self.exponent + power) > 900:
            return None
        error = None if self.error is None else self.error.scaled(abs(factor))
        if error is not None and abs(fraction) != 0.5:
            # The product of the steps is rounded.
            size = 2.0 * (error.reference + error.absolute)
            error = ErrorBound(error.absolute + float_info.epsilon * size, error.reference)
        return Packed(
            self.shape,
            self.dtype,
            self.bases,
            self.kind,
            step,
            self.exponent + power,
            self.store,
            self.escapes,
            error,
        )


def scan_of(shape: tuple[int, ...], bases: tuple[Basis, ...], is_complex: bool) -> Scan:
    """The order of the numbers of an array: two for each complex coefficient."""
    return Scan((*shape, 2), (*bases, STANDARD)) if is_complex else Scan(shape, bases)


def sequence(scan: Scan, coefficients: Array, rows: range | None = None) -> Array:
    """Coefficients, or some rows of them, as float64 in the order of a scan."""
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
    """An array of quantised coefficients, given in the order of its scan. O(N)."""
    store, escapes = _stored(quantised.values, kind)
    return Packed(shape, dtype, bases, kind, quantised.step, exponent, store, escapes, error)
