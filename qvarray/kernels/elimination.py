"""Count the entries of the factors of a sparse matrix before it is factorised: elimination trees.

What is eliminated fills places in between. Where they are follows from the places of the entries
alone (Davis, *Direct Methods for Sparse Linear Systems*, 2006, chapter 4).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .jit import njit

Array = NDArray[Any]


@njit(cache=True, nogil=True)
def _parents(starts, columns, parents, ancestors):  # type: ignore[no-untyped-def]
    """Write the parent of each node of the elimination tree, -1 for none. O(k) nearly.

    `ancestors`, as long, is where paths that were gone are cut short.
    """
    parents[:] = -1
    ancestors[:] = -1
    for row in range(parents.size):
        for entry in range(starts[row], starts[row + 1]):
            node = np.int64(columns[entry])
            while node != -1 and node < row:
                following = np.int64(ancestors[node])
                ancestors[node] = row
                if following == -1:
                    parents[node] = row
                node = following


@njit(cache=True, nogil=True)
def _count(starts, columns, parents, seen, limit):  # type: ignore[no-untyped-def]
    """Count the entries of the factor, each of them once, until there are more than `limit`."""
    seen[:] = -1
    total = 0
    for row in range(parents.size):
        seen[row] = row
        total += 1
        for entry in range(starts[row], starts[row + 1]):
            node = np.int64(columns[entry])
            while node < row and seen[node] != row:
                seen[node] = row
                total += 1
                node = np.int64(parents[node])
        if total > limit:
            break
    return total


def factor_size(starts: Array, columns: Array, limit: int) -> int:
    """Count the entries of the Cholesky factor of a symmetric matrix, from where its entries are.

    Parameters
    ----------
    starts : ndarray of int32 or int64, shape (n + 1,)
        Pointers to rows.
    columns : ndarray of the same dtype, shape (k,)
        Those of a row in any order; only those below the diagonal count.
    limit : int
        Counting ends where there are more.

    Returns
    -------
    int
        With the diagonal. Any number over `limit` where there are more than that.

    Notes
    -----
    O(k + min(result, limit)).

    Examples
    --------
    Rows 2 and 3 have entries in column 0: its elimination fills the place of row 3 and column 2.

    >>> factor_size(np.array([0, 0, 0, 2, 3]), np.array([0, 1, 0]), 100)
    8
    """
    parents, marks = np.empty((2, starts.size - 1), starts.dtype)
    _parents(starts, columns, parents, marks)
    return int(_count(starts, columns, parents, marks, limit))
