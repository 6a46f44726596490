"""What an array shares with others: the state of what is written to, or looked at by views."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeGuard

import numpy as np

from ..bases import STANDARD
from ..core.error_bound import ErrorBound
from ..core.runs import last_of_each
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array, Shape, same_value
from ..indexing.assign import paste, put_at, replaced
from ..indexing.cells import Window, gathered
from ..indexing.strided_view import Strided, is_injective, window_of
from ..ops.basis_change import off_diagonal, to_bases, to_dense
from ..ops.reshape import reshape
from ..runtime.locks import Lockable
from ..sources.permuted import Permuted
from .inheritance import without_bound
from .ownership import are_its_own
from .write_log import Run, Runs, added, element_in, merged, put_found, within

#: Elements that are written one by one into a dict.
_FEW = 32
#: Elements that a log may have, whatever the array.
_LEAST_LOGGED = 1 << 13
#: Views of views that are taken one after the other; those of more, from where the elements are.
_MANY_STEPS = 8

#: What makes the elements of a view from those of the array that it looks at.
Step = Callable[[Source], Source]
#: What makes the same view of a window.
Look = Callable[[Strided], Strided]


class Lens(NamedTuple):
    """A view of a part of every element, as the real part is."""

    #: The parts of elements.
    get: Callable[[Array], Array]
    #: ``put(old, new)`` is what elements are whose parts are written.
    put: Callable[[Array, Array], Array]
    #: Whether elements are as far apart as their parts together: then error bounds hold.
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
    if ErrorBound.are_some and not (source.is_exact or source.operands) and out.is_exact:
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


@cache
def reversing(ndim: int) -> tuple[Step, Look]:
    """Return what puts axes in the opposite order."""
    return permuting(tuple(range(ndim))[::-1])


class Owner(Protocol):
    """An array that has elements of its own, or those of another."""

    _source: Source

    @property
    def source(self) -> Source: ...

    @property
    def window(self) -> Strided: ...


def in_standard_basis(source: Source) -> Spectrum:
    """Turn a source into the standard basis, where single elements can be written.

    Raises MaterializationError where an array in another basis is over the memory budget.
    """
    spectrum = source.settle()
    if spectrum.is_standard:
        return spectrum
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    return to_bases(spectrum, (STANDARD,) * len(spectrum.shape))


class Memory(Lockable):
    """The state of an array with elements of its own.

    The source of an array is immutable, but for eigenvalues that nobody else holds. Who writes
    holds `lock`, from reading the source that is there to having put another in its place; who
    reads takes the source, and the lock only where something was written since. Few elements are
    written into a dict, without the lock. What is in it is taken out, put into the source or set
    aside with longer writes, and looked for at `merging` all the while.

    Attributes
    ----------
    version : int
        How often the array was given another source.
    viewed : bool
        Whether there was ever a view.
    writes : dict
        Single elements that were written since the array was last read: position to value.
    most : int
        How many of them are merged before the array is read.
    merging : bool
        Whether some of what was written is neither there nor in the source.
    """

    __slots__ = ("_aside", "_views", "merging", "most", "version", "viewed", "writeable", "writes")

    lens: Lens | None = None

    def __init__(self) -> None:
        super().__init__()
        self.version = 0
        self.viewed = False
        self.writeable = True
        self.writes: dict[int, Any] = {}
        self.most = _LEAST_LOGGED
        self.merging = False
        # Runs, and what is on its way from `writes` to the last one: always both at once.
        self._aside: tuple[Runs, dict[int, Any]] = (), {}
        self._views: list[weakref.ref[Any]] = []

    @property
    def memory(self) -> Memory:
        """Itself, as the memory of a view is."""
        return self

    def current(self, array: Owner) -> Source:
        """Return the source of the array, with all that was written in it.

        O(k + m log m) after m writes.
        """
        source = array._source  # in this order: see `change`
        if not self.writes and not self.merging:
            return source
        del source
        with self.lock:
            self._merge(array)
            return array._source

    def refresh(self, array: Owner) -> None:
        """Give the array all that was written. For who has the lock."""
        if self.writes or self.merging:
            self._merge(array)

    def _merge(self, array: Owner) -> None:
        runs = self._set_aside(array)
        if runs:
            run = merged(runs)
            is_own = self.is_own(array)
            whole = in_standard_basis(array._source)
            self.version += 1
            self.give(array, put_at(whole, run.positions, run.values, is_own=is_own))
            self._aside = (), {}
        self.merging = False

    def _set_aside(self, array: Owner) -> Runs:
        """Return all that was written as runs; `merging` is then true."""
        # What an interrupt, or an error, leaves behind is merged by the next who comes.
        self.merging = True
        runs, taken = self._aside
        with suppress(KeyError):  # no more items
            taken.update(iter(self.writes.popitem, None))
        if taken:
            positions = np.fromiter(taken.keys(), np.int64, len(taken))
            values = np.array(list(taken.values()), array._source.dtype)
            runs = added(runs, Run(*last_of_each(positions, values)))
            self._aside = runs, {}
        return runs

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
            self._aside = (), {}
            self.merging = False

    # -- what is logged ---------------------------------------------------------------------

    def log_few(self, array: Owner, items: dict[int, Any]) -> None:
        """Write few elements, position to value, to an array in the standard basis. O(m)."""
        self.writes.update(items)
        if len(self.writes) > self.most:
            self.bound_log(array)

    def bound_log(self, array: Owner) -> None:
        """Merge what was written, where that is a share of the array."""
        with self.lock:
            source = array._source
            share = source.nactive >> 4 if isinstance(source, Spectrum) else 0
            self.most = max(_LEAST_LOGGED, share)
            count = sum(run.positions.size for run in self._aside[0])
            if len(self.writes) + count > self.most:
                self._merge(array)

    def log(self, array: Owner, positions: Array, values: Array) -> bool:
        """Write elements, if that is best done before the next read. For who has the lock.

        Of several writes to one position the last one counts. O(m log m).
        """
        if not _is_sparse(array._source):
            return False
        if positions.size <= _FEW:
            self.log_few(array, dict(zip(positions.tolist(), values, strict=True)))
            return True
        if positions.size > _share(array._source):
            return False
        runs = self._set_aside(array)
        self._aside = added(runs, Run(*last_of_each(positions, values))), {}
        self.bound_log(array)
        return True

    def element(self, array: Owner, position: int) -> Any:
        """Return an element, as a NumPy scalar, without merging what was written."""
        with self.lock:
            runs, taken = self._aside
            found = self.writes.get(position)
            if found is None:
                found = taken.get(position)
            if found is None:
                found = element_in(runs, position)
            return array._source.item(position) if found is None else found

    def elements(self, array: Owner, positions: Array) -> Array:
        """Return elements, as an ndarray, without merging what was written.

        For who has the lock.
        """
        values = np.array(array._source.at(positions))
        if positions.size > _FEW:
            put_found(self._set_aside(array), positions, values)
            return values
        runs, taken = self._aside
        put_found(runs, positions, values)
        for i, position in enumerate(positions.tolist()):
            found = self.writes.get(position, taken.get(position))
            if found is not None:
                values[i] = found
        return values

    def write(self, array: Owner, cells: Window, part: Spectrum, lens: Lens | None) -> None:
        """Write some elements, or parts of them. For who has the lock."""
        if lens is None and part.error is None and self._logged(array, cells, part):
            return

        def pasted(whole: Spectrum, is_own: bool) -> Spectrum:
            if lens is None:
                return paste(whole, cells, part, is_own)
            parts = replaced(lens.put, cells.read(whole), part, lens.is_part)
            return paste(whole, cells, parts, is_own)

        self.change(array, pasted)

    def change(self, array: Owner, make: Callable[[Spectrum, bool], Spectrum]) -> None:
        """Give the array what is made of its elements. For who has the lock.

        `make`: of the array in the standard basis, and whether its eigenvalues may be written over.
        """
        self.refresh(array)
        # Who begins to read now waits, and who has begun holds the elements.
        self.merging = True
        self.version += 1
        is_own = self.is_own(array)
        self.give(array, make(in_standard_basis(array._source), is_own))
        self.merging = False

    def _logged(self, array: Owner, cells: Window, part: Spectrum) -> bool:
        """Write elements into the log, if all of them are few or can be listed."""
        source = array._source
        if not _is_sparse(source):
            return False
        size = cells.size
        if size <= _FEW and not part.nactive:
            self.log_few(array, dict.fromkeys(cells.positions().tolist(), part.fill_value))
            return True
        span = cells.span if _is_sparse(part) and size > _FEW else None
        if span is None or not same_value(source.fill_value, part.fill_value):
            if size > _share(source):
                return False
            return self.log(array, cells.positions(), to_dense(part).reshape(-1))
        # What is active there becomes the fill value, but for what is written.
        old, runs = Run(source.indices(), source.eigenvalues), self._set_aside(array)
        there = np.concatenate(within((old, *runs), span.start, span.stop))
        blank = np.full(there.size, part.fill_value, part.dtype)
        where = part.indices().astype(np.int64) + span.start
        positions = np.concatenate((there, where))
        return self.log(array, positions, np.concatenate((blank, part.eigenvalues)))

    # -- who else holds the elements --------------------------------------------------------

    def looked_at_by(self, view: Any) -> None:
        """Remember a view that may hold all elements of an array, where all are stored."""
        source = view._source
        if isinstance(source, Permuted):
            source = source.unpermuted
        if isinstance(source, Spectrum) and source.active_indices is None:
            views = self._views
            views.append(weakref.ref(view))
            if len(views) & (len(views) - 1) == 0:
                self._views = [reference for reference in views if reference() is not None]

    def is_own(self, array: Owner) -> bool:
        """Tell whether eigenvalues may be written in place. For who has the lock."""
        return are_its_own(
            array, [view for reference in self._views if (view := reference()) is not None]
        )


def _is_sparse(source: Source) -> TypeGuard[Spectrum]:
    """Tell whether an array has active elements, in the standard basis."""
    if not isinstance(source, Spectrum) or not source.is_standard:
        return False
    return source.active_indices is not None


def _share(source: Spectrum) -> int:
    """Return how many elements are written without looking at all that are active."""
    return max(_FEW, source.nactive >> 3)


class View:
    """The state of an array whose elements are another's.

    Parameters
    ----------
    base : Owner
        That array; never a view itself.
    memory : Memory
        Of `base`.
    whole : tuple of int
        The shape that the base had when the view was made.
    before : View or None
        What this is a view of; None where that is the base.
    step, look : callable
        What makes this view of it: of its elements, and of its window.
    lens : Lens or None
        Which part of the elements is seen.
    seen : int
        The version of the memory that the source of the view was made from.
    """

    __slots__ = (
        "_before",
        "_depth",
        "_look",
        "_step",
        "_window",
        "base",
        "lens",
        "memory",
        "seen",
        "whole",
        "writeable",
    )

    _depth: int
    _window: Strided | None

    def __init__(
        self,
        base: Owner,
        memory: Memory,
        whole: Shape,
        before: View | None,
        step: Step,
        look: Look,
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
        self._before = before
        self._depth = 1 if before is None else before._depth + 1
        self._step = step
        self._look = look
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
        writeable = self.writeable and writeable
        lens = self.lens if lens is None else lens.after(self.lens)
        return View(self.base, self.memory, self.whole, self, step, look, writeable, lens, seen)

    @property
    def window(self) -> Strided:
        """Where the elements are in the base. O(1), once that is known of what this views."""
        if self._window is None:
            window, views = window_of(self.whole), []
            view: View | None = self
            while view is not None:
                if view._window is not None:
                    window = view._window
                    break
                views.append(view)
                view = view._before
            for view in reversed(views):
                window = view._window = view._look(window)
        assert self._window is not None
        return self._window

    def current(self, array: Owner) -> Source:
        """Return the source of the view, of the elements that are now in the base."""
        memory = self.memory
        source = array._source
        # In this order, so that a write is seen wherever it is on its way.
        if not memory.writes and not memory.merging and self.seen == memory.version:
            return source
        del source
        with memory.lock:
            latest = self.base.source
            if self.seen != memory.version:
                if latest.shape != self.whole:
                    latest = reshape(latest.settle(), self.whole)
                array._source = self._shown(latest)
                self.seen = memory.version
            return array._source

    def _shown(self, source: Source) -> Source:
        """Return what is seen of the base."""
        is_many = self._depth > _MANY_STEPS and self.lens is None
        if is_many and isinstance(source, Spectrum) and source.is_standard and source.error is None:
            window = self.window
            if is_injective(window):
                return gathered(source, window)
        views = []
        view: View | None = self
        while view is not None:
            views.append(view)
            view = view._before
        for view in reversed(views):
            source = looked_at(view._step, source)
        return source
