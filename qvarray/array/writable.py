"""Memory that arrays share with their views: who owns elements, and how they are written."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ..core.source import Source
from ..core.spectrum import Spectrum, constant
from ..core.values import Array, ShapeLike, zero_of
from ..indexing import assign, select
from ..indexing.cells import Window
from ..indexing.strided_view import Strided, located, window_of
from ..ops.reshape import reshape
from ..runtime.locks import Lockable
from .flags import Flags
from .inheritance import with_bound
from .stored import Stored
from .views import Lens, Look, Memory, Step, View, in_standard_basis, looked_at

T = TypeVar("T")

#: Held while an array is given a state: two threads would give it two.
_FIRST = Lockable()


class Writable(Stored):
    """An array whose elements can be written, and looked at by views that write through."""

    __slots__ = ()

    @property
    def state(self) -> Memory | View:
        """What this array shares with its views, or with the array that it is a view of."""
        if self._state is None:
            with _FIRST.lock:
                if self._state is None:
                    self._state = Memory()
        return self._state

    @property
    def window(self) -> Strided:
        """Where the elements are in the array that has them."""
        state = self._state
        return state.window if isinstance(state, View) else window_of(self.shape)

    @property
    def base(self) -> Self | None:
        """The array that this is a view of; None where the elements are its own."""
        state = self._state
        return state.base if isinstance(state, View) else None  # type: ignore[return-value]

    @property
    def has_all_elements(self) -> bool:
        """Whether every element is stored, and none of them in another array."""
        known = self._source
        if not isinstance(known, Spectrum) or not known.is_standard:
            return False
        return known.active_indices is None and not isinstance(self._state, View)

    @property
    def flags(self) -> Flags:
        """How the elements lie in memory, had they any, and whether they may be written."""
        return Flags(self)

    def setflags(
        self, write: bool | None = None, align: bool | None = None, uic: bool | None = None
    ) -> None:
        """Let the elements be written, or not."""
        if uic:
            raise ValueError("cannot set WRITEBACKIFCOPY flag to True")
        if align is not None and not align:
            raise ValueError("the elements of a virtual array are aligned")
        if write is not None:
            self.flags.writeable = write

    def lies_in(self, order: Literal["C", "F"]) -> bool:
        """Tell whether the elements of an ndarray like this would follow each other in memory."""
        window = self.window
        if self.state.lens is not None and window.size > 1:
            return False
        return window.c_contiguous if order == "C" else window.f_contiguous

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from one element to the next along each axis of ``numpy.asarray(x)``: in C order.

        Of a view too, for there are no elements that lie in another order.
        """
        if 0 in self.shape:
            return np.empty(self.shape, self.dtype).strides
        return tuple(stride * self.itemsize for stride in window_of(self.shape).strides)

    def view_by(
        self, step: Step, look: Look, writeable: bool = True, lens: Lens | None = None
    ) -> Self:
        """Make a view of this array, which writes through.

        Parameters
        ----------
        step : callable
            The elements of the view, a Source, from those of this array. Called again whenever
            they were written.
        look : callable
            The same view of a window.
        writeable : bool
        lens : Lens, optional
            Where only a part of every element is seen.
        """
        state = self.state
        memory = state.memory
        # In this order: what is written from here on makes the view ask again.
        seen, source = memory.version, self._source
        if memory.writes or memory.merging or state is not memory:
            del source
            with state.lock:
                source, seen = self.source, memory.version
        out = type(self)(looked_at(step, source))
        if isinstance(state, View):
            out._state = state.further(step, look, writeable, lens, seen)
        else:
            writeable = writeable and state.writeable
            whole = source.shape
            out._state = View(self, state, whole, None, step, look, writeable, lens, seen)
        memory.looked_at_by(out)
        return out

    def replace_with(self, source: Source) -> None:
        """Write all elements, of the same shape and dtype: what an output is given.

        Raises
        ------
        ValueError
            For another shape or dtype, or where this array is read-only.
        """
        if source.shape != self.shape or source.dtype != self.dtype:
            raise ValueError(
                f"cannot put shape {source.shape}, dtype {source.dtype} in an array of shape "
                f"{self.shape}, dtype {self.dtype}"
            )
        state = self._state
        if state is not None and not state.writeable:
            raise ValueError("output array is read-only")
        if not isinstance(state, View):
            self.overwrite(source)
            return
        part = in_standard_basis(source)
        with state.lock:
            self._write(Window(self.window), part)
            self._source, state.seen = source, state.memory.version

    def overwrite(self, source: Source) -> None:
        """Have other elements. Only for an array that is no view."""
        if self._state is None:
            self._source = source
        # Else, or if another thread has just begun to write, or made a view of what there was:
        if self._state is not None:
            assert isinstance(self._state, Memory)
            self._state.overwrite(self, source)

    def change(self, function: Callable[[Spectrum, bool], Spectrum]) -> None:
        """Write all elements as a function of what they are, of which no other thread writes any.

        Parameters
        ----------
        function : callable
            Of the elements in the standard basis, and whether it may write over them; it must not
            ask other arrays for theirs.
        """
        self._require_writeable()
        state = self.state
        with state.lock:
            if isinstance(state, View):
                self.replace_with(function(in_standard_basis(self.source), False))
            else:
                state.change(self, function)

    def _write(self, cells: Window, part: Spectrum) -> None:
        """Write cells of the array that has the elements."""
        state = self.state
        owner, memory = (state.base, state.memory) if isinstance(state, View) else (self, state)
        with memory.lock:
            memory.write(owner, cells, part, state.lens)

    def take_bound(self, absolute: float = float("inf")) -> None:
        """Have another bound of the error, or none: this array, and what it is a view of."""
        state = self.state
        owner, memory = (state.base, state.memory) if isinstance(state, View) else (self, state)
        with memory.lock:
            memory.give(owner, with_bound(owner.source, absolute))

    def put_elements(self, positions: Array, values: ArrayLike, lost: float) -> None:
        """Write single elements.

        Parameters
        ----------
        positions : ndarray of int64, shape (m,)
            In C order; of several writes to one position the last one counts.
        values : array_like, shape (m,)
        lost : float
            A bound on the L2 norm of the error of `values`.

        Notes
        -----
        O(k + m).
        """
        self._require_writeable()
        state = self.state
        cells = np.empty(positions.size, self.dtype)
        cells[...] = values
        owner = state.base if isinstance(state, View) else self
        if isinstance(state, View):
            positions = located(self.window, positions)
        memory = state.memory
        with memory.lock:
            if state.lens is None and not lost and memory.log(owner, positions, cells):
                return

            def put(whole: Spectrum, is_own: bool) -> Spectrum:
                if state.lens is None:
                    return assign.put_at(whole, positions, cells, lost, is_own)
                news = state.lens.put(whole.at(positions), cells)
                is_lost = not state.lens.is_part and (lost or whole.error is not None)
                return assign.put_at(
                    whole, positions, news, float("inf") if is_lost else lost, is_own
                )

            memory.change(owner, put)

    def change_elements(self, positions: Array, function: Callable[[Array], Array]) -> None:
        """Write single elements as a function of what they are.

        Parameters
        ----------
        positions : ndarray of int64, shape (m,)
            In C order, none twice.
        function : callable
            Of the elements, as an ndarray that may be changed; it must not ask other arrays for
            theirs.

        Notes
        -----
        O(m log k) where the elements of the array are listed; no bound of its error is known then.
        """
        self._require_writeable()
        state = self.state
        owner = state.base if isinstance(state, View) else self
        there = located(self.window, positions) if isinstance(state, View) else positions
        with state.lock:
            if state.lens is None:
                values = state.memory.elements(owner, there)
            else:
                values = np.array(self.source.at(positions))
            self.put_elements(positions, function(values), 0.0)

    def _require_writeable(self) -> None:
        if self._state is not None and not self._state.writeable:
            raise ValueError("assignment destination is read-only")

    def resize(self, *new_shape: ShapeLike | None, refcheck: bool = True) -> None:
        """Take another shape in place: elements are cut off, or zeros follow. O(k).

        Raises
        ------
        ValueError
            For a view, or an array that has views.
        """
        if not new_shape or new_shape == (None,):
            return
        wanted: Any = new_shape[0] if len(new_shape) == 1 else new_shape
        shape = tuple(map(operator.index, wanted if np.iterable(wanted) else (wanted,)))
        if any(n < 0 for n in shape):
            raise ValueError("negative dimensions not allowed")
        if isinstance(self._state, View):
            raise ValueError("cannot resize this array: it does not own its data")
        if self._state is not None and self._state.viewed and refcheck:
            raise ValueError(
                "cannot resize an array that references or is referenced\n"
                "by another array in this way."
            )
        self._require_writeable()
        size, most = math.prod(shape), min(math.prod(shape), self.size)
        zeros = constant(zero_of(self.dtype), (size,), self.dtype)
        with self.state.lock:
            whole = in_standard_basis(self.source)
            kept = select.taken(reshape(whole, (self.size,)), [range(most)])
            resized = assign.paste(zeros, Window(window_of((most,))), kept)
            self._source, self._state = reshape(resized, shape), None


def exclusively(arrays: Iterable[object], call: Callable[[], T]) -> T:
    """Return what `call` returns, while no other thread writes to any of the arrays.

    For what writes only some elements of an output, as others do at the same time. Locks are taken
    in one order, the same in every thread: two calls never wait for each other.

    `arrays`: all arrays that `call` uses; what is none of ours is left out.
    """
    memories = {id(x.state.memory): x.state.memory for x in arrays if isinstance(x, Writable)}
    return _holding(sorted(memories.values(), key=id), call)


def _holding(locks: Sequence[Lockable], call: Callable[[], T]) -> T:
    if not locks:
        return call()
    with locks[0].lock:
        return _holding(locks[1:], call)
