"""Evaluate single elements of a spectrum, in O(k) each."""

from __future__ import annotations

from functools import reduce
from itertools import repeat
from typing import Any

import numpy as np

from ..bases import STANDARD, Basis
from ..core.source import implements
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..ops.basis_change import along_diagonal, as_samples, linear, spelled_out
from .keys import along_axes, linear_position

__all__ = ["at", "at_positions", "item", "item_at"]

# Elements of a basis that are held at once while single positions are evaluated.
_CHUNK = 1 << 22


@implements(Spectrum, "item")
def item_at(spectrum: Spectrum, position: int) -> Any:
    """Return one element by its C-order position, as `item`."""
    if not spectrum.is_standard:
        return item(spectrum, along_axes(position, spectrum.shape))
    indices = spectrum.active_indices
    if indices is None:
        return spectrum.eigenvalues[position]
    # A search for a Python int would convert all of the indices first.
    at = indices.searchsorted(indices.dtype.type(position))
    if at < indices.size and indices[at] == position:
        return spectrum.eigenvalues[at]
    return spectrum.fill_value


def item(spectrum: Spectrum, position: tuple[int, ...]) -> Any:
    """One element, as a NumPy scalar. O(log k) in the standard basis, else O(k)."""
    if spectrum.is_standard:
        return item_at(spectrum, linear_position(position, spectrum.shape))
    positions = tuple(np.array([p], np.int64) for p in position)
    return at_positions(spectrum, positions)[0]


def _elements(basis: Basis, n: int, positions: Array, indices: Array, values: Array) -> Array:
    precise = values.dtype.itemsize > (16 if values.dtype.kind == "c" else 8)
    return basis.elements(n, positions, indices, precise)


def at_positions(spectrum: Spectrum, positions: tuple[Array, ...]) -> Array:
    """The elements at some positions, given along each axis: shape (m,).

    Notes
    -----
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
    if spectrum.diagonal and spectrum.fill_value != 0:
        return _of_diagonal(spectrum, *positions)
    m = positions[0].size
    if not values.size:
        return np.zeros(m, spectrum.dtype)
    step = max(1, _CHUNK // values.size)
    if m <= step:
        return as_samples(_terms(spectrum, positions) @ values, spectrum.dtype)
    parts = [
        _terms(spectrum, tuple(p[begin : begin + step] for p in positions)) @ values
        for begin in range(0, m, step)
    ]
    return as_samples(np.concatenate(parts), spectrum.dtype)


def _is_matrix(spectrum: Spectrum) -> bool:
    """Whether the coefficients along a diagonal are its elements."""
    return all(basis is STANDARD for basis in spectrum.bases)


def _beyond_fill(spectrum: Spectrum) -> Spectrum:
    """A diagonal array less the multiple of ``B1 @ B2.T`` that its inactive eigenvalues make."""
    values = spectrum.eigenvalues - spectrum.eigenvalues.dtype.type(spectrum.fill_value)
    return spectrum.replace(eigenvalues=values, fill_value=spectrum.dtype.type(0))


def _of_diagonal(spectrum: Spectrum, rows: Array, columns: Array) -> Array:
    """Elements of a diagonal array whose inactive eigenvalues are not 0: as `at_positions`."""
    one, other = spectrum.bases
    if _is_matrix(spectrum):
        values = at_positions(along_diagonal(spectrum), (rows,))
        zero = spectrum.dtype.type(0)
        return np.where(rows == columns, as_samples(values, spectrum.dtype), zero)
    if spectrum.is_operator:
        rest = at_positions(_beyond_fill(spectrum), (rows, columns))
        rest[rows == columns] += spectrum.fill_value
        return rest
    if STANDARD not in (one, other):
        return at_positions(spelled_out(spectrum), (rows, columns))
    basis, at, of = (one, rows, columns) if other is STANDARD else (other, columns, rows)
    functions = [
        np.diagonal(_elements(basis, spectrum.shape[0], at[i : i + 32], of[i : i + 32], rows[:0]))
        for i in range(0, rows.size, 32)
    ]
    values = at_positions(along_diagonal(spectrum), (of,))
    return as_samples(np.concatenate([*functions, rows[:0]]) * values, spectrum.dtype)


def _terms(spectrum: Spectrum, positions: tuple[Array, ...]) -> Array:
    """The value of every active function at every position, shape (m, k)."""
    factors = map(
        _elements,
        spectrum.bases,
        spectrum.shape,
        positions,
        spectrum.coordinates(),
        repeat(spectrum.eigenvalues),
    )
    return reduce(np.multiply, factors)


@implements(Spectrum)
def at(spectrum: Spectrum, positions: Array) -> Array:
    """Return the elements at C-order positions, shape (m,). Cost as `at_positions`."""
    if len(spectrum.shape) == 1:
        return at_positions(spectrum, (positions,))
    return at_positions(spectrum, np.unravel_index(positions, spectrum.shape))
