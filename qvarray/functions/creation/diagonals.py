"""Rules of functions that build matrices: diag, tri, tril, triu, vander, meshgrid."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.error_bound import ErrorBound
from ...core.rules import Tier, function_rule
from ...core.spectrum import compact, constant
from ...core.values import differs_from, require_size
from ...indexing import diagonals
from ...ops import join
from ...ops.broadcast import broadcast_to
from ..common import spectrum_of
from ..manipulation.joining import is_numeric

__all__: list[str] = []


@function_rule(Tier.CLOSED, np.diag)
def diag(v: Any, k: Any = 0) -> Any:
    """The matrix with that diagonal, or the diagonal of a matrix: a new array. O(k)."""
    spectrum = spectrum_of(v)
    if len(spectrum.shape) == 1:
        return VirtualQArray(diagonals.diagonal_matrix(spectrum, operator.index(k)))
    if len(spectrum.shape) == 2:
        return VirtualQArray(diagonals.diagonal(spectrum, operator.index(k), 0, 1))
    raise ValueError("Input must be 1- or 2-d.")


@function_rule(Tier.CLOSED, np.diagflat)
def diagflat(v: Any, k: Any = 0) -> Any:
    """The matrix with the elements in C order on its diagonal. O(k)."""
    if not is_numeric(v):
        return call_dense(np.diagflat, (v, k), {})
    spectrum = join.flat(spectrum_of(v))
    return VirtualQArray(diagonals.diagonal_matrix(spectrum, operator.index(k)))


@function_rule(Tier.CLOSED, np.tri)
def tri(N: Any, M: Any = None, k: Any = 0, dtype: Any = float, *, like: Any = None) -> Any:
    """Ones on a diagonal and below. O(1) for a rectangle, else the smaller triangle."""
    rows = max(0, operator.index(N))
    columns = rows if M is None else max(0, operator.index(M))
    kind = np.dtype(dtype)
    if kind.kind not in "biufc":
        return np.tri(N, M, k, dtype, like=like)
    ones = constant(kind.newbyteorder("=").type(1), (rows, columns))
    require_size(ones.shape)
    return VirtualQArray(diagonals.triangle(ones, operator.index(k), lower=True))


def _triangle(m: Any, k: Any, lower: bool) -> Any:
    spectrum, k = spectrum_of(m), operator.index(k)
    shape = spectrum.shape
    if not shape:
        return call_dense(np.tril if lower else np.triu, (m, k), {})
    if len(shape) == 1:
        # NumPy makes a matrix of it, every row of which it is.
        spectrum = broadcast_to(spectrum, shape * 2)
    return VirtualQArray(diagonals.triangle(spectrum, k, lower))


@function_rule(Tier.CLOSED, np.tril)
def tril(m: Any, k: Any = 0) -> Any:
    """The elements on a diagonal and below, else zeros. O(k) where the fill value is 0."""
    return _triangle(m, k, lower=True)


@function_rule(Tier.CLOSED, np.triu)
def triu(m: Any, k: Any = 0) -> Any:
    """The elements on a diagonal and above, else zeros. O(k) where the fill value is 0."""
    return _triangle(m, k, lower=False)


@function_rule(Tier.STRUCTURAL, np.meshgrid)
def meshgrid(*xi: Any, copy: Any = True, sparse: Any = False, indexing: Any = "xy") -> Any:
    """Coordinates along each axis, repeated along the others: new arrays. O(k) for each time."""
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    if not all(map(is_numeric, xi)):
        return call_dense(np.meshgrid, xi, {"copy": copy, "sparse": sparse, "indexing": indexing})
    ndim = len(xi)
    places = list(range(ndim))
    if indexing == "xy" and ndim > 1:
        places[:2] = 1, 0
    flat = [join.flat(spectrum_of(x)) for x in xi]
    grids = [
        join.expanded(one, *(0,) * place, *range(place + 1, ndim))
        for one, place in zip(flat, places, strict=True)
    ]
    if not sparse:
        shape = tuple(flat[places.index(axis)].shape[0] for axis in range(ndim))
        grids = [broadcast_to(grid, shape) for grid in grids]
    return tuple(VirtualQArray(grid) for grid in grids)


@function_rule(Tier.CLOSED, np.vander)
def vander(x: Any, N: Any = None, increasing: Any = False) -> Any:
    """Powers of a 1-D array, a row for each element. O(k N) where the fill value is 1."""
    if not isinstance(x, VirtualQArray) or x.ndim != 1:
        return call_dense(np.vander, (x, N, increasing), {})
    spectrum = join.localised(x.spectrum, [0])
    n = spectrum.shape[0]
    columns = n if N is None else operator.index(N)
    if spectrum.active_indices is None or spectrum.nactive == n or columns < 1:
        return call_dense(np.vander, (x, N, increasing), {})
    require_size((n, columns))
    require_budget((spectrum.nactive + 1) * columns * 32, "ask for fewer powers")
    rows = np.vander(np.append(spectrum.eigenvalues, spectrum.fill_value), columns, increasing)
    fill = rows[-1, 0]
    if differs_from(rows[-1], fill).any():
        return call_dense(np.vander, (x, N, increasing), {})
    starts = spectrum.active_indices.astype(np.int64)[:, None] * columns
    indices = (starts + np.arange(columns)).reshape(-1)
    bases = (STANDARD, STANDARD)
    error = None if spectrum.error is None else ErrorBound.unknown()
    return VirtualQArray(
        compact((n, columns), rows.dtype, bases, rows[:-1].reshape(-1), indices, fill, error=error)
    )
