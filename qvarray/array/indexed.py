"""Elements by index: reading and writing of ``x[key]``, iteration, scalars."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from time import perf_counter
from types import EllipsisType
from typing import Any, Self, SupportsIndex, overload

import numpy as np
from numpy.typing import ArrayLike

from ..core.budget import require_budget
from ..core.pages import require_time
from ..core.source import AxisKey, Source
from ..core.spectrum import Spectrum, constant
from ..core.values import Array, Shape, shape_text
from ..indexing import advanced, advanced_keys, keys
from ..indexing.cells import Selection, Window
from ..indexing.strided_view import Strided
from ..ops import linear
from ..ops.basis_change import sparse
from ..ops.broadcast import broadcast_to
from ..ops.reshape import reshape
from ..sources.repeated import repeated
from .export import Export
from .foreign import PLAIN
from .inheritance import is_lossy, repeated_error
from .stored import Stored, untyped_np
from .views import Memory, View, in_standard_basis

#: The bytes that a list takes for each row or element of an array, at least.
_ROW_BYTES = 32
#: After so many rows of a loop it is asked how long all will take.
_TIMED_ROWS = 4096

#: What never names a single element, whatever the shape.
_ArrayKey = slice | EllipsisType | list[Any] | Array | Stored | None
#: Types of what is between brackets that is taken as it is.
_PLAIN_PARTS = PLAIN | {slice, EllipsisType}
#: Everything that NumPy takes between brackets.
_Key = _ArrayKey | SupportsIndex | tuple[_ArrayKey | SupportsIndex, ...]


class Indexed(Export):
    """An array whose elements are found by index, as an ndarray's are."""

    __slots__ = ()

    @overload
    def __getitem__(self, key: _ArrayKey) -> Self: ...
    @overload
    def __getitem__(self, key: SupportsIndex | tuple[SupportsIndex, ...]) -> Self | Any: ...
    @overload
    def __getitem__(self, key: tuple[_ArrayKey | SupportsIndex, ...]) -> Self: ...
    def __getitem__(self, key: _Key) -> Self | Any:
        shape = self._source.shape
        position = keys.element_position(key, shape)
        if position is not None:
            return self._element(position)
        given, key = key, plain_key(key)
        basic = keys.basic_key(key, shape)
        if basic is None:
            picked = self._picked(key)
            if is_lossy(given):
                picked.take_bound()
            return picked
        for part in basic:
            if type(part) is not int:
                break
        else:
            if not _has_dots(key):
                return self._element(keys.linear_position(basic, shape))
        return self.view_by(
            lambda source: _part_of(source, basic), lambda window: window.part(basic)
        )

    def _element(self, position: int) -> Any:
        """Return an element by its C-order position, as a NumPy scalar."""
        state = self._state
        if state is not None and state.lens is None:
            if isinstance(state, Memory):
                if state.writes and (cell := state.writes.get(position)) is not None:
                    return cell
                if state.merging:
                    return state.element(self, position)
                source = self._source
            elif state.memory.writes or state.memory.merging:
                base: Any = state.base
                return base._element(self._position_in_base(position))
            else:
                source = self.source
        else:
            source = self.source
        return source.item(position)

    def _position_in_base(self, position: int) -> int:
        along = keys.along_axes(position, self.shape)
        return self.window.offset + sum(map(operator.mul, along, self.window.strides))

    def _picked(self, key: object) -> Self:
        """Copy what an advanced key names."""
        parsed = advanced_keys.advanced_key(key, self.shape)
        source = self.source.express()
        source_part = source.unrepeated
        if source_part is source:
            return type(self)(advanced.picked(source, parsed))
        part = advanced.picked(source_part, parsed.of_operand(source_part.shape, source.shape))
        return type(self)(repeated(part, parsed.shape))

    def __setitem__(self, key: _Key, value: ArrayLike) -> None:
        self._require_writeable()
        state = self.state
        shape = self._source.shape
        position = keys.element_position(key, shape)
        if position is not None and state.lens is None:
            if isinstance(value, Indexed):
                if not value.source.is_exact:
                    # What is kept aside has no bound.
                    lost = repeated_error(value, self.dtype, 1)
                    self.put_elements(np.array([position]), value._as_scalar(), lost)
                    return
                value = value._as_scalar()
            self._put(state, position, value)
            return
        if position is not None:  # NumPy refuses what is no element
            np.empty(1, self.dtype)[0] = value._as_scalar() if isinstance(value, Indexed) else value
        given, key = key, plain_key(key)
        basic = keys.basic_key(key, shape)
        if basic is not None:
            window = self.window.part(basic)
            if isinstance(value, Indexed) and self._is_there(value, window):
                return
            if basic == [range(n) for n in shape] and isinstance(state, Memory):
                self.overwrite(self._cells(value, shape, any_basis=True))
            else:
                self._write(Window(window), in_standard_basis(self._cells(value, window.shape)))
        else:
            if _is_mask(key, shape) and np.ndim(value) > 1:
                raise TypeError(
                    "NumPy boolean array indexing assignment requires a 0 or 1-dimensional input, "
                    f"input has {np.ndim(value)} dimensions"
                )
            try:
                parsed = advanced_keys.advanced_key(key, shape)
            except IndexError:
                # NumPy converts what is written before it looks whether indices are in bounds.
                self._converted(value)
                raise
            cells = in_standard_basis(self._cells(value, parsed.shape))
            self._write(Selection(self.window, parsed), cells)
            if is_lossy(given):
                self.take_bound()

    def __delitem__(self, key: object) -> None:
        raise ValueError("cannot delete array elements")

    def _put(self, state: Memory | View, position: int, value: ArrayLike) -> None:
        """Write one element: kept aside until the array is read. O(1)."""
        cell = np.empty(1, self._source.dtype)
        cell[0] = value
        owner: Any = self
        if isinstance(state, Memory):
            memory = state
        else:
            owner, memory = state.base, state.memory
            position = self._position_in_base(position)
        if not owner._source.is_standard:
            with memory.lock:
                memory.give(owner, in_standard_basis(owner.source))
        memory.writes[position] = cell[0]
        if len(memory.writes) > memory.most:
            memory.bound_log(owner)

    def _is_there(self, value: Stored, window: Strided) -> bool:
        """Tell whether `value` already is the view to be written, as after ``x[key] += y``."""
        other = value._state
        if not isinstance(other, View) or other.lens is not None or self.state.lens is not None:
            return False
        if (self if self.base is None else self.base) is not other.base:
            return False
        return window == other.window

    def _cells(self, value: ArrayLike, shape: Shape, any_basis: bool = False) -> Spectrum:
        """Broadcast a value to be written to a shape, in this array's dtype."""
        return _broadcast(self._converted(value, any_basis), shape)

    def _converted(self, value: ArrayLike, any_basis: bool = False) -> Spectrum:
        """Convert a value to be written to this array's dtype."""
        dtype = self.dtype
        if isinstance(value, Indexed):
            spectrum = value.spectrum
            if not any_basis:
                spectrum = in_standard_basis(spectrum)
            return linear.cast(spectrum, dtype, "unsafe")
        # NumPy converts, and refuses what it cannot.
        given = np.asarray(value)
        dense = np.empty(given.shape, dtype)
        dense[...] = value
        return sparse(dense) if given.ndim else constant(dense, ())

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Self | Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        # A loop over more never ends, and some of NumPy's functions make a list of all.
        require_budget(self.shape[0] * _ROW_BYTES, "take slices, or raise the budget")
        return self._rows()

    def _rows(self) -> Iterator[Self | Any]:
        """Yield the rows, unless they alone, without the body of the loop, take too long."""
        count, took = self.shape[0], 0.0
        for i in range(count):
            begin = perf_counter()
            row = self[i]
            took += perf_counter() - begin
            if i % _TIMED_ROWS == _TIMED_ROWS - 1:
                require_time(took / (i + 1) * (count - i), f"{count} rows")
            yield row

    def __contains__(self, element: object) -> bool:
        return bool(untyped_np.any(untyped_np.equal(self, element)))

    def _as_scalar(self) -> Array:
        """Make a small ndarray that converts to a scalar, or refuses to, as this array should."""
        return self.todense() if self.size <= 1 else np.zeros(2, self.dtype)

    def __bool__(self) -> bool:
        return bool(self._as_scalar())

    def __int__(self) -> int:
        return int(self._as_scalar())

    def __float__(self) -> float:
        return float(self._as_scalar())

    def __complex__(self) -> complex:
        return complex(self._as_scalar())

    def __index__(self) -> int:
        return operator.index(self._as_scalar())

    def item(self, *args: Any) -> Any:
        """Return one element as a Python scalar, as ``ndarray.item``."""
        if self.size <= 1 or len(args) == 0:
            return self._as_scalar().item(*args)
        index = args[0] if len(args) == 1 else args
        if isinstance(index, tuple):
            return self[index].item()
        size = self.size
        index = operator.index(index)
        if not -size <= index < size:
            raise IndexError(f"index {index} is out of bounds for size {size}")
        return self.spectrum.item(index % size).item()


def plain_key(key: object) -> Any:
    """Replace arrays in a key: of ours by their spectra, or by scalars; of others by ndarrays."""
    if isinstance(key, tuple):
        return tuple(_plain_part(part) for part in key)
    return _plain_part(key)


def _plain_part(part: object) -> Any:
    if type(part) in _PLAIN_PARTS:
        return part
    if isinstance(part, Stored):
        return part.spectrum if part.shape else part.todense()
    if hasattr(part, "__array__") and not isinstance(part, (np.ndarray, np.generic)):
        array = np.asarray(part)
        return array if array.size else array.astype(np.intp)  # as NumPy takes an empty list
    return part


def _broadcast(cells: Spectrum, shape: Shape) -> Spectrum:
    """Broadcast what is to be written; leading axes of length 1 may be too many."""
    extra = len(cells.shape) - len(shape)
    if extra > 0 and all(n == 1 for n in cells.shape[:extra]):
        cells = reshape(cells, cells.shape[extra:])
    try:
        return broadcast_to(cells, shape)
    except ValueError:
        raise ValueError(
            f"could not broadcast input array from shape {shape_text(cells.shape)} into shape "
            f"{shape_text(shape)}"
        ) from None


def _is_mask(key: object, shape: Shape) -> bool:
    if not isinstance(key, (np.ndarray, Spectrum)):
        return False
    return key.dtype.kind == "b" and bool(shape) and key.shape == shape


def _has_dots(key: object) -> bool:
    return key is Ellipsis or (isinstance(key, tuple) and any(part is Ellipsis for part in key))


def _part_of(source: Source, key: list[AxisKey]) -> Source:
    """Select what a basic key names, as an array even where no axis is left."""
    part = source.part(key)
    return part if isinstance(part, Source) else constant(part, ())
