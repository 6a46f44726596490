"""``numpy.linalg``: operators on their eigenvalues, sparse matrices on their blocks.

The norms are in `norms`; what NumPy decomposes is decomposed by NumPy.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..array import VirtualQArray
from ..bases import STANDARD
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..expression import expressed
from ..paging import require_budget
from ..spectrum import Array, ErrorBound, Spectrum, compact, index_dtype
from ..transform import as_samples, coefficient_dtype
from . import norms
from .products import array_of

__all__ = ["norms"]

_UNSET = np._NoValue
_ORDERS = (1, -1, np.inf, -np.inf, "fro")
_INSTEAD = "keep the operator, or raise the budget"


def _kind(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """What numpy.linalg computes in; TypeError for what it does not take."""
    return np.linalg.inv(np.ones((1, 1), dtype)).dtype


def _real(dtype: np.dtype[Any]) -> np.dtype[Any]:
    real: np.dtype[Any] = dtype.type(0).real.dtype
    return real


def _operator(a: Any) -> Spectrum | None:
    """The spectrum of an operator of finite eigenvalues; None for any other array."""
    source = a.source if isinstance(a, VirtualQArray) else None
    if not isinstance(source, Spectrum) or not source.diagonal:
        return None
    return source if bool(np.isfinite(source.eigenvalues).all()) else None


def _sparse_matrix(a: Any) -> Spectrum | None:
    """The spectrum of a sparse matrix of finite elements; None for any other array."""
    source = expressed(a.source) if isinstance(a, VirtualQArray) else None
    if not isinstance(source, Spectrum) or not source.is_standard or len(source.shape) != 2:
        return None
    if source.active_indices is None or source.fill_value != 0:
        return None
    return source if bool(np.isfinite(source.eigenvalues).all()) else None


def _is_singular(a: Any) -> bool:
    """Whether some eigenvalue, or some row or column of a square matrix, is nothing but 0."""
    spectrum = _operator(a)
    if spectrum is not None:
        return bool(np.count_nonzero(spectrum.eigenvalues) < spectrum.space)
    spectrum = _sparse_matrix(a)
    if spectrum is None or spectrum.shape[0] != spectrum.shape[1]:
        return False
    n = spectrum.shape[0]
    if np.count_nonzero(spectrum.eigenvalues) < n:
        return True
    rows, columns = spectrum.coordinates()
    active = spectrum.eigenvalues != 0
    return min(np.unique(rows[active]).size, np.unique(columns[active]).size) < n


def _mapped(spectrum: Spectrum, values: Array, dtype: np.dtype[Any]) -> VirtualQArray:
    """An operator of other eigenvalues at the same indices, whose error has no bound."""
    values = values.astype(coefficient_dtype(spectrum.bases, dtype), copy=False)
    if dtype.kind != "c" and all(basis is STANDARD for basis in spectrum.bases):
        values = as_samples(values, dtype)
    error = None if spectrum.error is None else ErrorBound.unknown()
    bases, indices, zero = spectrum.bases, spectrum.indices(), dtype.type(0)
    return VirtualQArray(
        compact(spectrum.shape, dtype, bases, values, indices, zero, diagonal=True, error=error)
    )


@function_rule(Tier.CLOSED, np.linalg.pinv)
def pinv(
    a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = np._NoValue
) -> VirtualQArray:
    """Moore-Penrose inverse of an operator: its eigenvalues, inverted. O(k); else dense."""
    spectrum = _operator(a)
    if spectrum is None or not _is_plain(rcond, rtol):
        kwargs = {} if rtol is _UNSET else {"rtol": rtol}
        dense: VirtualQArray = call_dense(np.linalg.pinv, (a, rcond, hermitian), kwargs)
        return dense
    dtype = _kind(spectrum.dtype)
    if rcond is None:
        rcond = 1e-15 if rtol is _UNSET else rtol
        if rcond is None:
            rcond = spectrum.shape[0] * np.finfo(dtype).eps
    values = spectrum.eigenvalues.astype(coefficient_dtype(spectrum.bases, dtype))
    size = np.abs(values)
    # As NumPy: singular values up to rcond times the largest count as zero.
    large = size > float(rcond) * size.max(initial=0.0)
    inverse = np.divide(1, values, where=large, out=np.zeros_like(values))
    return _mapped(spectrum, inverse, dtype)


def _is_plain(rcond: Any, rtol: Any) -> bool:
    scalars = np.ndim(rcond) == 0 and (rtol is _UNSET or np.ndim(rtol) == 0)
    return scalars and not (rcond is not None and rtol is not _UNSET)


@function_rule(Tier.CLOSED, np.linalg.inv)
def inv(a: Any) -> Any:
    """The inverse of an operator. O(k); else dense."""
    if _is_singular(a):
        _kind(a.dtype)
        raise np.linalg.LinAlgError("Singular matrix")
    spectrum = _operator(a)
    if spectrum is None:
        return call_dense(np.linalg.inv, (a,), {})
    dtype = _kind(spectrum.dtype)
    values = spectrum.eigenvalues.astype(coefficient_dtype(spectrum.bases, dtype))
    return _mapped(spectrum, np.divide(1, values), dtype)


@function_rule(Tier.CLOSED, np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """What an operator makes `b` of. O(ka + kb) in its basis; else dense."""
    spectrum = _operator(a)
    shape = np.shape(b)
    fits = isinstance(a, VirtualQArray) and len(shape) in (1, 2) and shape[0] == a.shape[-1]
    if fits and _is_singular(a):
        np.linalg.solve(np.ones((1, 1), a.dtype), np.ones(1, array_of(b).dtype))
        raise np.linalg.LinAlgError("Singular matrix")
    if not fits or spectrum is None:
        return call_dense(np.linalg.solve, (a, b), {})
    b = array_of(b)
    dtype = np.linalg.solve(np.ones((1, 1), a.dtype), np.ones(1, b.dtype)).dtype
    out: VirtualQArray = np.matmul(np.linalg.inv(a), b)
    return out if out.dtype == dtype else out.astype(dtype)


@function_rule(Tier.CLOSED, np.linalg.det)
def det(a: Any) -> Any:
    """The product of the eigenvalues of an operator. O(k); else dense."""
    spectrum = _operator(a)
    if spectrum is None and not _is_singular(a):
        return call_dense(np.linalg.det, (a,), {})
    dtype = _kind(a.dtype)
    if spectrum is None or _is_singular(a):
        return dtype.type(0)
    product = np.multiply.reduce(
        spectrum.eigenvalues, dtype=np.result_type(dtype, spectrum.eigenvalues)
    )
    return dtype.type(product if dtype.kind == "c" else np.real(product))


@function_rule(Tier.CLOSED, np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """Sign and logarithm of the determinant of an operator. O(k); else dense."""
    spectrum = _operator(a)
    if spectrum is None and not _is_singular(a):
        return call_dense(np.linalg.slogdet, (a,), {})
    dtype = _kind(a.dtype)
    result = type(np.linalg.slogdet(np.ones((1, 1))))
    if spectrum is None or _is_singular(a):
        return result(dtype.type(0), _real(dtype).type(-np.inf))
    size = np.abs(spectrum.eigenvalues)
    sign = np.multiply.reduce(spectrum.eigenvalues / size)
    if dtype.kind != "c":
        sign = np.copysign(1.0, np.real(sign))
    return result(dtype.type(sign), _real(dtype).type(np.add.reduce(np.log(size))))


def _vector(
    n: int, values: Array, indices: Array, dtype: np.dtype[Any], error: ErrorBound | None
) -> Spectrum:
    return compact((n,), dtype, (STANDARD,), values, indices, dtype.type(0), error=error)


def _bound(spectrum: Spectrum) -> ErrorBound | None:
    return None if spectrum.error is None else ErrorBound.unknown()


def _eigenvalues(spectrum: Spectrum) -> Spectrum:
    """All eigenvalues of an operator, each at its own index. O(k)."""
    dtype = _kind(spectrum.dtype)
    values = spectrum.eigenvalues
    if dtype.kind != "c" and values.dtype.kind == "c":
        # NumPy answers with complex numbers where there are some.
        if values.imag.any():
            dtype = np.result_type(dtype, np.complex64)
        else:
            values = np.ascontiguousarray(values.real)
    values = values.astype(dtype)
    return _vector(spectrum.shape[0], values, spectrum.indices(), dtype, _bound(spectrum))


@function_rule(Tier.CLOSED, np.linalg.eigvals)
def eigvals(a: Any) -> Any:
    """The eigenvalues of an operator, which are what it stores. O(k); else dense."""
    spectrum = _operator(a)
    if spectrum is None:
        return call_dense(np.linalg.eigvals, (a,), {})
    return VirtualQArray(_eigenvalues(spectrum))


def _is_hermitian(spectrum: Spectrum) -> bool:
    return spectrum.eigenvalues.dtype.kind != "c" or not spectrum.eigenvalues.imag.any()


def _ranked(values: Array, n: int) -> Array:
    """Where values stand among n, in increasing order, of which all others are 0. O(k log k)."""
    order = np.argsort(values, kind="stable")
    ranks = np.empty(values.size, np.int64)
    ranks[order] = np.arange(values.size)
    return np.where(values < 0, ranks, ranks + (n - values.size))


@function_rule(Tier.CLOSED, np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: Any = "L") -> Any:
    """The eigenvalues of a Hermitian operator, in increasing order. O(k log k); else dense."""
    spectrum = _operator(a)
    if spectrum is None or not _is_hermitian(spectrum) or UPLO.upper() not in ("L", "U"):
        return call_dense(np.linalg.eigvalsh, (a, UPLO), {})
    dtype = _real(_kind(spectrum.dtype))
    values = np.real(spectrum.eigenvalues).astype(dtype)
    values = values[values != 0]
    n = spectrum.shape[0]
    return VirtualQArray(
        _vector(n, np.sort(values), np.sort(_ranked(values, n)), dtype, _bound(spectrum))
    )


def _vectors(spectrum: Spectrum, columns: Array, dtype: np.dtype[Any]) -> VirtualQArray:
    """The functions of an operator's basis as columns in some order. O(n)."""
    n = spectrum.shape[0]
    bases = (spectrum.bases[0], STANDARD)
    values = np.ones(n, coefficient_dtype(bases, dtype))
    indices = np.arange(n, dtype=np.int64) * n + columns
    return VirtualQArray(compact((n, n), dtype, bases, values, indices, dtype.type(0)))


def _decomposed(spectrum: Spectrum, is_real: bool) -> bool:
    """Whether the basis is what NumPy would answer with, and fits."""
    if is_real and spectrum.bases[0].is_complex:
        return False
    require_budget(spectrum.shape[0] * 64, _INSTEAD)
    return True


@function_rule(Tier.CLOSED, np.linalg.eig)
def eig(a: Any) -> Any:
    """Eigenvalues of an operator, and its basis. O(n); else dense."""
    spectrum = _operator(a)
    values = None if spectrum is None else _eigenvalues(spectrum)
    if spectrum is None or values is None or not _decomposed(spectrum, values.dtype.kind != "c"):
        return call_dense(np.linalg.eig, (a,), {})
    vectors = _vectors(spectrum, np.arange(spectrum.shape[0]), values.dtype)
    result: Any = type(np.linalg.eig(np.ones((1, 1))))
    return result(VirtualQArray(values), vectors)


@function_rule(Tier.CLOSED, np.linalg.eigh)
def eigh(a: Any, UPLO: Any = "L") -> Any:
    """Eigenvalues of a Hermitian operator in increasing order, and its basis. O(n log n)."""
    spectrum = _operator(a)
    known = spectrum is not None and _is_hermitian(spectrum) and UPLO.upper() in ("L", "U")
    if spectrum is None or not known or not _decomposed(spectrum, a.dtype.kind != "c"):
        return call_dense(np.linalg.eigh, (a, UPLO), {})
    n = spectrum.shape[0]
    values = np.zeros(n)
    values[spectrum.indices()] = np.real(spectrum.eigenvalues)
    columns = np.empty(n, np.int64)
    columns[np.argsort(values, kind="stable")] = np.arange(n)
    vectors = _vectors(spectrum, columns, _kind(spectrum.dtype))
    result: Any = type(np.linalg.eigh(np.ones((1, 1))))
    return result(np.linalg.eigvalsh(a, UPLO), vectors)


def _of_blocks(spectrum: Spectrum, dtype: np.dtype[Any]) -> Array | None:
    """The singular values of a sparse matrix that are not 0, or None where that is no gain.

    Rows and columns that have elements in common make a block, and each block is a matrix of its
    own. O(k) and the blocks' decompositions; one row or one column takes none.
    """
    rows, columns = spectrum.coordinates()
    row_numbers, row = np.unique(rows, return_inverse=True)
    column_numbers, column = np.unique(columns, return_inverse=True)
    m, n = row_numbers.size, column_numbers.size
    links = coo_array((np.ones(row.size, bool), (row, column + m)), shape=(m + n, m + n))
    count, labels = connected_components(links, directed=False)
    heights = np.bincount(labels[:m], minlength=count)
    widths = np.bincount(labels[m:], minlength=count)
    values = spectrum.eigenvalues.astype(dtype)
    block = labels[row]
    energy = np.bincount(block, np.square(np.abs(values)), count)
    thin = (heights == 1) | (widths == 1)
    found = [np.sqrt(energy[thin])]
    work = heights[~thin] * widths[~thin]
    if work.size and int(work.max()) * 2 > spectrum.size:
        return None
    require_budget(int(work.max(initial=0)) * 3 * dtype.itemsize, "decompose a part of it")
    order = np.argsort(block, kind="stable")
    ends = np.cumsum(np.bincount(block, minlength=count))
    for one in np.flatnonzero(~thin):
        at = order[ends[one - 1] if one else 0 : ends[one]]
        _, i = np.unique(row[at], return_inverse=True)
        _, j = np.unique(column[at], return_inverse=True)
        dense = np.zeros((heights[one], widths[one]), dtype)
        dense[i, j] = values[at]
        found.append(np.linalg.svdvals(dense))
    return np.concatenate(found).astype(_real(dtype))


def _singular_values(a: Any) -> VirtualQArray | None:
    """The singular values of a matrix, in decreasing order, where that is not dense work."""
    spectrum = _operator(a)
    if spectrum is not None:
        values = np.abs(spectrum.eigenvalues).astype(_real(_kind(spectrum.dtype)))
    else:
        spectrum = _sparse_matrix(a)
        if spectrum is None:
            return None
        found = _of_blocks(spectrum, _kind(spectrum.dtype))
        if found is None:
            return None
        values = found
    values = np.sort(values)[::-1]
    n = min(spectrum.shape)
    indices = np.arange(values.size, dtype=index_dtype(n))
    return VirtualQArray(_vector(n, values, indices, values.dtype, _bound(spectrum)))


@function_rule(Tier.CLOSED, np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """The singular values, in decreasing order: of an operator in O(k log k), of blocks by each."""
    values = _singular_values(x)
    return call_dense(np.linalg.svdvals, (x,), {}) if values is None else values


@function_rule(Tier.CLOSED, np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """The singular value decomposition; the values alone as `svdvals`, else dense."""
    values = None if compute_uv else _singular_values(a)
    if values is None:
        return call_dense(np.linalg.svd, (a, full_matrices, compute_uv, hermitian), {})
    return values


@function_rule(Tier.CLOSED, np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """The condition number, from the singular values or from norms; else dense."""
    known = isinstance(x, VirtualQArray) and x.ndim == 2 and x.size > 0
    values = _singular_values(x) if known and (p is None or p in (2, -2)) else None
    if values is not None:
        ends = values[0], values[values.size - 1]
        with np.errstate(all="ignore"):
            ratio = ends[1] / ends[0] if p == -2 else ends[0] / ends[1]
        return type(ratio)(np.inf) if np.isnan(ratio) else ratio
    if known and p in _ORDERS and _operator(x) is not None and x.shape[0] == x.shape[1]:
        if _is_singular(x):
            return _real(_kind(x.dtype)).type(np.inf)
        return np.linalg.norm(x, p) * np.linalg.norm(np.linalg.inv(x), p)
    return call_dense(np.linalg.cond, (x, p), {})


@function_rule(Tier.CLOSED, np.linalg.matrix_rank)
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """How many singular values are not as good as 0; else dense."""
    if np.ndim(A) < 2:
        return int(np.any(np.not_equal(A, 0)))
    plain = np.ndim(tol) == 0 and np.ndim(rtol) == 0 and not (tol is not None and rtol is not None)
    values = _singular_values(A) if plain else None
    if values is None:
        return call_dense(np.linalg.matrix_rank, (A, tol, hermitian), {"rtol": rtol})
    if tol is None:
        if rtol is None:
            rtol = max(A.shape) * np.finfo(values.dtype).eps
        tol = np.maximum.reduce(values, initial=0) * rtol
    return np.add.reduce(np.greater(values, tol), dtype=np.intp)


@function_rule(Tier.CLOSED, np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    """Powers of an operator, on its eigenvalues: O(k). Of a sparse matrix, by squaring."""
    spectrum = _operator(a)
    if spectrum is None and _sparse_matrix(a) is None:
        return call_dense(np.linalg.matrix_power, (a, n), {})
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    try:
        n = operator.index(n)
    except TypeError as error:
        raise TypeError("exponent must be an integer") from error
    if n < 0:
        return np.linalg.matrix_power(np.linalg.inv(a), -n)
    if spectrum is not None and n > 0 and a.dtype.kind != "b":
        return _mapped(spectrum, spectrum.eigenvalues**n, spectrum.dtype)
    if n == 0:
        return _identity(a)
    result = None
    while n:
        if n & 1:
            result = a if result is None else np.matmul(result, a)
        n >>= 1
        a = np.matmul(a, a) if n else a
    return result.copy() if result is not None else None


def _identity(a: VirtualQArray) -> VirtualQArray:
    """The identity of the shape and dtype of a square matrix. O(n)."""
    n = a.shape[0]
    require_budget(n * (8 + a.itemsize), _INSTEAD)
    ones = np.ones(n, a.dtype)
    spectrum = _operator(a)
    if spectrum is not None:
        values = np.ones(n, coefficient_dtype(spectrum.bases, a.dtype))
        return VirtualQArray(spectrum.replace(eigenvalues=values, active_indices=None, error=None))
    indices = np.arange(n, dtype=np.int64) * (n + 1)
    bases = (STANDARD,) * 2
    return VirtualQArray(compact(a.shape, a.dtype, bases, ones, indices, a.dtype.type(0)))
