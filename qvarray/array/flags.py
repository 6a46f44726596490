"""``x.flags``: what may be done with the memory of an array."""

from __future__ import annotations

from typing import Protocol

from ..core.values import Shape
from .views import Memory, View

_SHORT = {
    "C": "C_CONTIGUOUS",
    "F": "F_CONTIGUOUS",
    "O": "OWNDATA",
    "W": "WRITEABLE",
    "A": "ALIGNED",
    "X": "WRITEBACKIFCOPY",
    "CONTIGUOUS": "C_CONTIGUOUS",
    "FORTRAN": "F_CONTIGUOUS",
    "FA": "FARRAY",
    "CA": "CARRAY",
    "B": "BEHAVED",
}


class _Stateful(Protocol):
    """What this needs of an array."""

    @property
    def state(self) -> Memory | View: ...

    @property
    def shape(self) -> Shape: ...


class Flags:
    """As ``ndarray.flags``, by attribute in lower case or by key in upper case.

    Parameters
    ----------
    array : VirtualQArray
        `writeable` can be set; a view of a read-only array stays read-only. Contiguous is what
        ``numpy.asarray(x)`` is, as `strides` are those of it.
    """

    __slots__ = ("_array",)

    # What elements are read from is in C order, and aligned.
    c_contiguous = contiguous = aligned = forc = True
    farray = fnc = writebackifcopy = False

    def __init__(self, array: _Stateful) -> None:
        self._array = array

    @property
    def _state(self) -> Memory | View:
        return self._array.state

    @property
    def f_contiguous(self) -> bool:
        shape = self._array.shape
        return 0 in shape or sum(n > 1 for n in shape) < 2

    fortran = f_contiguous

    @property
    def owndata(self) -> bool:
        return isinstance(self._state, Memory)

    @property
    def writeable(self) -> bool:
        return self._state.writeable

    @writeable.setter
    def writeable(self, value: object) -> None:
        state = self._state
        if value and isinstance(state, View) and not state.memory.writeable:
            raise ValueError("cannot set WRITEABLE flag to True of this array")
        state.writeable = bool(value)

    @property
    def behaved(self) -> bool:
        return self.writeable

    carray = behaved

    @property
    def num(self) -> int:
        return (
            self.c_contiguous
            + 2 * self.f_contiguous
            + 4 * self.owndata
            + 0x100 * self.aligned
            + 0x400 * self.writeable
        )

    def _name(self, key: object) -> str:
        name = _SHORT.get(key, key) if isinstance(key, str) else None
        if name is None or name != name.upper() or not hasattr(self, name.lower()):
            raise KeyError("Unknown flag")
        return name.lower()

    def __getitem__(self, key: str) -> bool:
        return bool(getattr(self, self._name(key)))

    def __setitem__(self, key: str, value: object) -> None:
        if self._name(key) != "writeable":
            raise KeyError("Unknown flag")
        self.writeable = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Flags) and self.num == other.num

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = (
            "C_CONTIGUOUS",
            "F_CONTIGUOUS",
            "OWNDATA",
            "WRITEABLE",
            "ALIGNED",
            "WRITEBACKIFCOPY",
        )
        return "".join(f"  {name} : {self[name]}\n" for name in shown)
