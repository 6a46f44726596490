"""Sparse matrices as blocks: rows and columns that have elements in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy

from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.error_bound import ErrorBound
from ...core.runs import distinct, ranked
from ...core.spectrum import Spectrum
from ...core.values import Array
from ...ops.basis_change import gather_sums, linear
from ..common import Operand, bound_of, sparse_array
from .matrix_kind import kind_of, sparse_matrix_of

_INSTEAD = "decompose a part of it, or raise the budget"

#: Rows, columns and values of elements of a matrix.
Entries = tuple[Array, Array, Array]


class Block(NamedTuple):
    """A part of a matrix that shares no row and no column with the elements of the others."""

    #: Sorted, in the matrix; an ndarray of int64, shape (m,) and (n,).
    rows: Array
    columns: Array
    #: An ndarray, shape (m, n).
    elements: Array


class Blocks(NamedTuple):
    """A sparse matrix as its blocks."""

    #: Of the matrix.
    shape: tuple[int, int]
    #: Of the elements: what ``numpy.linalg`` computes in.
    dtype: np.dtype[Any]
    #: Of what is computed from the blocks.
    error: ErrorBound | None
    #: The blocks of a single element; an ndarray, shape (m,).
    rows: Array
    columns: Array
    values: Array
    larger: list[Block]

    @property
    def are_square(self) -> bool:
        return all(block.rows.size == block.columns.size for block in self.larger)

    def entries(self, rows: Array, columns: Array, values: Array, matrices: list[Array]) -> Entries:
        """Return some entries, and those of a matrix in the place of each larger block."""
        found = [(rows, columns, values)]
        for block, matrix in zip(self.larger, matrices, strict=True):
            down, across = block.rows, block.columns
            found.append((np.repeat(down, across.size), np.tile(across, down.size), matrix.ravel()))
        rows, columns, values = (np.concatenate(part) for part in zip(*found, strict=True))
        return rows, columns, values

    def inverse(
        self, single: Callable[[Array], Array], apply: Callable[[Array], Array]
    ) -> VirtualQArray:
        """Return the matrix with `single` of single elements and `apply` of others, transposed."""
        matrices = [apply(block.elements).T for block in self.larger]
        entries = self.entries(self.rows, self.columns, single(self.values), matrices)
        rows, columns, values = entries
        return from_entries(self.shape[::-1], columns, rows, values, self.error)

    def order(self) -> tuple[Array, Array]:
        """Return all rows and all columns, block after block."""
        rows = [self.rows, *(block.rows for block in self.larger)]
        columns = [self.columns, *(block.columns for block in self.larger)]
        return np.concatenate(rows), np.concatenate(columns)

    def other_rows(self) -> Array:
        """Return the rows of no larger block, of all rows of the matrix. O(n)."""
        others = np.ones(self.shape[0], bool)
        for block in self.larger:
            others[block.rows] = False
        return np.flatnonzero(others)

    def gathered(self, single: Array, apply: Callable[[Array], Array]) -> Array:
        """Return `single`, and what `apply` makes of the larger blocks, one after the other."""
        return np.concatenate([single, *(apply(block.elements) for block in self.larger)])


def from_entries(
    shape: tuple[int, int], rows: Array, columns: Array, values: Array, error: ErrorBound | None
) -> VirtualQArray:
    """Return a sparse matrix from its entries in any order; those at one place are added up.

    O(k).
    """
    indices, values = gather_sums(linear((rows, columns), shape), values)
    return sparse_array(shape, values, indices, error=error)


def blocks_of(
    a: Operand, square: bool = False, symmetric: bool = False, most: float = float("inf")
) -> Blocks | None:
    """Return the blocks of a sparse matrix; None for other arrays, and where that is no gain.

    O(k) and the elements of the blocks. Raises MaterializationError where a block is over the
    memory budget.

    Parameters
    ----------
    square : bool
        None for matrices that are not square.
    symmetric : bool
        Row i and column i belong together: the matrix and the blocks are square, each on the
        same rows and columns.
    most : float
        None where blocks have more elements than so many times the entries.
    """
    spectrum = sparse_matrix_of(a)
    if spectrum is None or ((square or symmetric) and spectrum.shape[0] != spectrum.shape[1]):
        return None
    return _blocks_of_spectrum(spectrum, kind_of(spectrum.dtype), symmetric, most)


def _blocks_of_spectrum(
    spectrum: Spectrum, dtype: np.dtype[Any], symmetric: bool, most: float
) -> Blocks | None:
    rows, columns = (along.astype(np.int64, copy=False) for along in spectrum.coordinates())
    values = spectrum.eigenvalues.astype(dtype, copy=False)
    # An entry that is alone in its row and in its column is a block of its own.
    alone = _are_alone(rows) & _are_alone(columns)
    if symmetric:
        alone &= rows == columns
    single = rows[alone], columns[alone], values[alone]
    larger: list[Block] | None = []
    if single[0].size < rows.size:
        others = rows[~alone], columns[~alone], values[~alone]
        room = most * rows.size
        larger = _larger_blocks(others, spectrum.size, room, single[0].size, symmetric)
    shape: Any = spectrum.shape
    return None if larger is None else Blocks(shape, dtype, bound_of(spectrum), *single, larger)


def _are_alone(numbers: Array) -> Array:
    """Tell which of some numbers are there once. O(k)."""
    if distinct(numbers).size == numbers.size:
        return np.ones(numbers.size, bool)
    which = ranked(numbers)[1]
    alone: Array = (np.bincount(which) == 1)[which]
    return alone


def _larger_blocks(
    entries: Entries, size: int, room: float, single: int, symmetric: bool
) -> list[Block] | None:
    """Return the blocks of entries of which none is one by itself; None where that is no gain."""
    rows, columns, values = entries
    if symmetric:
        nodes = distinct(np.concatenate([rows, columns]))
        row_numbers = column_numbers = nodes
        row, column, shift = nodes.searchsorted(rows), nodes.searchsorted(columns), 0
    else:
        (row_numbers, row), (column_numbers, column) = ranked(rows), ranked(columns)
        shift = row_numbers.size
    total = shift + column_numbers.size
    links = scipy.sparse.coo_array(
        (np.ones(row.size, bool), (row, column + shift)), shape=(total, total)
    )
    count, labels = scipy.sparse.csgraph.connected_components(links, directed=False)
    row_order, row_starts = _members(labels[: row_numbers.size], count)
    column_order, column_starts = _members(labels[shift:], count)
    work = np.diff(row_starts) * np.diff(column_starts)
    if int(work.max()) * 2 > size or int(work.sum()) > room:
        return None
    require_budget((int(work.sum()) + single) * 3 * values.itemsize, _INSTEAD)
    entry_order, entry_starts = _members(labels[row], count)
    larger = []
    for label in range(count):
        block_rows = row_order[row_starts[label] : row_starts[label + 1]]
        block_columns = column_order[column_starts[label] : column_starts[label + 1]]
        entries_here = entry_order[entry_starts[label] : entry_starts[label + 1]]
        elements = np.zeros((block_rows.size, block_columns.size), values.dtype)
        places = (
            block_rows.searchsorted(row[entries_here]),
            block_columns.searchsorted(column[entries_here]),
        )
        elements[places] = values[entries_here]
        larger.append(Block(row_numbers[block_rows], column_numbers[block_columns], elements))
    return larger


def _members(labels: Array, count: int) -> tuple[Array, Array]:
    """Return the positions of every label, one label after the other, and where each begins.

    Examples
    --------
    >>> _members(np.array([1, 0, 1]), 2)
    (array([1, 0, 2]), array([0, 1, 3]))
    """
    order = np.argsort(labels, kind="stable")
    return order, np.concatenate([[0], np.cumsum(np.bincount(labels, minlength=count))])


def permutation_sign(order: Array) -> int:
    """Return the sign of a permutation of ``range(n)``. O(n)."""
    moved = np.flatnonzero(order != np.arange(order.size))
    n = moved.size
    if not n:
        return 1
    to = moved.searchsorted(order[moved])
    links = scipy.sparse.coo_array((np.ones(n, bool), (np.arange(n), to)), shape=(n, n))
    cycles, _ = scipy.sparse.csgraph.connected_components(links, directed=False)
    return -1 if (n - cycles) % 2 else 1
