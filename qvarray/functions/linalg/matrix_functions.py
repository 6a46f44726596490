"""Functions of matrices: of operators on their eigenvalues, of sparse matrices on their blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import scipy

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.spectrum import Spectrum
from ...core.values import Array
from ...ops.basis_change import gather_sums, norm
from ...sources.diagonal_operator import Mapped, Symbol
from ...sources.element_functions import named
from ..common import Operand, array_of
from .blocks import Blocks, blocks_of, from_entries
from .matrix_kind import diagonal_of, is_singular, kind_of, mapped, operator_of, symbol_of

#: Of the eigenvalues, element by element.
Function: TypeAlias = Callable[[Array], Array]

#: A difference of at most this number of roundings of a value counts as rounding.
_ROUNDINGS = 1e3


def _square(A: Operand) -> VirtualQArray:
    array = array_of(A)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {array.shape}")
    return array


def _complex(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.result_type(dtype, np.complex64)


def _is_of_real_matrix(spectrum: Spectrum) -> bool:
    """Tell whether eigenvalues are those of a real matrix, to rounding."""
    if np.imag(spectrum.fill_value):
        return False
    values = spectrum.eigenvalues
    if not spectrum.bases[0].is_complex:
        return not values.imag.any()
    mirrored = spectrum.bases[0].reflect(spectrum.shape[0], spectrum.indices())
    indices, conjugates = gather_sums(mirrored, np.conjugate(values))
    if not np.array_equal(indices, spectrum.indices()):
        return False
    rounding = _ROUNDINGS * np.finfo(values.dtype).eps
    return bool(norm(conjugates - values) <= rounding * norm(values))


def _of_operator(spectrum: Spectrum, function: Function) -> VirtualQArray:
    """Return a function of an operator: real where it is and the operator was. O(k)."""
    dtype = kind_of(spectrum.dtype)
    kind = _complex(dtype)
    out = mapped(spectrum, lambda values: function(values.astype(kind)), kind)
    if dtype.kind == "c" or not _is_of_real_matrix(out.spectrum):
        return out
    return out.real if out.real.dtype == dtype else out.real.astype(dtype)


def _of_symbol(symbol: Symbol, function: Function) -> VirtualQArray:
    """Return a function of an operator of eigenvalues by index. O(1)."""
    dtype, ends = symbol.dtype, symbol.node.interval()
    if dtype.kind != "c" and ends is not None:
        sample = np.asarray(function(np.linspace(*ends, 3)))
        is_real = sample.dtype.kind != "c" and bool(np.isfinite(sample).all())
    else:
        is_real = function is np.exp  # the conjugate of an exponential is that of the conjugate
    kind = dtype if is_real else _complex(dtype)
    return VirtualQArray(symbol.replace(Mapped(function, (symbol.node,)), kind))


def _of_blocks(blocks: Blocks, function: Function, whole: Function) -> VirtualQArray:
    """Return a function of a sparse matrix, block by block. O(n)."""
    n, dtype = blocks.shape[0], blocks.dtype
    require_budget(n * 64, "take a function of a part of it, or raise the budget")
    # The other rows and columns are zeros: there it is the function of 0.
    diagonal = np.zeros(n, _complex(dtype))
    diagonal[blocks.rows] = blocks.values
    rest = blocks.other_rows()
    matrices = [np.asarray(whole(block.elements)) for block in blocks.larger]
    single = np.asarray(function(diagonal[rest]))
    rows, columns, values = blocks.entries(rest, rest, single, matrices)
    if dtype.kind != "c" and not values.imag.any():
        values = values.real
    values = values.astype(dtype if values.dtype.kind != "c" else _complex(dtype))
    return from_entries(blocks.shape, rows, columns, values, blocks.error)


def _answer(A: Operand, function: Function, whole: Callable[..., Any]) -> VirtualQArray:
    a = _square(A)
    symbol = symbol_of(a)
    if symbol is not None:
        return _of_symbol(symbol, function)
    spectrum = operator_of(a)
    if spectrum is not None:
        return _of_operator(spectrum, function)
    blocks = blocks_of(a, symmetric=True) if diagonal_of(a) is None else None
    if blocks is not None:
        return _of_blocks(blocks, function, whole)
    dense: VirtualQArray = call_dense(whole, (a,), {})
    return dense


def expm(A: Operand) -> VirtualQArray:
    """Return the exponential of a matrix.

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


@named("complex_log")
def _logarithm(values: Array) -> Array:
    out: Array = np.lib.scimath.log(values)
    return out


@named("complex_sqrt")
def _root(values: Array) -> Array:
    out: Array = np.lib.scimath.sqrt(values)
    return out


def logm(A: Operand) -> VirtualQArray:
    """Return the principal logarithm of a matrix.

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


def sqrtm(A: Operand) -> VirtualQArray:
    """Return the principal square root of a matrix.

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


def funm(A: Operand, func: Function) -> VirtualQArray:
    """Return a function of a matrix.

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
