"""The standard basis: a coefficient is an element, of any dtype."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .base import Alike, Array, Basis, Restriction, Run, Term, alike_besides
from .registry import register


@dataclass(frozen=True)
class Standard(Basis):
    """The identity, for axes of any length and elements of any dtype."""

    name = "standard"
    is_standard = True
    encode_rank = 0
    is_kronecker_closed = True

    def can_split(self, first: int, indices: Callable[[], Array]) -> bool:
        return True

    def runs(self, n: int) -> list[Run]:
        return [Run(0, 1, n)]

    def rounding(self, n: int, dtype: np.dtype[Any]) -> float:
        return 0.0

    def coefficient_dtype(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        return dtype

    def analyse(self, samples: Array, axis: int) -> Array:
        return samples

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        return coefficients

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        return np.equal(positions[:, None], indices[None, :]).astype(
            np.longdouble if precise else np.float64
        )

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction:
        indices = indices.astype(np.int64, copy=False)
        if positions == range(n):
            return Restriction(self, None, indices, None)
        where, rest = np.divmod(indices - positions.start, positions.step or 1)
        keep = (rest == 0) & (where >= 0) & (where < len(positions))
        return Restriction(self, keep, where[keep], None)

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction:
        # The sum of two positions may be no int64.
        indices, back = indices.astype(np.int64, copy=False), n - shift
        return Restriction(
            self, None, np.where(indices >= back, indices - back, indices + shift), None
        )

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction:
        return Restriction(self, None, indices.astype(np.int64, copy=False) ^ mask, None)

    def layers(self, n: int, indices: Array) -> Array:
        return np.zeros_like(indices)

    def supports(self, n: int, indices: Array) -> Array:
        return indices

    def alike(self, n: int, indices: Array, most: int) -> Alike | None:
        return alike_besides(n, indices, most)

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term]:
        same = i == j
        return [Term(same, i[same], dtype.type(1))]

    def cover(self, n: int, positions: range) -> range:
        ends = positions[0], positions[-1]
        return range(min(ends), max(ends) + 1)

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        return np.ones(indices.size, dtype)

    def constants(self, n: int, most: int) -> Array | None:
        return np.arange(n, dtype=np.int64) if n <= most else None

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        out = np.zeros(stop - start, values.dtype)
        inside = (indices >= start) & (indices < stop)
        np.add.at(out, indices[inside] - start, values[inside])
        return out


STANDARD = register(Standard())
