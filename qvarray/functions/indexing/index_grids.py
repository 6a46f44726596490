"""Rules of functions that build indices: tril_indices_from, diag_indices_from, ix_."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum
from ...indexing import diagonals
from ...ops import join
from ...ops.basis_change import sparse
from ..common import spectrum_of
from ..manipulation.joining import is_numeric

__all__: list[str] = []


def _indices(found: tuple[Any, ...]) -> tuple[VirtualQArray, ...]:
    return tuple(
        VirtualQArray(Spectrum(one.shape, one.dtype, (STANDARD,), one, None, one.dtype.type(0)))
        for one in found
    )


def _triangle_indices(arr: Any, k: Any, lower: bool) -> tuple[VirtualQArray, ...]:
    if arr.ndim != 2:
        raise ValueError("input array must be 2-d")
    rows, columns = arr.shape
    below = diagonals.lower_count(rows, columns, operator.index(k) - (not lower))
    count = below if lower else rows * columns - below
    require_budget(rows * columns * 2 + count * 16, "take the triangle itself: np.tril, np.triu")
    find = np.tril_indices if lower else np.triu_indices
    return _indices(find(rows, k=k, m=columns))


@function_rule(Tier.STRUCTURAL, np.tril_indices_from)
def tril_indices_from(arr: Any, k: Any = 0) -> Any:
    """The indices of a lower triangle: all of them, within the memory budget."""
    return _triangle_indices(arr, k, lower=True)


@function_rule(Tier.STRUCTURAL, np.triu_indices_from)
def triu_indices_from(arr: Any, k: Any = 0) -> Any:
    """The indices of an upper triangle: all of them, within the memory budget."""
    return _triangle_indices(arr, k, lower=False)


@function_rule(Tier.STRUCTURAL, np.diag_indices_from)
def diag_indices_from(arr: Any) -> Any:
    """The indices of the main diagonal: all of them, within the memory budget."""
    if not arr.ndim >= 2:
        raise ValueError("input array must be at least 2-d")
    if len(set(arr.shape)) != 1:
        raise ValueError("All dimensions of input must be of equal length")
    n = arr.shape[0]
    require_budget(n * 8, "take the diagonal itself: np.diag, np.diagonal")
    return _indices((np.arange(n),)) * arr.ndim


@function_rule(Tier.STRUCTURAL, np.ix_)
def ix_(*args: Any) -> Any:
    """Indices along each axis as arrays that broadcast against each other. O(k)."""
    out = []
    for place, given in enumerate(args):
        new = given
        if not isinstance(new, (np.ndarray, VirtualQArray)):
            new = np.asarray(new)
            new = new if new.size else new.astype(np.intp)
        if new.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if not is_numeric(new):
            return call_dense(np.ix_, args, {})
        spectrum = spectrum_of(new)
        if spectrum.dtype == bool:
            spectrum = _true_positions(spectrum)
        out.append(
            VirtualQArray(join.expanded(spectrum, *(0,) * place, *range(place + 1, len(args))))
        )
    return tuple(out)


def _true_positions(spectrum: Spectrum) -> Spectrum:
    """Where a 1-D array of bool is true. O(k) where the fill value is False."""
    if spectrum.fill_value or spectrum.active_indices is None:
        require_budget(spectrum.size * 9, "index with a mask of few true elements")
        return sparse(np.flatnonzero(np.asarray(VirtualQArray(spectrum))))
    return sparse(spectrum.active_indices[spectrum.eigenvalues].astype(np.intp))
