"""Convert sparse arrays and matrices of ``scipy.sparse`` from and to virtual arrays, in O(k)."""

from __future__ import annotations

import sys
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from .. import kernels
from ..array.foreign import Conversion, answers, converts
from ..array.stored import read_only
from ..array.views import in_standard_basis
from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.budget import fits_budget, require_budget
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, element_dtype, require_size, zero_of
from ..creation.arrays import asarray, from_coordinates

if TYPE_CHECKING:
    from scipy.sparse import sparray, spmatrix

#: The formats of SciPy's that arrays are converted to.
Format = Literal["bsr", "coo", "csc", "csr", "dia", "dok", "lil"]


#: What SciPy takes for no array. It leaves an operator to the other operand then.
_NO_ARRAY = read_only(np.array(None, object))
_OPERATORS = frozenset(
    f"__{name}__" for name in ("mul", "matmul", "truediv", "eq", "ne", "lt", "le", "gt", "ge")
)


@answers("__array__", *(f"scipy.sparse.{name}" for name in ("_base", "_compressed", "_coo")))
def _as_operand(x: VirtualQArray, frame: FrameType) -> Array | None:
    """Have SciPy leave ``csr @ x`` to `x`, of which it would read all elements; no other call.

    It reads vectors, and arrays that are stored in full, in less time than `csr` is converted in:
    but for DOK, which takes ndarrays alone.
    """
    is_quick = x.ndim < 2 or x.is_stored_in_full
    if is_quick and fits_budget(x.virtual_nbytes) and frame.f_locals["self"].format != "dok":
        return None
    within: FrameType | None = frame
    while within is not None and within.f_globals["__name__"].startswith("scipy.sparse."):
        if within.f_code.co_name in _OPERATORS:
            return _NO_ARRAY
        within = within.f_back
    return None


@answers("__format__", "scipy.sparse._compressed")
def _as_input(_x: VirtualQArray, _frame: FrameType) -> str:
    """Have ``csr_array(x)`` say what it is to be given, where `x` is over the budget."""
    return "an array that does not fit in memory. Instead: qvarray.to_scipy(x)"


@converts("scipy")
def _conversion(kind: type[Any]) -> Conversion | None:
    # Whoever has an array of it has imported it.
    scipy_sparse = sys.modules.get("scipy.sparse")
    if scipy_sparse is None:
        return None
    if issubclass(kind, scipy_sparse.sparray):
        return Conversion(from_scipy)
    if issubclass(kind, scipy_sparse.spmatrix):
        return Conversion(from_scipy, is_matrix=True)
    return None


def from_scipy(a: sparray | spmatrix) -> VirtualQArray:
    """Convert a sparse array or matrix of SciPy to a VirtualQArray, exactly.

    Parameters
    ----------
    a : scipy.sparse.sparray or scipy.sparse.spmatrix
        Of any format, and of any number of axes. Entries that are there several times are added
        up, as SciPy does; they may be in any order.

    Returns
    -------
    VirtualQArray
        In the standard basis; it shares no memory with `a`.

    Raises
    ------
    TypeError
        For what is no sparse array of SciPy, and for elements that are not numbers.
    IndexError
        For an index that is out of bounds.
    ValueError
        Where the arrays of `a` do not fit together, or it has more than 2**63 - 1 elements.

    Notes
    -----
    O(k), and O(rows) for the formats that have pointers to rows.

    Examples
    --------
    >>> import qvarray as qv, scipy.sparse as sp
    >>> a = sp.eye_array(10**6, format="csr")
    >>> x = qv.from_scipy(a)
    >>> x.shape, x.nactive, x[7, 7]
    ((1000000, 1000000), 1000000, np.float64(1.0))
    """
    sparse = import_module("scipy.sparse")
    if not isinstance(a, (sparse.sparray, sparse.spmatrix)):
        raise TypeError(
            f"from_scipy takes sparse arrays of SciPy, got {type(a).__name__}; "
            "qvarray.asarray takes all others"
        )
    given: Any = a  # what all formats have is not in their annotations
    dtype = element_dtype(given.dtype)
    require_size(given.shape)
    if given.ndim != 2 or given.format not in ("csr", "csc", "bsr"):
        coo = given.tocoo()
        values = coo.data.astype(dtype, copy=False)
        return from_coordinates(_stacked(coo.coords), values, coo.shape)
    if given.format != "bsr":
        # SciPy trusts the arrays that it is given.
        lines, length = given.shape if given.format == "csr" else given.shape[::-1]
        _check(given.indptr, given.indices, given.data, lines, length)
    rows = given.tocsr()
    counts, columns = np.diff(rows.indptr), rows.indices
    where = np.repeat(np.arange(rows.shape[0], dtype=np.int64), counts)
    if not rows.has_canonical_format:
        return from_coordinates(_stacked((where, columns)), rows.data, rows.shape)
    where *= rows.shape[1]
    where += columns
    bases, zero = (STANDARD, STANDARD), zero_of(dtype)
    values = rows.data.astype(dtype, copy=True)
    return VirtualQArray(compact(rows.shape, dtype, bases, values, where, zero))


def _stacked(coordinates: tuple[Array, ...]) -> Array:
    """Return coordinates along each axis as one array, shape (d, k)."""
    return np.array([np.asarray(along, np.int64) for along in coordinates])


def _check(pointers: Array, indices: Array, data: Array, lines: int, length: int) -> None:
    """Raise for pointers, indices and data of a compressed format that do not fit together."""
    if pointers.shape != (lines + 1,) or pointers[0] != 0:
        raise ValueError(f"indptr must have {lines + 1} entries and begin with 0")
    bad = np.flatnonzero(pointers[1:] < pointers[:-1])
    if bad.size:
        first = int(bad[0])
        raise ValueError(
            f"indptr must not decrease: {pointers[first + 1]} follows {pointers[first]}"
        )
    if pointers[-1] > min(indices.size, data.size):
        raise ValueError(
            f"indptr ends with {pointers[-1]}, but there are {indices.size} indices and "
            f"{data.size} values"
        )
    used = indices[: pointers[-1]]
    if used.size and (int(used.min()) < 0 or int(used.max()) >= length):
        out = used[(used < 0) | (used >= length)][0]
        raise IndexError(f"indices: {out} is out of bounds for size {length}")


def to_scipy(x: ArrayLike, format: Format | None = None, *, copy: bool = True) -> sparray:
    """Convert an array to a sparse array of SciPy.

    Parameters
    ----------
    x : array_like
        An array that is not in the standard basis is converted to it.
    format : {"bsr", "coo", "csc", "csr", "dia", "dok", "lil"}, optional
        ``"csr"`` by default, and ``"coo"`` for other than two axes.
    copy : bool
        False to share the values where the format keeps them in order (``"csr"``, ``"coo"``):
        they are then read-only.

    Returns
    -------
    scipy.sparse.sparray
        Entries are sorted, and each is there once.

    Raises
    ------
    ValueError
        For an unknown format, one that SciPy has for two axes only, and a fill value other than 0,
        of which SciPy knows nothing.
    MaterializationError
        Where pointers to rows, or the elements of an array in another basis, are over the memory
        budget.

    Notes
    -----
    O(k), and O(rows) for ``"csr"``. Functions of ``scipy.sparse.linalg`` and
    ``scipy.sparse.csgraph`` take the result.

    Examples
    --------
    >>> import qvarray as qv
    >>> from scipy.sparse.csgraph import shortest_path
    >>> x = qv.from_coordinates([[0, 1], [1, 2]], [3.0, 4.0], (3, 3))
    >>> shortest_path(qv.to_scipy(x))[0]
    array([0., 3., 7.])
    """
    sparse: Any = import_module("scipy.sparse")
    array = asarray(x)
    kind = format or ("csr" if array.ndim == 2 else "coo")
    if kind not in get_args(Format):
        raise ValueError(f"format must be one of {', '.join(get_args(Format))}, got {format!r}")
    spectrum = in_standard_basis(array.spectrum)
    if spectrum.active_indices is not None and spectrum.fill_value:
        raise ValueError(
            f"sparse arrays of SciPy have 0 where nothing is stored, not {spectrum.fill_value}: "
            "subtract the fill value, or convert x.todense()"
        )
    values = _values(spectrum, copy)
    if kind == "csr" and array.ndim == 2:
        return sparse.csr_array(_by_rows(spectrum, values), shape=spectrum.shape)
    index = _index_dtype(spectrum, max(spectrum.shape, default=0))
    coordinates = [along.astype(index, copy=False) for along in spectrum.coordinates()]
    out = sparse.coo_array((values, tuple(coordinates)), shape=spectrum.shape)
    out.has_canonical_format = True
    return out if kind == "coo" else out.asformat(kind)


def _values(spectrum: Spectrum, copy: bool) -> Array:
    """Return the eigenvalues in the byte order of the machine: SciPy has no kernels for others."""
    native = spectrum.dtype.newbyteorder("=")
    values = spectrum.eigenvalues.astype(native, copy=copy)
    return values if copy else read_only(values)


def _index_dtype(spectrum: Spectrum, length: int) -> np.dtype[Any]:
    """Return the dtype that SciPy takes for indices along axes of up to a length."""
    return np.dtype(np.int32 if max(spectrum.nactive, length) < 2**31 else np.int64)


def _by_rows(spectrum: Spectrum, values: Array) -> tuple[Array, Array, Array]:
    """Return the values, columns, and pointers to rows of a matrix. O(k + rows)."""
    rows, columns = spectrum.shape
    kind = _index_dtype(spectrum, columns)
    instead = "ask for format='coo', which has no pointers to rows"
    require_budget((rows + 1) * kind.itemsize, instead)
    pointers, along = kernels.row_pointer.csr(spectrum.indices(), rows, columns, kind.type)
    return values, along, pointers
