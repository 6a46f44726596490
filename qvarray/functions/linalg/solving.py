# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Solving equations and inverting matrices: solve, lstsq, inv, pinv."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...bases import Basis
from ...core.pages import PAGE
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum
from ...core.values import Array
from ...sources.diagonal_operator import Mapped
from ..common import UNSET, Operand, any_np, array_of
from .blocks import Blocks, blocks_of
from .factorisation import Factors, parts_of
from .matrix_kind import (
    diagonal_of,
    is_matrix,
    is_singular,
    kind_of,
    mapped,
    real_of,
    symbol_of,
)

# Where neither `rcond` nor `rtol` is given, as NumPy has it.
_DEFAULT_RCOND = 1e-15


def _adjoint_bases(spectrum: Spectrum) -> tuple[Basis, ...]:
    """Return the bases of the inverse: of ``B1 D B2.T`` it is ``B2.conj() D**-1 B1.conj().T``."""
    return spectrum.bases[1].conjugate, spectrum.bases[0].conjugate


def _cutoff(dtype: np.dtype[Any], shape: tuple[int, ...], rcond: Any, rtol: Any) -> float:
    """Return the least of the singular values that count, relative to the largest."""
    if rcond is None:
        rcond = _DEFAULT_RCOND if rtol is UNSET else rtol
        if rcond is None:
            rcond = max(shape) * np.finfo(dtype).eps
    return float(rcond)


def _inverted(values: Array, least: float) -> Array:
    """Return one over the values, 0 for those whose absolute values are at most `least`."""
    large = np.abs(values) > least
    return np.divide(1, values, where=large, out=np.zeros_like(values))


@function_rule(Tier.CLOSED, np.linalg.pinv)
def pinv(
    a: Operand,
    rcond: Operand | None = None,
    hermitian: bool = False,
    *,
    rtol: Any = UNSET,
) -> Any:
    """Return the pseudo-inverse of an operator: its eigenvalues, inverted. O(k); of blocks."""
    is_scalar = any_np.ndim(rcond) == 0 and (rtol is UNSET or np.ndim(rtol) == 0)
    if not is_scalar or (rcond is not None and rtol is not UNSET):
        return NotImplemented
    spectrum = diagonal_of(a)
    if spectrum is None:
        blocks = blocks_of(a)
        if blocks is None:
            return NotImplemented
        return _pinv_of_blocks(blocks, _cutoff(blocks.dtype, blocks.shape, rcond, rtol))
    dtype = kind_of(spectrum.dtype)
    share = _cutoff(dtype, spectrum.shape, rcond, rtol)
    # As NumPy: singular values up to rcond times the largest count as zero.
    return mapped(
        spectrum,
        lambda values: _inverted(values, share * np.abs(values).max(initial=0.0)),
        dtype,
        _adjoint_bases(spectrum),
    )


def _pinv_of_blocks(blocks: Blocks, share: float) -> VirtualQArray:
    sizes = blocks.gathered(np.abs(blocks.values), np.linalg.svdvals)
    least = share * float(sizes.max(initial=0.0))

    def inverse(elements: Array) -> Array:
        largest = float(np.linalg.svdvals(elements).max(initial=0.0))
        # Where nothing counts, nothing is inverted.
        return np.linalg.pinv(elements, least / largest if largest else 1.0)

    return blocks.inverse(lambda values: _inverted(values, least), inverse)


def is_certainly_regular(a: Operand) -> bool:
    """Tell whether no eigenvalue of an operator of eigenvalues by index can be 0."""
    symbol = symbol_of(a)
    ends = None if symbol is None else symbol.node.interval()
    return ends is not None and (ends[0] > 0 or ends[1] < 0)


@function_rule(Tier.CLOSED, np.linalg.inv)
def inv(a: VirtualQArray) -> Any:
    """Return the inverse of an operator, O(k); of blocks each of them; from factors; else dense."""
    inverse = _inverse(a)
    return inverse.inverse() if isinstance(inverse, Factors) else inverse


def _inverse(a: VirtualQArray) -> Any:
    """Return the inverse of an operator or of blocks, or the factors of a sparse matrix."""
    symbol = symbol_of(a)
    if symbol is not None and is_certainly_regular(a):
        return VirtualQArray(symbol.replace(Mapped(np.divide, (1, symbol.node)), symbol.dtype))
    if is_singular(a):
        kind_of(a.dtype)
        raise np.linalg.LinAlgError("Singular matrix")
    spectrum = diagonal_of(a)
    if spectrum is not None:
        dtype, bases = kind_of(spectrum.dtype), _adjoint_bases(spectrum)
        return mapped(spectrum, lambda values: np.divide(1, values), dtype, bases)
    parts = parts_of(a)
    if not isinstance(parts, Blocks):
        return NotImplemented if parts is None else parts
    if not parts.are_square:
        raise np.linalg.LinAlgError("Singular matrix")
    return parts.inverse(lambda values: np.divide(1, values), np.linalg.inv)


def _in_dtype(a: VirtualQArray, dtype: np.dtype[Any]) -> VirtualQArray:
    """Return a matrix in what NumPy computes in; one of eigenvalues by index as it is."""
    return a if a.dtype == dtype or symbol_of(a) is not None else a.astype(dtype)


def _fits(a: VirtualQArray, b: Operand) -> bool:
    """Tell whether an equation has a vector, or the columns of a matrix, as its right side."""
    shape = np.shape(b)
    return len(shape) in (1, 2) and shape[0] == a.shape[0]


@function_rule(Tier.CLOSED, np.linalg.solve)
def solve(a: Operand, b: Operand) -> Any:
    """Apply the inverse of an operator, O(ka + kb) in its basis; of blocks; factors; else dense."""
    if not is_matrix(a) or a.shape[0] != a.shape[1] or not _fits(a, b):
        return NotImplemented
    right = array_of(b)
    dtype = np.linalg.solve(np.ones((1, 1), a.dtype), np.ones(1, right.dtype)).dtype
    inverse = _inverse(_in_dtype(a, dtype))
    if isinstance(inverse, Factors):
        return inverse.solved(right)
    if inverse is NotImplemented:
        return inverse
    out: VirtualQArray = np.matmul(inverse, right)
    return out if out.dtype == dtype else out.astype(dtype)


@function_rule(Tier.CLOSED, np.linalg.lstsq)
def lstsq(a: Operand, b: Operand, rcond: Operand | None = None) -> Any:
    """Solve by the pseudo-inverse of an operator, O(ka + kb), or of blocks; else dense."""
    if not is_matrix(a) or not a.size or any_np.ndim(rcond) != 0 or not _fits(a, b):
        return NotImplemented
    if diagonal_of(a) is None and blocks_of(a) is None:
        return NotImplemented
    right, least = array_of(b), np.linalg.lstsq
    cutoff: Any = rcond
    if cutoff is not None and cutoff < 0 and a.size <= PAGE:
        return NotImplemented  # at the cutoff of rounding the rank is what LAPACK's rounding makes
    dtype = least(np.ones((1, 1), a.dtype), np.ones(1, right.dtype), cutoff)[0].dtype
    a, eps = _in_dtype(a, dtype), np.finfo(dtype).eps
    cutoff = eps * max(a.shape) if cutoff is None else eps / 2 if cutoff < 0 else cutoff
    x: Any = np.matmul(np.linalg.pinv(a, cutoff), right)
    x = x if x.dtype == dtype else x.astype(dtype)
    sizes = np.linalg.svdvals(a)
    count = np.add.reduce(np.greater(sizes, cutoff * sizes[0]), dtype=np.intp)
    rank = count if count >= 2**31 else np.int32(count)  # as LAPACK counts
    rows, columns = a.shape
    residuals: Any = np.zeros(0, real_of(dtype))
    if rank == columns < rows:
        rest: Any = np.subtract(right, np.matmul(a, x))
        residuals = np.square(np.linalg.norm(rest, axis=0, keepdims=right.ndim == 1))
    return x, array_of(residuals), rank, sizes
