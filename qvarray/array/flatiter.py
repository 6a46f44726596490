"""``x.flat``: an array as a sequence of its elements in C order."""

from __future__ import annotations

from types import EllipsisType
from typing import Any, Generic, Protocol, Self, SupportsIndex, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..bases import as_indices
from ..core.budget import require_budget
from ..core.values import Array, Shape
from ..indexing.advanced_keys import advanced_key, positions_of
from ..indexing.keys import basic_key
from ..indexing.strided_view import window_of
from .inheritance import repeated_error

#: Keys of several elements; a tuple may hold one of them.
_Keys = slice | EllipsisType | list[Any] | Array | tuple[Any, ...]


class _Elements(Protocol):
    """What this needs of an array."""

    @property
    def shape(self) -> Shape: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    @property
    def size(self) -> int: ...

    def reshape(self, *shape: int) -> Self: ...

    def copy(self) -> Self: ...

    def __setitem__(self, key: EllipsisType, value: ArrayLike) -> None: ...

    def put_elements(self, positions: Array, values: ArrayLike, lost: float) -> None: ...


A = TypeVar("A", bound=_Elements)


class FlatIterator(Generic[A]):
    """As ``numpy.flatiter``.

    Parameters
    ----------
    base : VirtualQArray
    """

    __slots__ = ("_next", "base")

    def __init__(self, base: A) -> None:
        self.base = base
        self._next = 0

    @property
    def index(self) -> int:
        """The C-order position of the next element."""
        return self._next

    @property
    def coords(self) -> tuple[int, ...]:
        """The index along each axis of the next element."""
        out: list[int] = []
        rest = self._next
        for n in reversed(self.base.shape):
            out.append(rest % n if n else 0)
            rest = rest // n if n else 0
        return tuple(reversed(out))

    @property
    def _line(self) -> Any:
        """The elements as an array of one dimension."""
        return self.base.reshape(-1)

    def copy(self) -> A:
        """Copy all elements to an array of their own."""
        return self.base.reshape(-1).copy()

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return self._line.__array__(dtype)

    def __len__(self) -> int:
        return int(self.base.size)

    def __iter__(self) -> Self:
        self._next = 0
        return self

    def __next__(self) -> Any:
        if self._next >= self.base.size:
            raise StopIteration
        element = self._line[self._next]
        self._next += 1
        return element

    @overload
    def __getitem__(self, key: SupportsIndex) -> Any: ...
    @overload
    def __getitem__(self, key: _Keys) -> A: ...
    def __getitem__(self, key: _Keys | SupportsIndex) -> A | Any:
        out = self._line[_line_key(key, self.base.size)]
        return out.copy() if isinstance(out, type(self.base)) else out

    def __setitem__(self, key: _Keys | SupportsIndex, value: ArrayLike) -> None:
        n = self.base.size
        if isinstance(key, tuple) and (not key or (len(key) == 1 and key[0] is ...)):
            raise IndexError("Assigning to a flat iterator with a 0-D index is not supported")
        key = _line_key(getattr(key, "spectrum", key), n)
        basic = basic_key(key, (n,))
        if basic == [range(n)] and not np.ndim(value):
            self.base[...] = value
            return
        whole = _first(value, self.base) if basic == [range(n)] else None
        if whole is not None:
            self.base[...] = whole
            return
        require_budget(np.size(value) * 24, "write fewer elements at a time")
        values = np.empty(np.shape(value), self.base.dtype)
        values[...] = value
        if basic is None:
            positions = positions_of(advanced_key(key, (n,)), window_of((n,))).reshape(-1)
        else:
            (part,) = basic
            if isinstance(part, int):
                if not values.size:
                    raise ValueError("Error setting single item of array.")
                part = range(part, part + 1)
            assert part is not None
            require_budget(len(part) * 24, "write fewer elements at a time")
            positions = as_indices(part)
        # A value that is too short begins anew, and none is written nowhere, as NumPy has it.
        if values.size:
            lost = repeated_error(value, self.base.dtype, positions.size)
            self.base.put_elements(positions, np.resize(values, positions.size), lost)

    def __eq__(self, other: object) -> A:  # type: ignore[override]
        return self._line == other

    def __ne__(self, other: object) -> A:  # type: ignore[override]
        return self._line != other

    def __lt__(self, other: ArrayLike) -> A:
        return self._line < other

    def __le__(self, other: ArrayLike) -> A:
        return self._line <= other

    def __gt__(self, other: ArrayLike) -> A:
        return self._line > other

    def __ge__(self, other: ArrayLike) -> A:
        return self._line >= other

    __hash__ = None  # type: ignore[assignment]


def _line_key(key: Any, n: int) -> Any:
    """Return the key of a line of `n` elements, after what NumPy's iterators do not take."""
    if isinstance(key, tuple):
        if len(key) > 1:
            raise IndexError(
                "too many indices for flat iterator: flat iterator is 1-dimensional, but "
                f"{len(key)} were indexed"
            )
        # In a tuple a bool is an array of bool.
        key = np.bool_(key[0]) if key and isinstance(key[0], bool) else key[0] if key else ...
    if key is None:
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`) and integer or boolean arrays are "
            "valid indices"
        )
    if isinstance(key, list | np.bool_) and np.asarray(key).dtype.kind == "b":
        raise IndexError("boolean indices for iterators are not supported: make an array of them")
    if type(key) is int or isinstance(key, slice | EllipsisType):
        return key
    line = np.broadcast_to(np.False_, n)
    if isinstance(key, bool) or getattr(key, "dtype", np.intp) == np.dtype(bool):
        shape = np.shape(key)
        if shape == ():
            _ = line.flat[bool(key)]  # NumPy's warning, of 2.4 and later
            return 0 if key else slice(0)
        if len(shape) == 1 and shape != (n,):
            raise IndexError(
                "boolean index did not match indexed flat iterator along axis 0; size of axis is "
                f"{n} but size of corresponding boolean axis is {shape[0]}"
            )
        return key
    if hasattr(key, "dtype") and not isinstance(key, np.inexact):
        return key
    # Numbers that are no integers, which NumPy takes with a warning, or refuses.
    _ = line.flat[key]
    return np.real(np.asarray(key)).astype(np.intp)


def _first(value: Any, base: _Elements) -> Any:
    """Return as many elements of an array of ours as `base` has, of its shape; None where less."""
    is_ours = type(value) is type(base)
    if not is_ours or value.size < base.size:
        return None
    return value.reshape(-1)[: base.size].reshape(base.shape)
