"""Basic indexing: the part of an array that integers, slices and new axes name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis, as_indices
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.source import AxisKey, Source, implements
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, index_dtype, require_size, zero_of
from ..ops.basis_change import (
    along_diagonal,
    as_samples,
    linear,
    off_diagonal,
    to_bases,
    to_dense,
    with_all_eigenvalues,
)
from ..ops.bounds import bounded
from ..ops.linear import combine
from .elements import at_coordinates, beyond_fill, functions_at, is_matrix
from .keys import as_slice, linear_position, shifted
from .reader import Part, finished, ranges

_INSTEAD = "ask for fewer elements at a time"


def select(spectrum: Spectrum, key: Sequence[AxisKey]) -> Spectrum:
    """Return the part of an array that a basic key names.

    An axis that is taken whole, or in a way that its basis is closed under, stays in its basis;
    else its samples are evaluated and it becomes standard.

    O(k) where all is closed; O(k · m) for m elements that are evaluated, or O(N log N) where that
    is less and within the memory budget.
    """
    if None not in key:
        return taken(spectrum, key)  # type: ignore[arg-type]
    return with_new_axes(taken(spectrum, [part for part in key if part is not None]), key)


def taken(spectrum: Spectrum, parts: Sequence[int | range]) -> Spectrum:
    """Return the part of an array that has some positions along each axis; as `select`."""
    kept = tuple([len(part) for part in parts if isinstance(part, range)])
    if not kept:
        positions = [part for part in parts if isinstance(part, int)]
        element = np.asarray(spectrum.item(linear_position(positions, spectrum.shape)))
        return finished(spectrum, (), (), None, element.reshape(1))
    if 0 in kept or spectrum.size == 0:
        return _empty(spectrum, kept)
    if kept == spectrum.shape and list(parts) == [range(n) for n in kept]:
        return spectrum
    if spectrum.diagonal and spectrum.fill_value:
        return _of_diagonal(spectrum, parts)
    if spectrum.active_indices is None and not spectrum.diagonal:
        bases = _kept_bases(spectrum, parts)
        require_budget(prod(kept) * spectrum.eigenvalues.itemsize, _INSTEAD)
        return finished(spectrum, kept, bases, None, _of_dense(spectrum, parts).ravel())
    if spectrum.is_standard:
        require_size(kept)
        indices, values = _of_sparse(spectrum, ranges(parts), index_dtype(prod(kept)))
        bases, fill = (STANDARD,) * len(kept), spectrum.fill_value
        out = compact(kept, spectrum.dtype, bases, values, indices, fill, dropped=True)
        return out if spectrum.error is None else bounded(out, spectrum.error.absolute)
    return Part(spectrum, parts).select()


@implements(Spectrum)
def read(spectrum: Spectrum, key: tuple[range, ...], out: Array | None = None) -> Array:
    """Return the elements of a part of an array, as an ndarray.

    O(k + m log m) for m elements of a part that the bases are closed under; see `select` for
    others.

    `key` (tuple of range): one for each axis, none empty. `out`: memory for the result,
    C-contiguous and of the right shape and dtype; whether it is used is for the caller to find out.
    """
    shape = tuple(len(part) for part in key)
    if spectrum.active_indices is None and spectrum.is_standard:
        whole = spectrum.eigenvalues.reshape(spectrum.shape)
        return whole[tuple(as_slice(part) for part in key)]
    if spectrum.diagonal or spectrum.active_indices is None or not key:
        return to_dense(taken(spectrum, key))
    if spectrum.is_standard:
        indices, values = _of_sparse(spectrum, list(key), np.dtype(np.int64))
        if out is None or out.dtype != spectrum.dtype or out.shape != shape:
            out = np.empty(shape, spectrum.dtype)
        out.fill(spectrum.fill_value)
        out.reshape(-1)[indices] = values
        return out
    if len(key) == 1 and len(key[0]) * key[0].step in (spectrum.shape[0], 2 * spectrum.shape[0]):
        (basis,), (n,), (positions,) = spectrum.bases, spectrum.shape, key
        comb = basis.comb(n, positions, spectrum.active_indices, spectrum.eigenvalues, out)
        if comb is not None:
            return as_samples(comb, spectrum.dtype)
    return Part(spectrum, key).dense(out)


def corners(source: Source, edge: int) -> Array:
    """Return the first and last `edge` samples along every axis longer than ``2 * edge + 1``.

    Such axes have length ``2 * edge + 1``, with an element that means nothing in the middle.
    """
    parts = [
        (range(n),) if n <= 2 * edge + 1 else (range(edge), range(n - edge, n))
        for n in source.shape
    ]
    lengths = tuple(min(n, 2 * edge + 1) for n in source.shape)
    out = np.zeros(lengths, source.dtype)
    for key in product(*parts):
        if all(key):
            # The last ones of an axis stand at its end in the result, too.
            axes = zip(key, source.shape, lengths, strict=True)
            shown = tuple(as_slice(shifted(p, m - n) if p.start else p) for p, n, m in axes)
            out[shown] = source.read(key)
    return out


# -- arrays by the form that they are stored in ---------------------------------------------------


def _empty(spectrum: Spectrum, shape: tuple[int, ...]) -> Spectrum:
    dtype = spectrum.dtype
    fill = zero_of(dtype) if spectrum.diagonal else spectrum.fill_value
    return Spectrum(
        shape, dtype, (STANDARD,) * len(shape), np.full(prod(shape), fill, dtype), None, fill
    )


def _kept_bases(spectrum: Spectrum, parts: Sequence[int | range]) -> tuple[Basis, ...]:
    return tuple(
        basis if part == range(n) else STANDARD
        for basis, n, part in zip(spectrum.bases, spectrum.shape, parts, strict=True)
        if isinstance(part, range)
    )


def _of_dense(spectrum: Spectrum, parts: Sequence[int | range]) -> Array:
    """Return a part of an array all of whose coefficients are active, axis by axis. O(N log N)."""
    out = spectrum.eigenvalues.reshape(spectrum.shape)
    axis = 0
    for basis, n, part in zip(spectrum.bases, spectrum.shape, parts, strict=True):
        if basis is STANDARD:
            wanted = as_slice(part) if isinstance(part, range) else part
            out = out[(slice(None),) * axis + (wanted,)]
            axis += isinstance(part, range)
            continue
        if isinstance(part, int):
            row = functions_at(basis, n, np.array([part]), np.arange(n), out)[0]
            out = np.tensordot(out, row, (axis, 0))
            continue
        if part != range(n):
            out, basis, n, part = _covering(out, axis, basis, n, part)
            out = basis.synthesise(out, axis)
            out = out[(slice(None),) * axis + (as_slice(part),)]
        axis += 1
    return out


def _covering(
    coefficients: Array, axis: int, basis: Basis, n: int, positions: range
) -> tuple[Array, Basis, int, range]:
    """Return the coefficients of the samples that `positions` are best had from; where those are.

    All of them along the other axes; as `Part` does it where indices are stored.
    """
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
    return coefficients, closed.basis, len(cover), shifted(positions, -cover.start)


def _of_sparse(spectrum: Spectrum, parts: list[range], dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Return where the active elements of a part are in it, sorted, and what they are. O(k)."""
    indices, values = spectrum.indices(), spectrum.eigenvalues
    run = _as_run(spectrum.shape, parts)
    if run is not None:
        ends = np.array((run.start, run.stop), indices.dtype)
        low, high = indices.searchsorted(ends).tolist()
        return np.subtract(indices[low:high], ends[0], dtype=dtype), values[low:high].copy()
    if next((part.step for part in reversed(parts) if len(part) > 1), 1) < 0:
        # Backwards, it is the part that goes the other way along every axis.
        found, values = _of_sparse(spectrum, [part[::-1] for part in parts], dtype)
        return dtype.type(prod(map(len, parts)) - 1) - found[::-1], values[::-1].copy()
    rows, inner = parts[0], list(spectrum.shape[1:])
    if len(rows) <= indices.size and parts[1:] == [range(n) for n in inner] and prod(inner) > 1:
        return rows_of(spectrum, np.arange(rows.start, rows.stop, rows.step), 1, dtype)
    found, places = kernels.rows_columns.restricted(indices, spectrum.shape, parts, dtype)
    return found, values.take(places)


def row_bounds(indices: Array, numbers: Array, width: int) -> tuple[Array, Array]:
    """Search for some rows in sorted positions: where each begins and ends. O(m log k)."""
    begin = numbers * width
    low = indices.searchsorted(begin.astype(indices.dtype))
    return low, indices.searchsorted((begin + (width - 1)).astype(indices.dtype), "right")


def rows_of(
    spectrum: Spectrum, numbers: Array, ndim: int, dtype: np.dtype[Any]
) -> tuple[Array, Array]:
    """Return the active elements of some rows, one row after the other.

    O(m + r) where a row pointer is kept, else O(m log k + r).

    `numbers` (ndarray of int64, shape (m,)): C-order positions along the first `ndim` axes, in any
    order. `dtype` (dtype of int32 or int64): for positions of the result.

    Returns
    -------
    targets, values : ndarray, shape (r,)
        Sorted positions in the array of those rows, and what is there.
    """
    indices, width = spectrum.indices(), prod(spectrum.shape[ndim:])
    starts = spectrum.row_starts(numbers.size) if ndim == 1 else None
    if starts is not None:
        bounds = starts.take(numbers), starts.take(numbers + 1)
    else:
        bounds = row_bounds(indices, numbers, width)
    total = int((bounds[1] - bounds[0]).sum(dtype=np.int64))
    require_budget(total * (dtype.itemsize + spectrum.eigenvalues.itemsize), _INSTEAD)
    values = spectrum.eigenvalues
    return kernels.row_pointer.gathered(indices, values, bounds, numbers, width, dtype)


def _as_run(shape: tuple[int, ...], parts: list[range]) -> range | None:
    """Return the C-order positions of a part that has them all in one run; None for others.

    >>> _as_run((4, 8), [range(1, 3), range(8)]), _as_run((4, 8), [range(1, 3), range(4)])
    (range(8, 24), None)
    """
    start, size, stride = 0, 1, 1
    for n, part in zip(reversed(shape), reversed(parts), strict=True):
        if len(part) > 1 and (part.step != 1 or size != stride):
            return None
        start += part.start * stride
        size *= len(part)
        stride *= n
    return range(start, start + size)


def _of_diagonal(spectrum: Spectrum, parts: Sequence[int | range]) -> Spectrum:
    """Return a part of a diagonal array whose inactive eigenvalues are not 0, in standard basis.

    O(k + m) for a part of which m elements lie on the diagonal.
    """
    rows, columns = ranges(parts)
    shape = (len(rows), len(columns))
    require_size(shape)
    error = spectrum.error
    if is_matrix(spectrum):
        out = _on_diagonal(spectrum, rows, columns)
        out = out if error is None else bounded(out, error.absolute)
    elif spectrum.is_operator:
        out = _on_diagonal(spectrum, rows, columns)
        rest = taken(beyond_fill(spectrum), [rows, columns])
        out = combine(np.add, out, to_bases(rest.replace(error=error), (STANDARD,) * 2))
        out = out.replace(error=error if error is None else ErrorBound(error.absolute, 0.0))
    elif STANDARD not in spectrum.bases:
        return taken(with_all_eigenvalues(spectrum), parts)
    else:
        require_budget(prod(shape) * 32, _INSTEAD)
        along = np.meshgrid(as_indices(rows), as_indices(columns), indexing="ij")
        values = at_coordinates(spectrum, tuple(index.ravel() for index in along))
        out = finished(spectrum, shape, (STANDARD,) * 2, None, values)
    kept = tuple(len(part) for part in parts if isinstance(part, range))
    return out.replace(shape=kept, bases=(STANDARD,) * len(kept))


def _on_diagonal(spectrum: Spectrum, rows: range, columns: range) -> Spectrum:
    """Return the elements of a part that lie on the diagonal; of other operators their fill."""
    shape, dtype = (len(rows), len(columns)), spectrum.dtype
    fewer, others = (rows, columns) if len(rows) <= len(columns) else (columns, rows)
    require_budget(len(fewer) * 64, _INSTEAD)
    on = as_indices(fewer)
    step = others.step if len(others) > 1 else 1
    where, rest = np.divmod(on - others.start, step)
    common = (rest == 0) & (where >= 0) & (where < len(others))
    here, there, on = np.flatnonzero(common), where[common], on[common]
    i, j = (here, there) if fewer is rows else (there, here)
    indices, order = kernels.radix_sort.sorted_order(linear((i, j), shape))
    if is_matrix(spectrum):
        values = as_samples(along_diagonal(spectrum).at(on), dtype)[order]
    else:
        values = np.full(on.size, spectrum.fill_value, dtype)
    return compact(shape, dtype, (STANDARD,) * 2, values, indices, zero_of(dtype))


def with_new_axes(spectrum: Spectrum, key: Sequence[AxisKey]) -> Spectrum:
    """Return the array with an axis of length 1 wherever `key` says None. O(1)."""
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    shape, bases = list(spectrum.shape), list(spectrum.bases)
    axis = 0
    for part in key:
        if part is None:
            shape.insert(axis, 1)
            bases.insert(axis, STANDARD)
        axis += not isinstance(part, int)
    return spectrum.reshaped(tuple(shape), tuple(bases))
