"""``numpy.linalg``: inverses, determinants and powers, of operators on their eigenvalues.

Norms are in `norms`, decompositions in `decompositions`. What has no rule is computed by NumPy.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact
from ...core.values import Array
from ...creation.operators import identity
from ...ops.basis_change import gather_sums, linear
from ...sources.diagonal_operator import Mapped
from .blocks import Blocks, blocks_of, permutation_sign
from .matrix_kind import (
    bound_of,
    diagonal_of,
    is_singular,
    kind_of,
    mapped,
    missing,
    operator_of,
    real_of,
    sparse_matrix_of,
    symbol_of,
)
from .products import array_of

__all__: list[str] = []

_UNSET = np._NoValue


def _adjoint_bases(spectrum: Spectrum) -> Any:
    """The bases of the inverse: of ``B1 D B2.T`` that is ``B2.conj() D**-1 B1.conj().T``."""
    return spectrum.bases[1].conjugate, spectrum.bases[0].conjugate


def _from_entries(
    spectrum: Spectrum, shape: tuple[int, int], rows: Array, columns: Array, values: Array
) -> VirtualQArray:
    indices, values = gather_sums(linear((rows, columns), shape), values)
    dtype, bases = values.dtype, (STANDARD,) * 2
    error = bound_of(spectrum)
    return VirtualQArray(compact(shape, dtype, bases, values, indices, dtype.type(0), error=error))


def _parts(a: Any) -> tuple[Spectrum, Blocks] | None:
    """A sparse matrix and its blocks; None where its elements do not make several."""
    spectrum = sparse_matrix_of(a)
    blocks = None if spectrum is None else blocks_of(spectrum, kind_of(spectrum.dtype))
    return None if spectrum is None or blocks is None else (spectrum, blocks)


def _square_parts(a: Any) -> tuple[Spectrum, Blocks] | None:
    """The same of a square matrix."""
    square = isinstance(a, VirtualQArray) and a.ndim == 2 and a.shape[0] == a.shape[1]
    return _parts(a) if square else None


def _cutoff(dtype: np.dtype[Any], shape: tuple[int, ...], rcond: Any, rtol: Any) -> float:
    """The least of the singular values that count, relative to the largest."""
    if rcond is None:
        rcond = 1e-15 if rtol is _UNSET else rtol
        if rcond is None:
            rcond = max(shape) * np.finfo(dtype).eps
    return float(rcond)


def _inverted(values: Array, least: Any) -> Array:
    large = np.abs(values) > least
    return np.divide(1, values, where=large, out=np.zeros_like(values))


@function_rule(Tier.CLOSED, np.linalg.pinv)
def pinv(
    a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = np._NoValue
) -> VirtualQArray:
    """Moore-Penrose inverse of an operator: its eigenvalues, inverted. O(k); of blocks by each."""
    spectrum = diagonal_of(a)
    plain = _is_plain(rcond, rtol)
    parts = _parts(a) if spectrum is None and plain else None
    if parts is not None:
        return _pinv_of_blocks(*parts, _cutoff(kind_of(a.dtype), a.shape, rcond, rtol))
    if spectrum is None or not plain:
        kwargs = {} if rtol is _UNSET else {"rtol": rtol}
        dense: VirtualQArray = call_dense(np.linalg.pinv, (a, rcond, hermitian), kwargs)
        return dense
    dtype = kind_of(spectrum.dtype)
    share = _cutoff(dtype, spectrum.shape, rcond, rtol)
    # As NumPy: singular values up to rcond times the largest count as zero.
    return mapped(
        spectrum,
        lambda values: _inverted(values, share * np.abs(values).max(initial=0.0)),
        dtype,
        _adjoint_bases(spectrum),
    )


def _pinv_of_blocks(spectrum: Spectrum, blocks: Blocks, share: float) -> VirtualQArray:
    sizes = blocks.found(np.abs(blocks.values), np.linalg.svdvals)
    least = share * float(sizes.max(initial=0.0))

    def inverse(elements: Array) -> Array:
        largest = float(np.linalg.svdvals(elements).max(initial=0.0))
        # Where nothing counts, nothing is inverted.
        return np.linalg.pinv(elements, least / largest if largest else 1.0)

    found = blocks.mapped(lambda values: _inverted(values, least), inverse, turned=True)
    return _from_entries(spectrum, spectrum.shape[::-1], *found)  # type: ignore[arg-type]


def _is_plain(rcond: Any, rtol: Any) -> bool:
    scalars = np.ndim(rcond) == 0 and (rtol is _UNSET or np.ndim(rtol) == 0)
    return scalars and not (rcond is not None and rtol is not _UNSET)


def _require_regular(a: Any) -> None:
    """Raise LinAlgError for a matrix that is known to be singular, as NumPy does."""
    if is_singular(a):
        kind_of(a.dtype)
        raise np.linalg.LinAlgError("Singular matrix")


def _is_certainly_regular(a: Any) -> bool:
    """Whether no eigenvalue of an operator of eigenvalues by index can be 0."""
    symbol = symbol_of(a)
    ends = None if symbol is None else symbol.node.interval()
    return ends is not None and (ends[0] > 0 or ends[1] < 0)


@function_rule(Tier.CLOSED, np.linalg.inv)
def inv(a: Any) -> Any:
    """The inverse of an operator. O(k); of blocks each of them; else dense."""
    if _is_certainly_regular(a):
        symbol: Any = symbol_of(a)
        return VirtualQArray(symbol.replace(Mapped(np.divide, (1, symbol.node)), symbol.dtype))
    _require_regular(a)
    spectrum = diagonal_of(a)
    if spectrum is not None:
        dtype = kind_of(spectrum.dtype)
        return mapped(
            spectrum, lambda values: np.divide(1, values), dtype, _adjoint_bases(spectrum)
        )
    parts = _square_parts(a)
    if parts is None:
        return call_dense(np.linalg.inv, (a,), {})
    spectrum, blocks = parts
    if not blocks.shapes_are_square():
        raise np.linalg.LinAlgError("Singular matrix")
    found = blocks.mapped(lambda values: np.divide(1, values), np.linalg.inv, turned=True)
    return _from_entries(spectrum, spectrum.shape, *found)  # type: ignore[arg-type]


def _in_dtype(a: VirtualQArray, dtype: np.dtype[Any]) -> VirtualQArray:
    """A matrix in what NumPy computes in; one of eigenvalues by index is as good as it is."""
    return a if a.dtype == dtype or symbol_of(a) is not None else a.astype(dtype)


@function_rule(Tier.CLOSED, np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """What an operator makes `b` of. O(ka + kb) in its basis; of blocks by each; else dense."""
    shape = np.shape(b)
    fits = isinstance(a, VirtualQArray) and a.ndim == 2 and a.shape[0] == a.shape[1]
    fits = fits and len(shape) in (1, 2) and shape[0] == a.shape[-1]
    known = fits and (
        _is_certainly_regular(a)
        or diagonal_of(a) is not None
        or _square_parts(a) is not None
        or is_singular(a)
    )
    if not known:
        return call_dense(np.linalg.solve, (a, b), {})
    b = array_of(b)
    dtype = np.linalg.solve(np.ones((1, 1), a.dtype), np.ones(1, b.dtype)).dtype
    out: VirtualQArray = np.matmul(np.linalg.inv(_in_dtype(a, dtype)), b)
    return out if out.dtype == dtype else out.astype(dtype)


@function_rule(Tier.CLOSED, np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Least squares by the pseudo-inverse of an operator, O(ka + kb), or of blocks; else dense."""
    shape = np.shape(b)
    fits = isinstance(a, VirtualQArray) and a.ndim == 2 and np.ndim(rcond) == 0
    fits = fits and len(shape) in (1, 2) and shape[0] == a.shape[0] and a.size > 0
    if not fits or (diagonal_of(a) is None and _parts(a) is None):
        return call_dense(np.linalg.lstsq, (a, b, rcond), {})
    b = array_of(b)
    dtype = np.linalg.lstsq(np.ones((1, 1), a.dtype), np.ones(1, b.dtype), rcond)[0].dtype
    a, eps = _in_dtype(a, dtype), np.finfo(dtype).eps
    rcond = eps * max(a.shape) if rcond is None else eps if rcond < 0 else rcond
    x = np.matmul(np.linalg.pinv(a, rcond), b)
    x = x if x.dtype == dtype else x.astype(dtype)
    sizes = np.linalg.svdvals(a)
    count = np.add.reduce(np.greater(sizes, rcond * sizes[0]), dtype=np.intp)
    rank = count if count >= 2**31 else np.int32(count)  # as LAPACK counts
    rows, columns = a.shape
    left = np.zeros(0, real_of(dtype))
    if rank == columns < rows:
        rest: Any = np.subtract(b, np.matmul(a, x))
        left = np.square(np.linalg.norm(rest, axis=0, keepdims=b.ndim == 1))
    return x, array_of(left), rank, sizes


@function_rule(Tier.CLOSED, np.linalg.det)
def det(a: Any) -> Any:
    """The product of the eigenvalues of an operator. O(k); of blocks, of theirs; else dense."""
    singular = is_singular(a)
    spectrum = operator_of(a)
    if singular:
        return kind_of(a.dtype).type(0)
    if spectrum is None:
        parts = _square_parts(a)
        if parts is None:
            return call_dense(np.linalg.det, (a,), {})
        return _det_of_blocks(*parts)
    dtype = kind_of(a.dtype)
    values = spectrum.eigenvalues
    product = np.multiply.reduce(values, dtype=np.result_type(dtype, values))
    product = product * np.power(product.dtype.type(spectrum.fill_value or 1), missing(spectrum))
    return dtype.type(product if dtype.kind == "c" else np.real(product))


def _sign_of_order(blocks: Blocks) -> int:
    """What the determinant of a matrix is to the product of those of its blocks."""
    return permutation_sign(blocks.order()[0]) * permutation_sign(blocks.order()[1])


def _det_of_blocks(spectrum: Spectrum, blocks: Blocks) -> Any:
    dtype = kind_of(spectrum.dtype)
    if not blocks.shapes_are_square():
        return dtype.type(0)
    product = np.multiply.reduce(blocks.values)
    for block in blocks.larger:
        product = product * np.linalg.det(block.elements)
    return dtype.type(product * _sign_of_order(blocks))


@function_rule(Tier.CLOSED, np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """Sign and logarithm of the determinant of an operator. O(k); of blocks; else dense."""
    result = type(np.linalg.slogdet(np.ones((1, 1))))
    spectrum = operator_of(a)
    if is_singular(a):
        dtype = kind_of(a.dtype)
        return result(dtype.type(0), real_of(dtype).type(-np.inf))
    if spectrum is None:
        parts = _square_parts(a)
        if parts is None:
            return call_dense(np.linalg.slogdet, (a,), {})
        return result(*_slogdet_of_blocks(*parts))
    dtype = kind_of(a.dtype)
    values = spectrum.eigenvalues.astype(np.result_type(dtype, spectrum.eigenvalues))
    rest = missing(spectrum)
    fill = values.dtype.type(spectrum.fill_value if rest else 1)
    size = np.abs(values)
    sign = np.multiply.reduce(values / size) * (fill / np.abs(fill)) ** rest
    if dtype.kind != "c":
        sign = np.copysign(1.0, np.real(sign))
    total = np.add.reduce(np.log(size)) + rest * np.log(np.abs(fill))
    return result(dtype.type(sign), real_of(dtype).type(total))


def _slogdet_of_blocks(spectrum: Spectrum, blocks: Blocks) -> tuple[Any, Any]:
    dtype = kind_of(spectrum.dtype)
    if not blocks.shapes_are_square():
        return dtype.type(0), real_of(dtype).type(-np.inf)
    size = np.abs(blocks.values)
    sign = np.multiply.reduce(blocks.values / size) * _sign_of_order(blocks)
    total = np.add.reduce(np.log(size))
    for block in blocks.larger:
        one = np.linalg.slogdet(block.elements)
        sign, total = sign * one.sign, total + one.logabsdet
    return dtype.type(sign), real_of(dtype).type(total)


@function_rule(Tier.CLOSED, np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    """Powers of an operator, on its eigenvalues: O(k). Of a sparse matrix, by squaring."""
    symbol = symbol_of(a)
    if symbol is not None and isinstance(n, (int, np.integer)) and n >= 0:
        if n == 0:
            return identity(a.shape[0], a.dtype, basis=symbol.bases[0])
        return VirtualQArray(symbol.replace(Mapped(np.power, (symbol.node, int(n))), a.dtype))
    if symbol is not None and isinstance(n, (int, np.integer)) and _is_certainly_regular(a):
        return np.linalg.matrix_power(np.linalg.inv(a), -n)
    spectrum = operator_of(a)
    if spectrum is None and diagonal_of(a) is None and sparse_matrix_of(a) is None:
        return call_dense(np.linalg.matrix_power, (a, n), {})
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    try:
        n = operator.index(n)
    except TypeError as error:
        raise TypeError("exponent must be an integer") from error
    if n < 0:
        return np.linalg.matrix_power(np.linalg.inv(a), -n)
    if n == 0:
        return identity(
            a.shape[0], a.dtype, basis="standard" if spectrum is None else spectrum.bases[0]
        )
    if spectrum is not None and a.dtype.kind != "b":
        # A power that overflows is one of NumPy's products that do.
        return mapped(spectrum, lambda values: values**n, spectrum.dtype)
    result = None
    while n:
        if n & 1:
            result = a if result is None else np.matmul(result, a)
        n >>= 1
        a = np.matmul(a, a) if n else a
    return result.copy() if result is not None else None
