"""What an array shares with others: the state of what is written to, or looked at by views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..bases import STANDARD
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..indexing.assign import paste, put_at, replaced
from ..indexing.cells import Cells
from ..indexing.strided_view import window_of
from ..ops.basis_change import off_diagonal, to_bases
from ..ops.reshape import reshape
from .inheritance import without_bound

__all__ = ["Lens", "Look", "Memory", "Owner", "Step", "View", "in_standard_basis", "looked_at"]

#: What makes the elements of a view from those of the array that it looks at.
Step = Callable[[Source], Source]
#: What makes the same view of an ndarray.
Look = Callable[[Array], Array]


class Lens(NamedTuple):
    """A view of a part of every element, as the real part is.

    Attributes
    ----------
    get : callable
        The parts of elements.
    put : callable
        ``put(old, new)`` is what elements are whose parts are written.
    is_part : bool
        Whether elements are as far apart as their parts together: then error bounds hold.
    """

    get: Callable[[Array], Array]
    put: Callable[[Array, Array], Array]
    is_part: bool = False

    def after(self, first: Lens | None) -> Lens:
        """Put the lens on what another one shows."""
        if first is None:
            return self
        return Lens(
            lambda values: self.get(first.get(values)),
            lambda old, new: first.put(old, self.put(first.get(old), new)),
            self.is_part and first.is_part,
        )


def looked_at(step: Step, source: Source) -> Source:
    """Return what a view shows of a source: no part of what is not exact is exact."""
    out = step(source)
    # An expression has the bounds of its operands.
    if not source.operands and source.error is not None and out.error is None:
        out = without_bound(out)
    return out


class Owner(Protocol):
    """An array that has elements of its own."""

    @property
    def source(self) -> Source: ...


def in_standard_basis(source: Source) -> Spectrum:
    """Turn a source into the standard basis, where single elements can be written.

    Raises
    ------
    MaterializationError
        Where an array in another basis is over the memory budget.
    """
    spectrum = source.settle()
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    return to_bases(spectrum, (STANDARD,) * len(spectrum.shape))


class Memory:
    """The state of an array with elements of its own.

    Attributes
    ----------
    shape : tuple of int
        That views were made of; the array's own may be changed later.
    version : int
        How often the array was written.
    viewed : bool
        Whether there was ever a view.
    writeable : bool
    writes : dict
        Single elements that were written since the array was last read: position to value.
    """

    __slots__ = ("shape", "version", "viewed", "writeable", "writes")

    lens: Lens | None = None

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.version = 0
        self.viewed = False
        self.writeable = True
        self.writes: dict[int, Any] = {}

    @property
    def window(self) -> Array:
        return window_of(self.shape)

    def current(self, source: Source) -> Source:
        """Return the elements, with all that was written. O(k + m log m) after m writes."""
        if not self.writes:
            return source
        positions = np.fromiter(self.writes.keys(), np.int64, len(self.writes))
        values = np.array(list(self.writes.values()), source.dtype)
        latest = put_at(in_standard_basis(source), positions, values)
        self.writes = {}
        return latest

    def written(self, source: Source, cells: Cells, part: Spectrum, lens: Lens | None) -> Spectrum:
        """Return the array after some of its elements, or parts of them, were written."""
        shape = source.shape
        whole = reshape(in_standard_basis(source), self.shape)
        if lens is not None:
            part = replaced(lens.put, cells.read(whole), part, lens.is_part)
        return reshape(paste(whole, cells, part), shape)


class View:
    """The state of an array whose elements are another's.

    Attributes
    ----------
    base : Owner
        That array; never a view itself.
    memory : Memory
        Of `base`.
    lens : Lens or None
        Which part of the elements is seen.
    writeable : bool
    """

    __slots__ = ("_looks", "_steps", "_window", "base", "lens", "memory", "seen", "writeable")

    def __init__(
        self,
        base: Owner,
        memory: Memory,
        steps: tuple[Step, ...],
        looks: tuple[Look, ...],
        writeable: bool,
        lens: Lens | None,
    ) -> None:
        self.base = base
        self.memory = memory
        self.writeable = writeable
        self.lens = lens
        self.seen = memory.version
        self._steps = steps
        self._looks = looks
        self._window: Array | None = None
        memory.viewed = True

    def further(self, step: Step, look: Look, writeable: bool, lens: Lens | None) -> View:
        """Make a view of this view."""
        return View(
            self.base,
            self.memory,
            (*self._steps, step),
            (*self._looks, look),
            self.writeable and writeable,
            self.lens if lens is None else lens.after(self.lens),
        )

    @property
    def window(self) -> Array:
        """Where the elements are in the base; see `window`."""
        if self._window is None:
            window = self.memory.window
            for look in self._looks:
                window = look(window)
            self._window = window
        return self._window

    def current(self, source: Source) -> Source:
        """Return the elements as they are now in the base."""
        if self.seen == self.memory.version:
            return source
        latest = self.base.source
        if latest.shape != self.memory.shape:
            latest = reshape(latest.settle(), self.memory.shape)
        for step in self._steps:
            latest = looked_at(step, latest)
        self.seen = self.memory.version
        return latest
