"""``ufunc.at`` in the standard basis: repeated indices count as often as they are there."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.runs import run_lengths
from ..core.spectrum import Spectrum, compact
from ..core.values import Array
from ..indexing.advanced_keys import advanced_key, dense_key, positions_of
from ..indexing.keys import basic_key
from ..indexing.strided_view import positions_in, window_of
from ..ops.basis_change import to_dense

__all__ = ["at"]


def _positions(key: Any, shape: tuple[int, ...]) -> Array:
    """Return the C-order position of every element that a key names, in the key's shape."""
    basic = basic_key(key, shape)
    if basic is None:
        return positions_of(advanced_key(key, shape), window_of(shape))
    return positions_in(window_of(shape).part(basic))


def _unique(positions: Array) -> tuple[Array, Array]:
    """Return the positions, sorted and once each, and which of them every entry is. O(k)."""
    order = kernels.radix_sort.argsort(positions)
    ordered = positions[order]
    starts = kernels.radix_sort.run_starts(ordered)
    which = np.empty(positions.size, np.intp)
    counts = run_lengths(starts, positions.size)
    which[order] = np.repeat(np.arange(starts.size), counts)
    return ordered[starts], which


def at(ufunc: np.ufunc, x: Spectrum, indices: Any, values: Any = None) -> Spectrum:
    """Return what an array in the standard basis is after ``ufunc.at``.

    Parameters
    ----------
    ufunc : numpy.ufunc
    x : Spectrum
        In the standard basis, with any fill value.
    indices : array_like of int or bool, slice, or tuple of them
    values : array_like or Spectrum, optional
        The second operand; None for a ufunc of one.

    Returns
    -------
    Spectrum

    Raises
    ------
    IndexError, TypeError, ValueError
        As ``ufunc.at``.
    MaterializationError
        Where the elements that `indices` name are over the memory budget.

    Notes
    -----
    O(k + m) for m updates; they are applied in C order.
    """
    operands: tuple[Any, ...] = ()
    if values is not None:
        operands = (to_dense(values) if isinstance(values, Spectrum) else values,)
    if x.active_indices is None:
        require_budget(x.eigenvalues.nbytes, "change a part of it")
        whole = x.eigenvalues.reshape(x.shape).copy()
        ufunc.at(whole, dense_key(indices), *operands)
        return x.replace(eigenvalues=whole.reshape(-1))
    try:
        positions = _positions(indices, x.shape)
    except IndexError:
        # NumPy looks at the types before it looks at the indices.
        with np.errstate(all="ignore"):
            ufunc.at(
                np.ones(1, x.dtype),
                0,
                *(np.ones((), np.asarray(operand).dtype) for operand in operands),
            )
        raise
    touched, which = _unique(positions.ravel())
    flat = x.replace(shape=(x.size,), bases=(STANDARD,))
    elements = flat.at(touched)
    ufunc.at(elements, which.reshape(positions.shape), *operands)
    merged, at_old, at_new = kernels.merge_sorted.union(
        x.active_indices, touched.astype(x.active_indices.dtype)
    )
    out = np.empty(merged.size, x.dtype)
    out[at_old] = x.eigenvalues
    out[at_new] = elements
    return compact(x.shape, x.dtype, x.bases, out, merged, x.fill_value)
