# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Numbers of matrices: cond, det, slogdet, matrix_rank, trace."""

from __future__ import annotations

import operator
from typing import Any, Literal, SupportsIndex

import numpy as np
from numpy.typing import DTypeLike

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...indexing import diagonals
from ...ops.basis_change import as_samples
from ..common import Operand, Out, any_np, array_of, normalize_axis
from .blocks import Blocks, blocks_of, permutation_sign
from .decompositions import svdvals
from .matrix_kind import diagonal_of, is_matrix, is_singular, kind_of, missing, operator_of, real_of

__all__: list[str] = []


@function_rule(Tier.CLOSED, np.linalg.cond)
def cond(x: Operand, p: float | Literal["fro", "nuc"] | None = None) -> Any:
    """Return the condition number, from the singular values or from norms; else dense."""
    if not is_matrix(x) or not x.size:
        return NotImplemented
    values = svdvals(x) if p in (None, 2, -2) else NotImplemented
    if values is not NotImplemented:
        largest, smallest = values[0], values[values.size - 1]
        with np.errstate(all="ignore"):
            ratio = smallest / largest if p == -2 else largest / smallest
        return type(ratio)(np.inf) if np.isnan(ratio) else ratio
    is_known = p in (1, -1, np.inf, -np.inf, "fro") and diagonal_of(x) is not None
    if not is_known or x.shape[0] != x.shape[1]:
        return NotImplemented
    if is_singular(x):
        return real_of(kind_of(x.dtype)).type(np.inf)
    return np.linalg.norm(x, p) * np.linalg.norm(np.linalg.inv(x), p)


@function_rule(Tier.CLOSED, np.linalg.matrix_rank)
def matrix_rank(
    A: Operand,
    tol: Operand | None = None,
    hermitian: bool = False,
    *,
    rtol: Operand | None = None,
) -> Any:
    """Count the singular values that are not as good as 0; else dense."""
    if np.ndim(A) < 2:
        return int(np.any(np.not_equal(A, 0)))
    is_scalar = all(np.ndim(limit) == 0 for limit in (tol, rtol) if limit is not None)
    if not is_scalar or (tol is not None and rtol is not None):
        return NotImplemented
    values = svdvals(A)
    if values is NotImplemented:
        return NotImplemented
    threshold: Any = tol
    if threshold is None:
        relative: Any = max(np.shape(A)) * np.finfo(values.dtype).eps if rtol is None else rtol
        threshold = np.maximum.reduce(values, initial=0) * relative
    return np.add.reduce(np.greater(values, threshold), dtype=np.intp)


@function_rule(Tier.CLOSED, np.linalg.det)
def det(a: VirtualQArray) -> Any:
    """Multiply the eigenvalues of an operator. O(k); of blocks, theirs; else dense."""
    if is_singular(a):
        return kind_of(a.dtype).type(0)
    spectrum = operator_of(a)
    if spectrum is None:
        blocks = blocks_of(a, square=True)
        return NotImplemented if blocks is None else _det_of_blocks(blocks)
    dtype = kind_of(a.dtype)
    values = spectrum.eigenvalues
    product = np.multiply.reduce(values, dtype=np.result_type(dtype, values))
    product = product * np.power(product.dtype.type(spectrum.fill_value or 1), missing(spectrum))
    return dtype.type(product if dtype.kind == "c" else np.real(product))


def _sign_of_order(blocks: Blocks) -> int:
    """Return what the determinant of a matrix is to the product of those of its blocks."""
    rows, columns = blocks.order()
    return permutation_sign(rows) * permutation_sign(columns)


def _det_of_blocks(blocks: Blocks) -> Any:
    if not blocks.are_square:
        return blocks.dtype.type(0)
    product = np.multiply.reduce(blocks.values)
    for block in blocks.larger:
        product = product * np.linalg.det(block.elements)
    return blocks.dtype.type(product * _sign_of_order(blocks))


def _slogdet_result(dtype: np.dtype[Any], sign: Any, logabsdet: Any) -> Any:
    result: Any = type(np.linalg.slogdet(np.ones((1, 1))))
    return result(dtype.type(sign), real_of(dtype).type(logabsdet))


@function_rule(Tier.CLOSED, np.linalg.slogdet)
def slogdet(a: VirtualQArray) -> Any:
    """Return sign and logarithm of the determinant of an operator. O(k); of blocks; else dense."""
    if is_singular(a):
        return _slogdet_result(kind_of(a.dtype), 0, -np.inf)
    spectrum = operator_of(a)
    if spectrum is None:
        blocks = blocks_of(a, square=True)
        return NotImplemented if blocks is None else _slogdet_of_blocks(blocks)
    dtype = kind_of(a.dtype)
    values = spectrum.eigenvalues.astype(np.result_type(dtype, spectrum.eigenvalues))
    rest = missing(spectrum)
    fill = values.dtype.type(spectrum.fill_value if rest else 1)
    size = np.abs(values)
    sign = np.multiply.reduce(values / size) * (fill / np.abs(fill)) ** rest
    if dtype.kind != "c":
        sign = np.copysign(1.0, np.real(sign))
    total = np.add.reduce(np.log(size)) + rest * np.log(np.abs(fill))
    return _slogdet_result(dtype, sign, total)


def _slogdet_of_blocks(blocks: Blocks) -> Any:
    if not blocks.are_square:
        return _slogdet_result(blocks.dtype, 0, -np.inf)
    size = np.abs(blocks.values)
    sign = np.multiply.reduce(blocks.values / size) * _sign_of_order(blocks)
    total = np.add.reduce(np.log(size))
    for block in blocks.larger:
        part = np.linalg.slogdet(block.elements)
        sign, total = sign * part.sign, total + part.logabsdet
    return _slogdet_result(blocks.dtype, sign, total)


@function_rule(Tier.CLOSED, np.trace)
def trace(
    a: Operand,
    offset: SupportsIndex = 0,
    axis1: int = 0,
    axis2: int = 1,
    dtype: DTypeLike | None = None,
    out: Out = None,
) -> Any:
    """Sum up a diagonal: of an operator, its eigenvalues. O(k)."""
    spectrum, offset = array_of(a).spectrum, operator.index(offset)
    ndim = len(spectrum.shape)
    if ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    first, second = normalize_axis(axis1, ndim), normalize_axis(axis2, ndim)
    if first == second:
        raise ValueError("axis1 and axis2 cannot be the same")
    if spectrum.is_operator and offset == 0 and dtype is None and out is None:
        total = np.add.reduce(spectrum.eigenvalues, keepdims=True)
        kind = np.add.reduce(np.empty(0, spectrum.dtype)).dtype
        rest = kind.type(spectrum.fill_value) * kind.type(missing(spectrum))
        return as_samples(total, kind)[0] + rest
    along = VirtualQArray(diagonals.diagonal(spectrum, offset, first, second))
    return any_np.sum(along, axis=-1, dtype=dtype, out=out)
