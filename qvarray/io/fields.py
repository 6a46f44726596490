"""`Fields`: an entry of a file's header, each field of which is checked as it is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from ..bases import Basis, as_basis
from ..core.error_bound import ErrorBound, Residual
from ..core.spectrum import Spectrum
from ..core.values import ELEMENT_KINDS, Array, element_dtype
from ..sources.element_functions import Named, function_of_name
from .kinds import LONGEST_NAME, READERS
from .streams import Reader, as_dtype, as_integer

_T = TypeVar("_T")
_MOST_AXES = 64


class Fields:
    """An entry of the header of a file that is being read.

    Each method reads a field, and raises ValueError where it is not what it should be. The reader
    knows which field that was, and the byte of the file that it comes from.

    Parameters
    ----------
    reader : Reader
    entry : object
        What the header has there: a dictionary, or the file is refused.
    where : str
        The way to it in the header.
    """

    __slots__ = ("_entry", "reader", "where")

    def __init__(self, reader: Reader, entry: object, where: str) -> None:
        reader.field = None
        reader.where = where
        if type(entry) is not dict:
            raise ValueError("not an entry of the header")
        self.reader = reader
        self.where = where
        self._entry: dict[str, Any] = entry

    def has(self, name: str) -> bool:
        """Tell whether a field is there and not null."""
        return self._entry.get(name) is not None

    def raw(self, name: str) -> Any:
        """Return a field as JSON has it, unchecked, and say that it is being read."""
        self.reader.field = self, name
        try:
            return self._entry[name]
        except KeyError:
            raise ValueError("it is missing") from None

    def locate(self, name: str) -> None:
        """Say which field is being looked at."""
        self.reader.field = self, name

    def place(self, name: str) -> tuple[str, int | None]:
        """Return the way to a field, and the number of its stream if it has one."""
        found = self._entry.get(name)
        number = found.get("at") if isinstance(found, dict) else None
        return f"{self.where}.{name}", number if type(number) is int else None

    def require(self, condition: object, name: str, cause: str) -> None:
        """Raise ValueError with the cause, and with the field to blame, where `condition` fails."""
        if not condition:
            self.locate(name)
            raise ValueError(cause)

    # -- plain values -----------------------------------------------------------------------

    def integer(self, name: str, low: int = 0, high: int = 2**63 - 1) -> int:
        """Return an integer in ``[low, high]``."""
        value = as_integer(self.raw(name))
        if not low <= value <= high:
            raise ValueError(f"{value} is not in [{low}, {high}]")
        return value

    def integers(self, name: str, low: int = 0, high: int = 2**63 - 1) -> list[int]:
        """Return a list of integers in ``[low, high]``."""
        values = self._list(name)
        for value in values:
            if not low <= as_integer(value) <= high:
                raise ValueError(f"{value} is not in [{low}, {high}]")
        return values

    def number(self, name: str, is_finite: bool = True) -> float:
        """Return a number that is written in hexadecimal."""
        value = _number(self.raw(name))
        if is_finite and not np.isfinite(value):
            raise ValueError(f"{value} is not finite")
        return value

    def numbers(self, name: str, count: int) -> list[float]:
        """Return some finite numbers that are written in hexadecimal."""
        values = [_number(value) for value in self._list(name)]
        if len(values) != count or not np.isfinite(values).all():
            raise ValueError(f"not {count} finite numbers")
        return values

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.raw(name)
        if type(value) is not bool:
            raise ValueError("neither true nor false")
        return value

    def text(self, name: str) -> str:
        """Return a short text."""
        value = self.raw(name)
        if type(value) is not str or len(value) > LONGEST_NAME:
            raise ValueError("not a name")
        return value

    def choice(self, name: str, options: Sequence[str]) -> str:
        """Return one of some words."""
        value = self.text(name)
        if value not in options:
            raise ValueError(f"{value!r} is none of {', '.join(options)}")
        return value

    def _list(self, name: str) -> list[Any]:
        values = self.raw(name)
        if type(values) is not list:
            raise ValueError("not a list")
        return values

    # -- what arrays have -------------------------------------------------------------------

    def shape(self, name: str) -> tuple[int, ...]:
        """Return lengths of at most 64 axes."""
        shape = tuple(self.integers(name))
        if len(shape) > _MOST_AXES:
            raise ValueError(f"more than {_MOST_AXES} axes")
        return shape

    def dtype(self, name: str, kinds: str = ELEMENT_KINDS) -> np.dtype[Any]:
        """Return a dtype of elements."""
        dtype = element_dtype(as_dtype(self.raw(name)))
        if dtype.kind not in kinds:
            raise ValueError(f"{dtype} is no dtype for this")
        return dtype

    def basis(self, name: str) -> Basis:
        """Return a basis."""
        return as_basis(self.text(name))

    def bases(self, name: str, shape: tuple[int, ...]) -> tuple[Basis, ...]:
        """Return bases that axes of these lengths can have."""
        names = self._list(name)
        if not all(type(word) is str and len(word) <= LONGEST_NAME for word in names):
            raise ValueError("not names of bases")
        if len(names) != len(shape):
            raise ValueError(f"{len(names)} bases for {len(shape)} axes")
        bases = tuple(as_basis(word) for word in names)
        for basis, n in zip(bases, shape, strict=True):
            basis.check_length(n)
        return bases

    def error(self, name: str) -> ErrorBound | None:
        """Return an error bound, or None."""
        found = self.raw(name)
        if found is None:
            return None
        absolute, reference, *rest = map(_number, found)
        if not (absolute >= 0.0 and reference >= 0.0):
            raise ValueError("an error bound is negative, or no number")
        total, inner, square = rest or (0.0, 0.0, 0.0)
        known = Residual(total, inner, square) if rest else None
        if known is not None and not 0.0 <= known.square <= absolute * absolute:
            raise ValueError("what is known of an error is more than its bound, or no number")
        return ErrorBound(absolute, reference, known)

    def scalar(self, name: str) -> Any:
        """Return a number of some dtype."""
        kind, digits = self.raw(name)
        dtype = as_dtype(kind)
        raw = bytes.fromhex(digits)
        if len(raw) != dtype.itemsize:
            raise ValueError(f"{len(raw)} bytes for a number of dtype {dtype}")
        return np.frombuffer(raw, dtype).astype(dtype.newbyteorder("="))[0]

    # -- streams ----------------------------------------------------------------------------

    def array(self, name: str, kinds: str = ELEMENT_KINDS, size: int | None = None) -> Array:
        """Return a vector of numbers, of some kinds of dtypes and of some length."""
        found = Fields(self.reader, self.raw(name), f"{self.where}.{name}")
        dtype = as_dtype(found.raw("dtype"))
        number = found.integer("at")
        self.locate(name)
        if dtype.kind not in kinds:
            raise ValueError(f"{dtype} is no dtype for this")
        values = self.reader.array(number, dtype)
        if size is not None and values.size != size:
            raise ValueError(f"{values.size} numbers where there should be {size}")
        return values

    def indices(self, name: str, space: int, dtype: np.dtype[Any]) -> Array:
        """Return sorted, unique indices in ``range(space)``, stored by their distances."""
        gaps = self.array(name, "iu")
        self.reader.take(gaps.size * (dtype.itemsize + 1))
        if not gaps.size:
            return np.zeros(0, dtype)
        if int(gaps[0]) < 0 or (gaps.size > 1 and int(gaps[1:].min()) <= 0):
            raise ValueError("the indices are not sorted, or repeat")
        largest = int(gaps.max())
        if largest >= space:
            raise ValueError(f"an index is not below {space}")
        # Each distance fits, so that the first index to pass the largest integer is negative.
        may_pass = largest * gaps.size > np.iinfo(dtype).max
        indices: Array = gaps.cumsum(dtype=dtype, out=gaps if gaps.dtype == dtype else None)
        if (may_pass and int(indices.min()) < 0) or int(indices[-1]) >= space:
            raise ValueError(f"an index is not below {space}")
        return indices

    # -- objects ----------------------------------------------------------------------------

    def inner(self, name: str) -> Fields:
        """Return the fields of an entry in this one."""
        return Fields(self.reader, self.raw(name), f"{self.where}.{name}")

    def entries(self, name: str) -> list[Fields]:
        """Return the fields of each entry of a list."""
        return [
            Fields(self.reader, entry, f"{self.where}.{name}[{place}]")
            for place, entry in enumerate(self._list(name))
        ]

    def node(self, name: str, kind: type[_T]) -> _T:
        """Return the array or map of an entry, of some type."""
        found = self.inner(name).decoded()
        if not isinstance(found, kind):
            self.locate(name)
            raise ValueError(f"it is of the kind {type(found).__name__}")
        return found

    def decoded(self) -> Any:
        """Return what this entry describes."""
        known = self.reader.done.get(id(self._entry))
        if known is not None:
            return known
        kind = self.raw("kind")
        if kind == "node":
            number = self.integer("number", 0, len(self.reader.nodes) - 1)
            return self.reader.nodes[number]
        read = READERS.get(kind) if type(kind) is str else None
        if read is None:
            raise ValueError(f"the kind {kind!r} is not known to this version of qvarray")
        return read(self)

    def spectrum(self, name: str, shape: tuple[int, ...] | None = None) -> Spectrum:
        """Return a spectrum in the standard basis, of some shape."""
        found = self.node(name, Spectrum)
        fits = found.is_standard and (shape is None or found.shape == shape)
        self.require(fits, name, "its shape is another, or its basis not the standard one")
        return found

    # -- what functions take ----------------------------------------------------------------

    def values(self, name: str) -> list[Any]:
        """Return a list of values: see `value`."""
        return [entry.value() for entry in self.entries(name)]

    def value(self) -> Any:
        """Return an array, a number, a word, a dtype, a function, or a list of such."""
        kind = self.raw("kind")
        if kind == "scalar":
            return self.scalar("value")
        if kind == "float":
            return self.number("value", is_finite=False)
        if kind == "complex":
            return complex(*map(_number, self._list("value")))
        if kind in ("int", "bool"):
            digits = self.text("value")
            if not re.fullmatch(r"-?\d{1,40}", digits):
                raise ValueError("not an integer")
            return bool(int(digits)) if kind == "bool" else int(digits)
        if kind == "none":
            return None
        if kind == "text":
            return self.text("value")
        if kind == "dtype":
            return self.dtype("value")
        if kind == "list":
            return self.values("values")
        if kind == "function":
            return self.function("name").function
        return self.decoded()

    def function(self, name: str) -> Named:
        """Return a function that files may name."""
        return function_of_name(self.text(name))

    def keywords(self, allowed: Sequence[str]) -> dict[str, Any]:
        """Return the keyword arguments of a function, if the entry has any."""
        if not self.has("kwargs"):
            return {}
        inner = self.inner("kwargs")
        found = {}
        for name in inner._entry:
            inner.require(name in allowed, name, "it is no keyword of that function")
            found[name] = inner.inner(name).value()
        return found


def _number(text: object) -> float:
    if type(text) is not str or len(text) > LONGEST_NAME:
        raise ValueError(f"not a number: {text!r}")
    return float.fromhex(text)
