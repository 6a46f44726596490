"""Factorise sparse matrices (LU, by SuperLU), to solve equations, invert, and find determinants.

Before anything is factorised the entries of the factors are counted, so that what would fill up is
left to NumPy, or refused. Rows whose diagonal element outweighs the others together need no
exchange of rows: the count is then exact. Else it is a bound for any exchanges, about twice what
there is (George and Ng, SIAM J. Sci. Stat. Comput. 8, 1987).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import numpy as np
import scipy

from ... import kernels
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.error_bound import ErrorBound
from ...core.runs import distinct
from ...core.spectrum import Spectrum, compact
from ...core.values import Array, zero_of
from ...ops.basis_change import sparse
from ...options import options
from ..common import Operand, bound_of, inherited_error, sparse_array
from .blocks import Blocks, blocks_of, permutation_sign
from .matrix_kind import kind_of, sparse_matrix_of

if TYPE_CHECKING:
    from scipy.sparse import csc_array, csr_array

#: Rows up to which NumPy's own routines are as fast.
_FEW_ROWS = 64
#: What the factors may take, as a share of the dense matrix, to be worth it.
_SHARE = 0.25
#: Elements of blocks for each entry, up to which they are taken as they are.
_SMALL_BLOCKS = 16
#: Bytes that an ordering takes for a row and for an entry.
_BYTES_OF_ROW, _BYTES_OF_ENTRY = 500, 60
#: Arrays of the right side's size that are there at a time.
_COPIES = 6
_INSTEAD = "scipy.sparse.linalg.cg or gmres take qvarray.to_scipy(a), or raise the budget"


class _SuperLU(Protocol):
    """What SciPy's object of factors has."""

    L: Any
    U: Any
    perm_r: Array
    perm_c: Array

    def solve(self, rhs: Array, trans: str = ...) -> Array: ...


class Factors(NamedTuple):
    """The factors of a sparse matrix: those of its transpose, reordered."""

    #: What ``numpy.linalg`` computes in.
    dtype: np.dtype[Any]
    #: Of what is computed from the factors.
    error: ErrorBound | None
    #: The columns of the transpose in the order in which they were taken; an ndarray of int, shape
    #: (n,).
    order: Array
    #: Its rows were taken in that order too.
    is_symmetric: bool
    #: None where the matrix is singular.
    lu: _SuperLU | None

    def solved(self, right: VirtualQArray) -> VirtualQArray:
        """Return x of ``a @ x = right``, for a vector or for the columns of a matrix.

        O(fill) for each column that is not all zeros. Raises LinAlgError for a singular matrix;
        MaterializationError where x, all of whose elements differ from 0 as a rule, is over the
        memory budget.
        """
        if self.lu is None:
            raise np.linalg.LinAlgError("Singular matrix")
        stored = sparse_matrix_of(right)
        columns = None if stored is None else distinct(stored.coordinates()[1])
        if columns is None or columns.size == right.shape[1]:
            self._require(right.size)
            found = self._solved(self.lu, np.asarray(right, self.dtype))
            return self._with_bound(sparse(found), right)
        # Those of zeros stay so.
        n, width = right.shape
        self._require(n * columns.size)
        found = self._solved(self.lu, np.asarray(right[:, columns], self.dtype))
        rows, places = np.nonzero(found)
        where = rows * width + columns[places]
        bases, zero = (STANDARD, STANDARD), zero_of(self.dtype)
        out = compact((n, width), self.dtype, bases, found[rows, places], where, zero)
        return self._with_bound(out, right)

    def _with_bound(self, found: Spectrum, right: VirtualQArray) -> VirtualQArray:
        error = self.error or inherited_error(right)
        return VirtualQArray(found if error is None else found.replace(error=error))

    def _require(self, size: int) -> None:
        require_budget(size * self.dtype.itemsize * _COPIES, "solve for fewer columns at a time")

    def _solved(self, lu: _SuperLU, right: Array) -> Array:
        found = lu.solve(right[self.order], "T")
        if not self.is_symmetric:
            return found
        out = np.empty_like(found)
        out[self.order] = found
        return out

    def inverse(self) -> VirtualQArray:
        """Return the inverse of the matrix. O(n fill)."""
        n = self.order.size
        identity = sparse_array((n, n), np.ones(n, self.dtype), np.arange(n) * (n + 1))
        return self.solved(identity)

    def slogdet(self) -> tuple[Any, Any]:
        """Return the sign of the determinant and the logarithm of its absolute value. O(fill)."""
        if self.lu is None:
            return 0, -np.inf
        diagonal = self.lu.U.diagonal()
        size = np.abs(diagonal)
        sign = permutation_sign(self.lu.perm_r) * permutation_sign(self.lu.perm_c)
        if not self.is_symmetric:
            sign *= permutation_sign(self.order)
        return sign * np.multiply.reduce(diagonal / size), np.add.reduce(np.log(size))


def parts_of(a: Operand) -> Blocks | Factors | None:
    """Return the blocks of a sparse square matrix without empty rows, or its factors.

    Blocks where they have not many more elements than the matrix has entries, and where factors
    would not be much smaller than it. None for any other array, and where blocks are no gain.

    O(k + fill) memory. Raises MaterializationError where the factors would be over the memory
    budget.
    """
    spectrum = sparse_matrix_of(a)
    if spectrum is None or not _may_pay(spectrum):
        return blocks_of(a, square=True)
    blocks = blocks_of(a, square=True, most=_SMALL_BLOCKS)
    return blocks or _factorised(spectrum) or blocks_of(a, square=True)


def _may_pay(spectrum: Spectrum) -> bool:
    """Tell whether a matrix is square, and so large and sparse that its factors may be small."""
    n = spectrum.shape[0]
    return n == spectrum.shape[1] and n > _FEW_ROWS and spectrum.nactive <= _SHARE * n * n


def _factorised(spectrum: Spectrum) -> Factors | None:
    n, count = spectrum.shape[0], spectrum.nactive
    dtype = kind_of(spectrum.dtype)
    require_budget(n * _BYTES_OF_ROW + count * _BYTES_OF_ENTRY, _INSTEAD)
    starts, places = kernels.row_pointer.csr(spectrum.indices(), n, n, np.int32)
    values = spectrum.eigenvalues.astype(dtype, copy=False)
    transpose = scipy.sparse.csc_array((values, places, starts), shape=(n, n))
    is_dominated = _is_dominated(starts, places, values)
    order = _order(transpose, "MMD_AT_PLUS_A" if is_dominated else "COLAMD")
    taken = transpose[:, order]
    if is_dominated:
        taken = taken[order]
    # What a factor's entry takes: its value and place, and half as much again while it grows.
    each = 3 * (dtype.itemsize + 4)
    enough = int(_SHARE * n * n) // 2
    limit = min(enough, options.memory_budget // each)
    links = _with_transpose(taken) if is_dominated else _stars(taken)
    filled = kernels.elimination.factor_size(links.indptr, links.indices, limit)
    if filled > enough:
        return None
    require_budget(filled * each, _INSTEAD)
    return Factors(dtype, bound_of(spectrum), order, is_dominated, _factors(taken, is_dominated))


def _factors(taken: csc_array, is_dominated: bool) -> _SuperLU | None:
    """Factorise a matrix in the order that it has; None where it is singular."""
    how: dict[str, Any] = {"permc_spec": "NATURAL"}
    if is_dominated:
        # Elements of the diagonal are the largest, but for rounding.
        how.update(diag_pivot_thresh=0.5, options={"SymmetricMode": True})
    try:
        factors: Any = scipy.sparse.linalg.splu(taken, **how)
    except RuntimeError:  # "Factor is exactly singular"
        return None
    lu: _SuperLU = factors
    return lu


def _is_dominated(starts: Array, places: Array, values: Array) -> bool:
    """Tell whether each row's diagonal element is as large as all others of it together. O(k)."""
    size = np.abs(values)
    rows = np.repeat(np.arange(starts.size - 1, dtype=places.dtype), np.diff(starts))
    on = rows == places
    if np.count_nonzero(on) != starts.size - 1:
        return False
    return bool(np.all(2 * size[on] >= np.add.reduceat(size, starts[:-1])))


def _order(matrix: csc_array, kind: Literal["COLAMD", "MMD_AT_PLUS_A"]) -> Array:
    """Return the columns in an order that keeps the factors of a matrix small.

    SuperLU tells an order with factors only: here with those of a matrix with entries at the same
    places, all of which are dropped.
    """
    pattern = scipy.sparse.csc_array(
        (np.full(matrix.nnz, 1e-9), matrix.indices, matrix.indptr), matrix.shape
    )
    incomplete = scipy.sparse.linalg.spilu(
        pattern + scipy.sparse.eye_array(matrix.shape[0], format="csc"),
        drop_tol=1.0,
        fill_factor=1.0,
        permc_spec=kind,
    )
    return np.argsort(incomplete.perm_c)


def _with_transpose(matrix: csc_array) -> csr_array:
    """Return where a matrix and its transpose have entries."""
    pattern = scipy.sparse.csr_array(
        (np.ones(matrix.nnz, bool), matrix.indices, matrix.indptr), matrix.shape
    )
    return pattern + pattern.T.tocsr()


def _stars(matrix: csc_array) -> csr_array:
    """Return a symmetric matrix, below its diagonal, that fills up as ``matrix.T @ matrix`` does.

    The entries of a row of `matrix` are all linked with the first of them: eliminating that one
    links all (Gilbert, Li, Ng and Peyton, BIT 41, 2001).
    """
    rows = matrix.tocsr()
    rows.sort_indices()
    first = np.repeat(rows.indices[rows.indptr[:-1]], np.diff(rows.indptr))
    linked = np.ones(rows.nnz, bool)
    return scipy.sparse.csr_array((linked, (rows.indices, first)), shape=matrix.shape)
