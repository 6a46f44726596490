"""`ChunkCode`: how chunks of stored arrays are encoded, and the files of `save` that they become.

A chunk is one file. Elements that are missing are kept as they are: the file then holds
``where(missing, values, encoded)``. Lines at the end of an axis that are padding are left out.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import prod, sqrt
from typing import Any, Literal, Self, cast, get_args

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD, Basis, as_bases
from ..core.error_bound import ErrorBound
from ..core.spectrum import Spectrum
from ..core.values import Array, Scalar
from ..creation.arrays import from_coordinates
from ..encoding.attempts import Storage
from ..encoding.encode import encode
from ..encoding.goals import Reference, goal
from ..sources.expression import Expression
from ..sources.packed import Packed
from ..sources.quantize import Kind
from .codecs import COMPRESSIONS
from .container import load, save
from .missing import filled_in, missing_of, without_padding

#: What is done with elements that have no value, or which number stands for that.
Missing = Literal["refuse", "keep"] | float


@dataclass(frozen=True)
class ChunkCode:
    """How the chunks of an array are encoded.

    Parameters
    ----------
    tol, relative_to, max_abs, ratio, basis, storage
        As in `encode`, of each chunk; of the elements that are not missing.
    missing : {"refuse", "keep"} or float
        What is done with NaN and infinities: refused, or kept as they are. A number is kept too
        where an element is that number, such as 1e20.
    compression : str
        As in `save`.

    Raises
    ------
    ValueError, TypeError
        For arguments that `encode` and `save` do not take.
    """

    tol: float | None = None
    relative_to: Reference = "norm"
    max_abs: float | None = None
    ratio: float | None = None
    basis: str | Basis | Sequence[str | Basis] = "auto"
    storage: Storage | None = None
    missing: Missing = "refuse"
    compression: str = "pcodec"

    def __post_init__(self) -> None:
        wanted = goal(self.tol, self.relative_to, self.max_abs, None, self.ratio, None)
        for name in ("tol", "max_abs", "ratio"):
            object.__setattr__(self, name, getattr(wanted, name))
        basis = self.basis
        if not isinstance(basis, str):
            basis = str(basis) if isinstance(basis, Basis) else tuple(map(str, basis))
            object.__setattr__(self, "basis", basis)
        if basis != "auto":
            as_bases(basis, 1 if isinstance(basis, str) else len(basis))
        kinds = ("float64", *get_args(Kind))
        if self.storage is not None and self.storage not in kinds:
            raise ValueError(f"storage must be one of {', '.join(kinds)}, got {self.storage!r}")
        if self.missing not in ("refuse", "keep"):
            try:
                object.__setattr__(self, "missing", float(self.missing))
            except (TypeError, ValueError):
                raise ValueError(
                    f'missing must be "refuse", "keep" or a number, got {self.missing!r}'
                ) from None
        if self.compression not in COMPRESSIONS:
            known = ", ".join(map(repr, COMPRESSIONS))
            raise ValueError(f"compression is {self.compression!r}, which is none of {known}")

    @property
    def number(self) -> float | None:
        """The number that stands for elements that are missing."""
        return self.missing if isinstance(self.missing, float) else None

    # -- as text --------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return what is not as by default, as JSON has it."""
        out = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                out[field.name] = list(value) if isinstance(value, tuple) else value
        if isinstance(self.missing, float) and not np.isfinite(self.missing):
            out["missing"] = str(self.missing)
        return out

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> Self:
        """Return what `to_dict` describes.

        Raises
        ------
        ValueError
            For names that are not known: what a newer version wrote.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(given.keys() - known)
        if unknown:
            raise ValueError(
                f"this qvarray does not know {', '.join(unknown)} of an encoded array: "
                "a newer one may"
            )
        return cls(**given)

    def check(self, shape: Sequence[int], dtype: np.dtype[Any]) -> None:
        """Refuse chunks of a shape or a dtype that cannot be encoded.

        Raises
        ------
        TypeError
            For elements that are neither floating-point nor complex numbers.
        ValueError
            For lengths that the basis cannot have.
        """
        if dtype.kind not in "fc" or dtype.hasobject:
            raise TypeError(
                f"floating-point or complex numbers are encoded, not {dtype}: cast the array, or "
                "use another codec"
            )
        if self.basis != "auto":
            for basis, n in zip(as_bases(self.basis, len(shape)), shape, strict=True):
                basis.check_length(n)

    # -- bytes ----------------------------------------------------------------------------------

    def encoded(
        self, x: Array, fill_value: Scalar | None = None, inherited: ErrorBound | None = None
    ) -> VirtualQArray:
        """Encode a chunk, without the padding at its end.

        Parameters
        ----------
        x : ndarray
        fill_value : scalar, optional
            What padding consists of.
        inherited : ErrorBound, optional
            How far the elements themselves may be off.

        Raises
        ------
        ValueError
            For elements that are missing where that is refused, and for goals that `encode` cannot
            reach.
        """
        self.check(x.shape, x.dtype)
        # Readers of zarr know of no other order of bytes.
        x = x.astype(x.dtype.newbyteorder("="), copy=False)
        short = x.shape
        if fill_value is not None and x.size:
            short = without_padding(x, fill_value)
            x = x[tuple(map(slice, self._lengths(short, x.shape)))]
        missing = missing_of(x, self.number)
        if self.missing == "refuse":
            _refuse(x, missing[tuple(map(slice, short))])
        if short != x.shape:
            is_there = np.zeros(x.shape, np.bool_)
            is_there[tuple(map(slice, short))] = True
            missing |= ~is_there
        lost = int(np.count_nonzero(missing))
        if lost == 0:
            return _widened(self.field(x), x, inherited)
        whole = filled_in(x, missing)
        # So that the elements that are there keep the tolerance by themselves.
        tol = None if self.tol is None else self._tolerance(x[~missing], whole)
        found = _widened(self._field(whole, tol, "norm"), whole, inherited)
        at = np.nonzero(missing)
        is_missing = from_coordinates(at, np.ones(lost, bool), x.shape)
        values = from_coordinates(at, x[missing], x.shape)
        return cast("VirtualQArray", np.where(is_missing, values, found))

    def field(self, x: ArrayLike) -> VirtualQArray:
        """Encode elements that are all there. Nothing is done about padding."""
        return self._field(x, self.tol, self.relative_to)

    def _field(self, x: ArrayLike, tol: float | None, relative_to: Reference) -> VirtualQArray:
        basis = self.basis
        shape = np.shape(x)
        if basis != "auto" and 1 in shape:
            # All bases of one sample are one: arrays made of such chunks have this one.
            given = zip(as_bases(basis, len(shape)), shape, strict=True)
            basis = tuple(STANDARD if n == 1 else along for along, n in given)
        return encode(
            x,
            basis,
            tol=tol,
            relative_to=relative_to,
            max_abs=self.max_abs,
            ratio=self.ratio,
            storage=self.storage,
        )

    def _lengths(self, short: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape without padding, but along axes of which the basis cannot have less."""
        if self.basis == "auto" or 0 in short:
            return short
        out = []
        for basis, few, n in zip(as_bases(self.basis, len(shape)), short, shape, strict=True):
            try:
                basis.check_length(few)
            except ValueError:
                out.append(n)
            else:
                out.append(few)
        return tuple(out)

    def _tolerance(self, known: Array, whole: Array) -> float:
        """Return the tolerance relative to the norm of what was filled in."""
        assert self.tol is not None
        size = float(np.abs(whole).max(initial=0))
        if known.size == 0 or size == 0:
            return self.tol
        known, whole = known / size, whole / size
        if self.relative_to == "norm":
            reference = float(np.linalg.norm(known.ravel()))
        elif self.relative_to == "std":
            reference = float(np.std(known)) * sqrt(known.size)
        else:
            reference = float(np.ptp(known)) * sqrt(known.size)
        # The norms are rounded: so much that the tolerance stays one.
        return min(1.0, self.tol * reference / float(np.linalg.norm(whole.ravel())) * (1 - 1e-12))

    def written(self, x: VirtualQArray) -> bytes:
        """Return the file of a chunk."""
        file = io.BytesIO()
        save(file, x, compression=self.compression)
        return file.getvalue()

    @staticmethod
    def loaded(data: bytes) -> VirtualQArray:
        """Return what a file holds, not decoded, and nothing behind it.

        Raises
        ------
        ValueError
            For bytes that are no file of `save`, or are damaged.
        MaterializationError
            Where what is read is over the memory budget.
        """
        file = io.BytesIO(data)
        x = load(file)
        left = len(data) - file.tell()
        if left:
            raise ValueError(f"{left} bytes are behind the end of its file")
        return x

    @classmethod
    def read(cls, data: bytes, shape: Sequence[int], dtype: np.dtype[Any]) -> VirtualQArray:
        """Return what a file holds, not decoded, which has at most the shape of a chunk.

        Raises
        ------
        ValueError
            For bytes that are no file of `save`, are damaged, or hold another array.
        MaterializationError
            Where what is read is over the memory budget.
        """
        x = cls.loaded(data)
        if x.dtype != dtype.newbyteorder("="):
            raise ValueError(f"it holds elements of dtype {x.dtype}, where {dtype} is stated")
        fits = all(n <= most for n, most in zip(x.shape, shape, strict=False))
        if x.ndim != len(shape) or not fits:
            raise ValueError(f"it holds an array of shape {x.shape} in a chunk of {tuple(shape)}")
        return x

    @staticmethod
    def decoded(x: VirtualQArray, shape: Sequence[int], fill_value: Scalar | None = None) -> Array:
        """Return all elements of a chunk, padding included, as an array that may be written."""
        if x.shape == tuple(shape):
            return np.array(x)
        out = np.full(shape, 0 if fill_value is None else fill_value, x.dtype)
        if prod(x.shape):
            out[tuple(map(slice, x.shape))] = np.asarray(x)
        return out


def _refuse(x: Array, missing: Array) -> None:
    """Raise ValueError where an element is missing."""
    lost = int(np.count_nonzero(missing))
    if lost:
        at = tuple(int(along[0]) for along in np.nonzero(missing))
        raise ValueError(
            f"{lost} elements are not finite, the first is {x[at]} at {at}: "
            'missing="keep" keeps them as they are'
        )


def bound_of(x: VirtualQArray) -> ErrorBound | None:
    """Return how far the elements of a chunk may be off that are not missing."""
    source = x.source
    return (source.operands[-1] if isinstance(source, Expression) else source).error


def _widened(x: VirtualQArray, of: Array, inherited: ErrorBound | None) -> VirtualQArray:
    """Return an encoding of elements that may be off themselves."""
    if inherited is None:
        return x
    absolute = inherited.absolute + (0.0 if x.source.error is None else x.source.error.absolute)
    size = float(np.linalg.norm(of.ravel()))
    assert isinstance(x.source, (Spectrum, Packed))  # what `encode` makes
    return VirtualQArray(x.source.replace(error=ErrorBound.of(absolute, size)))
