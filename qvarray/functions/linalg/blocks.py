"""Sparse matrices as blocks: rows and columns that have elements in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy

from ...core.budget import require_budget
from ...core.spectrum import Spectrum
from ...core.values import Array

__all__ = ["Block", "Blocks", "blocks_of", "permutation_sign"]

_INSTEAD = "decompose a part of it, or raise the budget"


class Block(NamedTuple):
    """A part of a matrix that shares no row and no column with the elements of the others.

    Attributes
    ----------
    rows, columns : ndarray of int64, shape (m,) and (n,)
        Sorted, in the matrix.
    elements : ndarray, shape (m, n)
    """

    rows: Array
    columns: Array
    elements: Array


class Blocks(NamedTuple):
    """A matrix as its blocks.

    Attributes
    ----------
    rows, columns, values : ndarray, shape (m,)
        The blocks of a single element.
    larger : list of Block
    """

    rows: Array
    columns: Array
    values: Array
    larger: list[Block]

    def shapes_are_square(self) -> bool:
        return all(block.rows.size == block.columns.size for block in self.larger)

    def mapped(
        self, single: Callable[[Array], Array], apply: Callable[[Array], Array], turned: bool
    ) -> tuple[Array, Array, Array]:
        """Rows, columns and elements of what `single` makes of single elements, `apply` of others.

        Where `turned`, the results have the columns of a block as their rows.
        """
        rows, columns, values = [self.rows], [self.columns], [single(self.values)]
        if turned:
            rows, columns = columns, rows
        for block in self.larger:
            down, across = (block.columns, block.rows) if turned else (block.rows, block.columns)
            rows.append(np.repeat(down, across.size))
            columns.append(np.tile(across, down.size))
            values.append(apply(block.elements).ravel())
        return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)

    def order(self) -> tuple[Array, Array]:
        """All rows and all columns, block after block."""
        rows = [self.rows, *(block.rows for block in self.larger)]
        columns = [self.columns, *(block.columns for block in self.larger)]
        return np.concatenate(rows), np.concatenate(columns)

    def found(self, single: Array, apply: Callable[[Array], Array]) -> Array:
        """`single`, and what `apply` makes of the larger blocks, one after the other."""
        return np.concatenate([single, *(apply(block.elements) for block in self.larger)])


def blocks_of(spectrum: Spectrum, dtype: np.dtype[Any], symmetric: bool = False) -> Blocks | None:
    """The blocks of a sparse matrix, or None where that is no gain.

    Parameters
    ----------
    spectrum : Spectrum
        In the standard basis, with fill value 0.
    dtype : dtype
        Of the blocks.
    symmetric : bool
        Row i and column i belong together: blocks are square, on the same rows and columns.

    Raises
    ------
    MaterializationError
        Where a block is over the memory budget.

    Notes
    -----
    O(k) and the elements of the blocks.
    """
    rows, columns = (one.astype(np.int64) for one in spectrum.coordinates())
    if symmetric:
        nodes = np.unique(np.concatenate([rows, columns]))
        row_numbers = column_numbers = nodes
        row, column, shift = nodes.searchsorted(rows), nodes.searchsorted(columns), 0
    else:
        row_numbers, row = np.unique(rows, return_inverse=True)
        column_numbers, column = np.unique(columns, return_inverse=True)
        shift = row_numbers.size
    total = shift + column_numbers.size
    links = scipy.sparse.coo_array(
        (np.ones(row.size, bool), (row, column + shift)), shape=(total, total)
    )
    count, labels = scipy.sparse.csgraph.connected_components(links, directed=False)
    of_rows, of_columns = (
        _members(labels[: row_numbers.size], count),
        _members(labels[shift:], count),
    )
    heights, widths = (np.diff(ends) for _, ends in (of_rows, of_columns))
    work = heights * widths
    largest = int(work.max(initial=0))
    if largest > 1 and largest * 2 > spectrum.size:
        return None
    require_budget(int(work.sum()) * 3 * dtype.itemsize, _INSTEAD)
    entries, ends = _members(labels[row], count)
    values = spectrum.eigenvalues.astype(dtype)
    # An entry that is alone is a block of its own.
    alone = work[labels[row]] == 1
    larger = []
    for one in np.flatnonzero(work > 1):
        here = [part[at[one] : at[one + 1]] for part, at in (of_rows, of_columns)]
        at = entries[ends[one] : ends[one + 1]]
        elements = np.zeros((here[0].size, here[1].size), dtype)
        elements[here[0].searchsorted(row[at]), here[1].searchsorted(column[at])] = values[at]
        larger.append(Block(row_numbers[here[0]], column_numbers[here[1]], elements))
    return Blocks(rows[alone], columns[alone], values[alone], larger)


def _members(labels: Array, count: int) -> tuple[Array, Array]:
    """The positions of every label, one label after the other, and where each begins."""
    order = np.argsort(labels, kind="stable")
    return order, np.concatenate([[0], np.cumsum(np.bincount(labels, minlength=count))])


def permutation_sign(order: Array) -> int:
    """The sign of a permutation of ``range(n)``. O(n)."""
    n = order.size
    links = scipy.sparse.coo_array((np.ones(n, bool), (np.arange(n), order)), shape=(n, n))
    cycles, _ = scipy.sparse.csgraph.connected_components(links, directed=False)
    return -1 if (n - cycles) % 2 else 1
