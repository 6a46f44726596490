"""Diagonals and triangles of matrices."""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from .. import diagonals, joining
from ..array import VirtualQArray
from ..bases import STANDARD
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..numpy_versions import Behaviour, has
from ..paging import require_budget
from ..spectrum import (
    ErrorBound,
    Spectrum,
    compact,
    constant,
    differs_from,
    require_size,
)
from ..structure import broadcast_to, move_axis
from ..transform import as_samples, sparse
from .common import spectrum_of
from .joining import as_operands, is_numeric, stack

__all__: list[str] = []

_normalize_axis = np.lib.array_utils.normalize_axis_index


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
    spectrum = joining.flat(spectrum_of(v))
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


@function_rule(Tier.CLOSED, np.trace)
def trace(
    a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None, out: Any = None
) -> Any:
    """The sum along a diagonal: of an operator, the sum of its eigenvalues. O(k)."""
    spectrum, offset = spectrum_of(a), operator.index(offset)
    ndim = len(spectrum.shape)
    if ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    first, second = _normalize_axis(axis1, ndim), _normalize_axis(axis2, ndim)
    if first == second:
        raise ValueError("axis1 and axis2 cannot be the same")
    if spectrum.is_operator and offset == 0 and dtype is None and out is None:
        total = np.add.reduce(spectrum.eigenvalues, keepdims=True)
        kind = np.add.reduce(np.empty(0, spectrum.dtype)).dtype
        rest = kind.type(spectrum.fill_value) * kind.type(spectrum.space - spectrum.nactive)
        return as_samples(total, kind)[0] + rest
    along = VirtualQArray(diagonals.diagonal(spectrum, offset, first, second))
    return np.sum(along, axis=-1, dtype=dtype, out=out)


@function_rule(Tier.CLOSED, np.linalg.trace)
def linalg_trace(x: Any, /, *, offset: Any = 0, dtype: Any = None) -> Any:
    """The sum along a diagonal of the last two axes. O(k)."""
    return trace(x, offset, -2, -1, dtype)


def _indices(found: tuple[Any, ...]) -> tuple[VirtualQArray, ...]:
    return tuple(
        VirtualQArray(Spectrum(one.shape, one.dtype, (STANDARD,), one, None, one.dtype.type(0)))
        for one in found
    )


def _triangle_indices(arr: Any, k: Any, lower: bool) -> tuple[VirtualQArray, ...]:
    if arr.ndim != 2:
        raise ValueError("input array must be 2-d")
    rows, columns = arr.shape
    below = diagonals.lower_count(rows, columns, operator.index(k) - (not lower))
    count = below if lower else rows * columns - below
    require_budget(rows * columns * 2 + count * 16, "take the triangle itself: np.tril, np.triu")
    find = np.tril_indices if lower else np.triu_indices
    return _indices(find(rows, k=k, m=columns))


@function_rule(Tier.STRUCTURAL, np.tril_indices_from)
def tril_indices_from(arr: Any, k: Any = 0) -> Any:
    """The indices of a lower triangle: all of them, within the memory budget."""
    return _triangle_indices(arr, k, lower=True)


@function_rule(Tier.STRUCTURAL, np.triu_indices_from)
def triu_indices_from(arr: Any, k: Any = 0) -> Any:
    """The indices of an upper triangle: all of them, within the memory budget."""
    return _triangle_indices(arr, k, lower=False)


@function_rule(Tier.STRUCTURAL, np.diag_indices_from)
def diag_indices_from(arr: Any) -> Any:
    """The indices of the main diagonal: all of them, within the memory budget."""
    if not arr.ndim >= 2:
        raise ValueError("input array must be at least 2-d")
    if len(set(arr.shape)) != 1:
        raise ValueError("All dimensions of input must be of equal length")
    n = arr.shape[0]
    require_budget(n * 8, "take the diagonal itself: np.diag, np.diagonal")
    return _indices((np.arange(n),)) * arr.ndim


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
    flat = [joining.flat(spectrum_of(x)) for x in xi]
    grids = [
        joining.expanded(one, *(0,) * place, *range(place + 1, ndim))
        for one, place in zip(flat, places, strict=True)
    ]
    if not sparse:
        shape = tuple(flat[places.index(axis)].shape[0] for axis in range(ndim))
        grids = [broadcast_to(grid, shape) for grid in grids]
    return tuple(VirtualQArray(grid) for grid in grids)


@function_rule(Tier.STRUCTURAL, np.ix_)
def ix_(*args: Any) -> Any:
    """Indices along each axis as arrays that broadcast against each other. O(k)."""
    out = []
    for place, given in enumerate(args):
        new = given
        if not isinstance(new, (np.ndarray, VirtualQArray)):
            new = np.asarray(new)
            new = new if new.size else new.astype(np.intp)
        if new.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if not is_numeric(new):
            return call_dense(np.ix_, args, {})
        spectrum = spectrum_of(new)
        if spectrum.dtype == bool:
            spectrum = _true_positions(spectrum)
        out.append(
            VirtualQArray(joining.expanded(spectrum, *(0,) * place, *range(place + 1, len(args))))
        )
    return tuple(out)


def _true_positions(spectrum: Spectrum) -> Spectrum:
    """Where a 1-D array of bool is true. O(k) where the fill value is False."""
    if spectrum.fill_value or spectrum.active_indices is None:
        require_budget(spectrum.size * 9, "index with a mask of few true elements")
        return sparse(np.flatnonzero(np.asarray(VirtualQArray(spectrum))))
    return sparse(spectrum.active_indices[spectrum.eigenvalues].astype(np.intp))


@function_rule(Tier.CLOSED, np.vander)
def vander(x: Any, N: Any = None, increasing: Any = False) -> Any:
    """Powers of a 1-D array, a row for each element. O(k N) where the fill value is 1."""
    if not isinstance(x, VirtualQArray) or x.ndim != 1:
        return call_dense(np.vander, (x, N, increasing), {})
    spectrum = joining.localised(x.spectrum, [0])
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


def _products(a: Any, b: Any) -> list[Any]:
    """The components of the cross products of vectors along the last axis."""
    (a0, a1), (b0, b1) = ((one[..., 0], one[..., 1]) for one in (a, b))
    last = np.subtract(np.multiply(a0, b1), np.multiply(a1, b0))
    if a.shape[-1] == b.shape[-1] == 2:
        return [last]
    if a.shape[-1] == 2:
        b2 = b[..., 2]
        return [np.multiply(a1, b2), np.negative(np.multiply(a0, b2)), last]
    a2 = a[..., 2]
    if b.shape[-1] == 2:
        return [np.negative(np.multiply(a2, b1)), np.multiply(a2, b0), last]
    b2 = b[..., 2]
    return [
        np.subtract(np.multiply(a1, b2), np.multiply(a2, b1)),
        np.subtract(np.multiply(a2, b0), np.multiply(a0, b2)),
        last,
    ]


def _require_three(n: int, m: int) -> None:
    if n != 3 or m != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they are "
            f"{n} and {m} dimensional instead."
        )


@function_rule(Tier.CLOSED, np.cross)
def cross(
    a: Any, b: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None
) -> Any:
    """Cross products of vectors: products and differences of their components. O(k)."""
    if axis is not None:
        axisa = axisb = axisc = axis
    if not (is_numeric(a) and is_numeric(b)):
        return call_dense(np.cross, (a, b, axisa, axisb, axisc), {})
    a, b = as_operands((a, b))
    if a.ndim < 1 or b.ndim < 1:
        raise ValueError("At least one array has zero dimension")
    axisa = _normalize_axis(axisa, a.ndim, "axisa")
    axisb = _normalize_axis(axisb, b.ndim, "axisb")
    a = VirtualQArray(move_axis(spectrum_of(a), axisa, -1))
    b = VirtualQArray(move_axis(spectrum_of(b), axisb, -1))
    if has(Behaviour.CROSS_OF_3_COMPONENTS):
        _require_three(a.shape[-1], b.shape[-1])
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if 2 in (a.shape[-1], b.shape[-1]):
        warnings.warn(
            "Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors "
            "instead. (deprecated in NumPy 2.0)",
            DeprecationWarning,
            stacklevel=3,
        )
    shape = np.broadcast_shapes(a.shape[:-1], b.shape[:-1])
    if 3 in (a.shape[-1], b.shape[-1]):
        axisc = _normalize_axis(axisc, len(shape) + 1, "axisc")
    components = _products(a, b)
    if len(components) == 1:
        return VirtualQArray(spectrum_of(components[0]))
    return stack(components, axisc)


@function_rule(Tier.CLOSED, np.linalg.cross)
def linalg_cross(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    """Cross products of vectors of 3 components. O(k)."""
    x1, x2 = as_operands((x1, x2))
    if not has(Behaviour.CROSS_OF_3_COMPONENTS):
        _require_three(x1.shape[axis], x2.shape[axis])
    return cross(x1, x2, axis=axis)
