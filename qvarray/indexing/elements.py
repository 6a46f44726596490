"""Single elements of a spectral array, evaluated in O(k) each."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..bases import STANDARD, Basis
from ..core.budget import affordable, require_budget
from ..core.source import implements
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, zero_of
from ..ops.basis_change import (
    along_diagonal,
    as_samples,
    coefficient_dtype,
    linear,
    with_all_eigenvalues,
)
from .keys import along_axes

# Elements of a basis that are held at once while single positions are evaluated.
_CHUNK = 1 << 22
# What such an element takes, with what is made of it, and the least of them at once.
_ENTRY_BYTES, _LEAST = 48, 1 << 12
# Bytes for each coefficient of rows that are evaluated, with where it is.
_ROW_BYTES = 48
#: Evaluating a single sample takes as long as a transform of this number of elements for each.
TRANSFORM_COST = 16
# Functions that are evaluated at one position each, at a time.
_PAIRS = 32


@implements(Spectrum)
def item(spectrum: Spectrum, position: int) -> Any:
    """Return an element, as a NumPy scalar. O(log k) in the standard basis, else O(k)."""
    if not spectrum.is_standard:
        along = along_axes(position, spectrum.shape)
        return at_coordinates(spectrum, tuple(np.array([p], np.int64) for p in along))[0]
    indices = spectrum.active_indices
    if indices is None:
        return spectrum.eigenvalues[position]
    # A search for a Python int would convert all of the indices first.
    place = indices.searchsorted(indices.dtype.type(position))
    if place < len(indices) and indices.item(place) == position:
        return spectrum.eigenvalues[place]
    return spectrum.fill_value


def functions_at(basis: Basis, n: int, positions: Array, indices: Array, values: Array) -> Array:
    """Return some functions of a basis at some positions, as precise as `values` are.

    Returns
    -------
    ndarray, shape (m, k)
        For m positions, and the functions of k indices.
    """
    precise = values.dtype.itemsize > (16 if values.dtype.kind == "c" else 8)
    return basis.elements(n, positions, indices, precise)


def at_coordinates(spectrum: Spectrum, positions: tuple[Array, ...]) -> Array:
    """Return the elements at some positions, given along each axis: shape (m,).

    O(m log k) in the standard basis, else O(m · k).
    """
    values = spectrum.eigenvalues
    if spectrum.is_standard:
        where = linear(positions, spectrum.shape)
        indices = spectrum.active_indices
        if indices is None:
            return values.take(where)
        where = where.astype(indices.dtype, copy=False)
        out = np.full(where.size, spectrum.fill_value, spectrum.dtype)
        if indices.size:
            found = indices.searchsorted(where)
            found[found == indices.size] = 0
            hit = indices[found] == where
            out[hit] = values[found[hit]]
        return out
    if spectrum.diagonal and spectrum.fill_value:
        return _of_diagonal(spectrum, *positions)
    m, k, axes = positions[0].size, values.size, range(len(positions))
    if not k:
        return np.zeros(m, spectrum.dtype)
    chunk = affordable(_CHUNK, _ENTRY_BYTES, _LEAST)
    if m * k <= chunk:
        return as_samples(_terms(spectrum, positions, axes).dot(values), spectrum.dtype)
    step = max(1, chunk // k)
    parts = [
        _terms(spectrum, [p[begin : begin + step] for p in positions], axes).dot(values)
        for begin in range(0, m, step)
    ]
    return as_samples(np.concatenate(parts), spectrum.dtype)


def is_matrix(spectrum: Spectrum) -> bool:
    """Tell whether the coefficients along a diagonal are its elements."""
    return all(basis is STANDARD for basis in spectrum.bases)


def beyond_fill(spectrum: Spectrum) -> Spectrum:
    """Return a diagonal array less the multiple of ``B1 @ B2.T`` that inactive eigenvalues make."""
    values = spectrum.eigenvalues - spectrum.eigenvalues.dtype.type(spectrum.fill_value)
    return spectrum.replace(eigenvalues=values, fill_value=zero_of(spectrum.dtype))


def _of_diagonal(spectrum: Spectrum, rows: Array, columns: Array) -> Array:
    """Return elements of a diagonal array whose inactive eigenvalues are not 0."""
    first, second = spectrum.bases
    if is_matrix(spectrum):
        values = at_coordinates(along_diagonal(spectrum), (rows,))
        zero = zero_of(spectrum.dtype)
        values[rows != columns] = zero
        return as_samples(values, spectrum.dtype)
    if spectrum.is_operator:
        rest = at_coordinates(beyond_fill(spectrum), (rows, columns))
        rest[rows == columns] += spectrum.fill_value
        return rest
    if STANDARD not in (first, second):
        return at_coordinates(with_all_eigenvalues(spectrum), (rows, columns))
    # Along the other axis a position is the number of a function.
    spectral, places, numbers = (first, rows, columns)
    if second is not STANDARD:
        spectral, places, numbers = (second, columns, rows)
    pairs = range(0, rows.size, _PAIRS)
    factors = [
        np.diagonal(
            functions_at(
                spectral,
                spectrum.shape[0],
                places[i : i + _PAIRS],
                numbers[i : i + _PAIRS],
                rows[:0],
            )
        )
        for i in pairs
    ]
    values = at_coordinates(along_diagonal(spectrum), (numbers,))
    return as_samples(np.concatenate([*factors, rows[:0]]) * values, spectrum.dtype)


def _terms(spectrum: Spectrum, positions: Sequence[Array], axes: Sequence[int]) -> Array:
    """Return the value of every active function along some axes at every position: (m, k)."""
    coordinates, values = spectrum.coordinates(), spectrum.eigenvalues
    terms: Array | None = None
    for axis, along in zip(axes, positions, strict=True):
        basis, n = spectrum.bases[axis], spectrum.shape[axis]
        factors = functions_at(basis, n, along, coordinates[axis], values)
        terms = factors if terms is None else terms * factors
    assert terms is not None
    return terms


def rows_at(spectrum: Spectrum, axes: Sequence[int], positions: Sequence[Array]) -> Spectrum:
    """Evaluate an array along some axes: they become one, the first, and standard.

    O(m k). The result has no bound.

    Raises MaterializationError where what is evaluated is over the memory budget.

    `spectrum`: neither diagonal, nor with a fill value. `positions` (sequence of ndarray of int64,
    shape (m,)): along each of them.
    """
    rest = [axis for axis in range(len(spectrum.shape)) if axis not in axes]
    others = tuple(spectrum.shape[axis] for axis in rest)
    bases = (STANDARD, *(spectrum.bases[axis] for axis in rest))
    m, width, dtype = positions[0].size, prod(others), spectrum.dtype
    require_budget(m * min(spectrum.nactive, width) * _ROW_BYTES, "name fewer elements at a time")
    numbers, values = _lines_at(spectrum, axes, positions, rest)
    values = as_samples(values.reshape(-1), coefficient_dtype(bases, dtype))
    indices = (np.arange(m)[:, None] * np.int64(width) + numbers).reshape(-1)
    return compact((m, *others), dtype, bases, values, indices, zero_of(dtype))


def _lines_at(
    spectrum: Spectrum, axes: Sequence[int], positions: Sequence[Array], rest: Sequence[int]
) -> tuple[Array, Array]:
    """Evaluate an array along some axes, and leave the `rest` as they are. O(m k).

    Returns
    -------
    numbers : ndarray of int64, shape (r,)
        Sorted positions, linear along the other axes, that have a coefficient.
    coefficients : ndarray, shape (m, r)
    """
    shape, along = spectrum.shape, spectrum.coordinates()
    where = np.zeros(spectrum.nactive, np.int64)
    if rest:
        where = linear(tuple(along[axis] for axis in rest), tuple(shape[axis] for axis in rest))
    order = np.argsort(where, kind="stable")
    starts = np.flatnonzero(np.diff(where[order], prepend=-1))
    values, m = spectrum.eigenvalues[order], positions[0].size
    parts = [np.empty((0, starts.size), values.dtype)]
    step = max(1, _CHUNK // max(1, values.size))
    for begin in range(0, m if values.size else 0, step):
        some = [place[begin : begin + step] for place in positions]
        terms = _terms(spectrum, some, axes)[:, order] * values
        parts.append(np.add.reduceat(terms, starts, axis=1))
    return where[order][starts], np.concatenate(parts)


@implements(Spectrum)
def at(spectrum: Spectrum, positions: Array) -> Array:
    """Return the elements at C-order positions, shape (m,). Cost as `at_coordinates`."""
    if len(spectrum.shape) < 2:
        return at_coordinates(spectrum, (positions,) * len(spectrum.shape))
    return at_coordinates(spectrum, np.unravel_index(positions, spectrum.shape))
