# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Building matrices: diag, diagflat, tri, tril, triu, vander."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, SupportsIndex

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.spectrum import constant
from ...core.values import ELEMENT_KINDS, differs_from, require_size, scalar_of
from ...indexing import diagonals
from ...ops import join
from ...ops.broadcast import broadcast_to
from ..common import DType, Like, bound_of, sparse_array


@function_rule(Tier.CLOSED, np.diag)
def diag(v: VirtualQArray, k: SupportsIndex = 0) -> VirtualQArray:
    """Return the matrix with that diagonal, or the diagonal of a matrix: a new array. O(k)."""
    spectrum = v.spectrum
    if len(spectrum.shape) == 1:
        return VirtualQArray(diagonals.diagonal_matrix(spectrum, operator.index(k)))
    if len(spectrum.shape) == 2:
        return VirtualQArray(diagonals.diagonal(spectrum, operator.index(k), 0, 1))
    raise ValueError("Input must be 1- or 2-d.")


@function_rule(Tier.CLOSED, np.diagflat)
def diagflat(v: VirtualQArray, k: SupportsIndex = 0) -> VirtualQArray:
    """Return the matrix with the elements in C order on its diagonal. O(k)."""
    spectrum = join.flat(v.spectrum)
    return VirtualQArray(diagonals.diagonal_matrix(spectrum, operator.index(k)))


@function_rule(Tier.CLOSED, np.tri)
def tri(
    N: SupportsIndex,
    M: SupportsIndex | None = None,
    k: SupportsIndex = 0,
    dtype: DType = float,
    *,
    like: Like = None,
) -> Any:
    """Make ones on a diagonal and below. O(1) for a rectangle, else the smaller triangle."""
    rows = max(0, operator.index(N))
    columns = rows if M is None else max(0, operator.index(M))
    kind = np.dtype(dtype)
    if kind.kind not in ELEMENT_KINDS:
        return NotImplemented
    ones = constant(scalar_of(1, kind.newbyteorder("=")), (rows, columns))
    require_size(ones.shape)
    return VirtualQArray(diagonals.triangle(ones, operator.index(k), lower=True))


def _register_triangle(function: Callable[..., Any], lower: bool) -> None:
    """Register a function that puts zeros outside a triangle. O(k) where the fill value is 0."""

    @function_rule(Tier.CLOSED, function)
    def rule(m: VirtualQArray, k: SupportsIndex = 0) -> Any:
        spectrum, offset = m.spectrum, operator.index(k)
        shape = spectrum.shape
        if not shape:
            return NotImplemented
        if len(shape) == 1:
            # NumPy makes a matrix of it, every row of which it is.
            spectrum = broadcast_to(spectrum, shape * 2)
        return VirtualQArray(diagonals.triangle(spectrum, offset, lower))


_register_triangle(np.tril, lower=True)
_register_triangle(np.triu, lower=False)


@function_rule(Tier.CLOSED, np.vander)
def vander(x: VirtualQArray, N: SupportsIndex | None = None, increasing: bool = False) -> Any:
    """Return powers of a 1-D array, a row each. O(k N) where the fill value is 1."""
    if x.ndim != 1:
        return NotImplemented
    spectrum = join.localised(x.spectrum, [0])
    n = spectrum.shape[0]
    columns = n if N is None else operator.index(N)
    if spectrum.active_indices is not None and spectrum.nactive < n and columns >= 1:
        require_size((n, columns))
        require_budget((spectrum.nactive + 1) * columns * 32, "ask for fewer powers")
        rows = np.vander(np.append(spectrum.eigenvalues, spectrum.fill_value), columns, increasing)
        fill = rows[-1, 0]
        if not differs_from(rows[-1], fill).any():
            starts = spectrum.active_indices.astype(np.int64)[:, None] * columns
            indices = (starts + np.arange(columns)).reshape(-1)
            values = rows[:-1].reshape(-1)
            return sparse_array((n, columns), values, indices, fill, bound_of(spectrum))
    return NotImplemented
