"""The kinds of objects that files hold: what writes and what reads each, by its name; and `Packer`.

A kind is two functions, which the module of the kind registers. What a file holds is described by
entries of its header: dictionaries with the name of the kind, and what that kind needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ..bases import Basis
from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..core.values import ELEMENT_KINDS, Scalar
from ..sources.element_functions import function_name
from .codecs import little_endian
from .streams import Writer

#: What a header says of an object.
Entry = dict[str, Any]

#: Characters of a name, or of a number.
LONGEST_NAME = 1 << 12
#: Entries that lie in each other; what lies deeper is listed ahead of them.
_DEEPEST = 40

_Write = TypeVar("_Write", bound=Callable[..., Entry])
_Read = TypeVar("_Read", bound=Callable[..., Any])


class _Kind(NamedTuple):
    name: str
    write: Callable[[Packer, Any], Entry]
    parts: Callable[[Any], Sequence[Any]]


_KINDS: dict[type, _Kind] = {}
#: What reads an entry, by the name of its kind.
READERS: dict[str, Callable[[Any], Any]] = {}


def _operands(obj: object) -> Sequence[Any]:
    return getattr(obj, "operands", ())


def writes(
    kind: type, name: str, parts: Callable[[Any], Sequence[Any]] = _operands
) -> Callable[[_Write], _Write]:
    """Register a function of a Packer and an object, that describes objects of a type by an entry.

    Parameters
    ----------
    kind : type
    name : str
        Not to be changed any more: files have it.
    parts : callable
        Returns what an object is made of that may be a part of others too.
    """

    def register(function: _Write) -> _Write:
        _KINDS[kind] = _Kind(name, function, parts)
        return function

    return register


def reads(name: str) -> Callable[[_Read], _Read]:
    """Register a function of `fields.Fields` that makes an object of its entry, all checked."""

    def register(function: _Read) -> _Read:
        READERS[name] = function
        return function

    return register


class _Nameless(Exception):  # noqa: N818
    """Raised where a function has no name in files."""


class Packer(Writer):
    """The entries and the streams of a file that is being written.

    What is a part of several objects is written once, as one of the nodes, and so is what would lie
    too deep.

    Parameters
    ----------
    codec : str
        Of the streams.
    """

    def __init__(self, codec: str) -> None:
        super().__init__(codec)
        self.nodes: list[Entry] = []
        self._numbers: dict[int, int] = {}

    def root(self, source: Source) -> Entry:
        """Describe an array, and list as nodes what it is made of where that has to be."""
        for node in _listed(source):
            mark = len(self.nodes)
            entry = self.entry(node)
            if entry.get("kind") != "node":
                self.nodes.append(entry)
                self._numbers[id(node)] = mark
        return self.entry(source)

    def entry(self, obj: object) -> Entry:
        """Describe an object; as a node, if it is one."""
        number = self._numbers.get(id(obj))
        if number is not None:
            return {"kind": "node", "number": number}
        kind = _KINDS.get(type(obj))
        mark = len(self.streams)
        if kind is not None:
            try:
                return {"kind": kind.name, **kind.write(self, obj)}
            except _Nameless:
                del self.streams[mark:], self.parts[mark:]
        if not isinstance(obj, Source):
            raise _Nameless
        # So does what rules compute with, or else all of its elements.
        known = obj.express()
        if type(known) not in _KINDS or known is obj:
            known = obj.settle()
        return {"kind": _KINDS[type(known)].name, **_KINDS[type(known)].write(self, known)}

    def value(self, value: object) -> Entry:
        """Describe what functions take: arrays, numbers, words, dtypes, functions, lists."""
        if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.ndim):
            # An array without axes promotes as the scalar does.
            if value.dtype.kind in ELEMENT_KINDS:
                return {"kind": "scalar", "value": scalar_entry(value)}
        elif isinstance(value, (bool, int, float, complex)):
            return _number_entry(value)
        elif value is None:
            return {"kind": "none"}
        elif isinstance(value, str):
            return {"kind": "text", "value": value}
        elif isinstance(value, np.dtype) or (
            isinstance(value, type) and issubclass(value, np.generic)
        ):
            if np.dtype(value).kind in ELEMENT_KINDS:
                return {"kind": "dtype", "value": np.dtype(value).str}
        elif isinstance(value, (list, tuple)):
            return {"kind": "list", "values": [self.value(item) for item in value]}
        elif type(value) in _KINDS or isinstance(value, Source):
            return self.entry(value)
        elif callable(value):
            return {"kind": "function", "name": self.function(value)}
        raise _Nameless

    def function(self, function: Callable[..., Any]) -> str:
        """Return the name of a function in files."""
        name = function_name(function)
        if name is None:
            raise _Nameless
        return name

    def keywords(self, kwargs: dict[str, Any]) -> Entry:
        """Describe keyword arguments, if there are any."""
        if not kwargs:
            return {}
        return {"kwargs": {name: self.value(value) for name, value in kwargs.items()}}


def _listed(root: object) -> Iterable[Any]:
    """Return the parts of an object that are parts of several, or have many below them.

    Each after its own parts.
    """
    uses: Counter[int] = Counter()
    heights: dict[int, int] = {}
    order: list[Any] = []
    todo: list[tuple[Any, bool]] = [(root, False)]
    while todo:
        obj, is_done = todo.pop()
        kind = _KINDS.get(type(obj))
        if kind is None:
            continue
        parts = [part for part in kind.parts(obj) if type(part) in _KINDS]
        if is_done:
            height = 1 + max((heights[id(part)] for part in parts), default=-1)
            heights[id(obj)] = 0 if height == _DEEPEST else height
            order.append((obj, height == _DEEPEST))
        elif id(obj) not in heights:
            heights[id(obj)] = 0
            todo.append((obj, True))
            for part in parts:
                uses[id(part)] += 1
                todo.append((part, False))
    return [obj for obj, is_high in order if obj is not root and (is_high or uses[id(obj)] > 1)]


def _number_entry(value: object) -> Entry:
    """Describe a number of Python's: NumPy finds the dtype of a result by its type."""
    if isinstance(value, complex):
        return {"kind": "complex", "value": [value.real.hex(), value.imag.hex()]}
    if isinstance(value, float):
        return {"kind": "float", "value": value.hex()}
    assert isinstance(value, int)
    return {"kind": "bool" if isinstance(value, bool) else "int", "value": str(int(value))}


def scalar_entry(value: Scalar | np.generic | np.ndarray[Any, Any]) -> list[str]:
    """Describe a number by its dtype and its bytes, the lowest first."""
    scalar = np.asarray(value)
    digits = little_endian(scalar.reshape(1)).tobytes().hex()
    return [scalar.dtype.newbyteorder("<").str, digits]


def bound_entry(error: ErrorBound | None) -> list[str] | None:
    """Describe an error bound, and what else is known: hexadecimal numbers lose no bit."""
    if error is None:
        return None
    parts = [error.absolute, error.reference, *(error.known or ())[:3]]
    return [float(part).hex() for part in parts]


def described(
    shape: Sequence[int],
    dtype: np.dtype[Any],
    bases: Iterable[Basis],
    error: ErrorBound | None,
) -> Entry:
    """Describe what arrays of coefficients have in common.

    Raises
    ------
    ValueError
        For a basis whose name is too long for a file.
    """
    names = [basis.name for basis in bases]
    if any(len(name) > LONGEST_NAME for name in names):
        raise ValueError(f"the name of a basis has more than {LONGEST_NAME} characters")
    return {
        "shape": [int(n) for n in shape],
        "dtype": dtype.str,
        "bases": names,
        "error": bound_entry(error),
    }
