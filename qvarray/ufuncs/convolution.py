"""Products of two arrays in one walsh or fourier basis: convolutions of their spectra."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..bases import Fourier, Walsh
from ..paging import PAGE, fits_budget
from ..spectrum import Array, Spectrum, compact
from ..transform import coefficient_dtype, gather_sums, linear

__all__ = ["product"]


def _index_sums(a: Spectrum, b: Spectrum) -> list[Array] | None:
    """The index along each axis of the product of every two functions, shape (ka kb,) each."""
    out = []
    for basis, other, n, i, j in zip(
        a.bases, b.bases, a.shape, a.coordinates(), b.coordinates(), strict=True
    ):
        if basis != other:
            return None
        i, j = i.astype(np.int64)[:, None], j.astype(np.int64)[None, :]
        if isinstance(basis, Walsh):
            out.append((i ^ j).reshape(-1))
        elif isinstance(basis, Fourier):
            # i + j without overflow, for i and j below n < 2**63.
            out.append(np.where(i >= n - j, i - (n - j), i + j).reshape(-1))
        else:
            return None
    return out


def product(a: Spectrum, b: Spectrum) -> Spectrum | None:
    """The elementwise product of two arrays of one shape, all axes walsh or all fourier.

    Parameters
    ----------
    a, b : Spectrum
        With ka and kb eigenvalues.

    Returns
    -------
    Spectrum or None
        None in other bases, where the spectrum of the product could have as many eigenvalues as
        the array has elements, and where it could have more than a page has: then the product is
        cheaper page by page.

    Notes
    -----
    O(ka kb). The product of Walsh functions i and j is function ``i ^ j``, that of two Fourier
    functions is function ``(i + j) % n``, each over sqrt(n).
    """
    pairs = a.nactive * b.nactive
    if not 0 < pairs < min(a.size, PAGE) or a.diagonal or b.diagonal or not a.shape:
        return None
    if not fits_budget(pairs * 64):
        return None
    along = _index_sums(a, b)
    if along is None:
        return None
    dtype = np.result_type(a.dtype, b.dtype)
    values: Any = np.multiply.outer(a.eigenvalues, b.eigenvalues).reshape(-1)
    for n in a.shape:
        values = values / np.sqrt(values.real.dtype.type(n))
    indices, values = gather_sums(linear(tuple(along), a.shape), values)
    values = values.astype(coefficient_dtype(a.bases, dtype), copy=False)
    return compact(a.shape, dtype, a.bases, values, indices, dtype.type(0))
