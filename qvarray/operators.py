"""Linear operators that are diagonal in a basis, as arrays of two axes."""

from __future__ import annotations

import operator as _operator
from typing import Any

import numpy as np

from .array import VirtualQArray
from .bases import Basis, as_basis
from .spectrum import Spectrum, index_dtype, numeric_dtype
from .transform import coefficient_dtype, sample_dtype

__all__ = ["identity"]


def _length(n: Any) -> int:
    n = _operator.index(n)
    if not 0 <= n < 2**63:
        raise ValueError(f"an operator has 0 to 2**63 - 1 rows, not {n}")
    return n


def identity(n: int, dtype: Any = float, *, basis: str | Basis = "standard") -> VirtualQArray:
    """The identity as an operator: no eigenvalue is stored, and all of them are 1.

    Parameters
    ----------
    n : int
        Rows and columns: up to 2**63 - 1.
    dtype : dtype, optional
        Of the elements.
    basis : str or Basis
        The identity is diagonal in every one, and meets operators in all of them.

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
    n, one = _length(n), as_basis(basis)
    one.check_length(n)
    bases = (one, one.conjugate)
    kind = sample_dtype(bases, numeric_dtype(dtype))
    values = np.empty(0, coefficient_dtype(bases, kind))
    indices, fill = np.empty(0, index_dtype(n)), kind.type(1 if n else 0)
    return VirtualQArray(Spectrum((n, n), kind, bases, values, indices, fill, diagonal=True))
