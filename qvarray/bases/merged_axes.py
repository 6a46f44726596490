"""Axes that are shorter axes merged in C order: their indices, transforms, slices and moves."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from .base import Array, Basis, Restriction, as_indices
from .power_of_two import is_power_of_two

#: The bases of the axes that an axis is made of, the slowest first, and their lengths.
Parts = Sequence[tuple[Basis, int]]


def split_indices(indices: Array, parts: Parts) -> list[Array]:
    """Return indices along an axis as those along its parts. O(k).

    For parts of lengths 2 and 3, ``[1, 5]`` is ``[[0, 1], [1, 2]]``.
    """
    out: list[Array] = []
    rest = indices.astype(np.int64, copy=False)
    for _, n in reversed(parts):
        rest, along = np.divmod(rest, n)
        out.append(along)
    return out[::-1]


def join_indices(indices: Sequence[Array], parts: Parts) -> Array:
    """Return indices along the parts of an axis as those along it: undo `split_indices`. O(k)."""
    out: Array = np.zeros(1, np.int64)
    for along, (_, n) in zip(indices, parts, strict=True):
        out = out * n + along
    return out


def constant_indices(parts: Parts, most: int) -> Array | None:
    """Return the sorted indices of the functions that the constant 1 is a sum of, at most `most`.

    Those along an axis that is made of others are all combinations of those along its parts.
    """
    out = np.zeros(1, np.int64)
    for basis, n in parts:
        some = basis.constants(n, most)
        if some is None or out.size * some.size > most:
            return None
        out = np.add.outer(out * n, some).ravel()
    return out


def _unfolded(x: Array, axis: int, parts: Parts) -> tuple[Array, int]:
    axis %= x.ndim
    lengths = [n for _, n in parts]
    assert prod(lengths) == x.shape[axis]
    return x.reshape(*x.shape[:axis], *lengths, *x.shape[axis + 1 :]), axis


def transformed(samples: Array, axis: int, parts: Parts) -> Array:
    """Turn samples into coefficients along an axis, part by part. O(N log n)."""
    out, axis = _unfolded(samples, axis, parts)
    for i, (basis, _) in enumerate(parts, axis):
        out = basis.analyse(out, i)
    return out.reshape(samples.shape)


def synthesised(coefficients: Array, axis: int, parts: Parts, overwrite: bool) -> Array:
    """Turn coefficients into samples along an axis, part by part. O(N log n)."""
    out, axis = _unfolded(coefficients, axis, parts)
    for i, (basis, _) in enumerate(parts, axis):
        out = basis.synthesise(out, i, overwrite)
    return out.reshape(coefficients.shape)


@dataclass(frozen=True)
class Merged(Basis):
    """A basis of axes that are two axes merged in C order, of rows and of places in a row."""

    @abstractmethod
    def two(self, n: int) -> tuple[Basis, int, Basis, int]:
        """Return the bases and lengths of both axes of one of length n."""

    @abstractmethod
    def merge(self, parts: Parts) -> Basis:
        """Return the basis of an axis that is made of others."""

    def factors(self, n: int, positions: range, indices: Array, precise: bool) -> list[Array]:
        first, length, rest, inner = self.two(n)
        begin, end = positions.start, positions.stop
        if positions.step != 1 or begin % inner or len(positions) <= inner:
            return super().factors(n, positions, indices, precise)
        row, place = np.divmod(indices.astype(np.int64), inner)
        rows = as_indices(range(begin // inner, -(-end // inner)))
        return [
            first.elements(length, rows, row, precise),
            rest.elements(inner, as_indices(range(inner)), place, precise),
        ]

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        if positions == range(n):
            return Restriction(self, None, indices, None)
        first, length, rest, inner = self.two(n)
        cut = _rows_and_places(positions, inner)
        if cut is None:
            return None
        rows, places = cut
        row, place = np.divmod(indices.astype(np.int64), inner)
        return self._both(
            first.restrict(length, rows, row),
            place,
            lambda kept: rest.restrict(inner, places, kept),
            len(rows),
            len(places),
        )

    def tile(self, n: int, times: int, indices: Array) -> Restriction | None:
        first, length, rest, inner = self.two(n)
        row, place = np.divmod(indices.astype(np.int64), inner)
        rows = first.tile(length, times, row)
        return self._both(rows, place, _unchanged(rest), length * times, inner)

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        first, length, rest, inner = self.two(n)
        row, place = np.divmod(indices.astype(np.int64), inner)
        rows, size = Restriction(first, None, row, None), inner * times
        return self._both(rows, place, lambda kept: rest.repeat(inner, times, kept), length, size)

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        first, length, rest, inner = self.two(n)
        if shift % inner:
            return None
        row, place = np.divmod(indices.astype(np.int64), inner)
        rows = first.roll(length, shift // inner, row, precise)
        return self._both(rows, place, _unchanged(rest), length, inner)

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction | None:
        first, length, rest, inner = self.two(n)
        if not is_power_of_two(inner):
            return super().xor_shift(n, mask, indices)
        high, low = divmod(mask, inner)
        row, place = np.divmod(indices.astype(np.int64), inner)
        rows = first.xor_shift(length, high, row) if high else Restriction(first, None, row, None)
        moved = (lambda kept: rest.xor_shift(inner, low, kept)) if low else _unchanged(rest)
        return self._both(rows, place, moved, length, inner)

    def _both(
        self,
        rows: Restriction | None,
        place: Array,
        places: Callable[[Array], Restriction | None],
        length: int,
        inner: int,
    ) -> Restriction | None:
        """Merge what becomes of coefficients along two axes, the second given the places kept."""
        if rows is None:
            return None
        other = places(rows.kept(place))
        if other is None:
            return None
        factors = None if rows.factors is None else other.kept(rows.factors)
        if other.factors is not None:
            factors = other.factors if factors is None else factors * other.factors
        basis = self.merge([(rows.basis, length), (other.basis, inner)])
        indices = other.kept(rows.indices) * inner + other.indices
        keep = other.keep if rows.keep is None else other.among(rows.keep).keep
        return Restriction(basis, keep, indices, factors)


def _unchanged(basis: Basis) -> Callable[[Array], Restriction]:
    return lambda indices: Restriction(basis, None, indices, None)


def _rows_and_places(positions: range, inner: int) -> tuple[range, range] | None:
    """Return positions as the same places in each of some rows of length `inner`, if they are.

    >>> _rows_and_places(range(4, 12, 2), 4)
    (range(1, 3), range(0, 4, 2))
    """
    m, step = len(positions), positions.step
    if not m:
        return None
    row, place = divmod(positions.start, inner)
    if positions[-1] // inner == row:
        return range(row, row + 1), range(place, place + m * step, step)
    if step % inner == 0:
        by = step // inner
        return range(row, row + m * by, by), range(place, place + 1)
    each = inner // abs(step)
    begins = place < step if step > 0 else place >= inner + step
    if inner % step or not begins or m % each:
        return None
    by = 1 if step > 0 else -1
    return range(row, row + m // each * by, by), range(place, place + each * step, step)
