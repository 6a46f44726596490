"""Synthesis on a grid of positions from few coefficients, by the Khatri-Rao product."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from .base import Array, Basis, has_extended_precision

#: An axis to evaluate: its basis, its length, the positions, and the index along it of every
#: coefficient.
Axis = tuple[Basis, int, range | Array, Array]

# Entries of the factor matrices that are held at once: 4 MiB of float64, which a cache holds.
_CHUNK = 1 << 19


def _rowwise_kronecker(factors: Sequence[Array]) -> Array:
    """Multiply matrices of shapes (m1, k), (m2, k), … into one of shape (m1 m2 …, k)."""
    out = factors[0]
    for factor in factors[1:]:
        out = (out[:, None, :] * factor[None, :, :]).reshape(-1, out.shape[1])
    return out


def _balanced_split(sizes: Sequence[int]) -> int:
    """Return where to split a product of `sizes` so that the sum of the two parts is least."""
    return min(range(1, len(sizes) + 1), key=lambda s: prod(sizes[:s]) + prod(sizes[s:]))


class _Factors:
    """The factor matrices of all axes, for one part of the coefficients at a time."""

    def __init__(self, axes: Sequence[Axis], precise: bool) -> None:
        self.axes = axes
        self.precise = precise
        self.sizes = [[f.shape[0] for f in axis] for axis in self._by_axis(slice(0, 0))]
        self.flat = [size for axis in self.sizes for size in axis]

    def _by_axis(self, part: slice) -> list[list[Array]]:
        return [
            basis.factors(n, positions, indices[part], self.precise)
            if isinstance(positions, range)
            else [basis.elements(n, positions, indices[part], self.precise)]
            for basis, n, positions, indices in self.axes
        ]

    def __getitem__(self, part: slice) -> list[Array]:
        return [factor for axis in self._by_axis(part) for factor in axis]

    def crop(self, out: Array) -> Array:
        """Reshape (rows, product of sizes) to (rows, positions of axis 0, of axis 1, …)."""
        rows = out.shape[0]
        out = out.reshape(rows, *(prod(axis) for axis in self.sizes))
        crop = tuple(slice(len(positions)) for _, _, positions, _ in self.axes)
        return out[(slice(None), *crop)]


def grid(axes: Sequence[Axis], values: Array) -> Array:
    """Synthesise an array with coefficients `values` at every combination of positions.

    O(k · m) multiplications for m elements, nearly all of them in one matrix product, and far fewer
    evaluations of basis functions, O(k · sqrt(m)) where the factors are balanced (the Khatri-Rao
    product: Kolda & Bader, "Tensor Decompositions and Applications", SIAM Review 51 (2009), section
    2.6).

    `axes` (sequence of (basis, n, positions, indices)): ``positions`` is a range or a list,
    ``indices`` an ndarray of shape (k,). `values` (ndarray, shape (k,)).

    Returns
    -------
    ndarray, shape ``(len(positions), …)``, of floating or complex dtype
    """
    factors = _Factors(axes, has_extended_precision(values.dtype))
    split = _balanced_split(factors.flat)
    left, right = prod(factors.flat[:split]), prod(factors.flat[split:])
    out: Array | None = None
    step = max(1, _CHUNK // (left + right))
    for begin in range(0, max(values.size, 1), step):
        part = slice(begin, begin + step)
        matrices = factors[part]
        first = _rowwise_kronecker(matrices[:split]) * values[part]
        if split < len(matrices):
            term = first @ _rowwise_kronecker(matrices[split:]).T
        else:
            term = first.sum(axis=1)
        out = term if out is None else np.add(out, term, out=out)
    assert out is not None
    return factors.crop(out.reshape(1, -1))[0]


def grid_rows(axes: Sequence[Axis], values: Array, row_starts: Array) -> Array:
    """Synthesise as `grid` many arrays: coefficients ``row_starts[r]:row_starts[r + 1]`` each.

    O(k · m) for m elements a row.

    Returns
    -------
    ndarray, shape ``(len(row_starts), len(positions), …)``
    """
    factors = _Factors(axes, has_extended_precision(values.dtype))
    m = prod(factors.flat)
    out: Array | None = None
    step = max(1, _CHUNK // max(m, 1))
    for begin in range(0, values.size, step):
        part = slice(begin, min(begin + step, values.size))
        terms = (_rowwise_kronecker(factors[part]) * values[part]).T
        first = int(np.searchsorted(row_starts, begin, "right")) - 1
        last = int(np.searchsorted(row_starts, part.stop, "left"))
        sums = np.add.reduceat(terms, np.maximum(row_starts[first:last] - begin, 0), axis=0)
        if out is None:
            out = np.zeros((row_starts.size, m), sums.dtype)
        out[first:last] += sums
    assert out is not None
    return factors.crop(out)
