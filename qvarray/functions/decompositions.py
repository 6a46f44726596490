"""Eigenvalues and singular values of operators, which store them, and of blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array import VirtualQArray
from ..bases import STANDARD
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..maps import Ordered, sorting
from ..numpy_versions import Behaviour, has
from ..paging import fits_budget, require_budget
from ..spectrum import Array, ErrorBound, Spectrum, compact
from ..transform import along_diagonal, coefficient_dtype, gather_sums
from . import norms
from .blocks import Blocks, blocks_of
from .matrices import (
    bound_of,
    diagonal_of,
    is_singular,
    kind_of,
    missing,
    operator_of,
    real_of,
    sparse_matrix_of,
)

__all__ = ["norms"]

_ORDERS = (1, -1, np.inf, -np.inf, "fro")
# Rows of eigenvectors in some order that are spelled out.
_FEW = 1 << 12
_INSTEAD = "keep the operator, or raise the budget"


def _vector(n: int, values: Array, indices: Array, fill: Any, error: ErrorBound | None) -> Spectrum:
    dtype = values.dtype
    return compact((n,), dtype, (STANDARD,), values, indices, dtype.type(fill), error=error)


def _answered_as(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """What NumPy answers with where eigenvalues are of `dtype`."""
    if has(Behaviour.EIGENVALUES_ARE_COMPLEX):
        return np.result_type(dtype, np.complex64)
    return dtype


def _eigenvalues(spectrum: Spectrum) -> Spectrum:
    """All eigenvalues of an operator, each at its own index. O(k)."""
    dtype = kind_of(spectrum.dtype)
    values = spectrum.eigenvalues
    if dtype.kind != "c" and values.dtype.kind == "c":
        # NumPy answers with complex numbers where there are some.
        if values.imag.any():
            dtype = np.result_type(dtype, np.complex64)
        else:
            values = np.ascontiguousarray(values.real)
    values, n = values.astype(_answered_as(dtype)), spectrum.shape[0]
    return _vector(n, values, spectrum.indices(), spectrum.fill_value, bound_of(spectrum))


def _symmetric_parts(a: Any) -> tuple[Spectrum, Blocks] | None:
    """A sparse square matrix, and the blocks that it acts on one by one; None for all else."""
    spectrum = sparse_matrix_of(a)
    if spectrum is None or spectrum.shape[0] != spectrum.shape[1]:
        return None
    blocks = blocks_of(spectrum, kind_of(spectrum.dtype), symmetric=True)
    return None if blocks is None else (spectrum, blocks)


@function_rule(Tier.CLOSED, np.linalg.eigvals)
def eigvals(a: Any) -> Any:
    """The eigenvalues of an operator, which are what it stores. O(k); of blocks; else dense."""
    spectrum = operator_of(a)
    if spectrum is not None:
        return VirtualQArray(_eigenvalues(spectrum))
    parts = _symmetric_parts(a)
    if parts is None:
        return call_dense(np.linalg.eigvals, (a,), {})
    spectrum, blocks = parts
    # Rows and columns of zeros have the eigenvalue 0.
    values = blocks.found(blocks.values, np.linalg.eigvals)
    values = values.astype(_answered_as(values.dtype), copy=False)
    order = np.argsort(blocks.order()[0], kind="stable")
    where, n = blocks.order()[0][order], spectrum.shape[0]
    return VirtualQArray(_vector(n, values[order], where, 0, bound_of(spectrum)))


def _is_hermitian(spectrum: Spectrum) -> bool:
    return spectrum.eigenvalues.dtype.kind != "c" or not (
        spectrum.eigenvalues.imag.any() or np.imag(spectrum.fill_value)
    )


def _sorted(
    values: Array, n: int, fill: Any, error: ErrorBound | None, down: bool = False
) -> Spectrum:
    """Some numbers in order among n, of which all others are `fill`. O(k log k)."""
    values = np.sort(values)
    values = values[::-1] if down else values
    ahead = int(np.count_nonzero(values > fill if down else values < fill))
    indices = np.arange(values.size, dtype=np.int64)
    indices[ahead:] += n - values.size
    return _vector(n, values, indices, fill, error)


def _hermitian_parts(a: Any) -> tuple[Spectrum, Blocks] | None:
    """As `_symmetric_parts`, for a matrix of which one triangle counts."""
    parts = _symmetric_parts(a)
    if parts is None or parts[0].shape[0] == 0:
        return None
    spectrum, blocks = parts
    return spectrum, blocks._replace(values=blocks.values.real.astype(real_of(blocks.values.dtype)))


@function_rule(Tier.CLOSED, np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: Any = "L") -> Any:
    """The eigenvalues of a Hermitian operator, in increasing order. O(k log k); else dense."""
    known = UPLO.upper() in ("L", "U")
    spectrum = operator_of(a)
    if known and spectrum is not None and _is_hermitian(spectrum):
        dtype = real_of(kind_of(spectrum.dtype))
        values = np.real(spectrum.eigenvalues).astype(dtype)
        fill = np.real(spectrum.fill_value)
    else:
        parts = _hermitian_parts(a) if known and spectrum is None else None
        if parts is None:
            return call_dense(np.linalg.eigvalsh, (a, UPLO), {})
        spectrum, blocks = parts
        values, fill = blocks.found(blocks.values, lambda x: np.linalg.eigvalsh(x, UPLO)), 0
    return VirtualQArray(_sorted(values, spectrum.shape[0], fill, bound_of(spectrum)))


def _basis_vectors(spectrum: Spectrum, dtype: np.dtype[Any]) -> VirtualQArray:
    """The functions of an operator's basis as columns: ``B @ I``. O(1)."""
    bases = (spectrum.bases[0], STANDARD)
    none = np.zeros(0, coefficient_dtype(bases, dtype))
    indices, one = np.zeros(0, np.int64), dtype.type(1)
    return VirtualQArray(compact(spectrum.shape, dtype, bases, none, indices, one, diagonal=True))


def _is_basis_of(spectrum: Spectrum, dtype: np.dtype[Any]) -> bool:
    """Whether the basis is what NumPy would answer with: of real vectors, or of complex ones."""
    return dtype.kind == "c" or not spectrum.bases[0].is_complex


@function_rule(Tier.CLOSED, np.linalg.eig)
def eig(a: Any) -> Any:
    """Eigenvalues of an operator, and its basis: O(k). Of blocks by each, O(n); else dense."""
    result: Any = type(np.linalg.eig(np.ones((1, 1))))
    spectrum = operator_of(a)
    values = None if spectrum is None else _eigenvalues(spectrum)
    if spectrum is not None and values is not None and _is_basis_of(spectrum, values.dtype):
        return result(VirtualQArray(values), _basis_vectors(spectrum, values.dtype))
    parts = _symmetric_parts(a) if spectrum is None else None
    if parts is None:
        return call_dense(np.linalg.eig, (a,), {})
    spectrum, blocks = parts
    found = [np.linalg.eig(block.elements) for block in blocks.larger]
    w = np.concatenate([blocks.values, *(one.eigenvalues for one in found)])
    w = w.astype(_answered_as(w.dtype), copy=False)
    n, where = spectrum.shape[0], blocks.order()[0]
    vectors = _block_vectors(n, blocks, [one.eigenvectors for one in found])
    order = np.argsort(where, kind="stable")
    values = _vector(n, w[order], where[order], 0, bound_of(spectrum))
    return result(VirtualQArray(values), _matrix(n, *vectors, w.dtype, bound_of(spectrum)))


def _block_vectors(n: int, blocks: Blocks, found: list[Array]) -> tuple[Array, Array, Array]:
    """Rows, columns and elements of eigenvectors, those of a block in the columns of the block."""
    require_budget(n * 64, _INSTEAD)
    outside = np.ones(n, bool)
    for block in blocks.larger:
        outside[block.rows] = False
    others = np.flatnonzero(outside)
    rows, columns, values = [others], [others], [np.ones(others.size)]
    for block, vectors in zip(blocks.larger, found, strict=True):
        rows.append(np.repeat(block.rows, block.rows.size))
        columns.append(np.tile(block.rows, block.rows.size))
        values.append(vectors.ravel())
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)


def _matrix(
    n: int,
    rows: Array,
    columns: Array,
    values: Array,
    dtype: np.dtype[Any],
    error: ErrorBound | None,
) -> VirtualQArray:
    indices, values = gather_sums(rows * n + columns, values.astype(dtype))
    bases = (STANDARD,) * 2
    return VirtualQArray(compact((n, n), dtype, bases, values, indices, dtype.type(0), error=error))


@function_rule(Tier.CLOSED, np.linalg.eigh)
def eigh(a: Any, UPLO: Any = "L") -> Any:
    """Eigenvalues of a Hermitian operator in increasing order, and its basis. O(k log k)."""
    result: Any = type(np.linalg.eigh(np.ones((1, 1))))
    known = UPLO.upper() in ("L", "U")
    spectrum = operator_of(a)
    if known and spectrum is not None and _is_hermitian(spectrum):
        dtype = kind_of(spectrum.dtype)
        if _is_basis_of(spectrum, dtype):
            return result(np.linalg.eigvalsh(a, UPLO), _ordered_vectors(spectrum, dtype))
    parts = _hermitian_parts(a) if known and spectrum is None else None
    if parts is None:
        return call_dense(np.linalg.eigh, (a, UPLO), {})
    spectrum, blocks = parts
    found = [np.linalg.eigh(block.elements, UPLO) for block in blocks.larger]
    w = np.concatenate([blocks.values, *(one.eigenvalues for one in found)])
    n, dtype = spectrum.shape[0], kind_of(spectrum.dtype)
    rows, columns, values = _block_vectors(n, blocks, [one.eigenvectors for one in found])
    every = np.zeros(n)
    every[blocks.order()[0]] = w
    rank = _ranks(every)
    vectors = _matrix(n, rows, rank[columns], values, dtype, bound_of(spectrum))
    return result(VirtualQArray(_sorted(w, n, 0, bound_of(spectrum))), vectors)


def _ranks(values: Array) -> Array:
    ranks = np.empty(values.size, np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(values.size)
    return ranks


def _ordered_vectors(spectrum: Spectrum, dtype: np.dtype[Any]) -> VirtualQArray:
    """The functions of the basis, those of the least eigenvalues first. O(k log k)."""
    if not spectrum.nactive:
        return _basis_vectors(spectrum, dtype)
    n, bases = spectrum.shape[0], (spectrum.bases[0], STANDARD)
    values, fill = np.real(spectrum.eigenvalues), np.real(spectrum.fill_value)
    columns, rows = sorting(values, spectrum.indices(), n, fill)
    vectors = Ordered(n, bases, columns, rows, None, True, dtype)
    # What is looked at element by element is better spelled out.
    return VirtualQArray(vectors.settle() if n <= _FEW and fits_budget(n * 64) else vectors)


def _singular_values(a: Any) -> VirtualQArray | None:
    """The singular values of a matrix, in decreasing order, where that is not dense work."""
    spectrum = diagonal_of(a)
    if spectrum is not None:
        dtype = real_of(kind_of(spectrum.dtype))
        values = np.abs(spectrum.eigenvalues).astype(dtype)
        fill = dtype.type(np.abs(spectrum.fill_value)) if missing(spectrum) else 0
    else:
        spectrum = sparse_matrix_of(a)
        blocks = None if spectrum is None else blocks_of(spectrum, kind_of(spectrum.dtype))
        if spectrum is None or blocks is None:
            return None
        values, fill = blocks.found(np.abs(blocks.values), np.linalg.svdvals), 0
    n = min(spectrum.shape)
    return VirtualQArray(_sorted(values, n, fill, bound_of(spectrum), down=True))


@function_rule(Tier.CLOSED, np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """The singular values, in decreasing order: of an operator in O(k log k), of blocks by each."""
    values = _singular_values(x)
    return call_dense(np.linalg.svdvals, (x,), {}) if values is None else values


@function_rule(Tier.CLOSED, np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """The singular value decomposition: of an operator its basis, O(k log k); else dense.

    The values alone as `svdvals`.
    """
    if not compute_uv:
        values = _singular_values(a)
        if values is not None:
            return values
    spectrum = operator_of(a)
    if spectrum is None or not compute_uv or not _is_basis_of(spectrum, kind_of(spectrum.dtype)):
        return call_dense(np.linalg.svd, (a, full_matrices, compute_uv, hermitian), {})
    dtype = kind_of(spectrum.dtype)
    n, basis = spectrum.shape[0], spectrum.bases[0]
    size = np.abs(spectrum.eigenvalues)
    columns, rows = sorting(-size, spectrum.indices(), n, -np.abs(spectrum.fill_value))
    left = Ordered(n, (basis, STANDARD), columns, rows, None, True, dtype)
    # A = B D B^H = (B |D|) (phase B^H): the phases go to the right.
    phases = along_diagonal(_phases(spectrum, dtype))
    order = np.argsort(rows)
    bases = (STANDARD, basis.conjugate)
    right = Ordered(n, bases, rows[order], columns[order], phases, False, dtype)
    result: Any = type(np.linalg.svd(np.ones((1, 1))))
    return result(VirtualQArray(left), _singular_values(a), VirtualQArray(right))


def _phases(spectrum: Spectrum, dtype: np.dtype[Any]) -> Spectrum:
    """The operator of the eigenvalues over their absolute values, 1 for 0. O(k)."""

    def phase(values: Array) -> Array:
        size = np.abs(values)
        return np.divide(values, size, where=size > 0, out=np.ones_like(values))

    values = phase(spectrum.eigenvalues.astype(coefficient_dtype(spectrum.bases, dtype)))
    fill = phase(np.asarray([spectrum.fill_value], dtype))[0] if missing(spectrum) else 0
    indices, fill = spectrum.indices(), dtype.type(fill)
    return compact(spectrum.shape, dtype, spectrum.bases, values, indices, fill, diagonal=True)


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
    if known and p in _ORDERS and diagonal_of(x) is not None and x.shape[0] == x.shape[1]:
        if is_singular(x):
            ratio = real_of(kind_of(x.dtype)).type(np.inf)
        else:
            ratio = np.linalg.norm(x, p) * np.linalg.norm(np.linalg.inv(x), p)
        return ratio if has(Behaviour.COND_IS_REAL) else kind_of(x.dtype).type(ratio)
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
