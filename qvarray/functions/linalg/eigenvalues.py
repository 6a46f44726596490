"""Matrix eigenvalues: eigvals, eigvalsh, eig, eigh; operators store them."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import fits_budget, require_budget
from ...core.error_bound import ErrorBound
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact
from ...core.values import Array, Scalar
from ...ops.basis_change import coefficient_dtype
from ...sources.linear_map import Ordered, sorting
from ..common import Operand, bound_of, sparse_array
from .blocks import Blocks, Entries, blocks_of, from_entries
from .matrix_kind import kind_of, operator_of, real_of

#: Which triangle of a matrix counts.
Triangle: TypeAlias = Literal["L", "U", "l", "u"]

# Most rows of which eigenvectors in some order are stored element by element.
_DENSE_ROWS = 1 << 12
_INSTEAD = "keep the operator, or raise the budget"


def sorted_values(
    values: Array, n: int, fill: Scalar, error: ErrorBound | None, descending: bool = False
) -> VirtualQArray:
    """Sort some of n numbers, of which all others are `fill`. O(k log k)."""
    values = np.sort(values)
    values = values[::-1] if descending else values
    ahead = int(np.count_nonzero(values > fill if descending else values < fill))
    indices = np.arange(values.size, dtype=np.int64)
    indices[ahead:] += n - values.size
    return sparse_array((n,), values, indices, fill, error)


def _answered_as(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return what NumPy answers with where eigenvalues are of `dtype`."""
    is_complex = has(Behaviour.EIGENVALUES_ARE_COMPLEX)
    return np.result_type(dtype, np.complex64) if is_complex else dtype


def _eigenvalues(spectrum: Spectrum) -> VirtualQArray:
    """Return all eigenvalues of an operator, each at its own index. O(k)."""
    dtype = kind_of(spectrum.dtype)
    values = spectrum.eigenvalues
    if dtype.kind != "c" and values.dtype.kind == "c":
        # NumPy answers with complex numbers where there are some.
        if values.imag.any():
            dtype = np.result_type(dtype, np.complex64)
        else:
            values = np.ascontiguousarray(values.real)
    n, where = spectrum.shape[0], spectrum.indices()
    values = values.astype(_answered_as(dtype))
    return sparse_array((n,), values, where, spectrum.fill_value, bound_of(spectrum))


def _values_in_place(blocks: Blocks, values: Array) -> VirtualQArray:
    """Return eigenvalues of the blocks at the rows of the blocks; all others are 0. O(n log n)."""
    where = blocks.order()[0]
    order = np.argsort(where, kind="stable")
    return sparse_array(blocks.shape[:1], values[order], where[order], 0, blocks.error)


@function_rule(Tier.CLOSED, np.linalg.eigvals)
def eigvals(a: Operand) -> Any:
    """Return the eigenvalues of an operator, which it stores. O(k); of blocks; else dense."""
    spectrum = operator_of(a)
    if spectrum is not None:
        return _eigenvalues(spectrum)
    blocks = blocks_of(a, symmetric=True)
    if blocks is None:
        return NotImplemented
    values = blocks.gathered(blocks.values, np.linalg.eigvals)
    return _values_in_place(blocks, values.astype(_answered_as(values.dtype), copy=False))


def _is_hermitian(spectrum: Spectrum) -> bool:
    is_complex = spectrum.eigenvalues.dtype.kind == "c"
    return not is_complex or not (spectrum.eigenvalues.imag.any() or np.imag(spectrum.fill_value))


def _hermitian_kind(a: Operand, UPLO: Triangle) -> Spectrum | Blocks | None:
    """Return a Hermitian operator, or the blocks of a matrix of which one triangle counts."""
    if UPLO.upper() not in ("L", "U"):
        return None
    spectrum = operator_of(a)
    if spectrum is not None:
        return spectrum if _is_hermitian(spectrum) else None
    blocks = blocks_of(a, symmetric=True)
    if blocks is None or blocks.shape[0] == 0:
        return None
    return blocks._replace(values=blocks.values.real.astype(real_of(blocks.dtype)))


@function_rule(Tier.CLOSED, np.linalg.eigvalsh)
def eigvalsh(a: Operand, UPLO: Triangle = "L") -> Any:
    """Return the eigenvalues of a Hermitian operator in increasing order. O(k log k)."""
    kind = _hermitian_kind(a, UPLO)
    if kind is None:
        return NotImplemented
    if isinstance(kind, Blocks):
        values = kind.gathered(kind.values, lambda x: np.linalg.eigvalsh(x, UPLO))
        return sorted_values(values, kind.shape[0], 0, kind.error)
    values = np.real(kind.eigenvalues).astype(real_of(kind_of(kind.dtype)))
    return sorted_values(values, kind.shape[0], np.real(kind.fill_value), bound_of(kind))


def has_vectors_of(spectrum: Spectrum, dtype: np.dtype[Any]) -> bool:
    """Tell whether NumPy would answer with vectors like the basis': real ones, or complex."""
    return dtype.kind == "c" or not spectrum.bases[0].is_complex


def _basis_vectors(spectrum: Spectrum, dtype: np.dtype[Any]) -> VirtualQArray:
    """Return the functions of an operator's basis as columns: ``B @ I``. O(1)."""
    bases = (spectrum.bases[0], STANDARD)
    none = np.zeros(0, coefficient_dtype(bases, dtype))
    indices, unit = np.zeros(0, np.int64), dtype.type(1)
    return VirtualQArray(compact(spectrum.shape, dtype, bases, none, indices, unit, diagonal=True))


def _ordered_vectors(spectrum: Spectrum, dtype: np.dtype[Any]) -> VirtualQArray:
    """Return the functions of the basis, those of the least eigenvalues first. O(k log k)."""
    if not spectrum.nactive:
        return _basis_vectors(spectrum, dtype)
    n, bases = spectrum.shape[0], (spectrum.bases[0], STANDARD)
    values, fill = np.real(spectrum.eigenvalues), np.real(spectrum.fill_value)
    columns, rows = sorting(values, spectrum.indices(), n, fill)
    vectors = Ordered(n, bases, columns, rows, None, True, dtype)
    is_dense = n <= _DENSE_ROWS and fits_budget(n * 64)
    return VirtualQArray(vectors.settle() if is_dense else vectors)


def _block_vectors(blocks: Blocks, matrices: list[Array]) -> Entries:
    """Return eigenvectors, those of a block in the columns of the block. O(n)."""
    require_budget(blocks.shape[0] * 64, _INSTEAD)
    others = blocks.other_rows()
    return blocks.entries(others, others, np.ones(others.size), matrices)


@function_rule(Tier.CLOSED, np.linalg.eig)
def eig(a: Operand) -> Any:
    """Return eigenvalues of an operator, and its basis: O(k). Of blocks, O(n); else dense."""
    result: Any = type(np.linalg.eig(np.ones((1, 1))))
    spectrum = operator_of(a)
    if spectrum is not None:
        operator_values = _eigenvalues(spectrum)
        dtype = operator_values.dtype
        if not has_vectors_of(spectrum, dtype):
            return NotImplemented
        return result(operator_values, _basis_vectors(spectrum, dtype))
    blocks = blocks_of(a, symmetric=True)
    if blocks is None:
        return NotImplemented
    found = [np.linalg.eig(block.elements) for block in blocks.larger]
    values = np.concatenate([blocks.values, *(pair.eigenvalues for pair in found)])
    values = values.astype(_answered_as(values.dtype), copy=False)
    rows, columns, vectors = _block_vectors(blocks, [pair.eigenvectors for pair in found])
    vectors = vectors.astype(values.dtype)
    return result(
        _values_in_place(blocks, values),
        from_entries(blocks.shape, rows, columns, vectors, blocks.error),
    )


@function_rule(Tier.CLOSED, np.linalg.eigh)
def eigh(a: Operand, UPLO: Triangle = "L") -> Any:
    """Return eigenvalues of a Hermitian operator in increasing order, and its basis. O(k log k)."""
    result: Any = type(np.linalg.eigh(np.ones((1, 1))))
    kind = _hermitian_kind(a, UPLO)
    if kind is None:
        return NotImplemented
    if isinstance(kind, Spectrum):
        dtype = kind_of(kind.dtype)
        if not has_vectors_of(kind, dtype):
            return NotImplemented
        return result(eigvalsh(a, UPLO), _ordered_vectors(kind, dtype))
    found = [np.linalg.eigh(block.elements, UPLO) for block in kind.larger]
    values = np.concatenate([kind.values, *(pair.eigenvalues for pair in found)])
    rows, columns, vectors = _block_vectors(kind, [pair.eigenvectors for pair in found])
    n = kind.shape[0]
    every = np.zeros(n)
    every[kind.order()[0]] = values
    rank = np.empty(n, np.int64)
    rank[np.argsort(every, kind="stable")] = np.arange(n)
    vectors = vectors.astype(kind.dtype)
    return result(
        sorted_values(values, n, 0, kind.error),
        from_entries(kind.shape, rows, rank[columns], vectors, kind.error),
    )
