"""What an array shares with others: the state of what is written to, or looked at by views."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..bases import STANDARD
from ..core.locks import Lockable
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array, Shape
from ..indexing.assign import paste, put_at, replaced
from ..indexing.cells import Cells
from ..indexing.strided_view import Strided, window_of
from ..ops.basis_change import off_diagonal, to_bases
from ..ops.reshape import reshape
from .inheritance import without_bound

__all__ = [
    "Lens",
    "Look",
    "Memory",
    "Owner",
    "Step",
    "View",
    "in_standard_basis",
    "looked_at",
    "permuting",
]

#: What makes the elements of a view from those of the array that it looks at.
Step = Callable[[Source], Source]
#: What makes the same view of a window.
Look = Callable[[Strided], Strided]


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


@cache
def permuting(axes: tuple[int, ...]) -> tuple[Step, Look]:
    """Return what puts axes in another order: axis i is ``axes[i]`` of what there was."""

    def look(window: Strided) -> Strided:
        shape, strides = window.shape, window.strides
        shape, strides = tuple(shape[i] for i in axes), tuple(strides[i] for i in axes)
        return Strided(shape, strides, window.offset)

    return lambda source: source.permuted(axes), look


class Owner(Protocol):
    """An array that has elements of its own, or those of another."""

    _source: Source

    @property
    def source(self) -> Source: ...

    @property
    def window(self) -> Strided: ...


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


class Memory(Lockable):
    """The state of an array with elements of its own.

    The source of an array is immutable. Who writes holds `lock`, from reading the source that is
    there to having put another in its place; who reads takes the source, and the lock only where
    something was written since. A single element is written into a dict, without the lock: what is
    in it is taken out, put into the source, and looked for at `merging` all the while.

    Attributes
    ----------
    version : int
        How often the array was given another source.
    viewed : bool
        Whether there was ever a view.
    writeable : bool
    writes : dict
        Single elements that were written since the array was last read: position to value.
    merging : bool
        Whether some of them are neither there nor in the source.
    """

    __slots__ = ("_taken", "merging", "version", "viewed", "writeable", "writes")

    lens: Lens | None = None

    def __init__(self) -> None:
        super().__init__()
        self.version = 0
        self.viewed = False
        self.writeable = True
        self.writes: dict[int, Any] = {}
        self.merging = False
        self._taken: dict[int, Any] = {}

    @property
    def memory(self) -> Memory:
        """Itself, as the memory of a view is."""
        return self

    def refresh(self, array: Owner) -> None:
        """Give the array all that was written. O(k + m log m) after m writes."""
        if self.writes or self.merging:
            with self.lock:
                self._merge(array)

    def _merge(self, array: Owner) -> None:
        # What an interrupt, or an error, leaves in `_taken` is merged by the next who comes.
        self.merging = True
        taken = self._taken
        with suppress(KeyError):  # no more items
            taken.update(iter(self.writes.popitem, None))
        if taken:
            source = array._source
            positions = np.fromiter(taken.keys(), np.int64, len(taken))
            values = np.array(list(taken.values()), source.dtype)
            self.give(array, put_at(in_standard_basis(source), positions, values))
            self._taken = {}
        self.merging = False

    def give(self, array: Owner, source: Source) -> None:
        """Give the array another source. For who has the lock."""
        array._source = source
        self.version += 1

    def overwrite(self, array: Owner, source: Source) -> None:
        """Give the array another source, whatever was written before."""
        with self.lock:
            # In this order: who reads without the lock sees nothing that is older than a write.
            self.give(array, source)
            self.writes.clear()
            self._taken = {}
            self.merging = False

    def written(self, source: Source, cells: Cells, part: Spectrum, lens: Lens | None) -> Spectrum:
        """Return the array after some of its elements, or parts of them, were written."""
        whole = in_standard_basis(source)
        if lens is not None:
            part = replaced(lens.put, cells.read(whole), part, lens.is_part)
        return paste(whole, cells, part)


class View:
    """The state of an array whose elements are another's.

    Attributes
    ----------
    base : Owner
        That array; never a view itself.
    memory : Memory
        Of `base`.
    whole : tuple of int
        The shape that the base had when the view was made.
    lens : Lens or None
        Which part of the elements is seen.
    writeable : bool
    seen : int
        The version of the memory that the source of the view was made from.
    """

    __slots__ = (
        "_looks",
        "_steps",
        "_window",
        "base",
        "lens",
        "memory",
        "seen",
        "whole",
        "writeable",
    )

    _window: Strided | None

    def __init__(
        self,
        base: Owner,
        memory: Memory,
        whole: Shape,
        steps: tuple[Step, ...],
        looks: tuple[Look, ...],
        writeable: bool,
        lens: Lens | None,
        seen: int,
    ) -> None:
        self.base = base
        self.memory = memory
        self.whole = whole
        self.writeable = writeable
        self.lens = lens
        self.seen = seen
        self._steps = steps
        self._looks = looks
        self._window = None
        memory.viewed = True

    @property
    def lock(self) -> AbstractContextManager[bool]:
        """That of the memory."""
        return self.memory.lock

    def further(
        self, step: Step, look: Look, writeable: bool, lens: Lens | None, seen: int
    ) -> View:
        """Make a view of this view."""
        return View(
            self.base,
            self.memory,
            self.whole,
            (*self._steps, step),
            (*self._looks, look),
            self.writeable and writeable,
            self.lens if lens is None else lens.after(self.lens),
            seen,
        )

    @property
    def window(self) -> Strided:
        """Where the elements are in the base."""
        if self._window is None:
            window = window_of(self.whole)
            for look in self._looks:
                window = look(window)
            self._window = window
        return self._window

    def refresh(self, array: Owner) -> None:
        """Give the view the elements that are now in the base."""
        memory = self.memory
        # In this order, so that a write is seen wherever it is on its way.
        if not memory.writes and not memory.merging and self.seen == memory.version:
            return
        with memory.lock:
            latest = self.base.source
            if self.seen != memory.version:
                if latest.shape != self.whole:
                    latest = reshape(latest.settle(), self.whole)
                for step in self._steps:
                    latest = looked_at(step, latest)
                array._source = latest
                self.seen = memory.version
