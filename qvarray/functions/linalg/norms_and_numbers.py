# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Norms and other numbers of matrices: norm, cond, det, slogdet, matrix_rank, trace."""

from __future__ import annotations

import operator
from typing import Any, Literal, SupportsIndex, TypeAlias

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.source import Source
from ...core.spectrum import Spectrum
from ...core.values import Axis, Scalar, require_size
from ...core.whole import of_all
from ...indexing import diagonals
from ...ops.basis_change import as_samples, energy, l2_norm
from ...ops.broadcast import permute_axes
from ...ufuncs import by_method, parseval
from ..common import DType, Operand, Output, any_np, array_of, normalize_axis
from .blocks import Blocks, permutation_sign
from .decompositions import svdvals
from .factorisation import parts_of
from .matrix_kind import (
    diagonal_of,
    is_finite,
    is_matrix,
    is_singular,
    kind_of,
    missing,
    operator_of,
    real_of,
)

#: The argument ``ord=``.
NormOrder: TypeAlias = float | Literal["fro", "nuc", "f"] | None

#: What the largest of no elements is.
_NOTHING: Any = {"initial": 0} if has(Behaviour.NORM_OF_NOTHING) else {}

_normalize_axes = np.lib.array_utils.normalize_axis_tuple


def _parseval_holds(spectrum: Spectrum) -> bool:
    """Tell whether the norm of the elements is that of the coefficients."""
    return bool(spectrum.diagonal or spectrum.fill_value == 0) and is_finite(spectrum)


def _l2_norm(x: VirtualQArray, source: Spectrum) -> Any:
    return real_of(x.dtype).type(l2_norm(source))


def _energy(x: VirtualQArray) -> Any:
    """Return the squares of the absolute values."""
    if x.dtype.kind != "c":
        return np.square(x)
    if x.source.express().stored is not None:
        # NaN for an element of NaN and infinity, whose absolute value is infinity.
        return np.add(np.square(x.real), np.square(x.imag))
    return np.square(np.abs(x))


def _energy_of_all(x: Spectrum) -> Any:
    """Return the sum of the squares of doubles, in the standard basis; else None. O(k)."""
    values = x.eigenvalues
    if x.dtype.char not in "dD" or (x.fill_value != 0 and missing(x)):
        return None
    if x.dtype.kind == "f":
        return np.float64(energy(values))
    return np.float64(energy(values.real)) + np.float64(energy(values.imag))


@of_all(np.linalg.norm)
def _norm_of_all(x: Spectrum) -> Any:
    """Return the root of `_energy_of_all`; else None. O(k)."""
    total = _energy_of_all(x)
    return None if total is None else np.sqrt(total)


def _known_norm(source: Source) -> Any:
    """Return the L2 norm of all elements, where parameters tell it; else None."""
    square = source.inner(source)
    return None if square is None else real_of(source.dtype).type(np.sqrt(square.real))


def _root_of_sum(x: VirtualQArray, axes: tuple[int, ...], keepdims: bool) -> Any:
    source = x.source
    if not source.is_standard and len(axes) == x.ndim and not keepdims:
        known = _known_norm(source)
        if known is not None:
            return known
    source = source.express()
    total: Any = None
    if not source.is_standard:
        total = parseval.energies(source, axes, bool(keepdims))
    elif len(axes) == x.ndim and not keepdims:
        total = _energy_of_all(source.settle())
    if total is None:
        total = by_method.reduced(np.add, _energy(x), axis=axes, keepdims=keepdims)
    out = np.sqrt(VirtualQArray(total) if isinstance(total, Source) else total)
    kind = real_of(x.dtype)
    return out if out.dtype == kind else out.astype(kind)


def _reject_names(order: NormOrder) -> None:
    """Raise ValueError for an order of norms of matrices."""
    if isinstance(order, str):
        raise ValueError(f"Invalid norm order '{order}' for vectors")


def _of_vectors(x: VirtualQArray, order: NormOrder, axes: tuple[int, ...], keepdims: bool) -> Any:
    """Return norms over some axes, each as of one vector: closed, or page by page."""
    _reject_names(order)
    if order is None or order == 2:
        return _root_of_sum(x, axes, keepdims)
    if order == 0:
        kind = real_of(x.dtype)
        return by_method.reduced(
            np.add, np.not_equal(x, 0), axis=axes, keepdims=keepdims, dtype=kind
        )
    size: Any = np.abs(x)
    if order == np.inf:
        return by_method.reduced(np.maximum, size, axis=axes, keepdims=keepdims, **_NOTHING)
    if order == -np.inf:
        return by_method.reduced(np.minimum, size, axis=axes, keepdims=keepdims)
    if order == 1:
        return by_method.reduced(np.add, size, axis=axes, keepdims=keepdims)
    total = by_method.reduced(
        np.add, (size**order).astype(size.dtype), axis=axes, keepdims=keepdims
    )
    return total ** np.reciprocal(order, dtype=total.dtype)


def _of_operator(x: VirtualQArray, spectrum: Spectrum, order: NormOrder) -> Any:
    """Return a norm of a diagonal array, on its eigenvalues, or None. O(k)."""
    kind = real_of(x.dtype)
    size = np.abs(spectrum.eigenvalues)
    rest = missing(spectrum)
    fill = size.dtype.type(np.abs(spectrum.fill_value))
    largest = size.max(initial=fill if rest else 0)
    smallest = size.min(initial=fill) if rest else size.min(initial=np.inf)
    if order in (None, "fro", "f"):
        return _l2_norm(x, spectrum)
    if order in (2, -2, "nuc"):
        np.linalg.svdvals(np.ones((1, 1), x.dtype))  # not for every dtype
    if order == 2:
        return kind.type(largest)
    if order == -2 and spectrum.space:
        return kind.type(smallest)
    if order == "nuc":
        return kind.type(any_np.add.reduce(size) + rest * fill)
    if order in (1, np.inf, -1, -np.inf) and spectrum.shape[0]:
        if all(basis is STANDARD for basis in spectrum.bases):
            return kind.type(largest if order > 0 else smallest)
        # Of a convolution all columns hold the same elements, in another order.
        if spectrum.bases[0].group and spectrum.is_operator:
            return by_method.reduced(np.add, np.abs(x[:, 0]), axis=None)
    return None


def _of_dense_matrices(x: VirtualQArray, order: NormOrder, row: int, column: int) -> Any:
    if order in (None, "fro", "f"):
        return _root_of_sum(x, (row, column), False)
    if order in (2, -2, "nuc"):
        values = array_of(np.linalg.svdvals(_with_matrices_last(x, row, column)))
        axis = -1
    elif order in (1, -1, np.inf, -np.inf):
        over, axis = (row, column) if order in (1, -1) else (column, row)
        values = array_of(by_method.reduced(np.add, np.abs(x), axis=over))
        axis -= axis > over
    else:
        raise ValueError("Invalid norm order for matrices.")
    if order == "nuc":
        return by_method.reduced(np.add, values, axis=axis)
    if order > 0:
        return by_method.reduced(np.maximum, values, axis=axis, **_NOTHING)
    return by_method.reduced(np.minimum, values, axis=axis)


def _of_matrices(x: VirtualQArray, order: NormOrder, row: int, column: int, keepdims: bool) -> Any:
    """Return norms over two axes, as of matrices."""
    if row == column:
        raise ValueError("Duplicate axes given.")
    spectrum = x.source.express().stored
    out: Any = None
    if spectrum is not None and spectrum.diagonal and _parseval_holds(spectrum):
        out = _of_operator(x, spectrum, order)
    if out is None:
        out = _of_dense_matrices(x, order, row, column)
    if not keepdims:
        return out
    shape = tuple(1 if axis in (row, column) else n for axis, n in enumerate(x.shape))
    norms = array_of(out).spectrum
    return VirtualQArray(norms.replace(shape=shape, bases=(STANDARD,) * len(shape)))


def _with_matrices_last(x: VirtualQArray, row: int, column: int) -> VirtualQArray:
    if (row, column) == (x.ndim - 2, x.ndim - 1):
        return x
    rest = [axis for axis in range(x.ndim) if axis not in (row, column)]
    return VirtualQArray(permute_axes(x.spectrum, (*rest, row, column)))


def _as_inexact(obj: Operand) -> VirtualQArray:
    """Return an array of floating-point or complex numbers."""
    x = array_of(obj)
    if x.dtype.kind in "fc":
        return x
    spectrum, kind = x.source.stored, np.dtype(np.float64)
    if spectrum is not None and spectrum.diagonal:
        values, fill = spectrum.eigenvalues.astype(kind), kind.type(spectrum.fill_value)
        return VirtualQArray(spectrum.replace(dtype=kind, eigenvalues=values, fill_value=fill))
    return x.astype(kind)


@function_rule(Tier.CLOSED, np.linalg.norm)
def norm(x: Operand, ord: NormOrder = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return norms of vectors or of matrices: by Parseval where that is what they are."""
    array = _as_inexact(x)
    ndim = array.ndim
    is_l2 = ord is None or (ord in ("f", "fro") and ndim == 2) or (ord == 2 and ndim == 1)
    if axis is None and is_l2:
        source = array.source
        known = None if source.is_standard or keepdims else _known_norm(source)
        if known is not None:
            return known
        spectrum = source.express().stored
        if spectrum is None or spectrum.is_standard or not _parseval_holds(spectrum):
            return _root_of_sum(array, tuple(range(ndim)), keepdims)
        total = _l2_norm(array, spectrum)
        return array_of(np.full((1,) * ndim, total)) if keepdims and ndim else total
    if axis is None:
        axis = tuple(range(ndim))
    elif not isinstance(axis, tuple):
        try:
            axis = (int(axis),)
        except Exception as error:
            raise TypeError("'axis' must be None, an integer or a tuple of integers") from error
    if len(axis) == 1:
        _reject_names(ord)
        return _of_vectors(array, ord, _normalize_axes(axis, ndim), keepdims)
    if len(axis) == 2:
        row, column = (_normalize_axes(i, ndim)[0] for i in axis)
        return _of_matrices(array, ord, row, column, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


@function_rule(Tier.CLOSED, np.linalg.vector_norm)
def vector_norm(
    x: Operand, /, *, axis: Axis = None, keepdims: bool = False, ord: NormOrder = 2
) -> Any:
    """Return norms over any axes, each as of one vector."""
    array = _as_inexact(x)
    require_size(array.shape)
    if not isinstance(axis, tuple):
        _reject_names(ord)
    axes = tuple(range(array.ndim)) if axis is None else _normalize_axes(axis, array.ndim)
    if array.ndim == 0:
        vector = VirtualQArray(array.spectrum.replace(shape=(1,), bases=(STANDARD,)))
        return _of_vectors(vector, ord, (0,), False)
    return _of_vectors(array, ord, axes, keepdims)


@function_rule(Tier.CLOSED, np.linalg.matrix_norm)
def matrix_norm(x: VirtualQArray, /, *, keepdims: bool = False, ord: NormOrder = "fro") -> Any:
    """Return norms over the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)


@function_rule(Tier.CLOSED, np.linalg.cond)
def cond(x: Operand, p: NormOrder = None) -> Any:
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
        ratio = real_of(kind_of(x.dtype)).type(np.inf)
    else:
        ratio = norm(x, p) * norm(any_np.linalg.inv(x), p)
    return ratio if has(Behaviour.COND_IS_REAL) else kind_of(x.dtype).type(ratio)


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
    """Multiply the eigenvalues of an operator, O(k); of blocks, theirs; of factors; else dense."""
    if is_singular(a):
        return kind_of(a.dtype).type(0)
    spectrum = operator_of(a)
    if spectrum is None:
        parts = parts_of(a)
        if isinstance(parts, Blocks):
            return _det_of_blocks(parts)
        if parts is None:
            return NotImplemented
        factor, logarithm = parts.slogdet()
        return parts.dtype.type(factor * np.exp(logarithm))
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


def _slogdet_result(dtype: np.dtype[Any], sign: Scalar, logabsdet: Scalar) -> Any:
    result: Any = type(np.linalg.slogdet(np.ones((1, 1))))
    return result(dtype.type(sign), real_of(dtype).type(logabsdet))


@function_rule(Tier.CLOSED, np.linalg.slogdet)
def slogdet(a: VirtualQArray) -> Any:
    """Return sign and logarithm of the determinant: O(k); of blocks; of factors; else dense."""
    if is_singular(a):
        return _slogdet_result(kind_of(a.dtype), 0, -np.inf)
    spectrum = operator_of(a)
    if spectrum is None:
        parts = parts_of(a)
        if isinstance(parts, Blocks):
            return _slogdet_of_blocks(parts)
        return NotImplemented if parts is None else _slogdet_result(parts.dtype, *parts.slogdet())
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
    dtype: DType = None,
    out: Output = None,
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
