"""``x.flat``: an array as a sequence of its elements in C order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from ..bases import as_indices
from ..core.budget import require_budget
from ..indexing.advanced_keys import advanced_key, positions_of
from ..indexing.keys import basic_key

__all__ = ["FlatIterator"]


class _Elements(Protocol):
    """What this needs of an array."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def size(self) -> int: ...

    def reshape(self, *shape: Any) -> Any: ...

    def put_elements(self, positions: Any, values: Any) -> None: ...


class FlatIterator:
    """As ``numpy.flatiter``.

    Parameters
    ----------
    base : VirtualQArray
    """

    __slots__ = ("_next", "base")

    def __init__(self, base: _Elements) -> None:
        self.base: Any = base
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

    def copy(self) -> Any:
        """All elements, as an array of their own."""
        return self.base.reshape(-1).copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.base.reshape(-1).__array__(dtype)

    def __len__(self) -> int:
        return int(self.base.size)

    def __iter__(self) -> Iterator[Any]:
        self._next = 0
        return self

    def __next__(self) -> Any:
        if self._next >= self.base.size:
            raise StopIteration
        element = self.base.reshape(-1)[self._next]
        self._next += 1
        return element

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple) and len(key) > 1:
            raise IndexError("unsupported iterator index")
        out = self.base.reshape(-1)[key]
        return out.copy() if hasattr(out, "copy") and isinstance(out, type(self.base)) else out

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(key, tuple) and len(key) > 1:
            raise IndexError("unsupported iterator index")
        n = self.base.size
        key = np.asarray(key) if hasattr(key, "todense") else key
        basic = basic_key(key, (n,))
        if basic == [range(n)] and not np.ndim(value):
            self.base[...] = value
            return
        values = np.empty(np.shape(value), self.base.dtype)
        values[...] = value
        if basic is None:
            positions = positions_of(advanced_key(key, (n,)), (n,)).reshape(-1)
        elif len(basic) != 1:
            raise IndexError("unsupported iterator index")
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
            self.base.put_elements(positions, np.resize(values, positions.size))

    def __eq__(self, other: object) -> Any:
        return self.base.reshape(-1) == other

    def __ne__(self, other: object) -> Any:
        return self.base.reshape(-1) != other

    def __lt__(self, other: Any) -> Any:
        return self.base.reshape(-1) < other

    def __le__(self, other: Any) -> Any:
        return self.base.reshape(-1) <= other

    def __gt__(self, other: Any) -> Any:
        return self.base.reshape(-1) > other

    def __ge__(self, other: Any) -> Any:
        return self.base.reshape(-1) >= other

    __hash__ = None  # type: ignore[assignment]
