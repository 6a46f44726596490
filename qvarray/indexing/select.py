"""Elements and parts of an array, without materialising the rest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis, as_indices, grid, grid_rows
from ..bases.separable import Axis
from ..core.budget import fits_budget, require_budget
from ..core.error_bound import ErrorBound
from ..core.source import AxisKey, implements
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, index_dtype, require_size
from ..ops.basis_change import (
    along_diagonal,
    as_samples,
    gather_sums,
    linear,
    norm,
    off_diagonal,
    spelled_out,
    to_bases,
    to_dense,
)
from ..ops.linear import combine
from .elements import _beyond_fill, _elements, _is_matrix, at_positions, item
from .keys import as_slice

__all__ = [
    "block",
    "corners",
    "narrowed",
    "select",
]


def _covering(
    coefficients: Array, axis: int, basis: Basis, n: int, positions: range
) -> tuple[Array, Basis, int, range]:
    """All coefficients of the samples that `positions` are best had from, and where those lie."""
    cover = basis.cover(n, positions)
    if len(cover) == n:
        return coefficients, basis, n, positions
    closed = basis.restrict(n, cover, np.arange(n))
    assert closed is not None
    if closed.keep is not None:
        coefficients = coefficients.take(np.flatnonzero(closed.keep), axis)
    if closed.factors is not None:
        along = (-1,) + (1,) * (coefficients.ndim - axis - 1)
        coefficients = coefficients * closed.factors.reshape(along)
    # What a part of the axis is best had from has a function for every sample.
    assert np.array_equal(closed.indices, np.arange(len(cover)))
    return coefficients, closed.basis, len(cover), _shifted(positions, -cover.start)


def _shifted(positions: range, by: int) -> range:
    return range(positions.start + by, positions.stop + by, positions.step)


def _dense_part(spectrum: Spectrum, key: list[int | range]) -> Array:
    """The part of an array all of whose coefficients are active, axis by axis. O(N log N)."""
    out = spectrum.eigenvalues.reshape(spectrum.shape)
    axis = 0
    for basis, n, part in zip(spectrum.bases, spectrum.shape, key, strict=True):
        if isinstance(part, int):
            row = _elements(basis, n, np.array([part]), np.arange(n), out)[0]
            out = out.take(part, axis) if basis is STANDARD else np.tensordot(out, row, (axis, 0))
            continue
        if part != range(n):
            out, basis, n, part = _covering(out, axis, basis, n, part)
            out = basis.synthesise(out, axis) if basis is not STANDARD else out
            out = out[(slice(None),) * axis + (as_slice(part),)]
        axis += 1
    return out


def select(spectrum: Spectrum, key: list[AxisKey]) -> Spectrum | np.generic:
    """The part of an array that a basic key names: a Spectrum, or a scalar where no axis is left.

    An axis that is taken whole, or in a way that its basis is closed under, stays in its basis;
    else its samples are evaluated and it becomes standard.

    Notes
    -----
    O(k) where all is closed; O(k · m) for m elements that are evaluated, or O(N log N) where
    that is less and within the memory budget.
    """
    parts = [part for part in key if part is not None]
    positions = tuple(part for part in parts if isinstance(part, int))
    if len(positions) == len(key):
        return item(spectrum, positions)
    if len(positions) == len(parts):
        scalar = np.asarray(item(spectrum, positions))
        whole = Spectrum((), spectrum.dtype, (), scalar.reshape(1), None, spectrum.fill_value)
        return _with_new_axes(whole, key)
    kept = tuple(len(part) for part in parts if isinstance(part, range))
    if 0 in kept or spectrum.size == 0:
        picked = _empty(spectrum, kept)
    elif parts == [range(n) for n in spectrum.shape]:
        picked = spectrum
    elif spectrum.diagonal and spectrum.fill_value != 0:
        picked = _select_diagonal(spectrum, parts)
    elif spectrum.active_indices is None and not spectrum.diagonal:
        bases = _kept_bases(spectrum, parts)
        picked = _finish(spectrum, kept, bases, None, _dense_part(spectrum, parts).ravel())
    else:
        picked = _select_sparse(spectrum, parts)
    return _with_new_axes(picked, key) if None in key else picked


def _select_diagonal(spectrum: Spectrum, parts: list[int | range]) -> Spectrum:
    """A part of a diagonal array whose inactive eigenvalues are not 0, in the standard basis.

    O(k + m) for a part of which m elements lie on the diagonal.
    """
    dtype, error = spectrum.dtype, spectrum.error
    rows, columns = _ranges(parts)
    shape = (len(rows), len(columns))
    require_size(shape)
    if not spectrum.is_operator and not _is_matrix(spectrum):
        if STANDARD not in spectrum.bases:
            picked = select(spelled_out(spectrum), list(parts))
            assert isinstance(picked, Spectrum)
            return picked
        require_budget(prod(shape) * 32, "ask for fewer elements at a time")
        values = at_positions(
            spectrum,
            tuple(
                one.ravel() for one in np.meshgrid(*map(as_indices, (rows, columns)), indexing="ij")
            ),
        )
        out = _finish(spectrum, shape, (STANDARD,) * 2, None, values)
    else:
        fewer, others = (rows, columns) if len(rows) <= len(columns) else (columns, rows)
        require_budget(len(fewer) * 64, "ask for fewer elements at a time")
        on = as_indices(fewer)
        step = others.step if len(others) > 1 else 1
        where, rest = np.divmod(on - others.start, step)
        met = (rest == 0) & (where >= 0) & (where < len(others))
        here, there, on = np.flatnonzero(met), where[met], on[met]
        i, j = (here, there) if fewer is rows else (there, here)
        indices, order = kernels.radix_sort.sorted_order(linear((i, j), shape))
        if _is_matrix(spectrum):
            values = as_samples(at_positions(along_diagonal(spectrum), (on,)), dtype)[order]
        else:
            values = np.full(on.size, spectrum.fill_value, dtype)
        zero = dtype.type(0)
        out = compact(shape, dtype, (STANDARD,) * 2, values, indices, zero, error=error)
        if not _is_matrix(spectrum):
            picked = select(_beyond_fill(spectrum), [rows, columns])
            assert isinstance(picked, Spectrum)
            out = combine(np.add, out, to_bases(picked.replace(error=error), (STANDARD,) * 2))
            out = out.replace(error=error if error is None else ErrorBound(error.absolute, 0.0))
    kept = tuple(len(part) for part in parts if isinstance(part, range))
    return out.replace(shape=kept, bases=(STANDARD,) * len(kept))


def _with_new_axes(spectrum: Spectrum, key: list[AxisKey]) -> Spectrum:
    """Put an axis of length 1 wherever `key` says None."""
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    lengths, bases = iter(spectrum.shape), iter(spectrum.bases)
    kept = [part for part in key if not isinstance(part, int)]
    return spectrum.replace(
        shape=tuple(1 if part is None else next(lengths) for part in kept),
        bases=tuple(STANDARD if part is None else next(bases) for part in kept),
    )


def _empty(spectrum: Spectrum, shape: tuple[int, ...]) -> Spectrum:
    dtype = spectrum.dtype
    fill = dtype.type(0) if spectrum.diagonal else spectrum.fill_value
    return Spectrum(
        shape, dtype, (STANDARD,) * len(shape), np.full(prod(shape), fill, dtype), None, fill
    )


def _finish(
    spectrum: Spectrum,
    shape: tuple[int, ...],
    bases: tuple[Basis, ...],
    indices: Array | None,
    values: Array,
) -> Spectrum:
    """A part of `spectrum` from its coefficients, sorted."""
    dtype, fill = spectrum.dtype, spectrum.fill_value
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, dtype)
    error = spectrum.error
    if error is not None:
        error = ErrorBound(error.absolute, max(0.0, norm(values) - error.absolute))
    if indices is None:
        return Spectrum(shape, dtype, bases, values, None, fill, error=error)
    return compact(shape, dtype, bases, values, indices, fill, error=error)


def _kept_bases(spectrum: Spectrum, parts: list[int | range]) -> tuple[Basis, ...]:
    return tuple(
        basis if part == range(n) else STANDARD
        for basis, n, part in zip(spectrum.bases, spectrum.shape, parts, strict=True)
        if isinstance(part, range)
    )


class _Part:
    """The coefficients of a part of an array, as one axis after the other is restricted."""

    def __init__(self, spectrum: Spectrum, first: int | range) -> None:
        self.values = spectrum.eigenvalues
        if spectrum.diagonal or spectrum.bases[0] is not STANDARD or len(spectrum.shape) == 0:
            self.coordinates = list(spectrum.coordinates())
            return
        # Sorted indices: what lies outside of the rows asked for is cut off by a binary search.
        inner = prod(spectrum.shape[1:])
        ends = (first, first) if isinstance(first, int) else (first[0], first[-1])
        indices = spectrum.indices()
        integer = indices.dtype.type
        low = indices.searchsorted(integer(min(ends) * inner))
        high = indices.searchsorted(integer((max(ends) + 1) * inner - 1), "right")
        indices, self.values = indices[low:high], self.values[low:high]
        if len(spectrum.shape) == 1:
            self.coordinates = [indices]
        elif indices.size:
            self.coordinates = list(np.unravel_index(indices, spectrum.shape))
        else:
            self.coordinates = [indices] * len(spectrum.shape)

    def filter(self, keep: Array) -> None:
        self.values = self.values[keep]
        self.coordinates = [along[keep] for along in self.coordinates]

    def scale(self, factors: Array) -> None:
        self.values = self.values * factors

    def fix(self, axis: int, basis: Basis, n: int, position: int) -> None:
        """Take one position along an axis."""
        along = self.coordinates[axis]
        if basis is STANDARD:
            self.filter(along == position)
        else:
            basis, n, there = self.narrow(axis, basis, n, range(position, position + 1))
            along = self.coordinates[axis]
            self.scale(_elements(basis, n, np.array(there), along, self.values)[0])

    def narrow(self, axis: int, basis: Basis, n: int, positions: range) -> tuple[Basis, int, range]:
        """Leave along an axis what its basis needs for some positions; where those are then."""
        cover = basis.cover(n, positions)
        if len(cover) == n:
            return basis, n, positions
        closed = self.restrict(axis, basis, n, cover)
        assert closed is not None
        return closed, len(cover), _shifted(positions, -cover.start)

    def restrict(self, axis: int, basis: Basis, n: int, positions: range) -> Basis | None:
        """Take some positions along an axis, if its basis is closed under that."""
        closed = basis.restrict(n, positions, self.coordinates[axis])
        if closed is None:
            return None
        if closed.keep is not None:
            self.filter(closed.keep)
        if closed.factors is not None:
            self.scale(closed.factors)
        self.coordinates[axis] = closed.indices
        return closed.basis


def _ranges(parts: Sequence[int | range]) -> list[range]:
    return [range(part, part + 1) if isinstance(part, int) else part for part in parts]


def _as_run(shape: tuple[int, ...], parts: list[range]) -> range | None:
    """The C-order positions of a part that has them all in one run; None for any other part."""
    start, size, stride = 0, 1, 1
    for n, part in zip(reversed(shape), reversed(parts), strict=True):
        if len(part) > 1 and (part.step != 1 or size != stride):
            return None
        start += part.start * stride
        size *= len(part)
        stride *= n
    return range(start, start + size)


def _select_standard(spectrum: Spectrum, parts: list[int | range]) -> Spectrum:
    shape = tuple(len(part) for part in parts if isinstance(part, range))
    require_size(shape)
    indices, values, dtype = spectrum.indices(), spectrum.eigenvalues, index_dtype(prod(shape))
    run = _as_run(spectrum.shape, _ranges(parts))
    if run is not None:
        kind = indices.dtype.type
        low = indices.searchsorted(kind(run.start))
        high = indices.searchsorted(kind(run.stop - 1), "right")
        indices = (indices[low:high] - kind(run.start)).astype(dtype, copy=False)
        values = values[low:high].copy()
    else:
        indices, places = kernels.rows_columns.restricted(
            indices, spectrum.shape, _ranges(parts), dtype
        )
        values = values.take(places)
    return _finish(spectrum, shape, (STANDARD,) * len(shape), indices, values)


def _restricted(
    spectrum: Spectrum, parts: list[int | range]
) -> tuple[_Part, list[tuple[int, range, Basis]], dict[int, tuple[Basis, int, range]]]:
    """The coefficients of a part, as far as the bases are closed under that.

    Returns
    -------
    part : _Part
    axes : list of (axis, positions, basis)
        Those that stay axes, in order.
    evaluated : dict
        Of those whose bases are not closed under it, what is left of them: a basis, a length, and
        the positions there.
    """
    part = _Part(spectrum, parts[0])
    axes: list[tuple[int, range, Basis]] = []
    evaluated: dict[int, tuple[Basis, int, range]] = {}
    # Standard axes first: they only drop coefficients.
    for axis in sorted(range(len(parts)), key=lambda a: spectrum.bases[a] is not STANDARD):
        basis, n, wanted = spectrum.bases[axis], spectrum.shape[axis], parts[axis]
        if isinstance(wanted, int):
            part.fix(axis, basis, n, wanted)
            continue
        closed = part.restrict(axis, basis, n, wanted)
        if closed is None:
            evaluated[axis] = part.narrow(axis, basis, n, wanted)
        axes.append((axis, wanted, closed or STANDARD))
    axes.sort(key=lambda entry: entry[0])
    return part, axes, evaluated


def narrowed(spectrum: Spectrum, key: list[AxisKey]) -> tuple[Spectrum, tuple[range, ...]]:
    """The smallest array that has the part that a basic key names, and where the part is in it.

    Parameters
    ----------
    spectrum : Spectrum
        Not standard and not an operator, with active indices.
    key : list
        With one range at least, none of them empty.

    Returns
    -------
    spectrum : Spectrum
        With the axes of the part. Those whose bases are not closed under the key are as long as
        they need to be.
    positions : tuple of range
        Of the part, one for each axis.

    Notes
    -----
    O(k log k), whatever the key is.
    """
    part, axes, evaluated = _restricted(spectrum, [one for one in key if one is not None])
    left = [
        evaluated.get(axis, (basis, len(wanted), range(len(wanted))))
        for axis, wanted, basis in axes
    ]
    shape, bases = tuple(n for _, n, _ in left), tuple(basis for basis, _, _ in left)
    places = iter([positions for _, _, positions in left])
    picked = _coefficients(spectrum, part, axes, shape, bases)
    positions = tuple(
        range(1) if one is None else next(places)
        for one in key
        if one is None or isinstance(one, range)
    )
    return (_with_new_axes(picked, key) if None in key else picked), positions


def _coefficients(
    spectrum: Spectrum,
    part: _Part,
    axes: list[tuple[int, range, Basis]],
    shape: tuple[int, ...],
    bases: tuple[Basis, ...],
) -> Spectrum:
    """A part as its coefficients, sorted; those of one place added up."""
    indices, values = (
        linear(tuple(part.coordinates[axis] for axis, _, _ in axes), shape),
        part.values,
    )
    if not bool(np.all(indices[1:] > indices[:-1])):
        indices, values = gather_sums(indices, values)
    return _finish(spectrum, shape, bases, indices, values)


def _select_sparse(spectrum: Spectrum, parts: list[int | range]) -> Spectrum:
    if spectrum.is_standard:
        return _select_standard(spectrum, parts)
    part, axes, evaluated = _restricted(spectrum, parts)
    shape = tuple(len(wanted) for _, wanted, _ in axes)
    bases = tuple(basis for _, _, basis in axes)
    require_size(shape)
    if evaluated:
        return _evaluate(spectrum, part, axes, evaluated, shape, bases)
    return _coefficients(spectrum, part, axes, shape, bases)


def _evaluate(
    spectrum: Spectrum,
    part: _Part,
    axes: list[tuple[int, range, Basis]],
    evaluated: dict[int, tuple[Basis, int, range]],
    shape: tuple[int, ...],
    bases: tuple[Basis, ...],
) -> Spectrum:
    """The samples along the axes that are not closed, for each combination of the others."""
    lengths = [len(wanted) for axis, wanted, _ in axes if axis in evaluated]
    others = [n for n, (axis, _, _) in zip(shape, axes, strict=True) if axis not in evaluated]
    rest = tuple(part.coordinates[axis] for axis, _, _ in axes if axis not in evaluated)
    places = [place for _, place in sorted(evaluated.items())]
    size = prod(n for _, n, _ in places)
    is_cheaper_whole = not others and part.values.size * prod(lengths) > 16 * size
    if is_cheaper_whole and fits_budget(4 * size * max(16, spectrum.dtype.itemsize)):
        coefficients = np.zeros(tuple(n for _, n, _ in places), part.values.dtype)
        # Coefficients that fold to one position add up.
        np.add.at(coefficients, tuple(part.coordinates[axis] for axis, _, _ in axes), part.values)
        for at, (basis, _, wanted) in enumerate(places):
            coefficients = basis.synthesise(coefficients, at, overwrite=True)
            coefficients = coefficients[(slice(None),) * at + (as_slice(wanted),)]
        return _finish(spectrum, shape, bases, None, coefficients.ravel())
    rows = linear(rest, tuple(others)) if rest else np.zeros(part.values.size, np.int64)
    order = kernels.radix_sort.argsort(rows)
    rows = rows[order]
    starts = kernels.radix_sort.run_starts(rows)
    require_budget(starts.size * prod(lengths) * 16, "ask for fewer elements at a time")
    factors: list[Axis] = [
        (*evaluated[axis], part.coordinates[axis][order])
        for axis, _, _ in axes
        if axis in evaluated
    ]
    values = part.values[order]
    if not values.size:
        return _finish(spectrum, shape, bases, np.zeros(0, np.int64), values)
    if not others:
        return _finish(spectrum, shape, bases, None, grid(factors, values).ravel())
    block = grid_rows(factors, values, starts)
    outer = iter(np.unravel_index(rows[starts], tuple(others)))
    inner = iter(np.indices(lengths, np.int64).reshape(len(lengths), -1))
    along = tuple(
        np.broadcast_to(next(inner), (starts.size, prod(lengths)))
        if axis in evaluated
        else np.broadcast_to(next(outer)[:, None], (starts.size, prod(lengths)))
        for axis, _, _ in axes
    )
    indices, values = gather_sums(linear(tuple(a.ravel() for a in along), shape), block.ravel())
    return _finish(spectrum, shape, bases, indices, values)


@implements(Spectrum, "read")
def block(spectrum: Spectrum, key: tuple[range, ...], out: Array | None = None) -> Array:
    """The elements of a part of an array, as an ndarray.

    Parameters
    ----------
    key : tuple of range
        One for each axis, none empty.
    out : ndarray, optional
        Memory for the result, C-contiguous and of the right shape and dtype; whether it is used
        is for the caller to find out.

    Notes
    -----
    O(k + m log m) for m elements of a part that the bases are closed under; see `select` for
    others.
    """
    shape = tuple(len(part) for part in key)
    if spectrum.active_indices is None and spectrum.is_standard:
        whole = spectrum.eigenvalues.reshape(spectrum.shape)
        return whole[tuple(as_slice(part) for part in key)]
    if spectrum.diagonal or spectrum.active_indices is None:
        return _settled(spectrum, key)
    if not key:
        return to_dense(spectrum)
    if spectrum.is_standard:
        where, places = kernels.rows_columns.restricted(
            spectrum.indices(), spectrum.shape, list(key), np.dtype(np.int64)
        )
        if out is None or out.dtype != spectrum.dtype or out.shape != shape:
            out = np.empty(shape, spectrum.dtype)
        out.fill(spectrum.fill_value)
        out.reshape(-1)[where] = spectrum.eigenvalues.take(places)
        return out
    part = _Part(spectrum, key[0])
    if len(key) == 1 and len(key[0]) * key[0].step == spectrum.shape[0]:
        comb = spectrum.bases[0].comb(spectrum.shape[0], key[0], part.coordinates[0], part.values)
        if comb is not None:
            return as_samples(comb, spectrum.dtype)
    bases = []
    for axis in sorted(range(len(key)), key=lambda a: spectrum.bases[a] is not STANDARD):
        closed = part.restrict(axis, spectrum.bases[axis], spectrum.shape[axis], key[axis])
        if closed is None and len(key) == 1 and key[0].step == 1:
            (n,), (along,), (wanted,) = spectrum.shape, part.coordinates, key
            page = spectrum.bases[0].page(n, wanted.start, wanted.stop, along, part.values)
            return as_samples(page, spectrum.dtype)
        if closed is None:
            return _settled(spectrum, key)
        bases.append((axis, closed))
    if out is None or out.dtype != part.values.dtype or out.shape != shape:
        out = np.empty(shape, np.result_type(part.values, spectrum.eigenvalues.dtype))
    where = linear(tuple(part.coordinates), shape)
    out.fill(0)
    # Coefficients that fold to one position add up.
    np.add.at(out.reshape(-1), where, part.values)
    for axis, basis in bases:
        out = basis.synthesise(out, axis, overwrite=True)
    return as_samples(out, spectrum.dtype)


def _settled(spectrum: Spectrum, key: tuple[range, ...]) -> Array:
    picked = select(spectrum, list(key))
    assert isinstance(picked, Spectrum)
    return to_dense(picked)


def corners(spectrum: Spectrum, edge: int) -> Array:
    """The first and last `edge` samples along every axis that is longer than ``2 * edge + 1``.

    Returns
    -------
    ndarray
        Such axes have length ``2 * edge + 1``, with an element that means nothing in the middle.
    """
    parts = [
        (range(n),)
        if n <= 2 * edge + 1
        else (range(edge), range(edge, edge + 1), range(n - edge, n))
        for n in spectrum.shape
    ]
    out = np.zeros(tuple(sum(len(p) for p in part) for part in parts), spectrum.dtype)
    for choice in product(*(range(len(part)) for part in parts)):
        key = [part[c] for part, c in zip(parts, choice, strict=True)]
        starts = [sum(len(p) for p in part[:c]) for part, c in zip(parts, choice, strict=True)]
        where = tuple(slice(s, s + len(p)) for s, p in zip(starts, key, strict=True))
        block = select(spectrum, list(key))
        out[where] = to_dense(block) if isinstance(block, Spectrum) else block
    return out
