"""The constant basis: one coefficient is a whole axis of equal samples, as of broadcasting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .base import Alike, Array, Basis, Restriction, Term, alike_besides, working_dtype
from .registry import register


@dataclass(frozen=True)
class Constant(Basis):
    """The constant ``n ** -0.5``, and impulses made orthogonal to it, for axes of any length.

    One coefficient is a whole axis of equal samples, as broadcasting makes them. The matrix is the
    reflection that takes sample 0 to the constant (Householder, "Unitary Triangularization of a
    Nonsymmetric Matrix", J. ACM 5 (1958)): function k > 0 is 1 at k and ``n ** -0.5`` at 0, less
    ``1 / (n - n ** 0.5)`` at all positions but 0.
    """

    name = "constant"

    def can_split(self, first: int, indices: Callable[[], Array]) -> bool:
        return not indices().any()

    def _reflected(self, x: Array, axis: int) -> Array:
        x = x.astype(working_dtype(x.dtype), copy=False)
        n = x.shape[axis]
        if n < 2:
            return x.copy()
        real = x.real.dtype.type
        root = np.sqrt(real(n))
        rows = np.moveaxis(x, axis, 0)
        rest = rows[1:].sum(axis=0)
        out = np.empty_like(x)
        into = np.moveaxis(out, axis, 0)
        into[0] = (rows[0] + rest) / root
        into[1:] = rows[1:] + (rows[0] / root - rest / (real(n) - root))
        return out

    def analyse(self, samples: Array, axis: int) -> Array:
        return self._reflected(samples, axis)

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        # A reflection is its own inverse.
        return self._reflected(coefficients, axis)

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        real = np.longdouble if precise else np.float64
        if n == 1:
            return np.ones((positions.size, indices.size), real)
        p, k = positions[:, None], indices[None, :]
        root = np.sqrt(real(n))
        inner = (p == k) - 1 / (real(n) - root)
        return np.where((p == 0) | (k == 0), 1 / root, inner).astype(real, copy=False)

    def _same(self, n: int, m: int, indices: Array) -> Restriction | None:
        """Return the constant on an axis of length m, if there is nothing else."""
        if indices.any():
            return None
        factors = np.full(indices.size, np.sqrt(m / n))
        return Restriction(self, None, indices.astype(np.int64), factors)

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        closed = super().restrict(n, positions, indices)
        return closed or (self._same(n, len(positions), indices) if len(positions) else None)

    def tile(self, n: int, times: int, indices: Array) -> Restriction | None:
        return self._same(n, n * times, indices)

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        return self._same(n, n * times, indices)

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        return self._same(n, n, indices)

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction | None:
        return self._same(n, n, indices)

    def peaks(self, n: int, indices: Array) -> Array:
        return np.where(indices == 0, n**-0.5, 1.0)

    def alike(self, n: int, indices: Array, most: int) -> Alike | None:
        # Others than the constant single out position 0, too.
        return alike_besides(n, np.append(indices, 0) if indices.any() else indices[:0], most)

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term] | None:
        if (i * (j > 0)).any():
            return None
        return [Term(None, i + j, 1 / np.sqrt(dtype.type(n)))]


CONSTANT = register(Constant())
