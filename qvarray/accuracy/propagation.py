"""Propagate error bounds through ufuncs: how far results are off, from how far operands are."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..core.source import Source
from ..core.values import Shape

__all__ = ["ufunc_bound"]

#: Ufuncs that bring no two numbers further apart, in each of their operands.
_CONTRACTIONS = frozenset(
    (
        np.absolute,
        np.fabs,
        np.sin,
        np.cos,
        np.tanh,
        np.arctan,
        np.arcsinh,
        np.negative,
        np.positive,
        np.conjugate,
        np.add,
        np.subtract,
        np.maximum,
        np.minimum,
        np.fmax,
        np.fmin,
    )
)


def _stretch(shape: Shape, operand: Source) -> float:
    """Return by how much the norm of an operand grows when it is broadcast to a shape."""
    return (float(prod(shape)) / max(1.0, float(prod(operand.shape)))) ** 0.5


def ufunc_bound(
    ufunc: np.ufunc, operands: Sequence[Any], errors: Sequence[float], shape: Shape
) -> float:
    """Bound the L2 norm of the error of ``ufunc(*operands)``.

    Parameters
    ----------
    operands : sequence
        Spectra, expressions and scalars.
    errors : sequence of float
        The bound of each; 0.0 for scalars.
    shape : tuple of int
        Of the result, to which the operands broadcast.

    Returns
    -------
    float
        Infinite where nothing is known. O(k).
    """
    if not any(errors):
        return 0.0
    grown = [
        error * _stretch(shape, operand) if error else 0.0
        for operand, error in zip(operands, errors, strict=True)
    ]
    if ufunc in _CONTRACTIONS:
        return sum(grown)
    if ufunc not in (np.multiply, np.divide):
        return float("inf")
    (x, y), (dx, dy) = operands, grown
    if not isinstance(y, Source):
        factor = abs(y)
        if ufunc is np.multiply:
            return float(np.max(factor)) * dx
        return float(dx / np.min(factor)) if np.min(factor) else float("inf")
    if ufunc is np.divide:
        return float("inf")
    if not isinstance(x, Source):
        return float(np.max(abs(x))) * dy
    # The largest element of an array is at most its norm.
    out = dx * dy
    out += x.norm_bound() * dy if dy else 0.0
    return out + (dx * y.norm_bound() if dx else 0.0)
