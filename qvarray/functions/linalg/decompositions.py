# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Decompositions: svd and svdvals; operators store singular vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact
from ...core.values import Array
from ...ops.basis_change import along_diagonal, coefficient_dtype
from ...sources.linear_map import Ordered, sorting
from ..common import Operand, bound_of
from .blocks import blocks_of
from .eigenvalues import has_vectors_of, sorted_values
from .matrix_kind import diagonal_of, kind_of, missing, operator_of, real_of


@function_rule(Tier.CLOSED, np.linalg.svdvals)
def svdvals(x: Operand, /) -> Any:
    """Return the singular values, in decreasing order. O(k log k); of blocks; else dense."""
    spectrum = diagonal_of(x)
    if spectrum is not None:
        dtype, n = real_of(kind_of(spectrum.dtype)), min(spectrum.shape)
        values = np.abs(spectrum.eigenvalues).astype(dtype)
        fill = dtype.type(np.abs(spectrum.fill_value)) if missing(spectrum) else 0
        return sorted_values(values, n, fill, bound_of(spectrum), descending=True)
    blocks = blocks_of(x)
    if blocks is None:
        return NotImplemented
    values = blocks.gathered(np.abs(blocks.values), np.linalg.svdvals)
    return sorted_values(values, min(blocks.shape), 0, blocks.error, descending=True)


@function_rule(Tier.CLOSED, np.linalg.svd)
def svd(
    a: Operand, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """Decompose an operator into its basis and singular values, O(k log k); else dense."""
    if not compute_uv:
        return svdvals(a)
    spectrum = operator_of(a)
    if spectrum is None or not has_vectors_of(spectrum, kind_of(spectrum.dtype)):
        return NotImplemented
    dtype = kind_of(spectrum.dtype)
    n, basis = spectrum.shape[0], spectrum.bases[0]
    size = np.abs(spectrum.eigenvalues)
    columns, rows = sorting(-size, spectrum.indices(), n, -np.abs(spectrum.fill_value))
    left = Ordered(n, (basis, STANDARD), columns, rows, None, True, dtype)
    # A = B D B^H = (B |D|) (phase B^H): the phases go to the right.
    phases = along_diagonal(_phases(spectrum, dtype))
    order = np.argsort(rows)
    bases = (STANDARD, basis.conjugate)
    right = Ordered(n, bases, rows[order], columns[order], phases, False, dtype)
    result: Any = type(np.linalg.svd(np.ones((1, 1))))
    return result(VirtualQArray(left), svdvals(a), VirtualQArray(right))


def _phases(spectrum: Spectrum, dtype: np.dtype[Any]) -> Spectrum:
    """Return the operator of the eigenvalues over their absolute values, 1 for 0. O(k)."""

    def phase(values: Array) -> Array:
        size = np.abs(values)
        return np.divide(values, size, where=size > 0, out=np.ones_like(values))

    values = phase(spectrum.eigenvalues.astype(coefficient_dtype(spectrum.bases, dtype)))
    fill = phase(np.asarray([spectrum.fill_value], dtype))[0] if missing(spectrum) else 0
    indices, fill = spectrum.indices(), dtype.type(fill)
    return compact(spectrum.shape, dtype, spectrum.bases, values, indices, fill, diagonal=True)
