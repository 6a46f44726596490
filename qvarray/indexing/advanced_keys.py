"""Parse keys with index arrays and masks: the cells that they name are a product of selections."""

from __future__ import annotations

import operator
from math import prod
from typing import Any, NamedTuple, NoReturn

import numpy as np

from ..core.budget import require_budget
from ..core.numpy_versions import Behaviour, has
from ..core.spectrum import Spectrum
from ..core.values import MAX_AXES, Array
from ..ops.basis_change import linear, off_diagonal, to_dense
from .positions import Line, Listed, Ranged, true_line
from .strided_view import Strided

INSTEAD = "name fewer elements at a time"


_INVALID = (
    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean "
    "arrays are valid indices"
)


class Factor:
    """Positions along some axes of an array, and the axes of the result that they fill.

    Parameters
    ----------
    axes : tuple of int
        Of the array. Several are one axis to `line`, in C order.
    lengths : tuple of int
        Of those axes.
    dims : tuple of int
        Of the result; none for a single position. Places are in C order along them.
    line : Line, optional
        The positions; else
    along : tuple of ndarray of int64, optional
        those along each of the axes.
    """

    __slots__ = ("_along", "_line", "axes", "dims", "lengths")

    def __init__(
        self,
        axes: tuple[int, ...],
        lengths: tuple[int, ...],
        dims: tuple[int, ...],
        line: Line | None = None,
        along: tuple[Array, ...] | None = None,
    ) -> None:
        self.axes = axes
        self.lengths = lengths
        self.dims = dims
        self._line = line
        self._along = along

    @property
    def line(self) -> Line:
        """The positions along the axes as one."""
        if self._line is None:
            assert self._along is not None
            self._line = Listed(linear(self._along, self.lengths), prod(self.lengths))
        return self._line

    @property
    def along(self) -> tuple[Array, ...]:
        """The positions along each of the axes, shape (size,) each."""
        if self._along is None:
            positions = self.line.positions
            is_line = len(self.axes) == 1
            self._along = (positions,) if is_line else np.unravel_index(positions, self.lengths)
        return self._along

    @property
    def range(self) -> range | None:
        """The positions that a slice or an integer names; None where arrays do."""
        return self._line.range if isinstance(self._line, Ranged) else None

    @property
    def is_part(self) -> bool:
        """Whether a slice or an integer names less than all positions, or in another order."""
        named = self.range
        return named is not None and (len(named) != self.lengths[0] or named.step < 0)

    def on(self, line: Line) -> Factor:
        """Return the factor with other positions along its axes."""
        return Factor(self.axes, self.lengths, self.dims, line)


class Advanced(NamedTuple):
    """A key with arrays in it, resolved.

    Index arrays that vary along common axes of what they broadcast to belong together; others are
    apart, as the rows and columns of ``np.ix_``. So the cells are a product, that nobody lists.
    """

    #: Of what is selected.
    shape: tuple[int, ...]
    #: Each axis of the array is in one of them, and so is each axis of the result that is longer
    #: than 1. None where nothing is selected.
    factors: list[Factor]
    #: Those of the key: None, Ellipsis, slices, arrays, and masks that are Spectra.
    parts: list[Any] | None = None

    def ranges(self) -> list[range]:
        """Return what slices and integers name of each axis: of others all."""
        wanted: dict[int, range] = {}
        for factor in self.factors:
            if factor.range is not None:
                wanted[factor.axes[0]] = factor.range
            else:
                for axis, n in zip(factor.axes, factor.lengths, strict=True):
                    wanted[axis] = range(n)
        return [wanted[axis] for axis in range(len(wanted))]

    def spread(self, factor: Factor) -> tuple[int, ...]:
        """Return the shape of the places of a factor that broadcasts to that of the result."""
        return tuple(n if dim in factor.dims else 1 for dim, n in enumerate(self.shape))

    def coordinates(self, places: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return where in the array some places of what is selected are, along each of its axes.

        Parameters
        ----------
        places : tuple of ndarray of int, shape (k,)
            Along each axis of what is selected.

        Notes
        -----
        O(k), and O(m) for m positions that are listed.
        """
        found: dict[int, Array] = {}
        for factor in self.factors:
            along = tuple(places[dim] for dim in factor.dims)
            at = linear(along, tuple(self.shape[dim] for dim in factor.dims))
            named = factor.range
            if named is not None:
                found[factor.axes[0]] = named.start + named.step * at
            else:
                for axis, positions in zip(factor.axes, factor.along, strict=True):
                    found[axis] = positions[at]
        size = () if not places else places[0].shape
        return tuple(np.broadcast_to(found[axis], size) for axis in range(len(found)))

    def of_operand(self, shape: tuple[int, ...], whole: tuple[int, ...]) -> Advanced:
        """Return the key of an array of some shape that broadcasts to the one that is indexed.

        Along the axes of the result that it is repeated along, it has one element.
        """
        if not prod(self.shape):
            return Advanced(self.shape, [])
        ahead, out = len(whole) - len(shape), [1] * len(self.shape)
        own = [axis for axis, n in enumerate(shape, ahead) if n == whole[axis]]
        factors = [
            Factor((axis,), (1,), (), Ranged(range(1), 1))
            for axis in range(len(shape))
            if axis + ahead not in own
        ]
        for factor in self.factors:
            kept = [i for i, axis in enumerate(factor.axes) if axis in own]
            if not kept:
                continue
            for dim in factor.dims:
                out[dim] = self.shape[dim]
            axes = tuple(factor.axes[i] - ahead for i in kept)
            if len(kept) == len(factor.axes):
                factors.append(Factor(axes, factor.lengths, factor.dims, factor.line))
            else:
                lengths = tuple(factor.lengths[i] for i in kept)
                along = tuple(factor.along[i] for i in kept)
                factors.append(Factor(axes, lengths, factor.dims, along=along))
        return Advanced(tuple(out), factors)

    def plain(self) -> tuple[Any, ...]:
        """Return the key as NumPy takes it."""
        if self.parts is None:
            mesh = {
                axis: positions.reshape(self.spread(factor))
                for factor in self.factors
                for axis, positions in zip(factor.axes, factor.along, strict=True)
            }
            return tuple(mesh[axis] for axis in range(len(mesh)))
        out: list[Any] = []
        for part in self.parts:
            if not isinstance(part, Spectrum):
                out.append(part)
            elif part.active_indices is None:
                out.append(part.eigenvalues.reshape(part.shape))
            else:
                out.extend(np.unravel_index(true_positions(part), part.shape))
        return tuple(out)


class _Indices(NamedTuple):
    """An index array, or a mask, in a key."""

    #: Of the array that is indexed.
    axes: tuple[int, ...]
    #: Of the index array; of the one that a mask is made into.
    shape: tuple[int, ...]
    #: Along the only axis; None for a mask.
    array: Array | None
    #: Where a mask is true.
    line: Line | None

    def dims(self, ndim: int) -> set[int]:
        """Return the axes along which it varies, of the `ndim` that it is broadcast to."""
        return {i for i, n in enumerate(self.shape, ndim - len(self.shape)) if n > 1}


def _line_of(mask: Spectrum | Array) -> Line:
    """Return where a mask is true, in C order. O(k)."""
    if not isinstance(mask, Spectrum):
        return true_line(mask.reshape(-1), None, False, mask.size)
    if mask.diagonal:
        mask = off_diagonal(mask)
    on = mask.eigenvalues.astype(bool, copy=False)
    return true_line(on, mask.active_indices, bool(mask.fill_value), mask.size)


def true_positions(mask: Spectrum) -> Array:
    """Return the C-order positions where a mask is true, sorted, as int64. O(k).

    Raises MaterializationError where most elements are true, and too many for the memory budget.
    """
    return _line_of(mask).positions


def dense_key(key: object) -> Any:
    """Return a key with the spectra in it as ndarrays."""
    if isinstance(key, tuple):
        return tuple(dense_key(part) for part in key)
    return to_dense(key) if isinstance(key, Spectrum) else key


def _offer(key: object, shape: tuple[int, ...]) -> None:
    """Let NumPy look at a key, and raise what it raises."""
    np.broadcast_to(np.zeros((), np.int8), shape)[dense_key(key)]


def _refuse(key: object, shape: tuple[int, ...]) -> NoReturn:
    """Raise what NumPy raises for a key."""
    _offer(key, shape)
    raise IndexError(_INVALID)


def _part(part: object) -> Any:
    """Return an element of a key: None, Ellipsis, a slice, an integer, or an array of some."""
    if part is None or part is Ellipsis or type(part) is int or isinstance(part, slice):
        return part
    if isinstance(part, Spectrum):
        if part.dtype.kind == "b" and part.shape:
            return part
        part = to_dense(part)
    if isinstance(part, (str, bytes)):
        raise IndexError(_INVALID)
    array = np.asarray(part)
    if array.size == 0 and array.ndim and not isinstance(part, np.ndarray):
        array = array.astype(np.intp)  # an empty list
    if array.dtype.kind not in "biu":
        if array.dtype.kind == "O" and not array.ndim and hasattr(part, "__index__"):
            return operator.index(part)
        raise IndexError(_INVALID)
    return array if array.ndim or array.dtype.kind == "b" else int(array)


def _consumed(part: object) -> int:
    """Tell how many axes of the array an element of a key stands for."""
    if part is None or part is Ellipsis:
        return 0
    if isinstance(part, Spectrum):
        return len(part.shape)
    return part.ndim if isinstance(part, np.ndarray) and part.dtype.kind == "b" else 1


# Of so few positions Python finds the least and the largest sooner than NumPy.
_FEW = 32
# What a position of a list takes, with its order and what is found there.
_BYTES_OF_POSITION = 48


def _listed(index: _Indices) -> int:
    """Return how many positions are listed one by one."""
    if index.array is not None:
        return index.array.size
    return index.line.size if isinstance(index.line, Listed) else 0


def advanced_key(key: object, shape: tuple[int, ...]) -> Advanced:
    """Resolve a key that `basic_key` does not know.

    Raises IndexError as NumPy.

    `key`: as NumPy takes it; arrays may be Spectra. `shape` (tuple of int): of the array.
    """
    try:
        parts = [_part(part) for part in (key if isinstance(key, tuple) else (key,))]
    except (IndexError, ValueError):
        _refuse(key, shape)
    missing, dots = len(shape), 0
    for part in parts:
        missing -= _consumed(part)
        dots += part is Ellipsis
    if missing < 0 or dots > 1:
        _refuse(key, shape)
    given = list(parts)
    if not dots:
        parts.append(Ellipsis)
    arrays: list[_Indices] = []
    free: list[tuple[int, ...]] = []  # scalars of bool stand for no axis, and broadcast
    others: list[tuple[int, range] | None] = []  # the axis and what of it; None for a new one
    runs: list[int] = []
    place = axis = 0
    for i, part in enumerate(parts):
        if part is Ellipsis:
            others.extend((a, range(shape[a])) for a in range(axis, axis + missing))
            axis += missing
        elif part is None:
            others.append(None)
        elif isinstance(part, slice):
            others.append((axis, range(*part.indices(shape[axis]))))
            axis += 1
        else:
            place = place if runs else len(others)
            runs.append(i)
            count = _consumed(part)
            axes = tuple(range(axis, axis + count))
            if type(part) is int:
                # Of an empty selection NumPy looks at single integers only.
                n = shape[axis]
                if not -n <= part < n:
                    _refuse(key, shape)
                position = part % n
                arrays.append(_Indices(axes, (), None, Ranged(range(position, position + 1), n)))
            elif isinstance(part, Spectrum) or part.dtype.kind == "b":
                if part.shape != shape[axis : axis + count]:
                    _offer(key, shape)
                if count:
                    line = _line_of(part)
                    arrays.append(_Indices(axes, (line.size,), None, line))
                else:
                    free.append((int(part),))
            else:
                arrays.append(_Indices(axes, part.shape, part, None))
            axis += count
    sizes = [shape for shape in (*(index.shape for index in arrays), *free) if shape]
    require_budget(sum(map(_listed, arrays)) * _BYTES_OF_POSITION, INSTEAD)
    common = sizes[0] if sizes else ()
    if sizes.count(common) < len(sizes):
        try:
            common = np.broadcast_shapes(*sizes)
        except ValueError:
            _refuse(key, shape)
    if runs and runs[-1] - runs[0] + 1 != len(runs):
        place = 0  # arrays apart from each other: their axes come first
    if prod(common):
        for i, index in enumerate(arrays):
            if index.array is not None:
                counted = _within(index.array, shape[index.axes[0]], key, shape)
                if counted is not index.array:
                    arrays[i] = _Indices(index.axes, index.shape, counted, None)
    lengths = tuple([1 if wanted is None else len(wanted[1]) for wanted in others])
    out = (*lengths[:place], *common, *lengths[place:])
    count = len(free) + sum(len(index.axes) for index in arrays if index.shape)
    if count >= MAX_AXES or len(out) > MAX_AXES:
        _refuse(key, shape)
    if not prod(out):
        return Advanced(out, [], given)
    factors = _product(arrays, common, place, shape)
    for i, wanted in enumerate(others):
        if wanted is not None:
            (a, positions), dim = wanted, i if i < place else i + len(common)
            factors.append(Factor((a,), (shape[a],), (dim,), Ranged(positions, shape[a])))
    return Advanced(out, factors, given)


def _product(
    arrays: list[_Indices], common: tuple[int, ...], place: int, shape: tuple[int, ...]
) -> list[Factor]:
    """Return the factors of index arrays, which are put together where they vary together.

    Parameters
    ----------
    common : tuple of int
        What they broadcast to.
    place : int
        The first of these axes in the result.
    shape : tuple of int
        Of the array that is indexed.
    """
    groups: list[tuple[set[int], list[_Indices]]] = []
    out: list[Factor] = []
    for index in arrays:
        dims, members = index.dims(len(common)), [index]
        if not dims and index.array is not None:
            position, n = int(index.array.reshape(-1)[0]), shape[index.axes[0]]
            index = index._replace(array=None, line=Ranged(range(position, position + 1), n))
        if not index.shape or (not dims and isinstance(index.line, Ranged)):
            lengths = tuple([shape[axis] for axis in index.axes])
            out.append(Factor(index.axes, lengths, (), index.line))
            continue
        apart = []
        for others, several in groups:
            if dims & others:
                dims, members = dims | others, several + members
            else:
                apart.append((others, several))
        groups = [*apart, (dims, members)]
    for dims, members in groups:
        members.sort(key=lambda index: index.axes)
        out.append(_together(members, sorted(dims), common, place, shape))
    return out


def _together(
    members: list[_Indices],
    dims: list[int],
    common: tuple[int, ...],
    place: int,
    shape: tuple[int, ...],
) -> Factor:
    """Return the factor of index arrays that vary together along `dims` of the common axes."""
    filled = tuple([place + dim for dim in dims])
    if len(members) == 1:
        (index,) = members
        axes = index.axes
        lengths = shape[axes[0] : axes[0] + len(axes)]
        if index.array is None:
            return Factor(axes, lengths, filled, index.line)
        return Factor(axes, lengths, filled, along=(index.array.reshape(-1),))
    axes = tuple(axis for index in members for axis in index.axes)
    lengths = tuple(shape[axis] for axis in axes)
    size = tuple(common[dim] for dim in dims)
    require_budget(prod(size) * 8 * len(axes), INSTEAD)
    along: list[Array] = []
    each: tuple[Array, ...]
    for index in members:
        behind = len(common) - len(index.shape)
        spread = tuple(index.shape[dim - behind] if dim >= behind else 1 for dim in dims)
        if index.array is not None:
            each = (index.array,)
        else:
            each = Factor(index.axes, tuple(shape[a] for a in index.axes), (), index.line).along
        if spread == size:
            along.extend(positions.reshape(-1) for positions in each)
        else:
            along.extend(
                np.broadcast_to(positions.reshape(spread), size).reshape(-1) for positions in each
            )
    return Factor(axes, lengths, filled, along=tuple(along))


def _within(positions: Array, n: int, key: object, shape: tuple[int, ...]) -> Array:
    """Return positions along an axis of length n, counted from its begin."""
    if positions.size:
        if positions.size <= _FEW:
            listed = positions.reshape(-1).tolist()
            low, high = min(listed), max(listed)
        else:
            # Without a sign, those that are counted from the end are beyond it.
            if (
                positions.dtype == np.int64
                and np.maximum.reduce(positions.view(np.uint64), None) < n
            ):
                return positions
            low, high = int(positions.min()), int(positions.max())
        if low < -n or high >= n:
            if has(Behaviour.EMPTY_SELECTIONS_ARE_CHECKED):
                _refuse(key, shape)
            _offer(key, shape)  # NumPy's warning, where there is nothing to select
            return np.zeros(positions.shape, np.int64)
        positions = positions.astype(np.int64, copy=False)
        if low < 0:
            positions = np.where(positions < 0, positions + n, positions)
    return positions.astype(np.int64, copy=False)


def positions_of(key: Advanced, window: Strided) -> Array:
    """Return the position of every element that a key names, in the shape that it selects.

    Raises MaterializationError where that is over the memory budget.

    `window`: where the elements of the array are that the key is of; see `strided_view`.
    """
    require_budget(prod(key.shape) * 24, INSTEAD)
    start = window.offset if key.factors else 0
    if len(key.factors) == 1 and window.c_contiguous and len(window.shape) == 1:
        return (key.factors[0].line.positions + start).reshape(key.shape)
    out = np.full(key.shape, start, np.int64)
    for factor in key.factors:
        spread = key.spread(factor)
        for axis, positions in zip(factor.axes, factor.along, strict=True):
            out += (positions * window.strides[axis]).reshape(spread)
    return out
