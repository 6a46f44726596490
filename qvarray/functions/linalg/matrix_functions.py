"""Functions of matrices: of operators on their eigenvalues, of sparse matrices on their blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.spectrum import Spectrum, compact
from ...core.values import Array
from ...ops.basis_change import gather_sums, norm
from ...sources.diagonal_operator import Mapped, Symbol
from .blocks import blocks_of
from .matrix_kind import (
    bound_of,
    diagonal_of,
    is_singular,
    kind_of,
    mapped,
    operator_of,
    sparse_matrix_of,
    symbol_of,
)
from .products import array_of

__all__ = ["expm", "funm", "logm", "sqrtm"]

#: Of the eigenvalues, element by element.
Function = Callable[[Array], Array]


def _square(A: Any) -> VirtualQArray:
    array = array_of(A)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {array.shape}")
    return array


def _complex(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.result_type(dtype, np.complex64)


def _is_hermitian_about(spectrum: Spectrum) -> bool:
    """Whether eigenvalues in a complex basis are those of a real matrix, to rounding."""
    n, values = spectrum.shape[0], spectrum.eigenvalues
    if abs(np.imag(spectrum.fill_value)) > 0:
        return False
    mirrored = spectrum.bases[0].reflect(n, spectrum.indices())
    indices, turned = gather_sums(mirrored, np.conjugate(values))
    if not np.array_equal(indices, spectrum.indices()):
        return False
    gap = norm(turned - values)
    return bool(gap <= 1e3 * np.finfo(values.dtype).eps * norm(values))


def _as_real(out: VirtualQArray, dtype: np.dtype[Any]) -> VirtualQArray:
    """A function of a real operator: real where it is, as SciPy answers."""
    spectrum: Any = out.source
    if spectrum.bases[0].is_complex:
        is_real = _is_hermitian_about(spectrum)
    else:
        is_real = not (spectrum.eigenvalues.imag.any() or np.imag(spectrum.fill_value))
    if not is_real:
        return out
    real = out.real
    return real if real.dtype == dtype else real.astype(dtype)


def _of_operator(spectrum: Spectrum, function: Function) -> VirtualQArray:
    """A function of an operator. O(k)."""
    dtype = kind_of(spectrum.dtype)
    out = mapped(spectrum, lambda values: function(values.astype(_complex(dtype))), _complex(dtype))
    return out if dtype.kind == "c" else _as_real(out, dtype)


def _of_symbol(symbol: Symbol, function: Function) -> VirtualQArray:
    """A function of an operator of eigenvalues by index. O(1)."""
    dtype, ends = symbol.dtype, symbol.node.interval()
    if dtype.kind != "c" and ends is not None:
        sample = np.asarray(function(np.linspace(*ends, 3)))
        real = sample.dtype.kind != "c" and bool(np.isfinite(sample).all())
        return VirtualQArray(
            symbol.replace(Mapped(function, (symbol.node,)), dtype if real else _complex(dtype))
        )
    kind = _complex(dtype)
    if function is np.exp:
        kind = dtype  # the conjugate of an exponential is that of the conjugate
    return VirtualQArray(symbol.replace(Mapped(function, (symbol.node,)), kind))


def _of_blocks(a: VirtualQArray, function: Function, whole: Function) -> VirtualQArray | None:
    """A function of a sparse matrix, block by block; None where it is one block. O(n)."""
    spectrum = sparse_matrix_of(a)
    if spectrum is None:
        return None
    dtype = kind_of(spectrum.dtype)
    blocks = blocks_of(spectrum, dtype, symmetric=True)
    if blocks is None:
        return None
    n = spectrum.shape[0]
    require_budget(n * 64, "take a function of a part of it, or raise the budget")
    # The other rows and columns are zeros: there it is the function of 0.
    before = np.zeros(n, _complex(dtype))
    before[blocks.rows] = blocks.values
    inside = np.zeros(n, bool)
    rows, columns, values = [], [], []
    for block in blocks.larger:
        inside[block.rows] = True
        rows.append(np.repeat(block.rows, block.rows.size))
        columns.append(np.tile(block.rows, block.rows.size))
        values.append(np.asarray(whole(block.elements)).ravel())
    rest = np.flatnonzero(~inside)
    made = np.concatenate([np.asarray(function(before[rest])), *values])
    if dtype.kind != "c" and not made.imag.any():
        made = made.real
    at = np.concatenate([rest, *rows]) * n + np.concatenate([rest, *columns])
    kind = dtype if made.dtype.kind != "c" else _complex(dtype)
    indices, made = gather_sums(at, made.astype(kind))
    bases, zero = (STANDARD,) * 2, kind.type(0)
    return VirtualQArray(
        compact((n, n), kind, bases, made, indices, zero, error=bound_of(spectrum))
    )


def _answer(A: Any, function: Function, whole: Callable[..., Any]) -> VirtualQArray:
    a = _square(A)
    symbol = symbol_of(a)
    if symbol is not None:
        return _of_symbol(symbol, function)
    spectrum = operator_of(a)
    if spectrum is not None:
        return _of_operator(spectrum, function)
    out = _of_blocks(a, function, whole) if diagonal_of(a) is None else None
    return call_dense(whole, (a,), {}) if out is None else out


def expm(A: Any) -> VirtualQArray:
    """The exponential of a matrix.

    Parameters
    ----------
    A : array_like, shape (n, n)

    Returns
    -------
    VirtualQArray
        As ``scipy.linalg.expm``. Of an operator that is diagonal in a basis an operator: O(k),
        whatever n is, and the inactive eigenvalues, 0, become 1.

    Raises
    ------
    ValueError
        Where A is not square.
    MaterializationError
        Where A is neither an operator nor made of small blocks, and over the memory budget.

    Notes
    -----
    ``B @ diag(exp(eigenvalues)) @ B.conj().T`` (Higham, *Functions of Matrices*, 2008, 1.2.1).

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> A = qv.operator([np.log(2.0)], [3], 2**40, basis="walsh")
    >>> x = qv.from_eigenvalues([1.0, 1.0], [3, 4], 2**40, basis="walsh")
    >>> (qv.linalg.expm(A) @ x).eigenvalues
    array([2., 1.])
    """
    return _answer(A, np.exp, scipy.linalg.expm)


def _logarithm(values: Array) -> Array:
    out: Array = np.lib.scimath.log(values)
    return out


def _root(values: Array) -> Array:
    out: Array = np.lib.scimath.sqrt(values)
    return out


def logm(A: Any) -> VirtualQArray:
    """The principal logarithm of a matrix.

    Parameters
    ----------
    A : array_like, shape (n, n)

    Returns
    -------
    VirtualQArray
        As ``scipy.linalg.logm``: complex where A has negative eigenvalues. Cost as `expm`.

    Raises
    ------
    numpy.linalg.LinAlgError
        For an operator with an eigenvalue of 0.
    ValueError, MaterializationError
        As `expm`.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> A = qv.identity(2**40) + qv.operator([1.0], [3], 2**40, basis="walsh")
    >>> qv.linalg.logm(A).eigenvalues.round(3)
    array([0.693])
    """
    a = _square(A)
    symbol = symbol_of(a)
    if symbol is not None:
        ends = symbol.node.interval()
        if ends is None or ends[0] <= 0 <= ends[1]:
            a = VirtualQArray(symbol.settle())
    if symbol_of(a) is None and is_singular(a):
        raise np.linalg.LinAlgError("Singular matrix")
    return _answer(a, _logarithm, scipy.linalg.logm)


def sqrtm(A: Any) -> VirtualQArray:
    """The principal square root of a matrix.

    Parameters
    ----------
    A : array_like, shape (n, n)

    Returns
    -------
    VirtualQArray
        As ``scipy.linalg.sqrtm``: complex where A has negative eigenvalues. Cost as `expm`.

    Raises
    ------
    ValueError, MaterializationError
        As `expm`.

    Examples
    --------
    >>> import qvarray as qv
    >>> A = qv.operator([4.0, 9.0], [0, 3], 2**40, basis="cosine")
    >>> qv.linalg.sqrtm(A).eigenvalues
    array([2., 3.])
    """
    return _answer(A, _root, scipy.linalg.sqrtm)


def funm(A: Any, func: Callable[[Array], Array]) -> VirtualQArray:
    """A function of a matrix.

    Parameters
    ----------
    A : array_like, shape (n, n)
    func : callable
        Evaluates the function at an array of numbers, element by element; of complex numbers too.

    Returns
    -------
    VirtualQArray
        As ``scipy.linalg.funm``. Cost as `expm`.

    Raises
    ------
    ValueError, MaterializationError
        As `expm`.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> A = qv.operator([np.pi / 2], [3], 2**40, basis="walsh")
    >>> qv.linalg.funm(A, np.sin).eigenvalues
    array([1.])
    """

    def whole(elements: Array) -> Array:
        out: Array = scipy.linalg.funm(elements, func)
        return out

    return _answer(A, func, whole)
