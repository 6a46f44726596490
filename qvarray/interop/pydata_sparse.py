"""Convert arrays of the package ``sparse`` (pydata/sparse) from and to virtual arrays, in O(k)."""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..array.foreign import Conversion, answers, converts
from ..array.views import in_standard_basis
from ..array.virtual_array import VirtualQArray
from ..creation.arrays import asarray, from_coordinates
from ..runtime.extras import require

if TYPE_CHECKING:
    from sparse import COO, SparseArray


_ASKING = [
    f"sparse.{package}{module}"
    for package in ("", "numba_backend.")  # as it was before version 0.16, and is since
    for module in ("_utils", "_coo.core")
]


@answers("fill_value", *_ASKING)
def _refused(_: object, frame: FrameType) -> None:
    """Raise where sparse takes its own arrays alone, before it reads elements or compiles.

    ``c @ x`` is left to `x` then.
    """
    name, outer = frame.f_code.co_name, frame.f_back
    if name == "as_coo":
        raise TypeError("sparse.COO does not take this type: write qvarray.to_sparse(x)")
    if name == "check_zero_fill_value" and outer and outer.f_code.co_name in _PRODUCTS:
        raise NotImplementedError(
            "sparse multiplies its own arrays and ndarrays alone: write qvarray.asarray(c) @ x"
        )


_PRODUCTS = ("matmul", "tensordot")


@converts("sparse")
def _conversion(kind: type[Any]) -> Conversion | None:
    # Whoever has an array of it has imported it.
    sparse = sys.modules.get("sparse")
    base = getattr(sparse, "SparseArray", None)
    return Conversion(from_sparse) if base is not None and issubclass(kind, base) else None


def from_sparse(a: SparseArray) -> VirtualQArray:
    """Convert an array of the package ``sparse`` to a VirtualQArray, exactly.

    Parameters
    ----------
    a : sparse.SparseArray
        ``COO``, ``GCXS`` or ``DOK``, with any fill value.

    Returns
    -------
    VirtualQArray
        In the standard basis, with the same fill value; it shares no memory with `a`.

    Raises
    ------
    TypeError
        For what is no such array, and for elements that are neither numbers nor dates.
    IndexError
        For a coordinate that is out of bounds.
    ValueError
        For more than 2**63 - 1 elements.

    Notes
    -----
    O(k).

    Examples
    --------
    >>> import qvarray as qv, sparse
    >>> a = sparse.COO([[0, 2**20], [5, 7]], [1.0, 2.0], (2**30, 2**30), fill_value=1.5)
    >>> x = qv.from_sparse(a)
    >>> x[2**20, 7], x.fill_value, x.nactive
    (np.float64(2.0), np.float64(1.5), 2)
    """
    if _conversion(type(a)) is None:
        raise TypeError(
            f"from_sparse takes arrays of the package sparse, got {type(a).__name__}; "
            "qvarray.asarray takes all others"
        )
    coo = a.asformat("coo")
    values = np.asarray(coo.data)
    fill = values.dtype.type(coo.fill_value) if values.dtype.kind in "biufc" else coo.fill_value
    return from_coordinates(coo.coords, values, coo.shape, fill_value=fill)


def to_sparse(x: ArrayLike) -> COO:
    """Convert an array to a ``sparse.COO``.

    Parameters
    ----------
    x : array_like
        An array that is not in the standard basis is converted to it.

    Returns
    -------
    sparse.COO
        Of the same fill value.

    Raises
    ------
    MissingExtraError
        Where ``sparse`` is not installed.
    MaterializationError
        Where the elements of an array in another basis are over the memory budget.

    Notes
    -----
    O(k) time, and d numbers for each entry of d axes.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_coordinates([[0, 2**20], [5, 7]], [1.0, 2.0], (2**30, 2**30))
    >>> qv.to_sparse(x)
    <COO: shape=(1073741824, 1073741824), dtype=float64, nnz=2, fill_value=0.0>
    """
    sparse = require("sparse", "sparse")
    spectrum = in_standard_basis(asarray(x).spectrum)
    # Numba has no other byte order than the machine's.
    native = spectrum.dtype.newbyteorder("=")
    coords = np.array(spectrum.coordinates(), np.intp).reshape(len(spectrum.shape), -1)
    return sparse.COO(
        coords,
        spectrum.eigenvalues.astype(native),
        shape=spectrum.shape,
        has_duplicates=False,
        sorted=True,
        fill_value=native.type(spectrum.fill_value),
    )
