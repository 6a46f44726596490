"""Advanced keys: arrays of integers and masks, mixed with slices, by NumPy's rules.

A key is a product of selections (`Advanced`), and stays one: an array in the standard basis moves
its active elements, each of which looks for itself among the positions along every axis; a
spectral axis is evaluated once at each position that is named along it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis, all_standard
from ..core.budget import require_budget
from ..core.inside_out import folded
from ..core.runs import ordinals, ranked
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import MAX_SIZE, Array, index_dtype, require_size, zero_of
from ..ops.basis_change import (
    along_diagonal,
    as_samples,
    off_diagonal,
    to_bases,
    to_dense,
    with_all_eigenvalues,
)
from ..ops.bounds import bounded
from ..ops.linear import combine
from .advanced_keys import INSTEAD, Advanced, Factor, positions_of
from .elements import at_coordinates, beyond_fill, is_matrix, rows_at
from .positions import Listed, Ranged, common
from .reader import Part
from .select import row_bounds, rows_of, taken
from .strided_view import window_of

# A list that is this many times shorter than the entries is searched for in them.
_SEARCHED = 16
# Transforming a line costs as much as evaluating this many of its samples, for each coefficient.
_TRANSFORM_COST = 8


def picked(source: Source, key: Advanced) -> Spectrum:
    """Return the elements that an advanced key names, as an array of its own.

    O(k + m + r) for m positions along the indexed axes and r coefficients of the result; in a
    spectral basis only what was asked is evaluated.
    """
    require_size(key.shape)
    if not prod(key.shape):
        zero = zero_of(source.dtype)
        bases = (STANDARD,) * len(key.shape)
        return Spectrum(key.shape, source.dtype, bases, np.empty(0, source.dtype), None, zero)
    spectrum = source.stored
    if spectrum is None:
        require_budget(prod(key.shape) * source.dtype.itemsize, INSTEAD)
        values = np.broadcast_to(_elements(source, key), key.shape).reshape(-1)
        out = _of_elements(values, source, key)
    else:
        out = _of_diagonal(spectrum, key) if spectrum.diagonal else _of_bases(spectrum, key)
    if source.error is None:
        return out
    # An element that is picked several times is off as often.
    return bounded(out, source.error.absolute * _most_often(key) ** 0.5)


def _most_often(key: Advanced) -> float:
    """Return how often a key names one element at most. O(m) for m positions of lists."""
    return prod(float(factor.line.most) for factor in key.factors)


def _elements(source: Source, key: Advanced) -> Array:
    """Return the elements that a key names; of what repeats along an axis, one."""
    keys = {source.shape: key}

    def key_of(shape: tuple[int, ...]) -> Advanced:
        if shape not in keys:
            keys[shape] = key.of_operand(shape, source.shape)
        return keys[shape]

    def answer(node: Source, values: list[Any]) -> Array:
        if node.operands:
            return node.computed(values)
        node = node.unrepeated
        own_key = key_of(node.shape)
        if node.stored is not None:
            return to_dense(picked(node, own_key))
        positions = positions_of(own_key, window_of(node.shape))
        return node.at(positions.reshape(-1)).reshape(own_key.shape)

    return folded(source, answer)


def _of_elements(values: Array, source: Source, key: Advanced) -> Spectrum:
    """Return single elements, of which each was evaluated, as an array."""
    bases, indices = (STANDARD,) * len(key.shape), np.arange(values.size)
    return compact(key.shape, source.dtype, bases, values, indices, zero_of(source.dtype))


# -- spectral axes are evaluated ------------------------------------------------------------------


def _of_diagonal(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """Return what a key names of a matrix that is diagonal in some bases."""
    if len(key.factors) == 1:
        return _of_elements(at_coordinates(spectrum, key.factors[0].along), spectrum, key)
    if is_matrix(spectrum):
        return _of_diagonal_matrix(spectrum, key)
    if not spectrum.fill_value:
        return _of_bases(spectrum, key)
    if not spectrum.is_operator:
        return _of_bases(with_all_eigenvalues(spectrum), key)
    # The inactive eigenvalues are those of a multiple of the identity, whatever the basis.
    none = np.empty(0, spectrum.dtype)
    identity = spectrum.replace(
        bases=(STANDARD, STANDARD), eigenvalues=none, active_indices=spectrum.indices()[:0]
    )
    rest = _of_bases(beyond_fill(spectrum), key)
    standard = (STANDARD,) * len(key.shape)
    return combine(np.add, _of_diagonal_matrix(identity, key), to_bases(rest, standard))


def _of_diagonal_matrix(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """Return rows and columns of a diagonal matrix."""
    n = spectrum.shape[0]
    if not spectrum.fill_value and n * n <= MAX_SIZE:
        return _of_bases(off_diagonal(spectrum), key)
    fewest = min(key.factors, key=lambda factor: factor.line.size)
    on, where = ranked(fewest.line.positions)
    values = along_diagonal(spectrum).at(on).astype(spectrum.dtype, copy=False)
    (axis,), zero, numbers = fewest.axes, zero_of(spectrum.dtype), np.arange(on.size)
    shape = (n, on.size) if axis else (on.size, n)
    require_size(shape)
    indices = on * on.size + numbers if axis else numbers * n + on
    part = compact(shape, spectrum.dtype, spectrum.bases, values, indices, zero)
    few = Factor((axis,), (on.size,), fewest.dims, Listed(where, on.size))
    factors = [few if factor is fewest else factor for factor in key.factors]
    return _of_standard(part, key._replace(factors=factors))


def _of_bases(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """Return what a key names of an array in any bases."""
    if spectrum.is_standard:
        if spectrum.active_indices is not None:
            return _of_standard(spectrum, key)
        require_budget(prod(key.shape) * spectrum.dtype.itemsize, INSTEAD)
        values = spectrum.eigenvalues.reshape(spectrum.shape)[key.plain()]
        bases, fill = (STANDARD,) * len(key.shape), spectrum.fill_value
        return Spectrum(key.shape, spectrum.dtype, bases, values.reshape(-1), None, fill)
    if len(key.factors) == 1:
        return _of_elements(at_coordinates(spectrum, key.factors[0].along), spectrum, key)
    spectral = _spectral(spectrum, key)
    stored = spectrum.nactive if spectrum.active_indices is not None else spectrum.size
    asked = prod(min(factor.line.size, prod(factor.lengths)) for factor in spectral)
    if spectral and asked * stored > _TRANSFORM_COST * spectrum.size:
        axes = {axis for factor in spectral for axis in factor.axes}
        others = [STANDARD if i in axes else basis for i, basis in enumerate(spectrum.bases)]
        return _of_standard(to_bases(spectrum, tuple(others)), key)
    while any(len(factor.axes) > 1 for factor in spectral):
        spectrum, key = _together(spectrum, key, max(spectral, key=lambda factor: len(factor.axes)))
        spectral = _spectral(spectrum, key)
    ranges = key.ranges()
    lists: dict[int, Array] = {}
    factors = []
    for factor in key.factors:
        (axis, *more), line = factor.axes, factor.line
        if factor.range is not None:
            line = Ranged(range(line.size), line.size)
        elif not more and spectrum.bases[axis] is not STANDARD:
            lists[axis], where = ranked(line.positions)
            line = Listed(where, lists[axis].size)
        lengths = (line.length,) if not more else factor.lengths
        factors.append(Factor(factor.axes, lengths, factor.dims, line))
    if lists:
        parts = [lists.get(axis, wanted) for axis, wanted in enumerate(ranges)]
        part = Part(spectrum, parts).select()
    else:
        part = taken(spectrum, ranges)
    return _of_standard(part, key._replace(factors=factors))


def _spectral(spectrum: Spectrum, key: Advanced) -> list[Factor]:
    """Return what arrays name along axes that are not all standard."""
    return [
        factor
        for factor in key.factors
        if factor.range is None
        and any(spectrum.bases[axis] is not STANDARD for axis in factor.axes)
    ]


def _one_by_one(spectrum: Spectrum, factor: Factor, along: Sequence[Array]) -> Spectrum:
    """Return, one after the other, what is at positions along axes of which some are standard."""
    kept: list[Spectrum] = []
    for row in np.transpose(along).tolist():
        fixed = dict(zip(factor.axes, row, strict=True))
        wanted = [fixed.get(axis, range(n)) for axis, n in enumerate(spectrum.shape)]
        kept.append(taken(spectrum, wanted))
    bases = kept[0].bases
    if any(part.bases != bases for part in kept):
        bases = (STANDARD,) * len(bases)
        kept = [to_bases(part, bases) for part in kept]
    width = kept[0].size
    indices = np.concatenate([part.indices() + np.int64(i * width) for i, part in enumerate(kept)])
    values = np.concatenate([part.eigenvalues for part in kept], dtype=kept[0].eigenvalues.dtype)
    shape, zero = (len(kept), *kept[0].shape), zero_of(spectrum.dtype)
    # A basis that is not standard has no other fill value, and a row of a diagonal array neither.
    return compact(shape, spectrum.dtype, (STANDARD, *bases), values, indices, zero)


def _together(spectrum: Spectrum, key: Advanced, factor: Factor) -> tuple[Spectrum, Advanced]:
    """Evaluate an array where positions along several axes are named together.

    Returns
    -------
    Spectrum
        Those axes are one, the first, and standard.
    Advanced
        The same elements of it.
    """
    unique, where = ranked(factor.line.positions)
    rest = [axis for axis in range(len(spectrum.shape)) if axis not in factor.axes]
    along = np.unravel_index(unique, factor.lengths)
    if any(spectrum.bases[axis] is STANDARD for axis in factor.axes):
        rows = _one_by_one(spectrum, factor, along)
    else:
        rows = rows_at(spectrum, factor.axes, along)
    factors = [Factor((0,), (unique.size,), factor.dims, Listed(where, unique.size))]
    for other in key.factors:
        if other is not factor:
            axes = tuple(rest.index(axis) + 1 for axis in other.axes)
            factors.append(Factor(axes, other.lengths, other.dims, other.line))
    return rows, key._replace(factors=factors)


# -- active elements look for themselves ----------------------------------------------------------


def _of_standard(spectrum: Spectrum, key: Advanced) -> Spectrum:
    """Return what a key names of an array whose axes that arrays index are standard."""
    shape, part = key.shape, spectrum
    if any(factor.is_part for factor in key.factors):
        part = taken(spectrum, key.ranges())
    bases: list[Basis] = [STANDARD] * len(shape)
    factors: list[Factor] = []
    for factor in sorted(key.factors, key=lambda factor: factor.axes):
        if factor.range is None:
            factors.append(factor)
            continue
        for dim in factor.dims:
            bases[dim] = part.bases[factor.axes[0]]
        _append_whole(factors, factor)
    rows = _whole_rows(part, factors)
    if rows is not None:
        return _put_together(part, shape, bases, *rows)
    entries, places = entries_in(part.indices(), part.shape, factors)
    targets = np.zeros(entries.size, np.int64)
    strides = [prod(shape[dim + 1 :]) for dim in range(len(shape))]
    for factor, found in zip(factors, places, strict=True):
        targets += offsets(found, factor.dims, shape, strides)
    targets, order = kernels.radix_sort.sorted_order(targets)
    return _put_together(part, shape, bases, targets, part.eigenvalues.take(entries).take(order))


def _put_together(
    part: Spectrum, shape: tuple[int, ...], bases: list[Basis], indices: Array, values: Array
) -> Spectrum:
    """Return an array of coefficients of another. Those that are elements are not its fill."""
    if part.is_standard:
        plain, fill = (STANDARD,) * len(shape), part.fill_value
        return compact(shape, part.dtype, plain, values, indices, fill, dropped=True)
    if all_standard(bases):
        values = as_samples(values, part.dtype)
    return compact(shape, part.dtype, tuple(bases), values, indices, part.fill_value)


def _whole_rows(part: Spectrum, factors: Sequence[Factor]) -> tuple[Array, Array] | None:
    """Return where entries are in rows named by a list, and their values; None for other keys.

    Rows follow each other as they are named, so that their entries are sorted. O(m + r) for m rows
    of r entries where a row pointer is kept, else O(m log k + r).
    """
    if not factors:
        return None
    first, rest = factors[0], factors[1:]
    if not isinstance(first.line, Listed) or first.axes != tuple(range(len(first.axes))):
        return None
    if len(rest) > 1 or any(factor.range is None for factor in rest):
        return None
    dims = [dim for factor in rest for dim in factor.dims]
    if dims and first.dims and max(first.dims) > min(dims):
        return None
    numbers, width = first.line.positions, prod(part.shape[len(first.axes) :])
    indices, values = part.indices(), part.eigenvalues
    if width == 1:
        starts = part.row_starts(numbers.size) if len(first.axes) > 1 else None
        if starts is None:
            return None
        inner = prod(part.shape[1:])
        places = kernels.row_pointer.looked_up(indices, starts, numbers, inner)
        hit = (places >= 0).nonzero()[0]
        return hit, values.take(places[hit])
    dtype = index_dtype(numbers.size * width)
    return rows_of(part, numbers, len(first.axes), dtype)


def _append_whole(factors: list[Factor], factor: Factor) -> None:
    """Append an axis all of which is taken, as one with those before it where they stay together.

    Of a part that slices were taken of, all is taken.
    """
    axes, dims, size = factor.axes, factor.dims, factor.line.size
    if factors and factors[-1].range is not None:
        last = factors[-1]
        follow = not dims or not last.dims or last.dims[-1] + 1 == dims[0]
        if follow and last.axes[-1] + 1 == axes[0]:
            axes, dims, size = last.axes + axes, last.dims + dims, last.line.size * size
            del factors[-1]
    factors.append(Factor(axes, (size,), dims, Ranged(range(size), size)))


def offsets(
    places: Array, dims: Sequence[int], shape: tuple[int, ...], strides: Sequence[int]
) -> Array:
    """Return how far places along some axes, in C order, are from the first element of an array.

    Parameters
    ----------
    places : ndarray of int, shape (m,)
    dims : sequence of int
        The axes; of other ones it is position 0.
    strides : sequence of int
        From one position to the next, along each axis of the array.
    """
    out = np.zeros(places.size, np.int64)
    rest = places
    runs = [dim for dim in dims if shape[dim] > 1]
    while runs:
        # Axes that follow each other without a gap are one.
        stop = len(runs) - 1
        dim, n = runs[stop], shape[runs[stop]]
        stride = strides[dim]
        while stop and strides[runs[stop - 1]] == stride * n:
            stop -= 1
            n *= shape[runs[stop]]
        del runs[stop:]
        if runs:
            ahead = rest // n
            out += (rest - ahead * n) * np.int64(stride)
            rest = ahead
        else:
            out += rest * np.int64(stride)
    return out


def numbers_along(
    positions: Array, shape: tuple[int, ...], factors: Sequence[Factor]
) -> list[Array]:
    """Return where entries are along the axes of each factor.

    `positions` (ndarray of int, shape (k,)): in C order; in the last axes of `shape`, those of
    `factors`.
    """
    out: list[Array | None] = [None] * len(factors)
    runs: list[tuple[int, int, int, int]] = []  # first axis, length, factor, its stride there
    for number, factor in enumerate(factors):
        stride, stop = 1, len(factor.axes)
        while stop:
            start = stop - 1
            while start and factor.axes[start - 1] == factor.axes[start] - 1:
                start -= 1
            n = prod(shape[axis] for axis in factor.axes[start:stop])
            runs.append((factor.axes[start], n, number, stride))
            stride *= n
            stop = start
    runs.sort()
    rest = positions
    while runs:
        _, n, number, stride = runs.pop()
        here = rest
        if runs:
            rest = rest // n
            here = here - rest * n
        if stride > 1:
            here = here * stride
        before = out[number]
        out[number] = here if before is None else before + here
    return [each for each in out if each is not None]


def entries_in(
    indices: Array, shape: tuple[int, ...], factors: Sequence[Factor]
) -> tuple[Array, list[Array]]:
    """Find the entries of an array in the cells that a product of selections names.

    O(k + m + r) for m positions of lists; O(m log k + r) where the first list is short.

    `indices` (ndarray of int32 or int64, shape (k,)): sorted C-order positions in an array of
    `shape`. `factors` (sequence of Factor): each axis is in one of them.

    Returns
    -------
    entries : ndarray of intp, shape (r,)
        Which entries; where positions repeat, so do they.
    places : list of ndarray of int, shape (r,) each
        Where among the positions of every factor.
    """
    first = factors[0] if factors else None
    if first is not None and _is_searched(first, indices.size):
        entries, searched, rest = _rows(indices, first, shape)
        others = list(factors[1:])
        places: list[Array] = numbers_along(rest, shape, others)
    else:
        entries, searched = np.arange(indices.size), None
        others = list(factors)
        places = numbers_along(indices, shape, others)
    alone = searched is None and len(others) == 1
    for number, factor in enumerate(others):
        if factor.line.is_whole:
            continue
        hit, found = factor.line.found(places[number], ascending=alone)
        if hit.size < entries.size:
            entries = entries[hit]
            places = [each[hit] for each in places]
            searched = searched if searched is None else searched[hit]
        places[number] = found
    for number, factor in enumerate(others):
        if factor.line.repeats:
            which, found = factor.line.spread(places[number])
            entries = entries[which]
            places = [each[which] for each in places]
            searched = searched if searched is None else searched[which]
            places[number] = found
    return entries, places if searched is None else [searched, *places]


def _is_searched(factor: Factor, k: int) -> bool:
    """Tell whether a list of positions along the first axes is searched for in k entries."""
    line = factor.line
    if not isinstance(line, Listed) or factor.axes != tuple(range(len(factor.axes))):
        return False
    return line.size * _SEARCHED <= max(k, _SEARCHED * _SEARCHED)


def _rows(indices: Array, factor: Factor, shape: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """Return the entries in some rows, which of the rows it is, and where they are in it."""
    numbers, width = factor.line.positions, prod(shape[len(factor.axes) :])
    if width == 1:
        which, entries = common(numbers.astype(indices.dtype), indices)
        return entries, which, np.zeros(which.size, np.int64)
    low, high = row_bounds(indices, numbers, width)
    counts = high - low
    total = int(counts.sum())
    require_budget(total * 32, INSTEAD)
    which = np.repeat(np.arange(numbers.size), counts)
    entries = np.repeat(low, counts) + ordinals(counts, total)
    return entries, which, indices.take(entries) - (numbers * width).take(which)
