"""Create operators: circulant, dyadic and Toeplitz matrices, derivatives, filters."""

from __future__ import annotations

import operator as _operator
from collections.abc import Sequence
from typing import Any, Literal, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..array.views import in_standard_basis
from ..array.virtual_array import VirtualQArray
from ..bases import COSINE, FOURIER, FOURIER_CONJUGATE, HAAR, STANDARD, WALSH, Basis, as_basis
from ..core.error_bound import ErrorBound
from ..core.runs import distinct
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import index_dtype, number_dtype, require_size
from ..ops.basis_change import as_samples, coefficient_dtype, sample_dtype, sparse, to_dense
from ..sources.diagonal_operator import (
    Derivatives,
    Differences,
    Eigenvalues,
    Levels,
    Mapped,
    SampledEigenvalues,
    StoredEigenvalues,
    Symbol,
)
from ..sources.linear_map import Toeplitz
from .arrays import asarray, operator

_FLOAT64 = np.dtype(np.float64)


def _length(n: SupportsIndex) -> int:
    n = _operator.index(n)
    if not 0 <= n < 2**63:
        raise ValueError(f"an operator has 0 to 2**63 - 1 rows, not {n}")
    return n


def identity(n: int, dtype: DTypeLike = float, *, basis: str | Basis = "standard") -> VirtualQArray:
    """Make the identity as an operator: no eigenvalue is stored, and all of them are 1.

    Parameters
    ----------
    n : int
        Rows and columns: up to 2**63 - 1.
    dtype : dtype, optional
        Of the elements.
    basis : str or Basis
        The identity is diagonal in every one, and combines with operators in all of them.

    Returns
    -------
    VirtualQArray
        Of shape (n, n). O(1).

    Raises
    ------
    ValueError
        For an `n` that is negative or too large, and for a length that the basis cannot have.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> A = 2 * qv.identity(2**40) + qv.operator([3.0], [7], 2**40, basis="walsh")
    >>> A.nactive, np.linalg.det(A / 2)
    (1, np.float64(2.5))
    """
    n, basis = _length(n), as_basis(basis)
    basis.check_length(n)
    bases = (basis, basis.conjugate)
    kind = sample_dtype(bases, number_dtype(dtype))
    values = np.empty(0, coefficient_dtype(bases, kind))
    indices, fill = np.empty(0, index_dtype(n)), kind.type(1 if n else 0)
    return VirtualQArray(Spectrum((n, n), kind, bases, values, indices, fill, diagonal=True))


def _vector(c: ArrayLike, what: str) -> Spectrum:
    """Return a 1-D array-like as a spectrum of floating dtype."""
    array = asarray(c)
    number_dtype(array.dtype)
    if array.ndim != 1:
        raise ValueError(f"{what} must be 1-D, got shape {array.shape}")
    if array.dtype.kind not in "fc":
        array = array.astype(np.float64)
    spectrum = array.spectrum
    if not (np.isfinite(spectrum.eigenvalues).all() and np.isfinite(spectrum.fill_value)):
        raise ValueError(f"{what} must be finite: its transform is, of no other")
    return spectrum


def _of_samples(c: Spectrum, basis: Basis, dual: Basis) -> Source:
    """Make the operator in `basis` whose first column is c: its eigenvalues are a transform of c.

    `dual` is the basis of that transform: eigenvalue m is the sample m of an array with the
    coefficients ``sqrt(n) * c`` there.
    """
    (n,) = c.shape
    basis.check_length(n)
    bases, dtype = (basis, basis.conjugate), c.dtype
    kind = coefficient_dtype(bases, dtype)
    root = np.sqrt(kind.type(n))
    if c.bases[0] == basis:
        # The columns are in the basis of the eigenvectors.
        values = (c.eigenvalues * root).astype(kind, copy=False)
        zero = dtype.type(0)
        return compact(
            (n, n), dtype, bases, values, c.indices(), zero, diagonal=True, error=_grown(c)
        )
    c = in_standard_basis(c)
    if c.active_indices is None:
        samples = as_samples(basis.analyse(to_dense(c), 0), kind) * root
        zero = dtype.type(0)
        return Spectrum((n, n), dtype, bases, samples.astype(kind), None, zero, True, _grown(c))
    dual_dtype = np.result_type(dtype, np.complex64) if dual.is_complex else dtype
    values = (c.eigenvalues - c.fill_value).astype(coefficient_dtype((dual,), dual_dtype)) * root
    indices, zero = c.active_indices, dual_dtype.type(0)
    samples = compact((n,), dual_dtype, (dual,), values, indices, zero, error=c.error)
    node: Eigenvalues = SampledEigenvalues(samples)
    if c.fill_value != 0:
        # A constant column has the eigenvalue n * fill_value at 0, and no others.
        first = np.array([n * c.fill_value], kind)
        flat = compact((n, n), dtype, bases, first, np.zeros(1, np.int64), dtype.type(0), True)
        node = Mapped(np.add, (node, StoredEigenvalues(flat)))
    return Symbol(n, basis, node, dtype)


def _grown(c: Spectrum) -> ErrorBound | None:
    """Return the bound of a matrix whose columns are all those of c, rearranged."""
    return None if c.error is None else c.error.scaled(c.shape[0] ** 0.5)


def circulant(c: ArrayLike | VirtualQArray) -> VirtualQArray:
    """Make the circulant matrix of a first column: ``C[i, j] = c[(i - j) % n]``.

    Parameters
    ----------
    c : array_like, shape (n,)

    Returns
    -------
    VirtualQArray
        Of shape (n, n), an operator that is diagonal in the fourier basis: ``C @ x`` is the
        circular convolution of c and x. Integers become float64.

    Raises
    ------
    ValueError
        Where `c` is not 1-D.

    Notes
    -----
    The eigenvalues are the discrete Fourier transform of c (Davis, *Circulant Matrices*, 1979,
    theorem 3.2.2). Those of an array of k active elements are evaluated where they are asked for,
    O(k) each, whatever n is; those of an array in the fourier basis are its coefficients.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> np.asarray(qv.circulant([1.0, 2.0, 3.0])).round(12)
    array([[1., 3., 2.],
           [2., 1., 3.],
           [3., 2., 1.]])
    >>> shift = qv.circulant(qv.from_coordinates([1], [1.0], 2**40))
    >>> x = qv.from_eigenvalues([2.0], [2**38], 2**40, basis="fourier")
    >>> (shift @ x).eigenvalues.round(12)
    array([0.-2.j])
    """
    return VirtualQArray(_of_samples(_vector(c, "c"), FOURIER, FOURIER_CONJUGATE))


def dyadic(c: ArrayLike | VirtualQArray) -> VirtualQArray:
    """Make the matrix of a convolution by exclusive or: ``D[i, j] = c[i ^ j]``.

    Parameters
    ----------
    c : array_like, shape (n,)
        The length is a power of two.

    Returns
    -------
    VirtualQArray
        Of shape (n, n), an operator that is diagonal in the walsh basis. Integers become float64.

    Raises
    ------
    ValueError
        Where `c` is not 1-D, or n no power of two.

    Notes
    -----
    The eigenvalues are the Walsh-Hadamard transform of c, without its factor (Gibbs & Pichler,
    "Comments on Transformation of Fourier Power Spectra into Walsh Power Spectra", IEEE Trans.
    Electromagn. Compat. EMC-13 (1971)). Cost as `circulant`.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> np.asarray(qv.dyadic([1.0, 2.0, 3.0, 4.0]))[1]
    array([2., 1., 4., 3.])
    """
    return VirtualQArray(_of_samples(_vector(c, "c"), WALSH, WALSH))


def convolution(kernel: ArrayLike | VirtualQArray, n: int) -> VirtualQArray:
    """Make the circular convolution of arrays of length n with a kernel.

    Parameters
    ----------
    kernel : array_like, shape (m,)
        At most n long: element j is what ``x[i - j]`` is multiplied by.
    n : int

    Returns
    -------
    VirtualQArray
        Of shape (n, n): the circulant of the kernel, with zeros behind it. O(m).

    Raises
    ------
    ValueError
        Where the kernel is not 1-D, or longer than n.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> A = qv.convolution([0.5, 0.5], 8)
    >>> print((A @ np.arange(8.0)).round(12))
    [3.5 0.5 1.5 2.5 3.5 4.5 5.5 6.5]
    """
    n, c = _length(n), in_standard_basis(_vector(kernel, "kernel"))
    if c.shape[0] > n:
        raise ValueError(f"a kernel of length {c.shape[0]} for arrays of length {n}")
    values, indices = c.eigenvalues, c.indices()
    if c.fill_value != 0:
        values, indices = to_dense(c), np.arange(c.shape[0])
    zero = c.dtype.type(0)
    longer = compact((n,), c.dtype, (STANDARD,), values, indices, zero, error=c.error)
    return VirtualQArray(_of_samples(longer, FOURIER, FOURIER_CONJUGATE))


def toeplitz(
    c: ArrayLike | VirtualQArray, r: ArrayLike | VirtualQArray | None = None
) -> VirtualQArray:
    """Make the Toeplitz matrix of a first column and a first row.

    Parameters
    ----------
    c : array_like, shape (m,)
        The first column.
    r : array_like, shape (n,), optional
        The first row, but for its first element, which is that of c. The conjugate of c if not
        given.

    Returns
    -------
    VirtualQArray
        Of shape (m, n), never dense: products with sparse arrays are those of the entries,
        O(k kx); others take a Fourier transform of length m + n, in which the matrix is a part of
        a circulant (Golub & Van Loan, *Matrix Computations*, section 4.8.4). Integers become
        float64.

    Raises
    ------
    ValueError
        Where c or r are not 1-D, or are empty.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> T = qv.toeplitz([1, 2, 3], [1, 4, 5, 6])
    >>> print(T)
    [[1. 4. 5. 6.]
     [2. 1. 4. 5.]
     [3. 2. 1. 4.]]
    >>> print((T @ np.array([1.0, 0, 0, 1])).round(12))
    [7. 7. 7.]
    """
    column = in_standard_basis(_vector(c, "c"))
    row = in_standard_basis(_vector(c if r is None else r, "r"))
    if not (column.size and row.size):
        raise ValueError("a Toeplitz matrix has at least one row and one column")
    dtype = np.result_type(column.dtype, row.dtype)
    m, n = column.size, row.size
    require_size((m + n - 1,))
    if r is None:
        row = row.replace(
            eigenvalues=np.conjugate(row.eigenvalues), fill_value=np.conjugate(row.fill_value)
        )
    if column.fill_value != 0 or row.fill_value != 0:
        column, row = (sparse(to_dense(x)).replace(error=x.error) for x in (column, row))
    behind = row.indices() != 0
    ahead = (n - 1) - row.indices()[behind].astype(np.int64)[::-1]
    indices = np.concatenate([ahead, column.indices().astype(np.int64) + (n - 1)])
    values = np.concatenate([row.eigenvalues[behind][::-1], column.eigenvalues]).astype(dtype)
    zero = dtype.type(0)
    error = column.error if row.error is None else row.error
    entries = compact((m + n - 1,), dtype, (STANDARD,), values, indices, zero, error=error)
    return VirtualQArray(Toeplitz(entries, (m, n)))


def _operator_of(
    n: int, basis: Basis, node: Eigenvalues, dtype: np.dtype[Any], modes: ArrayLike | None
) -> VirtualQArray:
    """Make an operator of all eigenvalues as a function of the index, or store some modes."""
    basis.check_length(n)
    if modes is None:
        return VirtualQArray(Symbol(n, basis, node, dtype))
    indices = np.asarray(modes)
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise TypeError(f"modes must be a 1-D array of integers, got {modes!r}")
    if indices.size and not (int(indices.min()) >= 0 and int(indices.max()) < n):
        raise IndexError(f"modes are out of bounds for {n} functions")
    indices = indices.astype(np.int64)
    if basis.is_complex:
        # Of a real operator the conjugate function has the conjugate eigenvalue.
        indices = distinct(np.concatenate([indices, basis.reflect(n, indices)]))
    return operator(node.at(n, indices), indices, n, basis=basis, dtype=dtype)


def laplacian(
    n: int,
    boundary: Literal["periodic", "neumann"] = "periodic",
    *,
    step: float = 1.0,
    modes: ArrayLike | None = None,
) -> VirtualQArray:
    """Make the second differences of arrays of length n, over the square of the grid's step.

    Parameters
    ----------
    n : int
    boundary : {"periodic", "neumann"}
        What is beyond the ends: the other end, diagonal in the fourier basis; or the end itself,
        mirrored, diagonal in the cosine basis.
    step : float
        The distance of two samples.
    modes : array_like of int, optional
        Indices along the diagonal that are kept, and those of the conjugate functions. All if not
        given: their eigenvalues
        ``-4 sin(pi k / n)**2 / step**2`` (``pi k / 2n``) are evaluated where they are asked for.

    Returns
    -------
    VirtualQArray
        Of shape (n, n), dtype float64. O(1), or O(k) for k modes.

    Raises
    ------
    ValueError
        For another boundary.
    IndexError
        For modes that are no indices of the diagonal.

    Notes
    -----
    Strang, "The Discrete Cosine Transform", SIAM Review 41 (1999).

    Examples
    --------
    A million steps of the heat equation.

    >>> import numpy as np, qvarray as qv
    >>> n = 2**30
    >>> A = qv.identity(n) + 0.25 * qv.laplacian(n)
    >>> u = qv.from_eigenvalues([1.0, 1.0], [1000, n - 1000], n, basis="fourier", dtype=float)
    >>> v = np.linalg.matrix_power(A, 10**6) @ u
    >>> v.nactive, float(np.linalg.norm(v) / np.linalg.norm(u)) < 1
    (2, True)
    """
    n = _length(n)
    if boundary not in ("periodic", "neumann"):
        raise ValueError(f"boundary is 'periodic' or 'neumann', not {boundary!r}")
    is_periodic = boundary == "periodic"
    node = Differences(n if is_periodic else 2 * n, float(step))
    return _operator_of(n, FOURIER if is_periodic else COSINE, node, _FLOAT64, modes)


def derivative(
    n: int, order: int = 1, *, step: float = 1.0, modes: ArrayLike | None = None
) -> VirtualQArray:
    """Make the derivative of the trigonometric interpolant of n samples on a circle.

    Parameters
    ----------
    n : int
    order : int
        How often to differentiate, from 0 on.
    step : float
        The distance of two samples.
    modes : array_like of int, optional
        Indices along the diagonal that are kept, as in `laplacian`.

    Returns
    -------
    VirtualQArray
        Of shape (n, n), dtype float64, diagonal in the fourier basis with the eigenvalues
        ``(2j pi f / (n * step)) ** order`` of the signed frequencies f. O(1).

    Raises
    ------
    ValueError
        For a negative order.
    IndexError
        For modes that are no indices of the diagonal.

    Notes
    -----
    Trefethen, *Spectral Methods in MATLAB* (2000), chapter 3. The highest frequency of an even
    number of samples has an odd derivative of 0.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> t = 2 * np.pi * np.arange(16) / 16
    >>> D = qv.derivative(16, step=t[1])
    >>> bool(np.allclose(D @ np.sin(3 * t), 3 * np.cos(3 * t)))
    True
    """
    n, order = _length(n), _operator.index(order)
    if order < 0:
        raise ValueError(f"order must not be negative, got {order}")
    return _operator_of(n, FOURIER, Derivatives(order, n * float(step)), _FLOAT64, modes)


def haar_filter(gains: Sequence[complex] | ArrayLike, n: int) -> VirtualQArray:
    """Make a filter that multiplies every scale of the haar basis by a gain of its own.

    Parameters
    ----------
    gains : array_like, shape (m,)
        For the mean, for the longest wavelet, for the next two, the next four, and so on;
        scales that are not named have the gain 0.
    n : int
        The length of arrays, a power of two.

    Returns
    -------
    VirtualQArray
        Of shape (n, n), diagonal in the haar basis. O(m).

    Raises
    ------
    ValueError
        Where `gains` is not 1-D or has more elements than there are scales, or `n` is no power of
        two.

    Examples
    --------
    The means of two neighbours each:

    >>> import qvarray as qv, numpy as np
    >>> smooth = qv.haar_filter([1.0, 1.0, 1.0], 8)
    >>> print((smooth @ np.arange(8.0)).round(12))
    [0.5 0.5 2.5 2.5 4.5 4.5 6.5 6.5]
    """
    n, given = _length(n), np.asarray(gains)
    HAAR.check_length(n)
    if given.ndim != 1 or given.dtype.kind not in "biufc":
        raise ValueError(f"gains must be numbers in one dimension, got {gains!r}")
    scales = n.bit_length()
    if given.size > scales:
        raise ValueError(f"{given.size} gains for {scales} scales of length {n}")
    dtype = np.result_type(given, np.float64)
    padded = np.zeros(scales, dtype)
    padded[: given.size] = given
    return VirtualQArray(Symbol(n, HAAR, Levels(tuple(padded.tolist())), dtype))
