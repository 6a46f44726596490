"""Give results their error bounds: what is inherited, and what computing them rounds."""

from __future__ import annotations

from functools import lru_cache
from math import log2, prod
from typing import Any

import numpy as np

from ..bases import Basis, all_standard
from ..core.error_bound import ErrorBound
from ..core.spectrum import Spectrum
from ..core.values import Array, Shape, magnitudes
from .basis_change import l2_norm, linear, rounding


@lru_cache(maxsize=64)
def _units(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return the epsilon and the smallest number of a floating dtype."""
    info = np.finfo(dtype)
    # Some factors of bases are doubles, whatever is multiplied by them; and longdouble has smaller
    # numbers than a bound can say.
    eps = max(float(info.eps), 2.0**-52)
    return eps, max(float(info.smallest_subnormal), 5e-324)


@lru_cache(maxsize=256)
def _rates(
    kept: np.dtype[Any], dtype: np.dtype[Any], shape: Shape, bases: tuple[Basis, ...]
) -> tuple[float, float]:
    """Return what is rounded relative to the norm, and besides."""
    eps, least = _units(kept)
    # Long doubles are no better than doubles: see `_units`.
    rate = rounding(np.dtype(np.float64) if eps == 2.0**-52 else kept, shape, bases)
    size = float(prod(shape))
    if not all_standard(bases):
        elements, smallest = _units(dtype)
        rate += elements if elements > eps else 0.0
        least = max(least * (2.0 + log2(max(size, 1.0))), smallest)
    return rate, size**0.5 * least


def rounds(out: Spectrum, size: float) -> float:
    """Bound what one operation with a result of norm `size` has rounded, and its elements are.

    An ulp or two of each coefficient, the transform to elements, and numbers near zero.
    """
    if out.dtype.kind not in "fc":
        return 0.0
    rate, least = _rates(out.eigenvalues.dtype, out.dtype, out.shape, out.bases)
    return rate * size + least


def bounded(out: Spectrum, absolute: float) -> Spectrum:
    """Return a result with its bound: operands make it `absolute`, rounding adds to it. O(k)."""
    if not absolute < float("inf"):
        return out.replace(error=ErrorBound.unknown())
    size = l2_norm(out)
    return out.replace(error=ErrorBound.of(absolute + rounds(out, size), size))


def rescaled(out: Spectrum, old: ErrorBound, factor: float) -> Spectrum:
    """Return an array of bound `old` times a number of that absolute value. O(k)."""
    new = old.scaled(factor)
    return out.replace(error=ErrorBound(new.absolute + rounds(out, l2_norm(out)), new.reference))


def _largest_of_all(spectrum: Spectrum, sizes: Array) -> float:
    """Bound the largest element by the sizes of all coefficients, axis by axis. O(N)."""
    for axis, (basis, n) in enumerate(zip(spectrum.bases, spectrum.shape, strict=True)):
        indices = np.arange(n)
        along = (-1,) + (1,) * (len(spectrum.shape) - axis - 1)
        sizes = sizes * basis.peaks(n, indices).reshape(along)
        # Of functions that do not overlap, only one counts at a position.
        layers = basis.layers(n, indices)
        order = np.argsort(layers, kind="stable")
        starts = np.flatnonzero(np.diff(layers[order], prepend=-1))
        if starts.size < n:
            sizes = np.maximum.reduceat(sizes.take(order, axis), starts, axis)
    return float(sizes.sum())


def largest_element(spectrum: Spectrum) -> float:
    """Bound the absolute values of all elements, of no diagonal with a fill value. O(k log k)."""
    if spectrum.is_standard:
        fill = float(magnitudes(spectrum.fill_value)) if spectrum.nactive < spectrum.space else 0.0
        return max(fill, float(magnitudes(spectrum.eigenvalues).max(initial=0)))
    sizes: Any = magnitudes(spectrum.eigenvalues).astype(np.float64, copy=False)
    if not sizes.size:
        return 0.0
    if spectrum.active_indices is None and not spectrum.diagonal:
        return _largest_of_all(spectrum, sizes.reshape(spectrum.shape))
    layers = []
    for basis, n, along in zip(spectrum.bases, spectrum.shape, spectrum.coordinates(), strict=True):
        sizes = sizes * basis.peaks(n, along)
        layers.append(basis.layers(n, along))
    if spectrum.diagonal:
        return float(sizes.sum())
    # Of functions that do not overlap, only one counts at a position.
    layer = linear(tuple(layers), spectrum.shape)
    order = np.argsort(layer, kind="stable")
    starts = np.flatnonzero(np.diff(layer[order], prepend=-1))
    return float(np.maximum.reduceat(sizes[order], starts).sum())
